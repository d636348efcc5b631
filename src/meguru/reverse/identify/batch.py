"""A folder of photos: each identified, what can not be read set aside with its reason."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from meguru.errors import MeguruError, NotReadableError
from meguru.reverse.identify.identifier import Identification, Identifier


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file, and what it shows or why it was set aside: one of both is None."""

    path: Path
    found: Identification | None
    fault: MeguruError | None


def photos_in(folder: str | os.PathLike[str]) -> list[Path]:
    """Every file of a folder and the folders in it, but hidden ones; what is no picture is told later.

    A link to a file that is not there counts, so that it is told too.

    Raises
    ------
    NotReadableError
        No such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotReadableError("no such folder", file=str(folder))
    files = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return sorted(
        path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def identify_all(identifier: Identifier, paths: Iterable[Path]) -> Iterator[Outcome]:
    """Identify photos one after the other; an unreadable one does not stop the rest."""
    for path in paths:
        try:
            found = identifier.identify(path)
        except NotReadableError as error:
            yield Outcome(path, None, error.at(file=str(path)))
        else:
            yield Outcome(path, found, None)
