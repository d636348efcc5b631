"""How uncertain numbers are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.quantity import Quantity

SAMPLING_METHODS = ("random", "latin-hypercube", "sobol")


@dataclass
class Correlation(Component):
    """Uncertain numbers that move together."""

    between: list[str] = attribute(
        "texts", "places of two or more uncertain numbers, as parameters.rate; each with each"
    )
    spearman: Quantity = attribute(
        "quantity", "correlation of their ranks, above -1 and below 1", dimension="1"
    )


@dataclass
class Sampling(Component):
    """How samples of the uncertain numbers are drawn."""

    method: str = attribute(
        "choice",
        "random: independent; latin-hypercube: evenly over each number; sobol: evenly over all together",
        choices=SAMPLING_METHODS,
        default="random",
    )
    correlations: list[Correlation] = attribute(
        "list", "numbers that move together; all others are independent", component="Correlation", default=[]
    )
