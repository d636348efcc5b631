"""Chance: each number depends on seed, run, who it is for, the step, and what it decides; on nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.engine.kernel_declared import uncounted
from meguru.random.kernel_philox import WORD, philox, unit

KIND = 1 << 20  # numbers of one kind
(
    LEAVE,
    KEEP,
    AGAIN,
    FAIL,
    MEND,
    VISIT,
    GO,
    JOIN,
    HALF_STEP,
    SHELF_PLACE,
    ROOM,
    SALES,
    ROUND,
    FILL,
    RESET,
    ALLOT,
    LOSE,
    TAKE,
    LOW,
) = range(KIND, 20 * KIND, KIND)
PASS = 1 << 16  # of a loop, above the step
NEARLY = 1e-9
THREE, FOUR = np.uint64(3), np.uint64(4)


@uncounted("float64(uint64[::1], int64, int64, int64)", forceinline=True)
def uniform(k: Any, who: Any, step: Any, what: Any) -> Any:
    """In (0, 1)."""
    w0, w1, _, _ = philox(np.uint64(who), np.uint64(step), np.uint64(what), k[2], k[0], k[1])
    return unit(w0, w1)


@uncounted("void(uint64[::1], int32[::1], float64[::1], int64, int64, int64, int64, int64)", forceinline=True)
def draw(k: Any, m: Any, s: Any, out: Any, first: Any, count: Any, step: Any, what: Any) -> Any:
    """What :func:`uniform` gives for ``count`` individuals whose numbers stand side by side in ``m``.

    Positions are unsigned and words are known to be of 32 bits, so that the processor draws four at once:
    up to three more are drawn than asked for.
    """
    who, there = np.uint64(first), np.uint64(out)
    now, kind, run = np.uint64(step) & WORD, np.uint64(what) & WORD, k[2] & WORD
    low, high = k[0] & WORD, k[1] & WORD
    for index in range((np.uint64(count) + THREE) // FOUR * FOUR):
        w0, w1, _, _ = philox(np.uint64(m[who + index]) & WORD, now, kind, run, low, high)
        s[there + index] = unit(w0, w1)


@uncounted("float64(float64, float64)")
def whole(value: Any, u: Any) -> Any:
    """A whole number whose expectation over ``u`` is the value."""
    nearest = np.floor(value + 0.5)
    if abs(value - nearest) <= NEARLY * max(1.0, abs(value)):
        return nearest
    return np.floor(value + u)
