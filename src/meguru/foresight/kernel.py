"""One scenario after the other, from the first year to the last.

History is held by time: row ``now`` is the state x(t), and the row of a lag of k steps stands k rows before.
When the rows are used up, the last ``longest + 1`` are moved to the front. So an edge reads from a place of
its own, the ``offset``, plus the place of the row ``now``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from meguru.foresight.kernel_math import logistic, tanh
from meguru.foresight.kernel_plan import Curved, Events, Floats, Forced, Ints, Linear, Noises, Plan, steps_of
from meguru.foresight.kernel_random import event_uniform, normals

Word = np.uint64


steps_back = njit(error_model="numpy", nogil=True)(steps_of)


@njit(error_model="numpy", nogil=True)
def prepare_linear(
    linear: Linear, inputs: Floats, step: float, nodes: int, coefficient: Floats, offset: Ints, base: Floats
) -> None:
    """Coefficients and places of the edges, and what they add where all sources are at their references.

    ``base`` is summed as the edges of a step are, so that a model at rest stays there to the last bit.
    """
    base[:] = 0.0
    for e in range(coefficient.shape[0]):
        coefficient[e] = inputs[linear.edge[e]] * linear.gain[e]
        offset[e] = linear.source[e] - steps_back(inputs[linear.lag[e]], step) * nodes
    for run in range(linear.runs.shape[0] - 1):
        for e in range(linear.runs[run], linear.runs[run + 1]):
            base[e - linear.runs[run]] += coefficient[e] * linear.reference[e]


@njit(error_model="numpy", nogil=True)
def prepare_curved(
    curved: Curved, inputs: Floats, step: float, nodes: int, strength: Floats, offset: Ints, second: Ints
) -> None:
    for e in range(strength.shape[0]):
        strength[e] = inputs[curved.edge[e]] * curved.gain[e]
        back = steps_back(inputs[curved.lag[e]], step) * nodes
        offset[e], second[e] = curved.source[e] - back, curved.second[e] - back


@njit(error_model="numpy", nogil=True)
def add_linear(
    runs: Ints, coefficient: Floats, offset: Ints, history: Floats, here: int, change: Floats
) -> None:
    for run in range(runs.shape[0] - 1):
        a, b = runs[run], runs[run + 1]
        factors, offsets = coefficient[a:b], offset[a:b]
        for i in range(factors.shape[0]):
            change[i] += factors[i] * history[np.uint64(offsets[i] + here)]


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
    curved: Curved,
    strength: Floats,
    offset: Ints,
    second: Ints,
    history: Floats,
    here: int,
    room: Floats,
    change: Floats,
) -> None:
    y, z = room[0], room[1]
    read_scaled(offset, curved.reference, curved.shrink, history, here, y)
    read_scaled(second, curved.second_reference, curved.second_shrink, history, here, z)
    bend(curved.ends, curved.cap, curved.steepness, curved.threshold, y, z, strength)
    for e in range(y.shape[0]):
        change[curved.target[e]] += y[e]


@njit(error_model="numpy", nogil=True)
def begin_with_noise(
    noises: Noises, s: int, scenario: Word, k0: Word, k1: Word, drawn: Floats, change: Floats
) -> None:
    """Set the change of all nodes to their noise in step s; ``drawn`` (4, noisy node) keeps four steps."""
    if s % 4 == 0:
        normals(np.uint64(s // 4), scenario, noises.hash_low, noises.hash_high, k0, k1, drawn)
    row = drawn[s % 4]
    change[:] = 0.0
    for i in range(row.shape[0]):
        change[noises.node[i]] = noises.size[i] * row[i]


@njit(error_model="numpy", nogil=True)
def step_nodes(
    own: Floats,
    pull: Floats,
    low: Floats,
    high: Floats,
    base: Floats,
    change: Floats,
    now: Floats,
    then: Floats,
) -> None:
    for i in range(now.shape[0]):
        x = now[i] + (own[i] - pull[i] * now[i]) + (change[i] - base[i])
        x = low[i] if x < low[i] else x
        then[i] = high[i] if x > high[i] else x


@njit(error_model="numpy", nogil=True)
def happen(
    events: Events, s: int, scenario: Word, k0: Word, k1: Word, now: Floats, begun: Ints, change: Floats
) -> None:
    """Let events happen, and add what those that have happened do in this step."""
    for v in range(events.lasting.shape[0]):
        if begun[v] < 0 and events.chance[v, s] > 0.0:
            holds = True
            for c in range(0 if v == 0 else events.condition_ends[v - 1], events.condition_ends[v]):
                x = now[events.condition_node[c]]
                holds = holds and x >= events.condition_low[c] and x <= events.condition_high[c]
            if holds:
                low, high = events.hash_low[v], events.hash_high[v]
                if event_uniform(np.uint64(s), scenario, low, high, k0, k1) < events.chance[v, s]:
                    begun[v] = s
        if begun[v] < 0 or s >= begun[v] + events.lasting[v]:
            continue
        for f in range(0 if v == 0 else events.effect_ends[v - 1], events.effect_ends[v]):
            jump = events.jump[f] if begun[v] == s else 0.0
            change[events.effect_node[f]] += jump + events.push[f]


@njit(error_model="numpy", nogil=True)
def shift(forced: Forced, s: int, change: Floats) -> None:
    for f in range(forced.node.shape[0]):
        if forced.held[f] == 0 and forced.start[f] == s:
            change[forced.node[f]] += forced.value[f]


@njit(error_model="numpy", nogil=True)
def hold(forced: Forced, s: int, state: Floats) -> None:
    for f in range(forced.node.shape[0]):
        if forced.held[f] == 1 and forced.start[f] <= s < forced.stop[f]:
            state[forced.node[f]] = forced.value[f]


@njit(error_model="numpy", nogil=True)
def run_one(
    plan: Plan,
    forced: Forced,
    inputs: Floats,
    scenario: Word,
    k0: Word,
    k1: Word,
    history: Floats,
    snapshots: Floats,
    begun: Ints,
) -> None:
    """One scenario.

    ``inputs`` (column,) are strengths, lags and starts; ``history`` (row · node,) is room to work;
    ``snapshots`` (snapshot, node) in the order of the model, and ``begun`` (event,) are written.
    """
    nodes, linear, curved, n, longest = (
        plan.nodes,
        plan.linear,
        plan.curved,
        plan.nodes.own.shape[0],
        plan.longest,
    )
    coefficient, offset = np.empty(linear.edge.shape[0]), np.empty(linear.edge.shape[0], np.int64)
    base = np.empty(n)
    prepare_linear(linear, inputs, plan.step, n, coefficient, offset, base)
    bent = curved.edge.shape[0]
    strength, room = np.empty(bent), np.empty((2, bent))
    bent_offset, second = np.empty(bent, np.int64), np.empty(bent, np.int64)
    prepare_curved(curved, inputs, plan.step, n, strength, bent_offset, second)
    change, drawn = np.empty(n), np.empty((4, plan.noises.node.shape[0]))
    begun[:] = -1
    for i in range(n):
        snapshots[0, nodes.outer[i]] = inputs[nodes.start[i]]
        for row in range(longest + 1):
            history[row * n + i] = inputs[nodes.start[i]]
    now = longest
    for s in range(plan.steps):
        if now == plan.rows - 1:
            for i in range((longest + 1) * n):
                history[i] = history[(now - longest) * n + i]
            now = longest
        here = now * n
        state, after = history[here : here + n], history[here + n : here + 2 * n]
        begin_with_noise(plan.noises, s, scenario, k0, k1, drawn, change)
        add_linear(linear.runs, coefficient, offset, history, here, change)
        if bent > 0:
            add_curved(curved, strength, bent_offset, second, history, here, room, change)
        happen(plan.events, s, scenario, k0, k1, state, begun, change)
        shift(forced, s, change)
        step_nodes(nodes.own, nodes.pull, nodes.low, nodes.high, base, change, state, after)
        hold(forced, s, after)
        now += 1
        if (s + 1) % plan.every == 0:
            for i in range(n):
                snapshots[(s + 1) // plan.every, nodes.outer[i]] = after[i]


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
    for m in range(scenarios.shape[0]):
        scenario = np.uint64(scenarios[m])
        run_one(plan, forced, inputs[m], scenario, k0, k1, history, snapshots[m], begun[m])
