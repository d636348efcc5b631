"""What an ensemble found: bands by year, differences, and which scenario is better how often."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.given import those_of
from meguru.errors import IndicatorError, RangeError, UnknownNameError, asked, did_you_mean
from meguru.explore.ensembles.plan import Plan, digest
from meguru.explore.rounding import same
from meguru.explore.years import year_at
from meguru.model import Model, apply
from meguru.model.components import Indicator
from meguru.model.uncertain import places_held
from meguru.model.walk import quantities
from meguru.quantity import Distribution, Quantity, draw

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
NORMAL_95 = 1.959963984540054  # quantile 0.975 of the standard normal distribution
WANTED = ("more", "less")


@dataclass(frozen=True)
class Ensemble:
    """The indicators of every sample.

    Attributes
    ----------
    plan
        What was run: model, scenarios, indicators, samples, seed, sampling.
    values
        (scenario, indicator, sample, year), in the units of the indicators; NaN where undefined.
    """

    plan: Plan
    values: Array

    @property
    def model(self) -> Model:
        return self.plan.model

    @property
    def scenarios(self) -> Sequence[str]:
        return self.plan.scenarios

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        return self.plan.indicators

    @property
    def years(self) -> list[int]:
        return self.plan.years

    @property
    def samples(self) -> int:
        return self.plan.samples

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Where the numbers are from, and SHA-256 of their bits."""
        return {**self.plan.settings, "numbers": digest(self.values)}

    def of(self, scenario: str, indicator: str) -> Array:
        """(sample, year) of one indicator in one scenario, NaN where undefined.

        Raises
        ------
        UnknownNameError
            Not in the ensemble.
        """
        row = position(scenario, self.scenarios, "scenario")
        found: Array = self.values[row, position(indicator, list(self.indicators), "indicator")]
        return found

    def inputs_of(self, scenario: str) -> dict[str, Array]:
        """Place → (sample,) numbers drawn in a scenario or given to it, in the unit there; of a factor
        ``uncertain`` the factor, and of a number that changes from a year on what holds last.
        """
        position(scenario, self.scenarios, "scenario")
        applied = apply(self.model, scenario)
        held = {place: quantity for place, quantity, _, _ in quantities(applied)}
        given = those_of(applied, self.plan.values)
        drawn = {
            place: draw(_last_distribution(held[place]), self.plan.draws(place, 0, self.samples))
            for place in places_held(applied)
            if place not in given
        }
        return drawn | given

    def bands(self, *, against: str | None = None, levels: Sequence[float] = LEVELS) -> DataFrame:
        """Quantiles over the samples by year.

        Parameters
        ----------
        against
            Another scenario: of the differences to it, sample by sample.

        Returns
        -------
        DataFrame
            One row by scenario, indicator and year: scenario, indicator, year, unit, defined (share of the
            samples in which it is), mean, and p05 … for each level.

        Raises
        ------
        RangeError
            A level is outside 0 to 1.
        """
        from pandas import DataFrame

        for level in levels:
            if not 0.0 <= level <= 1.0:
                raise RangeError("a level outside 0 to 1", place="levels", found=level)
        rows: list[dict[str, Any]] = []
        for scenario in self.scenarios:
            if scenario == against:
                continue
            for name, indicator in self.indicators.items():
                values = self.of(scenario, name)
                if against is not None:
                    values = values - self.of(against, name)
                rows += _band_rows(values, self.years, levels, scenario, name, indicator.unit)
        frame = DataFrame(rows)
        for key in ("mean", *map(level_name, levels)):
            frame[key] = frame[key].astype("Float64")
        return frame

    def better(
        self, than: str | None = None, *, year: int | None = None, wanted: Mapping[str, str] | None = None
    ) -> DataFrame:
        """How often a scenario is better than another, by indicator, sample by sample.

        Parameters
        ----------
        than
            The other scenario; default the reference.
        year
            Default the last.
        wanted
            Indicator → ``more`` or ``less``; default what the indicators of the model say themselves.

        Returns
        -------
        DataFrame
            scenario, than, indicator, wanted, year, probability (of being better; NA where no sample is
            defined), low and high (Wilson's 95 % interval, https://doi.org/10.1080/01621459.1927.10502953),
            equal (but for rounding) and undefined (shares of the samples). With Latin hypercube or Sobol
            points the interval is too wide rather than too narrow.

        Raises
        ------
        IndicatorError
            It is not said of any indicator what is wanted.
        UnknownNameError
            No such scenario, indicator or wish.
        RangeError
            A year that is not reported.
        """
        from pandas import DataFrame

        than = self.plan.reference if than is None else than
        wishes = self._wishes(wanted)
        column = year_at(year, self.years)
        rows = [
            {
                "scenario": scenario,
                "than": than,
                "indicator": name,
                "wanted": wish,
                "year": self.years[column],
                **_share_better(self.of(scenario, name)[:, column], self.of(than, name)[:, column], wish),
            }
            for scenario in self.scenarios
            if scenario != than
            for name, wish in wishes.items()
        ]
        frame = DataFrame(rows)
        for key in ("probability", "low", "high"):
            frame[key] = frame[key].astype("Float64") if rows else []
        return frame

    def _wishes(self, wanted: Mapping[str, str] | None) -> dict[str, str]:
        wishes = {name: one.wanted for name, one in self.indicators.items() if one.wanted}
        wishes |= wanted or {}
        for name, wish in wishes.items():
            position(name, list(self.indicators), "indicator")
            position(wish, WANTED, "wish")
        if not wishes:
            raise IndicatorError(
                "no indicator says whether more or less of it is better",
                place="indicators",
                expected="'wanted: more' or 'wanted: less' in one of them",
            )
        return {name: str(wishes[name]) for name in self.indicators if name in wishes}


def _last_distribution(quantity: Quantity) -> Distribution:
    periods = [quantity, *(later for _, later in quantity.since)]
    return next(one for one in [p.distribution or p.uncertain for p in reversed(periods)] if one)


def position(name: Any, known: Iterable[Any], what: str) -> int:
    names = list(known)
    if name not in names:
        texts = [str(one) for one in names]
        with asked():
            raise UnknownNameError(
                f"no such {what}", found=name, expected=texts, hint=did_you_mean(str(name), texts)
            )
    return names.index(name)


def _band_rows(
    values: Array, years: Sequence[int], levels: Sequence[float], scenario: str, name: str, unit: str
) -> list[dict[str, Any]]:
    from pandas import NA

    rows = []
    for column, year in enumerate(years):
        there = values[~np.isnan(values[:, column]), column]
        found: Sequence[Any] = np.quantile(there, levels).tolist() if there.size else [NA] * len(levels)
        rows.append(
            {
                "scenario": scenario,
                "indicator": name,
                "year": year,
                "unit": unit,
                "defined": there.size / len(values),
                "mean": float(there.mean()) if there.size else NA,
                **{level_name(level): value for level, value in zip(levels, found, strict=True)},
            }
        )
    return rows


def level_name(level: float) -> str:
    """``p05`` for 0.05, ``p97.5`` for 0.975."""
    whole, _, part = f"{level * 100:.4f}".rstrip("0").rstrip(".").partition(".")
    return f"p{whole:0>2}" + (f".{part}" if part else "")


def _share_better(here: Array, there: Array, wish: str) -> dict[str, Any]:
    known = ~(np.isnan(here) | np.isnan(there))
    count = int(known.sum())
    gain = (here[known] - there[known]) * (1.0 if wish == "more" else -1.0)
    alike = same(here[known], there[known])
    undefined = 1.0 - count / len(here)
    if not count:
        return {"probability": None, "low": None, "high": None, "equal": 0.0, "undefined": undefined}
    share = float(((gain > 0.0) & ~alike).mean())
    low, high = wilson(share, count)
    return {
        "probability": share,
        "low": low,
        "high": high,
        "equal": float(alike.mean()),
        "undefined": undefined,
    }


def wilson(share: float, count: int) -> tuple[float, float]:
    """95 % interval of a probability of which a share of independent samples was seen."""
    square = NORMAL_95**2 / count
    middle = (share + square / 2.0) / (1.0 + square)
    reach = NORMAL_95 / (1.0 + square) * math.sqrt(share * (1.0 - share) / count + square / (4.0 * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)
