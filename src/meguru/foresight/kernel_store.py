"""Snapshots of a block of scenarios, moved to where a run keeps them."""

from __future__ import annotations

import numpy as np
from numba import njit

from meguru.foresight.kernel_plan import Floats


@njit(error_model="numpy", nogil=True)
def first_fault(snapshots: Floats, largest: float) -> tuple[int, int, int]:
    """Scenario, snapshot and node of the first number that can not be stored; −1, −1, −1 where all can."""
    count, shown, nodes = snapshots.shape
    flat = snapshots.reshape(count * shown * nodes)
    good = 0
    for i in range(flat.shape[0]):
        good += 1 if np.abs(flat[i]) <= largest else 0
    if good == flat.shape[0]:
        return -1, -1, -1
    for y in range(shown):
        for m in range(count):
            for i in range(nodes):
                if not np.abs(snapshots[m, y, i]) <= largest:
                    return m, y, i
    return -1, -1, -1


@njit(error_model="numpy", nogil=True, cache=True)
def put(snapshots: Floats, states: Floats, at: int, largest: float) -> tuple[int, int, int]:
    """Snapshots (scenario, snapshot, node) into states (snapshot, node, scenario), from scenario ``at`` on.

    Returns scenario, snapshot and node of the first number above ``largest`` or none; else −1, −1, −1.
    """
    count, shown, nodes = snapshots.shape
    flat, step = snapshots.reshape(count * shown * nodes), np.uint64(shown * nodes)
    for y in range(shown):
        for i in range(nodes):
            line, place = states[y, i, at : at + count], np.uint64(y * nodes + i)
            for m in range(count):  # one index that never wraps around: a third less time than with three
                line[m] = flat[place]
                place += step
    return first_fault(snapshots, largest)
