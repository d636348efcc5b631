"""What of a scenario does not change from step to step: coefficients, places in the history, and which nodes
are early.

Noise is drawn for ``BLOCK`` steps at a time, and so are most edges added: an edge whose lag is as long needs
no state of these steps. A node is **late** if it has to wait for some: its edges are shorter, or curved, or
events and interventions change it. Early nodes do a block at once, then late ones step by step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from meguru.foresight.kernel_plan import BLOCK, Curved, Floats, Forced, Ints, Linear, Nodes, Plan, steps_of
from meguru.foresight.kernel_wide import wide_vectors


class Early(NamedTuple):
    """(linear edge into an early node,), in the order of the plan; the first ``used[0]`` are used."""

    used: Ints
    coefficient: Floats
    offset: Ints  # place of the source less the lag: with ``here``, where it is read
    place: Ints  # of the target in a block of (node, step)


class Late(NamedTuple):
    """(late node,) in order, the first ``used[0]``, and their linear edges in runs as in the plan."""

    used: Ints
    node: Ints
    position: Ints  # (node,) among the late ones
    own: Floats
    pull: Floats
    low: Floats
    high: Floats
    base: Floats
    state: Floats
    change: Floats
    runs: Ints
    coefficient: Floats  # (linear edge into a late node,)
    offset: Ints


class Bent(NamedTuple):
    """(curved edge,) and room for what they read."""

    strength: Floats
    offset: Ints
    second: Ints
    y: Floats
    z: Floats


class Room(NamedTuple):
    """What a thread needs to work in."""

    early: Early
    late: Late
    bent: Bent
    base: Floats  # (node,) what its edges add where all sources are at their references
    back: Ints  # (linear edge,) lag in steps
    coefficient: Floats  # (linear edge,)
    waits: Ints  # (node,) 1 where it is late
    current: Floats  # (node,) states now
    drawn: Floats  # (noisy node · step of a block,)
    block: Floats  # (node · step of a block,) what is added to each in each
    after: Floats  # (node · step of a block,) states of early nodes


steps_back = njit(error_model="numpy", nogil=True)(steps_of)


@njit(error_model="numpy", nogil=True)
def room_for(plan: Plan) -> Room:
    """Lists that are filled from the front have a place more: all is written before it is known to count."""
    n, edges, bent = plan.nodes.own.shape[0], plan.linear.edge.shape[0], plan.curved.edge.shape[0]
    late = Late(
        np.zeros(1, np.int64),
        np.empty(n + 1, np.int64),
        np.empty(n, np.int64),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.zeros(plan.linear.runs.shape[0], np.int64),
        np.empty(edges + 1),
        np.empty(edges + 1, np.int64),
    )
    places = np.empty((2, edges + 1), np.int64)
    early = Early(np.zeros(1, np.int64), np.empty(edges + 1), places[0], places[1])
    reads, values = np.empty((2, bent), np.int64), np.empty((3, bent))
    return Room(
        early,
        late,
        Bent(values[0], reads[0], reads[1], values[1], values[2]),
        np.empty(n),
        np.empty(edges, np.int64),
        np.empty(edges),
        np.empty(n, np.int64),
        np.empty(n),
        np.empty(BLOCK * plan.noises.node.shape[0]),
        np.empty(BLOCK * n),
        np.empty(BLOCK * n),
    )


@njit(error_model="numpy", nogil=True)
def prepare(plan: Plan, forced: Forced, inputs: Floats, room: Room) -> None:
    """Fill the room for one scenario; ``inputs`` (column,) are its strengths, lags and starts."""
    linear, waits = plan.linear, room.waits
    read_lags(linear.lag, inputs, plan.step, room.back)
    read_strengths(linear.edge, linear.gain, inputs, room.coefficient)
    add_references(linear.runs, room.coefficient, linear.reference, room.base)
    waits[:] = plan.nodes.waits
    for f in range(forced.node.shape[0]):
        waits[forced.node[f]] = 1
    wait_for_short(linear.runs, room.back, waits)
    choose_late(plan.nodes, inputs, room.base, waits, room.late)
    part_edges(linear, plan.across, plan.along, room, room.early, room.late)
    prepare_curved(plan.curved, inputs, plan, room.bent)


@njit(error_model="numpy", nogil=True)
def read_lags(column: Ints, inputs: Floats, step: float, back: Ints) -> None:
    wide_vectors()
    for e in range(back.shape[0]):
        back[e] = steps_back(inputs[np.uint64(column[e])], step)


@njit(error_model="numpy", nogil=True)
def read_strengths(column: Ints, gain: Floats, inputs: Floats, coefficient: Floats) -> None:
    wide_vectors()
    for e in range(coefficient.shape[0]):
        coefficient[e] = inputs[np.uint64(column[e])] * gain[e]


@njit(error_model="numpy", nogil=True)
def add_references(runs: Ints, coefficient: Floats, reference: Floats, base: Floats) -> None:
    """``base`` is summed as the edges of a step are, so that a model at rest stays there to the last bit."""
    base[:] = 0.0
    for run in range(runs.shape[0] - 1):
        a, b = np.uint64(runs[run]), np.uint64(runs[run + 1])
        for e in range(a, b):
            base[e - a] += coefficient[e] * reference[e]


@njit(error_model="numpy", nogil=True)
def wait_for_short(runs: Ints, back: Ints, waits: Ints) -> None:
    """Nodes wait for whom an edge reads a state of the block of steps itself."""
    for run in range(runs.shape[0] - 1):
        a, b = np.uint64(runs[run]), np.uint64(runs[run + 1])
        for e in range(a, b):
            waits[e - a] |= np.int64(back[e] < BLOCK - 1)


@njit(error_model="numpy", nogil=True)
def choose_late(nodes: Nodes, inputs: Floats, base: Floats, waits: Ints, late: Late) -> None:
    node, position, state, start = late.node, late.position, late.state, nodes.start
    count = 0
    for i in range(waits.shape[0]):
        node[count], position[i] = i, count
        count += waits[i]
    late.used[0] = count
    pick(node, count, nodes.own, late.own)
    pick(node, count, nodes.pull, late.pull)
    pick(node, count, nodes.low, late.low)
    pick(node, count, nodes.high, late.high)
    pick(node, count, base, late.base)
    for at in range(count):
        state[at] = inputs[start[node[at]]]


@njit(error_model="numpy", nogil=True)
def pick(node: Ints, count: int, values: Floats, out: Floats) -> None:
    for at in range(count):
        out[at] = values[np.uint64(node[at])]


@njit(error_model="numpy", nogil=True)
def part_edges(linear: Linear, across: int, along: int, room: Room, early: Early, late: Late) -> None:
    """Edges into early nodes and into late ones, each in the order of the plan."""
    runs, source, waits, back, factor = linear.runs, linear.source, room.waits, room.back, room.coefficient
    coefficient, offset, place = early.coefficient, early.offset, early.place
    late_runs, late_coefficient, late_offset = late.runs, late.coefficient, late.offset
    ahead = waiting = 0
    for run in range(runs.shape[0] - 1):
        first = runs[run]
        for e in range(first, runs[run + 1]):
            at, waits_here = source[e] * across - back[e] * along, waits[e - first]
            late_coefficient[waiting], late_offset[waiting] = factor[e], at
            coefficient[ahead], offset[ahead], place[ahead] = factor[e], at, (e - first) * BLOCK
            waiting += waits_here
            ahead += 1 - waits_here
        late_runs[run + 1] = waiting
    early.used[0] = ahead


@njit(error_model="numpy", nogil=True)
def prepare_curved(curved: Curved, inputs: Floats, plan: Plan, bent: Bent) -> None:
    for e in range(bent.strength.shape[0]):
        bent.strength[e] = inputs[curved.edge[e]] * curved.gain[e]
        back = steps_back(inputs[curved.lag[e]], plan.step) * plan.along
        bent.offset[e] = curved.source[e] * plan.across - back
        bent.second[e] = curved.second[e] * plan.across - back
