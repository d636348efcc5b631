"""Inventory libraries as files: read, write, schema."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from meguru.errors import LibraryError, did_you_mean
from meguru.files.document import component_data
from meguru.files.marks import marks_of, set_marks
from meguru.files.reader import Reader
from meguru.files.schema import file_schema
from meguru.files.tree import Node, node_of, parse_tree, read_text
from meguru.files.writing import to_json, write_beside
from meguru.files.yaml_text import to_yaml
from meguru.inventory.checks import check_library
from meguru.inventory.components import KINDS, Library

SHIPPED = "meguru:"
FORMAT_KEY = "inventory"


class _Reader(Reader):
    whole = "the library"


def read_library(path: str | os.PathLike[str]) -> Library:
    """Read an inventory library and check it.

    Parameters
    ----------
    path
        A YAML 1.2 or JSON file, or ``meguru:NAME`` for one that comes with meguru.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line and place.
    """
    file = library_path(path)
    return library_of(parse_tree(read_text(file), str(file)))


def parse_library(text: str, *, file: str | None = None) -> Library:
    """Read an inventory library from a text and check it."""
    return library_of(parse_tree(text, file))


def library_from_data(data: Mapping[str, Any], *, file: str | None = None) -> Library:
    """Read an inventory library from dicts, lists and scalars of the form of a file, and check it."""
    return library_of(node_of(data, (file, None)))


def library_of(tree: Node) -> Library:
    """The library of a tree, checked."""
    reader = _Reader(KINDS)
    library = reader.component(Library, tree, "")
    assert isinstance(library, Library)
    set_marks(library, reader.marks)
    check_library(library)
    return library


def is_inventory(tree: Node) -> bool:
    """Whether a file is an inventory library: it says so by its version."""
    return FORMAT_KEY in tree.value


def library_data(library: Library) -> dict[str, Any]:
    """A library as plain data; what equals its default is left out."""
    order = {place: index for index, place in enumerate(marks_of(library))}
    data = component_data(library, "", order)
    return {FORMAT_KEY: library.inventory, **{key: value for key, value in data.items() if key != FORMAT_KEY}}


def write_library(library: Library, path: str | os.PathLike[str]) -> None:
    """Check a library and write it to a YAML file, or a JSON file if it is called so.

    Raises
    ------
    ModelError
        What is wrong with the library.
    WriteError
        The file can not be written.
    """
    check_library(library)
    path = Path(path)
    data = library_data(library)
    text = to_json(data) if path.suffix == ".json" else to_yaml(data)
    write_beside(path, text.encode("utf-8"))


def library_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of an inventory library."""
    return file_schema("meguru inventory library", Library, KINDS)


def shipped_libraries() -> list[str]:
    """Names of the libraries that come with meguru, as they are named in files: ``meguru:open``."""
    folder = resources.files("meguru.inventory").joinpath("data")
    return sorted(
        f"{SHIPPED}{entry.name.removesuffix('.yaml')}"
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    )


def library_path(name: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """The file of a library; ``meguru:NAME`` is one that comes with meguru.

    Raises
    ------
    LibraryError
        No library of that name comes with meguru.
    """
    text = str(name)
    if not text.startswith(SHIPPED):
        return Path(text) if folder is None else folder / text
    known = shipped_libraries()
    if text not in known:
        raise LibraryError(
            "no such library comes with meguru", found=text, expected=known, hint=did_you_mean(text, known)
        )
    file = resources.files("meguru.inventory").joinpath("data", f"{text.removeprefix(SHIPPED)}.yaml")
    return Path(str(file))
