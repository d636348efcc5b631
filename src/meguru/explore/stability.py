"""Are there enough samples? Quantiles of both halves beside each other, and their bootstrap error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.explore.ensemble_result import Ensemble, position
from meguru.explore.problem import reacts
from meguru.random import uniforms

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]
LEVELS = (0.05, 0.5, 0.95)
RESAMPLES = 200
CLOSE = 0.05  # of the width of the band: a standard error that does not matter when looking at it
FEWEST = 20
ENOUGH, FEW, ALIKE, UNDEFINED = "enough", "too few", "never reacts", "undefined"


def stability(
    ensemble: Ensemble, *, year: int | None = None, levels: Sequence[float] = LEVELS, close: float = CLOSE
) -> DataFrame:
    """Whether the quantiles of an ensemble would be the same with other samples.

    Parameters
    ----------
    year
        Default the last.
    levels
        Quantiles looked at; the band goes from the first to the last.
    close
        Largest error of a quantile, in widths of the band, with which samples are enough.

    Returns
    -------
    DataFrame
        One row by scenario and indicator: scenario, indicator, year, unit, width (of the band), halves
        (largest difference of a quantile between the first and the second half of the samples, in widths),
        error (largest bootstrap standard error of a quantile, in widths; Efron 1979,
        https://doi.org/10.1214/aos/1176344552), state (``enough``, ``too few``, ``never reacts``,
        ``undefined``: in all samples but a few), needed (samples with which the error would be small enough;
        errors fall with the root of the number). With Latin hypercube or Sobol points the error is less than
        this.

    Raises
    ------
    RangeError
        Less than 20 samples.
    """
    from pandas import DataFrame

    if ensemble.samples < FEWEST:
        raise RangeError("too few samples to halve", found=ensemble.samples, expected=f"{FEWEST} or more")
    column = position(ensemble.years[-1] if year is None else year, ensemble.years, "year")
    rows = []
    for scenario in ensemble.scenarios:
        for name, indicator in ensemble.indicators.items():
            values = ensemble.of(scenario, name)[:, column]
            row = {"scenario": scenario, "indicator": name, "year": ensemble.years[column]}
            rows.append({**row, "unit": indicator.unit, **_judge(ensemble, values, name, levels, close)})
    frame = DataFrame(rows)
    for key in ("width", "halves", "error"):
        frame[key] = frame[key].astype("Float64")
    frame["needed"] = frame["needed"].astype("Int64")
    return frame


def _judge(
    ensemble: Ensemble, values: Array, name: str, levels: Sequence[float], close: float
) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    nothing: dict[str, Any] = {"width": None, "halves": None, "error": None, "needed": None}
    if known.size < FEWEST:
        return {**nothing, "state": UNDEFINED}
    if not reacts(known):
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


def _bootstrap(values: Array, levels: Sequence[float], seed: int, name: str) -> Array:
    """(level,) standard errors of quantiles, from samples drawn again with replacement."""
    ordered = np.sort(values)
    count = ordered.size
    found = np.empty((RESAMPLES, len(levels)))
    for turn in range(RESAMPLES):
        chosen = uniforms(seed, f"{name} | bootstrap {turn}", count)
        found[turn] = np.quantile(ordered[(chosen * count).astype(np.int64)], levels)
    return np.asarray(found.std(axis=0, ddof=1))


def in_words(rows: Sequence[dict[str, Any]]) -> tuple[bool, list[str]]:
    """Whether there are enough samples, and sentences that say so and what never reacts.

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
            f"({worst['indicator']}, {worst['scenario']}; one standard error)"
        )
    for row in few:
        needed = "" if row["needed"] is None else f"; about {int(row['needed']):,} would do"
        error = "" if row["error"] is None else f": off by {float(row['error']):.1%} of the band"
        sentences.append(f"too few samples for {row['indicator']}, {row['scenario']}{error}{needed}")
    everywhere = {row["indicator"] for row in rows} - {
        row["indicator"] for row in rows if row["state"] != ALIKE
    }
    sentences += [
        f"{name} never reacts to any uncertain number, in any scenario" for name in sorted(everywhere)
    ]
    return not few, sentences
