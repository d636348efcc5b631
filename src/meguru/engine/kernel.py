"""One step of a model after the other: the order of section 3 of the methods page."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from meguru.engine.kernel_pull import draw_spares, expect_spares, law_of_input, pull, take_out
from meguru.engine.kernel_push import node_start, push
from meguru.engine.kernel_use import (
    demand_of,
    leave,
    note_stock,
    put_in_use,
    settle,
    spread_new,
    spread_put,
    survive_sale,
)
from meguru.engine.kernel_views import unowned
from meguru.engine.plan import (
    AVAILABLE, CONTENT, DATED_BEFORE, EDGE, EDGE_OFFER, EVENTS, EVENTS_BEFORE, EVENT_DEMAND, EVENT_SALES,
    EVENT_UNMET, EXTRA, EXTRA_BEFORE, FLOWS, FLOWS_DATED, FLOWS_VALUED, FLOW_COUNT, GIVEN, GOT, HELD,
    HELD_PIECES, HELD_PIECES_START, HELD_START, HOLDER_DATED, INPUT, INPUT_AVAILABLE, INPUT_EDGE,
    INPUT_EDGES_END, INPUT_ITEM, INPUT_OWNER, ITEM, ITEM_CHANGING, ITEM_DATES, ITEM_WIDTH, KEPT, LAW, LAWS,
    LEAVING, LEAVING_NEXT, NEGATIVE_SALES, NODE, NODE_ITEM, NODE_START, NOT_FINITE, NO_CONVERGENCE, OFFER,
    OFFER_BUILD, OFFER_INPUT, OFFER_INPUTS_END, OFFER_KIND, OFFER_STORE, OK, OUT, OWED, PART_AGE,
    PART_SHORT, PIECES_IN, PIECES_NEXT, PRODUCT, PRODUCT_CLASSES, PRODUCT_ITEM, PRODUCT_PIECES,
    PRODUCT_SLOT, PRODUCT_SLOTS_END, PUSH, PUT, PUT_LAW, PUT_NEW, REPLACEMENT, SALES_IN, SCRAP,
    SCRAP_AMOUNT, SCRAP_FLOWS, SCRAP_NODE, SCRAP_OFFER, SCRAP_PUSH, SEGMENT, SINGULAR_LOOP, SLOT,
    SLOT_LEAVING, SLOT_PART, SLOT_PIECES, SPARE, SPARES, SPARES_SHORT, STATUS, STEPS, STOCK, STOCK_DATED,
    STORE, STORES, STORE_AGEING, STORE_DATES, STORE_HOLDER, STORE_ITEM, STORE_LOSS, STORE_LOST,
    STORE_PIECES, STORE_PRODUCT, STORE_START, SURVIVAL, USE, USED, USED_START, USE_CLASS, USE_DRIVEN,
    USE_EVENT, USE_INPUT, USE_PRODUCT, USE_RESOLD, USE_SEGMENT, USE_SEGMENTS, VALUED_BEFORE, WAITING,
    WANTED, X, at, copy, fill, line, number, rows,
)  # fmt: skip

TRIES = 200


@njit(cache=True)
def shelve(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Start of a step in the stores: things on the shelf do not age (births move on), some are lost."""
    for index in range(rows(p, STORES)):
        row = line(p, STORES, index)
        start = p[HELD] + p[row + STORE_START]
        if p[row + STORE_DATES] > 1 and p[row + STORE_AGEING] == 0:
            for date in range(p[row + STORE_DATES] - 1, 0, -1):
                z[start + date] = z[start + date - 1]
            z[start] = 0.0
            if p[row + STORE_PRODUCT] >= 0:
                shelve_pieces(p, z, row)
        if p[row + STORE_LOSS] >= 0:
            lost = number(p, c, p[row + STORE_LOSS], t)
            into = node_start(p, p[X], p[row + STORE_LOST])
            for date in range(p[row + STORE_DATES]):
                z[into + date] += z[start + date] * lost
                z[start + date] *= 1.0 - lost
            if p[row + STORE_PRODUCT] >= 0:
                keep_pieces(p, z, row, 1.0 - lost)


@njit(cache=True)
def pieces_held(p: Any, row: Any) -> Any:
    """Number of slots of the product in a store."""
    product = line(p, PRODUCT, p[row + STORE_PRODUCT])
    return p[product + PRODUCT_SLOTS_END] - p[product + PRODUCT_SLOT]


@njit(cache=True)
def keep_pieces(p: Any, z: Any, row: Any, kept: Any) -> Any:
    """Followed parts leave a store with the products that hold them."""
    dates = p[STEPS] + 1
    start = p[HELD_PIECES] + p[row + STORE_PIECES]
    for k in range(start, start + pieces_held(p, row) * dates * dates):
        z[k] *= kept


@njit(cache=True)
def shelve_pieces(p: Any, z: Any, row: Any) -> Any:
    """The followed parts inside stored products do not age either."""
    dates = p[STEPS] + 1
    for k in range(pieces_held(p, row)):
        start = p[HELD_PIECES] + p[row + STORE_PIECES] + k * dates * dates
        for date in range(dates - 1, -1, -1):
            for birth in range(dates - 1, -1, -1):
                value = 0.0
                if date > 0 and birth > 0:
                    value = z[start + (date - 1) * dates + birth - 1]
                z[start + date * dates + birth] = value


@njit("void(int64[::1], float64[::1], int64, int64, int64)", cache=True)
def clear_flows(p: Any, r: Any, t: Any, name: Any, width: Any) -> Any:
    """Set a step of a part of the record to zero; ``width`` numbers per row and step."""
    count = p[name + 1] // (p[STEPS] * width)
    for row in range(count):
        start = p[name] + (row * p[STEPS] + t) * width
        r[start : start + width] = 0.0


@njit(cache=True)
def take_up_waiting(p: Any, z: Any) -> Any:
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
        blocks = p[row + PRODUCT_CLASSES]
        for index in range(p[row + PRODUCT_SLOT], p[row + PRODUCT_SLOTS_END]):
            start = at(p, SLOT, index, SLOT_LEAVING)
            later(z, p[LEAVING] + start, p[LEAVING_NEXT] + start, 2 * blocks, dates, older)
            if p[row + PRODUCT_PIECES] == 0:
                continue
            for cell in range(3 * blocks * dates):
                start = at(p, SLOT, index, SLOT_PIECES) + cell * dates
                if cell % dates >= older:
                    later(z, p[PIECES_IN] + start, p[PIECES_NEXT] + start - older * dates, 1, dates, 1)
                else:
                    for birth in range(dates):
                        z[p[PIECES_IN] + start + birth] = 0.0


@njit(cache=True)
def later(z: Any, there: Any, here: Any, blocks: Any, dates: Any, older: Any) -> Any:
    """Copy blocks by date, every date ``older`` (0 or 1) steps later; the last date is empty in the step
    before."""
    for block in range(blocks):
        start = block * dates
        if older == 1:
            z[there + start] = 0.0
        for date in range(dates - older):
            z[there + start + date + older] = z[here + start + date]


@njit(cache=True)
def begin(p: Any, z: Any, r: Any, t: Any) -> Any:
    """Undo a try of step t: workspace, records and stores as at its start."""
    take_up_waiting(p, z)
    copy(p, z, HELD, HELD_START)
    copy(p, z, HELD_PIECES, HELD_PIECES_START)
    for name in (EXTRA, USED, SPARES, WANTED):
        fill(p, z, name, 0.0)
    r[p[FLOWS] + t * p[FLOW_COUNT] : p[FLOWS] + (t + 1) * p[FLOW_COUNT]] = 0.0
    for name in (FLOWS_VALUED, PART_AGE):
        clear_flows(p, r, t, name, 1)
    clear_flows(p, r, t, FLOWS_DATED, p[STEPS] + 1)
    for k in range(p[EVENTS_BEFORE + 1]):
        r[p[EVENTS] + k * p[STEPS] + t] = z[p[EVENTS_BEFORE] + k]


@njit(cache=True)
def find_content(p: Any, z: Any) -> Any:
    """What the stores hold, new scrap of this step included."""
    for index in range(rows(p, STORES)):
        row = line(p, STORES, index)
        total = 0.0
        for date in range(p[row + STORE_START], p[row + STORE_START] + p[row + STORE_DATES]):
            total += z[p[HELD] + date] + z[p[EXTRA] + date]
        z[p[CONTENT] + index] = total


@njit(cache=True)
def save_dated(p: Any, z: Any, r: Any, t: Any, save: Any) -> Any:
    """Keep the step's flows by date and by value as the push left them, or put them back."""
    dates = p[STEPS] + 1
    for row in range(p[DATED_BEFORE + 1] // dates):
        here = p[DATED_BEFORE] + row * dates
        there = p[FLOWS_DATED] + (row * p[STEPS] + t) * dates
        if save:
            z[here : here + dates] = r[there : there + dates]
        else:
            r[there : there + dates] = z[here : here + dates]
    for row in range(p[VALUED_BEFORE + 1]):
        there = p[FLOWS_VALUED] + row * p[STEPS] + t
        if save:
            z[p[VALUED_BEFORE] + row] = r[there]
        else:
            r[there] = z[p[VALUED_BEFORE] + row]


@njit(cache=True)
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


@njit(cache=True)
def pull_with_scrap(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Step 4. Scrap that returns to the same step's production is found by repetition: each round adds
    less."""
    copy(p, z, USED_START, USED)
    save_dated(p, z, r, t, True)
    for _ in range(TRIES):
        find_content(p, z)
        if not pull(p, c, z, t):
            return False
        if rows(p, SCRAP) == 0:
            return True
        if scrap_once(p, c, z, r, t) < 1e-13:
            return True
    return False


@njit(cache=True)
def scale_back(p: Any, z: Any) -> Any:
    """Where spares or replacement parts fell short: repair so much less. Returns 0 done, 1 try again, 2
    cannot."""
    again = 0
    for i in range(rows(p, INPUT)):
        row = line(p, INPUT, i)
        wanted = z[p[WANTED] + i]
        if p[row + INPUT_OWNER] >= 0 or p[row + INPUT_AVAILABLE] < 0 or wanted <= 0.0:
            continue
        asked = max(z[p[SPARES] + i] + z[p[OWED] + i], wanted)
        short = wanted - z[p[GOT] + i]
        if short > 1e-9 * asked:
            flexible = asked - z[p[OWED] + i]
            if flexible <= 1e-12 * asked:
                return 2
            # Fewer repairs also keep fewer products for other repairs: half of the way each time.
            less = 0.5 * short / flexible if short < (1.0 - 1e-9) * flexible else 1.0
            z[p[AVAILABLE] + p[row + INPUT_AVAILABLE]] *= 1.0 - less
            again = 1
    return again


@njit(cache=True)
def one_try(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Steps 1 to 4 without moving the stock on. Returns a code."""
    begin(p, z, r, t)
    shelve(p, c, z, t)
    leave(p, c, z, r, t)
    draw_spares(p, c, z, r, t)
    spread_spares(p, z, t)
    if not push(p, c, z, r, t, p[X], PUSH, False):
        return SINGULAR_LOOP
    for k in range(rows(p, REPLACEMENT)):  # as many new children as old ones came out
        z[p[WANTED] + at(p, REPLACEMENT, k, 1)] += r[p[FLOWS] + t * p[FLOW_COUNT] + at(p, REPLACEMENT, k, 0)]
    for u in range(rows(p, USE)):
        wanted = demand_of(p, c, z, t, u)
        if wanted < 0.0 or not np.isfinite(wanted):
            r[p[STATUS] + 2] = u
            return NEGATIVE_SALES if wanted < 0.0 else NOT_FINITE
        z[p[WANTED] + at(p, USE, u, USE_INPUT)] = wanted
    return OK if pull_with_scrap(p, c, z, r, t) else NO_CONVERGENCE


@njit(cache=True)
def spread_spares(p: Any, z: Any, t: Any) -> Any:
    """Births with which spares are put in, from the births that they have."""
    dates = p[STEPS] + 1
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        spread_put(p, z, t, p[PUT_LAW] + i * dates, p[PUT] + i * dates, z[p[PUT_NEW] + i])


@njit(cache=True)
def place(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, join: Any) -> Any:
    """Step 5 for one use process: what was delivered joins the stock.

    Without ``join`` nothing moves; returns what would still be in use at the step's end.
    """
    i = at(p, USE, u, USE_INPUT)
    stay = 0.0
    for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
        if z[p[GIVEN] + e] <= 0.0:
            continue
        offer = line(p, OFFER, at(p, EDGE, e, EDGE_OFFER))
        if p[offer + OFFER_KIND] == STORE:
            stay += place_used(p, c, z, r, t, u, offer, z[p[GIVEN] + e], join)
        else:
            stay += place_new(p, c, z, r, t, u, offer, z[p[GIVEN] + e], join)
    return stay


@njit(cache=True)
def place_new(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, offer: Any, given: Any, join: Any) -> Any:
    """Products from a make process, their followed parts new or with the ages that the parts came with."""
    product = line(p, PRODUCT, at(p, USE, u, USE_PRODUCT))
    for index in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        for birth in range(p[STEPS] + 1):
            z[p[LAW] + birth] = 0.0
        new = 1.0
        for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
            if at(p, INPUT, i, INPUT_ITEM) == at(p, SLOT, index, SLOT_PART):
                new = law_of_input(p, z, t, i, p[LAW])
        spread_new(p, z, t, p[LAW], p[LAWS] + (index - p[product + PRODUCT_SLOT]) * (p[STEPS] + 1), new)
    return to_segments(p, c, z, r, t, u, p[offer + OFFER_BUILD], t, given, join)


@njit(cache=True)
def place_used(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, offer: Any, given: Any, join: Any) -> Any:
    """Whole products out of a store, with the age that they have: a resale."""
    row = line(p, STORES, p[offer + OFFER_STORE])
    # As for reused pieces: age x has index x in the first step of use, which at the end of a step is the
    # next one.
    moved = 1 if p[SALES_IN] == 2 and at(p, ITEM, p[row + STORE_ITEM], ITEM_CHANGING) == 0 else 0
    stay = 0.0
    for date in range(p[row + STORE_DATES]):
        units = given * z[p[HELD] + p[row + STORE_START] + date] / z[p[CONTENT] + p[offer + OFFER_STORE]]
        if units <= 0.0:
            continue
        if p[row + STORE_PRODUCT] >= 0:
            laws_inside(p, z, t, row, date)
        made = min(date + moved, t) if p[row + STORE_DATES] > 1 else t
        stay += to_segments(p, c, z, r, t, u, at(p, USE, u, USE_RESOLD), made, units, join)
    return stay


@njit(cache=True)
def laws_inside(p: Any, z: Any, t: Any, row: Any, date: Any) -> Any:
    """Births of the followed parts inside stored products of one date, into LAWS."""
    dates = p[STEPS] + 1
    for k in range(pieces_held(p, row)):
        start = p[HELD_PIECES] + p[row + STORE_PIECES] + (k * dates + date) * dates
        total = 0.0
        for birth in range(dates):
            total += z[start + birth]
        for birth in range(dates):
            z[p[LAW] + birth] = z[start + birth] / total
        spread_new(p, z, t, p[LAW], p[LAWS] + k * dates, 0.0)


@njit(cache=True)
def to_segments(
    p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, build: Any, date: Any, units: Any, join: Any
) -> Any:
    use = line(p, USE, u)
    stay = 0.0
    for segment in range(p[use + USE_SEGMENTS]):
        share = number(p, c, at(p, SEGMENT, p[use + USE_SEGMENT] + segment, 0), t)
        if share <= 0.0:
            continue
        if join:
            put_in_use(
                p,
                c,
                z,
                r,
                t,
                u,
                p[use + USE_CLASS] + build * p[use + USE_SEGMENTS] + segment,
                date,
                units * share,
            )
        else:
            stay += units * share * survive_sale(p, c, z, t, use, segment, date)
    return stay


@njit(cache=True)
def survive_new(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any) -> Any:
    """Share of all-new products still in use at the end of the step of their sale."""
    product = line(p, PRODUCT, at(p, USE, u, USE_PRODUCT))
    for k in range((p[product + PRODUCT_SLOTS_END] - p[product + PRODUCT_SLOT]) * (p[STEPS] + 1)):
        z[p[LAWS] + k] = 1.0 if k % (p[STEPS] + 1) == t else 0.0
    return to_segments(p, c, z, r, t, u, 0, t, 1.0, False)


@njit(cache=True)
def mistaken(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Whether what was delivered for a target stock survives the step otherwise than was reckoned with."""
    again = False
    for u in range(rows(p, USE)):
        got = z[p[GOT] + at(p, USE, u, USE_INPUT)]
        if at(p, USE, u, USE_DRIVEN) == 1 and got > 0.0:
            share = place(p, c, z, r, t, u, False) / got
            again = again or abs(share - z[p[SURVIVAL] + u]) > 1e-12
            z[p[SURVIVAL] + u] = share
    return again


@njit(cache=True)
def accept(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Move the stock on, place what was delivered, record."""
    settle(p, c, z, t)
    expect_spares(p, c, z, t)
    spread_spares(p, z, t)
    for name in (WAITING, LEAVING_NEXT, PIECES_NEXT, OWED):
        fill(p, z, name, 0.0)
    for u in range(rows(p, USE)):
        event = p[EVENTS] + at(p, USE, u, USE_EVENT) * p[STEPS] + t
        i = at(p, USE, u, USE_INPUT)
        wanted, got = z[p[WANTED] + i], z[p[GOT] + i]
        r[event + EVENT_DEMAND * p[STEPS]] += wanted
        r[event + EVENT_SALES * p[STEPS]] += got
        r[event + EVENT_UNMET * p[STEPS]] += max(wanted - got, 0.0)
        place(p, c, z, r, t, u, True)
    fill(p, z, KEPT, 1.0)
    take_out(p, c, z, r, t)
    note_stock(p, c, z, r, t)
    for index in range(rows(p, STORES)):
        finish_store(p, z, r, t, index)


@njit(cache=True)
def finish_store(p: Any, z: Any, r: Any, t: Any, index: Any) -> Any:
    """Followed parts leave with the products that hold them; what a store holds is recorded."""
    row = line(p, STORES, index)
    dates = p[STEPS] + 1
    kept = z[p[KEPT] + index]
    if p[row + STORE_PRODUCT] >= 0 and kept != 1.0:
        keep_pieces(p, z, row, kept)
    holder = p[row + STORE_HOLDER]
    dated = at(p, HOLDER_DATED, holder, 0)
    for date in range(p[row + STORE_DATES]):
        held = z[p[HELD] + p[row + STORE_START] + date]
        r[p[STOCK] + holder * p[STEPS] + t] += held
        if dated >= 0:
            r[p[STOCK_DATED] + (dated * p[STEPS] + t) * dates + date] += held


@njit(cache=True)
def step(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """One time step. Returns a code."""
    copy(p, z, HELD_START, HELD)
    copy(p, z, HELD_PIECES_START, HELD_PIECES)
    fill(p, z, AVAILABLE, 1.0)
    for u in range(rows(p, USE)):
        if at(p, USE, u, USE_DRIVEN) == 1:
            z[p[SURVIVAL] + u] = survive_new(p, c, z, r, t, u)
    for k in range(p[EVENTS_BEFORE + 1]):
        z[p[EVENTS_BEFORE] + k] = r[p[EVENTS] + k * p[STEPS] + t]
    for _ in range(TRIES):
        code = one_try(p, c, z, r, t)
        if code != OK:
            return code
        again = scale_back(p, z)
        if again == 2:
            return SPARES_SHORT
        if again == 0 and not mistaken(p, c, z, r, t):
            accept(p, c, z, r, t)
            return OK
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
