"""Money on routes and for measures: prices, gate fees, fees of third actors."""

from __future__ import annotations

import numpy as np

from meguru.engine.accounts.activity import Driver
from meguru.engine.accounts.entries import OUTSIDE, Books, Term
from meguru.engine.accounts.transport import enter_transport
from meguru.errors import UnsupportedError
from meguru.model import measures_of
from meguru.model.components import Route


def enter_routes(books: Books) -> None:
    """Enter prices, fees and transport of all routes."""
    by_route: dict[int, list[int]] = {}
    for index, flow in enumerate(books.flows):
        by_route.setdefault(id(flow.route), []).append(index)
    for flows in by_route.values():
        route = books.flows[flows[0]].route
        if route.price is not None:
            for number in flows:
                _enter_price(books, route, number)
        _enter_fees(books, route, flows)
        enter_transport(books, route, flows)


def _enter_price(books: Books, route: Route, index: int) -> None:
    """The receiver's owner pays the sender's; a negative price is a gate fee that the sender pays."""
    flow = books.flows[index]
    place = f"routes.{flow.name}.price"
    assert route.price is not None
    term = books.per_unit(route.price, books.currency, index, place)
    if route.residual:
        if term.driver.kind == "mass" and books.program.flow_dated[index] >= 0:
            raise UnsupportedError(
                f"a price by age and mass of '{flow.item}', whose mass depends on the year made",
                place=place,
                expected=f"a price per {books.model.items[flow.item].unit}",
            )
        term.driver = Driver({"mass": "valued_mass", "units": "valued"}[term.driver.kind], (index,))
    books.ledger.pay(
        books.actor(flow.target),
        books.actor(flow.source),
        "price",
        [term],
        name=flow.name,
        where="route",
        group=route.group or "",
        item=flow.item,
        stage=books.stage(index),
    )


def _enter_fees(books: Books, route: Route, flows: list[int]) -> None:
    name = books.flows[flows[0]].name
    for number, fee in enumerate(route.fees):
        place = f"routes.{name}.fees.{number}"
        group = fee.group or route.group or ""
        if fee.amount is not None:
            for flow in flows:
                term = books.per_unit(fee.amount, books.currency, flow, f"{place}.amount")
                books.ledger.pay(
                    fee.payer,
                    fee.payee,
                    "fee",
                    [term],
                    name=name,
                    where="route",
                    group=group,
                    item=books.flows[flow].item,
                    stage=books.stage(flow),
                )
        if fee.fixed is not None:
            fixed = books.read(fee.fixed, f"{books.currency}/year", f"{place}.fixed") * books.length
            books.ledger.pay(
                fee.payer,
                fee.payee,
                "fee",
                [Term(Driver("runs", tuple(flows)), (fixed,))],
                name=name,
                where="route",
                group=group,
                stage=books.stage(flows[0]),
            )


def enter_measures(books: Books, scenario: str) -> None:
    """What the measures of a scenario cost those who decide them, from their year on.

    The money of an incentive goes to its receiver, that of other measures outside.
    """
    years = books.program.years[books.first :]
    for name in measures_of(books.model, scenario):
        measure = books.model.measures[name]
        holds = (years >= (measure.since if measure.since is not None else years[0])).astype(np.float64)[
            None, :
        ]
        if measure.cost is not None:
            cost = books.read(measure.cost, f"{books.currency}/year", f"measures.{name}.cost") * books.length
            _pay_for_measure(books, name, "fixed", Term(Driver("always"), (cost, holds)))
        if measure.amount is None:
            continue
        for index, flow in enumerate(books.flows):
            if flow.name == measure.route:
                term = books.per_unit(measure.amount, books.currency, index, f"measures.{name}.amount")
                term.numbers = (*term.numbers, holds)
                _pay_for_measure(books, name, "fee", term, item=flow.item, stage=books.stage(index))


def _pay_for_measure(books: Books, name: str, kind: str, term: Term, **labels: str) -> None:
    measure = books.model.measures[name]
    payer, payee = measure.owner or OUTSIDE, measure.receiver or OUTSIDE
    group = measure.kind or ""
    books.ledger.pay(payer, payee, kind, [term], name=name, where="measure", group=group, **labels)
