"""Reading a model from a file, from a text, or from plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meguru.files import reader as files
from meguru.files.attribute import Declared
from meguru.files.marks import set_marks
from meguru.files.tree import Node, node_of, parse_tree, read_text
from meguru.model.components import Model, Recipe, UnitData
from meguru.model.from_inventory import Offered
from meguru.model.library import with_libraries
from meguru.model.walk import COMPONENTS


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model file and the libraries that it names.

    Parameters
    ----------
    path
        A YAML 1.2 or JSON file, UTF-8, at most 32 MiB.

    Returns
    -------
    Model
        With what it takes from libraries filled in. :func:`meguru.model.where` tells file and line of
        each place.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line and place.
    """
    path = Path(path)
    return _model(parse_tree(read_text(path), str(path)), path.parent)


def parse(text: str, *, file: str | None = None, folder: str | os.PathLike[str] = ".") -> Model:
    """Read a model from a text; ``folder`` is where its libraries are looked for."""
    return _model(parse_tree(text, file), Path(folder))


def from_data(
    data: Mapping[str, Any], *, file: str | None = None, folder: str | os.PathLike[str] = "."
) -> Model:
    """Read a model from dicts, lists and scalars of the same form as a file."""
    return _model(node_of(data, (file, None)), Path(folder))


def _model(tree: Node, folder: Path) -> Model:
    reader = Reader()
    offered: Offered = {}
    model = reader.component(Model, with_libraries(tree, folder, offered), "")
    assert isinstance(model, Model)
    set_marks(model, reader.marks)
    vars(model)["folder"] = folder
    if offered:
        vars(model)["offered"] = offered
    return model


_QUANTITY_KEYS = frozenset(("value", "values", "distribution", "formula"))


class Reader(files.Reader):
    """The reader of a model: recipes may be plain amounts, unit data may be named."""

    whole = "the model"

    def __init__(self, *, partial: bool = False) -> None:
        super().__init__(COMPONENTS, partial=partial)

    def entry(self, one: Declared, node: Node, place: str) -> Any:
        """One entry of an attribute that holds a mapping or a list."""
        form = one.attribute.form
        if form == "recipe" and (not node.is_mapping or _QUANTITY_KEYS & node.value.keys()):
            return Recipe(amount=self._quantity(one, node, place))
        if form == "unit_data":
            return self.component(UnitData, node, place) if node.is_mapping else self._text(one, node, place)
        return super().entry(one, node, place)

    _recipe = files.Reader._quantities

    def _unit_data(self, one: Declared, node: Node, place: str) -> list[Any]:
        entries = node.value if node.is_list else [node]
        read = []
        for index, entry in enumerate(entries):
            self.marks[f"{place}.{index}"] = entry.mark
            read.append(self.entry(one, entry, f"{place}.{index}"))
        return read
