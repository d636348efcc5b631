"""Robust choice: which scenario to take when numbers are uncertain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meguru.engine import compare
from meguru.errors import IndicatorError, RangeError, asked
from meguru.explore.plans.accounts import of_year
from meguru.explore.plans.goals import Goal, goals_of
from meguru.explore.plans.trials import Over, Progress, indicators_of
from meguru.explore.rounding import same
from meguru.model import Model, scenario_names

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]
LEVEL = 0.05
CRITERIA = ("mean", "unlucky", "worst", "regret_mean", "regret_most")


@dataclass(frozen=True)
class Robust:
    """Choices under uncertainty; every sample is the same future for all of them.

    Attributes
    ----------
    goal
    names
        Of the choices.
    outcomes : (choice, sample)
    mean, unlucky, worst : (choice,)
        Mean; the value that is missed in a share ``level`` of the samples; the worst one.
    regret_mean, regret_most : (choice,)
        How much better the best choice of each sample is: mean and largest.
    wins : (choice,)
        Share of the samples in which it is the best; shared by those that are alike.
    level
    """

    goal: Goal
    names: tuple[str, ...]
    outcomes: Array = field(repr=False)
    mean: Array
    unlucky: Array
    worst: Array
    regret_mean: Array
    regret_most: Array
    wins: Array
    level: float

    def best(self, criterion: str) -> str:
        """The choice that one of ``mean``, ``unlucky``, ``worst``, ``regret_mean``, ``regret_most`` takes."""
        if criterion not in CRITERIA:
            raise RangeError("no such criterion", found=criterion, expected=CRITERIA)
        values = getattr(self, criterion)
        sign = 1.0 if criterion.startswith("regret") else self.goal.sign
        return self.names[int(np.argmin(sign * values))]

    def table(self) -> DataFrame:
        """A row a choice."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in (*CRITERIA, "wins")}
        return pd.DataFrame({"choice": self.names, **columns})


def robust(outcomes: Mapping[str, Array], goal: Goal, level: float = LEVEL) -> Robust:
    """Weigh choices by their outcomes in the same samples.

    Parameters
    ----------
    outcomes
        Choice → (sample,).
    level
        Share of the samples that may be worse than ``unlucky``.

    Raises
    ------
    IndicatorError
        An outcome that is undefined.
    RangeError
        A level outside 0 to 1, no samples, or samples that differ in number.

    Notes
    -----
    Regret: Savage, L. J. (1951), The theory of statistical decision, doi:10.1080/01621459.1951.10500768.
    """
    if not 0.0 < level < 1.0:
        with asked():
            raise RangeError("a level outside what is possible", found=level, expected="above 0, below 1")
    shapes = list(dict.fromkeys(np.shape(one) for one in outcomes.values()))
    if len(shapes) != 1:
        raise RangeError("choices with different numbers of samples", expected="the same samples for all")
    if len(shapes[0]) != 1 or shapes[0] == (0,):
        raise RangeError(
            "not one row of samples for each choice", found=shapes[0], expected="(sample,), one or more"
        )
    values = np.stack([np.asarray(one, dtype=np.float64) for one in outcomes.values()])
    names = [name for name, row in zip(outcomes, values, strict=True) if np.isnan(row).any()]
    if names:
        raise IndicatorError(f"'{goal.name}' is undefined in some samples", found=", ".join(names))
    costs = goal.sign * values
    least = costs.min(axis=0)
    alike = same(costs, least)
    regret = np.where(alike, 0.0, costs - least)
    return Robust(
        goal,
        tuple(outcomes),
        values,
        values.mean(axis=1),
        goal.sign * np.quantile(costs, 1.0 - level, axis=1),
        goal.sign * costs.max(axis=1),
        regret.mean(axis=1),
        regret.max(axis=1),
        (alike / alike.sum(axis=0)).mean(axis=1),
        level,
    )


def robust_choice(
    model: Model,
    goal: str,
    scenarios: Iterable[str] | None = None,
    *,
    samples: int = 1000,
    seed: int = 0,
    level: float = LEVEL,
    over: Over = "last",
    progress: Progress | None = None,
) -> Robust:
    """Weigh scenarios of a model by one indicator, with common random numbers.

    Scenarios that a search or a suggestion found are among them when
    :meth:`~meguru.explore.proposals.suggest.Suggestion.with_scenarios` has added them.

    Parameters
    ----------
    goal
        An indicator, as ``co2`` or ``co2:less``.
    scenarios
        Default all.
    samples, seed
        See :func:`meguru.run`.
    over
        ``last`` year, ``mean`` of all, or a year.
    progress
        As :func:`meguru.compare`.

    Raises
    ------
    RangeError
        A year that is not reported.
    """
    (wanted,) = goals_of(model, [goal])
    names = list(scenarios) if scenarios is not None else scenario_names(model)
    found = compare(model, names, samples=samples, seed=seed, progress=progress)
    years = np.arange(model.time.first, model.time.last + 1)
    outcomes = {}
    for name in names:
        values = indicators_of(found, [wanted.name], name)[wanted.name]
        outcomes[name] = of_year(values.T, years, over)
    return robust(outcomes, wanted, level)
