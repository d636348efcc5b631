"""Measures as switches: plans that take different measures from different years as samples of one run.

Each number that a measure changes becomes a formula, ``new if begin <= year else old``, of a parameter that
says from which year the measure holds. Only measures that change plain numbers, series or formulas can be
written so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.explore.plans.measures import Plan, Taken, candidate_of
from meguru.model import Model, apply, exclude_each_other
from meguru.model.components import Measure, Scenario
from meguru.model.places import find
from meguru.model.scenario import WITHOUT_SCENARIOS
from meguru.model.walk import clone
from meguru.quantity import Quantity

Array = NDArray[np.float64]
FORMS = {"value", "formula", "values"}  # in which numbers are written
ALWAYS, NEVER = -1e6, 1e6  # as years


@dataclass(frozen=True)
class Switched:
    """A model in which each sample takes its own measures.

    Attributes
    ----------
    model
        With the scenario that :func:`~meguru.explore.plans.measures.candidate_of` names.
    values
        Place of a parameter → (plan,): what :func:`meguru.run` takes.
    """

    model: Model
    values: dict[str, Array]


def switched(model: Model, start: str, plans: Sequence[Plan]) -> Switched | None:
    """Plans as samples of one model; None where a measure can not be written as a switch."""
    names = list(dict.fromkeys(one.measure for plan in plans for one in plan))
    applied = apply(model, start)
    touched: dict[str, list[str]] = {}
    for name in names:
        if not _is_plain(applied, model.measures[name]):
            return None
        for path in model.measures[name].changes:
            others = touched.setdefault(path, [])
            if any(exclude_each_other(model, [name, other]) is None for other in others):
                return None  # both may be taken, and their order would count
            others.append(name)
    writer = _Writer(model, applied, plans)
    for name in names:
        writer.add(name)
    if start == WITHOUT_SCENARIOS and not model.scenarios:
        writer.model.scenarios[start] = Scenario(reference=True)
    scenario = Scenario(inherits=start, measures=writer.paying, changes=writer.changes)
    writer.model.scenarios[candidate_of(model)] = scenario
    return Switched(writer.model, writer.values)


def _is_plain(applied: Model, measure: Measure) -> bool:
    """Whether all that a measure changes are numbers or formulas, before and after."""
    for path, value in measure.changes.items():
        if value is None or (isinstance(value, dict) and not FORMS & value.keys()):
            return False
        held = find(applied, path).held
        if not isinstance(held, Quantity) or not _is_simple(held) or not _is_simple(Quantity.parse(value)):
            return False
    return all(one is None or _is_simple(one) for one in (measure.cost, measure.amount))


def _is_simple(quantity: Quantity) -> bool:
    series = bool(quantity.values) and quantity.beyond == "hold"  # which has a value in every year
    plain = quantity.value is not None or quantity.formula is not None or series
    return plain and quantity.uncertain is None and not quantity.since


class _Writer:
    """Writes measures as switches into a copy of a model."""

    def __init__(self, model: Model, applied: Model, plans: Sequence[Plan]) -> None:
        self.stated, self.applied, self.plans = model, applied, plans
        self.model = clone(model)
        self.values: dict[str, Array] = {}
        self.changes: dict[str, object] = {}
        self.held: dict[str, Quantity] = {}  # what stands at a place after the measures so far
        self.paying: list[str] = []
        self.start = "switch"
        while any(name.startswith(self.start) for name in model.parameters):
            self.start += "_"

    def add(self, name: str) -> None:
        """One measure: when it begins, what it changes, and what it costs."""
        measure = self.stated.measures[name]
        taken = [next((one for one in plan if one.measure == name), None) for plan in self.plans]
        begins = [NEVER if one is None else self._begin(measure, one) for one in taken]
        years = sorted({begin for begin in begins if begin not in (ALWAYS, NEVER)})
        begin = self._parameter(Quantity(NEVER), np.array(begins))
        for path, value in measure.changes.items():
            old = self._parameter(self.held.get(path) or find(self.applied, path).held)
            new = self._new(measure, value, taken)
            self.changes[path] = _chain(f"{new} if {begin} <= {{year:g}} else {old}", years)
            self.held[path] = Quantity.parse(self.changes[path])
        if measure.cost is not None or measure.amount is not None:
            self._pay(measure, begin, years)

    def _begin(self, measure: Measure, taken: Taken) -> float:
        since = measure.since if taken.since is None else taken.since
        return ALWAYS if since is None else float(since)

    def _new(self, measure: Measure, value: object, taken: Iterable[Taken | None]) -> str:
        stated = Quantity.parse(value)
        levels = [None if one is None else one.level for one in taken]
        if measure.range is None or all(level is None for level in levels):
            return self._parameter(stated)
        unit = measure.range.low.unit
        proposed = float(stated.evaluate(unit or "1", np.zeros(1))[0, 0])
        row = np.array([proposed if level is None else level for level in levels])
        return self._parameter(Quantity(proposed, unit), row)

    def _pay(self, measure: Measure, begin: str, years: Sequence[float]) -> None:
        """A measure that changes nothing and costs what this one does while it holds."""
        paying = replace(measure, changes={}, since=None, latest=None, range=None, excludes=[])
        paying.cost = self._paid(measure.cost, begin, years)
        paying.amount = self._paid(measure.amount, begin, years)
        name = f"{self.start} {len(self.paying)}"
        self.model.measures[name] = paying
        self.paying.append(name)

    def _paid(self, stated: Quantity | None, begin: str, years: Sequence[float]) -> Quantity | None:
        if stated is None:
            return None
        price = self._parameter(stated)
        return Quantity.parse(_chain(f"{price} if {begin} <= {{year:g}} else 0 * {price}", years))

    def _parameter(self, quantity: Quantity, row: Array | None = None) -> str:
        """A parameter of the model, with its values by plan if they differ."""
        name = f"{self.start}{len(self.model.parameters)}"
        self.model.parameters[name] = quantity
        if row is not None:
            self.values[f"parameters.{name}"] = row.astype(np.float64)
        return name


def _chain(text: str, years: Sequence[float]) -> dict[str, object]:
    """A formula that asks in each period whether the measure has begun."""
    later = {int(year): {"formula": text.format(year=year)} for year in years}
    first: dict[str, object] = {"formula": text.format(year=ALWAYS)}
    return {**first, "since": later} if later else first
