"""Rounding as a source prescribes it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from meguru.indicators.catalogue.definitions import Rounding

RULES = {"floor": ROUND_FLOOR, "half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
DIGITS = 12  # beyond these a binary number is noise: 0.29 · 100 is 29, not 28.999999999999996


def rounded(value: float, steps: Iterable[Rounding]) -> float:
    """A value after all steps of rounding, in the unit in which it is shown.

    The decimal digits are rounded, not the binary number: 0.5 is a half, and 86.999999999999999 is 87
    before it is floored.
    """
    number = Decimal(f"{value:.{DIGITS}g}")
    for step in steps:
        number = number.quantize(Decimal(1).scaleb(-step.decimals), rounding=RULES[step.rule])
    return float(number)
