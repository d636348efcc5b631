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

from meguru.engine.kernel_push import note
from meguru.engine.plan import (
    ASK, ASKED, CAP, CONTENT, DRAWN, EDGE, EDGE_CLAIM, EDGE_EXACT, EDGE_FLOW, EDGE_INPUT, EDGE_MOST,
    EDGE_OFFER, EDGE_SPARE, EXTRA, GIVEN, GOT, GOT_FREE, HELD, INPUT, INPUT_AMOUNT, INPUT_EDGE,
    INPUT_EDGES_END, INPUT_EXACT, INPUT_OWNER, KEPT, MAKE, MISSING, NEED, OFFER, OFFER_EDGE, OFFER_EDGES,
    OFFER_INPUT, OFFER_INPUTS_END, OFFER_KIND, OFFER_LIMIT, OFFER_STORE, OUT, OWED, POTENTIAL, PUT_LAW,
    PUT_NEW, SEQUENCE, SHORT, SPARE, SPARES, STEPS, STORE, STORES, STORE_DATES, STORE_START, UPSTREAM,
    WANTED, WISH, WISH_NEED, at, copy, fill, line, number, rows,
)  # fmt: skip

INFINITE = 1e300
ROUNDING = 1e-11


@njit(cache=True)
def most_from(p: Any, z: Any, e: Any) -> Any:
    """Most that an edge can carry; spares out of stores were drawn before."""
    if at(p, EDGE, e, EDGE_SPARE) == 1:
        return z[p[DRAWN] + e]
    return min(z[p[CAP] + e], z[p[POTENTIAL] + at(p, EDGE, e, EDGE_OFFER)])


@njit(cache=True)
def largest_need(p: Any, c: Any, z: Any, t: Any, i: Any) -> Any:
    """Largest need of an input that its sources can fill under their share limits.

    Exact shares e: e·Z ≤ A. The rest r = 1 − Σe by the other sources: Σ min(A, m·Z) ≥ r·Z.
    """
    row = line(p, INPUT, i)
    left, bound, free, others, plenty = 1.0, INFINITE, 0.0, False, False
    for e in range(p[row + INPUT_EDGE], p[row + INPUT_EDGES_END]):
        exact = at(p, EDGE, e, EDGE_EXACT)
        most = most_from(p, z, e)
        if exact >= 0:
            share = number(p, c, exact, t)
            left -= share
            if share > 0.0:
                bound = min(bound, most / share)
        else:
            others = True
            free += most
            plenty = plenty or (most >= INFINITE and at(p, EDGE, e, EDGE_MOST) == 0)
    if left <= 1e-12 or plenty:
        return bound
    if not others:
        return 0.0
    return largest_shared(p, c, z, t, row, left, min(bound, free / left if free < INFINITE else INFINITE))


@njit(cache=True)
def largest_shared(p: Any, c: Any, z: Any, t: Any, row: Any, left: Any, need: Any) -> Any:
    """Largest Z ≤ need with Σ min(A, m·Z) ≥ left·Z: the sum is concave, so each tangent's root is a bound."""
    for _ in range(2 * (p[row + INPUT_EDGES_END] - p[row + INPUT_EDGE]) + 2):
        got, slope = 0.0, 0.0
        for e in range(p[row + INPUT_EDGE], p[row + INPUT_EDGES_END]):
            if at(p, EDGE, e, EDGE_EXACT) >= 0:
                continue
            share = number(p, c, at(p, EDGE, e, EDGE_MOST), t)
            most = most_from(p, z, e)
            if share * need < most:
                slope += share
            else:
                got += most
        if need == 0.0 or got + slope * need >= left * need * (1.0 - 1e-12):
            return need
        need = got / (left - slope)
    return need


@njit(cache=True)
def find_potential(p: Any, c: Any, z: Any, t: Any, alone: Any) -> Any:
    """What each offer can give at most in this step, sources first; with ``alone``, those of several
    targets anything."""
    for index in range(rows(p, UPSTREAM)):
        o = at(p, UPSTREAM, index, 0)
        offer = line(p, OFFER, o)
        most = INFINITE
        if alone and at(p, OFFER_EDGES, o, 1) - at(p, OFFER_EDGES, o, 0) > 1:
            z[p[POTENTIAL] + o] = most
            continue
        if p[offer + OFFER_KIND] == STORE:
            most = z[p[CONTENT] + p[offer + OFFER_STORE]]
        elif p[offer + OFFER_LIMIT] >= 0:
            most = number(p, c, p[offer + OFFER_LIMIT], t)
        if p[offer + OFFER_KIND] == MAKE:
            for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
                amount = number(p, c, at(p, INPUT, i, INPUT_AMOUNT), t)
                if amount > 0.0:
                    most = min(most, largest_need(p, c, z, t, i) / amount)
        z[p[POTENTIAL] + o] = most


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


@njit(cache=True)
def draw_spares(p: Any, c: Any, z: Any, r: Any, t: Any) -> Any:
    """Spares come first from stores as they stood at the end of the last step; the rest is pulled as new
    ones.

    Leaves in PUT_LAW the births of what was drawn and in PUT_NEW the share of new pieces.
    """
    ranks = 0
    fill(p, z, PUT_LAW, 0.0)
    fill(p, z, DRAWN, 0.0)
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
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


@njit(cache=True)
def expect_spares(p: Any, c: Any, z: Any, t: Any) -> Any:
    """Births of the spares that repairs in the step of the sale will take: of what this step leaves in the
    stores.

    They are drawn in the next step. Where a store runs short, the share that it gave in this step is
    expected again.
    """
    fill(p, z, PUT_LAW, 0.0)
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        asked = z[p[SPARES] + i] + z[p[OWED] + i]
        missing, other = 1.0, False
        for e in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if at(p, EDGE, e, EDGE_SPARE) == 0:
                other = True
                continue
            exact, o = at(p, EDGE, e, EDGE_EXACT), at(p, EDGE, e, EDGE_OFFER)
            held = z[p[CONTENT] + at(p, OFFER, o, OFFER_STORE)] - z[p[OUT] + o]
            share = min(number(p, c, exact if exact >= 0 else at(p, EDGE, e, EDGE_MOST), t), missing)
            if asked > 0.0:
                share = min(share, held / asked)
            if share > 0.0 and held > 0.0:
                missing -= share
                add_law(p, z, t, at(p, OFFER, o, OFFER_STORE), share, p[PUT_LAW] + i * (p[STEPS] + 1))
        if not other and 0.0 < missing < 1.0:
            for birth in range(p[STEPS] + 1):
                z[p[PUT_LAW] + i * (p[STEPS] + 1) + birth] /= 1.0 - missing
            missing = 0.0
        z[p[PUT_NEW] + i] = missing


@njit(cache=True)
def add_law(p: Any, z: Any, t: Any, store: Any, share: Any, law: Any) -> Any:
    """Add the births of what a store holds, times a share, to a law; what has no age counts as new."""
    row = line(p, STORES, store)
    dated = p[row + STORE_DATES] > 1
    for date in range(p[row + STORE_DATES]):
        k = p[row + STORE_START] + date
        z[law + (date if dated else t)] += share * (z[p[HELD] + k] + z[p[EXTRA] + k]) / z[p[CONTENT] + store]


@njit(cache=True)
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


@njit(cache=True)
def held_in(p: Any, z: Any, row: Any) -> Any:
    """Units in a store."""
    total = 0.0
    for date in range(p[row + STORE_START], p[row + STORE_START] + p[row + STORE_DATES]):
        total += z[p[HELD] + date]
    return total


@njit(cache=True)
def keep_share(p: Any, z: Any, row: Any, held: Any, drawn: Any) -> Any:
    """Take units out of a store, all ages alike."""
    keep = 1.0 - drawn / held if held > drawn else 0.0
    for date in range(p[row + STORE_START], p[row + STORE_START] + p[row + STORE_DATES]):
        z[p[HELD] + date] *= keep
    return keep


@njit(cache=True)
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


@njit(cache=True)
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


@njit("float64(int64[::1], float64[::1], int64, int64, int64)", cache=True)
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
