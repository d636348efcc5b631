"""Drawing the inputs of scenarios: strengths, lags and starts."""

from __future__ import annotations

import numpy as np
from numba import njit

from meguru.foresight.kernel_plan import Floats, Ints, Words
from meguru.foresight.kernel_random import jitter, scrambled
from meguru.foresight.kernel_wide import wide_vectors
from meguru.random.kernel_philox import philox


@njit(error_model="numpy", nogil=True, cache=True)
def hypercube(
    scenarios: Ints, count: int, low: Words, high: Words, k0: np.uint64, k1: np.uint64, out: Floats
) -> None:
    """Latin hypercube (scenario, input) in (0, 1): each input once in each of ``count`` equal parts."""
    wide_vectors()
    bits, size, inputs = np.uint64(2), np.uint64(count), low.shape[0]
    while (np.uint64(1) << bits) < size:
        bits += np.uint64(1)
    keys, inner = np.empty(inputs, np.uint64), np.empty(inputs, np.uint64)
    for j in range(inputs):
        keys[j], inner[j], _, _ = philox(np.uint64(0), np.uint64(0), low[j], high[j], k0, k1)
    parts = np.empty(inputs, np.uint64)
    for m in range(scenarios.shape[0]):
        permute(np.uint64(scenarios[m]), size, keys, bits, parts)
        row = out[m]
        for j in range(inputs):
            row[j] = (np.float64(np.int64(parts[j])) + jitter(parts[j], inner[j])) / count


@njit(error_model="numpy", nogil=True)
def permute(scenario: np.uint64, count: np.uint64, keys: Words, bits: np.uint64, parts: Words) -> None:
    """Where each input's keyed permutation of 0 to ``count`` − 1 takes a scenario.

    That of the next power of two is walked on until it falls below ``count``: for all inputs at once, then
    for those that are left, moved together.
    """
    wide_vectors()
    walking = keys.shape[0]
    key, place, walked = keys.copy(), np.arange(walking), np.full(walking, scenario)
    while walking > 0:
        for a in range(walking):
            walked[a] = scrambled(walked[a], key[a], bits)
        left = 0
        for a in range(walking):
            part, input_at, own = walked[a], place[a], key[a]
            parts[input_at] = part
            walked[left], place[left], key[left] = part, input_at, own
            left += 1 if part >= count else 0
        walking = left


@njit(error_model="numpy", nogil=True, cache=True)
def triangular(uniforms: Floats, low: Floats, mode: Floats, high: Floats, column: Ints, out: Floats) -> None:
    """Inverse of the triangular distribution, over the uniforms and into the columns of the inputs."""
    wide_vectors()
    for m in range(uniforms.shape[0]):
        row = uniforms[m]
        for j in range(row.shape[0]):
            u, a, b, c = row[j], low[j], high[j], mode[j]
            below = u * (b - a) < c - a
            reach = np.sqrt((b - a) * (u * (c - a) if below else (1.0 - u) * (b - c)))
            row[j] = a + reach if below else b - reach
        for j in range(row.shape[0]):
            out[m, column[j]] = row[j]
