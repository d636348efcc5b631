"""Side effects in numbers: how the indicators of a model move when a scenario pushes one of the 45."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from meguru.engine import Comparison, Result
from meguru.errors import IndicatorError, RangeError
from meguru.indicators.network.graph import FALLS, RISES, UNKNOWN
from meguru.indicators.network.queries import STATED, Indicator, watch
from meguru.indicators.network.reading import forty_five
from meguru.indicators.scenarios import Scenarios
from meguru.indicators.scene import Scene
from meguru.indicators.value import Array, in_unit
from meguru.model.components import Indicator as Formula
from meguru.model.components import Model

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.indicators.formulas import Formulas

HOLDS, UNDEFINED = "holds", "undefined"
NUMBERED = re.compile(r"no([0-9]+)(?:\..+)?\Z")
FLOATS = ["before", "after", "change", "share"]
COLUMNS = ["scenario", "indicator", "number", "unit", *FLOATS[:3], "direction", "share", "stated"]
SAME = 1e-9  # a change below this part of what is compared is rounding


class _Move(NamedTuple):
    """What becomes of one indicator from one scenario to another, in one year."""

    before: float | None
    after: float | None
    change: float | None
    direction: str
    share: float


def numbered(model: Model) -> dict[str, int]:
    """Indicator of the model → its number among the 45: ``no3`` is #3, ``no3.plastics`` a part of it.

    Raises
    ------
    UnknownNameError
        A number that is not among the 45.
    """
    known = forty_five()
    found = {}
    for name in model.indicators:
        match = NUMBERED.match(name)
        if match is not None:
            found[name] = int(known.find(match[1]).id)
    return found


def side_effects(
    found: Result | Comparison,
    pushed: Indicator | None = None,
    *,
    against: str | None = None,
    year: int | None = None,
) -> DataFrame:
    """How the numbered indicators of a model move from one scenario to others.

    Parameters
    ----------
    found
        What was run, if need be with samples.
    pushed
        The indicator that the scenarios push up; its cases say what should move where.
    against
        Scenario to compare with; default the reference. Run if it was not, with the same samples.
    year
        Which is looked at; default the last.

    Returns
    -------
    DataFrame
        A row for each other scenario and numbered indicator. Columns: scenario, indicator, number, unit,
        before, after (means over samples; NA where undefined), change, direction (``rises``, ``falls``,
        ``holds``, ``undefined``), share (of the samples in which it moves so), stated (``rises`` or ``falls``
        where a case says so of the indicator as a whole and the scenario pushes up ``pushed``, as far as the
        model has it; else ``unknown``).

    Raises
    ------
    IndicatorError
        The model has no numbered indicator.
    RangeError
        The year was not run.
    ScenarioError
        No such scenario to compare with.
    UnknownNameError
        No such indicator among the 45.
    """
    import pandas as pd

    scenarios = Scenarios(found)
    model = scenarios.first.model
    numbers = numbered(model)
    if not numbers:
        raise IndicatorError(
            "no indicator of the model is numbered among the 45",
            found=", ".join(model.indicators) or "no indicators",
            expected="names as no3 or no3.plastics",
        )
    stated = {}
    if pushed is not None:
        stated = {one.node.number: one.direction for one in watch(pushed) if one.level == STATED}
    lever = None if pushed is None else f"no{forty_five().find(pushed).number}"
    formulas = scenarios.formulas()
    first = scenarios.scene(scenarios.reference if against is None else against)
    shown = found.results if isinstance(found, Comparison) else [found.scenario]
    rows = []
    for scenario in shown:
        if scenario == first.name:
            continue
        scenes = (first, scenarios.scene(scenario))
        position = _position(scenes[1].years, year)
        moves = {name: _move(formulas, name, model.indicators, scenes, position) for name in numbers}
        is_pushed = lever not in moves or moves[lever].direction == RISES
        for name, move in moves.items():
            number = numbers[name]
            said = stated.get(number, UNKNOWN) if is_pushed and name == f"no{number}" else UNKNOWN
            rows.append((scenario, name, number, model.indicators[name].unit, *move, said))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table[FLOATS] = table[FLOATS].astype("Float64")
    return table


def _position(years: Iterable[int], year: int | None) -> int:
    """Where a year stands among those that were run."""
    known = [int(one) for one in years]
    if year is None:
        return len(known) - 1
    if year not in known:
        raise RangeError("the year was not run", found=year, expected=f"{known[0]} to {known[-1]}")
    return known.index(year)


def _move(
    formulas: Formulas,
    name: str,
    indicators: Mapping[str, Formula],
    scenes: tuple[Scene, Scene],
    position: int,
) -> _Move:
    """Compare sample by sample: all scenarios draw the same numbers."""
    plain = dataclasses.replace(indicators[name], against=None)
    before, after = (_samples(formulas, name, plain, scene, position) for scene in scenes)
    before, after = np.broadcast_arrays(before, after)
    known = ~(np.isnan(before) | np.isnan(after))
    if not known.any():
        return _Move(_mean(before), _mean(after), None, UNDEFINED, 1.0)
    change = after[known] - before[known]
    near = SAME * np.maximum(np.abs(after[known]), np.abs(before[known]))
    change = np.where(np.abs(change) <= near, 0.0, change)
    counts = {RISES: (change > 0).sum(), FALLS: (change < 0).sum(), HOLDS: (change == 0).sum()}
    direction = max(counts, key=lambda one: counts[one])
    share = float(counts[direction] / len(before))
    return _Move(_mean(before), _mean(after), float(change.mean()), direction, share)


def _samples(formulas: Formulas, name: str, indicator: Formula, scene: Scene, position: int) -> Array:
    """(sample,) values of a year in the unit of the indicator."""
    numbers = in_unit(formulas.value(name, indicator, scene).number, indicator.unit)
    return numbers[:, position if numbers.shape[1] > 1 else 0]


def _mean(numbers: Array) -> float | None:
    """Over the samples where it is defined; None where it is in none."""
    known = numbers[~np.isnan(numbers)]
    return float(known.mean()) if known.size else None
