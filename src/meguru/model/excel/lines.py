"""One component as one line of cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from meguru.errors import MeguruError
from meguru.files.attribute import Declared, declared
from meguru.files.document import component_data, default_of, first_held
from meguru.model.components import Component
from meguru.model.excel.columns import Path
from meguru.model.excel.layout import is_table, stands_in_line
from meguru.model.excel.lookups import Lookups
from meguru.model.excel.text import flow, list_cell, text_cell
from meguru.quantity import Quantity, write_quantity

REST = "rest"


class Cell(NamedTuple):
    """A value, and what stands in the columns beside it."""

    value: Any
    extras: dict[str, Any] = {}  # noqa: RUF012 - never changed


class Held(NamedTuple):
    """A cell of a line; ``order`` sorts the columns as the attributes are declared."""

    order: tuple[int, ...]
    path: Path
    cell: Cell


def cells_of(component: Component, place: str, lookups: Lookups, *, listed: bool) -> Iterator[Held]:
    """The cells of a component's line: what is not at its default."""
    for index, (key, one) in enumerate(declared(type(component)).items()):
        value = getattr(component, one.name)
        if value is None or (not one.attribute.required and value == default_of(type(component), one.name)):
            continue
        inside = f"{place}.{key}" if place else key
        try:
            if stands_in_line(one, listed=listed):
                held = list(_cells(one, value, inside, lookups, listed=listed))
            else:
                held = []
            if not held and one.attribute.form == "component":
                held = list(_first_cells(key, value, inside, lookups, listed=listed))
            if not held and (not value or one.attribute.form == "component"):
                held = [Held((), (key,), Cell(flow([] if isinstance(value, list) else {})))]
        except MeguruError as error:
            raise error.at(place=inside) from None
        for order, path, cell in held:
            yield Held((index, *order), path, cell)


def _first_cells(key: str, value: Component, place: str, lookups: Lookups, *, listed: bool) -> Iterator[Held]:
    """Of a component that is wholly at its defaults its first value."""
    first = first_held(value)
    if first is not None:
        found = _cells(first, getattr(value, first.name), f"{place}.{first.key}", lookups, listed=listed)
        yield from (Held(order, (key, *path), cell) for order, path, cell in found)


def _cells(one: Declared, value: Any, place: str, lookups: Lookups, *, listed: bool) -> Iterator[Held]:
    form, key = one.attribute.form, one.key
    if form == "component":
        for order, path, cell in cells_of(value, place, lookups, listed=listed):
            yield Held(order, (key, *path), cell)
    elif form in ("quantities", "split") or (form == "label" and isinstance(value, dict)):
        for name, inner in value.items():
            yield Held((), (key, name), _entry(inner, f"{place}.{name}", lookups))
    elif form == "quantity":
        yield Held((), (key,), quantity_cell(value, place, lookups))
    elif form in ("names", "texts"):
        yield Held((), (key,), Cell(list_cell(value)))
    elif form in ("flag", "whole"):
        yield Held((), (key,), Cell(value))
    elif isinstance(value, str):
        yield Held((), (key,), Cell(text_cell(value)))
    elif is_table(one):
        yield Held((), (key,), Cell(lookups.add_table(place, value)))
    else:  # something with an inside, in the line of an entry that has no name
        yield Held((), (key,), Cell(flow(_data(value))))


def _entry(value: Any, place: str, lookups: Lookups) -> Cell:
    if isinstance(value, str):
        return Cell(text_cell(value))
    return Cell(REST) if value is None else quantity_cell(value, place, lookups)


def quantity_cell(quantity: Quantity, place: str, lookups: Lookups) -> Cell:
    """A number: itself with its unit beside it, a link to the sheet of series, or the file's notation."""
    data = write_quantity(quantity)
    if quantity.values and isinstance(data, dict):
        return Cell(lookups.add_series(place, data))
    if quantity.uncertain is not None or quantity.since or quantity.distribution is not None:
        return Cell(flow(data))
    extras: dict[str, Any] = {
        key: text_cell(text) for key in ("unit", "source") if (text := getattr(quantity, key))
    }
    if quantity.source == "":
        extras["source"] = text_cell("")
    if quantity.quality is not None:
        extras["quality"] = quantity.quality
    return Cell(_short(quantity.value) if quantity.formula is None else f"= {quantity.formula}", extras)


def _short(number: float | None) -> float | int | None:
    return int(number) if number is not None and number.is_integer() and abs(number) < 1e15 else number


def _data(value: Any) -> Any:
    if isinstance(value, Component):
        return component_data(value, "", {})
    if isinstance(value, list):
        return [_data(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _data(inner) for key, inner in value.items()}
    return value
