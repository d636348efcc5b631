"""Writing a causal model back to a file, without loss of content or order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from meguru.files.attribute import Declared, declared
from meguru.files.document import default_of
from meguru.files.writing import to_json, write_beside
from meguru.files.yaml_text import to_yaml
from meguru.foresight.model import CausalModel, Spread, edge_names
from meguru.foresight.read import FORMAT, FORMAT_KEY, STEPS

_LONG = ("components", "list")  # stand below what is short, where no file gives an order


def save(model: CausalModel, path: str | os.PathLike[str]) -> None:
    """Write a causal model to a YAML file; to a JSON file, a workbook (.xlsx) or a folder if it is called so.

    Raises
    ------
    WriteError
        The file can not be written.
    """
    from meguru.foresight.table_paths import is_tables
    from meguru.foresight.tables import save_tables

    path = Path(path)
    if is_tables(path):
        save_tables(model, path)
        return
    data = document(model)
    text = to_json(data) if path.suffix.lower() == ".json" else to_yaml(data)
    write_beside(path, text.encode("utf-8"))


def document(model: CausalModel) -> dict[str, Any]:
    """A causal model as plain data in the form of the file; keys keep the order of the file read.

    What equals its default is left out, unless the file gave it.
    """
    order = {place: index for index, place in enumerate(model.marks)}
    return {FORMAT_KEY: FORMAT, **component_data(model, "", order)}


def component_data(component: Any, place: str, order: dict[str, int]) -> dict[str, Any]:
    """One component as plain data; ``order`` gives the position of each place."""
    start = f"{place}." if place else ""
    known = declared(type(component))
    data: dict[str, Any] = {}
    unwritten = [len(order) + (one.attribute.form in _LONG) for one in known.values()]
    place_of = dict(zip(known, unwritten, strict=True)) | {
        key: order[start + key] for key in known if start + key in order
    }
    for key in sorted(known, key=place_of.__getitem__):
        one = known[key]
        value = getattr(component, one.name)
        given = one.attribute.required or start + key in order
        if value is None or (not given and value == default_of(type(component), one.name)):
            continue
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            continue  # no bound: JSON has no word for it, and the default says the same
        data[key] = _written(one, value, start + key, order)
    return data


def _written(one: Declared, value: Any, place: str, order: dict[str, int]) -> Any:
    form = one.attribute.form
    if form == "number":
        return shortest(value)
    if form == "step":
        return next((name for name, step in STEPS.items() if step == value), shortest(value))
    if form == "spread":
        return spread_data(value)
    if form in ("numbers", "years"):
        return {key: shortest(inner) for key, inner in value.items()}
    if form == "label":
        return label_data(value)
    if form == "components":
        return {key: component_data(inner, f"{place}.{key}", order) for key, inner in value.items()}
    if form == "list":
        edges = one.attribute.component == "Edge"
        names = edge_names(value) if edges else [str(index) for index in range(len(value))]
        return [
            component_data(inner, f"{place}.{name}", order) for name, inner in zip(names, value, strict=True)
        ]
    return value


def spread_data(spread: Spread) -> Any:
    """A number where it is a constant, else the three of them."""
    if spread.is_constant:
        return shortest(spread.mode)
    return {name: shortest(getattr(spread, name)) for name in ("low", "mode", "high")}


def label_data(label: dict[str, str]) -> Any:
    """A text where it holds in every language."""
    if set(label) == {"ja", "en"} and label["ja"] == label["en"]:
        return label["ja"]
    return label


def shortest(number: float) -> int | float:
    """5.0 as 5."""
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else float(number)
