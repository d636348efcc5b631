"""Numbers by year and tables of numbers: a line of a sheet of their own, to which a cell points by name."""

from __future__ import annotations

from typing import Any

from meguru.errors import UnknownNameError, did_you_mean
from meguru.files.tree import Node
from meguru.model.excel.grid import Grid, Line
from meguru.model.excel.layout import SERIES, TABLES
from meguru.model.excel.text import flow, text_cell, text_node

SETTINGS = ("unit", "interpolate", "beyond", "source", "quality", "uncertain", "since")
# The same as they follow the values in a model file.
WRITTEN = ("interpolate", "beyond", "unit", "uncertain", "source", "quality", "since")


class Lookups:
    """Lines being collected for the sheets ``series`` and ``tables``."""

    def __init__(self) -> None:
        self.lines: dict[str, dict[str, dict[Any, Any]]] = {SERIES: {}, TABLES: {}}

    def add_series(self, name: str, data: dict[str, Any]) -> str:
        """A series as it stands in a model file; gives what the cell that points to it says."""
        settings = {key: data[key] for key in SETTINGS if key in data}
        for key, value in settings.items():
            if isinstance(value, str):
                settings[key] = text_cell(value)
            elif isinstance(value, dict):
                settings[key] = flow(value)
        return f"series: {self._add(SERIES, name, {**settings, **data['values']})}"

    def add_table(self, name: str, table: dict[float, float]) -> str:
        """A table of numbers; gives what the cell that points to it says."""
        return f"table: {self._add(TABLES, name, {_short(key): value for key, value in table.items()})}"

    def _add(self, sheet: str, name: str, line: dict[Any, Any]) -> str:
        own = text_cell(name)
        number = 2
        while own in self.lines[sheet]:
            own, number = text_cell(f"{name} ({number})"), number + 1
        self.lines[sheet][own] = line
        return own


class LookupReader:
    """The lines of the sheets ``series`` and ``tables``, by name."""

    def __init__(self, grids: dict[str, Grid]) -> None:
        self.grids = grids
        self._lines: dict[str, dict[str, Line]] = {}

    def series(self, name: str, link: Line, title: str) -> Node:
        """The series of a name, as it would stand in a model file; its keys are in the order in which
        :func:`meguru.quantity.write_quantity` gives them.
        """
        line = self._line(SERIES, name, link, title)
        data, values = Node({}, line.mark), Node({}, line.mark)
        for column, cell in line.cells.items():
            if column not in (SERIES, *SETTINGS):
                mark = line.mark_of(column)
                values.put(column, Node(cell, mark, str(cell)), mark)
        data.put("values", values, line.mark)
        for column in WRITTEN:
            if column in line.cells:
                mark = line.mark_of(column)
                data.put(column, text_node(line.cells[column], mark), mark)
        return data

    def table(self, name: str, link: Line, title: str) -> Node:
        """The table of a name, as a mapping of numbers to numbers."""
        line = self._line(TABLES, name, link, title)
        data = Node({}, line.mark)
        for column, cell in line.cells.items():
            if column != "table":
                mark = line.mark_of(column)
                data.put(column, Node(cell, mark, str(cell)), mark)
        return data

    def _line(self, sheet: str, name: str, link: Line, title: str) -> Line:
        if sheet not in self._lines:
            key = "series" if sheet == SERIES else "table"
            grid = self.grids.get(sheet)
            self._lines[sheet] = {} if grid is None else grid.by_name(key)
        lines = self._lines[sheet]
        if name not in lines:
            raise UnknownNameError(
                f"no such line in the sheet '{sheet}'",
                file=link.mark_of(title)[0],
                found=name,
                expected=f"a name of the sheet '{sheet}'",
                hint=did_you_mean(name, lines),
            )
        return lines[name]


def _short(number: float) -> float | int:
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else number
