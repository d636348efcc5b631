"""Tables in CSV and Excel, by a mapping of columns: the form in which intensity tables are used."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meguru.errors import (
    DuplicateKeyError,
    LibraryError,
    MissingValueError,
    ModelError,
    NotReadableError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.files.marks import where
from meguru.inventory.checks import check_library
from meguru.inventory.components import Activity, Exchange, Factor, Flow, Impact, Library
from meguru.inventory.conversion import unit_per
from meguru.inventory.importers.naming import known_unit, refuse_missing
from meguru.inventory.importers.table_mapping import (
    EXCHANGE_COLUMNS,
    FACTOR_COLUMNS,
    ROLES,
    TableMapping,
    read_mapping,
)
from meguru.quantity import Quantity

Cells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells by heading, and where it stands."""

    cells: Cells
    file: str
    line: int


def import_table(path: str | os.PathLike[str], mapping: TableMapping | str | os.PathLike[str]) -> Library:
    """Read a CSV file or a sheet of an Excel workbook.

    Parameters
    ----------
    path
        ``.csv``, or ``.xlsx`` with stored values.
    mapping
        Which column means what, or the file that says so.

    Raises
    ------
    NotReadableError
        The file can not be read, or has no such sheet.
    LibraryError
        A column that the mapping names is not there.
    ModelError
        A cell that holds no number, a unit that is not known; with file and row.
    """
    rule = mapping if isinstance(mapping, TableMapping) else read_mapping(mapping)
    _check_mapping(rule)
    path = Path(path)
    refuse_missing(path, "table")
    rows = list(_csv_rows(path, rule) if path.suffix.lower() != ".xlsx" else _sheet_rows(path, rule))
    build: Callable[[TableMapping, list[Row]], Library] = _factors if rule.table == "factors" else _exchanges
    library = build(rule, rows)
    check_library(library)
    return library


def _check_mapping(rule: TableMapping) -> None:
    known = FACTOR_COLUMNS if rule.table == "factors" else EXCHANGE_COLUMNS
    needed = ("name", "unit") if rule.table == "factors" else ("activity", "flow", "role", "amount", "unit")
    file, _ = where(rule, "")
    for key in rule.columns:
        if key not in known:
            raise UnknownNameError(
                "no such kind of column",
                file=file,
                line=where(rule, f"columns.{key}")[1],
                place=f"columns.{key}",
                found=key,
                expected=known,
                hint=did_you_mean(key, known),
            )
    for key in needed:
        if key not in rule.columns:
            raise MissingValueError(
                "a column that must be named", file=file, place=f"columns.{key}", expected="its heading"
            )
    for word, role in rule.roles.items():
        if role not in ROLES:
            raise UnknownNameError(
                "no such role", file=file, place=f"roles.{word}", found=role, expected=ROLES
            )


# -- rows --


def _csv_rows(path: Path, rule: TableMapping) -> Iterator[Row]:
    encoding = "utf-8-sig" if rule.encoding.lower().replace("-", "") == "utf8" else rule.encoding
    try:
        text = path.read_bytes().decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise NotReadableError(
            f"not readable as {rule.encoding}",
            file=str(path),
            hint="Name the encoding in the mapping, as 'encoding: cp932'.",
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""))
    yield from _rows([(reader.line_num, row) for row in reader], rule, str(path))


def _sheet_rows(path: Path, rule: TableMapping) -> Iterator[Row]:
    from zipfile import BadZipFile

    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise NotReadableError("not a workbook", file=str(path)) from error
    try:
        name = rule.sheet or book.sheetnames[0]
        if name not in book.sheetnames:
            raise NotReadableError(
                "no such sheet",
                file=str(path),
                found=name,
                expected=book.sheetnames,
                hint=did_you_mean(name, book.sheetnames),
            )
        lines = [(number, list(row)) for number, row in enumerate(book[name].iter_rows(values_only=True), 1)]
    finally:
        book.close()
    yield from _rows(lines, rule, f"{path}: {name}")


def _rows(lines: list[tuple[int, list[Any]]], rule: TableMapping, file: str) -> Iterator[Row]:
    """The rows below the headings, each with its line in the file; those without any value are left out."""
    head = lines[rule.header - 1][1] if 0 < rule.header <= len(lines) else []
    headings = [_text(cell) for cell in head]
    wanted = [*rule.columns.values(), *(impact.column for impact in rule.impacts.values())]
    for heading in wanted:
        if _text(heading) not in headings:
            shown = [one for one in headings if one]
            raise LibraryError(
                "no such column",
                file=file,
                line=rule.header,
                found=heading,
                expected=shown,
                hint=did_you_mean(heading, shown),
            )
    for number, line in lines[rule.header :]:
        cells = {name: cell for name, cell in zip(headings, line, strict=False) if name}
        if any(_text(cells.get(_text(heading))) for heading in wanted):
            yield Row(cells, file, number)


def _text(cell: Any) -> str:
    """A cell as a text; line breaks and runs of spaces in headings do not count."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def _cell(row: Row, rule: TableMapping, key: str) -> str:
    heading = rule.columns.get(key)
    return "" if heading is None else _text(row.cells.get(_text(heading)))


def _needed(row: Row, rule: TableMapping, key: str) -> str:
    found = _cell(row, rule, key)
    if not found:
        raise MissingValueError(
            "an empty cell", file=row.file, line=row.line, place=rule.columns[key], expected="a value"
        )
    return found


def _number(row: Row, heading: str) -> float | None:
    """The number of a cell; None for an empty one."""
    found = row.cells.get(_text(heading))
    if _text(found) in ("", "-", "–", "—"):
        return None
    try:
        if isinstance(found, bool):
            raise ValueError
        return float(str(found).replace(",", ""))
    except ValueError as error:
        raise WrongTypeError(
            "not a number", file=row.file, line=row.line, place=heading, found=found, expected="a number"
        ) from error


def _unit(row: Row, rule: TableMapping) -> str:
    try:
        return known_unit(_needed(row, rule, "unit"), rule.units)
    except ModelError as error:
        raise error.at(file=row.file, line=row.line, place=rule.columns["unit"]) from None


def _whole(row: Row, rule: TableMapping, key: str, default: int | None) -> int | None:
    heading = rule.columns.get(key)
    found = None if heading is None else _number(row, heading)
    return default if found is None else int(found)


def _label(row: Row, rule: TableMapping, prefix: str = "") -> dict[str, str] | None:
    found = {language: _cell(row, rule, f"{prefix}label_{language}") for language in ("en", "ja")}
    return {language: text for language, text in found.items() if text} or None


# -- a flow a row --


def _factors(rule: TableMapping, rows: list[Row]) -> Library:
    impacts = {
        name: Impact(label=one.label, note=one.note, unit=one.unit, method=one.method)
        for name, one in rule.impacts.items()
    }
    flows: dict[str, Flow] = {}
    for row in rows:
        name = _needed(row, rule, "name")
        if name in flows:
            raise DuplicateKeyError(
                "a name stands twice", file=row.file, line=row.line, place=rule.columns["name"], found=name
            )
        flows[name] = _flow(rule, row)
    return Library(
        name=rule.name,
        label=rule.label,
        note=rule.note,
        source=rule.source,
        licence=rule.licence,
        impacts=impacts,
        flows=flows,
    )


def _flow(rule: TableMapping, row: Row) -> Flow:
    unit = _unit(row, rule)
    per = _number(row, rule.columns["amount"]) if "amount" in rule.columns else 1.0
    if per is None or per <= 0.0:
        raise WrongTypeError(
            "not a reference amount",
            file=row.file,
            line=row.line,
            place=rule.columns["amount"],
            found=per,
            expected="a number above zero",
        )
    factors = []
    for name, one in rule.impacts.items():
        number = _number(row, one.column)
        if number is None:
            continue  # no factor: the report of gaps tells
        factors.append(
            Factor(
                impact=name,
                amount=Quantity(number / per, unit_per(one.unit, unit)),
                region=_cell(row, rule, "region") or rule.region,
                scope=rule.scope,
                year=_whole(row, rule, "year", rule.year),
                source=_cell(row, rule, "source") or None,
            )
        )
    return Flow(
        label=_label(row, rule),
        unit=unit,
        category=_cell(row, rule, "category") or None,
        factors=factors,
    )


# -- an exchange a row --


def _exchanges(rule: TableMapping, rows: list[Row]) -> Library:
    library = Library(
        name=rule.name, label=rule.label, note=rule.note, source=rule.source, licence=rule.licence
    )
    waiting: dict[str, list[tuple[Row, Exchange]]] = {}
    for row in rows:
        name, role = _needed(row, rule, "activity"), _role(row, rule)
        exchange = _exchange(library, rule, row, role)
        if role != "reference":
            waiting.setdefault(name, []).append((row, exchange))
            continue
        if name in library.activities:
            raise DuplicateKeyError(
                "two reference flows", file=row.file, line=row.line, found=name, expected="one a process"
            )
        library.activities[name] = _activity(rule, row, exchange)
    for name, found in waiting.items():
        if name not in library.activities:
            row = found[0][0]
            raise MissingValueError(
                "no reference flow",
                file=row.file,
                line=row.line,
                place=name,
                expected="a row whose role is 'reference'",
            )
        library.activities[name].exchanges = [exchange for _, exchange in found]
    return library


def _role(row: Row, rule: TableMapping) -> str:
    word = _needed(row, rule, "role")
    role = rule.roles.get(word, word)
    if role not in ROLES:
        raise UnknownNameError(
            "no such role",
            file=row.file,
            line=row.line,
            place=rule.columns["role"],
            found=word,
            expected=[*rule.roles, *ROLES],
        )
    return role


def _exchange(library: Library, rule: TableMapping, row: Row, role: str) -> Exchange:
    name, unit = _needed(row, rule, "flow"), _unit(row, rule)
    number = _number(row, rule.columns["amount"])
    if number is None:
        raise MissingValueError("an empty cell", file=row.file, line=row.line, place=rule.columns["amount"])
    word = _cell(row, rule, "kind")
    kind = rule.kinds.get(word, word) or "product"
    if name not in library.flows:
        library.flows[name] = Flow(label=_label(row, rule, "flow_"), unit=unit, kind=kind)
    return Exchange(
        flow=name,
        amount=Quantity(abs(number), unit),
        direction="output" if role == "output" else "input",
        avoided=number < 0.0,
        note=_cell(row, rule, "note") or None,
    )


def _activity(rule: TableMapping, row: Row, reference: Exchange) -> Activity:
    return Activity(
        label=_label(row, rule),
        flow=reference.flow,
        amount=reference.amount,
        region=_cell(row, rule, "region") or rule.region,
        first=rule.year,
        last=rule.year,
        category=_cell(row, rule, "category") or None,
        source=_cell(row, rule, "source") or None,
    )
