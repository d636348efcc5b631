"""Published values beside computed ones."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from meguru.errors import MeguruError, UnknownNameError, WrongTypeError, did_you_mean
from meguru.indicators.value import converted
from meguru.model.checks import locate
from meguru.model.components import Model
from meguru.quantity import Quantity, read_quantity

if TYPE_CHECKING:
    from pandas import DataFrame

NUMBER = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
ALMOST = 1.0 + 1e-9  # a computed value on the very border counts as within


def published(model: Model) -> DataFrame:
    """Published values of a model: the targets of its scenarios, for its last year.

    Returns
    -------
    DataFrame
        Columns scenario, indicator, year, published, unit (of the indicator), rounding (half of the last
        digit printed, in that unit).

    Raises
    ------
    UnknownNameError
        A target for no indicator of the model.
    WrongTypeError
        A target that is no number.
    DimensionError
        A target in a unit of another dimension than the indicator.
    """
    import pandas as pd

    rows = [
        (name, indicator, model.time.last, *_read(model, name, indicator, target))
        for name, scenario in model.scenarios.items()
        for indicator, target in (scenario.targets or {}).items()
    ]
    rows += [
        (name, indicator, model.time.last, *_read(model, name, indicator, entry.target))
        for indicator, entry in model.indicators.items()
        if entry.target is not None
        for name, scenario in model.scenarios.items()
        if indicator not in (scenario.targets or {})
    ]
    return pd.DataFrame(rows, columns=["scenario", "indicator", "year", "published", "unit", "rounding"])


def against_targets(table: DataFrame, model: Model) -> DataFrame:
    """Published values beside those computed, where the table of :func:`meguru.evaluate` has the scenario.

    Returns
    -------
    DataFrame
        Columns scenario, indicator, year, published, computed, unit, rounding, within (whether the computed
        value is the published one within its printed rounding; an undefined value is not).
    """
    wanted = published(model)
    wanted = wanted[wanted["scenario"].isin(table["scenario"].unique())]
    found = table[["scenario", "indicator", "year", "value"]].rename(columns={"value": "computed"})
    joined = wanted.merge(found, how="left", on=["scenario", "indicator", "year"])
    distance = (joined["computed"] - joined["published"]).abs()
    joined["within"] = (distance <= joined["rounding"] * ALMOST).fillna(False).astype(bool)
    return joined[["scenario", "indicator", "year", "published", "computed", "unit", "rounding", "within"]]


def _read(model: Model, scenario: str, indicator: str, target: Any) -> tuple[float, str, float]:
    """Value and rounding of a target in the unit of its indicator, and that unit."""
    place = f"scenarios.{scenario}.targets.{indicator}"
    try:
        if indicator not in model.indicators:
            raise UnknownNameError(
                "no such indicator",
                found=indicator,
                expected=list(model.indicators),
                hint=did_you_mean(indicator, model.indicators),
            )
        quantity = target if isinstance(target, Quantity) else read_quantity(target)
        if quantity.value is None:
            raise WrongTypeError(
                "a published value must be one number", found=target, expected="a number, as '39 %'"
            )
        unit = model.indicators[indicator].unit
        value = converted(quantity.value, quantity.unit or "1", unit)
        return value, unit, abs(converted(_half_digit(target), quantity.unit or "1", unit))
    except MeguruError as error:
        raise locate(model, error.at(place=place)) from None


def _half_digit(target: Any) -> float:
    """Half of the last digit printed: 0.5 for 39, 0.05 for 2.2."""
    if isinstance(target, dict):
        target = target.get("value")
    if isinstance(target, Quantity):
        target = f"{target.value:.15g}"
    text = NUMBER.match(str(target).strip())
    try:
        exponent = Decimal(text.group().replace(",", "").replace("−", "-")).as_tuple().exponent if text else 0
    except InvalidOperation as error:
        raise WrongTypeError("a published value must be one number", found=target) from error
    return 0.5 * 10.0 ** (exponent if isinstance(exponent, int) else 0)
