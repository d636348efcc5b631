"""Indicators as plain arrays, one number for each sample and year."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from meguru.engine import Comparison, Result
from meguru.errors import MeguruError, UnknownNameError, did_you_mean
from meguru.indicators.scenarios import Scenarios
from meguru.indicators.value import Array, in_unit
from meguru.model.checks import locate


def arrays(
    found: Result | Comparison, indicators: Iterable[str] | None = None, scenario: str | None = None
) -> dict[str, Array]:
    """Indicators of one scenario by sample.

    Parameters
    ----------
    found
        What was run. Other scenarios that formulas look at may be in a comparison with fewer samples: one
        stands for all.
    indicators
        Ids; default all of the model.
    scenario
        Which one of a comparison; default the first.

    Returns
    -------
    indicator → (sample, year), in the indicator's unit; NaN where it is undefined

    Raises
    ------
    UnknownNameError
        No such indicator.
    MeguruError
        As :func:`meguru.evaluate`.
    """
    scenarios = Scenarios(found)
    known = scenarios.first.model.indicators
    scene = scenarios.scene(scenario or scenarios.first.scenario)
    samples = scenarios.results[scene.name].samples
    formulas = scenarios.formulas()
    values: dict[str, Array] = {}
    for name in known if indicators is None else indicators:
        if name not in known:
            raise UnknownNameError(
                "no such indicator", found=name, expected=list(known), hint=did_you_mean(name, known)
            )
        value = formulas.value(name, known[name], scene)
        try:
            numbers = in_unit(value.number, known[name].unit)
        except MeguruError as error:
            raise locate(scene.model, error.at(place=f"indicators.{name}.unit")) from None
        values[name] = np.broadcast_to(numbers, (samples, len(scene.years)))
    return values
