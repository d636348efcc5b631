"""Sets of indicators from their files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from meguru.files.shipped import read_shipped
from meguru.indicators.catalogue.definitions import (
    SUM,
    Check,
    Definition,
    Doubt,
    IndicatorSet,
    Limit,
    Omitted,
    Preceding,
    Published,
    Ratio,
    Rounding,
    Step,
    Target,
    Variable,
    Variant,
    Whole,
    Words,
)

FOLDER = resources.files("meguru.indicators.sets")
Data = Mapping[str, Any]
VOCABULARY = "flows"  # tables that all sets share


@cache
def read_data(name: str) -> dict[str, Any]:
    """One of the data files as dicts and lists."""
    return read_shipped(FOLDER.joinpath(f"{name}.yaml"))


@cache
def other_words(kind: str) -> dict[str, str]:
    """Words of tables → what they stand for here; each also stands for itself.

    ``kind`` is ``columns``, ``sheets``, ``flows`` or ``recovery``.
    """
    held: Data = read_data(VOCABULARY)["words"][kind]
    found = {str(name): str(name) for name in held}
    return found | {str(word): str(name) for name, words in held.items() for word in words}


@cache
def read_set(file: str) -> IndicatorSet:
    """The set of a file."""
    data = read_data(file)
    shared = read_data(VOCABULARY)
    tables = {name: _variables(held) for name, held in shared["tables"].items()}
    tables |= {name: _variables(held) for name, held in data.get("tables", {}).items()}
    wholes = [*shared["wholes"], *data.get("wholes", [])]
    return IndicatorSet(
        id=data["id"],
        edition=str(data["edition"]),
        name=_words(data["name"]),
        about=_words(data["about"]),
        source=data["source"],
        tables=tables,
        variables=_variables(data["variables"]),
        steps={str(name): _step(str(name), one) for name, one in data.get("steps", {}).items()},
        wholes=tuple(
            Whole(str(one["whole"]), tuple(one["parts"]), one["says"], one.get("rest")) for one in wholes
        ),
        checks=tuple(
            Check(one["formula"], one["error"], one["says"], one.get("equals"), one.get("if_given"))
            for one in data.get("checks", [])
        ),
        doubts=tuple(Doubt(one["formula"], one["about"], _words(one)) for one in shared["doubts"]),
        indicators={str(name): _indicator(str(name), one, data) for name, one in data["indicators"].items()},
        omitted=tuple(
            Omitted(str(one["id"]), _words(one["name"]), _words(one["reason"]))
            for one in data.get("omitted", [])
        ),
    )


def _words(data: Data) -> Words:
    return Words(data["en"], data["ja"])


def _maybe(data: Data | None) -> Words | None:
    return None if data is None else _words(data)


def _variables(data: Data) -> dict[str, Variable]:
    return {
        str(name): Variable(
            id=str(name),
            unit=str(one["unit"]),
            kind=one["kind"],
            name=_words(one),
            derived=one.get("from"),
            default=None if one.get("default") is None else float(one["default"]),
            because=_maybe(one.get("because")),
            preceding=Preceding(**one["mean_before"]) if "mean_before" in one else None,
            firm=bool(one.get("firm", False)),
            negative=bool(one.get("negative", False)),
            unless=one.get("unless"),
            if_given=one.get("if_given"),
        )
        for name, one in data.items()
    }


def _step(name: str, data: Data) -> Step:
    return Step(name, str(data["unit"]), data["kind"], data["formula"], _words(data))


def _indicator(name: str, data: Data, held: Data) -> Definition:
    common = {**held.get("common", {}), **data}
    return Definition(
        id=f"{held['id']}.{name}",
        short=name,
        set=held["id"],
        edition=str(held["edition"]),
        name=_words(common["name"]),
        meaning=_words(common["meaning"]),
        formula=common["formula"],
        unit=str(common["unit"]),
        mark=common["mark"],
        levels=tuple(common["levels"]),
        boundary=_words(common["boundary"]),
        purposes=tuple(common["purposes"]),
        audiences=tuple(common["audiences"]),
        better=common["better"],
        source=common["source"],
        limits={str(case): _limit(one) for case, one in common.get("limits", {}).items()},
        variant=common.get("variant", "standard"),
        variants={
            str(key): Variant(one["formula"], one["mark"], _words(one))
            for key, one in common.get("variants", {}).items()
        },
        rounding=tuple(Rounding(one["rule"], int(one["decimals"])) for one in common.get("rounding", [])),
        aggregation=tuple(common.get("aggregation", (SUM,))),
        scales=bool(common.get("scales", False)),
        may_exceed=bool(common.get("may_exceed", False)),
        mandatory=bool(common.get("mandatory", False)),
        ratio=Ratio(**common["ratio"]) if "ratio" in common else None,
        no_ratio=_maybe(common.get("no_ratio")),
        targets=tuple(_target(one, common) for one in common.get("targets", [])),
        published=tuple(
            Published(int(one["year"]), str(one["value"]), one["vintage"])
            for one in common.get("published", [])
        ),
        note=_maybe(common.get("note")),
    )


def _limit(data: Data) -> Limit:
    state = next((state for state in ("unbounded", "undefined") if state in data), None)
    value = None if data.get("value") is None else str(data["value"])
    return Limit(
        given=data["given"],
        value=value,
        state=state,
        because=_words(data[state]) if state else None,
        toward=data.get("toward"),
    )


def _target(data: Data, indicator: Data) -> Target:
    rule = data.get("rule", "at_least" if indicator["better"] == "up" else "at_most")
    return Target(
        id=str(data["id"]),
        value=str(data["value"]),
        year=data.get("year"),
        rule=rule,
        mark=data["mark"],
        source=data["source"],
        scope=_maybe(data.get("scope")),
    )
