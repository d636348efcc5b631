"""Uncertainty from a pedigree: five scores to the spread of a lognormal distribution.

Variance of the logarithm = basic variance + the sum of those of the scores (the ecoinvent form of the matrix
of Weidema & Wesnæs 1996, doi:10.1016/S0959-6526(96)00043-1, as in the data quality guideline of ecoinvent 3,
Weidema et al. 2013). The published factors U are squares of geometric standard deviations; a variance is
(ln U / 2)².
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from meguru.errors import WrongTypeError
from meguru.inventory.components import Exchange
from meguru.inventory.conversion import one_number
from meguru.quantity import Distribution, Quantity

BASIC_VARIANCE = 0.0006
# Scores 1 to 5 of reliability, completeness, time, place, technology.
VARIANCES = (
    (0.0, 0.0006, 0.002, 0.008, 0.04),
    (0.0, 0.0001, 0.0006, 0.002, 0.008),
    (0.0, 0.0002, 0.002, 0.008, 0.04),
    (0.0, 2.5e-5, 0.0001, 0.0006, 0.002),
    (0.0, 0.0006, 0.008, 0.04, 0.12),
)
YEARS = (3, 6, 10, 15)  # of the scores 1 to 4 for time: fewer than these
_FORM = re.compile(r"\(?\s*([1-5])\s*(?:[;,]\s*([1-5])\s*){4}\)?")


def scores(pedigree: str, place: str = "") -> tuple[int, ...]:
    """The five scores of a text such as ``2;3;1;1;4``.

    Raises
    ------
    WrongTypeError
        Not five whole numbers from 1 to 5.
    """
    if not is_pedigree(pedigree):
        raise WrongTypeError(
            "not a pedigree", place=place, found=pedigree, expected="five scores from 1 to 5, as 2;3;1;1;4"
        )
    return tuple(int(digit) for digit in re.findall("[1-5]", pedigree))


def is_pedigree(text: str) -> bool:
    """Whether a text is five scores from 1 to 5."""
    return _FORM.fullmatch(text) is not None


def time_score(years: float | None) -> int:
    """The score of the years between a number and what it is used for; None: nobody knows how many.

    Less than 3, 6, 10 and 15 years are the scores 1 to 4; more, or an unknown age, is 5.
    """
    if years is None:
        return len(YEARS) + 1
    return 1 + sum(abs(years) >= limit for limit in YEARS)


def spread(pedigree: str, basic_variance: float = BASIC_VARIANCE) -> float:
    """Geometric standard deviation of a pedigree: √ of the variances, as a factor.

    >>> round(spread("2;3;1;1;4"), 4)
    1.2269
    """
    total = basic_variance + sum(
        row[score - 1] for row, score in zip(VARIANCES, scores(pedigree), strict=True)
    )
    return math.exp(math.sqrt(total))


def uncertain_amount(exchange: Exchange) -> Quantity:
    """The amount of an exchange with its uncertainty: as stated, else from the pedigree."""
    amount = exchange.amount
    if exchange.pedigree is None or not amount.is_certain():
        return amount
    basic = exchange.basic_variance
    variance = BASIC_VARIANCE if basic is None else one_number(basic, "", "basic_variance")
    factor = Distribution("lognormal", median=1.0, gsd=spread(exchange.pedigree, variance))
    return replace(amount, uncertain=factor)
