"""What can be chosen: numbers between bounds, in steps, or whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError

Array = NDArray[np.float64]
FEW_LEVELS = 11  # of a number that may take any value, in a grid
SLACK = 1e-9  # of a step: bounds that differ from a whole number of steps by rounding


@dataclass(frozen=True, slots=True)
class Variable:
    """A number that can be chosen.

    Attributes
    ----------
    low, high
        Least and largest value.
    step
        Only every so much from ``low`` on; None: any value.
    """

    name: str
    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low <= self.high):
            raise RangeError(
                "an empty range",
                place=self.name,
                found=f"{self.low} to {self.high}",
                expected="low below high",
            )
        if self.step is not None and not self.step > 0.0:
            raise RangeError(
                "a step that leads nowhere", place=self.name, found=self.step, expected="above 0"
            )

    @property
    def count(self) -> int | None:
        """How many values it may take; None: any."""
        if self.low == self.high:
            return 1
        return None if self.step is None else int((self.high - self.low) / self.step + SLACK) + 1

    def size(self, few: int = FEW_LEVELS) -> int:
        """How many :meth:`levels` there are."""
        return few if self.count is None else self.count

    def levels(self, few: int = FEW_LEVELS) -> Array:
        """(level,) all values, or a ``few`` evenly spread ones where any value may be taken."""
        if self.step is None:
            return np.linspace(self.low, self.high, self.size(few))
        return self.snapped(self.low + self.step * np.arange(self.size(few), dtype=np.float64))

    def snapped(self, values: Array) -> Array:
        """The nearest values that may be taken."""
        if self.step is not None:
            last = (self.count or 1) - 1
            number = np.clip(np.rint((values - self.low) / self.step), 0.0, float(last))
            values = self.low + self.step * number
        found: Array = np.clip(values, self.low, self.high)
        return found

    def drawn(self, draws: np.random.Generator, count: int) -> Array:
        """(draw,) values by chance, each that may be taken as likely as any other."""
        if self.count is None:
            return draws.uniform(self.low, self.high, count)
        steps = draws.integers(0, self.count, count).astype(np.float64)
        return self.snapped(self.low + (self.step or 0.0) * steps)


def grid(variables: Sequence[Variable], few: int = FEW_LEVELS) -> Array:
    """(point, variable) all combinations of levels, the last variable fastest."""
    levels = [one.levels(few) for one in variables]
    return np.stack(np.meshgrid(*levels, indexing="ij"), axis=-1).reshape(-1, len(variables))


def snapped(variables: Sequence[Variable], points: Array) -> Array:
    """(point, variable) nearest points that may be chosen."""
    return np.stack([one.snapped(points[:, index]) for index, one in enumerate(variables)], axis=1)


def keys_of(points: Array) -> list[bytes]:
    """Of each point what is the same for the same numbers, NaN too."""
    return [row.tobytes() for row in np.where(np.isnan(points), np.nan, points + 0.0)]  # -0.0 becomes 0.0
