"""Whether a model, in each of its scenarios, can be run."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.engine.account import write_books
from meguru.engine.compile import compile_model
from meguru.errors import ModelError
from meguru.model import apply, scenario_names
from meguru.model.checks import check_model, find_faults, locate
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
    return find_faults(model) or list({str(one): one for one in _compiling(model)}.values())


def _compiling(model: Model) -> Iterator[ModelError]:
    """The first fault of each scenario that does not compile."""
    for name in scenario_names(model):
        try:
            write_books(compile_model(apply(model, name)), name)
        except ModelError as error:
            yield locate(model, error)
