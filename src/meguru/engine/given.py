"""Numbers that are given to a run from outside: place in the model → one for each sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RunError, UnknownNameError, did_you_mean
from meguru.model import Model
from meguru.model.walk import quantities


def numbers_given(
    models: Iterable[Model], values: Mapping[str, NDArray[np.float64]], samples: int | None
) -> dict[str, NDArray[np.float64]]:
    """The numbers given from outside, copied; refused where they would not be used or can not be."""
    if values:
        _refuse_unknown(values, models)
    given: dict[str, NDArray[np.float64]] = {}
    for place, array in values.items():
        try:
            row = np.array(array, dtype=np.float64)
        except (TypeError, ValueError):
            raise RunError("sampled values that are no numbers", place=place, found=array) from None
        if row.ndim != 1 or not row.size:
            raise RunError(
                "sampled values of the wrong shape", place=place, found=row.shape, expected="(sample,)"
            )
        samples = len(row) if samples is None else samples
        if len(row) != samples:
            raise RunError(
                "sampled values of the wrong length", place=place, found=len(row), expected=f"{samples}"
            )
        wrong = np.flatnonzero(~np.isfinite(row))
        if wrong.size:
            raise RunError(
                "a sampled value that is not finite",
                place=place,
                found=f"{row[wrong[0]]} in sample {wrong[0]}",
                expected="finite numbers",
            )
        given[place] = row
    return given


def those_of(applied: Model, values: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Of the numbers given, those for quantities that a model has."""
    places = {place for place, *_ in quantities(applied)} if values else set()
    return {place: array for place, array in values.items() if place in places}


def _refuse_unknown(values: Iterable[str], models: Iterable[Model]) -> None:
    """Every number given from outside is for a quantity of at least one of the models."""
    places = {place for model in models for place, *_ in quantities(model)}
    for place in values:
        if place not in places:
            raise UnknownNameError(
                "sampled values for a quantity that the model does not have",
                place=place,
                hint=did_you_mean(place, places),
            )
