"""Push: things move through the reverse network, operation by operation, in topological order.

``x`` is the position in the state where the workspace of the nodes begins.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.engine.kernel_declared import declared, owning, uncounted
from meguru.engine.kernels.elimination import eliminate
from meguru.engine.kernels.loops import add_scaled, struck
from meguru.engine.kernels.loops import total as sum_of
from meguru.engine.plan import (
    AVAILABLE, CAPACITIES, CAPACITY, CAPACITY_NODE, CAPACITY_OVER, CAPACITY_WEIGHT, CHILD, DATED, DEPOSIT,
    EXTRA, FLOW, FLOWS, FLOWS_DATED, FLOWS_VALUED, FLOW_COUNT, FLOW_DATED, FLOW_VALUED, HELD, HELD_PIECES,
    ITEM, ITEM_CLASSES, ITEM_CONDITIONS, ITEM_DATES, ITEM_WIDTH, LEAVING, LOOP_NODE, NODE, NODE_ITEM,
    NODE_START, OP_AVAILABLE, OP_BLOCKS, OP_BY_AGE, OP_CODE, OP_COEFFICIENT, OP_COMPLEMENT, OP_DATES,
    OP_EXTRA, OP_FLOW, OP_FROM, OP_SHARE, OP_SOURCE, OP_TABLE, OP_TARGET, OP_TO, OP_TO_DATES, PIECES,
    PIECES_IN, PRODUCT, PRODUCT_CLASSES, PRODUCT_SLOT, PRODUCT_SLOTS_END, RULE, RULES, SALES_IN,
    SCRAP_FLOWS, SHIFT, SLOT, SLOT_LEAVING, SLOT_PIECES, SOLVE, STEPS, STORES, STORE_DATES, STORE_LIMIT,
    STORE_NODE, STORE_OVER, STORE_PIECES, STORE_PRODUCT, STORE_START, USED, VALUED, at, by_date, line,
    number, rows,
)  # fmt: skip


@declared("float64(int64[::1], float64[::1], float64[::1], int64, int64)", forceinline=True)
def factor(p: Any, c: Any, z: Any, t: Any, op: Any) -> Any:
    """Transfer coefficient of an operation in step t."""
    value = number(p, c, p[op + OP_COEFFICIENT], t)
    if p[op + OP_AVAILABLE] >= 0:
        value *= z[p[AVAILABLE] + p[op + OP_AVAILABLE]]
    if p[op + OP_COMPLEMENT] == 1:
        value = 1.0 - value
    share = p[op + OP_SHARE]
    return value if share == 0 else value * number(p, c, share, t)


@declared("void(int64[::1], float64[::1], int64, int64, float64, boolean)")
def note_total(p: Any, r: Any, t: Any, flow: Any, value: Any, scrap: Any) -> Any:
    """Record ``value`` units of a flow."""
    r[p[FLOWS] + t * p[FLOW_COUNT] + flow] += value
    if scrap:
        r[p[SCRAP_FLOWS] + t * p[FLOW_COUNT] + flow] += value


@declared("void(int64[::1], float64[::1], float64[::1], int64, int64, float64, int64)")
def note_age(p: Any, c: Any, r: Any, t: Any, flow: Any, value: Any, age: Any) -> Any:
    """Record units of a flow by the step made and by their value, where the flow is recorded so."""
    row = at(p, FLOW_DATED, flow, 0)
    if row >= 0:
        r[p[FLOWS_DATED] + (row * p[STEPS] + t) * (p[STEPS] + 1) + max(t - age, 0)] += value
    row = at(p, FLOW_VALUED, flow, 0)
    if row >= 0:
        r[p[FLOWS_VALUED] + row * p[STEPS] + t] += value * c[p[VALUED] + row * (p[STEPS] + 1) + max(age, 0)]


@declared("void(int64[::1], float64[::1], float64[::1], int64, int64, float64, int64, boolean)")
def note(p: Any, c: Any, r: Any, t: Any, flow: Any, value: Any, age: Any, scrap: Any) -> Any:
    """Record ``value`` units of a flow, made or born ``age`` steps ago."""
    note_total(p, r, t, flow, value, scrap)
    note_age(p, c, r, t, flow, value, age)


@declared("int64(int64[::1], int64, int64)")
def node_start(p: Any, x: Any, node: Any) -> Any:
    """Position of a node's block in the state."""
    return x + at(p, NODE, node, NODE_START)


@declared("int64(int64[::1], int64)")
def shape_of(p: Any, node: Any) -> Any:
    """Position of the shape of a node's item in the plan."""
    return line(p, ITEM, at(p, NODE, node, NODE_ITEM))


@uncounted()
def share_of(p: Any, c: Any, t: Any, op: Any, block: Any, date: Any, dates: Any) -> Any:
    """Share of one element of the source's block that goes this way, by rule."""
    age = max(t - date, 0) if dates > 1 else 0
    row = at(p, RULE, p[op + OP_TABLE] + block * (p[STEPS] + 1) + age, 0)
    return number(p, c, p[op + OP_EXTRA] + row, t) * number(p, c, p[op + OP_SHARE], t)


@declared("float64(float64[::1], float64[::1], uint64, uint64, uint64, float64, uint64, boolean, boolean)")
def carry(
    z: Any, r: Any, source: Any, target: Any, noted: Any, a: Any, count: Any, arrive: Any, note: Any
) -> Any:
    """Add a share ``a`` of what stands at the source to the target and to the record. Returns the sum.

    Positions are unsigned, as in ``kernel_loops``: several elements are taken at once.
    """
    total = 0.0
    for k in range(count):
        value = a * z[source + k]
        total += value
        if arrive:
            z[target + k] += value
        if note:
            r[noted + k] += value
    return total


@declared("int64(int64[::1], int64, int64)")
def dated_at(p: Any, t: Any, flow: Any) -> Any:
    """Where the record of a flow by the step made begins in step t; −1 where it is not recorded so."""
    row = at(p, FLOW_DATED, flow, 0)
    return p[FLOWS_DATED] + (row * p[STEPS] + t) * (p[STEPS] + 1) if row >= 0 else -1


@uncounted()
def move(p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, op: Any, scrap: Any, arrive: Any) -> Any:
    """FLOW and RULES: elementwise from node to node."""
    source, target = x + p[op + OP_FROM], x + p[op + OP_TO]
    dates, flow = p[op + OP_DATES], p[op + OP_FLOW]
    rules, ages = p[op + OP_CODE] == RULES, p[op + OP_BY_AGE] == 1
    a = 0.0 if rules else factor(p, c, z, t, op)
    total = 0.0
    if not rules and not (ages and at(p, FLOW_VALUED, flow, 0) >= 0):
        noted = dated_at(p, t, flow) if ages else -1
        if noted >= 0 and dates == 1:
            noted += t  # what has no age is new
        width = min(dates, t + 1)
        for block in range(p[op + OP_BLOCKS]):
            here = block * dates
            total += carry(z, r, source + here, target + here, max(noted, 0), a, width, arrive, noted >= 0)
        note_total(p, r, t, flow, total, scrap)
        return
    for block in range(p[op + OP_BLOCKS]):
        for date in range(min(dates, t + 1)):
            value = z[source + block * dates + date]
            if value == 0.0:
                continue
            value *= share_of(p, c, t, op, block, date, dates) if rules else a
            total += value
            if ages:
                note_age(p, c, r, t, flow, value, t - date if dates > 1 else 0)
            if arrive:
                z[target + block * dates + date] += value
    note_total(p, r, t, flow, total, scrap)


@uncounted()
def release(p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, op: Any, scrap: Any) -> Any:
    """CHILD: the children (or materials) of what is taken apart, counted by the BOM of the year made.

    Where the source is not dated, the count stands in the coefficient (OP_TABLE −1).
    """
    source, target = x + p[op + OP_FROM], x + p[op + OP_TO]
    dates, flow = p[op + OP_DATES], p[op + OP_FLOW]
    a = factor(p, c, z, t, op)
    total = 0.0
    if p[op + OP_TABLE] < 0:
        for block in range(p[op + OP_BLOCKS]):
            total += a * z[source + block]
        if p[op + OP_BY_AGE] == 1:
            note_age(p, c, r, t, flow, total, 0)
        z[target] += total
        note_total(p, r, t, flow, total, scrap)
        return
    child_dated, ages = p[op + OP_TO_DATES] > 1, p[op + OP_BY_AGE] == 1
    count, width = p[DATED] + p[op + OP_TABLE] * (p[STEPS] + 1), min(dates, t + 1)
    for block in range(p[op + OP_BLOCKS]):
        if not (ages or child_dated):
            total += a * struck(z, c, source + block * dates, count, 1, width)
            continue
        for date in range(width):
            units = z[source + block * dates + date]
            if units == 0.0:
                continue
            value = a * c[count + date] * units
            total += value
            if ages:
                note_age(p, c, r, t, flow, value, t - date if dates > 1 else 0)
            if child_dated:
                z[target + date] += value
    if not child_dated:
        z[target] += total
    note_total(p, r, t, flow, total, scrap)


@uncounted()
def release_pieces(p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, op: Any) -> Any:
    """PIECES: followed parts of products, with the ages that they have.

    OP_TABLE is the slot, OP_EXTRA the state of the pieces (0 intact, 1 failed).
    """
    source, target = node_start(p, x, p[op + OP_SOURCE]), node_start(p, x, p[op + OP_TARGET])
    shape = shape_of(p, p[op + OP_SOURCE])
    dates = p[shape + ITEM_DATES]
    block = p[shape + ITEM_CLASSES] * dates
    slot = line(p, SLOT, p[op + OP_TABLE])
    failed = p[op + OP_EXTRA]
    target += failed * p[shape_of(p, p[op + OP_TARGET]) + ITEM_CLASSES] * dates
    a = factor(p, c, z, t, op)
    if a == 0.0:
        return
    flow, ages, total = p[op + OP_FLOW], p[op + OP_BY_AGE] == 1, 0.0
    for condition in range(failed, p[shape + ITEM_CONDITIONS]):
        for j in range(block):
            value = z[source + condition * block + j]
            if value == 0.0:
                continue
            per_unit = a * value / z[p[LEAVING] + p[slot + SLOT_LEAVING] + condition * block + j]
            start = p[PIECES_IN] + p[slot + SLOT_PIECES] + ((condition + failed) * block + j) * dates
            add_scaled(z, target, start, per_unit, t + 1)
            total += per_unit * sum_of(z, start, t + 1)
            if ages:
                for date in range(t + 1):
                    note_age(p, c, r, t, flow, per_unit * z[start + date], t - date)
    note_total(p, r, t, flow, total, False)


@uncounted()
def rejuvenate(p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, op: Any, scrap: Any) -> Any:
    """SHIFT: reconditioned things lose a share of their age and are intact again (OP_EXTRA 1)."""
    source, target = node_start(p, x, p[op + OP_SOURCE]), node_start(p, x, p[op + OP_TARGET])
    shape = shape_of(p, p[op + OP_SOURCE])
    dates = p[shape + ITEM_DATES]
    block = p[shape + ITEM_CLASSES] * dates
    flow = p[op + OP_FLOW]
    a = factor(p, c, z, t, op)
    reset = number(p, c, p[op + OP_TABLE], t)
    for j in range(p[shape + ITEM_WIDTH]):
        value = z[source + j] * a
        if value == 0.0:
            continue
        intact = j % block if p[op + OP_EXTRA] == 1 else j
        if dates == 1:
            note(p, c, r, t, flow, value, 0, scrap)
            z[target + intact] += value
            continue
        date = j % dates
        # A thing sold at the end of a step counts one step more than its age.
        exact = date + reset * max(t - date - (1 if p[SALES_IN] == 2 else 0), 0)
        low = min(int(np.floor(exact)), dates - 1)
        part = exact - low
        note(p, c, r, t, flow, value * (1.0 - part), t - low, scrap)
        z[target + intact - date + low] += value * (1.0 - part)
        if part > 0.0:
            note(p, c, r, t, flow, value * part, t - low - 1, scrap)
            z[target + intact - date + low + 1] += value * part


@uncounted()
def limit_capacity(p: Any, c: Any, z: Any, t: Any, x: Any, op: Any) -> Any:
    """CAPACITY: what is above the capacity of a process goes to its overflow nodes, in proportion."""
    total = 0.0
    for row in range(p[op + OP_TABLE], p[op + OP_EXTRA]):
        member = line(p, CAPACITIES, row)
        start = node_start(p, x, p[member + CAPACITY_NODE])
        shape = shape_of(p, p[member + CAPACITY_NODE])
        for j in range(p[shape + ITEM_WIDTH]):
            if z[start + j] != 0.0:
                total += z[start + j] * by_date(p, c, p[member + CAPACITY_WEIGHT], j % p[shape + ITEM_DATES])
    used = p[USED] + p[op + OP_SOURCE]
    free = max(number(p, c, p[op + OP_COEFFICIENT], t) - z[used], 0.0)
    kept = 1.0 if total <= free else free / total
    z[used] += total * kept
    if kept == 1.0:
        return
    for row in range(p[op + OP_TABLE], p[op + OP_EXTRA]):
        member = line(p, CAPACITIES, row)
        start, over = node_start(p, x, p[member + CAPACITY_NODE]), node_start(p, x, p[member + CAPACITY_OVER])
        for j in range(p[shape_of(p, p[member + CAPACITY_NODE]) + ITEM_WIDTH]):
            value = z[start + j]
            z[over + j] += value * (1.0 - kept)
            z[start + j] = value * kept


@uncounted()
def deposit(p: Any, c: Any, z: Any, t: Any, x: Any, op: Any, scrap: Any) -> Any:
    """DEPOSIT: into a store as far as its limit allows; the rest to its overflow node.

    New scrap is put beside the content (EXTRA), so that it can be solved again within the step.
    """
    row = line(p, STORES, p[op + OP_TABLE])
    source = node_start(p, x, p[row + STORE_NODE])
    shape = shape_of(p, p[row + STORE_NODE])
    arriving = 0.0
    for j in range(p[shape + ITEM_WIDTH]):
        arriving += z[source + j]
    kept = 1.0
    if p[row + STORE_LIMIT] >= 0 and arriving > 0.0:
        held = 0.0
        for date in range(p[row + STORE_START], p[row + STORE_START] + p[row + STORE_DATES]):
            held += z[p[HELD] + date] + z[p[EXTRA] + date]
        kept = min(1.0, max(number(p, c, p[row + STORE_LIMIT], t) - held, 0.0) / arriving)
    into = (p[EXTRA] if scrap else p[HELD]) + p[row + STORE_START]
    for j in range(p[shape + ITEM_WIDTH]):
        value = z[source + j]
        if value == 0.0:
            continue
        z[into + j % p[shape + ITEM_DATES]] += value * kept
        if p[row + STORE_PRODUCT] >= 0 and not scrap:
            deposit_pieces(p, z, row, j, value * kept)
        if kept < 1.0:
            z[node_start(p, x, p[row + STORE_OVER]) + j] += value * (1.0 - kept)


@uncounted()
def deposit_pieces(p: Any, z: Any, row: Any, j: Any, value: Any) -> Any:
    """The followed parts inside whole products that are stored."""
    product = line(p, PRODUCT, p[row + STORE_PRODUCT])
    dates = p[STEPS] + 1
    block = p[product + PRODUCT_CLASSES] * dates
    for index in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        slot = line(p, SLOT, index)
        per_unit = value / z[p[LEAVING] + p[slot + SLOT_LEAVING] + j]
        into = p[HELD_PIECES] + p[row + STORE_PIECES]
        into += ((index - p[product + PRODUCT_SLOT]) * dates + j % dates) * dates
        start = p[PIECES_IN] + p[slot + SLOT_PIECES] + (j % block) * dates
        for birth in range(dates):
            z[into + birth] += per_unit * z[start + birth]


@uncounted()
def member_of(p: Any, first: Any, count: Any, node: Any) -> Any:
    """Row of a node among the members of a loop."""
    for i in range(count):
        if at(p, LOOP_NODE, first + i, 0) == node:
            return i
    return -1


@owning()
def solve_loop(p: Any, c: Any, z: Any, t: Any, x: Any, op: Any, operations: Any) -> Any:
    """SOLVE: totals inside a loop, by elimination, element by element. False if the loop loses nothing."""
    first, count = p[op + OP_TABLE], p[op + OP_EXTRA]
    shape = shape_of(p, at(p, LOOP_NODE, first, 0))
    for j in range(p[shape + ITEM_WIDTH]):
        matrix = np.eye(count)
        right = np.zeros(count)
        anything = False
        for i in range(count):
            right[i] = z[node_start(p, x, at(p, LOOP_NODE, first + i, 0)) + j]
            anything = anything or right[i] != 0.0
        if not anything:
            continue
        for index in range(p[op + OP_SOURCE], p[op + OP_TARGET]):
            inner = line(p, operations, index)
            if p[inner + OP_CODE] == RULES:
                dates = p[shape + ITEM_DATES]
                a = share_of(p, c, t, inner, j // dates, j % dates, dates)
            else:
                a = factor(p, c, z, t, inner)
            there = member_of(p, first, count, p[inner + OP_TARGET])
            matrix[there, member_of(p, first, count, p[inner + OP_SOURCE])] -= a
        if not eliminate(matrix, right):
            return False
        for i in range(count):
            z[node_start(p, x, at(p, LOOP_NODE, first + i, 0)) + j] = right[i]
    return True


@declared("boolean(int64[::1], float64[::1], float64[::1], float64[::1], int64, int64, int64, boolean)")
def push(p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, operations: Any, scrap: Any) -> Any:
    """Run all push operations of a step. False if a loop cannot be solved."""
    recording_until = -1
    for index in range(rows(p, operations)):
        op = line(p, operations, index)
        code = p[op + OP_CODE]
        if code == FLOW or code == RULES:
            move(p, c, z, r, t, x, op, scrap, index >= recording_until)
        elif code == CHILD:
            release(p, c, z, r, t, x, op, scrap)
        elif code == PIECES:
            release_pieces(p, c, z, r, t, x, op)
        elif code == SHIFT:
            rejuvenate(p, c, z, r, t, x, op, scrap)
        elif code == CAPACITY:
            limit_capacity(p, c, z, t, x, op)
        elif code == DEPOSIT:
            deposit(p, c, z, t, x, op, scrap)
        elif code == SOLVE:
            if not solve_loop(p, c, z, t, x, op, operations):
                return False
            # The operations inside the loop follow: they are recorded, but nothing arrives twice.
            recording_until = p[op + OP_TARGET]
    return True
