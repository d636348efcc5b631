"""Scenarios that formulas look at: those that were run, and others, which are run when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from meguru.engine import Comparison, Result
from meguru.engine.results.side_by_side import require_same_years
from meguru.errors import IndicatorError, ScenarioError, did_you_mean
from meguru.indicators.formulas import Formulas
from meguru.indicators.scene import ModelScene, ResultScene, Scene
from meguru.model import apply, reference_name, scenario_names
from meguru.model.components import Model


class Scenarios:
    """Scenes by name.

    Parameters
    ----------
    found
        What was run.
    """

    def __init__(self, found: Result | Comparison) -> None:
        self.results = dict(found.results) if isinstance(found, Comparison) else {found.scenario: found}
        if not self.results:
            raise IndicatorError("a comparison without results", expected="at least one")
        self.first = next(iter(self.results.values()))
        self.reference = found.reference if isinstance(found, Comparison) else _reference(self.first)
        self._scenes: dict[str, ResultScene] = {}

    def scene(self, name: str) -> ResultScene:
        """The scene of a scenario.

        Raises
        ------
        ScenarioError
            No such scenario.
        """
        if name not in self._scenes:
            if name not in self.results:
                self.results[name] = self._run(name)
            self._scenes[name] = ResultScene(self.results[name], self.models)
        return self._scenes[name]

    def _run(self, name: str) -> Result:
        """A scenario with the random numbers and settings of those that were run."""
        known = scenario_names(self.first.model)
        if name not in known:
            raise ScenarioError(
                "no such scenario", found=name, expected=known, hint=did_you_mean(name, known)
            )
        if self.first.again is None:
            raise IndicatorError(f"scenario '{name}' was not run", expected="a comparison that has it")
        found = self.first.again(name)
        require_same_years(self.first.model, found.model, name)
        return found

    def models(self) -> Iterable[Model]:
        """Models of all scenarios and the one before them, as far as they are known."""
        return self._models

    @cached_property
    def _models(self) -> list[Model]:
        models = [result.model for result in self.results.values()]
        before = self.first.unapplied
        if before is not None:
            models += [apply(before, name) for name in scenario_names(before) if name not in self.results]
            models.append(before)
        return models

    def formulas(self) -> Formulas:
        """The indicators, ready to be evaluated."""
        return Formulas(self.first.model, self.reference, self.scene)


def _reference(result: Result) -> str:
    return reference_name(result.model) if result.model.scenarios else result.scenario


def model_scenes(model: Model) -> Iterator[tuple[ModelScene, Formulas]]:
    """All scenarios of a model before anything is run, with formulas that look at them."""
    applied = {name: apply(model, name) for name in scenario_names(model)}
    every = [*applied.values(), model]
    scenes = {name: ModelScene(name, one, lambda: every) for name, one in applied.items()}

    def scene_of(name: str) -> Scene:
        if name not in scenes:
            raise ScenarioError(
                "no such scenario", found=name, expected=list(scenes), hint=did_you_mean(name, scenes)
            )
        return scenes[name]

    for scene in scenes.values():
        yield scene, Formulas(scene.model, reference_name(model), scene_of)
