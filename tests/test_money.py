"""Money and impacts of routes: prices, fees, transport, measures; and that no money is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from result_models import impact, lamp, model_of, paid, run_lamp

from meguru.engine.accounts.account import write_books
from meguru.engine.accounts.activity import Driver
from meguru.engine.accounts.entries import Entry, Term
from meguru.engine.accounts.money_check import check_money
from meguru.engine.compiling.program import compile_model
from meguru.engine.run import run
from meguru.errors import (
    BalanceError,
    UnsupportedError,
)
from meguru.quantity import Quantity

POWER_PRICE = np.array([10.0, 12.0, 14.0, 16.0])
POWER_CO2 = np.array([0.5, 0.4, 0.3, 0.2])


# -- routes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "yearly"), [("30 JPY/piece", 3000.0), ("30 JPY/kg", 7500.0), ("-4 kJPY/t", -1000.0)]
)
def test_receiver_pays_the_sender_the_price(price: str, yearly: float) -> None:
    result = run_lamp(routes__sale__price=price, routes__sale__group="sales")
    np.testing.assert_allclose(
        paid(result, payer="user", payee="maker", kind="price", group="sales", item="lamp"), yearly
    )


def test_price_of_several_items_is_paid_for_each() -> None:
    result = run_lamp(routes__new_in__price="2 JPY/kg")
    np.testing.assert_allclose(paid(result, kind="price", item="steel"), 2 * 74.0)
    np.testing.assert_allclose(paid(result, kind="price", item="glass"), 2 * 32.5)
    assert set(result.money["payee"].to_numpy()) == {"outside"}


def test_fees_are_paid_by_third_actors() -> None:
    fees = [
        {"payer": "maker", "payee": "yard", "amount": "5 JPY/kg", "fixed": "100 JPY/year", "group": "deposit"}
    ]
    result = run_lamp(routes__taken_back__fees=fees)
    np.testing.assert_allclose(paid(result, payer="maker", payee="yard", kind="fee", item="lamp"), 5 * 175.0)
    np.testing.assert_allclose(paid(result, payer="maker", payee="yard", kind="fee", item=""), 100.0)


def test_fixed_fee_of_a_route_that_carries_nothing_is_not_paid() -> None:
    fees = [{"payer": "maker", "payee": "yard", "fixed": "100 JPY/year"}]
    result = run_lamp(processes__collect__split={"back": 0, "lost": "rest"}, routes__taken_back__fees=fees)
    assert not paid(result, kind="fee").any()


def test_transport_by_tonne_kilometre_trip_unit_and_year() -> None:
    """70 lamps of 2.5 kg: 175 kg over 200 km are 35 tkm; at 50 kg × 70 % they take 5 trips."""
    transport = {
        "distance": "200 km",
        "load": "50 kg",
        "load_factor": "70 %",
        "payer": "maker",
        "payee": "carrier",
        "group": "collection",
        "exchanges": {"power": "0.1 kWh/tkm"},
        "impacts": {"climate": "0.2 kg_CO2e/tkm"},
        "cost": "40 JPY/tkm",
        "cost_per_unit": "3 JPY/piece",
        "trip_exchanges": {"power": "2 kWh"},
        "trip_impacts": {"climate": "7 kg_CO2e"},
        "trip_cost": "900 JPY",
        "fixed_exchanges": {"power": "11 kWh/year"},
        "fixed_impacts": {"climate": "13 kg_CO2e/year"},
        "fixed_cost": "17 JPY/year",
    }
    result = run_lamp(routes__taken_back__transport=[transport])
    energy = 35 * 0.1 + 5 * 2 + 11
    np.testing.assert_allclose(result.energy.to_numpy()[0, :, 0], energy)
    np.testing.assert_allclose(
        impact(result, kind="transport", where="route", name="taken back", actor="maker", group="collection"),
        35 * 0.2 + 5 * 7 + 13 + energy * POWER_CO2,
    )
    np.testing.assert_allclose(
        paid(result, payer="maker", payee="carrier", kind="transport"), 35 * 40 + 70 * 3 + 5 * 900 + 17
    )
    np.testing.assert_allclose(
        paid(result, payer="maker", payee="outside", exchange="power"), energy * POWER_PRICE
    )


def test_transport_is_paid_by_the_receiver_if_nobody_is_named() -> None:
    result = run_lamp(routes__taken_back__transport=[{"distance": "10 km", "cost": "1 JPY/tkm"}])
    np.testing.assert_allclose(paid(result, payer="yard", payee="outside"), 1.75)


def test_price_by_age() -> None:
    """All lamps leave 4 years after the middle of their year: half way from 1 at 2 years to 0.2 at 6."""
    result = run_lamp(
        routes__taken_back__price="100 JPY/piece", routes__taken_back__residual={2: 1.0, 6: 0.2}
    )
    np.testing.assert_allclose(paid(result, kind="price"), 70 * 100 * 0.6, rtol=1e-9)


def test_price_by_age_and_mass() -> None:
    result = run_lamp(routes__taken_back__price="100 JPY/kg", routes__taken_back__residual={2: 1.0, 6: 0.2})
    np.testing.assert_allclose(paid(result, kind="price"), 175 * 100 * 0.6, rtol=1e-9)


def test_measure_costs_its_owner_from_its_year_on() -> None:
    data = lamp(
        measures={
            "campaign": {
                "from": 2022,
                "owner": "maker",
                "cost": "9 kJPY/year",
                "changes": {"routes.sale.price": "2 JPY/piece"},
            },
            "always": {"cost": "1 JPY/year", "changes": {}},
            "other": {"cost": "5 JPY/year", "changes": {}},
        },
        scenarios={
            "today": {"reference": True, "measures": ["always"]},
            "plan": {"inherits": "today", "measures": ["campaign"]},
        },
        routes__sale__price="1 JPY/piece",
    )
    result = run(model_of(data), "plan")
    np.testing.assert_allclose(
        paid(result, where="measure", name="campaign", payer="maker"), [0, 0, 9000, 9000]
    )
    np.testing.assert_allclose(paid(result, where="measure", name="always", payer="outside"), 1.0)
    assert "other" not in result.money["name"].to_numpy()
    np.testing.assert_allclose(paid(result, kind="price"), [100, 100, 200, 200])


# -- sums and faults -----------------------------------------------------------------------------------------


def full_lamp(**changes: Any) -> dict[str, Any]:
    """A lamp with a bit of everything that costs."""
    return lamp(
        routes__sale__price="900 JPY/piece",
        routes__lost__price="-20 JPY/kg",
        routes__taken_back__fees=[
            {"payer": "maker", "payee": "yard", "amount": "5 JPY/kg", "fixed": "12 JPY/year"}
        ],
        routes__return__transport=[{"distance": "30 km", "cost": "9 JPY/tkm", "fixed_cost": "24 JPY/year"}],
        processes__make__unit=[
            {"cost": "50 JPY", "exchanges": {"power": "1 kWh"}, "fixed_cost": "36 JPY/year"},
            {"capital": "4800 JPY", "capital_life": "10 year"},
        ],
        **changes,
    )


def test_sum_over_all_actors_is_zero_every_year() -> None:
    money = run(model_of(full_lamp())).money
    net: dict[str, Any] = {}
    for index in range(money.sizes["payment"]):
        value = money.to_numpy()[0, :, index]
        payer, payee = (str(money[label].to_numpy()[index]) for label in ("payer", "payee"))
        net[payer] = net.get(payer, 0.0) - value
        net[payee] = net.get(payee, 0.0) + value
    assert set(net) == {"maker", "user", "yard", "outside"}
    assert all(np.abs(value).min() > 1.0 for value in net.values())
    np.testing.assert_allclose(sum(net.values()), 0.0, atol=1e-9)


def test_months_of_a_year_sum_to_the_year() -> None:
    """Rates per year give a twelfth each month; of what is sold evenly, as much comes back."""
    slow = {"old": {"distribution": "fixed", "age": "5 year"}}
    year = run(model_of(full_lamp(processes__use__leave=slow)))
    month = run(model_of(full_lamp(processes__use__leave=slow, time__step="month")))
    assert month.money.sizes["time"] == 48
    by_year = month.money.to_numpy()[0].reshape(4, 12, -1).sum(axis=1)
    np.testing.assert_allclose(by_year, year.money.to_numpy()[0], rtol=1e-9)
    np.testing.assert_allclose(month.energy.to_numpy()[0, :, 0], 100 / 12)


@given(st.floats(0.01, 1000.0))
def test_what_is_variable_grows_with_sales_and_what_is_fixed_stays(factor: float) -> None:
    one = run(model_of(full_lamp())).money
    many = run(model_of(full_lamp(processes__use__demand={"sales": f"{100 * factor!r} piece/year"}))).money
    fixed = np.array([kind in ("fixed", "capital") for kind in one["kind"].to_numpy()])
    fixed |= np.array([kind in ("fee", "transport") for kind in one["kind"].to_numpy()]) & (
        one["item"].to_numpy() == ""
    )
    np.testing.assert_allclose(many.to_numpy()[..., ~fixed], one.to_numpy()[..., ~fixed] * factor, rtol=1e-9)
    np.testing.assert_allclose(many.to_numpy()[..., fixed], one.to_numpy()[..., fixed], rtol=1e-12)
    assert 0 < fixed.sum() < fixed.size


def test_samples_of_a_price_move_what_they_should_and_nothing_else() -> None:
    data = full_lamp()
    data["routes"][2]["price"] = {"distribution": "uniform", "low": 100, "high": 300, "unit": "JPY/piece"}
    result = run(model_of(data), samples=200)
    sale = result.money["name"].to_numpy() == "sale"
    paid_by_sample = result.money.to_numpy()[:, 0, sale][:, 0]
    assert len(set(paid_by_sample)) == 200
    assert 10_000 < paid_by_sample.min() < 11_000 and 29_000 < paid_by_sample.max() < 30_000
    assert np.ptp(result.money.to_numpy()[..., ~sale], axis=0).max() == 0.0


def test_price_by_age_and_mass_of_a_changing_item_is_refused() -> None:
    changing = {"values": {"2010": 2, "2023": 1}, "unit": "kg"}
    data = lamp(
        items__lamp__bom={"steel": changing},
        routes__taken_back__price="1 JPY/kg",
        routes__taken_back__residual={0: 1.0, 9: 0.1},
    )
    data["processes"]["recycle"]["yield"] = {"steel": "90 %"}
    data["routes"][1]["item"] = ["steel"]
    with pytest.raises(UnsupportedError, match=r"routes.taken back.price"):
        run(model_of(data))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_money_that_is_no_number_is_found(value: float) -> None:
    model = model_of(full_lamp())
    program = compile_model(model)
    books = write_books(program, "model")
    result = run(model)
    amounts = result.source.blocks[0].account.amounts  # type: ignore[attr-defined]
    check_money(books, amounts)
    books.ledger.payments[0].terms.append(Term(Driver("always"), (np.array([[value]]),)))
    with pytest.raises(BalanceError, match="2020"):
        check_money(books, amounts)


def swap(payment: Entry) -> None:
    labels = payment.labels
    labels["payer"], labels["payee"] = labels["payee"], labels["payer"]


def add_a_hundredth(payment: Entry) -> None:
    payment.terms[0].numbers = (*payment.terms[0].numbers, np.array([[1.01]]))


@pytest.mark.parametrize("kind", ["price", "fee"])
@pytest.mark.parametrize("spoil", [swap, add_a_hundredth, None])
def test_money_other_than_agreed_is_found(kind: str, spoil: Callable[[Entry], None] | None) -> None:
    model = model_of(full_lamp())
    books = write_books(compile_model(model), "model")
    amounts = run(model).source.blocks[0].account.amounts  # type: ignore[attr-defined]
    check_money(books, amounts)
    chosen = [p for p in books.ledger.payments if p.labels["kind"] == kind]
    assert len(chosen) >= 2
    for payment in chosen:
        before = dict(payment.labels), payment.terms[0].numbers
        if spoil is None:
            books.ledger.payments.remove(payment)
        else:
            spoil(payment)
        with pytest.raises(BalanceError, match=r"other money than agreed in 2020"):
            check_money(books, amounts)
        if spoil is None:
            books.ledger.payments.append(payment)
        payment.labels.update(before[0])
        payment.terms[0].numbers = before[1]
        check_money(books, amounts)


def residual_lamp() -> dict[str, Any]:
    """The yard takes lamps back from itself, at a price by age: money that stays in one hand."""
    return lamp(routes__taken_back__price="100 JPY/piece", routes__taken_back__residual={2: 1.0, 6: 0.2})


@pytest.mark.parametrize("times", [0.0, 0.3, 1.8])
def test_ages_that_count_for_less_or_more_than_agreed_are_found(times: float) -> None:
    """All are half way between two ages: 0.6 of the price."""
    model = model_of(residual_lamp())
    books = write_books(compile_model(model), "model")
    amounts = run(model).source.blocks[0].account.amounts  # type: ignore[attr-defined]
    check_money(books, amounts)
    with pytest.raises(BalanceError, match=r"ages on 'taken back' count for other than agreed in 2020"):
        check_money(books, replace(amounts, valued=amounts.valued * times, known={}))


def test_money_booked_with_oneself_is_checked_too() -> None:
    model = model_of(residual_lamp())
    books = write_books(compile_model(model), "model")
    amounts = run(model).source.blocks[0].account.amounts  # type: ignore[attr-defined]
    (price,) = [p for p in books.ledger.payments if p.labels["kind"] == "price"]
    assert price.labels["payer"] == price.labels["payee"] == "yard"
    add_a_hundredth(price)
    with pytest.raises(BalanceError, match="'yard' books with itself other money than agreed in 2020"):
        check_money(books, amounts)


def test_first_fitting_unit_of_a_formula_is_found_by_its_dimension() -> None:
    data = lamp(parameters={"rate": "4 JPY/kg"}, routes__sale__price="= rate * 2")
    np.testing.assert_allclose(paid(run(model_of(data)), kind="price"), 8 * 250.0)


def test_prices_need_not_cover_the_history() -> None:
    price = Quantity.series({2020: 1.0, 2023: 4.0}, "JPY/piece")
    model = model_of(lamp())
    next(route for route in model.routes if route.name == "sale").price = price
    np.testing.assert_allclose(paid(run(model), kind="price"), [100, 200, 300, 400])
