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
class Range(Component):
    """Between which values the number that a measure changes can be chosen; the label says what it is."""

    low: Quantity = attribute("quantity", "least value", dimension="any")
    high: Quantity = attribute("quantity", "largest value", dimension="any")
    step: Quantity | None = attribute(
        "quantity",
        "only every so much from the least value on; default any value",
        dimension="any",
        default=None,
    )


MEASURE_KINDS = ("technology", "rule", "subsidy", "points", "service", "community", "information")


@dataclass
class Measure(Component):
    """One change that somebody can decide; with a receiver an incentive that goes from actor to actor."""

    since: int | None = attribute(
        "whole", "year from which it holds; default from the start", default=None, key="from"
    )
    changes: dict[str, Any] = attribute("changes", "place in the model → new value")
    owner: str | None = attribute("name", "who decides it", refers="actors", default=None)
    cost: Quantity | None = attribute(
        "quantity", "what it costs the owner per year", dimension="money/time", default=None
    )
    range: Range | None = attribute(
        "component", "between which values its number can be chosen", component="Range", default=None
    )
    latest: int | None = attribute(
        "whole", "latest year in which it can begin, where the year can be chosen", default=None
    )
    kind: str | None = attribute(
        "choice", "what it is; its payments are grouped under this name", choices=MEASURE_KINDS, default=None
    )
    receiver: str | None = attribute(
        "name",
        "whom an incentive goes to, with its money or information; default outside",
        refers="actors",
        default=None,
    )
    amount: Quantity | None = attribute(
        "quantity",
        "paid by the owner to the receiver per item unit or mass that a route carries",
        dimension="money/item|money/mass",
        default=None,
    )
    route: str | None = attribute("text", "name of the route for which the amount is paid", default=None)
    excludes: list[str] = attribute(
        "names", "measures that can not be taken beside it", refers="measures", default=[]
    )


@dataclass
class Scenario(Component):
    reference: bool = attribute("flag", "the scenario that others are compared with", default=False)
    present: bool = attribute(
        "flag", "what is done now: suggestions start from it; default the reference", default=False
    )
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
