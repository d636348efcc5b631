"""The report as a workbook, a sheet each: indicators, formulas and provenance; of an ensemble its bands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meguru.engine import Comparison, Result
from meguru.engine.results.tables import workbook
from meguru.explore.ensembles.result import Ensemble
from meguru.explore.ensembles.stability import FEWEST, stability
from meguru.files.writing import write_beside
from meguru.indicators import against_targets, evaluate
from meguru.indicators.catalogue import measure
from meguru.indicators.catalogue.tables import formula_table
from meguru.model import unrated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from meguru.model.components import Indicator


def write_workbook(found: Result | Comparison | Ensemble, path: Path) -> None:
    """Write a workbook of indicators: values, formulas, published values, standards, provenance.

    Of an ensemble: bands by year, differences to the reference, which scenario is better how often, whether
    there are enough samples, formulas, provenance.

    Sheets of what the model does not have are left out. Undefined values are empty cells; the column
    ``state`` tells.

    Raises
    ------
    WriteError
        The file can not be written.
    """
    if isinstance(found, Ensemble):
        write_beside(path, workbook(_tables_of_ensemble(found), found.provenance))
    else:
        write_beside(path, workbook(_tables(found), _provenance(found)))


def _tables_of_ensemble(found: Ensemble) -> dict[str, DataFrame]:
    tables = {"bands": found.bands()}
    if len(found.scenarios) > 1:
        tables["differences"] = found.bands(against=found.plan.reference)
        if any(one.wanted for one in found.indicators.values()):
            tables["better"] = found.better()
    if found.samples >= FEWEST:
        tables["enough samples"] = stability(found)
    tables["formulas"] = _formulas(found.indicators)
    return {name: _empty_cells(table) for name, table in tables.items()}


def _formulas(indicators: Mapping[str, Indicator]) -> DataFrame:
    import pandas as pd

    rows = [
        (name, " ".join(one.formula.split()), one.unit, one.against or "", one.note or "")
        for name, one in indicators.items()
    ]
    return pd.DataFrame(rows, columns=["indicator", "formula", "unit", "against", "note"])


def _tables(found: Result | Comparison) -> dict[str, DataFrame]:
    import pandas as pd

    results = list(found.results.values()) if isinstance(found, Comparison) else [found]
    model = results[0].model
    tables: dict[str, DataFrame] = {}
    if model.indicators:
        values = evaluate(found)
        tables["indicators"] = values
        tables["formulas"] = _formulas(model.indicators)
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
