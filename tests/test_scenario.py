"""Scenarios: which changes are made, in which order, from which year, and which misspelling is found."""

from __future__ import annotations

from typing import Any

import pytest
from sketches import CASE_1, CASE_2, SMALL

from meguru import errors
from meguru.errors import ModelError
from meguru.files.marks import where
from meguru.model.components import Demand, Measure, Model, Recipe, Scenario
from meguru.model.read import parse
from meguru.model.scenario import apply, reference_name, scenario_names
from meguru.model.walk import walk
from meguru.quantity import Quantity


def changed(changes: dict[str, Any], since: int | None = None, text: str = CASE_1) -> Model:
    """A model with one scenario of one measure."""
    model = parse(text, file="case.yaml")
    model.measures = {"m": Measure(changes=changes, since=since)}
    model.scenarios = {"s": Scenario(measures=["m"])}
    return apply(model, "s")


def test_a_model_without_scenarios_is_its_own() -> None:
    model = parse(SMALL)
    assert scenario_names(model) == ["model"]
    assert reference_name(model) == "model"
    assert apply(model) is model and apply(model, "model") is model
    with pytest.raises(errors.ScenarioError, match="no such scenario"):
        apply(model, "other")


def test_the_reference_is_taken_where_none_is_named() -> None:
    model = parse(CASE_1)
    assert scenario_names(model) == ["conventional", "A", "B"]
    assert reference_name(model) == "conventional"
    assert apply(model) == apply(model, "conventional") == model
    model.scenarios["A"].reference = True
    with pytest.raises(errors.ScenarioError, match="conventional, A"):
        reference_name(model)
    assert reference_name(parse(CASE_2)) == "conventional"


def test_measures_are_inherited_and_the_model_stays_as_it_was() -> None:
    model = parse(CASE_1)
    formula = Quantity(formula="separated")
    a, b = apply(model, "A"), apply(model, "B")
    for applied in (a, b):
        assert applied.processes["collect_maintenance"].split == {"separate": formula, "scrap": None}
    assert a.processes["collect"].split == model.processes["collect"].split
    assert b.processes["collect"].split == {
        "separate": Quantity(0, since=((2027, Quantity(0.4726)),)),
        "scrap": Quantity(1, since=((2027, Quantity(0.5274)),)),
    }
    assert b.routes[3].price == Quantity(1197, "JPY/piece", since=((2027, Quantity(1300, "JPY/piece")),))
    assert a.parameters["separated"] == Quantity(0.6907)
    assert b.parameters["separated"] == Quantity(0.7)
    assert model == parse(CASE_1)
    originals = {id(component) for _, component in walk(model)}
    assert not any(id(component) in originals for _, component in walk(b))


def test_later_changes_win() -> None:
    model = parse(CASE_1)
    path = "processes.extract.yield.rare_earth"
    model.measures |= {"x": Measure(changes={path: 0.1}), "y": Measure(changes={path: 0.2})}
    model.scenarios |= {
        "xy": Scenario(measures=["x", "y"]),
        "yx": Scenario(measures=["y", "x"]),
        "own": Scenario(measures=["x", "y"], changes={path: 0.3}),
        "child": Scenario(inherits="own", measures=["x"]),
        "heir": Scenario(inherits="own"),
    }
    values = {
        name: apply(model, name).processes["extract"].yields["rare_earth"].value for name in model.scenarios
    }
    assert values == {
        "conventional": 0.9, "A": 0.9, "B": 0.9, "xy": 0.2, "yx": 0.1, "own": 0.3, "child": 0.1, "heir": 0.3,
    }  # fmt: skip


def test_two_measures_from_years_follow_each_other() -> None:
    model = parse(CASE_1)
    path = "processes.extract.yield.rare_earth"
    model.measures |= {
        "x": Measure(changes={path: 0.1}, since=2025),
        "y": Measure(changes={path: 0.2}, since=2028),
    }
    model.scenarios["s"] = Scenario(measures=["x", "y"])
    found = apply(model, "s").processes["extract"].yields["rare_earth"]
    assert found == Quantity(0.9, since=((2025, Quantity(0.1)), (2028, Quantity(0.2))))
    model.scenarios["s"] = Scenario(measures=["x", "y"], changes={path: 0.5})
    assert apply(model, "s").processes["extract"].yields["rare_earth"] == Quantity(0.5)


def test_places_of_every_form() -> None:
    model = changed(
        {
            "time.last": 2035,
            "items.magnet.bom.rare_earth": "50 g",
            "processes.use.leave.obsolete.scale": {"values": {2024: 14, 2030: 16}, "unit": "year"},
            "processes.use.demand": {"stock": 5},
            "processes.use.parts.compressor.lifetime.shape": 2,
            "processes.collect.rules.age_below": "4 year",
            "processes.collect.rules.0.split.separate": 0.1,
            "processes.dismantle.unit.cost": "7 JPY",
            "processes.dismantle.recover.iron": 0.5,
            "processes.extract.unit.1.cost": "8 JPY",
            "processes.make_magnet.recipe.iron": "0.2 kg",
            "processes.make_magnet.recipe.rare_earth.efficiency": 0.8,
            "routes.collect.separate -> dismantle.transport.distance": "100 km",
            "routes.collect.separate -> dismantle.fees.0.payer": "user",
            "routes.secondary -> make_magnet.item": ["iron"],
            "routes.iron scrap.price": "-3 JPY/kg",
            "routes.dismantle.magnet -> extract.residual": {0: 1, 20: 0},
            "indicators.rate.unit": "1",
        }
    )
    processes = model.processes
    assert model.time.last == 2035
    assert model.items["magnet"].bom["rare_earth"] == Quantity(50, "g")
    assert processes["use"].leave["obsolete"].scale == Quantity.series({2024: 14, 2030: 16}, "year")
    assert processes["use"].demand == Demand(stock=Quantity(5))
    lifetime = processes["use"].parts["compressor"].lifetime
    assert lifetime is not None and lifetime.shape == Quantity(2)
    assert processes["collect"].rules[0].age_below == Quantity(4, "year")
    assert processes["collect"].rules[0].split["separate"] == Quantity(0.1)
    assert processes["dismantle"].unit[0].cost == Quantity(7, "JPY")
    assert processes["dismantle"].recover == {"magnet": Quantity(95, "%"), "iron": Quantity(0.5)}
    assert processes["extract"].unit[1].cost == Quantity(8, "JPY")
    assert processes["make_magnet"].recipe["iron"] == Recipe(amount=Quantity(0.2, "kg"))
    assert processes["make_magnet"].recipe["rare_earth"].efficiency == Quantity(0.8)
    assert model.routes[2].transport[0].distance == Quantity(100, "km")
    assert model.routes[2].fees[0].payer == "user"
    assert model.routes[5].items == ["iron"]
    assert model.routes[7].price == Quantity(-3, "JPY/kg")
    assert model.routes[3].residual == {0.0: 1.0, 20.0: 0.0}
    assert model.indicators["rate"].unit == "1"


def test_entries_are_added_and_taken_away() -> None:
    model = changed(
        {
            "processes.shredder": {"kind": "recycle", "yield": {"iron": 0.9}},
            "routes.collect.scrap -> shredder": {"from": "collect.scrap", "to": "shredder"},
            "routes.rest": {"from": "shredder.residue", "to": "scrap"},
            "routes.iron scrap": None,
            "processes.use.leave.obsolete": None,
            "routes.dismantle.magnet -> extract.price": None,
            "processes.shredder.yield.iron": 0.8,
            "money.discount_rate": None,
        }
    )
    assert model.processes["shredder"].yields == {"iron": Quantity(0.8)}
    assert [(route.name, route.source) for route in model.routes[-2:]] == [
        (None, "collect.scrap"),
        ("rest", "shredder.residue"),
    ]
    assert "iron scrap" not in [route.name for route in model.routes]
    assert model.processes["use"].leave == {}
    assert model.routes[3].price is None
    assert model.money is not None and model.money.discount_rate is None


def test_the_longest_route_name_is_taken() -> None:
    text = (
        SMALL
        + "  - {name: ore.more, from: ore, to: landfill}\n  - {name: ore.more.yet, from: ore, to: landfill}\n"
    )
    prices = [route.price for route in changed({"routes.ore.more.yet.price": "1 JPY/kg"}, text=text).routes]
    assert prices == [None, None, Quantity(1, "JPY/kg")]
    prices = [route.price for route in changed({"routes.ore.more.price": "1 JPY/kg"}, text=text).routes]
    assert prices == [None, Quantity(1, "JPY/kg"), None]


def test_marks_lead_to_the_change() -> None:
    b = apply(parse(CASE_1, file="case.yaml"), "B")
    lines = CASE_1.splitlines()
    for place, text in (
        ("processes.collect.split.separate", "processes.collect.split: {"),
        ("processes.collect.split", "processes.collect.split: {"),
        ("parameters.separated", "parameters.separated: 0.7"),
        ("routes.dismantle.magnet -> extract.price", "1300 JPY/piece"),
        ("processes.extract.yield.rare_earth", "{kind: recycle"),
    ):
        file, line = where(b, place)
        assert file == "case.yaml" and line is not None and text in lines[line - 1]
    replaced = changed({"processes.use.demand": {"stock": 5}})
    assert where(replaced, "processes.use.demand.sales") == where(replaced, "processes.use.demand")


FAULTS: list[tuple[str, Any, int | None, type[ModelError], str]] = [
    ("proceses.collect.split", 1, None, errors.ScenarioError, "'processes'"),
    ("processes.colect.split.separate", 1, None, errors.ScenarioError, "'collect'"),
    ("processes.colect.split", {"separate": 1, "scrap": 0}, None, errors.ScenarioError, "'collect'"),
    ("processes.collect.splt.separate", 1, None, errors.ScenarioError, "'split'"),
    ("processes.collect.split.seperate", 1, None, errors.ScenarioError, "'separate'"),
    ("processes.collect.split.separate.more", 1, None, errors.ScenarioError, "nothing can be changed"),
    ("processes.dismantle.recover.magnett", 1, None, errors.ScenarioError, "'magnet'"),
    ("processes.make_magnet.recipe.irn", 1, None, errors.ScenarioError, "'iron'"),
    ("processes.make_magnet.recipe.irn.amount", 1, None, errors.ScenarioError, "'iron'"),
    ("processes.use.leave.obsolet.scale", "3 year", None, errors.ScenarioError, "'obsolete'"),
    ("processes.collect.rules.1.split.separate", 1, None, errors.ScenarioError, "no such"),
    ("processes.extract.unit.0.cost", 1, None, errors.ScenarioError, "unit_data.extraction.cost"),
    ("processes.collect.kind.x", 1, None, errors.ScenarioError, "nothing can be changed inside"),
    ("processes.store.leave.x.scale", 1, None, errors.ScenarioError, "expected one of"),
    (
        "routes.use.retird -> collect.price",
        "1 JPY/piece",
        None,
        errors.ScenarioError,
        "'use.retired -> collect'",
    ),
    (
        "routes.use.retird -> collect.price",
        {"value": 1},
        None,
        errors.ScenarioError,
        "'use.retired -> collect'",
    ),
    ("routes.use.retired -> collect.prise", 1, None, errors.ScenarioError, "'price'"),
    ("routes.use.retird -> collect", None, None, errors.ScenarioError, "'use.retired -> collect'"),
    ("parameters.seperated", 0.5, None, errors.ScenarioError, "'separated'"),
    ("parameters.seperated", None, None, errors.ScenarioError, "'separated'"),
    ("processes.scrap.demand.sales.x", 1, None, errors.ScenarioError, "nothing can be changed inside"),
    ("processes.use.parts.magnet.lifetime.scale", "3 year", None, errors.ModelError, "magnet"),
    ("scenarios.A.reference", True, None, errors.ScenarioError, "can not change"),
    ("libraries", ["x"], None, errors.ScenarioError, "can not change"),
    ("items.magnet.kind", None, None, errors.ScenarioError, "must have a value"),
    ("items.magnet.bom.iron", "heavy", None, errors.ModelError, "heavy"),
    ("items.magnet.kind", "prt", None, errors.UnknownNameError, "'part'"),
    ("processes.new", {"knd": "sink"}, None, errors.UnknownKeyError, "'kind'"),
    ("processes.new", {"note": "x"}, None, errors.MissingValueError, "processes.new.kind"),
    ("processes.collect.actor", "user", 2027, errors.ScenarioError, "only numbers"),
    ("processes.use.demand", {"stock": 5}, 2027, errors.ScenarioError, "only numbers"),
    ("processes.collect.split", {"separate": 1}, 2027, errors.ScenarioError, "scrap"),
    ("routes.iron scrap.price", "1 JPY/kg", 2027, errors.ScenarioError, "nothing holds before 2027"),
    (
        "processes.collect_maintenance.split.scrap",
        0.5,
        2027,
        errors.ScenarioError,
        "nothing holds before 2027",
    ),
    ("processes.dismantle.recover.iron", 0.5, 2027, errors.ScenarioError, "nothing holds before 2027"),
    ("routes.iron scrap", None, 2027, errors.ScenarioError, "taken away"),
]


@pytest.mark.parametrize(("path", "value", "since", "kind", "piece"), FAULTS)
def test_a_wrong_change_is_named(
    path: str, value: Any, since: int | None, kind: type[ModelError], piece: str
) -> None:
    with pytest.raises(kind) as caught:
        changed({path: value}, since)
    assert piece in str(caught.value)
    assert caught.value.place is not None


def test_a_wrong_change_is_found_at_its_line() -> None:
    text = CASE_1.replace("processes.collect.split: {", "processes.colect.split: {")
    line = next(i for i, one in enumerate(text.splitlines(), 1) if "colect" in one)
    with pytest.raises(errors.ScenarioError) as caught:
        apply(parse(text, file="case.yaml"), "B")
    assert (caught.value.file, caught.value.line) == ("case.yaml", line)
    assert "Did you mean 'collect'?" in str(caught.value)


def test_unknown_scenarios_measures_and_circles() -> None:
    model = parse(CASE_1, file="case.yaml")
    with pytest.raises(errors.ScenarioError, match="Did you mean 'conventional'"):
        apply(model, "conventionl")
    model.scenarios["A"].measures = ["maintenence"]
    with pytest.raises(errors.ScenarioError, match="Did you mean 'maintenance'") as caught:
        apply(model, "B")
    assert caught.value.line is not None and "A: {measures" in CASE_1.splitlines()[caught.value.line - 1]
    model.scenarios["A"].inherits = "B"
    with pytest.raises(errors.ScenarioError, match="inherits from itself"):
        apply(model, "B")
    model.scenarios["A"].inherits = "C"
    with pytest.raises(errors.ScenarioError, match=r"scenarios\.A\.inherits"):
        apply(model, "B")
