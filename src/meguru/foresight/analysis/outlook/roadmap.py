"""The road back from a wanted group: requirements by year, who can meet them, how they are watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meguru.foresight.analysis.branches.reach import reached, reaching
from meguru.foresight.analysis.requirements.conditions import Conditions
from meguru.foresight.model import CausalModel


@dataclass(frozen=True, slots=True)
class Stop:
    """A requirement on the road.

    Attributes
    ----------
    node, field
        What is required, and its field.
    year
        The milestone at which it is met in the group's scenarios.
    latest
        Its deadline; None where it has none.
    low, high
        Bounds in the unit of the node; None where free.
    cause
        Whether forcing it brings the group; a symptom is watched, not acted on.
    levers
        Levers with a way to the node, itself included if it is one: the measures by which it can be met. The
        nearest first, by influences on the way.
    indicators
        KPIs with a way from the node: by what its effect is watched. The nearest first.
    """

    node: str
    field: str
    year: float
    latest: float | None
    low: float | None
    high: float | None
    cause: bool
    levers: tuple[str, ...]
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roadmap:
    """Stops on the way to a group, by deadline or else milestone."""

    group: str
    stops: tuple[Stop, ...]


def roadmap(model: CausalModel, found: Conditions) -> Roadmap:
    """Requirements of a group in order of time, linked to levers and KPIs by the edges of the model."""
    stops = []
    for one in found.requirements:
        before, after = reaching(model, [one.node]), reached(model, [one.node])
        stops.append(
            Stop(
                node=one.node,
                field=model.nodes[one.node].field,
                year=one.year,
                latest=one.deadline.year if one.deadline else None,
                low=one.low,
                high=one.high,
                cause=one.cause,
                levers=_nearest(model, "lever", before),
                indicators=_nearest(model, "kpi", after),
            )
        )
    stops.sort(key=lambda stop: (stop.year if stop.latest is None else stop.latest, stop.node))
    return Roadmap(found.group, tuple(stops))


def _nearest(model: CausalModel, role: str, steps: Mapping[str, int]) -> tuple[str, ...]:
    """Nodes of a role by the number of steps; as near ones in the order of the model."""
    found = [name for name, node in model.nodes.items() if node.role == role and name in steps]
    return tuple(sorted(found, key=steps.__getitem__))
