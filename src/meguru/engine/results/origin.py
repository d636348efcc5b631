"""Where the material in every flow comes from: five exclusive origins, followed step by step.

What a process takes in is mixed, material by material: a make process mixes its inputs, a sort mixes what
arrives of an item, a store mixes what it holds with what arrives; dismantling, reconditioning and recycling
mix what they take apart. Goods that come back carry the average of what is in use (running pool of each use
process). Recycling makes ``recycled_pre`` of new scrap and ``recycled_post`` of all else; a part or product
drawn from a store counts as ``reused``. Loops within a step (scrap that returns to its own production) are
solved as linear equations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from meguru.engine.results.masses import Masses
from meguru.model.components import ORIGINS, Model
from meguru.model.network import Flow

Array = NDArray[np.float64]
VIRGIN, RENEWABLE, RECYCLED_PRE, RECYCLED_POST, REUSED = range(len(ORIGINS))


@dataclass(slots=True)
class Node:
    """A place where materials mix within a step.

    ``holder`` is the store's row, −1 elsewhere. ``link`` is a node that is mixed in too, with the mass of the
    flows in ``leaving`` less that of ``entering``: reconditioned goods with their new parts.
    """

    entering: list[int] = field(default_factory=list)
    leaving: list[int] = field(default_factory=list)
    holder: int = -1
    link: int = -1


@dataclass(slots=True)
class Trace:
    """How origins spread through the network of a model."""

    virgin: Array  # (material, origin) of a virgin material
    supplied: list[tuple[int, Array]] = field(default_factory=list)  # flow, (material, origin)
    reused: list[int] = field(default_factory=list)
    secondary: list[int] = field(default_factory=list)
    pools: list[tuple[list[int], list[int]]] = field(default_factory=list)  # entering and leaving flows
    nodes: list[Node] = field(default_factory=list)
    node_of: dict[int, int] = field(default_factory=dict)  # flow → node that it leaves
    order: list[list[int]] = field(default_factory=list)  # nodes, sources first; loops together
    first: int = 0  # step with which the report begins


@dataclass(slots=True)
class Origins:
    """Shares of the origins: (sample, time, flow, material, origin), reported steps only; they sum to one."""

    shares: Array


def trace_of(
    model: Model,
    flows: Sequence[Flow],
    uses: Sequence[str],
    stores: Mapping[tuple[str, str], int],
    first: int,
) -> Trace:
    """How origins spread.

    Parameters
    ----------
    uses
        Use processes in the order of the record.
    stores
        (process, item) → holder.
    first
        Step with which the report begins.
    """
    materials = [name for name, item in model.items.items() if item.kind == "material"]
    virgin = np.zeros((len(materials), len(ORIGINS)))
    for row, name in enumerate(materials):
        virgin[row, RENEWABLE if model.items[name].renewable else VIRGIN] = 1.0
    secondary = secondary_flows(model, flows)
    trace = Trace(virgin, pools=[([], []) for _ in uses], first=first, secondary=secondary)
    nodes = _Nodes(model, trace, stores)
    place = {name: index for index, name in enumerate(uses)}
    for index, flow in enumerate(flows):
        _leaves(model, trace, nodes, index, flow, place)
        _enters(model, trace, nodes, index, flow, place)
    _order(trace)
    return trace


class _Nodes:
    """Nodes by place, made at first sight."""

    def __init__(self, model: Model, trace: Trace, holders: Mapping[tuple[str, str], int]) -> None:
        self.model, self.trace, self.holders = model, trace, holders
        self.known: dict[tuple[str, str], int] = {}

    def at(self, process: str, item: str) -> int:
        """Node of a process; of an item there if the process keeps things as they are."""
        kind = self.model.processes[process].kind
        key = (process, item if kind in ("sort", "store") else "")
        if key not in self.known:
            self.known[key] = len(self.trace.nodes)
            self.trace.nodes.append(Node(holder=self.holders[key] if kind == "store" else -1))
        return self.known[key]

    def good(self, process: str) -> int:
        """Node of what leaves a recondition as good: old goods with their new parts."""
        key = (process, ".good")
        if key not in self.known:
            taken_in = self.at(process, "")
            self.known[key] = len(self.trace.nodes)
            self.trace.nodes.append(Node(link=taken_in))
        return self.known[key]


def _leaves(
    model: Model, trace: Trace, nodes: _Nodes, index: int, flow: Flow, uses: Mapping[str, int]
) -> None:
    process = model.processes[flow.source]
    if process.kind == "supply":
        vector = trace.virgin
        if process.origin is not None:
            vector = np.zeros_like(trace.virgin)
            vector[:, ORIGINS.index(process.origin)] = 1.0
        trace.supplied.append((index, vector))
    elif process.kind == "use":
        trace.pools[uses[flow.source]][1].append(index)
    elif process.kind == "store" and flow.side == "pull" and model.items[flow.item].kind != "material":
        trace.reused.append(index)
    elif index not in trace.secondary:
        good = process.kind == "recondition" and flow.port == "good"
        node = nodes.good(flow.source) if good else nodes.at(flow.source, flow.item)
        trace.node_of[index] = node
        trace.nodes[node].leaving.append(index)


def _enters(
    model: Model, trace: Trace, nodes: _Nodes, index: int, flow: Flow, uses: Mapping[str, int]
) -> None:
    kind = model.processes[flow.target].kind
    if kind == "sink":
        return
    if kind == "use":
        trace.pools[uses[flow.target]][0].append(index)
        return
    new_part = kind == "recondition" and flow.side == "pull"
    node = nodes.good(flow.target) if new_part else nodes.at(flow.target, flow.item)
    trace.nodes[node].entering.append(index)


def _order(trace: Trace) -> None:
    """Sources before what they feed; nodes that feed each other stand together."""
    count = len(trace.nodes)
    if count == 0:
        return
    feeds = [
        (source, index)
        for index, node in enumerate(trace.nodes)
        for source in {*(trace.node_of.get(flow, -1) for flow in node.entering), node.link} - {-1}
    ]
    sorter: TopologicalSorter[int] = TopologicalSorter({index: [] for index in range(count)})
    for source, index in feeds:
        sorter.add(index, source)
    try:
        trace.order = [[index] for index in sorter.static_order()]
    except CycleError:
        trace.order = _loops_together(count, feeds)


def _loops_together(count: int, feeds: list[tuple[int, int]]) -> list[list[int]]:
    """Nodes, sources first, each loop as one entry."""
    from scipy.sparse import csr_array  # only models with loops pay for it
    from scipy.sparse.csgraph import connected_components

    pairs = np.array(feeds, dtype=np.int64).reshape(-1, 2).T
    graph = csr_array((np.ones(len(feeds)), (pairs[0], pairs[1])), shape=(count, count))
    groups, group_of = connected_components(graph, connection="strong")
    sorter: TopologicalSorter[int] = TopologicalSorter({group: [] for group in range(groups)})
    for source, index in feeds:
        if group_of[source] != group_of[index]:
            sorter.add(int(group_of[index]), int(group_of[source]))
    members: list[list[int]] = [[] for _ in range(groups)]
    for index in range(count):
        members[int(group_of[index])].append(index)
    return [members[group] for group in sorter.static_order()]


def secondary_flows(model: Model, flows: Sequence[Flow]) -> list[int]:
    """Flows of recycled material: those of which it matters what was new scrap."""
    return [
        index
        for index, flow in enumerate(flows)
        if flow.port == "secondary" and model.processes[flow.source].kind == "recycle"
    ]


def find_origins(trace: Trace, flows: Masses, holders: Masses, scrap: Array) -> Origins:
    """Shares of the origins in every flow.

    Parameters
    ----------
    scrap : (sample, secondary flow, step)
        The part of each flow of recycled material, in its units, that is new scrap.
    """
    samples, count, steps = flows.units.shape
    shares = np.empty((samples, steps - trace.first, count, *trace.virgin.shape))
    run = _Run(trace, flows, holders, scrap)
    for step in range(steps):
        run.step(step)
        if step >= trace.first:
            shares[:, step - trace.first] = run.shares
    return Origins(shares)


class _Run:
    """State of the recursion: shares of this step, pools in use and contents of stores."""

    def __init__(self, trace: Trace, flows: Masses, holders: Masses, scrap: Array) -> None:
        self.trace, self.flows, self.holders, self.scrap = trace, flows, holders, scrap
        samples, count, _ = flows.units.shape
        block = trace.virgin.shape
        self.shares = np.empty((samples, count, *block))
        self.shares[:] = trace.virgin
        for flow, vector in trace.supplied:
            self.shares[:, flow] = vector
        self.shares[:, trace.reused] = np.eye(len(ORIGINS))[REUSED]
        self.pools = np.zeros((samples, len(trace.pools), *block))
        self.contents = np.zeros((samples, len(holders.items), *block))
        self.mixes = np.zeros((samples, len(trace.nodes), *block))

    def step(self, step: int) -> None:
        """One step: what comes back from use, recycling, then everything that mixes, sources first."""
        self.mass = self.flows.all(slice(step, step + 1))[:, 0]
        for index, (_, leaving) in enumerate(self.trace.pools):
            self.shares[:, leaving] = self._mix(self.pools[:, index])[:, None]
        self._recycle(step)
        for group in self.trace.order:
            if len(group) == 1 and not self._depends(group[0], group[0]):
                self._solve_one(group[0])
            else:
                self._solve_loop(group)
        held = self.holders.all(slice(step, step + 1))[:, 0]
        for index, node in enumerate(self.trace.nodes):
            if node.holder >= 0:
                self.contents[:, node.holder] = self.mixes[:, index] * held[:, node.holder, :, None]
        for index, (entering, leaving) in enumerate(self.trace.pools):
            self.pools[:, index] += self._sum(entering) - self._sum(leaving)
            np.maximum(self.pools[:, index], 0.0, out=self.pools[:, index])

    def _recycle(self, step: int) -> None:
        for index, flow in enumerate(self.trace.secondary):
            units = self.flows.units[:, flow, step]
            new = np.divide(self.scrap[:, index, step], units, out=np.zeros_like(units), where=units > 0.0)
            new = np.clip(new, 0.0, 1.0)[:, None]
            self.shares[:, flow] = 0.0
            self.shares[:, flow, :, RECYCLED_PRE] = new
            self.shares[:, flow, :, RECYCLED_POST] = 1.0 - new

    def _mix(self, vector: Array) -> Array:
        """(sample, material, origin) as shares; of nothing, those of a virgin material."""
        total = vector.sum(axis=-1, keepdims=True)
        there = total > 0.0
        mix: Array = np.where(there, vector / np.where(there, total, 1.0), self.trace.virgin)
        return mix

    def _sum(self, flows: list[int]) -> Array:
        """(sample, material, origin) kg in some flows together."""
        total: Array = np.einsum("sfm,sfmo->smo", self.mass[:, flows], self.shares[:, flows])
        return total

    def _depends(self, node: int, other: int) -> bool:
        found = self.trace.nodes[node]
        return found.link == other or any(
            self.trace.node_of.get(flow, -1) == other for flow in found.entering
        )

    def _old(self, node: Node) -> Array:
        """(sample, material) kg of the old goods that leave a recondition as good."""
        old: Array = self.mass[:, node.leaving].sum(axis=1) - self.mass[:, node.entering].sum(axis=1)
        return np.maximum(old, 0.0)

    def _known(self, node: Node, unknown: dict[int, int]) -> Array:
        """(sample, material, origin) kg that enters from outside a group of nodes."""
        flows = [flow for flow in node.entering if self.trace.node_of.get(flow, -1) not in unknown]
        total = self._sum(flows)
        if node.holder >= 0:
            total += self.contents[:, node.holder]
        if node.link >= 0 and node.link not in unknown:
            total += self._old(node)[..., None] * self.mixes[:, node.link]
        return total

    def _solve_one(self, index: int) -> None:
        node = self.trace.nodes[index]
        self.mixes[:, index] = self._mix(self._known(node, {}))
        self.shares[:, node.leaving] = self.mixes[:, index][:, None]

    def _solve_loop(self, group: list[int]) -> None:
        """Total entering each node times its mix = what enters from outside + what enters from the group."""
        place = {node: row for row, node in enumerate(group)}
        samples, _, materials = self.mass.shape
        matrix = np.zeros((samples, materials, len(group), len(group)))
        known = np.zeros((samples, materials, len(group), len(ORIGINS)))
        for index, row in place.items():
            node = self.trace.nodes[index]
            known[:, :, row] = self._known(node, place)
            for flow in node.entering:
                source = place.get(self.trace.node_of.get(flow, -1))
                if source is not None:
                    matrix[:, :, row, source] += self.mass[:, flow]
            if node.link in place:
                matrix[:, :, row, place[node.link]] += self._old(node)
        total = known.sum(axis=-1) + matrix.sum(axis=-1)
        there = total > 0.0
        matrix /= np.where(there, total, 1.0)[..., None]
        known /= np.where(there, total, 1.0)[..., None]
        known = np.where(there[..., None], known, self.trace.virgin[:, None, :])
        mixes = np.linalg.solve(np.eye(len(group)) - matrix, known)
        for index, row in place.items():
            self.mixes[:, index] = self._mix(np.maximum(mixes[:, :, row], 0.0))
            self.shares[:, self.trace.nodes[index].leaving] = self.mixes[:, index][:, None]
