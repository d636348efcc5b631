"""Checks of what the reader of files sees to, for models built in Python; and of units that stand alone."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import (
    DimensionError,
    MissingValueError,
    ModelError,
    UnitError,
    UnknownNameError,
    UnsupportedError,
    did_you_mean,
)
from meguru.files.attribute import declared
from meguru.model.checks.fault import fault
from meguru.model.components import Model, Money
from meguru.model.walk import walk
from meguru.quantity import dimension_of, same_dimension

FORMAT = 1


def version(model: Model) -> Iterator[ModelError]:
    """The version of the file format is the one known."""
    if model.meguru != FORMAT:
        yield fault(
            UnsupportedError,
            model,
            "meguru",
            "other version of the file format",
            found=model.meguru,
            expected=FORMAT,
        )


def missing_values(model: Model) -> Iterator[ModelError]:
    """What must be given is given."""
    for place, owner in walk(model):
        for key, one in declared(type(owner)).items():
            if one.attribute.required and getattr(owner, one.name) is None:
                inner = f"{place}.{key}" if place else key
                yield fault(
                    MissingValueError,
                    model,
                    inner,
                    f"missing in {place or 'the model'}",
                    found="nothing",
                    expected=one.attribute.doc,
                )


def unknown_choices(model: Model) -> Iterator[ModelError]:
    """Choices are among those declared."""
    for place, owner in walk(model):
        for key, one in declared(type(owner)).items():
            value = getattr(owner, one.name)
            if one.attribute.form == "choice" and value is not None and value not in one.attribute.choices:
                hint = did_you_mean(str(value), one.attribute.choices)
                yield fault(
                    UnknownNameError,
                    model,
                    f"{place}.{key}",
                    "no such choice",
                    found=value,
                    expected=one.attribute.choices,
                    hint=hint,
                )


def units(model: Model) -> Iterator[ModelError]:
    """Units of items, exchanges, impacts, indicators and money are units, of the right kind."""
    for name, item in model.items.items():
        like = "kg" if item.kind == "material" else None
        yield from _unit(model, f"items.{name}.unit", item.unit, like, "a unit of mass, as 'kg'")
    for name, exchange in model.exchanges.items():
        like = "kWh" if exchange.category == "energy" else None
        expected = "a unit of energy, as 'kWh', or category: material"
        yield from _unit(model, f"exchanges.{name}.unit", exchange.unit, like, expected)
    for section in ("impacts", "indicators"):
        for name, one in getattr(model, section).items():
            yield from _unit(model, f"{section}.{name}.unit", one.unit, None, "")
    currency = (model.money or Money()).currency
    try:
        known = dimension_of(currency) == ((currency, 1.0),)
    except UnitError:
        known = False
    if not known:
        yield fault(
            UnitError,
            model,
            "money.currency",
            "not a currency",
            found=currency,
            expected="the code of a currency, as 'JPY' or 'EUR'",
        )


def _unit(model: Model, place: str, unit: str, like: str | None, expected: str) -> Iterator[ModelError]:
    try:
        fits = like is None or same_dimension(unit, like)
        dimension_of(unit)
    except UnitError as error:
        yield fault(
            UnitError,
            model,
            place,
            error.message,
            found=error.found,
            expected=error.expected or "a unit, as 'kg' or 'piece'",
            hint=error.hint,
        )
        return
    if not fits:
        yield fault(DimensionError, model, place, "wrong dimension", found=unit, expected=expected)
