"""Walking over a model by its declarations: what components hold, every quantity with its place, a copy."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TypeVar

from meguru.files.attribute import Attribute, Declared, declared
from meguru.files.component import Component, entry_names
from meguru.model import components
from meguru.quantity import Quantity

C = TypeVar("C", bound=Component)

COMPONENTS: dict[str, type[Component]] = {
    name: kind
    for name, kind in vars(components).items()
    if isinstance(kind, type) and issubclass(kind, Component)
}
_PLAIN_CONTAINERS = ("label", "texts", "names", "table", "quantities", "split")
_NESTED = ("component", "components", "recipe", "list", "unit_data")
_OF_FORMS: dict[tuple[type[Component], tuple[str, ...]], tuple[Declared, ...]] = {}
_COPIED: dict[type[Component], tuple[tuple[str, str], ...]] = {}


def _of_forms(kind: type[Component], forms: tuple[str, ...]) -> tuple[Declared, ...]:
    if (kind, forms) not in _OF_FORMS:
        _OF_FORMS[kind, forms] = tuple(one for one in declared(kind).values() if one.attribute.form in forms)
    return _OF_FORMS[kind, forms]


def nested(component: Component) -> Iterator[tuple[str, Component]]:
    """Components directly inside a component, each with its place relative to it."""
    for key, name, _, _ in _of_forms(type(component), _NESTED):
        value = getattr(component, name)
        if not value:
            continue
        if isinstance(value, dict):
            for inner, entry in value.items():
                yield f"{key}.{inner}", entry
        elif isinstance(value, list):
            for inner, entry in zip(entry_names(value), value, strict=True):
                if isinstance(entry, Component):  # a name of the library stands for itself
                    yield f"{key}.{inner}", entry
        else:
            yield key, value


def walk(component: Component, place: str = "") -> Iterator[tuple[str, Component]]:
    """A component and every component inside it, with their places, in file order."""
    yield place, component
    for inner, entry in nested(component):
        yield from walk(entry, f"{place}.{inner}" if place else inner)


def quantities(model: Component) -> Iterator[tuple[str, Quantity, Attribute, Component]]:
    """Every quantity of a model: its place, itself, its declaration and the component that holds it."""
    for place, owner in walk(model):
        start = f"{place}." if place else ""
        for key, name, attribute, _ in _of_forms(type(owner), ("quantity", "quantities", "split")):
            value = getattr(owner, name)
            if value is None:
                continue
            if attribute.form == "quantity":
                yield f"{start}{key}", value, attribute, owner
                continue
            start_of_entry = f"{start}{key}."
            for inner, quantity in value.items():
                if quantity is not None:  # 'rest' of a split
                    yield start_of_entry + inner, quantity, attribute, owner


def clone(component: C) -> C:
    """A copy that shares only what can not be changed: quantities, texts, numbers."""
    other: C = object.__new__(type(component))
    held = vars(other)
    held.update(vars(component))
    for name, form in _copied(type(component)):
        value = held[name]
        if value.__class__ is dict:
            if form == "changes":
                held[name] = copy.deepcopy(value)
            elif form in _NESTED:
                held[name] = {key: clone(entry) for key, entry in value.items()}
            else:
                held[name] = value.copy()
        elif value.__class__ is list:
            held[name] = [clone(entry) if isinstance(entry, Component) else entry for entry in value]
        elif isinstance(value, Component):
            held[name] = clone(value)
    return other


def _copied(kind: type[Component]) -> tuple[tuple[str, str], ...]:
    """Attributes of a component that may hold what can be changed, and their forms."""
    if kind not in _COPIED:
        found = _of_forms(kind, (*_PLAIN_CONTAINERS, *_NESTED, "changes"))
        _COPIED[kind] = tuple((one.name, one.attribute.form) for one in found)
    return _COPIED[kind]
