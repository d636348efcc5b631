"""Scenarios: a model with named changes applied.

A change is a place and its new value. ``null`` takes away an entry (a route, a cause of leaving) or sets a
value back to its default. An entry that is new must be one that the model knows by name (an item in a BOM)
or a whole component, so that a misspelt name never goes unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meguru.errors import ModelError, ScenarioError, did_you_mean
from meguru.files.document import default_of
from meguru.files.marks import Marks, marks_of, set_marks, where
from meguru.files.tree import Mark, Node, node_of
from meguru.model.components import Model, Route
from meguru.model.places import Spot, find, lost
from meguru.model.read import Reader
from meguru.model.walk import clone
from meguru.quantity import Quantity

WITHOUT_SCENARIOS = "model"
_FIXED = ("meguru", "libraries", "measures", "sampling", "scenarios")


def scenario_names(model: Model) -> list[str]:
    """Names of the scenarios; a model without any has the one called ``model``."""
    return list(model.scenarios) or [WITHOUT_SCENARIOS]


def reference_name(model: Model) -> str:
    """The scenario that others are compared with.

    Raises
    ------
    ScenarioError
        None, or more than one, of several scenarios is marked ``reference: true``.
    """
    names = scenario_names(model)
    if len(names) == 1:
        return names[0]
    marked = [name for name in names if model.scenarios[name].reference]
    if len(marked) != 1:
        file, line = where(model, "scenarios")
        raise ScenarioError(
            "not one reference scenario",
            file=file,
            line=line,
            place="scenarios",
            found=", ".join(marked) or "none",
            expected="one with 'reference: true'",
        )
    return marked[0]


def apply(model: Model, scenario: str | None = None) -> Model:
    """The model of a scenario: a copy with its measures and changes; the reference if none is named.

    First the changes of the scenario that it inherits from, then its measures in order, then its own
    changes. A measure valid ``from`` a year changes numbers from that year on, and what was planned for
    later years falls away.

    Raises
    ------
    ScenarioError
        No such scenario, measure or place; a circle of inheritance; measures that exclude each other;
        something that can not change in a year.
    ModelError
        A new value that can not be read; the error names the line of the change.
    """
    name = reference_name(model) if scenario is None else scenario
    if not model.scenarios and name == WITHOUT_SCENARIOS:
        return model
    _refuse_together(model, name)
    changed = clone(model)
    changes = _Changes(changed, dict(marks_of(model)))
    for each in _lineage(model, name):
        for measure in model.scenarios[each].measures:
            _take_measure(model, changes, measure, f"scenarios.{each}.measures")
        changes.make(model.scenarios[each].changes, f"scenarios.{each}.changes", None)
    set_marks(changed, changes.marks)
    return changed


def measures_of(model: Model, scenario: str) -> list[str]:
    """Measures that a scenario takes, those of the scenarios that it inherits from first, each once."""
    if not model.scenarios:
        return []
    names = (name for each in _lineage(model, scenario) for name in model.scenarios[each].measures)
    return list(dict.fromkeys(names))


def exclude_each_other(model: Model, measures: Iterable[str]) -> tuple[str, str] | None:
    """The first two of some measures of which one excludes the other; None if there are none."""
    names = list(measures)
    for index, one in enumerate(names):
        for other in names[:index]:
            if other in model.measures[one].excludes or one in model.measures[other].excludes:
                return other, one
    return None


def _refuse_together(model: Model, scenario: str) -> None:
    pair = exclude_each_other(model, [one for one in measures_of(model, scenario) if one in model.measures])
    if pair is not None:
        place = f"scenarios.{scenario}.measures"
        file, line = where(model, place)
        raise ScenarioError(
            "two measures that exclude each other",
            file=file,
            line=line,
            place=place,
            found=f"{pair[0]} and {pair[1]}",
            expected="one of them",
        )


def _lineage(model: Model, name: str) -> list[str]:
    """A scenario and those that it inherits from, the first ancestor first."""
    lineage: list[str] = []
    current: str | None = name
    place = "scenarios"
    while current is not None:
        file, line = where(model, place)
        if current not in model.scenarios:
            names = scenario_names(model)
            raise ScenarioError(
                "no such scenario",
                file=file,
                line=line,
                place=place,
                found=current,
                expected=names,
                hint=did_you_mean(current, names),
            )
        if current in lineage:
            raise ScenarioError(
                "a scenario that inherits from itself",
                file=file,
                line=line,
                place=place,
                found=current,
                expected="another scenario",
            )
        lineage.append(current)
        place = f"scenarios.{current}.inherits"
        current = model.scenarios[current].inherits
    return lineage[::-1]


def _take_measure(model: Model, changes: _Changes, name: str, place: str) -> None:
    measure = model.measures.get(name)
    if measure is None:
        file, line = where(model, place)
        raise ScenarioError(
            "no such measure",
            file=file,
            line=line,
            place=place,
            found=name,
            expected=list(model.measures),
            hint=did_you_mean(name, model.measures),
        )
    changes.make(measure.changes, f"measures.{name}.changes", measure.since)


class _Changes:
    """Changes being made to a copy of a model, which it owns."""

    def __init__(self, model: Model, marks: Marks) -> None:
        self.model = model
        self.marks = marks

    def make(self, changes: dict[str, Any], place: str, since: int | None) -> None:
        """Make changes in order; an error names the line of the change."""
        for path, value in changes.items():
            set_marks(self.model, self.marks)
            mark = where(self.model, f"{place}.{path}")
            try:
                self._change(path, value, mark, since)
            except ModelError as error:
                raise error.at(file=mark[0], line=mark[1], place=f"{place}.{path}") from None

    def _change(self, path: str, value: Any, mark: Mark, since: int | None) -> None:
        spot = find(self.model, path)
        if spot.place.partition(".")[0] in _FIXED:
            raise ScenarioError("a scenario can not change this", place=spot.place)
        if value is None:
            self._take_away(spot, since)
            return
        new = self._read(spot, value, mark)
        spot.put(new if since is None else _from_year(spot.held, new, since, spot.place))

    def _read(self, spot: Spot, value: Any, mark: Mark) -> Any:
        reader = Reader()
        node = node_of(value, mark)
        if spot.entry is None:
            new = reader.value(spot.attribute, node, spot.place)
        elif spot.is_new:
            new = self._read_new(spot, reader, node)
        else:
            new = reader.entry(spot.attribute, node, spot.place)
        if isinstance(new, Route):  # its name is the one by which it was found
            new.name = None if spot.entry == f"{new.source} -> {new.target}" else spot.entry
        self._forget(spot.place)
        self.marks.update(reader.marks)
        self.marks[spot.place] = mark
        return new

    def _read_new(self, spot: Spot, reader: Reader, node: Node) -> Any:
        """An entry to be added: of something that the model knows by name, or a whole component."""
        assert spot.entry is not None
        refers = spot.attribute.attribute.refers
        if refers and spot.entry not in getattr(self.model, refers):
            raise lost(spot, getattr(self.model, refers))
        if refers:
            return reader.entry(spot.attribute, node, spot.place)
        if not node.is_mapping:
            raise lost(spot)
        try:
            return reader.entry(spot.attribute, node, spot.place)
        except ModelError:
            if "." in spot.entry:  # rather a path inside an entry whose name is misspelt
                raise lost(spot) from None
            raise

    def _take_away(self, spot: Spot, since: int | None) -> None:
        if since is not None:
            raise ScenarioError("can not be taken away from a year on", place=spot.place, hint="Set it to 0.")
        if spot.entry is not None:
            if spot.is_new:
                raise lost(spot)
            spot.take_away()
        elif spot.attribute.attribute.required:
            raise ScenarioError("must have a value", place=spot.place, found="null")
        else:
            spot.put(default_of(type(spot.owner), spot.attribute.name))
        self._forget(spot.place)

    def _forget(self, place: str) -> None:
        """Drop marks inside a place that is replaced."""
        start = f"{place}."
        for old in [one for one in self.marks if one.startswith(start)]:
            del self.marks[old]


def _from_year(old: Any, new: Any, year: int, place: str) -> Any:
    """The old value, from a year on the new one."""
    if isinstance(old, Quantity) and isinstance(new, Quantity):
        return old.changed_from(year, new)
    if isinstance(old, dict) and isinstance(new, dict) and old:
        if old.keys() != new.keys():
            missing = ", ".join(sorted(map(str, old.keys() ^ new.keys())))
            raise ScenarioError("not the same names before and after a year", place=place, found=missing)
        return {key: _from_year(old[key], new[key], year, f"{place}.{key}") for key in old}
    if old is None and new is None:
        return None  # 'rest' stays 'rest'
    if old is None or old == {}:
        raise ScenarioError(
            f"nothing holds before {year}",
            place=place,
            hint="Give it a value in the model, for the measure to change.",
        )
    raise ScenarioError(
        f"can not change in {year}: only numbers can",
        place=place,
        found=type(new).__name__,
        expected="a number, or a measure without 'from'",
    )
