"""Where in which file each place of a model was written.

Marks hang on the model beside its fields: they are no part of what a model is, so that two models that say
the same are equal wherever they were written.
"""

from __future__ import annotations

from meguru.model.components import Model
from meguru.model.tree import Mark

Marks = dict[str, Mark]


def marks_of(model: Model) -> Marks:
    """Place → (file, line); empty for a model built in Python."""
    found: Marks = vars(model).get("marks", {})
    return found


def set_marks(model: Model, marks: Marks) -> None:
    """Hang marks on a model."""
    vars(model)["marks"] = marks


def where(model: Model, place: str) -> Mark:
    """File and line of a place, or of the nearest one around it that was written; (None, None) if unknown."""
    marks = marks_of(model)
    while place and place not in marks:
        place = place.rpartition(".")[0]
    return marks.get(place, (None, None))
