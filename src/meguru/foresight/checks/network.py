"""Warnings about the network: what is connected to nothing, what nothing reaches, what never moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meguru.foresight.checks.fault import CausalWarning, named_edges, warning
from meguru.foresight.model import CausalModel, Edge, Node

SHOWN = 5  # names in one message


def orphans(model: CausalModel) -> Iterator[CausalWarning]:
    """Nodes without any edge, event or condition."""
    connected = {name for edge in model.edges for name in (*sources_of(edge), edge.target)}
    connected |= {name for event in model.events.values() for name in (*event.jump, *event.push)}
    connected |= {one.node for event in model.events.values() for one in event.conditions}
    for name in model.nodes:
        if name not in connected:
            yield warning(
                "orphans", model, f"nodes.{name}", "nothing acts on it, and it acts on nothing", name
            )


def unreached_kpis(model: CausalModel) -> Iterator[CausalWarning]:
    """KPIs that no lever, driver or event reaches."""
    kpis = _with_role(model, "kpi")
    if not kpis:
        yield warning(
            "unreached_kpis", model, "nodes", "no node has the role kpi: nothing to judge futures by"
        )
        return
    beginnings = [*_with_role(model, "lever"), *_with_role(model, "driver")]
    if not beginnings and not model.events:
        text = "no lever, driver or event: futures differ by noise and strengths alone"
        yield warning("unreached_kpis", model, "nodes", text)
        return
    for event in model.events.values():
        beginnings += [*event.jump, *event.push]
    reached = _reachable(model, beginnings)
    for name in kpis:
        if name not in reached:
            text = "no lever, driver or event reaches this KPI"
            yield warning("unreached_kpis", model, f"nodes.{name}", text, name, hint="Is an edge missing?")


def powerless_levers(model: CausalModel) -> Iterator[CausalWarning]:
    """Levers that reach no KPI."""
    kpis = set(_with_role(model, "kpi"))
    for name in _with_role(model, "lever"):
        if kpis and not kpis & _reachable(model, [name]):
            yield warning("powerless_levers", model, f"nodes.{name}", "this lever reaches no KPI", name)


def still_sources(model: CausalModel) -> Iterator[CausalWarning]:
    """Edges whose sources never leave their references: they do nothing in any future."""
    for place, edge in named_edges(model):
        if edge.form not in ("linear", "saturating"):
            continue
        node = model.nodes[edge.source]
        if edge.reference in (None, node.start.mode) and node.start.is_constant and not moves(model, node):
            text = f"'{node.name}' never moves, so the edge does nothing"
            yield warning(
                "still_sources",
                model,
                place,
                text,
                node.name,
                hint="Give it a spread of starts, noise, a drift, or an edge that moves it.",
            )


def aimless_kpis(model: CausalModel) -> Iterator[CausalWarning]:
    """KPIs of which no direction is better: they count in no rating."""
    for name in _with_role(model, "kpi"):
        if model.nodes[name].direction == "none":
            text = "a KPI without a direction counts in no rating"
            yield warning(
                "aimless_kpis", model, f"nodes.{name}", text, name, hint="Write 'direction: up' or 'down'."
            )


def moves(model: CausalModel, node: Node) -> bool:
    """Whether anything can change a node during a run."""
    by_itself = node.noise > 0.0 or node.drift != 0.0 or (node.pull > 0.0 and _away_from_rest(node))
    return (
        by_itself
        or any(edge.target == node.name for edge in model.edges)
        or any(node.name in event.jump or node.name in event.push for event in model.events.values())
    )


def _away_from_rest(node: Node) -> bool:
    return not (node.start.is_constant and node.start.mode == node.rest)


def sources_of(edge: Edge) -> tuple[str, ...]:
    """What an edge reads."""
    return (edge.source, edge.second) if edge.second else (edge.source,)


def some(names: Iterable[str]) -> str:
    """The first few names of many."""
    known = list(names)
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in known[:SHOWN]) + more


def _with_role(model: CausalModel, role: str) -> list[str]:
    return [name for name, node in model.nodes.items() if node.role == role]


def _reachable(model: CausalModel, beginnings: Iterable[str]) -> set[str]:
    """The nodes named and all that they act on, directly or not."""
    targets: dict[str, set[str]] = {}
    for edge in model.edges:
        for name in sources_of(edge):
            targets.setdefault(name, set()).add(edge.target)
    reached: set[str] = set()
    waiting = list(beginnings)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(targets.get(name, ()))
    return reached
