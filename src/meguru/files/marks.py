"""Where in which file each place was written.

Marks hang on a model or library beside its fields: they are no part of what it is, so that two that say the
same are equal wherever they were written.
"""

from __future__ import annotations

from typing import TypeVar

from meguru.errors import MeguruError
from meguru.files.component import Component
from meguru.files.tree import Mark

Marks = dict[str, Mark]
E = TypeVar("E", bound=MeguruError)


def marks_of(owner: Component) -> Marks:
    """Place → (file, line); empty for what was built in Python."""
    found: Marks = vars(owner).get("marks", {})
    return found


def set_marks(owner: Component, marks: Marks) -> None:
    """Hang marks on what was read."""
    vars(owner)["marks"] = marks


def where(owner: Component, place: str) -> Mark:
    """File and line of a place, or of the nearest one around it that was written; (None, None) if unknown."""
    marks = marks_of(owner)
    while place and place not in marks:
        place = place.rpartition(".")[0]
    return marks.get(place, (None, None))


def locate(owner: Component, error: E) -> E:
    """The same error, with file and line filled in from its place where they are not known yet."""
    file, line = where(owner, error.place or "")
    # Without a place only the file is certain: the first line would lead astray.
    return error.at(file=file, line=line if error.place else None)
