"""Tables from files: CSV and workbooks, cell by cell."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from meguru.errors import DuplicateKeyError, NotReadableError
from meguru.files.table_text import table_text
from meguru.indicators.catalogue.plain import is_empty

Columns = dict[str, list[Any]]  # title → cells
WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = {".csv": ",", ".tsv": "\t"}  # and what divides their columns
SPREADSHEETS = (".xls", ".xlsb", ".ods")  # which are not read
TABLES = (*WORKBOOKS, *TEXTS, *SPREADSHEETS)
UNCOMPUTED = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
LITERAL = re.compile(r'"[^"]*"|\\.')


def read_file(path: str | os.PathLike[str]) -> dict[str, Columns]:
    """Sheets of a text file or a workbook by name; the only sheet of a text file is called ``""``.

    Raises
    ------
    NotReadableError
        There is no such file, or it is no table.
    DuplicateKeyError
        Two columns of one title.
    """
    path = Path(path)
    try:
        if path.suffix.lower() in WORKBOOKS:
            return _read_workbook(path)
        if path.suffix.lower() in TEXTS:
            text = io.StringIO(table_text(path.read_bytes(), str(path)), newline="")
            lines = csv.reader(text, delimiter=TEXTS[path.suffix.lower()])
            return {"": _by_title(list(lines), path.name, _numbers_or_texts)}
    except (OSError, ValueError, KeyError, csv.Error, BadZipFile) as error:
        raise NotReadableError(f"can not be read as a table: {error}", file=str(path)) from error
    raise NotReadableError(
        "no table that is read",
        file=str(path),
        found=path.suffix,
        expected=".csv, .tsv or .xlsx",
        hint="Save it as a workbook of the kind .xlsx." if path.suffix.lower() in SPREADSHEETS else None,
    )


def _read_workbook(path: Path) -> dict[str, Columns]:
    from openpyxl import load_workbook

    if _may_be_uncomputed(path):
        _refuse_uncomputed(path)
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        return {
            sheet.title: _by_title(
                [[_shown(cell) for cell in line] for line in sheet.iter_rows()],
                f"{path.name}: {sheet.title}",
                list,
            )
            for sheet in book.worksheets
        }
    finally:
        book.close()


def _may_be_uncomputed(path: Path) -> bool:
    """Whether a sheet holds a formula without a value, as programs write it that do not compute."""
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(UNCOMPUTED.search(archive.read(name)) for name in sheets)


def _refuse_uncomputed(path: Path) -> None:
    """Without its value a formula would be read as an empty cell."""
    from openpyxl import load_workbook

    formulas, values = load_workbook(path), load_workbook(path, data_only=True)
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows() if not sheet.title.startswith("_") else ():
            for cell in row:
                if cell.data_type == "f" and values[sheet.title][cell.coordinate].value is None:
                    raise NotReadableError(
                        "a formula that was never computed",
                        file=f"{path.name}: {sheet.title}!{cell.coordinate}",
                        found=str(cell.value),
                        hint="Open the workbook in a spreadsheet program and save it.",
                    )


def _shown(cell: Any) -> Any:
    """A cell as it is seen: what a workbook shows as 40 % it keeps as 0.4."""
    value = cell.value
    if type(value) not in (int, float) or "%" not in cell.number_format:
        return value
    # A sign in quotes or behind a backslash is only written: it does not multiply by 100.
    times = 100.0 if "%" in LITERAL.sub("", cell.number_format) else 1.0
    return f"{times * value:.15g} %"


def _by_title(lines: Sequence[Sequence[Any]], place: str, read: Callable[[list[Any]], list[Any]]) -> Columns:
    """Lines of a sheet as columns; empty lines below are dropped."""
    titles = [str(title).strip() if title is not None else "" for title in (lines[0] if lines else ())]
    if len(titles) == 1 and re.search(r"[;\t]", titles[0]):
        raise NotReadableError(
            "columns that commas do not divide", file=place, found=titles[0], expected="commas",
            hint="Save it as 'CSV UTF-8 (comma delimited)'.",
        )  # fmt: skip
    kept = list(lines[1:])
    while kept and all(is_empty(cell) for cell in kept[-1]):
        kept.pop()
    for number, line in enumerate(kept, 2):
        if len(line) > len(titles) and not all(map(is_empty, line[len(titles) :])):
            raise NotReadableError(
                "more cells than titles",
                file=place,
                found=f"{len(line)} cells in row {number}",
                expected=f"{len(titles)}, as in the first row",
                hint="A comma inside a number ends the cell: write 1050 for 1,050.",
            )
    columns: Columns = {}
    for index, title in enumerate(titles):
        cells = read([line[index] if index < len(line) else None for line in kept])
        if not title:
            if not all(map(is_empty, cells)):
                raise NotReadableError("a column without title", file=place, found=f"column {index + 1}")
            continue
        if title in columns:
            raise DuplicateKeyError("two columns of one title", file=place, found=title)
        columns[title] = cells
    return columns


def _numbers_or_texts(cells: list[Any]) -> list[Any]:
    """Cells of a column of a text file."""
    try:
        numbers = [float(cell) if cell else None for cell in cells]
    except ValueError:
        return [_number_or_text(cell or "") for cell in cells]
    return numbers if all(map(math.isfinite, filter(None, numbers))) else cells


def _number_or_text(cell: str) -> float | str | None:
    """A cell of a text file."""
    if not cell.strip():
        return None
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if math.isfinite(number) else cell
