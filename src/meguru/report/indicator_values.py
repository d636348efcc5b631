"""Indicators as series by year for each scenario, and published values to hold them against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meguru.indicators import against_targets, evaluate
from meguru.report.both import EMPTY, Both
from meguru.report.study import Run, Study
from meguru.report.words import label_of

if TYPE_CHECKING:
    from pandas import DataFrame

Value = float | None
BANDS = (("p05", "p95"), ("p25", "p75"))


@dataclass(slots=True)
class Series:
    """One indicator; ``None`` where it is undefined."""

    name: str
    label: Both
    unit: str
    note: Both
    by_year: dict[str, list[Value]] = field(default_factory=dict)  # scenario → by year
    bands: dict[str, list[tuple[list[Value], list[Value]]]] = field(default_factory=dict)

    def last(self, scenario: str) -> Value:
        """The value of the last year."""
        return self.by_year[scenario][-1]


@dataclass(frozen=True, slots=True)
class Target:
    """A published value of the last year beside what was computed; ``decimals`` are those printed."""

    series: Series
    run: Run
    published: float
    computed: Value
    decimals: int
    within: bool


@dataclass(frozen=True, slots=True)
class Indicators:
    """All indicators of a study, in the order of the model."""

    series: list[Series]
    targets: list[Target]


def read_indicators(study: Study) -> Indicators:
    """Evaluate the indicators of the model, and hold them against what was published."""
    if not study.model.indicators:
        return Indicators([], [])
    table = evaluate(study.found)
    found: dict[str, Series] = {}
    for name, component in study.model.indicators.items():
        note = Both.of(component.note) if component.note else EMPTY
        found[name] = Series(name, label_of(component, name), component.unit, note)
    for key, part in table.groupby(["scenario", "indicator"], sort=False):
        scenario, name = (str(one) for one in key)
        found[name].by_year[scenario] = _by_year(part, "value", study.years)
        found[name].bands[scenario] = [
            (_by_year(part, low, study.years), _by_year(part, high, study.years))
            for low, high in BANDS
            if low in part.columns
        ]
    return Indicators(list(found.values()), _targets(study, table, found))


def _by_year(part: DataFrame, column: str, years: Sequence[int]) -> list[Value]:
    values = dict(zip(part["year"].tolist(), part[column].tolist(), strict=True))
    return [_defined(values.get(year)) for year in years]


def _defined(value: object) -> Value:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def _targets(study: Study, table: DataFrame, series: dict[str, Series]) -> list[Target]:
    runs = {run.name: run for run in study.runs}
    rows = against_targets(table, study.model).to_dict("records")
    order = list(series)
    rows.sort(key=lambda row: order.index(row["indicator"]))
    found = []
    for row in rows:
        decimals = max(0, round(-math.log10(2.0 * row["rounding"])))
        one, run = series[row["indicator"]], runs[row["scenario"]]
        computed = _defined(row["computed"])
        found.append(Target(one, run, float(row["published"]), computed, decimals, bool(row["within"])))
    return found
