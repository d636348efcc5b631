"""A model as dicts, lists and scalars in the form of the file: what is written to YAML or JSON."""

from __future__ import annotations

from typing import Any

from meguru.files.document import component_data
from meguru.files.marks import marks_of
from meguru.model.components import Model


def document(model: Model) -> dict[str, Any]:
    """A model as plain data; keys keep the order of the file read.

    What equals its default is left out, unless the file gave it.
    """
    return component_data(model, "", {place: index for index, place in enumerate(marks_of(model))})
