"""Values beside the thresholds and goals that are published for an indicator."""

from __future__ import annotations

from meguru.indicators.catalogue.definitions import Definition, Target
from meguru.quantity import convert, read_quantity


def goal(definition: Definition, target: Target) -> float:
    """A target in the unit of its indicator."""
    quantity = read_quantity(target.value)
    assert quantity.value is not None, "the schema asks for one number with unit"
    return float(convert(quantity.value, quantity.unit or "1", definition.unit))


def reaches(value: float, definition: Definition, target: Target) -> bool:
    """Whether a value in the unit of the indicator keeps a target."""
    wanted = goal(definition, target)
    return value >= wanted if target.rule == "at_least" else value <= wanted
