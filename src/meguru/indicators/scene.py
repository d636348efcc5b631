"""What formulas look at: the result of a scenario by year, or its model alone, to check dimensions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine import Result
from meguru.errors import IndicatorError
from meguru.indicators.filters import matching, names_of, split_filter, unknown_name
from meguru.indicators.value import Array, Value, value_of
from meguru.model.checks.numbers import Evaluation
from meguru.model.components import Model
from meguru.model.network import PART_FAILURE, Network, resolve
from meguru.quantity.units import size_of

if TYPE_CHECKING:
    from meguru.engine.results.plain import Plain

Labels = Mapping[str, NDArray[Any]]
UNKNOWN = np.full((1, 1), np.nan)
ROWS = {
    "units": "flow",
    "stock": "holder",
    "stock_mass": "holder",
    "events": "event",
    "energy": "entry",
    "exchanges": "entry",
    "impacts": "entry",
    "work": "entry",
    "money": "payment",
}
ENTRY_LABELS = ("name", "where", "actor", "group", "stage", "kind", "exchange")
PAYMENT_LABELS = ("payer", "payee", "kind", "group", "name", "where", "item", "exchange", "stage")


class Scene(ABC):
    """One scenario as formulas see it.

    Parameters
    ----------
    name
        Of the scenario.
    model
        With the scenario applied.
    others
        The model before any scenario, and those of the other scenarios: a filter may name what only they
        have, and what nothing fits here has the unit that it has there.
    """

    def __init__(self, name: str, model: Model, others: Callable[[], Iterable[Model]]) -> None:
        self.name = name
        self.model = model
        self.known: dict[Any, Value] = {}
        self._others = others
        self._names: dict[str, set[str]] = {}

    @property
    def currency(self) -> str:
        """Of all money."""
        return self.model.money.currency if self.model.money else "JPY"

    def names(self, kind: str) -> set[str]:
        """Names of one kind in this scenario."""
        if kind not in self._names:
            self._names[kind] = names_of(self.model, kind)
        return self._names[kind]

    def select(self, kind: str, text: str) -> set[str]:
        """Names that a filter fits; it may fit some only in other scenarios.

        Raises
        ------
        UnknownNameError
            One of its alternatives fits nothing in any scenario.
        """
        found: set[str] = set()
        for alternative in split_filter(text):
            here = matching(alternative, self.names(kind))
            if not here:
                every = self.names(kind).union(*(names_of(model, kind) for model in self._others()))
                if not matching(alternative, every):
                    raise unknown_name(kind, alternative, every)
            found |= here
        return found

    @cached_property
    def elsewhere(self) -> list[ModelScene]:
        """The model in all its scenarios before they are run: units do not depend on what one of them has."""
        return [ModelScene("", model, self._others) for model in self._others()]

    def country_shares(self, countries: set[str]) -> dict[str, Array]:
        """Supply → (1, year or 1) share of what it gives that is from these countries, as expected."""
        evaluation = Evaluation(self.model)
        found: dict[str, Array] = {}
        for name, process in self.model.processes.items():
            for country in sorted(countries & process.countries.keys()):
                share = evaluation.array(
                    process.countries[country], "1", f"processes.{name}.countries.{country}"
                )
                found[name] = found.get(name, 0.0) + share
        return found

    # -- what the two kinds of scene know differently ------------------------------------------------------

    @abstractmethod
    def labels(self, array: str) -> Labels:
        """Labels of the rows of an array of the result, by coordinate."""

    @abstractmethod
    def total(self, array: str, rows: NDArray[np.int64], units: Sequence[str] | str) -> Value:
        """Sum over rows, per year; of ``stock`` arrays at the end of each year.

        ``units`` of the rows are alike in dimension.
        """

    @abstractmethod
    def mass(self, rows: NDArray[np.int64], materials: list[str] | None, origins: list[str] | None) -> Value:
        """Mass in some flows per year."""

    @abstractmethod
    def held_mass(self, rows: NDArray[np.int64], materials: list[str]) -> Value:
        """Mass that some holders hold at the end of each year."""

    @abstractmethod
    def impact(self, rows: NDArray[np.int64], category: str) -> Value:
        """Impact of some entries per year."""

    @property
    def years(self) -> NDArray[np.int64]:
        """Reported years."""
        return np.arange(self.model.time.first, self.model.time.last + 1)


class ResultScene(Scene):
    """The result of a scenario."""

    def __init__(self, result: Result, others: Callable[[], Iterable[Model]]) -> None:
        super().__init__(result.scenario, result.model, others)
        self.result = result
        self._labels: dict[str, Labels] = {}
        self._values: dict[str, Array] = {}

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """First step of each reported year."""
        along = np.asarray(self._array("units").coords["year"].values)
        return np.searchsorted(along, self.years)

    def labels(self, array: str) -> Labels:
        if array not in self._labels:
            coords = self._array(array).coords
            along = (ROWS[array],)
            self._labels[array] = {name: one.values for name, one in coords.items() if one.dims == along}
        return self._labels[array]

    def _array(self, name: str) -> Plain:
        return self.result.plain(name)

    def per_year(self, array: str) -> Array:
        """(sample, year, row ...) what flows in each year; of stocks what is there at its end."""
        if array not in self._values:
            self._values[array] = self._to_years(
                np.asarray(self._array(array).values), array.startswith("stock")
            )
        return self._values[array]

    def _to_years(self, values: Array, stock: bool = False) -> Array:
        if values.shape[1] == len(self.years):
            return values
        if stock:
            return values[:, [*(self._starts[1:] - 1), -1]]
        return np.add.reduceat(values, self._starts, axis=1)

    def total(self, array: str, rows: NDArray[np.int64], units: Sequence[str] | str) -> Value:
        values = self.per_year(array)[..., rows]
        different = {units} if isinstance(units, str) else set(units)
        if len(different) == 1:
            return value_of(values.sum(axis=-1), per_year(array, different.pop()))
        common = units[0]
        sizes = np.array([size_of(unit) / size_of(common) for unit in units])
        return value_of(values @ sizes, per_year(array, common))

    def mass(self, rows: NDArray[np.int64], materials: list[str] | None, origins: list[str] | None) -> Value:
        return value_of(self.kilograms([int(row) for row in rows], materials, origins), "kg/year")

    def kilograms(
        self, rows: list[int], materials: list[str] | None = None, origins: list[str] | None = None
    ) -> Array:
        """(sample, year) kg in some flows together."""
        return self._to_years(self.result.mass(rows, materials, origins))

    def at_year_end(self, values: Array) -> Array:
        """(sample, year) of (sample, time)."""
        return self._to_years(values, stock=True)

    def held_mass(self, rows: NDArray[np.int64], materials: list[str]) -> Value:
        every = [str(name) for name in self._array("stock_mass").coords["material"].values]
        columns = [every.index(name) for name in materials]
        values = self.per_year("stock_mass")[:, :, rows][..., columns]
        return value_of(values.sum(axis=(-2, -1)), "kg")

    def impact(self, rows: NDArray[np.int64], category: str) -> Value:
        every = [str(name) for name in self._array("impacts").coords["category"].values]
        values = self.per_year("impacts")[:, :, rows, every.index(category)]
        return value_of(values.sum(axis=-1), f"({self.model.impacts[category].unit})/year")


class ModelScene(Scene):
    """A scenario before it is run: numbers are unknown, names and dimensions are not."""

    def __init__(self, name: str, model: Model, others: Callable[[], Iterable[Model]]) -> None:
        super().__init__(name, model, others)
        self._labels: dict[str, Labels] = {}

    @cached_property
    def network(self) -> Network:
        """Which item flows where."""
        return resolve(self.model)

    def labels(self, array: str) -> Labels:
        if ROWS[array] in ("entry", "payment"):  # which entries there are does not matter to dimensions
            empty = np.array([], dtype=object)
            return dict.fromkeys(PAYMENT_LABELS if array == "money" else ENTRY_LABELS, empty)
        if array not in self._labels:
            rows = {"units": self._flows, "stock": self._holders, "events": self._events}[array]()
            names = {
                "units": ("route", "item", "source", "port", "target", "side"),
                "stock": ("process", "item", "kind"),
                "events": ("process", "item", "kind", "cause"),
            }[array]
            table = [(*row, self.model.items[row[1]].unit) for row in rows]
            columns = np.array(table, dtype=object).reshape(-1, len(names) + 1).T
            self._labels[array] = dict(zip((*names, "unit"), columns, strict=True))
        return self._labels[array]

    def _flows(self) -> list[tuple[str, ...]]:
        return [(f.name, f.item, f.source, f.port, f.target, f.side) for f in self.network.flows]

    def _holders(self) -> list[tuple[str, ...]]:
        uses = [(name, p.product or "", "use") for name, p in self.model.processes.items() if p.kind == "use"]
        stores = [name for name, p in self.model.processes.items() if p.kind == "store"]
        return [
            *uses,
            *((name, item, "store") for name in stores for item in self.network.arriving.get(name, ())),
        ]

    def _events(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for name, process in self.model.processes.items():
            if process.kind != "use" or process.product is None:
                continue
            rows += [(name, process.product, kind, "") for kind in ("sales", "demand", "unmet")]
            rows += [(name, process.product, "retired", cause) for cause in (PART_FAILURE, *process.leave)]
            rows += [(name, part, kind, "") for part in process.parts for kind in ("failed", "spares")]
        return rows

    def total(self, array: str, rows: NDArray[np.int64], units: Sequence[str] | str) -> Value:
        return value_of(UNKNOWN, per_year(array, units if isinstance(units, str) else units[0]))

    def mass(self, rows: NDArray[np.int64], materials: list[str] | None, origins: list[str] | None) -> Value:
        return value_of(UNKNOWN, "kg/year")

    def held_mass(self, rows: NDArray[np.int64], materials: list[str]) -> Value:
        return value_of(UNKNOWN, "kg")

    def impact(self, rows: NDArray[np.int64], category: str) -> Value:
        return value_of(UNKNOWN, f"({self.model.impacts[category].unit})/year")


def per_year(array: str, unit: str) -> str:
    """Unit of an array of the result summed to years; what is held has no time in it."""
    return unit if array.startswith("stock") else f"({unit or '1'})/year"


def result_of(scene: Scene, function: str) -> Result:
    """The result behind a scene.

    Raises
    ------
    IndicatorError
        There is only a model.
    """
    if not isinstance(scene, ResultScene):
        raise IndicatorError(f"{function}() needs a result")
    return scene.result
