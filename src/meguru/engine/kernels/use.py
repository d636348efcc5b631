"""The use stage of section 4 of the methods page: leaving, joining, stock.

Per product class (use process, build class, segment): N[year made]. Followed parts are in ``kernel_parts``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.engine.kernel_declared import declared, uncounted
from meguru.engine.kernels.cohorts import (
    births_at, block_at, classes_end, hazard_of, hazard_start, hazard_stride, segment_of, stock_at,
)  # fmt: skip
from meguru.engine.kernels.loops import put
from meguru.engine.kernels.parts import (
    failure_share,
    note_part_age,
    note_pieces,
    renew,
    share_of_visits,
    repaired_of,
    slots_stay,
)
from meguru.engine.kernels.push import node_start
from meguru.engine.plan import (
    AGES, AVAILABLE, CAUSE, CAUSE_EVENT, CAUSE_HAZARD, CAUSE_KEEP, CAUSE_NODE, CAUSE_OF_SOLD,
    EVENT_PART_FAILURE, EVENT_WAITING, HOLDER_DATED, ITEM,
    ITEM_DATES, LAWS, N, N_NEXT, OWN, PRODUCT, PRODUCT_ITEM, PRODUCT_SLOT, PRODUCT_SLOTS_END,
    PROPORTIONAL, SLOT, SLOT_AVAILABLE, SLOT_COUNT, SLOT_FAILS, SLOT_HAZARD, SLOT_USE, SOLD, STEPS, STOCK,
    STOCK_DATED,
    SURVIVAL, THERE, USE, USE_CAUSE, USE_CAUSES, USE_CLASS, USE_DEMAND, USE_DRIVEN, USE_EVENT, USE_HAZARD,
    USE_HOLDER, USE_PART_NODE, USE_PRODUCT, USE_SEGMENTS, USE_SLOT, USE_SLOT_HAZARD, WAITING, X, at,
    by_date, event_at, line, number, rows,
)  # fmt: skip

NEXT_STEP = -1


@declared(
    "float64(int64[::1], float64[::1], float64[::1], int64, int64, int64, float64, float64, int64, int64)"
)
def own_exits(
    p: Any, c: Any, z: Any, t: Any, use: Any, segment: Any, units: Any, sold: Any, date: Any, sale_age: Any
) -> Any:
    """Exits of ``units`` for own reasons, in their order, into OWN by cause. Returns the share that stays.

    ``sale_age`` ≥ 0: the step of the sale of things that old.
    """
    stays = units
    for k in range(p[use + USE_CAUSES]):
        row = line(p, CAUSE, p[use + USE_CAUSE] + k)
        hazard = line(p, CAUSE_HAZARD, p[use + USE_HAZARD] + k * p[use + USE_SEGMENTS] + segment)
        age = t - date if sale_age == NEXT_STEP else sale_age
        h = hazard_of(p, c, hazard, date, age, sale_age != NEXT_STEP)
        due = min(sold * h, stays) if p[row + CAUSE_OF_SOLD] == 1 else stays * h
        left = due * (1.0 - number(p, c, p[row + CAUSE_KEEP], t))
        z[p[OWN] + k] = left
        stays -= left
    return stays / units if units > 0.0 else 1.0


@uncounted()
def share_exits(p: Any, z: Any, use: Any, units: Any, stay: Any, q: Any) -> Any:
    """``exits: proportional``: own reasons N (1 − s) ln(1 − h)/ln s, the rest for a part. Returns the
    latter."""
    survival = stay * q
    if survival > 0.0:
        share = np.log(stay) / np.log(survival)
    elif stay > 0.0:  # all have a failed part: the limit of the share for own reasons is zero
        share = 0.0
    else:
        share = 1.0 if q > 0.0 else 0.5
    own = units * (1.0 - survival) * share
    for k in range(p[use + USE_CAUSES]):
        z[p[OWN] + k] *= own / (units * (1.0 - stay))
    return units * (1.0 - survival) - own


@uncounted(forceinline=True)
def note_exits(p: Any, z: Any, r: Any, t: Any, x: Any, use: Any, local: Any, date: Any, by_part: Any) -> Any:
    """Exits by cause to their nodes and events. Returns the sum for own reasons."""
    item = at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_ITEM)
    total = 0.0
    for k in range(p[use + USE_CAUSES]):
        left = z[p[OWN] + k]
        if left != 0.0:
            row = line(p, CAUSE, p[use + USE_CAUSE] + k)
            z[node_start(p, x, p[row + CAUSE_NODE]) + block_at(p, item, 0, local, date)] += left
            r[event_at(p, p[row + CAUSE_EVENT], t)] += left
            total += left
    if by_part > 0.0:
        z[node_start(p, x, p[use + USE_PART_NODE]) + block_at(p, item, 1, local, date)] += by_part
        r[event_at(p, p[use + USE_EVENT] + EVENT_PART_FAILURE, t)] += by_part
    return total


@declared(
    "float64(int64[::1], float64[::1], float64[::1], float64[::1], int64, int64, int64, int64, int64, int64)"
)
def step_class(
    p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, u: Any, local: Any, date: Any, sale_age: Any
) -> Any:
    """One step of one class of one step made: exits, failures, spares, pieces inside what leaves.

    Exits go to the workspace ``x`` (this step's, or the one that waits). Returns the units that stay.
    """
    use = line(p, USE, u)
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    segment = segment_of(p, use, local)
    here = stock_at(p, use, local, date)
    units = z[p[N] + here]
    stay = own_exits(p, c, z, t, use, segment, units, z[p[SOLD] + here], date, sale_age)
    q = slots_stay(p, c, z, t, use, local, segment, date, sale_age != NEXT_STEP)
    after_own = units * stay
    by_part = after_own * (1.0 - q)
    if p[PROPORTIONAL] == 1 and q < 1.0 and stay < 1.0:
        by_part = share_exits(p, z, use, units, stay, q)
    own = note_exits(p, z, r, t, x, use, local, date, by_part)
    if p[product + PRODUCT_SLOTS_END] > p[product + PRODUCT_SLOT]:
        note_pieces(p, c, z, r, t, x, use, local, date, sale_age != NEXT_STEP, own, by_part, after_own, q)
    return units - own - by_part


@declared("float64(float64[::1], float64[::1], uint64, uint64, uint64, uint64, uint64, float64)")
def take_share(
    z: Any, c: Any, there: Any, here: Any, start: Any, stride: Any, count: Any, leaves: Any
) -> Any:
    """What stands here less a share by hazard, put there; returns the sum of what was taken.

    Four sums at a time, in a fixed order: one alone would make each addition wait for the one before. The
    common stride is a loop of its own, in which a processor can take four at once.
    """
    first = second = third = fourth = 0.0
    whole = count >> 2 << 2
    if stride == 1:
        for k in range(0, whole, 4):
            a, b = leaves * z[here + k] * c[start + k], leaves * z[here + k + 1] * c[start + k + 1]
            d, e = leaves * z[here + k + 2] * c[start + k + 2], leaves * z[here + k + 3] * c[start + k + 3]
            z[there + k], z[there + k + 1] = z[here + k] - a, z[here + k + 1] - b
            z[there + k + 2], z[there + k + 3] = z[here + k + 2] - d, z[here + k + 3] - e
            first, second, third, fourth = first + a, second + b, third + d, fourth + e
    else:
        for k in range(0, whole, 4):
            hazard = start + k * stride
            a, b = leaves * z[here + k] * c[hazard], leaves * z[here + k + 1] * c[hazard + stride]
            d = leaves * z[here + k + 2] * c[hazard + 2 * stride]
            e = leaves * z[here + k + 3] * c[hazard + 3 * stride]
            z[there + k], z[there + k + 1] = z[here + k] - a, z[here + k + 1] - b
            z[there + k + 2], z[there + k + 3] = z[here + k + 2] - d, z[here + k + 3] - e
            first, second, third, fourth = first + a, second + b, third + d, fourth + e
    for k in range(whole, count):
        a = leaves * z[here + k] * c[start + k * stride]
        z[there + k] = z[here + k] - a
        first += a
    return (first + second) + (third + fourth)


@declared("float64(float64[::1], uint64, uint64)")
def sum_of(z: Any, here: Any, count: Any) -> Any:
    """Sum of ``count`` numbers from ``here``, four sums at a time in a fixed order."""
    first = second = third = fourth = 0.0
    for k in range(0, count >> 2 << 2, 4):
        first += z[here + k]
        second += z[here + k + 1]
        third += z[here + k + 2]
        fourth += z[here + k + 3]
    for k in range(count >> 2 << 2, count):
        first += z[here + k]
    return (first + second) + (third + fourth)


@uncounted()
def leave_plain(p: Any, c: Any, z: Any, r: Any, t: Any, use: Any, local: Any) -> Any:
    """:func:`leave` for products without followed parts: the same, cause by cause, in tight loops."""
    item = at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_ITEM)
    dated = p[line(p, ITEM, item) + ITEM_DATES] > 1
    here = stock_at(p, use, local, 0)
    units, sold = p[N] + here, p[SOLD] + here
    left = p[N_NEXT] + here
    now = units  # what the first cause takes from; the others take from what it left
    for k in range(p[use + USE_CAUSES]):
        row = line(p, CAUSE, p[use + USE_CAUSE] + k)
        hazard = line(
            p, CAUSE_HAZARD, p[use + USE_HAZARD] + k * p[use + USE_SEGMENTS] + segment_of(p, use, local)
        )
        leaves = 1.0 - number(p, c, p[row + CAUSE_KEEP], t)
        start, stride = hazard_start(p, hazard, False) - t, hazard_stride(p, hazard, False)
        block = node_start(p, p[X], p[row + CAUSE_NODE]) + block_at(p, item, 0, local, 0)
        of_sold = p[row + CAUSE_OF_SOLD] == 1
        total = 0.0
        if dated or of_sold:
            if k == 0:
                put(z, left, units, t)
            for date in range(t):
                h = c[start + date * stride]
                gone = leaves * (min(z[sold + date] * h, z[left + date]) if of_sold else z[left + date] * h)
                z[left + date] -= gone
                total += gone
                z[block + (date if dated else 0)] += gone
        else:
            total = take_share(z, c, left, now, start, stride, t, leaves)
            z[block] += total
        now = left
        r[event_at(p, p[row + CAUSE_EVENT], t)] += total
    if p[use + USE_CAUSES] == 0:
        put(z, left, units, t)


@uncounted()
def leave(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Step 1 for everything sold before this step. New numbers go to N_NEXT."""
    for u in range(rows(p, USE)):
        use = line(p, USE, u)
        product = line(p, PRODUCT, p[use + USE_PRODUCT])
        plain = p[product + PRODUCT_SLOT] == p[product + PRODUCT_SLOTS_END]
        for local in range(p[use + USE_CLASS], classes_end(p, use)):
            if plain:
                leave_plain(p, c, z, r, t, use, local)
                continue
            for date in range(t):
                here = stock_at(p, use, local, date)
                if z[p[N] + here] > 0.0:
                    z[p[N_NEXT] + here] = step_class(p, c, z, r, t, p[X], u, local, date, NEXT_STEP)
                else:
                    z[p[N_NEXT] + here] = 0.0


@uncounted()
def settle(p: Any, c: Any, z: Any, t: Any) -> Any:
    """The step's exits are accepted: stock and ages move on."""
    for u in range(rows(p, USE)):
        use = line(p, USE, u)
        product = line(p, PRODUCT, p[use + USE_PRODUCT])
        for local in range(p[use + USE_CLASS], classes_end(p, use)):
            here = stock_at(p, use, local, 0)
            if p[product + PRODUCT_SLOTS_END] > p[product + PRODUCT_SLOT]:
                for date in range(t):
                    if z[p[N] + here + date] > 0.0:
                        renew(p, c, z, t, use, local, date, False)
            put(z, p[N] + here, p[N_NEXT] + here, t)


@uncounted()
def survive_sale(p: Any, c: Any, z: Any, t: Any, use: Any, segment: Any, date: Any) -> Any:
    """Share still in use at the end of the step of the sale, of things made in ``date``, births of parts in
    LAWS."""
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    stay = own_exits(p, c, z, t, use, segment, 1.0, 1.0, date, t - date)
    q, mended, whole = 1.0, 1.0, 1.0
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        if p[row + SLOT_FAILS] == 1:
            hazard = line(
                p, SLOT_HAZARD, p[use + USE_SLOT_HAZARD] + (index - first) * p[use + USE_SEGMENTS] + segment
            )
            f = failure_share(p, c, z, t, hazard, p[LAWS] + (index - first) * (p[STEPS] + 1), True)
            count = by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
            q *= (1.0 - (1.0 - repaired_of(p, c, z, t, row)) * f) ** count
            mended *= (1.0 - (1.0 - z[p[AVAILABLE] + p[row + SLOT_AVAILABLE]]) * f) ** count
            whole *= (1.0 - f) ** count
    visit = share_of_visits(p, c, t, use)
    return stay * (q if visit < 0.0 else visit * mended + (1.0 - visit) * whole)


@uncounted()
def put_in_use(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, local: Any, date: Any, units: Any) -> Any:
    """Step 5: units, with the births of their followed parts in LAWS, join a class.

    They meet the hazards of the step of the sale by themselves before they mix with what is there; what
    leaves in that step waits in use and is pushed in the next one.
    """
    use = line(p, USE, u)
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    dates = p[STEPS] + 1
    here = stock_at(p, use, local, date)
    first, last = p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]
    if first == last:
        own_exits(p, c, z, t, use, segment_of(p, use, local), units, units, date, t - date)
        gone = note_exits(p, z, r, t, p[WAITING], use, local, date, 0.0)
        r[event_at(p, p[use + USE_EVENT] + EVENT_WAITING, t)] += gone
        z[p[N] + here] += units - gone
        z[p[SOLD] + here] += units
        return
    n_there, sold_there = z[p[N] + here], z[p[SOLD] + here]
    for index in range(first, last):
        births = births_at(p, z, index, local, date)
        for birth in range(dates):
            z[p[THERE] + (index - first) * dates + birth] = z[births + birth]
            z[births + birth] = z[p[LAWS] + (index - first) * dates + birth]
    z[p[N] + here] = units
    z[p[SOLD] + here] = units
    stay = step_class(p, c, z, r, t, p[WAITING], u, local, date, t - date)
    renew(p, c, z, t, use, local, date, True)
    r[event_at(p, p[use + USE_EVENT] + EVENT_WAITING, t)] += units - stay
    total = n_there + stay
    if n_there > 0.0 and total > 0.0:
        for index in range(first, last):
            births = births_at(p, z, index, local, date)
            for birth in range(dates):
                mixed = n_there * z[p[THERE] + (index - first) * dates + birth] + stay * z[births + birth]
                z[births + birth] = mixed / total
    z[p[N] + here] = total
    z[p[SOLD] + here] = sold_there + units


@uncounted()
def note_stock(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Record stock in use, by step made where the mass needs it, and ages of parts."""
    dates = p[STEPS] + 1
    for u in range(rows(p, USE)):
        use = line(p, USE, u)
        product = line(p, PRODUCT, p[use + USE_PRODUCT])
        row = at(p, HOLDER_DATED, p[use + USE_HOLDER], 0)
        total = 0.0
        for local in range(p[use + USE_CLASS], classes_end(p, use)):
            here = p[N] + stock_at(p, use, local, 0)
            total += sum_of(z, here, t + 1)
            if row >= 0:
                add_dates(z, here, r, p[STOCK_DATED] + (row * p[STEPS] + t) * dates, t)
            if p[AGES + 1] > 0:
                add_dates(z, here, r, p[AGES] + (u * p[STEPS] + t) * dates, t)
            for index in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
                for date in range(t + 1):
                    if z[here + date] != 0.0:
                        note_part_age(p, c, z, r, t, use, index, local, date, z[here + date])
        r[p[STOCK] + p[use + USE_HOLDER] * p[STEPS] + t] = total


@uncounted()
def add_dates(z: Any, here: Any, r: Any, there: Any, t: Any) -> Any:
    """Add units by step made to the record."""
    for date in range(t + 1):
        r[there + date] += z[here + date]


@uncounted()
def demand_of(p: Any, c: Any, z: Any, t: Any, u: Any) -> Any:
    """Units wanted in this step; negative if a falling target stock would need negative sales."""
    use = line(p, USE, u)
    wanted = number(p, c, p[use + USE_DEMAND], t)
    if p[use + USE_DRIVEN] == 0:
        return wanted
    held = 0.0
    for local in range(p[use + USE_CLASS], classes_end(p, use)):
        held += sum_of(z, p[N_NEXT] + stock_at(p, use, local, 0), t)
    missing = wanted - held
    if -1e-9 * abs(held) <= missing < 0.0:
        return 0.0
    return missing / z[p[SURVIVAL] + u]
