"""Step 1 for individuals: those to whom something happens in a step leave, fail or are repaired."""

from __future__ import annotations

from typing import Any

from numba import njit

from meguru.engine.items.kernel_chance import MEND, VISIT, uniform
from meguru.engine.items.kernel_lists import arrive, enqueue, free_row, log, new_thing
from meguru.engine.items.kernel_lives import fails_in
from meguru.engine.items.kernel_spares import allot, take_spare
from meguru.engine.items.plan import (
    BIRTH, BREAKS, CELL, FAILED, FAILS, HAS_FAILED, ID, IS_OWED, LEAVES, LEFT, MENDED, NEXT, NOBODY,
    NOTHING, PIECE_SUM, QUEUE, QUEUED, REPAIRED, ROW_CAUSE, ROW_DATE, ROW_EXIT, ROW_FATE, ROW_LOCAL,
    ROW_OWED, ROW_SERIAL, ROW_USE, WAITING, WAITS, cell_at, row_at, thing_at,
)  # fmt: skip
from meguru.engine.kernel_cohorts import segment_of, stock_at
from meguru.engine.kernel_parts import repaired_of, share_of_visits
from meguru.engine.plan import (
    AVAILABLE, CAUSE, CAUSE_EVENT, CAUSE_NODE, EVENT_PART_FAILURE, OWED, PART_AGE, PRODUCT, PRODUCT_SLOT,
    PRODUCT_SLOTS_END, SLOT, SLOT_AVAILABLE, SLOT_COUNT, SLOT_FAILED, SLOT_FAILS, SLOT_INPUT, SLOT_NODE,
    SLOT_SPARES, SLOT_USE, SPARES, STEPS, USE, USE_CAUSE, USE_EVENT, USE_PART_NODE, USE_PRODUCT, USE_SLOT,
    N, at, by_date, event_at, line,
)  # fmt: skip


@njit(cache=True, forceinline=True)
def pieces_of(p: Any, c: Any, slot: Any, date: Any) -> Any:
    """Pieces of a slot in a product made in ``date``."""
    return int(by_date(p, c, at(p, SLOT, slot, SLOT_COUNT), date) + 0.5)


@njit(cache=True, forceinline=True)
def slot_use_of(p: Any, use: Any, slot: Any) -> Any:
    """Number of a slot among those of the use process."""
    return p[use + USE_SLOT] + slot - at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_SLOT)


@njit(cache=True)
def first_failure(p: Any, c: Any, q: Any, m: Any, row: Any) -> Any:
    """First step in which a piece of a product fails."""
    here = row_at(q, row)
    product = line(p, PRODUCT, at(p, USE, m[here + ROW_USE], USE_PRODUCT))
    best = p[STEPS]
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        first = cell_at(q, row, q[q[CELL] + slot])
        for cell in range(first, first + 3 * pieces_of(p, c, slot, m[here + ROW_DATE]), 3):
            best = min(best, m[cell + FAILS])
    return best


@njit(cache=True)
def plan_next(p: Any, c: Any, q: Any, m: Any, row: Any, no_later: Any) -> Any:
    """A product waits for the next thing that happens to it, or to be looked at in step ``no_later``."""
    step = min(m[row_at(q, row) + ROW_EXIT], first_failure(p, c, q, m, row), no_later)
    if step < p[STEPS]:
        enqueue(q, m, step, row)


@njit(cache=True)
def send(q: Any, m: Any, node: Any, thing: Any, waits: Any) -> Any:
    """A thing enters the reverse network: now, or in the next step if it waits."""
    if waits:
        m[thing_at(q, thing) + NEXT] = m[q[WAITS] + node]
        m[q[WAITS] + node] = thing
        q[WAITING] += 1
    else:
        arrive(q, m, node, thing)


@njit(cache=True)
def count_pieces(p: Any, c: Any, q: Any, m: Any, row: Any, sign: Any) -> Any:
    """All pieces of a product join or leave the stock whose ages are summed."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        total = q[PIECE_SUM] + 2 * slot_use_of(p, use, slot)
        first = cell_at(q, row, q[q[CELL] + slot])
        for cell in range(first, first + 3 * pieces_of(p, c, slot, m[here + ROW_DATE]), 3):
            if m[cell + BIRTH] != IS_OWED:
                q[total] += sign
                q[total + 1] += sign * m[cell + BIRTH]


@njit(cache=True)
def judge(p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any, row: Any) -> Any:
    """What becomes of a product in this step. Own reasons come first, then failures."""
    here = row_at(q, row)
    if m[here + ROW_EXIT] == t:
        return LEAVES
    use = line(p, USE, m[here + ROW_USE])
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    share = share_of_visits(p, c, t, use)
    visited = share >= 0.0 and uniform(k, m[here + ROW_SERIAL], t, VISIT) < share
    fate = NOTHING
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        slot_use = line(p, SLOT_USE, slot_use_of(p, use, slot))
        first = cell_at(q, row, q[q[CELL] + slot])
        for cell in range(first, first + 3 * pieces_of(p, c, slot, m[here + ROW_DATE]), 3):
            if m[cell + FAILS] != t:
                continue
            limit = repaired_of(p, c, z, t, slot_use)
            if share >= 0.0:
                limit = z[p[AVAILABLE] + p[slot_use + SLOT_AVAILABLE]] if visited else 0.0
            if uniform(k, m[cell + ID], t, MEND) >= limit:
                return BREAKS
            fate = MENDED
    return fate


@njit(cache=True)
def ask_spares(p: Any, c: Any, z: Any, q: Any, m: Any, t: Any, row: Any, account: Any) -> Any:
    """The spares that a repair takes are wanted: now (SPARES) or in the next step (OWED)."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        slot_use = line(p, SLOT_USE, slot_use_of(p, use, slot))
        first = cell_at(q, row, q[q[CELL] + slot])
        for cell in range(first, first + 3 * pieces_of(p, c, slot, m[here + ROW_DATE]), 3):
            if m[cell + FAILS] == t:
                z[p[account] + p[slot_use + SLOT_INPUT]] += 1.0


@njit(cache=True)
def go(p: Any, c: Any, z: Any, r: Any, q: Any, m: Any, t: Any, row: Any, breaks: Any, waits: Any) -> Any:
    """A product leaves use, for its own reasons or because a piece failed."""
    here = row_at(q, row)
    u = m[here + ROW_USE]
    use = line(p, USE, u)
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    if breaks:
        node, event = p[use + USE_PART_NODE], p[use + USE_EVENT] + EVENT_PART_FAILURE
        for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
            first = cell_at(q, row, q[q[CELL] + slot])
            for cell in range(first, first + 3 * pieces_of(p, c, slot, m[here + ROW_DATE]), 3):
                if m[cell + FAILS] == t:
                    m[cell + FAILS] = HAS_FAILED
    else:
        cause = line(p, CAUSE, p[use + USE_CAUSE] + m[here + ROW_CAUSE])
        node, event = p[cause + CAUSE_NODE], p[cause + CAUSE_EVENT]
    r[event_at(p, event, t)] += 1.0
    local, date, serial = m[here + ROW_LOCAL], m[here + ROW_DATE], m[here + ROW_SERIAL]
    log(q, m, serial, t, LEFT, event, NOBODY)
    keeps = p[product + PRODUCT_SLOTS_END] > p[product + PRODUCT_SLOT]
    thing = new_thing(q, m, date, 1 if breaks else 0, local, serial, row if keeps else NOBODY)
    if not keeps:
        free_row(q, m, row)
    send(q, m, node, thing, waits)


@njit(cache=True)
def take_out_failed(
    p: Any, r: Any, q: Any, m: Any, t: Any, row: Any, cell: Any, slot_use: Any, index: Any, waits: Any
) -> Any:
    """A failed piece comes out of a product that stays."""
    birth = m[cell + BIRTH]
    r[event_at(p, p[slot_use + SLOT_FAILED], t)] += 1.0
    r[event_at(p, p[slot_use + SLOT_SPARES], t)] += 1.0
    r[p[PART_AGE] + (index * 2 + 1) * p[STEPS] + t] += t - birth
    log(q, m, m[row_at(q, row) + ROW_SERIAL], t, FAILED, p[slot_use + SLOT_FAILED], m[cell + ID])
    send(q, m, p[slot_use + SLOT_NODE], new_thing(q, m, birth, 1, 0, m[cell + ID], NOBODY), waits)


@njit(cache=True)
def renew_cell(
    p: Any,
    c: Any,
    z: Any,
    r: Any,
    q: Any,
    s: Any,
    k: Any,
    m: Any,
    t: Any,
    row: Any,
    cell: Any,
    slot: Any,
    put: Any,
) -> Any:
    """A piece is put in by a repair decided in step ``put`` and carried out in ``t``; it may fail from the
    step after ``put`` on."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    index = slot_use_of(p, use, slot)
    i = at(p, SLOT_USE, index, SLOT_INPUT)
    serial, birth = take_spare(p, c, z, r, q, k, m, t, i, put, m[cell + ID])
    m[cell + BIRTH], m[cell + ID] = birth, serial
    segment = segment_of(p, use, m[here + ROW_LOCAL])
    first = slot - at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_SLOT)
    m[cell + FAILS] = p[STEPS]
    if put + 1 < p[STEPS]:
        m[cell + FAILS] = fails_in(p, c, s, k, use, first, segment, serial, birth, put + 1, False)
    q[q[PIECE_SUM] + 2 * index] += 1
    q[q[PIECE_SUM] + 2 * index + 1] += birth
    log(q, m, m[here + ROW_SERIAL], t, REPAIRED, at(p, SLOT_USE, index, SLOT_SPARES), serial)


@njit(cache=True)
def deliver_owed(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any) -> Any:
    """Repairs of the step before, of products that had just been sold, get their pieces first."""
    allot(p, c, z, q, k, m, t, OWED)
    row = m[q[QUEUE] + t]
    while row != NOBODY:
        here = row_at(q, row)
        if m[here + ROW_OWED] == 1:
            m[here + ROW_OWED] = 0
            deliver_to(p, c, z, r, q, s, k, m, t, row)
        row = m[here + NEXT]


@njit(cache=True)
def deliver_to(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, row: Any) -> Any:
    """The pieces owed to one product."""
    here = row_at(q, row)
    product = line(p, PRODUCT, at(p, USE, m[here + ROW_USE], USE_PRODUCT))
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        first = cell_at(q, row, q[q[CELL] + slot])
        for cell in range(first, first + 3 * pieces_of(p, c, slot, m[here + ROW_DATE]), 3):
            if m[cell + BIRTH] == IS_OWED:
                renew_cell(p, c, z, r, q, s, k, m, t, row, cell, slot, t - 1)


@njit(cache=True)
def leave(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any) -> Any:
    """Everything that this step does to products in use; the spares that stores give are drawn."""
    row = m[q[QUEUE] + t]
    while row != NOBODY:
        here = row_at(q, row)
        m[here + ROW_FATE] = judge(p, c, z, q, k, m, t, row)
        if m[here + ROW_FATE] == MENDED:
            ask_spares(p, c, z, q, m, t, row, SPARES)
        row = m[here + NEXT]
    allot(p, c, z, q, k, m, t, SPARES)
    row = m[q[QUEUE] + t]
    m[q[QUEUE] + t] = NOBODY
    m[q[QUEUED] + t] = 0
    while row != NOBODY:
        here = row_at(q, row)
        following, fate = m[here + NEXT], m[here + ROW_FATE]
        if fate == LEAVES or fate == BREAKS:
            z[
                p[N] + stock_at(p, line(p, USE, m[here + ROW_USE]), m[here + ROW_LOCAL], m[here + ROW_DATE])
            ] -= 1.0
            count_pieces(p, c, q, m, row, -1)
            go(p, c, z, r, q, m, t, row, fate == BREAKS, False)
        else:
            if fate == MENDED:
                mend(p, c, z, r, q, s, k, m, t, row)
            plan_next(p, c, q, m, row, p[STEPS])
        row = following


@njit(cache=True)
def mend(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, row: Any) -> Any:
    """All pieces of a product that failed in this step are exchanged."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        index = slot_use_of(p, use, slot)
        slot_use = line(p, SLOT_USE, index)
        if p[slot_use + SLOT_FAILS] == 0:
            continue
        first = cell_at(q, row, q[q[CELL] + slot])
        for cell in range(first, first + 3 * pieces_of(p, c, slot, m[here + ROW_DATE]), 3):
            if m[cell + FAILS] == t:
                q[q[PIECE_SUM] + 2 * index] -= 1
                q[q[PIECE_SUM] + 2 * index + 1] -= m[cell + BIRTH]
                take_out_failed(p, r, q, m, t, row, cell, slot_use, index, False)
                renew_cell(p, c, z, r, q, s, k, m, t, row, cell, slot, t)
