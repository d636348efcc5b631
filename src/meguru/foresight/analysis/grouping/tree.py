"""The tree of groups: each inner node a split, held against the splits of continua of the same covariance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.grouping.gap import LEVEL, null_points
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.statistics.lda import out_of_fold
from meguru.foresight.analysis.statistics.loops import dip, each
from meguru.foresight.analysis.statistics.merge import Merge, merges
from meguru.foresight.analysis.statistics.partition import MEDOIDS, Method, centroids, partition
from meguru.foresight.analysis.statistics.streams import chances, some
from meguru.foresight.analysis.statistics.threads import one_thread
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

SAMPLE = 5000  # scenarios that the test rests on at most
NULLS = 99
FOLDS = 5
STARTS = 3  # of k-means, for scenarios and nulls alike
FEWEST = 40  # scenarios of a split below which nothing can be told
UNIFORM_SIZE = 1000
UNIFORM_DRAWS = 1999


@dataclass(frozen=True, slots=True)
class Split:
    """A fork of the tree.

    Attributes
    ----------
    left, right
        Codes of the groups on either side; the larger side stands left.
    share
        Of the left side among the scenarios of the split.
    size
        Scenarios of the split.
    height
        Distance of the centroids as Ward's method weighs it.
    dip
        Of the scenarios along the discriminant between the sides, fitted on other scenarios, times √n.
    p_null
        Chance that any split of a continuum of the same covariance, cut and merged alike, dips as deep.
    p_uniform
        Chance that a sample of the flattest distribution with one peak dips as deep.
    supported
        Whether neither chance is above the level; if not, the split is a cut of a continuum.
    reason
        Why not; empty where it is supported.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    share: float
    size: int
    height: float
    dip: float
    p_null: float
    p_uniform: float
    supported: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Tree:
    """Splits, the root first."""

    splits: tuple[Split, ...]
    nulls: int
    level: float


def tree(groups: Groups, futures: Futures, *, nulls: int = NULLS, level: float = LEVEL) -> Tree:
    """Merge groups to a tree, and test each split.

    Parameters
    ----------
    groups
        Of :func:`~meguru.foresight.analysis.grouping.groups.group`.
    futures
        The scenarios that were grouped.
    nulls
        Gaussian samples of the same covariance that run through the same steps.
    level
        Chance, over all splits of the tree, to support a split of a continuum.
    """
    points = groups.space.points(futures)
    sizes = np.array(groups.share)
    found = merges(groups.centroids, sizes / sizes.sum())
    if not found:
        return Tree((), nulls, level)
    inside = some(groups.seed, "tree.sample", points.shape[1], SAMPLE)
    points, labels = np.ascontiguousarray(points[:, inside]), groups.labels[inside]
    deepest = null_dips(points, len(groups.codes), groups.method, nulls, groups.seed)
    with one_thread():
        depths = [split_dip(points, labels, merge) for merge in found]
    splits = []
    for merge, depth in zip(found, depths, strict=True):
        p_null = (1 + int((deepest >= depth).sum())) / (nulls + 1)
        p_uniform = uniform_chance(depth)
        size = int(np.isin(groups.labels, merge.left + merge.right).sum())
        reason = why_not(depth, p_null, p_uniform, level)
        splits.append(
            Split(
                left=tuple(groups.codes[number] for number in sorted(merge.left)),
                right=tuple(groups.codes[number] for number in sorted(merge.right)),
                share=float(np.isin(groups.labels, merge.left).sum() / size),
                size=size,
                height=merge.height,
                dip=depth,
                p_null=p_null,
                p_uniform=p_uniform,
                supported=not reason,
                reason=reason,
            )
        )
    return Tree(tuple(splits), nulls, level)


def why_not(depth: float, p_null: float, p_uniform: float, level: float) -> str:
    """Reason for which a split is not supported, or nothing."""
    if depth == 0.0:
        return "too few scenarios"
    if p_null > level or p_uniform > level:
        return "cut of a continuum"
    return ""


def split_dip(points: Floats, labels: Labels, merge: Merge) -> float:
    """√n times the dip along the discriminant of the sides; zero where there are too few scenarios.

    Each scenario is placed by a discriminant fitted on others: one fitted on itself would pull the sides
    apart.
    """
    left = np.isin(labels, merge.left)
    members = left | np.isin(labels, merge.right)
    size = int(members.sum())
    side = left[members]
    if size < FEWEST or min(side.sum(), size - side.sum()) < FEWEST // 2:
        return 0.0
    fold = np.empty(size, dtype=np.int64)
    for which in (side, ~side):
        fold[which] = np.arange(which.sum()) % FOLDS
    scores = out_of_fold(points[:, members].T, side, fold)
    return float(np.sqrt(size) * dip(scores))


def null_dips(points: Floats, count: int, method: Method, nulls: int, seed: int) -> Floats:
    """Deepest split (null,) of each Gaussian sample with the covariance of the points."""
    width = MEDOIDS if method == "ward" else count

    def deepest(number: int) -> float:
        sample = null_points(points, seed, f"tree.null.{number}")
        cut = partition(sample, count, method, chances(seed, f"tree.starts.{number}", STARTS, width))
        centres, sizes = centroids(sample, cut, count)
        return max(split_dip(sample, cut, merge) for merge in merges(centres, np.maximum(sizes, 0.5)))

    with one_thread():
        return np.array(each(deepest, range(nulls)))


def uniform_chance(depth: float) -> float:
    """Chance that the dip of a uniform sample, times √n, is as deep; its limit hardly depends on n."""
    dips = uniform_dips()
    return (1 + int((dips >= depth).sum())) / (dips.size + 1)


@lru_cache(maxsize=1)
def uniform_dips() -> Floats:
    """√n times the dips of uniform samples."""
    draws = chances(0, "tree.uniform", UNIFORM_DRAWS, UNIFORM_SIZE)
    return np.array([np.sqrt(UNIFORM_SIZE) * dip(row) for row in draws])
