"""Indicators of one set on the figures of one subject, as values that can be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from meguru.errors import (
    ContradictionError,
    IndicatorError,
    MeguruError,
    MissingValueError,
    ShareError,
    did_you_mean,
)
from meguru.indicators.catalogue.conditions import hold_conditions
from meguru.indicators.catalogue.definitions import SUM, Definition, IndicatorSet, Words
from meguru.indicators.catalogue.evaluation import Evaluation, Found
from meguru.indicators.catalogue.figures import Figures
from meguru.indicators.catalogue.measured import NOT_APPLICABLE, NOT_GIVEN, PARTLY, UNDEFINED, Measured
from meguru.indicators.catalogue.reasons import why_undefined
from meguru.indicators.catalogue.rounding import rounded
from meguru.indicators.value import in_shown_unit, in_unit
from meguru.quantity.formula import Value as Number

ROUNDING = 1e-9  # relative


def measure_set(
    held: IndicatorSet,
    wanted: Iterable[Definition] | None,
    figures: Figures,
    *,
    variant: str | None = None,
    aggregation: str | None = None,
    complete: bool = True,
) -> list[Measured]:
    """Indicators of a set on one subject.

    Parameters
    ----------
    wanted
        None: all of the set, of which those without figures come as ``not given``.
    complete
        Whether those that are named must be found.

    Raises
    ------
    MissingValueError
        A figure of one of those wanted is missing.
    IndicatorError
        No such variant, or an aggregation that the indicator does not allow.
    ContradictionError
        An indicator is said not to be applicable, and figures give a value.
    """
    evaluation = Evaluation(held, figures, aggregation or SUM)
    hold_conditions(evaluation)
    found: list[Measured] = []
    for one in held.indicators.values() if wanted is None else wanted:
        chosen = _variant(one, variant, wanted is not None)
        if one.id in figures.not_applicable:
            found += _not_applicable(one, evaluation, chosen, aggregation)
            continue
        try:
            found += _measured(one, evaluation, chosen, aggregation)
        except MissingValueError as error:
            if wanted is not None and complete:
                raise error.at(place=one.id) from None
            found += _not_given(one, evaluation, chosen, error)
    return found


def _variant(definition: Definition, variant: str | None, strict: bool) -> str | None:
    """The variant, if the indicator has it; of a whole set those without it keep their own."""
    if variant is None or variant in definition.variant_names:
        return variant
    if not strict:
        return None
    raise IndicatorError(
        f"{definition.id} has no such variant",
        found=variant,
        expected=definition.variant_names,
        hint=did_you_mean(variant, definition.variant_names),
    )


def _measured(
    definition: Definition, evaluation: Evaluation, variant: str | None, aggregation: str | None
) -> Iterator[Measured]:
    name, formula, mark = definition.of_variant(variant)
    joined = evaluation.averages(formula)
    method = evaluation.aggregation if joined else None
    if joined and evaluation.aggregation not in definition.aggregation:
        raise IndicatorError(
            f"{definition.id} is not aggregated so",
            found=aggregation or SUM,
            expected=list(definition.aggregation),
            hint="Say how the rows are to be joined, or measure each as a subject of its own.",
        )
    found = evaluation.indicator(definition, variant)
    if not found.used:
        raise MissingValueError("no figure of its own is given", expected=definition.meaning.en)
    unit = evaluation.unit(definition.unit)
    by_row = evaluation.by_row() if joined else None
    if by_row is not None and by_row.rows_only(formula):
        _refuse_no_share(definition, _numbers(definition, by_row.formula(formula), unit))
    numbers = _numbers(definition, found, unit)
    _refuse_no_share(definition, numbers)
    figures = evaluation.figures
    common = {
        "definition": definition,
        "scenario": figures.scenario,
        "unit": unit,
        "variant": name,
        "aggregation": method,
        "mark": mark,
        "quality": evaluation.quality(found.used),
        "assumed": tuple(dict.fromkeys(found.assumed.values())),
        "level": figures.level,
        "goods": figures.goods,
    }
    sides = _sides(found, len(figures.places), partial(why_undefined, evaluation, formula))
    doubts = evaluation.doubts(found.used)
    columns = np.broadcast_to(numbers, (numbers.shape[0], len(figures.places)))
    for index, (subject, year) in enumerate(figures.places):
        own = {"subject": subject, "year": year, "doubts": doubts[index]}
        yield Measured(**common, **own, **{**sides[index], **_number(columns[:, index], definition)})  # type: ignore[arg-type]


def _numbers(definition: Definition, found: Found, unit: str) -> NDArray[np.float64]:
    """What a formula gives, in the unit of its indicator."""
    try:
        return in_unit(found.value.number, unit)
    except MeguruError as error:
        raise error.at(place=definition.id) from None


def _refuse_no_share(definition: Definition, numbers: NDArray[np.float64]) -> None:
    """What lies between nothing and the whole by its definition does so for each product and plant."""
    if not definition.is_share:
        return
    sign, whole = (" %", 100.0) if definition.unit == "%" else ("", 1.0)
    least, most = np.nanmin(numbers, initial=0.0), np.nanmax(numbers, initial=0.0)
    if least < 0.0 or most > whole * (1.0 + ROUNDING):
        raise ShareError(
            "a part is less than nothing" if least < 0.0 else "a part is more than the whole",
            place=definition.id,
            found=f"{least if least < 0.0 else most:g}{sign}",
            expected=f"at least 0{sign}" if least < 0.0 else f"at most {whole:g}{sign}",
        )


def _number(column: NDArray[np.float64], definition: Definition) -> dict[str, object]:
    """Value and state of the samples of one place."""
    if column.size == 1:
        return _one_number(float(column[0]), definition)
    known = column[~np.isnan(column)]
    if not known.size:
        return {"state": UNDEFINED}
    value = float(known.mean())
    found: dict[str, object] = {"value": value}
    if definition.rounding:
        found["shown"] = rounded(value, definition.rounding)
    lost = column.size - known.size
    if lost:
        found["state"] = PARTLY
        found["reason"] = Words(
            f"undefined in {lost} of {column.size} samples", f"{column.size}標本中{lost}標本で未定義"
        )
    if column.size > 1:
        found["p05"], found["p95"] = (float(one) for one in np.quantile(known, (0.05, 0.95)))
    return found


def _one_number(value: float, definition: Definition) -> dict[str, object]:
    if math.isnan(value):
        return {"state": UNDEFINED}
    if definition.rounding:
        return {"value": value, "shown": rounded(value, definition.rounding)}
    return {"value": value}


def _sides(found: Found, years: int, why: Callable[[int], Words]) -> list[dict[str, object]]:
    """Numerator and denominator by year, and why a value is undefined."""
    top, top_unit = _side(found.value.top, years)
    bottom, bottom_unit = _side(found.value.bottom, years)
    array = np.broadcast_to(found.value.array, (found.value.array.shape[0], years))
    unknown: NDArray[np.bool_] = np.asarray(np.isnan(array).all(axis=0))
    sides: list[dict[str, object]] = []
    for index in range(years):
        side: dict[str, object] = {}
        if top is not None and bottom is not None:
            side = {
                "numerator": top[index],
                "numerator_unit": top_unit,
                "denominator": bottom[index],
                "denominator_unit": bottom_unit,
            }
        if unknown[index]:
            side["reason"] = why(index)
        sides.append(side)
    return sides


def _side(number: Number | None, years: int) -> tuple[list[float | None] | None, str]:
    if number is None or number.array.ndim != 2:
        return None, ""
    array, unit = in_shown_unit(number)
    mean = np.broadcast_to(array.mean(axis=0), (years,))
    return [None if np.isnan(one) else float(one) for one in mean], unit


def _not_applicable(
    definition: Definition, evaluation: Evaluation, variant: str | None, aggregation: str | None
) -> Iterator[Measured]:
    """The reason in place of a value; figures may say at most that there is nothing of it."""
    try:
        values = list(_measured(definition, evaluation, variant, aggregation))
    except MissingValueError:
        values = []
    for one in values:
        if one.value:
            raise ContradictionError(
                "said not to be applicable, and figures give a value",
                place=definition.id,
                found=f"{one.value:.6g} {one.unit}",
                expected="figures or the reason, not both",
            )
    why = evaluation.figures.not_applicable[definition.id]
    yield from _without(definition, evaluation, variant, NOT_APPLICABLE, Words(why, why))


def _not_given(
    definition: Definition, evaluation: Evaluation, variant: str | None, error: MissingValueError
) -> Iterator[Measured]:
    where = f"{error.place}: " if error.found is not None and error.place else ""  # an empty cell has one
    reason = Words(
        f"{where}{error.message} ({error.expected})", f"未入力: {where}{error.message}（{error.expected}）"
    )
    return _without(definition, evaluation, variant, NOT_GIVEN, reason)


def _without(
    definition: Definition, evaluation: Evaluation, variant: str | None, state: str, reason: Words
) -> Iterator[Measured]:
    """A reason in place of a value, for each place."""
    name, _, mark = definition.of_variant(variant)
    figures = evaluation.figures
    for subject, year in figures.places:
        yield Measured(
            definition,
            subject,
            figures.scenario,
            year,
            unit=evaluation.unit(definition.unit),
            state=state,
            reason=reason,
            variant=name,
            mark=mark,
            level=figures.level,
            goods=figures.goods,
        )
