"""Figures that are means over the years before, as what was placed on the market in three of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from meguru.indicators.catalogue.arithmetic import column_sum, is_column
from meguru.indicators.catalogue.definitions import Preceding, Variable
from meguru.indicators.catalogue.figures import Figures, Given, fitted
from meguru.indicators.value import Value
from meguru.quantity.formula import Value as Number


def with_preceding(found: list[Figures], variables: Iterable[Variable]) -> list[Figures]:
    """Figures, completed by means over the years before where those years are there and no mean is given.

    Parameters
    ----------
    found
        By subject and year, or by subject with all its years along an axis.

    Returns
    -------
    list of Figures
        Without the years that hold nothing but what a mean of a later year is of.
    """
    for variable in variables:
        rule = variable.preceding
        if rule is not None:
            found = [_completed(one, found, variable, rule) for one in found]
            met = {(one.subject, one.year) for one in found if variable.id in one.given}
            found = [one for one in found if not _only_before(one, rule, met)]
    return found


def _only_before(one: Figures, rule: Preceding, met: set[tuple[str, int | None]]) -> bool:
    """Whether a year only gives what the mean of a later one needs."""
    if one.year is None or set(one.given) != {rule.of}:
        return False
    return any((one.subject, one.year + after) in met for after in range(1, rule.years + 1))


def _completed(one: Figures, others: list[Figures], variable: Variable, rule: Preceding) -> Figures:
    if variable.id in one.given:
        return one
    mean = _along_years(one, variable, rule) if one.years else _of_years(one, others, variable, rule)
    return one if mean is None else replace(one, given={**one.given, variable.id: mean})


def _of_years(one: Figures, others: list[Figures], variable: Variable, rule: Preceding) -> Given | None:
    """The mean where each year has figures of its own; None if one of the years is missing."""
    if one.year is None:
        return None
    by_year = {other.year: other.given.get(rule.of) for other in others if other.subject == one.subject}
    before = [by_year.get(year) for year in range(one.year - rule.years, one.year)]
    there = [given for given in before if given is not None]
    if len(there) < rule.years:
        return None
    values = [fitted(given, variable)[0] for given in there]
    values = [column_sum(value) if is_column(value) else value for value in values]
    mean = np.mean([value.array for value in values], axis=0)
    qualities = [given.quality for given in there if given.quality is not None]
    place = f"{rule.of} of {one.year - rule.years} to {one.year - 1}"
    return Given(
        Value(Number(mean, values[0].number.dimension)), True, place, min(qualities) if qualities else None
    )


def _along_years(one: Figures, variable: Variable, rule: Preceding) -> Given | None:
    """The means along the years of a result; not known for the first of them."""
    given = one.given.get(rule.of)
    if given is None:
        return None
    value, _ = fitted(given, variable)
    array = np.broadcast_to(value.array, (*value.array.shape[:-1], len(one.years)))
    mean = np.full(array.shape, np.nan)
    for index in range(rule.years, len(one.years)):
        mean[..., index] = array[..., index - rule.years : index].mean(axis=-1)
    return replace(given, value=Value(Number(mean, value.number.dimension)))
