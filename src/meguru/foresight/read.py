"""Reading a causal model: from a file, from tables, from a text or plain data."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from meguru.errors import (
    ModelError,
    RangeError,
    UnsupportedError,
    WrongTypeError,
)
from meguru.files.attribute import Declared
from meguru.files.reader import Reader
from meguru.files.tree import Node, describe, node_of, number_key, parse_tree, read_text
from meguru.foresight.model import COMPONENTS, CausalModel, Edge, Spread
from meguru.foresight.table_paths import is_tables

FORMAT = 1
FORMAT_KEY = "foresight"  # says what kind of file it is, and its version
STEPS = {"year": 1.0, "month": 1.0 / 12.0}
YEAR = re.compile(r"[0-9]{1,4}\Z")


def load(path: str | os.PathLike[str]) -> CausalModel:
    """Read a causal model.

    Parameters
    ----------
    path
        A YAML 1.2 or JSON file; an Excel workbook with the sheets ``nodes`` and ``edges``; or a folder with
        ``nodes.csv`` and ``edges.csv``. Tables may have ``events`` and ``settings`` too.

    Returns
    -------
    CausalModel
        ``where`` tells file and line, or sheet and cell, of each place.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line and place.
    """
    path = Path(path)
    if is_tables(path):
        from meguru.foresight.tables import tables_tree  # workbooks are slow to import

        return from_tree(tables_tree(path))
    return from_tree(parse_tree(read_text(path), str(path)))


def parse(text: str, *, file: str | None = None) -> CausalModel:
    """Read a causal model from a YAML or JSON text."""
    return from_tree(parse_tree(text, file))


def from_data(data: Mapping[str, Any], *, file: str | None = None) -> CausalModel:
    """Read a causal model from dicts, lists and scalars of the same form as a file."""
    return from_tree(node_of(data, (file, None)))


def from_tree(tree: Node) -> CausalModel:
    """A causal model from a tree with marks."""
    tree = tree.copy()
    version = tree.value.pop(FORMAT_KEY, None)
    if version is not None and version.value != FORMAT:
        raise _failure(
            UnsupportedError,
            "other version of the file format",
            version,
            FORMAT_KEY,
            found=describe(version),
            expected=FORMAT,
        )
    reader = CausalReader(COMPONENTS)
    model: CausalModel = reader.component(CausalModel, tree, "")
    return replace(model, marks=reader.marks)


class CausalReader(Reader):
    """Turns nodes of a file into the components of a causal model."""

    def entry(self, one: Declared, node: Node, place: str) -> Any:
        read = self.component(self.kinds[one.attribute.component], node, place)
        if one.attribute.form == "components":
            key = f"{one.key}."  # these mappings stand only at the top of the file
            return replace(read, name=place.removeprefix(key))
        return read

    def _list(self, one: Declared, node: Node, place: str) -> Any:
        if not node.is_list:
            self._expect(node, dict, "a list of mappings", place)
        entries = node.value if node.is_list else [node]
        names = _entry_names(one, entries)
        read = []
        for name, entry in zip(names, entries, strict=True):
            self.marks[f"{place}.{name}"] = entry.mark
            read.append(self.entry(one, entry, f"{place}.{name}"))
        return tuple(read)

    def _label(self, one: Declared, node: Node, place: str) -> dict[str, str]:
        """A text holds in every language."""
        read = super()._label(one, node, place)
        return dict.fromkeys(("ja", "en"), read) if isinstance(read, str) else read

    def _number(self, one: Declared, node: Node, place: str) -> float:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            hint = None
            if node.value is None or isinstance(node.value, str):
                hint = _number_hint(node.text)
            raise _failure(
                WrongTypeError,
                "wrong type",
                node,
                place,
                found=describe(node),
                expected="a number",
                hint=hint,
            )
        number = float(node.value)
        if math.isnan(number):
            raise _failure(RangeError, "not a number", node, place, found=node.text, expected="a number")
        return number

    def _spread(self, one: Declared, node: Node, place: str) -> Spread:
        if not node.is_mapping:
            return Spread.constant(self._number(one, node, place))
        spread: Spread = self.component(Spread, node, place)
        if not spread.low <= spread.mode <= spread.high:
            raise _failure(
                RangeError,
                "a spread out of order",
                node,
                place,
                found=f"{spread.low:g}, {spread.mode:g}, {spread.high:g}",
                expected="low ≤ mode ≤ high",
            )
        return spread

    def _step(self, one: Declared, node: Node, place: str) -> float:
        if isinstance(node.value, str) and node.value in STEPS:
            return STEPS[node.value]
        if isinstance(node.value, str):
            raise _failure(
                WrongTypeError,
                "wrong type",
                node,
                place,
                found=describe(node),
                expected="year, month, or a number of years",
            )
        return self._number(one, node, place)

    def _numbers(self, one: Declared, node: Node, place: str) -> dict[str, float]:
        self._expect(node, dict, "a mapping of nodes to numbers", place)
        read = {}
        for key, inner in node.value.items():
            self.marks[f"{place}.{key}"] = node.marks[key]
            read[key] = self._number(one, inner, f"{place}.{key}")
        return read

    def _years(self, one: Declared, node: Node, place: str) -> dict[int, float]:
        self._expect(node, dict, "a mapping of years to numbers, as {2030: 0.05}", place)
        read: dict[int, float] = {}
        for key, inner in node.value.items():
            inside = f"{place}.{key}"
            self.marks[inside] = node.marks[key]
            year = number_key(key)
            if not isinstance(year, int):
                raise WrongTypeError(
                    "not a year", file=node.marks[key][0], line=node.marks[key][1], place=inside, found=key
                )
            read[year] = self._number(one, inner, inside)
        return dict(sorted(read.items()))


def _entry_names(one: Declared, entries: list[Node]) -> list[str]:
    """What the entries of a list are called in places, before they are read."""
    if one.attribute.component != Edge.__name__:
        return [str(index) for index in range(len(entries))]
    seen: dict[str, int] = {}
    names = []
    for entry in entries:
        ends = (
            [entry.value[key].text if key in entry.value else "?" for key in ("from", "to")]
            if (entry.is_mapping)
            else ["?", "?"]
        )
        name = " → ".join(ends)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _number_hint(text: str) -> str | None:
    import unicodedata

    plain = unicodedata.normalize("NFKC", text)
    return "Write the digits half-width." if plain != text else None


def _failure(kind: type[ModelError], message: str, node: Node, place: str, **more: Any) -> ModelError:
    return kind(message, file=node.mark[0], line=node.mark[1], place=place, **more)
