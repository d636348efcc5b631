"""One scenario after the other, from the first year to the last.

History is held at ``rows`` times: that of node i at time k is at i · ``across`` + k · ``along``. The time
``now`` is that of the state x(t), ``here`` = now · along; what a lag of k steps reads stands k times before.
When the times are used up, the last ``longest + 1`` are moved to the front. So an edge reads from a place of
its own, the ``offset``, plus ``here``. Where most nodes are early, the times of a node stand side by side
(along = 1), and an edge reads a block of steps at once; else the nodes of a time do: best step by step.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from meguru.foresight.kernel_happen import happen, hold, shift
from meguru.foresight.kernel_late import add_curved, add_linear, give, step_late, take
from meguru.foresight.kernel_plan import BLOCK, Floats, Forced, Ints, Plan
from meguru.foresight.kernel_prepare import Room, prepare, room_for
from meguru.foresight.kernel_random import normals
from meguru.foresight.kernel_wide import add_four, set_four, wide_vectors

Word = np.uint64


@njit(error_model="numpy", nogil=True)
def spread(node: Ints, size: Floats, drawn: Floats, block: Floats) -> None:
    """Set what is added to all nodes in a block of steps to their noise."""
    block[:] = 0.0
    for p in range(node.shape[0]):
        set_four(block, np.uint64(node[p] * BLOCK), size[p], drawn, np.uint64(p * BLOCK))


@njit(error_model="numpy", nogil=True)
def add_early(
    count: int, coefficient: Floats, offset: Ints, place: Ints, history: Floats, now: int, block: Floats
) -> None:
    """Edges into early nodes, for the block of steps from ``now`` on."""
    for e in range(count):
        add_four(block, np.uint64(place[e]), coefficient[e], history, np.uint64(offset[e] + now))


@njit(error_model="numpy", forceinline=True, nogil=True)
def stepped(x: float, own: float, pull: float, low: float, high: float, change: float) -> float:
    x = x + (own - pull * x) + change
    x = low if x < low else x
    return high if x > high else x


@njit(error_model="numpy", nogil=True)
def step_early(
    own: Floats,
    pull: Floats,
    low: Floats,
    high: Floats,
    base: Floats,
    block: Floats,
    current: Floats,
    after: Floats,
) -> None:
    """A block of steps of all nodes; what late ones get here is written over."""
    wide_vectors()
    for i in range(base.shape[0]):
        x0 = stepped(current[i], own[i], pull[i], low[i], high[i], block[4 * i] - base[i])
        x1 = stepped(x0, own[i], pull[i], low[i], high[i], block[4 * i + 1] - base[i])
        x2 = stepped(x1, own[i], pull[i], low[i], high[i], block[4 * i + 2] - base[i])
        x3 = stepped(x2, own[i], pull[i], low[i], high[i], block[4 * i + 3] - base[i])
        after[4 * i], after[4 * i + 1], after[4 * i + 2], after[4 * i + 3] = x0, x1, x2, x3
        current[i] = x3


@njit(error_model="numpy", nogil=True)
def keep(after: Floats, across: int, history: Floats, then: int) -> None:
    """A block of states into the history, where the times of a node stand side by side."""
    for i in range(after.shape[0] // BLOCK):
        set_four(history, np.uint64(i * across + then), 1.0, after, np.uint64(i * BLOCK))


@njit(error_model="numpy", nogil=True)
def begin(inputs: Floats, start: Ints, plan: Plan, current: Floats, history: Floats) -> None:
    """The start of each node, and its history before."""
    across, along, times = plan.across, plan.along, plan.longest + 1
    for i in range(start.shape[0]):
        current[i] = inputs[start[i]]
        for time in range(times):
            history[i * across + time * along] = current[i]


@njit(error_model="numpy", nogil=True)
def show(outer: Ints, across: int, history: Floats, here: int, snapshot: Floats) -> None:
    """The states at a time, in the order of the model."""
    for i in range(outer.shape[0]):
        snapshot[np.uint64(outer[i])] = history[np.uint64(i * across + here)]


@njit(error_model="numpy", nogil=True)
def move_to_front(nodes: int, across: int, along: int, history: Floats, times: int, now: int) -> None:
    """The last times of each node, to ``now``."""
    for time in range(times):
        to, at = time * along, (now + 1 - times + time) * along
        for i in range(nodes):
            history[np.uint64(i * across + to)] = history[np.uint64(i * across + at)]


@njit(error_model="numpy", nogil=True)
def run_one(
    plan: Plan,
    forced: Forced,
    inputs: Floats,
    scenario: Word,
    k0: Word,
    k1: Word,
    room: Room,
    history: Floats,
    snapshots: Floats,
    begun: Ints,
) -> None:
    """One scenario.

    ``inputs`` (column,) are strengths, lags and starts; ``history`` (node · row,) is room to work;
    ``snapshots`` (snapshot, node) in the order of the model, and ``begun`` (event,) are written.
    Fields are taken out of their tuples before the loop: in it, each would be counted as held and let go.
    """
    prepare(plan, forced, inputs, room)
    rows, across, along, longest, every = plan.rows, plan.across, plan.along, plan.longest, plan.every
    start, own, pull, low, high, outer, _ = plan.nodes
    noisy, size, hash_low, hash_high = plan.noises
    early, late, bent, base, _, _, _, current, drawn, block, after = room
    edges, coefficient, offset, place = early
    waiting, node, position, late_own, late_pull, late_low, late_high, late_base, state, change = late[:10]
    runs, late_coefficient, late_offset = late[10:]
    curved, events, forcing = plan.curved, plan.events, forced.node.shape[0]
    n, count, ahead = own.shape[0], waiting[0], edges[0]
    begun[:] = -1
    begin(inputs, start, plan, current, history)
    now, here = longest, longest * along
    show(outer, across, history, here, snapshots[0])
    for s in range(plan.steps):
        if s % BLOCK == 0:
            if now + BLOCK >= rows:
                move_to_front(n, across, along, history, longest + 1, now)
                now, here = longest, longest * along
            normals(np.uint64(s // BLOCK), scenario, hash_low, hash_high, k0, k1, drawn)
            spread(noisy, size, drawn, block)
            if count < n:
                add_early(ahead, coefficient, offset, place, history, here, block)
                step_early(own, pull, low, high, base, block, current, after)
                keep(after, across, history, here + 1)
        if count > 0 or begun.shape[0] > 0:
            take(node, count, block, s % BLOCK, change)
            add_linear(runs, late_coefficient, late_offset, history, here, change)
            if bent.y.shape[0] > 0:
                add_curved(curved, bent, position, history, here, change)
            if begun.shape[0] > 0:
                happen(events, s, scenario, k0, k1, history, across, here, position, begun, change)
            if forcing > 0:
                shift(forced, s, position, change)
            step_late(count, late_own, late_pull, late_low, late_high, late_base, change, state)
            if forcing > 0:
                hold(forced, s, position, state)
            give(node, count, state, across, history, here + along, current)
        now, here = now + 1, here + along
        if (s + 1) % every == 0:
            show(outer, across, history, here, snapshots[(s + 1) // every])


@njit(error_model="numpy", nogil=True, cache=True)
def run(
    plan: Plan,
    forced: Forced,
    inputs: Floats,
    scenarios: Ints,
    k0: Word,
    k1: Word,
    history: Floats,
    snapshots: Floats,
    begun: Ints,
) -> None:
    """Some scenarios: ``inputs`` (scenario, column), ``snapshots`` (scenario, snapshot, node)."""
    wide_vectors()
    room = room_for(plan)
    for m in range(scenarios.shape[0]):
        scenario = np.uint64(scenarios[m])
        run_one(plan, forced, inputs[m], scenario, k0, k1, room, history, snapshots[m], begun[m])
