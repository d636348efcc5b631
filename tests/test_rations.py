"""Short sources: all wants are filled together until what they need is used up."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_models import FIRST, Data, Float, Run, fixed, simple, weibull

import meguru
from meguru.model.read import from_data


def network(
    bom: dict[str, dict[str, float]], limits: dict[str, float], wants: dict[str, float], **claims: int
) -> Data:
    """Things made of things, each by one process; materials are supplied, products wanted."""
    made, products = list(bom), list(wants)
    kinds = {name: {"kind": "product" if name in products else "part"} for name in made}
    data: Data = {
        "time": {"first": FIRST, "last": FIRST},
        "items": {name: {"kind": "material"} for name in limits if name not in made},
        "processes": {"dump": {"kind": "sink"}},
        "routes": [],
    }
    for name in list(data["items"]):
        data["processes"][f"{name}-source"] = {"kind": "supply", "limit": f"{limits[name]} kg/year"}
    for name in made:
        parts = {k: v if k in made else f"{v} kg" for k, v in bom[name].items()}
        data["items"][name] = {**kinds[name], "bom": parts}
        data["processes"][f"{name}-source"] = {"kind": "make", "item": name}
        if name in limits:
            data["processes"][f"{name}-source"]["capacity"] = f"{limits[name]} piece/year"
        for child in parts:
            route = {"from": f"{child}-source", "to": f"{name}-source", "item": child}
            data["routes"].append({**route, "claim": claims.get(f"{child}_{name}", 0)})
    for name in products:
        data["processes"][f"{name}-use"] = {
            "kind": "use",
            "product": name,
            "demand": {"sales": f"{wants[name]} piece/year"},
            "leave": {"old": fixed(9)},
        }
        data["routes"].append({"from": f"{name}-source", "to": f"{name}-use"})
        data["routes"].append({"from": f"{name}-use.retired", "to": "dump"})
    return data


def delivered(run: Run, names: Any) -> Float:
    return np.array([run.event("sales", f"{name}-use")[0] for name in names])


def by_hand(needs: Float, limits: Float, wants: Float) -> Float:
    """Water filling of a network with one source for everything: needs (source, product)."""
    level = np.zeros(len(wants))
    active = wants > 0.0
    while active.any():
        used = needs @ (level * wants)
        pace = needs @ (active * wants)
        steps = np.full(len(limits), np.inf)
        np.divide(limits - used, pace, out=steps, where=pace > 0.0)
        step = min(steps.min(), (1.0 - level[active]).min())
        level[active] += step
        short = steps <= step * (1.0 + 1e-12) + 1e-15
        active &= (level < 1.0 - 1e-12) & ~(needs[short] > 0.0).any(axis=0)
    return level * wants


AMOUNTS = st.sampled_from([0, 0, 1, 2, 3])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rations_over_any_number_of_paths_are_those_of_water_filling(data: Any) -> None:
    materials, parts, products = ["m", "n"], ["p", "q"], ["A", "B", "C"]
    draw = data.draw
    bom = {name: {m: draw(AMOUNTS) for m in materials} for name in parts}
    bom |= {name: {m: draw(AMOUNTS) for m in materials + parts} for name in products}
    for name in parts + products:
        bom[name]["m"] = bom[name]["m"] or (0 if any(bom[name].values()) else 1)
        bom[name] = {k: v for k, v in bom[name].items() if v}
    used = {child for name in products for child in bom[name]}
    bom = {name: children for name, children in bom.items() if name in products or name in used}
    reached = used | {child for name in bom for child in bom[name]}
    limits = {m: float(draw(st.integers(0, 400))) for m in materials if m in reached}
    limits |= {p: float(draw(st.integers(1, 90))) for p in bom if draw(st.booleans())}
    wants = {name: float(draw(st.integers(1, 100))) for name in products}
    needs = np.zeros((len(limits), len(products)))
    for column, name in enumerate(products):
        for source, amount in all_needs(bom, name).items():
            if source in limits:
                needs[list(limits).index(source), column] += amount
    weights = np.array([min(wants[name], usable(bom, limits, wants, name)) for name in products])
    expected = by_hand(needs, np.array(list(limits.values())), weights)
    run = Run(network(bom, limits, wants))
    np.testing.assert_allclose(delivered(run, products), expected, rtol=1e-9, atol=1e-9)


def usable(bom: dict[str, dict[str, float]], limits: dict[str, float], wants: Any, name: str) -> float:
    """What a product can use at most of plentiful common sources: others that only it draws on limit it."""
    if sum(name in children for children in bom.values()) + (name in wants) > 1:
        return np.inf
    inputs = [usable(bom, limits, wants, child) / n for child, n in bom.get(name, {}).items()]
    return min([limits.get(name, np.inf), *inputs])


def all_needs(bom: dict[str, dict[str, float]], name: str) -> dict[str, float]:
    """What one piece needs of everything, itself included, over all its levels."""
    found = {name: 1.0}
    for child, amount in bom.get(name, {}).items():
        for source, more in all_needs(bom, child).items():
            found[source] = found.get(source, 0.0) + amount * more
    return found


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        # A needs a kilogram in a part; B needs one in the part and one beside it
        ({}, [60 / 1.4, 40 / 1.4]),
        ({"s_B": 1}, [60.0, 20.0]),  # B stands behind A, by the last of its ways
        ({"s_p": 1}, [60 / 1.4, 40 / 1.4]),  # both need the part, whose way is the last
        ({"p_B": 1}, [60.0, 20.0]),
        ({"p_A": 1}, [20.0, 40.0]),
    ],
)
def test_claims_on_a_source_reached_by_two_ways(claims: dict[str, int], expected: list[float]) -> None:
    bom = {"p": {"s": 1.0}, "A": {"p": 1.0}, "B": {"s": 1.0, "p": 1.0}}
    run = Run(network(bom, {"s": 100.0}, {"A": 60.0, "B": 40.0}, **claims))
    np.testing.assert_allclose(delivered(run, "AB"), expected, rtol=1e-12)
    assert run.flow("s-source")[0] == pytest.approx(100.0)


def test_who_waits_behind_one_claim_does_not_stand_before_another() -> None:
    """D is before A at s, A before B at t: none of them is served in proportion."""
    bom = {"A": {"s": 1.0, "t": 1.0}, "B": {"t": 1.0}, "D": {"s": 1.0}}
    wants = {"A": 50.0, "B": 50.0, "D": 80.0}
    run = Run(network(bom, {"s": 100.0, "t": 60.0}, wants, s_A=1, t_B=1))
    np.testing.assert_allclose(delivered(run, "ABD"), [20.0, 40.0, 80.0], rtol=1e-12)


def test_claims_against_each_other_end_in_equal_shares() -> None:
    bom = {"A": {"s": 1.0, "t": 1.0}, "B": {"s": 1.0, "t": 1.0}}
    run = Run(network(bom, {"s": 50.0, "t": 50.0}, {"A": 75.0, "B": 25.0}, s_A=1, t_B=1))
    np.testing.assert_allclose(delivered(run, "AB"), [37.5, 12.5], rtol=1e-12)


@pytest.mark.parametrize("way", ["share", "amount"])
def test_nobody_waits_behind_those_who_may_take_nothing(way: str) -> None:
    """A stands before B at q, but may have nothing of it, or needs nothing of it: both share w alike."""
    bom = {"A": {"s": 1.0, "w": 1.0}, "B": {"s": 1.0, "w": 2.0}}
    data = network(bom, {"s": 100.0, "w": 120.0}, {"A": 100.0, "B": 100.0})
    data["items"]["q"] = {"kind": "material"}
    data["items"]["B"]["bom"]["q"] = "1 kg"
    none = {"values": {FIRST: 0, FIRST + 1: 1}, "unit": "kg", "interpolate": "step", "beyond": "hold"}
    data["items"]["A"]["bom"]["q"] = "1 kg" if way == "share" else none
    for name in ("q1", "q2"):
        data["processes"][name] = {"kind": "supply", "supplies": ["q"]}
    last = {"max_share": 0 if way == "share" else 1}
    data["routes"] += [
        {"from": "q1", "to": "A-source", "item": "q", "priority": 1 if way == "share" else 2},
        {"from": "q2", "to": "A-source", "item": "q", "priority": 2 if way == "share" else 1, **last},
        {"from": "q2", "to": "B-source", "item": "q", "claim": 1},
    ]
    np.testing.assert_allclose(delivered(Run(data), "AB"), [40.0, 40.0], rtol=1e-12)


def two_uses(routes: list[Data], s: float, t: float) -> Run:
    """Two uses of the same product, two limited sources of it."""
    use = {"kind": "use", "product": "A", "demand": {"sales": "100 piece/year"}, "leave": {"old": fixed(9)}}
    data = simple(1, {"sales": "100 piece/year"}, {"old": fixed(9)})
    data["processes"] = {
        "S": {"kind": "supply", "supplies": ["A"], "limit": f"{s} piece/year"},
        "T": {"kind": "supply", "supplies": ["A"], "limit": f"{t} piece/year"},
        "u": use,
        "v": use,
        "dump": {"kind": "sink"},
    }
    data["routes"] = [*routes, {"from": "u.retired", "to": "dump"}, {"from": "v.retired", "to": "dump"}]
    return Run(data)


@pytest.mark.parametrize(
    ("u", "v", "sources", "expected"),
    [
        # only u may go on to T
        ([("S", {"priority": 1}), ("T", {"priority": 2})], [("S", {})], (100, 1000), [50, 50, 50, 0]),
        # u may have a tenth of its need from S, and goes on to T: v gets what u may not have
        (
            [("S", {"priority": 1, "max_share": 0.1}), ("T", {"priority": 2})],
            [("S", {})],
            (55, 1000),
            [5, 95, 50, 0],
        ),
        # a share of what is got, not of what is wanted: T gives u 30, which may be at most 60 %
        (
            [("S", {"priority": 1}), ("T", {"priority": 2, "max_share": 0.6})],
            [("S", {})],
            (40, 60),
            [20, 30, 20, 0],
        ),
        # exactly a quarter out of T
        ([("S", {}), ("T", {"exact_share": 0.25})], [("S", {})], (70, 60), [30, 10, 40, 0]),
        # S is used up when u has 40; then u waits for T no longer than T lasts
        ([("S", {"priority": 1}), ("T", {"priority": 2})], [("S", {})], (80, 20), [40, 20, 40, 0]),
    ],
)
def test_shares_and_next_sources_of_a_short_source(u: Any, v: Any, sources: Any, expected: Any) -> None:
    routes = [
        {"from": source, "to": target, **more}
        for target, ways in (("u", u), ("v", v))
        for source, more in ways
    ]
    run = two_uses(routes, *sources)
    found = [run.flow(s, target)[0] for target in "uv" for s in "ST"]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)


def with_spares(limit: float, product_claim: int, spare_claim: int, **time: Any) -> Data:
    """A part for new products and for repairs, from one limited source."""
    data = simple(8, {"sales": "100 piece/year"}, {"old": weibull(1, 10)}, **time)
    data["items"]["p"] = {"kind": "part", "bom": {"iron": "1 kg"}}
    data["items"]["A"]["bom"] = {"p": 1}
    del data["processes"]["ore"]
    data["processes"]["buy"] = {"kind": "supply", "limit": f"{limit} piece/year"}
    data["processes"]["use"]["parts"] = {"p": {"lifetime": weibull(1, 5), "repair": 0.8}}
    data["routes"] = [
        {"from": "buy", "to": "make", "item": "p", "claim": product_claim},
        {"from": "buy", "to": "use", "item": "p", "claim": spare_claim},
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "dump"},
        {"from": "use.failed", "to": "dump"},
    ]
    return data


def wanted_spares(data: Data, years: int) -> float:
    """Repairs of a year, had all years before gone as they went but this one had plenty."""
    plenty = {FIRST + n: data["processes"]["buy"]["limit"] for n in range(years)}
    limits = [float(text.split()[0]) for text in plenty.values()] + [1e9] * (8 - years)
    series = {"values": {FIRST + n: v for n, v in enumerate(limits)}, "unit": "piece/year"}
    buy = {**data["processes"]["buy"], "limit": {**series, "interpolate": "none"}}
    run = Run({**data, "processes": {**data["processes"], "buy": buy}})
    return float(run.event("spares", item="p")[years])


@pytest.mark.parametrize("limit", [80.0, 110.0])
def test_spares_and_new_products_give_way_alike(limit: float) -> None:
    data = with_spares(limit, 0, 0, sales="end")
    run = Run(data)
    spares, sales = run.flow("buy", "use"), run.event("sales")
    np.testing.assert_allclose((spares + sales)[2:], limit, rtol=1e-9)
    for year in (3, 7):
        assert spares[year] / wanted_spares(data, year) == pytest.approx(sales[year] / 100.0, rel=1e-7)


@pytest.mark.parametrize("priorities", [(1, 2), (2, 1)])
def test_spares_out_of_a_store_are_counted_once_where_others_are_rationed(
    priorities: tuple[int, int],
) -> None:
    """They are drawn before all that is asked, whatever comes first by priority."""
    data = with_spares(1e9, 0, 0, sales="end")
    data["processes"] |= {"shelf": {"kind": "store"}, "fix": {"kind": "recondition", "recovery": 0.4}}
    data["routes"][1]["priority"] = priorities[0]
    data["routes"] += [
        {"from": "shelf", "to": "use", "item": "p", "priority": priorities[1]},
        {"from": "fix.good", "to": "shelf"},
        {"from": "fix.rejected", "to": "dump"},
    ]
    data["routes"][4]["to"] = "fix"
    plenty = Run(data)
    bom = {"q": {"s": 1.0}, "X": {"q": 1.0}, "Y": {"s": 1.0, "q": 1.0}}
    short = network(bom, {"s": 100.0}, {"X": 60.0, "Y": 40.0})
    for part in ("items", "processes"):
        data[part] |= short[part]
    data["routes"] += short["routes"]
    # one network: both are made with gold, of which there is plenty
    data["items"]["gold"] = {"kind": "material"}
    data["processes"]["gold-source"] = {"kind": "supply", "supplies": ["gold"]}
    for product, maker in (("A", "make"), ("X", "X-source")):
        data["items"][product]["bom"]["gold"] = "1 kg"
        data["routes"].append({"from": "gold-source", "to": maker, "item": "gold"})
    run = Run(data)
    assert plenty.flow("shelf", "use")[3:].min() > 5.0
    for source in ("shelf", "buy"):
        np.testing.assert_allclose(run.flow(source, "use"), plenty.flow(source, "use"), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(run.event("spares", item="p"), plenty.event("spares", item="p"), rtol=1e-9)


def wants_first(data: Data) -> tuple[Float, Float]:
    run = Run(data)
    return run.flow("buy", "use"), run.event("sales")


def test_claims_between_spares_and_new_products() -> None:
    data = with_spares(110.0, 1, 0, sales="end")
    spares, sales = wants_first(data)
    for year in (3, 7):
        assert spares[year] == pytest.approx(wanted_spares(data, year), rel=1e-7)
        assert sales[year] == pytest.approx(110.0 - spares[year], rel=1e-9)
    spares, sales = wants_first(with_spares(110.0, 0, 1, sales="end"))
    np.testing.assert_allclose(sales, 100.0)
    np.testing.assert_allclose(spares[2:], 10.0, rtol=1e-7)


def test_spares_owed_from_the_step_before_are_delivered_first() -> None:
    """What is sold at the middle of a step and repaired in it takes its spare out of the next one's."""
    run = Run(with_spares(80.0, 0, 1))
    spares, sales = run.flow("buy", "use"), run.event("sales")
    owed = run.event("spares", item="p")[0]
    assert owed > 5.0
    np.testing.assert_allclose(spares[:2], [0.0, owed], rtol=1e-9)
    np.testing.assert_allclose(spares + sales, 80.0, rtol=1e-9)


def test_new_parts_of_reconditioning_give_way_like_new_products() -> None:
    data = simple(6, {"sales": "100 piece/year"}, {"old": fixed(2)})
    data["items"]["p"] = {"kind": "part", "bom": {"iron": "1 kg"}}
    data["items"]["A"]["bom"] = {"p": 1}
    del data["processes"]["ore"]
    data["processes"] |= {
        "buy": {"kind": "supply", "supplies": ["p"], "limit": "60 piece/year"},
        "again": {"kind": "recondition", "recovery": 0.5, "replace": {"p": 1}},
        "shop": {"kind": "sink"},
    }
    data["routes"] = [
        {"from": "buy", "to": "make", "item": "p"},
        {"from": "buy", "to": "again", "item": "p"},
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "again"},
        {"from": "again.good", "to": "shop"},
        {"from": "again.rejected", "to": "dump"},
        {"from": "again.replaced", "to": "dump"},
    ]
    run = Run(data)
    came_back, again, sold = run.flow("use.retired"), run.flow("buy", "again"), run.event("sales")
    late = came_back > 1.0
    assert late.sum() >= 2
    np.testing.assert_allclose(again[late] / (0.5 * came_back[late]), sold[late] / 100.0, rtol=1e-7)
    np.testing.assert_allclose((again + sold)[late], 60.0, rtol=1e-9)


@pytest.mark.parametrize(("claims", "expected"), [({}, [600 / 1.4, 400 / 1.4]), ({"s_B": 1}, [600.0, 200.0])])
def test_individuals_are_rationed_as_cohorts_are_but_whole(claims: dict[str, int], expected: Any) -> None:
    bom = {"p": {"s": 1.0}, "A": {"p": 1.0}, "B": {"s": 1.0, "p": 1.0}}
    data = {"name": "short", **network(bom, {"s": 1000.0}, {"A": 600.0, "B": 400.0}, **claims)}
    data["routes"] = [{"name": f"route {n}", **route} for n, route in enumerate(data["routes"])]
    result = meguru.run(from_data(data), engine="items", samples=20, seed=3)
    into_use = np.isin(result.flows.target.values, ["A-use", "B-use"])
    sold = result.units.values[:, 0, into_use]
    np.testing.assert_array_equal(sold, np.round(sold))
    np.testing.assert_allclose(sold, np.broadcast_to(expected, sold.shape), atol=2.0)
    assert (sold @ [1.0, 2.0] <= 1000.0).all()
    assert (sold @ [1.0, 2.0] >= 998.0).all()


@st.composite
def markets(draw: st.DrawFn) -> Data:
    """Uses of one product and limited sources of it, with priorities, largest shares and claims."""
    data = simple(1, {"sales": "1 piece/year"}, {"old": fixed(9)})
    sources = [f"s{n}" for n in range(draw(st.integers(1, 3)))]
    uses = [f"u{n}" for n in range(draw(st.integers(1, 4)))]
    data["processes"] = {"dump": {"kind": "sink"}}
    data["routes"] = []
    for name in sources:
        limit = f"{draw(st.integers(0, 120))} piece/year"
        data["processes"][name] = {"kind": "supply", "supplies": ["A"], "limit": limit}
    for name in uses:
        sales = {"sales": f"{draw(st.integers(1, 100))} piece/year"}
        data["processes"][name] = {"kind": "use", "product": "A", "demand": sales, "leave": {"old": fixed(9)}}
        data["routes"].append({"from": f"{name}.retired", "to": "dump"})
        asked = [s for s in sources if draw(st.booleans())] or sources[:1]
        for rank, source in enumerate(asked):
            share = draw(st.sampled_from([1, 1, 0.7, 0.4])) if len(asked) > 1 else 1
            ways = {"priority": rank, "max_share": share, "claim": draw(st.sampled_from([0, 0, 1]))}
            data["routes"].append({"from": source, "to": name, **ways})
    for name in [s for s in sources if all(r["from"] != s for r in data["routes"])]:
        del data["processes"][name]
    return data


def in_line(ways: list[Data]) -> bool:
    """Whether claims do not contradict each other: A before B here, B before A there."""
    pairs = [(a, b) for a in ways for b in ways if a["from"] == b["from"] and a["claim"] < b["claim"]]
    order: TopologicalSorter[str] = TopologicalSorter()
    for first, second in pairs:
        order.add(second["to"], first["to"])
    try:
        order.prepare()
    except CycleError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(markets())
def test_nothing_is_left_that_somebody_could_use_and_claims_and_shares_hold(data: Data) -> None:
    run = Run(data)
    ways = [r for r in data["routes"] if r["to"] != "dump"]
    given = {(r["from"], r["to"]): run.flow(r["from"], r["to"])[0] for r in ways}
    out: dict[str, float] = {}
    for (source, _), units in given.items():
        out[source] = out.get(source, 0.0) + units
    left = {s: float(data["processes"][s]["limit"].split()[0]) - units for s, units in out.items()}
    assert min(left.values()) >= -1e-9
    for use in {r["to"] for r in ways}:
        of_use = [r for r in ways if r["to"] == use]
        got = sum(given[(r["from"], use)] for r in of_use)
        wanted = float(data["processes"][use]["demand"]["sales"].split()[0])
        for way in of_use:
            assert given[(way["from"], use)] <= way["max_share"] * got + 1e-9
        if got > wanted - 1e-6:
            continue
        more = got + 1e-4  # a little more is beyond what is left and what the shares allow
        could = sum(min(given[(r["from"], use)] + left[r["from"]], r["max_share"] * more) for r in of_use)
        assert could < more
        for way in of_use if in_line(ways) else []:  # who stands behind gets nothing that this one could use
            if given[(way["from"], use)] < way["max_share"] * got - 1e-6:
                behind = [r for r in ways if r["from"] == way["from"] and r["claim"] > way["claim"]]
                assert all(given[(r["from"], r["to"])] <= 1e-9 for r in behind)


NEEDS_FILLING = network(
    {"p": {"s": 1.0}, "X": {"p": 1.0}, "Y": {"s": 1.0, "p": 1.0}}, {"s": 90.0}, {"X": 60.0, "Y": 40.0}
)


@settings(max_examples=40, deadline=None)
@given(markets())
def test_rations_do_not_hang_on_networks_that_share_nothing_with_them(data: Data) -> None:
    alone = Run(data)
    both = {name: data[name] | NEEDS_FILLING[name] for name in ("items", "processes")}
    beside = Run({**data, **both, "routes": data["routes"] + NEEDS_FILLING["routes"]})
    for way in data["routes"]:
        ends = way["from"], way["to"]
        np.testing.assert_allclose(beside.flow(*ends), alone.flow(*ends), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(delivered(beside, "XY"), np.array([60.0, 40.0]) * 90.0 / 140.0, rtol=1e-12)


@pytest.mark.parametrize(("efficiency", "back"), [(0.5, 0.9), (0.03, 0.99)])
def test_rations_count_the_scrap_that_comes_back_in_the_same_step(efficiency: float, back: float) -> None:
    """A of one p, B of one p and one s; p loses much, and nearly all of that comes back."""
    data = network(
        {"p": {"s": 1.0}, "A": {"p": 1.0}, "B": {"p": 1.0, "s": 1.0}}, {"s": 100.0}, {"A": 60.0, "B": 40.0}
    )
    data["processes"]["p-source"]["efficiency"] = efficiency
    data["processes"] |= {"melt": {"kind": "recycle", "yield": {"s": back}}, "chips": {"kind": "store"}}
    for route in data["routes"]:
        route |= {"priority": 2} if route["to"] == "p-source" else {}
    data["routes"] += [
        {"from": "chips", "to": "p-source", "item": "s", "priority": 1},
        {"from": "p-source.scrap", "to": "melt"},
        {"from": "melt.secondary", "to": "chips"},
        {"from": "melt.residue", "to": "dump"},
    ]
    of_p = 1.0 / efficiency - back * (1.0 / efficiency - 1.0)
    level = 100.0 / (60.0 * of_p + 40.0 * (of_p + 1.0))
    np.testing.assert_allclose(delivered(Run(data), "AB"), np.array([60.0, 40.0]) * level, rtol=1e-9)
