"""Suggestions in plain sentences, in both languages; each says which run it is from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from meguru.explore.plans.goals import Goal
from meguru.explore.plans.measures import Plan
from meguru.explore.proposals.break_even import BreakEven
from meguru.explore.proposals.incentives import TOGETHER, Incentives
from meguru.explore.proposals.suggest import Step, Suggestion
from meguru.explore.searches.model_search import Choices
from meguru.files.shipped import read_shipped
from meguru.model import Model
from meguru.report.both import Both, joined
from meguru.report.numbers import Scale, number, scale_for, unit_text
from meguru.report.words import Names, label_of

PER = 1e6  # units of currency for which an effect is given


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it is from.

    Attributes
    ----------
    text
        In both languages.
    scenarios
        Of :meth:`meguru.explore.proposals.suggest.Suggestion.with_scenarios`, whose runs give its numbers.
    """

    text: Both
    scenarios: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _templates() -> dict[str, Both]:
    found = read_shipped(resources.files("meguru.report").joinpath("sentences.yaml"))
    return {key: Both(str(en), str(ja)) for key, (en, ja) in found.items()}


def phrase(key: str, **values: object) -> Both:
    """One of the templates, filled in."""
    return _templates()[key].fill(**values)


class Teller:
    """Tells a suggestion in sentences."""

    def __init__(self, suggestion: Suggestion) -> None:
        self.suggestion = suggestion
        self.model = suggestion.model
        self.names = Names(self.model)
        self.currency = unit_text(self.model.money.currency if self.model.money else "JPY")

    # -- sentences -----------------------------------------------------------------------------------------

    def alone(self) -> list[Sentence]:
        """What each measure does by itself, the best first."""
        return [
            Sentence(self.effects(step) + self.money(step), (self._run_alone(step),))
            for step in self.suggestion.ranked(self.suggestion.goals[0])
        ]

    def orders(self) -> list[Sentence]:
        """Which measure first, which then."""
        found = []
        orders = self.suggestion.orders.items()
        for name, steps in list(orders)[:1] if self.suggestion.agreed else orders:
            goal = self.names.indicator(name)
            if not steps:
                found.append(Sentence(phrase("order_none", goal=goal)))
                continue
            scenarios = tuple(self.scenario_of(name, number) for number in range(1, len(steps) + 1))
            found.append(Sentence(self._order(goal, steps), scenarios))
        return found

    def _order(self, goal: Both, steps: Sequence[Step]) -> Both:
        which = "all" if self.suggestion.agreed else "one"
        names = [self.measure(step.taken.measure) for step in steps]
        if len(names) == 1:
            return phrase(f"order_only_{which}", goal=goal, what=names[0])
        listed = joined(
            "", [phrase("then" if index else "first", what=one) for index, one in enumerate(names)]
        )
        return phrase(f"order_{which}", goal=goal, steps=listed)

    def conditional(self) -> list[Sentence]:
        """Measures that harm alone and help after others."""
        return [
            Sentence(self._conditional(goal, alone, later), self._runs_of(goal, later))
            for goal, alone, later in self.suggestion.conditional()
        ]

    def _conditional(self, goal: Goal, alone: Step, later: Step) -> Both:
        before, after = alone.before.values[goal.name], alone.after.values[goal.name]
        then = [number(one.values[goal.name]) for one in (later.before, later.after)]
        return phrase(
            "conditional",
            what=self.measure(alone.taken.measure),
            goal=self.names.indicator(goal.name),
            others=self._listed(later.others),
            unit=unit_text(self.model.indicators[goal.name].unit),
            before=number(before),
            after=number(after),
            before_then=then[0],
            after_then=then[1],
        )

    def _runs_of(self, goal: Goal, later: Step) -> tuple[str, ...]:
        place = [step.taken for step in self.suggestion.orders[goal.name]].index(later.taken)
        order = (self.scenario_of(goal.name, number) for number in (place, place + 1))
        return (self._run_alone(later), *order)

    def _run_alone(self, step: Step) -> str:
        """Name of the scenario in which a measure is taken by itself."""
        return self.suggestion.scenario_called(f"alone-{step.taken.measure}")

    def zeros(self) -> list[Sentence]:
        """Where goals change their sign; of those that never do, nothing."""
        return [
            Sentence(zero(found, "jump" if jumps else "zero", at), (self.suggestion.scenario_called(name),))
            for name, found, at, jumps in self.suggestion.zeros
        ]

    def scenario_of(self, goal: str, number: int) -> str:
        """Name of the scenario behind a step of an order."""
        first = "step" if self.suggestion.agreed else goal
        return self.suggestion.scenario_called(f"{first}-{number}")

    def meaning(self) -> Both:
        """Whose money it is that is lost or gained per unit."""
        money = self.suggestion.money
        whose = (
            phrase("all_actors") if money is None else phrase("quoted", what=self.names.indicator(money.name))
        )
        return phrase("money_meaning", currency=self.currency, whose=whose)

    # -- parts of sentences --------------------------------------------------------------------------------

    def effects(self, step: Step) -> Both:
        """What a step does to each goal."""
        head = head_of(self.model, step)
        if step.others:
            first = Both(head.en[:1].lower() + head.en[1:], head.ja)
            head = phrase("after_others", others=self._listed(step.others), first=first)
        *clauses, last = [self._clause(step, goal) for goal in self.suggestion.goals]
        listed = joined(phrase("and_last"), [joined(phrase("and"), clauses), last] if clauses else [last])
        return phrase("whole", head=head, clauses=listed)

    def _clause(self, step: Step, goal: Goal) -> Both:
        before, after = (one.values[goal.name] for one in (step.before, step.after))
        name = self.names.indicator(goal.name)
        unit = unit_text(self.model.indicators[goal.name].unit)
        if math.isnan(before) or math.isnan(after):
            return phrase("clause_undefined", goal=name)
        better = step.improvement(goal)
        if better == 0.0:
            return phrase("clause_same", goal=name, before=number(before), unit=unit)
        key = "clause_more" if after > before else "clause_less"
        judgement = phrase("better" if better > 0.0 else "worse")
        return phrase(
            key, goal=name, before=number(before), after=number(after), unit=unit, judgement=judgement
        )

    def money(self, step: Step) -> Both:
        """What a step costs, brings per money, and earns or loses per unit of each goal that is not money."""
        parts = [
            phrase("costs", cost=number(step.cost), currency=self.currency)
            if step.cost
            else phrase(
                "no_cost_then" if self.model.measures[step.taken.measure].cost is not None else "no_cost"
            )
        ]
        for goal in self.suggestion.goals:
            unit, of_one = (unit_of_amount(self.model, goal.name, of_one) for of_one in (False, True))
            per, price = step.per_money(goal), step.price(goal)
            if per is not None and per > 0.0:
                parts.append(
                    phrase(
                        "per_money",
                        amount=number(per * PER),
                        unit=unit,
                        money=number(PER),
                        currency=self.currency,
                    )
                )
            if price is not None and goal is not self.suggestion.money:
                key = "earns" if price <= 0.0 else "pays"
                money = number(abs(price))
                name = self.names.indicator(goal.name)
                parts.append(phrase(key, money=money, currency=self.currency, unit=of_one, goal=name))
        text = joined(Both("; ", "、"), parts)
        return Both(f" {text.en[:1].upper()}{text.en[1:]}.", f"{text.ja}。")

    def measure(self, name: str) -> Both:
        """A measure by its label."""
        return self.names.measure(name)

    def _listed(self, plan: Plan) -> Both:
        return joined(phrase("and"), [phrase("quoted", what=self.measure(one.measure)) for one in plan])


def head_of(model: Model, step: Step) -> Both:
    """What is done: a number raised or lowered, or a measure taken."""
    lever, names = step.lever, Names(model)
    measure = model.measures[lever.measure]
    since = step.taken.since or measure.since
    year = phrase("since", year=since) if since is not None else Both("", "")
    level = step.taken.level if step.taken.level is not None else lever.proposed
    if not lever.ranged or level is None:
        return phrase("take", what=names.measure(lever.measure)) + year
    after = amount(level, lever.unit)
    what = noun_of(model, lever.measure)
    if lever.present is None or level == lever.present:
        return phrase("set", what=what, after=after) + year
    key = "raise" if level > lever.present else "lower"
    return phrase(key, what=what, before=amount(lever.present, lever.unit), after=after) + year


def noun_of(model: Model, measure: str) -> Both:
    """What the number of a measure is called."""
    wanted = model.measures[measure].range
    if wanted is not None and wanted.label is not None:
        return label_of(wanted, measure)
    return Names(model).measure(measure)


def zero(found: BreakEven, key: str, at: float) -> Both:
    """Where an indicator changes its sign (``zero``), leaps over it (``jump``), or is zero (``end``)."""
    now = phrase("unknown") if found.present is None else amount(found.present, found.place_unit)
    at_zero = found.scan.target == 0.0
    return phrase(
        key if at_zero else f"{key}_of_target",
        goal=Names(found.model).indicator(found.indicator),
        what=_number_of(found),
        at=amount(at, found.place_unit),
        now=now,
        target=amount(found.scan.target, found.unit),
    )


def crossings_of(found: BreakEven) -> list[Both]:
    """Every place at which an indicator meets its target, leaps over it or stays at it; or that none does."""
    ends = float(found.scan.at[0]), float(found.scan.at[-1])
    if found.scan.noise:
        return [_between(found, "noise", *ends)]
    told = [zero(found, "end" if at in ends else "zero", at) for at in found.scan.roots]
    told += [zero(found, "jump", at) for at in found.scan.jumps]
    told += [_between(found, "stretch", low, high) for low, high in found.scan.stretches]
    return told or [_between(found, "no_zero", *ends)]


def _between(found: BreakEven, key: str, first: float, last: float) -> Both:
    """That an indicator does not change its sign (``no_zero``), is at its target (``stretch``), or does not
    react (``noise``), there."""
    low, high = (amount(one, found.place_unit) for one in (first, last))
    return phrase(
        key if found.scan.target == 0.0 or key == "noise" else f"{key}_of_target",
        goal=Names(found.model).indicator(found.indicator),
        what=_number_of(found),
        low=low,
        high=high,
        target=amount(found.scan.target, found.unit),
    )


def _number_of(found: BreakEven) -> Both:
    return noun_of(found.model, found.measure) if found.measure else Both.of(found.place)


def left_out_sentences(found: Suggestion | Choices) -> list[Both]:
    """Measures that were not looked at, and those by which their numbers can be chosen."""
    names = Names(found.model)
    by_others: dict[tuple[str, ...], list[str]] = {}
    for name, others in found.left_out.items():
        by_others.setdefault(tuple(others), []).append(name)

    def listed(measures: Iterable[str]) -> Both:
        return joined(phrase("and"), [phrase("quoted", what=names.measure(one)) for one in measures])

    return [
        phrase("left_out", what=listed(measures), others=listed(others))
        for others, measures in by_others.items()
    ]


def incentive_sentences(found: Incentives) -> list[Both]:
    """Who pays and who gains by each incentive, and what shared information is worth to whom shares it."""
    names = Names(found.model)
    told = []
    for name, moved in found.moved.items():
        if name == TOGETHER:
            continue
        scale = scale_for(found.currency, moved.gains.values(), per_year=True)  # one for all of them
        lists = {
            key: joined(phrase("and"), [_with_gain(scale, names, one, moved.gains[one]) for one in actors])
            for key, actors in (("payers", moved.payers), ("gainers", moved.gainers))
        }
        what = names.measure(name)
        key = "who" if moved.payers or moved.gainers else "nobody"
        told.append(phrase(key, what=what, **lists))
        for teacher, learner in moved.information:
            gain = moved.gains.get(teacher, 0.0)
            told.append(
                phrase(
                    "sharing_pays" if gain > 0.0 else "sharing_does_not_pay",
                    teacher=names.actor(teacher),
                    learner=names.actor(learner),
                    worth=_money(scale, gain),
                    worth_there=_money(scale, moved.gains.get(learner, 0.0)),
                )
            )
    return told


def _with_gain(scale: Scale, names: Names, actor: str, gain: float) -> Both:
    return phrase("actor_gain", actor=names.actor(actor), gain=_money(scale, gain))


def _money(scale: Scale, amount: float) -> Both:
    return scale.full(amount, signed=True) if amount else Both("0", "0")


def amount(value: float, unit: str) -> Both:
    """A number with its unit; % close to it in Japanese."""
    if unit in ("", "1"):
        return Both.of(number(value))
    if unit == "%":
        return Both(f"{number(value)}\N{NO-BREAK SPACE}%", f"{number(value)}%")
    return Both.of(number(value)) + "\N{NO-BREAK SPACE}" + unit_text(unit)


def unit_of_amount(model: Model, indicator: str, of_one: bool = False) -> Both:
    """The unit of an indicator of amounts per year, without the year."""
    unit = model.indicators[indicator].unit
    return unit_text(unit.removesuffix("/year"), of_one=of_one)


def sentences(suggestion: Suggestion) -> list[Sentence]:
    """A suggestion in sentences: the order, what harms alone, each measure, the zeros."""
    teller = Teller(suggestion)
    parts: Iterable[list[Sentence]] = (
        teller.orders(),
        teller.conditional(),
        teller.alone(),
        teller.zeros(),
    )
    return [one for part in parts for one in part]
