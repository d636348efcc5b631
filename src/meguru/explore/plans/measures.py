"""Measures as choices: taken or not, how far, from which year; and the model in which they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from meguru.errors import ScenarioError, UnknownNameError, asked, did_you_mean
from meguru.explore.plans.describe import labels, level_of
from meguru.files.marks import where
from meguru.model import Model, apply, exclude_each_other, measures_of, reference_name, scenario_names
from meguru.model.checks.numbers import Evaluation
from meguru.model.components import Measure, Scenario
from meguru.model.places import find
from meguru.model.scenario import WITHOUT_SCENARIOS
from meguru.model.walk import clone
from meguru.quantity import Quantity, convert

CANDIDATE = "candidate"
SLACK = 1e-9  # of a step: numbers that lie on a step but for rounding


@dataclass(frozen=True, slots=True)
class Taken:
    """A measure that is taken.

    Attributes
    ----------
    level
        The number that it sets, in the unit of its range; None: as the model says.
    since
        The year from which it holds; None: as the model says.
    """

    measure: str
    level: float | None = None
    since: int | None = None


Plan = tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Lever:
    """A measure that can be taken.

    Attributes
    ----------
    place, unit
        Of the number that it sets; empty if it has no range.
    low, high, step
        Between which values, in ``unit``; ``step`` None: any value.
    proposed
        The value that the model says.
    present
        What holds at the start of the search in its last year; None where nothing does.
    years
        Of the study, in which it may begin; empty: as the model says.
    switched
        Whether leaving it may be something else than to take it at ``present``.
    """

    measure: str
    place: str = ""
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    step: float | None = None
    proposed: float | None = None
    present: float | None = None
    years: tuple[int, ...] = ()
    switched: bool = True

    @property
    def ranged(self) -> bool:
        """Whether it sets a number that can be chosen."""
        return bool(self.place)


def start_of(model: Model, scenario: str | None = None) -> str:
    """The scenario from which measures are judged: the one named, else ``present``, else the reference.

    Raises
    ------
    ScenarioError
        No such scenario, or several are the present one.
    """
    known = scenario_names(model)
    if scenario is not None:
        if scenario not in known:
            with asked():
                raise ScenarioError(
                    "no such scenario", found=scenario, expected=known, hint=did_you_mean(scenario, known)
                )
        return scenario
    present = [name for name, one in model.scenarios.items() if one.present]
    if len(present) > 1:
        file, line = where(model, f"scenarios.{present[1]}.present")
        raise ScenarioError(
            "more than one present scenario",
            file=file,
            line=line,
            place="scenarios",
            found=", ".join(present),
            expected="one with 'present: true'",
        )
    return present[0] if present else reference_name(model)


def free_measures(model: Model, start: str) -> list[str]:
    """Measures that the scenario ``start`` neither takes nor excludes, in the order of the model."""
    taken = measures_of(model, start)
    return [
        name
        for name in model.measures
        if name not in taken and exclude_each_other(model, [*taken, name]) is None
    ]


def levels_of_others(model: Model, start: str) -> dict[str, tuple[str, ...]]:
    """Measures that are no choice of their own → those whose ranges hold the numbers that they set.

    Such a measure sets nothing but numbers that measures of the same owner can choose, or that the start has
    chosen by them, within their ranges and on their steps. What costs or pays something, goes to a receiver,
    or holds from a year is never one of them, and holds the numbers of none; nor is one that may stand beside
    what the others exclude.
    """
    free = free_measures(model, start)
    decided = [*measures_of(model, start), *free]
    with_range = [name for name in decided if name in model.measures and model.measures[name].range]
    found = {}
    for name in free:
        one = model.measures[name]
        if one.range or not one.changes or not _only_sets(one):
            continue
        held = [
            next((other for other in with_range if _holds(model.measures[other], one, place)), None)
            for place in one.changes
        ]
        others = tuple(dict.fromkeys(other for other in held if other is not None))
        if None not in held and not _is_freer(model, name, others, free):
            found[name] = others
    return found


def _only_sets(one: Measure) -> bool:
    """Whether a measure is nothing but the numbers that it sets, in all years."""
    return all(said is None for said in (one.amount, one.cost, one.receiver, one.since))


def _holds(ranged: Measure, one: Measure, place: str) -> bool:
    """Whether a measure can choose, at no other price and by the same owner, what another sets at a place."""
    if place not in ranged.changes or ranged.owner != one.owner or not _only_sets(ranged):
        return False
    assert ranged.range is not None
    number = Quantity.parse(one.changes[place])
    if number.value is None or not number.is_certain():
        return False
    unit = ranged.range.low.unit
    low, high = _number(ranged.range.low, unit), _number(ranged.range.high, unit)
    value = float(convert(number.value, number.unit, unit))
    if ranged.range.step is None or not low <= value <= high:
        return low <= value <= high
    steps = (value - low) / _number(ranged.range.step, unit)
    return abs(steps - round(steps)) <= SLACK


def _is_freer(model: Model, name: str, others: Sequence[str], free: Iterable[str]) -> bool:
    """Whether it may be taken where the others may not: they exclude each other, or what it does not."""
    if exclude_each_other(model, others) is not None:
        return True
    return any(
        exclude_each_other(model, [other, beside]) and not exclude_each_other(model, [name, beside])
        for other in others
        for beside in free
        if beside not in (name, *others)
    )


def levers_of(
    model: Model, start: str, names: Iterable[str] | None = None, named: bool = False
) -> list[Lever]:
    """Measures that can be taken on top of the scenario ``start``, in the order of the model.

    Parameters
    ----------
    names
        Of those wanted, each once; default all, but for :func:`levels_of_others`.
    named
        Whether the start was asked for: that it leaves nothing is then no fault of the model.

    Raises
    ------
    UnknownNameError
        No such measure, or nothing is left to take.
    ScenarioError
        One that the start takes already or excludes.
    """
    taken = measures_of(model, start)
    if names is None:
        told = levels_of_others(model, start)
        wanted = [name for name in free_measures(model, start) if name not in told]
    else:
        wanted = list(dict.fromkeys(names))
        with asked():
            for name in wanted:
                _check_free(model, start, taken, name)
    if not wanted:
        with asked() if named and model.measures else nullcontext():
            raise _nothing_left(model, start, taken)
    applied = apply(model, start)
    return [_lever(model, applied, name, wanted) for name in wanted]


def _nothing_left(model: Model, start: str, taken: Sequence[str]) -> UnknownNameError:
    """That a start leaves nothing to take, and why of each measure that it does not take."""
    why = []
    told = levels_of_others(model, start)
    for name in model.measures:
        pair = exclude_each_other(model, [*taken, name])
        if name in taken:
            continue
        if pair is not None:
            why.append(f"'{name}' is excluded beside '{pair[0]}', which is taken.")
        elif name in told:
            why.append(f"'{name}' only sets what '{told[name][0]}', which is taken, can set.")
    return UnknownNameError(
        f"scenario '{start}' leaves no measure to take"
        if why
        else f"no measure that scenario '{start}' does not take already",
        place="measures",
        expected="an entry of 'measures' that is neither taken yet nor excluded",
        hint=" ".join(why) or None,
    )


def _check_free(model: Model, start: str, taken: Sequence[str], name: str) -> None:
    """Refuse a measure that is not there, or that the start takes or excludes."""
    if name not in model.measures:
        hint = did_you_mean(name, model.measures)
        raise UnknownNameError("no such measure", found=name, expected=list(model.measures), hint=hint)
    hint = "Start from a scenario without it."
    place = f"measures.{name}"
    if name in taken:
        raise ScenarioError(f"scenario '{start}' takes this measure already", place=place, hint=hint)
    pair = exclude_each_other(model, [*taken, name])
    if pair is not None:
        raise ScenarioError(
            f"'{pair[0]}', which scenario '{start}' takes, and this measure exclude each other",
            place=place,
            hint=hint,
        )


def _lever(model: Model, applied: Model, name: str, wanted: Sequence[str]) -> Lever:
    measure = model.measures[name]
    years: tuple[int, ...] = ()
    if measure.since is not None and measure.latest is not None:
        years = tuple(range(measure.since, min(measure.latest, model.time.last) + 1))
    if measure.range is None:
        return Lever(name, years=years)
    ((place, proposed),) = measure.changes.items()
    unit = measure.range.low.unit
    low, high, step, value = (
        None if one is None else _number(one, unit)
        for one in (measure.range.low, measure.range.high, measure.range.step, Quantity.parse(proposed))
    )
    assert low is not None
    assert high is not None
    held = find(applied, place).held
    present, fixed = None, False
    if isinstance(held, Quantity):
        row = Evaluation(applied).array(held, unit or "1", place)[0]
        present = float(row[-1])
        fixed = held.formula is None and not held.since and bool((row == present).all())
    switched = not fixed or _counts_besides(model, name, wanted)
    return Lever(name, place, unit, low, high, step, value, present, years, switched)


def _counts_besides(model: Model, name: str, wanted: Sequence[str]) -> bool:
    """Whether it matters that a measure is taken, whatever its level.

    So it is where it costs, pays, begins or excludes, or another that is wanted sets the same number.
    """
    one = model.measures[name]
    return any(said is not None for said in (one.cost, one.amount, one.since)) or any(
        exclude_each_other(model, [other, name]) or (other in wanted and one.changes.keys() & stated.changes)
        for other, stated in model.measures.items()
        if other != name
    )


def _number(quantity: Quantity, unit: str) -> float:
    assert quantity.value is not None  # as checked with the model
    return float(convert(quantity.value, quantity.unit, unit))


def is_possible(model: Model, plan: Plan) -> bool:
    """Whether no two measures of a plan exclude each other."""
    return exclude_each_other(model, [one.measure for one in plan]) is None


def with_plan(model: Model, start: str, plan: Sequence[Taken], name: str | None = None) -> Model:
    """A copy of the model with one scenario more: the start with the measures of a plan taken.

    A measure that is taken otherwise than the model says has a variant of its own in the copy.

    Parameters
    ----------
    name
        Of the new scenario; default :func:`candidate_of` the model.

    Raises
    ------
    ScenarioError
        The model has a scenario of this name.
    """
    return with_levels(
        model,
        start,
        [(one.measure, one.since, level_of(model, one)) for one in plan],
        candidate_of(model) if name is None else name,
    )


def candidate_of(model: Model) -> str:
    """What a scenario that is tried is called: ``candidate``, or a name like it that is not taken yet."""
    return scenario_like(model, CANDIDATE)


def scenario_like(model: Model, name: str) -> str:
    """The name of a new scenario: this one, or one like it that the model does not have yet."""
    return free_name(name, model.scenarios)


def with_levels(model: Model, start: str, taken: Sequence[tuple[str, int | None, Any]], name: str) -> Model:
    """As :func:`with_plan`, of (measure, year, value as it may stand in a file)."""
    if name in model.scenarios:
        raise ScenarioError("there is a scenario of this name already", place=f"scenarios.{name}", found=name)
    changed = clone(model)
    chosen: list[str] = []
    for measure, since, value in taken:
        stated = model.measures[measure]
        adapted = stated if since is None else replace(stated, since=since)
        if value is not None and not _is_alike(stated, value):
            adapted = replace(adapted, changes=dict.fromkeys(stated.changes, value), range=None)
        key = measure
        if adapted is not stated:
            key = free_name(f"{measure}_as_chosen", changed.measures)
        changed.measures[key] = adapted
        chosen.append(key)
    if start == WITHOUT_SCENARIOS and not model.scenarios:
        changed.scenarios[start] = Scenario(reference=True)
    changed.scenarios[name] = Scenario(inherits=start, measures=chosen, label=labels(model, taken))
    return changed


def _is_alike(measure: Measure, value: Any) -> bool:
    """Whether a value is what the measure says anyway."""
    (stated,) = measure.changes.values()
    new, old = Quantity.parse(value), Quantity.parse(stated)
    if new.value is None or old.value is None:
        return False
    return float(convert(new.value, new.unit, old.unit)) == old.value


def free_name(name: str, taken: Iterable[str]) -> str:
    """A name like this one that is not taken yet."""
    known = set(taken)
    return next(one for one in (name, *(f"{name}_{n}" for n in range(2, len(known) + 3))) if one not in known)
