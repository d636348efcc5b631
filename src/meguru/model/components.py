"""What a life cycle is: the components of a model, as typed objects with the field's own words.

A :class:`Model` can be read from a file (:func:`meguru.load`) or built from these classes. Nothing here knows how a
model is run. Every number is a :class:`meguru.quantity.Quantity`. Dimensions are given in each declaration;
``item`` there means the item's own unit (piece, m2, kW ...).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meguru.model.attribute import attribute
from meguru.quantity import Quantity

Label = str | dict[str, str]
PROCESS_KINDS = ("supply", "make", "use", "sort", "dismantle", "recondition", "recycle", "store", "sink")
ORIGINS = ("virgin_nonrenewable", "virgin_renewable", "recycled_pre", "recycled_post", "reused")


@dataclass
class Component:
    """Anything that has a name on a screen."""

    label: Label | None = attribute("label", "name shown, a text or one per language (en, ja)", default=None)
    note: str | None = attribute("text", "where it comes from, what is assumed", default=None)


@dataclass
class Time(Component):
    first: int = attribute("whole", "first year reported")
    last: int = attribute("whole", "last year reported")
    step: str = attribute("choice", "length of a step", choices=("year", "month"), default="year")
    history: int | None = attribute("whole", "first year simulated, to build the initial stock; default: first", default=None)
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
        "quantity", "rate for present values and for capital, as 3 %", dimension="1|1/time", default=None
    )


@dataclass
class Actor(Component):
    """Who owns processes and receives or pays money. ``outside`` always exists: the rest of the world."""


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
        "choice", "what it counts as in the results", choices=("energy", "material", "emission"), default="energy"
    )


@dataclass
class UnitData(Component):
    """Unit process data: what one unit of a process' activity takes, per unit and fixed per year."""

    reference: Quantity | None = attribute(
        "quantity", "amount of activity that the data are for; default one item unit", dimension="mass|item|item.time", default=None
    )
    basis: str = attribute(
        "choice",
        "what the activity counts: what enters, what leaves, or the stock in use (per year); default: output of "
        "supply and make, stock of use, input of the others",
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
        "quantities", "direct impact per reference, by category", dimension="impact", refers="impacts", default={}
    )
    cost: Quantity | None = attribute("quantity", "cost per reference, paid by the owner", dimension="money", default=None)
    time: Quantity | None = attribute("quantity", "working time per reference", dimension="time", default=None)
    fixed_exchanges: dict[str, Quantity] = attribute(
        "quantities", "exchange → amount per year that the process runs", dimension="exchange/time", refers="exchanges", default={}
    )
    fixed_impacts: dict[str, Quantity] = attribute(
        "quantities", "direct impact per year that the process runs", dimension="impact/time", refers="impacts", default={}
    )
    fixed_cost: Quantity | None = attribute("quantity", "cost per year that the process runs", dimension="money/time", default=None)
    capital: Quantity | None = attribute(
        "quantity", "investment, annualised over capital_life at the discount rate", dimension="money", default=None
    )
    capital_life: Quantity | None = attribute("quantity", "years over which capital is annualised", dimension="time", default=None)
    payee: str | None = attribute("name", "who receives the costs; default outside", refers="actors", default=None)
    credit: bool = attribute("flag", "an avoided burden: shown on a line of its own, never in a sum", default=False)
    source: str | None = attribute("text", "where the figures come from", default=None)
    licence: str | None = attribute("text", "licence of the figures", default=None)


@dataclass
class Item(Component):
    kind: str = attribute("choice", "material, part or product", choices=("material", "part", "product"))
    unit: str = attribute("text", "unit in which it is counted; default kg for a material, piece for the others", default="")
    bom: dict[str, Quantity] = attribute(
        "quantities", "what one unit contains: parts by count, materials by mass; by year made if a series",
        dimension="bom", refers="items", default={},
    )
    mass: Quantity | None = attribute("quantity", "declared mass; must equal the BOM's", dimension="mass", default=None)
    renewable: bool = attribute("flag", "material: virgin input counts as renewable", default=False)

    def __post_init__(self) -> None:
        self.unit = self.unit or ("kg" if self.kind == "material" else "piece")


@dataclass
class Lifetime(Component):
    """A distribution or rule by which things leave. Parameters may be series by year made."""

    distribution: str = attribute(
        "choice", "form of the lifetime",
        choices=("weibull", "lognormal", "normal", "gamma", "fixed", "survival", "threshold"),
    )
    shape: Quantity | None = attribute("quantity", "Weibull or gamma: shape", dimension="1", default=None)
    scale: Quantity | None = attribute("quantity", "Weibull or gamma: scale", dimension="time", default=None)
    t50: Quantity | None = attribute("quantity", "Weibull: age at which 50 % have left", dimension="time", default=None)
    t90: Quantity | None = attribute("quantity", "Weibull: age at which 90 % have left", dimension="time", default=None)
    mean: Quantity | None = attribute("quantity", "normal, lognormal, gamma: mean", dimension="time", default=None)
    sd: Quantity | None = attribute("quantity", "normal, lognormal, gamma: standard deviation", dimension="time", default=None)
    age: Quantity | None = attribute("quantity", "fixed: age at which all leave", dimension="time", default=None)
    survival: dict[float, float] | None = attribute(
        "table", "survival: age in years → share still there; linear between", default=None
    )
    loss: Quantity | None = attribute("quantity", "threshold: performance lost per year, compounded", dimension="1/time", default=None)
    threshold: Quantity | None = attribute(
        "quantity", "threshold: performance below which it leaves (1 when new)", dimension="1", default=None
    )
    stretch: Quantity | None = attribute(
        "quantity", "factor on life from a calendar year on, also for units already in use", dimension="1", default=None
    )
    keep: Quantity | None = attribute(
        "quantity", "share of those due that stay (by calendar year)", dimension="share", default=None
    )
    of: str = attribute(
        "choice", "hazard of those still there, or scheduled share of those sold",
        choices=("remaining", "sold"), default="remaining",
    )


@dataclass
class Slot(Component):
    """A part of the product whose failures and ages are followed."""

    lifetime: Lifetime | None = attribute("component", "when one piece fails", component="Lifetime", default=None)
    repair: Quantity | None = attribute("quantity", "share of failed pieces that are replaced", dimension="share", default=None)


@dataclass
class Demand(Component):
    """One of sales, stock, service."""

    sales: Quantity | None = attribute("quantity", "units sold per year", dimension="item/time", default=None)
    stock: Quantity | None = attribute("quantity", "units in use at the end of a step", dimension="item", default=None)
    service: Quantity | None = attribute("quantity", "service wanted per year, in any unit per year", dimension="service", default=None)
    service_per_unit: Quantity | None = attribute(
        "quantity", "service that one unit gives per year when always used", dimension="service/item", default=None
    )
    utilisation: Quantity | None = attribute("quantity", "share of the time that a unit is used", dimension="share", default=None)


@dataclass
class Segment(Component):
    """A group of users."""

    share: Quantity = attribute("quantity", "share of sales that goes to them", dimension="share")
    stretch: Quantity | None = attribute("quantity", "factor on all lifetimes of what they use", dimension="1", default=None)
    lifetimes: dict[str, Lifetime] = attribute(
        "components", "lifetimes by cause that replace the process'", component="Lifetime", wild=True, default={}
    )


@dataclass
class Rule(Component):
    """Which shares hold for which things: the first rule that fits is used."""

    split: dict[str, Quantity | None] = attribute("split", "port → share; one may be 'rest'")
    item: str | None = attribute("name", "only this item", refers="items", default=None)
    age_below: Quantity | None = attribute("quantity", "only things younger than this", dimension="time", default=None)
    condition: str | None = attribute("choice", "only things in this state", choices=("intact", "failed"), default=None)
    segment: str | None = attribute("text", "only things from this segment of users", default=None)
    build: str | None = attribute("text", "only products of this build class", default=None)


@dataclass
class Recipe(Component):
    """One input of a make process."""

    amount: Quantity | None = attribute("quantity", "per unit made, in the product; default: its BOM", dimension="bom", default=None)
    efficiency: Quantity | None = attribute(
        "quantity", "share of the input that ends in the product; the rest is scrap", dimension="share", default=None
    )


@dataclass
class Process(Component):
    kind: str = attribute("choice", "what it does", choices=PROCESS_KINDS)
    actor: str | None = attribute("name", "owner: receives and pays the money", refers="actors", default=None)
    stage: str | None = attribute("text", "stage of the life cycle, for rolled-up costs and pictures", default=None)
    group: str | None = attribute("text", "name under which its effects are summed in waterfalls", default=None)
    circulation: str | None = attribute(
        "text", "type of circulation that a thing ends in here, as reuse, remanufacture, recycle, landfill", default=None
    )
    unit: list[Any] = attribute("unit_data", "unit process data: names of the library, or in place", default=[])
    # supply
    supplies: list[str] = attribute("names", "supply: what it gives; default what its routes carry", refers="items", default=[])
    origin: str | None = attribute("choice", "supply: origin of what it gives; default virgin", choices=ORIGINS, default=None)
    limit: Quantity | None = attribute(
        "quantity", "supply: most it can give per year; store: most it can hold", dimension="limit", default=None
    )
    countries: dict[str, Quantity] = attribute("quantities", "supply: shares of countries", dimension="share", wild=True, default={})
    # make
    item: str | None = attribute("name", "make: what is made", refers="items", default=None)
    recipe: dict[str, Recipe] = attribute("recipe", "make: inputs; default the BOM", component="Recipe", refers="items", default={})
    efficiency: Quantity | None = attribute("quantity", "make: share of what is made that is good", dimension="share", default=None)
    build: str | None = attribute("text", "make: build class of the products made here", default=None)
    # use
    product: str | None = attribute("name", "use: what is in use", refers="items", default=None)
    demand: Demand | None = attribute("component", "use: what users want", component="Demand", default=None)
    leave: dict[str, Lifetime] = attribute("components", "use: named causes of leaving, in their order", component="Lifetime", wild=True, default={})
    parts: dict[str, Slot] = attribute("components", "use: parts that fail, are repaired or keep their ages", component="Slot", refers="items", default={})
    segments: dict[str, Segment] = attribute("components", "use: groups of users", component="Segment", wild=True, default={})
    builds: list[str] = attribute("texts", "use: build classes kept apart, the first is the default", default=[])
    pooled: bool = attribute("flag", "use: build classes not named are pooled with the first", default=False)
    # sort
    split: dict[str, Quantity | None] = attribute("split", "sort: port → share; one may be 'rest'", default={})
    rules: list[Rule] = attribute("list", "sort: shares by item, age, condition, segment; the first that fits", component="Rule", default=[])
    # dismantle
    recover: dict[str, Quantity] = attribute("quantities", "dismantle: child → share recovered", dimension="share", refers="items", default={})
    # recondition
    recovery: Quantity | None = attribute("quantity", "recondition: share that becomes good again", dimension="share", default=None)
    age_reset: Quantity | None = attribute("quantity", "recondition: share of the age that is taken away", dimension="share", default=None)
    replace: dict[str, Quantity] = attribute("quantities", "recondition: child → share replaced by a new one", dimension="share", refers="items", default={})
    accepts_failed: bool = attribute("flag", "recondition: failed things become intact", default=True)
    # recycle
    yields: dict[str, Quantity] = attribute("quantities", "recycle: material → share recovered", dimension="share", refers="items", default={}, key="yield")
    # store
    ageing: bool = attribute("flag", "store: things age on the shelf", default=False)
    loss: Quantity | None = attribute("quantity", "store: share lost per year, to port 'loss'", dimension="1/time", default=None)
    # all push processes
    capacity: Quantity | None = attribute("quantity", "most it can take (make: make) per year; the excess goes to port 'overflow'", dimension="limit", default=None)


@dataclass
class Transport(Component):
    distance: Quantity | None = attribute("quantity", "length of a trip", dimension="length", default=None)
    exchanges: dict[str, Quantity] = attribute("quantities", "exchange → amount per t·km", dimension="exchange/tkm", refers="exchanges", default={})
    impacts: dict[str, Quantity] = attribute("quantities", "direct impact per t·km", dimension="impact/tkm", refers="impacts", default={})
    cost: Quantity | None = attribute("quantity", "cost per t·km", dimension="money/tkm", default=None)
    cost_per_unit: Quantity | None = attribute("quantity", "cost per item unit or mass carried", dimension="money/item|money/mass", default=None)
    load: Quantity | None = attribute("quantity", "full load of a trip", dimension="mass", default=None)
    load_factor: Quantity | None = attribute("quantity", "share of the load that is used", dimension="share", default=None)
    trip_exchanges: dict[str, Quantity] = attribute("quantities", "exchange → amount per trip", dimension="exchange", refers="exchanges", default={})
    trip_impacts: dict[str, Quantity] = attribute("quantities", "direct impact per trip", dimension="impact", refers="impacts", default={})
    trip_cost: Quantity | None = attribute("quantity", "cost per trip", dimension="money", default=None)
    fixed_exchanges: dict[str, Quantity] = attribute("quantities", "exchange → amount per year", dimension="exchange/time", refers="exchanges", default={})
    fixed_impacts: dict[str, Quantity] = attribute("quantities", "direct impact per year", dimension="impact/time", refers="impacts", default={})
    fixed_cost: Quantity | None = attribute("quantity", "cost per year", dimension="money/time", default=None)
    payer: str | None = attribute("name", "who pays; default the owner of the receiving process", refers="actors", default=None)
    payee: str | None = attribute("name", "who carries; default outside", refers="actors", default=None)
    group: str | None = attribute("text", "name under which its effects are summed in waterfalls", default=None)


@dataclass
class Fee(Component):
    """Money that a third actor pays because of a route."""

    payer: str = attribute("name", "who pays", refers="actors")
    payee: str = attribute("name", "who receives", refers="actors")
    amount: Quantity | None = attribute("quantity", "per item unit or mass carried", dimension="money/item|money/mass", default=None)
    fixed: Quantity | None = attribute("quantity", "per year in which the route carries anything", dimension="money/time", default=None)
    group: str | None = attribute("text", "name under which it is summed", default=None)


@dataclass
class Route(Component):
    source: str = attribute("port", "process, with port where it has several: use.retired", key="from")
    target: str = attribute("name", "process", refers="processes", key="to")
    name: str | None = attribute("text", "its name; default 'from -> to'", default=None)
    items: list[str] = attribute("names", "what it carries; default all that leaves the port and the target takes", refers="items", default=[], key="item")
    share: Quantity | None = attribute("quantity", "push: share of what leaves the port, where several routes do", dimension="share", default=None)
    priority: int | None = attribute("whole", "pull: order in which the target asks its sources, 1 first", default=None)
    max_share: Quantity | None = attribute("quantity", "pull: largest share of the target's need", dimension="share", default=None)
    exact_share: Quantity | None = attribute("quantity", "pull: exact share of the target's need; short supply limits what is made", dimension="share", default=None)
    claim: int = attribute("whole", "pull: order in which a short source serves its targets; equal claims share in proportion", default=1)
    price: Quantity | None = attribute("quantity", "paid by the target's owner to the source's, per unit or mass; negative: a gate fee", dimension="money/item|money/mass", default=None)
    residual: dict[float, float] | None = attribute("table", "age in years → factor on the price; linear between", default=None)
    fees: list[Fee] = attribute("list", "what third actors pay", component="Fee", default=[])
    transport: list[Transport] = attribute("list", "how it is carried", component="Transport", default=[])
    group: str | None = attribute("text", "name under which price and fees are summed", default=None)


@dataclass
class Indicator(Component):
    formula: str = attribute("text", "formula over basic indicators")
    unit: str = attribute("text", "unit of the value; % for shares", default="1")
    against: str | None = attribute("choice", "difference or ratio to the reference scenario", choices=("difference", "ratio"), default=None)
    target: Quantity | None = attribute("quantity", "published or wanted value, for comparison", dimension="any", default=None)


@dataclass
class Measure(Component):
    """One change that somebody can decide."""

    since: int | None = attribute("whole", "year from which it holds; default from the start", default=None, key="from")
    changes: dict[str, Any] = attribute("changes", "place in the model → new value")
    owner: str | None = attribute("name", "who decides it", refers="actors", default=None)
    cost: Quantity | None = attribute("quantity", "what it costs per year", dimension="money/time", default=None)


@dataclass
class Scenario(Component):
    reference: bool = attribute("flag", "the scenario that others are compared with", default=False)
    inherits: str | None = attribute("name", "another scenario, whose measures and changes come first", refers="scenarios", default=None)
    measures: list[str] = attribute("names", "measures taken", refers="measures", default=[])
    changes: dict[str, Any] = attribute("changes", "further changes: place in the model → new value", default={})
    targets: dict[str, Any] = attribute("table", "indicator → published value of the last year, for comparison", default=None)


@dataclass
class Model(Component):
    """A product life cycle, with everything needed to run and read it."""

    meguru: int = attribute("whole", "version of the file format", default=1)
    name: str = attribute("text", "short name")
    calibrated: str | None = attribute("text", "which numbers are calibrated or assumed, against what", default=None)
    time: Time = attribute("component", "years and steps", component="Time")
    money: Money | None = attribute("component", "currency and rates", component="Money", default=None)
    libraries: list[str] = attribute("texts", "library files, relative to this one; what is written here overrides them", default=[])
    parameters: dict[str, Quantity] = attribute("quantities", "named numbers for formulas: '= rate * 2'", dimension="any", wild=True, default={})
    actors: dict[str, Actor] = attribute("components", "stakeholders", component="Actor", default={})
    impacts: dict[str, Impact] = attribute("components", "impact categories", component="Impact", default={})
    exchanges: dict[str, Exchange] = attribute("components", "energy carriers, auxiliaries, emissions", component="Exchange", default={})
    unit_data: dict[str, UnitData] = attribute("components", "unit process data by name", component="UnitData", default={})
    items: dict[str, Item] = attribute("components", "materials, parts, products", component="Item")
    processes: dict[str, Process] = attribute("components", "processes", component="Process")
    routes: list[Route] = attribute("list", "routes", component="Route")
    indicators: dict[str, Indicator] = attribute("components", "indicators wanted", component="Indicator", default={})
    measures: dict[str, Measure] = attribute("components", "measures", component="Measure", default={})
    scenarios: dict[str, Scenario] = attribute("components", "scenarios; one is the reference", component="Scenario", default={})
