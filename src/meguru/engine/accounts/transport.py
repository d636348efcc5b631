"""Transport on routes: per tonne-kilometre, per trip, per unit carried, per year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.activity import Driver
from meguru.engine.accounts.entries import OUTSIDE, Books, Entry, ImpactEntry, Term
from meguru.errors import MissingValueError, RangeError
from meguru.model.components import Route, Transport
from meguru.quantity import Quantity

Array = NDArray[np.float64]


def enter_transport(books: Books, route: Route, flows: list[int]) -> None:
    """Enter all that carrying the flows of one route takes and costs."""
    for index, transport in enumerate(route.transport):
        name = books.flows[flows[0]].name
        _Entering(books, route, transport, flows, name, f"routes.{name}.transport.{index}").enter()


class _Entering:
    """Enters one transport of one route."""

    def __init__(
        self, books: Books, route: Route, transport: Transport, flows: list[int], name: str, place: str
    ) -> None:
        self.books, self.transport, self.flows, self.name, self.place = books, transport, flows, name, place
        self.mass = Driver("mass", tuple(flows))
        self.runs = Driver("runs", tuple(flows))
        self.payer = transport.payer or books.actor(books.flows[flows[0]].target)
        self.payee = transport.payee or OUTSIDE
        self.group = transport.group or route.group or ""
        self.stage = books.stage(flows[0])
        self.impacts: dict[str, list[Term]] = {}
        self.amounts: dict[str, list[Term]] = {}

    def enter(self) -> None:
        t = self.transport
        if t.exchanges or t.impacts or t.cost is not None:
            self._effects(
                t.exchanges,
                t.impacts,
                t.cost,
                ("exchanges", "impacts", "cost"),
                "/tkm",
                self._tonne_kilometres(),
            )
        if t.trip_exchanges or t.trip_impacts or t.trip_cost is not None:
            self._effects(
                t.trip_exchanges,
                t.trip_impacts,
                t.trip_cost,
                ("trip_exchanges", "trip_impacts", "trip_cost"),
                "",
                self._trips(),
            )
        fixed = Term(self.runs, (np.full((1, 1), self.books.length),))
        self._effects(
            t.fixed_exchanges,
            t.fixed_impacts,
            t.fixed_cost,
            ("fixed_exchanges", "fixed_impacts", "fixed_cost"),
            "/year",
            fixed,
        )
        if t.cost_per_unit is not None:
            for flow in self.flows:
                term = self.books.per_unit(
                    t.cost_per_unit, self.books.currency, flow, f"{self.place}.cost_per_unit"
                )
                self._pay([term], item=self.books.flows[flow].item)
        self._write()

    def _needed(self, quantity: Quantity | None, key: str, unit: str) -> Array:
        place = f"{self.place}.{key}"
        if quantity is None:
            raise MissingValueError(
                f"this transport needs a {key}", place=place, expected=f"a number in {unit}"
            )
        return self.books.read(quantity, unit, place)

    def _tonne_kilometres(self) -> Term:
        distance = self._needed(self.transport.distance, "distance", "km")
        return Term(self.mass, (distance / 1000.0,))

    def _trips(self) -> Term:
        """Mass over load × load factor: trips count in parts, as expected values do."""
        load = self._needed(self.transport.load, "load", "kg")
        used = np.ones((1, 1))
        if self.transport.load_factor is not None:
            used = self.books.read(self.transport.load_factor, "1", f"{self.place}.load_factor")
        if np.any(load <= 0.0) or np.any(used <= 0.0) or np.any(used > 1.0):
            raise RangeError(
                "a trip needs a load above zero and a load factor above 0, at most 1",
                place=self.place,
                found=f"{float(load.min()):g} kg, {float(used.flat[0]):g}",
            )
        return Term(self.mass, (1.0 / (load * used),))

    def _effects(
        self,
        exchanges: Mapping[str, Quantity],
        impacts: Mapping[str, Quantity],
        cost: Quantity | None,
        keys: tuple[str, str, str],
        per: str,
        measure: Term,
    ) -> None:
        for name, quantity in exchanges.items():
            place = f"{self.place}.{keys[0]}.{name}"
            amount = self.books.read(quantity, f"{self.books.exchange(name, place).unit}{per}", place)
            term = Term(measure.driver, (*measure.numbers, amount))
            self.amounts.setdefault(name, []).append(term)
            for category, factor in self.books.factors(name).items():
                self.impacts.setdefault(category, []).append(Term(term.driver, (*term.numbers, factor)))
            price = self.books.price(name)
            if price is not None:
                self._pay([Term(term.driver, (*term.numbers, price))], payee=OUTSIDE, exchange=name)
        for category, quantity in impacts.items():
            place = f"{self.place}.{keys[1]}.{category}"
            number = self.books.read(quantity, f"{self.books.impact(category, place).unit}{per}", place)
            self.impacts.setdefault(category, []).append(Term(measure.driver, (*measure.numbers, number)))
        if cost is not None:
            number = self.books.read(cost, f"{self.books.currency}{per}", f"{self.place}.{keys[2]}")
            self._by_item(Term(measure.driver, (*measure.numbers, number)))

    def _by_item(self, term: Term) -> None:
        """Payments by item carried; what is fixed belongs to no item."""
        if term.driver.kind == "runs":
            self._pay([term])
            return
        for flow in term.driver.flows:
            self._pay(
                [Term(Driver(term.driver.kind, (flow,)), term.numbers)], item=self.books.flows[flow].item
            )

    def _pay(self, terms: list[Term], payee: str | None = None, **labels: str) -> None:
        self.books.ledger.pay(
            self.payer,
            payee or self.payee,
            "transport",
            terms,
            name=self.name,
            where="route",
            group=self.group,
            stage=self.stage,
            **labels,
        )

    def _write(self) -> None:
        labels = {
            "name": self.name,
            "where": "route",
            "actor": self.payer,
            "kind": "transport",
            "group": self.group,
            "stage": self.stage,
        }
        for name, terms in self.amounts.items():
            unit = self.books.model.exchanges[name].unit
            self.books.ledger.exchanges.append(Entry({**labels, "exchange": name, "unit": unit}, terms))
        if self.impacts:
            self.books.ledger.impacts.append(ImpactEntry(dict(labels), self.impacts))
