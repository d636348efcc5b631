"""Points into groups: k-means++, or Ward's method on medoids."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cut_tree, ward

from meguru.foresight.analysis.statistics.loops import cluster

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Method = Literal["kmeans", "ward"]

MEDOIDS = 150  # that Ward's method merges


def partition(points: Floats, count: int, method: Method, chances: Floats) -> Labels:
    """Labels (scenario,) of points (component, scenario) in ``count`` groups.

    ``chances``, uniform, (start, at least count): each row starts k-means once; Ward's method needs one row
    of :data:`MEDOIDS`.
    """
    if method == "kmeans":
        return cluster(points, count, chances)[0]
    return np.asarray(ward_labels(points, (count,), chances)[0])


def ward_labels(points: Floats, counts: tuple[int, ...], chances: Floats) -> Labels:
    """Labels (count, scenario) of Ward's method on medoids of many small clusters.

    The medoid of a cluster is the scenario nearest to its centre; each scenario goes where its medoid goes.
    """
    many = min(MEDOIDS, points.shape[1], chances.shape[1])
    small, centres, _ = cluster(points, many, chances[:1])
    used = np.unique(small)
    medoids = np.array([_medoid(points, np.flatnonzero(small == number), centres[number]) for number in used])
    cut = cut_tree(ward(points[:, medoids].T), n_clusters=list(counts))
    return np.asarray(cut[np.searchsorted(used, small)].T, dtype=np.int64)


def _medoid(points: Floats, members: NDArray[np.intp], centre: Floats) -> int:
    away = ((points[:, members] - centre[:, None]) ** 2).sum(axis=0)
    return int(members[np.argmin(away)])


def centroids(points: Floats, labels: Labels, count: int) -> tuple[Floats, Floats]:
    """Means (group, component) and sizes (group,) of groups."""
    sizes = np.bincount(labels, minlength=count).astype(float)
    sums = np.array([np.bincount(labels, weights=row, minlength=count) for row in points]).T
    return sums / np.maximum(sizes, 1.0)[:, None], sizes


def nearest(points: Floats, centres: Floats) -> Labels:
    """Number of the nearest centre of each point (component, scenario): the rule that also judges reruns."""
    squares = (centres**2).sum(axis=1)[:, None] - 2.0 * np.einsum("gc,cs->gs", centres, points)
    return np.asarray(squares.argmin(axis=0), dtype=np.int64)


def within(points: Floats, labels: Labels, count: int) -> float:
    """Sum of squared distances from the centroids."""
    centres, sizes = centroids(points, labels, count)
    return float((points**2).sum() - (sizes[:, None] * centres**2).sum())
