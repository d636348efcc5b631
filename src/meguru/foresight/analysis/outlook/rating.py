"""Groups judged by field: ◎, ○ or △."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError, UnknownKeyError, UnknownNameError, WrongTypeError, did_you_mean
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.statistics.streams import resample
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]
Mark = Literal["◎", "○", "△"]
MARKS: tuple[Mark, ...] = ("◎", "○", "△")

RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """How KPIs become a mark; read from ``settings.rating`` of the model.

    Attributes
    ----------
    best, good
        Score from which a group has ◎, and from which ○.
    margin
        Change, in scales of a KPI, from which it counts as better or worse.
    against
        ``start``: KPIs at the end are held against those at the start; ``all``: against the mean end of all
        scenarios.
    weights
        Of KPIs; 1 where not named.
    """

    best: float = 0.5
    good: float = 0.0
    margin: float = 0.25
    against: Literal["start", "all"] = "start"
    weights: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """Mark of a group in a field.

    Attributes
    ----------
    group, field
        Code of the group; the field of the KPIs.
    mark
        None: the field has no KPI with a direction.
    score
        Weighted share of the KPIs that are better less the share that are worse, from −1 to 1.
    better, worse
        KPIs whose mean is.
    flip_rate
        Share of bootstrap resamples of the group that have another mark.
    """

    group: str
    field: str
    mark: Mark | None
    score: float | None
    better: tuple[str, ...]
    worse: tuple[str, ...]
    flip_rate: float | None


def rule_of(futures: Futures) -> Rule:
    """The rule in the settings of the model.

    Raises
    ------
    ModelError
        A setting that does not exist or has no such value.
    """
    given = futures.model.settings.get("rating", {})
    if not isinstance(given, Mapping):
        raise WrongTypeError("wrong type", place="settings.rating", found=given, expected="a mapping")
    known = ("best", "good", "margin", "against", "weights")
    for key in given:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise UnknownKeyError("unknown key", place=f"settings.rating.{key}", expected=known, hint=hint)
    numbers = {key: _number(given[key], key) for key in ("best", "good", "margin") if key in given}
    rule = Rule(**numbers, against=_against(given.get("against", "start")), weights=_weights(futures, given))
    if rule.best < rule.good or rule.margin < 0:
        raise RangeError(
            "thresholds that contradict each other",
            place="settings.rating",
            found=f"best {rule.best:g}, good {rule.good:g}, margin {rule.margin:g}",
            expected="best at least good, margin 0 or more",
        )
    return rule


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise WrongTypeError("wrong type", place=f"settings.rating.{key}", found=value, expected="a number")
    return float(value)


def _against(value: object) -> Literal["start", "all"]:
    if value == "start" or value == "all":
        return value
    raise RangeError(
        "no such choice", place="settings.rating.against", found=value, expected=("start", "all")
    )


def _weights(futures: Futures, given: Mapping[str, object]) -> dict[str, float]:
    weights = given.get("weights", {})
    if not isinstance(weights, Mapping):
        raise WrongTypeError(
            "wrong type", place="settings.rating.weights", found=weights, expected="a mapping"
        )
    found = {}
    for name, value in weights.items():
        place = f"settings.rating.weights.{name}"
        if name not in futures.model.nodes:
            hint = did_you_mean(str(name), futures.model.nodes)
            raise UnknownNameError("no such node", place=place, found=name, hint=hint)
        found[str(name)] = _number(value, f"weights.{name}")
        if found[str(name)] < 0:
            raise RangeError("a weight below zero", place=place, found=value)
    return found


def ratings(futures: Futures, groups: Groups, rule: Rule | None = None) -> tuple[Rating, ...]:
    """Mark of each group in each field of the KPIs, fields in the order of the model.

    Parameters
    ----------
    futures, groups
        The scenarios and their groups.
    rule
        Default that of the model's settings.
    """
    rule = rule or rule_of(futures)
    fields = dict.fromkeys(futures.model.nodes[name].field for name in groups.kpis)
    changes = {name: _gains(futures, name, rule) for name in groups.kpis if sign_of(futures, name)}
    found = []
    for number, code in enumerate(groups.codes):
        members = np.flatnonzero(groups.labels == number)
        for field in fields:
            names = [name for name in changes if futures.model.nodes[name].field == field]
            gains = np.array([changes[name][members] for name in names])
            found.append(_rated(code, field, names, gains, rule, groups.seed))
    return tuple(found)


def sign_of(futures: Futures, name: str) -> int:
    """1 for a KPI that is better up, −1 for one that is better down, 0 for one without a direction."""
    return {"up": 1, "down": -1, "none": 0}[futures.model.nodes[name].direction]


def _gains(futures: Futures, name: str, rule: Rule) -> Floats:
    """Change of a KPI (scenario,) for the better, in its scales."""
    path = np.asarray(futures.of(name), dtype=float)
    base = path[0] if rule.against == "start" else path[-1].mean()
    return np.asarray(sign_of(futures, name) * (path[-1] - base) / abs(futures.model.nodes[name].scale))


def _rated(code: str, field: str, names: list[str], gains: Floats, rule: Rule, seed: int) -> Rating:
    weights = np.array([(rule.weights or {}).get(name, 1.0) for name in names])
    if not names or weights.sum() == 0 or gains.shape[1] == 0:
        return Rating(code, field, None, None, (), (), None)
    means = gains.mean(axis=1)
    score = _score(means, weights, rule.margin)
    mark = mark_of(score, rule)
    flips = 0
    for number in range(RESAMPLES):
        drawn = resample(seed, f"rating.{code}.{field}.{number}", gains.shape[1])
        flips += mark_of(_score(gains[:, drawn].mean(axis=1), weights, rule.margin), rule) != mark
    return Rating(
        group=code,
        field=field,
        mark=mark,
        score=score,
        better=tuple(name for name, mean in zip(names, means, strict=True) if mean > rule.margin),
        worse=tuple(name for name, mean in zip(names, means, strict=True) if mean < -rule.margin),
        flip_rate=flips / RESAMPLES,
    )


def _score(means: Floats, weights: Floats, margin: float) -> float:
    signs = (means > margin).astype(float) - (means < -margin).astype(float)
    return float((weights * signs).sum() / weights.sum())


def mark_of(score: float, rule: Rule) -> Mark:
    """◎ from ``best`` on, ○ from ``good`` on, else △."""
    return "◎" if score >= rule.best else "○" if score >= rule.good else "△"
