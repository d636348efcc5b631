"""Lifetimes and compositions that change: segments, stretch, thresholds, years made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_models import FIRST, Run, by_year, fixed, returns, simple, weibull

from meguru.errors import LifetimeError


def test_segments_live_apart() -> None:
    data = simple(10, {"sales": "100 piece/year"}, {"old": fixed(3)}, sales="end")
    data["processes"]["use"]["segments"] = {
        "short": {"share": 0.7},
        "long": {"share": 0.2, "stretch": 2},
        "other": {"share": 0.1, "lifetimes": {"old": fixed(5)}},
    }
    run = Run(data)
    np.testing.assert_allclose(
        run.stock("use"), [70 * min(t + 1, 3) + 20 * min(t + 1, 6) + 10 * min(t + 1, 5) for t in range(10)]
    )


def test_life_is_stretched_from_a_year_on_for_goods_in_use() -> None:
    """Aged six when life doubles: the six years left of twelve become twelve."""
    data = simple(30, {"sales": by_year([100] + [0] * 29, "piece/year")}, {"old": fixed(12)}, sales="end")
    data["processes"]["use"]["leave"]["old"]["stretch"] = {
        "values": {FIRST: 1, FIRST + 7: 2},
        "unit": "1",
        "interpolate": "step",
        "beyond": "hold",
    }
    assert np.flatnonzero(Run(data).event("retired")).tolist() == [6 + 12]


@given(st.floats(0.02, 0.3), st.floats(0.3, 0.95))
def test_performance_below_the_threshold(loss: float, threshold: float) -> None:
    data = simple(
        40,
        {"sales": by_year([100] + [0] * 39, "piece/year")},
        {"weak": {"distribution": "threshold", "loss": f"{loss} 1/year", "threshold": threshold}},
        sales="end",
    )
    life = int(np.floor(np.log(threshold) / np.log(1 - loss) + 1e-12)) + 1
    if 1 < life < 40:
        assert np.flatnonzero(Run(data).event("retired")).tolist() == [life]


def test_lifetimes_by_year_made() -> None:
    data = simple(
        10,
        {"sales": "10 piece/year"},
        {"old": {"distribution": "fixed", "age": by_year([3] * 4 + [5] * 6, "year")}},
        sales="end",
    )
    np.testing.assert_allclose(Run(data).event("retired"), [0, 0, 0, 10, 10, 10, 10, 0, 0, 10])


@given(st.lists(st.floats(0.5, 5.0), min_size=9, max_size=9), st.floats(0.1, 0.9), st.floats(0.3, 1.0))
@settings(max_examples=25)
def test_a_composition_by_year_made_keeps_the_mass(
    kilograms: list[float], yields: float, efficiency: float
) -> None:
    """What was put in by year made comes out: iron in = iron out + iron in stock."""
    assume(len(set(kilograms)) > 1)  # else it is a constant, and followed by no year
    data = simple(9, {"sales": "10 piece/year"}, {"old": weibull(2, 3)})
    data["items"] |= {
        "part": {"kind": "part", "bom": {"iron": by_year(kilograms, "kg")}},
        "A": {"kind": "product", "bom": {"part": 1}},
    }
    data["processes"] |= {
        "make_part": {"kind": "make", "item": "part"},
        "melt": {"kind": "recycle", "yield": {"iron": yields}},
        "scrap": {"kind": "store"},
        "make": {"kind": "make", "item": "A", "efficiency": efficiency},
    }
    data["routes"] = [
        {"from": "ore", "to": "make_part", "priority": 2},
        {"from": "scrap", "to": "make_part", "priority": 1, "item": "iron"},
        {"from": "make_part", "to": "make"},
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "melt"},
        {"from": "make.scrap", "to": "melt"},
        {"from": "melt.secondary", "to": "scrap"},
        {"from": "melt.residue", "to": "dump"},
    ]
    run = Run(data)
    mass = np.array([*kilograms, kilograms[-1]])
    record, program = run.record, run.program
    held = record.stock_dated[0, program.holder_dated[0]] @ mass
    # Exits of the step of the sale wait, with the composition of that step.
    held = held + run.event("waiting") * mass[:9] + run.stock("scrap", "iron")
    np.testing.assert_allclose(np.cumsum(run.flow("ore") - run.flow("melt.residue")), held, rtol=1e-9)
    for row, flow in enumerate(program.network.flows):
        dated = program.flow_dated[row]
        if dated >= 0:  # the record by date sums to the record, scrap of the same step included
            np.testing.assert_allclose(
                record.flows_dated[0, dated].sum(axis=1),
                record.flows[0, row],
                rtol=1e-9,
                atol=1e-12,
                err_msg=flow.name,
            )


@pytest.mark.parametrize("step", ["year", "month"])
@pytest.mark.parametrize(("own", "part"), [(0.08, 0.12), (0.3, 0.05)])
def test_proportional_exits_have_no_step_size_bias(step: str, own: float, part: float) -> None:
    """With constant hazards λ and μ in continuous time, own reasons take λ/(λ + μ) of all exits."""
    data = simple(
        12, {"sales": "100 piece/year"}, {"own": weibull(1, 1 / own)}, step=step, exits="proportional"
    )
    data["items"] = {
        "iron": {"kind": "material"},
        "gear": {"kind": "part", "bom": {"iron": "1 kg"}},
        "A": {"kind": "product", "bom": {"gear": 1}},
    }
    data["processes"]["use"]["parts"] = {"gear": {"lifetime": weibull(1, 1 / part), "repair": 0}}
    data["processes"]["gears"] = {"kind": "make", "item": "gear"}
    data["routes"] = [
        {"from": "ore", "to": "gears"},
        {"from": "gears", "to": "make"},
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "dump"},
    ]
    run = Run(data)
    mine, for_part = run.event("retired", cause="own").sum(), run.event("retired", cause="part_failure").sum()
    assert mine / (mine + for_part) == pytest.approx(own / (own + part), rel=1e-9)
    data["time"]["exits"] = "order"
    run = Run(data)
    mine, for_part = run.event("retired", cause="own").sum(), run.event("retired", cause="part_failure").sum()
    assert mine / (mine + for_part) > own / (own + part) * 1.001


@pytest.mark.parametrize("sales", ["middle", "start", "end"])
@pytest.mark.parametrize(("stretch", "allowed"), [(0.45, True), (0.40, False)])
@pytest.mark.parametrize("share", ["remaining", "sold"])
def test_a_lifetime_must_not_end_within_a_step(sales: str, stretch: float, allowed: bool, share: str) -> None:
    """Half of what has a median life of 2.4 years are gone after 2.4 · stretch: 1.08 or 0.96 years.

    The stretch holds from the last year on only; nothing is made in between that could tell.
    """
    shape = 3.0
    life = weibull(shape, 2.4 / np.log(2) ** (1 / shape))
    slow = {"values": {FIRST: 1, FIRST + 9: stretch}, "interpolate": "step", "beyond": "hold", "unit": "1"}
    data = simple(
        10, {"sales": "10 piece/year"}, {"old": {**life, "stretch": slow, "of": share}}, sales=sales
    )
    if allowed:
        Run(data)
    else:
        with pytest.raises(LifetimeError, match="more than half are gone within one step"):
            Run(data)


@pytest.mark.parametrize("sales", ["middle", "start", "end"])
@pytest.mark.parametrize(("limit", "young"), [(3.5, 0.0), (4.6, 1.0)])
def test_rules_and_prices_read_one_age(sales: str, limit: float, young: float) -> None:
    """A life of four years ends at age 3.5 (start) or 4 (middle, end), for rules and for prices."""
    data = simple(9, {"sales": "100 piece/year"}, {"old": fixed(4)}, sales=sales)
    data["processes"]["sort"] = {
        "kind": "sort",
        "rules": [{"age_below": f"{limit} year", "split": {"young": 1}}],
        "split": {"other": 1},
    }
    data["routes"][-1:] = [
        {"from": "use.retired", "to": "sort", "price": "1 JPY/piece", "residual": {0: 1, 10: 0}},
        {"from": "sort.young", "to": "dump"},
        {"from": "sort.other", "to": "dump"},
    ]
    run = Run(data)
    assert run.flow("sort.young")[-1] == pytest.approx(100 * young)
    worth = 0.65 if sales == "start" else 0.6
    assert run.record.flows_valued[0, 0, -1] == pytest.approx(100 * worth)


@pytest.mark.parametrize("sales", ["start", "middle"])
@pytest.mark.parametrize("series", ["scale", "stretch"])
def test_a_lifetime_by_year_that_is_the_same_every_year_is_the_lifetime(sales: str, series: str) -> None:
    """Also for what is sold again, whose first step is another one than that of new things."""

    def run(scale: Any, stretch: Any) -> Run:
        data = returns(12, shop={"kind": "store", "ageing": True})
        data["time"]["sales"] = sales
        data["processes"]["use"] |= {
            "leave": {"worn": {**weibull(3, 5), "scale": scale, "stretch": stretch}, "let_go": fixed(2)},
            "demand": {"sales": by_year([100, 50] + [20] * 10, "piece/year")},
        }
        data["routes"][2] |= {"max_share": 0.5}
        data["routes"][-1:] = [
            {"from": "use.retired.let_go", "to": "shop"},
            {"from": "use.retired.worn", "to": "dump"},
        ]
        return Run(data)

    plain = run("5 year", 1.5)
    every = [1.5] * 12
    dated = run(by_year([5] * 12, "year"), 1.5) if series == "scale" else run("5 year", by_year(every, "1"))
    assert plain.flow("shop").sum() > 10.0
    np.testing.assert_allclose(dated.record.flows, plain.record.flows, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(dated.record.stock, plain.record.stock, rtol=1e-12, atol=1e-12)
