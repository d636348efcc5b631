"""What theory says about every run: convolutions, steady states, bounds, invariances, closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from plain_models import FIRST, Data, Float, Run, by_year, fixed, simple, weibull

from meguru.errors import StockError

AFTER = {"middle": 0.5, "start": 1.0, "end": 0.0}  # steps in use at the end of the step of the sale

conventions = st.sampled_from(sorted(AFTER))
shapes, scales = st.floats(0.8, 4.0), st.floats(2.0, 12.0)
amounts = st.lists(st.floats(0.0, 1e4), min_size=4, max_size=14)
shares = st.floats(0.0, 1.0)


def survival(shape: float, scale: float, age: NDArray[np.floating[Any]]) -> Float:
    return np.asarray(np.exp(-((age / scale) ** shape)), dtype=np.float64)


# --------------------------------------------------------------------------- stock and outflow


@given(amounts, shapes, scales, conventions)
def test_stock_is_sales_convolved_with_survival(
    sales: list[float], shape: float, scale: float, when: str
) -> None:
    years = len(sales)
    run = Run(
        simple(years, {"sales": by_year(sales, "piece/year")}, {"old": weibull(shape, scale)}, sales=when)
    )
    stays = survival(shape, scale, np.arange(years) + AFTER[when])
    leaves = -np.diff(np.concatenate([[1.0], stays]))
    size = max(sales) + 1e-300
    np.testing.assert_allclose(
        run.stock("use"), np.convolve(sales, stays)[:years], atol=1e-10 * size, rtol=1e-10
    )
    np.testing.assert_allclose(
        run.event("retired", cause="old"), np.convolve(sales, leaves)[:years], atol=1e-10 * size, rtol=1e-10
    )
    # What leaves in the step of its sale is carried away one step later.
    late = np.concatenate([[0.0, leaves[0] + leaves[1]], leaves[2:]])
    np.testing.assert_allclose(
        run.flow("use"), np.convolve(sales, late)[:years], atol=1e-10 * size, rtol=1e-10
    )


@given(shapes, st.floats(2.0, 4.0), conventions)
def test_steady_stock_is_sales_times_the_sum_of_survival(shape: float, scale: float, when: str) -> None:
    years = 60
    run = Run(simple(years, {"sales": "7 piece/year"}, {"old": weibull(shape, scale)}, sales=when))
    total = survival(shape, scale, np.arange(4000) + AFTER[when]).sum()
    rest = survival(shape, scale, np.arange(years, 4000) + AFTER[when]).sum()
    assert run.stock("use")[-1] == pytest.approx(7.0 * (total - rest), rel=1e-9)
    assert run.event("retired")[-1] == pytest.approx(7.0, rel=1e-2)


@given(amounts, shapes, scales, conventions)
def test_a_target_stock_gives_back_the_sales(
    sales: list[float], shape: float, scale: float, when: str
) -> None:
    data = simple(
        len(sales), {"sales": by_year(sales, "piece/year")}, {"old": weibull(shape, scale)}, sales=when
    )
    stock = Run(data).stock("use")
    data["processes"]["use"]["demand"] = {"stock": by_year(stock, "piece")}
    np.testing.assert_allclose(Run(data).event("sales"), sales, atol=1e-7 * (max(sales) + 1e-9))


def test_a_service_wants_units_by_their_use() -> None:
    demand = {
        "service": by_year([1e4, 2e4, 3e4], "km/year"),
        "service_per_unit": "2000 km/piece/year",
        "utilisation": "50 %",
    }
    run = Run(simple(3, demand, {"old": fixed(9)}))
    np.testing.assert_allclose(run.stock("use"), [10.0, 20.0, 30.0])


def test_a_stock_that_falls_too_fast_is_refused() -> None:
    with pytest.raises(StockError, match="2002"):
        Run(simple(4, {"stock": by_year([10, 10, 5, 5], "piece")}, {"old": fixed(9)}))


@given(shapes, st.floats(3.0, 10.0), st.sampled_from(["middle", "end"]))
@settings(max_examples=15)
def test_months_come_to_the_continuous_limit_and_years_near_it(shape: float, scale: float, when: str) -> None:
    """Sales at a constant rate: the stock tends to rate × ∫ S; the middle of a step errs least."""
    years, fine = 12, np.linspace(0.0, 12.0, 200_001)
    limit = 100.0 * np.trapezoid(survival(shape, scale, fine), fine)
    data = simple(years, {"sales": "100 piece/year"}, {"old": weibull(shape, scale)}, sales=when)
    error_year = abs(Run(data).stock("use")[-1] - limit)
    data["time"]["step"] = "month"
    error_month = abs(Run(data).stock("use")[-1] - limit)
    assert error_month < (100.0 / 24.0 * 1.001 if when == "end" else 1e-3 * limit)
    assert error_month <= max(error_year / (4.0 if when == "end" else 8.0), 1e-4 * limit)


# --------------------------------------------------------------------------- invariances


def everything() -> Data:
    """A model with most kinds of process; every number has a unit."""
    return {
        "time": {"first": FIRST, "last": FIRST + 11},
        "items": {
            "iron": {"kind": "material"},
            "pump": {"kind": "part", "bom": {"iron": "2 kg"}},
            "A": {"kind": "product", "bom": {"pump": 2, "iron": "1 kg"}},
        },
        "processes": {
            "ore": {"kind": "supply", "supplies": ["iron"]},
            "make_pump": {"kind": "make", "item": "pump", "recipe": {"iron": {"efficiency": "80 %"}}},
            "make": {"kind": "make", "item": "A"},
            "use": {
                "kind": "use",
                "product": "A",
                "demand": {"sales": "120 piece/year"},
                "leave": {"old": {"distribution": "weibull", "shape": 2.0, "scale": "6 year"}},
                "parts": {
                    "pump": {
                        "lifetime": {"distribution": "weibull", "shape": 1.5, "scale": "5 year"},
                        "repair": "70 %",
                    }
                },
            },
            "collect": {"kind": "sort", "split": {"open": "60 %", "waste": "rest"}},
            "open": {"kind": "dismantle", "recover": {"pump": "90 %"}},
            "renew": {"kind": "recondition", "recovery": "80 %", "age_reset": "50 %"},
            "shelf": {"kind": "store", "loss": "5 %/year"},
            "melt": {"kind": "recycle", "yield": {"iron": "90 %"}},
            "scrap": {"kind": "store"},
            "dump": {"kind": "sink"},
        },
        "routes": [
            {"from": "scrap", "to": "make_pump", "priority": 1, "max_share": "30 %"},
            {"from": "ore", "to": "make_pump", "priority": 2},
            {"from": "ore", "to": "make"},
            {"from": "shelf", "to": "make", "item": "pump", "exact_share": "10 %"},
            {"from": "make_pump", "to": "make"},
            {"from": "shelf", "to": "use", "item": "pump", "priority": 1, "max_share": "50 %"},
            {"from": "make_pump", "to": "use", "item": "pump", "priority": 2},
            {"from": "make", "to": "use", "item": "A"},
            {"from": "use.retired", "to": "collect"},
            {"from": "use.failed", "to": "renew"},
            {"from": "collect.open", "to": "open"},
            {"from": "collect.waste", "to": "dump"},
            {"from": "open.pump", "to": "shelf"},
            {"from": "open.pump.failed", "to": "renew"},
            {"from": "open.rest", "to": "melt"},
            {"from": "renew.good", "to": "shelf"},
            {"from": "renew.rejected", "to": "melt"},
            {"from": "shelf.loss", "to": "melt"},
            {"from": "make_pump.scrap", "to": "melt"},
            {"from": "melt.secondary", "to": "scrap"},
            {"from": "melt.residue", "to": "dump"},
        ],
    }


def replaced(data: Any, old: str, new: str) -> Any:
    if isinstance(data, dict):
        return {k: replaced(v, old, new) for k, v in data.items()}
    if isinstance(data, list):
        return [replaced(v, old, new) for v in data]
    return new if data == old else data


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2 kg", "0.002 t"),
        ("1 kg", "1000 g"),
        ("6 year", "72 month"),
        ("5 year", "60 month"),
        ("120 piece/year", "10 piece/month"),
        ("5 %/year", "0.05 1/year"),
        ("70 %", 0.7),
    ],
)
def test_another_unit_for_the_same_amount_changes_nothing(old: str, new: Any) -> None:
    there, here = Run(everything()).record, Run(replaced(everything(), old, new)).record
    np.testing.assert_allclose(here.flows, there.flows, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(here.part_age, there.part_age, rtol=1e-12, atol=1e-12)


@given(st.floats(1e-3, 1e6))
@settings(max_examples=15)
def test_flows_scale_with_the_demand(factor: float) -> None:
    there = Run(everything()).record
    here = Run(replaced(everything(), "120 piece/year", f"{120 * factor} piece/year")).record
    np.testing.assert_allclose(here.flows, there.flows * factor, rtol=1e-9, atol=1e-9 * factor)
    np.testing.assert_allclose(here.stock, there.stock * factor, rtol=1e-9, atol=1e-9 * factor)


@given(st.floats(1e-3, 1e6))
@settings(max_examples=15)
def test_masses_scale_and_units_do_not(factor: float) -> None:
    there = Run(everything())
    heavier = replaced(replaced(everything(), "2 kg", f"{2 * factor} kg"), "1 kg", f"{factor} kg")
    here = Run(heavier)
    for row, flow in enumerate(there.program.network.flows):
        times = factor if flow.item == "iron" else 1.0
        np.testing.assert_allclose(
            here.record.flows[0, row], there.record.flows[0, row] * times, rtol=1e-9, atol=1e-9 * times
        )


@given(st.permutations(range(6)), st.lists(st.floats(0.1, 0.9), min_size=6, max_size=6))
@settings(max_examples=15)
def test_samples_do_not_know_of_each_other(order: list[int], split: list[float]) -> None:
    values = {
        "processes.collect.split.open": np.array(split),
        "processes.use.parts.pump.repair": np.array(split)[::-1].copy(),
    }
    mixed = {place: v[list(order)] for place, v in values.items()}
    there = Run(everything(), block=(0, 6), values=values).record.flows
    here = Run(everything(), block=(0, 6), values=mixed).record.flows
    np.testing.assert_array_equal(here, there[list(order)])
    alone = Run(everything(), block=(2, 3), values=values).record.flows
    np.testing.assert_array_equal(alone[0], there[2])


# --------------------------------------------------------------------------- loops and recycling


@given(shares, shares, st.floats(0.05, 1.0))
def test_a_loop_is_the_geometric_series(again: float, good: float, lost: float) -> None:
    """collect → check → collect: what enters is x / (1 − again · good · (1 − lost))."""
    data = simple(6, {"sales": "10 piece/year"}, {"old": fixed(2)})
    data["processes"] |= {
        "collect": {"kind": "sort", "split": {"check": again, "out": "rest"}},
        "check": {"kind": "recondition", "recovery": good},
        "back": {"kind": "sort", "split": {"back": 1.0 - lost, "out": "rest"}},
    }
    data["routes"] = [
        *data["routes"][:2],
        {"from": "use.retired", "to": "collect"},
        {"from": "collect.check", "to": "check"},
        {"from": "collect.out", "to": "dump"},
        {"from": "check.good", "to": "back"},
        {"from": "check.rejected", "to": "dump"},
        {"from": "back.back", "to": "collect"},
        {"from": "back.out", "to": "dump"},
    ]
    run = Run(data)
    entering = run.flow("use")
    into = entering / (1.0 - again * good * (1.0 - lost))
    np.testing.assert_allclose(run.flow("collect"), into, rtol=1e-12)
    np.testing.assert_allclose(
        run.flow("back.back"), into * again * good * (1.0 - lost), rtol=1e-12, atol=1e-300
    )
    gone = run.flow("collect.out") + run.flow("check.rejected") + run.flow("back.out")
    np.testing.assert_allclose(gone, entering, rtol=1e-12)


@given(st.floats(0.02, 1.0), st.floats(0.0, 1.0))
def test_new_scrap_of_the_same_step_with_a_limited_source(efficiency: float, yields: float) -> None:
    """Virgin V, gross need g = 1/e a unit, of the scrap g − 1 a share y returns: V / (g − y (g − 1))."""
    data = simple(5, {"sales": "100 piece/year"}, {"old": fixed(20)})
    data["processes"]["ore"]["limit"] = "30 kg/year"
    data["processes"]["make"]["recipe"] = {"iron": {"efficiency": efficiency}}
    data["processes"] |= {"melt": {"kind": "recycle", "yield": {"iron": yields}}, "scrap": {"kind": "store"}}
    data["routes"] = [
        *data["routes"][1:],
        {"from": "scrap", "to": "make", "item": "iron", "priority": 1},
        {"from": "ore", "to": "make", "priority": 2},
        {"from": "make.scrap", "to": "melt"},
        {"from": "melt.secondary", "to": "scrap"},
        {"from": "melt.residue", "to": "dump"},
    ]
    run = Run(data)
    gross = 1.0 / efficiency
    made = min(100.0, 30.0 / (gross - yields * (gross - 1.0)))
    np.testing.assert_allclose(run.flow("make.out"), made, rtol=1e-9)
    held = run.stock("scrap", "iron")
    if made < 100.0:
        np.testing.assert_allclose(held, 0.0, atol=1e-8)
        np.testing.assert_allclose(run.flow("ore"), 30.0, rtol=1e-9)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.3, 1.0))
@settings(max_examples=25)
def test_recycled_content_is_at_most_yield_times_return(returned: float, yields: float, most: float) -> None:
    data = simple(40, {"sales": "50 piece/year"}, {"old": fixed(4)})
    data["processes"] |= {
        "collect": {"kind": "sort", "split": {"melt": returned, "dump": "rest"}},
        "melt": {"kind": "recycle", "yield": {"iron": yields}},
        "scrap": {"kind": "store"},
    }
    data["routes"] = [
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "collect"},
        {"from": "collect.melt", "to": "melt"},
        {"from": "collect.dump", "to": "dump"},
        {"from": "melt.secondary", "to": "scrap"},
        {"from": "melt.residue", "to": "dump"},
        {"from": "scrap", "to": "make", "item": "iron", "priority": 1, "max_share": most},
        {"from": "ore", "to": "make", "priority": 2},
    ]
    run = Run(data)
    content = run.flow("scrap", "make")[-1] / 50.0
    assert content == pytest.approx(min(yields * returned, most), abs=1e-9)


def circle(demand: list[float], supply: list[float], loss: float) -> Run:
    """Parts returned with ``supply`` products (of another kind, in use for a year) meet a demand for them."""
    years = len(demand)
    data = simple(years, {"sales": by_year(demand, "piece/year")}, {"old": fixed(99)}, sales="start")
    data["items"]["part"] = {"kind": "part", "bom": {"iron": "1 kg"}}
    data["items"]["A"] = {"kind": "product", "bom": {"part": 1}}
    data["items"]["D"] = {"kind": "product", "bom": {"part": 1}}
    data["processes"] |= {
        "ore": {"kind": "supply", "supplies": ["part", "D"]},
        "donor": {
            "kind": "use",
            "product": "D",
            "demand": {"sales": by_year([*supply[1:], 0.0], "piece/year")},
            "leave": {"old": fixed(2)},
        },
        "open": {"kind": "dismantle", "recover": {"part": 1}},
        "shelf": {"kind": "store", "loss": f"{loss} 1/year"},
    }
    data["routes"] = [
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "dump"},
        {"from": "ore", "to": "donor", "item": "D"},
        {"from": "donor.retired", "to": "open"},
        {"from": "open.part", "to": "shelf"},
        {"from": "shelf.loss", "to": "dump"},
        {"from": "shelf", "to": "make", "item": "part", "priority": 1},
        {"from": "ore", "to": "make", "item": "part", "priority": 2},
    ]
    return Run(data)


def test_the_published_example_of_marginal_reuse() -> None:
    demand, supply = [100.0, 100.0, 20.0, 100.0], [0.0, 80.0, 80.0, 0.0]
    for loss, wanted in ((1.0, 100.0), (0.0, 160.0)):
        run = circle(demand, supply, loss)
        np.testing.assert_allclose(run.flow("donor"), supply)
        assert run.flow("shelf", "make").sum() == pytest.approx(wanted)
    assert (100 / 320, 160 / 320) == pytest.approx((0.31, 0.50), abs=0.005)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=10), shares)
def test_cumulative_reuse_is_the_bound(pairs: list[tuple[float, float]], loss: float) -> None:
    demand = [d for d, _ in pairs]
    supply = [0.0, *(s for _, s in pairs[1:])]
    reused = np.cumsum(circle(demand, supply, loss).flow("shelf", "make"))
    for t in range(len(demand)):
        bound = min(sum(supply[: tau + 1]) + sum(demand[tau + 1 : t + 1]) for tau in range(-1, t + 1))
        assert reused[t] <= bound + 1e-9
        if loss == 0.0:
            assert reused[t] == pytest.approx(bound, abs=1e-9)
