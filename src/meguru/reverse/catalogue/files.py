"""A catalogue as a folder: ``catalogue.yaml`` and the photos of each type in ``photos/TYPE/``.

A photo whose name begins with ``icon`` is an iconic picture; all others are photos as they are taken.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from meguru.errors import (
    DuplicateKeyError,
    NotReadableError,
    UnknownNameError,
    UnsupportedError,
    WriteError,
    did_you_mean,
)
from meguru.files.document import component_data
from meguru.files.marks import set_marks
from meguru.files.reader import Reader
from meguru.files.schema import file_schema
from meguru.files.tree import describe, parse_tree, read_text
from meguru.files.writing import write_beside
from meguru.files.yaml_text import to_yaml
from meguru.reverse.catalogue.checks import check_catalogue
from meguru.reverse.catalogue.components import KINDS, Catalogue, Photo

FILE = "catalogue.yaml"
PHOTOS = "photos"
ICON = "icon"
FORMAT, FORMAT_KEY = 1, "catalogue"
ENDINGS = frozenset((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"))


class _Reader(Reader):
    whole = "the catalogue"


def load_catalogue(folder: str | os.PathLike[str]) -> Catalogue:
    """Read a catalogue, check it, and find its photos.

    Raises
    ------
    ModelError
        A named one for each kind of fault, with file, line and place; see :func:`check_catalogue`.
    """
    folder = Path(folder)
    path = folder / FILE
    if not path.is_file():
        raise NotReadableError(
            "no catalogue here", file=str(folder), expected=FILE,
            hint="Make one with: meguru reverse catalogue FOLDER --from TABLE",
        )  # fmt: skip
    tree = parse_tree(read_text(path), str(path)).copy()
    version = tree.value.pop(FORMAT_KEY, None)
    if version is not None and version.value != FORMAT:
        raise UnsupportedError(
            "other version of the file format", file=str(path), line=version.mark[1], place=FORMAT_KEY,
            found=describe(version), expected=FORMAT,
        )  # fmt: skip
    reader = _Reader(KINDS)
    catalogue = reader.component(Catalogue, tree, "")
    assert isinstance(catalogue, Catalogue)
    set_marks(catalogue, reader.marks)
    vars(catalogue)["folder_read"] = folder
    check_catalogue(catalogue)
    vars(catalogue)["photos_found"] = _photos(folder / PHOTOS, catalogue)
    return catalogue


def catalogue_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a ``catalogue.yaml``."""
    schema = file_schema("meguru catalogue of product types", Catalogue, KINDS)
    version = {"description": "version of the file format", "const": FORMAT}
    return {**schema, "properties": {FORMAT_KEY: version, **schema["properties"]}}


def _photos(folder: Path, catalogue: Catalogue) -> tuple[Photo, ...]:
    if not folder.is_dir():
        return ()
    found = []
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        if inner.name not in catalogue.types:
            raise UnknownNameError(
                "photos of a type that the catalogue does not have", file=str(inner), found=inner.name,
                expected="a type of the catalogue", hint=did_you_mean(inner.name, catalogue.types),
            )  # fmt: skip
        paths = sorted(path for path in inner.iterdir() if path.suffix.lower() in ENDINGS)
        found += [Photo(path, inner.name, path.stem.lower().startswith(ICON)) for path in paths]
    return tuple(found)


def save_catalogue(catalogue: Catalogue, folder: str | os.PathLike[str]) -> Path:
    """Check a catalogue and write its ``catalogue.yaml``; photos are left as they are."""
    check_catalogue(catalogue)
    path = Path(folder) / FILE
    _make(path.parent)
    data = {FORMAT_KEY: FORMAT, **component_data(catalogue, "", {})}
    write_beside(path, to_yaml(data).encode())
    return path


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"can not be made: {error.strerror or error}", file=str(folder)) from error


def _holds(path: Path, photo: bytes) -> bool:
    """Whether a file has these very bytes; one that can not be read has not."""
    try:
        return path.stat().st_size == len(photo) and path.read_bytes() == photo
    except OSError:
        return False


def add_photo(catalogue: Catalogue, type_name: str, photo: bytes, ending: str) -> Photo:
    """Put a photo beside the others of its type; the same picture twice is one reference.

    Raises
    ------
    UnknownNameError
        No such type.
    NotReadableError
        The catalogue has no folder.
    DuplicateKeyError
        The same picture is a reference of another type.
    """
    if type_name not in catalogue.types:
        raise UnknownNameError(
            "no such product type", found=type_name, expected="a type of the catalogue",
            hint=did_you_mean(type_name, catalogue.types),
        )  # fmt: skip
    if catalogue.folder is None:
        raise NotReadableError("a catalogue without a folder has no place for photos")
    folder = catalogue.folder / PHOTOS / type_name
    for other in catalogue.photos:
        if other.type_name != type_name and _holds(other.path, photo):
            raise DuplicateKeyError(
                "this picture is a reference of another type", file=str(other.path), found=type_name,
                expected=other.type_name, hint="If that was wrong, delete the file first.",
            )  # fmt: skip
    _make(folder)
    path = folder / f"confirmed-{hashlib.sha256(photo).hexdigest()[:16]}{ending.lower()}"
    if not path.exists():
        write_beside(path, photo)
    new = Photo(path, type_name, False)
    if new not in catalogue.photos:
        vars(catalogue)["photos_found"] = (*catalogue.photos, new)
    return new
