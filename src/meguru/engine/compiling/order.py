"""The order of the push operations: topological, with loops solved as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from meguru.engine.compiling.nodes import Operation, PushNodes
from meguru.engine.plan import DEPOSIT, FLOW, OP_EXTRA, OP_SOURCE, OP_TABLE, OP_TARGET, RULES, SHIFT, SOLVE
from meguru.errors import NetworkError


def _edges(pushes: PushNodes) -> dict[int | str, dict[int | str, None]]:
    """What must come after what. A process with capacity is a vertex of its own, between its nodes and
    the rest."""
    after: dict[int | str, dict[int | str, None]] = {node: {} for node in pushes.by_node}
    for source, target in pushes.before:
        after[source][target] = None
    for name in pushes.capacity:
        members = [node for node, group in pushes.groups.items() if group == name]
        after[name] = {target: None for node in members for target in after[node]}
        for node in members:
            after[node][name] = None
    return after


def order_operations(pushes: PushNodes, starts: Iterable[int] | None = None) -> list[Operation]:
    """All operations in topological order; with ``starts`` only those that these nodes can reach."""
    after = _edges(pushes)
    keep = set(after) if starts is None else _reached(after, starts)
    out: list[Operation] = []
    late: dict[str, list[int]] = {}
    for members in _in_order(after):
        if not any(m in keep for m in members):
            continue
        if len(members) == 1 and members[0] not in after[members[0]]:
            _append(pushes, members[0], out, late)
        else:
            _loop(pushes, members, out)
    return out


def _append(pushes: PushNodes, member: int | str, out: list[Operation], late: dict[str, list[int]]) -> None:
    if isinstance(member, str):
        out.append(list(pushes.capacity[member]))
        for node in late.pop(member, []):
            out.extend(list(op) for op in pushes.by_node[node])
    elif member in pushes.groups:
        late.setdefault(pushes.groups[member], []).append(member)
    else:
        out.extend(list(op) for op in pushes.by_node[member])


def _loop(pushes: PushNodes, members: list[int | str], out: list[Operation]) -> None:
    """A loop is solved as a whole; only things that stay the same item can go round."""
    names = {index: key for key, index in pushes.nodes.items()}
    nodes = [m for m in members if isinstance(m, int)]
    label = " → ".join(".".join(names[n]) for n in nodes)
    if len(nodes) < len(members):
        raise NetworkError(
            "a process inside a loop cannot have a capacity",
            found=label,
            expected="a capacity outside the loop",
        )
    inner = [op for n in nodes for op in pushes.by_node[n] if op[OP_TARGET] in nodes]
    if any(op[0] not in (FLOW, RULES) and not (op[0] == SHIFT) for op in inner) or any(
        op[0] == DEPOSIT for n in nodes for op in pushes.by_node[n]
    ):
        raise NetworkError(
            "this loop cannot be solved within a step",
            found=label,
            expected="sort and recondition inside a loop, a store outside of it",
        )
    if any(
        op[0] == SHIFT
        and (
            op[OP_TABLE] != 1
            or (op[OP_EXTRA] == 1 and any(names[n][1] in pushes.shape.failing for n in nodes))
        )
        for op in inner
    ):
        raise NetworkError(
            "reconditioning that changes age or state cannot stand in a loop",
            found=label,
            expected="a loop of things that stay as they are",
        )
    first = len(pushes.loop_nodes)
    pushes.loop_nodes += nodes
    begin = len(out) + 1
    solve = [0] * 10
    solve[0], solve[OP_SOURCE], solve[OP_TARGET] = SOLVE, begin, begin + len(inner)
    solve[OP_TABLE], solve[OP_EXTRA] = first, len(nodes)
    out.append(solve)
    out.extend([FLOW if op[0] == SHIFT else op[0], *op[1:]] for op in inner)
    out.extend(list(op) for n in nodes for op in pushes.by_node[n] if op[OP_TARGET] not in nodes)


def _reached(after: dict[int | str, dict[int | str, None]], starts: Iterable[int]) -> set[int | str]:
    found: set[int | str] = set()
    waiting: list[int | str] = list(starts)
    while waiting:
        vertex = waiting.pop()
        if vertex not in found:
            found.add(vertex)
            waiting += after[vertex]
    return found


def _in_order(after: dict[int | str, dict[int | str, None]]) -> list[list[int | str]]:
    """Vertices in topological order, each loop as one entry."""
    sorter: TopologicalSorter[int | str] = TopologicalSorter(dict.fromkeys(after, ()))
    for vertex, targets in after.items():
        for target in targets:
            sorter.add(target, vertex)
    try:
        return [[vertex] for vertex in sorter.static_order()]
    except CycleError:
        import networkx as nx  # only models with loops pay for it

        held = nx.condensation(nx.DiGraph(after))
        members = {c: sorted(held.nodes[c]["members"], key=lambda m: str(m).zfill(8)) for c in held}
        return [
            members[c]
            for c in nx.lexicographical_topological_sort(held, key=lambda c: str(members[c][0]).zfill(8))
        ]
