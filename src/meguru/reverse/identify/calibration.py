"""From likeness to probability: learnt on references that were left out, never on photos to be judged.

Photos of a type are often taken in the same place one after the other; to leave out one of them alone would
promise too much. So the photos of each type are parted into two unlike halves, and a half is left out as a
whole. Each fold leaves out one half of most types, and all photos of the others: of the first, how often the
best type is right gives the temperature; the second show what an unknown type looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.reverse.identify.classifier import Classifier, standing_out, train

FOLDS = 5
TEMPERATURES = np.geomspace(0.01, 1.0, 121)
RIDGE = 1e-2  # keeps the slope finite where known and unknown are parted wholly
STEPS = 50
FEWEST = 10  # photos left out, below which nothing is calibrated

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was learnt.

    ``temperature`` divides likeness before a softmax. The chance that the type is known at all is a logistic
    function of how far the best stands out, with as many unknown as known taken for granted. ``top_1``,
    ``top_5`` and ``auroc`` are what the left-out references gave.
    """

    temperature: float
    slope: float
    offset: float
    photos: int
    top_1: float
    top_5: float
    auroc: float

    def shares(self, likeness: Numbers) -> Numbers:
        """Probability of each type, if it is one of them."""
        raised = np.exp((likeness - likeness.max()) / self.temperature)
        return np.asarray(raised / raised.sum())

    def known(self, likeness: Numbers) -> float:
        """Probability that it is one of them."""
        return float(_logistic(self.slope * standing_out(likeness) + self.offset))


def calibrate(
    views: NDArray[np.floating],
    types: NDArray[np.integer],
    weights: NDArray[np.floating],
    icons: NDArray[np.bool_],
    width: int,
) -> Calibration | None:
    """Learn from what :func:`train` learns from; None if there are too few references to leave any out."""
    known: list[tuple[Numbers, int]] = []
    unknown: list[Numbers] = []
    judged: set[int] = set()
    for learnt, classes, out in _folds(views, types, weights, icons, width):
        for photo in out:
            likeness = learnt.likeness(views[photo])
            place = np.flatnonzero(classes == types[photo])
            if len(place):
                known.append((likeness, int(place[0])))
                judged.add(int(photo))
            else:
                unknown.append(likeness)
    if len(judged) < FEWEST or len(unknown) < FEWEST:
        return None
    ranks = np.array([(likeness > likeness[right]).sum() for likeness, right in known])
    apart = (
        np.array([standing_out(one) for one, _ in known]),
        np.array([standing_out(one) for one in unknown]),
    )
    slope, offset = _parting(*apart)
    return Calibration(
        _temperature(known), slope, offset, len(judged), float((ranks == 0).mean()),
        float((ranks < 5).mean()), auroc(*apart),
    )  # fmt: skip


def _folds(
    views: NDArray[np.floating],
    types: NDArray[np.integer],
    weights: NDArray[np.floating],
    icons: NDArray[np.bool_],
    width: int,
) -> Iterator[tuple[Classifier, NDArray[np.integer], NDArray[np.integer]]]:
    """(classifier, the types that it knows, photos to judge): a photo is judged unknown once, known else.

    Icons are not judged: what comes in is no icon. The only photo of a type is judged as unknown alone.
    """
    half = halves(views, types, icons)
    alone = np.bincount(types)[types] < 2
    for fold in range(FOLDS):
        unknown = types % FOLDS == fold
        for side in (0, 1):
            out = ~alone & (half == side) & ~unknown
            kept = ~out & ~unknown
            classes, renumbered = np.unique(types[kept], return_inverse=True)
            if len(classes) > 2:
                judged = np.flatnonzero(out | (unknown & (half == side)))
                yield train(views[kept], renumbered, weights[kept], width), classes, judged


def halves(
    views: NDArray[np.floating], types: NDArray[np.integer], icons: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Which half of its type a photo belongs to, 0 or 1; −1 for icons.

    The halves lie to both sides along the axis on which the photos of the type differ most; the photo in the
    middle of an odd number goes to the second.
    """
    half = np.full(len(types), -1, np.int64)
    means = views.mean(1)
    for one in np.unique(types[~icons]):
        plain = np.flatnonzero((types == one) & ~icons)
        centred = means[plain] - means[plain].mean(0)
        along = np.linalg.eigh(centred @ centred.T)[1][:, -1]
        order = np.argsort(along if along[0] < 0 else -along, kind="stable")
        half[plain[order]] = np.arange(len(plain)) >= len(plain) // 2
    return half


def _temperature(known: list[tuple[Numbers, int]]) -> float:
    """The temperature that makes what was right most likely."""

    def surprise(temperature: float) -> float:
        total = 0.0
        for likeness, right in known:
            scaled = (likeness - likeness.max()) / temperature
            total += float(np.log(np.exp(scaled).sum()) - scaled[right])
        return total

    return float(min(TEMPERATURES, key=surprise))


def _parting(known: Numbers, unknown: Numbers) -> tuple[float, float]:
    """Slope and offset of a logistic regression by Newton's method, both sides with the same weight."""
    x = np.concatenate([known, unknown])
    y = np.concatenate([np.ones(len(known)), np.zeros(len(unknown))])
    weight = np.concatenate(
        [np.full(len(known), 0.5 / len(known)), np.full(len(unknown), 0.5 / len(unknown))]
    )
    middle, scale = x.mean(), x.std() or 1.0
    design = np.stack([(x - middle) / scale, np.ones_like(x)], 1)
    found = np.zeros(2)
    for _ in range(STEPS):
        chance = _logistic(design @ found)
        gradient = design.T @ (weight * (chance - y)) + RIDGE * found * [1, 0]
        curvature = (design.T * (weight * chance * (1 - chance))) @ design + np.diag([RIDGE, 1e-9])
        found = found - np.linalg.solve(curvature, gradient)
    return float(found[0] / scale), float(found[1] - found[0] * middle / scale)


def _logistic(x: Numbers | float) -> Numbers:
    return np.asarray(0.5 * (1 + np.tanh(np.asarray(x) / 2)))


def auroc(known: Numbers, unknown: Numbers) -> float:
    """Probability that a known thing scores above an unknown one; ties count half (Mann–Whitney)."""
    above = (known[:, None] > unknown[None]).mean() + 0.5 * (known[:, None] == unknown[None]).mean()
    return float(above)
