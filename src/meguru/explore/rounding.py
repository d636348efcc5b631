"""Which numbers are the same but for rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
SAME = 1e-9  # of the largest value: what is nearer is the same number, as where balances close


def reacts(values: Array) -> bool:
    """Whether an output differs between samples by more than rounding, or is undefined in some of them."""
    known = values[~np.isnan(values)]
    if 0 < known.size < values.size:
        return True
    return bool(known.size) and bool(np.ptp(known) > SAME * np.abs(known).max())


def same(one: ArrayLike, other: ArrayLike) -> NDArray[np.bool_]:
    """Whether numbers differ by no more than rounding, each pair by itself; false where one is undefined."""
    first, second = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    near: NDArray[np.bool_] = np.abs(first - second) <= SAME * np.maximum(np.abs(first), np.abs(second))
    return near
