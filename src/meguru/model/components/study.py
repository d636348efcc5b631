"""Indicators, measures, scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meguru.files.attribute import attribute
from meguru.files.component import Component
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
    wanted: str | None = attribute(
        "choice",
        "a goal of suggestions and searches: the more the better, or the less",
        choices=("more", "less"),
        default=None,
    )


@dataclass
class MeasuredFlow(Component):
    """One row of a table that sets of indicators read."""

    table: str = attribute("text", "table of the sets: inflow, outflow, or another one of theirs")
    values: dict[str, Any] = attribute("table", "column → formula in the language of indicators", default={})
    given: dict[str, Quantity] = attribute(
        "quantities", "column → number", dimension="any", wild=True, default={}
    )


@dataclass
class Subject(Component):
    """What sets of indicators measure: a product, a business ... by the flows of the model."""

    sets: list[str] = attribute("texts", "sets or indicators of the catalogue, as cti or iso_59020.A.2.3")
    level: str | None = attribute(
        "choice",
        "what is measured",
        choices=("product", "business", "supply_chain", "nation"),
        default=None,
    )
    goods: str | None = attribute(
        "choice",
        "durable goods do not compare with consumable ones",
        choices=("durable", "consumable"),
        default=None,
    )
    values: dict[str, Any] = attribute(
        "table", "variable of the sets → formula in the language of indicators", default={}
    )
    given: dict[str, Quantity] = attribute(
        "quantities", "variable of the sets → number", dimension="any", wild=True, default={}
    )
    flows: dict[str, MeasuredFlow] = attribute(
        "components", "rows of the tables of the sets", component="MeasuredFlow", default={}
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
