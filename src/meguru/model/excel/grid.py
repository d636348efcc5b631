"""A worksheet as lines of values by column title, each of which knows its cell."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    NotReadableError,
    UnknownKeyError,
    WrongTypeError,
)
from meguru.files.tree import Mark
from meguru.model.excel.layout import BOM
from meguru.model.excel.text import text_node

UNREAD = "_"  # titles that begin so are the reader's own notes


@dataclass
class Line:
    """A row: what is in it by column title, in the order of the columns."""

    where: str  # "model.xlsx: processes"
    row: int
    letters: dict[str, str]
    cells: dict[str, Any]

    @property
    def mark(self) -> Mark:
        """Where the row begins."""
        return f"{self.where}!A{self.row}", None

    def mark_of(self, title: str) -> Mark:
        """Where the cell in a column is."""
        return f"{self.where}!{self.letters.get(title, 'A')}{self.row}", None

    def name(self, title: str) -> str:
        """The name in a column."""
        value = self.cells.get(title)
        if value is None:
            raise MissingValueError("a line without a name", file=self.mark_of(title)[0], place=title)
        return str(text_node(value, self.mark_of(title)).value)


@dataclass
class Grid:
    """A worksheet, read."""

    where: str
    letters: dict[str, str]
    lines: list[Line]

    def by_name(self, title: str) -> dict[str, Line]:
        """The lines by what stands in a column, as written there."""
        found: dict[str, Line] = {}
        for line in self.lines:
            line.name(title)
            name = str(line.cells[title]).strip()
            if name in found:
                raise DuplicateKeyError("a name stands twice", file=line.mark_of(title)[0], found=name)
            found[name] = line
        return found

    def mark_of(self, title: str) -> Mark:
        """Where the title of a column is."""
        return f"{self.where}!{self.letters[title]}1", None


def read_grid(sheet: Any, stored: Any, workbook: str) -> Grid:
    """A worksheet as lines; ``stored`` is the same one with the stored values of formulas."""
    where = f"{workbook}: {sheet.title}"
    rows: dict[int, dict[int, Any]] = {}
    for (row, column), cell in sorted(sheet._cells.items()):
        value = _value(cell, stored, where)
        if value is not None:
            rows.setdefault(row, {})[column] = value
    titles = _titles(rows.pop(1, {}), where)
    _spread_merged(sheet, rows, where)
    letters = {title: get_column_letter(column) for column, title in titles.items()}
    lines = []
    for row, values in sorted(rows.items()):
        cells = {}
        for column, value in sorted(values.items()):
            if column not in titles:
                place = f"{where}!{get_column_letter(column)}{row}"
                raise UnknownKeyError("a value in a column without a title", file=place, found=value)
            if not titles[column].startswith(UNREAD):
                cells[titles[column]] = value
        if cells:
            lines.append(Line(where, row, letters, cells))
    return Grid(where, {title: one for title, one in letters.items() if not title.startswith(UNREAD)}, lines)


def _titles(row: dict[int, Any], where: str) -> dict[int, str]:
    titles: dict[int, str] = {}
    for column, value in row.items():
        title = str(value).strip()
        if title in titles.values() and not title.startswith(UNREAD):
            place = f"{where}!{get_column_letter(column)}1"
            raise DuplicateKeyError("two columns of the same title", file=place, found=title)
        titles[column] = title
    return titles


def _value(cell: Any, stored: Any, where: str) -> Any:
    value = cell.value
    place = f"{where}!{cell.coordinate}"
    if cell.data_type == "f":
        value = stored[cell.coordinate].value if stored is not None else None
        if value is None:
            raise NotReadableError(
                "a formula without a stored value",
                file=place,
                found=str(getattr(cell.value, "text", cell.value)),
                hint="Open the workbook in a spreadsheet program and save it, or write the number itself.",
            )
    if cell.data_type == "e" or (cell.data_type == "f" and stored[cell.coordinate].data_type == "e"):
        raise WrongTypeError("an error of the spreadsheet", file=place, found=value, expected="a value")
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        raise WrongTypeError(
            "a date",
            file=place,
            found=str(value),
            expected="a number or a text",
            hint="Format the cell as text.",
        )
    if isinstance(value, str):
        return value.strip() or None  # a space behind a name is never meant in a workbook
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "%" in str(cell.number_format):
        return f"{value * 100:.15g} %"  # what the cell shows
    return value


def _spread_merged(sheet: Any, rows: dict[int, dict[int, Any]], where: str) -> None:
    """A name merged downward holds for each of its rows; anything else merged is refused."""
    for area in sheet.merged_cells.ranges:
        if area.min_col != area.max_col or area.min_row == 1 or sheet.title == BOM:
            raise NotReadableError(
                "merged cells",
                file=f"{where}!{area.coord}",
                expected="one cell for each value",
                hint="Unmerge them.",
            )
        value = rows.get(area.min_row, {}).get(area.min_col)
        for row in range(area.min_row + 1, area.max_row + 1):
            if value is not None and rows.get(row):
                rows[row][area.min_col] = value
