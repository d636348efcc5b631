"""Which column of a table means what: declared once in a file beside the table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meguru.files.attribute import attribute
from meguru.files.component import Component
from meguru.files.marks import set_marks
from meguru.files.reader import Reader
from meguru.files.tree import Node, node_of, parse_tree, read_text

FACTOR_COLUMNS = ("name", "unit", "amount", "label_en", "label_ja", "category", "region", "year", "source")
EXCHANGE_COLUMNS = (
    "activity", "flow", "role", "amount", "unit", "label_en", "label_ja", "flow_label_en", "flow_label_ja",
    "kind", "provider", "pedigree", "gsd", "region", "year", "cost", "time", "category", "source", "note",
)  # fmt: skip
REFERENCES = ("reference", "treated")
AVOIDED = "avoided"
ROLES = (*REFERENCES, "input", "output", AVOIDED)


@dataclass
class ImpactColumn(Component):
    """A column of factors of one impact category."""

    column: str = attribute("text", "heading of the column")
    unit: str = attribute("text", "unit of the category, as kg_CO2e")
    method: str | None = attribute("text", "assessment method", default=None)


@dataclass
class TableMapping(Component):
    """How a table is read.

    A table of ``factors`` has a flow a row, with a column for each impact category, as tables of
    cradle-to-gate intensities are published. A table of ``exchanges`` has an exchange a row.
    """

    table: str = attribute("choice", "what a row is", choices=("factors", "exchanges"))
    name: str = attribute("text", "name of the library")
    sheet: str | None = attribute("text", "sheet of a workbook; default the first", default=None)
    header: int = attribute("whole", "row of the headings, from 1", default=1)
    encoding: str = attribute(
        "text", "of a CSV file, as cp932 for one saved by Excel in Japan", default="utf-8"
    )
    columns: dict[str, str] = attribute("table", "what → heading of the column")
    impacts: dict[str, ImpactColumn] = attribute(
        "components", "columns of factors by impact category", component="ImpactColumn", default={}
    )
    negative: str = attribute(
        "choice",
        "what an amount below zero is in a table of exchanges: an error, or what is avoided elsewhere",
        choices=("refused", "avoided"),
        default="refused",
    )
    units: dict[str, str] = attribute("table", "unit in the table → unit of meguru", default={})
    roles: dict[str, str] = attribute(
        "table",
        "word in the table → reference, treated (a waste taken in), input, output, "
        "or avoided (an input that it saves elsewhere)",
        default={},
    )
    kinds: dict[str, str] = attribute(
        "table", "word in the table → product, waste, emission or resource", default={}
    )
    region: str | None = attribute("text", "where it holds if no column says so", default=None)
    year: int | None = attribute("whole", "year of the numbers if no column says so", default=None)
    scope: str | None = attribute("text", "what the factors cover", default=None)
    source: str | None = attribute("text", "where the table is from", default=None)
    licence: str | None = attribute("text", "licence of the table", default=None)


KINDS: dict[str, type[Component]] = {"ImpactColumn": ImpactColumn, "TableMapping": TableMapping}


class _Reader(Reader):
    whole = "the mapping"


def read_mapping(path: str | os.PathLike[str]) -> TableMapping:
    """Read a mapping of columns from a YAML or JSON file."""
    return _mapping(parse_tree(read_text(Path(path)), str(path)))


def mapping_from_data(data: Mapping[str, Any]) -> TableMapping:
    """A mapping of columns from plain data."""
    return _mapping(node_of(data))


def _mapping(tree: Node) -> TableMapping:
    reader = _Reader(KINDS)
    mapping = reader.component(TableMapping, tree, "")
    assert isinstance(mapping, TableMapping)
    set_marks(mapping, reader.marks)
    return mapping
