"""Whether a model, in each of its scenarios, can be run."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.engine.accounts.account import write_books
from meguru.engine.compiling.program import compile_model
from meguru.errors import ModelError
from meguru.model import apply, reference_name, scenario_names
from meguru.model.checks import check_model, find_faults, in_scenario, locate
from meguru.model.components import Model


def check(model: Model) -> None:
    """Raise the first fault of a model or of one of its scenarios.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line, place, what was found and what was expected.
    """
    check_model(model)
    for one in _compiling(model):
        raise one


def faults(model: Model) -> list[ModelError]:
    """All faults of a model, each once; if there are none, those that show when it is compiled."""
    found = find_faults(model)
    if found:
        return found
    once: dict[str, ModelError] = {}
    for one in _compiling(model):
        once.setdefault(f"{one.place}: {one.message}", one)
    return list(once.values())


def _compiling(model: Model) -> Iterator[ModelError]:
    """The first fault of each scenario that does not compile."""
    reference = reference_name(model)
    for name in scenario_names(model):
        try:
            write_books(compile_model(apply(model, name)), name)
        except ModelError as error:
            located = locate(model, error)
            yield located if name == reference else in_scenario(located, name)
