"""Pull: demands are summed, sources asked in order, short sources rationed.

An *offer* is a source of one item (supply, make, store). What an offer can give at most is found beforehand,
sources first ("how much can you make?"). Then a pass asks in topological order: every target of an offer has
asked before the offer is shared out, and a target asks its next source when it knows what the one before
gave. Where that breaks a promise (makers counted on the same short source; a share of a want that was not
filled; a repair already owed), all wants of that component of the network are filled together instead
(:mod:`meguru.engine.kernels.ration`).
"""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.ration import fill_together
from meguru.engine.kernels.supply import INFINITE, find_potential, largest_need
from meguru.engine.plan import (
    ASK, ASKED, CAP, DRAWN, EDGE, EDGE_CLAIM, EDGE_EXACT, EDGE_INPUT, EDGE_MOST, EDGE_SPARE, GIVEN, GOT,
    GOT_FREE, INPUT, INPUT_AMOUNT, INPUT_AVAILABLE, INPUT_COMPONENT, INPUT_EDGE, INPUT_EDGES_END,
    INPUT_EXACT, INPUT_OWNER, MAKE, NEED, OFFER, OFFER_EDGE, OFFER_EDGES, OFFER_INPUT, OFFER_INPUTS_END,
    OFFER_KIND, OFFER_LIMIT, OUT, OWED, POTENTIAL, SEQUENCE, SHORT, SPARE, UNSETTLED, WANTED, WEIGHT, WISH,
    WISH_NEED, at, fill, line, number, rows,
)  # fmt: skip

ROUNDING = 1e-11
FAILED, FILLED, RATIONED = range(3)


@uncounted()
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
    wish = min(share * z[p[WISH_NEED] + i] - got, most * z[p[WISH_NEED] + i])
    z[p[WISH] + e] = max(wish, z[p[ASKED] + e])


@uncounted()
def share_out(p: Any, c: Any, z: Any, t: Any, o: Any) -> Any:
    """Give an offer's targets what they asked; a short offer serves claims in order, equal claims in
    proportion.

    In proportion to what each would ask if the source were plentiful, and to none more than it can use.
    """
    first, end = at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)
    left, out, short = z[p[POTENTIAL] + o], 0.0, 0.0
    while first < end:
        claim = at(p, EDGE, at(p, OFFER_EDGE, first, 0), EDGE_CLAIM)
        last, same = first, 0.0
        while last < end and at(p, EDGE, at(p, OFFER_EDGE, last, 0), EDGE_CLAIM) == claim:
            same += z[p[ASKED] + at(p, OFFER_EDGE, last, 0)]
            last += 1
        if same > left * (1.0 + ROUNDING):
            short = 1.0
        ratio = INFINITE if same <= left else ration(p, z, first, last, left)
        for k in range(first, last):
            e = at(p, OFFER_EDGE, k, 0)
            asked = z[p[ASKED] + e]
            give(p, z, e, min(asked, ratio * z[p[WISH] + e]) if ratio < INFINITE else asked)
        out += min(same, left)
        left = max(left - same, 0.0)
        first = last
    z[p[OUT] + o], z[p[SHORT] + o] = out, short
    ask_inputs(p, c, z, t, o)


@uncounted()
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


@uncounted()
def ask_inputs(p: Any, c: Any, z: Any, t: Any, o: Any) -> Any:
    """What a make process needs for what it makes, and would need were its inputs plentiful."""
    offer = line(p, OFFER, o)
    if p[offer + OFFER_KIND] != MAKE:
        return
    wish = 0.0
    for k in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
        wish += z[p[WISH] + at(p, OFFER_EDGE, k, 0)]
    if p[offer + OFFER_LIMIT] >= 0:
        wish = min(wish, number(p, c, p[offer + OFFER_LIMIT], t))
    for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
        amount = number(p, c, at(p, INPUT, i, INPUT_AMOUNT), t)
        z[p[NEED] + i] = z[p[OUT] + o] * amount
        z[p[WISH_NEED] + i] = max(wish, z[p[OUT] + o]) * amount


@uncounted()
def give(p: Any, z: Any, e: Any, given: Any) -> Any:
    """An edge brings so much to its input."""
    z[p[GIVEN] + e] = given
    i = at(p, EDGE, e, EDGE_INPUT)
    z[p[GOT] + i] += given
    if at(p, EDGE, e, EDGE_EXACT) < 0:
        z[p[GOT_FREE] + i] += given


@uncounted()
def over_promised(p: Any, z: Any) -> Any:
    """Whether a make process promised more than its inputs allow."""
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) >= 0 and lacking(p, z, i):
            return True
    return False


@uncounted()
def lacking(p: Any, z: Any, i: Any) -> Any:
    """Whether an input got less than it could have got alone. Of what counts as unlimited nothing is told."""
    return z[p[GOT] + i] < min(z[p[NEED] + i] * (1.0 - 1e-9), 1e-9 * INFINITE)


@uncounted()
def has_shares(p: Any, c: Any, z: Any, t: Any, i: Any) -> Any:
    """Whether sources of an input may only bring a share of it."""
    for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
        if number(p, c, at(p, EDGE, e, EDGE_MOST), t) < 1.0:
            return True
    return at(p, INPUT, i, INPUT_EXACT) == 1


@uncounted()
def settled(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Whether promises were kept, shares hold of what was got, and what is owed was delivered.

    Leaves in UNSETTLED which components of the network have to be filled together.
    """
    fill(p, z, UNSETTLED, 0.0)
    everywhere = True
    for i in range(rows(p, INPUT)):
        broken = z[p[GOT] + i] < min(z[p[OWED] + i], z[p[WANTED] + i]) * (1.0 - 1e-9)
        if lacking(p, z, i):
            broken = broken or at(p, INPUT, i, INPUT_OWNER) >= 0 or has_shares(p, c, z, t, i)
        if broken:
            z[p[UNSETTLED] + at(p, INPUT, i, INPUT_COMPONENT)] = 1.0
            everywhere = False
    return everywhere


@uncounted()
def pull(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Fill the demands in WANTED as far as possible. Tells whether sources had to be rationed."""
    fill(p, z, CAP, INFINITE)
    for i in range(rows(p, INPUT)):
        # Repairs that were scaled down for want of spares keep the claim of what they wanted first.
        first = z[p[WEIGHT] + i] if at(p, INPUT, i, INPUT_AVAILABLE) >= 0 else 0.0
        z[p[WEIGHT] + i] = max(first, z[p[WANTED] + i])
    for wishes in (False, True):
        find_needs(p, c, z, t, wishes)
        for index in range(rows(p, SEQUENCE)):
            if at(p, SEQUENCE, index, 0) == ASK:
                ask(p, c, z, t, at(p, SEQUENCE, index, 1))
            else:
                share_out(p, c, z, t, at(p, SEQUENCE, index, 1))
        if not any_short(p, z):
            return FILLED
        if settled(p, c, z, t) and (wishes or not any_limited(p, z)):
            return RATIONED
    return RATIONED if fill_together(p, c, z, t) else FAILED


@uncounted()
def any_short(p: Any, z: Any) -> Any:
    """Whether a source was asked for more than it has."""
    for o in range(rows(p, OFFER)):
        if z[p[SHORT] + o] == 1.0:
            return True
    return False


@uncounted()
def any_limited(p: Any, z: Any) -> Any:
    """Whether something asked for less than it would want of plentiful sources."""
    for o in range(rows(p, OFFER)):
        if z[p[SHORT] + o] == 1.0 and at(p, OFFER, o, OFFER_KIND) == MAKE:
            return True
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) < 0 and z[p[NEED] + i] < z[p[WEIGHT] + i]:
            return True
    return False


@uncounted()
def find_needs(p: Any, c: Any, z: Any, t: Any, wishes: Any) -> Any:
    """Needs of the targets as far as they can be filled, and what spares have got already.

    With ``wishes`` also what would be wanted of plentiful common sources: it decides how a short one is
    shared.
    """
    if wishes:
        find_potential(p, c, z, t, True)
        for i in range(rows(p, INPUT)):
            if at(p, INPUT, i, INPUT_OWNER) < 0:
                z[p[WISH_NEED] + i] = min(z[p[WEIGHT] + i], largest_need(p, c, z, t, i))
    find_potential(p, c, z, t, False)
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) < 0:
            z[p[NEED] + i] = min(z[p[WANTED] + i], largest_need(p, c, z, t, i))
            if not wishes:
                z[p[WISH_NEED] + i] = z[p[NEED] + i]
    fill(p, z, GOT, 0.0)
    fill(p, z, GOT_FREE, 0.0)
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if at(p, EDGE, e, EDGE_SPARE) == 1:
                z[p[GOT] + i] += z[p[DRAWN] + e]
                if at(p, EDGE, e, EDGE_EXACT) < 0:
                    z[p[GOT_FREE] + i] += z[p[DRAWN] + e]
