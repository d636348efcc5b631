"""Combinations that have one meaning each, or are refused: what a reader of the model would take them for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from plain_models import FIRST, Run, fixed, simple, weibull

import meguru
from meguru.errors import LifetimeError, NetworkError, UnsupportedError
from meguru.model.read import from_data

Data = dict[str, Any]


def with_part(data: Data, **slot: Any) -> Data:
    """The simple product made of one part that is followed."""
    data["items"]["p"] = {"kind": "part", "bom": {"iron": "1 kg"}}
    data["items"]["A"]["bom"] = {"p": 1}
    data["processes"]["make_p"] = {"kind": "make", "item": "p"}
    data["processes"]["use"]["parts"] = {"p": slot}
    data["routes"][0] = {"from": "ore", "to": "make_p"}
    data["routes"].append({"from": "make_p", "to": "make"})
    return data


def test_a_full_process_is_not_paid_for_what_it_turns_away() -> None:
    """100 kg a year arrive, 30 kg are treated: 30 JPY and 30 kg CO2e at 1 JPY and 1 kg CO2e per kg."""
    data = simple(6, {"sales": "100 piece/year"}, {"old": fixed(2)})
    data |= {"name": "full", "impacts": {"climate": {"unit": "kg_CO2e"}}}
    unit = {"cost": "1 JPY", "impacts": {"climate": "1 kg_CO2e"}, "reference": "1 kg"}
    data["processes"]["melt"] = {
        "kind": "recycle", "yield": {"iron": 1}, "capacity": "30 kg/year", "unit": [unit]
    }  # fmt: skip
    data["routes"][2] = {"from": "use.retired", "to": "melt"}
    data["routes"] += [{"from": "melt.secondary", "to": "dump"}, {"from": "melt.overflow", "to": "dump"}]
    result = meguru.run(from_data(data))
    assert float(result.impacts.values[0, -1].sum()) == pytest.approx(30)
    assert float(abs(result.money.values[0, -1]).max()) == pytest.approx(30)
    data["processes"]["melt"]["capacity"] = "0 kg/year"
    assert float(meguru.run(from_data(data)).impacts.values.sum()) == 0.0


def test_a_series_that_says_months_is_read_by_month() -> None:
    sales = {"values": {"2000-01": 1200, "2000-06": 12000, "2000-07": 1200, "2001-01": 1200}}
    data = simple(
        2, {"sales": sales | {"unit": "piece/year", "beyond": "hold"}}, {"old": fixed(9)}, step="month"
    )
    sold = Run(data).event("sales")
    ramp = 100 + np.arange(6) * 180
    np.testing.assert_allclose(sold, [*ramp, *[100] * 18])


def test_a_series_by_year_holds_for_all_its_months() -> None:
    sales = {"values": {"2000": 1200, "2001": 2400}, "unit": "piece/year"}
    sold = Run(simple(2, {"sales": sales}, {"old": fixed(9)}, step="month")).event("sales")
    np.testing.assert_allclose(sold, [100] * 12 + [200] * 12)


def test_proportional_exits_where_a_part_fails_in_all_at_once() -> None:
    """Hazard of the part is infinite: nothing is left for the own reason."""
    data = simple(
        12, {"sales": "100 piece/year"}, {"old": weibull(1, 1000)}, exits="proportional", sales="end"
    )
    run = Run(with_part(data, lifetime=fixed(4), repair=0))
    own, part = run.event("retired", cause="old"), run.event("retired", cause="part_failure")
    assert own[4:].max() < 0.5  # of 100, as while no part fails: 0.1 % a year
    assert part[4:].min() > 99


def test_a_share_of_what_was_sold_is_refused_where_used_products_are_sold() -> None:
    old = weibull(2, 10) | {"of": "sold"}
    data = simple(8, {"sales": "100 piece/year"}, {"old": old})
    data["processes"]["use"]["builds"] = ["new", "resold"]
    data["processes"]["shop"] = {"kind": "store"}
    data["routes"] = [
        {"from": "ore", "to": "make"},
        {"from": "use.retired", "to": "shop"},
        {"from": "shop", "to": "use", "priority": 1, "max_share": 0.5},
        {"from": "make", "to": "use", "priority": 2},
    ]
    with pytest.raises(UnsupportedError, match="used products are sold again"):
        Run(data)
    old["of"] = "remaining"
    Run(data)


@pytest.mark.parametrize(("key", "value"), [("segment", "work"), ("build", "new")])
def test_a_rule_that_no_part_can_meet_is_refused(key: str, value: str) -> None:
    data = with_part(simple(8, {"sales": "100 piece/year"}, {"old": fixed(3)}))
    use = data["processes"]["use"]
    use["segments"] = {"work": {"share": 0.5}, "home": {"share": 0.5}}
    data["processes"] |= {
        "open": {"kind": "dismantle", "recover": {"p": 1}},
        "triage": {"kind": "sort", "rules": [{key: value, "split": {"good": 1}}], "split": {"bad": 1}},
        "good": {"kind": "sink"},
    }
    data["routes"] = [route for route in data["routes"] if route["from"] != "use.retired"] + [
        {"from": "use.retired", "to": "open"},
        {"from": "open.p", "to": "triage"},
        {"from": "open.rest", "to": "dump"},
        {"from": "triage.good", "to": "good"},
        {"from": "triage.bad", "to": "dump"},
    ]
    with pytest.raises(NetworkError, match=f"nothing that arrives has a '{key}'"):
        Run(data)


@pytest.mark.parametrize("where", ["lifetime", "segment"])
def test_a_table_of_survival_must_last_as_long_as_its_clock_runs(where: str) -> None:
    """At half the stretch ages pass twice as fast: 20 years of the study are 40 of the table."""
    old: Data = {"distribution": "survival", "survival": {0: 1, 25: 0.1}}
    data = simple(20, {"sales": "100 piece/year"}, {"old": old})
    Run(data)
    if where == "lifetime":
        old["stretch"] = 0.5
    else:
        data["processes"]["use"]["segments"] = {"all": {"share": 1, "stretch": 0.5}}
    with pytest.raises(LifetimeError, match="the table ends"):
        Run(data)


def test_new_scrap_of_a_step_that_is_tried_again_is_counted_once() -> None:
    """Spares run short, so that steps are repeated; every part made leaves a quarter of its mass as scrap."""
    data = with_part(
        simple(9, {"sales": "100 piece/year"}, {"old": fixed(6)}), lifetime=weibull(2, 4), repair=1
    )
    data["processes"] |= {
        "make_p": {"kind": "make", "item": "p", "recipe": {"iron": {"efficiency": 0.8}}},
        "make_spare": {"kind": "make", "item": "p", "recipe": {"iron": {"efficiency": 0.8}}},
        "little": {"kind": "supply", "supplies": ["iron"], "limit": "40 kg/year"},
    }
    data["routes"] += [
        {"from": "little", "to": "make_spare"},
        {"from": "make_spare", "to": "use", "item": "p"},
        {"from": "make_p.scrap", "to": "dump"},
        {"from": "make_spare.scrap", "to": "dump"},
        {"from": "use.failed", "to": "dump"},
    ]
    run = Run(data)
    made, spares = run.flow("make_p", "make"), run.flow("make_spare", "use")
    assert spares.max() == pytest.approx(32)  # short from some year on
    np.testing.assert_allclose(run.flow("make_p.scrap"), made / 4, rtol=1e-9)
    np.testing.assert_allclose(run.flow("make_spare.scrap"), spares / 4, rtol=1e-9)


def shelved(ageing: bool) -> Data:
    """Products go out of use into a store and are sold again; how long they last depends on the year made."""
    lives = {"values": {FIRST: 5, FIRST + 5: 50}, "unit": "year", "interpolate": "step", "beyond": "hold"}
    data = simple(12, {"sales": "100 piece/year"}, {"old": fixed(2)})
    data["processes"] |= {
        "second": {
            "kind": "use",
            "product": "A",
            "demand": {"sales": "30 piece/year"},
            "leave": {"old": {"distribution": "weibull", "shape": 1, "scale": lives}},
        },
        "shelf": {"kind": "store", "ageing": ageing},
    }
    data["routes"] = [
        {"from": "ore", "to": "make"},
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "shelf"},
        {"from": "shelf", "to": "second"},
        {"from": "second.retired", "to": "dump"},
    ]
    return data


def test_lifetimes_by_year_made_need_shelves_that_age() -> None:
    assert Run(shelved(True)).event("sales", "second")[-1] == 30.0
    with pytest.raises(UnsupportedError, match="lifetimes in 'second' depend on the year made") as caught:
        Run(shelved(False))
    assert caught.value.place == "processes.shelf.ageing"
    at_end = shelved(True)
    at_end["time"]["sales"] = "end"
    with pytest.raises(UnsupportedError, match="lifetimes in 'second' depend on the year made") as caught:
        Run(at_end)
    assert caught.value.place == "time.sales"


@pytest.mark.parametrize("of", ["lifetimes", "stretch"])
def test_lifetimes_by_year_made_of_some_users_are_seen(of: str) -> None:
    data = shelved(False)
    second = data["processes"]["second"]
    series = second["leave"]["old"]["scale"]
    by_year = {"lifetimes": {"old": {**second["leave"]["old"]}}, "stretch": {**series, "unit": "1"}}[of]
    second["leave"] = {"old": weibull(1, 5)}
    second["segments"] = {"few": {"share": 0.3, of: by_year}, "most": {"share": 0.7}}
    with pytest.raises(UnsupportedError, match="lifetimes in 'second' depend on the year made"):
        Run(data)


@pytest.mark.parametrize("way", ["rule", "price"])
def test_parts_whose_age_is_asked_for_are_followed_into_what_they_are_put(way: str) -> None:
    data = simple(12, {"sales": "100 piece/year"}, {"old": fixed(4)})
    data["items"]["p"] = {"kind": "part", "bom": {"iron": "1 kg"}}
    data["items"]["A"]["bom"] = {"p": 1}
    data["processes"] |= {
        "cast": {"kind": "make", "item": "p"},
        "undo": {"kind": "dismantle", "recover": {"p": 1}},
        "look": {"kind": "sort", "rules": [{"split": {"good": 1}}]},
        "shelf": {"kind": "store"},
    }
    again: Data = {"from": "shelf", "to": "make", "item": "p", "priority": 1}
    if way == "rule":
        rules = [{"age_below": "5 year", "split": {"good": 1}}, {"split": {"old": 1}}]
        data["processes"]["look"]["rules"] = rules
    else:
        again |= {"price": "100 JPY/piece", "residual": {0: 1, 10: 0}}
    data["routes"] = [
        {"from": "ore", "to": "cast"},
        again,
        {"from": "cast", "to": "make", "priority": 2},
        {"from": "make", "to": "use"},
        {"from": "use.retired", "to": "undo"},
        {"from": "undo.p", "to": "look"},
        {"from": "look.good", "to": "shelf"},
        *([{"from": "look.old", "to": "dump"}] if way == "rule" else []),
    ]
    with pytest.raises(UnsupportedError, match="the ages of 'p' would be lost in 'make'"):
        Run(data)
    data["processes"]["use"]["parts"] = {"p": {}}
    run = Run(data)
    if way == "rule":  # used for the second time a part is eight years old
        assert run.flow("look", "dump")[8] > 99.0


SAME = {
    "series": {"values": {FIRST: 5, FIRST + 5: 5}, "unit": "year", "beyond": "hold"},
    "measure": {"value": 5, "unit": "year", "since": {FIRST + 3: "60 month"}},
    "formula": {"formula": "long", "unit": "year", "since": {FIRST + 3: {"formula": "long", "unit": "year"}}},
}


@pytest.mark.parametrize("way", SAME)
def test_a_series_of_one_number_is_a_constant(way: str) -> None:
    """Neither lifetimes nor bills of materials that never change are refused where changing ones are."""
    data = shelved(False)
    data["parameters"] = {"long": "5 year"}
    second = data["processes"]["second"]["leave"]["old"]
    second["scale"] = "5 year"
    expected = Run(data).flow("second")
    second["scale"] = SAME[way]
    np.testing.assert_allclose(Run(data).flow("second"), expected, rtol=1e-12)
    data["items"]["A"]["bom"]["iron"] = {"values": {FIRST: 1, FIRST + 9: 1}, "unit": "kg", "beyond": "hold"}
    np.testing.assert_allclose(Run(data).flow("second"), expected, rtol=1e-12)
    data["items"]["A"]["bom"]["iron"] = {"values": {FIRST: 1, FIRST + 9: 2}, "unit": "kg", "beyond": "hold"}
    with pytest.raises(UnsupportedError, match="changes its composition"):
        Run(data)


def test_ages_asked_for_before_they_are_lost_are_no_reason_to_refuse() -> None:
    """Parts are paid for by age once, and go into a product that is never taken apart."""
    data = simple(12, {"sales": "100 piece/year"}, {"old": fixed(4)})
    data["items"] |= {
        "p": {"kind": "part", "bom": {"iron": "1 kg"}},
        "B": {"kind": "product", "bom": {"p": 1}},
    }
    data["items"]["A"]["bom"] = {"p": 1}
    data["actors"] = {"maker": {}, "user": {}}
    data["processes"] |= {
        "cast": {"kind": "make", "item": "p"},
        "undo": {"kind": "dismantle", "recover": {"p": 1}, "actor": "user"},
        "shelf": {"kind": "store", "actor": "maker"},
        "make_b": {"kind": "make", "item": "B"},
        "use_b": {
            "kind": "use",
            "product": "B",
            "demand": {"sales": "50 piece/year"},
            "leave": {"old": fixed(4)},
        },
    }
    bought: Data = {"from": "undo.p", "to": "shelf", "price": "1 JPY/piece", "residual": {0: 1, 10: 0}}
    data["routes"] = [
        {"from": "ore", "to": "cast"},
        {"from": "cast", "to": "make"},
        {"from": "cast", "to": "make_b", "priority": 2},
        {"from": "make", "to": "use"},
        {"from": "make_b", "to": "use_b"},
        {"from": "use.retired", "to": "undo"},
        bought,
        {"from": "shelf", "to": "make_b", "priority": 1},
        {"from": "use_b.retired", "to": "dump"},
    ]
    assert Run(data).flow("shelf", "make_b")[8] == pytest.approx(50.0)
    data["routes"][-1]["to"] = "undo"  # taken apart too, B would pass for the age of what is in it
    data["processes"]["undo"]["recover"] = {"p": 1}
    with pytest.raises(UnsupportedError, match="the ages of 'p' would be lost in 'make_b'"):
        Run(data)
