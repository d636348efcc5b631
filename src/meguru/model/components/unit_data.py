"""Unit process data and what it refers to."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.quantity import Quantity


@dataclass
class Impact(Component):
    unit: str = attribute("text", "unit of the category, as kg_CO2e")


@dataclass
class Exchange(Component):
    """Something that an activity takes or gives: an energy carrier, an auxiliary, an emission."""

    unit: str = attribute("text", "unit in which it is counted, as kWh")
    factors: dict[str, Quantity] = attribute(
        "quantities",
        "impact category → impact per unit; may change by year",
        dimension="impact/exchange",
        refers="impacts",
        default={},
    )
    price: Quantity | None = attribute("quantity", "price per unit", dimension="money/exchange", default=None)
    category: str = attribute(
        "choice",
        "what it counts as in the results",
        choices=("energy", "material", "emission"),
        default="energy",
    )


@dataclass
class UnitData(Component):
    """Unit process data: what one unit of a process' activity takes, per unit and fixed per year."""

    reference: Quantity | None = attribute(
        "quantity",
        "amount of activity that the data are for; default one item unit",
        dimension="mass|item|item.time",
        default=None,
    )
    basis: str = attribute(
        "choice",
        "what the activity counts: what enters, what leaves, or the stock in use (per year); default: output "
        "of supply and make, stock of use, input of the others",
        choices=("default", "input", "output", "stock"),
        default="default",
    )
    items: list[str] = attribute("names", "only these items count; default all", refers="items", default=[])
    port: str | None = attribute("text", "with basis output: only this port counts", default=None)
    group: str | None = attribute("text", "name under which the effect is summed in waterfalls", default=None)
    exchanges: dict[str, Quantity] = attribute(
        "quantities", "exchange → amount per reference", dimension="exchange", refers="exchanges", default={}
    )
    impacts: dict[str, Quantity] = attribute(
        "quantities",
        "direct impact per reference, by category",
        dimension="impact",
        refers="impacts",
        default={},
    )
    cost: Quantity | None = attribute(
        "quantity", "cost per reference, paid by the owner", dimension="money", default=None
    )
    time: Quantity | None = attribute(
        "quantity", "working time per reference", dimension="time", default=None
    )
    fixed_exchanges: dict[str, Quantity] = attribute(
        "quantities",
        "exchange → amount per year that the process runs",
        dimension="exchange/time",
        refers="exchanges",
        default={},
    )
    fixed_impacts: dict[str, Quantity] = attribute(
        "quantities",
        "direct impact per year that the process runs",
        dimension="impact/time",
        refers="impacts",
        default={},
    )
    fixed_cost: Quantity | None = attribute(
        "quantity", "cost per year that the process runs", dimension="money/time", default=None
    )
    capital: Quantity | None = attribute(
        "quantity",
        "investment, annualised over capital_life at the discount rate",
        dimension="money",
        default=None,
    )
    capital_life: Quantity | None = attribute(
        "quantity", "years over which capital is annualised", dimension="time", default=None
    )
    payee: str | None = attribute(
        "name", "who receives the costs; default outside", refers="actors", default=None
    )
    credit: bool = attribute(
        "flag", "an avoided burden: shown on a line of its own, never in a sum", default=False
    )
    source: str | None = attribute("text", "where the figures come from", default=None)
    licence: str | None = attribute("text", "licence of the figures", default=None)
