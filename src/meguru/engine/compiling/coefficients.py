"""Every number of a model, read once into arrays that the kernels index.

Coefficients change by time, tables by the step in which a thing was made, hazards by age. Those that no
distribution touches have one row, whatever the number of samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.hazards import Clock, Curve, hazards_of, read_curve
from meguru.engine.sampling import Draw
from meguru.errors import MeguruError, RangeError
from meguru.model import where
from meguru.model.components import Lifetime, Model
from meguru.quantity import Distribution, Quantity, draw, plain_unit

Array = NDArray[np.float64]
ONE, ZERO = 0, 1
SLACK = 1e-12  # above the largest number possible
CUT_OFF = "Cut its distribution off by 'low' and 'high', or take one that ends there, as uniform or pert."
FINITE = float(np.finfo(np.float64).max)


class Reader:
    """Reads quantities of one model for one block of samples.

    Parameters
    ----------
    steps
        Calendar year of each step, (time,).
    draws
        Gives uniform numbers by place.
    block
        Samples first to last of a run; None for one run with expected values.
    values
        Sampled parameters given from outside: place → (sample,) in the unit of that quantity.
    """

    def __init__(
        self,
        model: Model,
        years: Array,
        draws: Draw,
        block: tuple[int, int] | None,
        values: Mapping[str, Array],
    ) -> None:
        self.model, self.years, self.draws, self.block, self.values = model, years, draws, block, values
        self.monthly = model.time.step == "month"
        # A series that says months is read by month, any other one at the calendar year.
        self.months = years + np.arange(len(years)) % 12 / 12 if self.monthly else years
        self.names: dict[str, tuple[Array, str]] = {}
        for name in _order(model):
            quantity = model.parameters[name]
            unit = quantity.unit or "1"
            self.names[name] = (self(quantity, unit, f"parameters.{name}"), unit)

    def __call__(self, quantity: Quantity, unit: str, place: str) -> Array:
        """(sample or 1, time or 1) in ``unit``; errors name file and line."""
        if place in self.values:
            first, last = self.block or (0, 1)
            given = np.asarray(self.values[place], dtype=np.float64)[first:last]
            times = Quantity(1.0, quantity.unit).evaluate(unit, self.years, place=place)
            return given[:, None] * times
        try:
            times = self.months if self.monthly and quantity.says_months() else self.years
            return quantity.evaluate(unit, times, draw=self._draw(place), names=self.names, place=place)
        except MeguruError as error:
            file, line = where(self.model, place)
            error.at(file=file, line=line)
            raise

    def is_sampled(self, quantity: Quantity, place: str) -> bool:
        """Whether the numbers of a quantity, or of a parameter that it is computed from, differ by sample."""
        if place in self.values:
            return True
        if self.block is None:
            return False
        return not quantity.is_certain() or any(
            self.is_sampled(self.model.parameters[name], f"parameters.{name}")
            for name in quantity.formula_names()
        )

    def _draw(self, place: str) -> Callable[[Distribution], Array] | None:
        if self.block is None:
            return None
        first, last = self.block

        def samples(distribution: Distribution) -> Array:
            return draw(distribution, self.draws(place, first, last))

        return samples


def _order(model: Model) -> list[str]:
    """Parameters, those that formulas refer to first; a circle is found by the checks."""
    done: dict[str, None] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in done or name in trail or name not in model.parameters:
            return
        for other in sorted(model.parameters[name].formula_names()):
            visit(other, (*trail, name))
        done[name] = None

    for name in model.parameters:
        visit(name, ())
    return list(done)


class Coefficients:
    """Collects coefficients, tables and hazards; :meth:`arrays` gives them in the kernels' form."""

    def __init__(self, read: Reader, step: float) -> None:
        self.read = read
        self.steps = len(read.years)
        self.step = step
        self._rows: list[Array] = [np.ones((1, 1)), np.zeros((1, 1))]
        self._tables: list[Array | float] = []
        self._in_kernel: dict[int, int] = {}
        self._curves: list[Curve | None] = []  # None: no hazard
        self._hazard_size = 0

    def add(
        self,
        quantity: Quantity | None,
        unit: str,
        place: str,
        *,
        default: int = ONE,
        scale: float = 1.0,
        low: float | None = 0.0,
        high: float | None = None,
    ) -> int:
        """Index of a coefficient; ``default`` where the quantity is not given."""
        if quantity is None:
            return default
        values = self.read(quantity, unit, place)
        check_range(self.read, quantity, values, place, low, high, unit)
        return self.put(values * scale)

    def put(self, values: Array) -> int:
        self._rows.append(values)
        return len(self._rows) - 1

    @property
    def count(self) -> int:
        """Number of coefficients."""
        return len(self._rows)

    def get(self, index: int) -> Array:
        return self._rows[index]

    def share(self, quantity: Quantity | None, place: str, default: int = ONE) -> int:
        return self.add(quantity, "1", place, default=default, high=1.0)

    def table(self, values: Array | float) -> int:
        """A table by step made, (sample or 1, steps or 1), or one number for all."""
        self._tables.append(values)
        return len(self._tables) - 1

    def entry(self, index: int) -> Array | float:
        """A table as it was put in."""
        return self._tables[index]

    def get_table(self, index: int) -> Array:
        values = self._tables[index]
        return np.array(((values,),)) if isinstance(values, float) else values

    def in_kernel(self, index: int) -> int:
        """Index of a table among those that the kernels read; the others never get a column by date."""
        return self._in_kernel.setdefault(index, len(self._in_kernel))

    def hazard(
        self, lifetime: Lifetime, place: str, stretch: Array | None, used: bool
    ) -> tuple[int, int, int, int]:
        """Offset and stride of the hazards by age, offset and stride of those in the step of the sale."""
        with self._at_place(place):
            curve = read_curve(lifetime, place, self.read, stretch, used)
        self._curves.append(curve)
        by_age = self._place_hazard(curve.dated)
        return (*by_age, *(self._place_hazard(curve.dated) if used else by_age))

    def no_hazard(self) -> tuple[int, int, int, int]:
        """A hazard that is zero at every age."""
        self._curves.append(None)
        zero = self._place_hazard(False)
        return (*zero, *zero)

    def _place_hazard(self, dated: bool) -> tuple[int, int]:
        """Offset and stride of hazards to come."""
        ages = self.steps + 1
        offset, stride = self._hazard_size, ages if dated else 0
        self._hazard_size += ages * ages if dated else ages
        return offset, stride

    def _hazards(self) -> Iterator[Array]:
        """(sample or 1, age) in the order in which they were placed."""
        curves = [curve for curve in self._curves if curve is not None]
        with self._at_place(""):
            found = iter(hazards_of(curves, Clock(self.steps, self.step, self.read.model.time.sales)))
        for curve in self._curves:
            if curve is None:
                yield np.zeros((1, self.steps + 1))
                continue
            for values in next(found)[: 2 if curve.used else 1]:
                # The oldest first: kernels go through what is there from the first made to the last.
                yield values[:, :, ::-1].reshape(values.shape[0], -1)

    @contextmanager
    def _at_place(self, place: str) -> Iterator[None]:
        """Errors name file and line of their place."""
        try:
            yield
        except MeguruError as error:
            file, line = where(self.read.model, error.place or place)
            error.at(file=file, line=line)
            raise

    def arrays(self, samples: int) -> tuple[Array, Array, Array]:
        """(sample, time × coefficient), (sample, table × date), (sample, hazard)."""
        return (
            _stack(self._rows, samples, self.steps).transpose(0, 2, 1).reshape(samples, -1),
            _with_last(_stack([self._tables[i] for i in self._in_kernel], samples, self.steps)).reshape(
                samples, -1
            ),
            _join(list(self._hazards()), samples),
        )


def _stack(rows: Sequence[Array | float], samples: int, length: int) -> Array:
    out = np.empty((samples, len(rows), length))
    for index, row in enumerate(rows):
        out[:, index, :] = row
    return out


def _with_last(tables: Array) -> Array:
    """Dates run one step further than time: pieces put in at the end of the last step."""
    return np.concatenate([tables, tables[:, :, -1:]], axis=2)


def _join(parts: Sequence[Array], samples: int) -> Array:
    size = sum(part.shape[1] for part in parts)
    out, at = np.empty((samples, size)), 0
    for part in parts:
        out[:, at : at + part.shape[1]] = part
        at += part.shape[1]
    return out


def check_range(
    read: Reader,
    quantity: Quantity,
    values: Array,
    place: str,
    low: float | None,
    high: float | None,
    unit: str,
) -> None:
    """Refuse numbers outside what is possible.

    Raises
    ------
    RangeError
    """
    lowest = -FINITE if low is None else low
    highest = FINITE if high is None else high + SLACK
    if lowest <= values.min() and values.max() <= highest:  # neither holds for what is not a number
        return
    wrong = ~((values >= lowest) & (values <= highest))
    sample, at = _first(read, quantity, wrong)
    number = float(values[sample, at])
    bounds = f"at least {low:g}" if high is None else f"{low:g} to {high:g}"
    # In a series the number of the year itself, if one is written for it.
    year = f".values.{read.years[at]:g}" if values.shape[1] > 1 else ""
    file, line = where(read.model, f"{place}{year}")
    drawn = read.is_sampled(quantity, place)
    sample += (read.block or (0, 0))[0]
    raise RangeError(
        "outside what is possible" + (f" in sample {sample} (counted from 0)" if drawn else ""),
        file=file,
        line=line,
        place=place,
        found=number if np.isfinite(number) else "not a number",
        expected=f"{bounds} {plain_unit(unit) if unit != '1' else ''}".strip(),
        hint=" ".join(_hints(quantity, drawn and place not in read.values)) or None,
    )


def _hints(quantity: Quantity, drawn: bool) -> Iterator[str]:
    """Where a number that is wrong comes from, and what to do about one that was drawn."""
    names = ", ".join(f"'parameters.{name}'" for name in sorted(quantity.formula_names()))
    if names:
        yield f"It is computed with {names}."
    if drawn:
        yield CUT_OFF


def _first(read: Reader, quantity: Quantity, wrong: NDArray[np.bool_]) -> tuple[int, int]:
    """Sample and step of the first number that is wrong; of a series rather one that was written."""
    sample = int(np.flatnonzero(wrong.any(axis=1))[0])
    steps = np.flatnonzero(wrong[sample])
    written = [step for step in steps if wrong.shape[1] > 1 and read.years[step] in quantity.years]
    return sample, int([*written, *steps][0])
