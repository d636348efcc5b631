"""Amounts of openLCA with their uncertainty, both ways."""

from __future__ import annotations

import olca_schema as olca

from meguru.quantity import Distribution, Quantity

FORMS = olca.UncertaintyType


def amount_of(exchange: olca.Exchange, unit: str, times: float = 1.0) -> tuple[Quantity, bool]:
    """The amount of an exchange as a number of zero or more, and whether it was below.

    A lognormal spread becomes a factor on the amount; other distributions replace it, as openLCA draws from
    them and not from the amount. ``times`` is how many of ``unit`` one unit of the exchange is.
    """
    amount = float(exchange.amount or 0.0) * times
    negative = amount < 0.0
    spread = exchange.uncertainty
    kind = None if spread is None else spread.distribution_type
    if spread is None or kind is None or not amount:
        return Quantity(abs(amount), unit), negative
    if kind is FORMS.LOG_NORMAL_DISTRIBUTION:
        middle = abs(spread.geom_mean * times if spread.geom_mean else amount)
        gsd = spread.geom_sd or 1.0
        factor = Distribution("lognormal", median=middle / abs(amount), gsd=gsd)
        return Quantity(abs(amount), unit, uncertain=factor), negative
    turn = -times if negative else times
    low, mode, high = (_turned(one, turn) for one in (spread.minimum, spread.mode, spread.maximum))
    if negative:
        low, high = high, low
    if kind is FORMS.NORMAL_DISTRIBUTION:
        mean, sd = _turned(spread.mean, turn), _turned(spread.sd, times)
        distribution = Distribution("normal", mean=mean, sd=sd)
    elif kind is FORMS.TRIANGLE_DISTRIBUTION:
        distribution = Distribution("triangular", low=low, mode=mode, high=high)
    else:
        distribution = Distribution("uniform", low=low, high=high)
    return Quantity(unit=unit, distribution=distribution), negative


def _turned(number: float | None, times: float) -> float | None:
    return None if number is None else number * times


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
    given = {name: number * (1.0 if name == "gsd" else scale) for name, number in spread.parameters().items()}
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
