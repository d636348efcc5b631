"""Tables in CSV and Excel, by a mapping of columns: the form in which intensity tables are used."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from pathlib import Path

from meguru.errors import (
    DuplicateKeyError,
    MissingValueError,
    ModelError,
    RangeError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.files.marks import locate
from meguru.inventory.checks import check_library
from meguru.inventory.components import Activity, Exchange, Factor, Flow, Impact, Library
from meguru.inventory.conversion import unit_per
from meguru.inventory.importers.naming import known_unit, refuse_missing
from meguru.inventory.importers.table_mapping import (
    EXCHANGE_COLUMNS,
    FACTOR_COLUMNS,
    REFERENCES,
    ROLES,
    TableMapping,
    read_mapping,
)
from meguru.inventory.importers.table_rows import Row, csv_rows, sheet_rows, text_of
from meguru.quantity import Quantity

# Commas stand between thousands and nowhere else: '1,5' may be one and a half, and is refused.
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][-+]?\d+)?")


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
    rows = list(csv_rows(path, rule) if path.suffix.lower() != ".xlsx" else sheet_rows(path, rule))
    build: Callable[[TableMapping, list[Row]], Library] = _factors if rule.table == "factors" else _exchanges
    library = build(rule, rows)
    check_library(library)
    return library


def _check_mapping(rule: TableMapping) -> None:
    known = FACTOR_COLUMNS if rule.table == "factors" else EXCHANGE_COLUMNS
    needed = ("name", "unit") if rule.table == "factors" else ("activity", "flow", "role", "amount", "unit")
    for key in rule.columns:
        if key not in known:
            hint = did_you_mean(key, known)
            about = "no such kind of column"
            raise locate(
                rule, UnknownNameError(about, place=f"columns.{key}", found=key, expected=known, hint=hint)
            )
    for key in needed:
        if key not in rule.columns:
            about = "a column that must be named"
            raise locate(rule, MissingValueError(about, place=f"columns.{key}", expected="its heading"))
    for word, role in rule.roles.items():
        if role not in ROLES:
            error = UnknownNameError("no such role", place=f"roles.{word}", found=role, expected=ROLES)
            raise locate(rule, error)


# -- rows --


def _cell(row: Row, rule: TableMapping, key: str) -> str:
    heading = rule.columns.get(key)
    return "" if heading is None else text_of(row.cells.get(text_of(heading)))


def _needed(row: Row, rule: TableMapping, key: str) -> str:
    found = _cell(row, rule, key)
    if not found:
        raise MissingValueError(
            "an empty cell", file=row.file, line=row.line, place=rule.columns[key], expected="a value"
        )
    return found


def _number(row: Row, heading: str) -> float | None:
    """The number of a cell; None for an empty one."""
    found = row.cells.get(text_of(heading))
    text = text_of(found)
    if text in ("", "-", "–", "—"):
        return None
    is_number = not isinstance(found, bool) and _NUMBER.fullmatch(text) and any(map(str.isdigit, text))
    number = float(text.replace(",", "")) if is_number else math.nan
    if not math.isfinite(number):
        hint = "A comma may only stand between thousands: write 1.5 for one and a half."
        raise WrongTypeError(
            "not a number",
            file=row.file,
            line=row.line,
            place=heading,
            found=found,
            expected="a number",
            hint=hint if "," in text else None,
        )
    return number


def _unit(row: Row, rule: TableMapping) -> str:
    try:
        return known_unit(_needed(row, rule, "unit"), rule.units)
    except ModelError as error:
        raise error.at(file=row.file, line=row.line, place=rule.columns["unit"]) from None


def _whole(row: Row, rule: TableMapping, key: str, default: int | None) -> int | None:
    heading = rule.columns.get(key)
    found = None if heading is None else _number(row, heading)
    if found is None:
        return default
    if not found.is_integer():
        raise WrongTypeError(
            "not a whole number", file=row.file, line=row.line, place=heading, found=found, expected="a year"
        )
    return int(found)


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
    kinds: dict[str, str] = {}
    for row in rows:
        name, role = _needed(row, rule, "activity"), _role(row, rule)
        exchange = _exchange(library, rule, row, role)
        _kind(kinds, library, rule, row)
        if role not in REFERENCES:
            waiting.setdefault(name, []).append((row, exchange))
            continue
        if name in library.activities:
            raise DuplicateKeyError(
                "two reference flows", file=row.file, line=row.line, found=name, expected="one a process"
            )
        library.activities[name] = _activity(rule, row, exchange, role)
    for name, found in waiting.items():
        if name not in library.activities:
            row = found[0][0]
            raise MissingValueError(
                "no reference flow",
                file=row.file,
                line=row.line,
                place=name,
                expected="a row whose role is 'reference', or 'treated' for a waste",
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
    if role in REFERENCES and number <= 0.0:
        raise RangeError(
            "a reference amount of zero or less",
            file=row.file,
            line=row.line,
            place=rule.columns["amount"],
            found=number,
            expected="an amount above zero; the role 'treated' for a waste that is taken in",
        )
    if name not in library.flows:
        library.flows[name] = Flow(label=_label(row, rule, "flow_"), unit=unit)
    return Exchange(
        flow=name,
        amount=Quantity(abs(number), unit),
        direction="output" if role == "output" else "input",
        avoided=number < 0.0,
        provider=_cell(row, rule, "provider") or None,
        pedigree=_cell(row, rule, "pedigree") or None,
        note=_cell(row, rule, "note") or None,
    )


def _kind(kinds: dict[str, str], library: Library, rule: TableMapping, row: Row) -> None:
    """What a flow is: said in any of its rows, and in all that say it the same."""
    name, word = _needed(row, rule, "flow"), _cell(row, rule, "kind")
    if not word:
        return
    kind = rule.kinds.get(word, word)
    if kinds.setdefault(name, kind) != kind:
        raise DuplicateKeyError(
            "a flow of two kinds",
            file=row.file,
            line=row.line,
            place=rule.columns["kind"],
            found=word,
            expected=f"{kinds[name]}, as in the rows above",
        )
    library.flows[name].kind = kind


def _activity(rule: TableMapping, row: Row, reference: Exchange, role: str) -> Activity:
    return Activity(
        label=_label(row, rule),
        flow=reference.flow,
        amount=reference.amount,
        takes=role == "treated",
        region=_cell(row, rule, "region") or rule.region,
        first=rule.year,
        last=rule.year,
        category=_cell(row, rule, "category") or None,
        source=_cell(row, rule, "source") or None,
    )
