"""Networks of activities and what must not be solved silently: regions, providers, doubles, cycles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_sketch import SKETCH

import meguru
from meguru import errors, inventory
from meguru.errors import LibraryError
from meguru.inventory import StandIn
from meguru.inventory.lookup import regions_for
from meguru.inventory.pedigree import uncertain_amount
from meguru.quantity import Distribution, Quantity


def library(**activities: Any) -> inventory.Library:
    """Activities that make the flows a, b and c, and treat the waste w."""
    return inventory.library_from_data(
        {
            "inventory": 1,
            "name": "made",
            "impacts": {"climate": {"unit": "kg_CO2e"}},
            "flows": {
                **{name: {"unit": "kg"} for name in "abc"},
                "w": {"unit": "kg", "kind": "waste"},
                "power": {"unit": "kWh"},
            },
            "activities": activities,
        }
    )


def making(flow: str, direct: float, *taken: tuple[str, float], **more: Any) -> dict[str, Any]:
    exchanges = [{"flow": name, "amount": f"{amount} kg"} for name, amount in taken]
    return {
        "flow": flow,
        "amount": "1 kg",
        "impacts": {"climate": f"{direct} kg_CO2e"},
        "exchanges": exchanges,
    } | more


def burden(made: inventory.Library, flow: str, **more: Any) -> float:
    return inventory.factor(inventory.solve(made, **more).library, flow, "climate", **more).value


# -- cycles --


def test_a_cycle_that_takes_more_than_it_gives_is_refused() -> None:
    """A matrix of it can be inverted, and gives a burden below zero."""
    with pytest.raises(LibraryError, match="takes more of a flow than it gives; found 'one, two'"):
        inventory.solve(library(one=making("a", 1, ("b", 2)), two=making("b", 1, ("a", 0.6))))
    with pytest.raises(LibraryError, match="takes more of a flow than it gives"):
        inventory.solve(library(one=making("a", 1, ("a", 1.5))))


def test_a_cycle_that_gives_more_than_it_takes_is_summed() -> None:
    made = library(one=making("a", 1, ("b", 2)), two=making("b", 1, ("a", 0.4)))
    assert burden(made, "a") == pytest.approx((1 + 2 * 1) / (1 - 2 * 0.4))


def test_credits_do_not_make_a_cycle_look_closed() -> None:
    credit = making("a", 1, ("b", 0.5))
    credit["exchanges"].append({"flow": "c", "amount": "5 kg", "avoided": True})
    made = library(one=credit, two=making("b", 1, ("a", 0.5)), three=making("c", 1, ("a", 0.1)))
    assert inventory.solve(made).gaps == []


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6), st.integers(0, 2**32 - 1), st.floats(0.2, 1.8))
def test_what_is_refused_is_what_has_no_finite_sum_over_its_tiers(
    size: int, seed: int, radius: float
) -> None:
    """The oracle: the spectral radius of what is taken, which the code never looks at."""
    rng = np.random.default_rng(seed)
    taken = rng.uniform(0, 1, (size, size))
    taken *= radius / np.abs(np.linalg.eigvals(taken)).max()
    names = [f"f{i}" for i in range(size)]
    made = inventory.Library(
        name="random",
        impacts={"climate": inventory.Impact(unit="kg_CO2e")},
        flows={name: inventory.Flow(unit="kg") for name in names},
        activities={
            name: inventory.Activity(
                flow=name,
                amount=Quantity(1.0, "kg"),
                exchanges=[
                    inventory.Exchange(flow=other, amount=Quantity(float(taken[i, j]), "kg"))
                    for i, other in enumerate(names)
                ],
            )
            for j, name in enumerate(names)
        },
    )
    if abs(radius - 1.0) < 1e-6:
        return
    if radius < 1.0:
        inventory.solve(made)
    else:
        with pytest.raises(LibraryError, match="more of a flow than it gives"):
            inventory.solve(made)


# -- the reference flow once more --


@pytest.mark.parametrize(("kind", "direction", "takes"), [("a", "output", False), ("w", "input", True)])
def test_the_reference_flow_given_twice_is_refused(kind: str, direction: str, takes: bool) -> None:
    twice = making(kind, 1, takes=takes)
    twice["exchanges"] = [{"flow": kind, "amount": "1 kg", "direction": direction}]
    with pytest.raises(errors.UnsupportedError, match="Add it to the reference amount"):
        inventory.solve(library(one=twice))


# -- providers --


@pytest.mark.parametrize(
    ("exchange", "about"),
    [
        ({"flow": "b", "provider": "one"}, "found 'one, which gives a', expected an activity that gives b"),
        ({"flow": "w", "direction": "output", "provider": "one"}, "expected an activity that takes in w"),
        ({"flow": "a", "provider": "dump"}, "found 'dump, which takes in w'"),
    ],
)
def test_a_provider_of_something_else_is_refused(exchange: dict[str, Any], about: str) -> None:
    two = making("b", 1) | {"exchanges": [exchange | {"amount": "1 kg"}]}
    with pytest.raises(LibraryError, match="provider is not run for this flow") as caught:
        library(one=making("a", 1), two=two, dump=making("w", 1, takes=True))
    assert about in str(caught.value)
    assert caught.value.place == "activities.two.exchanges.0.provider"


def test_an_activity_that_gives_a_waste_is_not_its_treatment() -> None:
    two = making("b", 1) | {"exchanges": [{"flow": "w", "amount": "1 kg", "direction": "output"}]}
    made = library(collecting=making("w", 5), two=two)
    assert [gap.flow for gap in inventory.find_gaps(made)] == ["w"]
    made = library(collecting=making("w", 5), two=two, dump=making("w", 3, takes=True))
    assert inventory.find_gaps(made) == []
    note = "without w"
    assert note not in [one.note for one in inventory.solve(made).library.flows["b"].factors]
    (own,) = inventory.solve(made).library.flows["b"].factors
    assert own.amount.value == pytest.approx(1 + 3)


# -- regions --


def test_the_order_of_regions() -> None:
    assert regions_for("JP") == ("JP", "RoW", "GLO", None)
    assert regions_for("RoW") == ("RoW", "GLO", None)
    assert regions_for("GLO") == ("GLO", None)
    assert regions_for(None) == (None, "GLO")


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["JP", "RoW", "GLO", None], "JP"),
        (["CN", "RoW", "GLO", None], "RoW"),
        (["CN", "GLO", None], "GLO"),
        (["CN", None], None),
        (["CN"], "no factor"),
    ],
)
def test_the_world_stands_in_for_a_region_and_says_so(there: list[str | None], taken: str | None) -> None:
    made = library(one=making("a", 0, region="JP") | {"exchanges": [{"flow": "power", "amount": "2 kWh"}]})
    for number, place in enumerate(there):
        amount = Quantity(number + 1.0, "kg_CO2e/kWh")
        made.flows["power"].factors.append(inventory.Factor(impact="climate", region=place, amount=amount))
    solved = inventory.solve(made)
    (own,) = solved.library.flows["a"].factors
    if taken == "no factor":
        with pytest.raises(LibraryError, match="no such factor"):
            inventory.factor(made, "power", "climate", region="JP")
        assert (own.note, solved.stand_ins) == ("without power", [])
        return
    found = inventory.factor(made, "power", "climate", region="JP")
    assert (found.region, found.value) == (taken, there.index(taken) + 1)
    assert own.amount.value == pytest.approx(2 * found.value)
    expected = [] if taken == "JP" else [StandIn("one", "power", "climate", "JP", taken)]
    assert solved.stand_ins == inventory.find_stand_ins(made) == expected
    assert own.note == (None if taken == "JP" else f"with power of {taken or 'no region'}")


def test_an_activity_of_the_world_stands_in_too() -> None:
    two = making("b", 1, ("a", 1), region="JP")
    made = library(world=making("a", 7, region="GLO"), china=making("a", 9, region="CN"), two=two)
    assert burden(made, "b", region="JP") == pytest.approx(8)
    assert inventory.find_stand_ins(made) == [StandIn("two", "a", "climate", "JP", "GLO")]
    named = library(
        china=making("a", 9, region="CN"),
        two=two | {"exchanges": [{"flow": "a", "amount": "1 kg", "provider": "china"}]},
    )
    assert inventory.find_stand_ins(named) == []


MODEL = """\
meguru: 1
name: m
libraries: [lib.yaml]
region: JP
time: {first: 2020, last: 2020}
impacts: {climate: {}}
items: {metal: {kind: material}}
processes:
  works: {kind: supply, supplies: metal, unit: [smelting]}
  landfill: {kind: sink}
routes: [{from: works, to: landfill}]
"""


def test_a_model_takes_no_other_region_s_factor_for_an_activity(tmp_path: Any) -> None:
    """An activity of China, a factor of Japan and one of the world, a model in Japan."""
    text = SKETCH.replace("amount: 1 t\n    region: JP", "amount: 1 t\n    region: CN").replace(
        "- {impact: climate, amount: 0.6 kg_CO2e/kWh, year: 2018}",
        "- {impact: climate, region: GLO, amount: 0.6 kg_CO2e/kWh, year: 2018}",
    )
    (tmp_path / "lib.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MODEL, encoding="utf-8")
    model = meguru.load(tmp_path / "m.yaml")
    assert "electricity" not in model.unit_data["smelting"].exchanges
    factor = model.exchanges["electricity@CN"].factors["climate"]
    assert factor.value == 0.6 and factor.source is not None and "GLO" in factor.source


# -- properties --


def test_a_property_of_zero_is_named_and_divides_nothing() -> None:
    with pytest.raises(errors.RangeError, match="heating_value"):
        inventory.parse_library(SKETCH.replace("heating_value: 33.4", "heating_value: 0"))


def test_properties_that_say_the_same_are_one() -> None:
    same = "properties: {net: 36 GJ/kL, also: 10 MWh/kL}"
    text = SKETCH.replace("properties: {heating_value: 33.4 GJ/kL, density: 0.75 t/kL}", same)
    assert inventory.factor(
        inventory.parse_library(text), "petrol", "climate", unit="GJ"
    ).value == pytest.approx(2300 / 36)
    with pytest.raises(LibraryError, match="more than one property") as caught:
        inventory.parse_library(text.replace("10 MWh", "11 MWh"))
    assert caught.value.place == "activities.rolling.exchanges.2.amount"


# -- time --


@pytest.mark.parametrize(
    ("region", "year", "stands", "score"),
    [(None, 2018, 2018, 1), (None, 2021, 2018, 2), (None, 2040, 2018, 5), ("JP", 2025, 2025, 1)],
)
def test_a_factor_far_away_in_time_says_what_that_scores(
    region: str | None, year: float, stands: int, score: int
) -> None:
    found = inventory.factor(inventory.parse_library(SKETCH), "power", "climate", region=region, year=year)
    assert (found.year, found.time_score) == (stands, score)


def test_a_factor_of_an_unknown_year_has_the_worst_score() -> None:
    sketch = inventory.parse_library(SKETCH)
    assert inventory.factor(sketch, "petrol", "climate", year=2020).time_score == 5
    assert inventory.factor(sketch, "petrol", "climate").time_score is None


def test_a_series_that_is_held_stands_for_its_last_year() -> None:
    held = SKETCH.replace("unit: kg_CO2e/kWh}\n", "unit: kg_CO2e/kWh, beyond: hold}\n")
    found = inventory.factor(inventory.parse_library(held), "power", "climate", region="JP", year=2042)
    assert (found.value, found.year, found.time_score) == (0.3, 2030, 4)


# -- signs, regions of exchanges, spreads --


@pytest.mark.parametrize(
    ("flow", "direction", "avoided", "burden_of_it"),
    [
        ("gas", "output", False, 2.0),  # emitted
        ("gas", "input", False, -2.0),  # taken up from the air
        ("gas", "output", True, -2.0),  # emission avoided
        ("gas", "input", True, 2.0),  # uptake that happens no more
        ("ore", "input", False, 3.0),  # taken from nature
        ("ore", "output", False, -3.0),  # given back to it
        ("power", "input", False, 5.0),
        ("power", "output", True, -5.0),  # replaces what others make
        ("waste", "output", False, 7.0),
        ("waste", "input", True, -7.0),  # spared another treatment
    ],
)
def test_signs(flow: str, direction: str, avoided: bool, burden_of_it: float) -> None:
    kinds = {"gas": "emission", "ore": "resource", "power": "product", "waste": "waste"}
    sizes = {"gas": 2, "ore": 3, "power": 5, "waste": 7}
    exchange = inventory.Exchange(flow=flow, amount=Quantity(1.0, "kg"), direction=direction, avoided=avoided)
    made = library(one=making("a", 0))
    for name, kind in kinds.items():
        amount = Quantity(float(sizes[name]), "kg_CO2e/kg")
        made.flows[name] = inventory.Flow(
            unit="kg", kind=kind, factors=[inventory.Factor(impact="climate", amount=amount)]
        )
    made.activities["one"].exchanges = [exchange]
    assert burden(made, "a") == pytest.approx(burden_of_it)


def test_the_region_of_an_exchange_wins_over_that_of_the_activity() -> None:
    exchange = {"flow": "power", "amount": "1 kWh", "region": "CN"}
    made = library(one=making("a", 0, region="JP") | {"exchanges": [exchange]})
    for place, size in (("JP", 1.0), ("CN", 9.0)):
        amount = Quantity(size, "kg_CO2e/kWh")
        made.flows["power"].factors.append(inventory.Factor(impact="climate", region=place, amount=amount))
    assert burden(made, "a", region="JP") == pytest.approx(9)


def test_a_solved_factor_says_where_it_is_from() -> None:
    one = making("a", 1, source="a report", licence="CC-BY-4.0", assumed=True, first=2019, last=2021)
    (factor,) = inventory.solve(library(one=one)).library.flows["a"].factors
    assert (factor.licence, factor.assumed, factor.year) == ("CC-BY-4.0", True, 2021)
    assert factor.source == "calculated from the activity 'one': a report"
    (factor,) = inventory.solve(library(one=one), year=2030).library.flows["a"].factors
    assert factor.year == 2030


def test_a_flow_that_has_a_factor_of_its_own_keeps_it() -> None:
    made = library(one=making("a", 1), two=making("b", 1, ("a", 1)))
    amount = Quantity(50.0, "kg_CO2e/kg")
    made.flows["a"].factors = [inventory.Factor(impact="climate", amount=amount)]
    solved = inventory.solve(made).library
    assert [one.amount for one in solved.flows["a"].factors] == [amount]
    assert inventory.factor(solved, "b", "climate").value == pytest.approx(51)


def test_a_factor_of_another_region_keeps_no_flow_from_one_of_its_own() -> None:
    made = library(one=making("a", 1, region="JP"))
    amount = Quantity(50.0, "kg_CO2e/kg")
    made.flows["a"].factors = [inventory.Factor(impact="climate", region="CN", amount=amount)]
    solved = inventory.solve(made).library
    assert {one.region: one.amount.value for one in solved.flows["a"].factors} == {"CN": 50.0, "JP": 1.0}


def test_what_stands_in_for_one_impact_is_not_told_of_another() -> None:
    made = library(one=making("a", 0, region="JP") | {"exchanges": [{"flow": "power", "amount": "1 kWh"}]})
    made.impacts["acid"] = inventory.Impact(unit="kg_SO2e")
    made.flows["power"].factors = [
        inventory.Factor(impact="climate", region="GLO", amount=Quantity(1.0, "kg_CO2e/kWh")),
        inventory.Factor(impact="acid", region="JP", amount=Quantity(1.0, "kg_SO2e/kWh")),
    ]
    notes = {one.impact: one.note for one in inventory.solve(made).library.flows["a"].factors}
    assert notes == {"climate": "with power of GLO", "acid": None}


def test_a_stated_spread_wins_over_the_pedigree_and_a_basic_variance_counts() -> None:
    stated = Quantity(1.0, "kg", uncertain=Distribution("lognormal", median=1.0, gsd=3.0))
    scored = inventory.Exchange(flow="a", amount=stated, pedigree="5;5;5;5;5")
    assert uncertain_amount(scored) == stated
    bare = inventory.Exchange(
        flow="a", amount=Quantity(1.0, "kg"), pedigree="1;1;1;1;1", basic_variance=Quantity(0.04)
    )
    found = uncertain_amount(bare).uncertain
    assert found is not None and found.gsd == pytest.approx(np.exp(0.2))


def test_what_is_not_known_is_no_zero() -> None:
    """Activities of which nothing is rated get no factor, are listed, and mark what stands on them."""
    made = library(
        bare=making("a", 0) | {"impacts": {}},
        unrated=making("b", 0) | {"impacts": {}},
        taker=making("c", 1) | {"exchanges": [{"flow": "a", "amount": "1 kg"}]},
    )
    made.flows["smoke"] = inventory.Flow(unit="kg", kind="emission")
    smoke = inventory.Exchange(flow="smoke", amount=Quantity(3.0, "kg"), direction="output")
    made.activities["unrated"].exchanges.append(smoke)
    solved = inventory.solve(made)
    found = {name: [(one.amount.value, one.note) for one in flow.factors] for name, flow in
             solved.library.flows.items()}  # fmt: skip
    assert (found["a"], found["b"]) == ([], [])
    assert found["c"] == [(1.0, "without something that lies behind it")]
    assert [(gap.activity, gap.flow, gap.why) for gap in solved.gaps] == [
        ("bare", "a", "nothing behind it"), ("unrated", "smoke", "not characterised"),
        ("unrated", "b", "nothing behind it"),
    ]  # fmt: skip


def test_an_activity_of_the_region_goes_before_a_factor_of_none_and_scopes_are_told() -> None:
    power = [{"flow": "power", "amount": "1 kWh"}]
    made = library(one=making("a", 0, region="JP") | {"exchanges": power})
    everywhere = inventory.Factor(
        impact="climate", amount=Quantity(0.9, "kg_CO2e/kWh"), scope="generation, CO2 only"
    )
    made.flows["power"].factors.append(everywhere)
    (own,) = inventory.solve(made).library.flows["a"].factors
    assert own.amount.value == pytest.approx(0.9)
    assert own.note == "with power of no region; power: generation, CO2 only"
    grid = inventory.Activity(
        flow="power", amount=Quantity(1.0, "kWh"), region="JP", impacts={"climate": Quantity(0.1, "kg_CO2e")}
    )
    made.activities["grid"] = grid
    (own,) = inventory.solve(made).library.flows["a"].factors
    assert own.amount.value == pytest.approx(0.1) and own.note is None


@pytest.mark.parametrize(
    ("pedigree", "more"), [("2;2;2;2;2", 0.001), ("3;3;3;3;3", 0.007), ("5;5;5;5;5", 0.111)]
)
def test_networks_take_amounts_as_stated_and_models_the_mean_of_their_spread(
    pedigree: str, more: float
) -> None:
    """The page of methods tells by how much they differ."""
    made = library(one=making("a", 0, ("b", 1)), two=making("b", 10))
    made.activities["one"].exchanges[0].pedigree = pedigree
    assert burden(made, "a") == pytest.approx(10.0, rel=1e-12)
    expected = uncertain_amount(made.activities["one"].exchanges[0]).evaluate("kg", np.array([2020.0]))
    assert float(expected[0, 0]) - 1.0 == pytest.approx(more, abs=5e-4)
