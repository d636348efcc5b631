"""Tables in CSV and Excel, by a mapping of columns: the form in which intensity tables are used."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from meguru.errors import MissingValueError, UnknownNameError, did_you_mean
from meguru.files.marks import locate
from meguru.inventory.checks import check_library
from meguru.inventory.components import Library
from meguru.inventory.importers.naming import refuse_missing
from meguru.inventory.importers.table_exchanges import exchanges_of
from meguru.inventory.importers.table_factors import factors_of
from meguru.inventory.importers.table_mapping import (
    EXCHANGE_COLUMNS,
    FACTOR_COLUMNS,
    ROLES,
    TableMapping,
    read_mapping,
)
from meguru.inventory.importers.table_rows import Row, csv_rows, sheet_rows


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
    build: Callable[[TableMapping, list[Row]], Library] = (
        factors_of if rule.table == "factors" else exchanges_of
    )
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
