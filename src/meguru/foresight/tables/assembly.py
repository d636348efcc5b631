"""Tables put together to the tree of a model file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from meguru.errors import DuplicateKeyError, MissingValueError, UnknownNameError, did_you_mean
from meguru.files.attribute import Declared, declared
from meguru.files.tree import Mark, Node
from meguru.foresight.model import CausalModel
from meguru.foresight.tables import cells
from meguru.foresight.tables.sheets import Line, lines_of, raw_tables
from meguru.foresight.tables.words import (
    SPREAD,
    Column,
    attributes,
    choice_of,
    folded,
    plain_text,
    setting_of,
)
from meguru.model.excel.text import text_node, value_node

NAME = Column("name")


def tables_tree(path: Path) -> Node:
    """The tree of a causal model that is kept as tables; every value knows its cell or line."""
    raw = raw_tables(path)
    lines = {table: lines_of(one, table) for table, one in raw.items()}
    mark: Mark = (str(path), None)
    tree = Node({}, mark)
    tree.put("name", Node(path.stem, mark, path.stem), mark)
    for line in lines.get("settings", []):
        _setting(tree, line)
    tree.put("nodes", _entries(lines["nodes"], "nodes", {}), mark)
    known = _spellings(tree.value["nodes"])
    edges = [_entry(line, "edges", known) for line in lines["edges"]]
    tree.put("edges", Node(edges, mark), mark)
    if lines.get("events"):
        tree.put("events", _entries(lines["events"], "events", known), mark)
    return tree


def _entries(lines: list[Line], table: str, known: dict[str, list[str]]) -> Node:
    """Lines by name."""
    entries = Node({}, lines[0].mark if lines else (None, None))
    for line in lines:
        name = _name(line)
        if name.value in entries.value:
            first = entries.marks[name.value]
            where = first[0] if first[1] is None else f"line {first[1]}"
            raise DuplicateKeyError(
                f"a name stands twice, first in {where}",
                file=name.mark[0],
                line=name.mark[1],
                place=table,
                found=name.value,
                expected="each name once",
            )
        entries.put(name.value, _entry(line, table, known), name.mark)
    return entries


def _name(line: Line) -> Node:
    """The name of a line; of tables that have only labels, the label."""
    for column in (NAME, Column("label", "ja"), Column("label", "en")):
        if column in line.cells:
            value, mark = line.cells[column]
            return cells.text(value, mark)
    raise MissingValueError("a line without a name", file=line.mark[0], line=line.mark[1], expected="a name")


def _entry(line: Line, table: str, known: dict[str, list[str]]) -> Node:
    """One line as the mapping that stands in a model file."""
    entry = Node({}, line.mark)
    unit = str(line.cells.get(Column("unit"), ("",))[0])
    for key, one in attributes(table).items():
        held = {column: cell for column, cell in line.cells.items() if column.key == key}
        if held:
            node = _value(one, held, unit, known)
            entry.put(key, node, node.mark)
    return entry


def _value(
    one: Declared, held: dict[Column, tuple[Any, Mark]], unit: str, known: dict[str, list[str]]
) -> Node:
    form = one.attribute.form
    if form == "label":
        label = Node({}, next(iter(held.values()))[1])
        for column, (value, mark) in held.items():
            label.put(column.part, cells.text(value, mark), mark)
        return label
    if form == "spread":
        return _spread(one, held, unit)
    (column, (value, mark)), *_ = held.items()
    if form == "number":
        return cells.number(
            value, mark, dimension=one.attribute.dimension, unit=unit, per_year=column.per_year
        )
    if form == "choice":
        choice = choice_of(one.key, str(value))
        return Node(choice, mark, choice)
    if form == "name":
        return _meant(cells.text(value, mark), known)
    if form in ("numbers", "years"):
        return _mapping(value, mark, known if form == "numbers" else None)
    if form == "list":
        return text_node(value, mark)
    return cells.text(value, mark)


def _spread(one: Declared, held: dict[Column, tuple[Any, Mark]], unit: str) -> Node:
    """A spread in three columns, or a number in one; the most likely value alone is a number."""
    read = {
        column.part: cells.number(
            value, mark, dimension=one.attribute.dimension, unit=unit, per_year=column.per_year
        )
        for column, (value, mark) in held.items()
    }
    if "" in read and len(read) > 1:
        other = next(node for part, node in read.items() if part)
        raise DuplicateKeyError(
            "a number and a spread",
            file=other.mark[0],
            line=other.mark[1],
            found=f"'{one.key}' and '{one.key}.low' or others of the three",
            expected="one or the other",
        )
    if len(read) == 1 and ("" in read or "mode" in read):
        return next(iter(read.values()))
    spread = Node({}, next(iter(read.values())).mark)
    for part in SPREAD:
        if part in read:
            spread.put(part, read[part], read[part].mark)
    return spread


def _mapping(value: Any, mark: Mark, known: dict[str, list[str]] | None) -> Node:
    """``2030: 0.05, 2040: 0.1`` or ``{awareness: 5}``; with ``known``, keys are names of nodes."""
    if isinstance(value, str) and not value.startswith("{"):
        value = f"{{{plain_text(value).replace('、', ', ')}}}"
        value = re.sub(r":(?=\S)", ": ", value)
    node = text_node(value, mark)
    if known is None or not node.is_mapping:
        return node
    named = Node({}, mark)
    for key, inner in node.value.items():
        named.put(_meant(Node(key, mark, key), known).value, inner, mark)
    return named


def _spellings(nodes: Node) -> dict[str, list[str]]:
    """What people may call the nodes: by name, by label, in any width or letter case → their names."""
    found: dict[str, list[str]] = {name: [name] for name in nodes.value}
    for by_label in (False, True):
        more: dict[str, list[str]] = {}
        for name, node in nodes.value.items():
            label = node.value.get("label") if by_label else None
            texts = [name] if not by_label else [one.value for one in label.value.values()] if label else []
            for spelling in {one for each in texts for one in (each, plain_text(each), folded(each))}:
                more.setdefault(spelling, []).append(name)
        for spelling, names in more.items():
            found.setdefault(spelling, list(dict.fromkeys(names)))
    return found


def _meant(node: Node, known: dict[str, list[str]]) -> Node:
    """The node that a text in a cell means."""
    text = str(node.value)
    names = known.get(text) or known.get(plain_text(text)) or known.get(folded(text))
    if names is None:
        raise UnknownNameError(
            "no such node",
            file=node.mark[0],
            line=node.mark[1],
            found=text,
            expected="a name or label in the table of nodes",
            hint=did_you_mean(text, known),
        )
    if len(names) > 1:
        raise UnknownNameError(
            "more than one node is called so",
            file=node.mark[0],
            line=node.mark[1],
            found=text,
            expected=names,
        )
    return Node(names[0], node.mark, names[0])


_MODEL = declared(CausalModel)
_LIST = re.compile(r"[,、]")


def _setting(tree: Node, line: Line) -> None:
    """One line of the settings, put where it belongs."""
    if Column("key") not in line.cells or Column("value") not in line.cells:
        raise MissingValueError(
            "a setting without key or value", file=line.mark[0], line=line.mark[1], expected="both"
        )
    value, mark = line.cells[Column("value")]
    written, key_mark = line.cells[Column("key")]
    key = str(cells.text(written, key_mark).value)
    path = setting_of(key).split(".", 1)
    if path[0] not in _MODEL or path[0] in ("nodes", "edges", "events"):
        path = ["settings", setting_of(key)]
    one = _MODEL[path[0]]
    if one.attribute.form == "number":
        node = cells.number(value, mark, dimension=one.attribute.dimension, per_year=1.0)
    elif one.attribute.form in ("text", "label"):
        node = cells.text(value, mark)
    else:
        node = _setting_value(value, mark)
    owner = tree
    for step in path[:-1]:
        if step not in owner.value:
            owner.put(step, Node({}, mark), mark)
        owner = owner.value[step]
    if path[-1] in owner.marks and owner.marks[path[-1]] != (tree.mark[0], None):
        raise DuplicateKeyError(
            "a setting stands twice", file=key_mark[0], line=key_mark[1], found=key, expected="each once"
        )
    owner.put(path[-1], node, mark)


def _setting_value(value: Any, mark: Mark) -> Node:
    """Any plain value; numbers may be full-width, and are a list with commas between them."""
    if isinstance(value, str) and not value.startswith(("[", "{", '"')):
        inside = [value_node(part.strip(), mark) for part in _LIST.split(plain_text(value))]
        if all(isinstance(one.value, (int, float)) for one in inside):
            return Node(inside, mark) if len(inside) > 1 else inside[0]
    return value_node(value, mark)
