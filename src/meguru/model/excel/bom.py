"""The bill of materials: a tree whose levels stand in columns, each item opened where it first appears."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meguru.errors import BomError, DuplicateKeyError, MissingValueError, UnknownNameError, did_you_mean
from meguru.files.tree import Node, plain
from meguru.model.components import Model
from meguru.model.excel.entry import quantity_node
from meguru.model.excel.grid import Grid, Line
from meguru.model.excel.lines import Cell, quantity_cell
from meguru.model.excel.lookups import LookupReader, Lookups
from meguru.model.excel.text import text_cell

LEVEL = "level "
AMOUNT = "amount"


class Row(NamedTuple):
    """An item at a level, 1 at the top, and how much of it one unit of the item above holds."""

    level: int
    name: str
    amount: Cell | None


def bom_rows(model: Model, lookups: Lookups) -> Iterator[Row]:
    """The rows of the tree: first what is in nothing else."""
    inside = {child for item in model.items.values() for child in item.bom}
    tops = [name for name in model.items if name not in inside]
    opened: set[str] = set()
    for top in (*tops, *model.items):  # the second time for items that contain each other
        if top in opened or not model.items[top].bom:
            continue
        waiting: list[Row] = [Row(1, top, None)]
        while waiting:
            row = waiting.pop()
            yield Row(row.level, text_cell(row.name), row.amount)
            item = model.items.get(row.name)
            if item is None or row.name in opened:
                continue
            opened.add(row.name)
            for child, amount in reversed(item.bom.items()):
                cell = quantity_cell(amount, f"items.{row.name}.bom.{child}", lookups)
                waiting.append(Row(row.level + 1, child, cell))


def read_bom(grid: Grid, items: Node, lookups: LookupReader) -> None:
    """Put the bills of materials into the items."""
    levels = sorted((title for title in grid.letters if title.startswith(LEVEL)), key=_number)
    above: list[tuple[str, Node | None]] = []
    opened: list[tuple[str, Node, Line]] = []
    for line in grid.lines:
        level, name = _position(line, levels)
        if level > len(above) + 1:
            raise BomError("a level is left out", file=line.mark_of(levels[level - 1])[0], found=name)
        del above[level - 1 :]
        if level > 1:
            parent, content = above[-1]
            if content is None:
                content = Node({}, line.mark)
                opened.append((parent, content, line))
                above[-1] = parent, content
            _put(content, name, line, lookups)
        elif line.cells.get(AMOUNT) is not None:
            file = line.mark_of(AMOUNT)[0]
            raise BomError(
                "an amount at the top level", file=file, found=line.cells[AMOUNT], expected="nothing"
            )
        above.append((name, None))
    _join(opened, items)


def _put(content: Node, name: str, line: Line, lookups: LookupReader) -> None:
    if name in content.value:
        raise DuplicateKeyError("an item stands twice inside another", file=line.mark[0], found=name)
    node = quantity_node(line, AMOUNT, lookups, beside="")
    if node is None:
        raise MissingValueError(
            "no amount", file=line.mark_of(AMOUNT)[0], place=name, expected="how much of it"
        )
    content.put(name, node, node.mark)


def _join(opened: list[tuple[str, Node, Line]], items: Node) -> None:
    """What each item holds; where it is opened twice, both must say the same."""
    first: dict[str, Line] = {}
    for name, content, line in opened:
        item = items.value.get(name)
        if item is None:
            raise UnknownNameError(
                "no such item",
                file=line.mark[0],
                found=name,
                expected="a name of the sheet 'items'",
                hint=did_you_mean(name, items.value),
            )
        if name not in first:
            first[name] = line
            item.put("bom", content, line.mark)
        elif plain(item.value["bom"]) != plain(content):
            raise BomError(
                "an item holds other things here than where it first stands", file=line.mark[0], found=name,
                expected=f"the same as from {first[name].mark[0]} on, or nothing",
            )  # fmt: skip


def _position(line: Line, levels: list[str]) -> tuple[int, str]:
    filled = [index for index, title in enumerate(levels, 1) if line.cells.get(title) is not None]
    if len(filled) != 1:
        raise BomError(
            "not one item in a line", file=line.mark[0], expected="one name, in the column of its level"
        )
    return filled[0], line.name(levels[filled[0] - 1])


def _number(title: str) -> int:
    number = title.removeprefix(LEVEL)
    return int(number) if number.isdecimal() else 0
