"""The use stage of section 4 of the methods page: leaving, failing, repair, ages, sales.

Per product class (use process, build class, segment): N[year made]. Per followed part: w[year made, birth],
the
distribution of the birth step of *one* piece. Pieces are independent within (year made, class).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from meguru.engine.kernel_push import node_start, shape_of
from meguru.engine.plan import (
    AGES, AVAILABLE, CAUSE, CAUSE_EVENT, CAUSE_HAZARD, CAUSE_KEEP, CAUSE_NODE, CAUSE_OF_SOLD, EVENTS,
    EVENT_PART_FAILURE, EVENT_WAITING, FAILING, HAZARD, HAZARD_FIRST, HAZARD_FIRST_STRIDE, HAZARD_START,
    HAZARD_STRIDE, HOLDER_DATED, ITEM, ITEM_CLASSES, ITEM_DATES, LAWS, LEAVING, LEAVING_NEXT, N, N_NEXT,
    OWED, OWN, PART_AGE, PIECES_IN, PIECES_NEXT, PRODUCT, PRODUCT_CLASSES, PRODUCT_ITEM, PRODUCT_PIECES,
    PRODUCT_SLOT, PRODUCT_SLOTS_END, PRODUCT_START, PROPORTIONAL, PUT, REPAIRING, SALES_IN, SCRATCH, SLOT,
    SLOT_AVAILABLE, SLOT_COUNT, SLOT_FAILED, SLOT_FAILS, SLOT_HAZARD, SLOT_INPUT, SLOT_LEAVING, SLOT_NODE,
    SLOT_PIECES, SLOT_REPAIR, SLOT_SCRATCH, SLOT_SPARES, SLOT_USE, SLOT_W, SOLD, SPARES, STEPS, STOCK,
    STOCK_DATED, SURVIVAL, THERE, USE, USE_BUILDS, USE_CAUSE, USE_CAUSES, USE_CLASS, USE_DEMAND, USE_DRIVEN,
    USE_EVENT, USE_HAZARD, USE_HOLDER, USE_PART_NODE, USE_PRODUCT, USE_SEGMENTS, USE_SLOT, USE_SLOT_HAZARD,
    W, WAITING, X, at, by_date, line, number, rows,
)  # fmt: skip

NEXT_STEP = -1


@njit("float64(int64[::1], float64[::1], int64, int64, int64, boolean)", cache=True)
def hazard_of(p: Any, c: Any, row: Any, date: Any, age: Any, at_sale: Any) -> Any:
    """Hazard by age index (and by step made where it changes with it), in an ordinary step or that of the
    sale."""
    if at_sale:
        return c[p[HAZARD] + p[row + HAZARD_FIRST] + date * p[row + HAZARD_FIRST_STRIDE] + age]
    return c[p[HAZARD] + p[row + HAZARD_START] + date * p[row + HAZARD_STRIDE] + age]


@njit("int64(int64[::1], int64, int64, int64)", cache=True)
def stock_at(p: Any, use: Any, local: Any, date: Any) -> Any:
    """Element of N of a class and step made."""
    return at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_START) + local * (p[STEPS] + 1) + date


@njit("int64(int64[::1], int64, int64, int64, int64)", cache=True)
def block_at(p: Any, item: Any, condition: Any, local: Any, date: Any) -> Any:
    """Element of a product's block in the workspace."""
    shape = line(p, ITEM, item)
    dates = p[shape + ITEM_DATES]
    return (condition * p[shape + ITEM_CLASSES] + local) * dates + (date if dates > 1 else 0)


@njit(cache=True)
def births_at(p: Any, z: Any, index: Any, local: Any, date: Any) -> Any:
    """Position in the state where the births of a slot's pieces begin."""
    dates = p[STEPS] + 1
    return p[W] + at(p, SLOT, index, SLOT_W) + (local * dates + date) * dates


@njit(cache=True)
def classes_end(p: Any, use: Any) -> Any:
    return p[use + USE_CLASS] + p[use + USE_BUILDS] * p[use + USE_SEGMENTS]


@njit(cache=True)
def segment_of(p: Any, use: Any, local: Any) -> Any:
    return (local - p[use + USE_CLASS]) % p[use + USE_SEGMENTS]


@njit(
    "float64(int64[::1], float64[::1], float64[::1], int64, int64, int64, float64, float64, int64, int64)",
    cache=True,
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


@njit("float64(int64[::1], float64[::1], int64, int64, int64, boolean)", cache=True)
def piece_hazard(p: Any, c: Any, t: Any, hazard: Any, birth: Any, at_sale: Any) -> Any:
    return hazard_of(p, c, hazard, birth, t - birth, at_sale) if birth <= t else 0.0


@njit(cache=True)
def failure_share(p: Any, c: Any, z: Any, t: Any, hazard: Any, births: Any, at_sale: Any) -> Any:
    """f = Σ P(b) g(b) of one piece."""
    total = 0.0
    for birth in range(t + 1):
        share = z[births + birth]
        if share != 0.0:
            total += share * piece_hazard(p, c, t, hazard, birth, at_sale)
    return total


@njit(cache=True)
def slots_stay(
    p: Any, c: Any, z: Any, t: Any, use: Any, local: Any, segment: Any, date: Any, at_sale: Any
) -> Any:
    """q = Π (1 − u)^n over the slots: no unrepaired failure. Leaves f and ρ of each slot in the state."""
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    q = 1.0
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        f = 0.0
        if p[row + SLOT_FAILS] == 1:
            hazard = line(
                p, SLOT_HAZARD, p[use + USE_SLOT_HAZARD] + (index - first) * p[use + USE_SEGMENTS] + segment
            )
            f = failure_share(p, c, z, t, hazard, births_at(p, z, index, local, date), at_sale)
        rho = number(p, c, p[row + SLOT_REPAIR], t) * z[p[AVAILABLE] + p[row + SLOT_AVAILABLE]]
        z[p[FAILING] + index] = f
        z[p[REPAIRING] + index] = rho
        z[p[SCRATCH] + at(p, SLOT, index, SLOT_SCRATCH) + local * (p[STEPS] + 1) + date] = f
        q *= (1.0 - (1.0 - rho) * f) ** by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
    return q


@njit(cache=True)
def share_exits(p: Any, z: Any, use: Any, units: Any, stay: Any, q: Any) -> Any:
    """``exits: proportional``: own reasons N (1 − s) ln(1 − h)/ln s, the rest for a part. Returns the
    latter."""
    survival = stay * q
    share = np.log(stay) / np.log(survival) if survival > 0.0 else (1.0 if q > 0.0 else 0.5)
    own = units * (1.0 - survival) * share
    for k in range(p[use + USE_CAUSES]):
        z[p[OWN] + k] *= own / (units * (1.0 - stay))
    return units * (1.0 - survival) - own


@njit(cache=True)
def note_exits(p: Any, z: Any, r: Any, t: Any, x: Any, use: Any, local: Any, date: Any, by_part: Any) -> Any:
    """Exits by cause to their nodes and events. Returns the sum for own reasons."""
    item = at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_ITEM)
    total = 0.0
    for k in range(p[use + USE_CAUSES]):
        left = z[p[OWN] + k]
        if left != 0.0:
            row = line(p, CAUSE, p[use + USE_CAUSE] + k)
            z[node_start(p, x, p[row + CAUSE_NODE]) + block_at(p, item, 0, local, date)] += left
            r[p[EVENTS] + p[row + CAUSE_EVENT] * p[STEPS] + t] += left
            total += left
    if by_part > 0.0:
        z[node_start(p, x, p[use + USE_PART_NODE]) + block_at(p, item, 1, local, date)] += by_part
        r[p[EVENTS] + (p[use + USE_EVENT] + EVENT_PART_FAILURE) * p[STEPS] + t] += by_part
    return total


@njit(cache=True)
def note_births(
    p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, use: Any, index: Any, local: Any, date: Any, at_sale: Any,
    own: Any,
    loose: Any, inside: Any, rho: Any, others: Any,
) -> Any:  # fmt: skip
    """By birth: loose failed pieces to their node; intact and failed pieces inside leaving products.

    Own reasons: all intact, P. For a part: intact P (1 − g)(1 − q_c), failed P g [(1 − ρ) + ρ (1 − q_c)],
    both over 1 − q.
    """
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    slot_use = p[use + USE_SLOT] + index - p[product + PRODUCT_SLOT]
    row = line(p, SLOT_USE, slot_use)
    hazard = line(
        p,
        SLOT_HAZARD,
        p[use + USE_SLOT_HAZARD]
        + (slot_use - p[use + USE_SLOT]) * p[use + USE_SEGMENTS]
        + segment_of(p, use, local),
    )
    dates = p[STEPS] + 1
    block = p[product + PRODUCT_CLASSES] * dates
    births = births_at(p, z, index, local, date)
    failed = node_start(p, x, p[row + SLOT_NODE]) + p[shape_of(p, p[row + SLOT_NODE]) + ITEM_CLASSES] * dates
    pieces = (
        p[PIECES_NEXT if at_sale else PIECES_IN]
        + at(p, SLOT, index, SLOT_PIECES)
        + (local * dates + date) * dates
    )
    for birth in range(t + 1):
        share = z[births + birth]
        if share == 0.0:
            continue
        g = piece_hazard(p, c, t, hazard, birth, at_sale) if p[row + SLOT_FAILS] == 1 else 0.0
        if loose > 0.0 and g > 0.0:
            z[failed + birth] += loose * share * g
            r[p[PART_AGE] + (slot_use * 2 + 1) * p[STEPS] + t] += loose * share * g * (t - birth)
        if p[product + PRODUCT_PIECES] == 1:
            z[pieces + birth] += own * share
            if inside > 0.0:
                z[pieces + block * dates + birth] += inside * share * (1.0 - g) * (1.0 - others)
                z[pieces + 2 * block * dates + birth] += (
                    inside * share * g * ((1.0 - rho) + rho * (1.0 - others))
                )


@njit(cache=True)
def note_pieces(
    p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, use: Any, local: Any, date: Any, at_sale: Any, own: Any,
    by_part: Any,
    after_own: Any, q: Any,
) -> Any:  # fmt: skip
    """Loose failed pieces, spares, and the ages of pieces inside leaving products (before ages move on)."""
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    dates = p[STEPS] + 1
    cell = local * dates + date
    leaving = p[LEAVING_NEXT if at_sale else LEAVING] + at(p, SLOT, first, SLOT_LEAVING) + cell
    z[leaving] += own
    z[leaving + p[product + PRODUCT_CLASSES] * dates] += by_part
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        f, rho = z[p[FAILING] + index], z[p[REPAIRING] + index]
        count = by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
        unrepaired = (1.0 - rho) * f
        others = q / (1.0 - unrepaired) if unrepaired < 1.0 else 0.0
        loose = after_own * count * rho * others
        z[p[OWED if at_sale else SPARES] + p[row + SLOT_INPUT]] += loose * f
        r[p[EVENTS] + p[row + SLOT_FAILED] * p[STEPS] + t] += loose * f
        r[p[EVENTS] + p[row + SLOT_SPARES] * p[STEPS] + t] += loose * f
        inside = by_part * count / (1.0 - q) if by_part > 0.0 else 0.0
        note_births(
            p, c, z, r, t, x, use, index, local, date, at_sale, own * count, loose, inside, rho, others
        )


@njit(
    "float64(int64[::1], float64[::1], float64[::1], float64[::1], int64, int64, int64, int64, int64, int64)",
    cache=True,
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


@njit(cache=True)
def leave_plain(p: Any, c: Any, z: Any, r: Any, t: Any, use: Any, local: Any) -> Any:
    """:func:`leave` for products without followed parts: the same, cause by cause, in tight loops."""
    item = at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_ITEM)
    dated = p[line(p, ITEM, item) + ITEM_DATES] > 1
    here = stock_at(p, use, local, 0)
    units, sold = p[N] + here, p[SOLD] + here
    left = p[N_NEXT] + here
    z[left : left + t] = z[units : units + t]
    for k in range(p[use + USE_CAUSES]):
        row = line(p, CAUSE, p[use + USE_CAUSE] + k)
        hazard = line(
            p, CAUSE_HAZARD, p[use + USE_HAZARD] + k * p[use + USE_SEGMENTS] + segment_of(p, use, local)
        )
        leaves = 1.0 - number(p, c, p[row + CAUSE_KEEP], t)
        start, stride = p[HAZARD] + p[hazard + HAZARD_START] + t, p[hazard + HAZARD_STRIDE] - 1
        block = node_start(p, p[X], p[row + CAUSE_NODE]) + block_at(p, item, 0, local, 0)
        of_sold = p[row + CAUSE_OF_SOLD] == 1
        total = 0.0
        if dated or of_sold:
            for date in range(t):
                h = c[start + date * stride]
                gone = leaves * (min(z[sold + date] * h, z[left + date]) if of_sold else z[left + date] * h)
                z[left + date] -= gone
                total += gone
                z[block + (date if dated else 0)] += gone
        else:
            for date in range(t):
                gone = leaves * z[left + date] * c[start + date * stride]
                z[left + date] -= gone
                total += gone
            z[block] += total
        r[p[EVENTS] + p[row + CAUSE_EVENT] * p[STEPS] + t] += total


@njit(cache=True)
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


@njit(cache=True)
def spread_put(p: Any, z: Any, t: Any, law: Any, put: Any, new: Any) -> Any:
    """Births that pieces of a law over births take when put in by repair in step t.

    middle: age x enters the next step at index x + 1; start and end: half at x, half at x + 1.
    """
    for birth in range(p[STEPS] + 1):
        z[put + birth] = 0.0
    if p[SALES_IN] == 0:
        for birth in range(t + 1):
            z[put + birth] = z[law + birth]
        z[put + t] += new
        return
    base = t if p[SALES_IN] == 1 else max(t - 1, 0)
    z[put + base] += 0.5 * new
    z[put + base + 1] += 0.5 * new
    for birth in range(t + 1):
        z[put + birth] += 0.5 * z[law + birth]
        z[put + birth + 1] += 0.5 * z[law + birth]


@njit(cache=True)
def spread_new(p: Any, z: Any, t: Any, law: Any, put: Any, new: Any) -> Any:
    """Births that pieces of a law over births take in a product sold in step t: age x has index x in its
    first step."""
    for birth in range(p[STEPS] + 1):
        z[put + birth] = 0.0
    for birth in range(t + 1):
        z[put + (min(birth + 1, t) if p[SALES_IN] == 2 else birth)] += z[law + birth]
    z[put + t] += new


@njit("void(int64[::1], float64[::1], float64[::1], int64, int64, int64, int64, boolean)", cache=True)
def renew(p: Any, c: Any, z: Any, t: Any, use: Any, local: Any, date: Any, at_sale: Any) -> Any:
    """Ages of the pieces in products that stay: [P (1 − g) + ρ f put] / (1 − u)."""
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        f = z[p[SCRATCH] + at(p, SLOT, index, SLOT_SCRATCH) + local * (p[STEPS] + 1) + date]
        rho = number(p, c, p[row + SLOT_REPAIR], t) * z[p[AVAILABLE] + p[row + SLOT_AVAILABLE]]
        rest = 1.0 - (1.0 - rho) * f
        if p[row + SLOT_FAILS] == 0 or f == 0.0 or rest <= 0.0:
            continue
        hazard = line(
            p,
            SLOT_HAZARD,
            p[use + USE_SLOT_HAZARD] + (index - first) * p[use + USE_SEGMENTS] + segment_of(p, use, local),
        )
        births = births_at(p, z, index, local, date)
        put = p[PUT] + p[row + SLOT_INPUT] * (p[STEPS] + 1)
        for birth in range(min(t + 2, p[STEPS] + 1)):
            share = z[births + birth]
            if share != 0.0:
                share *= 1.0 - piece_hazard(p, c, t, hazard, birth, at_sale)
            z[births + birth] = (share + rho * f * z[put + birth]) / rest


@njit(cache=True)
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
            z[p[N] + here : p[N] + here + t] = z[p[N_NEXT] + here : p[N_NEXT] + here + t]


@njit(cache=True)
def survive_sale(p: Any, c: Any, z: Any, t: Any, use: Any, segment: Any, date: Any) -> Any:
    """Share still in use at the end of the step of the sale, of things made in ``date``, births of parts in
    LAWS."""
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    stay = own_exits(p, c, z, t, use, segment, 1.0, 1.0, date, t - date)
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        if p[row + SLOT_FAILS] == 1:
            hazard = line(
                p, SLOT_HAZARD, p[use + USE_SLOT_HAZARD] + (index - first) * p[use + USE_SEGMENTS] + segment
            )
            f = failure_share(p, c, z, t, hazard, p[LAWS] + (index - first) * (p[STEPS] + 1), True)
            rho = number(p, c, p[row + SLOT_REPAIR], t) * z[p[AVAILABLE] + p[row + SLOT_AVAILABLE]]
            stay *= (1.0 - (1.0 - rho) * f) ** by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
    return stay


@njit(cache=True)
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
        r[p[EVENTS] + (p[use + USE_EVENT] + EVENT_WAITING) * p[STEPS] + t] += gone
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
    r[p[EVENTS] + (p[use + USE_EVENT] + EVENT_WAITING) * p[STEPS] + t] += units - stay
    total = n_there + stay
    if n_there > 0.0 and total > 0.0:
        for index in range(first, last):
            births = births_at(p, z, index, local, date)
            for birth in range(dates):
                mixed = n_there * z[p[THERE] + (index - first) * dates + birth] + stay * z[births + birth]
                z[births + birth] = mixed / total
    z[p[N] + here] = total
    z[p[SOLD] + here] = sold_there + units


@njit(cache=True)
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
            for date in range(t + 1):
                total += z[here + date]
            if row >= 0:
                add_dates(z, here, r, p[STOCK_DATED] + (row * p[STEPS] + t) * dates, t)
            if p[AGES + 1] > 0:
                add_dates(z, here, r, p[AGES] + (u * p[STEPS] + t) * dates, t)
            for index in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
                for date in range(t + 1):
                    if z[here + date] != 0.0:
                        note_part_age(p, c, z, r, t, use, index, local, date, z[here + date])
        r[p[STOCK] + p[use + USE_HOLDER] * p[STEPS] + t] = total


@njit(cache=True)
def add_dates(z: Any, here: Any, r: Any, there: Any, t: Any) -> Any:
    """Add units by step made to the record."""
    for date in range(t + 1):
        r[there + date] += z[here + date]


@njit(cache=True)
def note_part_age(
    p: Any, c: Any, z: Any, r: Any, t: Any, use: Any, index: Any, local: Any, date: Any, units: Any
) -> Any:
    """Sum of the age indices of the pieces of a slot in stock."""
    slot_use = p[use + USE_SLOT] + index - at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_SLOT)
    pieces = units * by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
    births = births_at(p, z, index, local, date)
    total = 0.0
    for birth in range(min(t + 2, p[STEPS] + 1)):
        total += z[births + birth] * (t - birth)
    r[p[PART_AGE] + slot_use * 2 * p[STEPS] + t] += pieces * total


@njit(cache=True)
def demand_of(p: Any, c: Any, z: Any, t: Any, u: Any) -> Any:
    """Units wanted in this step; negative if a falling target stock would need negative sales."""
    use = line(p, USE, u)
    wanted = number(p, c, p[use + USE_DEMAND], t)
    if p[use + USE_DRIVEN] == 0:
        return wanted
    held = 0.0
    for local in range(p[use + USE_CLASS], classes_end(p, use)):
        for date in range(t):
            held += z[p[N_NEXT] + stock_at(p, use, local, date)]
    missing = wanted - held
    if -1e-9 * abs(held) <= missing < 0.0:
        return 0.0
    return missing / z[p[SURVIVAL] + u]
