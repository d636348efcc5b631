"""Tables of indicators: the formulas of a model on what was run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meguru.engine import Comparison, Result
from meguru.errors import MeguruError, UnknownNameError, did_you_mean
from meguru.indicators.scenarios import Scenarios
from meguru.indicators.scene import Scene
from meguru.indicators.value import Array, Value, in_shown_unit, in_unit
from meguru.model.checks import locate
from meguru.model.components import Indicator
from meguru.quantity.formula import Value as Number

if TYPE_CHECKING:
    from pandas import DataFrame

DEFINED, UNDEFINED, PARTLY = "defined", "undefined", "partly undefined"
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


def evaluate(found: Result | Comparison, indicators: Iterable[str] | None = None) -> DataFrame:
    """The indicators of a model on a result, or on all results of a comparison.

    Scenarios that formulas refer to and that were not run are run, with the same samples and seed.

    Parameters
    ----------
    indicators
        Ids of those wanted; default all of the model.

    Returns
    -------
    DataFrame
        A row for each scenario, indicator and year. Columns: scenario, indicator, year, value (NA where
        undefined), unit, numerator and denominator of the outermost division (NA where there is none) with
        numerator_unit and denominator_unit, state (``defined``, ``undefined``: divided by zero, ``partly
        undefined``: in some samples). With several samples also mean (= value), p05, p25, p50, p75, p95, over
        the samples where it is defined.

    Raises
    ------
    UnknownNameError
        No such indicator, or a filter that fits nothing in the model.
    DimensionError
        Numbers of different dimensions are added, or the unit does not fit; with indicator and column.
    FormulaError
        A formula that can not be read.
    IndicatorError
        A scenario that is needed was not run and can not be.
    """
    scenarios = Scenarios(found)
    known = scenarios.first.model.indicators
    wanted = list(known) if indicators is None else list(indicators)
    for name in wanted:
        if name not in known:
            raise UnknownNameError(
                "no such indicator", found=name, expected=list(known), hint=did_you_mean(name, known)
            )
    return _table(scenarios, {name: known[name] for name in wanted}, list(_shown(found)))


def sampled(found: Result | Comparison, indicators: Mapping[str, Indicator]) -> dict[tuple[str, str], Array]:
    """Indicators by sample, not summarised.

    Parameters
    ----------
    indicators
        Name → formula and unit; those of the model, or others.

    Returns
    -------
    (scenario, indicator) → (sample, year) in the unit of the indicator, NaN where it is undefined.

    Raises
    ------
    As :func:`evaluate`.
    """
    scenarios = Scenarios(found)
    formulas = scenarios.formulas()
    values = {}
    for scenario in _shown(found):
        scene = scenarios.scene(scenario)
        for name, indicator in indicators.items():
            numbers = _numbers(scene, formulas.value(name, indicator, scene), name, indicator.unit)
            values[scenario, name] = np.broadcast_to(numbers, (scene.result.samples, len(scene.years)))
    return values


def calculate(
    found: Result | Comparison,
    formula: str,
    unit: str = "1",
    *,
    against: str | None = None,
) -> DataFrame:
    """One formula that is not in the model, as :func:`evaluate`; the column indicator holds the formula."""
    scenarios = Scenarios(found)
    return _table(
        scenarios, {formula: Indicator(formula=formula, unit=unit, against=against)}, list(_shown(found))
    )


def waterfall(found: Result | Comparison, formula: str, by: Mapping[str, str], unit: str) -> DataFrame:
    """Differences to the reference scenario, step by step.

    Parameters
    ----------
    formula
        Of the whole, as ``impact("climate")``.
    by
        Step → its formula, as ``{"transport": 'impact("climate", group="transport")'}``; what they leave of
        the whole becomes the step ``other``.

    Returns
    -------
    DataFrame
        As :func:`evaluate`; the column indicator holds the step, ``total`` last.
    """
    steps = {name: Indicator(formula=one, unit=unit, against="difference") for name, one in by.items()}
    named = " - ".join(["", *(f"({one})" for one in by.values())])
    steps["other"] = Indicator(formula=f"({formula}){named}", unit=unit, against="difference")
    steps["total"] = Indicator(formula=formula, unit=unit, against="difference")
    return _table(Scenarios(found), steps, list(_shown(found)))


def _shown(found: Result | Comparison) -> Iterable[str]:
    return found.results if isinstance(found, Comparison) else [found.scenario]


@dataclass(frozen=True, slots=True)
class _Line:
    """One indicator in one scenario: arrays by year."""

    columns: dict[str, Any]
    quantiles: Array | None  # (quantile, year)


def _table(scenarios: Scenarios, indicators: Mapping[str, Indicator], shown: list[str]) -> DataFrame:
    """All lines below each other."""
    import pandas as pd

    formulas = scenarios.formulas()
    lines = []
    for scenario in shown:
        scene = scenarios.scene(scenario)
        for name, indicator in indicators.items():
            value = formulas.value(name, indicator, scene)
            numbers = _numbers(scene, value, name, indicator.unit)
            lines.append(_line(scenario, name, indicator.unit, scene.years, numbers, value))
    names = (
        "scenario",
        "indicator",
        "year",
        "value",
        "unit",
        "numerator",
        "denominator",
        "numerator_unit",
        "denominator_unit",
        "state",
    )
    joined = {key: np.concatenate([line.columns[key] for line in lines] or [np.array([])]) for key in names}
    for key in ("value", "numerator", "denominator"):
        joined[key] = _with_gaps(joined[key])
    table = pd.DataFrame(joined)
    if any(line.quantiles is not None for line in lines):
        table["mean"] = table["value"]
        for k, key in enumerate(QUANTILES):
            parts = [line.columns["value"] if line.quantiles is None else line.quantiles[k] for line in lines]
            table[key] = _with_gaps(np.concatenate(parts))
    return table


def _numbers(scene: Scene, value: Value, name: str, unit: str) -> Array:
    """(sample or 1, year or 1) in the unit of the indicator."""
    try:
        return in_unit(value.number, unit)
    except MeguruError as error:
        raise locate(scene.model, error.at(place=f"indicators.{name}.unit")) from None


def _with_gaps(values: Array) -> Any:
    """NaN as NA."""
    import pandas as pd

    missing = np.isnan(values)
    return pd.arrays.FloatingArray(np.where(missing, 0.0, values), missing)


def _line(scenario: str, name: str, unit: str, years: Any, numbers: Array, value: Value) -> _Line:
    count = len(years)
    values, state = _summary(numbers, count)
    top, top_unit = _side(value.top, count)
    bottom, bottom_unit = _side(value.bottom, count)
    columns = {
        "scenario": _repeat(scenario, count),
        "indicator": _repeat(name, count),
        "year": years,
        "value": values,
        "unit": _repeat(unit, count),
        "numerator": top,
        "denominator": bottom,
        "numerator_unit": _repeat(top_unit, count),
        "denominator_unit": _repeat(bottom_unit, count),
        "state": state,
    }
    return _Line(columns, _quantiles(numbers, count) if numbers.shape[0] > 1 else None)


def _repeat(text: str, count: int) -> Any:
    return np.full(count, text, dtype=object)


def _summary(numbers: Array, count: int) -> tuple[Array, Any]:
    """(year,) mean over the samples where defined, and the state."""
    missing = np.isnan(numbers)
    state = np.where(missing.all(axis=0), UNDEFINED, np.where(missing.any(axis=0), PARTLY, DEFINED)).astype(
        object
    )
    defined = (~missing).sum(axis=0)
    total = np.where(missing, 0.0, numbers).sum(axis=0)
    mean = np.divide(total, defined, out=np.full(total.shape, np.nan), where=defined > 0)
    return np.broadcast_to(mean, (count,)), np.broadcast_to(state, (count,))


def _side(number: Number | None, count: int) -> tuple[Array, str]:
    """(year,) numerator or denominator in a unit that people know."""
    if number is None:
        return np.full(count, np.nan), ""
    numbers, unit = in_shown_unit(number)
    return _summary(numbers, count)[0], unit


def _quantiles(numbers: Array, count: int) -> Array:
    """(quantile, year) over the samples where defined."""
    levels = list(QUANTILES.values())
    numbers = np.broadcast_to(numbers, (numbers.shape[0], count))
    if not np.isnan(numbers).any():
        return np.quantile(numbers, levels, axis=0)
    found = np.full((len(levels), count), np.nan)
    for year in range(count):
        defined = numbers[~np.isnan(numbers[:, year]), year]
        if defined.size:
            found[:, year] = np.quantile(defined, levels)
    return found
