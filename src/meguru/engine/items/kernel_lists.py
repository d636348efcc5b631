"""Individuals as rows and things, the lists in which they stand, and stores from which one can be taken."""

from __future__ import annotations

from typing import Any

from meguru.engine.items.kernel_at import cells_at, row_at, thing_at
from meguru.engine.items.kernel_chance import SHELF_PLACE, uniform
from meguru.engine.items.plan import (
    AFTER, BIRTH, CELLS, COUNTS, DATE, FREE_ROW, FREE_THING, HEADS, IS_OWED, LAST_SERIAL, LOCAL, LOG,
    LOG_COLUMNS, LOG_MOST, LOGGED, NEXT, NOBODY, QUEUE, QUEUED, ROW, ROW_DATE, ROWS_USED, SERIAL, SHELF,
    SHELF_MOST, SHELVED, SINCE, STATE, TAKEN, THINGS_USED,
)  # fmt: skip
from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.push import note_age
from meguru.engine.plan import FLOW_COUNT, FLOW_DATED, FLOW_VALUED, FLOWS, STORE_AGEING, STORES, at


@uncounted("int64(int64[::1])", forceinline=True)
def new_serial(q: Any) -> Any:
    q[LAST_SERIAL] += 1
    return q[LAST_SERIAL]


@uncounted("int64(int64[::1], int32[::1])", forceinline=True)
def new_row(q: Any, m: Any) -> Any:
    row = q[FREE_ROW]
    if row == NOBODY:
        row = q[ROWS_USED]
        q[ROWS_USED] += 1
    else:
        q[FREE_ROW] = m[q[AFTER] + row]
    return row


@uncounted("void(int64[::1], int32[::1], int64)", forceinline=True)
def free_row(q: Any, m: Any, row: Any) -> Any:
    m[q[AFTER] + row] = q[FREE_ROW]
    q[FREE_ROW] = row


@uncounted("int64(int64[::1], int32[::1], int64, int64, int64, int64, int64)", forceinline=True)
def new_thing(q: Any, m: Any, date: Any, state: Any, local: Any, serial: Any, row: Any) -> Any:
    thing = q[FREE_THING]
    if thing == NOBODY:
        thing = q[THINGS_USED]
        q[THINGS_USED] += 1
    else:
        q[FREE_THING] = m[thing_at(q, thing) + NEXT]
    here = thing_at(q, thing)
    m[here + DATE], m[here + STATE], m[here + LOCAL] = date, state, local
    m[here + SERIAL], m[here + ROW], m[here + SINCE] = serial, row, 0
    return thing


@uncounted("void(int64[::1], int32[::1], int64)", forceinline=True)
def free_thing(q: Any, m: Any, thing: Any) -> Any:
    """A thing ceases to be followed, with the pieces inside."""
    here = thing_at(q, thing)
    if m[here + ROW] != NOBODY:
        free_row(q, m, m[here + ROW])
    m[here + NEXT] = q[FREE_THING]
    q[FREE_THING] = thing


@uncounted("void(int64[::1], int32[::1], int64, int64)", forceinline=True)
def arrive(q: Any, m: Any, node: Any, thing: Any) -> Any:
    """A thing stands at the head of the list of a node."""
    m[thing_at(q, thing) + NEXT] = m[q[HEADS] + node]
    m[q[HEADS] + node] = thing
    m[q[COUNTS] + node] += 1


@uncounted("int64(int64[::1], int32[::1], int64)", forceinline=True)
def take_all(q: Any, m: Any, node: Any) -> Any:
    """The list of a node, which is empty afterwards."""
    first = m[q[HEADS] + node]
    m[q[HEADS] + node] = NOBODY
    m[q[COUNTS] + node] = 0
    return first


@uncounted("void(int64[::1], int32[::1], int64, int64)", forceinline=True)
def enqueue(q: Any, m: Any, step: Any, row: Any) -> Any:
    """Something happens to a row in a step: the next one that has to be looked at."""
    m[q[AFTER] + row] = m[q[QUEUE] + step]
    m[q[QUEUE] + step] = row
    m[q[QUEUED] + step] += 1


@uncounted("void(int64[::1], int32[::1], int64, int64, int64)")
def put_on_shelf(q: Any, m: Any, store: Any, thing: Any, t: Any) -> Any:
    count = m[q[SHELVED] + store]
    m[q[SHELF] + store * q[SHELF_MOST] + count] = thing
    m[q[SHELVED] + store] = count + 1
    m[thing_at(q, thing) + SINCE] = t


@uncounted("int64(int64[::1], uint64[::1], int32[::1], int64, int64)", forceinline=True)
def take_from_shelf(q: Any, k: Any, m: Any, store: Any, t: Any) -> Any:
    """Any of what a store holds, each as likely. There must be something."""
    count = m[q[SHELVED] + store]
    place = int(uniform(k, q[TAKEN], t, SHELF_PLACE + store) * count)
    q[TAKEN] += 1
    here = q[SHELF] + store * q[SHELF_MOST]
    thing = m[here + place]
    m[here + place] = m[here + count - 1]
    m[q[SHELVED] + store] = count - 1
    return thing


@uncounted("void(int64[::1], int32[::1], int64, int64)")
def move_dates(q: Any, m: Any, thing: Any, steps: Any) -> Any:
    """A thing and its pieces are as old as they were so many steps before."""
    here = thing_at(q, thing)
    m[here + DATE] += steps
    row = m[here + ROW]
    if row != NOBODY and steps != 0:
        m[row_at(q, row) + ROW_DATE] += steps
        births = cells_at(q, row, BIRTH)
        for piece in range(births, births + q[CELLS]):
            if m[piece] != IS_OWED:
                m[piece] += steps


@uncounted("void(int64[::1], int64[::1], int32[::1], int64, int64, int64)")
def wake(p: Any, q: Any, m: Any, store: Any, thing: Any, t: Any) -> Any:
    """Dates of a thing out of a store: on the shelf it has not aged, unless the store says so."""
    here = thing_at(q, thing)
    if at(p, STORES, store, STORE_AGEING) == 0:
        move_dates(q, m, thing, t - m[here + SINCE])


@uncounted("void(int64[::1], float64[::1], float64[::1], int64, int64, int64)", forceinline=True)
def note_one(p: Any, c: Any, r: Any, t: Any, flow: Any, age: Any) -> Any:
    """One individual of an age goes with a flow."""
    r[p[FLOWS] + t * p[FLOW_COUNT] + flow] += 1.0
    if at(p, FLOW_DATED, flow, 0) >= 0 or at(p, FLOW_VALUED, flow, 0) >= 0:
        note_age(p, c, r, t, flow, 1.0, age)


@uncounted("void(int64[::1], int32[::1], int64, int64, int64, int64, int64)", forceinline=True)
def log(q: Any, m: Any, serial: Any, step: Any, what: Any, where: Any, other: Any) -> Any:
    """A line in the histories, if they are wanted; those for which there is no room are counted."""
    if q[LOG_MOST] == 0:
        return
    if q[LOGGED] < q[LOG_MOST]:
        here = q[LOG] + q[LOGGED] * LOG_COLUMNS
        m[here], m[here + 1], m[here + 2], m[here + 3], m[here + 4] = serial, step, what, where, other
    q[LOGGED] += 1
