"""Warnings know their file and line, as faults do."""

from __future__ import annotations

from typing import Any

from meguru.errors import ModelWarning
from meguru.files.marks import where
from meguru.model.components import Model


def warning(model: Model, place: str, message: str, **more: Any) -> ModelWarning:
    """A warning about a place of the model, with the file and line where that was written."""
    file, line = where(model, place)
    return ModelWarning(message, file=file, line=line, place=place, **more)
