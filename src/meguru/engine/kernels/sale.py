"""Step 5: what was delivered joins the stock in use, new or used, in its class and segment."""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.parts import spread_new
from meguru.engine.kernels.spares import law_of_input
from meguru.engine.kernels.stores import pieces_held
from meguru.engine.kernels.use import put_in_use, survive_sale
from meguru.engine.plan import (
    CONTENT, EDGE, EDGE_OFFER, GIVEN, GOT, HELD, HELD_PIECES, INPUT, INPUT_EDGE, INPUT_EDGES_END,
    INPUT_ITEM, ITEM, ITEM_CHANGING, LAW, LAWS, OFFER, OFFER_BUILD, OFFER_INPUT, OFFER_INPUTS_END,
    OFFER_KIND, OFFER_STORE, PRODUCT, PRODUCT_SLOT, PRODUCT_SLOTS_END, SALES_IN, SEGMENT, SLOT, SLOT_PART,
    STEPS, STORE, STORES, STORE_DATES, STORE_ITEM, STORE_PIECES, STORE_PRODUCT, STORE_START, SURVIVAL,
    USE, USE_CLASS, USE_DRIVEN, USE_INPUT, USE_PRODUCT, USE_RESOLD, USE_SEGMENT, USE_SEGMENTS, at, line,
    number, rows,
)  # fmt: skip


@uncounted()
def place(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, join: Any) -> Any:
    """Step 5 for one use process: what was delivered joins the stock.

    Without ``join`` nothing moves; returns what would still be in use at the step's end.
    """
    i = at(p, USE, u, USE_INPUT)
    stay = 0.0
    for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
        if z[p[GIVEN] + e] <= 0.0:
            continue
        offer = line(p, OFFER, at(p, EDGE, e, EDGE_OFFER))
        if p[offer + OFFER_KIND] == STORE:
            stay += place_used(p, c, z, r, t, u, offer, z[p[GIVEN] + e], join)
        else:
            stay += place_new(p, c, z, r, t, u, offer, z[p[GIVEN] + e], join)
    return stay


@uncounted()
def place_new(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, offer: Any, given: Any, join: Any) -> Any:
    """Products from a make process, their followed parts new or with the ages that the parts came with."""
    product = line(p, PRODUCT, at(p, USE, u, USE_PRODUCT))
    for index in range(p[product + PRODUCT_SLOT], p[product + PRODUCT_SLOTS_END]):
        for birth in range(p[STEPS] + 1):
            z[p[LAW] + birth] = 0.0
        new = 1.0
        for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
            if at(p, INPUT, i, INPUT_ITEM) == at(p, SLOT, index, SLOT_PART):
                new = law_of_input(p, z, t, i, p[LAW])
        spread_new(p, z, t, p[LAW], p[LAWS] + (index - p[product + PRODUCT_SLOT]) * (p[STEPS] + 1), new)
    return to_segments(p, c, z, r, t, u, p[offer + OFFER_BUILD], t, given, join)


@uncounted()
def place_used(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, offer: Any, given: Any, join: Any) -> Any:
    """Whole products out of a store, with the age that they have: a resale."""
    row = line(p, STORES, p[offer + OFFER_STORE])
    # As for reused pieces: age x has index x in the first step of use, which at the end of a step is the
    # next one.
    moved = 1 if p[SALES_IN] == 2 and at(p, ITEM, p[row + STORE_ITEM], ITEM_CHANGING) == 0 else 0
    stay = 0.0
    for date in range(p[row + STORE_DATES]):
        units = given * z[p[HELD] + p[row + STORE_START] + date] / z[p[CONTENT] + p[offer + OFFER_STORE]]
        if units <= 0.0:
            continue
        if p[row + STORE_PRODUCT] >= 0:
            laws_inside(p, z, t, row, date)
        made = min(date + moved, t) if p[row + STORE_DATES] > 1 else t
        stay += to_segments(p, c, z, r, t, u, at(p, USE, u, USE_RESOLD), made, units, join)
    return stay


@uncounted()
def laws_inside(p: Any, z: Any, t: Any, row: Any, date: Any) -> Any:
    """Births of the followed parts inside stored products of one date, into LAWS."""
    dates = p[STEPS] + 1
    for k in range(pieces_held(p, row)):
        start = p[HELD_PIECES] + p[row + STORE_PIECES] + (k * dates + date) * dates
        total = 0.0
        for birth in range(dates):
            total += z[start + birth]
        for birth in range(dates):
            z[p[LAW] + birth] = z[start + birth] / total
        spread_new(p, z, t, p[LAW], p[LAWS] + k * dates, 0.0)


@uncounted()
def to_segments(
    p: Any, c: Any, z: Any, r: Any, t: Any, u: Any, build: Any, date: Any, units: Any, join: Any
) -> Any:
    use = line(p, USE, u)
    stay = 0.0
    for segment in range(p[use + USE_SEGMENTS]):
        share = number(p, c, at(p, SEGMENT, p[use + USE_SEGMENT] + segment, 0), t)
        if share <= 0.0:
            continue
        if join:
            put_in_use(
                p,
                c,
                z,
                r,
                t,
                u,
                p[use + USE_CLASS] + build * p[use + USE_SEGMENTS] + segment,
                date,
                units * share,
            )
        else:
            stay += units * share * survive_sale(p, c, z, t, use, segment, date)
    return stay


@uncounted()
def survive_new(p: Any, c: Any, z: Any, r: Any, t: Any, u: Any) -> Any:
    """Share of all-new products still in use at the end of the step of their sale."""
    product = line(p, PRODUCT, at(p, USE, u, USE_PRODUCT))
    for k in range((p[product + PRODUCT_SLOTS_END] - p[product + PRODUCT_SLOT]) * (p[STEPS] + 1)):
        z[p[LAWS] + k] = 1.0 if k % (p[STEPS] + 1) == t else 0.0
    return to_segments(p, c, z, r, t, u, 0, t, 1.0, False)


@uncounted()
def mistaken(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Whether what was delivered for a target stock survives the step otherwise than was reckoned with."""
    again = False
    for u in range(rows(p, USE)):
        got = z[p[GOT] + at(p, USE, u, USE_INPUT)]
        if at(p, USE, u, USE_DRIVEN) == 1 and got > 0.0:
            share = place(p, c, z, r, t, u, False) / got
            again = again or abs(share - z[p[SURVIVAL] + u]) > 1e-12
            z[p[SURVIVAL] + u] = share
    return again
