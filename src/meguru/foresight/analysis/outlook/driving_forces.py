"""Scenario planning by two driving forces: four quadrants of futures, held against the groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.foresight.analysis.grouping.features import row_of
from meguru.foresight.analysis.grouping.groups import Groups, outcome_profile
from meguru.foresight.analysis.grouping.names import propose_names
from meguru.foresight.futures import Futures
from meguru.foresight.wishes import Axis


@dataclass(frozen=True, slots=True)
class Quadrant:
    """One of four futures.

    Attributes
    ----------
    first_high, second_high
        On which side of the cuts it lies.
    name
        Proposed from the KPIs, by language; empty where no scenario is here.
    share
        Of the scenarios.
    groups
        Share of each group among its scenarios; empty where there are none.
    """

    first_high: bool
    second_high: bool
    name: dict[str, str]
    share: float
    groups: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DrivingForces:
    """Four quadrants against the groups.

    Attributes
    ----------
    first, second
        The axes, with their cuts.
    codes
        Of the groups, the columns of the quadrants.
    quadrants
        high and high, high and low, low and high, low and low.
    counts
        (quadrant, group) scenarios.
    association
        Cramér's V of quadrants and groups, 0 where they are independent and 1 where one tells the other; None
        where one of them does not differ.
    """

    first: Axis
    second: Axis
    codes: tuple[str, ...]
    quadrants: tuple[Quadrant, ...]
    counts: tuple[tuple[int, ...], ...]
    association: float | None


def driving_forces(futures: Futures, groups: Groups, first: Axis, second: Axis) -> DrivingForces:
    """Cut all scenarios by two driving forces, and count the groups in each of the four quadrants.

    Parameters
    ----------
    futures, groups
        The scenarios and their groups.
    first, second
        Two axes.

    Raises
    ------
    UnknownNameError
        No such node.
    RangeError
        No such year, a cut that is not a number, or twice the same axis.
    """
    if (first.node, first.year) == (second.node, second.year):
        raise RangeError("twice the same driving force", found=f"{first.node} in {first.year:g}")
    (first, one), (second, other) = (_cut(futures, axis) for axis in (first, second))
    place = (~one).astype(np.int64) * 2 + (~other).astype(np.int64)
    width = len(groups.codes)
    counts = np.bincount(place * width + groups.labels, minlength=4 * width).reshape(4, width)
    names = propose_names(futures.model, groups.kpis, outcome_profile(futures, place, 4))
    totals = counts.sum(axis=1)
    quadrants = tuple(
        Quadrant(
            first_high=number < 2,
            second_high=number % 2 == 0,
            name=names[number] if totals[number] else {},
            share=float(totals[number] / place.size),
            groups=tuple(float(one / totals[number]) for one in counts[number]) if totals[number] else (),
        )
        for number in range(4)
    )
    return DrivingForces(
        first=first,
        second=second,
        codes=groups.codes,
        quadrants=quadrants,
        counts=tuple(tuple(int(one) for one in row) for row in counts),
        association=cramer(counts),
    )


def _cut(futures: Futures, axis: Axis) -> tuple[Axis, NDArray[np.bool_]]:
    levels = np.asarray(futures.of(axis.node), dtype=float)[row_of(futures, axis.year)]
    cut = float(np.median(levels)) if axis.cut is None else float(axis.cut)
    if not np.isfinite(cut):
        raise RangeError("a cut that is not a number", place=axis.node, found=axis.cut)
    return Axis(axis.node, float(axis.year), cut), levels > cut


def cramer(counts: NDArray[np.int64]) -> float | None:
    """Cramér's V of a contingency table: √(χ² / (n · (smaller side − 1)))."""
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0].astype(float)
    if min(table.shape) < 2:
        return None
    total = table.sum()
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0)[None, :] / total
    square = float(((table - expected) ** 2 / expected).sum())
    return float(np.sqrt(square / (total * (min(table.shape) - 1))))
