"""Writing a model back to a file, without loss of content or order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from meguru.errors import LibraryError, NotReadableError, WriteError
from meguru.files.attribute import declared
from meguru.files.document import component_data
from meguru.files.tree import node_of
from meguru.files.writing import to_json, write_beside
from meguru.files.yaml_text import to_yaml
from meguru.inventory.read import SHIPPED
from meguru.model.components import Model
from meguru.model.document import document
from meguru.model.library import read_libraries, with_libraries
from meguru.model.read import Reader

SUFFIXES = (".yaml", ".yml", ".json")


def save(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a model to a YAML file, or a JSON file if it is called so.

    What a model took from its libraries is left to them, as long as the file then says the same as the
    model; else everything is written and the file stands alone. The file is written beside its place and
    then renamed, so that an interrupted save leaves the old file.

    Raises
    ------
    WriteError
        The file can not be written, or is called neither a YAML nor a JSON file.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise WriteError(
            "a model is a YAML or JSON file",
            file=str(path),
            found=path.name,
            expected=f"a name that ends in {' or '.join(SUFFIXES)}",
        )
    data = document(model)
    folder = vars(model).get("folder")
    if model.libraries and folder is not None:
        data = _own(model, data, Path(folder), path.parent)
    text = to_json(data) if path.suffix.lower() == ".json" else to_yaml(data)
    write_beside(path, text.encode("utf-8"))


def _own(model: Model, data: dict[str, Any], folder: Path, new_folder: Path) -> dict[str, Any]:
    """What a model writes itself, if together with its libraries it says the same; else everything."""
    alone = {key: value for key, value in data.items() if key != "libraries"}
    try:
        libraries = read_libraries(node_of(model.libraries), folder, node_of(data))
    except (LibraryError, NotReadableError):
        return alone
    given = component_data(Reader(partial=True).component(Model, libraries, ""), "", {})
    own = _difference(data, given)
    read_again = Reader().component(Model, with_libraries(node_of(own), folder), "")
    if to_yaml(component_data(read_again, "", {})) != to_yaml(component_data(model, "", {})):
        return alone
    if folder.resolve() != new_folder.resolve():
        own["libraries"] = [
            library
            if library.startswith(SHIPPED)
            else Path(os.path.relpath(folder / library, new_folder)).as_posix()
            for library in model.libraries
        ]
    return own


def _difference(data: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What is in ``data`` but not in what libraries give: sections, their entries, the entries' keys."""
    own: dict[str, Any] = {}
    known = declared(Model)
    for section, value in data.items():
        below = given.get(section)
        if isinstance(value, dict) and isinstance(below, dict):
            by_key = known[section].attribute.form == "components"
            entries = {
                name: _changed(entry, below[name]) if by_key and name in below else entry
                for name, entry in value.items()
                if name not in below or entry != below[name]
            }
            if entries or not value:
                own[section] = entries
        elif isinstance(value, list) and isinstance(below, list):
            own[section] = [entry for entry in value if entry not in below]
        else:
            own[section] = value
    return own


def _changed(entry: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in below or value != below[key]}
