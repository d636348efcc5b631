"""What a plant file says: channels, machines, scanners, reference loads, product types."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.quantity import Quantity


@dataclass
class Factor(Component):
    """A known factor between a reading and power, with its uncertainty."""

    value: Quantity = attribute("quantity", "the factor", dimension="any")
    uncertainty: Quantity = attribute(
        "quantity", "relative standard uncertainty", dimension="1", default=Quantity(0.0)
    )
    shared: str | None = attribute(
        "text",
        "name of the source of the error; channels that name the same share the error; default its own",
        default=None,
    )


@dataclass
class Reference(Component):
    """A resistive load of known power that is switched onto a channel to calibrate its clamp."""

    power: Quantity = attribute("quantity", "its power", dimension="power")
    uncertainty: Quantity = attribute(
        "quantity", "relative standard uncertainty", dimension="1", default=Quantity(0.0)
    )
    lasts: Quantity = attribute(
        "quantity", "how long it is on after its scan", dimension="time", default=Quantity(60.0, "s")
    )


@dataclass
class Channel(Component):
    """One clamp on the distribution board."""

    sensor: str | None = attribute(
        "text", "SenML base name of the sensor; default the channel's name", default=None
    )
    sends: str = attribute("choice", "what its readings are", choices=("current", "power"), default="current")
    period: Quantity = attribute(
        "quantity", "time between two readings", dimension="time", default=Quantity(1.0, "s")
    )
    phases: int = attribute("whole", "1, or 3 with the voltage between two of them", default=1)
    voltage: Factor | None = attribute(
        "component", "needed where current is sent", component="Factor", default=None
    )
    power_factor: Factor | None = attribute(
        "component", "of the machines; default 1 without uncertainty", component="Factor", default=None
    )
    clamp: Factor | None = attribute(
        "component",
        "gain of the clamp until its first calibration; default 1",
        component="Factor",
        default=None,
    )
    calibration: list[Calibration] = attribute(
        "list", "measured gains; linear in time between them", component="Calibration", default=[]
    )


@dataclass
class Calibration(Component):
    """A gain measured at a time: true power over the power that the clamp says."""

    at: str = attribute("text", "ISO 8601 with offset, as 2026-04-01T08:55:00+09:00")
    gain: Quantity = attribute("quantity", "the gain", dimension="1")
    uncertainty: Quantity = attribute(
        "quantity", "relative standard uncertainty", dimension="1", default=Quantity(0.0)
    )
    shared: str | None = attribute("text", "name of the source of the error", default=None)


@dataclass
class Synthetic(Component):
    """How a machine of a simulated plant works. Nothing that comes of it was measured."""

    seconds: Quantity = attribute("quantity", "median time of a cycle", dimension="time")
    spread: Quantity = attribute(
        "quantity", "geometric standard deviation of the time", dimension="1", default=Quantity(1.4)
    )


@dataclass
class Machine(Component):
    """A machine on a channel; it works one step of the process."""

    channel: str = attribute("name", "its clamp", refers="channels")
    step: str = attribute("text", "the step that it works, as cutting")
    idle: Quantity = attribute("quantity", "power between two items", dimension="power")
    running: Quantity = attribute("quantity", "typical power at work", dimension="power")
    debounce: Quantity = attribute(
        "quantity", "a change that lasts less is none", dimension="time", default=Quantity(4.0, "s")
    )
    scan_lead: Quantity = attribute(
        "quantity", "typical time from the scan to the start", dimension="time", default=Quantity(8.0, "s")
    )
    scan_spread: Quantity = attribute(
        "quantity", "standard deviation of that time", dimension="time", default=Quantity(4.0, "s")
    )
    consumables: dict[str, Quantity] = attribute(
        "quantities",
        "flow of the inventory library → amount per item, entered by hand",
        dimension="any",
        wild=True,
        default={},
    )
    synthetic: Synthetic | None = attribute(
        "component", "only for a simulated plant", component="Synthetic", default=None
    )


@dataclass
class Scanner(Component):
    """A scanner of items at a machine."""

    machine: str = attribute("name", "where it stands", refers="machines")


@dataclass
class ProductType(Component):
    """A type of product that the plant takes apart."""

    family: str | None = attribute("text", "types of a family are alike", default=None)
    mass: Quantity | None = attribute("quantity", "mass of one", dimension="mass", default=None)
    synthetic_factor: Quantity | None = attribute(
        "quantity", "only for a simulated plant: factor on the times of cycles", dimension="1", default=None
    )


@dataclass
class Plant(Component):
    """A plant with its meters."""

    plant: int = attribute("whole", "version of the file format", default=1)
    name: str = attribute("text", "short name")
    synthetic: bool = attribute(
        "flag", "no such plant exists: everything from it is synthetic", default=False
    )
    utc_offset: Quantity = attribute(
        "quantity", "local time less UTC: where a day ends", dimension="time", default=Quantity(0.0, "h")
    )
    references: dict[str, Reference] = attribute(
        "components", "reference loads", component="Reference", default={}
    )
    channels: dict[str, Channel] = attribute("components", "clamps", component="Channel", default={})
    machines: dict[str, Machine] = attribute("components", "machines", component="Machine", default={})
    scanners: dict[str, Scanner] = attribute("components", "scanners", component="Scanner", default={})
    types: dict[str, ProductType] = attribute(
        "components", "product types", component="ProductType", default={}
    )


KINDS: dict[str, type[Component]] = {
    kind.__name__: kind
    for kind in (
        Factor,
        Reference,
        Channel,
        Calibration,
        Synthetic,
        Machine,
        Scanner,
        ProductType,
        Plant,
    )
}
