"""The account: unit data, transport, prices, fees, capital, measured against sums done by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from result_models import flow, lamp, model_of, run_lamp

from meguru.engine.account import write_books
from meguru.engine.activity import Driver
from meguru.engine.compile import compile_model
from meguru.engine.entries import Term
from meguru.engine.money import check_money
from meguru.engine.result import Result
from meguru.engine.run import run
from meguru.engine.unit_process import annuity
from meguru.errors import (
    BalanceError,
    DimensionError,
    LibraryError,
    MissingValueError,
    NetworkError,
    RangeError,
    UnknownNameError,
    UnsupportedError,
)
from meguru.model import apply
from meguru.quantity import Quantity

POWER_PRICE = np.array([10.0, 12.0, 14.0, 16.0])
POWER_CO2 = np.array([0.5, 0.4, 0.3, 0.2])


def paid(result: Result, **labels: str) -> Any:
    """(time,) all payments with these labels together."""
    money = result.money
    wanted = np.ones(money.sizes["payment"], dtype=bool)
    for name, value in labels.items():
        wanted &= money[name].to_numpy() == value
    assert wanted.any(), labels
    return money.to_numpy()[0][:, wanted].sum(axis=1)


def impact(result: Result, **labels: str) -> Any:
    """(time,) climate impact of all entries with these labels together."""
    impacts = result.impacts
    wanted = np.ones(impacts.sizes["entry"], dtype=bool)
    for name, value in labels.items():
        wanted &= impacts[name].to_numpy() == value
    assert wanted.any(), labels
    return impacts.sel(category="climate").to_numpy()[0][:, wanted].sum(axis=1)


def one_unit(**data: Any) -> Result:
    """The lamp with one set of unit data at the make process (100 lamps a year)."""
    return run_lamp(processes__make__unit=[data])


# -- unit process data -----------------------------------------------------------------------------------------


def test_lamp_flows_are_those_of_its_caption() -> None:
    result = run_lamp()
    for route, item, units in [("sale", "lamp", 100), ("taken back", "lamp", 70), ("recovered", "steel", 126)]:
        np.testing.assert_allclose(result.units.to_numpy()[0, :, flow(result, route, item)], units, rtol=1e-12)


def test_exchange_brings_energy_cost_and_impact_of_its_year() -> None:
    result = one_unit(exchanges={"power": "3 kWh"}, impacts={"climate": "1 kg_CO2e"}, group="making")
    np.testing.assert_allclose(result.energy.to_numpy()[0, :, 0], 300.0)
    np.testing.assert_allclose(paid(result, kind="cost", payer="maker", payee="outside"), 300 * POWER_PRICE)
    np.testing.assert_allclose(impact(result, name="make", group="making", kind="variable"), 300 * POWER_CO2 + 100)


def test_only_energy_that_is_energy_counts_as_energy() -> None:
    result = one_unit(exchanges={"power": "3 kWh", "solvent": "0.2 litre"})
    assert list(result.energy["exchange"].to_numpy()) == ["power"]
    assert list(result.exchanges["exchange"].to_numpy()) == ["power", "solvent"]
    np.testing.assert_allclose(result.exchanges.to_numpy()[0, :, 1], 20.0)


def test_energy_is_counted_in_kilowatt_hours_whatever_the_exchange_is_counted_in() -> None:
    result = run_lamp(
        exchanges__heat={"unit": "MJ"}, processes__make__unit=[{"exchanges": {"heat": "7.2 MJ"}}]
    )
    np.testing.assert_allclose(result.exchanges.to_numpy()[0, :, 0], 720.0)
    np.testing.assert_allclose(result.energy.to_numpy()[0, :, 0], 200.0)


@pytest.mark.parametrize(
    ("process", "data", "activity"),
    [
        ("make", {}, 100.0),  # output in lamps
        ("make", {"reference": "1 kg"}, 250.0),
        ("make", {"reference": "50 kg"}, 5.0),
        ("make", {"reference": "4 piece"}, 25.0),
        ("make", {"basis": "input", "reference": "1 kg"}, 250.0),
        ("make", {"basis": "input", "items": ["glass"]}, 50.0),
        ("use", {}, 400.0),  # stock: sold in the middle of a year, there for 4 years
        ("use", {"reference": "1 kg"}, 1000.0),
        ("use", {"reference": "2 piece*year"}, 200.0),
        ("use", {"basis": "input"}, 100.0),
        ("use", {"basis": "output"}, 100.0),
        ("collect", {}, 100.0),
        ("collect", {"port": "back"}, 70.0),
        ("collect", {"basis": "output", "port": "lost", "reference": "1 t"}, 0.075),
        ("recycle", {"basis": "output", "reference": "1 kg"}, 175.0),
        ("recycle", {"basis": "output", "port": "secondary", "items": ["steel"]}, 126.0),
        ("dump", {"reference": "1 kg"}, 75.0 + 14.0 + 17.5),
        ("ore", {"items": ["steel"]}, 200.0 - 126.0),
    ],
)
def test_activity_is_counted_as_said(process: str, data: dict[str, Any], activity: float) -> None:
    result = run_lamp(**{f"processes__{process}__unit": [{"impacts": {"climate": "1 kg_CO2e"}, **data}]})
    np.testing.assert_allclose(impact(result, name=process), activity, rtol=1e-12)


def test_amount_of_a_stock_is_per_year() -> None:
    result = run_lamp(processes__use__unit=[{"exchanges": {"power": "5 kWh"}}])
    np.testing.assert_allclose(result.energy.to_numpy()[0, :, 0], 2000.0)
    np.testing.assert_allclose(paid(result, payer="user"), 2000 * POWER_PRICE)


def test_cost_goes_to_the_payee_energy_to_the_outside_world() -> None:
    result = one_unit(cost="7 JPY", exchanges={"power": "1 kWh"}, payee="yard")
    np.testing.assert_allclose(paid(result, payer="maker", payee="yard"), 700.0)
    np.testing.assert_allclose(paid(result, payer="maker", payee="outside", exchange="power"), 100 * POWER_PRICE)


def test_working_time_is_counted_in_hours() -> None:
    np.testing.assert_allclose(one_unit(time="90 minute").work.to_numpy()[0, :, 0], 150.0)


def test_fixed_amounts_are_charged_only_in_years_in_which_the_process_runs() -> None:
    """Nothing is taken back before 2022: recycling does not run."""
    result = run_lamp(
        processes__collect__split={
            "back": {"values": {"2010": 0, "2022": 0.7}, "interpolate": "step", "beyond": "hold"},
            "lost": "rest",
        },
        processes__recycle__unit=[
            {"fixed_cost": "3 kJPY/year", "fixed_exchanges": {"power": "40 kWh/year"}, "fixed_impacts": {"climate": "1 t_CO2e/year"}}
        ],
    )
    runs = np.array([0.0, 0.0, 1.0, 1.0])
    np.testing.assert_allclose(paid(result, kind="fixed", exchange=""), 3000.0 * runs)
    np.testing.assert_allclose(paid(result, kind="fixed", exchange="power"), 40 * POWER_PRICE * runs)
    np.testing.assert_allclose(impact(result, kind="fixed"), (1000 + 40 * POWER_CO2) * runs)


def test_use_runs_while_something_is_in_use() -> None:
    result = run_lamp(
        processes__use__demand={"sales": {"values": {"2010": 100, "2019": 0}, "interpolate": "step", "beyond": "hold", "unit": "piece/year"}},
        processes__use__unit=[{"fixed_cost": "1 JPY/year"}],
        processes__use__leave={"old": {"distribution": "fixed", "age": "3 year"}},
    )
    assert result.stock.sel(holder="use: lamp").to_numpy()[0].tolist() == [100.0, 0.0, 0.0, 0.0]
    np.testing.assert_allclose(paid(result, kind="fixed"), [1.0, 1.0, 0.0, 0.0])  # the last leave in 2021


def test_capital_is_an_annuity_and_a_straight_line_without_interest() -> None:
    data = {"capital": "1 MJPY", "capital_life": "8 year"}
    np.testing.assert_allclose(paid(one_unit(**data), kind="capital"), 125_000.0)
    result = run_lamp(money={"currency": "JPY", "discount_rate": "5 %/year"}, processes__make__unit=[data])
    yearly = paid(result, kind="capital")[0]
    assert sum(yearly / 1.05**year for year in range(1, 9)) == pytest.approx(1e6, rel=1e-12)


@given(st.floats(1e-9, 1e-5), st.floats(1.0, 40.0))
def test_annuity_tends_to_the_straight_line(rate: float, years: float) -> None:
    found = float(annuity(np.array([[rate]]), np.array([[years]]))[0, 0])
    assert found == pytest.approx(1 / years, rel=rate * (years + 1))
    assert found > 1 / years


def test_credit_stands_on_a_line_of_its_own_and_moves_no_money() -> None:
    result = run_lamp(
        processes__dump__unit=[
            {"reference": "1 kg", "credit": True, "exchanges": {"power": "-2 kWh"}, "fixed_impacts": {"climate": "-5 kg_CO2e/year"}}
        ]
    )
    assert set(result.impacts["kind"].to_numpy()) == {"credit"} == set(result.exchanges["kind"].to_numpy())
    np.testing.assert_allclose(impact(result, kind="credit"), -2 * 106.5 * POWER_CO2 - 5)
    assert result.money.sizes["payment"] == 0


def test_unit_data_of_the_library_serve_several_processes() -> None:
    result = run_lamp(
        unit_data={"work": {"reference": "1 kg", "cost": "2 JPY", "group": "work"}},
        processes__recycle__unit=["work"],
        processes__make__unit=["work"],
    )
    np.testing.assert_allclose(paid(result, payer="yard", group="work"), 350.0)
    np.testing.assert_allclose(paid(result, payer="maker", group="work"), 500.0)


def test_group_of_the_data_goes_before_that_of_the_process() -> None:
    result = run_lamp(
        processes__make__group="outer",
        processes__make__stage="making",
        processes__make__unit=[{"cost": "1 JPY"}, {"cost": "2 JPY", "group": "inner"}],
    )
    np.testing.assert_allclose(paid(result, group="outer", stage="making"), 100.0)
    np.testing.assert_allclose(paid(result, group="inner", stage="making"), 200.0)


# -- routes ----------------------------------------------------------------------------------------------------


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
    fees = [{"payer": "maker", "payee": "yard", "amount": "5 JPY/kg", "fixed": "100 JPY/year", "group": "deposit"}]
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
        "distance": "200 km", "load": "50 kg", "load_factor": "70 %", "payer": "maker", "payee": "carrier",
        "group": "collection", "exchanges": {"power": "0.1 kWh/tkm"}, "impacts": {"climate": "0.2 kg_CO2e/tkm"},
        "cost": "40 JPY/tkm", "cost_per_unit": "3 JPY/piece", "trip_exchanges": {"power": "2 kWh"},
        "trip_impacts": {"climate": "7 kg_CO2e"}, "trip_cost": "900 JPY", "fixed_exchanges": {"power": "11 kWh/year"},
        "fixed_impacts": {"climate": "13 kg_CO2e/year"}, "fixed_cost": "17 JPY/year",
    }  # fmt: skip
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
    np.testing.assert_allclose(paid(result, payer="maker", payee="outside", exchange="power"), energy * POWER_PRICE)


def test_transport_is_paid_by_the_receiver_if_nobody_is_named() -> None:
    result = run_lamp(routes__taken_back__transport=[{"distance": "10 km", "cost": "1 JPY/tkm"}])
    np.testing.assert_allclose(paid(result, payer="yard", payee="outside"), 1.75)


def test_price_by_age() -> None:
    """All lamps leave 4 years after the middle of their year: half way from 1 at 2 years to 0.2 at 6."""
    result = run_lamp(routes__taken_back__price="100 JPY/piece", routes__taken_back__residual={2: 1.0, 6: 0.2})
    ages = run_lamp().units.to_numpy()[0, :, 0]
    assert ages.size == 4
    np.testing.assert_allclose(paid(result, kind="price"), 70 * 100 * 0.6, rtol=1e-9)


def test_price_by_age_and_mass() -> None:
    result = run_lamp(routes__taken_back__price="100 JPY/kg", routes__taken_back__residual={2: 1.0, 6: 0.2})
    np.testing.assert_allclose(paid(result, kind="price"), 175 * 100 * 0.6, rtol=1e-9)


def test_measure_costs_its_owner_from_its_year_on() -> None:
    data = lamp(
        measures={
            "campaign": {"from": 2022, "owner": "maker", "cost": "9 kJPY/year", "changes": {"routes.sale.price": "2 JPY/piece"}},
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
    np.testing.assert_allclose(paid(result, where="measure", name="campaign", payer="maker"), [0, 0, 9000, 9000])
    np.testing.assert_allclose(paid(result, where="measure", name="always", payer="outside"), 1.0)
    assert "other" not in result.money["name"].to_numpy()
    np.testing.assert_allclose(paid(result, kind="price"), [100, 100, 200, 200])


# -- sums and faults -------------------------------------------------------------------------------------------


def full_lamp(**changes: Any) -> dict[str, Any]:
    """A lamp with a bit of everything that costs."""
    return lamp(
        routes__sale__price="900 JPY/piece",
        routes__lost__price="-20 JPY/kg",
        routes__taken_back__fees=[{"payer": "maker", "payee": "yard", "amount": "5 JPY/kg", "fixed": "12 JPY/year"}],
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
    fixed |= np.array([kind in ("fee", "transport") for kind in one["kind"].to_numpy()]) & (one["item"].to_numpy() == "")
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


FAULTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"processes__make__unit": [{"cost": "3 kg"}]}, DimensionError, "processes.make.unit.0.cost"),
    ({"processes__make__unit": [{"cost": "3 USD"}]}, DimensionError, "processes.make.unit.0.cost"),
    ({"processes__make__unit": [{"exchanges": {"power": "3 litre"}}]}, DimensionError, "unit.0.exchanges.power"),
    ({"processes__make__unit": [{"reference": "0 kg", "cost": "1 JPY"}]}, RangeError, "unit.0.reference"),
    ({"processes__make__unit": [{"reference": "3 hour", "cost": "1 JPY"}]}, DimensionError, "unit.0.reference"),
    ({"processes__make__unit": [{"basis": "stock", "cost": "1 JPY"}]}, UnsupportedError, "unit.0.basis"),
    ({"processes__collect__unit": [{"port": "bac", "cost": "1 JPY"}]}, NetworkError, "back"),
    ({"processes__dump__unit": [{"cost": "1 JPY"}]}, UnsupportedError, "piece, kg"),
    ({"processes__make__unit": [{"capital": "1 JPY"}]}, MissingValueError, "unit.0.capital_life"),
    ({"processes__make__unit": [{"capital": "1 JPY", "capital_life": "0 year"}]}, RangeError, "unit.0.capital_life"),
    ({"processes__make__unit": [{"credit": True, "cost": "1 JPY"}]}, UnsupportedError, "unit.0.cost"),
    ({"routes__sale__price": "3 JPY/m2"}, DimensionError, "routes.sale.price"),
    ({"routes__sale__price": 3}, Exception, "routes.sale.price"),
    ({"routes__sale__transport": [{"cost": "1 JPY/tkm"}]}, MissingValueError, "transport.0.distance"),
    ({"routes__sale__transport": [{"trip_cost": "1 JPY"}]}, MissingValueError, "transport.0.load"),
    ({"routes__sale__transport": [{"trip_cost": "1 JPY", "load": "0 kg"}]}, RangeError, "transport.0"),
    ({"routes__sale__transport": [{"trip_cost": "1 JPY", "load": "9 kg", "load_factor": 1.2}]}, RangeError, "transport.0"),
    ({"routes__sale__fees": [{"payer": "user", "payee": "yard", "amount": "1 kg"}]}, DimensionError, "fees.0.amount"),
    ({"exchanges__power": {"unit": "kWh", "factors": {"climate": "1 kg/kWh"}}, "processes__make__unit": [{"exchanges": {"power": "1 kWh"}}]},
     DimensionError, "exchanges.power.factors.climate"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "said"), FAULTS, ids=[str(k) for k in range(len(FAULTS))])
def test_faults_are_named_with_their_place(changes: dict[str, Any], kind: type[Exception], said: str) -> None:
    model = model_of(lamp(**changes))
    with pytest.raises(kind) as caught:
        write_books(compile_model(apply(model)), "model")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda m: m.processes["make"].unit.append("no such"), LibraryError),
        (lambda m: m.exchanges.clear(), UnknownNameError),
        (lambda m: m.impacts.clear(), UnknownNameError),
    ],
)
def test_names_that_a_python_model_does_not_have_are_named(change: Any, kind: type[Exception]) -> None:
    model = model_of(lamp(processes__make__unit=[{"exchanges": {"power": "1 kWh"}}]))
    program = compile_model(model)
    change(model)
    with pytest.raises(kind):
        write_books(program, "model")


def test_price_by_age_and_mass_of_a_changing_item_is_refused() -> None:
    changing = {"values": {"2010": 2, "2023": 1}, "unit": "kg"}
    data = lamp(items__lamp__bom={"steel": changing}, routes__taken_back__price="1 JPY/kg", routes__taken_back__residual={0: 1.0, 9: 0.1})
    data["processes"]["recycle"]["yield"] = {"steel": "90 %"}
    data["routes"][1]["item"] = ["steel"]
    with pytest.raises(UnsupportedError, match="routes.taken back.price"):
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


def test_first_fitting_unit_of_a_formula_is_found_by_its_dimension() -> None:
    data = lamp(parameters={"rate": "4 JPY/kg"}, routes__sale__price="= rate * 2")
    np.testing.assert_allclose(paid(run(model_of(data)), kind="price"), 8 * 250.0)


def test_prices_need_not_cover_the_history() -> None:
    price = Quantity.series({2020: 1.0, 2023: 4.0}, "JPY/piece")
    model = model_of(lamp())
    next(route for route in model.routes if route.name == "sale").price = price
    np.testing.assert_allclose(paid(run(model), kind="price"), [100, 200, 300, 400])
