"""Values of the sentences on conditions, and which of them is told of a requirement."""

from __future__ import annotations

from typing import Any

from meguru.foresight.analysis import Conditions, Deadline, Requirement
from meguru.foresight.analysis.requirements.deadline import OTHERS_SUFFICE
from meguru.foresight.model import CausalModel
from meguru.foresight.telling.values import level_of
from meguru.foresight.telling.words import label_of


def box_values(found: Conditions) -> dict[str, Any]:
    """Of all requirements of a group together, as they describe it."""
    return {
        "group": found.group,
        "bounds": len(found.requirements),
        "coverage": found.coverage,
        "density": found.density,
        "base": found.base,
        "held": len(found.held),
    }


def together_values(model: CausalModel, found: Conditions) -> dict[str, Any]:
    """Of all causes of a group together, forced."""
    return {
        "group": found.group,
        "causes": [
            {
                "node": label_of(model, one.node),
                "level": level_of(model, one.node, one.level),
                "year": one.year,
            }
            for one in found.requirements
            if one.cause
        ],
        "rerun": len(found.members),
        "unforced": found.unforced,
        "forced": found.forced,
    }


def requirement_values(model: CausalModel, found: Conditions, one: Requirement) -> tuple[str, dict[str, Any]]:
    """The template of a requirement, and what fills it."""
    values = {
        "group": found.group,
        "node": label_of(model, one.node),
        "bound": {"low": one.low, "high": one.high, "unit": model.nodes[one.node].unit},
        "year": one.year,
        "coverage": one.coverage,
        "density": one.density,
        "base": found.base,
        "level": level_of(model, one.node, one.level),
        "gain": one.gain,
        "error": one.error,
    }
    if not one.cause or one.deadline is None:
        return "condition_symptom", values
    kind, more = _deadline(model, one.deadline)
    return kind, values | more


def _deadline(model: CausalModel, found: Deadline) -> tuple[str, dict[str, Any]]:
    """By what the others do without it, then by whether there is a year, then by what follows that year."""
    values: dict[str, Any] = {"wanted": found.wanted}
    if found.instead:
        values |= {"instead": [label_of(model, name) for name in found.instead]}
        values |= {"spared": found.spared, "without": found.without}
        if found.year is None:
            return "condition_spared", values
        late = None if found.after is None else {"year": found.after, "share": found.share(found.after)}
        values |= {"deadline": found.year, "reached": found.share(found.year), "late": late}
        return "condition_either", values
    if found.reason == OTHERS_SUFFICE:
        names = [label_of(model, name) for name in found.along]
        along = {"names": names, "share": found.jointly} if names else None
        return "condition_cause", values | {"reason": found.reason, "without": found.without, "along": along}
    if found.year is None:
        best_year, best = max(found.curve, key=lambda pair: pair[1])
        return "condition_never", values | {"reason": found.reason, "best": best, "best_year": best_year}
    values |= {"deadline": found.year, "reached": found.share(found.year)}
    if found.after is None:
        return "condition_end", values
    return "condition_deadline", values | {"after": found.after, "missed": found.share(found.after)}
