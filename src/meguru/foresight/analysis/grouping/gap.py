"""How many groups the scenarios form, against a continuum of the same covariance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.foresight.analysis.statistics.loops import each, within_by_count
from meguru.foresight.analysis.statistics.partition import (
    MEDOIDS,
    Method,
    centroids,
    nearest,
    partition,
    ward_labels,
    within,
)
from meguru.foresight.analysis.statistics.streams import chances, normals, resample, some
from meguru.foresight.analysis.statistics.threads import one_thread

Floats = NDArray[np.float64]

LEVEL = 0.02  # familywise chance to call a continuum grouped
STABLE = 0.75  # mean adjusted Rand index of resamples that a number of groups must reach
SAMPLE = 1500  # scenarios that the evidence rests on at most
STARTS = 3  # of k-means for each number of groups, for scenarios and nulls alike
RESAMPLES = 8
CAREFUL_STARTS = 6  # of k-means where groups of resamples are compared: a poor start would look like doubt


@dataclass(frozen=True, slots=True)
class CountEvidence:
    """What speaks for a number of groups.

    Attributes
    ----------
    count
        Number of groups.
    gap
        Mean of ln W over the nulls less ln W of the scenarios; W is the sum of squares within.
    error
        Standard deviation of ln W over the nulls times √(1 + 1/nulls).
    stability
        Mean adjusted Rand index between the groups and those of bootstrap resamples; 1 for one group.
    null_stability
        The same of a null.
    """

    count: int
    gap: float
    error: float
    stability: float
    null_stability: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence for each number of groups, the number it speaks for, and the chance of such gaps in a null."""

    counts: tuple[CountEvidence, ...]
    proposed: int
    p_value: float
    nulls: int
    sample: int


def null_points(points: Floats, seed: int, name: str) -> Floats:
    """A Gaussian sample with the covariance of points (component, scenario) in principal components."""
    return np.asarray(normals(seed, name, *points.shape) * points.std(axis=1)[:, None])


def evidence(points: Floats, *, largest: int, nulls: int, method: Method, seed: int) -> Evidence:
    """Gap statistic and stability for 1 to ``largest`` groups.

    The gap statistic (Tibshirani, Walther & Hastie 2001, https://doi.org/10.1111/1467-9868.00293) with
    a Gaussian null of the same covariance in place of a uniform one: a linear model with Gaussian noise is
    that null, and has no groups.

    Parameters
    ----------
    points
        (component, scenario), principal components.
    largest
        Largest number of groups looked at.
    nulls
        Number of null samples.

    Raises
    ------
    RangeError
        Fewer than two nulls: they would have no spread.
    """
    if nulls < 2:
        raise RangeError("the number of nulls", place="nulls", found=nulls, expected="2 or more")
    points = points[:, some(seed, "groups.evidence.sample", points.shape[1], SAMPLE)]
    largest = max(2, min(largest, points.shape[1] // 10))

    def logs_of_null(number: int) -> Floats:
        return np.log(
            _within(null_points(points, seed, f"groups.gap.null.{number}"), largest, method, seed, number)
        )

    with one_thread():
        logs = np.log(_within(points, largest, method, seed, -1))
        null_logs = np.array(each(logs_of_null, range(nulls)))
    # What the sample itself varies by says nothing of groups: W is taken relative to one group.
    logs = logs - logs[0]
    null_logs = null_logs - null_logs[:, :1]
    gaps = null_logs.mean(axis=0) - logs
    spread = null_logs.std(axis=0)
    errors = spread * np.sqrt(1 + 1 / nulls)
    heights = (null_logs.mean(axis=0) - null_logs)[:, 1:] / spread[1:]
    highest = (gaps[1:] / spread[1:]).max()
    p_value = (1 + int((heights.max(axis=1) >= highest).sum())) / (nulls + 1)
    null = null_points(points, seed, "groups.stability.null")
    found = tuple(
        CountEvidence(
            count=count,
            gap=float(gaps[count - 1]),
            error=float(errors[count - 1]),
            stability=_stability(points, count, method, seed, "data"),
            null_stability=_stability(null, count, method, seed, "null"),
        )
        for count in range(1, largest + 1)
    )
    proposed = propose(found) if p_value <= LEVEL else 1
    return Evidence(found, proposed, p_value, nulls, points.shape[1])


def propose(found: tuple[CountEvidence, ...]) -> int:
    """Smallest number of groups, stable under resampling, to which one more adds no gap beyond its error.

    Where no number is stable, all are looked at; the largest looked at has nothing to be held against and is
    taken where the gap grows up to it.
    """
    counts = found[1:]
    stable = [one.count for one in counts if one.stability >= STABLE] or [one.count for one in counts]
    enough = [one.count for one, more in pairwise(counts) if one.gap >= more.gap - more.error]
    return next((count for count in stable if count in enough or count == counts[-1].count), stable[-1])


def _within(points: Floats, largest: int, method: Method, seed: int, number: int) -> Floats:
    """Sums of squares within for 1 to ``largest`` groups, of the scenarios (−1) or a null."""
    name = f"groups.gap.starts.{number}"
    if method == "kmeans":
        return within_by_count(points, largest, chances(seed, name, STARTS, largest))
    counts = tuple(range(1, largest + 1))
    labels = ward_labels(points, counts, chances(seed, name, 1, MEDOIDS))
    return np.array([within(points, row, count) for row, count in zip(labels, counts, strict=True)])


def _stability(points: Floats, count: int, method: Method, seed: int, name: str) -> float:
    """Mean adjusted Rand index of the groups of resamples with the groups of all, on all scenarios."""
    if count == 1:
        return 1.0
    width = max(count, MEDOIDS) if method == "ward" else count
    place = f"groups.stability.{name}.{count}"
    labels = partition(points, count, method, chances(seed, place, CAREFUL_STARTS, width))

    def agreement(number: int) -> float:
        drawn = points[:, resample(seed, f"{place}.{number}", points.shape[1])]
        again = partition(
            drawn, count, method, chances(seed, f"{place}.{number}.starts", CAREFUL_STARTS, width)
        )
        centres, _ = centroids(drawn, again, count)
        return adjusted_rand(labels, nearest(points, centres), count)

    with one_thread():
        return float(np.mean(each(agreement, range(RESAMPLES))))


def adjusted_rand(one: NDArray[np.int64], other: NDArray[np.int64], count: int) -> float:
    """Agreement of two groupings, 1 where equal, 0 as by chance (Hubert & Arabie 1985)."""
    table = np.bincount(one * count + other, minlength=count * count).reshape(count, count).astype(float)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / pairs(np.array([float(one.size)]))
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)
