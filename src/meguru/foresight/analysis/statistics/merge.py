"""The order in which groups merge, from their centroids and sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Branch = tuple[tuple[int, ...], Floats, float]  # groups, centroid, size


@dataclass(frozen=True, slots=True)
class Merge:
    """Two branches that become one; read from the root it is a split. The larger branch stands left."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    height: float


def merges(centroids: Floats, sizes: Floats) -> tuple[Merge, ...]:
    """All merges, the root first.

    Of all pairs those two merge whose union adds least to the squared distances within (Ward 1963,
    https://doi.org/10.1080/01621459.1963.10500845): ``n_a n_b / (n_a + n_b) · |c_a − c_b|²``.

    Parameters
    ----------
    centroids
        (group, component).
    sizes
        (group,), positive.
    """
    branches: list[Branch] = [
        ((number,), centroids[number], float(sizes[number])) for number in range(len(sizes))
    ]
    found: list[Merge] = []
    while len(branches) > 1:
        pairs = [(one, other) for one in range(len(branches)) for other in range(one)]
        costs = [_cost(branches[one], branches[other]) for one, other in pairs]
        least = int(np.argmin(costs))
        one, other = (branches[number] for number in pairs[least])
        large, small = (one, other) if (one[2], other[0]) > (other[2], one[0]) else (other, one)
        found.append(Merge(large[0], small[0], float(np.sqrt(2 * costs[least]))))
        size = one[2] + other[2]
        union: Branch = (large[0] + small[0], (one[1] * one[2] + other[1] * other[2]) / size, size)
        branches = [branch for number, branch in enumerate(branches) if number not in pairs[least]]
        branches.append(union)
    return tuple(reversed(found))


def _cost(one: Branch, other: Branch) -> float:
    away = one[1] - other[1]
    return one[2] * other[2] / (one[2] + other[2]) * float(away @ away)


def leaves(found: tuple[Merge, ...]) -> tuple[int, ...]:
    """Groups from top to bottom of the drawn tree; the one group where nothing merges."""
    return found[0].left + found[0].right if found else (0,)
