"""How the attributes of components are declared: of a model, of an inventory library.

Each component is a dataclass; each of its fields carries an :class:`Attribute`. The reader, the checks, the
JSON Schema, the Excel workbook and the reference pages are all built from these declarations: what an
attribute
is, is written once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a field holds.

    ``form`` is one of ``text``, ``flag``, ``whole``, ``choice``, ``name``, ``names``, ``label``,
    ``quantity``,
    ``quantities`` (mapping of names to quantities), ``component``, ``components`` (mapping of names to
    components),
    ``list`` (of components), ``texts``, ``changes``, ``split``.
    """

    form: str
    doc: str
    dimension: str = ""  # of a quantity; see meguru.quantity.dimension
    choices: tuple[str, ...] = ()
    refers: str = ""  # a name refers to this table of the model: items, actors, processes ...
    component: str = ""  # class name of a nested component
    required: bool = False
    wild: bool = False  # a mapping whose keys may be any name (else they refer to ``refers``)


def attribute(form: str, doc: str, *, default: Any = MISSING, key: str = "", **more: Any) -> Any:
    """A dataclass field with its declaration; ``key`` is its name in the file where that differs
    (``from``)."""
    spec = Attribute(form, doc, required=default is MISSING, **more)
    metadata = {"attribute": spec, "key": key}
    if default is MISSING:
        # Required, but after optional fields of a base class: the reader reports what is missing, with its
        # place.
        return field(default=None, metadata=metadata)
    if isinstance(default, (dict, list)):
        return field(default_factory=type(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def attributes_of(component: type | Any) -> dict[str, tuple[dataclasses.Field[Any], Attribute]]:
    """File key → (field, declaration), in file order."""
    found = {}
    for item in fields(component):
        if "attribute" in item.metadata:
            found[item.metadata["key"] or item.name] = (item, item.metadata["attribute"])
    return found


class Declared(NamedTuple):
    """An attribute of a component: its key in the file, name in Python, declaration, and type as written."""

    key: str
    name: str
    attribute: Attribute
    annotation: str


_DECLARED: dict[type, dict[str, Declared]] = {}


def declared(kind: type) -> dict[str, Declared]:
    """File key → attribute, in file order."""
    if kind not in _DECLARED:
        _DECLARED[kind] = {
            key: Declared(key, item.name, spec, str(item.type))
            for key, (item, spec) in attributes_of(kind).items()
        }
    return _DECLARED[kind]
