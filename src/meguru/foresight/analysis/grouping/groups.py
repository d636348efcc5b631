"""Groups of scenarios with like outcomes, and names proposed for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.foresight.analysis.grouping.features import Space, feature_space, kpis
from meguru.foresight.analysis.grouping.gap import LEVEL, Evidence, evidence
from meguru.foresight.analysis.grouping.names import propose_names
from meguru.foresight.analysis.statistics.merge import leaves, merges
from meguru.foresight.analysis.statistics.partition import MEDOIDS, Method, centroids, nearest, partition
from meguru.foresight.analysis.statistics.streams import chances
from meguru.foresight.analysis.statistics.threads import one_thread
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]

LARGEST = 10  # groups that are looked for
NULLS = 59
STARTS = 20
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, eq=False)
class Groups:
    """Scenarios by what becomes of their KPIs.

    Attributes
    ----------
    codes
        A, B, … from top to bottom of the tree.
    names
        Proposed from the KPIs in which a group differs most, by language.
    share
        Of the scenarios, by group.
    labels
        (scenario,) number of the group.
    centroids
        (group, component).
    space
        How a scenario becomes a point.
    profile
        (group, KPI) mean at the end less the mean of all, in standard deviations of all.
    kpis
        The columns of ``profile``.
    evidence
        For each number of groups.
    forced
        Whether the number of groups was given and not found.
    supported
        Whether the scenarios are more than a continuum; each split of the tree has a test of its own.
    method, seed
        As given.
    """

    codes: tuple[str, ...]
    names: tuple[dict[str, str], ...]
    share: tuple[float, ...]
    labels: NDArray[np.int64]
    centroids: Floats
    space: Space
    profile: Floats
    kpis: tuple[str, ...]
    evidence: Evidence
    forced: bool
    supported: bool
    method: Method
    seed: int

    def number(self, code: str) -> int:
        """Number of the group with a code.

        Raises
        ------
        RangeError
            No group has it.
        """
        if code not in self.codes:
            raise RangeError("no such group", found=code, expected=self.codes)
        return self.codes.index(code)

    def classify(self, futures: Futures, among: Sequence[int] | None = None) -> NDArray[np.int64]:
        """Group of each scenario of a rerun, by the nearest centroid; only ``among`` some where given."""
        points = self.space.points(futures)
        if among is None:
            return nearest(points, self.centroids)
        return np.asarray(among, dtype=np.int64)[nearest(points, self.centroids[list(among)])]


def group(
    futures: Futures,
    count: int | None = None,
    method: Method = "kmeans",
    seed: int = 0,
    *,
    years: Sequence[float] | None = None,
    slopes: bool = True,
    largest: int = LARGEST,
    nulls: int = NULLS,
) -> Groups:
    """Group scenarios by their KPIs.

    Parameters
    ----------
    futures
        Simulated scenarios.
    count
        Number of groups; default: the number that the evidence speaks for, which may be one. The evidence is
        given either way.
    method
        ``kmeans``: k-means++ from 20 starts; ``ward``: Ward's method on 150 medoids.
    seed
        Of starts, nulls and resamples.
    years, slopes
        See :func:`~meguru.foresight.analysis.grouping.features.feature_space`.
    largest
        Largest number of groups looked at.
    nulls
        Gaussian samples of the same covariance that the scenarios are held against.

    Raises
    ------
    RangeError
        ``count`` is not from 1 to 26, or there are fewer than ten scenarios for each group.
    RunError
        No KPI, or none that differs between scenarios.
    """
    most = min(len(LETTERS), futures.members.size // 10)
    if count is not None and not 1 <= count <= most:
        raise RangeError(
            "the number of groups is out of range", place="count", found=count, expected=f"1 to {most}"
        )
    space = feature_space(futures, years, slopes=slopes)
    points = space.points(futures)
    found = evidence(points, largest=max(largest, count or 0), nulls=nulls, method=method, seed=seed)
    wanted = count or found.proposed
    labels, centres = settle(points, wanted, method, seed)
    profile = outcome_profile(futures, labels, len(centres))
    return Groups(
        codes=tuple(LETTERS[: len(centres)]),
        names=propose_names(futures.model, kpis(futures), profile),
        share=tuple(float(size) for size in np.bincount(labels, minlength=len(centres)) / labels.size),
        labels=labels,
        centroids=centres,
        space=space,
        profile=profile,
        kpis=kpis(futures),
        evidence=found,
        forced=count is not None,
        supported=found.p_value <= LEVEL,
        method=method,
        seed=seed,
    )


def settle(points: Floats, count: int, method: Method, seed: int) -> tuple[NDArray[np.int64], Floats]:
    """Labels (scenario,) by nearest centroid and centroids (group, component), in the order of the tree.

    Groups that stay empty are left out.
    """
    width = max(count, MEDOIDS) if method == "ward" else count
    with one_thread():
        labels = partition(points, count, method, chances(seed, "groups.starts", STARTS, width))
    centres, sizes = centroids(points, labels, count)
    centres, sizes = centres[sizes > 0], sizes[sizes > 0]
    centres = centres[list(leaves(merges(centres, sizes / sizes.sum())))]
    return nearest(points, centres), centres


def outcome_profile(futures: Futures, labels: NDArray[np.int64], count: int) -> Floats:
    """How far each group's KPIs (group, KPI) end from the mean of all, in standard deviations of all."""
    ends = np.array([np.asarray(futures.of(name), dtype=float)[-1] for name in kpis(futures)])
    spread = ends.std(axis=1)
    centres, _ = centroids(ends - ends.mean(axis=1)[:, None], labels, count)
    return np.asarray(np.divide(centres, spread, out=np.zeros_like(centres), where=spread > 0))
