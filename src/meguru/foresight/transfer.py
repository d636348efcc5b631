"""A group's path becomes a scenario of a life cycle model: what the futures say, where the user puts it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine.accounts.account import write_books
from meguru.engine.compiling.program import compile_model
from meguru.errors import (
    DuplicateKeyError,
    ModelError,
    RangeError,
    ScenarioError,
    UnitError,
    UnknownNameError,
    did_you_mean,
)
from meguru.files.attribute import attribute
from meguru.files.marks import marks_of, set_marks
from meguru.files.tree import parse_tree, read_text
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.futures import Futures, hash_of
from meguru.foresight.read import CausalReader
from meguru.model import Model, apply, scenario_names
from meguru.model.checks import faults_here
from meguru.model.components import Measure, Scenario
from meguru.model.scenario import WITHOUT_SCENARIOS
from meguru.model.walk import clone
from meguru.quantity import convert, dimension_of

Floats = NDArray[np.float64]

DIGITS = 10  # of a value handed over: more would be false precision in a file that is read by people


@dataclass(frozen=True, slots=True)
class Transfer:
    """A factor, and the place of the model that takes it: value = ``plus`` + ``times`` × factor.

    A factor whose own unit is of the kind of ``unit`` is converted first: 0.2 of a factor in 1 is 20 %.
    """

    node: str = attribute("text", "factor of the causal model")
    to: str = attribute("text", "place in the life cycle model, as in the changes of a scenario")
    unit: str = attribute("text", "of the value that the place gets")
    times: float | None = attribute(
        "number",
        "a plain number (default 1) where the unit of the factor converts into that unit, which it is then "
        "told in; else, and for an index, of that unit for one unit of the factor, and it must be given",
        default=None,
    )
    plus: float = attribute("number", "value where the factor is 0", default=0.0, dimension="unit")
    low: float = attribute("number", "values below are raised to it", default=-math.inf, dimension="unit")
    high: float = attribute("number", "values above are lowered to it", default=math.inf, dimension="unit")
    source: str = attribute("text", "why it is translated so, or that it is assumed", default="")


@dataclass(frozen=True, slots=True)
class HandOver:
    """What is handed over."""

    factors: tuple[Transfer, ...] = attribute("list", "factors and their places", component="Transfer")
    inherits: str = attribute(
        "text",
        "scenario of the life cycle model on which the new ones rest; default its reference",
        default="",
    )
    beyond: str = attribute(
        "choice",
        "after the last year of the futures: an error, or the last value holds",
        choices=("error", "hold"),
        default="error",
    )


def read_hand_over(path: str | os.PathLike[str]) -> HandOver:
    """Read what is handed over from a YAML or JSON file.

    Raises
    ------
    ModelError
        A named one, with file and line.
    """
    file = str(Path(path))
    read: HandOver = CausalReader({"Transfer": Transfer}).component(
        HandOver, parse_tree(read_text(Path(path)), file), ""
    )
    _check(read, file)
    return read


def hand_over(
    futures: Futures,
    groups: Groups,
    code: str,
    model: Model,
    rules: HandOver,
    *,
    quantiles: Mapping[str, float] | None = None,
) -> Model:
    """A life cycle model with a scenario for the path of a group.

    Each factor's quantile over the futures of the group becomes, year by year, a series at its place, as a
    measure that holds from the first year of the futures on; what the model says of earlier years stays.

    Parameters
    ----------
    futures, groups
        The futures and their groups.
    code
        Of the group.
    model
        It is not changed.
    rules
        Which factor goes where.
    quantiles
        Name of a scenario → quantile, above 0 and below 1; default the median, called ``group_A``.

    Returns
    -------
    Model
        A copy; each scenario was applied once, so that its places and units are known to be right.

    Raises
    ------
    UnknownNameError, RangeError
        No such factor or group, a quantile out of range, a snapshot missing.
    ScenarioError, ModelError
        A scenario of that name is there already, or a place does not take the series.
    """
    members = np.flatnonzero(groups.labels == groups.number(code))
    asked = {f"group_{code}": 0.5} if quantiles is None else quantiles
    _check(rules, None)
    rows = _years(futures)
    written = clone(model)
    set_marks(written, dict(marks_of(model)))
    if not written.scenarios:
        written.scenarios[WITHOUT_SCENARIOS] = Scenario(reference=True)
    base = _base(written, rules)
    origin = _origin(futures, groups, code)
    for name, quantile in asked.items():
        if not 0 < quantile < 1:
            raise RangeError("a quantile", place=name, found=quantile, expected="above 0 and below 1")
        if name in written.scenarios or name in written.measures:
            message, place = "there is such a scenario or measure already", f"scenarios.{name}"
            raise ScenarioError(message, place=place, found=name)
        changes = {
            one.to: _series(futures, members, one, quantile, rows, rules.beyond) for one in rules.factors
        }
        label, since = _label(futures, code, quantile), round(float(futures.years[0]))
        written.measures[name] = Measure(since=since, changes=changes, label=label, note=origin)
        written.scenarios[name] = Scenario(inherits=base, measures=[name], label=label)
        _tried(written, name)
    return written


def _base(model: Model, rules: HandOver) -> str:
    """The scenario on which the new ones rest: the one named, or the reference."""
    if rules.inherits:
        if rules.inherits not in model.scenarios:
            hint = did_you_mean(rules.inherits, model.scenarios)
            raise ScenarioError("no such scenario", place="inherits", found=rules.inherits, hint=hint)
        return rules.inherits
    return _reference(model, list(model.scenarios))


def _check(rules: HandOver, file: str | None) -> None:
    """Refuse what has no one meaning."""
    if not rules.factors:
        raise RangeError("nothing is handed over", file=file, place="factors", expected="one factor or more")
    places = [one.to for one in rules.factors]
    for place in places:
        if places.count(place) > 1:
            raise DuplicateKeyError("a place stands twice", file=file, place="factors", found=place)
    for at, one in enumerate(rules.factors):
        numbers = (1.0 if one.times is None else one.times, one.plus)
        if not all(map(math.isfinite, numbers)) or one.times == 0:
            raise RangeError("no such translation", file=file, place=f"factors.{at}", found=numbers)
        if one.low > one.high:
            raise RangeError(
                "low above high", file=file, place=f"factors.{at}", found=f"{one.low}, {one.high}"
            )


def _years(futures: Futures) -> list[int]:
    """Rows of whole years."""
    rows = [at for at, year in enumerate(futures.years) if abs(year - round(year)) < 1e-6]
    if not rows or rows[0] != 0:
        raise RangeError("the futures do not begin with a whole year", found=float(futures.years[0]))
    return rows


def _series(
    futures: Futures,
    members: np.ndarray[Any, Any],
    one: Transfer,
    quantile: float,
    rows: list[int],
    beyond: str,
) -> dict[str, Any]:
    """A factor's path as a series of the model file."""
    if one.node not in futures.model.nodes:
        hint = did_you_mean(one.node, futures.model.nodes)
        raise UnknownNameError("no such node", place=f"factors.{one.to}", found=one.node, hint=hint)
    path = np.quantile(np.asarray(futures.of(one.node)[:, members], dtype=float), quantile, axis=1)
    scaled, how = _scaled(futures.model.nodes[one.node].unit, path, one)
    values = np.clip(one.plus + scaled, one.low, one.high)
    series: dict[float, float] = {
        round(float(futures.years[row])): float(f"{values[row]:.{DIGITS}g}") for row in rows
    }
    if len(series) == 1:
        raise RangeError("one year only", place=f"factors.{one.to}", found=series)
    told = f"{one.node} of {futures.model.name}, quantile {quantile:g}: {one.plus:g} + {how}"
    source = f"{told}; {one.source}" if one.source else told
    more = {"beyond": beyond} if beyond != "error" else {}
    return {"values": series, "unit": one.unit, **more, "source": source}


def _scaled(own: str, path: Floats, one: Transfer) -> tuple[Floats, str]:
    """Times the path of a factor, in the unit of its place, and how that was had.

    Raises
    ------
    RangeError
        The unit of the factor does not convert, and it is not said what one of it is worth.
    """
    if converts(own, one.unit):
        times = 1.0 if one.times is None else one.times
        same = f"{times:g} × factor in {one.unit}"
        return times * convert(path, own, one.unit), same if own == one.unit else f"{same}, from {own}"
    if one.times is None:
        raise RangeError(
            "no translation",
            place=f"factors.{one.to}",
            found=f"{one.node} in {own}" if own else f"{one.node}, without a unit",
            expected=f"times: how many {one.unit} one of it is",
        )
    return one.times * path, f"{one.times:g} × factor" + (f" in {own}" if own else "")


def converts(own: str, unit: str) -> bool:
    """Whether a unit of a factor, which may be any word or none, is one that converts into another.

    Raises
    ------
    UnitError
        The other is no unit.
    """
    wanted = dimension_of(unit)
    try:
        return bool(own) and dimension_of(own) == wanted
    except UnitError:  # an index, or a unit of the workshop's own
        return False


def _reference(model: Model, before: list[str]) -> str:
    """The reference among the scenarios that were there."""
    marked = [name for name in before if model.scenarios[name].reference]
    if len(marked) == 1:
        return marked[0]
    if len(before) == 1:
        # With a second scenario beside it, a single one must say that it is the reference.
        model.scenarios[before[0]].reference = True
        return before[0]
    found, hint = scenario_names(model), "Name one with 'inherits'."
    raise ScenarioError("not one reference scenario", place="scenarios", found=found, hint=hint)


def _tried(model: Model, name: str) -> None:
    """Apply, check and compile a scenario, as checking the written model would do.

    A misspelt place or a wrong unit is an error now, and so is a value that its place can not have.
    """
    try:
        applied = apply(model, name)
    except ModelError as error:
        raise error.at(place=f"measures.{name}.changes") from None
    for fault in faults_here(applied):
        raise fault
    write_books(compile_model(applied), name)


def _label(futures: Futures, code: str, quantile: float) -> dict[str, str]:
    share = f"{quantile * 100:g} %"
    name = futures.model.name
    if quantile == 0.5:
        return {"en": f"group {code} of {name}, median", "ja": f"{name}のグループ{code}（中央値）"}
    return {"en": f"group {code} of {name}, {share} quantile", "ja": f"{name}のグループ{code}（{share}分位）"}


def _origin(futures: Futures, groups: Groups, code: str) -> str:
    count = int((groups.labels == groups.number(code)).sum())
    digest = hash_of(futures.model)[:12]
    members, name = f"{count:,} of {futures.members.size:,}", futures.model.name
    return (
        f"Handed over from {members} futures of {name} (model {digest}…, seed {futures.seed}, group {code} "
        f"of {len(groups.codes)}). A path of quantiles is no future by itself; its numbers are as good as "
        "the causal model."
    )
