"""Repairs whose spares are short: none is given up while something is left of what its spares are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_models import FIRST, Data, Run, by_year, fixed, simple, weibull

import meguru
from meguru.model.read import from_data

OLD = 30.0  # years
LAST = 6  # the year with short sources; before it there is plenty of everything


def machine(
    parts: dict[str, Data], limits: dict[str, float], claims: dict[tuple[str, str], int] | None = None
) -> Data:
    """A machine of parts that are all repaired; spares are made of short metals, new parts of plenty."""
    data = simple(LAST + 1, {"sales": "100 piece/year"}, {"old": weibull(1, OLD)}, sales="end")
    del data["processes"]["ore"], data["items"]["iron"]
    data["processes"]["use"]["parts"] = {}
    data["items"]["A"]["bom"] = {}
    data["routes"] += [{"from": "use.failed", "to": "dump"}]
    data["routes"] = [route for route in data["routes"] if route["from"] != "ore"]
    for metal, limit in limits.items():
        data["items"][metal] = {"kind": "material"}
        short = by_year([1e9] * LAST + [limit], "kg/year")
        data["processes"][f"{metal}-short"] = {"kind": "supply", "supplies": [metal], "limit": short}
        data["processes"][f"{metal}-plenty"] = {"kind": "supply", "supplies": [metal]}
    for name, part in parts.items():
        data["items"][name] = {"kind": "part", "bom": {m: f"{kg} kg" for m, kg in part["bom"].items()}}
        data["items"]["A"]["bom"][name] = part.get("count", 1)
        data["processes"]["use"]["parts"][name] = {"lifetime": weibull(1, part["life"]), "repair": 1.0}
        for maker, source, user in (("new", "plenty", "make"), ("spare", "short", "use")):
            data["processes"][f"{maker}-{name}"] = {"kind": "make", "item": name}
            data["routes"].append({"from": f"{maker}-{name}", "to": user, "item": name})
            for metal in part["bom"]:
                claim = (claims or {}).get((metal, name), 0)
                way = {"from": f"{metal}-{source}", "to": f"{maker}-{name}", "item": metal}
                data["routes"].append({**way, "claim": claim if maker == "spare" else 0})
    return data


def spares(data: Data) -> dict[str, float]:
    run = Run(data)
    return {part: float(run.event("spares", item=part)[LAST]) for part in data["processes"]["use"]["parts"]}


TWO = {"p": {"bom": {"iron": 1.0}, "life": 2.0}, "q": {"bom": {"iron": 1.0}, "life": 1.5}}


@pytest.mark.parametrize("limit", [120.0, 180.0, 200.0, 220.0, 240.0])
@pytest.mark.parametrize(("p_claim", "q_claim"), [(0, 0), (1, 0), (0, 1)])
def test_repairs_rise_again_when_others_leave_them_something(
    limit: float, p_claim: int, q_claim: int
) -> None:
    """Without repairs of p fewer machines are left whose q could be repaired: q leaves iron that it wanted
    at first, and p, which got nothing at first, has it."""
    got = spares(machine(TWO, {"iron": limit}, {("iron", "p"): p_claim, ("iron", "q"): q_claim}))
    assert sum(got.values()) == pytest.approx(limit, rel=1e-8)
    wants = spares(machine(TWO, {"iron": 1e9}))
    if p_claim == q_claim:  # alike: in proportion to what was wanted at first
        assert got["p"] / wants["p"] == pytest.approx(got["q"] / wants["q"], rel=1e-7)
    elif limit == 240.0:
        assert min(got.values()) > 20.0


def test_what_stands_first_gets_all_that_it_wants_of_what_others_leave() -> None:
    """q before p: q is repaired whenever it fails in a machine that stays. By hand, in closed form."""
    limit = 200.0
    run = Run(machine(TWO, {"iron": limit}, {("iron", "p"): 1}))
    before = run.stock("use")[LAST - 1]
    stays = before * np.exp(-1.0 / OLD)
    fails_p, fails_q = (1.0 - np.exp(-1.0 / life) for life in (2.0, 1.5))

    # share a of the failures of p is repaired: p wants a fails_p, q fails_q of those that p does not end
    a = (limit / stays - fails_q * (1.0 - fails_p)) / (fails_p + fails_q * fails_p)
    assert 0.0 < a < 1.0
    assert run.event("spares", item="p")[LAST] == pytest.approx(a * fails_p * stays, rel=1e-7)
    assert run.event("spares", item="q")[LAST] == pytest.approx(
        fails_q * (1.0 - (1.0 - a) * fails_p) * stays, rel=1e-7
    )


@st.composite
def machines(draw: st.DrawFn) -> tuple[dict[str, Data], dict[str, float], dict[tuple[str, str], int]]:
    metals = ["iron", "tin"][: draw(st.integers(1, 2))]
    parts: dict[str, Data] = {}
    claims: dict[tuple[str, str], int] = {}
    for name in ["p", "q", "r", "s"][: draw(st.integers(1, 4))]:
        of = [m for m in metals if draw(st.booleans())] or [draw(st.sampled_from(metals))]
        bom = {m: draw(st.sampled_from([1.0, 0.5, 2.0])) for m in of}
        life = draw(st.sampled_from([1.5, 2.0, 4.0, 8.0]))
        parts[name] = {"bom": bom, "life": life, "count": draw(st.sampled_from([1, 1, 2, 3]))}
        claims |= {(m, name): draw(st.sampled_from([0, 0, 1, 2])) for m in of}
    used = {m for part in parts.values() for m in part["bom"]}
    limits = {m: draw(st.sampled_from([0.0, 5.0, 40.0, 150.0, 400.0, 1e9])) for m in metals if m in used}
    return parts, limits, claims


def done_of(run: Run, parts: dict[str, Data]) -> dict[str, float]:
    """Share of the failures of each part that is repaired, by hand: parts fail alike at any age here, and a
    machine stays if none of its failed pieces lacks its spare."""
    there = run.stock("use")[LAST - 1] * np.exp(-1.0 / OLD)
    stay = (run.stock("use")[LAST] - run.event("sales")[LAST]) / there
    done = {}
    for name, part in parts.items():
        fails = 1.0 - np.exp(-1.0 / part["life"])
        # of the machines that stay, a piece fails and is repaired in x / (1 − f + x), with x = a f
        ratio = run.event("spares", item=name)[LAST] / (there * stay * part.get("count", 1))
        done[name] = float(ratio * (1.0 - fails) / (1.0 - ratio) / fails)
    return done


@settings(max_examples=60, deadline=None)
@given(machines())
def test_no_repair_is_given_up_while_its_sources_have_something_left(drawn: Any) -> None:
    parts, limits, claims = drawn
    run = Run(machine(parts, limits, claims))
    got = {part: float(run.event("spares", item=part)[LAST]) for part in parts}
    done = done_of(run, parts)
    left = {}
    for metal, limit in limits.items():
        used = sum(units * parts[part]["bom"].get(metal, 0.0) for part, units in got.items())
        assert used <= limit * (1.0 + 1e-8) + 1e-9
        left[metal] = used < limit * (1.0 - 1e-6) - 1e-6
    for name, part in parts.items():
        assert -1e-9 <= done[name] <= 1.0 + 1e-7
        if all(left[metal] for metal in part["bom"]):
            assert done[name] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("efficiency", [0.6, 0.9, 0.97])
@pytest.mark.parametrize("of_need", [0.9999, 0.99])
def test_repairs_against_new_products_that_stand_before_them(efficiency: float, of_need: float) -> None:
    """A stock is kept: a repair less is a product more, which takes nearly as much of the source."""

    def fleet(limit: float) -> Data:
        data = simple(LAST + 1, {"stock": "1000 piece"}, {"old": weibull(1, 20)}, sales="end")
        data["items"]["p"] = {"kind": "part", "bom": {"iron": "1 kg"}}
        data["items"]["A"]["bom"] = {"p": 1}
        data["processes"]["ore"]["limit"] = by_year([1e9] * LAST + [limit], "kg/year")
        data["processes"] |= {"new": {"kind": "make", "item": "p"}}
        data["processes"] |= {"spare": {"kind": "make", "item": "p", "efficiency": efficiency}}
        data["processes"]["use"]["parts"] = {"p": {"lifetime": weibull(1, 4), "repair": 1.0}}
        data["routes"] = [
            {"from": "ore", "to": "new", "claim": 0},
            {"from": "ore", "to": "spare", "claim": 1},
            {"from": "new", "to": "make"},
            {"from": "spare", "to": "use", "item": "p"},
            {"from": "spare.scrap", "to": "dump"},
            {"from": "make", "to": "use"},
            {"from": "use.retired", "to": "dump"},
            {"from": "use.failed", "to": "dump"},
        ]
        return data

    plenty = Run(fleet(1e9))
    wanted, sales = plenty.event("spares", item="p")[LAST], plenty.event("sales")[LAST]
    limit = of_need * (sales + wanted / efficiency)
    # sales + (1 − a) wanted + a wanted / e = limit
    share = max((limit - sales - wanted) / (wanted * (1.0 / efficiency - 1.0)), 0.0)
    run = Run(fleet(limit))
    assert run.event("spares", item="p")[LAST] == pytest.approx(share * wanted, rel=1e-6, abs=1e-6)


def reconditioned(parts: str, limit: float, claims: dict[str, int]) -> Data:
    """A hundred products come back; in each, all parts are replaced by ones made of one short metal."""
    data = simple(4, {"sales": "100 piece/year"}, {"old": fixed(2)}, sales="end")
    data["items"]["A"]["bom"] = dict.fromkeys(parts, 1)
    again = {"kind": "recondition", "recovery": 1.0, "replace": dict.fromkeys(parts, 1)}
    data["processes"] |= {"again": again, "shop": {"kind": "sink"}}
    data["processes"]["short"] = {"kind": "supply", "supplies": ["iron"], "limit": f"{limit} kg/year"}
    data["routes"] = [
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "again"},
        {"from": "again.good", "to": "shop"},
        {"from": "again.rejected", "to": "dump"},
        {"from": "again.replaced", "to": "dump"},
    ]
    for name in parts:
        data["items"][name] = {"kind": "part", "bom": {"iron": "1 kg"}}
        for maker, source, user in (("new", "ore", "make"), ("spare", "short", "again")):
            data["processes"][f"{maker}-{name}"] = {"kind": "make", "item": name}
            claim = claims.get(name, 0) if maker == "spare" else 0
            data["routes"] += [
                {"from": source, "to": f"{maker}-{name}", "item": "iron", "claim": claim},
                {"from": f"{maker}-{name}", "to": user, "item": name},
            ]
    return data


@pytest.mark.parametrize("parts", ["pq", "qp", "pqr"])
@pytest.mark.parametrize("claims", [{}, {"q": 1}, {"p": 1}, {"q": 1, "r": 2}])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_parts_that_are_replaced_together_are_got_together(
    parts: str, claims: dict[str, int], share: float
) -> None:
    """Whoever stands first by claim or in the file: one without the others is of no use."""
    run = Run(reconditioned(parts, 100.0 * share * len(parts), claims))
    np.testing.assert_allclose(run.flow("again.good")[2:], 100.0 * share, rtol=1e-7)


def test_individuals_do_not_give_up_what_got_nothing_at_first() -> None:
    data = {"name": "iron", **machine(TWO, {"iron": 240.0}, {("iron", "p"): 1})}
    data["routes"] = [{"name": f"route {n}", **route} for n, route in enumerate(data["routes"])]
    result = meguru.run(from_data(data), engine="items", samples=10, seed=3)
    assert int(result.events.time.values[LAST]) == FIRST + LAST
    kinds, items = (result.events.coords[name].values for name in ("kind", "item"))
    done = {
        part: result.events.values[:, LAST, (kinds == "spares") & (items == part)].sum(axis=1)
        for part in "pq"
    }
    assert (done["p"] > 10.0).all()
    assert (done["p"] + done["q"] <= 240.0).all()
    assert (done["p"] + done["q"] >= 238.0).all()
