"""Where the nodes and ribbons of a Sankey with loops stand.

Layers from left to right; arcs over several layers get a place of their own in each layer between, so that no
ribbon runs behind a node; arcs that close a loop are led around below, nested by their length.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from meguru.report.layers import Layers

NODE_WIDTH = 12.0
LABEL_ROOM, NARROW_ROOM = 60.0, 8.0  # above a node with its label, above a passing ribbon
TURN, LAST_TURN = (
    10.0,
    104.0,
)  # free space beside a node before a loop turns; in the last layer its label stands there


@dataclass(slots=True)
class Node:
    """A process, or the place where an arc passes a layer (``name`` empty)."""

    name: str
    layer: int
    incoming: float = 0.0
    outgoing: float = 0.0
    y: float = 0.0
    height: float = 0.0

    @property
    def room(self) -> float:
        return LABEL_ROOM if self.name else NARROW_ROOM


@dataclass(slots=True)
class Ribbon:
    """A piece of what flows between two nodes of neighbouring layers, or a whole loop."""

    source: Node
    target: Node
    arc: tuple[str, str]
    kind: int  # which material
    value: float
    back: bool
    start: float = 0.0  # upper edge at the source
    end: float = 0.0
    width: float = 0.0


@dataclass(slots=True)
class Loop:
    """How a ribbon goes around: how far right and left it turns, and how low it runs."""

    ribbon: Ribbon
    right: float = 0.0
    left: float = 0.0
    low: float = 0.0


@dataclass(slots=True)
class Sankey:
    """A layout; heights are in units of the sheet."""

    nodes: list[Node] = field(default_factory=list)
    ribbons: list[Ribbon] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    height: float = 0.0
    size: float = 0.0  # height of one unit


def lay_out(
    values: Mapping[tuple[str, str], Sequence[float]], layers: Layers, width: float, tallest: float
) -> Sankey:
    """Lay out arcs with an amount for each material; ``tallest``: height of the fullest layer's ribbons."""
    sankey = Sankey()
    columns = _build(sankey, values, layers)
    full = max((sum(max(n.incoming, n.outgoing) for n in column) for column in columns), default=0.0) or 1.0
    sankey.size = tallest / full
    for node in sankey.nodes:
        node.height = max(1.5, max(node.incoming, node.outgoing) * sankey.size)
    step = (width - NODE_WIDTH) / max(1, layers.count - 1)
    sankey.x = [layer * step for layer in range(layers.count)]
    _order(columns, sankey.ribbons)
    bottom = max(sum(n.height + n.room for n in column) for column in columns) if columns else 0.0
    _settle(columns, sankey.ribbons, bottom)
    _attach(sankey)
    _lead_around(sankey, bottom + 16.0)
    return sankey


def _build(
    sankey: Sankey, values: Mapping[tuple[str, str], Sequence[float]], layers: Layers
) -> list[list[Node]]:
    """Nodes, passing places and ribbons; the columns hold them in order of appearance."""
    columns: list[list[Node]] = [[] for _ in range(layers.count)]
    nodes: dict[str, Node] = {}
    for name in layers.layer:
        nodes[name] = Node(name, layers.layer[name])
        columns[layers.layer[name]].append(nodes[name])
    for (source, target), amounts in values.items():
        start, end, back = nodes[source], nodes[target], (source, target) in layers.back
        chain = [start]
        if not back:
            for layer in range(start.layer + 1, end.layer):
                chain.append(Node("", layer))
                columns[layer].append(chain[-1])
        chain.append(end)
        for kind, amount in enumerate(amounts):
            for one, other in itertools.pairwise(chain):
                if amount > 0.0:
                    sankey.ribbons.append(Ribbon(one, other, (source, target), kind, amount, back))
    for ribbon in sankey.ribbons:
        ribbon.source.outgoing += ribbon.value
        ribbon.target.incoming += ribbon.value
    sankey.nodes = [node for column in columns for node in column]
    return columns


def _neighbours(ribbons: Sequence[Ribbon]) -> dict[int, list[tuple[Node, float]]]:
    found: dict[int, list[tuple[Node, float]]] = {}
    for ribbon in ribbons:
        if not ribbon.back:
            found.setdefault(id(ribbon.source), []).append((ribbon.target, ribbon.value))
            found.setdefault(id(ribbon.target), []).append((ribbon.source, ribbon.value))
    return found


def _order(columns: list[list[Node]], ribbons: Sequence[Ribbon]) -> None:
    """Sort each layer by where its neighbours stand, sweeping forth and back."""
    near = _neighbours(ribbons)
    rank = {id(node): float(index) for column in columns for index, node in enumerate(column)}
    for sweep in range(8):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(
                key=lambda node: _mean(
                    [(rank[id(other)], value) for other, value in near.get(id(node), [])], rank[id(node)]
                )
            )
            for index, node in enumerate(column):
                rank[id(node)] = (index + 0.5) / len(column)


def _mean(weighted: list[tuple[float, float]], otherwise: float) -> float:
    total = sum(weight for _, weight in weighted)
    return sum(place * weight for place, weight in weighted) / total if total else otherwise


def _settle(columns: list[list[Node]], ribbons: Sequence[Ribbon], bottom: float) -> None:
    """Heights: each node as near to its neighbours' middle as the others of its layer allow."""
    near = _neighbours(ribbons)
    for column in columns:
        y = (bottom - sum(n.height + n.room for n in column)) / 2
        for node in column:
            node.y = y + node.room
            y += node.room + node.height
    for sweep in range(16):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            for node in column:
                wish = _mean(
                    [(o.y + o.height / 2, v) for o, v in near.get(id(node), [])], node.y + node.height / 2
                )
                node.y += (wish - node.height / 2 - node.y) * 0.7
            _part(column, bottom)


def _part(column: list[Node], bottom: float) -> None:
    """Push nodes apart that stand upon each other, without leaving the sheet."""
    y = 0.0
    for node in column:
        node.y = max(node.y, y + node.room)
        y = node.y + node.height
    limit = bottom
    for node in reversed(column):
        node.y = min(node.y, limit - node.height)
        limit = node.y - node.room


def _attach(sankey: Sankey) -> None:
    """Where ribbons touch their nodes: in the order of the other ends, loops lowest."""
    span = {id(r): abs(r.source.layer - r.target.layer) for r in sankey.ribbons}
    for node in sankey.nodes:
        leaving = [r for r in sankey.ribbons if r.source is node]
        leaving.sort(key=lambda r: (r.back, -span[id(r)] if r.back else r.target.y, r.arc, r.kind))
        arriving = [r for r in sankey.ribbons if r.target is node]
        arriving.sort(key=lambda r: (r.back, -span[id(r)] if r.back else r.source.y, r.arc, r.kind))
        y = node.y
        for ribbon in leaving:
            ribbon.width = ribbon.value * sankey.size
            ribbon.start = y
            y += ribbon.width
        y = node.y
        for ribbon in arriving:
            ribbon.end = y
            y += ribbon.value * sankey.size


def _lead_around(sankey: Sankey, bottom: float) -> None:
    """Loops: the longer, the farther out; what is higher at its node is farther out too."""
    loops = [Loop(r) for r in sankey.ribbons if r.back]
    loops.sort(
        key=lambda loop: (
            loop.ribbon.target.layer - loop.ribbon.source.layer,
            loop.ribbon.arc,
            loop.ribbon.kind,
        )
    )
    loops.reverse()
    right: dict[int, float] = {}
    left: dict[int, float] = {}
    low = bottom
    for loop in loops:
        ribbon, space = loop.ribbon, max(1.0, loop.ribbon.width)
        last = ribbon.source.layer == len(sankey.x) - 1
        there, here = (
            right.get(ribbon.source.layer, LAST_TURN if last else TURN),
            left.get(ribbon.target.layer, TURN),
        )
        loop.right = sankey.x[ribbon.source.layer] + NODE_WIDTH + there + space / 2
        loop.left = sankey.x[ribbon.target.layer] - here - space / 2
        loop.low = low + space / 2
        right[ribbon.source.layer], left[ribbon.target.layer] = there + space + 1.0, here + space + 1.0
        low += space + 1.0
    sankey.loops = loops
    sankey.height = low + (12.0 if loops else 0.0)
