"""Bills of materials as tables: children per unit, and kg of each material per unit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.coefficients import Coefficients, check_range
from meguru.model.bom_units import bom_unit
from meguru.model.components import Model
from meguru.quantity import convert, same_dimension
from meguru.quantity.units import factor

Array = NDArray[np.float64]


def build_tables(
    model: Model, numbers: Coefficients
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Children per unit (in the child's unit) and kg of each material per unit, by step made."""
    counts: dict[tuple[str, str], int] = {}
    masses: dict[tuple[str, str], int] = {}
    flat: dict[str, dict[str, Array | float]] = {}

    def flatten(name: str) -> dict[str, Array | float]:
        if name in flat:
            return flat[name]
        item = model.items[name]
        found = flat[name] = {}
        if item.kind == "material":
            found[name] = _kg_per_unit(model, name)
        for child in item.bom:
            amount = read_bom(model, numbers, name, child)
            counts[(name, child)] = numbers.table(amount)
            for material, kg in flatten(child).items():
                found[material] = found[material] + amount * kg if material in found else amount * kg
        return found

    for name in model.items:
        for material, kg in flatten(name).items():
            masses[(name, material)] = numbers.table(kg)
    return counts, masses


def read_bom(model: Model, numbers: Coefficients, name: str, child: str) -> Array | float:
    """Amount of a child in one unit of an item; 'kg' is understood as kg per piece, a plain number as a
    count."""
    quantity = model.items[name].bom[child]
    wanted, times, by = _conversion(quantity.unit, model.items[child].unit, model.items[name].unit)
    # Large models hold tens of thousands of constants here.
    value = quantity.value
    if value is not None and value >= 0.0 and by and not quantity.since and quantity.uncertain is None:
        if not numbers.read.values:
            return value * times / by
    place = f"items.{name}.bom.{child}"
    values = numbers.read(quantity, wanted, place)
    check_range(numbers.read, quantity, values, place, 0.0, None, wanted)
    return values


@lru_cache(maxsize=1024)
def _conversion(unit: str, of_child: str, of_item: str) -> tuple[str, float, float]:
    """The unit that an amount is wanted in, by what it is multiplied and divided; 0 where it can not be."""
    wanted = bom_unit(unit, of_child, of_item)
    return (wanted, *(factor(unit, wanted) if same_dimension(unit, wanted) else (0.0, 0.0)))


def _kg_per_unit(model: Model, material: str) -> float:
    return float(convert(1.0, model.items[material].unit, "kg", place=f"items.{material}.unit"))
