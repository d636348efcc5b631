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
from meguru.quantity import Quantity


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
    assert own.note == (f"with power of {taken}" if taken in ("RoW", "GLO") else None)


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
