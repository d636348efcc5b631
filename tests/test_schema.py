"""The JSON Schema: it is one, accepts what the reader accepts and marks what an editor should mark."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from sketches import CASE_1, CASE_2, SMALL
from test_library import LIBRARY
from test_model_write import MODELS

from meguru.files.attribute import declared
from meguru.files.tree import parse_tree, plain
from meguru.model.components import Model
from meguru.model.document import document
from meguru.model.read import parse
from meguru.model.schema import json_schema
from meguru.model.walk import COMPONENTS

VALIDATOR = Draft202012Validator(json_schema())


def as_json(text: str) -> Any:
    """What an editor's validator sees: keys are texts."""
    return json.loads(json.dumps(plain(parse_tree(text, None))))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator.check_schema(json_schema(library=True))


@pytest.mark.parametrize("text", [CASE_1, CASE_2, SMALL], ids=["case 1", "case 2", "small"])
def test_the_cases_are_valid_as_read_and_as_written(text: str) -> None:
    assert list(VALIDATOR.iter_errors(as_json(text))) == []
    assert list(VALIDATOR.iter_errors(json.loads(json.dumps(document(parse(text)))))) == []


@settings(max_examples=20, deadline=None)
@given(MODELS)
def test_whatever_is_written_is_valid(model: Model) -> None:
    assert list(VALIDATOR.iter_errors(json.loads(json.dumps(document(model))))) == []


def test_every_attribute_of_every_component_is_described() -> None:
    definitions = json_schema()["$defs"]
    for name, kind in COMPONENTS.items():
        if name == "Component":
            continue
        properties = json_schema()["properties"] if kind is Model else definitions[name]["properties"]
        assert list(properties) == list(declared(kind))
        for key, one in declared(kind).items():
            assert one.attribute.doc in properties[key]["description"]
    kinds = definitions["Process"]["properties"]["kind"]["enum"]
    assert "recondition" in kinds


WRONG = [
    ("name: small", "nmae: small"),
    ("kind: sink", "knid: sink"),
    ("kind: sink", "kind: sinc"),
    ("{kind: sink}", "[sink]"),
    ("{kind: sink}", "{note: x}"),
    ("first: 2020", "first: early"),
    ("to: landfill}", "to: landfill, residual: {new: 1}}"),
    ("to: landfill}", "to: landfill, price: [1]}"),
    ("to: landfill}", "to: landfill, price: {value: 1, unti: kg}}"),
    ("to: landfill}", "to: landfill, price: {values: {first: 1}, unit: kg}}"),
    ("to: landfill}", "to: landfill, price: {distribution: normall, mean: 1, sd: 1}}"),
    ("to: landfill}", "to: landfill, price: {values: {2020: 1}, interpolate: cubic}}"),
    ("to: landfill}", "to: landfill, transport: {km: 3}}"),
    ("kind: material}", "kind: material, renewable: yes}"),
]


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_what_the_reader_refuses_the_schema_marks(old: str, new: str) -> None:
    assert SMALL.count(old) == 1
    assert not VALIDATOR.is_valid(as_json(SMALL.replace(old, new)))


def test_a_library_needs_nothing() -> None:
    library = Draft202012Validator(json_schema(library=True))
    assert list(library.iter_errors(as_json(LIBRARY))) == []
    assert list(library.iter_errors(as_json("processes: {furnace: {actor: me}}"))) == []
    assert list(library.iter_errors({})) == []
    assert not library.is_valid({"proceses": {}})
    assert not VALIDATOR.is_valid(as_json(LIBRARY))
