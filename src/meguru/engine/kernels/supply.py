"""Pull: what each source can give at most, found before anything is asked."""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted
from meguru.engine.plan import (
    CAP, CONTENT, DRAWN, EDGE, EDGE_EXACT, EDGE_MOST, EDGE_OFFER, EDGE_SPARE, INPUT, INPUT_AMOUNT,
    INPUT_EDGE, INPUT_EDGES_END, MAKE, OFFER, OFFER_EDGES, OFFER_INPUT, OFFER_INPUTS_END, OFFER_KIND,
    OFFER_LIMIT, OFFER_STORE, POTENTIAL, STORE, UPSTREAM, at, line, number, rows,
)  # fmt: skip

INFINITE = 1e300  # what nothing limits


@uncounted()
def most_from(p: Any, z: Any, e: Any) -> Any:
    """Most that an edge can carry; spares out of stores were drawn before."""
    if at(p, EDGE, e, EDGE_SPARE) == 1:
        return z[p[DRAWN] + e]
    return min(z[p[CAP] + e], z[p[POTENTIAL] + at(p, EDGE, e, EDGE_OFFER)])


@uncounted()
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


@uncounted()
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


@uncounted()
def capacity_of(p: Any, c: Any, z: Any, t: Any, o: Any) -> Any:
    """What an offer can give at most in this step for itself: what it holds, or its limit."""
    offer = line(p, OFFER, o)
    if p[offer + OFFER_KIND] == STORE:
        return z[p[CONTENT] + p[offer + OFFER_STORE]]
    return number(p, c, p[offer + OFFER_LIMIT], t) if p[offer + OFFER_LIMIT] >= 0 else INFINITE


@uncounted()
def find_potential(p: Any, c: Any, z: Any, t: Any, plenty: Any) -> Any:
    """What each offer could give in this step if nobody else asked its sources; sources first.

    With ``plenty``, offers that several targets may ask give anything.
    """
    for index in range(rows(p, UPSTREAM)):
        o = at(p, UPSTREAM, index, 0)
        offer = line(p, OFFER, o)
        if plenty and at(p, OFFER_EDGES, o, 1) - at(p, OFFER_EDGES, o, 0) > 1:
            z[p[POTENTIAL] + o] = INFINITE
            continue
        most = capacity_of(p, c, z, t, o)
        if p[offer + OFFER_KIND] == MAKE:
            for i in range(p[offer + OFFER_INPUT], p[offer + OFFER_INPUTS_END]):
                amount = number(p, c, at(p, INPUT, i, INPUT_AMOUNT), t)
                if amount > 0.0:
                    most = min(most, largest_need(p, c, z, t, i) / amount)
        z[p[POTENTIAL] + o] = most
