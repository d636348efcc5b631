"""Uncertain numbers that may be drawn outside what is possible: a run with samples would stop there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from meguru.errors import FormulaError, ModelWarning
from meguru.files.attribute import declared
from meguru.model.checks.measured import Measured, measured
from meguru.model.checks.numbers import ANY, NOT_NEGATIVE, Evaluation, Range, listed_range, shown_range
from meguru.model.components import Model
from meguru.model.warnings.warning import warning
from meguru.quantity import Distribution, draw

TINY = 1e-6  # part of the samples that may lie outside without a word
GRID = 500
LEVELS = np.array([TINY, *((np.arange(GRID) + 0.5) / GRID), 1.0 - TINY])
SLACK = 1e-12  # as the engine allows
SHARE: Range = (0.0, 1.0)
UNBOUNDED = ("Indicator", "Measure")
HINT = (
    "Cut a normal distribution off by 'low' and 'high', or take one that ends there, as uniform, triangular "
    "or pert."
)


def outside_what_is_possible(model: Model) -> Iterator[ModelWarning]:
    """Distributions stay inside what is possible, each by itself, with all others at their means."""
    for one in measured(model):
        low, high = _range(one)
        if (low, high) == ANY:
            continue
        for place in _uncertain(model, one):
            yield from _outside(model, one, place, low, high)


def _range(one: Measured) -> Range:
    if type(one.owner).__name__ in UNBOUNDED:
        return ANY
    listed = listed_range(one)
    if listed is not None:
        return listed
    attribute = declared(type(one.owner))[one.key].attribute
    return SHARE if attribute.form == "split" or attribute.dimension == "share" else NOT_NEGATIVE


def _uncertain(model: Model, one: Measured) -> Iterator[str]:
    """Places of the distributions that a quantity depends on."""
    if not one.quantity.is_certain():
        yield one.place
    waiting, seen = [one.quantity], set[str]()
    while waiting:
        for name in sorted(waiting.pop().formula_names() - seen):
            seen.add(name)
            waiting.append(model.parameters[name])
            if not model.parameters[name].is_certain():
                yield f"parameters.{name}"


def _outside(model: Model, one: Measured, place: str, low: float, high: float) -> Iterator[ModelWarning]:
    evaluation = Evaluation(model, draw=lambda at: _levels if at == place else None)
    more = {"expected": shown_range(low, high), "hint": HINT}
    if place != one.place:
        more["hint"] = f"It is computed with '{place}'. {HINT}"
    try:
        values = evaluation.array_in_one_of(one.quantity, one.units, one.place)
    except FormulaError as error:
        yield warning(
            model, one.place, f"samples may give no number: {error.message}", found=error.found, **more
        )
        return
    wrong = np.any((values < low - SLACK) | (values > high + SLACK), axis=1)
    if wrong.any():
        part = float(wrong[1:-1].mean())
        yield warning(
            model,
            one.place,
            "samples may lie outside what is possible",
            found=f"{_often(part)}, from {values.min():.3g} to {values.max():.3g}",
            **more,
        )


def _often(part: float) -> str:
    return f"{part:.1%} of them" if part else f"less than {1 / GRID:.1%} of them"


def _levels(distribution: Distribution) -> NDArray[np.float64]:
    """Values at evenly spread levels, and the extremes of a million samples."""
    return draw(distribution, LEVELS)
