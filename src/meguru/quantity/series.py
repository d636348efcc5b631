"""Series by year: checked when made, interpolated when evaluated."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from meguru.errors import SeriesError, did_you_mean

INTERPOLATIONS = ("linear", "step", "geometric", "none")
BEYOND = ("error", "hold")
SLACK = 1e-6  # years: steps of a month are counted in fractions that do not add up exactly


def check_series(years: tuple[float, ...], values: tuple[float, ...], interpolate: str, beyond: str) -> None:
    """Refuse a series that has no one meaning.

    Raises
    ------
    SeriesError
    """
    if interpolate not in INTERPOLATIONS:
        hint = did_you_mean(str(interpolate), INTERPOLATIONS)
        raise SeriesError("unknown interpolation", found=interpolate, expected=INTERPOLATIONS, hint=hint)
    if beyond not in BEYOND:
        raise SeriesError("unknown rule beyond the years given", found=beyond, expected=BEYOND)
    if not years or len(years) != len(values):
        raise SeriesError("years and values do not match", found=f"{len(years)} years, {len(values)} values")
    if any(later - former <= SLACK for former, later in pairwise(years)):
        raise SeriesError("years are not ascending, or stand twice", found=list(map(shown_year, years)))
    for year, value in zip(years, values, strict=True):
        if not (math.isfinite(year) and math.isfinite(value)):
            raise SeriesError("not a finite number", found=f"{year:g}: {value}")
    if interpolate == "geometric" and not (min(values) > 0 or max(values) < 0):
        raise SeriesError("constant growth needs values of one sign, none of them zero", found=list(values))


def interpolate_series(
    given: tuple[float, ...],
    values: tuple[float, ...],
    interpolate: str,
    beyond: str,
    years: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The values of a series at other years.

    A value belongs to the whole calendar year: months after January of the last year given are covered by it.

    Parameters
    ----------
    given, values
        The series.
    years : (time,)

    Returns
    -------
    (time,)

    Raises
    ------
    SeriesError
        A year is not covered.
    """
    points, heights = np.array(given), np.array(values)
    if len(points) == len(years) and (points == years).all():
        return heights  # all that is asked for is given
    if beyond == "error":
        last = math.floor(points[-1] + SLACK) + 1.0
        _refuse(
            (years < points[0] - SLACK) | (years >= last - SLACK), years, points, "Or say 'beyond: hold'."
        )
    if interpolate == "linear":
        return np.asarray(np.interp(years, points, heights))
    if interpolate == "geometric":
        growth = np.exp(np.interp(years, points, np.log(np.abs(heights))))
        return np.asarray(np.sign(heights[0]) * growth)
    if interpolate == "none":
        return _exact(points, heights, years)
    return np.asarray(heights[np.maximum(np.searchsorted(points, years + SLACK, side="right") - 1, 0)])


def _exact(
    points: NDArray[np.float64], heights: NDArray[np.float64], years: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Only values that are given; whole years hold for all their months."""
    whole = bool(np.all(points == np.floor(points)))
    wanted = np.floor(years + SLACK) if whole else years
    inside = np.clip(wanted, points[0], points[-1])  # 'beyond: hold'; else outside has been refused before
    nearest = np.abs(inside[:, None] - points[None, :]).argmin(axis=1)
    hint = "With 'interpolate: none' every year must be given."
    _refuse(np.abs(points[nearest] - inside) > SLACK, years, points, hint)
    return np.asarray(heights[nearest])


def shown_year(year: float) -> float | int:
    """A year as people write it: 2031, not 2031.0; 2031.08 in its February."""
    return int(year) if float(year).is_integer() else round(float(year), 2)


def _refuse(
    wrong: NDArray[np.bool_], years: NDArray[np.float64], points: NDArray[np.float64], hint: str
) -> None:
    if wrong.any():
        expected = f"a year from {points[0]:g} to {points[-1]:g} that is given"
        raise SeriesError(
            "the series has no value for this year",
            found=shown_year(years[wrong][0]),
            expected=expected,
            hint=hint,
        )
