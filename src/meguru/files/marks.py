"""Where in which file each place was written.

Marks hang on a model or library beside its fields: they are no part of what it is, so that two that say the
same are equal wherever they were written.
"""

from __future__ import annotations

from meguru.files.component import Component
from meguru.files.tree import Mark

Marks = dict[str, Mark]


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
