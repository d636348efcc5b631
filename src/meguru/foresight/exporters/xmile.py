"""Writing XMILE models (OASIS XMILE 1.0)."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from meguru.errors import WriteError
from meguru.files.writing import write_beside
from meguru.foresight.importers.algebra import canonical
from meguru.foresight.importers.report import Unsupported
from meguru.foresight.model import CausalModel, Edge, Node, edge_names
from meguru.version import __version__

SPACE = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"


def export_xmile(model: CausalModel, path: str | os.PathLike[str]) -> tuple[Unsupported, ...]:
    """Write a causal model as XMILE, at the most likely strengths, lags and starts, without chance.

    Each node becomes a stock with one flow. An exported model that is imported again takes the same steps,
    as far as the importer reads its terms.

    Returns
    -------
    tuple of Unsupported
        What XMILE is not told: spreads, noise, events.

    Raises
    ------
    WriteError
        The file can not be written, or two names are one in XMILE.
    """
    path = Path(path)
    lines = list(_document(model))
    write_beside(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
    return tuple(_lost(model, path))


def _document(model: CausalModel) -> Iterator[str]:
    known: dict[str, str] = {}
    for name in model.nodes:
        other = known.setdefault(canonical(name), name)
        if other != name:
            raise WriteError(
                "two nodes of the same name in XMILE", found=name, expected=f"another than '{other}'"
            )
    flows = {name: _flow_name(name, known) for name in model.nodes}
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f'<xmile version="1.0" xmlns="{SPACE}">'
    yield "  <header>"
    yield f"    <vendor>meguru</vendor><product version={quoteattr(__version__)}>meguru</product>"
    yield f"    <name>{escape(model.name)}</name>"
    yield "  </header>"
    yield '  <sim_specs method="euler" time_units="year">'
    yield f"    <start>{model.first!r}</start><stop>{model.last!r}</stop><dt>{model.step!r}</dt>"
    yield "  </sim_specs>"
    yield "  <model>"
    yield "    <variables>"
    for name, node in model.nodes.items():
        yield from _stock(model, node, flows[name])
    yield "    </variables>"
    yield "  </model>"
    yield "</xmile>"


def _flow_name(name: str, known: dict[str, str]) -> str:
    flow = f"change of {name}"
    while canonical(flow) in known:
        flow += "'"
    known[canonical(flow)] = flow
    return flow


def _stock(model: CausalModel, node: Node, flow: str) -> Iterator[str]:
    about = ". ".join(filter(None, (*dict.fromkeys(node.label.values()), node.source)))
    yield f"      <stock name={_attribute(node.name)}>"
    if about:
        yield f"        <doc>{escape(about)}</doc>"
    yield f"        <eqn>{node.start.mode!r}</eqn>"
    yield f"        <inflow>{escape(_quoted(flow))}</inflow>"
    if node.unit:
        yield f"        <units>{escape(node.unit)}</units>"
    yield "      </stock>"
    yield f"      <flow name={_attribute(flow)}>"
    yield f"        <eqn>{escape(_change(model, node))}</eqn>"
    yield "      </flow>"


def _change(model: CausalModel, node: Node) -> str:
    """A node's change in a unit of time."""
    own = _quoted(node.name)
    terms = [_term(model, edge) for edge in model.edges if edge.target == node.name]
    if node.drift:
        terms.insert(0, repr(node.drift))
    if node.pull:
        terms.insert(0, f"({-node.pull!r})*{_distance(own, node.rest)}")
    total = " + ".join(terms) or "0"
    if math.isinf(node.low) and math.isinf(node.high):
        return total
    after = f"{own} + {model.step!r}*({total})"
    if not math.isinf(node.high):
        after = f"MIN({node.high!r}, {after})"
    if not math.isinf(node.low):
        after = f"MAX({node.low!r}, {after})"
    return f"({after} - {own})/{model.step!r}"


def _term(model: CausalModel, edge: Edge) -> str:
    y = _input(model, edge.source, edge.reference, edge.lag.mode)
    factor = edge.strength.mode * model.nodes[edge.target].scale
    if edge.form == "saturating":
        cap = edge.cap
        answer = f"{cap!r}*(1 - EXP((-2)*{y}/{cap!r}))/(1 + EXP((-2)*{y}/{cap!r}))"
    elif edge.form == "threshold":
        answer = _logistic(edge, y)
    elif edge.form == "product":
        z = _input(model, edge.second, edge.second_reference, edge.lag.mode)
        answer = f"{y}*{z if edge.gate == 'linear' else _logistic(edge, z)}"
    else:
        answer = y
    return f"({factor!r})*{answer}"


def _logistic(edge: Edge, y: str) -> str:
    return f"1/(1 + EXP(({-edge.steepness!r})*({y} - ({edge.threshold!r}))))"


def _input(model: CausalModel, name: str, reference: float | None, lag: float) -> str:
    """How far a node was from its reference, in scales."""
    node = model.nodes[name]
    read = _quoted(name)
    steps = math.floor(lag / model.step + 0.5)
    if steps:
        read = f"DELAY({read}, {steps * model.step!r}, {node.start.mode!r})"
    distance = _distance(read, node.start.mode if reference is None else reference)
    return distance if node.scale == 1.0 else f"({distance}/{node.scale!r})"


def _distance(read: str, reference: float) -> str:
    return read if reference == 0.0 else f"({read} - ({reference!r}))"


def _quoted(name: str) -> str:
    text = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _attribute(name: str) -> str:
    return quoteattr(name.replace("\\", "\\\\"))


def _lost(model: CausalModel, path: Path) -> Iterator[Unsupported]:
    def lost(place: str, construct: str, effect: str = "left out") -> Unsupported:
        return Unsupported(place, construct, effect, str(path))

    for name, node in model.nodes.items():
        if node.noise:
            yield lost(name, "noise")
        if not node.start.is_constant:
            yield lost(name, "a spread of starts: only the most likely", "changed")
    for name, edge in zip(edge_names(model.edges), model.edges, strict=True):
        for part in ("strength", "lag"):
            if not getattr(edge, part).is_constant:
                yield lost(name, f"a spread of {part}: only the most likely", "changed")
    for name in model.events:
        yield lost(name, "an event")
