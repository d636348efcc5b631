"""Indicators as series by year for each scenario, and published values to hold them against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meguru.indicators import evaluate
from meguru.quantity import Quantity, convert, read_quantity
from meguru.report.both import EMPTY, Both
from meguru.report.study import Run, Study
from meguru.report.words import label_of

if TYPE_CHECKING:
    from pandas import DataFrame

Value = float | None
BANDS = (("q05", "q95"), ("q25", "q75"))


@dataclass(slots=True)
class Series:
    """One indicator; ``None`` where it is undefined."""

    name: str
    label: Both
    unit: str
    note: Both
    values: dict[str, list[Value]] = field(default_factory=dict)  # scenario → by year
    bands: dict[str, list[tuple[list[Value], list[Value]]]] = field(default_factory=dict)

    def last(self, scenario: str) -> Value:
        return self.values[scenario][-1]


@dataclass(frozen=True, slots=True)
class Target:
    """A published value beside what was computed."""

    series: Series
    run: Run
    printed: str
    value: float
    unit: str
    computed: Value
    tolerance: float

    @property
    def within(self) -> bool:
        """Whether the computed value rounds to the printed one."""
        return self.computed is not None and abs(self.computed - self.value) <= self.tolerance * (1 + 1e-9)


def read_indicators(study: Study) -> list[Series]:
    """All indicators of the model, in its order."""
    if not study.model.indicators:
        return []
    table = evaluate(study.found)
    found: dict[str, Series] = {}
    for name, component in study.model.indicators.items():
        found[name] = Series(name, label_of(component, name), component.unit, Both.of(component.note) if component.note else EMPTY)
    for (scenario, name), part in table.groupby(["scenario", "indicator"], sort=False):
        series = found[str(name)]
        series.unit = str(part["unit"].iloc[0])
        series.values[str(scenario)] = _by_year(part, "value", study.years)
        series.bands[str(scenario)] = [
            (_by_year(part, low, study.years), _by_year(part, high, study.years))
            for low, high in BANDS
            if low in part.columns and high in part.columns
        ]
    return [series for series in found.values() if series.values]


def _by_year(part: DataFrame, column: str, years: Sequence[int]) -> list[Value]:
    values = dict(zip(part["year"].tolist(), part[column].tolist(), strict=True))
    return [_defined(values.get(year)) for year in years]


def _defined(value: object) -> Value:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def find_targets(study: Study, series: Sequence[Series]) -> list[Target]:
    """Published values of the scenarios shown, by indicator."""
    found = []
    for one in series:
        for run in study.runs:
            scenario = study.model.scenarios.get(run.name)
            given = (scenario.targets or {}).get(one.name) if scenario else None
            given = given if given is not None else study.model.indicators[one.name].target
            if given is not None:
                found.append(_target(one, run, given))
    return found


def _target(one: Series, run: Run, given: object) -> Target:
    quantity = given if isinstance(given, Quantity) else read_quantity(given)
    assert quantity.value is not None
    unit = quantity.unit or "1"
    printed = f"{quantity.value:g}" if isinstance(given, Quantity) else str(given).strip()
    digits = printed.split()[0].rstrip("%").replace(",", "")
    decimals = len(digits.partition(".")[2])
    computed = one.last(run.name)
    if computed is not None:
        computed = float(convert(computed, one.unit, unit, place=f"indicators.{one.name}.target"))
    return Target(one, run, digits.replace("-", "\N{MINUS SIGN}"), quantity.value, unit, computed, 0.5 * 10.0**-decimals)
