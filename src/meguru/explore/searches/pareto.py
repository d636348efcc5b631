"""Points of which none is better than another in every goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.explore.plans.goals import Goal
from meguru.explore.rounding import ranks

Array = NDArray[np.float64]


def non_dominated(costs: Array) -> NDArray[np.bool_]:
    """Which points no other point dominates.

    A point dominates another if it is nowhere worse and somewhere better, by more than rounding. Points that
    are alike do not dominate each other; a point with a NaN is never on the front and dominates nothing.

    Parameters
    ----------
    costs : (point, goal)
        Of each the less the better.

    Returns
    -------
    (point,)
    """
    defined = np.flatnonzero(~np.isnan(costs).any(axis=1))
    # Sorted by the sum of places, no point is dominated by a later one.
    places, group = np.unique(ranks_of(costs[defined]), axis=0, return_inverse=True)
    front = np.zeros(len(places), dtype=bool)
    kept = np.empty((0, costs.shape[1]), dtype=np.int64)
    for point in np.argsort(places.sum(axis=1), kind="stable"):
        if not (kept <= places[point]).all(axis=1).any():  # as no two are alike, one of these is better
            front[point] = True
            kept = np.vstack([kept, places[point]])
    found = np.zeros(len(costs), dtype=bool)
    found[defined] = front[group.reshape(-1)]
    return found


def ranks_of(costs: Array) -> NDArray[np.int64]:
    """(point, goal) places of costs among each other; the same for those that differ by rounding only."""
    return np.stack([ranks(column) for column in costs.T], axis=1)


def costs_of(goals: Sequence[Goal], values: Mapping[str, Array]) -> Array:
    """(point, goal) values with the sign by which less is better."""
    return np.stack([goal.sign * np.asarray(values[goal.name], dtype=np.float64) for goal in goals], axis=1)
