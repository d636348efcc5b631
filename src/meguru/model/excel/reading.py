"""A model from a workbook."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from pathlib import Path
from typing import Any

from meguru.errors import NotReadableError, UnknownKeyError, did_you_mean
from meguru.files.marks import set_marks
from meguru.files.tree import LARGEST_FILE
from meguru.model.components import Model
from meguru.model.excel.assembly import Assembly
from meguru.model.excel.grid import UNREAD, Grid, read_grid
from meguru.model.excel.layout import MODEL, READ_ME, SERIES, TABLES, sheets
from meguru.model.library import with_libraries
from meguru.model.read import Reader

NOTES = "A sheet whose title begins with '_' is left unread."
LARGEST_UNPACKED = 512 * 1024 * 1024  # bytes


def import_excel(path: str | os.PathLike[str]) -> Model:
    """Read a model from an Excel workbook of the form that :func:`export_excel` writes.

    Formulas are read by the values that the spreadsheet program stored. Sheets and columns whose titles begin
    with ``_`` are left unread.

    Parameters
    ----------
    path
        A workbook (.xlsx), at most 32 MiB.

    Returns
    -------
    Model
        :func:`meguru.model.where` tells the cell of each place, as ``model.xlsx: processes!D7``.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with workbook, sheet and cell.
    """
    path = Path(path)
    grids = _grids(path)
    tree = Assembly(str(path), grids).tree()
    reader = Reader()
    model = reader.component(Model, with_libraries(tree, path.parent), "")
    assert isinstance(model, Model)
    set_marks(model, reader.marks)
    vars(model)["folder"] = path.parent
    return model


def _grids(path: Path) -> dict[str, Grid]:
    data = workbook_bytes(path)
    book = open_workbook(path, data, stored=False)
    known = {MODEL, SERIES, TABLES, *(sheet.title for sheet in sheets())}
    read = [
        sheet for sheet in book.worksheets if not sheet.title.startswith(UNREAD) and sheet.title != READ_ME
    ]
    for sheet in read:
        if sheet.title not in known:
            raise UnknownKeyError(
                "unknown sheet",
                file=str(path),
                found=sheet.title,
                expected=sorted(known),
                hint=" ".join(filter(None, [did_you_mean(sheet.title, known), NOTES])),
            )
    calculated = any(cell.data_type == "f" for sheet in read for cell in sheet._cells.values())
    stored = open_workbook(path, data, stored=True) if calculated else None
    return {
        sheet.title: read_grid(sheet, None if stored is None else stored[sheet.title], str(path))
        for sheet in read
    }


def workbook_bytes(path: Path) -> bytes:
    """The bytes of a workbook that is there and not too large."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NotReadableError(f"can not be opened: {error.strerror or error}", file=str(path)) from error
    if len(data) > LARGEST_FILE:
        expected = f"at most {LARGEST_FILE // 1024**2} MiB"
        raise NotReadableError("file too large", file=str(path), found="more", expected=expected)
    return data


def open_workbook(path: Path, data: bytes, *, stored: bool) -> Any:
    """The workbook; ``stored`` gives the stored values of formulas instead of the formulas."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            expected = f"at most {LARGEST_UNPACKED // 1024**2} MiB unpacked"
            raise NotReadableError("workbook too large", file=str(path), found="more", expected=expected)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts of a workbook that mean nothing here
            return openpyxl.load_workbook(io.BytesIO(data), data_only=stored)
    except NotReadableError:
        raise
    except Exception as error:  # whatever openpyxl trips over in a broken file
        raise NotReadableError(
            "not an Excel workbook, or a broken one",
            file=str(path),
            expected="a workbook of the kind .xlsx",
            hint="Save it anew as .xlsx, without a password.",
        ) from error
