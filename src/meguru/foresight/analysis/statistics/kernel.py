"""Loops that numpy cannot say: k-means and the dip.

Each function is called with one set of types. Sums run in a fixed order, so that results do not depend on the
number of threads. All loops that others call stand in this file: numba keeps compiled code by the state of
it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

ROUNDS = 30  # of Lloyd's algorithm at most; cuts of a continuum converge slowly and gain nothing after


@njit(cache=True, nogil=True, error_model="numpy")
def _distances(points: Floats, centre: Floats, into: Floats) -> None:
    """Squared distances of all points, (dimension, point), from one centre."""
    into[:] = 0.0
    for axis in range(points.shape[0]):
        for point in range(points.shape[1]):
            away = points[axis, point] - centre[axis]
            into[point] += away * away


@njit(cache=True, nogil=True, error_model="numpy")
def _seed(points: Floats, count: int, chances: Floats) -> Floats:
    """Centres by k-means++ (Arthur & Vassilvitskii 2007): far points are likelier."""
    axes, size = points.shape
    centres = np.empty((count, axes))
    centres[0] = points[:, min(int(chances[0] * size), size - 1)]
    nearest = np.empty(size)
    _distances(points, centres[0], nearest)
    away = np.empty(size)
    for number in range(1, count):
        aim = chances[number] * nearest.sum()
        chosen, reached = size - 1, 0.0
        for point in range(size):
            reached += nearest[point]
            if reached >= aim:
                chosen = point
                break
        centres[number] = points[:, chosen]
        _distances(points, centres[number], away)
        nearest = np.minimum(nearest, away)
    return centres


@njit(cache=True, nogil=True, error_model="numpy")
def _assign(points: Floats, squares: Floats, centres: Floats, labels: Labels, nearest: Floats) -> bool:
    """Give each point to its nearest centre; whether any point moved. ``squares`` are those of the points."""
    products = np.dot(centres, points)
    found = np.zeros(points.shape[1], dtype=np.int64)
    for number in range(centres.shape[0]):
        own = 0.0
        for axis in range(points.shape[0]):
            own += centres[number, axis] ** 2
        for point in range(points.shape[1]):
            away = own - 2.0 * products[number, point]
            if number == 0 or away < nearest[point]:
                nearest[point] = away
                found[point] = number
    moved = False
    for point in range(points.shape[1]):
        nearest[point] += squares[point]
        if found[point] != labels[point]:
            labels[point] = found[point]
            moved = True
    return moved


@njit(cache=True, nogil=True, error_model="numpy")
def _centre(rows: Floats, labels: Labels, nearest: Floats, centres: Floats) -> None:
    """Centres become the means of their points; one without any takes the worst served point."""
    sizes = np.zeros(centres.shape[0])
    centres[:] = 0.0
    for point in range(rows.shape[0]):
        label = labels[point]
        sizes[label] += 1.0
        for axis in range(rows.shape[1]):
            centres[label, axis] += rows[point, axis]
    for number in range(centres.shape[0]):
        if sizes[number] > 0:
            centres[number] /= sizes[number]
        else:
            worst = int(np.argmax(nearest))
            nearest[worst] = 0.0
            centres[number] = rows[worst]


@njit(cache=True, nogil=True, error_model="numpy")
def cluster(points: Floats, count: int, chances: Floats) -> tuple[Labels, Floats, float]:
    """k-means (Lloyd 1982) from as many starts as ``chances`` has rows; the best of them.

    Parameters
    ----------
    points
        (dimension, point).
    count
        Number of clusters.
    chances
        (start, at least count), uniform in (0, 1).

    Returns
    -------
    labels (point,), centres (cluster, dimension), sum of squared distances within
    """
    size = points.shape[1]
    best = np.inf
    best_labels = np.zeros(size, dtype=np.int64)
    best_centres = np.zeros((count, points.shape[0]))
    rows = points.T.copy()
    nearest, squares = np.empty(size), np.empty(size)
    _distances(points, np.zeros(points.shape[0]), squares)
    for start in range(chances.shape[0]):
        centres = _seed(points, count, chances[start])
        labels = np.full(size, -1, dtype=np.int64)
        for _ in range(ROUNDS):
            if not _assign(points, squares, centres, labels, nearest):
                break
            _centre(rows, labels, nearest, centres)
        _assign(points, squares, centres, labels, nearest)
        within = nearest.sum()
        if within < best:
            best = within
            best_labels[:] = labels
            best_centres[:] = centres
    return best_labels, best_centres, best


@njit(cache=True, nogil=True, error_model="numpy")
def within_by_count(points: Floats, largest: int, chances: Floats) -> Floats:
    """Sum of squares within for 1 to ``largest`` clusters of points (dimension, point)."""
    found = np.empty(largest)
    for count in range(1, largest + 1):
        starts = chances if count > 1 else chances[:1]
        found[count - 1] = cluster(points, count, starts)[2]
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _hull(
    values: Floats, counts: Floats, low: int, high: int, sign: float, corners: Labels, heights: Floats
) -> int:
    """Convex minorant (sign 1) or concave majorant (−1) of counts over values ``low`` to ``high``.

    Writes its corners and its height at each value; returns how many corners there are.
    """
    found = 0
    for point in range(low, high + 1):
        while found >= 2:
            last, before = corners[found - 1], corners[found - 2]
            slope = (counts[last] - counts[before]) * (values[point] - values[last])
            next_slope = (counts[point] - counts[last]) * (values[last] - values[before])
            if sign * (next_slope - slope) > 0:
                break
            found -= 1
        corners[found] = point
        found += 1
    for part in range(found - 1):
        first, last = corners[part], corners[part + 1]
        steep = (counts[last] - counts[first]) / (values[last] - values[first])
        for point in range(first, last):
            heights[point] = counts[first] + steep * (values[point] - values[first])
    heights[high] = counts[high]
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def dip(values: Floats, before: Floats, through: Floats) -> float:
    """Dip of a sample: distance of its distribution from the nearest with one peak, times twice its size.

    Hartigan & Hartigan 1985, https://doi.org/10.1214/aos/1176346577. The distribution just below a value is
    ``before``, at it ``through``: the convex minorant runs under the first, the concave majorant over the
    second. The part in which the peak may stand is narrowed from both ends. A value that stands there many
    times may be the peak, elsewhere it counts in full.

    Parameters
    ----------
    values
        (value,) ascending, each once.
    before, through
        (value,) how many of the sample are below the value, and how many at it or below.
    """
    low, high = 0, values.shape[0] - 1
    deepest = 1.0
    below, above = np.empty(high + 1, dtype=np.int64), np.empty(high + 1, dtype=np.int64)
    under, over = np.empty(high + 1), np.empty(high + 1)
    while high > low:
        lows = _hull(values, before, low, high, 1.0, below, under)
        highs = _hull(values, through, low, high, -1.0, above, over)
        widest, at, by_low = -1.0, low, True
        for number in range(lows):
            point = below[number]
            if over[point] - before[point] > widest:
                widest, at, by_low = over[point] - before[point], point, True
        for number in range(highs):
            point = above[number]
            if through[point] - under[point] > widest:
                widest, at, by_low = through[point] - under[point], point, False
        if widest <= deepest:
            break
        next_low, next_high = at, at
        if by_low:
            for number in range(highs):
                if above[number] >= at:
                    next_high = above[number]
                    break
        else:
            for number in range(lows):
                if below[number] <= at:
                    next_low = below[number]
        for point in range(low, next_low):
            deepest = max(deepest, through[point] - under[point])
        for point in range(next_high + 1, high + 1):
            deepest = max(deepest, over[point] - before[point])
        if next_low == low and next_high == high:
            break
        low, high = next_low, next_high
    return float(deepest)
