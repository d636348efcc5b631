"""Unit process data: activity times exchanges, impacts, cost and time, and what is fixed per year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.activity import Driver
from meguru.engine.accounts.entries import OUTSIDE, Books, Entry, ImpactEntry, Term
from meguru.errors import (
    LibraryError,
    MissingValueError,
    NetworkError,
    RangeError,
    UnsupportedError,
    did_you_mean,
)
from meguru.model.components import Process, UnitData
from meguru.model.network import ports_of
from meguru.quantity import Quantity

Array = NDArray[np.float64]
MADE_BY_PULL = ("supply", "make")


@dataclass(slots=True)
class Activity:
    """What one set of unit data counts, and the share of its amounts that one unit of it takes."""

    driver: Driver
    share: Array


def enter_processes(books: Books) -> None:
    """Enter the unit data of all processes.

    Raises
    ------
    ModelError
        A number in a wrong unit, an activity that can not be counted.
    """
    for name, process in books.model.processes.items():
        for place, data in _unit_data(books, name, process):
            _Entering(books, name, process, data, place).enter()


def _unit_data(books: Books, name: str, process: Process) -> Iterator[tuple[str, UnitData]]:
    for index, entry in enumerate(process.unit):
        place = f"processes.{name}.unit.{index}"
        if isinstance(entry, UnitData):
            yield place, entry
        elif entry in books.model.unit_data:
            yield f"unit_data.{entry}", books.model.unit_data[entry]
        else:
            hint = did_you_mean(str(entry), books.model.unit_data)
            raise LibraryError("no such unit data", place=place, found=entry, hint=hint)


class _Entering:
    """Enters one set of unit data of one process."""

    def __init__(self, books: Books, name: str, process: Process, data: UnitData, place: str) -> None:
        self.books, self.name, self.process, self.data, self.place = books, name, process, data, place
        self.activity = self._activity()
        self.runs = books.runs(name)
        self.payee = data.payee or OUTSIDE

    def enter(self) -> None:
        data = self.data
        kinds = ("credit", "credit") if data.credit else ("variable", "fixed")
        self._effects(kinds[0], data.exchanges, data.impacts, "exchanges", "impacts")
        self._effects(kinds[1], data.fixed_exchanges, data.fixed_impacts, "fixed_exchanges", "fixed_impacts")
        if data.credit:
            self._refuse_money()
            return
        self._money()
        if data.time is not None:
            term = self._term(data.time, "hour", "time")
            self.books.ledger.work.append(Entry(self._labels("variable"), [term]))

    # -- activity ------------------------------------------------------------------------------------------

    def _activity(self) -> Activity:
        basis = self._basis()
        if basis == "stock":
            holders = tuple(
                h for h in self.books.holders.get(self.name, ()) if self._counts(self.books.holder_items[h])
            )
            items = [self.books.holder_items[h] for h in holders]
            return self._per_reference(Driver("stock", holders=holders), items)
        flows = self._leaving() if basis == "output" else self._entering()
        less = () if basis == "output" else self._turned_away()
        items = [self.books.flows[f].item for f in flows]
        return self._per_reference(Driver("units", tuple(flows), less=less), items)

    def _basis(self) -> str:
        basis, kind = self.data.basis, self.process.kind
        if basis == "default" and self.data.port is not None:
            return "output"
        if basis == "default":
            return "output" if kind in MADE_BY_PULL else "stock" if kind == "use" else "input"
        if basis == "stock" and kind not in ("use", "store"):
            raise UnsupportedError(
                "only use and store hold a stock",
                place=f"{self.place}.basis",
                found=kind,
                expected="input or output",
            )
        return basis

    def _counts(self, item: str) -> bool:
        return not self.data.items or item in self.data.items

    def _leaving(self) -> list[int]:
        """Flows that leave: by the port named; of supply and make what they give, not the scrap."""
        port = self.data.port or ("out" if self.process.kind in MADE_BY_PULL else None)
        ports = ports_of(self.books.model, self.name)
        if port is not None and port not in ports:
            raise NetworkError(
                "no such port",
                place=f"{self.place}.port",
                found=port,
                expected=ports,
                hint=did_you_mean(port, ports),
            )
        flows = self.books.flows
        return [
            f
            for f in self.books.flows_from.get(self.name, ())
            if self._counts(flows[f].item)
            and (port is None or flows[f].port == port or flows[f].port.startswith(f"{port}."))
        ]

    def _entering(self) -> list[int]:
        """Flows that enter. New parts and spares count only if named: they are not what is worked on."""
        found = []
        for f in self.books.flows_to.get(self.name, ()):
            flow = self.books.flows[f]
            helps = (self.process.kind == "recondition" and flow.side == "pull") or (
                self.process.kind == "use" and flow.item != self.process.product
            )
            if flow.item in self.data.items or (not self.data.items and not helps):
                found.append(f)
        return found

    def _turned_away(self) -> tuple[int, ...]:
        """Flows of what a full process passes on as it came."""
        flows = self.books.flows
        leaving = self.books.flows_from.get(self.name, ())
        return tuple(f for f in leaving if flows[f].port == "overflow" and self._counts(flows[f].item))

    def _per_reference(self, driver: Driver, items: list[str]) -> Activity:
        units = list(dict.fromkeys(self.books.model.items[i].unit for i in items))
        stock = driver.kind == "stock"
        reference = self.data.reference
        if reference is None:
            if len(units) > 1 and self._per_unit():
                raise UnsupportedError(
                    "the activity counts things in different units",
                    place=f"{self.place}.reference",
                    found=", ".join(units),
                    expected="a reference mass, or the items that count",
                )
            return Activity(driver, np.ones((1, 1)))
        own = units if len(units) == 1 else []
        wanted = ["kg", *(unit for unit in own if unit != "kg")]
        wanted += [f"({unit})*year" for unit in own if stock]
        if not items:
            wanted = [reference.unit or "1"]
        index, amount = self.books.first_fitting(reference, wanted, f"{self.place}.reference")
        if np.any(amount <= 0.0):
            raise RangeError(
                "a reference must be above zero", place=f"{self.place}.reference", found=float(amount.min())
            )
        if wanted[index] == "kg" and own != ["kg"]:
            driver = replace(driver, kind="stock_mass" if stock else "mass")
        return Activity(driver, 1.0 / amount)

    def _per_unit(self) -> bool:
        """Whether anything is taken per unit of activity; what is fixed per year needs no activity."""
        data = self.data
        return bool(data.exchanges or data.impacts) or data.cost is not None or data.time is not None

    # -- entries -------------------------------------------------------------------------------------------

    def _labels(self, kind: str, exchange: str = "") -> dict[str, str]:
        return {
            "name": self.name,
            "where": "process",
            "actor": self.books.actor(self.name),
            "kind": kind,
            "group": self.data.group or self.process.group or "",
            "stage": self.process.stage or "",
            "exchange": exchange,
        }

    def _term(self, quantity: Quantity, unit: str, key: str) -> Term:
        """An amount per reference."""
        number = self.books.read(quantity, unit, f"{self.place}.{key}")
        return Term(self.activity.driver, (number, self.activity.share))

    def _fixed_term(self, quantity: Quantity, unit: str, key: str) -> Term:
        """An amount per year that the process runs."""
        number = self.books.read(quantity, f"{unit}/year", f"{self.place}.{key}")
        return Term(self.runs, (number * self.books.length,))

    def _effects(
        self,
        kind: str,
        exchanges: dict[str, Quantity],
        impacts: dict[str, Quantity],
        key: str,
        impact_key: str,
    ) -> None:
        """Exchanges, what they cost, and the impacts of both exchanges and direct emissions."""
        terms: dict[str, list[Term]] = {}
        fixed = key.startswith("fixed")
        read = self._fixed_term if fixed else self._term
        for name, quantity in exchanges.items():
            exchange = self.books.exchange(name, f"{self.place}.{key}.{name}")
            term = read(quantity, exchange.unit, f"{key}.{name}")
            self.books.ledger.exchanges.append(
                Entry(self._labels(kind, name) | {"unit": exchange.unit}, [term])
            )
            for category, found in self.books.factors(name).items():
                terms.setdefault(category, []).append(Term(term.driver, (*term.numbers, found)))
            price = self.books.price(name)
            if price is not None and kind != "credit":
                paid = Term(term.driver, (*term.numbers, price))
                self._pay("fixed" if fixed else "cost", OUTSIDE, paid, name)
        for category, quantity in impacts.items():
            unit = self.books.impact(category, f"{self.place}.{impact_key}.{category}").unit
            terms.setdefault(category, []).append(read(quantity, unit, f"{impact_key}.{category}"))
        if terms:
            labels = self._labels(kind)
            del labels["exchange"]
            self.books.ledger.impacts.append(ImpactEntry(labels, terms))

    def _pay(self, kind: str, payee: str, term: Term, exchange: str = "") -> None:
        labels = self._labels(kind, exchange)
        payer = labels.pop("actor")
        del labels["kind"]
        self.books.ledger.pay(payer, payee, kind, [term], **labels)

    def _money(self) -> None:
        data, currency = self.data, self.books.currency
        if data.cost is not None:
            self._pay("cost", self.payee, self._term(data.cost, currency, "cost"))
        if data.fixed_cost is not None:
            self._pay("fixed", self.payee, self._fixed_term(data.fixed_cost, currency, "fixed_cost"))
        if data.capital is not None:
            capital = self.books.read(data.capital, currency, f"{self.place}.capital")
            yearly = capital * self._annuity()
            self._pay("capital", self.payee, Term(self.runs, (yearly * self.books.length,)))

    def _annuity(self) -> Array:
        """Share of the capital paid per year: i / (1 − (1 + i)^−n), in the limit i = 0 it is 1 / n."""
        if self.data.capital_life is None:
            raise MissingValueError(
                "capital needs the years over which it is annualised",
                place=f"{self.place}.capital_life",
                expected="a time, as '10 year'",
            )
        years = self.books.read(self.data.capital_life, "year", f"{self.place}.capital_life")
        if np.any(years <= 0.0):
            raise RangeError(
                "a capital life must be above zero",
                place=f"{self.place}.capital_life",
                found=float(years.min()),
            )
        return annuity(self.books.discount_rate(), years)

    def _refuse_money(self) -> None:
        for key in ("cost", "fixed_cost", "capital"):
            if getattr(self.data, key) is not None:
                raise UnsupportedError(
                    "a credit is no payment",
                    place=f"{self.place}.{key}",
                    found=key,
                    expected="unit data that are no credit",
                )


def annuity(rate: Array, years: Array) -> Array:
    """Yearly payment for a capital of 1 over some years; straight line at a rate of zero."""
    rate, years = np.broadcast_arrays(rate, years)
    paid = 1.0 / years
    interest = rate != 0.0
    paid[interest] = rate[interest] / -np.expm1(-years[interest] * np.log1p(rate[interest]))
    return paid
