"""EcoSpold files, version 1 and 2: one file, or a folder of them, as one library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from meguru.errors import NotReadableError
from meguru.inventory.checks import check_library
from meguru.inventory.components import Library
from meguru.inventory.importers.ecospold_1 import add_version_1
from meguru.inventory.importers.ecospold_2 import add_version_2
from meguru.inventory.importers.naming import refuse_missing

SUFFIXES = (".xml", ".spold")
VERSION_1, VERSION_2 = "EcoSpold01", "EcoSpold02"


def import_ecospold(path: str | os.PathLike[str]) -> Library:
    """Read EcoSpold data sets: flows and activities.

    Products of the same name are one flow; where they come from is the region of the exchange, by which
    exchanges meet the activity that is run there. Impact assessment data sets are not read.

    Parameters
    ----------
    path
        A file (``.xml``, ``.spold``), or a folder whose files are read in the order of their names.

    Raises
    ------
    NotReadableError
        No XML, or no EcoSpold.
    ModelError
        What it holds makes no library: a unit that is not known, a data set without reference flow.
    """
    path = Path(path)
    refuse_missing(path, "EcoSpold file")
    library = Library(name=path.stem)
    flows: dict[tuple[str, ...], str] = {}
    waiting: list[tuple[str, int, str]] = []
    for file in _files(path):
        root = _root(file)
        kind = root.tag.partition("}")[0]
        if VERSION_1 in kind:
            add_version_1(library, root, flows, str(file))
        elif VERSION_2 in kind:
            waiting += add_version_2(library, root, flows, str(file))
        else:
            raise NotReadableError(
                "no EcoSpold file",
                file=str(file),
                found=root.tag,
                expected=f"a namespace of {VERSION_1} or {VERSION_2}",
            )
    _link(library, waiting)
    check_library(library)
    return library


def _link(library: Library, waiting: list[tuple[str, int, str]]) -> None:
    """Providers told by the identifier of their activity, as far as it was read."""
    by_id = {one.id: name for name, one in library.activities.items()}
    for name, number, uid in waiting:
        exchange = library.activities[name].exchanges[number]
        exchange.provider = by_id.get(uid)
        if exchange.provider is None:
            missing = f"provider not among the files: {uid}"
            exchange.note = f"{exchange.note}; {missing}" if exchange.note else missing


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not found:
        raise NotReadableError(
            "no EcoSpold file in the folder", file=str(path), expected=" or ".join(SUFFIXES)
        )
    yield from found


def _root(file: Path) -> ElementTree.Element:
    """The root of an XML file; files that define entities are refused, for they can be made to blow up."""
    text = file.read_bytes()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise NotReadableError("a document type", file=str(file), expected="plain XML")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise NotReadableError(f"no XML: {error}", file=str(file), line=error.position[0]) from error
