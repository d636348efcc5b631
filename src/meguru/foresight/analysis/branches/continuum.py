"""What a continuum of the same means and covariances, cut in the same way, would look like year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.branches.sides import state_at
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.grouping.tree import Split
from meguru.foresight.analysis.statistics.lda import auc, shrink, shrinkage
from meguru.foresight.analysis.statistics.loops import each
from meguru.foresight.analysis.statistics.partition import nearest
from meguru.foresight.analysis.statistics.streams import normals, order, some
from meguru.foresight.analysis.statistics.threads import one_thread
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]

SOURCES = 3000  # scenarios whose covariances count, at most
DRAWN = 4000  # points of the continuum
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Cut:
    """A split of the continuum.

    Attributes
    ----------
    members
        (drawn,) whether a point of the continuum falls to the groups of the split.
    left
        (member,) and whether to its left side.
    contrast
        (component,) difference of the means of the sides.
    spread
        (component, component) covariance of the members.
    """

    members: NDArray[np.bool_]
    left: NDArray[np.bool_]
    contrast: Floats
    spread: Floats


def continuum_curves(futures: Futures, groups: Groups, splits: Sequence[Split], fewest: int) -> list[Floats]:
    """AUC (year,) of each split in a continuum; empty where a side has fewer than ``fewest`` of its points.

    State ``x`` in a year and outcome ``y`` (the points by which scenarios are grouped) are taken as jointly
    normal with the covariances of the scenarios. Outcomes are drawn and fall to the nearest centroid; of
    the sides so cut the contrast in the state is ``C_xy C_yy⁻¹ (E[y | left] − E[y | right])``, and with the
    covariance of the state among the members it gives Fisher's discriminant. As for the scenarios it
    is computed without a fold and tells the scores of that fold; what counts is the covariance of these
    scores with the outcome, from which scores of the drawn points follow.
    """
    rows = some(groups.seed, "continuum.sources", futures.members.size, SOURCES)
    with one_thread():
        points = groups.space.points(futures)[:, rows]
        centre = points.mean(axis=1)[:, None]
        outcome = (points - centre).T
        values, vectors = np.linalg.eigh(outcome.T @ outcome / rows.size)
        drawn = normals(groups.seed, "continuum.drawn", DRAWN, len(points)) * np.sqrt(np.maximum(values, 0.0))
        drawn = drawn @ vectors.T
        labels = nearest(drawn.T + centre, groups.centroids)
        cuts = [_cut(groups, split, drawn, labels) for split in splits]
        fold = np.empty(rows.size, dtype=np.int64)
        fold[order(groups.seed, "continuum.folds", rows.size)] = np.arange(rows.size) % FOLDS
        noise = normals(groups.seed, "continuum.noise", DRAWN)

        def of_year(row: int) -> Floats:
            state = standardised(state_at(futures, row, rows))
            return np.array(
                [
                    auc(_scores(scores, outcome, drawn, noise)[cut.members], cut.left)
                    for cut, scores in zip(cuts, told(state, outcome, fold, cuts), strict=True)
                ]
            )

        able = [min(cut.left.sum(), cut.left.size - cut.left.sum()) >= fewest for cut in cuts]
        cuts = [cut for cut, enough in zip(cuts, able, strict=True) if enough]
        curves = iter(np.array(each(of_year, range(len(futures.years)))).T if cuts else ())
    return [next(curves) if enough else np.array([]) for enough in able]


def _cut(groups: Groups, split: Split, drawn: Floats, labels: NDArray[np.int64]) -> Cut:
    left = np.isin(labels, [groups.number(code) for code in split.left])
    right = np.isin(labels, [groups.number(code) for code in split.right])
    members = left | right
    if not (left.any() and right.any()):
        nothing = np.zeros(drawn.shape[1])
        return Cut(members, left[members], nothing, np.diag(nothing))
    inside = drawn[members] - drawn[members].mean(axis=0)
    contrast = drawn[left].mean(axis=0) - drawn[right].mean(axis=0)
    return Cut(members, left[members], contrast, inside.T @ inside / len(inside))


def standardised(state: Floats) -> Floats:
    """Variables (scenario, variable) that vary, with mean 0 and deviation 1; one of zeros where none does."""
    spread = state.std(axis=0)
    varies = spread > 1e-12 * np.maximum(np.abs(state).max(axis=0), 1e-300)
    if not varies.any():
        return np.zeros((len(state), 1))
    return np.asarray((state[:, varies] - state[:, varies].mean(axis=0)) / spread[varies])


def told(state: Floats, outcome: Floats, fold: NDArray[np.int64], cuts: Sequence[Cut]) -> list[Floats]:
    """Scores (scenario,) of each cut, by discriminants of the continuum without the scenario's fold."""
    found = [np.zeros(len(state)) for _ in cuts]
    if not state.any():
        return found
    weight = shrinkage(state, state.T @ state / len(state))
    for part in range(FOLDS):
        train, held = fold != part, fold == part
        size = int(train.sum())
        covariance = state[train].T @ state[train] / size
        own = outcome[train].T @ outcome[train] / size
        slopes = regressed(own, outcome[train].T @ state[train] / size).T
        for scores, cut in zip(found, cuts, strict=True):
            among = covariance - slopes @ (own - cut.spread) @ slopes.T
            among = shrink(among, weight, len(among))
            weights = np.linalg.solve(among, slopes @ cut.contrast)
            scores[held] = state[held] @ weights / np.sqrt(max(float(weights @ among @ weights), 1e-300))
    return found


def regressed(own: Floats, shared: Floats) -> Floats:
    """Slopes of a regression, from the covariance of what is given and that with what is told."""
    return np.asarray(np.linalg.lstsq(own, shared, rcond=1e-10)[0])


def _scores(scores: Floats, outcome: Floats, drawn: Floats, noise: Floats) -> Floats:
    """Scores (drawn,) that go with drawn outcomes as those of the scenarios go with theirs."""
    own, shared = outcome.T @ outcome / len(scores), outcome.T @ (scores - scores.mean()) / len(scores)
    slopes = regressed(own, shared)
    rest = max(float(scores.var() - shared @ slopes), 0.0)
    return np.asarray(drawn @ slopes + np.sqrt(rest) * noise)
