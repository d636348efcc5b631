"""Normal numbers, orders and resamples from the counter-based streams of the house."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from meguru.random import uniforms

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def chances(seed: int, name: str, *shape: int) -> Floats:
    """Uniform numbers in (0, 1) of a named stream, in the shape asked for."""
    return uniforms(seed, name, int(np.prod(shape))).reshape(shape)


def normals(seed: int, name: str, *shape: int) -> Floats:
    """Standard normal numbers by inverse transform."""
    return np.asarray(ndtri(chances(seed, name, *shape)))


def order(seed: int, name: str, count: int) -> Indices:
    """A random order of 0 to ``count`` − 1."""
    return np.argsort(chances(seed, name, count), kind="stable")


def some(seed: int, name: str, count: int, wanted: int) -> Indices:
    """At most ``wanted`` of ``count`` indices, without repetition, ascending."""
    if count <= wanted:
        return np.arange(count)
    return np.sort(order(seed, name, count)[:wanted])


def resample(seed: int, name: str, count: int) -> Indices:
    """``count`` indices drawn with repetition: one bootstrap sample."""
    return (chances(seed, name, count) * count).astype(np.intp)
