"""The JSON Schema of a model file and of a library file."""

from __future__ import annotations

from typing import Any

from meguru.files.schema import file_schema
from meguru.model.components import Model
from meguru.model.walk import COMPONENTS


def json_schema(*, library: bool = False) -> dict[str, Any]:
    """JSON Schema 2020-12 of a model file, or of a library file, in which every section is optional."""
    return file_schema("meguru library" if library else "meguru model", Model, COMPONENTS, partial=library)
