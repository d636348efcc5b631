"""Incentives in a value network: what each moves between actors, and who pays and who gains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from meguru.engine import Result
from meguru.errors import UnknownNameError
from meguru.explore.plans.accounts import NEGLIGIBLE, Accounts, accounts_of, of_year
from meguru.explore.plans.goals import Goal, goals_of
from meguru.explore.plans.measures import Plan, Taken, free_measures, is_possible, levers_of
from meguru.explore.plans.trials import Over, Trials
from meguru.model import Model

OUTSIDE = "outside"
INFORMATION = "information"
TOGETHER = "together"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Moved:
    """What an incentive, or all of them together, changes in a year.

    Attributes
    ----------
    plan
        What is taken: what a separate run needs.
    paid
        (owner, receiver) → money of the incentive itself, in the model's currency per year.
    money
        (payer, payee) → change of what is paid, that of the incentive included.
    goods
        (giver, taker) → change of mass, kg per year.
    information
        (who shares, who learns).
    gains
        Actor → change of income less cost.
    values
        Goal → value without and with it.
    """

    plan: Plan
    paid: Mapping[Pair, float]
    money: Mapping[Pair, float]
    goods: Mapping[Pair, float]
    information: Sequence[Pair]
    gains: Mapping[str, float]
    values: Mapping[str, tuple[float, float]]

    @cached_property
    def payers(self) -> list[str]:
        """Actors that are worse off, the worst first."""
        return sorted((name for name, gain in self.gains.items() if gain < 0.0), key=self.gains.__getitem__)

    @cached_property
    def gainers(self) -> list[str]:
        """Actors that are better off, the best first."""
        better = (name for name, gain in self.gains.items() if gain > 0.0)
        return sorted(better, key=self.gains.__getitem__, reverse=True)


@dataclass(frozen=True)
class Incentives:
    """Each incentive alone, and all together.

    Attributes
    ----------
    model, start, over
        What was looked at.
    actors
        Of the model, and ``outside`` where it takes part.
    goals
    moved
        Measure → what it moves; ``together`` last where there are several that can be taken together.
    """

    model: Model = field(repr=False)
    start: str
    over: Over
    actors: Sequence[str]
    goals: Sequence[Goal]
    moved: Mapping[str, Moved]

    @property
    def currency(self) -> str:
        """Of all money."""
        return self.model.money.currency if self.model.money else "JPY"


def incentives_of(model: Model) -> list[str]:
    """Measures that go from actor to actor."""
    return [name for name, one in model.measures.items() if one.owner and one.receiver]


def weigh_incentives(
    model: Model,
    measures: Iterable[str] | None = None,
    goals: Iterable[str] | None = None,
    *,
    scenario: str | None = None,
    over: Over = "last",
) -> Incentives:
    """Who pays and who gains by each incentive: money, goods and information between actors.

    Parameters
    ----------
    model
        As read by :func:`meguru.load`.
    measures
        Those to look at; default all that have an owner and a receiver and are not taken yet.
    goals
        Indicators that are looked at beside; default those that say ``wanted``, which may be none.
    scenario
        What they are added to; default the ``present`` scenario, else the reference.
    over
        ``last`` year, ``mean`` of all, or a year.

    Raises
    ------
    UnknownNameError
        No incentive, or one that is not in the model.
    """
    trials = Trials(model, scenario, over=over)
    free = free_measures(model, trials.start)
    mine = [name for name in incentives_of(model) if name in free]
    names = mine if measures is None else list(dict.fromkeys(measures))
    if not names:
        raise UnknownNameError(
            "no incentive", place="measures", expected="a measure with an owner and a receiver, not taken yet"
        )
    levers_of(model, trials.start, names)
    wants = goals is not None or any(one.wanted for one in model.indicators.values())
    wanted = goals_of(model, goals) if wants else []
    books = _Books(trials, wanted)
    moved = {name: books.moved((Taken(name),)) for name in names}
    every = tuple(Taken(name) for name in names)
    if len(names) > 1 and is_possible(model, every):
        moved[TOGETHER] = books.moved(every)
    actors = [name for name in (*model.actors, OUTSIDE) if any(name in one.gains for one in moved.values())]
    return Incentives(model, trials.start, over, actors, wanted, moved)


@dataclass(frozen=True)
class _Year:
    """A year of a run."""

    accounts: Accounts
    goods: Mapping[Pair, float]
    values: Mapping[str, float]


class _Books:
    """Compares runs with incentives with one without."""

    def __init__(self, trials: Trials, goals: Sequence[Goal]) -> None:
        self.trials = trials
        self.names = [goal.name for goal in goals]
        self.without = self._year(trials.result(()))

    def _year(self, result: Result) -> _Year:
        values = {name: float(row[0]) for name, row in self.trials.of_result(result, self.names).items()}
        return _Year(accounts_of(result, self.trials.over), goods_between(result, self.trials.over), values)

    def moved(self, plan: Plan) -> Moved:
        """What a plan changes."""
        model = self.trials.model
        result = self.trials.result(plan)
        here, there = self._year(result), self.without
        measures = result.model.scenarios[result.scenario].measures
        paid: dict[Pair, float] = {}
        for (payer, payee, name, where), amount in zip(
            here.accounts.labels, here.accounts.amounts.tolist(), strict=True
        ):
            if where == "measure" and name in measures:
                paid[payer, payee] = paid.get((payer, payee), 0.0) + amount
        small = NEGLIGIBLE * here.accounts.turnover
        actors = (*model.actors, OUTSIDE)
        gains = {name: here.accounts.net([name]) - there.accounts.net([name]) for name in actors}
        return Moved(
            plan,
            paid,
            _change(there.accounts.between(), here.accounts.between(), small),
            _change(there.goods, here.goods, NEGLIGIBLE * sum(map(abs, here.goods.values()))),
            [pair for one in plan if (pair := _teaches(model, one))],
            {name: gain for name, gain in gains.items() if abs(gain) > small},
            {name: (there.values[name], here.values[name]) for name in self.names},
        )


def _teaches(model: Model, taken: Taken) -> Pair | None:
    """Who shares information with whom by a measure."""
    measure = model.measures[taken.measure]
    if measure.kind != INFORMATION:
        return None
    return measure.owner or OUTSIDE, measure.receiver or OUTSIDE


def _change(before: Mapping[Pair, float], after: Mapping[Pair, float], small: float) -> dict[Pair, float]:
    found = {pair: after.get(pair, 0.0) - before.get(pair, 0.0) for pair in (*before, *after)}
    return {pair: amount for pair, amount in found.items() if abs(amount) > small}


def goods_between(result: Result, over: Over = "last") -> dict[Pair, float]:
    """(giver, taker) → mass that goes from one actor to another, kg per year, mean of the samples."""
    flows = result.flows
    processes = result.model.processes
    mass = np.asarray(flows.sum("material").mean("sample").values)
    amounts = of_year(mass, flows.coords["year"].values, over)
    found: dict[Pair, float] = {}
    ends = (flows.coords[side].values.astype(str).tolist() for side in ("source", "target"))
    for source, target, amount in zip(*ends, amounts.tolist(), strict=True):
        pair = (processes[source].actor or OUTSIDE, processes[target].actor or OUTSIDE)
        if pair[0] != pair[1]:
            found[pair] = found.get(pair, 0.0) + amount
    return found
