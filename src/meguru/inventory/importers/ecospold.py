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
from meguru.inventory.importers.naming import joined, refuse_missing
from meguru.inventory.links import is_run_for

SUFFIXES = (".xml", ".spold")
LARGEST_FILE = 256 * 1024 * 1024  # bytes; one file may hold a whole database
VERSION_1, VERSION_2 = "EcoSpold01", "EcoSpold02"


def import_ecospold(path: str | os.PathLike[str]) -> Library:
    """Read EcoSpold data sets: flows and activities.

    Products of the same name are one flow; where they come from is the region of the exchange, by which
    exchanges meet the activity that is run there. Units that are not known are counted by themselves
    (:func:`unknown_units`). Impact assessment data sets are not read.

    Parameters
    ----------
    path
        A file (``.xml``, ``.spold``), or a folder whose files are read in the order of their names.

    Raises
    ------
    NotReadableError
        No XML, or no EcoSpold.
    ModelError
        What it holds makes no library: a data set without reference flow, a number that is none, a
        reference amount that its own exchange contradicts.
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
    by_id: dict[str | None, list[str]] = {}
    for name, one in library.activities.items():
        by_id.setdefault(one.id, []).append(name)
    for name, number, uid in waiting:
        exchange = library.activities[name].exchanges[number]
        known = by_id.get(uid, [])
        fitting = [one for one in known if is_run_for(library, library.activities[one], exchange.flow)]
        if len(fitting) == 1:
            exchange.provider = fitting[0]
        else:
            about = "provider not run for this flow" if known else "provider not among the files"
            exchange.note = joined(exchange.note, f"{about}: {uid}")


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


class _Plain(ElementTree.TreeBuilder):
    """Refuses document types before they can define entities, which can be made to blow up."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise NotReadableError("a document type", found=name, expected="plain XML")


def _root(file: Path) -> ElementTree.Element:
    """The root of an XML file."""
    try:
        with file.open("rb") as stream:
            text = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        about = f"can not be opened: {error.strerror or error}"
        raise NotReadableError(about, file=str(file)) from error
    if len(text) > LARGEST_FILE:
        expected = f"at most {LARGEST_FILE // 1024**2} MiB"
        raise NotReadableError("file too large", file=str(file), found="more", expected=expected)
    try:
        return ElementTree.fromstring(text, ElementTree.XMLParser(target=_Plain()))
    except ElementTree.ParseError as error:
        raise NotReadableError(f"no XML: {error}", file=str(file), line=error.position[0]) from error
    except NotReadableError as error:
        raise error.at(file=str(file)) from None
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise NotReadableError(f"no XML: {error}", file=str(file)) from error
