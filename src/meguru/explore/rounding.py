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
    largest = np.maximum(np.abs(first), np.abs(second))
    with np.errstate(invalid="ignore"):  # of two that are infinite
        near = (np.abs(first - second) <= SAME * largest) & np.isfinite(largest)
    found: NDArray[np.bool_] = near | (first == second)
    return found


def ranks(values: ArrayLike) -> NDArray[np.int64]:
    """(value,) The places of values in their order, from 0; those that are the :func:`same` have one place.

    So have all in a row of which each is the same as the next. What is undefined comes last.
    """
    known = np.asarray(values, dtype=np.float64)
    order = np.argsort(known, kind="stable")
    ordered = known[order]
    is_next = np.zeros(len(known), dtype=np.int64)
    is_next[1:] = ~same(ordered[1:], ordered[:-1])
    found = np.empty(len(known), dtype=np.int64)
    found[order] = np.cumsum(is_next)
    return found
