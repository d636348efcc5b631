"""A step of late nodes: see :mod:`meguru.foresight.kernel_prepare`."""

from __future__ import annotations

import numpy as np
from numba import njit

from meguru.foresight.kernel_math import logistic, tanh
from meguru.foresight.kernel_plan import BLOCK, Curved, Floats, Ints
from meguru.foresight.kernel_prepare import Bent
from meguru.foresight.kernel_wide import wide_vectors


@njit(error_model="numpy", nogil=True)
def take(node: Ints, count: int, block: Floats, within: int, change: Floats) -> None:
    """What was drawn for late nodes in a step of the block."""
    for at in range(count):
        change[at] = block[np.uint64(node[at] * BLOCK + within)]


@njit(error_model="numpy", nogil=True)
def add_linear(
    runs: Ints, coefficient: Floats, offset: Ints, history: Floats, here: int, change: Floats
) -> None:
    for run in range(runs.shape[0] - 1):
        a, b = np.uint64(runs[run]), np.uint64(runs[run + 1])
        for e in range(a, b):
            change[e - a] += coefficient[e] * history[np.uint64(offset[e] + here)]


@njit(error_model="numpy", nogil=True)
def read_scaled(
    offset: Ints, reference: Floats, shrink: Floats, history: Floats, here: int, out: Floats
) -> None:
    """Sources in scales from their reference."""
    for e in range(out.shape[0]):
        out[e] = (history[np.uint64(offset[e] + here)] - reference[e]) * shrink[e]


@njit(error_model="numpy", nogil=True)
def bend(
    ends: Ints, cap: Floats, steepness: Floats, threshold: Floats, y: Floats, z: Floats, strength: Floats
) -> None:
    """What curved edges add, in the unit of the target, written over y."""
    for e in range(ends[0]):
        y[e] = strength[e] * (cap[e] * tanh(y[e] / cap[e]))
    for e in range(ends[0], ends[1]):
        y[e] = strength[e] * logistic(steepness[e] * (y[e] - threshold[e]))
    for e in range(ends[1], ends[2]):
        y[e] = strength[e] * (y[e] * z[e])
    for e in range(ends[2], ends[3]):
        y[e] = strength[e] * (y[e] * logistic(steepness[e] * (z[e] - threshold[e])))


@njit(error_model="numpy", nogil=True)
def add_curved(
    curved: Curved, bent: Bent, position: Ints, history: Floats, here: int, change: Floats
) -> None:
    wide_vectors()
    y, z, target = bent.y, bent.z, curved.target
    read_scaled(bent.offset, curved.reference, curved.shrink, history, here, y)
    read_scaled(bent.second, curved.second_reference, curved.second_shrink, history, here, z)
    bend(curved.ends, curved.cap, curved.steepness, curved.threshold, y, z, bent.strength)
    for e in range(y.shape[0]):
        change[position[target[e]]] += y[e]


@njit(error_model="numpy", nogil=True)
def step_late(
    count: int,
    own: Floats,
    pull: Floats,
    low: Floats,
    high: Floats,
    base: Floats,
    change: Floats,
    state: Floats,
) -> None:
    wide_vectors()
    for i in range(count):
        x = state[i] + (own[i] - pull[i] * state[i]) + (change[i] - base[i])
        x = low[i] if x < low[i] else x
        state[i] = high[i] if x > high[i] else x


@njit(error_model="numpy", nogil=True)
def give(
    node: Ints, count: int, state: Floats, across: int, history: Floats, then: int, current: Floats
) -> None:
    """States of late nodes, into the history."""
    for at in range(count):
        current[np.uint64(node[at])] = state[at]
        history[np.uint64(node[at] * across + then)] = state[at]
