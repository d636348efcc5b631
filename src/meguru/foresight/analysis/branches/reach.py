"""Who reaches whom along edges and events."""

from __future__ import annotations

from collections import deque
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


def reaching(model: CausalModel, goals: Iterable[str]) -> dict[str, int]:
    """Nodes with a way to any of the goals, the goals included, and how many steps the shortest has."""
    return _steps(goals, {(target, source) for source, target in arrows(model)})


def reached(model: CausalModel, starts: Iterable[str]) -> dict[str, int]:
    """Nodes with a way from any of the starts, the starts included, and how many steps the shortest has."""
    return _steps(starts, arrows(model))


def _steps(starts: Iterable[str], pairs: set[tuple[str, str]]) -> dict[str, int]:
    following: dict[str, list[str]] = {}
    for source, target in pairs:
        following.setdefault(source, []).append(target)
    found = dict.fromkeys(starts, 0)
    waiting = deque(found)
    while waiting:
        here = waiting.popleft()
        for name in following.get(here, ()):
            if name not in found:
                found[name] = found[here] + 1
                waiting.append(name)
    return found
