"""Limits of supplies, makers and stores in the unit of the item that they hold to."""

from __future__ import annotations

import numpy as np

from meguru.engine.compiling.nodes import PushNodes
from meguru.errors import DimensionError, RangeError, UnsupportedError
from meguru.quantity import Quantity, same_dimension


def limit_of(push: PushNodes, quantity: Quantity, item: str, place: str, *, yearly: bool) -> int:
    """Coefficient of a limit on one item; one by mass is divided by what a unit weighs.

    Parameters
    ----------
    yearly
        Per year, of what is made or given now; else of what a store holds.

    Raises
    ------
    UnsupportedError
        A store's limit by mass on things of different mass.
    RangeError
        A limit by mass on what weighs nothing.
    """
    unit = push.model.items[item].unit
    time = "/year" if yearly else ""
    scale = push.numbers.step if yearly else 1.0
    if same_dimension(unit, "kg") or not _is_mass(push, quantity, f"({unit}){time}", f"kg{time}", place):
        return push.numbers.add(quantity, f"({unit}){time}", place, scale=scale)
    each = push.mass_table(item)
    if not yearly and each.shape[1] > 1:
        raise push.error(
            UnsupportedError,
            place,
            f"a limit by mass on '{item}', whose mass depends on the year made",
            found=quantity.unit,
            expected=f"a limit in {unit}",
        )
    if np.any(each <= 0.0):
        raise push.error(
            RangeError,
            place,
            f"a limit by mass on '{item}', of which a unit weighs nothing",
            found=quantity.unit,
            expected=f"a limit in {unit}{time}, or a BOM",
        )
    return push.numbers.put(
        push.numbers.get(push.numbers.add(quantity, f"kg{time}", place, scale=scale)) / each
    )


def _is_mass(push: PushNodes, quantity: Quantity, own: str, mass: str, place: str) -> bool:
    """Whether a limit counts mass; a formula without a unit is what its numbers make it."""
    if quantity.unit:
        return same_dimension(quantity.unit, mass)
    try:
        push.numbers.read(quantity, own, place)
    except DimensionError:
        return True
    return False
