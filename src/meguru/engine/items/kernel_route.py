"""Step 2 for individuals: each draws its way through the network; amounts are divided."""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.engine.items.kernel_ahead import fetch
from meguru.engine.items.kernel_at import cells_at, slot_of, thing_at
from meguru.engine.items.kernel_chance import GO, PASS, RESET, ROOM, draw, uniform
from meguru.engine.items.kernel_lists import (
    arrive, free_thing, log, move_dates, new_thing, note_one, put_on_shelf, take_all,
)  # fmt: skip
from meguru.engine.items.kernel_spares import floor_of, selected
from meguru.engine.items.plan import (
    BIRTH, CELLS, CHANCES, COUNTS, DATE, FAILS, FIRST_WAY, HAS_FAILED, HEADS, ID, IS_OWED, LAST_WAY, LOCAL,
    NEXT, NOBODY, OPENS, ROW, SERIAL, SHELVED, STATE, THING_COLUMNS, WAY, WENT, WHOLE,
)  # fmt: skip
from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.push import (
    deposit, factor, move, node_start, rejuvenate, release, shape_of, share_of, solve_loop,
)  # fmt: skip
from meguru.engine.plan import (
    AVAILABLE, CAPACITIES, CAPACITY, CAPACITY_NODE, CAPACITY_OVER, CAPACITY_WEIGHT, CHILD, DEPOSIT, FLOW,
    ITEM_CLASSES, ITEM_DATES, ITEM_WIDTH, LOOP_NODE, NODE, NODE_ITEM, OP_AVAILABLE, OP_CODE, OP_COEFFICIENT,
    OP_EXTRA, OP_FLOW, OP_SOURCE, OP_TABLE, OP_TARGET, PRODUCT, PRODUCT_ITEM, PUSH, RULES, SALES_IN, SHIFT,
    SOLVE, STORE_LIMIT, STORE_NODE, STORE_OVER, STORES, USED, X, at, by_date, line, number, rows,
)  # fmt: skip

TOO_LONG = 1_000_000  # ways round a loop: it loses nothing


@uncounted()
def age_of_thing(q: Any, m: Any, t: Any, here: Any, dates: Any) -> Any:
    """Age index; 0 where the item is not followed by age."""
    return t - m[here + DATE] if dates > 1 else 0


@uncounted()
def block_of(p: Any, q: Any, m: Any, node: Any, here: Any) -> Any:
    """Element of a thing in the block of its node."""
    shape = shape_of(p, node)
    dates = p[shape + ITEM_DATES]
    block = m[here + STATE] * p[shape + ITEM_CLASSES] + m[here + LOCAL]
    return block * dates + (m[here + DATE] if dates > 1 else 0)


@uncounted(forceinline=True)
def way_of(p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any, node: Any, here: Any, again: Any) -> Any:
    """The operation by which a thing leaves a node: each draws by the shares if there are several."""
    first, end = q[q[FIRST_WAY] + node], q[q[LAST_WAY] + node]
    if end == first + 1:
        return line(p, PUSH, q[q[WAY] + first])
    u = uniform(k, m[here + SERIAL], t + again * PASS, GO + node)
    shape = shape_of(p, node)
    dates, total, last = p[shape + ITEM_DATES], 0.0, -1
    for index in range(first, end):
        op = line(p, PUSH, q[q[WAY] + index])
        if p[op + OP_CODE] == RULES:
            block = m[here + STATE] * p[shape + ITEM_CLASSES] + m[here + LOCAL]
            share = share_of(p, c, t, op, block, m[here + DATE], dates)
        else:
            share = factor(p, c, z, t, op)
        if share > 0.0:
            last = op
            total += share
            if u < total:
                return op
    return last


@uncounted()
def arrives_at(p: Any, q: Any, m: Any, node: Any, thing: Any) -> Any:
    """A thing reaches a node; where it ends there it is no longer followed."""
    if q[q[FIRST_WAY] + node] == q[q[LAST_WAY] + node] and q[q[OPENS] + node] == 0:
        free_thing(q, m, thing)
    else:
        arrive(q, m, node, thing)


@uncounted()
def route(p: Any, c: Any, z: Any, r: Any, q: Any, k: Any, m: Any, t: Any, node: Any, again: Any) -> Any:
    """All things at a node go their ways."""
    dates = p[shape_of(p, node) + ITEM_DATES]
    thing = take_all(q, m, node)
    while thing != NOBODY:
        here = thing_at(q, thing)
        following = m[here + NEXT]
        fetch(m, thing_at(q, following), THING_COLUMNS)
        op = way_of(p, c, z, q, k, m, t, node, here, again)
        if p[op + OP_CODE] == SHIFT:
            recondition(p, c, z, q, k, m, t, node, op, thing)
        note_one(p, c, r, t, p[op + OP_FLOW], age_of_thing(q, m, t, here, dates))
        log(q, m, m[here + SERIAL], t, WENT, p[op + OP_FLOW], NOBODY)
        arrives_at(p, q, m, p[op + OP_TARGET], thing)
        thing = following


@uncounted()
def recondition(
    p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any, node: Any, op: Any, thing: Any
) -> Any:
    """A good thing loses a share of its age and is intact again; what is replaced in it is counted in X.

    CHILD operations of the node take the share that becomes good of all that arrive: so each good one stands
    for the inverse of that share.
    """
    here = thing_at(q, thing)
    good = number(p, c, p[op + OP_COEFFICIENT], t)
    if p[op + OP_AVAILABLE] >= 0:
        good *= z[p[AVAILABLE] + p[op + OP_AVAILABLE]]
    z[node_start(p, p[X], node) + block_of(p, q, m, node, here)] += 1.0 / good
    if p[op + OP_EXTRA] == 1:
        m[here + STATE] = 0
    if p[shape_of(p, node) + ITEM_DATES] > 1:
        reset = number(p, c, p[op + OP_TABLE], t)
        exact = reset * max(t - m[here + DATE] - (1 if p[SALES_IN] == 2 else 0), 0)
        steps = np.floor(exact)
        if uniform(k, m[here + SERIAL], t, RESET + node) < exact - steps:
            steps += 1.0
        move_dates(q, m, thing, int(steps))


@uncounted()
def open_things(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, node: Any) -> Any:
    """What is taken apart: followed pieces go their ways; the rest is counted in X and divided as amounts."""
    thing = take_all(q, m, node)
    while thing != NOBODY:
        here = thing_at(q, thing)
        following = m[here + NEXT]
        fetch(m, thing_at(q, following), THING_COLUMNS)
        z[node_start(p, p[X], node) + block_of(p, q, m, node, here)] += 1.0
        if m[here + ROW] != NOBODY:
            release_pieces_of(p, c, z, r, q, s, k, m, t, node, thing)
        free_thing(q, m, thing)
        thing = following


@uncounted(forceinline=True)
def release_pieces_of(
    p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, node: Any, thing: Any
) -> Any:
    """Each followed piece of a product draws the port on which it leaves."""
    here = thing_at(q, thing)
    item = at(p, NODE, node, NODE_ITEM)
    births, fails = cells_at(q, m[here + ROW], BIRTH), cells_at(q, m[here + ROW], FAILS)
    numbers, chances = cells_at(q, m[here + ROW], ID), q[CHANCES]
    draw(k, m, s, chances, numbers, q[CELLS], t, GO + node)
    for product in range(rows(p, PRODUCT)):
        if at(p, PRODUCT, product, PRODUCT_ITEM) != item:
            continue
        way, last = q[q[FIRST_WAY] + node], q[q[LAST_WAY] + node]
        for cell in range(q[CELLS]):
            birth = m[births + cell]
            if birth == IS_OWED:
                continue
            slot = slot_of(q, product, cell)
            while way < last and slot_of_way(p, q, way) < slot:
                way += 1
            failed = 1 if m[fails + cell] == HAS_FAILED else 0
            serial, u = m[numbers + cell], s[chances + cell]
            release_piece(p, c, z, r, q, m, t, node, way, slot, birth, failed, serial, u)


@uncounted(forceinline=True)
def slot_of_way(p: Any, q: Any, way: Any) -> Any:
    """The slot whose pieces go this way; they stand in the order of slots."""
    return at(p, PUSH, q[q[WAY] + way], OP_TABLE)


@uncounted(forceinline=True)
def release_piece(
    p: Any,
    c: Any,
    z: Any,
    r: Any,
    q: Any,
    m: Any,
    t: Any,
    node: Any,
    way: Any,
    slot: Any,
    birth: Any,
    failed: Any,
    serial: Any,
    u: Any,
) -> Any:
    """One piece leaves by one of the ways of its slot, which begin at ``way``; ``u``: its chance."""
    total, last = 0.0, -1
    while way < q[q[LAST_WAY] + node] and slot_of_way(p, q, way) == slot:
        op = line(p, PUSH, q[q[WAY] + way])
        way += 1
        if p[op + OP_EXTRA] != failed:
            continue
        share = factor(p, c, z, t, op)
        if share > 0.0:
            last = op
            total += share
            if u < total:
                break
    if last < 0:
        return
    note_one(p, c, r, t, p[last + OP_FLOW], t - birth)
    log(q, m, serial, t, WENT, p[last + OP_FLOW], NOBODY)
    arrives_at(p, q, m, p[last + OP_TARGET], new_thing(q, m, birth, failed, 0, serial, NOBODY))


@uncounted()
def shelve_things(p: Any, c: Any, q: Any, k: Any, m: Any, t: Any, op: Any) -> Any:
    """DEPOSIT: into a store as far as there is room for a whole one; which, is drawn. The rest overflows."""
    store = p[op + OP_TABLE]
    row = line(p, STORES, store)
    node = p[row + STORE_NODE]
    arriving = m[q[COUNTS] + node]
    room = arriving
    if p[row + STORE_LIMIT] >= 0:
        room = min(
            room, int(floor_of(max(number(p, c, p[row + STORE_LIMIT], t) - m[q[SHELVED] + store], 0.0)))
        )
    thing = take_all(q, m, node)
    while thing != NOBODY:
        here = thing_at(q, thing)
        following = m[here + NEXT]
        if selected(room, arriving, uniform(k, m[here + SERIAL], t, ROOM + node)):
            put_on_shelf(q, m, store, thing, t)
            room -= 1
        else:
            arrive(q, m, p[row + STORE_OVER], thing)
        arriving -= 1
        thing = following


@uncounted()
def limit_things(p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any, op: Any) -> Any:
    """CAPACITY: what is above that of a process goes to its overflow nodes; individuals as whole ones."""
    total = 0.0
    for index in range(p[op + OP_TABLE], p[op + OP_EXTRA]):
        total += weight_at(p, c, z, q, m, line(p, CAPACITIES, index))
    used = p[USED] + p[op + OP_SOURCE]
    free = max(number(p, c, p[op + OP_COEFFICIENT], t) - z[used], 0.0)
    kept = 1.0 if total <= free else free / total
    if kept == 1.0:
        z[used] += total
        return
    for index in range(p[op + OP_TABLE], p[op + OP_EXTRA]):
        member = line(p, CAPACITIES, index)
        node = p[member + CAPACITY_NODE]
        if q[q[WHOLE] + at(p, NODE, node, NODE_ITEM)] == 1:
            turn_away(p, q, k, m, t, node, p[member + CAPACITY_OVER], kept)
        else:
            start, over = node_start(p, p[X], node), node_start(p, p[X], p[member + CAPACITY_OVER])
            for j in range(p[shape_of(p, node) + ITEM_WIDTH]):
                z[over + j] += z[start + j] * (1.0 - kept)
                z[start + j] *= kept
        z[used] += weight_at(p, c, z, q, m, member)


@uncounted()
def weight_at(p: Any, c: Any, z: Any, q: Any, m: Any, member: Any) -> Any:
    """What stands at one node of a process, in the unit of its capacity."""
    node, weight, total = p[member + CAPACITY_NODE], p[member + CAPACITY_WEIGHT], 0.0
    shape = shape_of(p, node)
    dates = p[shape + ITEM_DATES]
    thing = m[q[HEADS] + node]
    while thing != NOBODY:
        here = thing_at(q, thing)
        total += by_date(p, c, weight, m[here + DATE] if dates > 1 else 0)
        thing = m[here + NEXT]
    if q[q[WHOLE] + at(p, NODE, node, NODE_ITEM)] == 0:
        start = node_start(p, p[X], node)
        for j in range(p[shape + ITEM_WIDTH]):
            if z[start + j] != 0.0:
                total += z[start + j] * by_date(p, c, weight, j % dates)
    return total


@uncounted()
def turn_away(p: Any, q: Any, k: Any, m: Any, t: Any, node: Any, over: Any, kept: Any) -> Any:
    """A share of the things at a node stays, in whole numbers; which, is drawn."""
    arriving = m[q[COUNTS] + node]
    room = int(floor_of(kept * arriving))
    thing = take_all(q, m, node)
    while thing != NOBODY:
        here = thing_at(q, thing)
        following = m[here + NEXT]
        if selected(room, arriving, uniform(k, m[here + SERIAL], t, ROOM + node)):
            arrive(q, m, node, thing)
            room -= 1
        else:
            arrive(q, m, over, thing)
        arriving -= 1
        thing = following


@uncounted()
def walk_loop(p: Any, c: Any, z: Any, r: Any, q: Any, k: Any, m: Any, t: Any, op: Any) -> Any:
    """Things inside a loop go round until each has left it. False if one never does."""
    first, count = p[op + OP_TABLE], p[op + OP_EXTRA]
    for again in range(TOO_LONG):
        left = 0
        for index in range(first, first + count):
            node = at(p, LOOP_NODE, index, 0)
            if m[q[COUNTS] + node] > 0:
                route(p, c, z, r, q, k, m, t, node, again)
        for index in range(first, first + count):
            left += m[q[COUNTS] + at(p, LOOP_NODE, index, 0)]
        if left == 0:
            return True
    return False


@uncounted()
def push_amounts(p: Any, c: Any, z: Any, r: Any, t: Any, op: Any, arrives: Any) -> Any:
    """An operation on things that are no individuals: as in cohorts."""
    code = p[op + OP_CODE]
    if code == FLOW or code == RULES:
        move(p, c, z, r, t, p[X], op, False, arrives)
    elif code == CHILD:
        release(p, c, z, r, t, p[X], op, False)
    elif code == SHIFT:
        rejuvenate(p, c, z, r, t, p[X], op, False)
    elif code == DEPOSIT:
        deposit(p, c, z, t, p[X], op, False)


@uncounted()
def push_things(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any, op: Any) -> Any:
    """An operation whose source node holds individuals: at its first one all go, in all ways."""
    node = p[op + OP_SOURCE]
    if p[op + OP_CODE] == DEPOSIT:
        shelve_things(p, c, q, k, m, t, op)
    elif m[q[COUNTS] + node] > 0:
        if q[q[OPENS] + node] == 1:
            open_things(p, c, z, r, q, s, k, m, t, node)
        else:
            route(p, c, z, r, q, k, m, t, node, 0)
    if p[op + OP_CODE] == CHILD:
        release(p, c, z, r, t, p[X], op, False)


@uncounted()
def push(p: Any, c: Any, z: Any, r: Any, q: Any, s: Any, k: Any, m: Any, t: Any) -> Any:
    """Run all push operations of a step. False if something goes round for ever."""
    recording_until = -1
    for index in range(rows(p, PUSH)):
        op = line(p, PUSH, index)
        code = p[op + OP_CODE]
        if code == CAPACITY:
            limit_things(p, c, z, q, k, m, t, op)
        elif code == SOLVE:
            if q[q[WHOLE] + at(p, NODE, at(p, LOOP_NODE, p[op + OP_TABLE], 0), NODE_ITEM)] == 1:
                if not walk_loop(p, c, z, r, q, k, m, t, op):
                    return False
            elif not solve_loop(p, c, z, t, p[X], op, PUSH):
                return False
            recording_until = p[op + OP_TARGET]
        elif q[q[WHOLE] + at(p, NODE, p[op + OP_SOURCE], NODE_ITEM)] == 1:
            push_things(p, c, z, r, q, s, k, m, t, op)
        else:
            push_amounts(p, c, z, r, t, op, index >= recording_until)
    return True
