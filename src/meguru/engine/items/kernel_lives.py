"""When a product leaves and a piece fails: drawn once, for the whole life to come.

With hazards h(a) and survival S(a) = Π (1 − h), the first step in which S falls to v times what it was, v
uniform, has the law of steps met one after the other. So nothing has to be drawn for those that stay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.engine.items.kernel_chance import AGAIN, KEEP, LEAVE, uniform
from meguru.engine.items.plan import SOLD_TABLE
from meguru.engine.kernel_declared import uncounted
from meguru.engine.kernels.cohorts import hazard_of
from meguru.engine.plan import (
    CAUSE, CAUSE_HAZARD, CAUSE_KEEP, CAUSE_OF_SOLD, HAZARD_START, HAZARD_STRIDE, SLOT_HAZARD, STEPS,
    USE, USE_CAUSE, USE_CAUSES, USE_HAZARD, USE_SEGMENTS, USE_SLOT_HAZARD, line, number, rows,
)  # fmt: skip


@uncounted()
def tabulate(p: Any, c: Any, q: Any, s: Any) -> Any:
    """Survival to the end of each index, for all hazards of causes and slots."""
    for table in (CAUSE_HAZARD, SLOT_HAZARD):
        for index in range(rows(p, table)):
            row = line(p, table, index)
            dates = 1 if p[row + HAZARD_STRIDE] == 0 else p[STEPS] + 1
            for date in range(dates):
                start, left = p[row + HAZARD_START] + date * p[row + HAZARD_STRIDE], 1.0
                for age in range(p[STEPS] + 1):
                    left *= 1.0 - hazard_of(p, c, row, date, age, False)
                    s[start + age] = left
    for u in range(rows(p, USE)):
        if q[q[SOLD_TABLE] + u] >= 0:
            tabulate_sold(p, c, s, line(p, USE, u), q[q[SOLD_TABLE] + u])


@uncounted()
def tabulate_sold(p: Any, c: Any, s: Any, use: Any, start: Any) -> Any:
    """The same where a cause takes a share of what was *sold*: what is left of it decides on the hazard.

    One table by step made and age for each cause and segment; `keep` is inside.
    """
    ages, segments = p[STEPS] + 1, p[use + USE_SEGMENTS]
    for segment in range(segments):
        for date in range(p[STEPS]):
            units = 1.0
            for age in range(p[STEPS] - date):
                for k in range(p[use + USE_CAUSES]):
                    row = line(p, CAUSE, p[use + USE_CAUSE] + k)
                    hazard = line(p, CAUSE_HAZARD, p[use + USE_HAZARD] + k * segments + segment)
                    h = hazard_of(p, c, hazard, date, age, False)
                    due = min(h, units) if p[row + CAUSE_OF_SOLD] == 1 else units * h
                    gone = due * (1.0 - number(p, c, p[row + CAUSE_KEEP], date + age))
                    here = start + ((k * segments + segment) * ages + date) * ages + age
                    before = s[here - 1] if age > 0 else 1.0
                    s[here] = before * (1.0 - gone / units if units > 0.0 else 0.0)
                    units -= gone


@uncounted("int64(int64[::1], float64[::1], int64, int64, int64, int64, float64)", forceinline=True)
def first_below(p: Any, s: Any, start: Any, date: Any, t: Any, end: Any, v: Any) -> Any:
    """First step from ``t`` on by whose end survival has fallen to ``v`` of what it was; STEPS if none is
    before ``end``."""
    low, high = t - date, end - 1 - date
    limit = v * (s[start + low - 1] if low > 0 else 1.0)
    if high < low or s[start + high] > limit:
        return p[STEPS]
    place, left, bound = np.uint64(start + low), high - low, np.float64(limit).view(np.uint64)
    while left > 0:  # no branch depends on chance: numbers of one sign stand in the order of their bits
        half = (left + 1) >> 1
        above = np.int64(bound - np.float64(s[place + np.uint64(half - 1)]).view(np.uint64)) >> 63
        place += np.uint64(half & above)
        left -= half
    return date + np.int64(place) - start


@uncounted(
    "int64(int64[::1], float64[::1], float64[::1], int64, int64, int64, int64, float64, boolean)",
    forceinline=True,
)
def due(p: Any, c: Any, s: Any, hazard: Any, date: Any, t: Any, end: Any, v: Any, at_sale: Any) -> Any:
    """First step from ``t`` on in which a hazard strikes something made (or born) in ``date``; STEPS if that
    is not before ``end`` (but in the step of the sale it always counts)."""
    if at_sale:
        stay = 1.0 - (hazard_of(p, c, hazard, date, t - date, True) if date <= t else 0.0)
        if v >= stay:
            return t
        v /= stay
        t += 1
    if t >= end:
        return p[STEPS]
    return first_below(p, s, p[hazard + HAZARD_START] + date * p[hazard + HAZARD_STRIDE], date, t, end, v)


@uncounted(forceinline=True)
def cause_due(
    p: Any,
    c: Any,
    s: Any,
    k: Any,
    use: Any,
    cause: Any,
    segment: Any,
    who: Any,
    date: Any,
    t: Any,
    at_sale: Any,
) -> Any:
    """First step in which a cause takes a product away; whom it keeps meets it again."""
    hazard = line(p, CAUSE_HAZARD, p[use + USE_HAZARD] + cause * p[use + USE_SEGMENTS] + segment)
    keep = p[line(p, CAUSE, p[use + USE_CAUSE] + cause) + CAUSE_KEEP]
    v = uniform(k, who, t, LEAVE + cause)
    while True:
        step = due(p, c, s, hazard, date, t, p[STEPS], v, at_sale)
        if step >= p[STEPS]:
            return step
        kept = number(p, c, keep, step)
        if kept <= 0.0 or uniform(k, who, step, KEEP + cause) >= kept:
            return step
        t, at_sale = step + 1, False
        v = uniform(k, who, step, AGAIN + cause)


@uncounted(forceinline=True)
def leaves_in(
    p: Any, c: Any, q: Any, s: Any, k: Any, u: Any, segment: Any, who: Any, date: Any, t: Any, at_sale: Any
) -> Any:
    """Step in which a product leaves for its own reasons, and the cause: the first in order of those due."""
    use = line(p, USE, u)
    best, which = p[STEPS], 0
    sold, ages = q[q[SOLD_TABLE] + u], p[STEPS] + 1
    for cause in range(p[use + USE_CAUSES]):
        if sold >= 0:
            start = sold + ((cause * p[use + USE_SEGMENTS] + segment) * ages + date) * ages
            step = first_below(p, s, start, date, t, p[STEPS], uniform(k, who, t, LEAVE + cause))
        else:
            step = cause_due(p, c, s, k, use, cause, segment, who, date, t, at_sale)
        if step < best:
            best, which = step, cause
    return best, which


@uncounted(forceinline=True)
def fails_in(
    p: Any,
    c: Any,
    s: Any,
    use: Any,
    slot: Any,
    segment: Any,
    birth: Any,
    t: Any,
    end: Any,
    v: Any,
    at_sale: Any,
) -> Any:
    """Step in which a piece fails that is put in so that it first meets its hazard in step ``t``; ``v``: its
    chance.

    STEPS if that is not before ``end``, when its product leaves: what would have been is not looked for.
    """
    hazard = line(p, SLOT_HAZARD, p[use + USE_SLOT_HAZARD] + slot * p[use + USE_SEGMENTS] + segment)
    return due(p, c, s, hazard, birth, t, end, v, at_sale)
