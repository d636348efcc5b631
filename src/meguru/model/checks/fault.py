"""Faults know their file and line."""

from __future__ import annotations

from typing import Any, TypeVar

from meguru.errors import MeguruError, ModelError
from meguru.files.marks import where
from meguru.model.components import Model

E = TypeVar("E", bound=MeguruError)


def fault(
    kind: type[ModelError], model: Model, place: str, message: str, *, inside: str = "", **more: Any
) -> ModelError:
    """A fault at a place of the model, with file and line where it, or what is ``inside``, was written."""
    file, line = where(model, f"{place}.{inside}" if inside else place)
    return kind(message, file=file, line=line, place=place, **more)


def in_scenario(error: E, scenario: str) -> E:
    """The same error, which says in which scenario it shows."""
    error.hint = " ".join(filter(None, (error.hint, f"Scenario '{scenario}'.")))
    return error
