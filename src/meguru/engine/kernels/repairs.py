"""Repairs for which spares or replacement parts are short: which share of them can be done.

AVAILABLE holds that share for each part that is followed, and for each reconditioning. Repairs that are not
done send products out of use, which changes what others want; so the shares that fit each other are
searched (:func:`find_available`): all repairs ask for everything that they could use, and each share moves
towards what was got of it, up or down. Last, what is still too much by rounding is taken back
(:func:`scale_back`).
"""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted
from meguru.engine.plan import (
    AVAILABLE, COULD, EAGER, FLOWS, FLOW_COUNT, GOT, INPUT, INPUT_AVAILABLE, INPUT_OWNER, MOVED, OWED,
    REPLACEMENT, SHARERS, SPARE, SPARES, WANTED, at, fill, line, rows,
)  # fmt: skip

LEAST = 1e-9  # what is asked for while searching, so that it can be told what would be wanted
STILL = 1e-11
ASIDE = 1e-9  # from where less is got at once
MOST_EAGER = 1000.0


@uncounted()
def may_be_less(p: Any, i: Any) -> Any:
    """Whether an input asks for spares or replacement parts, of which fewer will do."""
    row = line(p, INPUT, i)
    return p[row + INPUT_OWNER] < 0 and p[row + INPUT_AVAILABLE] >= 0


@uncounted()
def available_of(p: Any, z: Any, i: Any) -> Any:
    """Share of the repairs that is done; one where an input is not asked by repairs."""
    return z[p[AVAILABLE] + at(p, INPUT, i, INPUT_AVAILABLE)] if may_be_less(p, i) else 1.0


@uncounted()
def any_less(p: Any, z: Any) -> Any:
    """Whether not all repairs that are wanted are done."""
    for i in range(rows(p, INPUT)):
        if available_of(p, z, i) < 1.0:
            return True
    return False


@uncounted()
def any_lacks(p: Any, z: Any) -> Any:
    """Whether repairs that are done did not get their parts."""
    for i in range(rows(p, INPUT)):
        if may_be_less(p, i) and lacks(p, z, i):
            return True
    return False


@uncounted()
def asked_by(p: Any, z: Any, i: Any) -> Any:
    """Spares or replacement parts that an input asked for, those owed included."""
    return max(z[p[SPARES] + i] + z[p[OWED] + i], z[p[WANTED] + i])


@uncounted()
def lacks(p: Any, z: Any, i: Any) -> Any:
    """Whether repairs got fewer parts than they need."""
    return z[p[WANTED] + i] - z[p[GOT] + i] > 1e-9 * asked_by(p, z, i)


@uncounted()
def want_all_spares(p: Any, z: Any) -> Any:
    """Spares for all repairs that are wanted, not only for those that are done."""
    for k in range(rows(p, SPARE)):
        i = at(p, SPARE, k, 0)
        z[p[SPARES] + i] /= available_of(p, z, i)


@uncounted()
def want_replacements(p: Any, z: Any, r: Any, t: Any, in_full: Any) -> Any:
    """As many new children as old ones come out; ``in_full`` as would come out with parts for all.

    Several parts that go into the same things are of no use one without the other: none is asked for more.
    """
    for k in range(rows(p, REPLACEMENT)):
        i = at(p, REPLACEMENT, k, 1)
        out = r[p[FLOWS] + t * p[FLOW_COUNT] + at(p, REPLACEMENT, k, 0)]
        alone = z[p[SHARERS] + at(p, INPUT, i, INPUT_AVAILABLE)] <= 1.0
        z[p[WANTED] + i] += out / available_of(p, z, i) if in_full and alone else out


@uncounted()
def begin_search(p: Any, z: Any) -> Any:
    """Half of the way to start with; nothing is given up for good."""
    fill(p, z, EAGER, 0.5)
    fill(p, z, MOVED, 0.0)
    fill(p, z, SHARERS, 0.0)
    for i in range(rows(p, INPUT)):
        if may_be_less(p, i):
            k = at(p, INPUT, i, INPUT_AVAILABLE)
            z[p[SHARERS] + k] += 1.0
            z[p[AVAILABLE] + k] = max(z[p[AVAILABLE] + k], LEAST)


@uncounted()
def could_do(p: Any, z: Any, i: Any) -> Any:
    """Share of the repairs for which an input got parts, of all; where it asked for those of this share only,
    a share well above it if it got them, and well below if not."""
    available, wanted = available_of(p, z, i), z[p[WANTED] + i] - z[p[OWED] + i]
    got = min(max((z[p[GOT] + i] - z[p[OWED] + i]) / wanted, 0.0), 1.0) if wanted > 0.0 else 1.0
    if z[p[SHARERS] + at(p, INPUT, i, INPUT_AVAILABLE)] <= 1.0:
        return got
    return available + (1.0 if got >= 1.0 - 1e-12 else -1.0)


@uncounted()
def find_available(p: Any, z: Any) -> Any:
    """Move each share towards what was got of everything wanted. True when nothing moves any more.

    A share that turns back goes half as far from then on, one that goes on half as far again: so it also
    settles where much more is got on one side of it than on the other (it ends on the lower side), and where
    what is got changes nearly as much as the share.
    """
    fill(p, z, COULD, 2.0)
    for i in range(rows(p, INPUT)):
        if may_be_less(p, i):
            k = p[COULD] + at(p, INPUT, i, INPUT_AVAILABLE)
            z[k] = min(z[k], could_do(p, z, i))
    largest = 0.0
    for k in range(p[AVAILABLE + 1]):
        gap = z[p[COULD] + k] - z[p[AVAILABLE] + k]
        if gap * z[p[MOVED] + k] < 0.0:
            z[p[EAGER] + k] *= 0.5
        elif gap * z[p[MOVED] + k] > 0.0:
            z[p[EAGER] + k] = min(1.5 * z[p[EAGER] + k], MOST_EAGER)
        there = min(max(z[p[AVAILABLE] + k] + z[p[EAGER] + k] * gap, LEAST), 1.0)
        z[p[MOVED] + k] = there - z[p[AVAILABLE] + k]
        z[p[AVAILABLE] + k] = there
        largest = max(largest, abs(z[p[MOVED] + k]))
    if largest >= STILL:
        return False
    for k in range(p[AVAILABLE + 1]):
        if z[p[COULD] + k] < z[p[AVAILABLE] + k] - ASIDE:
            z[p[AVAILABLE] + k] = max(z[p[AVAILABLE] + k] - ASIDE, LEAST)
    return True


@uncounted()
def scale_back(p: Any, z: Any) -> Any:
    """Where spares or replacement parts fell short: repair so much less. Returns 0 done, 1 try again, 2
    cannot."""
    again = 0
    fill(p, z, COULD, 1.0)
    for i in range(rows(p, INPUT)):
        if not may_be_less(p, i) or not lacks(p, z, i):
            continue
        flexible = asked_by(p, z, i) - z[p[OWED] + i]
        if flexible <= 1e-12 * asked_by(p, z, i):
            return 2
        # Fewer repairs also keep fewer products for other repairs: half of the way each time.
        less = 0.5 * min((z[p[WANTED] + i] - z[p[GOT] + i]) / flexible, 1.0)
        k = at(p, INPUT, i, INPUT_AVAILABLE)
        z[p[COULD] + k] = min(z[p[COULD] + k], 1.0 - less if z[p[AVAILABLE] + k] > LEAST else 0.0)
        again = 1
    for k in range(p[AVAILABLE + 1]):
        z[p[AVAILABLE] + k] *= z[p[COULD] + k]
    return again
