"""A few-shot classifier: linear discriminants with a shrunken covariance within types.

With a handful of photos a type, the spread within each type can not be known, but the spread within types
taken together can: features that vary between photos of the same type count less. Types are compared by the
cosine in the space where that spread is a ball.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

MOST_DIMENSIONS = 480
SHRINKAGE = 0.1  # chosen by leaving references out; nothing changes between 0.05 and 0.3
NOTHING = 1e-12  # of the largest size: rounding
NEXT_BEST = 5  # types that the best is compared with to see whether it stands out

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Classifier:
    """What was learnt: a whitening, and the direction of each type."""

    middle: Numbers  # (axis)
    whitening: Numbers  # (axis, dimension)
    directions: Numbers  # (type, dimension), length one

    def likeness(self, views: NDArray[np.floating]) -> Numbers:
        """Cosine of a photo (view, axis) to each type, the mean of its views: (type), −1 to 1."""
        rows = _rows_to_one((views - self.middle) @ self.whitening)
        return np.asarray(rows.mean(0) @ self.directions.T)


@dataclass(frozen=True)
class Reduction:
    """The axes along which references differ; what no reference shows, no classifier can weigh."""

    middle: Numbers  # (feature)
    axes: Numbers  # (feature, axis)

    def __call__(self, views: NDArray[np.floating]) -> Numbers:
        """Vectors (…, feature) as (…, axis)."""
        return np.asarray((views - self.middle) @ self.axes)


def reduction(views: NDArray[np.floating]) -> Reduction:
    """Principal axes of references (photo, view, feature), by the smaller of both products."""
    vectors = views.reshape(-1, views.shape[-1]).astype(np.float64)
    middle = vectors.mean(0)
    vectors = vectors - middle
    wide = len(vectors) < vectors.shape[1]
    product = vectors @ vectors.T if wide else vectors.T @ vectors
    last = len(product) - 1
    size, axes = eigh(product, subset_by_index=[max(0, last - MOST_DIMENSIONS + 1), last])
    held = size > size[-1] * NOTHING
    axes = axes[:, held]
    return Reduction(middle, vectors.T @ (axes / np.sqrt(size[held])) if wide else axes)


def train(
    views: NDArray[np.floating], types: NDArray[np.integer], weights: NDArray[np.floating], width: int
) -> Classifier:
    """Learn from references.

    Parameters
    ----------
    views
        (photo, view, axis), reduced.
    types
        (photo); numbered from 0, each with at least one photo.
    weights
        (photo); how much a photo counts.
    width
        Number of features before the reduction: the spread within types is spread over so many.
    """
    photos, each, axes_count = views.shape
    vectors = views.reshape(photos * each, axes_count)
    kind, weight = np.repeat(types, each), np.repeat(weights, each).astype(np.float64)
    shares = np.zeros((int(types.max()) + 1, len(kind)))
    shares[kind, np.arange(len(kind))] = weight
    means = shares / shares.sum(1, keepdims=True) @ vectors
    residuals = (vectors - means[kind]) * np.sqrt(weight)[:, None]
    freedom = max(weight.sum() - len(means) * weight.mean(), weight.mean())
    within = residuals.T @ residuals / freedom
    floor = SHRINKAGE * np.trace(within) / width
    spread, axes = np.linalg.eigh((1 - SHRINKAGE) * within)
    # Without any spread, as of one plain picture a type, all directions count alike.
    whitening = axes / np.sqrt(np.maximum(spread, 0.0) + (floor or 1.0))
    middle = means.mean(0)
    return Classifier(middle, whitening, _rows_to_one((means - middle) @ whitening))


def _rows_to_one(rows: Numbers) -> Numbers:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))


def standing_out(likeness: Numbers) -> float:
    """How far the best type lies above the next: small for a type that no reference shows."""
    ordered = np.sort(likeness)[::-1]
    return float(ordered[0] - ordered[1 : NEXT_BEST + 1].mean())
