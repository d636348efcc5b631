"""Items and how long they last."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.quantity import Quantity


@dataclass
class Item(Component):
    kind: str = attribute("choice", "material, part or product", choices=("material", "part", "product"))
    unit: str = attribute(
        "text", "unit in which it is counted; default kg for a material, piece for the others", default=""
    )
    bom: dict[str, Quantity] = attribute(
        "quantities",
        "what one unit contains: parts by count, materials by mass; by year made if a series",
        dimension="bom",
        refers="items",
        default={},
    )
    mass: Quantity | None = attribute(
        "quantity", "declared mass; must equal the BOM's", dimension="mass", default=None
    )
    renewable: bool = attribute("flag", "material: virgin input counts as renewable", default=False)

    def __post_init__(self) -> None:
        self.unit = self.unit or ("kg" if self.kind == "material" else "piece")


@dataclass
class Lifetime(Component):
    """A distribution or rule by which things leave. Parameters may be series by year made."""

    distribution: str = attribute(
        "choice",
        "form of the lifetime",
        choices=("weibull", "lognormal", "normal", "gamma", "fixed", "survival", "threshold"),
    )
    shape: Quantity | None = attribute("quantity", "Weibull or gamma: shape", dimension="1", default=None)
    scale: Quantity | None = attribute("quantity", "Weibull or gamma: scale", dimension="time", default=None)
    t50: Quantity | None = attribute(
        "quantity", "Weibull: age at which 50 % have left", dimension="time", default=None
    )
    t90: Quantity | None = attribute(
        "quantity", "Weibull: age at which 90 % have left", dimension="time", default=None
    )
    mean: Quantity | None = attribute(
        "quantity", "normal, lognormal, gamma: mean", dimension="time", default=None
    )
    sd: Quantity | None = attribute(
        "quantity", "normal, lognormal, gamma: standard deviation", dimension="time", default=None
    )
    age: Quantity | None = attribute(
        "quantity", "fixed: age at which all leave", dimension="time", default=None
    )
    survival: dict[float, float] | None = attribute(
        "table", "survival: age in years → share still there; linear between", default=None
    )
    loss: Quantity | None = attribute(
        "quantity", "threshold: performance lost per year, compounded", dimension="1/time", default=None
    )
    threshold: Quantity | None = attribute(
        "quantity", "threshold: performance below which it leaves (1 when new)", dimension="1", default=None
    )
    stretch: Quantity | None = attribute(
        "quantity",
        "factor on life from a calendar year on, also for units already in use",
        dimension="1",
        default=None,
    )
    keep: Quantity | None = attribute(
        "quantity", "share of those due that stay (by calendar year)", dimension="share", default=None
    )
    of: str = attribute(
        "choice",
        "hazard of those still there, or scheduled share of those sold",
        choices=("remaining", "sold"),
        default="remaining",
    )
