"""Typed doors to the compiled loops, and work on independent items side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.foresight.simulation import cores

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Item = TypeVar("Item")
Found = TypeVar("Found")


def _kernel() -> Any:
    return load_kernel("meguru.foresight.analysis.statistics.kernel")


def cluster(points: Floats, count: int, chances: Floats) -> tuple[Labels, Floats, float]:
    """k-means; see :func:`meguru.foresight.analysis.statistics.kernel.cluster`."""
    labels, centres, within = _kernel().cluster(np.ascontiguousarray(points), count, chances)
    return labels, centres, within


def within_by_count(points: Floats, largest: int, chances: Floats) -> Floats:
    """Sum of squares within for 1 to ``largest`` clusters of points (component, scenario)."""
    return np.asarray(_kernel().within_by_count(np.ascontiguousarray(points), largest, chances))


def dip(values: Floats) -> float:
    """Dip of values in any order; see :func:`meguru.foresight.analysis.statistics.kernel.dip`."""
    found, counts = np.unique(values, return_counts=True)
    through = np.cumsum(counts).astype(float)
    return float(_kernel().dip(found, through - counts, through)) / (2 * values.size)


def each(work: Callable[[Item], Found], items: Iterable[Item]) -> list[Found]:
    """``work`` on each item, on as many threads as there are cores; results in the order of the items."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(work, items))
