"""One line of cells as the data of one component."""

from __future__ import annotations

import unicodedata
from typing import Any

from meguru.errors import MissingValueError, ModelError, WrongTypeError
from meguru.files.attribute import Declared
from meguru.files.tree import Node
from meguru.model.components import Component
from meguru.model.excel.columns import read_title
from meguru.model.excel.grid import Grid, Line
from meguru.model.excel.layout import EXTRAS, is_table
from meguru.model.excel.lookups import LookupReader
from meguru.model.excel.text import list_node, text_node, value_node
from meguru.quantity import dimension_of

_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
REST = "rest"


class EntryReader:
    """Reads the lines of one sheet by the titles of its columns."""

    def __init__(
        self, grid: Grid, kind: type[Component], keys: tuple[str, ...], lookups: LookupReader
    ) -> None:
        self.lookups = lookups
        self.columns: list[tuple[str, tuple[str, ...], Declared]] = []
        self.only_beside: list[tuple[str, str]] = []
        for title in grid.letters:
            if title in keys:
                continue
            path, extra, one = read_title(title, kind, grid.mark_of(title))
            if extra:
                self.only_beside.append((title, title.removesuffix(f" {extra}")))
            else:
                self.columns.append((title, path, one))

    def entry(self, line: Line) -> Node:
        """The data of a line, as they would stand in a model file."""
        data = Node({}, line.mark)
        for title, path, one in self.columns:
            node = cell_node(line, title, path, one, self.lookups)
            if node is not None:
                put(data, path, node)
        for title, beside in self.only_beside:
            if title in line.cells and beside not in line.cells:
                file = line.mark_of(title)[0]
                raise MissingValueError(f"'{title}' without a value", file=file, found=line.cells[title])
        return data


def cell_node(
    line: Line, title: str, path: tuple[str, ...], one: Declared, lookups: LookupReader
) -> Node | None:
    """What stands in a cell, by the form of its attribute; None if it is empty."""
    value, mark, form = line.cells.get(title), line.mark_of(title), one.attribute.form
    if value is None:
        return None
    if path[-1] == one.key and form in ("quantities", "split", "component"):
        return text_node(value, mark)  # of which nothing is inside: {}
    if form in ("quantity", "quantities", "split"):
        return quantity_node(line, title, lookups)
    if form in ("names", "texts"):
        return list_node(value, mark)
    if is_table(one) and isinstance(value, str) and value.startswith("table:"):
        return lookups.table(value.removeprefix("table:").strip(), line, title)
    node = text_node(value, mark)
    if isinstance(node.value, str) and form in ("whole", "flag", "choice"):
        node.value = _narrowed(node.value, form)
    return node


def _narrowed(text: str, form: str) -> Any:
    """A number, flag or choice typed as text, in signs of any width."""
    text = unicodedata.normalize("NFKC", text).strip()
    if form == "whole" and text.removeprefix("-").isdecimal():
        return int(text)
    return _FLAGS.get(text.lower(), text) if form == "flag" else text


def quantity_node(line: Line, title: str, lookups: LookupReader, beside: str | None = None) -> Node | None:
    """A number with what stands beside it, in columns called ``<beside> unit`` and so on."""
    start = f"{title} " if beside is None else beside
    value, mark = line.cells.get(title), line.mark_of(title)
    if value is None:
        return None
    extras = {
        extra: text_node(line.cells[column], line.mark_of(column))
        for extra in EXTRAS
        if (column := f"{start}{extra}") in line.cells
    }
    if isinstance(value, str) and value.startswith("series:"):
        data = lookups.series(value.removeprefix("series:").strip(), line, title)
        return _joined(data, extras)
    node = text_node(value, mark)
    if not extras:
        return node
    if not node.is_mapping:
        formula = isinstance(node.value, str) and unicodedata.normalize("NFKC", node.value).startswith("=")
        data = Node({}, mark)
        data.put("formula" if formula else "value", node, mark)
        node = data
    return _joined(node, extras)


def any_node(line: Line, title: str, lookups: LookupReader) -> Node | None:
    """A value of any form: new numbers of a measure, targets of a scenario."""
    value, mark = line.cells.get(title), line.mark_of(title)
    if value is None:
        return None
    if isinstance(value, str) and value.startswith("series:"):
        return lookups.series(value.removeprefix("series:").strip(), line, title)
    return value_node(value, mark)


def _joined(data: Node, extras: dict[str, Node]) -> Node:
    for extra, node in extras.items():
        if extra in data.value:
            raise WrongTypeError(f"the {extra} stands twice", file=node.mark[0], found=node.text)
        if extra == "unit" and isinstance(node.value, str):
            _refuse_unknown_unit(node)
        data.put(extra, node, node.mark)
    return data


def _refuse_unknown_unit(node: Node) -> None:
    """Where only the number's cell is known, later errors would name that."""
    try:
        dimension_of(node.value.strip())
    except ModelError as error:
        raise error.at(file=node.mark[0]) from None


def put(data: Node, path: tuple[str, ...], node: Node) -> None:
    """Put a value into mappings inside each other, which are made where there are none."""
    for key in path[:-1]:
        if key not in data.value:
            data.put(key, Node({}, node.mark), node.mark)
        data = data.value[key]
    data.put(path[-1], node, node.mark)
