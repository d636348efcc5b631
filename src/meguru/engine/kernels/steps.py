"""One step of a model after the other: the order of section 3 of the methods page."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.loops import clear, put, put_over
from meguru.engine.kernels.parts import spread_put
from meguru.engine.kernels.pull import FAILED, pull
from meguru.engine.kernels.push import node_start, push
from meguru.engine.kernels.repairs import (
    any_lacks, any_less, begin_search, find_available, scale_back, want_all_spares, want_replacements,
)  # fmt: skip
from meguru.engine.kernels.sale import mistaken, place, survive_new
from meguru.engine.kernels.spares import draw_spares, expect_spares, take_out
from meguru.engine.kernels.stores import find_content, finish_store, shelve
from meguru.engine.kernels.use import demand_of, leave, note_stock, settle
from meguru.engine.kernels.views import unowned
from meguru.engine.plan import (
    AVAILABLE, DATED_BEFORE, EVENTS, EVENT_COUNT, EVENT_DEMAND, EVENT_SALES, EVENT_UNMET, EXTRA,
    EXTRA_BEFORE, EXTRA_CHANGE, FLOWS, FLOWS_DATED, FLOWS_VALUED, FLOW_COUNT, GOT, HELD, HELD_PIECES,
    HELD_PIECES_START, HELD_START, ITEM, ITEM_CHANGING, ITEM_DATES, ITEM_WIDTH, KEPT, LEAVING, LEAVING_NEXT,
    NEGATIVE_SALES, NODE, NODE_ITEM, NODE_START, NOT_FINITE, NO_CONVERGENCE, OK, OUT, OWED, PART_AGE,
    PART_SHORT, PIECES_IN, PIECES_NEXT, PRODUCT, PRODUCT_CLASSES, PRODUCT_ITEM, PRODUCT_PIECES, PRODUCT_SLOT,
    PRODUCT_SLOTS_END, PUSH, PUT, PUT_LAW, PUT_NEW, SCRAP, SCRAP_AMOUNT, SCRAP_FLOWS, SCRAP_NODE,
    SCRAP_OFFER, SCRAP_PUSH, SINGULAR_LOOP, SLOT, SLOT_LEAVING, SLOT_PIECES, SPARE, SPARES, SPARES_SHORT,
    STATUS, STEPS, STORES, SURVIVAL, USE, USED, USED_START, USE_DRIVEN, USE_EVENT, USE_INPUT, VALUED_BEFORE,
    WAITING, WANTED, WEIGHT, X, at, copy, event_at, fill, line, number, rows,
)  # fmt: skip

TRIES = 200


@uncounted("void(int64[::1], float64[::1], int64, int64, int64)")
def clear_flows(p: Any, r: Any, t: Any, name: Any, width: Any) -> Any:
    """Set a step of a part of the record to zero; ``width`` numbers per row and step."""
    count = p[name + 1] // (p[STEPS] * width)
    for row in range(count):
        start = p[name] + (row * p[STEPS] + t) * width
        r[start : start + width] = 0.0


@uncounted()
def take_up_waiting(p: Any, z: Any, t: Any) -> Any:
    """What left in the step of its sale is pushed now, as old as it was then: it waited out of use."""
    dates = p[STEPS] + 1
    for node in range(rows(p, NODE)):
        shape = line(p, ITEM, at(p, NODE, node, NODE_ITEM))
        older = 1 if p[shape + ITEM_DATES] > 1 and p[shape + ITEM_CHANGING] == 0 else 0
        start, width = at(p, NODE, node, NODE_START), p[shape + ITEM_WIDTH]
        later(
            z, p[X] + start, p[WAITING] + start, width // p[shape + ITEM_DATES], p[shape + ITEM_DATES], older
        )
    for product in range(rows(p, PRODUCT)):
        row = line(p, PRODUCT, product)
        older = 1 - at(p, ITEM, p[row + PRODUCT_ITEM], ITEM_CHANGING)
        first, blocks = p[row + PRODUCT_SLOT], p[row + PRODUCT_CLASSES]
        if first == p[row + PRODUCT_SLOTS_END]:
            continue
        if p[row + PRODUCT_PIECES] == 1:
            for index in range(first, p[row + PRODUCT_SLOTS_END]):
                take_up_pieces(p, z, t, index, blocks, older)
        start = at(p, SLOT, first, SLOT_LEAVING)  # the same for all parts of a product
        later(z, p[LEAVING] + start, p[LEAVING_NEXT] + start, 2 * blocks, dates, older)


@uncounted()
def take_up_pieces(p: Any, z: Any, t: Any, index: Any, blocks: Any, older: Any) -> Any:
    """Pieces inside what left in the step of its sale. Where no product left there are none: most cells."""
    dates = p[STEPS] + 1
    leaving, pieces = at(p, SLOT, index, SLOT_LEAVING), at(p, SLOT, index, SLOT_PIECES)
    for state in range(3):  # whole; for a part intact; for a part failed
        of_state = leaving + min(state, 1) * blocks * dates
        for block in range(blocks):
            for date in range(t + 1):
                product = of_state + block * dates + date
                there = p[PIECES_IN] + pieces + ((state * blocks + block) * dates + date) * dates
                if date >= older and z[p[LEAVING_NEXT] + product - older] != 0.0:
                    here = there - p[PIECES_IN] + p[PIECES_NEXT] - older * dates
                    put(z, there + 1, here, t)
                    z[there] = 0.0
                elif z[p[LEAVING] + product] != 0.0:
                    clear(z, there, t + 1)


@uncounted()
def forget_waiting(p: Any, z: Any, t: Any) -> Any:
    """Nothing waits any more: what did has been pushed."""
    dates = p[STEPS] + 1
    for product in range(rows(p, PRODUCT)):
        row = line(p, PRODUCT, product)
        blocks = p[row + PRODUCT_CLASSES]
        if p[row + PRODUCT_PIECES] == 0:
            continue
        for index in range(p[row + PRODUCT_SLOT], p[row + PRODUCT_SLOTS_END]):
            leaving, pieces = at(p, SLOT, index, SLOT_LEAVING), at(p, SLOT, index, SLOT_PIECES)
            for cell in range(3 * blocks * dates):
                product_cell = cell if cell < 2 * blocks * dates else cell - blocks * dates
                if z[p[LEAVING_NEXT] + leaving + product_cell] != 0.0:
                    clear(z, p[PIECES_NEXT] + pieces + cell * dates, t + 1)
    fill(p, z, WAITING, 0.0)
    fill(p, z, LEAVING_NEXT, 0.0)


@uncounted()
def later(z: Any, there: Any, here: Any, blocks: Any, dates: Any, older: Any) -> Any:
    """Copy blocks by date, every date ``older`` (0 or 1) steps later; the last date is empty in the step
    before."""
    for block in range(blocks):
        start = block * dates
        if older == 1:
            z[there + start] = 0.0
        put(z, there + start + older, here + start, dates - older)


@uncounted()
def begin(p: Any, z: Any, r: Any, t: Any) -> Any:
    """Undo a try of step t: workspace, records and stores as at its start."""
    take_up_waiting(p, z, t)
    copy(p, z, HELD, HELD_START)
    copy(p, z, HELD_PIECES, HELD_PIECES_START)
    for name in (EXTRA, USED, SPARES, WANTED):
        fill(p, z, name, 0.0)
    r[p[FLOWS] + t * p[FLOW_COUNT] : p[FLOWS] + (t + 1) * p[FLOW_COUNT]] = 0.0
    if p[SCRAP_FLOWS + 1] > 0:
        r[p[SCRAP_FLOWS] + t * p[FLOW_COUNT] : p[SCRAP_FLOWS] + (t + 1) * p[FLOW_COUNT]] = 0.0
    for name in (FLOWS_VALUED, PART_AGE):
        clear_flows(p, r, t, name, 1)
    clear_flows(p, r, t, FLOWS_DATED, p[STEPS] + 1)
    r[p[EVENTS] + t * p[EVENT_COUNT] : p[EVENTS] + (t + 1) * p[EVENT_COUNT]] = 0.0


@uncounted()
def save_dated(p: Any, z: Any, r: Any, t: Any, save: Any) -> Any:
    """Keep the step's flows by date and by value as the push left them, or put them back."""
    dates = p[STEPS] + 1
    for row in range(p[DATED_BEFORE + 1] // dates):
        here = p[DATED_BEFORE] + row * dates
        there = p[FLOWS_DATED] + (row * p[STEPS] + t) * dates
        if save:
            put_over(z, r, here, there, dates)
        else:
            put_over(r, z, there, here, dates)
    for row in range(p[VALUED_BEFORE + 1]):
        there = p[FLOWS_VALUED] + row * p[STEPS] + t
        if save:
            z[p[VALUED_BEFORE] + row] = r[there]
        else:
            r[there] = z[p[VALUED_BEFORE] + row]


@uncounted()
def scrap_once(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """New scrap of what the pull makes goes through the network into the stores. Returns the largest
    change."""
    for k in range(t * p[FLOW_COUNT], (t + 1) * p[FLOW_COUNT]):
        r[p[FLOWS] + k] -= r[p[SCRAP_FLOWS] + k]
        r[p[SCRAP_FLOWS] + k] = 0.0
    save_dated(p, z, r, t, False)
    copy(p, z, EXTRA_BEFORE, EXTRA)
    fill(p, z, EXTRA, 0.0)
    copy(p, z, USED, USED_START)
    fill(p, z, X, 0.0)
    for k in range(rows(p, SCRAP)):
        node = at(p, SCRAP, k, SCRAP_NODE)
        dated = at(p, ITEM, at(p, NODE, node, NODE_ITEM), ITEM_DATES) > 1
        amount = z[p[OUT] + at(p, SCRAP, k, SCRAP_OFFER)] * number(p, c, at(p, SCRAP, k, SCRAP_AMOUNT), t)
        z[node_start(p, p[X], node) + (t if dated else 0)] += amount
    push(p, c, z, r, t, p[X], SCRAP_PUSH, True)
    change = 0.0
    for k in range(p[EXTRA + 1]):
        now, before = z[p[EXTRA] + k], z[p[EXTRA_BEFORE] + k]
        change = max(change, abs(now - before) / (1e-300 + abs(now)))
    return change


@uncounted()
def foresee_scrap(p: Any, z: Any, times: Any) -> Any:
    """Every third time, go where the last two changes lead to (Aitken): rounds whose scrap nearly all comes
    back would be many. What is foreseen is only what the next round begins with."""
    for k in range(p[EXTRA + 1]):
        now, last = z[p[EXTRA] + k], z[p[EXTRA_CHANGE] + k]
        change = now - z[p[EXTRA_BEFORE] + k]
        if times % 3 == 2 and 0.0 < change * last and abs(change) < abs(last):
            z[p[EXTRA] + k] = max(now + change * change / (last - change), 0.0)
        z[p[EXTRA_CHANGE] + k] = change


@uncounted()
def pull_with_scrap(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Step 4. Scrap that returns to the same step's production is found by repetition: each round adds
    less."""
    copy(p, z, USED_START, USED)
    save_dated(p, z, r, t, True)
    for times in range(TRIES):
        find_content(p, z)
        if pull(p, c, z, t) == FAILED:
            return False
        if rows(p, SCRAP) == 0:
            return True
        if scrap_once(p, c, z, r, t) < 1e-13:
            return True
        foresee_scrap(p, z, times)
    return False


@uncounted()
def one_try(p: Any, c: Any, z: Any, r: Any, t: Any, in_full: Any) -> Any:
    """Steps 1 to 4 without moving the stock on. Returns a code.

    ``in_full``: repairs ask for all that they could use, to see what they would get.
    """
    begin(p, z, r, t)
    shelve(p, c, z, t)
    leave(p, c, z, r, t)
    if in_full:
        want_all_spares(p, z)
    draw_spares(p, c, z, r, t)
    spread_spares(p, z, t)
    if not push(p, c, z, r, t, p[X], PUSH, False):
        return SINGULAR_LOOP
    want_replacements(p, z, r, t, in_full)
    for u in range(rows(p, USE)):
        wanted = demand_of(p, c, z, t, u)
        if wanted < 0.0 or not np.isfinite(wanted):
            r[p[STATUS] + 2] = u
            return NEGATIVE_SALES if wanted < 0.0 else NOT_FINITE
        z[p[WANTED] + at(p, USE, u, USE_INPUT)] = wanted
    return OK if pull_with_scrap(p, c, z, r, t) else NO_CONVERGENCE


@uncounted()
def spread_spares(p: Any, z: Any, t: Any) -> Any:
    """Births with which spares are put in, from the births that they have."""
    dates = p[STEPS] + 1
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        spread_put(p, z, t, p[PUT_LAW] + i * dates, p[PUT] + i * dates, z[p[PUT_NEW] + i])


@uncounted()
def accept(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Move the stock on, place what was delivered, record."""
    settle(p, c, z, t)
    expect_spares(p, c, z, t)
    spread_spares(p, z, t)
    forget_waiting(p, z, t)
    fill(p, z, OWED, 0.0)
    for u in range(rows(p, USE)):
        event = event_at(p, at(p, USE, u, USE_EVENT), t)
        i = at(p, USE, u, USE_INPUT)
        wanted, got = z[p[WANTED] + i], z[p[GOT] + i]
        r[event + EVENT_DEMAND] += wanted
        r[event + EVENT_SALES] += got
        r[event + EVENT_UNMET] += max(wanted - got, 0.0)
        place(p, c, z, r, t, u, True)
    fill(p, z, KEPT, 1.0)
    take_out(p, c, z, r, t)
    note_stock(p, c, z, r, t)
    for index in range(rows(p, STORES)):
        finish_store(p, z, r, t, index)


@uncounted()
def step(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """One time step. Returns a code."""
    copy(p, z, HELD_START, HELD)
    copy(p, z, HELD_PIECES_START, HELD_PIECES)
    fill(p, z, AVAILABLE, 1.0)
    fill(p, z, WEIGHT, 0.0)
    for u in range(rows(p, USE)):
        if at(p, USE, u, USE_DRIVEN) == 1:
            z[p[SURVIVAL] + u] = survive_new(p, c, z, r, t, u)
    searched = False
    for _ in range(TRIES):
        code = one_try(p, c, z, r, t, False)
        if code == OK and not searched and (any_less(p, z) or any_lacks(p, z)):
            searched = True
            code = search_repairs(p, c, z, r, t)
            if code == OK:
                continue
        if code != OK:
            return code
        again = scale_back(p, z)
        if again == 2:
            return SPARES_SHORT
        if again == 0:
            if not mistaken(p, c, z, r, t):
                accept(p, c, z, r, t)
                return OK
            searched = False
    return PART_SHORT


@uncounted()
def search_repairs(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Find which share of the repairs can be done. Returns a code."""
    begin_search(p, z)
    for _ in range(TRIES):
        code = one_try(p, c, z, r, t, True)
        if code != OK or find_available(p, z):
            return code
    return PART_SHORT


@njit(cache=True, nogil=True)
def simulate(p: Any, c: Any, z: Any, r: Any) -> Any:
    """All steps of every sample. ``c`` (sample, numbers), ``z`` (state), ``r`` (sample, record)."""
    plan, state = unowned(p), unowned(z)
    for s in range(c.shape[0]):
        numbers, record = unowned(c[s]), unowned(r[s])
        state[:] = 0.0
        for t in range(p[STEPS]):
            code = step(plan, numbers, state, record, t)
            if code != OK:
                r[s, p[STATUS]] = code
                r[s, p[STATUS] + 1] = t
                break
