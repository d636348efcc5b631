"""Rules of the network, one by one, against hand calculation: sharing, spares, stores, ages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_models import FIRST, Data, Run, by_year, fixed, returns, rivals, simple, weibull

from meguru.errors import RangeError, ShareError, ShortageError, UnsupportedError

wants = st.floats(1.0, 1000.0)


@given(wants, wants, wants)
def test_a_short_source_is_rationed_in_proportion_to_demand(limit: float, one: float, two: float) -> None:
    run = Run(rivals(limit, one, two))
    served = min(1.0, limit / (one + two))
    np.testing.assert_allclose(run.flow("world", "one"), one * served, rtol=1e-12)
    np.testing.assert_allclose(run.flow("world", "two"), two * served, rtol=1e-12)
    np.testing.assert_allclose(run.event("unmet", "one"), one * (1 - served), atol=1e-9)


def test_the_order_of_the_file_decides_nothing() -> None:
    data = rivals(10, 20, 5)
    there = Run(data)
    data["routes"].reverse()
    data["processes"] = dict(reversed(data["processes"].items()))
    np.testing.assert_allclose(Run(data).flow("world", "one"), there.flow("world", "one"))
    np.testing.assert_allclose(there.flow("world", "one"), 8.0)


@given(wants, wants, wants)
def test_a_claim_comes_before_proportion(limit: float, one: float, two: float) -> None:
    run = Run(rivals(limit, one, two, claim=2))
    second = min(two, limit)
    np.testing.assert_allclose(run.flow("world", "two"), second, rtol=1e-12)
    np.testing.assert_allclose(run.flow("world", "one"), min(one, limit - second), rtol=1e-9, atol=1e-9)


def assembly(limits: dict[str, float], **routes: Data) -> Data:
    """A product of two frames and three wheels; a frame of 2 kg of tin; inputs may be limited."""
    supply = {
        n: {"kind": "supply", "supplies": [n], **({"limit": f"{limits[n]} {u}/year"} if n in limits else {})}
        for n, u in (("tin", "kg"), ("old_tin", "kg"), ("wheel", "piece"), ("rubber", "kg"))
    }
    supply["old_tin"]["supplies"] = ["tin"]
    return {
        "time": {"first": FIRST, "last": FIRST + 1},
        "items": {
            "tin": {"kind": "material"},
            "rubber": {"kind": "material"},
            "frame": {"kind": "part", "bom": {"tin": "2 kg"}},
            "wheel": {"kind": "part", "bom": {"rubber": "1 kg"}},
            "A": {"kind": "product", "bom": {"frame": 2, "wheel": 3}},
        },
        "processes": {
            **{f"{n}_supply": p for n, p in supply.items()},
            "make_frame": {"kind": "make", "item": "frame", "recipe": {"tin": {"efficiency": 0.5}}},
            "make": {"kind": "make", "item": "A"},
            "use": {
                "kind": "use",
                "product": "A",
                "demand": {"sales": "100 piece/year"},
                "leave": {"old": fixed(30)},
            },
            "dump": {"kind": "sink"},
        },
        "routes": [
            {"from": "tin_supply", "to": "make_frame", "priority": 2},
            {"from": "old_tin_supply", "to": "make_frame", "priority": 1, **routes.get("old_tin", {})},
            {"from": "make_frame.scrap", "to": "dump"},
            {"from": "make_frame", "to": "make"},
            {"from": "wheel_supply", "to": "make"},
            {"from": "make", "to": "use"},
            {"from": "use.retired", "to": "dump"},
        ],
    }


@given(st.floats(1.0, 2000.0), st.floats(1.0, 600.0), st.floats(0.05, 0.95))
def test_how_much_can_be_made_is_asked_through_all_floors(tin: float, wheels: float, share: float) -> None:
    """Old tin is limited and may be ``share`` of the need at most, new tin is limited too."""
    data = assembly({"old_tin": 120.0, "tin": tin, "wheel": wheels}, old_tin={"max_share": share})
    run = Run(data)
    need = 8.0  # kg of tin for one product, scrap included
    by_tin = min((tin + min(120.0, 1e9)) / need, tin / (1 - share) / need)
    made = min(100.0, wheels / 3.0, by_tin)
    np.testing.assert_allclose(run.flow("make.out"), made, rtol=1e-9)
    np.testing.assert_allclose(run.flow("old_tin_supply"), min(120.0, share * need * made), rtol=1e-9)


@given(st.floats(0.05, 1.0), st.floats(10.0, 500.0))
def test_an_exact_share_limits_what_is_made(share: float, limit: float) -> None:
    run = Run(assembly({"old_tin": limit}, old_tin={"exact_share": share}))
    made = min(100.0, limit / share / 8.0)
    np.testing.assert_allclose(run.flow("make.out"), made, rtol=1e-9)
    np.testing.assert_allclose(run.flow("old_tin_supply"), share * 8.0 * made, rtol=1e-9)
    np.testing.assert_allclose(run.flow("tin_supply"), (1 - share) * 8.0 * made, rtol=1e-9, atol=1e-9)


# --------------------------------------------------------------------------- spares


def spares(shelf: Data, fresh: Data, limit: float | None = None, repair_by: str = "piece") -> Run:
    """Products whose pump fails; donors of four-year-old pumps fill a shelf."""
    data = simple(14, {"sales": by_year([0] * 6 + [100] * 8, "piece/year")}, {"old": fixed(30)})
    data["items"] |= {
        "pump": {"kind": "part", "bom": {"iron": "1 kg"}},
        "A": {"kind": "product", "bom": {"pump": 2}},
        "D": {"kind": "product", "bom": {"pump": 1}},
    }
    data["processes"]["use"]["parts"] = {"pump": {"lifetime": weibull(2, 5), "repair": 1}}
    data["processes"]["use"]["repair_by"] = repair_by
    data["processes"] |= {
        "ore": {
            "kind": "supply",
            "supplies": ["pump"],
            **({"limit": f"{limit} piece/year"} if limit else {}),
        },
        "pumps": {"kind": "supply", "supplies": ["pump"]},
        "donors": {"kind": "supply", "supplies": ["D"]},
        "donor": {
            "kind": "use",
            "product": "D",
            "demand": {"sales": "2000 piece/year"},
            "leave": {"old": fixed(4)},
            "parts": {"pump": {}},
        },
        "open": {"kind": "dismantle", "recover": {"pump": 1}},
        "shelf": {"kind": "store"},
    }
    data["routes"] = [
        {"from": "make", "to": "use", "item": "A"},
        {"from": "pumps", "to": "make"},
        {"from": "use.retired", "to": "dump"},
        {"from": "use.failed", "to": "dump"},
        {"from": "donors", "to": "donor", "item": "D"},
        {"from": "donor.retired", "to": "open"},
        {"from": "open.pump", "to": "shelf"},
        {"from": "shelf", "to": "use", "item": "pump", **shelf},
        {"from": "ore", "to": "use", "item": "pump", **fresh},
    ]
    return Run(data)


@pytest.mark.parametrize(
    ("shelf", "fresh"),
    [
        ({"priority": 1, "max_share": 0.4}, {"priority": 2}),
        ({"exact_share": 0.4}, {"exact_share": 0.6}),
        ({"priority": 1, "max_share": 0.4}, {"priority": 2, "max_share": 0.6}),
    ],
)
def test_shares_of_spares_are_shares_of_all_spares(shelf: Data, fresh: Data) -> None:
    run = spares(shelf, fresh)
    used, new = run.flow("shelf", "use")[7:], run.flow("ore", "use")[7:]
    assert np.all(used > 1.0)
    np.testing.assert_allclose(used, 0.4 * (used + new), rtol=1e-9)
    np.testing.assert_allclose(used + new, run.flow("use.failed")[7:], rtol=1e-9)


@pytest.mark.parametrize("repair_by", ["piece", "visit"])
def test_without_enough_spares_products_leave_instead(repair_by: str) -> None:
    run = spares({"priority": 1, "max_share": 0.1}, {"priority": 2}, limit=40.0, repair_by=repair_by)
    assert run.flow("ore", "use").max() == pytest.approx(40.0, rel=1e-8)
    assert run.event("retired", cause="part_failure")[-1] > 1.0
    stock = np.concatenate([[0.0], run.stock("use")])
    np.testing.assert_allclose(np.diff(stock), run.event("sales") - run.event("retired"), atol=1e-6)


def visited(parts: Data, **limits: str) -> Data:
    """A product whose parts are repaired by visit, with spares from one supply for each."""
    data = simple(16, {"sales": "100 piece/year"}, {"old": fixed(9)})
    data["items"] |= {part: {"kind": "part", "bom": {"iron": "1 kg"}} for part in parts}
    data["items"]["A"]["bom"] = dict.fromkeys(parts, 1)
    data["processes"]["use"] |= {"parts": parts, "repair_by": "visit"}
    data["processes"]["world"] = {"kind": "supply", "supplies": list(parts)}
    data["routes"] = [
        {"from": "world", "to": "make"},
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "dump"},
        {"from": "use.failed", "to": "dump"},
    ]
    for part in parts:
        data["processes"][f"{part}s"] = {"kind": "supply", "supplies": [part]}
        if part in limits:
            data["processes"][f"{part}s"]["limit"] = limits[part]
        data["routes"].append({"from": f"{part}s", "to": "use", "item": part})
    return data


def test_a_visit_has_one_share_for_all_parts_that_fail() -> None:
    parts: Data = {
        "pump": {"lifetime": weibull(2, 5), "repair": 0.7},
        "belt": {"lifetime": weibull(2, 4), "repair": {"values": {FIRST: 0.7, FIRST + 15: 0.6}}},
        "case": {},
    }
    with pytest.raises(ShareError, match=r"belt\.repair: .*found '0\.69.*expected 0\.7, as for 'pump'"):
        Run(visited(parts))
    for part in ("pump", "belt"):
        parts[part]["repair"] = {"distribution": "uniform", "low": 0.6, "high": 0.8}
    with pytest.raises(ShareError, match="a distribution of its own"):
        Run(visited(parts))
    for part in ("pump", "belt"):
        parts[part]["repair"] = 0.7
    assert Run(visited(parts)).event("spares", item="belt")[-1] > 1.0


def test_a_visit_that_lacks_one_spare_still_has_the_others() -> None:
    """Failures without memory, all sold in the first year: every step can be reckoned from the stock."""
    parts = {
        "pump": {"lifetime": weibull(1, 5), "repair": 1},
        "belt": {"lifetime": weibull(1, 4), "repair": 1},
    }
    data = visited(parts, pump="12 piece/year")
    data["processes"]["use"] |= {
        "demand": {"sales": by_year([100] + [0] * 15, "piece/year")},
        "leave": {"old": fixed(30)},
    }
    run = Run(data)
    fails, fails_belt = 1.0 - np.exp(-1 / 5), 1.0 - np.exp(-1 / 4)
    held = run.stock("use")[1:5]
    there = 12.0 / (held * fails)
    assert np.all(there < 0.9)
    lacking = fails * (1.0 - there)
    np.testing.assert_allclose(run.event("spares", item="pump")[2:6], 12.0, rtol=1e-6)
    np.testing.assert_allclose(
        run.event("spares", item="belt")[2:6], held * fails_belt * (1.0 - lacking), rtol=1e-6
    )
    np.testing.assert_allclose(run.event("retired", cause="part_failure")[2:6], held * lacking, rtol=1e-6)


@pytest.mark.parametrize("repair_by", ["piece", "visit"])
def test_a_target_stock_reckons_with_repairs_in_the_step_of_the_sale(repair_by: str) -> None:
    parts = {
        "pump": {"lifetime": weibull(1, 3), "repair": 0.5},
        "belt": {"lifetime": weibull(2, 3), "repair": 0.5},
    }
    data = visited(parts)
    data["processes"]["use"] |= {"demand": {"stock": "1000 piece"}, "repair_by": repair_by}
    np.testing.assert_allclose(Run(data).stock("use"), 1000.0, rtol=1e-9)


def test_less_than_one_piece_of_a_part_that_fails_is_refused() -> None:
    data = visited({"pump": {"lifetime": weibull(2, 5), "repair": 0.2}})
    data["items"]["A"]["bom"]["pump"] = 0.5
    with pytest.raises(RangeError, match=r"bom\.pump: less than one piece .*found 0\.5"):
        Run(data)
    count = {FIRST: 0, FIRST + 4: 0, FIRST + 5: 1, FIRST + 15: 1}
    data["items"]["A"]["bom"]["pump"] = {"values": count, "interpolate": "step"}
    data["processes"]["use"]["parts"]["pump"]["lifetime"] = fixed(3)  # from its year on, and all fail at once
    assert Run(data).event("spares", item="pump")[-1] > 1.0


def test_spares_that_were_promised_and_do_not_come_are_an_error() -> None:
    with pytest.raises(ShortageError):
        spares({"priority": 1, "max_share": 0.0}, {"priority": 2}, limit=1e-3)


# --------------------------------------------------------------------------- stores, capacity, ages


def test_capacity_and_limit_send_the_excess_on_and_losses_are_shares() -> None:
    data = returns(
        6,
        shop={"kind": "store", "limit": "50 piece", "loss": "10 %/year"},
        look={"kind": "sort", "capacity": "80 piece/year", "split": {"on": 1}},
    )
    data["routes"][-1:] = [
        {"from": "use.retired", "to": "look"},
        {"from": "look.on", "to": "shop"},
        {"from": "look.overflow", "to": "dump"},
        {"from": "shop.overflow", "to": "dump"},
        {"from": "shop.loss", "to": "dump"},
    ]
    run = Run(data)
    np.testing.assert_allclose(run.flow("use")[:3], [0, 100, 100])
    np.testing.assert_allclose(run.flow("look.on"), np.minimum(run.flow("use"), 80.0))
    held = np.concatenate([[0.0], run.stock("shop", "A")])
    np.testing.assert_allclose(run.flow("shop.loss"), 0.1 * held[:-1])
    free = 50.0 - 0.9 * held[:-1]
    np.testing.assert_allclose(run.flow("shop.overflow"), np.maximum(run.flow("look.on") - free, 0.0))


@pytest.mark.parametrize(
    ("process", "key", "count", "mass"),
    [
        ("shop", "limit", "50 piece", "0.1 t"),
        ("make", "capacity", "80 piece/year", "160 kg/year"),
        ("make", "capacity", "80 piece/year", "= cap"),
        ("world", "limit", "70 piece/year", "0.14 t/year"),
    ],
)
@pytest.mark.parametrize("step", ["year", "month"])
def test_a_limit_by_mass_is_one_by_number(process: str, key: str, count: str, mass: str, step: str) -> None:
    def flows(limit: str) -> Any:
        data = returns(5, shop={"kind": "store"})
        data["parameters"] = {"cap": "0.16 t/year"}
        data["time"]["step"] = step
        data["items"]["A"]["bom"] = dict.fromkeys(data["items"]["A"]["bom"], "2 kg")
        if process == "world":
            data["processes"].pop("make")
            data["processes"]["world"] = {"kind": "supply", "supplies": ["A"]}
            data["routes"] = [r for r in data["routes"] if r["to"] != "make"]
            for route in data["routes"]:
                route["from"] = route["from"].replace("make", "world")
        data["processes"][process][key] = limit
        data["routes"].append({"from": "shop.overflow", "to": "dump"})
        return Run(data).record.flows

    limited = flows(mass)
    np.testing.assert_allclose(limited, flows(count), rtol=1e-12, atol=1e-12)
    assert (
        np.abs(limited - flows("9999 t" if key == "limit" and process == "shop" else "9999 t/year")).max() > 1
    )


def test_limits_by_mass_that_are_none() -> None:
    data = returns(5, shop={"kind": "store", "limit": "100 kg", "ageing": True})
    data["routes"].append({"from": "shop.overflow", "to": "dump"})
    material = next(iter(data["items"]["A"]["bom"]))
    data["items"]["A"]["bom"] = {material: by_year([1, 2, 3, 4, 5], "kg")}
    with pytest.raises(UnsupportedError, match="a limit by mass on 'A', whose mass depends on the year made"):
        Run(data)
    data["items"]["A"]["bom"] = {material: "0 kg"}
    with pytest.raises(RangeError, match="a unit weighs nothing"):
        Run(data)


def test_a_shelf_ages_nothing_unless_it_is_said() -> None:
    """Given back in the second of four years, five years on a shelf, sold again: two more are left."""
    data = returns(12)
    data["processes"]["use"] |= {
        "leave": {"broken": fixed(4), "let_go": fixed(2)},
        "demand": {"sales": by_year([100] + [0] * 5 + [10] * 6, "piece/year")},
        "segments": {
            "first": {"share": by_year([1] * 6 + [0] * 6, "1")},
            "second": {"share": by_year([0] * 6 + [1] * 6, "1"), "lifetimes": {"let_go": fixed(99)}},
        },
    }
    data["routes"][2] |= {"max_share": 1}
    data["routes"][-1:] = [
        {"from": "use.retired.let_go", "to": "shop"},
        {"from": "use.retired.broken", "to": "dump"},
    ]
    young = Run(data)
    assert young.flow("shop")[6] == 10.0
    np.testing.assert_allclose(young.event("retired", cause="broken")[6:9], [0, 0, 10])
    data["processes"]["shop"]["ageing"] = True
    old = Run(data)
    np.testing.assert_allclose(old.event("retired", cause="broken")[6:9], [10, 10, 10])


@pytest.mark.parametrize("sales", ["middle", "start", "end"])
@given(st.floats(0.2, 1.0), st.floats(0.0, 0.9))
@settings(max_examples=10)
def test_pieces_are_kept_through_resale(sales: str, resold: float, repair: float) -> None:
    """Whole used products carry their parts along: pumps in = pumps out + pumps in stock, all the time."""
    data = returns(15)
    data["time"]["sales"] = sales
    data["items"] |= {
        "pump": {"kind": "part", "bom": {"iron": "1 kg"}},
        "A": {"kind": "product", "bom": {"pump": 3}},
    }
    data["processes"]["use"] |= {
        "parts": {"pump": {"lifetime": weibull(1.6, 8), "repair": repair}},
        "builds": ["new", "resold"],
        "leave": {"let_go": weibull(2, 4)},
    }
    data["processes"] |= {
        "make_pump": {"kind": "make", "item": "pump"},
        "open": {"kind": "dismantle", "recover": {"pump": 0.5}},
    }
    data["routes"] = [
        {"from": "ore", "to": "make_pump"},
        {"from": "make_pump", "to": "make"},
        {"from": "make_pump", "to": "use", "item": "pump"},
        {"from": "make", "to": "use", "item": "A", "priority": 2},
        {"from": "shop", "to": "use", "item": "A", "priority": 1, "max_share": resold},
        {"from": "use.retired", "to": "shop", "share": 0.7},
        {"from": "use.retired", "to": "open", "share": 0.3},
        {"from": "use.retired.part_failure", "to": "open"},
        {"from": "use.failed", "to": "dump"},
        {"from": "open.pump", "to": "dump"},
        {"from": "open.rest", "to": "dump"},
    ]
    run = Run(data)
    assert run.flow("shop").sum() > 5.0
    into = np.cumsum(run.flow("make_pump"))
    waiting = run.event("waiting") * 3.0
    out = np.cumsum(run.flow("open") + run.flow("use.failed"))
    held = 3.0 * (run.stock("use") + run.stock("shop", "A")) + waiting
    # Pieces that fail in the step of the sale are delivered and carried away one step later.
    np.testing.assert_allclose(into - out, held, rtol=1e-9, atol=1e-9)
    opened = run.flow("open", item="pump").sum()
    assert opened == pytest.approx(3.0 * run.flow("use", "open").sum(), rel=1e-9)


@given(st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_reconditioning_takes_a_share_of_the_age_away(reset: float) -> None:
    """Left after four years, resold for a life of six: what is left of the age decides how long they stay."""
    data = returns(16, renew={"kind": "recondition", "recovery": 1, "age_reset": reset})
    data["processes"]["use"]["leave"] = {"let_go": {**fixed(4), "of": "sold"}, "broken": fixed(8)}
    data["processes"]["use"]["demand"] = {"sales": by_year([100] + [0] * 3 + [100] + [0] * 11, "piece/year")}
    data["processes"]["use"]["segments"] = {
        "first": {"share": by_year([1] * 4 + [0] * 12, "1")},
        "second": {"share": by_year([0] * 4 + [1] * 12, "1"), "lifetimes": {"let_go": fixed(99)}},
    }
    data["routes"][2] |= {"max_share": 1}
    data["routes"][-1:] = [
        {"from": "use.retired.let_go", "to": "renew"},
        {"from": "renew.good", "to": "shop"},
        {"from": "renew.rejected", "to": "dump"},
        {"from": "use.retired.broken", "to": "dump"},
    ]
    run = Run(data)
    # With index x − in the step of the sale; sales at the start: the last of eight years has index 7.
    leaves = 4 + 7 - round(3 * (1 - reset) * 4) / 4
    broken = run.event("retired", cause="broken")
    assert np.flatnonzero(broken > 1e-9).tolist() == sorted({int(np.floor(leaves)), int(np.ceil(leaves))})


def test_reconditioning_replaces_children_by_new_ones() -> None:
    data = returns(8, renew={"kind": "recondition", "recovery": 0.8, "replace": {"pump": 0.5}})
    data["items"] |= {
        "pump": {"kind": "part", "bom": {"iron": "1 kg"}},
        "A": {"kind": "product", "bom": {"pump": 3}},
    }
    data["processes"]["make_pump"] = {"kind": "make", "item": "pump"}
    data["routes"] = [
        {"from": "ore", "to": "make_pump"},
        {"from": "make_pump", "to": "make"},
        {"from": "make_pump", "to": "renew"},
        {"from": "make", "to": "use", "priority": 2},
        {"from": "shop", "to": "use", "priority": 1, "item": "A"},
        {"from": "use.retired", "to": "renew"},
        {"from": "renew.good", "to": "shop"},
        {"from": "renew.rejected", "to": "dump"},
        {"from": "renew.replaced", "to": "dump"},
    ]
    run = Run(data)
    assert run.flow("use")[-1] > 10.0
    np.testing.assert_allclose(run.flow("make_pump", "renew"), 3 * 0.5 * 0.8 * run.flow("use"))
    np.testing.assert_allclose(run.flow("renew.replaced"), run.flow("make_pump", "renew"))
    data["processes"]["use"] |= {"parts": {"pump": {}}, "builds": ["new", "resold"]}
    with pytest.raises(UnsupportedError, match="the age of 'pump' inside 'A' is followed"):
        Run(data)


def test_a_limited_store_holds_one_item() -> None:
    data = returns(4, shop={"kind": "store", "limit": "10 piece"})
    data["items"]["B"] = data["items"]["A"]
    data["processes"]["use_b"] = {**data["processes"]["use"], "product": "B"}
    data["processes"]["make_b"] = {"kind": "make", "item": "B"}
    data["routes"] += [
        {"from": "ore", "to": "make_b"},
        {"from": "make_b", "to": "use_b"},
        {"from": "use_b.retired", "to": "shop"},
        {"from": "shop.overflow", "to": "dump"},
    ]
    with pytest.raises(UnsupportedError, match="a limited store holds one item"):
        Run(data)


def test_a_target_stock_is_met_by_used_products_too() -> None:
    """Used products survive the step of their sale less often than new ones: more must be sold."""
    data = returns(14)
    data["time"]["sales"] = "middle"
    data["processes"]["use"] |= {"leave": {"let_go": weibull(3, 5)}, "demand": {"stock": "200 piece"}}
    data["routes"][2] |= {"max_share": 0.8}
    run = Run(data)
    assert run.flow("shop")[-1] > 10.0
    np.testing.assert_allclose(run.stock("use"), 200.0, rtol=1e-10)
