"""Search over choices: all combinations of levels, or NSGA-II where there are too many."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from meguru.errors import InfeasibleError, RunError, did_you_mean
from meguru.explore.plans.goals import Goal, Limit
from meguru.explore.searches.combinations import Combinations
from meguru.explore.searches.pareto import costs_of, non_dominated, ranks_of
from meguru.explore.searches.space import FEW_LEVELS, Variable, grid, keys_of, snapped

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]
Method = Literal["auto", "grid", "nsga2"]
METHODS: tuple[Method, ...] = ("auto", "grid", "nsga2")
MOST_OF_A_GRID = 200_000
EXHAUSTIVE = 5_000  # points up to which ``auto`` looks at all
POPULATION, GENERATIONS = 80, 80


@dataclass(frozen=True)
class SearchProblem:
    """What can be chosen, what is wanted of it, and what must hold.

    Attributes
    ----------
    function
        (point, variable) → value by name, each (point,); NaN where a value is undefined.
    also : (point, variable)
        Points that are tried whatever the method; NaN where a variable does not matter.
    combinations
        What a grid tries, where not every combination of levels is a choice of its own; those of ``also``
        are among them.
    words
        What a point (variable,) stands for, in an error; empty: nothing. Default its numbers by name.
    """

    variables: Sequence[Variable]
    goals: Sequence[Goal]
    function: Callable[[Array], Mapping[str, Array]] = field(repr=False)
    limits: Sequence[Limit] = ()
    also: Sequence[Sequence[float]] = ()
    combinations: Combinations | None = field(default=None, repr=False)
    words: Callable[[Array], str] | None = field(default=None, repr=False)

    def size(self, few: int) -> int:
        """How many points a grid has; if they are too many to run, some number above that."""
        if self.combinations is not None:
            return self.combinations.count(few, MOST_OF_A_GRID)
        return math.prod(one.size(few) for one in self.variables)

    def grid(self, few: int) -> Array:
        """(point, variable) of a grid, and what is tried besides."""
        if self.combinations is not None:
            return self.combinations.points(few)
        return np.concatenate([grid(self.variables, few), _also(self)])


@dataclass(frozen=True)
class Front:
    """Every point that was tried, and those of which none is better in every goal.

    Attributes
    ----------
    points : (point, variable)
    values
        Name → (point,), of the goals and of what is limited.
    excess : (point,)
        How far the limits are missed, each relative to its bound, together; 0 where all are met.
    best
        Which points are on the front, by the first goal, the best first. Goals differ by more than rounding,
        or are the same: choices that come to the same are all on the front, but of those that differ in
        nothing but numbers that may take any value one.
    method
        ``grid`` or ``nsga2``.
    levels
        Of a number that may take any value, in a grid: what lies between them was not tried. None: nothing
        was left out so.
    """

    problem: SearchProblem
    points: Array = field(repr=False)
    values: Mapping[str, Array] = field(repr=False)
    excess: Array = field(repr=False)
    best: NDArray[np.int64]
    method: str
    levels: int | None = None

    @property
    def how(self) -> str:
        """The method in words."""
        return self.method if self.levels is None else f"{self.method} of {self.levels} levels"

    def table(self, every: bool = False) -> DataFrame:
        """A row a point: its variables, its values, whether it meets the limits and is on the front."""
        import pandas as pd

        rows = np.arange(len(self.points)) if every else self.best
        columns = {one.name: self.points[rows, index] for index, one in enumerate(self.problem.variables)}
        columns |= {name: row[rows] for name, row in self.values.items()}
        on_front = np.isin(rows, self.best)
        return pd.DataFrame({**columns, "allowed": self.excess[rows] == 0.0, "on_front": on_front})


def search(
    problem: SearchProblem,
    method: Method = "auto",
    *,
    few: int = FEW_LEVELS,
    population: int = POPULATION,
    generations: int = GENERATIONS,
    seed: int = 0,
) -> Front:
    """The best choices: of several goals the Pareto front, of one goal the best point.

    Parameters
    ----------
    method
        ``grid``: all combinations, numbers without steps at a ``few`` levels. ``nsga2``: an evolution of
        ``population`` points over ``generations``. ``auto``: all combinations if there are few.

    Raises
    ------
    InfeasibleError
        No point that was tried meets all limits; of the nearest one the error names the limit that is missed
        by least, relative to its bound, and after it the others.
    RunError
        More combinations than can be run, no such method, nothing to choose or no goal, two variables of one
        name, a population or generations below one, or a function that does not give a value a point of
        everything that is wanted or limited.

    Notes
    -----
    Deb, K. et al. (2002), A fast and elitist multiobjective genetic algorithm: NSGA-II,
    doi:10.1109/4235.996017; by pymoo. The front is taken from all points that were tried.
    """
    _check(problem, population, generations)
    if method_of(problem, method, few) == "grid":
        size = problem.size(few)
        if size > MOST_OF_A_GRID:
            raise RunError(
                "too many combinations",
                found=f"{size:,}" if problem.combinations is None else f"more than {MOST_OF_A_GRID:,}",
                expected=f"at most {MOST_OF_A_GRID:,}",
                hint="Take nsga2.",
            )
        points = problem.grid(few)
        front = _front(problem, points, _evaluated(problem, points), "grid")
        return replace(front, levels=few if _takes_any_value(problem) else None)
    from meguru.explore.searches.nsga2 import evolve

    points, values = evolve(problem, _evaluated, population, generations, seed)
    tried = set(keys_of(points))
    besides = [row for row, key in enumerate(keys_of(_also(problem))) if key not in tried]
    if besides:
        also = _also(problem)[besides]
        more = _evaluated(problem, also)
        points = np.concatenate([points, also])
        values = {name: np.concatenate([row, more[name]]) for name, row in values.items()}
    return _front(problem, points, values, "nsga2")


def method_of(problem: SearchProblem, method: Method, few: int) -> Method:
    """How it is searched: what ``auto`` stands for, else what is asked for."""
    if method not in METHODS:
        raise RunError("no such method", found=method, expected=METHODS)
    if method != "auto":
        return method
    many = sum(one.count != 2 for one in problem.variables) > 2  # a switch adds no level to miss
    return "nsga2" if problem.size(few) > EXHAUSTIVE or (_takes_any_value(problem) and many) else "grid"


def _takes_any_value(problem: SearchProblem) -> bool:
    return any(one.count is None for one in problem.variables)


def _check(problem: SearchProblem, population: int, generations: int) -> None:
    for what, given in (("variables", problem.variables), ("goals", problem.goals)):
        if not given:
            raise RunError("nothing to search", place=what, found="none", expected="at least one")
    names = [one.name for one in problem.variables]
    for name in names:
        if names.count(name) > 1:
            expected = "a name of its own for each"
            raise RunError("two variables of one name", place="variables", found=name, expected=expected)
    for what, number in (("population", population), ("generations", generations)):
        if number < 1:
            raise RunError("must be at least one", place=what, found=number, expected="1 or more")


def _also(problem: SearchProblem) -> Array:
    """(point, variable) what is tried besides."""
    return np.array(problem.also, dtype=np.float64).reshape(-1, len(problem.variables))


def _evaluated(problem: SearchProblem, points: Array) -> dict[str, Array]:
    """Values of everything that is wanted or limited."""
    found = problem.function(snapped(problem.variables, points))
    names = dict.fromkeys([*(goal.name for goal in problem.goals), *(one.name for one in problem.limits)])
    return {name: _values_of(name, found, len(points)) for name in names}


def _values_of(name: str, found: Mapping[str, Array], count: int) -> Array:
    """(point,) what a function gave of this name."""
    if name not in found:
        raise RunError(
            "the function gives no value of this name",
            place="function",
            found=name,
            expected=list(found) or "a value by name",
            hint=did_you_mean(name, found),
        )
    values = np.asarray(found[name], dtype=np.float64)
    if values.shape != (count,):
        raise RunError(
            "the function does not give a value a point",
            place=name,
            found=f"an array of shape {values.shape}",
            expected=f"shape ({count},)",
        )
    return values


def excess_of(problem: SearchProblem, values: Mapping[str, Array]) -> Array:
    """(point, limit) how far each limit is missed, relative to its bound."""
    if not problem.limits:
        return np.zeros((len(next(iter(values.values()))), 0))
    return np.stack(
        [one.excess(values[one.name]) / (abs(one.bound) or 1.0) for one in problem.limits], axis=1
    )


def _front(problem: SearchProblem, points: Array, values: dict[str, Array], method: str) -> Front:
    points = snapped(problem.variables, points)
    misses = excess_of(problem, values)
    excess = misses.sum(axis=1)
    costs = costs_of(problem.goals, values)
    allowed = (excess == 0.0) & ~np.isnan(costs).any(axis=1)
    if not allowed.any():
        raise _infeasible(problem, points, values, misses)
    rows = np.flatnonzero(allowed)
    best = _told_once(problem, points, costs, rows[non_dominated(costs[rows])])
    return Front(problem, points, values, excess, best, method)


def _told_once(
    problem: SearchProblem, points: Array, costs: Array, front: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Points of a front by the first goal; what comes to the same, by its numbers.

    Numbers that may take any value come to the same at countless values near each other: of points that
    differ in nothing else the first stands for all.
    """
    places = ranks_of(costs[front])
    order = np.lexsort((*points[front].T[::-1], *places.T[::-1]))
    steps = [index for index, one in enumerate(problem.variables) if one.count is not None]
    keys = keys_of(np.concatenate([points[front][:, steps], places.astype(np.float64)], axis=1))
    first: dict[bytes, int] = {}
    for row in order.tolist():
        first.setdefault(keys[row], row)
    return front[list(first.values())]


def _infeasible(
    problem: SearchProblem, points: Array, values: Mapping[str, Array], misses: Array
) -> InfeasibleError:
    """What comes nearest to being allowed, and which limit it misses."""
    nearest = int(np.argmin(misses.sum(axis=1)))
    chosen = (problem.words or _by_name(problem.variables))(points[nearest])
    order = [int(index) for index in np.argsort(misses[nearest], kind="stable")]
    missed = [
        (problem.limits[index], _told(problem.limits[index].name, values, nearest))
        for index in order
        if misses[nearest, index] > 0.0
    ]
    if not missed:
        names = ", ".join(goal.name for goal in problem.goals)
        return InfeasibleError("the goals are undefined wherever the limits are met", found=names)
    (limit, value), *others = missed
    rest = ", ".join(f"{said} ({one})" for one, said in others)
    more = f" It misses too: {rest}." if rest else ""
    return InfeasibleError(
        f"none of the {len(points):,} choices that were tried meets all limits; "
        f"the nearest is {chosen or 'to leave all as it is'}",
        found=value,
        expected=str(limit),
        hint=f"Loosen the limit, or allow more to be chosen.{more}",
    )


def _by_name(variables: Sequence[Variable]) -> Callable[[Array], str]:
    """What tells the numbers of a point; those that do not matter are left out."""

    def told(point: Array) -> str:
        named = zip(variables, point.tolist(), strict=True)
        return ", ".join(f"{one.name} = {number:g}" for one, number in named if not math.isnan(number))

    return told


def _told(name: str, values: Mapping[str, Array], row: int) -> str:
    value = float(values[name][row])
    return f"{name} is undefined" if np.isnan(value) else f"{name} = {value:.6g}"
