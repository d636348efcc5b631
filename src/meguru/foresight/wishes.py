"""What the settings of a model ask of the analysis, where nobody asks otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meguru.errors import (
    ModelError,
    RangeError,
    UnknownKeyError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.foresight.model import CausalModel

AXIS_KEYS = ("node", "year", "cut")
COUNT_KEYS = ("count", "why")
MOST_GROUPS = 26  # each has a letter


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
        It is neither a whole number nor a mapping with one.
    UnknownKeyError
        A key of the mapping that does not exist.
    """
    return _fixed(model)[0]


def why_count(model: CausalModel) -> dict[str, str]:
    """``why`` of ``settings.groups`` by language: how the authors came to their number; empty: not said.

    Raises
    ------
    WrongTypeError, UnknownKeyError
        As :func:`count_of`.
    """
    return _fixed(model)[1]


def _fixed(model: CausalModel) -> tuple[int | None, dict[str, str]]:
    given, why, place = model.settings.get("groups"), {}, "settings.groups"
    if isinstance(given, Mapping):
        for key in given:
            if key not in COUNT_KEYS:
                hint, at = did_you_mean(str(key), COUNT_KEYS), f"{place}.{key}"
                raise _fault(UnknownKeyError, model, at, "unknown key", expected=COUNT_KEYS, hint=hint)
        why, given, place = given.get("why", {}), given.get("count"), f"{place}.count"
        why = {"en": why, "ja": why} if isinstance(why, str) else why
        if not isinstance(why, Mapping) or not all(isinstance(one, str) for one in why.values()):
            at = "settings.groups.why"
            raise _fault(WrongTypeError, model, at, "wrong type", found=why, expected="words by language")
    if given is None and place == "settings.groups":
        return None, {}
    if not isinstance(given, int) or isinstance(given, bool):
        raise _fault(WrongTypeError, model, place, "wrong type", found=given, expected="a whole number")
    if not 1 <= given <= MOST_GROUPS:
        expected = f"1 to {MOST_GROUPS}"
        raise _fault(RangeError, model, place, "the number of groups", found=given, expected=expected)
    return given, dict(why)


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
