"""Results as tidy tables: one row a number, its labels as columns."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.results.labelled import ARRAYS
from meguru.engine.results.plain import Plain
from meguru.engine.results.result import Result
from meguru.errors import RunError, WriteError, did_you_mean
from meguru.files.writing import write_beside
from meguru.model.network import materials_of

if TYPE_CHECKING:
    from pandas import DataFrame

FORMATS = ("parquet", "csv", "xlsx")
MOST_ROWS = 1_048_575  # of a worksheet, below its heading


def tidy(result: Result, name: str) -> DataFrame:
    """One array of a result as a table.

    Columns: ``sample`` if there are several, ``time``, ``year`` if steps are months, the labels, ``value``,
    ``unit``. Materials that an item does not contain have no row.

    Raises
    ------
    RunError
        A result has no such array.
    """
    import pandas

    if name not in ARRAYS:
        raise RunError(
            "a result has no such array", found=name, expected=list(ARRAYS), hint=did_you_mean(name, ARRAYS)
        )
    array = result.plain(name)
    kept = np.broadcast_to(_contained(result, array), array.values.shape)
    index = dict(zip(array.dims, np.nonzero(kept), strict=True))
    columns: dict[str, Any] = {}
    for label, coordinate in array.coords.items():
        if coordinate.dims and not _is_needless(result, array, label):
            columns[label] = coordinate.values[index[coordinate.dims[0]]]
    unit = columns.pop("unit", None)
    columns = {**{dim: columns[dim] for dim in ("sample", "time") if dim in columns}, **columns}
    columns["value"] = array.values[kept]
    same = np.full(len(columns["value"]), array.unit, dtype=object)
    columns["unit"] = same if array.unit else unit  # a mass of pieces is in kg
    return pandas.DataFrame(columns)


def _is_needless(result: Result, array: Plain, label: str) -> bool:
    """Labels that say nothing new: the only sample, years beside years, rows named by their labels."""
    if label == "sample":
        return result.samples == 1
    if label in ("year", "year_made"):
        return result.model.time.step == "year"
    return label in ("flow", "holder")


def _contained(result: Result, array: Plain) -> NDArray[np.bool_]:
    """Which pairs of item and material can be; broadcasts over the array."""
    if "material" not in array.dims:
        return np.ones((1,) * len(array.dims), dtype=bool)
    rows = "flow" if "flow" in array.dims else "holder"
    materials = [str(material) for material in array.coords["material"].values]
    items = array.coords["item"].values
    inside = {item: materials_of(result.model, item) for item in set(items)}
    table = np.array([[m in inside[item] for m in materials] for item in items], dtype=bool)
    shape = [array.size(dim) if dim in (rows, "material") else 1 for dim in array.dims]
    return table.reshape(shape)


def save_tables(
    result: Result,
    folder: str | os.PathLike[str],
    format: str = "parquet",
    names: Sequence[str] | None = None,
) -> list[Path]:
    """Write tables of a result: a file each, or one workbook with a sheet each; and its provenance.

    Parameters
    ----------
    folder
        Made if it is not there.
    format
        ``parquet``, ``csv`` (UTF-8) or ``xlsx``.
    names
        Arrays wanted; default all, in a workbook all but the origins, which are the longest.

    Returns
    -------
    The files written.

    Raises
    ------
    WriteError
        A file can not be written, or a table is too long for a worksheet.
    """
    if format not in FORMATS:
        raise WriteError(
            "no such format of tables",
            found=format,
            expected=list(FORMATS),
            hint=did_you_mean(format, FORMATS),
        )
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"can not be made: {error.strerror or error}", file=str(folder)) from error
    if names is None:
        names = [name for name in ARRAYS if format != "xlsx" or name != "origins"]
    tables = {name: tidy(result, name) for name in names}
    if format == "xlsx":
        files = {folder / "result.xlsx": workbook(tables, result.provenance)}
    else:
        files = {folder / f"{name}.{format}": _bytes(table, format) for name, table in tables.items()}
        text = json.dumps(result.provenance, ensure_ascii=False, indent=2)
        files[folder / "provenance.json"] = f"{text}\n".encode()
    for path, data in files.items():
        write_beside(path, data)
    return list(files)


def _bytes(table: DataFrame, format: str) -> bytes:
    if format == "csv":
        return table.to_csv(index=False).encode("utf-8")
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def workbook(tables: dict[str, DataFrame], provenance: dict[str, Any]) -> bytes:
    """A workbook with a sheet for each table, and one for the provenance.

    Raises
    ------
    WriteError
        A table is too long for a worksheet.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("provenance")
    for key, value in provenance.items():
        sheet.append(
            [key, _cell(sheet, value if isinstance(value, (str, int, float)) else json.dumps(value))]
        )
    for name, table in tables.items():
        if len(table) > MOST_ROWS:
            raise WriteError(
                f"the table '{name}' is too long for a worksheet",
                found=f"{len(table)} rows",
                expected=f"at most {MOST_ROWS}",
                hint="Write parquet or csv, or fewer tables.",
            )
        sheet = book.create_sheet(name)
        sheet.append(list(table.columns))
        for row in table.itertuples(index=False, name=None):
            sheet.append([_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    """A text that begins with '=' stays a text: it must not become a formula."""
    if isinstance(value, str) and value.startswith("="):
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
