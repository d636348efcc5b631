"""Chance: each number depends on seed, run, who it is for, the step, and what it decides; on nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.engine.items.plan import uncounted
from meguru.random.kernel_philox import philox, unit

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


@uncounted("float64(uint64[::1], int64, int64, int64)", forceinline=True)
def uniform(k: Any, who: Any, step: Any, what: Any) -> Any:
    """In (0, 1)."""
    w0, w1, _, _ = philox(np.uint64(who), np.uint64(step), np.uint64(what), k[2], k[0], k[1])
    return unit(w0, w1)


@uncounted("float64(float64, float64)")
def whole(value: Any, u: Any) -> Any:
    """A whole number whose expectation over ``u`` is the value."""
    nearest = np.floor(value + 0.5)
    if abs(value - nearest) <= NEARLY * max(1.0, abs(value)):
        return nearest
    return np.floor(value + u)
