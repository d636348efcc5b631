"""Check a model without running it: its indicators last, by formulas, names, dimensions, units, targets."""

from __future__ import annotations

from meguru.engine import check as check_model_and_engine
from meguru.errors import MeguruError, ModelWarning
from meguru.indicators.scenarios import model_scenes
from meguru.indicators.targets import published
from meguru.indicators.value import in_unit
from meguru.model.checks import locate
from meguru.model.components import Model
from meguru.model.warnings import find_warnings


def check(model: Model) -> list[ModelWarning]:
    """Raise the first fault of a model, of one of its scenarios or of its indicators.

    Returns
    -------
    list of ModelWarning
        What is probably not meant, though the model can be run: each with place, what was found and expected.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line, place, what was found and what was expected.
    IndicatorError
        An indicator that asks for what the model does not have.
    """
    check_model_and_engine(model)
    check_indicators(model)
    return find_warnings(model)


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
                found.setdefault(str(locate(model, error.at(place=place))), error)
                if first_only:
                    return list(found.values())
    try:
        published(model)
    except MeguruError as error:
        found.setdefault(str(error), error)
    return list(found.values())
