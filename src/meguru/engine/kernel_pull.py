"""Pull: demands are summed, sources asked in order, short sources rationed.

An *offer* is a source of one item (supply, make, store). A pass asks in topological order: every target of
an offer
has asked before the offer is shared out, and a target asks its next source when it knows what the one
before gave.
What an offer can give at most is found beforehand, sources first ("how much can you make?"). Where several
offers
promise the same short source, the pass is repeated with the rations as caps; caps only fall, so this ends.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from meguru.engine.kernel_supply import INFINITE, find_potential, largest_need
from meguru.engine.plan import (
    ASK, ASKED, CAP, DRAWN, EDGE, EDGE_CLAIM, EDGE_EXACT, EDGE_INPUT, EDGE_MOST, EDGE_SPARE, GIVEN, GOT,
    GOT_FREE, INPUT, INPUT_AMOUNT, INPUT_EDGE, INPUT_EDGES_END, INPUT_EXACT, INPUT_OWNER, MAKE, NEED,
    OFFER, OFFER_EDGE, OFFER_EDGES, OFFER_INPUT, OFFER_INPUTS_END, OFFER_KIND, OFFER_LIMIT, OUT,
    POTENTIAL, SEQUENCE, SHORT, SPARE, WANTED, WISH, WISH_NEED, at, copy, fill, line, number, rows,
)  # fmt: skip

ROUNDING = 1e-11


@njit(cache=True)
def ask(p: Any, c: Any, z: Any, t: Any, e: Any) -> Any:
    """How much a target asks of one source: what is still missing, within its share."""
    edge = line(p, EDGE, e)
    if p[edge + EDGE_SPARE] == 1:
        z[p[ASKED] + e] = 0.0
        return
    i = p[edge + EDGE_INPUT]
    share, got = 1.0, 0.0
    if p[edge + EDGE_EXACT] >= 0:
        share = number(p, c, p[edge + EDGE_EXACT], t)
    else:
        if at(p, INPUT, i, INPUT_EXACT) == 1:
            for other in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
                exact = at(p, EDGE, other, EDGE_EXACT)
                if exact >= 0:
                    share -= number(p, c, exact, t)
        got = z[p[GOT_FREE] + i]
    share, most = max(share, 0.0), number(p, c, p[edge + EDGE_MOST], t)
    asked = min(share * z[p[NEED] + i] - got, most * z[p[NEED] + i])
    z[p[ASKED] + e] = max(min(asked, z[p[CAP] + e]), 0.0)
    z[p[WISH] + e] = max(min(share * z[p[WISH_NEED] + i] - got, most * z[p[WISH_NEED] + i]), z[p[ASKED] + e])


@njit(cache=True)
def share_out(p: Any, c: Any, z: Any, t: Any, o: Any) -> Any:
    """Give an offer's targets what they asked; a short offer serves claims in order, equal claims in
    proportion.

    In proportion to what each would ask if the source were plentiful, and to none more than it can use.
    """
    offer = line(p, OFFER, o)
    first, last = at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)
    total = 0.0
    for k in range(first, last):
        total += z[p[ASKED] + at(p, OFFER_EDGE, k, 0)]
    left = z[p[POTENTIAL] + o]
    z[p[SHORT] + o] = 1.0 if total > left * (1.0 + ROUNDING) else 0.0
    out = 0.0
    k = first
    while k < last:
        claim = at(p, EDGE, at(p, OFFER_EDGE, k, 0), EDGE_CLAIM)
        end, same = k, 0.0
        while end < last and at(p, EDGE, at(p, OFFER_EDGE, end, 0), EDGE_CLAIM) == claim:
            same += z[p[ASKED] + at(p, OFFER_EDGE, end, 0)]
            end += 1
        ratio = INFINITE if same <= left else ration(p, z, k, end, left)
        for j in range(k, end):
            give(p, z, at(p, OFFER_EDGE, j, 0), ratio)
        out += min(same, left)
        left = max(left - same, 0.0)
        k = end
    z[p[OUT] + o] = out
    if p[offer + OFFER_KIND] == MAKE:
        wish = wish_of(p, c, z, t, o)
        for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
            amount = number(p, c, at(p, INPUT, i, INPUT_AMOUNT), t)
            z[p[NEED] + i] = out * amount
            z[p[WISH_NEED] + i] = max(wish, out) * amount


@njit(cache=True)
def wish_of(p: Any, c: Any, z: Any, t: Any, o: Any) -> Any:
    """What a make process would make of plentiful inputs."""
    wish = 0.0
    for k in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
        wish += z[p[WISH] + at(p, OFFER_EDGE, k, 0)]
    limit = at(p, OFFER, o, OFFER_LIMIT)
    return min(wish, number(p, c, limit, t)) if limit >= 0 else wish


@njit(cache=True)
def ration(p: Any, z: Any, first: Any, last: Any, left: Any) -> Any:
    """λ with Σ min(asked, λ·wish) = left; it rises as those that ask less than their share are served in
    full."""
    ratio = 0.0
    for _ in range(last - first):
        rest, wishes = left, 0.0
        for k in range(first, last):
            e = at(p, OFFER_EDGE, k, 0)
            if ratio > 0.0 and ratio * z[p[WISH] + e] >= z[p[ASKED] + e]:
                rest -= z[p[ASKED] + e]
            else:
                wishes += z[p[WISH] + e]
        if wishes <= 0.0 or rest <= ratio * wishes:
            return ratio
        ratio = rest / wishes
    return ratio


@njit(cache=True)
def give(p: Any, z: Any, e: Any, ratio: Any) -> Any:
    """An edge gets what it asked, or its wish times the ratio of a short source."""
    given = min(z[p[ASKED] + e], ratio * z[p[WISH] + e]) if ratio < INFINITE else z[p[ASKED] + e]
    z[p[GIVEN] + e] = given
    i = at(p, EDGE, e, EDGE_INPUT)
    z[p[GOT] + i] += given
    if at(p, EDGE, e, EDGE_EXACT) < 0:
        z[p[GOT_FREE] + i] += given


@njit(cache=True)
def over_promised(p: Any, z: Any) -> Any:
    """Whether a make process promised more than its inputs allow."""
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) >= 0 and z[p[GOT] + i] < z[p[NEED] + i] * (1.0 - 1e-9):
            return True
    return False


@njit(cache=True)
def cap_short(p: Any, z: Any) -> Any:
    """The rations of short offers become caps of the next pass."""
    for o in range(rows(p, OFFER)):
        if z[p[SHORT] + o] == 1.0:
            for k in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
                e = at(p, OFFER_EDGE, k, 0)
                z[p[CAP] + e] = min(z[p[CAP] + e], z[p[GIVEN] + e])


@njit(cache=True)
def pull(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Fill the demands in WANTED as far as possible. False if rations do not settle."""
    for e in range(rows(p, EDGE)):
        z[p[CAP] + e] = INFINITE
    wishes = False
    for _ in range(rows(p, OFFER) + 6):
        find_needs(p, c, z, t, wishes)
        for index in range(rows(p, SEQUENCE)):
            if at(p, SEQUENCE, index, 0) == ASK:
                ask(p, c, z, t, at(p, SEQUENCE, index, 1))
            else:
                share_out(p, c, z, t, at(p, SEQUENCE, index, 1))
        promised = over_promised(p, z)
        if not wishes and any_short(p, z) and (promised or any_limited(p, z)):
            wishes = True
        elif not promised:
            return True
        else:
            cap_short(p, z)
    return False


@njit(cache=True)
def find_needs(p: Any, c: Any, z: Any, t: Any, wishes: Any) -> Any:
    """Needs of the targets as far as they can be filled, and what spares have got already.

    With ``wishes`` also what would be wanted of plentiful common sources: it decides how a short one is
    shared.
    """
    for alone in (True, False):
        if alone and not wishes:
            continue
        find_potential(p, c, z, t, alone)
        for i in range(rows(p, INPUT)):
            if at(p, INPUT, i, INPUT_OWNER) < 0:
                z[p[WISH_NEED if alone else NEED] + i] = min(z[p[WANTED] + i], largest_need(p, c, z, t, i))
    if not wishes:
        copy(p, z, WISH_NEED, NEED)
    fill(p, z, GOT, 0.0)
    fill(p, z, GOT_FREE, 0.0)
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if at(p, EDGE, e, EDGE_SPARE) == 1:
                z[p[GOT] + i] += z[p[DRAWN] + e]
                if at(p, EDGE, e, EDGE_EXACT) < 0:
                    z[p[GOT_FREE] + i] += z[p[DRAWN] + e]


@njit(cache=True)
def any_limited(p: Any, z: Any) -> Any:
    """Whether something asked for less than it would want of plentiful sources."""
    for o in range(rows(p, OFFER)):
        if z[p[SHORT] + o] == 1.0 and at(p, OFFER, o, OFFER_KIND) == MAKE:
            return True
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) < 0 and z[p[NEED] + i] < z[p[WANTED] + i]:
            return True
    return False


@njit(cache=True)
def any_short(p: Any, z: Any) -> Any:
    for o in range(rows(p, OFFER)):
        if z[p[SHORT] + o] == 1.0:
            return True
    return False
