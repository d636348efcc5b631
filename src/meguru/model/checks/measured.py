"""Every quantity of a model with the units in which it may be given, by the dimension declared for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from meguru.files.attribute import Attribute, declared
from meguru.model.bom_units import bom_unit
from meguru.model.components import Component, Exchange, Item, Model, Money, Process, Recipe, Route
from meguru.model.network import route_name
from meguru.model.walk import walk
from meguru.quantity import Quantity

UNITS = {"1": "1", "share": "1", "mass": "kg", "time": "year", "length": "km", "tkm": "tkm"}
ANYTHING = ("any", "service", "service/item")  # given in a unit of its own


class Measured(NamedTuple):
    """A quantity at its place; ``units`` are alternatives, none means any."""

    place: str
    quantity: Quantity
    key: str
    owner: Component
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What words of a dimension stand for around a component."""

    model: Model
    items: tuple[str, ...]  # units that ``item`` may stand for
    exchange: str = ""  # unit of the exchange that the component is, if it is one


def measured(model: Model) -> Iterator[Measured]:
    """Every quantity but the parameters, which may be anything."""
    for place, component, scope in _entries(model):
        for at, owner in walk(component, place):
            for key, one in declared(type(owner)).items():
                value = getattr(owner, one.name)
                if not value or one.attribute.form not in ("quantity", "quantities", "split"):
                    continue
                entries = value if isinstance(value, dict) else {"": value}
                for name, quantity in entries.items():
                    if quantity is not None:
                        inner = f"{at}.{key}.{name}" if name else f"{at}.{key}"
                        units = _units(one.attribute, scope, owner, name, quantity, inner)
                        yield Measured(inner, quantity, key, owner, units)


def _entries(model: Model) -> Iterator[tuple[str, Component, Scope]]:
    whole = Scope(model, tuple(dict.fromkeys(item.unit for item in model.items.values())))
    if model.money is not None:
        yield "money", model.money, whole
    for section in ("items", "exchanges", "unit_data", "processes", "indicators", "measured", "measures"):
        for name, entry in getattr(model, section).items():
            yield f"{section}.{name}", entry, _scope(model, entry, whole)
    for route in model.routes:
        yield f"routes.{route_name(route)}", route, _scope(model, route, whole)


def _scope(model: Model, entry: Component, whole: Scope) -> Scope:
    if isinstance(entry, Exchange):
        return Scope(model, whole.items, entry.unit)
    names: list[str] = []
    if isinstance(entry, Item):
        return Scope(model, (entry.unit,))
    if isinstance(entry, Process):
        names = [name for name in (entry.product, entry.item) if name]
    elif isinstance(entry, Route):
        names = entry.items
    units = dict.fromkeys(model.items[name].unit for name in names if name in model.items)
    return Scope(model, tuple(units) or whole.items)


def _units(
    attribute: Attribute, scope: Scope, owner: Component, name: str, quantity: Quantity, place: str
) -> tuple[str, ...]:
    if attribute.dimension in ANYTHING or (not attribute.dimension and attribute.form != "split"):
        return ()
    if attribute.form == "split":
        return ("1",)
    if attribute.dimension == "bom":
        return _bom_units(scope, owner, name, quantity, place)
    if attribute.dimension == "limit":
        kind = owner.kind if isinstance(owner, Process) else ""
        words = "item|mass" if kind == "store" and place.endswith(".limit") else "item/time|mass/time"
        return _alternatives(words, scope, name)
    words = "mass|mass/item" if isinstance(owner, Item) else attribute.dimension
    return _alternatives(words, scope, name)


def _bom_units(scope: Scope, owner: Component, name: str, quantity: Quantity, place: str) -> tuple[str, ...]:
    items = scope.model.items
    child = place.removesuffix(".amount").rpartition(".")[2] if isinstance(owner, Recipe) else name
    if child not in items:
        return ()
    return (bom_unit(quantity.unit, items[child].unit, scope.items[0]),)


def _alternatives(words: str, scope: Scope, name: str) -> tuple[str, ...]:
    """``money/item|money/mass`` as units, all meanings of each word."""
    found: list[str] = []
    for alternative in words.split("|"):
        sides = [
            [_meanings(word, scope, name) for word in side.split(".")] for side in alternative.split("/")
        ]
        for chosen in product(*(product(*side) for side in sides)):
            found.append("/".join(_bracketed("*".join(map(_bracketed, side))) for side in chosen))
    return tuple(found)


def _bracketed(unit: str) -> str:
    """A unit that can be multiplied and divided by."""
    return unit if unit.replace("_", "").isalnum() else f"({unit})"


def _meanings(word: str, scope: Scope, name: str) -> tuple[str, ...]:
    model = scope.model
    if word == "item":
        return scope.items
    if word == "money":
        return ((model.money or Money()).currency,)
    if word == "impact":
        return (model.impacts[name].unit,) if name in model.impacts else ()
    if word == "exchange":
        if scope.exchange:
            return (scope.exchange,)
        return (model.exchanges[name].unit,) if name in model.exchanges else ()
    return (UNITS[word],)
