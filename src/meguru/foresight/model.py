"""What a causal model is: nodes, the edges between them, and events.

Each attribute is declared once: the reader, the tables of a workshop, the JSON Schema and the reference page
are built from these declarations. The meaning of one step stands in ``docs/methods/foresight.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from meguru.files.attribute import attribute
from meguru.files.tree import Mark

Direction = Literal["up", "down", "none"]
Dynamics = Literal["hold", "drift", "relax"]
Role = Literal["driver", "state", "kpi", "lever"]
Form = Literal["linear", "saturating", "threshold", "product"]
Basis = Literal["regression", "literature", "expert"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A triangular distribution; a constant where all three are equal."""

    low: float = attribute("number", "lowest value")
    mode: float = attribute("number", "most likely value")
    high: float = attribute("number", "highest value")

    @classmethod
    def constant(cls, value: float) -> Spread:
        return cls(value, value, value)

    @property
    def is_constant(self) -> bool:
        return self.low == self.high


ZERO = Spread(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Node:
    """A factor. Its value is in ``unit``; ``scale`` is what counts as one step of change in it."""

    name: str = ""  # the key in the file
    label: dict[str, str] = attribute(
        "label", "name shown, a text or one per language (ja, en)", default={}, wild=True
    )
    field: str = attribute(
        "text",
        "technology, regulation, awareness, economy ...; of a KPI the aim that it measures",
        default="",
    )
    unit: str = attribute("text", "of the values, as written; edges work in scales", default="")
    start: Spread = attribute(
        "spread",
        "value in the first year, drawn per scenario where it is a spread",
        default=ZERO,
        dimension="unit",
    )
    scale: float = attribute(
        "number", "what counts as one step of change, above 0", default=1.0, dimension="unit"
    )
    low: float = attribute("number", "lowest value possible", default=float("-inf"), dimension="unit")
    high: float = attribute("number", "highest value possible", default=float("inf"), dimension="unit")
    direction: Direction = attribute(
        "choice", "where better lies", choices=("up", "down", "none"), default="none"
    )
    dynamics: Dynamics = attribute(
        "choice",
        "what it does by itself: nothing, drift, or relax to a value",
        choices=("hold", "drift", "relax"),
        default="hold",
    )
    drift: float = attribute("number", "own change, with dynamics drift", default=0.0, dimension="unit/year")
    pull: float = attribute(
        "number",
        "share of the distance to 'rest' made good, with dynamics relax",
        default=0.0,
        dimension="1/year",
    )
    rest: float = attribute(
        "number", "where it relaxes to, with dynamics relax", default=0.0, dimension="unit"
    )
    noise: float = attribute(
        "number", "standard deviation of its random change", default=0.0, dimension="unit/√year"
    )
    role: Role = attribute(
        "choice",
        "driver: comes from outside; state; kpi: what is judged; lever: what can be decided",
        choices=("driver", "state", "kpi", "lever"),
        default="state",
    )
    source: str = attribute("text", "where the numbers are from, or that they are assumed", default="")


@dataclass(frozen=True, slots=True)
class Edge:
    """An influence of one node on another."""

    source: str = attribute("name", "node that acts", refers="nodes", key="from")
    target: str = attribute("name", "node acted upon", refers="nodes", key="to")
    strength: Spread = attribute(
        "spread", "change of the target, in its scales, per scale of the source", dimension="1/year"
    )
    polarity: Literal["+", "-", ""] = attribute(
        "choice", "sign; where given it must agree with the strength", choices=("+", "-"), default=""
    )
    lag: Spread = attribute(
        "spread", "how far back the source is read, rounded to whole steps", default=ZERO, dimension="year"
    )
    form: Form = attribute(
        "choice",
        "how the target answers",
        choices=("linear", "saturating", "threshold", "product"),
        default="linear",
    )
    reference: float | None = attribute(
        "number",
        "value of the source at which a linear edge does nothing; default: the mode of its start",
        default=None,
        dimension="unit of the source",
    )
    cap: float = attribute(
        "number", "where a saturating edge levels off, above 0", default=1.0, dimension="scales of the source"
    )
    steepness: float = attribute(
        "number", "of a threshold, or of a product's gate, above 0", default=1.0, dimension="1/scale"
    )
    threshold: float = attribute(
        "number",
        "middle of a threshold, or of a product's gate",
        default=0.0,
        dimension="scales from reference",
    )
    second: str = attribute(
        "name", "second source of a product; it opens and closes the edge", refers="nodes", default=""
    )
    second_reference: float | None = attribute(
        "number",
        "reference of the second source; default: the mode of its start",
        default=None,
        dimension="unit of the second source",
    )
    gate: Literal["linear", "threshold"] = attribute(
        "choice", "how the second source acts", choices=("linear", "threshold"), default="linear"
    )
    basis: Basis = attribute(
        "choice", "what it rests on", choices=("regression", "literature", "expert"), default="expert"
    )
    citation: str = attribute("text", "the passage, paper or data", default="")
    confidence: float | None = attribute("number", "how sure, 0 to 1", default=None)
    author: str = attribute("text", "who drew it", default="")


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where a node is at or above (below) a level."""

    node: str = attribute("name", "node", refers="nodes")
    above: float | None = attribute("number", "holds at or above", default=None, dimension="unit of the node")
    below: float | None = attribute("number", "holds at or below", default=None, dimension="unit of the node")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that may happen once, with a hazard by year."""

    name: str = ""  # the key in the file
    hazard: dict[int, float] = attribute("years", "year → hazard from then on", dimension="1/year")
    jump: dict[str, float] = attribute(
        "numbers", "node → change when it happens", refers="nodes", default={}, dimension="unit of the node"
    )
    push: dict[str, float] = attribute(
        "numbers", "node → change from then on", refers="nodes", default={}, dimension="unit of the node/year"
    )
    lasting: float | None = attribute(
        "number", "how long the push lasts; default: to the end", default=None, dimension="year"
    )
    conditions: tuple[Condition, ...] = attribute(
        "list", "all must hold for it to happen", component="Condition", default=()
    )
    label: dict[str, str] = attribute(
        "label", "name shown, a text or one per language (ja, en)", default={}, wild=True
    )
    source: str = attribute("text", "where the numbers are from, or that they are assumed", default="")


@dataclass(frozen=True, slots=True)
class CausalModel:
    """A causal model with everything needed to run it."""

    name: str = attribute("text", "short name")
    nodes: dict[str, Node] = attribute("components", "factors by name", component="Node", wild=True)
    edges: tuple[Edge, ...] = attribute("list", "influences", component="Edge", default=())
    events: dict[str, Event] = attribute(
        "components", "what may happen, by name", component="Event", default={}, wild=True
    )
    first: float = attribute("number", "time of the start values", default=2024.0, dimension="year")
    last: float = attribute("number", "last time simulated", default=2050.0, dimension="year")
    step: float = attribute("step", "length of a step: year, month, or a number of years", default=1.0)
    label: dict[str, str] = attribute(
        "label", "name shown, a text or one per language (ja, en)", default={}, wild=True
    )
    note: str = attribute("text", "where it comes from, what is assumed", default="")
    settings: dict[str, object] = attribute(
        "table",
        "scenarios, milestones shown of a run; groups (a number, or count and why), condition_years, rating, "
        "driving_forces",
        default={},
    )
    marks: dict[str, Mark] = field(default_factory=dict, compare=False, repr=False)  # place → (file, line)

    def where(self, place: str) -> Mark:
        """File and line of a place, or of the nearest one around it that was written."""
        while place and place not in self.marks:
            place = place.rpartition(".")[0]
        return self.marks.get(place, (None, None))


COMPONENTS: dict[str, type] = {kind.__name__: kind for kind in (Spread, Node, Edge, Event, Condition)}


def edge_names(edges: tuple[Edge, ...] | list[Edge]) -> list[str]:
    """What edges are called in places and on screens: ``source → target``, further ones with a number."""
    seen: dict[str, int] = {}
    names = []
    for edge in edges:
        name = f"{edge.source} → {edge.target}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
