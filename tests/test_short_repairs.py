"""Repairs whose spares are short: none is given up while something is left of what its spares are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_models import FIRST, Data, Run, by_year, simple, weibull

import meguru
from meguru.model.read import from_data

LAST = 6  # the year with short sources; before it there is plenty of everything


def machine(
    parts: dict[str, Data], limits: dict[str, float], claims: dict[tuple[str, str], int] | None = None
) -> Data:
    """A machine of parts that are all repaired; spares are made of short metals, new parts of plenty."""
    data = simple(LAST + 1, {"sales": "100 piece/year"}, {"old": weibull(1, 30)}, sales="end")
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
    limit, use = 200.0, 30.0
    run = Run(machine(TWO, {"iron": limit}, {("iron", "p"): 1}))
    before = run.stock("use")[LAST - 1]
    stays = before * np.exp(-1.0 / use)
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


@settings(max_examples=60, deadline=None)
@given(machines())
def test_no_repair_is_given_up_while_its_source_has_something_left(drawn: Any) -> None:
    parts, limits, claims = drawn
    got = spares(machine(parts, limits, claims))
    for metal, limit in limits.items():
        used = sum(units * parts[part]["bom"].get(metal, 0.0) for part, units in got.items())
        assert used <= limit * (1.0 + 1e-8) + 1e-9
        if used < limit * (1.0 - 1e-6):  # then more of this metal would not help anybody
            more = spares(machine(parts, {**limits, metal: 1e9}, claims))
            assert more == pytest.approx(got, rel=1e-5, abs=1e-6)


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
