"""Rows of a CSV file or of a sheet, each with its cells by heading and its line."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from meguru.errors import DuplicateKeyError, LibraryError, ModelError, NotReadableError, did_you_mean
from meguru.inventory.importers.table_mapping import TableMapping

LARGEST_UNPACKED = 1024**3  # bytes
Cells = dict[str, Any]
Fault = TypeVar("Fault", bound=ModelError)
Line = tuple[int, list[Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells by heading, and where it stands."""

    cells: Cells
    file: str
    line: int

    def fault(self, kind: type[Fault], message: str, place: str | None, **more: Any) -> Fault:
        """An error about this row; ``place`` is the heading or the name that it is about."""
        return kind(message, file=self.file, line=self.line, place=place, **more)


def csv_rows(path: Path, rule: TableMapping) -> Iterator[Row]:
    """Rows of a CSV file.

    Raises
    ------
    NotReadableError
        It can not be opened, or not read in its encoding.
    """
    encoding = "utf-8-sig" if rule.encoding.lower().replace("-", "") == "utf8" else rule.encoding
    try:
        text = _bytes(path).decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise NotReadableError(
            f"not readable as {rule.encoding}",
            file=str(path),
            hint="Name the encoding in the mapping, as 'encoding: cp932'.",
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise NotReadableError(f"no CSV: {error}", file=str(path), line=reader.line_num) from error
    yield from _rows(lines, rule, str(path))


def sheet_rows(path: Path, rule: TableMapping) -> Iterator[Row]:
    """Rows of a sheet, with the stored values of formulas.

    Raises
    ------
    NotReadableError
        No workbook, too large, no such sheet, or a formula that nothing has calculated.
    """
    # Read at once: openpyxl would hold the file open as long as a sheet is not read to its end.
    data = _bytes(path)
    book, formulas = _book(path, data, stored=True), _book(path, data, stored=False)
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
        file = f"{path}: {name}"
        lines = list(_calculated(book[name], formulas[name], file))
    finally:
        book.close()
        formulas.close()
    yield from _rows(lines, rule, file)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        about = f"can not be opened: {error.strerror or error}"
        raise NotReadableError(about, file=str(path)) from error


def _book(path: Path, data: bytes, *, stored: bool) -> Any:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked <= LARGEST_UNPACKED:
            return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=stored)
    except Exception as error:  # whatever openpyxl trips over in a broken file
        raise NotReadableError(
            "not a workbook, or a broken one",
            file=str(path),
            expected="a workbook of the kind .xlsx",
            hint="Save it anew as .xlsx, without a password.",
        ) from error
    expected = f"at most {LARGEST_UNPACKED // 1024**2} MiB unpacked"
    raise NotReadableError("workbook too large", file=str(path), found="more", expected=expected)


def _calculated(values: Any, formulas: Any, file: str) -> Iterator[Line]:
    """The lines of a sheet; a formula without a stored value is an error, and no empty cell."""
    both = zip_longest(values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), fillvalue=())
    for number, (stored, written) in enumerate(both, 1):
        for value, formula in zip(stored, written, strict=False):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                raise NotReadableError(
                    "a formula without a stored value",
                    file=file,
                    line=number,
                    found=formula,
                    hint="Open the workbook where it was made, let it calculate, and save it.",
                )
        yield number, list(stored)


def _rows(lines: list[Line], rule: TableMapping, file: str) -> Iterator[Row]:
    """The rows below the headings, each with its line in the file; those without any value are left out."""
    head = lines[rule.header - 1][1] if 0 < rule.header <= len(lines) else []
    headings = [text_of(cell) for cell in head]
    counts = Counter(headings)
    wanted = [*rule.columns.values(), *(impact.column for impact in rule.impacts.values())]
    for heading in wanted:
        text = text_of(heading)
        if counts[text] > 1:
            raise DuplicateKeyError(
                "two columns of this heading", file=file, line=rule.header, found=heading, expected="one"
            )
        if not counts[text]:
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
        if any(text_of(cells.get(text_of(heading))) for heading in wanted):
            yield Row(cells, file, number)


def text_of(cell: Any) -> str:
    """A cell as a text; line breaks and runs of spaces in headings do not count."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
