"""Quantities, written as they stand in files."""

from __future__ import annotations

from typing import Any

from meguru.quantity.distribution import Distribution
from meguru.quantity.quantity import Quantity


def write_quantity(quantity: Quantity) -> float | int | str | dict[str, Any]:
    """What stands in a file for a quantity: the shortest form that is read back as the same."""
    notes = (
        quantity.uncertain or quantity.source is not None or quantity.quality is not None or quantity.since
    )
    if not notes:
        if quantity.value is not None and not quantity.unit:
            return _plain(quantity.value)
        if quantity.value is not None and not quantity.unit.startswith(("1", " ")):
            return f"{_plain(quantity.value)} {quantity.unit}"
        if quantity.formula is not None and not quantity.unit:
            return f"= {quantity.formula}"
    return _mapping(quantity)


def _mapping(quantity: Quantity) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if quantity.value is not None:
        found["value"] = _plain(quantity.value)
    elif quantity.values:
        found["values"] = {
            _plain(year): _plain(value) for year, value in zip(quantity.years, quantity.values, strict=True)
        }
        found |= {"interpolate": quantity.interpolate} if quantity.interpolate != "linear" else {}
        found |= {"beyond": quantity.beyond} if quantity.beyond != "error" else {}
    elif quantity.distribution is not None:
        found |= _distribution(quantity.distribution)
    else:
        found["formula"] = quantity.formula
    if quantity.unit:
        found["unit"] = quantity.unit
    if quantity.uncertain is not None:
        found["uncertain"] = _distribution(quantity.uncertain)
    if quantity.source is not None:
        found["source"] = quantity.source
    if quantity.quality is not None:
        found["quality"] = _plain(quantity.quality)
    if quantity.since:
        found["since"] = {year: write_quantity(other) for year, other in quantity.since}
    return found


def _distribution(distribution: Distribution) -> dict[str, Any]:
    parameters = {name: _plain(value) for name, value in distribution.parameters().items()}
    return {"distribution": distribution.form, **parameters}


def _plain(value: float) -> float | int:
    """Whole numbers without a decimal point."""
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
