"""Points of which none is better than another in every goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.explore.plans.goals import Goal

Array = NDArray[np.float64]


def non_dominated(costs: Array) -> NDArray[np.bool_]:
    """Which points no other point dominates.

    A point dominates another if it is nowhere worse and somewhere better. Points that are alike do not
    dominate each other; a point with a NaN is never on the front and dominates nothing.

    Parameters
    ----------
    costs : (point, goal)
        Of each the less the better.

    Returns
    -------
    (point,)
    """
    defined = np.flatnonzero(~np.isnan(costs).any(axis=1))
    front = np.zeros(len(costs), dtype=bool)
    # Sorted by the sum, no point is dominated by a later one, but for rounding of the sum: hence all columns.
    order = defined[np.lexsort((*costs[defined].T[::-1], costs[defined].sum(axis=1)))]
    kept = np.empty((0, costs.shape[1]))
    for point in order:
        cost = costs[point]
        nowhere_worse = (kept <= cost).all(axis=1)
        if not (nowhere_worse & (kept < cost).any(axis=1)).any():
            front[point] = True
            kept = np.vstack([kept, cost])
    return front


def costs_of(goals: Sequence[Goal], values: Mapping[str, Array]) -> Array:
    """(point, goal) values with the sign by which less is better."""
    return np.stack([goal.sign * np.asarray(values[goal.name], dtype=np.float64) for goal in goals], axis=1)
