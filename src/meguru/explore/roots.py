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


@dataclass(frozen=True)
class Crossings:
    """Where a function crosses a target.

    Attributes
    ----------
    at, values : (point,)
        What was scanned; NaN where the function is undefined.
    roots
        Where it meets the target, ascending.
    jumps
        Where it leaps over the target without meeting it.
    target
    """

    at: Array = field(repr=False)
    values: Array = field(repr=False)
    roots: tuple[float, ...]
    jumps: tuple[float, ...]
    target: float

    @property
    def none(self) -> bool:
        """Whether the scan found no crossing."""
        return not self.roots and not self.jumps


def crossings(
    function: Callable[[Array], Array],
    low: float,
    high: float,
    *,
    target: float = 0.0,
    points: int = POINTS,
) -> Crossings:
    """Scan a range, then close in on each change of sign by Brent's method.

    Two crossings between neighbouring points of the scan, or a curve that only touches the target there, are
    not seen: take more points.

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
        An empty range, or fewer than two points.

    Notes
    -----
    Brent, R. P. (1973), Algorithms for Minimization without Derivatives, chapter 4; by SciPy.
    """
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise RangeError("an empty range", found=f"{low:g} to {high:g}", expected="low below high")
    if points < 2:
        raise RangeError("too few points of a scan", found=points, expected="at least 2")
    at = np.linspace(low, high, points)
    values = np.asarray(function(at), dtype=np.float64)
    off = values - target
    roots = [float(one) for one in at[off == 0.0]]
    jumps: list[float] = []
    for index in np.flatnonzero(off[:-1] * off[1:] < 0.0):
        found = _closed_in(function, target, float(at[index]), float(at[index + 1]))
        if found is None:
            continue  # undefined in between: no sign to go by
        there = abs(float(function(np.array([found]))[0]) - target)
        steepest = max(abs(off[index]), abs(off[index + 1]))
        (jumps if there > JUMP * steepest else roots).append(found)
    return Crossings(at, values, tuple(sorted(roots)), tuple(sorted(jumps)), target)


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
    found: float = brentq(off, low, high, xtol=TOLERANCE * max(1.0, high - low), rtol=smallest)
    return None if undefined else found
