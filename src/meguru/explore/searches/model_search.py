"""Searching over the measures of a model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from meguru.explore.plans.describe import plan_text
from meguru.explore.plans.goals import Goal, Limit, goals_of, limits_of
from meguru.explore.plans.measures import (
    Lever,
    Plan,
    Taken,
    is_possible,
    levels_of_others,
    levers_of,
    scenario_like,
    with_plan,
)  # fmt: skip
from meguru.explore.plans.trials import Over, Progress, Trials
from meguru.explore.rounding import same
from meguru.explore.searches.combinations import Combinations, Option
from meguru.explore.searches.search import (
    GENERATIONS,
    POPULATION,
    Front,
    Method,
    SearchProblem,
    method_of,
    search,
)
from meguru.explore.searches.space import FEW_LEVELS, SLACK, Variable
from meguru.model import Model, exclude_each_other

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """What a search over measures found.

    Attributes
    ----------
    model, start
        What was searched, and the scenario that plans add to.
    levers
        What could be chosen.
    goals, limits
    front
        Points and values; see :class:`meguru.explore.searches.search.Front`.
    plans
        The measures behind each point of the front.
    now
        Goal → value at the start.
    tried
        How many different choices were tried; a point of the front may have been tried more than once.
    left_out
        Measures that only set numbers which others choose → those others; none where measures are named.
    """

    model: Model = field(repr=False)
    start: str
    levers: Sequence[Lever]
    goals: Sequence[Goal]
    limits: Sequence[Limit]
    front: Front
    plans: Sequence[Plan]
    now: Mapping[str, float]
    tried: int = 0
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def with_scenarios(self) -> Model:
        """A copy of the model in which each point of the front is a scenario: ``choice-1`` ...

        Where the model has a scenario of the name already, :meth:`scenario_of` says what it is called.
        """
        found = self.model
        for number, plan in enumerate(self.plans, 1):
            found = with_plan(found, self.start, plan, self.scenario_of(number))
        return found

    def scenario_of(self, number: int) -> str:
        """What the scenario of a point of the front is called, from 1 on."""
        return scenario_like(self.model, f"choice-{number}")


def search_measures(
    model: Model,
    goals: Iterable[str] | None = None,
    *,
    scenario: str | None = None,
    measures: Iterable[str] | None = None,
    limits: Iterable[str] = (),
    over: Over = "last",
    method: Method = "auto",
    few: int = FEW_LEVELS,
    population: int = POPULATION,
    generations: int = GENERATIONS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Choices:
    """Which measures to take, how far, and from when: the choices of which none is better in every goal.

    Parameters
    ----------
    model
        As read by :func:`meguru.load`.
    goals
        Indicators, as ``co2`` or ``co2:less``; default those that say ``wanted``.
    scenario
        What plans add to; default the ``present`` scenario, else the reference.
    measures
        Names; default all that the scenario does not take.
    limits
        As ``co2 <= 40 t_CO2e/year``.
    over
        ``last`` year, ``mean`` of all, or a year.
    method, few, population, generations, seed
        See :func:`meguru.explore.searches.search.search`.
    progress
        Called with (choices tried, choices in all).

    Raises
    ------
    InfeasibleError
        No choice meets all limits.
    ModelError
        A goal, limit or measure that can not be.
    """
    count = _Count(progress)
    trials = Trials(model, scenario, over=over, progress=count)
    wanted, bounds = goals_of(model, goals), limits_of(model, limits)
    free = levers_of(model, trials.start, measures, named=scenario is not None)
    levers = [_switched(one, few) for one in free]
    names = list(dict.fromkeys([*(goal.name for goal in wanted), *(one.name for one in bounds)]))

    def function(points: Array) -> dict[str, Array]:
        values = trials.values([plan_of(levers, point) for point in points], names)
        count.before += len(points)
        return values

    problem = SearchProblem(
        variables_of(levers),
        wanted,
        function,
        bounds,
        [_nothing(levers)],
        combinations_of(model, levers),
        lambda point: plan_text(model, plan_of(levers, point)) if plan_of(levers, point) else "",
    )
    grid = method_of(problem, method, few) == "grid"
    count.planned = problem.size(few) if grid else population * generations
    front = search(problem, method, few=few, population=population, generations=generations, seed=seed)
    by_plan: dict[Plan, int] = {}
    for row in front.best.tolist():  # where a measure is left, its level does not matter
        by_plan.setdefault(plan_of(levers, front.points[row]), row)
    if () in by_plan and _is_reached(by_plan, front, wanted):
        by_plan.pop(())
    front = replace(front, best=np.array(list(by_plan.values()), dtype=np.int64))
    now = {name: float(row[0]) for name, row in trials.values([()], names).items()}
    left_out = levels_of_others(model, trials.start) if measures is None else {}
    known = {plan_of(levers, point) for point in front.points}
    tried = sum(is_possible(model, plan) for plan in known)
    return Choices(model, trials.start, levers, wanted, bounds, front, list(by_plan), now, tried, left_out)


@dataclass
class _Count:
    """How many choices were tried of all, over the parts in which they are tried."""

    tell: Progress | None
    planned: int = 0
    before: int = 0

    def __call__(self, done: int, _: int) -> None:
        if self.tell is not None:
            self.tell(self.before + done, max(self.planned, self.before + done))


def _switched(lever: Lever, few: int) -> Lever:
    """With a switch, unless one of the levels that are tried is what holds when it is left."""
    if lever.switched:
        return lever
    assert lever.present is not None
    (level,) = _chosen_of(lever)
    nearest = float(np.abs(level.levels(few) - lever.present).min(initial=np.inf))
    return replace(lever, switched=nearest > SLACK * (lever.high - lever.low))


def variables_of(levers: Iterable[Lever]) -> list[Variable]:
    """A switch for each measure that can be left, a level for each range, a year where it can be chosen."""
    found = []
    for one in levers:
        if one.switched:
            found.append(Variable(one.measure, 0.0, 1.0, 1.0))
        found += _chosen_of(one)
    return found


def _chosen_of(lever: Lever) -> list[Variable]:
    """The level and the year of a measure, where they can be chosen."""
    found = []
    if lever.ranged:
        found.append(Variable(f"{lever.measure}.level", lever.low, lever.high, lever.step))
    if lever.years:
        found.append(Variable(f"{lever.measure}.from", lever.years[0], lever.years[-1], 1.0))
    return found


def combinations_of(model: Model, levers: Sequence[Lever]) -> Combinations:
    """What can be chosen, each choice once: what is left has no level, what excludes is not taken beside."""
    pairs = combinations(range(len(levers)), 2)
    excluded = frozenset(
        frozenset(pair)
        for pair in pairs
        if exclude_each_other(model, [levers[place].measure for place in pair]) is not None
    )
    return Combinations([Option(one.switched, _chosen_of(one)) for one in levers], excluded)


def plan_of(levers: Iterable[Lever], point: Array) -> Plan:
    """The measures that a point (variable,) stands for; one of which a number is NaN is left."""
    numbers = iter(point.tolist())
    plan = []
    for one in levers:
        taken = next(numbers) >= 0.5 if one.switched else True
        level = next(numbers) if one.ranged else None
        year = next(numbers) if one.years else None
        if taken and not any(number is not None and math.isnan(number) for number in (level, year)):
            plan.append(Taken(one.measure, level, None if year is None else round(year)))
    return tuple(plan)


def _nothing(levers: Iterable[Lever]) -> list[float]:
    """The point at which no measure is taken: no level need be what holds now, which may change by year."""
    point: list[float] = []
    for one in levers:
        point += [0.0] * one.switched + [math.nan] * (one.ranged + bool(one.years))
    return point


def _is_reached(by_plan: Mapping[Plan, int], front: Front, goals: Iterable[Goal]) -> bool:
    """Whether some plan on the front comes to the same as no measure at all."""
    rows = [row for plan, row in by_plan.items() if plan]
    near = [same(front.values[goal.name][rows], front.values[goal.name][by_plan[()]]) for goal in goals]
    return bool(rows) and bool(np.logical_and.reduce(near).any())
