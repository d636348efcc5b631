"""Which process stands before which: layers of a network with loops.

The arcs that close a loop are found first (what a store of recovered things gives back is one by its nature),
the rest is layered by the longest way from the sources. The life-cycle picture and the Sankey share this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Arc = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layers:
    """Layer of each process, from 0, and the arcs that go back."""

    layer: dict[str, int]
    back: frozenset[Arc]

    @property
    def count(self) -> int:
        return 1 + max(self.layer.values(), default=-1)


def find_layers(nodes: Iterable[str], arcs: Iterable[Arc], kinds: Mapping[str, str]) -> Layers:
    """Layers of ``nodes``; ``kinds`` tells what kind of process each is."""
    names = list(nodes)
    after: dict[str, list[str]] = {name: [] for name in names}
    for source, target in arcs:
        if source in after and target in after and target not in after[source]:
            after[source].append(target)
    back = {(name, name) for name in names if name in after[name]}
    _cut(after, back)
    giving_back = {
        (s, t)
        for part in _loops(after)
        for s in part
        if kinds.get(s) == "store"
        for t in after[s]
        if t in part
    }
    back |= giving_back
    _cut(after, back)
    back |= _arcs_back(after)
    _cut(after, back)
    return Layers(_longest_ways(after), frozenset(back))


def _cut(after: dict[str, list[str]], arcs: set[Arc]) -> None:
    for name in after:
        after[name] = [target for target in after[name] if (name, target) not in arcs]


def _loops(after: Mapping[str, list[str]]) -> list[set[str]]:
    """Sets of processes that reach each other (Kosaraju)."""
    before: dict[str, list[str]] = {name: [] for name in after}
    for source, targets in after.items():
        for target in targets:
            before[target].append(source)
    order: list[str] = []
    _walk(after, list(after), order)
    found, seen = [], set[str]()
    for name in reversed(order):
        if name in seen:
            continue
        part, todo = set[str](), [name]
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                part.add(one)
                todo += before[one]
        if len(part) > 1:
            found.append(part)
    return found


def _walk(after: Mapping[str, list[str]], starts: Iterable[str], order: list[str]) -> set[Arc]:
    """Depth first; fills ``order`` by the time of leaving and gives the arcs that lead back up."""
    state: dict[str, int] = {}
    back: set[Arc] = set()
    for start in starts:
        if start in state:
            continue
        state[start] = 1
        trail = [(start, iter(after[start]))]
        while trail:
            name, targets = trail[-1]
            for target in targets:
                if target not in state:
                    state[target] = 1
                    trail.append((target, iter(after[target])))
                    break
                if state[target] == 1:
                    back.add((name, target))
            else:
                state[name] = 2
                order.append(name)
                trail.pop()
    return back


def _arcs_back(after: Mapping[str, list[str]]) -> set[Arc]:
    """Arcs that close the loops which remain; the walk begins where nothing arrives."""
    reached = {target for targets in after.values() for target in targets}
    starts = [name for name in after if name not in reached] + list(after)
    return _walk(after, starts, [])


def _longest_ways(after: Mapping[str, list[str]]) -> dict[str, int]:
    """Layers without loops; a process that nothing reaches stands right before the first that it serves."""
    order: list[str] = []
    _walk(after, list(after), order)
    layer = dict.fromkeys(after, 0)
    for name in reversed(order):
        for target in after[name]:
            layer[target] = max(layer[target], layer[name] + 1)
    reached = {target for targets in after.values() for target in targets}
    for name, targets in after.items():
        if name not in reached and targets:
            layer[name] = min(layer[target] for target in targets) - 1
    lowest = min(layer.values(), default=0)
    return {name: value - lowest for name, value in layer.items()}
