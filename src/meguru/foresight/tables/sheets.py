"""Sheets of a workbook and CSV files as lines of cells, each of which knows where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    NotReadableError,
    UnknownKeyError,
    did_you_mean,
)
from meguru.files.table_text import table_text
from meguru.files.tree import LARGEST_FILE, Mark
from meguru.foresight.tables.words import Column, attributes, column_of, table_of, titled, words
from meguru.model.excel.grid import UNREAD, cell_value
from meguru.model.excel.layout import READ_ME
from meguru.model.excel.reading import open_workbook, workbook_bytes

TITLES_WITHIN = 20  # lines from the top in which the titles are looked for
NEEDED = {
    "nodes": ({"name"}, {"label.ja"}, {"label.en"}),
    "edges": ({"from", "to"},),
    "events": ({"name", "hazard"}, {"label.ja", "hazard"}, {"label.en", "hazard"}),
    "settings": ({"key", "value"},),
}  # one of these is in the line of titles

Cells = dict[int, Any]


@dataclass
class Raw:
    """Cells by row and column, and areas of merged cells: (rows, columns, name)."""

    file: str
    rows: dict[int, Cells]
    mark: Callable[[int, int], Mark]
    merged: list[tuple[range, range, str]] = field(default_factory=list)


@dataclass
class Line:
    """A row: its cells by column, each with where it stands."""

    mark: Mark
    cells: dict[Column, tuple[Any, Mark]]


def raw_tables(path: Path) -> dict[str, Raw]:
    """Table → its cells, of a workbook or a folder of CSV files."""
    found = _csv_files(path) if path.is_dir() else _sheets(path)
    for table in ("nodes", "edges"):
        if table not in found:
            raise NotReadableError(
                f"no table '{table}'",
                file=str(path),
                found=", ".join(found) or "none",
                expected=f"{table}.csv" if path.is_dir() else f"a sheet '{table}'",
            )
    return found


def _put(found: dict[str, Raw], table: str, raw: Raw) -> None:
    if table in found:
        raise DuplicateKeyError(
            "a table stands twice", file=raw.file, found=table, expected=f"only {found[table].file}"
        )
    found[table] = raw


def _csv_files(folder: Path) -> dict[str, Raw]:
    found: dict[str, Raw] = {}
    for path in sorted(folder.glob("*.csv")):
        table = table_of(path.stem)
        if table is not None:
            _put(found, table, _csv(path))
        elif not path.name.startswith(UNREAD):
            raise _unknown_table(str(folder), path.name)
    return found


def _unknown_table(file: str, name: str) -> UnknownKeyError:
    known = list(words()["sheets"])
    return UnknownKeyError(
        "unknown table",
        file=file,
        found=name,
        expected=known,
        hint=did_you_mean(name.removesuffix(".csv"), known) or "What begins with '_' is left unread.",
    )


def _csv(path: Path) -> Raw:
    text = _text(path)
    first = next((line for line in text.splitlines() if line.strip(" ,\t;")), "")
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    rows: dict[int, Cells] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            rows[line] = {number: cell.strip() for number, cell in enumerate(row, 1) if cell.strip()}
            line = reader.line_num + 1
    except csv.Error as error:
        raise NotReadableError(
            f"not a table with commas: {error}", file=str(path), line=line, expected="CSV"
        ) from error
    return Raw(
        str(path), {number: row for number, row in rows.items() if row}, lambda row, _: (str(path), row)
    )


def _text(path: Path) -> str:
    """The text of a CSV file that is not too large."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotReadableError(f"can not be opened: {error.strerror or error}", file=str(path)) from error
    if len(data) > LARGEST_FILE:
        expected = f"at most {LARGEST_FILE // 1024**2} MiB"
        raise NotReadableError("file too large", file=str(path), found="more", expected=expected)
    return table_text(data, str(path))


def _sheets(path: Path) -> dict[str, Raw]:
    data = workbook_bytes(path)
    book = open_workbook(path, data, stored=False)
    read = [one for one in book.worksheets if not one.title.startswith(UNREAD) and one.title != READ_ME]
    calculated = any(cell.data_type == "f" for sheet in read for cell in sheet._cells.values())
    stored = open_workbook(path, data, stored=True) if calculated else None
    found: dict[str, Raw] = {}
    for sheet in read:
        table = table_of(sheet.title)
        if table is None:
            raise _unknown_table(str(path), sheet.title)
        _put(found, table, _sheet(sheet, None if stored is None else stored[sheet.title], str(path)))
    return found


def _sheet(sheet: Any, stored: Any, workbook: str) -> Raw:
    where = f"{workbook}: {sheet.title}"
    rows: dict[int, Cells] = {}
    for (row, column), cell in sorted(sheet._cells.items()):
        value = cell_value(cell, stored, where)
        if value is not None:
            rows.setdefault(row, {})[column] = value
    merged = [
        (
            range(area.min_row, area.max_row + 1),
            range(area.min_col, area.max_col + 1),
            f"{where}!{area.coord}",
        )
        for area in sheet.merged_cells.ranges
    ]
    return Raw(where, rows, lambda row, column: (f"{where}!{get_column_letter(column)}{row}", None), merged)


def lines_of(raw: Raw, table: str) -> list[Line]:
    """The lines below the titles; what stands above them is a heading."""
    head, columns = _titles(raw, table)
    _spread_merged(raw, table, head, columns)
    lines = []
    for row, values in sorted(raw.rows.items()):
        if row <= head:
            continue
        cells: dict[Column, tuple[Any, Mark]] = {}
        for number, value in sorted(values.items()):
            if number not in columns:
                file, line = raw.mark(row, number)
                raise UnknownKeyError(
                    "a value in a column without a title",
                    file=file,
                    line=line,
                    found=value,
                    expected="a title",
                )
            column = columns[number]
            if column is not None:
                cells[column] = (value, raw.mark(row, number))
        if cells:
            lines.append(Line(raw.mark(row, min(values)), cells))
    return lines


def _titles(raw: Raw, table: str) -> tuple[int, dict[int, Column | None]]:
    """The row of titles and what each column holds; None for a column left unread."""
    for row in sorted(raw.rows)[:TITLES_WITHIN]:
        named = {str(column_of(table, str(value))) for value in raw.rows[row].values()}
        if any(needed <= named for needed in NEEDED[table]):
            return row, _columns(raw, table, row)
    first = min(raw.rows, default=1)
    file, line = raw.mark(first, 1)
    needed = " or ".join(
        " and ".join(f"'{titled(table, one)}'" for one in sorted(names)) for names in NEEDED[table]
    )
    found = ", ".join(str(value) for value in raw.rows.get(first, {}).values())
    raise MissingValueError(
        f"no line of titles for {table}",
        file=file,
        line=line,
        found=found or "nothing",
        expected=f"columns {needed}",
    )


def _columns(raw: Raw, table: str, row: int) -> dict[int, Column | None]:
    columns: dict[int, Column | None] = {}
    for number, value in raw.rows[row].items():
        title = str(value)
        if title.startswith(UNREAD):
            columns[number] = None
            continue
        column = column_of(table, title)
        file, line = raw.mark(row, number)
        if column is None:
            known = dict.fromkeys([*words()["columns"][table], *attributes(table)])
            titles = [*known, *(one for many in words()["columns"][table].values() for one in map(str, many))]
            raise UnknownKeyError(
                "unknown column",
                file=file,
                line=line,
                found=title,
                expected=[titled(table, one) for one in known],
                hint=did_you_mean(title, titles) or "A column whose title begins with '_' is left unread.",
            )
        twice = next((one for one in columns.values() if one and str(one) == str(column)), None)
        if twice is not None:
            raise DuplicateKeyError(
                "two columns of the same meaning",
                file=file,
                line=line,
                found=title,
                expected=f"one '{column}'",
            )
        columns[number] = column
    return columns


def _spread_merged(raw: Raw, table: str, head: int, columns: dict[int, Column | None]) -> None:
    """A value merged downward holds for each row, in columns where that is meant; else it is refused."""
    may = words()["merged"][table]
    for rows, numbers, name in raw.merged:
        if rows[-1] < head or all(one in columns and columns[one] is None for one in numbers):
            continue
        column = columns.get(numbers[0])
        if len(numbers) > 1 or rows[0] <= head or column is None or str(column) not in may:
            raise NotReadableError(
                "merged cells",
                file=name,
                found=f"over the column '{column}'"
                if column and len(numbers) == 1
                else "over several columns",
                expected="one cell for each value",
                hint=f"Unmerge them; only {', '.join(may)} may be merged downward."
                if may
                else "Unmerge them.",
            )
        value = raw.rows.get(rows[0], {}).get(numbers[0])
        for row in rows[1:]:
            if value is not None and raw.rows.get(row):
                raw.rows[row][numbers[0]] = value
