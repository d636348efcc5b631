"""Libraries: files of the same form as a model from which a model takes what it does not write itself.

A library gives entries: processes, items, routes, unit data, parameters ... An entry that the model writes
too is joined key by key, and the model's keys win; a key's value is taken whole, never mixed. Routes are
met by name. A library may name libraries of its own, relative to itself; a later library wins over an
earlier one. A file that says ``inventory: 1`` is an inventory library: of it a model takes the flows and
activities that it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from meguru.errors import LibraryError, NotReadableError, UnknownKeyError, did_you_mean
from meguru.files.attribute import Declared, declared
from meguru.files.reader import texts_of
from meguru.files.tree import Node, parse_tree, read_text
from meguru.inventory.components import Library
from meguru.inventory.read import is_inventory, library_of, library_path
from meguru.model.components import Model, Route
from meguru.model.from_inventory import Offered, mentioned, offered_by, taken

SHARED_FORMS = ("component", "components", "quantities", "list")


def with_libraries(tree: Node, folder: Path, offered: Offered | None = None) -> Node:
    """The tree of a model with what its libraries give filled in.

    ``offered`` is filled with the names that inventory libraries would give besides.
    """
    libraries = tree.value.get("libraries")
    if libraries is None or libraries.value is None:
        return tree
    return _over(read_libraries(libraries, folder, tree, offered), tree)


def read_libraries(libraries: Node, folder: Path, tree: Node, offered: Offered | None = None) -> Node:
    """All that the named libraries give to the tree of a model, as one tree without texts of its own."""
    layers = list(_layers(libraries, folder, ()))
    names = mentioned([tree, *(layer for layer in layers if isinstance(layer, Node))])
    region = tree.value.get("region")
    merged = Node({}, libraries.mark)
    for layer in layers:
        given = layer
        if isinstance(layer, Library):
            given = taken(layer, names, None if region is None else region.value)
            if offered is not None:
                for section, more in offered_by(layer).items():
                    offered.setdefault(section, []).extend(more)
        assert isinstance(given, Node)
        merged = _over(merged, given)
    return merged


def _layers(libraries: Node, folder: Path, above: tuple[Path, ...]) -> Iterator[Node | Library]:
    """What libraries give, and those that they name themselves; a later layer wins over an earlier one."""
    for entry in libraries.value if libraries.is_list else [libraries]:
        yield from _library(entry, folder, above)


def _library(entry: Node, folder: Path, above: tuple[Path, ...]) -> Iterator[Node | Library]:
    file, line = entry.mark
    if not isinstance(entry.value, str):
        raise LibraryError(
            "not the name of a file", file=file, line=line, place="libraries", found=entry.text
        )
    path = _path(entry, folder)
    whole = path.resolve()
    if whole in above:
        raise LibraryError(
            "a library that takes from itself", file=file, line=line, place="libraries", found=entry.value
        )
    tree = parse_tree(_text(entry, path, folder), str(path))
    if is_inventory(tree):
        yield library_of(tree)
        return
    known = declared(Model)
    for key, mark in tree.marks.items():
        if key not in known:
            raise UnknownKeyError(
                "unknown key",
                file=mark[0],
                line=mark[1],
                place=key,
                found=key,
                expected=list(known),
                hint=did_you_mean(key, known),
            )
    below = tree.value.get("libraries")
    if below is not None and below.value is not None:
        yield from _layers(below, path.parent, (*above, whole))
    given = Node({}, tree.mark)
    for key, node in tree.value.items():
        if known[key].attribute.form in SHARED_FORMS:
            given.put(key, node, tree.marks[key])
    yield given


def _path(entry: Node, folder: Path) -> Path:
    """The file of a library; one that comes with meguru is named ``meguru:NAME``."""
    try:
        return library_path(entry.value, folder)
    except LibraryError as error:
        raise error.at(file=entry.mark[0], line=entry.mark[1], place="libraries") from None


def _text(entry: Node, path: Path, folder: Path) -> str:
    try:
        return read_text(path)
    except NotReadableError as error:
        if path.is_file():
            raise
        file, line = entry.mark
        raise LibraryError(
            "no such library",
            file=file,
            line=line,
            place="libraries",
            found=entry.value,
            expected=f"a file in '{folder}'",
            hint="Paths are relative to the file that names the library.",
        ) from error


def _over(below: Node, above: Node) -> Node:
    """Two trees of a model as one; what ``above`` writes wins. Order: as below, then what is new."""
    known = declared(Model)
    merged = Node({}, above.mark)
    for key in below.value:
        merged.put(key, below.value[key], below.marks[key])
    for key, node in above.value.items():
        if key in merged.value and key in known:
            node = _section(known[key], merged.value[key], node)
        merged.put(key, node, above.marks[key])
    # Keys of the model keep the order of the model's file; what only a library has stands at their end.
    ordered = Node({}, above.mark)
    for key in (*above.value, *(key for key in merged.value if key not in above.value)):
        ordered.put(key, merged.value[key], merged.marks[key])
    return ordered


def _section(one: Declared, below: Node, above: Node) -> Node:
    form = one.attribute.form
    if above.value is None:
        return below
    if form == "list" and below.is_list and above.is_list:
        return _joined_routes(below, above)
    if not (below.is_mapping and above.is_mapping):
        return above
    if form == "components":
        joined = below.copy()
        for name, entry in above.value.items():
            old = joined.value.get(name)
            joined.put(name, entry if old is None else _joined(old, entry), above.marks[name])
        return joined
    return _joined(below, above)


def _joined(below: Node, above: Node) -> Node:
    """Two mappings as one, key by key; values are taken whole."""
    if above.value is None:
        return below
    if not (below.is_mapping and above.is_mapping):
        return above
    joined = below.copy()
    joined.mark = above.mark
    for key, node in above.value.items():
        joined.put(key, node, above.marks[key])
    return joined


def _joined_routes(below: Node, above: Node) -> Node:
    joined = below.copy()
    names = {route_key(entry): index for index, entry in enumerate(below.value)}
    for entry in above.value:
        index = names.get(route_key(entry))
        if index is None:
            joined.value.append(entry)
        else:
            joined.value[index] = _joined(below.value[index], entry)
    return joined


def route_key(node: Node) -> str | None:
    """The name of a route before it is read; None if it can not be told."""
    return Route.name_from(texts_of(node))
