"""Reading components from the nodes of a file, by their declarations.

Nothing here knows a component by name: what stands in a file is what :func:`meguru.files.attribute.attribute`
says.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from meguru.files.attribute import Declared, declared
from meguru.files.component import Component
from meguru.files.marks import Marks
from meguru.files.tree import Mark, Node, describe, number_key, plain
from meguru.quantity import Quantity, read_quantity

REST = "rest"


class Reader:
    """Turns nodes into components and remembers where each place was written.

    ``kinds`` are the components that others may hold, by name. With ``partial``, as for a library by itself,
    required values may be missing. ``whole`` is what a message calls the whole file.
    """

    whole = "the file"

    def __init__(self, kinds: Mapping[str, type[Component]], *, partial: bool = False) -> None:
        self.kinds = kinds
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
                raise failure(
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
                raise failure(
                    MissingValueError,
                    f"missing in {place or self.whole}",
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
        return self.component(self.kinds[one.attribute.component], node, place)

    # one method for each form

    def _text(self, one: Declared, node: Node, place: str) -> str:
        if isinstance(node.value, str):
            return node.value
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return node.text  # a name or a unit may well be written '1'
        raise wrong(node, "a text", place)

    _name = _port = _text

    def _choice(self, one: Declared, node: Node, place: str) -> str:
        text = self._text(one, node, place)
        choices = one.attribute.choices
        if text not in choices:
            raise failure(
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
            raise wrong(node, "true or false", place)
        return node.value

    def _whole(self, one: Declared, node: Node, place: str) -> int:
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            raise wrong(node, "a whole number", place)
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
            raise failure(MissingValueError, "no value", node.mark, place, expected=one.attribute.doc)
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

    _split = _quantities

    def _component(self, one: Declared, node: Node, place: str) -> Component | None:
        if node.value is None:
            return None
        return self.component(self.kinds[one.attribute.component], node, place)

    def _components(self, one: Declared, node: Node, place: str) -> dict[str, Any]:
        return {} if node.value is None else self._quantities(one, node, place)

    def _list(self, one: Declared, node: Node, place: str) -> list[Any]:
        entries = node.value if node.is_list else [node]
        if not node.is_list:
            self._expect(node, dict, "a list of mappings", place)
        read: list[Any] = []
        for name, entry in zip(self._names_in_list(one, entries), entries, strict=True):
            inner = f"{place}.{name}"
            if inner in self.marks:
                raise failure(
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

    def _names_in_list(self, one: Declared, entries: list[Node]) -> list[str]:
        """Names of entries before they are read, so that an error inside can name its place."""
        kind = self.kinds[one.attribute.component]
        found = (kind.name_from(texts_of(entry)) for entry in entries)
        return [name or str(index) for index, name in enumerate(found)]

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
                raise failure(
                    WrongTypeError, "wrong type", node.marks[key], inside, found=key, expected="a number"
                )
            if float(number) in read:
                raise failure(DuplicateKeyError, "number stands twice", node.marks[key], inside, found=key)
            if not isinstance(inner.value, (int, float)) or isinstance(inner.value, bool):
                raise wrong(inner, "a number", inside)
            read[float(number)] = float(inner.value)
        return read

    def _changes(self, one: Declared, node: Node, place: str) -> dict[str, Any]:
        self._expect(node, dict, "a mapping of places to new values", place)
        for key in node.value:
            self.marks[f"{place}.{key}"] = node.marks[key]
        return {key: plain(inner) for key, inner in node.value.items()}

    def _expect(self, node: Node, kind: type, expected: str, place: str) -> None:
        if not isinstance(node.value, kind):
            raise wrong(node, expected, place)


def texts_of(node: Node) -> dict[str, str]:
    """The scalars of a mapping as they are written; nothing for anything else."""
    if not node.is_mapping:
        return {}
    return {key: inner.text for key, inner in node.value.items() if inner.text}


def failure(kind: type[ModelError], message: str, mark: Mark, place: str, **more: Any) -> ModelError:
    """A named error at a place in a file."""
    return kind(message, file=mark[0], line=mark[1], place=place, **more)


def wrong(node: Node, expected: str, place: str) -> ModelError:
    """The error for a value of another kind than expected."""
    return failure(WrongTypeError, "wrong type", node.mark, place, found=describe(node), expected=expected)
