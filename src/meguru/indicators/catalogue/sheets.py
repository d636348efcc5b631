"""Tables as they come: files, frames and lists of rows, split by subject and year into figures.

A table is read by its columns: ``variable`` and ``value`` hold one figure a row; ``flow`` says of each row
whether it is an inflow or an outflow; a table of a known name holds its columns; any other table holds
figures of the whole in each row, to be joined by the method of aggregation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import (
    ContradictionError,
    DuplicateKeyError,
    MissingValueError,
    RangeError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.indicators.catalogue import recovery
from meguru.indicators.catalogue.figures import Given
from meguru.indicators.catalogue.plain import FLAGS, column, figure, is_empty, title_of, with_unit
from meguru.indicators.catalogue.reading import VOCABULARY, other_words, read_data
from meguru.indicators.catalogue.slips import doubt_of_twins, refuse_totals
from meguru.indicators.catalogue.table_files import Columns
from meguru.quantity.calendar import calendar_year

OWN = "_"  # titles that begin so are the reader's own notes
KEYS = ("subject", "year", "level", "goods", "unit", "quality", "flow")
TEXTS = ("name", "note", "source", "material", "item", "label", "supplier")
FISCAL = "年度"
ONE_A_ROW = {"variable", "value"}
FLOWS = {f"{name}.": tuple(columns) for name, columns in read_data(VOCABULARY)["tables"].items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure or column with the subject and year that it belongs to; ``""`` and None are any."""

    name: str
    given: Given
    subject: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table by column name, with units of the titles and numbers of the rows."""

    columns: Mapping[str, NDArray[Any]]
    units: Mapping[str, str]
    rows: NDArray[np.int64]
    place: str
    fiscal: bool = False  # whether its years are fiscal years

    def part(self, chosen: NDArray[np.int64]) -> Sheet:
        """Some of its rows."""
        columns = {name: values[chosen] for name, values in self.columns.items()}
        return Sheet(columns, self.units, self.rows[chosen], self.place, self.fiscal)


def is_table(value: Any) -> bool:
    """Whether something given is a table and not one figure."""
    if isinstance(value, (str, Mapping)):
        return False
    return hasattr(value, "columns") or isinstance(value, Sequence)


def sheet_of(value: Any, place: str, *, head: int = 0) -> Sheet:
    """A frame, a list of mappings or columns by title as a sheet; ``head`` rows stand above the first.

    Raises
    ------
    WrongTypeError
        It is none of these.
    """
    if hasattr(value, "columns"):
        held: Columns = {str(title): _cells(value[title]) for title in value.columns}
    elif isinstance(value, Mapping):
        held = dict(value)
    elif all(isinstance(row, Mapping) for row in value):
        titles = dict.fromkeys(str(title) for row in value for title in row)
        held = {title: [row.get(title) for row in value] for title in titles}
    else:
        raise WrongTypeError(
            "not a table", place=place, found=value, expected="a list of rows by column name"
        )
    columns: dict[str, NDArray[Any]] = {}
    units: dict[str, str] = {}
    words = other_words("columns")
    for title, cells in held.items():
        if not title.startswith(OWN):
            name, unit = title_of(title)
            name = words.get(name, name)
            if name in columns:
                raise DuplicateKeyError("two columns of one figure", place=place, found=title)
            columns[name] = _array(cells)
            units[name] = unit
    count = len(next(iter(held.values()), ()))
    if columns and not count:
        raise MissingValueError(
            "no rows below the titles",
            place=place,
            expected="one row a flow or figure",
            hint="Take the sheet out, or let its name begin with '_'.",
        )
    fiscal = any(title.strip() == FISCAL for title in held)
    return Sheet(columns, units, np.arange(count) + 1 + head, place, fiscal)


def _cells(series: Any) -> list[Any]:
    """A column of a frame; what is missing, in whatever way, is None."""
    found: list[Any] = series.astype(object).where(series.notna(), None).tolist()
    return found


def _array(cells: list[Any]) -> NDArray[Any]:
    """Cells that are all numbers, or empty, as numbers; any others as they are."""
    if all(cell is None or type(cell) in (int, float) for cell in cells):
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    found = np.empty(len(cells), dtype=object)
    found[:] = cells
    return found


def entries(sheet: Sheet, table: str) -> Iterator[Entry]:
    """What stands in a sheet, by subject and year.

    Parameters
    ----------
    table
        Name of the table; ``""`` if the sheet says by its columns what it is.
    """
    for subject, year, part in _groups(sheet):
        yield from _entries(part, table, subject, year)


def _groups(sheet: Sheet) -> Iterator[tuple[str, int | None, Sheet]]:
    """Rows of each subject and year, in the order in which they first stand."""
    subjects, years = sheet.columns.get("subject"), sheet.columns.get("year")
    if subjects is None and years is None:
        yield "", None, sheet
        return
    count = len(sheet.rows)
    if not sheet.columns.keys() >= ONE_A_ROW:
        for title, cells in (("subject", subjects), ("year", years)):
            _refuse_gaps(title, cells, sheet)
    keys: dict[tuple[str, int | None], list[int]] = {}
    known: dict[Any, int] = {}

    def read(cell: Any, row: int) -> int:
        if cell not in known:
            place = f"{sheet.place}, column year, row {sheet.rows[row]}"
            known[cell] = calendar_year(cell, place, fiscal=sheet.fiscal)
        return known[cell]

    for row in range(count):
        subject = "" if subjects is None or is_empty(subjects[row]) else str(subjects[row])
        year = None if years is None or is_empty(years[row]) else read(years[row], row)
        keys.setdefault((subject, year), []).append(row)
    for (subject, year), rows in keys.items():
        yield subject, year, sheet.part(np.array(rows))


def _refuse_gaps(title: str, cells: NDArray[Any] | None, sheet: Sheet) -> None:
    """A row without year or subject among others that have one belongs nowhere."""
    empty = [] if cells is None else [row for row, cell in enumerate(cells) if is_empty(cell)]
    if 0 < len(empty) < len(sheet.rows):
        raise MissingValueError(
            "an empty cell",
            place=f"{sheet.place}, column {title}, row {sheet.rows[empty[0]]}",
            found="nothing",
            expected=f"the {title} of the row, as in the others",
        )


def _entries(sheet: Sheet, table: str, subject: str, year: int | None) -> Iterator[Entry]:
    if sheet.columns.keys() >= ONE_A_ROW:
        yield from _one_a_row(sheet, subject, year)
        return
    if "flow" in sheet.columns and table in ("", "flows"):
        for name, part in _by_flow(sheet):
            yield from _columns(part, f"{name}.", subject, year)
        return
    yield from _columns(sheet, f"{table}." if table else "", subject, year)


def _one_a_row(sheet: Sheet, subject: str, year: int | None) -> Iterator[Entry]:
    units, qualities = sheet.columns.get("unit"), sheet.columns.get("quality")
    for index, row in enumerate(sheet.rows):
        name, value = sheet.columns["variable"][index], sheet.columns["value"][index]
        place = f"{sheet.place}, row {row}"
        if is_empty(name) or is_empty(value):
            raise MissingValueError("an empty cell", place=place, expected="a variable and its value")
        beside = "" if units is None or is_empty(units[index]) else units[index]
        given = figure(with_unit(value, beside, sheet.units["value"], place), place, sheet.units["value"])
        if qualities is not None and not is_empty(qualities[index]):
            given = replace(given, quality=_quality(qualities[index], place))
        yield Entry(str(name).strip(), given, subject, year)


def _by_flow(sheet: Sheet) -> Iterator[tuple[str, Sheet]]:
    rows: dict[str, list[int]] = {}
    flows = other_words("flows")
    for index, text in enumerate(sheet.columns["flow"]):
        kind = flows.get(str(text).strip().casefold())
        if kind is None:
            raise UnknownNameError(
                "neither inflow nor outflow",
                place=f"{sheet.place}, column flow, row {sheet.rows[index]}",
                found="nothing" if is_empty(text) else str(text),
                expected=["in", "out"],
                hint=did_you_mean(str(text), flows),
            )
        rows.setdefault(kind, []).append(index)
    for kind, chosen in rows.items():
        yield kind, sheet.part(np.array(chosen))


def _columns(sheet: Sheet, start: str, subject: str, year: int | None) -> Iterator[Entry]:
    rows = tuple(int(row) for row in sheet.rows)
    refuse_totals(sheet.columns, rows, sheet.place)
    twins = doubt_of_twins(sheet.columns, rows, sheet.place)
    quality = sheet.columns.get("quality")
    qualities = (
        None
        if quality is None
        else np.array([_quality(one, f"{sheet.place}, column quality") for one in quality])
    )
    units = sheet.columns.get("unit")
    if units is not None and "mass" not in sheet.columns:
        raise UnknownNameError(
            "a column of units, and no mass that it belongs to",
            place=f"{sheet.place}, column unit",
            hint="Write units in brackets behind the titles, as 'M [kg]'.",
        )
    for name, values in sheet.columns.items():
        if name in KEYS or name in TEXTS:
            continue
        if start in FLOWS and _says_nothing(values, of_other=name not in FLOWS[start]):
            continue  # a column of the other direction
        place = f"{sheet.place}, column {name}"
        if (start, name) == (f"{recovery.TABLE}.", recovery.COLUMN):
            shares = recovery.shares_of(values, (f"{place}, row {row}" for row in rows))
            for title, cells in shares.items():
                yield Entry(f"{start}{title}", column(cells, "", place, rows, qualities), subject, year)
            continue
        if name == "mass" and units is not None:
            values = _with_units(values, units, sheet, place)
        given = column(values, sheet.units[name], place, rows, qualities)
        if twins is not None:
            given = replace(given, doubts=(*given.doubts, twins))
        yield Entry(f"{start}{name}", given, subject, year)


def _says_nothing(values: NDArray[Any], *, of_other: bool) -> bool:
    """Whether a column is empty; one that only the other direction has may also say no, or zero."""
    empty = all(is_empty(one) for one in values)
    return empty or (of_other and all(is_empty(one) or _is_no(one) for one in values))


def _is_no(value: Any) -> bool:
    text = value.strip().casefold() if isinstance(value, str) else ""
    return value == 0 or FLAGS.get(text) == 0.0 or text.rstrip("% ") == "0"


def _quality(value: Any, place: str) -> float:
    """A quality from 0 to 1; not a number where none is said."""
    if is_empty(value):
        return np.nan
    if isinstance(value, (int, float)) and 0.0 <= value <= 1.0:
        return float(value)
    raise RangeError("not a quality", place=place, found=value, expected="0 to 1")


def _with_units(values: NDArray[Any], units: NDArray[Any], sheet: Sheet, place: str) -> NDArray[Any]:
    """Numbers with the unit that stands beside each of them."""
    texts = [
        with_unit(value, "" if is_empty(unit) else unit, sheet.units["mass"], f"{place}, row {row}")
        for value, unit, row in zip(values.tolist(), units.tolist(), sheet.rows, strict=True)
    ]
    return np.array(texts, dtype=object)


def traits(sheet: Sheet) -> dict[str, tuple[str | None, str | None]]:
    """Subject → level and kind of goods, where a sheet says so."""
    found: dict[str, tuple[str | None, str | None]] = {}
    levels, goods = sheet.columns.get("level"), sheet.columns.get("goods")
    if levels is None and goods is None:
        return found
    subjects = sheet.columns.get("subject")
    for row in range(len(sheet.rows)):
        subject = "" if subjects is None or is_empty(subjects[row]) else str(subjects[row])
        pair = (_text(levels, row), _text(goods, row))
        if pair != (None, None) and found.setdefault(subject, pair) != pair:
            raise ContradictionError(
                "two levels or kinds of goods of one subject",
                place=f"{sheet.place}, row {sheet.rows[row]}",
                found=" ".join(one or "" for one in pair).strip(),
                expected=" ".join(one or "" for one in found[subject]).strip(),
                hint="Tell what is measured apart by a column 'subject'.",
            )
    return found


def _text(values: NDArray[Any] | None, row: int) -> str | None:
    return None if values is None or is_empty(values[row]) else str(values[row]).strip()
