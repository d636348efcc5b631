"""Are there enough samples? Quantiles of both halves beside each other, and their bootstrap error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.explore.ensembles.result import Ensemble
from meguru.explore.rounding import reacts
from meguru.explore.years import year_at
from meguru.random import uniforms

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]
LEVELS = (0.05, 0.5, 0.95)
RESAMPLES = 200
CLOSE = 0.05  # of the width of the band: a standard error that does not matter when looking at it
FEWEST = 20
ENOUGH, FEW, ALIKE, UNDEFINED = "enough", "too few", "never reacts", "undefined"
STATES = (ALIKE, UNDEFINED, ENOUGH, FEW)  # of several years the last of these is told


def stability(
    ensemble: Ensemble,
    *,
    year: int | Iterable[int] | None = None,
    levels: Sequence[float] = LEVELS,
    close: float = CLOSE,
) -> DataFrame:
    """Whether the quantiles of an ensemble would be the same with other samples.

    Parameters
    ----------
    year
        One or several; default all: of each scenario and indicator the year is told that needs most samples.
    levels
        Quantiles looked at, two or more, ascending; the band goes from the first to the last.
    close
        Largest error of a quantile, in widths of the band, with which samples are enough; above 0.

    Returns
    -------
    DataFrame
        One row by scenario and indicator: scenario, indicator, year (the worst of those looked at), unit,
        width (of the band), halves
        (largest difference of a quantile between the first and the second half of the samples, in widths),
        error (largest bootstrap standard error of a quantile, in widths; Efron 1979,
        https://doi.org/10.1214/aos/1176344552), state (``enough``, ``too few``, ``never reacts``,
        ``undefined``: in all samples but a few, or in some while all others are alike), defined (share of the
        samples in which it is), needed (samples with which the error would be small enough;
        errors fall with the root of the number). With Latin hypercube or Sobol points the error is less than
        this.

    Raises
    ------
    RangeError
        Less than 20 samples, no year, levels outside 0 to 1 or that do not ascend, or no error that could be
        small enough.
    """
    from pandas import DataFrame

    _check(levels, close)
    if ensemble.samples < FEWEST:
        raise RangeError("too few samples to halve", found=ensemble.samples, expected=f"{FEWEST} or more")
    looked_at = ensemble.years if year is None else [year] if isinstance(year, int) else list(year)
    if not looked_at:
        raise RangeError("no year to look at", place="year", expected="at least one")
    columns = [year_at(one, ensemble.years) for one in looked_at]
    rows = []
    for scenario in ensemble.scenarios:
        for name, indicator in ensemble.indicators.items():
            values = ensemble.of(scenario, name)
            judged = [
                {
                    "year": ensemble.years[column],
                    **_judge(ensemble, values[:, column], name, levels, close),
                    "defined": float((~np.isnan(values[:, column])).mean()),
                }
                for column in columns
            ]
            worst = max(reversed(judged), key=_badness)
            rows.append({"scenario": scenario, "indicator": name, "unit": indicator.unit, **worst})
    frame = DataFrame(rows)
    for key in ("width", "halves", "error"):
        frame[key] = frame[key].astype("Float64")
    frame["needed"] = frame["needed"].astype("Int64")
    return frame


def _check(levels: Sequence[float], close: float) -> None:
    """Levels make a band, and an error can be small enough."""
    shares = np.asarray(levels, dtype=np.float64)
    inside = shares.ndim == 1 and bool(np.all((shares >= 0.0) & (shares <= 1.0)))
    if not inside or shares.size < 2 or not np.all(np.diff(shares) > 0.0):
        raise RangeError(
            "levels that make no band",
            place="levels",
            found=", ".join(map(str, shares.ravel())) or "none",
            expected="two or more from 0 to 1, ascending",
        )
    if not 0.0 < close < math.inf:
        raise RangeError("no error of a quantile is so small", place="close", found=close, expected="above 0")


def _judge(
    ensemble: Ensemble, values: Array, name: str, levels: Sequence[float], close: float
) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    nothing: dict[str, Any] = {"width": None, "halves": None, "error": None, "needed": None}
    alike = not reacts(known)
    if known.size < FEWEST or (alike and known.size < values.size):
        return {**nothing, "state": UNDEFINED}
    if alike:
        return {**nothing, "width": 0.0, "halves": 0.0, "error": 0.0, "state": ALIKE}
    found = np.quantile(known, levels)
    width = float(found[-1] - found[0])
    if width == 0.0:  # only a few samples differ: the band does not show them
        return {**nothing, "width": 0.0, "state": FEW}
    half = known.size // 2
    halves = np.abs(np.quantile(known[:half], levels) - np.quantile(known[half:], levels)).max() / width
    error = float(_bootstrap(known, levels, ensemble.plan.seed, name).max()) / width
    needed = math.ceil(known.size * max(1.0, (error / close) ** 2))
    return {
        "width": width,
        "halves": float(halves),
        "error": error,
        "state": ENOUGH if error <= close else FEW,
        "needed": needed,
    }


def _badness(row: Mapping[str, Any]) -> tuple[int, float]:
    """Which of two years of an indicator is worse: the state, then the error."""
    return STATES.index(row["state"]), math.inf if row["error"] is None else float(row["error"])


def _bootstrap(values: Array, levels: Sequence[float], seed: int, name: str) -> Array:
    """(level,) standard errors of quantiles, from samples drawn again with replacement."""
    ordered = np.sort(values)
    below, above, part = _drawn_again(seed, name, ordered.size, tuple(levels))
    found = ordered[below] + part * (ordered[above] - ordered[below])
    return np.asarray(found.std(axis=0, ddof=1))


@lru_cache(maxsize=256)
def _drawn_again(
    seed: int, name: str, count: int, levels: tuple[float, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Between which two of the ordered values a quantile lies when ``count`` are drawn again, and where.

    (resample, level) each, (level,) for the place between the two. They hold for the values of all years.
    """
    place = np.array(levels) * (count - 1)
    first = np.floor(place).astype(np.int64)
    second = np.minimum(first + 1, count - 1)
    below = np.empty((RESAMPLES, len(levels)), dtype=np.int64)
    above = np.empty_like(below)
    for turn in range(RESAMPLES):
        chosen = np.sort((uniforms(seed, f"{name} | bootstrap {turn}", count) * count).astype(np.int64))
        below[turn], above[turn] = chosen[first], chosen[second]
    return below, above, place - first


def in_words(rows: Sequence[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Whether there are enough samples, and sentences that say so, what never reacts and what is undefined.

    Where nothing reacts in any scenario there is nothing of which samples could be enough.

    Parameters
    ----------
    rows
        Of :func:`stability`.
    """
    judged = [row for row in rows if row["state"] in (ENOUGH, FEW)]
    few = [row for row in judged if row["state"] == FEW]
    sentences = []
    if judged and not few:
        worst = max(judged, key=lambda row: float(row["error"]))
        sentences.append(
            f"samples are enough: no quantile is off by more than {float(worst['error']):.1%} of its band "
            f"({worst['indicator']}, {worst['scenario']}, {worst['year']}; one standard error)"
        )
    for row in few:
        needed = "" if row["needed"] is None else f"; about {int(row['needed']):,} would do"
        error = "" if row["error"] is None else f": off by {float(row['error']):.1%} of the band"
        where = f"{row['indicator']}, {row['scenario']}, {row['year']}"
        sentences.append(f"too few samples for {where}{error}{needed}")
    everywhere = {row["indicator"] for row in rows} - {
        row["indicator"] for row in rows if row["state"] != ALIKE
    }
    sentences += [
        f"{name} never reacts to any uncertain number, in any scenario" for name in sorted(everywhere)
    ]
    return bool(judged) and not few, [*sentences, *_undefined(rows)]


def _undefined(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What is undefined in how many samples: of each indicator where it is defined least."""
    least: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["defined"] < min(1.0, least.get(row["indicator"], {"defined": 1.0})["defined"]):
            least[row["indicator"]] = row
    return [
        f"{name} is undefined in {1.0 - row['defined']:.0%} of the samples ({row['scenario']}, {row['year']})"
        for name, row in sorted(least.items())
    ]
