"""Which machine it is by the form of its power: random convolutions and ridge regression.

One set of random kernels is a matter of luck where few series are known, so the scores of several are added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.random import uniforms

Floats = NDArray[np.float64]
KERNELS, MEMBERS = 3000, 3
BLOCK = 8  # series that are described together: what a kernel needs of them stays in the processor's cache
LENGTHS = (7, 9, 11)
PENALTIES = np.logspace(-3, 5, 17)


@dataclass(frozen=True)
class _Member:
    """One set of kernels, by its rows of random numbers: scaling, weights of each label."""

    drawn: Floats
    middle: Floats
    scale: Floats
    weights: Floats

    def scores(self, values: Floats) -> Floats:
        return np.asarray(((_describe(values, self.drawn) - self.middle) / self.scale) @ self.weights)


@dataclass(frozen=True)
class Signatures:
    """What was learned of labelled series."""

    labels: tuple[str, ...]
    length: int
    members: tuple[_Member, ...]
    base: Floats

    def scores(self, series: Floats) -> Floats:
        """How much each series looks like each label, (series, labels); the greatest is the answer."""
        values = _checked(series)
        if values.shape[1] != self.length:
            raise RangeError("series of another length", found=values.shape[1], expected=str(self.length))
        found = sum((member.scores(values) for member in self.members), np.zeros(1))
        return np.asarray(found / len(self.members) + self.base)

    def label(self, series: Floats) -> list[str]:
        """The label of each series."""
        return [self.labels[index] for index in self.scores(series).argmax(axis=1)]


def learn(series: Floats, labels: list[str], *, seed: int = 0) -> Signatures:
    """Learn labels from series of one length, (series, time).

    Random dilated kernels, each giving the share above its bias and the maximum (Dempster, Petitjean & Webb
    2020, ROCKET, doi:10.1007/s10618-020-00701-z); ridge regression on ±1 with the penalty of the least
    leave-one-out error. The mean of ``MEMBERS`` such learners answers.

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
    wanted = np.where(np.array(labels)[:, None] == np.array(names), 1.0, -1.0)
    base = wanted.mean(axis=0)
    drawn = uniforms(seed, "signature", MEMBERS * KERNELS * (3 + max(LENGTHS))).reshape(MEMBERS, KERNELS, -1)
    members = tuple(_member(values, wanted - base, one) for one in drawn)
    return Signatures(names, values.shape[1], members, base)


def _member(values: Floats, wanted: Floats, drawn: Floats) -> _Member:
    described = _describe(values, drawn)
    middle, scale = described.mean(axis=0), described.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)
    return _Member(drawn, middle, scale, _ridge((described - middle) / scale, wanted))


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


def _describe(values: Floats, drawn: Floats) -> Floats:
    """Share above the bias, and maximum, of each kernel's output."""
    blocks = [values[first : first + BLOCK] for first in range(0, len(values), BLOCK)]
    return np.concatenate([_described(block, drawn) for block in blocks])


def _described(values: Floats, drawn: Floats) -> Floats:
    from scipy.special import ndtri

    found = np.empty((len(values), 2 * len(drawn)))
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
