"""Boxes in which a group is dense: the patient rule induction method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

Floats = NDArray[np.float64]
Sides = NDArray[np.bool_]

PEEL = 0.05  # share of the box that a step takes or gives
LEAST = 0.03  # share of all scenarios below which a box is not peeled
DOUBT = 0.05  # chance above which a restriction is dropped


@dataclass(frozen=True, eq=False)
class Box:
    """Bounds (column,), infinite where a column is free."""

    low: Floats
    high: Floats

    def holds(self, values: Floats) -> Sides:
        """Which rows of values (scenario, column) are inside."""
        return np.asarray(((values >= self.low) & (values <= self.high)).all(axis=1))

    @property
    def restricted(self) -> tuple[int, ...]:
        """Columns with a bound."""
        return tuple(int(one) for one in np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high)))

    def without(self, column: int) -> Box:
        """The box with a column free again."""
        low, high = self.low.copy(), self.high.copy()
        low[column], high[column] = -np.inf, np.inf
        return Box(low, high)

    def bounded(self, column: int, *, low: float | None = None, high: float | None = None) -> Box:
        """The box with another bound."""
        lows, highs = self.low.copy(), self.high.copy()
        if low is not None:
            lows[column] = low
        if high is not None:
            highs[column] = high
        return Box(lows, highs)


def quality(inside: Sides, wanted: Sides) -> tuple[float, float]:
    """Coverage, the share of the wanted that is inside; density, the share of the inside that is wanted."""
    both = int((inside & wanted).sum())
    return both / max(int(wanted.sum()), 1), both / max(int(inside.sum()), 1)


def balance(inside: Sides, wanted: Sides) -> float:
    """Harmonic mean of coverage and density."""
    coverage, density = quality(inside, wanted)
    return 2 * coverage * density / (coverage + density) if coverage + density > 0 else 0.0


def find_box(values: Floats, wanted: Sides) -> Box:
    """Peel, choose, paste, prune (Friedman & Fisher 1999, https://doi.org/10.1023/A:1008894516817).

    Of the boxes on the way down that with the largest harmonic mean of coverage and density is taken; pasting
    widens it while that grows; restrictions that chance explains are dropped (Bryant & Lempert 2010,
    https://doi.org/10.1016/j.techfore.2009.08.002).

    Parameters
    ----------
    values
        (scenario, column).
    wanted
        (scenario,).
    """
    box = peel(values, wanted)
    return prune(paste(box, values, wanted), values, wanted)


def way_down(values: Floats, wanted: Sides) -> Iterator[Box]:
    """Take a twentieth off that side of that column which leaves the densest box, again and again."""
    columns = values.shape[1]
    box = Box(np.full(columns, -np.inf), np.full(columns, np.inf))
    inside = np.arange(len(values))
    yield box
    while len(inside) > max(LEAST * len(values), 10):
        step = _densest(values[inside], wanted[inside])
        if step is None:
            return
        column, is_low, bound = step
        box = box.bounded(column, low=bound) if is_low else box.bounded(column, high=bound)
        row = values[inside, column]
        inside = inside[row >= bound if is_low else row <= bound]
        yield box


def peel(values: Floats, wanted: Sides) -> Box:
    """The box on the way down with the largest harmonic mean of coverage and density."""
    boxes = list(way_down(values, wanted))
    found = [balance(box.holds(values), wanted) for box in boxes]
    best = 0
    for place, one in enumerate(found):
        if one > found[best] + 1e-12:
            best = place
    return boxes[best]


def _densest(values: Floats, wanted: Sides) -> tuple[int, bool, float] | None:
    """Column, side and bound of the best peel: most gain in density for each scenario lost."""
    size, total = len(values), wanted.sum()
    order = np.argsort(values, axis=0, kind="stable")
    ranked = np.take_along_axis(values, order, axis=0)
    counts = np.cumsum(wanted[order], axis=0)
    taken = max(1, int(PEEL * size))
    found, best = None, 0.0
    for column in range(values.shape[1]):
        row = ranked[:, column]
        # Ties go together: the cut stands before the next larger (smaller) value.
        lost = int(np.searchsorted(row, row[taken - 1], side="right"))
        if lost < size:
            kept = (total - counts[lost - 1, column]) / (size - lost)
            gain = (kept - total / size) / lost
            if gain > best + 1e-15:
                found, best = (column, True, float(row[lost])), gain
        left = int(np.searchsorted(row, row[size - taken], side="left"))
        if left > 0:
            gain = (counts[left - 1, column] / left - total / size) / (size - left)
            if gain > best + 1e-15:
                found, best = (column, False, float(row[left - 1])), gain
    return found


def paste(box: Box, values: Floats, wanted: Sides) -> Box:
    """Widen one bound at a time while the balance of coverage and density grows."""
    while True:
        best, best_balance = None, balance(box.holds(values), wanted)
        for column in box.restricted:
            for wider in _wider(box, column, values):
                found = balance(wider.holds(values), wanted)
                if found > best_balance + 1e-12:
                    best, best_balance = wider, found
        if best is None:
            return box
        box = best


def _wider(box: Box, column: int, values: Floats) -> list[Box]:
    others = box.without(column).holds(values)
    row = np.sort(values[others, column])
    step = max(1, int(PEEL * box.holds(values).sum()))
    found = []
    if np.isfinite(box.low[column]):
        place = int(np.searchsorted(row, box.low[column], side="left")) - step
        found.append(box.bounded(column, low=float(row[place]) if place > 0 else -np.inf))
    if np.isfinite(box.high[column]):
        place = int(np.searchsorted(row, box.high[column], side="right")) - 1 + step
        found.append(box.bounded(column, high=float(row[place]) if place < len(row) - 1 else np.inf))
    return found


def chance_of(box: Box, column: int, values: Floats, wanted: Sides) -> float:
    """Chance of as many wanted scenarios in the box if its bounds on the column told nothing."""
    inside = box.holds(values)
    _, density = quality(box.without(column).holds(values), wanted)
    return float(binom.sf((inside & wanted).sum() - 1, inside.sum(), density))


def prune(box: Box, values: Floats, wanted: Sides) -> Box:
    """Drop restrictions, the most doubtful first, until chance explains none of those left."""
    while box.restricted:
        chances = {column: chance_of(box, column, values, wanted) for column in box.restricted}
        worst = max(chances, key=lambda column: chances[column])
        if chances[worst] <= DOUBT:
            break
        box = box.without(worst)
    return box
