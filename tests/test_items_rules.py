"""Individuals under the rules that machines of one kind in yearly steps do not meet: months, resale, replaced
children, claims, and the fleet of cars of several countries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from items_against_cohorts import largest_z, scaled
from plain_models import returns, rivals
from reference_items import Reference, fleet_data

import meguru
from meguru.engine.compiling.program import compile_model
from meguru.engine.items.simulate import simulate_items
from meguru.engine.sampling import Draws
from meguru.model import apply
from meguru.model.read import from_data

Data = dict[str, Any]


def without_spares_from_the_yard(data: Data) -> Data:
    next(route for route in data["routes"] if route["from"] == "yard")["max_share"] = "0 %"
    return data


# -- months


@pytest.mark.parametrize("sales", ["middle", "start", "end"])
def test_months_agree_with_cohorts(sales: str) -> None:
    data = without_spares_from_the_yard(fleet_data(60, step="month", years=4))
    data["time"]["sales"] = sales
    assert max(largest_z(from_data(data), runs=200).values()) < 4.5


def test_months_have_the_bits_of_the_slow_reference() -> None:
    applied = apply(from_data(fleet_data(250.4, step="month", years=4)), "base")
    program = compile_model(applied, draws=Draws(1), block=(0, 1))
    record, _ = simulate_items(program, seed=4, threads=1)
    reference = Reference(program, 4, 0).run()
    assert reference.steps == 48 and record.stock[0].T.tolist() == [list(pair) for pair in reference.stock]
    for index, flow in enumerate(program.network.flows):
        if flow.source in ("use", "collect", "dismantle") and flow.item != "steel":
            there = [reference.flows[(flow.source, flow.target, flow.item, t)] for t in range(48)]
            assert record.flows[0, index].tolist() == there, flow


@pytest.mark.parametrize("ageing", [False, True])
@pytest.mark.parametrize("sales", ["middle", "start", "end"])
def test_spares_owed_from_the_step_of_the_sale_keep_their_age(sales: str, ageing: bool) -> None:
    """Many pumps fail at once; what replaces them next year comes from a yard, in which it ages or not."""
    data = fleet_data(10, repair="100 %", years=9)
    data["time"]["sales"] = sales
    sold = {2000: 400, 2001: 0, 2003: 400, 2004: 0}
    use = data["processes"]["use"]
    use["demand"] = {"sales": {"values": sold, "unit": "piece/year", "interpolate": "step", "beyond": "hold"}}
    use["leave"] = {"let_go": {"distribution": "fixed", "age": "3.2 year"}}
    early = {"distribution": "survival", "survival": {0: 1, 0.25: 0.7, 4.2: 0.69, 5: 0.0}}
    use["parts"]["pump"] = {"lifetime": early, "repair": "100 %"}
    use["parts"]["fan"] = {"lifetime": {"distribution": "fixed", "age": "30 year"}, "repair": "100 %"}
    data["processes"]["yard"] |= {"ageing": ageing}
    data["processes"]["collect"]["split"] = {"taken": "100 %", "left": "rest"}
    data["processes"]["dismantle"]["recover"] = {"pump": "100 %"}
    assert max(largest_z(from_data(data)).values()) < 4.2


# -- resale


def from_2006(share: float) -> Data:
    return {"values": {2000: 0.0, 2006: share}, "unit": "1", "interpolate": "step", "beyond": "hold"}


def resold(sales: str, share: float) -> Data:
    """Machines let go come back with their pumps through a shop, which has filled before it sells."""
    data = without_spares_from_the_yard(fleet_data(60))
    data["time"] |= {"sales": sales, "last": 2015}
    data["processes"]["use"] |= {"builds": ["new", "resold"]}
    data["processes"]["use"]["leave"] = {"let_go": {"distribution": "weibull", "shape": 2, "scale": "4 year"}}
    data["processes"] |= {"shop": {"kind": "store"}}
    data["routes"] = [r for r in data["routes"] if r["from"] not in ("collect.taken", "use.retired")]
    data["routes"] += [
        {"from": "use.retired.let_go", "to": "collect"},
        {"from": "use.retired.part_failure", "to": "landfill"},
        {"from": "collect.taken", "to": "shop"},
        {"from": "shop", "to": "use", "item": "machine", "priority": 1, "max_share": from_2006(share)},
    ]
    for route in data["routes"]:
        if route["from"] == "assemble":
            route["priority"] = 2
    del data["processes"]["dismantle"], data["processes"]["yard"]
    data["routes"] = [r for r in data["routes"] if not r["from"].startswith(("dismantle", "yard"))]
    return data


@pytest.mark.parametrize("sales", ["middle", "start", "end"])
def test_resold_machines_agree_with_cohorts(sales: str) -> None:
    """Ages of what a shop holds differ between runs: what is drawn from it is as old on average."""
    model = from_data(resold(sales, 0.05))
    cohorts = meguru.run(model).units
    bought = cohorts.sel(flow=(cohorts.source == "shop") & (cohorts.target == "use")).values[0, :, 0]
    assert bought[6:].min() == pytest.approx(3.0)  # 5 % of 60: the shop does not run out
    assert max(largest_z(model).values()) < 4.2


def test_a_resold_machine_keeps_its_number_and_its_pieces() -> None:
    result = meguru.run(from_data(resold("middle", 0.5)), engine="items", seed=3, histories=True)
    told = result.histories
    assert told is not None
    machines = told[told["item"] == "machine"]
    sold = machines[machines["event"] == "sold"].groupby("serial").size()
    made = machines[machines["event"] == "made"].groupby("serial").size()
    again = sold[sold > 1].index
    assert len(again) > 20 and made.max() == 1
    for serial in again:  # nobody is sold again before it has left
        own = machines[(machines["serial"] == serial) & machines["event"].isin(["sold", "left"])]
        assert own["event"].tolist()[: 2 * (len(own) // 2)] == ["sold", "left"] * (len(own) // 2)


# -- reconditioning


def renewed() -> Data:
    """Used lamps are made good, half of their three bulbs new, and sold again; bulbs are not followed."""
    data = returns(
        9, renew={"kind": "recondition", "recovery": 0.8, "age_reset": 0.4, "replace": {"bulb": 0.5}}
    )
    data["items"] |= {
        "bulb": {"kind": "part", "bom": {"iron": "1 kg"}},
        "A": {"kind": "product", "bom": {"bulb": 3}},
    }
    data["processes"]["make_bulb"] = {"kind": "make", "item": "bulb"}
    data["processes"]["use"]["leave"] = {"worn": {"distribution": "weibull", "shape": 2, "scale": "3 year"}}
    data["routes"] = [
        {"from": "ore", "to": "make_bulb"},
        {"from": "make_bulb", "to": "make"},
        {"from": "make_bulb", "to": "renew"},
        {"from": "make", "to": "use", "priority": 2},
        {"from": "shop", "to": "use", "priority": 1, "item": "A", "max_share": 0.05},
        {"from": "use.retired", "to": "renew"},
        {"from": "renew.good", "to": "shop"},
        {"from": "renew.rejected", "to": "dump"},
        {"from": "renew.replaced", "to": "dump"},
    ]
    return {"name": "lamps", "meguru": 1, **data}


def test_replaced_children_agree_with_cohorts() -> None:
    model = from_data(renewed())
    assert max(largest_z(model).values()) < 4.2
    result = meguru.run(model, engine="items", samples=4, seed=2)
    units = result.units
    good = units.sel(flow=(units.port == "good")).sum("flow").values
    put_in = units.sel(flow=(units.source == "make_bulb") & (units.target == "renew")).sum("flow").values
    assert good.max() > 10.0
    np.testing.assert_allclose(put_in, 1.5 * good)
    assert result.balance.max() <= 1e-9


# -- claims


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_claim_is_served_first_in_whole_pieces(seed: int) -> None:
    model = from_data({"name": "claims", "meguru": 1, **rivals(25.9, 30.0, 12.0, claim=2)})
    units = meguru.run(model, engine="items", seed=seed).units
    into = {
        n: units.sel(flow=(units.source == "world") & (units.target == n)).values.ravel()
        for n in ("one", "two")
    }
    assert into["two"].tolist() == [12.0] * 3 and into["one"].tolist() == [13.0] * 3


def test_equal_claims_share_in_proportion_on_average() -> None:
    model = from_data({"name": "claims", "meguru": 1, **rivals(25.0, 30.0, 12.0)})
    result = meguru.run(model, engine="items", samples=2000, seed=1)
    units = result.units
    one = units.sel(flow=(units.source == "world") & (units.target == "one")).values
    both = units.sel(flow=units.source == "world").sum("flow").values
    assert np.array_equal(one, np.round(one)) and np.all(both == 25.0)
    error = one.std(ddof=1) / np.sqrt(one.size)
    assert abs(one.mean() - 25.0 * 30.0 / 42.0) < 4.0 * max(error, 1e-9)


# -- an example with several countries


def test_cars_of_all_countries_agree_with_cohorts() -> None:
    model = scaled(meguru.example("cars"), "tutorial", 2e-6)
    assert len([p for p in model.processes.values() if p.kind == "use"]) > 3
    assert max(largest_z(model, runs=100).values()) < 4.5
