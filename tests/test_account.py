"""The account: unit data, transport, prices, fees, capital, measured against sums done by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from result_models import flow, impact, lamp, model_of, paid, run_lamp

from meguru.engine.accounts.account import write_books
from meguru.engine.accounts.unit_process import annuity
from meguru.engine.compiling.program import compile_model
from meguru.engine.results.result import Result
from meguru.engine.run import run
from meguru.errors import (
    DimensionError,
    LibraryError,
    MissingUnitError,
    MissingValueError,
    NetworkError,
    RangeError,
    UnknownNameError,
    UnsupportedError,
)
from meguru.model import apply

POWER_PRICE = np.array([10.0, 12.0, 14.0, 16.0])
POWER_CO2 = np.array([0.5, 0.4, 0.3, 0.2])


def one_unit(**data: Any) -> Result:
    """The lamp with one set of unit data at the make process (100 lamps a year)."""
    return run_lamp(processes__make__unit=[data])


# -- unit process data ---------------------------------------------------------------------------------------


def test_lamp_flows_are_those_of_its_caption() -> None:
    result = run_lamp()
    for route, item, units in [
        ("sale", "lamp", 100),
        ("taken back", "lamp", 70),
        ("recovered", "steel", 126),
    ]:
        np.testing.assert_allclose(
            result.units.to_numpy()[0, :, flow(result, route, item)], units, rtol=1e-12
        )


def test_exchange_brings_energy_cost_and_impact_of_its_year() -> None:
    result = one_unit(exchanges={"power": "3 kWh"}, impacts={"climate": "1 kg_CO2e"}, group="making")
    np.testing.assert_allclose(result.energy.to_numpy()[0, :, 0], 300.0)
    np.testing.assert_allclose(paid(result, kind="cost", payer="maker", payee="outside"), 300 * POWER_PRICE)
    np.testing.assert_allclose(
        impact(result, name="make", group="making", kind="variable"), 300 * POWER_CO2 + 100
    )


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
    changes: dict[str, Any] = {f"processes__{process}__unit": [{"impacts": {"climate": "1 kg_CO2e"}, **data}]}
    result = run(model_of(lamp(**changes)))
    np.testing.assert_allclose(impact(result, name=process), activity, rtol=1e-12)


def test_amount_of_a_stock_is_per_year() -> None:
    result = run_lamp(processes__use__unit=[{"exchanges": {"power": "5 kWh"}}])
    np.testing.assert_allclose(result.energy.to_numpy()[0, :, 0], 2000.0)
    np.testing.assert_allclose(paid(result, payer="user"), 2000 * POWER_PRICE)


def test_cost_goes_to_the_payee_energy_to_the_outside_world() -> None:
    result = one_unit(cost="7 JPY", exchanges={"power": "1 kWh"}, payee="yard")
    np.testing.assert_allclose(paid(result, payer="maker", payee="yard"), 700.0)
    np.testing.assert_allclose(
        paid(result, payer="maker", payee="outside", exchange="power"), 100 * POWER_PRICE
    )


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
            {
                "fixed_cost": "3 kJPY/year",
                "fixed_exchanges": {"power": "40 kWh/year"},
                "fixed_impacts": {"climate": "1 t_CO2e/year"},
            }
        ],
    )
    runs = np.array([0.0, 0.0, 1.0, 1.0])
    np.testing.assert_allclose(paid(result, kind="fixed", exchange=""), 3000.0 * runs)
    np.testing.assert_allclose(paid(result, kind="fixed", exchange="power"), 40 * POWER_PRICE * runs)
    np.testing.assert_allclose(impact(result, kind="fixed"), (1000 + 40 * POWER_CO2) * runs)


def test_what_rounding_leaves_runs_nothing() -> None:
    """0.7 + 0.2 + 0.1 is a bit less than one: the rest is nothing, and no fixed cost or fee is due for it."""
    assert 0.0 < 1.0 - (0.7 + 0.2 + 0.1) < 1e-12
    result = run_lamp(
        processes__collect__split={"back": 0.7, "sold": 0.2, "spilt": 0.1, "lost": "rest"},
        processes__abroad={"kind": "sink"},
        processes__tip={"kind": "sink", "unit": [{"fixed_cost": "3 kJPY/year"}]},
        routes__sold={"from": "collect.sold", "to": "abroad"},
        routes__spilt={"from": "collect.spilt", "to": "abroad"},
        routes__lost__to="tip",
        routes__lost__fees=[{"payer": "yard", "payee": "outside", "fixed": "5 kJPY/year"}],
    )
    lost = flow(result, "lost", "lamp")
    assert result.units.to_numpy()[0, :, lost].tolist() == [0.0] * 4
    np.testing.assert_allclose(paid(result), 0.0)


@pytest.mark.parametrize(("left", "runs"), [(1e-13, 0.0), (1e-11, 1.0)])
def test_a_process_runs_if_it_carries_more_than_rounding(left: float, runs: float) -> None:
    """Measured by the largest amount of all steps, those before the reported ones too."""
    result = run_lamp(
        processes__collect__split={
            "back": {"values": {"2010": 0.7, "2019": 0.7 * left}, "interpolate": "step", "beyond": "hold"},
            "lost": "rest",
        },
        processes__recycle__unit=[{"fixed_cost": "3 kJPY/year"}],
        routes__taken_back__fees=[{"payer": "yard", "payee": "outside", "fixed": "5 kJPY/year"}],
    )
    assert (result.units.to_numpy()[0, :, flow(result, "taken back", "lamp")] > 0.0).all()
    np.testing.assert_allclose(paid(result), 8000.0 * runs)


def test_use_runs_while_something_is_in_use() -> None:
    result = run_lamp(
        processes__use__demand={
            "sales": {
                "values": {"2010": 100, "2019": 0},
                "interpolate": "step",
                "beyond": "hold",
                "unit": "piece/year",
            }
        },
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
            {
                "reference": "1 kg",
                "credit": True,
                "exchanges": {"power": "-2 kWh"},
                "fixed_impacts": {"climate": "-5 kg_CO2e/year"},
            }
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


# -- faults --------------------------------------------------------------------------------------------------


def made(**data: Any) -> dict[str, Any]:
    """A change: unit data of the make process."""
    return {"processes__make__unit": [data]}


def moved(**transport: Any) -> dict[str, Any]:
    """A change: a transport of the sale."""
    return {"routes__sale__transport": [transport]}


def test_what_is_fixed_per_year_needs_nothing_to_be_counted() -> None:
    """The dump gets lamps in pieces and steel in kg."""
    result = run_lamp(
        processes__dump__unit=[{"fixed_cost": "5 JPY/year", "fixed_impacts": {"climate": "2 kg_CO2e/year"}}]
    )
    np.testing.assert_allclose(paid(result, kind="fixed", name="dump"), 5.0)
    np.testing.assert_allclose(impact(result, name="dump", kind="fixed"), 2.0)


FEE = {"payer": "user", "payee": "yard", "amount": "1 kg"}
IN_KILOGRAMS = {"unit": "kWh", "factors": {"climate": "1 kg/kWh"}}
FAULTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    (made(cost="3 kg"), DimensionError, "processes.make.unit.0.cost"),
    (made(cost="3 USD"), DimensionError, "processes.make.unit.0.cost"),
    (made(exchanges={"power": "3 litre"}), DimensionError, "unit.0.exchanges.power"),
    (made(reference="0 kg", cost="1 JPY"), RangeError, "unit.0.reference"),
    (made(reference="3 hour", cost="1 JPY"), DimensionError, "unit.0.reference"),
    (made(basis="stock", cost="1 JPY"), UnsupportedError, "unit.0.basis"),
    (made(capital="1 JPY"), MissingValueError, "unit.0.capital_life"),
    (made(capital="1 JPY", capital_life="0 year"), RangeError, "unit.0.capital_life"),
    (made(credit=True, cost="1 JPY"), UnsupportedError, "unit.0.cost"),
    ({"processes__collect__unit": [{"port": "bac", "cost": "1 JPY"}]}, NetworkError, "back"),
    ({"processes__dump__unit": [{"cost": "1 JPY"}]}, UnsupportedError, "piece, kg"),
    ({"routes__sale__price": "3 JPY/m2"}, DimensionError, "routes.sale.price"),
    ({"routes__sale__price": 3}, MissingUnitError, "routes.sale.price"),
    ({"routes__sale__fees": [FEE]}, DimensionError, "fees.0.amount"),
    (moved(cost="1 JPY/tkm"), MissingValueError, "transport.0.distance"),
    (moved(trip_cost="1 JPY"), MissingValueError, "transport.0.load"),
    (moved(trip_cost="1 JPY", load="0 kg"), RangeError, "transport.0"),
    (moved(trip_cost="1 JPY", load="9 kg", load_factor=1.2), RangeError, "transport.0"),
    (
        {"exchanges__power": IN_KILOGRAMS, **made(exchanges={"power": "1 kWh"})},
        DimensionError,
        "exchanges.power.factors.climate",
    ),
]


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
