"""Spares: how many each store gives, which piece a product gets, and how old it counts from then on."""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.engine.items.kernel_at import thing_at
from meguru.engine.items.kernel_chance import ALLOT, HALF_STEP, LOW, TAKE, uniform, whole
from meguru.engine.items.kernel_lists import free_thing, new_serial, note_one, take_from_shelf, wake
from meguru.engine.items.plan import DATE, NOBODY, SERIAL, SHELVED
from meguru.engine.kernel_declared import uncounted
from meguru.engine.plan import (
    ASKED, CONTENT, DRAWN, EDGE, EDGE_EXACT, EDGE_FLOW, EDGE_MOST, EDGE_OFFER, EDGE_SPARE, GIVEN, INPUT,
    INPUT_EDGE, INPUT_EDGES_END, MISSING, NEED, OFFER, OFFER_STORE, OUT, SALES_IN, SPARE, STORE_AGEING,
    STORES, at, fill, number, rows,
)  # fmt: skip


@uncounted()
def allot(p: Any, c: Any, z: Any, q: Any, k: Any, m: Any, t: Any, wanted: Any) -> Any:
    """Whole numbers that stores give for the spares ``wanted``, rank by rank, into GIVEN of each edge.

    Adds to DRAWN; leaves in NEED how many are to be served, in MISSING those that have to come new.
    """
    ranks = 0
    fill(p, z, GIVEN, 0.0)
    for o in range(rows(p, STORES)):
        z[p[CONTENT] + o] = m[q[SHELVED] + o]
    for index in range(rows(p, SPARE)):
        i = at(p, SPARE, index, 0)
        z[p[NEED] + i] = z[p[wanted] + i]
        z[p[MISSING] + i] = z[p[wanted] + i]
        ranks = max(ranks, at(p, INPUT, i, INPUT_EDGES_END) - at(p, INPUT, i, INPUT_EDGE))
    for rank in range(ranks):
        allot_rank(p, c, z, k, t, rank, wanted)


@uncounted()
def allot_rank(p: Any, c: Any, z: Any, k: Any, t: Any, rank: Any, wanted: Any) -> Any:
    """Sources of one rank: all spares ask, then each store is shared out in proportion."""
    fill(p, z, ASKED, 0.0)
    fill(p, z, OUT, 0.0)
    for index in range(rows(p, SPARE)):
        i = at(p, SPARE, index, 0)
        e = at(p, INPUT, i, INPUT_EDGE) + rank
        if e < at(p, INPUT, i, INPUT_EDGES_END) and at(p, EDGE, e, EDGE_SPARE) == 1:
            exact = at(p, EDGE, e, EDGE_EXACT)
            share = number(p, c, exact if exact >= 0 else at(p, EDGE, e, EDGE_MOST), t)
            asked = whole(share * z[p[wanted] + i], uniform(k, wanted, t, ALLOT + e))
            z[p[ASKED] + e] = min(z[p[MISSING] + i], asked)
            z[p[OUT] + at(p, EDGE, e, EDGE_OFFER)] += z[p[ASKED] + e]
    for o in range(rows(p, OFFER)):
        if z[p[OUT] + o] > 0.0:
            give_rank(p, z, k, t, rank, wanted, o)


@uncounted()
def give_rank(p: Any, z: Any, k: Any, t: Any, rank: Any, wanted: Any, o: Any) -> Any:
    """One store gives what was asked of it, or all that it has, in proportion."""
    store = at(p, OFFER, o, OFFER_STORE)
    ratio = min(1.0, z[p[CONTENT] + store] / z[p[OUT] + o])
    u = uniform(k, wanted, t, LOW + o)
    before, so_far = 0.0, 0.0
    for index in range(rows(p, SPARE)):
        i = at(p, SPARE, index, 0)
        e = at(p, INPUT, i, INPUT_EDGE) + rank
        if e >= at(p, INPUT, i, INPUT_EDGES_END) or at(p, EDGE, e, EDGE_OFFER) != o:
            continue
        so_far += z[p[ASKED] + e] * ratio
        given = whole(so_far, u) - before
        before += given
        z[p[GIVEN] + e] = given
        z[p[DRAWN] + e] += given
        z[p[MISSING] + i] -= given
        z[p[CONTENT] + store] -= given


@uncounted(forceinline=True)
def take_spare(
    p: Any, c: Any, z: Any, r: Any, q: Any, k: Any, m: Any, t: Any, i: Any, put: Any, failed: Any
) -> Any:
    """A piece for one repair decided in step ``put``: (its number, its birth). Out of a store, or new.

    ``failed`` is the number of the piece in whose place it comes.
    """
    need, drawn, place = z[p[NEED] + i], False, 0.0
    z[p[NEED] + i] -= 1.0
    for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
        if at(p, EDGE, e, EDGE_SPARE) == 0 or z[p[GIVEN] + e] == 0.0:
            continue
        if not drawn:  # only where a store has something to give
            place, drawn = uniform(k, failed, t, TAKE) * need, True
        if place < z[p[GIVEN] + e]:
            z[p[GIVEN] + e] -= 1.0
            store = at(p, OFFER, at(p, EDGE, e, EDGE_OFFER), OFFER_STORE)
            thing = take_from_shelf(q, k, m, store, t)
            wake(p, q, m, store, thing, t)
            here = thing_at(q, thing)
            serial, date = m[here + SERIAL], m[here + DATE]
            note_one(p, c, r, t, at(p, EDGE, e, EDGE_FLOW), t - date)
            free_thing(q, m, thing)
            waited = 0 if at(p, STORES, store, STORE_AGEING) == 1 else t - put  # on the shelf, not ageing
            return serial, put_in(p, k, put, date - waited, serial)
        place -= z[p[GIVEN] + e]
    serial = new_serial(q)
    return serial, put_in(p, k, put, NOBODY, serial)


@uncounted(forceinline=True)
def put_in(p: Any, k: Any, t: Any, date: Any, serial: Any) -> Any:
    """Birth of a piece put in by repair in step ``t``; ``date``: its own, or NOBODY for a new one.

    middle: age x enters the next step at index x + 1; start and end: half at x, half at x + 1.
    """
    if p[SALES_IN] == 0:
        return t if date == NOBODY else date
    if date == NOBODY:
        date = t if p[SALES_IN] == 1 else max(t - 1, 0)
    return date + (1 if uniform(k, serial, t, HALF_STEP) < 0.5 else 0)


@uncounted()
def built_in(p: Any, t: Any, date: Any) -> Any:
    """Birth of a piece in a product sold in step ``t``: age x has index x in its first step."""
    return min(date + 1, t) if p[SALES_IN] == 2 else date


@uncounted(forceinline=True)
def selected(left: Any, of: Any, u: Any) -> Any:
    """Whether one of ``of`` is among the ``left`` that are still to be chosen: each choice as likely."""
    return u * of < left


@uncounted("float64(float64)", forceinline=True)
def floor_of(value: Any) -> Any:
    """Whole number not above a value, which may lack what rounding took."""
    return np.floor(value * (1.0 + 1e-12) + 1e-9) if value < 1e15 else value
