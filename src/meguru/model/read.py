"""Reading a model from a file, from a text, or from plain data.

Everything is read by the declarations of :mod:`meguru.model.components`; nothing here knows a component by
name except that routes are found by their names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    ModelError,
    UnknownKeyError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.model.components import Component, Model, Recipe, UnitData
from meguru.model.library import route_key, with_libraries
from meguru.model.marks import Marks, set_marks
from meguru.model.tree import Mark, Node, describe, node_of, number_key, parse_tree, plain, read_text
from meguru.model.walk import COMPONENTS, Declared, declared
from meguru.quantity import Quantity, read_quantity

REST = "rest"
_QUANTITY_KEYS = frozenset(("value", "values", "distribution", "formula"))


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model file and the libraries that it names.

    Parameters
    ----------
    path
        A YAML 1.2 or JSON file, UTF-8, at most 32 MiB.

    Returns
    -------
    Model
        With what it takes from libraries filled in. :func:`meguru.model.marks.where` tells file and line of
        each place.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line and place.
    """
    path = Path(path)
    return _model(parse_tree(read_text(path), str(path)), path.parent)


def parse(text: str, *, file: str | None = None, folder: str | os.PathLike[str] = ".") -> Model:
    """Read a model from a text; ``folder`` is where its libraries are looked for."""
    return _model(parse_tree(text, file), Path(folder))


def from_data(
    data: Mapping[str, Any], *, file: str | None = None, folder: str | os.PathLike[str] = "."
) -> Model:
    """Read a model from dicts, lists and scalars of the same form as a file."""
    return _model(node_of(data, (file, None)), Path(folder))


def _model(tree: Node, folder: Path) -> Model:
    reader = Reader()
    model = reader.component(Model, with_libraries(tree, folder), "")
    assert isinstance(model, Model)
    set_marks(model, reader.marks)
    vars(model)["folder"] = folder
    return model


class Reader:
    """Turns nodes into components and remembers where each place was written.

    With ``partial``, as for a library by itself, required values may be missing.
    """

    def __init__(self, *, partial: bool = False) -> None:
        self.partial = partial
        self.marks: Marks = {}

    def component(self, kind: type[Component], node: Node, place: str) -> Component:
        """A component of a kind; nothing written stands for one without values."""
        if node.value is None:
            node = Node({}, node.mark)
        self._expect(node, dict, "a mapping", place)
        self.marks.setdefault(place, node.mark)
        known = declared(kind)
        values: dict[str, Any] = {}
        start = f"{place}." if place else ""
        for key, inner in node.value.items():
            if key not in known:
                raise _failure(
                    UnknownKeyError,
                    "unknown key",
                    node.marks[key],
                    start + key,
                    found=key,
                    expected=list(known),
                    hint=did_you_mean(key, known),
                )
            if inner.value is None and known[key].attribute.form not in ("component", "components"):
                continue  # the same as not written
            self.marks[start + key] = node.marks[key]
            values[known[key].name] = self.value(known[key], inner, start + key)
        for key, one in known.items():
            if one.attribute.required and values.get(one.name) is None and not self.partial:
                raise _failure(
                    MissingValueError,
                    f"missing in {place or 'the model'}",
                    node.mark,
                    start + key,
                    found="nothing",
                    expected=one.attribute.doc,
                )
        return kind(**values)

    def value(self, one: Declared, node: Node, place: str) -> Any:
        """What an attribute holds."""
        reading = getattr(self, f"_{one.attribute.form}")
        return reading(one, node, place)

    def entry(self, one: Declared, node: Node, place: str) -> Any:
        """One entry of an attribute that holds a mapping or a list."""
        form = one.attribute.form
        if form == "quantities":
            return self._quantity(one, node, place)
        if form == "split":
            return None if node.value == REST else self._quantity(one, node, place)
        if form == "recipe" and (not node.is_mapping or _QUANTITY_KEYS & node.value.keys()):
            return Recipe(amount=self._quantity(one, node, place))
        if form == "unit_data":
            return self.component(UnitData, node, place) if node.is_mapping else self._text(one, node, place)
        return self.component(COMPONENTS[one.attribute.component], node, place)

    # one method for each form

    def _text(self, one: Declared, node: Node, place: str) -> str:
        if isinstance(node.value, str):
            return node.value
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return node.text  # a name or a unit may well be written '1'
        raise _wrong(node, "a text", place)

    _name = _port = _text

    def _choice(self, one: Declared, node: Node, place: str) -> str:
        text = self._text(one, node, place)
        choices = one.attribute.choices
        if text not in choices:
            raise _failure(
                UnknownNameError,
                "no such choice",
                node.mark,
                place,
                found=text,
                expected=list(choices),
                hint=did_you_mean(text, choices),
            )
        return text

    def _flag(self, one: Declared, node: Node, place: str) -> bool:
        if not isinstance(node.value, bool):
            raise _wrong(node, "true or false", place)
        return node.value

    def _whole(self, one: Declared, node: Node, place: str) -> int:
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            raise _wrong(node, "a whole number", place)
        return node.value

    def _names(self, one: Declared, node: Node, place: str) -> list[str]:
        entries = node.value if node.is_list else [node]
        return [self._text(one, entry, place) for entry in entries]

    _texts = _names

    def _label(self, one: Declared, node: Node, place: str) -> str | dict[str, str]:
        if not node.is_mapping:
            return self._text(one, node, place)
        return {key: self._text(one, inner, f"{place}.{key}") for key, inner in node.value.items()}

    def _quantity(self, one: Declared, node: Node, place: str) -> Quantity:
        if node.value is None:
            raise _failure(MissingValueError, "no value", node.mark, place, expected=one.attribute.doc)
        self._mark_inside(node, place)
        try:
            return read_quantity(plain(node), place=place)
        except ModelError as error:
            file, line = self._mark_of(error.place or place, place, node.mark)
            raise error.at(file=file, line=line, place=place) from None

    def _mark_inside(self, node: Node, place: str) -> None:
        """Remember where the numbers of a series and the keys of a quantity stand."""
        if node.is_mapping:
            for key, inner in node.value.items():
                self.marks[f"{place}.{key}"] = node.marks[key]
                self._mark_inside(inner, f"{place}.{key}")

    def _mark_of(self, inner: str, place: str, around: Mark) -> Mark:
        """Where a place inside another was written, or the nearest one around it."""
        while len(inner) > len(place) and inner not in self.marks:
            inner = inner.rpartition(".")[0]
        return self.marks[inner] if len(inner) > len(place) else around

    def _quantities(self, one: Declared, node: Node, place: str) -> dict[str, Any]:
        self._expect(node, dict, "a mapping of names to values", place)
        start = f"{place}."
        read: dict[str, Any] = {}
        for key, inner in node.value.items():
            self.marks[start + key] = node.marks[key]
            read[key] = self.entry(one, inner, start + key)
        return read

    _split = _recipe = _quantities

    def _component(self, one: Declared, node: Node, place: str) -> Component | None:
        if node.value is None:
            return None
        return self.component(COMPONENTS[one.attribute.component], node, place)

    def _components(self, one: Declared, node: Node, place: str) -> dict[str, Any]:
        return {} if node.value is None else self._quantities(one, node, place)

    def _list(self, one: Declared, node: Node, place: str) -> list[Any]:
        entries = node.value if node.is_list else [node]
        if not node.is_list:
            self._expect(node, dict, "a list of mappings", place)
        read: list[Any] = []
        for name, entry in zip(_names_in_list(one, entries), entries, strict=True):
            inner = f"{place}.{name}"
            if inner in self.marks:
                raise _failure(
                    DuplicateKeyError,
                    "two entries of the same name",
                    entry.mark,
                    inner,
                    found=name,
                    expected="a name of its own",
                    hint="Give one of them a 'name'.",
                )
            self.marks[inner] = entry.mark
            read.append(self.entry(one, entry, inner))
        return read

    def _unit_data(self, one: Declared, node: Node, place: str) -> list[Any]:
        entries = node.value if node.is_list else [node]
        read = []
        for index, entry in enumerate(entries):
            self.marks[f"{place}.{index}"] = entry.mark
            read.append(self.entry(one, entry, f"{place}.{index}"))
        return read

    def _table(self, one: Declared, node: Node, place: str) -> dict[Any, Any]:
        self._expect(node, dict, "a mapping", place)
        numbers = "dict[float" in one.annotation
        read: dict[Any, Any] = {}
        for key, inner in node.value.items():
            inside = f"{place}.{key}"
            self.marks[inside] = node.marks[key]
            if not numbers:
                read[key] = plain(inner)
                continue
            number = number_key(key)
            if isinstance(number, str):
                raise _failure(
                    WrongTypeError, "wrong type", node.marks[key], inside, found=key, expected="a number"
                )
            if float(number) in read:
                raise _failure(DuplicateKeyError, "number stands twice", node.marks[key], inside, found=key)
            if not isinstance(inner.value, (int, float)) or isinstance(inner.value, bool):
                raise _wrong(inner, "a number", inside)
            read[float(number)] = float(inner.value)
        return read

    def _changes(self, one: Declared, node: Node, place: str) -> dict[str, Any]:
        self._expect(node, dict, "a mapping of places to new values", place)
        for key in node.value:
            self.marks[f"{place}.{key}"] = node.marks[key]
        return {key: plain(inner) for key, inner in node.value.items()}

    def _expect(self, node: Node, kind: type, expected: str, place: str) -> None:
        if not isinstance(node.value, kind):
            raise _wrong(node, expected, place)


def _names_in_list(one: Declared, entries: list[Node]) -> list[str]:
    """Names of the entries of a list before they are read, so that an error inside can name its place."""
    names = [str(index) for index in range(len(entries))]
    if one.attribute.component != "Route":
        return names
    return [route_key(entry) or name for entry, name in zip(entries, names, strict=True)]


def _failure(kind: type[ModelError], message: str, mark: Mark, place: str, **more: Any) -> ModelError:
    return kind(message, file=mark[0], line=mark[1], place=place, **more)


def _wrong(node: Node, expected: str, place: str) -> ModelError:
    return _failure(WrongTypeError, "wrong type", node.mark, place, found=describe(node), expected=expected)
