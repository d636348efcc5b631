"""The report as a workbook: indicators with formulas and provenance, a sheet each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meguru.engine import Comparison, Result
from meguru.engine.result_tables import workbook
from meguru.files.writing import write_beside
from meguru.indicators import against_targets, evaluate
from meguru.indicators.catalogue import measure
from meguru.indicators.catalogue.tables import formula_table
from meguru.model import unrated

if TYPE_CHECKING:
    from pandas import DataFrame


def write_workbook(found: Result | Comparison, path: Path) -> None:
    """Write a workbook of indicators: values, formulas, published values, standards, provenance.

    Sheets of what the model does not have are left out. Undefined values are empty cells; the column
    ``state`` tells.

    Raises
    ------
    WriteError
        The file can not be written.
    """
    write_beside(path, workbook(_tables(found), _provenance(found)))


def _tables(found: Result | Comparison) -> dict[str, DataFrame]:
    import pandas as pd

    results = list(found.results.values()) if isinstance(found, Comparison) else [found]
    model = results[0].model
    tables: dict[str, DataFrame] = {}
    if model.indicators:
        values = evaluate(found)
        tables["indicators"] = values
        rows = [(name, " ".join(one.formula.split()), one.unit, one.against or "", one.note or "")
                for name, one in model.indicators.items()]  # fmt: skip
        tables["formulas"] = pd.DataFrame(rows, columns=["indicator", "formula", "unit", "against", "note"])
        published = against_targets(values, model)
        if len(published):
            tables["published"] = published
    if model.measured:
        measured = measure(found)
        tables["standards"] = measured.table()
        tables["standard formulas"] = formula_table(measured)
    lacking = unrated(model)
    if lacking:
        rows_lacking = [(one.exchange, one.impact, one.user, one.place) for one in lacking]
        tables["without factor"] = pd.DataFrame(rows_lacking, columns=["exchange", "impact", "user", "place"])
    return {name: _empty_cells(table) for name, table in tables.items()}


def _empty_cells(table: DataFrame) -> DataFrame:
    """What is missing becomes an empty cell."""
    objects = table.astype(object)
    return objects.where(objects.notna(), None)


def _provenance(found: Result | Comparison) -> dict[str, Any]:
    if isinstance(found, Result):
        return found.provenance
    each = {name: result.provenance for name, result in found.results.items()}
    first = next(iter(each.values()))
    common: dict[str, Any] = {
        "reference": found.reference,
        "scenarios": json.dumps(list(each), ensure_ascii=False),
    }
    for key, value in first.items():
        same = all(one.get(key) == value for one in each.values())
        common[key] = value if same else {name: one.get(key) for name, one in each.items()}
    return common
