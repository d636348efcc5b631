"""Drawing on stores: spares with their ages, and what a step takes out of the stores."""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.push import note
from meguru.engine.plan import (
    ASKED, CONTENT, DRAWN, EDGE, EDGE_EXACT, EDGE_FLOW, EDGE_MOST, EDGE_OFFER, EDGE_SPARE, EXTRA, GIVEN,
    GOT, HELD, INPUT, INPUT_EDGE, INPUT_EDGES_END, KEPT, MISSING, OFFER, OFFER_KIND, OFFER_STORE, OUT,
    OWED, PUT_LAW, PUT_NEW, SPARE, SPARES, STEPS, STORE, STORES, STORE_DATES, STORE_START, WANTED, at,
    fill, line, number, rows,
)  # fmt: skip

DUST = 1e-12


@uncounted()
def draw_spares(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Spares come first from stores as they stood at the end of the last step; the rest is pulled as new
    ones.

    Leaves in PUT_LAW the births of what was drawn and in PUT_NEW the share of new pieces.
    """
    ranks = 0
    fill(p, z, DRAWN, 0.0)
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        clear_law(p, z, i)
        z[p[MISSING] + i] = z[p[SPARES] + i] + z[p[OWED] + i]
        ranks = max(ranks, at(p, INPUT, i, INPUT_EDGES_END) - at(p, INPUT, i, INPUT_EDGE))
    for rank in range(ranks):
        draw_rank(p, c, z, r, t, rank)
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        total = z[p[SPARES] + i] + z[p[OWED] + i]
        z[p[PUT_NEW] + i] = z[p[MISSING] + i] / total if total > 0.0 else 1.0
        if total > 0.0:
            for birth in range(p[STEPS] + 1):
                z[p[PUT_LAW] + i * (p[STEPS] + 1) + birth] /= total
        z[p[WANTED] + i] = total


@uncounted()
def expect_spares(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Births of the spares that repairs in the step of the sale will take: of what this step leaves in the
    stores.

    They are drawn in the next step. Where a store runs short, the share that it gave in this step is
    expected again.
    """
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        clear_law(p, z, i)
        asked = z[p[SPARES] + i] + z[p[OWED] + i]
        missing, other = 1.0, False
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if at(p, EDGE, e, EDGE_SPARE) == 0:
                other = True
                continue
            exact, o = at(p, EDGE, e, EDGE_EXACT), at(p, EDGE, e, EDGE_OFFER)
            content = z[p[CONTENT] + at(p, OFFER, o, OFFER_STORE)]
            held = content - z[p[OUT] + o]
            if held <= DUST * content:  # rounding leaves something of nothing
                continue
            share = min(number(p, c, exact if exact >= 0 else at(p, EDGE, e, EDGE_MOST), t), missing)
            if asked > 0.0:
                share = min(share, held / asked)
            if share > 0.0:
                missing -= share
                add_law(p, z, t, at(p, OFFER, o, OFFER_STORE), share, p[PUT_LAW] + i * (p[STEPS] + 1))
        if not other and 0.0 < missing < 1.0:
            for birth in range(p[STEPS] + 1):
                z[p[PUT_LAW] + i * (p[STEPS] + 1) + birth] /= 1.0 - missing
            missing = 0.0
        z[p[PUT_NEW] + i] = missing


@uncounted()
def clear_law(p: Any, z: Any, i: Any) -> Any:
    """Nothing has been drawn yet for an input of spares."""
    start = p[PUT_LAW] + i * (p[STEPS] + 1)
    z[start : start + p[STEPS] + 1] = 0.0


@uncounted()
def add_law(p: Any, z: Any, t: Any, store: Any, share: Any, law: Any) -> Any:
    """Add the births of what a store holds, times a share, to a law; what has no age counts as new."""
    row = line(p, STORES, store)
    dated = p[row + STORE_DATES] > 1
    for date in range(p[row + STORE_DATES]):
        k = p[row + STORE_START] + date
        z[law + (date if dated else t)] += share * (z[p[HELD] + k] + z[p[EXTRA] + k]) / z[p[CONTENT] + store]


@uncounted()
def draw_rank(p: Any, c: Any, z: Any, r: Any, t: Any, rank: Any) -> Any:
    """Sources of one rank: all spares ask, then each store is shared out in proportion."""
    fill(p, z, ASKED, 0.0)
    fill(p, z, OUT, 0.0)
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        e = at(p, INPUT, i, INPUT_EDGE) + rank
        if e < at(p, INPUT, i, INPUT_EDGES_END) and at(p, EDGE, e, EDGE_SPARE) == 1:
            exact = at(p, EDGE, e, EDGE_EXACT)
            share = number(p, c, exact if exact >= 0 else at(p, EDGE, e, EDGE_MOST), t)
            z[p[ASKED] + e] = min(z[p[MISSING] + i], share * (z[p[SPARES] + i] + z[p[OWED] + i]))
            z[p[OUT] + at(p, EDGE, e, EDGE_OFFER)] += z[p[ASKED] + e]
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        e = at(p, INPUT, i, INPUT_EDGE) + rank
        if e < at(p, INPUT, i, INPUT_EDGES_END) and z[p[ASKED] + e] > 0.0:
            draw_spare(p, c, z, r, t, e, i)
    for o in range(rows(p, OFFER)):
        if z[p[OUT] + o] > 0.0:
            row = line(p, STORES, at(p, OFFER, o, OFFER_STORE))
            keep_share(p, z, row, held_in(p, z, row), z[p[OUT] + o])


@uncounted()
def held_in(p: Any, z: Any, row: Any) -> Any:
    """Units in a store."""
    total = 0.0
    for date in range(p[row + STORE_START], p[row + STORE_START] + p[row + STORE_DATES]):
        total += z[p[HELD] + date]
    return total


@uncounted()
def keep_share(p: Any, z: Any, row: Any, held: Any, drawn: Any) -> Any:
    """Take units out of a store, all ages alike."""
    keep = 1.0 - drawn / held if held > drawn else 0.0
    for date in range(p[row + STORE_START], p[row + STORE_START] + p[row + STORE_DATES]):
        z[p[HELD] + date] *= keep
    return keep


@uncounted()
def draw_spare(p: Any, c: Any, z: Any, r: Any, t: Any, e: Any, i: Any) -> Any:
    o = at(p, EDGE, e, EDGE_OFFER)
    row = line(p, STORES, at(p, OFFER, o, OFFER_STORE))
    held = held_in(p, z, row)
    drawn = z[p[ASKED] + e] * min(1.0, held / z[p[OUT] + o])
    if drawn <= 0.0:
        return
    z[p[MISSING] + i] -= drawn
    z[p[DRAWN] + e] = drawn
    dated = p[row + STORE_DATES] > 1
    for date in range(p[row + STORE_DATES]):
        part = drawn * z[p[HELD] + p[row + STORE_START] + date] / held
        if part != 0.0:
            z[p[PUT_LAW] + i * (p[STEPS] + 1) + (date if dated else t)] += part
            note(p, c, r, t, at(p, EDGE, e, EDGE_FLOW), part, t - date if dated else 0, False)


@uncounted()
def take_out(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Draw from the stores what the pull decided; record the flows."""
    for e in range(rows(p, EDGE)):
        given = z[p[GIVEN] + e]
        if at(p, EDGE, e, EDGE_SPARE) == 1 or given <= 0.0:
            continue
        offer = line(p, OFFER, at(p, EDGE, e, EDGE_OFFER))
        flow = at(p, EDGE, e, EDGE_FLOW)
        if p[offer + OFFER_KIND] != STORE:
            note(p, c, r, t, flow, given, 0, False)
            continue
        row = line(p, STORES, p[offer + OFFER_STORE])
        for date in range(p[row + STORE_DATES]):
            k = p[row + STORE_START] + date
            part = given * (z[p[HELD] + k] + z[p[EXTRA] + k]) / z[p[CONTENT] + p[offer + OFFER_STORE]]
            if part != 0.0:
                note(p, c, r, t, flow, part, t - date if p[row + STORE_DATES] > 1 else 0, False)
    for k in range(p[HELD + 1]):
        z[p[HELD] + k] += z[p[EXTRA] + k]
        z[p[EXTRA] + k] = 0.0
    for o in range(rows(p, OFFER)):
        offer = line(p, OFFER, o)
        if p[offer + OFFER_KIND] == STORE and z[p[OUT] + o] > 0.0:
            store = p[offer + OFFER_STORE]
            z[p[KEPT] + store] = keep_share(
                p, z, line(p, STORES, store), z[p[CONTENT] + store], z[p[OUT] + o]
            )


@uncounted("float64(int64[::1], float64[::1], int64, int64, int64)")
def law_of_input(p: Any, z: Any, t: Any, i: Any, law: Any) -> Any:
    """Births of the pieces of one input of a make process, into ``law``; returns the share of new ones.

    Out of stores they come with their ages. To be asked before :func:`take_out`.
    """
    for birth in range(p[STEPS] + 1):
        z[law + birth] = 0.0
    new = 0.0
    total = z[p[GOT] + i]
    if total <= 0.0:
        return 1.0
    for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
        share = z[p[GIVEN] + e] / total
        offer = line(p, OFFER, at(p, EDGE, e, EDGE_OFFER))
        store = line(p, STORES, max(p[offer + OFFER_STORE], 0))
        if p[offer + OFFER_KIND] == STORE and p[store + STORE_DATES] > 1 and share > 0.0:
            add_law(p, z, t, p[offer + OFFER_STORE], share, law)
        else:
            new += share
    return new
