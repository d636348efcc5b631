"""What belongs to a use process: followed parts, demand, segments of users."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.model.components.item import Lifetime
from meguru.quantity import Quantity


@dataclass
class Slot(Component):
    """A part of the product whose failures and ages are followed."""

    lifetime: Lifetime | None = attribute(
        "component", "when one piece fails", component="Lifetime", default=None
    )
    repair: Quantity | None = attribute(
        "quantity", "share of failed pieces that are replaced", dimension="share", default=None
    )


@dataclass
class Demand(Component):
    """One of sales, stock, service."""

    sales: Quantity | None = attribute("quantity", "units sold per year", dimension="item/time", default=None)
    stock: Quantity | None = attribute(
        "quantity", "units in use at the end of a step", dimension="item", default=None
    )
    service: Quantity | None = attribute(
        "quantity", "service wanted per year, in any unit per year", dimension="service", default=None
    )
    service_per_unit: Quantity | None = attribute(
        "quantity",
        "service that one unit gives per year when always used",
        dimension="service/item",
        default=None,
    )
    utilisation: Quantity | None = attribute(
        "quantity", "share of the time that a unit is used", dimension="share", default=None
    )


@dataclass
class Segment(Component):
    """A group of users."""

    share: Quantity = attribute("quantity", "share of sales that goes to them", dimension="share")
    stretch: Quantity | None = attribute(
        "quantity", "factor on all lifetimes of what they use", dimension="1", default=None
    )
    lifetimes: dict[str, Lifetime] = attribute(
        "components",
        "lifetimes by cause that replace the process'",
        component="Lifetime",
        wild=True,
        default={},
    )
