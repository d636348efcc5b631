"""Step 4 in whole numbers: who asks whom, and who gets what, as in :mod:`meguru.engine.kernels.pull`, but
individuals are asked for and given one by one. What cohorts would divide is rounded by chance, so that
expectations stay.

Where sources are rationed, cohorts are asked first: what each edge would get, rounded, is the most that it
may carry. Rounding can leave somebody one short; what is then promised too much falls, until all holds.
"""

from __future__ import annotations

from typing import Any

from meguru.engine.items.kernel_chance import LOW, ROUND, uniform, whole
from meguru.engine.items.kernel_spares import floor_of
from meguru.engine.items.plan import SHELVED, STORE_WHOLE, WHOLE
from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.steps import TRIES, foresee_scrap, save_dated, scrap_once
from meguru.engine.kernels.pull import (
    FAILED, RATIONED, ask, ask_inputs, find_needs, give, over_promised, pull,
)  # fmt: skip
from meguru.engine.kernels.stores import find_content
from meguru.engine.kernels.supply import INFINITE
from meguru.engine.plan import (
    ASK, ASKED, CAP, CONTENT, EDGE, EDGE_CLAIM, EDGE_EXACT, EDGE_INPUT, EDGE_MOST, EDGE_SPARE, GIVEN,
    GOT_FREE, INPUT, INPUT_EDGE, INPUT_EDGES_END, INPUT_ITEM, INPUT_OWNER, NEED, OFFER, OFFER_EDGE,
    OFFER_EDGES, OUT, POTENTIAL, SCRAP, SEQUENCE, SHORT, STORES, USED, USED_START, at, copy, line, number,
    rows,
)  # fmt: skip


@uncounted()
def is_whole(p: Any, q: Any, i: Any) -> Any:
    """Whether an input takes individuals."""
    return q[q[WHOLE] + at(p, INPUT, i, INPUT_ITEM)] == 1


@uncounted()
def part_of(p: Any, c: Any, z: Any, k: Any, t: Any, i: Any, last: Any) -> Any:
    """What one source of an input may give of the need by its share, in whole numbers.

    Shares are added up in the order of the sources and the sums rounded, all with the same chance: so whole
    parts of the same kind (exact shares, or largest ones) add up to what they add up to together.
    """
    exact = at(p, EDGE, last, EDGE_EXACT) >= 0
    before, total = 0.0, 0.0
    for e in range(at(p, INPUT, i, INPUT_EDGE), last + 1):
        if (at(p, EDGE, e, EDGE_EXACT) >= 0) != exact:
            continue
        before = total
        total += number(p, c, at(p, EDGE, e, EDGE_EXACT if exact else EDGE_MOST), t)
    u = uniform(k, i, t, ROUND + (1 if exact else 0))
    return whole(total * z[p[NEED] + i], u) - whole(before * z[p[NEED] + i], u)


@uncounted()
def ask_whole(p: Any, c: Any, z: Any, q: Any, k: Any, t: Any, e: Any) -> Any:
    """How many a target asks of one source: what is still missing, within its share."""
    ask(p, c, z, t, e)
    edge = line(p, EDGE, e)
    i = p[edge + EDGE_INPUT]
    if p[edge + EDGE_SPARE] == 1 or not is_whole(p, q, i):
        return
    asked = part_of(p, c, z, k, t, i, e)
    if p[edge + EDGE_EXACT] < 0:
        left = z[p[NEED] + i] - z[p[GOT_FREE] + i]
        for other in range(at(p, INPUT, i, INPUT_EDGE), at(p, INPUT, i, INPUT_EDGES_END)):
            if at(p, EDGE, other, EDGE_EXACT) >= 0:
                left -= part_of(p, c, z, k, t, i, other)
        asked = min(asked, left)
    z[p[ASKED] + e] = max(min(asked, z[p[CAP] + e]), 0.0)


@uncounted()
def give_some(p: Any, z: Any, first: Any, last: Any, ratio: Any, u: Any) -> Any:
    """The same share of what each asked; with ``u`` in whole numbers, which add up as the shares do."""
    total, before = 0.0, 0.0
    for index in range(first, last):
        e = at(p, OFFER_EDGE, index, 0)
        total += ratio * z[p[ASKED] + e]
        given = (whole(total, u) if u >= 0.0 else total) - before
        before += given
        give(p, z, e, given)


@uncounted()
def share_out_short(p: Any, c: Any, z: Any, q: Any, k: Any, t: Any, o: Any) -> Any:
    """Give an offer's targets what they asked; if it is short by rounding, claims in order."""
    first, end = at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)
    u = uniform(k, o, t, LOW) if offers_whole(p, q, o) else -1.0
    left, out = z[p[POTENTIAL] + o], 0.0
    while first < end:
        claim = at(p, EDGE, at(p, OFFER_EDGE, first, 0), EDGE_CLAIM)
        last, same = first, 0.0
        while last < end and at(p, EDGE, at(p, OFFER_EDGE, last, 0), EDGE_CLAIM) == claim:
            same += z[p[ASKED] + at(p, OFFER_EDGE, last, 0)]
            last += 1
        if same <= left:
            for index in range(first, last):
                give(p, z, at(p, OFFER_EDGE, index, 0), z[p[ASKED] + at(p, OFFER_EDGE, index, 0)])
        else:
            give_some(p, z, first, last, left / same, u)
            z[p[SHORT] + o] = 1.0
        out += min(same, left)
        left = max(left - same, 0.0)
        first = last
    z[p[OUT] + o] = out
    ask_inputs(p, c, z, t, o)


@uncounted()
def offers_whole(p: Any, q: Any, o: Any) -> Any:
    """Whether an offer gives individuals."""
    first = at(p, OFFER_EDGE, at(p, OFFER_EDGES, o, 0), 0)
    return is_whole(p, q, at(p, EDGE, first, EDGE_INPUT))


@uncounted()
def find_whole_needs(p: Any, c: Any, z: Any, q: Any, t: Any) -> Any:
    """Needs that can be filled, and what sources can give at most: of individuals as many as are whole."""
    find_needs(p, c, z, t, False)
    for o in range(rows(p, OFFER)):
        z[p[SHORT] + o] = 0.0
        if offers_whole(p, q, o) and z[p[POTENTIAL] + o] < INFINITE:
            z[p[POTENTIAL] + o] = floor_of(z[p[POTENTIAL] + o])
    for i in range(rows(p, INPUT)):
        if at(p, INPUT, i, INPUT_OWNER) < 0 and is_whole(p, q, i):
            z[p[NEED] + i] = floor_of(z[p[NEED] + i])


@uncounted()
def cap_rations(p: Any, z: Any, q: Any, k: Any, t: Any) -> Any:
    """The rations of cohorts, rounded together by offer, are the most that an edge may carry."""
    for o in range(rows(p, OFFER)):
        if not offers_whole(p, q, o):
            continue
        total, before, u = 0.0, 0.0, uniform(k, o, t, LOW)
        for index in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
            e = at(p, OFFER_EDGE, index, 0)
            total += z[p[GIVEN] + e]
            z[p[CAP] + e] = whole(total, u) - before
            before += z[p[CAP] + e]


@uncounted()
def cap_short(p: Any, z: Any) -> Any:
    """What short offers gave is the most that their edges may carry from now on."""
    for o in range(rows(p, OFFER)):
        if z[p[SHORT] + o] == 1.0:
            for k in range(at(p, OFFER_EDGES, o, 0), at(p, OFFER_EDGES, o, 1)):
                e = at(p, OFFER_EDGE, k, 0)
                z[p[CAP] + e] = min(z[p[CAP] + e], z[p[GIVEN] + e])


@uncounted()
def pull_whole(p: Any, c: Any, z: Any, q: Any, k: Any, t: Any) -> Any:
    """Fill the demands in WANTED as far as possible. False if rations do not settle."""
    how = pull(p, c, z, t)
    if how == RATIONED:
        cap_rations(p, z, q, k, t)
    for _ in range(TRIES if how != FAILED else 0):
        find_whole_needs(p, c, z, q, t)
        for index in range(rows(p, SEQUENCE)):
            which = at(p, SEQUENCE, index, 1)
            if at(p, SEQUENCE, index, 0) == ASK:
                ask_whole(p, c, z, q, k, t, which)
            else:
                share_out_short(p, c, z, q, k, t, which)
        if not over_promised(p, z):
            return True
        cap_short(p, z)
    return False


@uncounted()
def find_all_content(p: Any, z: Any, q: Any, m: Any) -> Any:
    """What the stores hold: individuals counted, amounts with the new scrap of this step."""
    find_content(p, z)
    for store in range(rows(p, STORES)):
        if q[q[STORE_WHOLE] + store] == 1:
            z[p[CONTENT] + store] = m[q[SHELVED] + store]


@uncounted()
def pull_with_scrap(p: Any, c: Any, z: Any, r: Any, q: Any, k: Any, m: Any, t: Any) -> Any:
    """Step 4. Scrap that returns to the same step's production is found by repetition, as in cohorts."""
    copy(p, z, USED_START, USED)
    save_dated(p, z, r, t, True)
    for times in range(TRIES):
        find_all_content(p, z, q, m)
        if not pull_whole(p, c, z, q, k, t):
            return False
        if rows(p, SCRAP) == 0 or scrap_once(p, c, z, r, t) < 1e-13:
            return True
        foresee_scrap(p, z, times)
    return False
