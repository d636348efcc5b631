"""Routes, transport, fees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.quantity import Quantity


@dataclass
class Transport(Component):
    distance: Quantity | None = attribute("quantity", "length of a trip", dimension="length", default=None)
    exchanges: dict[str, Quantity] = attribute(
        "quantities", "exchange → amount per t·km", dimension="exchange/tkm", refers="exchanges", default={}
    )
    impacts: dict[str, Quantity] = attribute(
        "quantities", "direct impact per t·km", dimension="impact/tkm", refers="impacts", default={}
    )
    cost: Quantity | None = attribute("quantity", "cost per t·km", dimension="money/tkm", default=None)
    cost_per_unit: Quantity | None = attribute(
        "quantity", "cost per item unit or mass carried", dimension="money/item|money/mass", default=None
    )
    load: Quantity | None = attribute("quantity", "full load of a trip", dimension="mass", default=None)
    load_factor: Quantity | None = attribute(
        "quantity", "share of the load that is used", dimension="share", default=None
    )
    trip_exchanges: dict[str, Quantity] = attribute(
        "quantities", "exchange → amount per trip", dimension="exchange", refers="exchanges", default={}
    )
    trip_impacts: dict[str, Quantity] = attribute(
        "quantities", "direct impact per trip", dimension="impact", refers="impacts", default={}
    )
    trip_cost: Quantity | None = attribute("quantity", "cost per trip", dimension="money", default=None)
    fixed_exchanges: dict[str, Quantity] = attribute(
        "quantities", "exchange → amount per year", dimension="exchange/time", refers="exchanges", default={}
    )
    fixed_impacts: dict[str, Quantity] = attribute(
        "quantities", "direct impact per year", dimension="impact/time", refers="impacts", default={}
    )
    fixed_cost: Quantity | None = attribute("quantity", "cost per year", dimension="money/time", default=None)
    payer: str | None = attribute(
        "name", "who pays; default the owner of the receiving process", refers="actors", default=None
    )
    payee: str | None = attribute("name", "who carries; default outside", refers="actors", default=None)
    group: str | None = attribute(
        "text", "name under which its effects are summed in waterfalls", default=None
    )


@dataclass
class Fee(Component):
    """Money that a third actor pays because of a route."""

    payer: str = attribute("name", "who pays", refers="actors")
    payee: str = attribute("name", "who receives", refers="actors")
    amount: Quantity | None = attribute(
        "quantity", "per item unit or mass carried", dimension="money/item|money/mass", default=None
    )
    fixed: Quantity | None = attribute(
        "quantity", "per year in which the route carries anything", dimension="money/time", default=None
    )
    group: str | None = attribute("text", "name under which it is summed", default=None)


@dataclass
class Route(Component):
    source: str = attribute("port", "process, with port where it has several: use.retired", key="from")
    target: str = attribute("name", "process", refers="processes", key="to")
    name: str | None = attribute("text", "its name; default 'from -> to'", default=None)
    items: list[str] = attribute(
        "names",
        "what it carries; default all that leaves the port and the target takes",
        refers="items",
        default=[],
        key="item",
    )
    share: Quantity | None = attribute(
        "quantity",
        "push: share of what leaves the port, where several routes do",
        dimension="share",
        default=None,
    )
    priority: int | None = attribute(
        "whole", "pull: order in which the target asks its sources, 1 first", default=None
    )
    max_share: Quantity | None = attribute(
        "quantity", "pull: largest share of the target's need", dimension="share", default=None
    )
    exact_share: Quantity | None = attribute(
        "quantity",
        "pull: exact share of the target's need; short supply limits what is made",
        dimension="share",
        default=None,
    )
    claim: int = attribute(
        "whole",
        "pull: order in which a short source serves its targets; equal claims share in proportion",
        default=1,
    )
    price: Quantity | None = attribute(
        "quantity",
        "paid by the target's owner to the source's, per unit or mass; negative: a gate fee",
        dimension="money/item|money/mass",
        default=None,
    )
    residual: dict[float, float] | None = attribute(
        "table", "age in years → factor on the price; linear between", default=None
    )
    fees: list[Fee] = attribute("list", "what third actors pay", component="Fee", default=[])
    transport: list[Transport] = attribute("list", "how it is carried", component="Transport", default=[])
    group: str | None = attribute("text", "name under which price and fees are summed", default=None)

    @classmethod
    def name_from(cls, texts: Mapping[str, str]) -> str | None:
        if "name" in texts:
            return texts["name"]
        return f"{texts['from']} -> {texts['to']}" if "from" in texts and "to" in texts else None

    def name_in_list(self) -> str:
        return self.name or f"{self.source} -> {self.target}"
