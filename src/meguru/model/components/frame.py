"""Time, money, stakeholders."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.quantity import Quantity


@dataclass
class Time(Component):
    first: int = attribute("whole", "first year reported")
    last: int = attribute("whole", "last year reported")
    step: str = attribute("choice", "length of a step", choices=("year", "month"), default="year")
    history: int | None = attribute(
        "whole", "first year simulated, to build the initial stock; default: first", default=None
    )
    sales: str = attribute(
        "choice", "when in a step sales happen", choices=("middle", "start", "end"), default="middle"
    )
    exits: str = attribute(
        "choice",
        "order: own reasons before failures; proportional: both at once, less step-size bias",
        choices=("order", "proportional"),
        default="order",
    )


@dataclass
class Money(Component):
    currency: str = attribute("text", "currency of the results, as JPY", default="JPY")
    price_year: int | None = attribute("whole", "year of the prices", default=None)
    discount_rate: Quantity | None = attribute(
        "quantity", "rate for capital, as 3 %", dimension="1|1/time", default=None
    )


@dataclass
class Actor(Component):
    """Who owns processes and receives or pays money. ``outside`` always exists: the rest of the world."""
