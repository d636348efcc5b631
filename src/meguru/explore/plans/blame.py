"""Which measure, at which level, makes a run of plans impossible."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from meguru.errors import ModelError
from meguru.explore.plans.measures import Plan, Taken
from meguru.files.marks import where
from meguru.model import Model


def blamed(
    model: Model, plans: Iterable[Plan], tried: Callable[[Plan], object], error: ModelError
) -> ModelError:
    """The error of a run of plans; where a level by itself is impossible, at the range that allows it.

    Of the levels that the plans take of each measure, the least and the largest are looked at.

    Parameters
    ----------
    tried
        What runs a single plan.
    """
    levels: dict[str, set[float]] = {}
    for plan in plans:
        for one in plan:
            if one.level is not None:
                levels.setdefault(one.measure, set()).add(one.level)
    for name, found in levels.items():
        for level in sorted({min(found), max(found)}, key=abs, reverse=True):
            fault = _fault(tried, Taken(name, level))
            if fault is not None:
                return _at_range(model, name, level, fault)
    return error


def _fault(tried: Callable[[Plan], object], taken: Taken) -> ModelError | None:
    """What is wrong where this alone is taken."""
    try:
        tried((taken,))
    except ModelError as error:
        return error
    return None


def _at_range(model: Model, name: str, level: float, fault: ModelError) -> ModelError:
    wanted = model.measures[name].range
    assert wanted is not None  # as it has levels
    place = f"measures.{name}.range"
    file, line = where(model, place)
    tried = f"{level:g} {wanted.low.unit}".rstrip()
    about = ": ".join(part for part in (fault.place, fault.message) if part)
    return type(fault)(
        f"{tried} was tried: {about}",
        file=file,
        line=line,
        place=place,
        found=fault.found,
        expected=fault.expected,
        hint="Let the range hold what is possible.",
    )
