"""A catalogue from a table: CSV or a sheet of a workbook, a line a type."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    NotReadableError,
    UnknownKeyError,
    did_you_mean,
)
from meguru.files.attribute import declared
from meguru.files.marks import set_marks
from meguru.files.reader import Reader
from meguru.files.tree import Mark, Node, read_text, resolve
from meguru.reverse.catalogue.checks import check_catalogue
from meguru.reverse.catalogue.components import KINDS, Catalogue, ProductType

NAME = "name"
SEPARATOR = ";"  # between several plates or codes in a cell; a comma may stand in a regular expression
Line = tuple[int, list[Any]]


def import_catalogue(path: str | os.PathLike[str]) -> Catalogue:
    """Read product types from ``.csv`` (UTF-8) or the first sheet of ``.xlsx``.

    The first line holds ``name`` (or it is made of the model) and attributes of a type: ``maker``,
    ``model``, ``family``, ``first_year``, ``last_year``, ``bom``, ``plates``, ``codes``, ``label``,
    ``note``. Several plates or codes of a cell are parted by semicolons.

    Raises
    ------
    UnknownKeyError
        A column that is no attribute; a cell under no column.
    MissingValueError
        No head, no types; a type without maker or model.
    ModelError
        What :func:`check_catalogue` finds, with the line of the table.
    """
    path = Path(path)
    lines = list(_sheet(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv(path))
    lines = [(number, cells) for number, cells in lines if any(_text(cell) for cell in cells)]
    if len(lines) < 2:
        raise MissingValueError("no product types", file=str(path), expected="a head and a line a type")
    (head_line, head), *rows = lines
    titles = _titles(head, (str(path), head_line))
    tree = Node({}, (str(path), head_line))
    for number, cells in rows:
        mark = (str(path), number)
        _check_width(titles, [_text(cell) for cell in cells], mark)
        entry = _entry(dict(zip(titles, map(_text, cells), strict=False)), mark)
        name = entry.value.pop(NAME, None) or entry.value.get("model")
        if name is None:
            raise MissingValueError("a type without name and model", file=mark[0], line=mark[1])
        if name.text in tree.value:
            raise DuplicateKeyError(
                "name stands twice", file=mark[0], line=mark[1], found=name.text,
                expected=f"another than in line {tree.marks[name.text][1]}",
            )  # fmt: skip
        tree.put(name.text, entry, mark)
    top = Node({}, tree.mark)
    top.put("types", tree, tree.mark)
    reader = Reader(KINDS)
    catalogue = reader.component(Catalogue, top, "")
    assert isinstance(catalogue, Catalogue)
    set_marks(catalogue, reader.marks)
    check_catalogue(catalogue)
    return catalogue


def _titles(head: list[Any], mark: Mark) -> list[str]:
    known = [NAME, *declared(ProductType)]
    titles = [_text(cell).lower().replace(" ", "_") for cell in head]
    for title in filter(None, titles):
        if title not in known:
            raise UnknownKeyError(
                "no such column", file=mark[0], line=mark[1], found=title, expected=known,
                hint=did_you_mean(title, known),
            )  # fmt: skip
        if titles.count(title) > 1:
            raise DuplicateKeyError("column stands twice", file=mark[0], line=mark[1], found=title)
    return titles


def _check_width(titles: list[str], cells: list[str], mark: Mark) -> None:
    """Refuse a cell under no title: a comma too many moves all that follows, or would lose it."""
    for number, text in enumerate(cells):
        if text and not (number < len(titles) and titles[number]):
            raise UnknownKeyError(
                "a cell under no title", file=mark[0], line=mark[1], found=text,
                expected=f"cells under {', '.join(filter(None, titles))}",
                hint="A comma inside a cell needs quotes around the cell.",
            )  # fmt: skip


def _entry(cells: dict[str, str], mark: Mark) -> Node:
    known = declared(ProductType)
    entry = Node({}, mark)
    for title, text in cells.items():
        if not (title and text):
            continue
        form = known[title].attribute.form if title in known else "text"
        if form == "texts":
            parts = [part.strip() for part in text.split(SEPARATOR)]
            value = Node([Node(part, mark, part) for part in parts if part], mark, text)
        else:
            value = Node(resolve(text) if form == "whole" else text, mark, text)
        entry.put(title, value, mark)
    return entry


def _csv(path: Path) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise NotReadableError(
            f"not a table: {error}", file=str(path), line=reader.line_num, expected="CSV"
        ) from error


def _sheet(path: Path) -> Iterator[Line]:
    from zipfile import BadZipFile

    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise NotReadableError("not a workbook", file=str(path), expected="an .xlsx file") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        yield from ((number, list(row)) for number, row in enumerate(rows, 1))
    finally:
        book.close()


def _text(cell: Any) -> str:
    """A cell as a text; a number of a workbook without the point that nobody wrote."""
    if cell is None:
        return ""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
