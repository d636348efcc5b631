"""All warnings in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from meguru.errors import ModelWarning
from meguru.model.components import Model
from meguru.model.scenario import apply, scenario_names
from meguru.model.warnings import overruled, steps, stuck, uncertain, unused, years

# Of a model as it stands, before or after a scenario is applied.
OF_ONE: tuple[Callable[[Model], Iterator[ModelWarning]], ...] = (
    years.series_far_from_the_study,
    years.changes_out_of_reach,
    steps.ages_between_steps,
    uncertain.outside_what_is_possible,
    stuck.nothing_leaves,
)


def find_warnings(model: Model) -> list[ModelWarning]:
    """What is probably not meant in a model or one of its scenarios, each once; the model has no fault."""
    applied = [apply(model, name) for name in scenario_names(model)]
    found: dict[str, ModelWarning] = {}
    for one in _all(model, applied):
        found.setdefault(f"{one.place}: {one.message}", one)
    return list(found.values())


def _all(model: Model, applied: list[Model]) -> Iterator[ModelWarning]:
    yield from years.measures_out_of_reach(model)
    yield from overruled.measures_overruled(model)
    for one in (model, *applied):
        for of_one in OF_ONE:
            yield from of_one(one)
    yield from unused.names(model, applied)
