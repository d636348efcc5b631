"""Followed parts of the use stage: failing, repair, ages, and what is inside products that leave.

Per part and cohort w[year made, birth] is the distribution of the birth step of *one* piece; pieces are
independent within (year made, class).
"""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import declared, uncounted
from meguru.engine.kernels.cohorts import births_at, hazard_start, hazard_stride, segment_of
from meguru.engine.kernels.loops import (
    add_scaled,
    add_spared,
    add_struck,
    ages,
    spare_and_add,
    struck,
    struck_ages,
)
from meguru.engine.kernels.push import node_start, shape_of
from meguru.engine.plan import (
    AVAILABLE, FAILING, ITEM_CLASSES, LEAVING, LEAVING_NEXT, OWED, PART_AGE, PIECES_IN,
    PIECES_NEXT, PRODUCT, PRODUCT_CLASSES, PRODUCT_PIECES, PRODUCT_SLOT, PRODUCT_SLOTS_END, PUT,
    REPAIRING, SALES_IN, SCRATCH, SLOT, SLOT_AVAILABLE, SLOT_COUNT, SLOT_FAILED, SLOT_FAILS, SLOT_HAZARD,
    SLOT_INPUT, SLOT_LEAVING, SLOT_NODE, SLOT_PIECES, SLOT_REPAIR, SLOT_SCRATCH, SLOT_SPARES, SLOT_USE,
    SPARES, STEPS, USE_BY_VISIT, USE_PRODUCT, USE_SEGMENTS, USE_SLOT, USE_SLOT_HAZARD, at, by_date, event_at,
    line, number,
)  # fmt: skip


@uncounted(forceinline=True)
def failure_share(p: Any, c: Any, z: Any, t: Any, hazard: Any, births: Any, at_sale: Any) -> Any:
    """f = Σ P(b) g(b) of one piece."""
    start, stride = hazard_start(p, hazard, at_sale) - t, hazard_stride(p, hazard, at_sale)
    return struck(z, c, births, start, stride, t + 1)


@declared("float64(int64[::1], float64[::1], float64[::1], int64, int64)")
def repaired_of(p: Any, c: Any, z: Any, t: Any, slot_use: Any) -> Any:
    """ρ: share of the failures of a slot that is repaired; less where spares are short."""
    return number(p, c, p[slot_use + SLOT_REPAIR], t) * z[p[AVAILABLE] + p[slot_use + SLOT_AVAILABLE]]


@declared("float64(int64[::1], float64[::1], int64, int64)")
def share_of_visits(p: Any, c: Any, t: Any, use: Any) -> Any:
    """Share of the products with a failure that are brought to a visit; −1 where each piece is for itself."""
    if p[use + USE_BY_VISIT] == 0:
        return -1.0
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    for k in range(p[product + PRODUCT_SLOTS_END] - p[product + PRODUCT_SLOT]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + k)
        if p[row + SLOT_FAILS] == 1:
            return number(p, c, p[row + SLOT_REPAIR], t)  # one share for all parts
    return 0.0


@uncounted()
def no_others(p: Any, c: Any, z: Any, use: Any, index: Any, local: Any, date: Any, mended: Any) -> Any:
    """Share of products in which no piece but one of a slot has failed; ``mended``: or lacked its spare.

    Without such a slot (−1): none at all.
    """
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first, share = p[product + PRODUCT_SLOT], 1.0
    for other in range(first, p[product + PRODUCT_SLOTS_END]):
        f = z[p[SCRATCH] + at(p, SLOT, other, SLOT_SCRATCH) + local * (p[STEPS] + 1) + date]
        count = by_date(p, c, at(p, SLOT, other, SLOT_COUNT), date)
        if other == index:
            count = max(count - 1.0, 0.0)
        if mended:
            row = line(p, SLOT_USE, p[use + USE_SLOT] + other - first)
            f *= 1.0 - z[p[AVAILABLE] + p[row + SLOT_AVAILABLE]]
        share *= (1.0 - f) ** count
    return share


@uncounted(forceinline=True)
def others_stay(
    p: Any, c: Any, z: Any, use: Any, index: Any, local: Any, date: Any, q: Any, f: Any, rho: Any,
    visit: Any, intact: Any
) -> Any:  # fmt: skip
    """Share that stays of the products in which one piece of a slot is intact, or has been repaired.

    Piece by piece q / (1 − u) in both cases. By visit: repaired, there was one, and no other piece lacked its
    spare; intact, the same with a visit, and without it no other piece failed.
    """
    if visit < 0.0:
        unrepaired = (1.0 - rho) * f
        return q / (1.0 - unrepaired) if unrepaired < 1.0 else 0.0
    mended = no_others(p, c, z, use, index, local, date, True)
    if not intact:
        return mended
    return visit * mended + (1.0 - visit) * no_others(p, c, z, use, index, local, date, False)


@uncounted(forceinline=True)
def slots_stay(
    p: Any, c: Any, z: Any, t: Any, use: Any, local: Any, segment: Any, date: Any, at_sale: Any
) -> Any:
    """Share that stays: no unrepaired failure, Π (1 − u)^n over the slots; where a visit repairs all or none,
    a visit that lacked no spare, or no failure. Leaves f and ρ of each slot in the state.
    """
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    q, visit = 1.0, share_of_visits(p, c, t, use)
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        f = 0.0
        if p[row + SLOT_FAILS] == 1:
            hazard = line(
                p, SLOT_HAZARD, p[use + USE_SLOT_HAZARD] + (index - first) * p[use + USE_SEGMENTS] + segment
            )
            f = failure_share(p, c, z, t, hazard, births_at(p, z, index, local, date), at_sale)
        rho = repaired_of(p, c, z, t, row)
        z[p[FAILING] + index] = f
        z[p[REPAIRING] + index] = rho
        z[p[SCRATCH] + at(p, SLOT, index, SLOT_SCRATCH) + local * (p[STEPS] + 1) + date] = f
        q *= (1.0 - (1.0 - rho) * f) ** by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
    if visit < 0.0:
        return q
    mended = no_others(p, c, z, use, -1, local, date, True)
    return visit * mended + (1.0 - visit) * no_others(p, c, z, use, -1, local, date, False)


@uncounted(forceinline=True)
def note_births(
    p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, use: Any, index: Any, local: Any, date: Any, at_sale: Any,
    own: Any,
    loose: Any, inside: Any, rho: Any, intact: Any, repaired: Any,
) -> Any:  # fmt: skip
    """By birth: loose failed pieces to their node; intact and failed pieces inside leaving products.

    Own reasons: all intact, P. For a part: intact P (1 − g)(1 − q_i), failed P g [(1 − ρ) + ρ (1 − q_r)],
    both over 1 − q, where q_i and q_r are the shares that stay with this piece ``intact`` or ``repaired``.
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
    start, stride = hazard_start(p, hazard, at_sale) - t, hazard_stride(p, hazard, at_sale)
    fails = p[row + SLOT_FAILS] == 1
    if loose > 0.0 and fails:
        add_struck(z, c, failed, births, start, stride, loose, t + 1)
        aged = loose * struck_ages(z, c, births, start, stride, t)
        r[p[PART_AGE] + (slot_use * 2 + 1) * p[STEPS] + t] += aged
    if p[product + PRODUCT_PIECES] == 0:
        return
    add_scaled(z, pieces, births, own, t + 1)
    if inside > 0.0 and fails:
        gone = inside * ((1.0 - rho) + rho * (1.0 - repaired))
        add_spared(z, c, pieces + block * dates, births, start, stride, inside * (1.0 - intact), t + 1)
        add_struck(z, c, pieces + 2 * block * dates, births, start, stride, gone, t + 1)
    elif inside > 0.0:
        add_scaled(z, pieces + block * dates, births, inside * (1.0 - intact), t + 1)


@uncounted(forceinline=True)
def note_pieces(
    p: Any, c: Any, z: Any, r: Any, t: Any, x: Any, use: Any, local: Any, date: Any, at_sale: Any, own: Any,
    by_part: Any,
    after_own: Any, q: Any,
) -> Any:  # fmt: skip
    """Loose failed pieces, spares, and the ages of pieces inside leaving products (before ages move on)."""
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    dates = p[STEPS] + 1
    visit = share_of_visits(p, c, t, use)
    cell = local * dates + date
    leaving = p[LEAVING_NEXT if at_sale else LEAVING] + at(p, SLOT, first, SLOT_LEAVING) + cell
    z[leaving] += own
    z[leaving + p[product + PRODUCT_CLASSES] * dates] += by_part
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        f, rho = z[p[FAILING] + index], z[p[REPAIRING] + index]
        count = by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
        intact = others_stay(p, c, z, use, index, local, date, q, f, rho, visit, True)
        repaired = others_stay(p, c, z, use, index, local, date, q, f, rho, visit, False)
        loose = after_own * count * rho * repaired
        z[p[OWED if at_sale else SPARES] + p[row + SLOT_INPUT]] += loose * f
        r[event_at(p, p[row + SLOT_FAILED], t)] += loose * f
        r[event_at(p, p[row + SLOT_SPARES], t)] += loose * f
        inside = by_part * count / (1.0 - q) if by_part > 0.0 else 0.0
        note_births(
            p,
            c,
            z,
            r,
            t,
            x,
            use,
            index,
            local,
            date,
            at_sale,
            own * count,
            loose,
            inside,
            rho,
            intact,
            repaired,
        )


@uncounted()
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


@uncounted()
def spread_new(p: Any, z: Any, t: Any, law: Any, put: Any, new: Any) -> Any:
    """Births that pieces of a law over births take in a product sold in step t: age x has index x in its
    first step."""
    for birth in range(p[STEPS] + 1):
        z[put + birth] = 0.0
    for birth in range(t + 1):
        z[put + (min(birth + 1, t) if p[SALES_IN] == 2 else birth)] += z[law + birth]
    z[put + t] += new


@declared("void(int64[::1], float64[::1], float64[::1], int64, int64, int64, int64, boolean)")
def renew(p: Any, c: Any, z: Any, t: Any, use: Any, local: Any, date: Any, at_sale: Any) -> Any:
    """Ages of the pieces in products that stay: [P (1 − g) q_i + ρ f put q_r] / q.

    Piece by piece q_i = q_r = q / (1 − u).
    """
    product = line(p, PRODUCT, p[use + USE_PRODUCT])
    first = p[product + PRODUCT_SLOT]
    visit = share_of_visits(p, c, t, use)
    for index in range(first, p[product + PRODUCT_SLOTS_END]):
        row = line(p, SLOT_USE, p[use + USE_SLOT] + index - first)
        f = z[p[SCRATCH] + at(p, SLOT, index, SLOT_SCRATCH) + local * (p[STEPS] + 1) + date]
        rho = repaired_of(p, c, z, t, row)
        intact, repaired = 1.0, 1.0  # piece by piece what the other pieces do is the same for both
        if visit >= 0.0:
            intact = others_stay(p, c, z, use, index, local, date, 1.0, f, rho, visit, True)
            repaired = others_stay(p, c, z, use, index, local, date, 1.0, f, rho, visit, False)
        rest = (1.0 - f) * intact + rho * f * repaired
        if p[row + SLOT_FAILS] == 0 or f == 0.0 or rest <= 0.0:
            continue
        hazard = line(
            p,
            SLOT_HAZARD,
            p[use + USE_SLOT_HAZARD] + (index - first) * p[use + USE_SEGMENTS] + segment_of(p, use, local),
        )
        births = births_at(p, z, index, local, date)
        put = p[PUT] + p[row + SLOT_INPUT] * (p[STEPS] + 1)
        start, stride = hazard_start(p, hazard, at_sale) - t, hazard_stride(p, hazard, at_sale)
        kept, added = intact / rest, rho * f * repaired / rest
        spare_and_add(z, c, births, put, start, stride, kept, added, t + 1)
        if t + 1 <= p[STEPS]:  # half of what is put in counts as one step younger, but for the middle
            z[births + t + 1] = z[births + t + 1] * kept + added * z[put + t + 1]


@uncounted(forceinline=True)
def note_part_age(
    p: Any, c: Any, z: Any, r: Any, t: Any, use: Any, index: Any, local: Any, date: Any, units: Any
) -> Any:
    """Sum of the age indices of the pieces of a slot in stock."""
    slot_use = p[use + USE_SLOT] + index - at(p, PRODUCT, p[use + USE_PRODUCT], PRODUCT_SLOT)
    pieces = units * by_date(p, c, at(p, SLOT, index, SLOT_COUNT), date)
    births = births_at(p, z, index, local, date)
    aged = ages(z, births, t)
    if t + 1 <= p[STEPS]:  # what enters the next step as new, of age −1 in this one
        aged -= z[births + t + 1]
    r[p[PART_AGE] + slot_use * 2 * p[STEPS] + t] += pieces * aged
