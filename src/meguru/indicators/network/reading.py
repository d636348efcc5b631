"""The network from its data file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from meguru.files.shipped import read_shipped
from meguru.indicators.catalogue.definitions import Words
from meguru.indicators.network.graph import CASE, NOT_KNOWN, TABLE, Arrow, Case, Network, Node

FILE = "forty_five.yaml"
COLUMNS = range(1, 6)
Data = Mapping[str, Any]


@cache
def forty_five() -> Network:
    """The 45 indicators of seed 000 and their relations."""
    return network_of(read_shipped(resources.files("meguru.indicators.network").joinpath(FILE)))


def network_of(data: Data) -> Network:
    """A network from the plain data of a file."""
    cases = {name: _case(name, one) for name, one in data["cases"].items()}
    cells = {
        (int(row), column): cell
        for row, line in data["relations"].items()
        for column, cell in zip(COLUMNS, line, strict=True)
    }
    signed = tuple(arrow for case in cases.values() for arrow in case.arrows)
    return Network(
        nodes={node.id: node for node in _nodes(data)},
        cells=cells,
        arrows=(*signed, *_table(cells, data["readings"])),
        cases=cases,
        hierarchy={str(parent): _ids(held) for parent, held in data["hierarchy"]["children"].items()},
        undirected={str(one): _ids(held) for one, held in data["drawn_without_direction"].items()},
        lost_column=str(data["lost"]["column"]),
        might_be_lost=_ids(data["lost"]["might_be"]),
        words={
            kind: {name: _words(one) for name, one in data[kind].items()}
            for kind in ("layers", "groups", "domains")
        },
        source=data["source"],
    )


def _nodes(data: Data) -> Iterator[Node]:
    formulas = {str(number): held for number, held in data["formulas"].items()}
    for number, one in data["indicators"].items():
        yield Node(
            id=str(number),
            number=int(number),
            name=_words(one),
            layer=one["layer"],
            layer_firm=one.get("layer_firm", True),
            group=one["group"],
            domain=one["domain"],
            domain_from=one["domain_from"],
            also=tuple(one.get("also", ())),
            formulas=tuple(formulas.get(str(number), ())),
        )
    for name, case in data["cases"].items():
        for step, one in case["steps"].items():
            yield Node(id=f"{name}.{step}", name=_words(one))


def _case(name: str, data: Data) -> Case:
    def full(node: int | str) -> str:
        return f"{name}.{node}" if node in data["steps"] else str(node)

    arrows = tuple(
        Arrow(
            full(one["from"]),
            full(one["to"]),
            one["sign"],
            CASE,
            case=name,
            condition=_maybe(one.get("condition")),
            via=_maybe(one.get("via")),
        )
        for one in data["arrows"]
    )
    return Case(
        id=name,
        number=int(data["number"]),
        name=_words(data),
        pushed={full(node): sign for node, sign in data["pushed"].items()},
        actors={full(node): _words(one) for node, one in data.get("actors", {}).items()},
        arrows=arrows,
        cure=_words(data["cure"]),
    )


def _table(cells: Mapping[tuple[int, int], str], readings: list[Data]) -> Iterator[Arrow]:
    """Arrows of the table; what is not related or lost gives none."""
    for (row, column), cell in cells.items():
        ends = {"in": (row, column), "out": (column, row)}.get(cell)
        if ends is not None:
            yield Arrow(str(ends[0]), str(ends[1]), NOT_KNOWN, TABLE, sure=_sure(row, column, readings))


def _sure(row: int, column: int, readings: list[Data]) -> str:
    """How sure a cell is: the first reading that holds it says."""
    for one in readings:
        if one["rows"][0] <= row <= one["rows"][1] and one["columns"][0] <= column <= one["columns"][1]:
            return str(one["sure"])
    raise KeyError((row, column))  # a hole in the file, which the schema's test does not let through


def _ids(numbers: list[int]) -> tuple[str, ...]:
    return tuple(str(one) for one in numbers)


def _words(data: Data) -> Words:
    return Words(data["en"], data["ja"])


def _maybe(data: Data | None) -> Words | None:
    return None if data is None else _words(data)
