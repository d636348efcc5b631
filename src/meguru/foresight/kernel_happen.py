"""What happens to nodes: events and interventions, in a step of late nodes."""

from __future__ import annotations

import numpy as np
from numba import njit

from meguru.foresight.kernel_plan import Events, Floats, Forced, Ints
from meguru.foresight.kernel_random import event_uniform

Word = np.uint64


@njit(error_model="numpy", nogil=True)
def happen(
    events: Events,
    s: int,
    scenario: Word,
    k0: Word,
    k1: Word,
    history: Floats,
    across: int,
    here: int,
    position: Ints,
    begun: Ints,
    change: Floats,
) -> None:
    """Let events happen, and add what those that have happened do in this step."""
    for v in range(events.lasting.shape[0]):
        if begun[v] < 0 and events.chance[v, s] > 0.0:
            holds = True
            for c in range(0 if v == 0 else events.condition_ends[v - 1], events.condition_ends[v]):
                x = history[events.condition_node[c] * across + here]
                holds = holds and x >= events.condition_low[c] and x <= events.condition_high[c]
            if holds:
                low, high = events.hash_low[v], events.hash_high[v]
                if event_uniform(np.uint64(s), scenario, low, high, k0, k1) < events.chance[v, s]:
                    begun[v] = s
        if begun[v] < 0 or s >= begun[v] + events.lasting[v]:
            continue
        for f in range(0 if v == 0 else events.effect_ends[v - 1], events.effect_ends[v]):
            jump = events.jump[f] if begun[v] == s else 0.0
            change[position[events.effect_node[f]]] += jump + events.push[f]


@njit(error_model="numpy", nogil=True)
def shift(forced: Forced, s: int, position: Ints, change: Floats) -> None:
    for f in range(forced.node.shape[0]):
        if forced.held[f] == 0 and forced.start[f] == s:
            change[position[forced.node[f]]] += forced.value[f]


@njit(error_model="numpy", nogil=True)
def hold(forced: Forced, s: int, position: Ints, state: Floats) -> None:
    for f in range(forced.node.shape[0]):
        if forced.held[f] == 1 and forced.start[f] <= s < forced.stop[f]:
            state[position[forced.node[f]]] = forced.value[f]
