"""One step of a fleet of individuals after the other: the order of :mod:`meguru.engine.kernels.steps`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from meguru.engine.items.kernel_at import cells_at, row_at, thing_at
from meguru.engine.items.kernel_chance import LOSE, SALES, uniform, whole
from meguru.engine.items.kernel_leave import count_pieces, deliver_owed, leave, plan_next
from meguru.engine.items.kernel_lists import move_dates, new_row, wake
from meguru.engine.items.kernel_lives import tabulate
from meguru.engine.items.kernel_place import let_go, place, start_life, take_things_out
from meguru.engine.items.kernel_route import arrives_at, push
from meguru.engine.items.kernel_whole import pull_with_scrap
from meguru.engine.items.plan import (
    AT_SALE, AT_START, BIRTH, CELLS, DATE, FIRST_STEP, GROW, ID, LAST_SERIAL, MAY_BE_SHORT, MOST_SERIALS,
    NEXT, NOBODY, PHASE, PIECE_SUM, QUEUED, ROW_DATE, ROW_SERIAL, ROWS_MOST, ROWS_USED, SERIAL, SHELF,
    SHELF_MOST, SHELVED, SINCE, STEP, STORE_WHOLE, THINGS_MOST, THINGS_USED, TOO_MANY, WAITING, WAITS,
    WANTED_ROWS, WANTED_SHELF, WANTED_THINGS,
)  # fmt: skip
from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.repairs import any_lacks, any_less, available_of, scale_back
from meguru.engine.kernels.steps import clear_flows
from meguru.engine.kernels.cohorts import classes_end, stock_at
from meguru.engine.kernels.sale import survive_new
from meguru.engine.kernels.spares import take_out
from meguru.engine.kernels.stores import finish_store, shelve_store
from meguru.engine.kernels.use import add_dates
from meguru.engine.kernels.views import unowned
from meguru.engine.plan import (
    AGES, AVAILABLE, DRAWN, EVENT_COUNT, EVENT_DEMAND, EVENT_SALES, EVENT_UNMET, EVENTS, EXTRA, FLOW_COUNT,
    FLOWS, FLOWS_DATED, FLOWS_VALUED, GOT, HELD, HELD_START, HOLDER_DATED, INPUT, INPUT_AVAILABLE, ITEM,
    ITEM_CHANGING, ITEM_DATES, KEPT, N_NEXT, NEGATIVE_SALES, NO_CONVERGENCE, NODE, NODE_ITEM, NOT_FINITE, OK,
    OWED, PART_AGE, PART_SHORT, REPLACEMENT, SCRAP_FLOWS, SINGULAR_LOOP, SLOT_USE, SPARE, SPARES,
    SPARES_SHORT, STATUS, STEPS, STOCK, STOCK_DATED, STORE_AGEING, STORE_HOLDER, STORE_LOSS, STORE_LOST,
    STORES, SURVIVAL, USE, USE_CLASS, USE_DEMAND, USE_DRIVEN, USE_EVENT, USE_HOLDER, USE_INPUT, USED, WANTED,
    WEIGHT, N, X, at, copy, event_at, fill, line, number, rows,
)  # fmt: skip

TRIES = 200
PROBES = 12  # of a share of repairs that may rise: to one in two thousand
BY_CHANCE = 6.0  # standard deviations by which more may be in use than a target says


@uncounted()
def overwrite(there: Any, here: Any) -> Any:
    for index in range(here.shape[0]):
        there[index] = here[index]


@uncounted()
def clear_step(p: Any, z: Any, r: Any, t: Any) -> Any:
    """Workspace and records of a step as at its start."""
    for name in (X, EXTRA, USED, SPARES, WANTED, DRAWN):
        fill(p, z, name, 0.0)
    for name in (FLOWS, SCRAP_FLOWS):
        if p[name + 1] > 0:
            r[p[name] + t * p[FLOW_COUNT] : p[name] + (t + 1) * p[FLOW_COUNT]] = 0.0
    r[p[EVENTS] + t * p[EVENT_COUNT] : p[EVENTS] + (t + 1) * p[EVENT_COUNT]] = 0.0
    for name in (FLOWS_VALUED, PART_AGE):
        clear_flows(p, r, t, name, 1)
    clear_flows(p, r, t, FLOWS_DATED, p[STEPS] + 1)


@uncounted()
def take_up_waiting(p: Any, q: Any, m: Any) -> Any:
    """What left in the step of its sale enters the network now, as old as it was then."""
    for node in range(rows(p, NODE)):
        shape = line(p, ITEM, at(p, NODE, node, NODE_ITEM))
        older = 1 if p[shape + ITEM_DATES] > 1 and p[shape + ITEM_CHANGING] == 0 else 0
        thing = m[q[WAITS] + node]
        m[q[WAITS] + node] = NOBODY
        while thing != NOBODY:
            following = m[thing_at(q, thing) + NEXT]
            move_dates(q, m, thing, older)
            arrives_at(p, q, m, node, thing)
            thing = following
    q[WAITING] = 0


@uncounted()
def shelve(p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any) -> Any:
    """Start of a step in the stores: of individuals each is lost or not."""
    for store in range(rows(p, STORES)):
        if q[q[STORE_WHOLE] + store] == 0:
            shelve_store(p, c, z, t, store)
            continue
        row = line(p, STORES, store)
        if p[row + STORE_LOSS] < 0:
            continue
        lost = number(p, c, p[row + STORE_LOSS], t)
        start, kept = q[SHELF] + store * q[SHELF_MOST], 0
        for place_on in range(m[q[SHELVED] + store]):
            thing = m[start + place_on]
            if uniform(k, m[thing_at(q, thing) + SERIAL], t, LOSE + store) < lost:
                wake(p, q, m, store, thing, t)
                arrives_at(p, q, m, p[row + STORE_LOST], thing)
            else:
                m[start + kept] = thing
                kept += 1
        m[q[SHELVED] + store] = kept


@uncounted()
def demand_of(p: Any, c: Any, z: Any, k: Any, t: Any, u: Any) -> Any:
    """Whole units wanted in this step; negative where a target falls too fast for chance."""
    use = line(p, USE, u)
    wanted = number(p, c, p[use + USE_DEMAND], t)
    if p[use + USE_DRIVEN] == 1:
        held = 0.0
        for local in range(p[use + USE_CLASS], classes_end(p, use)):
            for date in range(t + 1):
                held += z[p[N] + stock_at(p, use, local, date)]
        missing = wanted - held
        if missing < 0.0:
            return 0.0 if missing >= -(BY_CHANCE * np.sqrt(held) + 1.0) else missing
        wanted = missing / z[p[SURVIVAL] + u]
    return whole(wanted, uniform(k, u, t, SALES)) if np.isfinite(wanted) else wanted


@uncounted()
def one_try(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any) -> Any:
    """Steps 1 to 4. Returns a code."""
    clear_step(p, z, r, t)
    take_up_waiting(p, q, m)
    shelve(p, c, z, q, k, m, t)
    for index in range(rows(p, SPARE)):
        if z[p[OWED] + at(p, SPARE, index, 0)] > 0.0:
            deliver_owed(p, c, z, r, q, s, k, m, t)
            break
    leave(p, c, z, r, q, s, k, m, t)
    if not push(p, c, z, r, q, s, k, m, t):
        return SINGULAR_LOOP
    for index in range(rows(p, SPARE)):
        i = at(p, SPARE, index, 0)
        z[p[WANTED] + i] = z[p[SPARES] + i] + z[p[OWED] + i]
    for index in range(rows(p, REPLACEMENT)):  # as many new children as old ones came out
        i = at(p, REPLACEMENT, index, 1)
        z[p[WANTED] + i] += r[p[FLOWS] + t * p[FLOW_COUNT] + at(p, REPLACEMENT, index, 0)]
    for u in range(rows(p, USE)):
        wanted = demand_of(p, c, z, k, t, u)
        if wanted < 0.0 or not np.isfinite(wanted):
            r[p[STATUS] + 2] = u
            return NEGATIVE_SALES if wanted < 0.0 else NOT_FINITE
        z[p[WANTED] + at(p, USE, u, USE_INPUT)] = wanted
    return OK if pull_with_scrap(p, c, z, r, q, k, m, t) else NO_CONVERGENCE


@uncounted()
def until_sale(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, q_before: Any, m_before: Any
) -> Any:
    """Steps 1 to 4, again with fewer repairs where spares or replacement parts fall short."""
    fill(p, z, AVAILABLE, 1.0)
    fill(p, z, WEIGHT, 0.0)
    for u in range(rows(p, USE)):
        if at(p, USE, u, USE_DRIVEN) == 1:
            z[p[SURVIVAL] + u] = survive_new(p, c, z, r, t, u)
    if q[MAY_BE_SHORT] == 0:
        return one_try(p, c, z, r, q, s, k, m, t)
    overwrite(q_before, q)
    overwrite(m_before, m)
    copy(p, z, HELD_START, HELD)
    copy(p, z, N_NEXT, N)
    code = settle_repairs(p, c, z, r, q, s, k, m, t, q_before, m_before)
    if code != OK or not any_less(p, z):
        return code
    code = raise_repairs(p, c, z, r, q, s, k, m, t, q_before, m_before)
    restart(p, z, q, m, q_before, m_before)
    return settle_repairs(p, c, z, r, q, s, k, m, t, q_before, m_before) if code == OK else code


@uncounted()
def settle_repairs(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, q_before: Any, m_before: Any
) -> Any:
    """Fewer repairs, until those that are done have their parts."""
    for _ in range(TRIES):
        code = one_try(p, c, z, r, q, s, k, m, t)
        if code != OK:
            return code
        again = scale_back(p, z)
        if again != 1:
            return SPARES_SHORT if again == 2 else OK
        restart(p, z, q, m, q_before, m_before)
    return PART_SHORT


@uncounted()
def restart(p: Any, z: Any, q: Any, m: Any, q_before: Any, m_before: Any) -> Any:
    """Everything as at the start of the step."""
    overwrite(q, q_before)
    overwrite(m, m_before)
    copy(p, z, HELD, HELD_START)
    copy(p, z, N, N_NEXT)


@uncounted()
def raise_repairs(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, q_before: Any, m_before: Any
) -> Any:
    """One share of repairs after the other rises again as far as others have left parts."""
    for i in range(rows(p, INPUT)):
        low, high = available_of(p, z, i), 1.0
        share = p[AVAILABLE] + at(p, INPUT, i, INPUT_AVAILABLE)
        if low == 1.0:
            continue
        for probe in range(PROBES):
            z[share] = high if probe == 0 else 0.5 * (low + high)
            restart(p, z, q, m, q_before, m_before)
            code = one_try(p, c, z, r, q, s, k, m, t)
            if code != OK:
                return code
            if any_lacks(p, z):
                high = z[share]
            else:
                low = z[share]
        z[share] = low
    return OK


@uncounted()
def from_sale(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any) -> Any:
    """Step 5: what was delivered comes into use; the step is recorded."""
    fill(p, z, OWED, 0.0)
    fill(p, z, KEPT, 1.0)
    take_things_out(p, c, z, r, q, k, m, t)
    for u in range(rows(p, USE)):
        event = event_at(p, at(p, USE, u, USE_EVENT), t)
        i = at(p, USE, u, USE_INPUT)
        wanted, got = z[p[WANTED] + i], z[p[GOT] + i]
        r[event + EVENT_DEMAND] += wanted
        r[event + EVENT_SALES] += got
        r[event + EVENT_UNMET] += max(wanted - got, 0.0)
        place(p, c, z, r, q, s, k, m, t, u)
    let_go(p, q, m)
    take_out(p, c, z, r, t)
    record_uses(p, z, r, q, t)
    for store in range(rows(p, STORES)):
        if q[q[STORE_WHOLE] + store] == 1:
            record_store(p, r, q, m, t, store)
        else:
            finish_store(p, z, r, t, store)


@uncounted()
def record_uses(p: Any, z: Any, r: Any, q: Any, t: Any) -> Any:
    """Record stock in use, by step made where the mass needs it, and ages of pieces."""
    dates = p[STEPS] + 1
    for u in range(rows(p, USE)):
        use = line(p, USE, u)
        row = at(p, HOLDER_DATED, p[use + USE_HOLDER], 0)
        total = 0.0
        for local in range(p[use + USE_CLASS], classes_end(p, use)):
            here = p[N] + stock_at(p, use, local, 0)
            for date in range(t + 1):
                total += z[here + date]
            if row >= 0:
                add_dates(z, here, r, p[STOCK_DATED] + (row * p[STEPS] + t) * dates, t)
            if p[AGES + 1] > 0:
                add_dates(z, here, r, p[AGES] + (u * p[STEPS] + t) * dates, t)
        r[p[STOCK] + p[use + USE_HOLDER] * p[STEPS] + t] = total
    for index in range(rows(p, SLOT_USE)):
        pieces, births = q[q[PIECE_SUM] + 2 * index], q[q[PIECE_SUM] + 2 * index + 1]
        r[p[PART_AGE] + index * 2 * p[STEPS] + t] = float(pieces * t - births)


@uncounted()
def record_store(p: Any, r: Any, q: Any, m: Any, t: Any, store: Any) -> Any:
    """Record what a store of individuals holds."""
    row = line(p, STORES, store)
    holder, count = p[row + STORE_HOLDER], m[q[SHELVED] + store]
    r[p[STOCK] + holder * p[STEPS] + t] += count
    dated = at(p, HOLDER_DATED, holder, 0)
    if dated >= 0:
        for place_on in range(count):
            here = thing_at(q, m[q[SHELF] + store * q[SHELF_MOST] + place_on])
            date = m[here + DATE] + (0 if p[row + STORE_AGEING] == 1 else t - m[here + SINCE])
            r[p[STOCK_DATED] + (dated * p[STEPS] + t) * (p[STEPS] + 1) + date] += 1.0


@uncounted()
def enough_for_push(p: Any, q: Any, m: Any, t: Any) -> Any:
    """Whether there is room for whatever may enter the reverse network in this step."""
    entering = q[WAITING] + m[q[QUEUED] + t]
    most = 0
    for store in range(rows(p, STORES)):
        most = max(most, m[q[SHELVED] + store])
        if at(p, STORES, store, STORE_LOSS) >= 0:
            entering += m[q[SHELVED] + store]
    things = entering * (1 + q[CELLS])
    q[WANTED_THINGS] = q[THINGS_USED] + things
    q[WANTED_SHELF] = most + things
    return q[WANTED_THINGS] <= q[THINGS_MOST] and q[WANTED_SHELF] <= q[SHELF_MOST]


@uncounted()
def enough_for_sale(p: Any, z: Any, q: Any) -> Any:
    """Whether there is room for the products delivered, and for what leaves or fails at once."""
    sold = 0
    for u in range(rows(p, USE)):
        sold += int(z[p[GOT] + at(p, USE, u, USE_INPUT)] + 0.5)
    q[WANTED_ROWS] = q[ROWS_USED] + sold
    q[WANTED_THINGS] = q[THINGS_USED] + sold * (1 + q[CELLS])
    return q[WANTED_ROWS] <= q[ROWS_MOST] and q[WANTED_THINGS] <= q[THINGS_MOST]


@uncounted()
def steps(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, q_before: Any, m_before: Any
) -> Any:
    """Steps of one run, until the end, an error, or more memory is wanted. Returns a code."""
    while q[STEP] < p[STEPS]:
        t = q[STEP]
        if q[PHASE] == AT_START:
            if not enough_for_push(p, q, m, t):
                return GROW
            code = until_sale(p, c, z, r, q, s, k, m, t, q_before, m_before)
            if code != OK:
                return code
            q[PHASE] = AT_SALE
        if not enough_for_sale(p, z, q):
            return GROW
        from_sale(p, c, z, r, q, s, k, m, t)
        if q[LAST_SERIAL] > MOST_SERIALS - (q[THINGS_MOST] + q[ROWS_MOST]) * (1 + q[CELLS]):
            return TOO_MANY
        q[PHASE] = AT_START
        q[STEP] += 1
    return OK


@njit(cache=True, nogil=True)
def simulate(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, q_before: Any, m_before: Any, fleet: Any
) -> Any:
    """One run; called again, with more memory, where it stopped. Returns a code."""
    plan, numbers, state, record = unowned(p), unowned(c), unowned(z), unowned(r)
    more, survival, key, memory = unowned(q), unowned(s), unowned(k), unowned(m)
    if more[STEP] < 0:
        tabulate(plan, numbers, more, survival)
        more[STEP] = more[FIRST_STEP]
        install(plan, numbers, state, record, more, survival, key, memory, fleet)
    return steps(
        plan, numbers, state, record, more, survival, key, memory, unowned(q_before), unowned(m_before)
    )


@uncounted()
def install(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, fleet: Any) -> Any:
    """A fleet that is in use when the run begins: use process, class, step made, births of pieces."""
    t = q[FIRST_STEP]
    for unit in range(fleet.shape[0]):
        row = new_row(q, m)
        here = row_at(q, row)
        q[LAST_SERIAL] += 1
        m[here + ROW_DATE], m[here + ROW_SERIAL] = fleet[unit, 2], q[LAST_SERIAL]
        births, numbers = cells_at(q, row, BIRTH), cells_at(q, row, ID)
        for cell in range(q[CELLS]):
            q[LAST_SERIAL] += 1
            m[births + cell], m[numbers + cell] = fleet[unit, 3 + cell], q[LAST_SERIAL]
        u, local = fleet[unit, 0], fleet[unit, 1]
        start_life(p, c, q, s, k, m, t, u, local, row, False)
        z[p[N] + stock_at(p, line(p, USE, u), local, fleet[unit, 2])] += 1.0
        count_pieces(p, q, m, row, 1)
        plan_next(p, q, m, row, p[STEPS])
    for before in range(t):
        record_uses(p, z, r, q, before)
