"""Gaussian surrogates of a whole run: the same means and covariances over nodes and years, no branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.branches.sides import state_at
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.statistics.partition import nearest
from meguru.foresight.analysis.statistics.streams import normals, some
from meguru.foresight.analysis.statistics.threads import one_thread
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]

SOURCES = 1500  # scenarios that are mixed at most


@dataclass(frozen=True, eq=False)
class Surrogate:
    """Mixed scenarios: ``labels`` (scenario,) of their groups by the same centroids."""

    labels: NDArray[np.int64]
    mix: Floats
    futures: Futures
    rows: NDArray[np.intp]

    def state(self, row: int) -> Floats:
        """State (scenario, variable) at a snapshot."""
        levels = state_at(self.futures, row, self.rows)
        centre = levels.mean(axis=0)
        return np.asarray(self.mix @ (levels - centre) + centre)


def surrogates(groups: Groups, futures: Futures, count: int, size: int) -> Iterator[Surrogate]:
    """Surrogates of ``size`` scenarios each.

    A surrogate scenario is ``m + Σ_s g_s (x_s − m) / √S`` over ``S`` simulated ones with ``g`` standard
    normal: given the simulated scenarios it is normal with their mean ``m`` and covariance, jointly over all
    nodes, years and features.
    """
    rows = some(groups.seed, "surrogates.sources", futures.members.size, SOURCES)
    with one_thread():
        points = groups.space.points(futures)[:, rows]
        centre = points.mean(axis=1)[:, None]
        for number in range(count):
            mix = normals(groups.seed, f"surrogates.{number}", size, rows.size) / np.sqrt(rows.size)
            labels = nearest((points - centre) @ mix.T + centre, groups.centroids)
            yield Surrogate(labels, mix, futures, rows)
