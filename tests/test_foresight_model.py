"""A causal model is read with its lines, can not be changed, and is written back without loss."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import jsonschema
import pytest
from causal_models import WHOLE, models
from hypothesis import HealthCheck, given, settings

from meguru.errors import WriteError
from meguru.files.attribute import declared
from meguru.files.yaml_text import to_yaml
from meguru.foresight import CausalModel, Edge, Node, Spread, check, load, save
from meguru.foresight.checks import faults
from meguru.foresight.model import COMPONENTS, edge_names
from meguru.foresight.read import from_data, parse
from meguru.foresight.schema import json_schema
from meguru.foresight.write import document

SMALL = Path(__file__).parents[1] / "examples" / "foresight-small" / "causal.yaml"


def test_what_is_written_is_what_is_held() -> None:
    model = parse(WHOLE)
    assert (model.name, model.first, model.last, model.step) == ("whole", 2024.0, 2040.0, 1 / 12)
    assert model.label == {"ja": "全部", "en": "everything"}
    law, price, awareness, waste = model.nodes.values()
    assert law.start == Spread(0, 1, 3) and law.role == "lever" and (law.low, law.high) == (-math.inf, 10)
    assert (price.drift, price.noise, price.scale) == (2, 5, 20) and price.start.is_constant
    assert (awareness.dynamics, awareness.pull, awareness.rest) == ("relax", 0.2, 30)
    assert (waste.direction, waste.field, waste.name) == ("down", "environment", "waste")
    assert model.edges[0] == Edge("law", "awareness", Spread(0.1, 0.2, 0.3), "+", Spread.constant(1))
    assert (model.edges[3].form, model.edges[3].second, model.edges[3].gate) == (
        "product",
        "law",
        "threshold",
    )
    assert model.edges[4].reference == 200 and model.edges[0].reference is None
    reform = model.events["reform"]
    assert reform.push == {"law": 0.5} and reform.lasting == 5 and reform.conditions[0].above == 50
    assert model.events["shock"].hazard == {2026: 0.1, 2030: 0.2}
    assert model.settings == {"scenarios": 100, "milestones": [2030, 2040], "rating": {"good": 0.5}}


def test_every_place_knows_its_line() -> None:
    model = parse(WHOLE, file="whole.yaml")
    lines = WHOLE.splitlines()
    for place, text in (
        ("nodes.price", "price:"),
        ("nodes.price.drift", "price:"),
        ("edges.law → awareness.strength.mode", "from: law"),
        ("edges.awareness → waste (2)", "gate: threshold"),
        ("events.reform.conditions.0", "reform:"),
        ("settings.rating", "settings:"),
    ):
        file, line = model.where(place)
        assert file == "whole.yaml" and line is not None and text in lines[line - 1]


def test_nothing_of_a_model_can_be_set() -> None:
    model = parse(WHOLE)
    for owner in (model, model.nodes["law"], model.edges[0], model.events["shock"], Spread(0, 1, 2)):
        name = dataclasses.fields(owner)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(owner, name, "other")


def test_models_built_in_python_need_no_file(tmp_path: Path) -> None:
    model = CausalModel("two", {"a": Node("a"), "b": Node("b")}, (Edge("a", "b", Spread.constant(0.5)),))
    save(model, tmp_path / "two.yaml")
    text = (tmp_path / "two.yaml").read_text(encoding="utf-8")
    assert load(tmp_path / "two.yaml") == model
    assert text.index("name") < text.index("nodes") < text.index("edges")
    assert "scale" not in text, "defaults are left out"
    assert list(faults(model)) == []


def test_keys_keep_the_order_of_the_file_and_defaults_that_were_given() -> None:
    text = "foresight: 1\nname: a\nnodes:\n  x: {scale: 1, start: 2}\nlast: 2050\nfirst: 2024\n"
    assert to_yaml(document(parse(text))) == text


def test_a_label_is_a_text_or_one_for_each_language() -> None:
    model = parse("name: a\nlabel: 両方\nnodes: {x: {label: {fr: quoi}}}")
    assert model.label == {"ja": "両方", "en": "両方"} and model.nodes["x"].label == {"fr": "quoi"}
    assert document(model)["label"] == "両方" and document(model)["nodes"]["x"]["label"] == {"fr": "quoi"}


@given(model=models())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_on_the_way_to_a_file_and_back(
    model: CausalModel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("back")
    for name in ("model.yaml", "model.json"):
        save(model, folder / name)
        assert load(folder / name) == model
        save(load(folder / name), folder / f"again-{name}")
        assert (folder / name).read_text("utf-8") == (folder / f"again-{name}").read_text("utf-8")


def test_a_file_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="can not be written"):
        save(parse(WHOLE), tmp_path / "none" / "model.yaml")


def test_names_of_edges_are_told_apart() -> None:
    edge = Edge("a", "b", Spread.constant(1))
    assert edge_names((edge, edge, Edge("b", "a", Spread.constant(1)))) == ["a → b", "a → b (2)", "b → a"]


def test_the_schema_takes_what_the_reader_takes() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    jsonschema.Draft202012Validator.check_schema(json_schema())
    for model in (parse(WHOLE), load(SMALL)):
        validator.validate(json.loads(json.dumps(document(model))))


@pytest.mark.parametrize(
    "edit",
    [
        {"nodse": {}},
        {"foresight": 2},
        {"nodes": {"a": {"start": "ten"}}},
        {"nodes": {"a": {"start": {"low": 1, "high": 2}}}},
        {"nodes": {"a": {"role": "boss"}}},
        {"edges": [{"from": "a", "to": "a"}]},
        {"events": {"x": {"hazard": 0.1}}},
        {"step": "week"},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(edit: dict[str, object]) -> None:
    from meguru.errors import ModelError

    sound = {"name": "a", "nodes": {"a": {}}}
    validator = jsonschema.Draft202012Validator(json_schema())
    assert validator.is_valid(sound) and from_data(sound)
    assert not validator.is_valid({**sound, **edit})
    with pytest.raises(ModelError):
        from_data({**sound, **edit})


def test_every_attribute_is_declared_and_explained() -> None:
    for kind in (CausalModel, *COMPONENTS.values()):
        known = {one.name for one in declared(kind).values()}
        assert known == {one.name for one in dataclasses.fields(kind)} - {"name", "marks"} | (
            known & {"name"}
        )
        assert all(len(one.attribute.doc) > 3 for one in declared(kind).values())


def test_the_teaching_example_has_no_fault_and_no_warning_and_every_form() -> None:
    model = load(SMALL)
    assert check(model) == ()
    assert {edge.form for edge in model.edges} == {"linear", "saturating", "threshold", "product"}
    assert all(set(node.label) == {"ja", "en"} for node in model.nodes.values())
    assert all("illustrative" in node.source for node in model.nodes.values())
    assert all("illustrative" in edge.citation for edge in model.edges)


def test_every_name_at_the_door_is_what_it_says_whatever_was_imported_before() -> None:
    import importlib
    import pkgutil

    from meguru import foresight

    modules = [one.name for one in pkgutil.iter_modules(foresight.__path__)]
    assert not set(modules) & set(foresight.__all__)  # a module would take the place of a name
    for name in modules:
        importlib.import_module(f"meguru.foresight.{name}")
    for name in foresight.__all__:
        assert callable(getattr(foresight, name)), name
    assert set(foresight.__all__) <= set(dir(foresight))
    wrong = "simulat"
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        getattr(foresight, wrong)
