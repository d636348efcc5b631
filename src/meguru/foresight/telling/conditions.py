"""Values of the sentences on conditions, and which of them is told of a requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from meguru.foresight.analysis import Conditions, Deadline, Requirement
from meguru.foresight.analysis.forces import Held, held_from
from meguru.foresight.analysis.requirements.deadline import OTHERS_SUFFICE
from meguru.foresight.interventions import Intervention
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


def together_forced(model: CausalModel, found: Conditions) -> dict[str, tuple[Intervention, ...]]:
    """What the reruns with all causes of a group were forced with."""
    return {"forced": _held(model, _causes(found).values())}


def requirement_forced(
    model: CausalModel, found: Conditions, one: Requirement, values: Mapping[str, Any]
) -> dict[str, tuple[Intervention, ...]]:
    """What the reruns behind the values of a requirement were forced with."""
    forced: dict[str, list[Held]] = {"gain": [(one.node, one.year, one.level)]}
    if one.cause and one.deadline is not None:
        instead, along = set(one.deadline.instead), set(one.deadline.along)
        causes = {node: held for node, held in _causes(found).items() if node != one.node}
        others = [held for node, held in causes.items() if node not in instead]
        forced |= {"spared": [*causes.values()], "without": others}
        forced["along"] = [held for node, held in causes.items() if node not in along]
        late = (values.get("late") or {}).get("year")
        years = {"reached": values.get("deadline"), "missed": values.get("after"), "late": late}
        years["best"] = values.get("best_year")
        forced |= {
            name: [*others, (one.node, year, one.level)] for name, year in years.items() if year is not None
        }
    return {name: _held(model, held) for name, held in forced.items() if values.get(name) is not None}


def _causes(found: Conditions) -> dict[str, Held]:
    return {one.node: (one.node, one.year, one.level) for one in found.requirements if one.cause}


def _held(model: CausalModel, many: Iterable[Held]) -> tuple[Intervention, ...]:
    return tuple(held_from(model, one) for one in sorted(many))


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
