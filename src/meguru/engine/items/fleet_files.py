"""The table of a fleet from a file, as people have it: other encodings, surplus commas, broken workbooks."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meguru.errors import DuplicateKeyError, NotReadableError, RangeError
from meguru.files.table_text import table_text

if TYPE_CHECKING:
    from pandas import DataFrame

Cells = list[Any]
WORKBOOK = ".xlsx"


def read_table(path: Path) -> DataFrame:
    """The table of a CSV or XLSX file; a title for each column, serial numbers as texts.

    Raises
    ------
    NotReadableError
        No such file, or no table.
    DuplicateKeyError
        Two columns of one title.
    RangeError
        A row with more cells than there are titles.
    """
    import pandas

    file = str(path)
    try:
        if path.suffix.lower() == WORKBOOK:
            return _from_workbook(path)
        lines = list(csv.reader(io.StringIO(table_text(path.read_bytes(), file), newline="")))
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(_fitted(lines, file))
        text.seek(0)
        return pandas.read_csv(text, dtype={"serial": str}, index_col=False)
    except OSError as error:
        raise NotReadableError(f"can not be read as a fleet: {error.strerror or error}", file=file) from error
    except (ValueError, csv.Error) as error:
        raise NotReadableError(f"can not be read as a fleet: {error}", file=file) from error


def _from_workbook(path: Path) -> DataFrame:
    import pandas

    # Without titles: pandas would number those that stand there twice, as if they were of pieces.
    try:
        cells = pandas.read_excel(path, header=None, dtype=object)
    except Exception as error:  # whatever pandas or openpyxl trips over in a broken file
        raise NotReadableError(f"can not be read as a fleet: {error}", file=str(path)) from error
    lines: list[Cells] = [[None if pandas.isna(cell) else cell for cell in row] for row in cells.to_numpy()]
    titles, *rows = _fitted(lines, str(path)) or [[]]
    return pandas.DataFrame(rows, columns=titles, dtype=object)


def _fitted(lines: list[Cells], file: str) -> list[Cells]:
    """Lines as long as that of the titles: what is empty after the last of them says nothing."""
    titles = _without_end(lines[0]) if lines else []
    titles = ["" if title is None else str(title).strip() for title in titles]
    for title in titles:
        if titles.count(title) > 1:
            raise DuplicateKeyError("two columns of one title", file=file, line=1, found=title)
    fitted = [titles]
    for number, cells in enumerate(lines[1:], 2):
        held = _without_end(cells)
        if len(held) > len(titles):
            raise RangeError(
                "a row with more cells than there are titles",
                file=file,
                line=number,
                found=f"{len(held)} cells: {', '.join(map(str, held))}",
                expected=f"at most {len(titles)}: {', '.join(titles)}",
            )
        fitted.append(held + [None] * (len(titles) - len(held)) if held else [])
    return fitted


def _without_end(cells: Cells) -> Cells:
    """Cells up to the last that is not empty."""
    filled = [index for index, cell in enumerate(cells) if cell is not None and str(cell).strip()]
    return cells[: filled[-1] + 1] if filled else []
