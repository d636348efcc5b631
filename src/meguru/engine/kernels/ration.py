"""Rations: where a source is short, all wants are filled together until what they need is used up.

Every want rises at a pace in proportion to its size (what it would be if common sources were plentiful). A
target draws on its first source until that one is used up or the share it may have is reached, then on its
next; a make process draws on all its inputs at once. What can rise no further stops, the others go on: nobody
could be given more without taking from somebody who has less (weighted max-min fairness; progressive
filling, Bertsekas and Gallager, *Data Networks*, 1992, section 6.5). A route with a later claim waits until
those with an earlier claim on the same source have had theirs.

Between two events (a source is used up, a share is reached, a want is filled) all paces stay the same, so an
event follows the other without iteration.
"""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.supply import INFINITE, capacity_of
from meguru.engine.plan import (
    ASKING, DRAWN, EDGE, EDGE_CLAIM, EDGE_EXACT, EDGE_INPUT, EDGE_MOST, EDGE_OFFER, EDGE_PACE, EDGE_SPARE,
    GIVEN, GOT, INPUT, INPUT_AMOUNT, INPUT_COMPONENT, INPUT_EDGE, INPUT_EDGES_END, INPUT_OWNER, INPUT_PACE,
    LET, MAKE, NEED, OFFER, OFFER_COMPONENT, OFFER_EDGE, OFFER_EDGES, OFFER_INPUT, OFFER_INPUTS_END,
    OFFER_KIND, OFFER_PACE, OFFER_STATE, OUT, OWED, POTENTIAL, STOPPED, UNSETTLED, UPSTREAM, WANTED,
    WISH_NEED, at, fill, line, number, rows,
)  # fmt: skip

OPEN, WAITS, CLOSED = range(3)
DUST = 1e-13


@uncounted()
def fill_together(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Fill the demands in WANTED of the UNSETTLED components as far as possible, what is owed first.

    False if it never ends.
    """
    start_over(p, c, z, t)
    for owed in (True, False):
        fill(p, z, LET, 0.0)
        events = rows(p, OFFER) + 4 * rows(p, EDGE) + 2 * rows(p, INPUT) + 9
        while rise(p, c, z, t, owed):
            events -= 1
            if events < 0:
                return False
    hand_over(p, z)
    return True


@uncounted()
def start_over(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Nothing has been given yet in the components to be filled; in the others nothing rises any more."""
    for i in range(rows(p, INPUT)):
        filled = z[p[UNSETTLED] + at(p, INPUT, i, INPUT_COMPONENT)] == 1.0
        z[p[STOPPED] + i] = 0.0 if filled else 1.0
        if filled:
            z[p[NEED] + i] = 0.0
            for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
                z[p[GIVEN] + e] = 0.0
    for o in range(rows(p, OFFER)):
        if z[p[UNSETTLED] + at(p, OFFER, o, OFFER_COMPONENT)] == 1.0:
            z[p[OUT] + o] = 0.0
            z[p[POTENTIAL] + o] = capacity_of(p, c, z, t, o)


@uncounted()
def rise(p: Any, c: Any, z: Any, t: Any, owed: Any) -> Any:
    """From one event to the next. False if nothing can rise any more."""
    find_asking(p, c, z, t, owed)
    find_states(p, c, z, t)
    if stop_closed(p, c, z, t):
        return True
    if not set_paces(p, c, z, t, owed):
        return let_later_claims(p, c, z, t)
    move_on(p, c, z, t, owed, time_to_event(p, c, z, t, owed))
    return True


@uncounted()
def goal(p: Any, z: Any, i: Any, owed: Any) -> Any:
    """Where a want ends in this round: at what is owed, or at everything."""
    return min(z[p[OWED] + i], z[p[WANTED] + i]) if owed else z[p[WANTED] + i]


@uncounted()
def find_asking(p: Any, c: Any, z: Any, t: Any, owed: Any) -> Any:
    """Inputs that still want something, targets first: a make process asks while anybody asks it."""
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) < 0:
            asking = z[p[STOPPED] + i] == 0.0 and z[p[NEED] + i] < goal(p, z, i, owed)
            z[p[ASKING] + i] = 1.0 if asking else 0.0
    for index in range(rows(p, UPSTREAM) - 1, -1, -1):
        o = at(p, UPSTREAM, index, 0)
        offer = line(p, OFFER, o)
        asking = 0.0
        for k in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
            asking = max(asking, z[p[ASKING] + at(p, EDGE, at(p, OFFER_EDGE, k, 0), EDGE_INPUT)])
        if p[offer + OFFER_KIND] == MAKE:
            for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
                needed = number(p, c, at(p, INPUT, i, INPUT_AMOUNT), t) > 0.0
                z[p[ASKING] + i] = asking if needed else 0.0


@uncounted()
def find_states(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Whether each offer can give more now, later, or not at all; sources first."""
    for index in range(rows(p, UPSTREAM)):
        o = at(p, UPSTREAM, index, 0)
        offer = line(p, OFFER, o)
        state = CLOSED if z[p[OUT] + o] >= z[p[POTENTIAL] + o] else OPEN
        if p[offer + OFFER_KIND] == MAKE and state == OPEN:
            for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
                if number(p, c, at(p, INPUT, i, INPUT_AMOUNT), t) > 0.0:
                    state = max(state, input_state(p, c, z, t, i))
        z[p[OFFER_STATE] + o] = state


@uncounted()
def edge_state(p: Any, c: Any, z: Any, t: Any, e: Any) -> Any:
    """Whether an edge can carry more now, later, or not at all."""
    edge = line(p, EDGE, e)
    if p[edge + EDGE_SPARE] == 1:
        return OPEN if z[p[GIVEN] + e] < z[p[DRAWN] + e] else CLOSED
    o = p[edge + EDGE_OFFER]
    state = int(z[p[OFFER_STATE] + o])
    return WAITS if state == OPEN and behind_others(p, c, z, t, e) else state


@uncounted()
def behind_others(p: Any, c: Any, z: Any, t: Any, e: Any) -> Any:
    """Whether somebody with an earlier claim on the same source still asks."""
    if z[p[LET] + e] == 1.0:
        return False
    o = at(p, EDGE, e, EDGE_OFFER)
    for k in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
        other = line(p, EDGE, at(p, OFFER_EDGE, k, 0))
        if p[other + EDGE_CLAIM] >= at(p, EDGE, e, EDGE_CLAIM):
            return False
        if p[other + EDGE_SPARE] == 1 or z[p[ASKING] + p[other + EDGE_INPUT]] == 0.0:
            continue
        share = p[other + EDGE_EXACT] if p[other + EDGE_EXACT] >= 0 else p[other + EDGE_MOST]
        if number(p, c, share, t) > 0.0:
            return True
    return False


@uncounted()
def within(p: Any, c: Any, z: Any, t: Any, e: Any) -> Any:
    """Whether an edge carries less than the share that it may have."""
    need = z[p[NEED] + at(p, EDGE, e, EDGE_INPUT)]
    most = number(p, c, at(p, EDGE, e, EDGE_MOST), t)
    return most >= 1.0 or z[p[GIVEN] + e] < most * need * (1.0 - DUST)


@uncounted()
def input_state(p: Any, c: Any, z: Any, t: Any, i: Any) -> Any:
    """Whether the sources of an input can bring more under their share limits."""
    row = line(p, INPUT, i)
    state, left = OPEN, 1.0
    for e in range(p[row + INPUT_EDGE], p[row + INPUT_EDGES_END]):
        if at(p, EDGE, e, EDGE_EXACT) >= 0:
            share = number(p, c, at(p, EDGE, e, EDGE_EXACT), t)
            left -= share
            if share > 0.0:
                state = max(state, edge_state(p, c, z, t, e))
    for drawn in (1, 0):  # what was drawn already comes before all that is still to be asked
        for e in range(p[row + INPUT_EDGE], p[row + INPUT_EDGES_END]):
            if left <= 1e-12:
                return state
            if at(p, EDGE, e, EDGE_EXACT) >= 0 or at(p, EDGE, e, EDGE_SPARE) != drawn:
                continue
            most = number(p, c, at(p, EDGE, e, EDGE_MOST), t)
            now = edge_state(p, c, z, t, e) if most > 0.0 else CLOSED
            if now == WAITS:
                return max(state, WAITS)
            if now == OPEN:
                left -= most if not within(p, c, z, t, e) else left
    return state if left <= 1e-12 else CLOSED


@uncounted()
def stop_closed(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Wants that nothing can fill any further stop for good. True if there were any."""
    found = False
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) < 0 and z[p[ASKING] + i] == 1.0:
            if input_state(p, c, z, t, i) == CLOSED:
                z[p[STOPPED] + i] = 1.0
                found = True
    return found


@uncounted()
def set_paces(p: Any, c: Any, z: Any, t: Any, owed: Any) -> Any:
    """How fast everything rises now, targets first. False if nothing does."""
    moves = False
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) >= 0:
            continue
        pace = 0.0
        if z[p[ASKING] + i] == 1.0 and input_state(p, c, z, t, i) == OPEN:
            pace = z[p[OWED] + i] if owed else max(z[p[WISH_NEED] + i] - z[p[OWED] + i], 0.0)
        moves = moves or pace > 0.0
        split_pace(p, c, z, t, i, pace)
    for index in range(rows(p, UPSTREAM) - 1, -1, -1):
        o = at(p, UPSTREAM, index, 0)
        offer = line(p, OFFER, o)
        pace = 0.0
        for k in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
            e = at(p, OFFER_EDGE, k, 0)
            if at(p, EDGE, e, EDGE_SPARE) == 0:
                pace += z[p[EDGE_PACE] + e]
        z[p[OFFER_PACE] + o] = pace
        if p[offer + OFFER_KIND] == MAKE:
            for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
                split_pace(p, c, z, t, i, pace * number(p, c, at(p, INPUT, i, INPUT_AMOUNT), t))
    return moves


@uncounted()
def split_pace(p: Any, c: Any, z: Any, t: Any, i: Any, pace: Any) -> Any:
    """An input draws on its exact sources by their shares, on the others in order."""
    row = line(p, INPUT, i)
    z[p[INPUT_PACE] + i] = pace
    left = pace
    for e in range(p[row + INPUT_EDGE], p[row + INPUT_EDGES_END]):
        z[p[EDGE_PACE] + e] = 0.0
        if at(p, EDGE, e, EDGE_EXACT) >= 0:
            z[p[EDGE_PACE] + e] = pace * number(p, c, at(p, EDGE, e, EDGE_EXACT), t)
            left -= z[p[EDGE_PACE] + e]
    for drawn in (1, 0):
        for e in range(p[row + INPUT_EDGE], p[row + INPUT_EDGES_END]):
            if left <= 1e-12 * pace:
                return
            if at(p, EDGE, e, EDGE_EXACT) >= 0 or at(p, EDGE, e, EDGE_SPARE) != drawn:
                continue
            if edge_state(p, c, z, t, e) == OPEN:
                most = left if within(p, c, z, t, e) else pace * number(p, c, at(p, EDGE, e, EDGE_MOST), t)
                z[p[EDGE_PACE] + e] = min(left, most)
                left -= z[p[EDGE_PACE] + e]


@uncounted()
def let_later_claims(p: Any, c: Any, z: Any, t: Any) -> Any:
    """When all that ask wait for each other, the earliest of the waiting claims are let. False if none."""
    earliest, found = 0, False
    for name in (False, True):
        for e in range(rows(p, EDGE)):
            edge = line(p, EDGE, e)
            if p[edge + EDGE_SPARE] == 1 or z[p[ASKING] + p[edge + EDGE_INPUT]] == 0.0:
                continue
            if z[p[OFFER_STATE] + p[edge + EDGE_OFFER]] == CLOSED or not behind_others(p, c, z, t, e):
                continue
            if not name:
                earliest = min(earliest, p[edge + EDGE_CLAIM]) if found else p[edge + EDGE_CLAIM]
                found = True
            elif p[edge + EDGE_CLAIM] == earliest:
                z[p[LET] + e] = 1.0
    return found


@uncounted()
def time_to_event(p: Any, c: Any, z: Any, t: Any, owed: Any) -> Any:
    """When the first source is used up, the first share reached or the first want filled."""
    soon = INFINITE
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) < 0 and z[p[INPUT_PACE] + i] > 0.0:
            soon = min(soon, (goal(p, z, i, owed) - z[p[NEED] + i]) / z[p[INPUT_PACE] + i])
    for o in range(rows(p, OFFER)):
        if z[p[OFFER_PACE] + o] > 0.0 and z[p[POTENTIAL] + o] < INFINITE:
            soon = min(soon, (z[p[POTENTIAL] + o] - z[p[OUT] + o]) / z[p[OFFER_PACE] + o])
    for e in range(rows(p, EDGE)):
        edge, pace = line(p, EDGE, e), z[p[EDGE_PACE] + e]
        if pace <= 0.0:
            continue
        if p[edge + EDGE_SPARE] == 1:
            soon = min(soon, (z[p[DRAWN] + e] - z[p[GIVEN] + e]) / pace)
        if p[edge + EDGE_EXACT] < 0 and within(p, c, z, t, e):
            most = number(p, c, p[edge + EDGE_MOST], t)
            faster = pace - most * z[p[INPUT_PACE] + p[edge + EDGE_INPUT]]
            if most < 1.0 and faster > 1e-12 * pace:
                soon = min(soon, (most * z[p[NEED] + p[edge + EDGE_INPUT]] - z[p[GIVEN] + e]) / faster)
    return max(soon, 0.0)


@uncounted()
def move_on(p: Any, c: Any, z: Any, t: Any, owed: Any, time: Any) -> Any:
    """Everything rises for a while; what is used up or filled but for rounding is so exactly."""
    for i in range(rows(p, INPUT)):
        z[p[NEED] + i] += time * z[p[INPUT_PACE] + i]
        if at(p, INPUT, i, INPUT_OWNER) < 0 and z[p[INPUT_PACE] + i] > 0.0:
            z[p[NEED] + i] = full(z[p[NEED] + i], goal(p, z, i, owed))
    for o in range(rows(p, OFFER)):
        if z[p[OFFER_PACE] + o] > 0.0:
            z[p[OUT] + o] = full(z[p[OUT] + o] + time * z[p[OFFER_PACE] + o], z[p[POTENTIAL] + o])
    for e in range(rows(p, EDGE)):
        z[p[GIVEN] + e] += time * z[p[EDGE_PACE] + e]
        if at(p, EDGE, e, EDGE_SPARE) == 1:
            z[p[GIVEN] + e] = full(z[p[GIVEN] + e], z[p[DRAWN] + e])


@uncounted()
def full(now: Any, most: Any) -> Any:
    """What is there, but everything if no more than rounding is missing."""
    return most if most - now <= DUST * most else now


@uncounted()
def hand_over(p: Any, z: Any) -> Any:
    """What was given; spares out of stores were drawn before, all of them."""
    for i in range(rows(p, INPUT)):
        if z[p[UNSETTLED] + at(p, INPUT, i, INPUT_COMPONENT)] == 0.0:
            continue
        z[p[GOT] + i] = z[p[NEED] + i]
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if at(p, EDGE, e, EDGE_SPARE) == 1:
                z[p[GOT] + i] += z[p[DRAWN] + e] - z[p[GIVEN] + e]
                z[p[GIVEN] + e] = 0.0
