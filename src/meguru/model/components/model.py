"""The model as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.model.components.frame import Actor, Money, Time
from meguru.model.components.item import Item
from meguru.model.components.process import Process
from meguru.model.components.route import Route
from meguru.model.components.sampling import Sampling
from meguru.model.components.study import Indicator, Measure, Scenario, Subject
from meguru.model.components.unit_data import Exchange, Impact, UnitData
from meguru.quantity import Quantity


@dataclass
class Model(Component):
    """A product life cycle, with everything needed to run and read it."""

    meguru: int = attribute("whole", "version of the file format", default=1)
    name: str = attribute("text", "short name")
    calibrated: str | None = attribute(
        "text", "which numbers are calibrated or assumed, against what", default=None
    )
    time: Time = attribute("component", "years and steps", component="Time")
    money: Money | None = attribute("component", "currency and rates", component="Money", default=None)
    libraries: list[str] = attribute(
        "texts",
        "library files, relative to this one, or meguru:NAME; what is written here overrides them",
        default=[],
    )
    region: str | None = attribute(
        "text",
        "whose factors are taken from inventory libraries, as JP; others by name, as electricity@CN",
        default=None,
    )
    parameters: dict[str, Quantity] = attribute(
        "quantities", "named numbers for formulas: '= rate * 2'", dimension="any", wild=True, default={}
    )
    sampling: Sampling | None = attribute(
        "component", "how uncertain numbers are drawn", component="Sampling", default=None
    )
    actors: dict[str, Actor] = attribute("components", "stakeholders", component="Actor", default={})
    impacts: dict[str, Impact] = attribute("components", "impact categories", component="Impact", default={})
    exchanges: dict[str, Exchange] = attribute(
        "components", "energy carriers, auxiliaries, emissions", component="Exchange", default={}
    )
    unit_data: dict[str, UnitData] = attribute(
        "components", "unit process data by name", component="UnitData", default={}
    )
    items: dict[str, Item] = attribute("components", "materials, parts, products", component="Item")
    processes: dict[str, Process] = attribute("components", "processes", component="Process")
    routes: list[Route] = attribute("list", "routes", component="Route")
    indicators: dict[str, Indicator] = attribute(
        "components", "indicators wanted", component="Indicator", default={}
    )
    measured: dict[str, Subject] = attribute(
        "components", "what sets of indicators of the catalogue measure", component="Subject", default={}
    )
    measures: dict[str, Measure] = attribute("components", "measures", component="Measure", default={})
    scenarios: dict[str, Scenario] = attribute(
        "components", "scenarios; one is the reference", component="Scenario", default={}
    )
