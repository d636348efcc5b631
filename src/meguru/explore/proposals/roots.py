"""All places in a range where a function of one number crosses a value, as far as a scan finds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError

Array = NDArray[np.float64]
TOLERANCE = 1e-12  # of the range
JUMP = 1e-6  # of the largest value scanned: a crossing that stays farther from the target is a jump
POINTS = 65
ROUNDING = 1e-12  # of the largest value scanned, or the target: what is nearer to the target meets it
ZOOMS, FINER = 3, 33  # how often, and to how many points, the end of a stretch is looked at closer
# A curve hardly moves in so small a part of the range. What moves there by this share of all that the scan
# saw, and moves again within as much more, is noise if it does so at so many of these points. A staircase
# may have a step at each of them, but no second one so near.
NEARBY, SHARE, MOVING, PROBES = 1e-9, 0.05, 3, 16
AGAIN = np.array([2.0, 3.0, 4.0])  # where, in that small a part, it is looked at again


@dataclass(frozen=True)
class Crossings:
    """Where a function crosses a target.

    Attributes
    ----------
    at, values : (point,)
        What was scanned; NaN where the function is undefined.
    roots
        Where it meets the target and goes on to the other side, or where it meets it at an end of what was
        scanned or defined; ascending.
    jumps
        Where it leaps over the target without meeting it.
    stretches
        From where to where it stays at the target.
    target
    noise
        Whether all that the scan saw is rounding, so that nothing of it is a crossing.
    """

    at: Array = field(repr=False)
    values: Array = field(repr=False)
    roots: tuple[float, ...]
    jumps: tuple[float, ...]
    target: float
    stretches: tuple[tuple[float, float], ...] = ()
    noise: bool = False

    @property
    def none(self) -> bool:
        """Whether the scan found nothing at the target, and no jump over it."""
        return not self.roots and not self.jumps and not self.stretches


def crossings(
    function: Callable[[Array], Array],
    low: float,
    high: float,
    *,
    target: float = 0.0,
    points: int = POINTS,
) -> Crossings:
    """Scan a range, then close in on each change of sign by Brent's method.

    Where several points of the scan in a row are at the target, but for rounding, the curve is flat there: it
    has no single root but a stretch.

    Two crossings between neighbouring points of the scan, or a curve that only touches the target there, are
    not seen: take more points.

    A difference of large numbers that should be nothing is rounding, and crosses the target at random. It is
    known by moving as far between two points that are next to each other as over the whole range, and moving
    on right behind them, where a step has been left; then there is no crossing.

    Parameters
    ----------
    function
        (point,) → (point,), NaN where it is undefined.
    low, high
        The range.
    points
        Of the scan.

    Raises
    ------
    RangeError
        An empty range, a target that is no number, or fewer than two points.

    Notes
    -----
    Brent, R. P. (1973), Algorithms for Minimization without Derivatives, chapter 4; by SciPy. Noise that is
    seen by points close to each other: Moré & Wild 2011, https://doi.org/10.1137/100786125.
    """
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise RangeError("an empty range", found=f"{low:g} to {high:g}", expected="low below high")
    if not np.isfinite(target):
        raise RangeError(
            "a target that is no number", place="target", found=target, expected="a finite number"
        )
    if points < 2:
        raise RangeError("too few points of a scan", found=points, expected="at least 2")
    at = np.linspace(low, high, points)
    values = np.asarray(function(at), dtype=np.float64)
    off = values - target
    known = np.abs(values[np.isfinite(values)])
    floor = ROUNDING * max(abs(target), float(known.max(initial=0.0)))
    off[np.abs(off) <= floor] = 0.0
    if _is_noise(function, at, values, off):
        return Crossings(at, values, (), (), target, noise=True)
    roots: list[float] = []
    stretches: list[tuple[float, float]] = []
    for first, last in _runs(off == 0.0):
        if first < last:
            stretches.append(
                (
                    _edge(function, target, floor, at, first, -1),
                    _edge(function, target, floor, at, last, 1),
                )
            )
        elif not _same_side(off, first):
            roots.append(float(at[first]))
    jumps: list[float] = []
    for index in np.flatnonzero(np.sign(off[:-1]) * np.sign(off[1:]) < 0.0):
        found = _closed_in(function, target, float(at[index]), float(at[index + 1]))
        if found is None:
            continue  # undefined in between: no sign to go by
        there = abs(float(function(np.array([found]))[0]) - target)
        steepest = max(abs(off[index]), abs(off[index + 1]))
        (jumps if there > JUMP * steepest else roots).append(found)
    return Crossings(at, values, tuple(sorted(roots)), tuple(sorted(jumps)), target, tuple(stretches))


def _is_noise(function: Callable[[Array], Array], at: Array, values: Array, off: Array) -> bool:
    """Whether a curve that meets its target, and leaves it, moves between neighbours as far as over the whole
    range."""
    known = np.isfinite(values)
    meets = (off == 0.0).any() or (off[:-1] * off[1:] < 0.0).any()
    if not meets or not off[known].any():
        return False
    rows = np.linspace(0, len(at) - 2, min(PROBES, len(at) - 1)).astype(np.int64)
    apart, much = NEARBY * (at[-1] - at[0]), SHARE * np.ptp(values[known])
    near = np.asarray(function(at[rows] + apart), dtype=np.float64)
    moves = np.abs(near - values[rows]) > much
    if moves.sum() < MOVING:
        return False
    places = at[rows[moves], None] + apart * AGAIN
    further = np.asarray(function(places.ravel()), dtype=np.float64).reshape(places.shape)
    onward = np.abs(np.diff(further, axis=1, prepend=near[moves, None])) > much
    return int(onward.any(axis=1).sum()) >= MOVING


def _runs(holds: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last point of each row of points at which something holds."""
    steps = np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1) - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _same_side(off: Array, index: int) -> bool:
    """Whether a curve comes from one side of the target and goes back to it, so that it only touches it."""
    return 0 < index < len(off) - 1 and bool(off[index - 1] * off[index + 1] > 0.0)


def _edge(
    function: Callable[[Array], Array], target: float, floor: float, at: Array, index: int, step: int
) -> float:
    """Where a stretch at the target ends, between its last point of the scan and the next one."""
    inside, outside = float(at[index]), index + step
    if not 0 <= outside < len(at):
        return inside
    beyond = float(at[outside])
    for _ in range(ZOOMS):
        finer = np.linspace(inside, beyond, FINER)
        left = ~(np.abs(np.asarray(function(finer)) - target) <= floor)
        left[0], left[-1] = False, True  # as the scan found
        next_one = int(left.argmax())
        inside, beyond = float(finer[next_one - 1]), float(finer[next_one])
    return inside


def _closed_in(function: Callable[[Array], Array], target: float, low: float, high: float) -> float | None:
    """The crossing between two points; None where the function is undefined on the way there."""
    from scipy.optimize import brentq  # other users of this package need not wait for it

    undefined = []

    def off(x: float) -> float:
        value = float(function(np.array([x]))[0]) - target
        if np.isnan(value):
            undefined.append(x)
            return 0.0  # ends the search
        return value

    smallest = 4 * np.finfo(float).eps
    found: float = brentq(off, low, high, xtol=TOLERANCE * (high - low), rtol=smallest)
    return None if undefined else found
