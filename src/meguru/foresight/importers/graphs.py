"""Reading drawings of causal loops: Kumu and Loopy. They know signs, but neither strengths nor times."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from meguru.errors import NotReadableError
from meguru.files.tree import read_text
from meguru.foresight.importers.report import ImportReport, Unsupported
from meguru.foresight.model import CausalModel, Edge, Node, Spread

LOOPY_BOUNDS = "every node is kept from 0 to 1, which the drawing does not say: assumed"
STRENGTH = 0.1  # scales of the target per year, per scale of the source: assumed
Sign = Literal["+", "-", ""]
POSITIVE = frozenset(("+", "positive", "s", "same", "正", "＋"))
NEGATIVE = frozenset(("-", "−", "–", "negative", "o", "opposite", "負", "－"))
SIGN_KEYS = ("polarity", "sign", "type", "connection type", "label")  # of a connection: where signs stand


@dataclass(frozen=True, slots=True)
class _Arrow:
    source: str
    target: str
    sign: Sign
    place: str
    about: str = ""


def import_kumu(path: str | os.PathLike[str], *, strength: float = STRENGTH) -> ImportReport:
    """Read a map of Kumu: a blueprint (.json), or a folder with elements.csv and connections.csv.

    Only names, labels, types, descriptions and signs are in such a map. Every strength becomes ``strength``
    with the sign drawn, marked as assumed; connections without a sign are listed.

    Raises
    ------
    NotReadableError
        The file can not be read, or has no elements and connections.
    """
    path = Path(path)
    if path.is_dir():
        elements = _csv_rows(path / "elements.csv") if (path / "elements.csv").is_file() else []
        connections = _csv_rows(path / "connections.csv")
    elif path.suffix.lower() == ".csv":
        elements, connections = [], _csv_rows(path)
    else:
        data = _json(path)
        if not isinstance(data, dict) or not isinstance(data.get("connections"), list):
            raise NotReadableError(
                "not a blueprint of Kumu",
                file=str(path),
                found=type(data).__name__,
                expected="elements and connections",
            )
        elements = [_flat(one) for one in data.get("elements", [])]
        connections = [_flat(one) for one in data["connections"]]
    return _Map(path, strength).kumu(elements, connections)


def import_loopy(path: str | os.PathLike[str], *, strength: float = STRENGTH) -> ImportReport:
    """Read a drawing of Loopy: its JSON, as saved to a file or as it stands behind ``data=`` in the address.

    The height to which a node is filled becomes its start; bounds are 0 and 1. Every strength becomes
    ``strength`` with the sign drawn, marked as assumed.

    Raises
    ------
    NotReadableError
        The file can not be read or is no drawing of Loopy.
    """
    path = Path(path)
    text = read_text(path).strip()
    data = _json(path, unquote(text) if text.startswith(("%5B", "[[[")) and "%22" in text else text)
    return _Map(path, strength).loopy(data)


class _Map:
    """Puts elements and arrows together."""

    def __init__(self, path: Path, strength: float) -> None:
        self.path = path
        self.strength = strength
        self.lost: list[Unsupported] = []
        self.nodes: dict[str, Node] = {}
        self.names: dict[str, str] = {}  # id or label in the file → name

    def lose(self, place: str, construct: str, effect: str = "left out") -> None:
        self.lost.append(Unsupported(place, construct, effect, str(self.path)))

    def add(self, key: str, label: str, **more: Any) -> None:
        """A node; two of the same label are told apart by a number."""
        name, number = label, 2
        while name in self.nodes:
            name, number = f"{label} ({number})", number + 1
        self.nodes[name] = Node(name, {"ja": label, "en": label}, **more)
        self.names[key] = name

    def kumu(self, elements: list[dict[str, Any]], connections: list[dict[str, Any]]) -> ImportReport:
        for element in elements:
            label = str(element.get("label") or element.get("_id") or element.get("id") or "").strip()
            if not label:
                self.lose("an element", "no label")
                continue
            key = str(element.get("_id") or element.get("id") or label)
            kind = str(element.get("type") or element.get("element type") or "")
            self.add(key, label, field=kind, source=str(element.get("description") or ""))
            self.names.setdefault(label, self.names[key])
        return self.report(self._kumu_arrows(connections), "Kumu")

    def _kumu_arrows(self, connections: Iterable[dict[str, Any]]) -> Iterator[_Arrow]:
        for one in connections:
            ends = [str(one.get(key) or "").strip() for key in ("from", "to")]
            place = " → ".join(ends)
            if not all(ends):
                self.lose(place, "a connection with one end")
                continue
            for end in ends:
                if end not in self.names:
                    self.add(end, end)
            direction = str(one.get("direction") or "directed").lower()
            if direction == "undirected":
                self.lose(place, "a connection without direction")
                continue
            if one.get("delayed") or any("delay" in str(one.get(key, "")).lower() for key in SIGN_KEYS):
                self.lose(place, "a delay mark", "changed")
            sign = _sign(one.get(key) for key in SIGN_KEYS)
            about = str(one.get("description") or one.get("label") or "")
            yield _Arrow(self.names[ends[0]], self.names[ends[1]], sign, place, about)
            if direction == "mutual":
                yield _Arrow(self.names[ends[1]], self.names[ends[0]], sign, f"{place} (and back)", about)

    def loopy(self, data: Any) -> ImportReport:
        try:
            nodes, edges, labels = data[0], data[1], data[2]
            for node in nodes:
                start = Spread.constant(float(node[3]))
                self.add(str(node[0]), _decoded(node[4]), start=start, low=0.0, high=1.0)
            arrows = [
                _Arrow(
                    self.names[str(one[0])],
                    self.names[str(one[1])],
                    _loopy_sign(one[3]),
                    f"{one[0]} → {one[1]}",
                )
                for one in edges
            ]
            for label in labels:
                self.lose("label", f"a text on the drawing: {_decoded(label[2])}")
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise NotReadableError(
                "not a drawing of Loopy", file=str(self.path), expected="[nodes, edges, labels, number]"
            ) from error
        return self.report(arrows, "Loopy", LOOPY_BOUNDS)

    def report(self, arrows: Iterable[_Arrow], tool: str, *assumed: str) -> ImportReport:
        edges: dict[tuple[str, str], Edge] = {}
        for arrow in arrows:
            ends = (arrow.source, arrow.target)
            if not arrow.sign:
                self.lose(arrow.place, "a connection without a sign")
            elif ends in edges:
                self.lose(arrow.place, "a second connection between the same two")
            else:
                size = self.strength if arrow.sign == "+" else -self.strength
                edges[ends] = Edge(
                    *ends, Spread.constant(size), polarity=arrow.sign,
                    citation="; ".join(filter(None, (arrow.about, f"sign from {tool}, strength assumed"))),
                )  # fmt: skip
        if not self.nodes:
            raise NotReadableError("nothing in it", file=str(self.path), expected="elements")
        strengths = f"every strength is {self.strength:g} scales a year per scale, every scale 1: assumed"
        told = (strengths, *assumed)
        model = CausalModel(
            self.path.stem,
            self.nodes,
            tuple(edges.values()),
            note=f"Imported from {tool}; {'; '.join(told)}.",
        )
        return ImportReport(model, tuple(self.lost), told)


def _sign(texts: Iterable[Any]) -> Sign:
    for one in texts:
        words = str(one or "").strip().casefold().replace("delayed", "").split()
        if any(word in POSITIVE for word in words):
            return "+"
        if any(word in NEGATIVE for word in words):
            return "-"
    return ""


def _loopy_sign(strength: Any) -> Sign:
    return "+" if float(strength) > 0 else "-" if float(strength) < 0 else ""


def _decoded(text: Any) -> str:
    """Loopy encodes its texts twice."""
    return unquote(unquote(str(text))).strip() or "?"


def _flat(one: Any) -> dict[str, Any]:
    """An element or connection of a blueprint; project files keep its fields one level deeper."""
    if not isinstance(one, dict):
        return {}
    inner = one.get("attributes")
    known = {**one, **inner} if isinstance(inner, dict) else one
    return {str(key).casefold(): value for key, value in known.items()}


def _json(path: Path, text: str | None = None) -> Any:
    try:
        return json.loads(read_text(path) if text is None else text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise NotReadableError("not valid JSON", file=str(path), line=line, expected="JSON") from error


def _csv_rows(path: Path) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(read_text(path), newline=""))
    return [{str(key).strip().casefold(): value for key, value in row.items()} for row in rows]
