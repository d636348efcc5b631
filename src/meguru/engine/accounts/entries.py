"""Entries of the account: who causes what, as products of what was measured and numbers of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.activity import Amounts, Driver
from meguru.engine.compiling.coefficients import Reader
from meguru.engine.compiling.program import Program
from meguru.engine.results.masses import holder_items
from meguru.errors import DimensionError, MissingUnitError, UnknownNameError, did_you_mean
from meguru.model.components import Exchange, Impact
from meguru.quantity import Quantity, dimension_of

Array = NDArray[np.float64]
OUTSIDE = "outside"
Named = TypeVar("Named")


@dataclass(slots=True)
class Term:
    """A driver times numbers, each (sample or 1, time or 1)."""

    driver: Driver
    numbers: tuple[Array, ...]

    def value(self, amounts: Amounts) -> Array:
        """(sample, time)."""
        found = amounts.of(self.driver)
        for number in self.numbers:
            found = found * number
        return found


@dataclass(slots=True)
class Entry:
    """One line of the account: a sum of terms, with the labels that it is found by."""

    labels: dict[str, str]
    terms: list[Term]

    def value(self, amounts: Amounts) -> Array:
        """(sample, time)."""
        return sum_of(self.terms, amounts)


@dataclass(slots=True)
class ImpactEntry:
    """As :class:`Entry`, with terms for each impact category."""

    labels: dict[str, str]
    terms: dict[str, list[Term]]


@dataclass(slots=True)
class Ledger:
    """All entries of a model."""

    exchanges: list[Entry] = field(default_factory=list)
    impacts: list[ImpactEntry] = field(default_factory=list)
    payments: list[Entry] = field(default_factory=list)
    work: list[Entry] = field(default_factory=list)

    def pay(self, payer: str, payee: str, kind: str, terms: list[Term], **labels: str) -> None:
        """Note a payment."""
        every = {"group": "", "name": "", "where": "process", "item": "", "exchange": "", "stage": ""}
        self.payments.append(Entry({"payer": payer, "payee": payee, "kind": kind, **every, **labels}, terms))


def sum_of(terms: Sequence[Term], amounts: Amounts) -> Array:
    """(sample, time)."""
    total = np.zeros(amounts.shape)
    for term in terms:
        total += term.value(amounts)
    return total


def _known(named: Mapping[str, Named], name: str, place: str) -> Named:
    if name not in named:
        hint = did_you_mean(name, named)
        raise UnknownNameError("no such name", place=place, found=name, expected=list(named), hint=hint)
    return named[name]


class Books:
    """What is needed to write entries: the model, its flows, and numbers over the reported years."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.model = program.model
        self.flows = program.network.flows
        self.ledger = Ledger()
        self._factors: dict[str, dict[str, Array]] = {}
        self._prices: dict[str, Array | None] = {}
        self.currency = self.model.money.currency if self.model.money else "JPY"
        self.length = program.coefficients.step
        self.first = int(np.searchsorted(program.years, self.model.time.first))
        self.flows_from: dict[str, list[int]] = {}
        self.flows_to: dict[str, list[int]] = {}
        for index, flow in enumerate(self.flows):
            self.flows_from.setdefault(flow.source, []).append(index)
            self.flows_to.setdefault(flow.target, []).append(index)
        self.holder_items = holder_items(program)
        self.holders: dict[str, list[int]] = {}
        for index, name in enumerate([*program.uses.names, *(name for name, _ in program.stores)]):
            self.holders.setdefault(name, []).append(index)

    @cached_property
    def read(self) -> Reader:
        """Reads quantities over the reported years; prices and factors need not cover the history."""
        reader = self.program.coefficients.read
        years = self.program.years[self.first :].astype(np.float64)
        return Reader(self.model, years, reader.draws, reader.block, reader.values)

    def first_fitting(self, quantity: Quantity, units: Sequence[str], place: str) -> tuple[int, Array]:
        """The numbers in the first of several units that fits, and which one that is."""
        if quantity.unit:
            found = dimension_of(quantity.unit)
            fitting = [index for index, unit in enumerate(units) if dimension_of(unit) == found]
            index = fitting[0] if fitting else 0
            return index, self.read(quantity, units[index], place)
        failure: DimensionError | MissingUnitError | None = None
        for index, unit in enumerate(units):
            try:
                return index, self.read(quantity, unit, place)
            except (DimensionError, MissingUnitError) as error:
                failure = failure or error
        assert failure is not None
        raise failure

    def per_unit(self, quantity: Quantity, money: str, flow: int, place: str) -> Term:
        """What is paid for one flow at a rate per item unit or per mass."""
        unit = self.model.items[self.flows[flow].item].unit
        index, number = self.first_fitting(quantity, [f"{money}/({unit})", f"{money}/kg"], place)
        return Term(Driver("mass" if index == 1 else "units", (flow,)), (number,))

    def exchange(self, name: str, place: str) -> Exchange:
        """An exchange of the model; the place is where it is named."""
        return _known(self.model.exchanges, name, place)

    def impact(self, name: str, place: str) -> Impact:
        """An impact category of the model; the place is where it is named."""
        return _known(self.model.impacts, name, place)

    def factors(self, exchange: str) -> dict[str, Array]:
        """Impacts per unit of an exchange, by category."""
        if exchange not in self._factors:
            found = self.model.exchanges[exchange]
            self._factors[exchange] = {
                category: self.read(
                    quantity,
                    f"{self.impact(category, f'exchanges.{exchange}.factors').unit}/({found.unit})",
                    f"exchanges.{exchange}.factors.{category}",
                )
                for category, quantity in found.factors.items()
            }
        return self._factors[exchange]

    def price(self, exchange: str) -> Array | None:
        """Price per unit of an exchange, if it has one."""
        if exchange not in self._prices:
            found = self.model.exchanges[exchange]
            self._prices[exchange] = (
                None
                if found.price is None
                else self.read(found.price, f"{self.currency}/({found.unit})", f"exchanges.{exchange}.price")
            )
        return self._prices[exchange]

    def discount_rate(self) -> Array:
        """Rate per year at which capital is annualised; zero if none is given."""
        money = self.model.money
        if money is None or money.discount_rate is None:
            return np.zeros((1, 1))
        _, rate = self.first_fitting(money.discount_rate, ["1/year", "1"], "money.discount_rate")
        return rate

    def actor(self, process: str) -> str:
        """Who owns a process."""
        return self.model.processes[process].actor or OUTSIDE

    def stage(self, flow: int) -> str:
        """Stage of what is paid and caused on a route: of the process that the route is there for.

        What is pulled is bought from where it was made; what is pushed is brought to where it is treated.
        """
        found = self.flows[flow]
        return self.model.processes[found.target if found.side == "push" else found.source].stage or ""

    def runs(self, process: str) -> Driver:
        """Whether a process runs: something enters it, leaves it, or is held there."""
        flows = (*self.flows_to.get(process, ()), *self.flows_from.get(process, ()))
        return Driver("runs", flows, tuple(self.holders.get(process, ())))
