"""Runs of plans of measures, many in one run where only numbers differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from meguru.engine import Comparison, Result, run
from meguru.errors import ModelError
from meguru.explore.plans.blame import blamed
from meguru.explore.plans.measures import Plan, candidate_of, is_possible, start_of, with_levels, with_plan
from meguru.explore.plans.switches import switched
from meguru.explore.years import year_at
from meguru.indicators import sampled
from meguru.model import Model, apply, reference_name, scenario_names
from meguru.model.places import find
from meguru.model.uncertain import places_held
from meguru.model.walk import clone, quantities
from meguru.quantity import Quantity

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
Over = int | Literal["last", "mean"]
FEW_STRUCTURES = 3  # runs of plans with different measures, up to which each is made by itself
MOST_AT_ONCE = 4096  # plans in one run, so that memory stays small


class Trials:
    """A model on which plans are tried.

    Where numbers are uncertain, each is taken at its mean: what comes out is a run at the means, which of a
    model that is not linear is not the mean of its runs. An ensemble, or a robust choice, has the latter.

    Parameters
    ----------
    model
        As read by :func:`meguru.load`.
    start
        The scenario that plans add to; see :func:`meguru.explore.plans.measures.start_of`.
    over
        Which value of an indicator counts: that of the ``last`` year, of a year, or the ``mean`` of all
        reported years.
    seed
        Of the random numbers, common to all plans.
    progress
        Called with (plans done, plans in all) where several are run.
    """

    def __init__(
        self,
        model: Model,
        start: str | None = None,
        *,
        over: Over = "last",
        seed: int = 0,
        progress: Progress | None = None,
    ) -> None:
        self.model = model
        self.start = start_of(model, start)
        self.over: Over = over
        self.seed = seed
        self.progress = progress
        self._others: dict[str, Result] = {}
        self.candidate = candidate_of(model)
        if isinstance(over, int):
            year_at(over, range(model.time.first, model.time.last + 1))

    def values(self, plans: Sequence[Plan], indicators: Sequence[str]) -> dict[str, Array]:
        """Indicators under plans, with uncertain numbers at their means.

        Plans are samples of one run where only numbers differ, or where their measures can be written as
        switches; see :mod:`meguru.explore.plans.switches`.

        Returns
        -------
        indicator → (plan,), NaN where it is undefined, or where measures exclude each other

        Raises
        ------
        ModelError
            What plans make impossible; where a level is, at the range of its measure.
        """
        wanted = list(dict.fromkeys(plan for plan in plans if is_possible(self.model, plan)))
        known: dict[Plan, int] = {plan: index for index, plan in enumerate(wanted)}
        found = {name: np.empty(len(wanted)) for name in indicators}
        done = 0
        for members in self._groups(wanted):
            group = [wanted[index] for index in members]
            try:
                values = self._of_group(group, indicators)
            except ModelError as error:
                raise blamed(self.model, group, self.result, error) from error
            for name, row in values.items():
                found[name][members] = row
            done += len(members)
            self._advance(done, len(wanted))
        places = np.array([known.get(plan, len(wanted)) for plan in plans], dtype=np.int64)
        return {name: np.append(row, np.nan)[places] for name, row in found.items()}

    def _advance(self, done: int, total: int) -> None:
        if self.progress is not None and total > 1:
            self.progress(done, total)

    def _groups(self, plans: Sequence[Plan]) -> list[list[int]]:
        """Plans that can go through one run together: the same measures from the same years, or any."""
        groups: dict[tuple[tuple[str, int | None, bool], ...], list[int]] = {}
        for index, plan in enumerate(plans):
            key = tuple((one.measure, one.since, one.level is not None) for one in plan)
            groups.setdefault(key, []).append(index)
        parts = list(groups.values())
        many = len(parts) > FEW_STRUCTURES and not self.uncertain
        if many and switched(self.model, self.start, plans) is not None:
            parts = [list(range(len(plans)))]
        else:
            parts = [one for part in parts for one in self._alike(plans, part)]
        return [
            part[first : first + MOST_AT_ONCE]
            for part in parts
            for first in range(0, len(part), MOST_AT_ONCE)
        ]

    def _alike(self, plans: Sequence[Plan], part: list[int]) -> list[list[int]]:
        """Plans of one structure together; each by itself where they hold distributions.

        Samples of one run would each draw their own number: what counts is the mean, and the same for all.
        """
        if len(part) == 1 or not places_held(apply(self._with(plans[part[0]]), self.candidate)):
            return [part]
        return [[index] for index in part]

    def _of_group(self, plans: Sequence[Plan], indicators: Sequence[str]) -> dict[str, Array]:
        kinds = {tuple((one.measure, one.since, one.level is not None) for one in plan) for plan in plans}
        if len(plans) == 1:
            result = self.result(plans[0])
        else:
            result = self._side_by_side(plans) if len(kinds) == 1 else self._switched(plans)
        return self.of_result(result, indicators)

    def _switched(self, plans: Sequence[Plan]) -> Result:
        """Plans that take different measures, one a sample."""
        found = switched(self.model, self.start, plans)
        assert found is not None  # as looked at before
        return run(found.model, self.candidate, seed=self.seed, values=found.values)

    def _side_by_side(self, plans: Sequence[Plan]) -> Result:
        """Plans that differ in levels only, one a sample: levels are parameters given from outside."""
        names = _free_names(self.model, len(plans[0]))
        model = clone(self.model)
        taken: list[tuple[str, int | None, object]] = []
        levels: dict[str, Array] = {}
        for index, one in enumerate(plans[0]):
            if one.level is None:
                taken.append((one.measure, one.since, None))
                continue
            wanted = self.model.measures[one.measure].range
            assert wanted is not None
            row = np.array([plan[index].level for plan in plans], dtype=np.float64)
            model.parameters[names[index]] = Quantity(float(row[0]), wanted.low.unit)
            levels[f"parameters.{names[index]}"] = row
            taken.append((one.measure, one.since, {"formula": names[index], "unit": wanted.low.unit}))
        model = with_levels(model, self.start, taken, self.candidate)
        return run(model, self.candidate, seed=self.seed, values=levels)

    def result(self, plan: Plan) -> Result:
        """One plan run by itself; a formula that looks at another scenario looks at the model's own."""
        return run(self._with(plan), self.candidate, seed=self.seed)

    def _with(self, plan: Plan) -> Model:
        return with_plan(self.model, self.start, plan, self.candidate)

    def everywhere(self, place: str, levels: Array, indicators: Sequence[str]) -> dict[str, Array]:
        """Indicators at the start, at means as :meth:`values`, where a number is another in all scenarios.

        Parameters
        ----------
        place
            Of a number.
        levels : (level,)
            In the unit that it has there.

        Returns
        -------
        indicator → (level,), NaN where it is undefined
        """
        applied = {name: apply(self.model, name) for name in scenario_names(self.model)}
        if not any(places_held(one) for one in applied.values()):
            result = run(self.model, self.start, seed=self.seed, values={place: levels})
            return {name: self._picked(row) for name, row in indicators_of(result, indicators).items()}
        found = {name: np.empty(len(levels)) for name in indicators}
        unit = find(applied[self.start], place).held.unit
        having = [name for name, one in applied.items() if any(at == place for at, *_ in quantities(one))]
        for index, level in enumerate(levels):
            model = _with_number(self.model, having, place, Quantity(float(level), unit))
            result = run(model, self.start, seed=self.seed)
            for name, row in indicators_of(result, indicators).items():
                found[name][index] = self._picked(row)[0]
            self._advance(index + 1, len(levels))
        return found

    def of_result(self, result: Result, indicators: Sequence[str]) -> dict[str, Array]:
        """Indicators of what :meth:`result` gave, indicator → (sample,)."""
        return {name: self._picked(row) for name, row in self._arrays(result, indicators).items()}

    def _arrays(self, result: Result, indicators: Iterable[str]) -> Mapping[str, Array]:
        """Indicators by sample and year; the other scenarios are run once for all plans."""
        result.again = self._other
        reference = reference_name(self.model) if self.model.scenarios else self.start
        return indicators_of(Comparison({result.scenario: result}, reference), indicators)

    def _other(self, name: str) -> Result:
        if name not in self._others:
            self._others[name] = run(self.model, name, seed=self.seed)
        return self._others[name]

    def _picked(self, values: Array) -> Array:
        """(sample, year) → (sample,)."""
        if self.over == "mean":
            mean: Array = values.mean(axis=1)
            return mean
        picked: Array = values[:, -1 if self.over == "last" else self.over - self.model.time.first]
        return picked

    @cached_property
    def uncertain(self) -> bool:
        """Whether the start holds distributions: their means count, which samples would not take."""
        return bool(places_held(apply(self.model, self.start)))


def indicators_of(
    found: Result | Comparison, names: Iterable[str], scenario: str | None = None
) -> dict[str, Array]:
    """Indicators of the model in one scenario, (sample, year) each; default the first scenario."""
    first = next(iter(found.results.values())) if isinstance(found, Comparison) else found
    shown = scenario or first.scenario
    known = first.model.indicators
    values = sampled(found, {name: known[name] for name in names})
    return {name: row for (of, name), row in values.items() if of == shown}


def _with_number(model: Model, scenarios: Iterable[str], place: str, number: Quantity) -> Model:
    """A copy in which scenarios have another number at a place, whatever their measures put there."""
    changed = clone(model)
    if not model.scenarios:
        find(changed, place).put(number)
        return changed
    for name in scenarios:
        stated = changed.scenarios[name]
        kept = {path: value for path, value in stated.changes.items() if path != place}
        new = {"value": number.value, "unit": number.unit}
        changed.scenarios[name] = replace(stated, changes={**kept, place: new})
    return changed


def _free_names(model: Model, count: int) -> list[str]:
    """Names of parameters that the model does not have."""
    start = "chosen_level"
    while any(name.startswith(start) for name in model.parameters):
        start += "_"
    return [f"{start}{index}" for index in range(count)]
