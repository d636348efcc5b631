"""Indicators, measures, scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meguru.model.attribute import attribute
from meguru.model.components.base import Component
from meguru.quantity import Quantity


@dataclass
class Indicator(Component):
    formula: str = attribute("text", "formula over basic indicators")
    unit: str = attribute("text", "unit of the value; % for shares", default="1")
    against: str | None = attribute(
        "choice",
        "difference or ratio to the reference scenario",
        choices=("difference", "ratio"),
        default=None,
    )
    target: Quantity | None = attribute(
        "quantity", "published or wanted value, for comparison", dimension="any", default=None
    )


@dataclass
class Measure(Component):
    """One change that somebody can decide."""

    since: int | None = attribute(
        "whole", "year from which it holds; default from the start", default=None, key="from"
    )
    changes: dict[str, Any] = attribute("changes", "place in the model → new value")
    owner: str | None = attribute("name", "who decides it", refers="actors", default=None)
    cost: Quantity | None = attribute(
        "quantity", "what it costs per year", dimension="money/time", default=None
    )


@dataclass
class Scenario(Component):
    reference: bool = attribute("flag", "the scenario that others are compared with", default=False)
    inherits: str | None = attribute(
        "name", "another scenario, whose measures and changes come first", refers="scenarios", default=None
    )
    measures: list[str] = attribute("names", "measures taken", refers="measures", default=[])
    changes: dict[str, Any] = attribute(
        "changes", "further changes: place in the model → new value", default={}
    )
    targets: dict[str, Any] = attribute(
        "table", "indicator → published value of the last year, for comparison", default=None
    )
