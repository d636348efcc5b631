"""Which machine it is by the form of its power: random convolutions and ridge regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.random import uniforms

Floats = NDArray[np.float64]
KERNELS = 3000
LENGTHS = (7, 9, 11)
PENALTIES = np.logspace(-3, 5, 17)


@dataclass(frozen=True)
class Signatures:
    """What was learned of labelled series: kernels by seed, scaling, weights of each label."""

    labels: tuple[str, ...]
    length: int
    seed: int
    middle: Floats
    scale: Floats
    weights: Floats
    base: Floats

    def scores(self, series: Floats) -> Floats:
        """How much each series looks like each label, (series, labels); the greatest is the answer."""
        values = _checked(series)
        if values.shape[1] != self.length:
            raise RangeError("series of another length", found=values.shape[1], expected=str(self.length))
        described = (_describe(values, self.seed) - self.middle) / self.scale
        return np.asarray(described @ self.weights + self.base)

    def label(self, series: Floats) -> list[str]:
        """The label of each series."""
        return [self.labels[index] for index in self.scores(series).argmax(axis=1)]


def learn(series: Floats, labels: list[str], *, seed: int = 0) -> Signatures:
    """Learn labels from series of one length, (series, time).

    Random dilated kernels, each giving the share above its bias and the maximum (Dempster, Petitjean & Webb
    2020, ROCKET, doi:10.1007/s10618-020-00701-z); ridge regression on ±1 with the penalty of the least
    leave-one-out error.

    Raises
    ------
    RangeError
        Fewer than two labels, or series that are not finite or too short.
    """
    values = _checked(series)
    names = tuple(sorted(set(labels)))
    if len(labels) != len(values) or len(names) < 2:
        raise RangeError(
            "labels", found=f"{len(names)} for {len(values)} series", expected="two or more, one each"
        )
    described = _describe(values, seed)
    middle, scale = described.mean(axis=0), described.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)
    wanted = np.where(np.array(labels)[:, None] == np.array(names), 1.0, -1.0)
    weights = _ridge((described - middle) / scale, wanted - wanted.mean(axis=0))
    return Signatures(names, values.shape[1], seed, middle, scale, weights, wanted.mean(axis=0))


def _checked(series: Floats) -> Floats:
    values = np.asarray(series, dtype=np.float64)
    if (
        values.ndim != 2
        or not values.size
        or not np.isfinite(values).all()
        or values.shape[1] <= max(LENGTHS)
    ):
        raise RangeError("series", found=str(values.shape), expected=f"finite, longer than {max(LENGTHS)}")
    return values


def _describe(values: Floats, seed: int) -> Floats:
    """Share above the bias, and maximum, of each kernel's output."""
    from scipy.special import ndtri

    drawn = uniforms(seed, "signature", KERNELS * (3 + max(LENGTHS))).reshape(KERNELS, -1)
    found = np.empty((len(values), 2 * KERNELS))
    for number, row in enumerate(drawn):
        length = LENGTHS[int(row[0] * len(LENGTHS))]
        farthest = np.log2((values.shape[1] - 1) / (length - 1))
        dilation = int(2.0 ** (row[1] * farthest))
        weights = ndtri(row[3 : 3 + length])
        weights = weights - weights.mean()
        reach = values.shape[1] - (length - 1) * dilation
        output = np.full((len(values), reach), 2.0 * row[2] - 1.0)
        for k in range(length):
            output += weights[k] * values[:, k * dilation : k * dilation + reach]
        found[:, 2 * number] = (output > 0.0).mean(axis=1)
        found[:, 2 * number + 1] = output.max(axis=1)
    return found


def _ridge(described: Floats, wanted: Floats) -> Floats:
    """Weights with the penalty of the least leave-one-out error, by the dual form."""
    size, vectors = np.linalg.eigh(described @ described.T)
    size = np.maximum(size, 0.0)
    turned = vectors.T @ wanted
    best, found = np.inf, wanted
    for penalty in PENALTIES:
        inverse = vectors / (size + penalty)
        dual = inverse @ turned
        error = float(((dual / (inverse * vectors).sum(axis=1)[:, None]) ** 2).mean())
        if error < best:
            best, found = error, dual
    return np.asarray(described.T @ found)
