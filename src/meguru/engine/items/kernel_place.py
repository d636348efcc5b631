"""Step 5 for individuals: things leave the stores; products that were delivered come into use."""

from __future__ import annotations

from typing import Any

from meguru.engine.items.kernel_at import cells_at, row_at, slot_of, thing_at
from meguru.engine.items.kernel_chance import FAIL, FILL, JOIN, draw, uniform
from meguru.engine.items.kernel_leave import (
    ask_spares, count_pieces, go, judge, pieces_of, plan_next, take_out_failed,
)  # fmt: skip
from meguru.engine.items.kernel_lists import (
    free_thing, log, new_row, new_serial, note_one, take_from_shelf, wake,
)  # fmt: skip
from meguru.engine.items.kernel_lives import fails_in, leaves_in
from meguru.engine.items.kernel_spares import built_in
from meguru.engine.items.plan import (
    BIRTH, BREAKS, CELL, CELLS, CHAIN, CHAINED, CHANCES, DATE, FAILS, ID, INTO_SLOT, IS_OWED, LEAVES, MADE,
    MENDED, NEXT, NOBODY, ROW, ROW_CAUSE, ROW_DATE, ROW_EXIT, ROW_LOCAL, ROW_OWED, ROW_SERIAL, ROW_USE,
    SERIAL, SOLD, STORE_WHOLE, WENT,
)  # fmt: skip
from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.cohorts import segment_of, stock_at
from meguru.engine.plan import (
    EDGE, EDGE_FLOW, EDGE_INPUT, EDGE_OFFER, EDGE_SPARE, EVENT_WAITING, GIVEN, INPUT, INPUT_EDGE,
    INPUT_EDGES_END, INPUT_ITEM, ITEM, ITEM_CHANGING, ITEM_DATES, OFFER, OFFER_BUILD, OFFER_INPUT,
    OFFER_INPUTS_END, OFFER_KIND, OFFER_STORE, OUT, OWED, PRODUCT, PRODUCT_ITEM, PRODUCT_SLOT,
    PRODUCT_SLOTS_END, SALES_IN, SEGMENT, SLOT, SLOT_PART, STEPS, STORE, USE, USE_CLASS,
    USE_EVENT, USE_INPUT, USE_PRODUCT, USE_RESOLD, USE_SEGMENT, USE_SEGMENTS, N, at, event_at, line, number,
    rows,
)  # fmt: skip


@uncounted()
def take_things_out(p: Any, c: Any, z: Any, r: Any, q: Any, k: Any, m: Any, t: Any) -> Any:
    """What the pull draws from stores of individuals, into the chain of each edge; the rest is let go."""
    for e in range(rows(p, EDGE)):
        edge = line(p, EDGE, e)
        m[q[CHAIN] + e], m[q[CHAINED] + e] = NOBODY, 0
        offer = line(p, OFFER, p[edge + EDGE_OFFER])
        if p[edge + EDGE_SPARE] == 1 or p[offer + OFFER_KIND] != STORE:
            continue
        store = p[offer + OFFER_STORE]
        if q[q[STORE_WHOLE] + store] == 0:
            continue
        dates = at(p, ITEM, at(p, INPUT, p[edge + EDGE_INPUT], INPUT_ITEM), ITEM_DATES)
        for _ in range(int(z[p[GIVEN] + e] + 0.5)):
            thing = take_from_shelf(q, k, m, store, t)
            wake(p, q, m, store, thing, t)
            here = thing_at(q, thing)
            note_one(p, c, r, t, p[edge + EDGE_FLOW], t - m[here + DATE] if dates > 1 else 0)
            log(q, m, m[here + SERIAL], t, WENT, p[edge + EDGE_FLOW], NOBODY)
            if q[q[INTO_SLOT] + e] == 0:
                free_thing(q, m, thing)
                continue
            m[here + NEXT] = m[q[CHAIN] + e]
            m[q[CHAIN] + e] = thing
            m[q[CHAINED] + e] += 1


@uncounted()
def let_go(p: Any, q: Any, m: Any) -> Any:
    """Pieces built into products that do not come into use are no longer followed."""
    for e in range(rows(p, EDGE)):
        thing = m[q[CHAIN] + e]
        while thing != NOBODY:
            following = m[thing_at(q, thing) + NEXT]
            free_thing(q, m, thing)
            thing = following
        m[q[CHAIN] + e], m[q[CHAINED] + e] = NOBODY, 0


@uncounted()
def next_of(q: Any, m: Any, e: Any) -> Any:
    """The next thing of the chain of an edge."""
    thing = m[q[CHAIN] + e]
    m[q[CHAIN] + e] = m[thing_at(q, thing) + NEXT]
    m[q[CHAINED] + e] -= 1
    return thing


@uncounted()
def place(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, u: Any) -> Any:
    """What was delivered to one use process joins its stock."""
    i = at(p, USE, u, USE_INPUT)
    for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
        offer = line(p, OFFER, at(p, EDGE, e, EDGE_OFFER))
        if p[offer + OFFER_KIND] == STORE:
            while m[q[CHAIN] + e] != NOBODY:
                resell(p, c, z, r, q, s, k, m, t, u, next_of(q, m, e))
            continue
        left = z[p[OUT] + at(p, EDGE, e, EDGE_OFFER)]
        pieces_used = takes_used(p, q, m, offer)
        for _ in range(int(z[p[GIVEN] + e] + 0.5)):
            row = make_new(p, c, q, m, t, u, at(p, EDGE, e, EDGE_FLOW))
            if pieces_used:
                build_in(p, c, q, k, m, t, u, offer, left, row)
            else:
                build_new(q, m, t, row)
            join(p, c, z, r, q, s, k, m, t, u, p[offer + OFFER_BUILD], row)
            left -= 1.0


@uncounted()
def takes_used(p: Any, q: Any, m: Any, offer: Any) -> Any:
    """Whether there are used pieces for what is made."""
    for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if m[q[CHAINED] + e] > 0:
                return True
    return False


@uncounted()
def make_new(p: Any, c: Any, q: Any, m: Any, t: Any, u: Any, flow: Any) -> Any:
    """The row of a product just made, with cells for as many pieces as it has."""
    product = line(p, PRODUCT, at(p, USE, u, USE_PRODUCT))
    row = new_row(q, m)
    here, births = row_at(q, row), cells_at(q, row, BIRTH)
    m[here + ROW_DATE], m[here + ROW_SERIAL] = t, new_serial(q)
    for cell in range(births, births + q[CELLS]):
        m[cell] = IS_OWED
    log(q, m, m[here + ROW_SERIAL], t, MADE, flow, NOBODY)
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        first = births + q[q[CELL] + slot]
        for cell in range(first, first + pieces_of(p, c, slot, t)):
            m[cell] = t
    return row


@uncounted()
def build_new(q: Any, m: Any, t: Any, row: Any) -> Any:
    """All pieces of a product are new."""
    births, numbers = cells_at(q, row, BIRTH), cells_at(q, row, ID)
    for cell in range(q[CELLS]):
        if m[births + cell] != IS_OWED:
            m[numbers + cell] = new_serial(q)


@uncounted()
def build_in(p: Any, c: Any, q: Any, k: Any, m: Any, t: Any, u: Any, offer: Any, left: Any, row: Any) -> Any:
    """The pieces of a product are new or out of stores, as they were delivered."""
    product = line(p, PRODUCT, at(p, USE, u, USE_PRODUCT))
    who, births, numbers = m[row_at(q, row) + ROW_SERIAL], cells_at(q, row, BIRTH), cells_at(q, row, ID)
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        count, first = pieces_of(p, c, slot, t), q[q[CELL] + slot]
        for j in range(count):
            serial, birth = fill_cell(p, q, k, m, t, offer, slot, who, j, left * count - j)
            m[births + first + j], m[numbers + first + j] = birth, serial


@uncounted()
def fill_cell(
    p: Any, q: Any, k: Any, m: Any, t: Any, offer: Any, slot: Any, who: Any, j: Any, left: Any
) -> Any:
    """One of the pieces for a slot: (its number, its birth), each of those left as likely."""
    for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
        if at(p, INPUT, i, INPUT_ITEM) != at(p, SLOT, slot, SLOT_PART):
            continue
        used = 0
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            used += m[q[CHAINED] + e]
        if used == 0:
            break
        place_in = uniform(k, who, t, FILL + q[q[CELL] + slot] + j) * left
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if place_in < m[q[CHAINED] + e]:
                thing = next_of(q, m, e)
                here = thing_at(q, thing)
                serial, date = m[here + SERIAL], m[here + DATE]
                free_thing(q, m, thing)
                return serial, built_in(p, t, date)
            place_in -= m[q[CHAINED] + e]
    return new_serial(q), t


@uncounted()
def resell(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, u: Any, thing: Any) -> Any:
    """A whole product out of a store comes into use again, with its age and its pieces."""
    here = thing_at(q, thing)
    item = at(p, PRODUCT, at(p, USE, u, USE_PRODUCT), PRODUCT_ITEM)
    changing, dates = at(p, ITEM, item, ITEM_CHANGING), at(p, ITEM, item, ITEM_DATES)
    date = m[here + DATE] if dates > 1 else t
    moved = 1 if p[SALES_IN] == 2 and changing == 0 else 0
    row = m[here + ROW]
    if row == NOBODY:
        row = new_row(q, m)
        births = cells_at(q, row, BIRTH)
        for piece in range(births, births + q[CELLS]):
            m[piece] = IS_OWED
    else:
        births = cells_at(q, row, BIRTH)
        for piece in range(births, births + q[CELLS]):
            if m[piece] != IS_OWED:
                m[piece] = built_in(p, t, m[piece])
        m[here + ROW] = NOBODY
    m[row_at(q, row) + ROW_DATE] = min(date + moved, t)
    m[row_at(q, row) + ROW_SERIAL] = m[here + SERIAL]
    free_thing(q, m, thing)
    join(p, c, z, r, q, s, k, m, t, u, at(p, USE, u, USE_RESOLD), row)


@uncounted()
def segment_drawn(p: Any, c: Any, k: Any, t: Any, use: Any, who: Any) -> Any:
    """The segment of users that a product comes to."""
    if p[use + USE_SEGMENTS] == 1:
        return 0
    draw, total, last = uniform(k, who, t, JOIN), 0.0, 0
    for segment in range(p[use + USE_SEGMENTS]):
        share = number(p, c, at(p, SEGMENT, p[use + USE_SEGMENT] + segment, 0), t)
        if share > 0.0:
            last = segment
            total += share
            if draw < total:
                break
    return last


@uncounted(forceinline=True)
def start_life(
    p: Any, c: Any, q: Any, s: Any, k: Any, m: Any, t: Any, u: Any, local: Any, row: Any, at_sale: Any
) -> Any:
    """What will happen to a product and its pieces from step ``t`` on."""
    here = row_at(q, row)
    use = line(p, USE, u)
    product, segment = p[use + USE_PRODUCT], segment_of(p, use, local)
    who, date = m[here + ROW_SERIAL], m[here + ROW_DATE]
    m[here + ROW_LOCAL], m[here + ROW_USE], m[here + ROW_OWED] = local, u, 0
    m[here + ROW_EXIT], m[here + ROW_CAUSE] = leaves_in(p, c, q, s, k, u, segment, who, date, t, at_sale)
    fails, births, numbers = cells_at(q, row, FAILS), cells_at(q, row, BIRTH), cells_at(q, row, ID)
    first, end, chances = at(p, PRODUCT, product, PRODUCT_SLOT), m[here + ROW_EXIT], q[CHANCES]
    draw(k, m, s, chances, numbers, q[CELLS], t, FAIL)
    for cell in range(q[CELLS]):
        birth, step = m[births + cell], p[STEPS]
        if birth != IS_OWED:
            slot, v = slot_of(q, product, cell) - first, s[chances + cell]
            step = fails_in(p, c, s, use, slot, segment, birth, t, end, v, at_sale)
        m[fails + cell] = step


@uncounted(forceinline=True)
def join(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, u: Any, build: Any, row: Any
) -> Any:
    """A product joins a class of the users, and meets the hazards of the step of its sale.

    What leaves in that step waits in use, and what is repaired waits for its pieces, until the next one.
    """
    here = row_at(q, row)
    use = line(p, USE, u)
    who = m[here + ROW_SERIAL]
    local = p[use + USE_CLASS] + build * p[use + USE_SEGMENTS] + segment_drawn(p, c, k, t, use, who)
    log(q, m, who, t, SOLD, u, NOBODY)
    start_life(p, c, q, s, k, m, t, u, local, row, True)
    fate = judge(p, c, z, q, k, m, t, row)
    if fate == LEAVES or fate == BREAKS:
        r[event_at(p, p[use + USE_EVENT] + EVENT_WAITING, t)] += 1.0
        go(p, r, q, m, t, row, fate == BREAKS, True)
        return
    if fate == MENDED:
        owe(p, z, r, q, m, t, row)
    z[p[N] + stock_at(p, use, local, m[here + ROW_DATE])] += 1.0
    count_pieces(p, q, m, row, 1)
    plan_next(p, q, m, row, t + 1 if fate == MENDED else p[STEPS])


@uncounted()
def owe(p: Any, z: Any, r: Any, q: Any, m: Any, t: Any, row: Any) -> Any:
    """Pieces that fail in the step of the sale come out now and are replaced in the next step."""
    ask_spares(p, z, q, m, t, row, OWED)
    m[row_at(q, row) + ROW_OWED] = 1
    fails, births = cells_at(q, row, FAILS), cells_at(q, row, BIRTH)
    for cell in range(q[CELLS]):
        if m[fails + cell] == t:
            take_out_failed(p, r, q, m, t, row, cell, True)
            m[births + cell], m[fails + cell] = IS_OWED, p[STEPS]
