"""What to do: measures alone and one on top of the other, what each brings per money and per tonne."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from meguru.explore.plans.accounts import NEGLIGIBLE, Accounts, accounts_of
from meguru.explore.plans.goals import Goal, goals_of
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
from meguru.explore.plans.trials import Over, Trials
from meguru.explore.proposals.break_even import BreakEven, of_measure
from meguru.explore.rounding import same
from meguru.model import Model
from meguru.quantity import same_dimension
from meguru.quantity.units import size_of

EDGE = 1e-9  # of a range


@dataclass(frozen=True)
class Outcome:
    """What a plan leads to.

    Attributes
    ----------
    values
        Goal → value; NaN where it is undefined.
    cost
        What its measures cost those who decide them, in the model's currency per year.
    gain
        The money that is wanted, likewise; see :attr:`Suggestion.money`.
    """

    values: Mapping[str, float]
    cost: float
    gain: float


@dataclass(frozen=True)
class Step:
    """A measure taken on top of others.

    Attributes
    ----------
    lever, taken
        Which, and how.
    others
        The measures taken before it.
    before, after
        What they lead to, without and with it.
    """

    lever: Lever
    taken: Taken
    others: Plan
    before: Outcome
    after: Outcome

    @property
    def plan(self) -> Plan:
        """All measures taken, this one last: what a separate run needs."""
        return (*self.others, self.taken)

    def change(self, goal: Goal) -> float:
        """Value after less value before."""
        return self.after.values[goal.name] - self.before.values[goal.name]

    def improvement(self, goal: Goal) -> float:
        """How much better it makes a goal; negative: worse; zero for what is only rounding."""
        before, after = self.before.values[goal.name], self.after.values[goal.name]
        return 0.0 if same(before, after) else goal.improvement(before, after)

    @property
    def cost(self) -> float:
        """What it costs who decides it, in the model's currency per year."""
        return self.after.cost - self.before.cost

    @property
    def gain(self) -> float:
        """Change of the money that is wanted, in the model's currency per year."""
        return self.after.gain - self.before.gain

    def per_money(self, goal: Goal) -> float | None:
        """Improvement per unit of currency that the measure costs; None where it is said to cost nothing."""
        return self.improvement(goal) / self.cost if self.cost > 0.0 else None

    def price(self, goal: Goal) -> float | None:
        """Money lost per unit of improvement; negative: gained. None without an improvement."""
        better = self.improvement(goal)
        return -self.gain / better if better > 0.0 else None


@dataclass(frozen=True)
class Suggestion:
    """What to do, in which order, and where the signs change.

    Attributes
    ----------
    model, start
        What was looked at, and the scenario that measures add to.
    over
        Which year counts.
    goals
    money
        The goal that counts money; None: income less cost of all actors that the model names.
    now
        What the start leads to by itself.
    alone
        Each measure taken by itself, in the order of the model.
    orders
        Goal → measures one on top of the other, each time the one that makes this goal best; ends where none
        makes it better.
    break_evens
        For each number that a measure sets and each goal: where the goal changes its sign.
    left_out
        Measures that only set numbers which others choose → those others; none where measures are named.
    """

    model: Model = field(repr=False)
    start: str
    over: Over
    goals: Sequence[Goal]
    money: Goal | None
    now: Outcome
    alone: Sequence[Step]
    orders: Mapping[str, Sequence[Step]]
    break_evens: Sequence[BreakEven]
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def agreed(self) -> bool:
        """Whether all goals call for the same measures in the same order."""
        return len({tuple(step.taken for step in order) for order in self.orders.values()}) == 1

    def ranked(self, goal: Goal) -> list[Step]:
        """Measures taken alone by what they bring to a goal.

        First those that make it better without a loss of money, the greatest effect first: by a negative
        price per unit the smaller effect would win. Then the others that make it better, the cheapest per
        unit first. Last those that do not make it better.
        """

        def rank(step: Step) -> tuple[int, float]:
            better, price = step.improvement(goal), step.price(goal)
            if price is None:
                return 2, -better if np.isfinite(better) else np.inf
            return (0, -better) if price <= 0.0 else (1, price)

        return sorted(self.alone, key=rank)

    def conditional(self) -> list[tuple[Goal, Step, Step]]:
        """Goals and measures that harm them alone and help them after others: alone, and in the order."""
        alone = {step.taken.measure: step for step in self.alone}
        return [
            (goal, alone[step.taken.measure], step)
            for goal in self.goals
            for step in self.orders[goal.name][1:]
            if alone[step.taken.measure].improvement(goal) < 0.0 < step.improvement(goal)
        ]

    @cached_property
    def zeros(self) -> list[tuple[str, BreakEven, float, bool]]:
        """Changes of sign inside the ranges: name of the run, what was found, where, whether it is a jump.

        A zero at the end of a range is left out: often it is there because nothing is done.
        """
        found: list[tuple[str, BreakEven, float, bool]] = []
        for one in self.break_evens:
            low, high = float(one.scan.at[0]), float(one.scan.at[-1])
            for at in sorted((*one.scan.roots, *one.scan.jumps)):
                if min(at - low, high - at) > EDGE * (high - low):
                    found.append((f"zero-{len(found) + 1}", one, at, at in one.scan.jumps))
        return found

    def with_scenarios(self) -> Model:
        """A copy of the model with a scenario for each run behind the suggestions.

        ``alone-MEASURE`` for each measure alone; ``GOAL-1``, ``GOAL-2`` ... for the order of each goal, or
        ``step-1`` ... where all goals agree; ``zero-1`` ... for the changes of sign. Where the model has a
        scenario of the name already, :meth:`scenario_called` says what the new one is called.
        """
        found = self.model
        for step in self.alone:
            found = with_plan(
                found, self.start, step.plan, self.scenario_called(f"alone-{step.taken.measure}")
            )
        for goal, order in self.orders.items():
            for number, step in enumerate(order, 1):
                name = self.scenario_called(f"{'step' if self.agreed else goal}-{number}")
                found = with_plan(found, self.start, step.plan, name)
            if self.agreed:
                break
        for name, one, at, _ in self.zeros:
            found = with_plan(found, self.start, (Taken(one.measure, at),), self.scenario_called(name))
        return found

    def scenario_called(self, name: str) -> str:
        """What ``alone-MEASURE``, ``step-1`` and so on are called in :meth:`with_scenarios`."""
        return scenario_like(self.model, name)


def suggest(
    model: Model,
    goals: Iterable[str] | None = None,
    *,
    scenario: str | None = None,
    measures: Iterable[str] | None = None,
    over: Over = "last",
) -> Suggestion:
    """Measures ranked by what they bring, alone and one on top of the other.

    Each measure is taken as the model proposes it. Every number is one of a run of its own: the ``plan`` of a
    step, and :meth:`Suggestion.with_scenarios`, say of which.

    Parameters
    ----------
    model
        As read by :func:`meguru.load`.
    goals
        Indicators, as ``co2`` or ``co2:less``; default those that say ``wanted``.
    scenario
        What measures add to; default the ``present`` scenario, else the reference.
    measures
        Names; default all that the scenario does not take.
    over
        ``last`` year, ``mean`` of all, or a year.

    Raises
    ------
    UnknownNameError
        No goal, no measure, or one that is not in the model.
    """
    trials = Trials(model, scenario, over=over)
    wanted = goals_of(model, goals)
    levers = levers_of(model, trials.start, measures, named=scenario is not None)
    found = _Outcomes(trials, wanted)
    alone = [found.step((), lever) for lever in levers]
    orders = {goal.name: found.greedy(levers, goal) for goal in wanted}
    crossings = [
        of_measure(trials, lever.measure, goal.name) for lever in levers if lever.ranged for goal in wanted
    ]
    left_out = levels_of_others(model, trials.start) if measures is None else {}
    return Suggestion(
        model, trials.start, over, wanted, found.money, found.of(()), alone, orders, crossings, left_out
    )


class _Outcomes:
    """Outcomes of plans, each run once."""

    def __init__(self, trials: Trials, goals: Sequence[Goal]) -> None:
        self.trials, self.goals = trials, goals
        self.money = next((goal for goal in goals if is_money(trials.model, goal.name)), None)
        self._known: dict[frozenset[Taken], Outcome] = {}

    def of(self, plan: Plan) -> Outcome:
        """The outcome of a plan; measures that change other places may come in any order."""
        key = frozenset(plan)
        if key not in self._known or _touch_each_other(self.trials.model, plan):
            self._known[key] = self._run(plan)
        return self._known[key]

    def _run(self, plan: Plan) -> Outcome:
        result = self.trials.result(plan)
        names = [goal.name for goal in self.goals]
        values = {name: float(row[0]) for name, row in self.trials.of_result(result, names).items()}
        accounts = accounts_of(result, self.trials.over)
        cost = accounts.of_measures(result.model.scenarios[result.scenario].measures)
        return Outcome(values, cost, self._gain(values, accounts))

    def _gain(self, values: Mapping[str, float], accounts: Accounts) -> float:
        model = self.trials.model
        if self.money is not None:
            currency = model.money.currency if model.money else "JPY"
            unit = model.indicators[self.money.name].unit
            return -self.money.sign * values[self.money.name] * size_of(unit) / size_of(f"{currency}/year")
        gain = accounts.net(model.actors)
        return 0.0 if abs(gain) <= NEGLIGIBLE * accounts.turnover else gain

    def step(self, others: Plan, lever: Lever) -> Step:
        """A measure on top of others, as the model proposes it."""
        taken = Taken(lever.measure)
        return Step(lever, taken, others, self.of(others), self.of((*others, taken)))

    def greedy(self, levers: Iterable[Lever], goal: Goal) -> list[Step]:
        """Each time the measure that makes a goal best, until none makes it better."""
        left, order = list(levers), list[Step]()
        while left:
            plan = order[-1].plan if order else ()
            left = [one for one in left if is_possible(self.trials.model, (*plan, Taken(one.measure)))]
            if not left:
                break
            steps = [self.step(plan, lever) for lever in left]
            best = max(steps, key=lambda step: np.nan_to_num(step.improvement(goal), nan=-np.inf))
            if not best.improvement(goal) > 0.0:
                break
            order.append(best)
            left.remove(best.lever)
        return order


def _touch_each_other(model: Model, plan: Plan) -> bool:
    """Whether two measures of a plan change the same place, so that their order counts."""
    places = [place for one in plan for place in model.measures[one.measure].changes]
    return len(set(places)) < len(places)


def is_money(model: Model, indicator: str) -> bool:
    """Whether an indicator counts money per year."""
    currency = model.money.currency if model.money else "JPY"
    return same_dimension(model.indicators[indicator].unit, f"{currency}/year")
