"""Processes of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.model.components.item import Lifetime
from meguru.model.components.use import Demand, Segment, Slot
from meguru.quantity import Quantity

PROCESS_KINDS = ("supply", "make", "use", "sort", "dismantle", "recondition", "recycle", "store", "sink")
ORIGINS = ("virgin_nonrenewable", "virgin_renewable", "recycled_pre", "recycled_post", "reused")


@dataclass
class Rule(Component):
    """Which shares hold for which things: the first rule that fits is used."""

    split: dict[str, Quantity | None] = attribute("split", "port → share; one may be 'rest'")
    item: str | None = attribute("name", "only this item", refers="items", default=None)
    age_below: Quantity | None = attribute(
        "quantity", "only things younger than this", dimension="time", default=None
    )
    condition: str | None = attribute(
        "choice", "only things in this state", choices=("intact", "failed"), default=None
    )
    segment: str | None = attribute("text", "only things from this segment of users", default=None)
    build: str | None = attribute("text", "only products of this build class", default=None)


@dataclass
class Recipe(Component):
    """One input of a make process."""

    amount: Quantity | None = attribute(
        "quantity", "per unit made, in the product; default: its BOM", dimension="bom", default=None
    )
    efficiency: Quantity | None = attribute(
        "quantity",
        "share of the input that ends in the product; the rest is scrap",
        dimension="share",
        default=None,
    )


@dataclass
class Process(Component):
    kind: str = attribute("choice", "what it does", choices=PROCESS_KINDS)
    actor: str | None = attribute("name", "owner: receives and pays the money", refers="actors", default=None)
    stage: str | None = attribute(
        "text", "stage of the life cycle, for rolled-up costs and pictures", default=None
    )
    group: str | None = attribute(
        "text", "name under which its effects are summed in waterfalls", default=None
    )
    circulation: str | None = attribute(
        "text",
        "type of circulation that a thing ends in here, as reuse, remanufacture, recycle, landfill",
        default=None,
    )
    unit: list[Any] = attribute(
        "unit_data", "unit process data: names of the library, or in place", default=[]
    )
    # supply
    supplies: list[str] = attribute(
        "names", "supply: what it gives; default what its routes carry", refers="items", default=[]
    )
    origin: str | None = attribute(
        "choice", "supply: origin of what it gives; default virgin", choices=ORIGINS, default=None
    )
    limit: Quantity | None = attribute(
        "quantity",
        "supply: most it can give per year; store: most it can hold",
        dimension="limit",
        default=None,
    )
    countries: dict[str, Quantity] = attribute(
        "quantities",
        "supply: shares of countries, for the filter `country` of indicators",
        dimension="share",
        wild=True,
        default={},
    )
    # make
    item: str | None = attribute("name", "make: what is made", refers="items", default=None)
    recipe: dict[str, Recipe] = attribute(
        "recipe", "make: inputs; default the BOM", component="Recipe", refers="items", default={}
    )
    efficiency: Quantity | None = attribute(
        "quantity", "make: share of what is made that is good", dimension="share", default=None
    )
    build: str | None = attribute("text", "make: build class of the products made here", default=None)
    # use
    product: str | None = attribute("name", "use: what is in use", refers="items", default=None)
    demand: Demand | None = attribute("component", "use: what users want", component="Demand", default=None)
    leave: dict[str, Lifetime] = attribute(
        "components",
        "use: named causes of leaving, in their order",
        component="Lifetime",
        wild=True,
        default={},
    )
    parts: dict[str, Slot] = attribute(
        "components",
        "use: parts that fail, are repaired or keep their ages",
        component="Slot",
        refers="items",
        default={},
    )
    repair_by: str = attribute(
        "choice",
        "use: whether failed pieces are repaired each by itself, or all those of a product in one visit",
        choices=("piece", "visit"),
        default="piece",
    )
    segments: dict[str, Segment] = attribute(
        "components", "use: groups of users", component="Segment", wild=True, default={}
    )
    builds: list[str] = attribute(
        "texts", "use: build classes kept apart, the first is the default", default=[]
    )
    pooled: bool = attribute("flag", "use: build classes not named are pooled with the first", default=False)
    # sort
    split: dict[str, Quantity | None] = attribute(
        "split", "sort: port → share; one may be 'rest'", default={}
    )
    rules: list[Rule] = attribute(
        "list",
        "sort: shares by item, age, condition, segment; the first that fits",
        component="Rule",
        default=[],
    )
    # dismantle
    recover: dict[str, Quantity] = attribute(
        "quantities", "dismantle: child → share recovered", dimension="share", refers="items", default={}
    )
    # recondition
    recovery: Quantity | None = attribute(
        "quantity", "recondition: share that becomes good again", dimension="share", default=None
    )
    age_reset: Quantity | None = attribute(
        "quantity", "recondition: share of the age that is taken away", dimension="share", default=None
    )
    replace: dict[str, Quantity] = attribute(
        "quantities",
        "recondition: child → share replaced by a new one",
        dimension="share",
        refers="items",
        default={},
    )
    accepts_failed: bool = attribute("flag", "recondition: failed things become intact", default=True)
    # recycle
    yields: dict[str, Quantity] = attribute(
        "quantities",
        "recycle: material → share recovered",
        dimension="share",
        refers="items",
        default={},
        key="yield",
    )
    # store
    ageing: bool = attribute("flag", "store: things age on the shelf", default=False)
    loss: Quantity | None = attribute(
        "quantity", "store: share lost per year, to port 'loss'", dimension="1/time", default=None
    )
    # all push processes
    capacity: Quantity | None = attribute(
        "quantity",
        "most it can take (make: make) per year; the excess goes to port 'overflow'",
        dimension="limit",
        default=None,
    )
