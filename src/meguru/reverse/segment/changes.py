"""Where a series changes its manner: for finding when a machine was given other work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError

LEVELS = 10  # parts of equal size into which values, and their changes, are sorted
SHORTEST = 0.02  # of the series


def changes(series: Sequence[float] | NDArray[np.float64], count: int, window: int) -> list[int]:
    r"""The places at which a series changes, for a given number of changes.

    Each window is described by the shares of its values, and of their differences, that lie in each tenth
    of all; the parts between changes are those of the least sum of squares within parts (dynamic
    programming: the best of all).

    Parameters
    ----------
    series
        As power, evenly in time.
    count
        How many changes.
    window
        Values described together; a few periods of what repeats.

    Returns
    -------
    First index of each part but the first, a multiple of the window.

    Raises
    ------
    RangeError
        The series is too short for so many changes, or holds what is no number.
    """
    values = np.asarray(series, dtype=np.float64)
    if not np.isfinite(values).all():
        raise RangeError("a series holds what is no number")
    if window < 1 or count < 0:
        raise RangeError("window and count", found=f"{window}, {count}", expected="1 or more, 0 or more")
    difference = np.diff(values, prepend=values[:1])
    described = np.concatenate([_shares(values, window), _shares(difference, window)], axis=1)
    shortest = max(1, int(SHORTEST * len(described)))
    if len(described) < (count + 1) * shortest:
        raise RangeError(
            "the series is too short", found=values.size, expected=f"{(count + 1) * shortest * window}"
        )
    return [window * place for place in _best_parts(described, count, shortest)]


def _shares(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Of each window the share of values in each level, (windows, levels)."""
    edges = np.unique(np.quantile(values, np.linspace(0.0, 1.0, LEVELS + 1)[1:-1])) if values.size else values
    rows = values.size // window
    level = np.searchsorted(edges, values[: rows * window]).reshape(rows, window)
    return np.stack([(level == one).mean(axis=1) for one in range(edges.size + 1)], axis=1)


def _best_parts(described: NDArray[np.float64], count: int, shortest: int) -> list[int]:
    """Edges of the parts with the least sum of squares about their means."""
    spread = described.std(axis=0)
    scaled = (described - described.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    rows = len(scaled)
    sums = np.concatenate([np.zeros((1, scaled.shape[1])), scaled.cumsum(axis=0)])
    squares = np.concatenate([[0.0], (scaled**2).sum(axis=1).cumsum()])
    cost = np.full((count + 2, rows + 1), np.inf)
    came_from = np.zeros((count + 2, rows + 1), dtype=np.int64)
    cost[0, 0] = 0.0
    for end in range(shortest, rows + 1):
        first = np.arange(end - shortest + 1)
        inside = squares[end] - squares[first] - ((sums[end] - sums[first]) ** 2).sum(axis=1) / (end - first)
        for part in range(1, count + 2):
            total = cost[part - 1, : first.size] + inside
            came_from[part, end] = best = int(np.argmin(total))
            cost[part, end] = total[best]
    edges, end = [], rows
    for part in range(count + 1, 1, -1):
        end = int(came_from[part, end])
        edges.append(end)
    return edges[::-1]
