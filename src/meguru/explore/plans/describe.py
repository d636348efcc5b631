"""Plans in short: by the names of their measures, and by what these are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from meguru.model import Model
from meguru.model.components import Measure

if TYPE_CHECKING:
    from meguru.explore.plans.measures import Plan, Taken

LANGUAGES = ("en", "ja")


def plan_text(model: Model, plan: Plan) -> str:
    """The measures of a plan by name, as ``more_parts 10 %, take_back from 2027``."""
    return ", ".join(_text(model, one) for one in plan) or "–"


def _text(model: Model, taken: Taken) -> str:
    wanted = model.measures[taken.measure].range
    level = ""
    if taken.level is not None and wanted is not None:
        level = f" {taken.level:.6g} {wanted.low.unit}".rstrip()
    year = f" from {taken.since}" if taken.since is not None else ""
    return f"{taken.measure}{level}{year}"


def plan_labels(model: Model, plan: Plan) -> dict[str, str] | None:
    """What the measures of a plan are called, by language; None for an empty plan."""
    return labels(model, [(one.measure, one.since, level_of(model, one)) for one in plan])


def level_of(model: Model, taken: Taken) -> dict[str, Any] | None:
    """The number that a measure sets, as it may stand in a file; None: the one that the model says."""
    wanted = model.measures[taken.measure].range
    if taken.level is None or wanted is None:
        return None
    return {"value": taken.level, "unit": wanted.low.unit}


def labels(model: Model, taken: Sequence[tuple[str, int | None, Any]]) -> dict[str, str] | None:
    """As :func:`plan_labels`, of (measure, year, value as it may stand in a file)."""
    if not taken:
        return None
    return {language: " + ".join(_label(model, *one, language) for one in taken) for language in LANGUAGES}


def _label(model: Model, name: str, since: int | None, value: Any, language: str) -> str:
    """A measure as it is taken; with a level by the name of its number, if that has one."""
    measure, level = model.measures[name], ""
    named: Iterable[Measure | Any] = (measure,)
    if isinstance(value, dict) and "value" in value:
        level = f" {value['value']:.4g} {value['unit']}".rstrip()
        named = (measure.range, measure)
    label = next((one.label for one in named if one is not None and one.label), name)
    text = label if isinstance(label, str) else label.get(language) or next(iter(label.values()))
    year = "" if since is None else f" from {since}" if language == "en" else f"（{since}年から）"
    return f"{text}{level}{year}"
