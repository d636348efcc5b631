"""Check the indicators of a model without running it: formulas, names, dimensions, units, targets."""

from __future__ import annotations

from meguru.errors import MeguruError
from meguru.indicators.scenarios import model_scenes
from meguru.indicators.targets import published
from meguru.indicators.value import in_unit
from meguru.model import where
from meguru.model.components import Model


def check_indicators(model: Model) -> None:
    """Raise the first fault of the indicators of a model, in any of its scenarios.

    Raises
    ------
    FormulaError
        A formula that can not be read, or indicators that need each other in a circle.
    UnknownNameError
        A function, filter, indicator or target that is not there, with the nearest valid name.
    DimensionError
        Numbers of different dimensions are added, or the unit does not fit.
    ScenarioError
        A formula refers to a scenario that is not there.
    """
    for fault in indicator_faults(model, first_only=True):
        raise fault


def indicator_faults(model: Model, *, first_only: bool = False) -> list[MeguruError]:
    """All faults of the indicators of a model, each once."""
    found: dict[str, MeguruError] = {}
    for scene, formulas in model_scenes(model):
        for name, indicator in scene.model.indicators.items():
            place = f"indicators.{name}.unit"
            try:
                in_unit(formulas.value(name, indicator, scene).number, indicator.unit)
            except MeguruError as error:
                file, line = where(model, place)
                found.setdefault(str(error.at(file=file, line=line, place=place)), error)
                if first_only:
                    return list(found.values())
    try:
        published(model)
    except MeguruError as error:
        found.setdefault(str(error), error)
    return list(found.values())
