"""What a rerun forces so that a level stands, or is shifted, in the snapshot of a year."""

from __future__ import annotations

from meguru.foresight.interventions import Intervention
from meguru.foresight.model import CausalModel

Held = tuple[str, float, float]  # node, year, level


def begins(model: CausalModel, year: float) -> float:
    """Start of the step at whose end stands the snapshot of a year; of the first snapshot, the first step."""
    return max(float(model.first), year - model.step)


def stands(model: CausalModel, year: float) -> float:
    """The year in which what is forced for a year stands: at the start of the run, a step later."""
    return max(year, model.first + model.step)


def held_from(model: CausalModel, one: Held) -> Intervention:
    """The level of a node in the snapshot of a year and in all later ones."""
    node, year, level = one
    return Intervention(node, begins(model, year), "hold", level)


def shifted_in(model: CausalModel, node: str, year: float, size: float) -> Intervention:
    """A node shifted once, in the snapshot of a year."""
    return Intervention(node, begins(model, year), "shift", size)
