"""What the settings of a model ask of the analysis, where nobody asks otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meguru.errors import ModelError, UnknownKeyError, UnknownNameError, WrongTypeError, did_you_mean
from meguru.foresight.model import CausalModel

AXIS_KEYS = ("node", "year", "cut")


@dataclass(frozen=True, slots=True)
class Axis:
    """A driving force: a node at a year, cut at a level; the cut is the median where none is given."""

    node: str
    year: float
    cut: float | None = None


def count_of(model: CausalModel) -> int | None:
    """``settings.groups``: the number of groups, a decision of the model's authors; None: none was taken.

    Raises
    ------
    WrongTypeError
        It is no whole number.
    """
    given = model.settings.get("groups")
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    raise _fault(
        WrongTypeError, model, "settings.groups", "wrong type", found=given, expected="a whole number"
    )


def axes_of(model: CausalModel) -> tuple[Axis, Axis] | None:
    """``settings.driving_forces``: two of ``{node, year, cut}``; None: there are none.

    Raises
    ------
    WrongTypeError
        It is no list of two such mappings.
    UnknownKeyError, UnknownNameError
        A key or node that does not exist.
    """
    given = model.settings.get("driving_forces")
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != 2:
        raise _fault(
            WrongTypeError,
            model,
            "settings.driving_forces",
            "wrong type",
            found=given,
            expected="a list of two, each {node, year} or {node, year, cut}",
        )
    first, second = (_axis(model, one, f"settings.driving_forces.{at}") for at, one in enumerate(given))
    return first, second


def _axis(model: CausalModel, given: Any, place: str) -> Axis:
    if not isinstance(given, Mapping) or not {"node", "year"} <= set(given):
        raise _fault(WrongTypeError, model, place, "wrong type", found=given, expected="{node, year, cut}")
    for key in given:
        if key not in AXIS_KEYS:
            hint = did_you_mean(str(key), AXIS_KEYS)
            raise _fault(
                UnknownKeyError, model, f"{place}.{key}", "unknown key", expected=AXIS_KEYS, hint=hint
            )
    node = given["node"]
    if node not in model.nodes:
        hint = did_you_mean(str(node), model.nodes)
        raise _fault(UnknownNameError, model, f"{place}.node", "no such node", found=node, hint=hint)
    cut = given.get("cut")
    return Axis(
        node,
        _number(model, given["year"], f"{place}.year"),
        None if cut is None else _number(model, cut, f"{place}.cut"),
    )


def _number(model: CausalModel, value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _fault(WrongTypeError, model, place, "wrong type", found=value, expected="a number")
    return float(value)


def _fault(kind: type[ModelError], model: CausalModel, place: str, message: str, **more: Any) -> ModelError:
    file, line = model.where(place)
    return kind(message, file=file, line=line, place=place, **more)
