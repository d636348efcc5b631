"""Who reaches whom along edges and events."""

from __future__ import annotations

from collections.abc import Iterable

from meguru.foresight.model import CausalModel


def arrows(model: CausalModel) -> set[tuple[str, str]]:
    """Pairs (source, target) of edges, of second sources, and of the conditions and effects of events."""
    found = {(edge.source, edge.target) for edge in model.edges}
    found |= {(edge.second, edge.target) for edge in model.edges if edge.second}
    for event in model.events.values():
        targets = [*event.jump, *event.push]
        found |= {(one.node, target) for one in event.conditions for target in targets}
    return found


def reaching(model: CausalModel, goals: Iterable[str]) -> frozenset[str]:
    """Nodes with a way to any of the goals, the goals included."""
    return _closure(goals, {(target, source) for source, target in arrows(model)})


def reached(model: CausalModel, starts: Iterable[str]) -> frozenset[str]:
    """Nodes with a way from any of the starts, the starts included."""
    return _closure(starts, arrows(model))


def _closure(starts: Iterable[str], pairs: set[tuple[str, str]]) -> frozenset[str]:
    following: dict[str, list[str]] = {}
    for source, target in pairs:
        following.setdefault(source, []).append(target)
    found = set(starts)
    waiting = list(found)
    while waiting:
        for name in following.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
