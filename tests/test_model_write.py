"""Writing a model: what is written reads back as the same, in the same order, or nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sketches import CASE_1, CASE_2, SMALL

from meguru import errors
from meguru.files.tree import parse_tree, plain
from meguru.files.yaml_text import to_yaml
from meguru.model.components import (
    Actor,
    Component,
    Item,
    Lifetime,
    Model,
    Process,
    Recipe,
    Route,
    Rule,
    Scenario,
    Time,
    Transport,
    UnitData,
)
from meguru.model.document import document
from meguru.model.read import load, parse
from meguru.model.write import save
from meguru.quantity import Quantity

CASES = pytest.mark.parametrize("text", [CASE_1, CASE_2, SMALL], ids=["case 1", "case 2", "small"])


def orders(value: Any) -> Any:
    """A value in which the order of mappings counts."""
    if isinstance(value, Component):
        return [
            (name, orders(inner)) for name, inner in vars(value).items() if name not in ("marks", "folder")
        ]
    if isinstance(value, dict):
        return [(key, orders(inner)) for key, inner in value.items()]
    return [orders(inner) for inner in value] if isinstance(value, list) else value


@CASES
@pytest.mark.parametrize("name", ["model.yaml", "model.json"])
def test_a_file_survives_being_read_and_written(text: str, name: str, tmp_path: Path) -> None:
    model = parse(text)
    save(model, tmp_path / name)
    again = load(tmp_path / name)
    assert again == model
    assert orders(again) == orders(model)
    first = (tmp_path / name).read_bytes()
    save(again, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == [name]


@CASES
def test_keys_keep_the_order_of_the_file(text: str) -> None:
    written = plain(parse_tree(text, None))

    def same_order(before: Any, after: Any) -> None:
        if isinstance(before, dict) and isinstance(after, dict):
            kept = [key for key in before if key in after]
            # Quantities have an order of their own.
            if "values" not in before and "uncertain" not in before:
                assert kept == list(after)[: len(kept)]
            for key in kept:
                same_order(before[key], after[key])
        elif isinstance(before, list) and isinstance(after, list):
            for one, other in zip(before, after, strict=True):
                same_order(one, other)

    same_order(written, document(parse(text)))


def test_a_default_written_in_the_file_stays() -> None:
    text = SMALL.replace("last: 2022", "last: 2022, step: year")
    assert document(parse(text))["time"] == {"first": 2020, "last": 2022, "step": "year"}
    assert document(parse(SMALL))["time"] == {"first": 2020, "last": 2022}


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(SMALL, encoding="utf-8")

    def break_down(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", break_down)
    with pytest.raises(errors.WriteError, match="No space left"):
        save(parse(CASE_1), path)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        save(parse(CASE_1), path)
    assert path.read_text(encoding="utf-8") == SMALL
    assert [one.name for one in tmp_path.iterdir()] == ["model.yaml"]


def test_a_folder_that_is_not_there_and_a_value_that_no_file_holds(tmp_path: Path) -> None:
    with pytest.raises(errors.WriteError, match=r"nowhere"):
        save(parse(SMALL), tmp_path / "nowhere" / "model.yaml")
    model = parse(CASE_2)
    model.measures["reuse p1"].changes["time.last"] = object()
    for name in ("model.yaml", "model.json"):
        with pytest.raises(errors.WriteError, match="a file can hold"):
            save(model, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS,
    st.sampled_from(["yes", "no", "Null", "~", "1e3", "0x1", ".5", "12 kg", "a: b",
     "a #b", "- a", "= 1 - a", "a\n b ", "é\x85"]),
)  # fmt: skip
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS.filter(lambda key: key not in ("", "<<")), inner, max_size=4)
    ),
    max_leaves=20,
)


def text_keys(value: Any) -> Any:
    """Keys as texts: a file does not tell the name '1' from the number 1."""
    if isinstance(value, dict):
        return {str(key): text_keys(inner) for key, inner in value.items()}
    return [text_keys(inner) for inner in value] if isinstance(value, list) else value


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(TEXTS.filter(lambda key: key not in ("", "<<")), DATA, min_size=1, max_size=4))
def test_any_data_survives_as_yaml(data: dict[str, Any]) -> None:
    again = plain(parse_tree(to_yaml(data), None))
    assert json.dumps(text_keys(again)) == json.dumps(data)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8).filter(
    lambda name: name != "<<"
)
NUMBERS = st.floats(0, 1e12, allow_subnormal=False)
YEARS = st.integers(1950, 2100)
CONSTANTS = st.builds(Quantity, NUMBERS, st.sampled_from(["", "kg", "JPY/piece", "%", "1/year"]))
SERIES = st.builds(
    lambda values, rule: Quantity.series(dict(sorted(values.items())), "kg", interpolate=rule),
    st.dictionaries(YEARS, NUMBERS, min_size=1, max_size=4),
    st.sampled_from(["linear", "step"]),
)
CERTAIN = CONSTANTS | SERIES | st.builds(Quantity.uniform, st.floats(0, 1), st.floats(2, 3))
QUANTITIES = CERTAIN | st.builds(Quantity.changed_from, CONSTANTS, YEARS, CONSTANTS)
OPTIONAL = st.none() | QUANTITIES
MAPPINGS = st.dictionaries(NAMES, QUANTITIES, max_size=3)
SPLITS = st.dictionaries(NAMES, OPTIONAL, min_size=1, max_size=3)
LABELS = st.none() | TEXTS | st.dictionaries(NAMES, TEXTS, min_size=1, max_size=2)
NOTES = {"label": LABELS, "note": st.none() | TEXTS}
UNIT_DATA = st.builds(UnitData, cost=OPTIONAL, exchanges=MAPPINGS, credit=st.booleans(), **NOTES)
PROCESSES = st.builds(
    Process,
    kind=st.sampled_from(["sort", "make", "use"]),
    unit=st.lists(NAMES | UNIT_DATA, max_size=3),
    split=SPLITS,
    rules=st.lists(st.builds(Rule, split=SPLITS, age_below=OPTIONAL), max_size=2),
    recipe=st.dictionaries(
        NAMES, st.builds(Recipe, amount=OPTIONAL, efficiency=OPTIONAL, **NOTES), max_size=2
    ),
    leave=st.dictionaries(
        NAMES,
        st.builds(
            Lifetime, distribution=st.just("survival"), survival=st.dictionaries(NUMBERS, NUMBERS, max_size=3)
        ),
        max_size=2,
    ),
    yields=MAPPINGS,
    **NOTES,
)
ROUTES = st.builds(
    Route,
    source=NAMES,
    target=NAMES,
    items=st.lists(NAMES, max_size=3),
    transport=st.lists(st.builds(Transport, distance=OPTIONAL, impacts=MAPPINGS), max_size=2),
    price=OPTIONAL,
    claim=st.integers(-3, 3),
)
MODELS = st.builds(
    Model,
    name=NAMES,
    time=st.builds(Time, first=YEARS, last=YEARS, history=st.none() | YEARS),
    parameters=MAPPINGS,
    actors=st.dictionaries(NAMES, st.builds(Actor, **NOTES), max_size=3),
    items=st.dictionaries(NAMES, st.builds(Item, kind=st.just("part"), bom=MAPPINGS, unit=TEXTS), max_size=3),
    processes=st.dictionaries(NAMES, PROCESSES, max_size=2),
    routes=st.lists(ROUTES, max_size=3, unique_by=lambda route: (route.source, route.target)),
    scenarios=st.dictionaries(NAMES, st.builds(Scenario, measures=st.lists(NAMES, max_size=2)), max_size=2),
    **NOTES,
)


@settings(max_examples=50, deadline=None)
@given(MODELS)
def test_any_model_survives_as_yaml_with_its_order(model: Model) -> None:
    again = parse(to_yaml(document(model)))
    assert again == model
    assert orders(again) == orders(model)
