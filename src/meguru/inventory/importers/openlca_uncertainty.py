"""Amounts of openLCA with their uncertainty, both ways."""

from __future__ import annotations

import olca_schema as olca

from meguru.inventory.importers.naming import finite
from meguru.inventory.importers.spreads import spread_around, turned
from meguru.quantity import Distribution, Quantity

FORMS = olca.UncertaintyType


def amount_of(one: olca.Exchange, unit: str, times: float, place: str) -> tuple[Quantity, bool]:
    """The amount of an exchange as a number of zero or more with its spread, and whether it was below.

    ``times`` is how many of ``unit`` one unit of the exchange is.
    """
    amount = finite(one.amount or 0.0, place) * times
    distribution = distribution_of(one.uncertainty, amount, times, place)
    size = abs(amount)
    quantity = Quantity(size, unit) if distribution is None else spread_around(size, unit, distribution)
    return quantity, amount < 0.0


def distribution_of(
    spread: olca.Uncertainty | None, amount: float, times: float, place: str
) -> Distribution | None:
    """The distribution of an amount, turned into its direction; None where it is certain.

    ``amount`` is in the unit wanted, of which ``times`` are one that the spread is told in.
    """
    kind = None if spread is None else spread.distribution_type
    if spread is None or kind is None:
        return None

    def number(found: float | None) -> float | None:
        return None if found is None else finite(found, place) * times

    negative = amount < 0.0
    if kind is FORMS.LOG_NORMAL_DISTRIBUTION:
        if not amount:
            return None
        middle = number(spread.geom_mean) or amount
        return Distribution("lognormal", median=abs(middle), gsd=finite(spread.geom_sd or 1.0, place))
    if kind is FORMS.NORMAL_DISTRIBUTION:
        (mean,) = turned(negative, number(spread.mean))
        return Distribution("normal", mean=mean, sd=number(spread.sd))
    low, mode, high = turned(negative, number(spread.minimum), number(spread.mode), number(spread.maximum))
    if kind is FORMS.TRIANGLE_DISTRIBUTION:
        return Distribution("triangular", low=low, mode=mode, high=high)
    return Distribution("uniform", low=low, high=high)


def uncertainty_of(
    quantity: Quantity, amount: float, times: float = 1.0
) -> tuple[olca.Uncertainty | None, str | None]:
    """The uncertainty of an amount in the form of openLCA, and what of it openLCA can not hold.

    ``amount`` is in the unit written, of which ``times`` are one of the quantity's.
    """
    own, factor = quantity.distribution, quantity.uncertain
    spread = own or factor
    if spread is None:
        return None, None
    scale = times if own is not None else amount
    given: dict[str, float | None]
    given = {name: number * (1.0 if name == "gsd" else scale) for name, number in spread.parameters().items()}
    if scale < 0.0:  # a factor below zero: bounds change places
        given |= {"low": given.get("high"), "high": given.get("low"), "sd": -(given.get("sd") or 0.0)}
    if spread.form == "lognormal" and spread.gsd is not None:
        return olca.Uncertainty(
            distribution_type=FORMS.LOG_NORMAL_DISTRIBUTION, geom_mean=given["median"], geom_sd=given["gsd"]
        ), None
    if spread.form == "normal" and spread.low is None and spread.high is None:
        return olca.Uncertainty(
            distribution_type=FORMS.NORMAL_DISTRIBUTION, mean=given["mean"], sd=given["sd"]
        ), None
    if spread.form in ("triangular", "uniform"):
        kind = FORMS.TRIANGLE_DISTRIBUTION if spread.form == "triangular" else FORMS.UNIFORM_DISTRIBUTION
        return olca.Uncertainty(
            distribution_type=kind,
            minimum=given["low"],
            mode=given.get("mode"),
            maximum=given["high"],
        ), None
    return None, f"a {spread.form} distribution ({', '.join(spread.parameters())})"
