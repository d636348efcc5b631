"""Components as dicts, lists and scalars in the form of a file."""

from __future__ import annotations

from dataclasses import MISSING
from typing import Any

from meguru.files.attribute import Declared, declared
from meguru.files.component import Component, entry_names
from meguru.quantity import write_quantity

REST = "rest"


def component_data(component: Component, place: str, order: dict[str, int]) -> dict[str, Any]:
    """One component as plain data; ``order`` gives the position of each place."""
    start = f"{place}." if place else ""
    known = declared(type(component))
    keys = sorted(known, key=lambda key: order.get(start + key, len(order)))
    data: dict[str, Any] = {}
    for key in keys:
        one = known[key]
        value = getattr(component, one.name)
        if value is None:
            continue
        written = one.attribute.required or start + key in order
        if not written and value == default_of(type(component), one.name):
            continue
        data[key] = _written(one, value, start + key, order)
    return data


def default_of(kind: type[Component], name: str) -> Any:
    """The default of a field."""
    one = kind.__dataclass_fields__[name]
    return one.default_factory() if one.default_factory is not MISSING else one.default


def first_held(component: Component) -> Declared | None:
    """The first key that has a value: it is written of what is wholly at its defaults, rather than ``{}``."""
    return next((one for one in declared(type(component)).values() if getattr(component, one.name)), None)


def _written(one: Declared, value: Any, place: str, order: dict[str, int]) -> Any:
    form = one.attribute.form
    if form == "quantity":
        return write_quantity(value)
    if form in ("quantities", "split"):
        return {key: REST if inner is None else write_quantity(inner) for key, inner in value.items()}
    if form == "component":
        data = component_data(value, place, order)
        first = None if data else first_held(value)
        if first is not None:
            data[first.key] = _written(first, getattr(value, first.name), f"{place}.{first.key}", order)
        return data
    if form in ("components", "recipe"):
        return {key: component_data(inner, f"{place}.{key}", order) for key, inner in value.items()}
    if form in ("list", "unit_data"):
        names = entry_names(value)
        return [
            component_data(inner, f"{place}.{name}", order) if isinstance(inner, Component) else inner
            for name, inner in zip(names, value, strict=True)
        ]
    if form == "table":
        return {_shortest(key): _shortest(inner) for key, inner in value.items()}
    return value


def _shortest(number: Any) -> Any:
    """An age of 5.0 as 5."""
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 1e15 else number
