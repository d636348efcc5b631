"""Balances: closed on everything that runs, and found broken wherever a number is changed."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from result_models import lamp, model_of
from whole_model import whole

from meguru.engine.accounts.balance import check_balance
from meguru.engine.compiling.program import Program, compile_model
from meguru.engine.results.masses import find_masses
from meguru.engine.results.result import Result
from meguru.engine.run import run
from meguru.engine.simulate import Record, simulate
from meguru.errors import BalanceError
from meguru.examples import example
from meguru.model import apply

EXAMPLES = [
    ("motor", "regenerate"),
    ("compressor-magnet", "B"),
    ("atm-parts", "measure-2"),
    ("pv-modules", None),
    ("small-battery", None),
]


def changing_lamp() -> dict[str, Any]:
    """A lamp that takes less steel every year, sold in the middle of a step, some leaving at once."""
    return lamp(
        exchanges={},
        items__lamp__bom={"steel": {"values": {"2010": 2, "2023": 1}, "unit": "kg"}, "glass": "0.5 kg"},
        processes__use__leave={"old": {"distribution": "weibull", "shape": 1.5, "scale": "3 year"}},
    )


def resold_lamp() -> dict[str, Any]:
    """The same, with lamps sold a second time: what waits in use was made in several years."""
    data = changing_lamp()
    data["processes"]["collect"]["split"] = {"back": "40 %", "again": "30 %", "lost": "rest"}
    data["processes"]["shop"] = {"kind": "store", "ageing": True}
    data["routes"][2]["priority"] = 2
    data["routes"] += [
        {"name": "to shop", "from": "collect.again", "to": "shop"},
        {"name": "resale", "from": "shop", "to": "use", "priority": 1},
    ]
    return data


def simulated(data: dict[str, Any]) -> tuple[Program, Record]:
    program = compile_model(apply(model_of(data)))
    return program, simulate(program)


def check(program: Program, record: Record) -> Any:
    flows, holders = find_masses(program, record)
    return check_balance(program, flows, holders, record.events)[0]


def changed(record: Record, name: str, place: tuple[int, ...], factor: float) -> Record:
    """The record with one number changed."""
    array = getattr(record, name).copy()
    assert array[place] != 0.0, "a change of nothing tests nothing"
    array[place] *= factor
    return dataclasses.replace(record, **{name: array})


# -- closed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "scenario"), EXAMPLES)
def test_examples_balance(name: str, scenario: str | None) -> None:
    result = run(example(name), scenario)
    assert 0.0 <= float(result.balance.max()) <= 1e-9
    kinds = {result.model.processes[str(process)].kind for process in result.balance["process"].to_numpy()}
    assert not kinds & {"supply", "sink"} and "use" in kinds


@pytest.mark.parametrize(("name", "scenario"), EXAMPLES)
def test_mass_of_the_result_balances_process_by_process(name: str, scenario: str | None) -> None:
    """The same from the labelled arrays by material; the mass of what waits is that of the stock."""
    result = run(example(name), scenario)
    for process in map(str, result.balance["process"].to_numpy()):
        taken, given_out, held = _masses(result, process)
        residual = (taken - given_out)[1:] - np.diff(held, axis=0)
        scale = np.maximum(taken.max(), held.max())
        np.testing.assert_allclose(residual, 0.0, atol=1e-11 * scale, err_msg=process)


def _masses(result: Result, process: str) -> tuple[Any, Any, Any]:
    """(time, material) kg in, out and held."""
    flows = result.flows.to_numpy()[0]
    taken = flows[:, result.flows["target"].to_numpy() == process].sum(axis=1)
    given_out = flows[:, result.flows["source"].to_numpy() == process].sum(axis=1)
    here = result.stock["process"].to_numpy() == process
    held = result.stock_mass.to_numpy()[0][:, here].sum(axis=1)
    if result.model.processes[process].kind == "use":
        units = result.stock.to_numpy()[0][:, here].sum(axis=1)
        labels = result.events["process"].to_numpy(), result.events["kind"].to_numpy()
        waiting = result.events.to_numpy()[0][:, (labels[0] == process) & (labels[1] == "waiting")].sum(
            axis=1
        )
        held = held * (1.0 + waiting / np.maximum(units, 1e-300))[:, None]
    return taken, given_out, held


def test_composition_by_year_made_balances() -> None:
    program, record = simulated(changing_lamp())
    assert record.events[:, [e.kind == "waiting" for e in program.uses.events]].max() > 1.0
    assert check(program, record).max() <= 1e-12


def test_resale_of_a_changing_composition_balances() -> None:
    program, record = simulated(resold_lamp())
    assert record.flows[0, _row(program, "resale"), 10] > 10.0
    assert check(program, record).max() <= 1e-12
    with pytest.raises(BalanceError, match="2021"):
        check(program, changed(record, "flows", (0, _row(program, "resale"), 11), 1.001))
    shop = int(program.flow_dated[_row(program, "resale")])
    with pytest.raises(BalanceError, match=r"processes.shop.*2021"):
        check(program, changed(record, "flows_dated", (0, shop, 11, 5), 1.1))


def test_history_is_checked_too() -> None:
    program, record = simulated(lamp())
    assert check(program, record).shape[1] == 14
    with pytest.raises(BalanceError, match="2011"):
        check(program, changed(record, "flows", (0, _row(program, "sale"), 1), 1.01))


# -- broken --------------------------------------------------------------------------------------------------


def _row(program: Program, route: str) -> int:
    return next(index for index, found in enumerate(program.network.flows) if found.name == route)


@pytest.mark.parametrize("index", range(12))
@pytest.mark.parametrize("factor", [0.0, 1 + 1e-7, 2.0, np.nan, np.inf])
def test_a_change_of_any_flow_is_found(index: int, factor: float) -> None:
    program, record = simulated(lamp())
    assert len(program.network.flows) == 12
    found = program.network.flows[index]
    with pytest.raises(BalanceError) as caught:
        check(program, changed(record, "flows", (0, index, 12), factor))
    assert "2022" in str(caught.value)
    assert f"processes.{found.source}" in str(caught.value) or f"processes.{found.target}" in str(
        caught.value
    )


def test_a_change_of_rounding_is_none() -> None:
    program, record = simulated(lamp())
    for index in range(12):
        check(program, changed(record, "flows", (0, index, 12), 1 + 1e-13))


def test_the_message_names_process_year_thing_and_residual() -> None:
    program, record = simulated(lamp())
    with pytest.raises(BalanceError) as caught:
        check(program, changed(record, "flows", (0, _row(program, "lost"), 11), 1.5))
    text = str(caught.value)
    assert "processes.collect" in text and "2021" in text and "'lamp'" in text
    assert "in 100 piece" in text and "out 115 piece" in text and "residual -15 piece" in text


def test_material_is_named_where_things_are_taken_apart() -> None:
    program, record = simulated(lamp())
    glass = next(i for i, f in enumerate(program.network.flows) if (f.name, f.item) == ("recovered", "glass"))
    with pytest.raises(BalanceError, match=r"processes.recycle.*'glass'.*2021.*kg"):
        check(program, changed(record, "flows", (0, glass, 11), 1.5))


@pytest.mark.parametrize("name", ["stock", "events"])
def test_a_change_of_what_use_holds_is_found(name: str) -> None:
    program, record = simulated(changing_lamp())
    row = 0
    if name == "events":
        row = next(i for i, event in enumerate(program.uses.events) if event.kind == "waiting")
    with pytest.raises(BalanceError, match=r"processes.use.*'lamp'.*2020"):
        check(program, changed(record, name, (0, row, 10), 1.001))


def test_units_moved_to_another_year_made_are_found() -> None:
    """The number of lamps stays right; what they weigh does not."""
    program, record = simulated(changing_lamp())
    back = int(program.flow_dated[_row(program, "return")])
    dated = record.flows_dated.copy()
    moved = 0.2 * dated[0, back, 12, 10]
    assert moved > 1.0
    dated[0, back, 12, 10] -= moved
    dated[0, back, 12, 4] += moved
    with pytest.raises(BalanceError, match=r"'steel'.*2022.*kg"):
        check(program, dataclasses.replace(record, flows_dated=dated))


def test_every_sample_is_checked() -> None:
    data = lamp(
        processes__collect__split={
            "back": {"distribution": "uniform", "low": 0.2, "high": 0.9},
            "lost": "rest",
        }
    )
    program = compile_model(model_of(data), block=(0, 600))
    record = simulate(program)
    assert check(program, record).shape == (600, 14, 5)
    for sample in (0, 317, 599):
        with pytest.raises(BalanceError, match="2022"):
            check(program, changed(record, "flows", (sample, 3, 12), 1.001))


def test_composition_that_differs_by_sample_balances() -> None:
    data = lamp(
        items__lamp__bom={
            "steel": {"distribution": "uniform", "low": 1, "high": 3, "unit": "kg"},
            "glass": "0.5 kg",
        }
    )
    program = compile_model(model_of(data), block=(0, 20))
    record = simulate(program)
    assert check(program, record).max() <= 1e-12
    flows, _ = find_masses(program, record)
    steel = flows.all(slice(12, 13))[:, 0, _row(program, "sale"), 0]
    assert len(set(steel)) == 20
    with pytest.raises(BalanceError, match=r"processes.(make|store).*'steel'.*2022"):
        check(program, changed(record, "flows", (7, _row(program, "secondary in"), 12), 1.001))


@settings(max_examples=20)
@given(st.floats(1e-9, 1e9), st.floats(1e-6, 1e6), st.floats(2.0, 30.0))
def test_balances_hold_at_any_scale(sales: float, mass: float, life: float) -> None:
    data = lamp(
        exchanges={},
        items__lamp__bom={"steel": f"{mass!r} kg", "glass": "0.5 kg"},
        processes__use__demand={"sales": f"{sales!r} piece/year"},
        processes__use__leave={"old": {"distribution": "weibull", "shape": 2, "scale": f"{life!r} year"}},
    )
    program, record = simulated(data)
    assert check(program, record).max() <= 1e-12


def test_numbers_too_large_to_be_reckoned_with_are_called_that() -> None:
    with pytest.raises(BalanceError, match="too large, or too small"):
        run(whole(("2010: 1000", "2010: 1e300")))
