"""An amount of others with its spread: the amount is what calculations take, the spread lies around it."""

from __future__ import annotations

import math

from meguru.quantity import Distribution, Quantity

SAME = 1e-9  # relative difference up to which an amount is the mean of its spread


def spread_around(
    amount: float, unit: str, distribution: Distribution, *, negative: bool = False
) -> Quantity:
    """An amount that is drawn from a distribution, both in the same unit.

    openLCA, EcoSpold and Brightway calculate with the amount stated and draw from the distribution. Where
    the amount is the mean, the quantity is the distribution; where it is another (the mode of a skewed
    triangle), the distribution becomes a factor on the amount. An amount of zero has no spread around it
    that a factor could hold, and keeps only one whose mean is zero.

    Parameters
    ----------
    amount
        Zero or more.
    negative
        The quantity is minus the amount.
    """
    middle_is_mean = distribution.form != "lognormal"  # of which the amount is the median
    if (
        middle_is_mean
        and not negative
        and math.isclose(distribution.expected(), amount, rel_tol=SAME, abs_tol=0.0)
    ):
        return Quantity(unit=unit, distribution=distribution)
    if not amount:
        return Quantity(0.0, unit)
    given = {
        name: number if name == "gsd" else number / amount
        for name, number in distribution.parameters().items()
    }
    factor = Distribution(distribution.form, **given)
    return Quantity(-amount if negative else amount, unit, uncertain=factor)


def turned(negative: bool, *numbers: float | None) -> tuple[float | None, ...]:
    """Bounds of an amount, ascending, in its own direction: those of a negative one change sign and order."""
    if not negative:
        return numbers
    return tuple(None if number is None else -number for number in reversed(numbers))
