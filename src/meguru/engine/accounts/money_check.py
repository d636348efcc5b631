"""That the money of a run is the money agreed upon.

In a ledger every payment has a payer and a payee, so that its sum over all actors is zero whatever it says.
What can go wrong is who pays whom, how much, for what: so the contracts on the routes are worked out once
more, from the model and what was carried, and held against what the ledger says that each actor pays and
receives, or books between processes of its own. What age makes of a price is taken from the record of the
run: of that it is seen that no unit counts for less or more than its table has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.activity import DUST, Amounts
from meguru.engine.accounts.entries import Books
from meguru.errors import BalanceError
from meguru.quantity import Quantity

Array = NDArray[np.float64]
LARGEST_RESIDUAL = 1e-9
CONTRACTS = ("price", "fee")


def check_money(books: Books, amounts: Amounts) -> None:
    """What each actor pays and receives on the routes is what prices and fees say of what was carried.

    Raises
    ------
    BalanceError
        It is not, or an amount is not a number.
    """
    ledger, turnover = _Turnover(amounts.shape), np.zeros(amounts.shape)
    for payment in books.ledger.payments:
        value = payment.value(amounts)
        turnover += np.abs(value)
        if payment.labels["where"] == "route" and payment.labels["kind"] in CONTRACTS:
            ledger.add(payment.labels["payer"], payment.labels["payee"], value)
    if not np.isfinite(turnover).all():
        raise _error(books, ~np.isfinite(turnover), turnover, "money that is not a number", "a finite amount")
    agreed = _Turnover(amounts.shape)
    for payer, payee, value in _contracts(books, amounts):
        agreed.add(payer, payee, value)
    for key in ledger.sums.keys() | agreed.sums.keys():
        actor, verb = key
        missing = ledger.of(key) - agreed.of(key)
        bad = np.abs(missing) > LARGEST_RESIDUAL * agreed.all
        if bad.any():
            raise _error(
                books, bad, missing, f"'{actor}' {verb} other money than agreed", "what prices and fees say"
            )


class _Turnover:
    """What each actor pays and receives, (sample, time)."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.sums: dict[tuple[str, str], Array] = {}
        self.all = np.zeros(shape)

    def add(self, payer: str, payee: str, value: Array) -> None:
        """Note a payment; one with oneself moves no money, but it is booked."""
        self.all = self.all + np.abs(value)
        both = ((payer, "pays"), (payee, "receives"))
        for key in both if payer != payee else ((payer, "books with itself"),):
            self.sums[key] = self.of(key) + value

    def of(self, key: tuple[str, str]) -> Array:
        """Sum of one actor in one direction."""
        return self.sums.get(key, np.zeros(self.all.shape))


def _contracts(books: Books, amounts: Amounts) -> Iterator[tuple[str, str, Array]]:
    """Payer, payee and amount of all prices and fees on routes, from the model and what was carried."""
    met: set[int] = set()
    for index, flow in enumerate(books.flows):
        route = flow.route
        if route.price is not None:
            place = f"routes.{flow.name}.price"
            if route.residual:
                _check_values(books, amounts, route.residual, index)
            value = _for_carried(books, amounts, route.price, place, index, bool(route.residual))
            yield books.actor(flow.target), books.actor(flow.source), value
        for number, fee in enumerate(route.fees):
            place = f"routes.{flow.name}.fees.{number}"
            if fee.amount is not None:
                value = _for_carried(books, amounts, fee.amount, f"{place}.amount", index, False)
                yield fee.payer, fee.payee, value
            if fee.fixed is not None and id(route) not in met:  # once, whatever the route carries
                fixed = books.read(fee.fixed, f"{books.currency}/year", f"{place}.fixed") * books.length
                yield fee.payer, fee.payee, fixed * _is_used(books, amounts, id(route))
        met.add(id(route))


def _for_carried(
    books: Books, amounts: Amounts, rate: Quantity, place: str, index: int, by_age: bool
) -> Array:
    """A rate per unit or mass times what a flow carried."""
    item, steps = books.flows[index].item, amounts.steps
    unit = f"{books.currency}/({books.model.items[item].unit})"
    by_mass, number = books.first_fitting(rate, [unit, f"{books.currency}/kg"], place)
    units: Array = amounts.flows.units[:, index, steps]
    if by_age:
        units = amounts.valued[:, int(amounts.valued_row[index]), steps]
    if not by_mass:
        return number * units
    if by_age:
        return number * units * amounts.flows.composition.per_unit(item)[:, None]
    return number * amounts.flows.total(index, steps)


def _check_values(books: Books, amounts: Amounts, residual: Mapping[float, float], index: int) -> None:
    """Units times their factor by age lie between the least and the greatest factor."""
    units: Array = amounts.flows.units[:, index, amounts.steps]
    valued: Array = amounts.valued[:, int(amounts.valued_row[index]), amounts.steps]
    rounding = LARGEST_RESIDUAL * np.abs(units) * max(residual.values())
    above, below = valued - max(residual.values()) * units, min(residual.values()) * units - valued
    outside = np.maximum(above, below)
    bad = outside > rounding
    if bad.any():
        name = books.flows[index].name
        raise _error(
            books, bad, outside, f"ages on '{name}' count for other than agreed", "factors of 'residual'"
        )


def _is_used(books: Books, amounts: Amounts, route: int) -> Array:
    """1 in steps in which a route carries anything that is more than rounding."""
    used = np.zeros(amounts.shape, dtype=bool)
    for index, flow in enumerate(books.flows):
        if id(flow.route) == route:
            units = amounts.flows.units[:, index]
            used |= (units > DUST * units.max(axis=1, keepdims=True))[:, amounts.steps]
    return used.astype(np.float64)


def _error(books: Books, bad: NDArray[np.bool_], amount: Array, message: str, expected: str) -> BalanceError:
    sample, time = (int(found[0]) for found in np.nonzero(bad))
    return BalanceError(
        f"{message} in {int(books.program.years[books.first + time])}",
        place="money",
        found=f"{float(amount[sample, time]):g} {books.currency} too much or too little",
        expected=expected,
    )
