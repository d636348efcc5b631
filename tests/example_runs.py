"""Examples loaded, run and evaluated once for all tests that look at them."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import meguru
from meguru.engine import Comparison, Result
from meguru.model.components import Model

EXAMPLES = Path(__file__).parents[1] / "examples"
DATA = Path(__file__).parent / "data"
Array = NDArray[np.float64]


@cache
def model_of(name: str) -> Model:
    return meguru.example(name)


@cache
def compared(name: str) -> Comparison:
    return meguru.compare(model_of(name))


@cache
def table_of(name: str) -> pd.DataFrame:
    return meguru.evaluate(compared(name))


def value(table: pd.DataFrame, indicator: str, scenario: str | None = None) -> float:
    """The indicator's value in the last year."""
    rows = table[(table["indicator"] == indicator) & (table["year"] == table["year"].max())]
    if scenario is not None:
        rows = rows[rows["scenario"] == scenario]
    (found,) = rows["value"]
    return float(found)


def units(result: Result, **labels: str) -> Array:
    """Units by year in all flows with these labels."""
    array = result.units.isel(sample=0)
    fits = np.ones(array.sizes["flow"], dtype=bool)
    for label, wanted in labels.items():
        fits &= array[label].to_numpy() == wanted
    assert fits.any(), labels
    found: Array = array.to_numpy()[:, fits].sum(axis=1)
    return found


def load_script(folder: str, name: str) -> ModuleType:
    """A script beside an example, as a module."""
    path = EXAMPLES / folder / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{folder.replace('-', '_')}_{name}", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def series_of(table: pd.DataFrame, indicator: str) -> Array:
    rows = table[table["indicator"] == indicator].sort_values("year")
    return rows["value"].to_numpy(dtype=float)
