"""All checks in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from meguru.errors import ModelError
from meguru.model.checks import (
    bom,
    dimensions,
    form,
    formulas,
    kinds,
    lifetimes,
    measures,
    names,
    network,
    numbers,
    routes,
    sampling,
    scenarios,
    shares,
    time,
    unit_data,
    use,
)
from meguru.model.checks.fault import in_scenario
from meguru.model.components import Model
from meguru.model.scenario import apply

Check = Callable[[Model], Iterator[ModelError]]

# What a later stage looks at must have come through the earlier ones: no network without names.
STAGES: tuple[tuple[Check, ...], ...] = (
    (form.version, form.missing_values, form.unknown_choices),
    (
        names.unknown_names,
        names.unknown_processes,
        names.unknown_unit_data,
        names.unknown_segments_and_builds,
        names.names_that_are_taken,
        kinds.keys_of_another_kind,
        kinds.keys_that_are_missing,
        time.years,
        form.units,
        formulas.unknown_parameters,
        formulas.circles,
        lifetimes.parameters,
        lifetimes.survival_tables,
        use.parts_and_segments,
        shares.more_than_one_rest,
        bom.what_has_a_bom,
        bom.circles,
        unit_data.what_goes_together,
        routes.what_goes_together,
        measures.what_goes_together,
        dimensions.dimensions,
    ),
    (
        numbers.numbers,
        shares.countries,
        bom.declared_masses,
        network.joined_ends,
        network.prices_of_what_is_carried,
        unit_data.ports,
        scenarios.targets,
        measures.ranges,
    ),
)


def faults_here(model: Model) -> Iterator[ModelError]:
    """Faults of a model as it stands, without its scenarios, for instance after one was applied."""
    for stage in STAGES:
        found = False
        for check in stage:
            for one in check(model):
                found = True
                yield one
        if found:
            return


def _all_faults(model: Model) -> Iterator[ModelError]:
    """Faults of the model, then of its scenarios, then of what none of them uses."""
    sound = True
    for one in faults_here(model):
        sound = False
        yield one
    if not sound:
        return
    broken = set()
    for name, one in scenarios.scenarios(model):
        broken.add(name)
        yield one
    for name in [one for one in model.scenarios if one not in broken]:
        for one in faults_here(apply(model, name)):
            broken.add(name)
            yield in_scenario(one, name)
    if not broken:
        yield from network.idle(model)
        yield from sampling.correlations(model)


def find_faults(model: Model) -> list[ModelError]:
    """All faults of a model and its scenarios that show without compiling it, each once."""
    found: dict[str, ModelError] = {}
    for one in _all_faults(model):
        found.setdefault(f"{one.place}: {one.message}", one)
    return list(found.values())


def check_model(model: Model) -> None:
    """Raise the first fault of a model or of one of its scenarios.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line, place, what was found and what was expected.
    """
    for one in _all_faults(model):
        raise one
