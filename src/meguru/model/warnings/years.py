"""Years that have nothing to do with those of the study: often a digit too few or too many."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import ModelWarning
from meguru.model.checks.time import start_of
from meguru.model.components import Model
from meguru.model.walk import quantities
from meguru.model.warnings.warning import warning
from meguru.quantity.series import shown_year

FAR = 100  # years around the study: data from long before it are no slip


def series_far_from_the_study(model: Model) -> Iterator[ModelWarning]:
    """Years of a series lie near the study, and not all of them after it."""
    first, last = start_of(model), model.time.last
    for place, quantity, _, _ in quantities(model):
        far = [year for year in quantity.years if not first - FAR <= year <= last + FAR]
        if far:
            yield warning(
                model,
                place,
                "a year far from those of the study",
                found=shown_year(far[0]),
                expected=f"years around {first} to {last}",
            )
        elif quantity.years and quantity.years[0] >= last + 1:
            yield warning(
                model,
                place,
                "a series that begins after the study: its first value holds in every year",
                found=shown_year(quantity.years[0]),
                expected=f"years from {first} to {last}",
            )


def changes_out_of_reach(model: Model) -> Iterator[ModelWarning]:
    """Numbers that hold from a year on do so before the study ends; of measures it is said once."""
    said = {measure.since for measure in model.measures.values()}
    for place, quantity, _, _ in quantities(model):
        for year, _ in quantity.since:
            if year not in said:
                yield from _out_of_reach(model, f"{place}.since.{year}", "this number", year)


def measures_out_of_reach(model: Model) -> Iterator[ModelWarning]:
    """Measures take hold before the study ends, whichever year is chosen."""
    last = model.time.last
    for name, measure in model.measures.items():
        if measure.since is not None:
            yield from _out_of_reach(model, f"measures.{name}.from", "this measure", measure.since)
            if measure.latest is not None and measure.since <= last < measure.latest:
                yield warning(
                    model,
                    f"measures.{name}.latest",
                    "years after the study, in which this measure is not tried",
                    found=measure.latest,
                    expected=f"{last} or earlier",
                )


def _out_of_reach(model: Model, place: str, what: str, year: int) -> Iterator[ModelWarning]:
    first, last = start_of(model), model.time.last
    if year > last:
        yield warning(
            model,
            place,
            f"{what} never holds: the study ends before",
            found=f"from {year} on",
            expected=f"{last} or earlier",
        )
    elif year < first - FAR:
        yield warning(
            model,
            place,
            "a year far from those of the study",
            found=f"from {year} on",
            expected=f"years around {first} to {last}",
        )
