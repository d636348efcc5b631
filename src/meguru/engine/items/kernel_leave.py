"""Step 1 for individuals: those to whom something happens in a step leave, fail or are repaired."""

from __future__ import annotations

from typing import Any

from meguru.engine.items.kernel_ahead import fetch_first, fetch_row
from meguru.engine.items.kernel_at import cells_at, row_at, slot_of, thing_at
from meguru.engine.items.kernel_chance import FAIL, MEND, VISIT, uniform
from meguru.engine.items.kernel_lists import arrive, enqueue, free_row, log, new_thing
from meguru.engine.items.kernel_lives import fails_in
from meguru.engine.items.kernel_spares import allot, take_spare
from meguru.engine.items.plan import (
    AFTER, BIRTH, BREAKS, CELL, CELLS, FAILED, FAILS, HAS_FAILED, ID, IS_OWED, LEAVES, LEFT, MENDED, NEXT,
    NOBODY, NOTHING, PIECE_SUM, QUEUE, QUEUED, REPAIRED, ROW_CAUSE, ROW_DATE, ROW_EXIT, ROW_FATE, ROW_LOCAL,
    ROW_OWED, ROW_SERIAL, ROW_USE, WAITING, WAITS,
)  # fmt: skip
from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.cohorts import segment_of, stock_at
from meguru.engine.kernels.parts import repaired_of, share_of_visits
from meguru.engine.plan import (
    AVAILABLE, CAUSE, CAUSE_EVENT, CAUSE_NODE, EVENT_PART_FAILURE, OWED, PART_AGE, PRODUCT, PRODUCT_SLOT,
    PRODUCT_SLOTS_END, SLOT, SLOT_AVAILABLE, SLOT_COUNT, SLOT_FAILED, SLOT_INPUT, SLOT_NODE, SLOT_SPARES,
    SLOT_USE, SPARES, STEPS, USE, USE_CAUSE, USE_EVENT, USE_PART_NODE, USE_PRODUCT, USE_SLOT, N, at,
    by_date, event_at, line,
)  # fmt: skip


@uncounted(forceinline=True)
def pieces_of(p: Any, c: Any, slot: Any, date: Any) -> Any:
    """Pieces of a slot in a product made in ``date``."""
    return int(by_date(p, c, at(p, SLOT, slot, SLOT_COUNT), date) + 0.5)


@uncounted(forceinline=True)
def slot_use_of(p: Any, use: Any, slot: Any) -> Any:
    """Number of a slot among those of the use process."""
    return p[use + USE_SLOT] + slot - at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_SLOT)


@uncounted(forceinline=True)
def plan_next(p: Any, q: Any, m: Any, row: Any, no_later: Any) -> Any:
    """A product waits for the next thing that happens to it, or to be looked at in step ``no_later``."""
    step = min(m[row_at(q, row) + ROW_EXIT], no_later)
    fails = cells_at(q, row, FAILS)
    for cell in range(fails, fails + q[CELLS]):
        step = min(step, m[cell])
    if step < p[STEPS]:
        enqueue(q, m, step, row)


@uncounted()
def send(q: Any, m: Any, node: Any, thing: Any, waits: Any) -> Any:
    """A thing enters the reverse network: now, or in the next step if it waits."""
    if waits:
        m[thing_at(q, thing) + NEXT] = m[q[WAITS] + node]
        m[q[WAITS] + node] = thing
        q[WAITING] += 1
    else:
        arrive(q, m, node, thing)


@uncounted(forceinline=True)
def count_piece(q: Any, index: Any, birth: Any, sign: Any) -> Any:
    """A piece joins or leaves the stock whose ages are summed."""
    total = q[PIECE_SUM] + 2 * index
    q[total] += sign
    q[total + 1] += sign * birth


@uncounted()
def count_pieces(p: Any, q: Any, m: Any, row: Any, sign: Any) -> Any:
    """All pieces of a product join or leave the stock."""
    use = line(p, USE, m[row_at(q, row) + ROW_USE])
    births = cells_at(q, row, BIRTH)
    for cell in range(q[CELLS]):
        birth = m[births + cell]
        if birth != IS_OWED:
            count_piece(q, slot_use_of(p, use, slot_of(q, p[use + USE_PRODUCT], cell)), birth, sign)


@uncounted(forceinline=True)
def judge(p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any, row: Any) -> Any:
    """What becomes of a product in this step. Own reasons come first, then failures."""
    here = row_at(q, row)
    if m[here + ROW_EXIT] == t:
        return LEAVES
    fails, fate = cells_at(q, row, FAILS), NOTHING
    for cell in range(q[CELLS]):
        if m[fails + cell] == t:
            if not is_mended(p, c, z, q, k, m, t, row, cell):
                return BREAKS
            fate = MENDED
    return fate


@uncounted(forceinline=True)
def is_mended(p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any, row: Any, cell: Any) -> Any:
    """Whether a piece that fails is repaired: decided for itself, or once for all of a visit."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    slot_use = line(p, SLOT_USE, slot_use_of(p, use, slot_of(q, p[use + USE_PRODUCT], cell)))
    share = share_of_visits(p, c, t, use)
    if share < 0.0:
        limit = repaired_of(p, c, z, t, slot_use)
    elif uniform(k, m[here + ROW_SERIAL], t, VISIT) < share:
        limit = z[p[AVAILABLE] + p[slot_use + SLOT_AVAILABLE]]
    else:
        return False
    return uniform(k, m[cells_at(q, row, ID) + cell], t, MEND) < limit


@uncounted()
def ask_spares(p: Any, z: Any, q: Any, m: Any, t: Any, row: Any, account: Any) -> Any:
    """The spares that a repair takes are wanted: now (SPARES) or in the next step (OWED)."""
    use = line(p, USE, m[row_at(q, row) + ROW_USE])
    fails = cells_at(q, row, FAILS)
    for cell in range(q[CELLS]):
        if m[fails + cell] == t:
            index = slot_use_of(p, use, slot_of(q, p[use + USE_PRODUCT], cell))
            z[p[account] + at(p, SLOT_USE, index, SLOT_INPUT)] += 1.0


@uncounted()
def go(p: Any, r: Any, q: Any, m: Any, t: Any, row: Any, breaks: Any, waits: Any) -> Any:
    """A product leaves use, for its own reasons or because a piece failed."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    if breaks:
        node, event = p[use + USE_PART_NODE], p[use + USE_EVENT] + EVENT_PART_FAILURE
        fails = cells_at(q, row, FAILS)
        for cell in range(fails, fails + q[CELLS]):
            if m[cell] == t:
                m[cell] = HAS_FAILED
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


@uncounted(forceinline=True)
def take_out_failed(p: Any, r: Any, q: Any, m: Any, t: Any, row: Any, cell: Any, waits: Any) -> Any:
    """A failed piece comes out of a product that stays. Returns its slot among those of the use process."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    index = slot_use_of(p, use, slot_of(q, p[use + USE_PRODUCT], cell))
    slot_use = line(p, SLOT_USE, index)
    birth, serial = m[cells_at(q, row, BIRTH) + cell], m[cells_at(q, row, ID) + cell]
    r[event_at(p, p[slot_use + SLOT_FAILED], t)] += 1.0
    r[event_at(p, p[slot_use + SLOT_SPARES], t)] += 1.0
    r[p[PART_AGE] + (index * 2 + 1) * p[STEPS] + t] += t - birth
    log(q, m, m[here + ROW_SERIAL], t, FAILED, p[slot_use + SLOT_FAILED], serial)
    send(q, m, p[slot_use + SLOT_NODE], new_thing(q, m, birth, 1, 0, serial, NOBODY), waits)
    return index


@uncounted(forceinline=True)
def renew_cell(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, row: Any, cell: Any, put: Any
) -> Any:
    """A piece is put in by a repair decided in step ``put`` and carried out in ``t``; it may fail from the
    step after ``put`` on."""
    here = row_at(q, row)
    use = line(p, USE, m[here + ROW_USE])
    index = slot_use_of(p, use, slot_of(q, p[use + USE_PRODUCT], cell))
    failed = m[cells_at(q, row, ID) + cell]
    serial, birth = take_spare(p, c, z, r, q, k, m, t, at(p, SLOT_USE, index, SLOT_INPUT), put, failed)
    m[cells_at(q, row, BIRTH) + cell], m[cells_at(q, row, ID) + cell] = birth, serial
    segment, end = segment_of(p, use, m[here + ROW_LOCAL]), m[here + ROW_EXIT]
    slot = index - p[use + USE_SLOT]
    v = uniform(k, serial, put + 1, FAIL)
    fails = fails_in(p, c, s, use, slot, segment, birth, put + 1, end, v, False)
    m[cells_at(q, row, FAILS) + cell] = fails
    count_piece(q, index, birth, 1)
    log(q, m, m[here + ROW_SERIAL], t, REPAIRED, at(p, SLOT_USE, index, SLOT_SPARES), serial)


@uncounted()
def deliver_owed(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any) -> Any:
    """Repairs of the step before, of products that had just been sold, get their pieces first."""
    allot(p, c, z, q, k, m, t, OWED)
    row = m[q[QUEUE] + t]
    ahead = fetch_first(q, m, row)
    while row != NOBODY:
        ahead = fetch_row(q, m, ahead)
        here = row_at(q, row)
        if m[here + ROW_OWED] == 1:
            m[here + ROW_OWED] = 0
            deliver_to(p, c, z, r, q, s, k, m, t, row)
        row = m[q[AFTER] + row]


@uncounted()
def deliver_to(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, row: Any) -> Any:
    """The pieces owed to one product."""
    here = row_at(q, row)
    product = line(p, PRODUCT, at(p, USE, m[here + ROW_USE], USE_PRODUCT))
    births = cells_at(q, row, BIRTH)
    for slot in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        first = q[q[CELL] + slot]
        for cell in range(first, first + pieces_of(p, c, slot, m[here + ROW_DATE])):
            if m[births + cell] == IS_OWED:
                renew_cell(p, c, z, r, q, s, k, m, t, row, cell, t - 1)


@uncounted()
def leave(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any) -> Any:
    """Everything that this step does to products in use; the spares that stores give are drawn."""
    row = m[q[QUEUE] + t]
    ahead = fetch_first(q, m, row)
    while row != NOBODY:
        ahead = fetch_row(q, m, ahead)
        here = row_at(q, row)
        m[here + ROW_FATE] = judge(p, c, z, q, k, m, t, row)
        if m[here + ROW_FATE] == MENDED:
            ask_spares(p, z, q, m, t, row, SPARES)
        row = m[q[AFTER] + row]
    allot(p, c, z, q, k, m, t, SPARES)
    row = m[q[QUEUE] + t]
    ahead = fetch_first(q, m, row)
    m[q[QUEUE] + t] = NOBODY
    m[q[QUEUED] + t] = 0
    while row != NOBODY:
        ahead = fetch_row(q, m, ahead)
        here = row_at(q, row)
        following, fate = m[q[AFTER] + row], m[here + ROW_FATE]
        if fate == LEAVES or fate == BREAKS:
            use = line(p, USE, m[here + ROW_USE])
            z[p[N] + stock_at(p, use, m[here + ROW_LOCAL], m[here + ROW_DATE])] -= 1.0
            count_pieces(p, q, m, row, -1)
            go(p, r, q, m, t, row, fate == BREAKS, False)
        else:
            if fate == MENDED:
                mend(p, c, z, r, q, s, k, m, t, row)
            plan_next(p, q, m, row, p[STEPS])
        row = following


@uncounted(forceinline=True)
def mend(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, row: Any) -> Any:
    """All pieces of a product that failed in this step are exchanged."""
    fails, births = cells_at(q, row, FAILS), cells_at(q, row, BIRTH)
    for cell in range(q[CELLS]):
        if m[fails + cell] == t:
            birth = m[births + cell]
            count_piece(q, take_out_failed(p, r, q, m, t, row, cell, False), birth, -1)
            renew_cell(p, c, z, r, q, s, k, m, t, row, cell, t)
