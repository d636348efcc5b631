"""What is reported: one result or several side by side, as plain arrays by year with names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.results.plain import Plain
from meguru.engine.results.result import Comparison, Result
from meguru.indicators import all_alike
from meguru.model import Model
from meguru.report.both import Both
from meguru.report.svg.canvas import PALETTE, REFERENCE
from meguru.report.words import Names

Array = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Arc:
    """All that goes from one process to another."""

    source: str
    target: str
    back: bool  # on the reverse supply chain: pushed, not drawn
    mass: Array  # (year, material) kg
    items: dict[str, Array]  # item → (year,) kg


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a labelled array: their labels, and values (year, row)."""

    labels: list[dict[str, str]]
    values: Array

    def sums(self, key: Sequence[str] | str, year: int = -1) -> dict[Any, float]:
        """Sum of the rows of one year by one label or several."""
        found: dict[Any, float] = {}
        for row, value in zip(self.labels, self.values[year], strict=True):
            name = row[key] if isinstance(key, str) else tuple(row[part] for part in key)
            found[name] = found.get(name, 0.0) + float(value)
        return found


class Run:
    """One result, over its reported years; of samples the mean, which keeps balances."""

    def __init__(self, result: Result, label: Both, colour: str, dash: str) -> None:
        self.result, self.label, self.colour, self.dash = result, label, colour, dash
        self.name = result.scenario
        self.names = Names(result.model)

    @property
    def by_chance(self) -> bool:
        """Whether it was run by individuals: a sample is one of many, not what is expected."""
        return bool(self.result.settings["engine"] == "items")

    @cached_property
    def _year_of_step(self) -> NDArray[np.int64]:
        return np.asarray(self.result.plain("events").coords["year"].values, dtype=np.int64)

    @cached_property
    def years(self) -> list[int]:
        return [int(year) for year in np.unique(self._year_of_step)]

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.searchsorted(self._year_of_step, self.years)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.append(self._starts[1:], len(self._year_of_step)) - 1

    def yearly(self, values: Array) -> Array:
        """(sample, time, …) amounts per step → (sample, year, …)."""
        if len(self._starts) == values.shape[1]:
            return values
        sums: Array = np.add.reduceat(values, self._starts, axis=1)
        return sums

    def _sums(self, array: Plain, dim: str, columns: Iterable[str]) -> Rows:
        return Rows(_labels(array, dim, columns), self.yearly(array.values).mean(axis=0))

    @cached_property
    def materials(self) -> list[str]:
        return [name for name, item in self.result.model.items.items() if item.kind == "material"]

    @cached_property
    def flow_labels(self) -> list[dict[str, str]]:
        return _labels(
            self.result.plain("units"), "flow", ("route", "item", "source", "port", "target", "side", "unit")
        )

    @cached_property
    def mass(self) -> Array:
        """(year, flow, material) kg."""
        if self.result.samples == 1:
            values: Array = self.yearly(self.result.plain("flows").values)[0]
            return values
        flows, materials = len(self.flow_labels), self.materials
        out = np.zeros((len(self.years), flows, len(materials)))
        for flow in range(flows):  # one by one: all samples of all flows at once may not fit
            for index, material in enumerate(materials):
                out[:, flow, index] = self.yearly(self.result.mass([flow], [material])).mean(axis=0)
        return out

    @cached_property
    def arcs(self) -> list[Arc]:
        """Flows joined by where they go from and to, in the order of the model's routes."""
        found: dict[tuple[str, str], Arc] = {}
        for index, row in enumerate(self.flow_labels):
            key, mass = (row["source"], row["target"]), self.mass[:, index]
            before = found.get(key)
            items = dict(before.items) if before else {}
            items[row["item"]] = items.get(row["item"], 0.0) + mass.sum(axis=1)
            back = (before.back if before else False) or row["side"] == "push"
            found[key] = Arc(*key, back, mass if before is None else before.mass + mass, items)
        return list(found.values())

    @cached_property
    def _units(self) -> Array:
        """(year, flow) in the items' own units."""
        values: Array = self.yearly(self.result.plain("units").values).mean(axis=0)
        return values

    def carried(self, item: str) -> Array:
        """(year, flow) units of one item on all its routes."""
        rows = [index for index, row in enumerate(self.flow_labels) if row["item"] == item]
        values: Array = self._units[:, rows]
        return values

    @cached_property
    def events(self) -> Rows:
        """Units by year."""
        return self._sums(self.result.plain("events"), "event", ("process", "item", "kind", "cause", "unit"))

    @cached_property
    def money(self) -> Rows:
        return self._sums(
            self.result.plain("money"),
            "payment",
            ("payer", "payee", "kind", "group", "name", "where", "item"),
        )

    @cached_property
    def energy(self) -> Rows:
        return self._sums(self.result.plain("energy"), "entry", ("name", "where", "kind", "group"))

    @cached_property
    def categories(self) -> dict[str, str]:
        """Impact category → unit."""
        return {name: impact.unit for name, impact in self.result.model.impacts.items()}

    @cached_property
    def impacts(self) -> dict[str, Rows]:
        """Category → rows."""
        array = self.result.plain("impacts")
        labels = _labels(array, "entry", ("name", "where", "actor", "group", "stage", "kind"))
        values = self.yearly(array.values).mean(axis=0)
        return {
            str(name): Rows(labels, values[:, :, index])
            for index, name in enumerate(array.coords["category"].values)
        }

    @cached_property
    def stock_labels(self) -> list[dict[str, str]]:
        return _labels(self.result.plain("stock"), "holder", ("process", "item", "kind", "unit"))

    @cached_property
    def stock(self) -> Array:
        """(sample, year, holder) units at the end of each year."""
        values: Array = self.result.plain("stock").values[:, self._ends]
        return values

    @cached_property
    def ages(self) -> dict[str, tuple[NDArray[np.int64], Array]]:
        """Use process → (years made, (year, year made) units in use), where it was recorded."""
        array = self.result.plain("ages")
        if not array.size("process"):
            return {}
        made = np.asarray(array.coords["year_made"].values, dtype=np.int64)
        starts = np.searchsorted(made, np.unique(made))
        values = np.add.reduceat(array.values[:, self._ends].mean(axis=0), starts, axis=2)
        return {
            str(p): (np.unique(made), values[:, index])
            for index, p in enumerate(array.coords["process"].values)
        }

    @cached_property
    def residuals(self) -> dict[str, tuple[float, int]]:
        """Process → largest relative residual of its balance, and the year."""
        array = self.result.plain("balance")
        values = array.values.max(axis=0)
        at = values.argmax(axis=0) if len(values) else []
        return {
            str(name): (float(values[at[index], index]), int(self._year_of_step[at[index]]))
            for index, name in enumerate(array.coords["process"].values)
        }


def _labels(array: Plain, dim: str, columns: Iterable[str]) -> list[dict[str, str]]:
    names = list(columns)
    texts = [[str(value) for value in array.coords[name].values] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*texts, strict=True)]


class Study:
    """All runs of a report; in a comparison the reference comes first in colour, not in order."""

    def __init__(self, found: Result | Comparison) -> None:
        self.found = found
        results = list(found.results.values()) if isinstance(found, Comparison) else [found]
        self.reference_name = found.reference if isinstance(found, Comparison) and len(results) > 1 else None
        self.model: Model = results[0].model
        self.names = Names(self.model)
        self.runs: list[Run] = []
        for result in results:
            colour, dash = self._look(result.scenario)
            self.runs.append(Run(result, self.names.scenario(result.scenario), colour, dash))

    def _look(self, scenario: str) -> tuple[str, str]:
        if scenario == self.reference_name:
            return REFERENCE, "6 4"
        used = sum(1 for run in self.runs if run.colour != REFERENCE)
        return PALETTE[used % len(PALETTE)], "" if used < len(PALETTE) else "2 3"

    @property
    def is_comparison(self) -> bool:
        return len(self.runs) > 1

    @cached_property
    def reference(self) -> Run | None:
        """The run that others are compared with; None for a single run."""
        return next((run for run in self.runs if run.name == self.reference_name), None)

    @property
    def others(self) -> list[Run]:
        return [run for run in self.runs if run is not self.reference]

    @property
    def years(self) -> list[int]:
        return self.runs[0].years

    @property
    def last(self) -> int:
        return self.years[-1]

    @property
    def samples(self) -> int:
        return self.runs[0].result.samples

    @property
    def kind(self) -> str:
        """What the numbers are, by the name of the words that say it."""
        if self.samples == 1:
            return "one_by_chance" if self.runs[0].by_chance else "expected_values"
        alike = all(all_alike(run.result) for run in self.runs)
        return "samples_alike" if alike else "of_samples"

    @property
    def currency(self) -> str:
        return self.model.money.currency if self.model.money else "JPY"
