"""Values of indicators with all that must be known to read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from meguru.errors import DimensionError, IndicatorError
from meguru.indicators.catalogue.definitions import MARKS, REMEMBERED, Definition, Words

if TYPE_CHECKING:
    from pandas import DataFrame

VALUE, PARTLY, UNDEFINED, NOT_GIVEN = "value", "partly undefined", "undefined", "not given"
NOT_APPLICABLE = "not applicable"
WITHOUT = (NOT_GIVEN, NOT_APPLICABLE)  # nothing was computed


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator of one subject in one year.

    Attributes
    ----------
    value
        In ``unit``; the mean over the samples where it is defined; None where it is in none.
    numerator, denominator
        Of the outermost division, or as the definition names them, each in its unit; None where nothing is
        divided, for which the definition has the reason (``no_ratio``).
    state
        ``value``, ``partly undefined`` (in some samples; ``reason`` says in how many), ``undefined`` (with
        ``reason``), ``not given`` (figures are missing, with ``reason``) or ``not applicable`` (with the
        ``reason`` that was given for it).
    variant, aggregation
        Which formula was taken, and how rows of the whole were joined (None: there was nothing to join).
    quality
        The lowest of the figures used, 0 to 1; None if nothing is said of any.
    shown
        The value rounded as the source prescribes.
    assumed
        What was counted in place of figures that were not given, and why.
    doubts
        What is probably not meant in the figures.
    p05, p95
        Quantiles over the samples.
    """

    definition: Definition
    subject: str = ""
    scenario: str = ""
    year: int | None = None
    value: float | None = None
    unit: str = "1"
    numerator: float | None = None
    numerator_unit: str = ""
    denominator: float | None = None
    denominator_unit: str = ""
    state: str = VALUE
    reason: Words | None = None
    variant: str = "standard"
    aggregation: str | None = None
    mark: str = ""
    quality: float | None = None
    shown: float | None = None
    assumed: tuple[Words, ...] = ()
    doubts: tuple[Words, ...] = ()
    level: str | None = None
    goods: str | None = None
    p05: float | None = None
    p95: float | None = None

    @property
    def id(self) -> str:
        """Id of the indicator."""
        return self.definition.id

    @property
    def standing(self) -> Words:
        """How far the formula is confirmed; one from memory never claims to be that of a standard."""
        return MARKS[self.mark]

    @property
    def confirmed(self) -> bool:
        """Whether the formula was seen in a source or quoted; else it may not claim a standard."""
        return self.mark != REMEMBERED

    def row(self) -> dict[str, Any]:
        """Everything as one row of a table."""
        one = self.definition
        return {
            "scenario": self.scenario,
            "subject": self.subject,
            "year": self.year,
            "set": one.set,
            "edition": one.edition,
            "indicator": one.id,
            "mandatory": one.mandatory,
            "value": self.value,
            "unit": self.unit,
            "numerator": self.numerator,
            "numerator_unit": self.numerator_unit,
            "denominator": self.denominator,
            "denominator_unit": self.denominator_unit,
            "state": self.state,
            "reason": self.reason.en if self.reason else "",
            "variant": self.variant,
            "aggregation": self.aggregation or "",
            "mark": self.mark,
            "quality": self.quality,
            "shown": self.shown,
            "p05": self.p05,
            "p95": self.p95,
            "assumed": "; ".join(text.en for text in self.assumed),
        }


class Measurement(Sequence[Measured]):
    """Values that were measured together, with what to beware of when they are read side by side."""

    def __init__(self, found: Iterable[Measured]) -> None:
        self._found = list(found)
        _refuse_mixed_editions(self._found)
        _refuse_two_currencies(self._found)

    @overload
    def __getitem__(self, index: int) -> Measured: ...
    @overload
    def __getitem__(self, index: slice) -> Measurement: ...
    def __getitem__(self, index: int | slice) -> Measured | Measurement:
        return Measurement(self._found[index]) if isinstance(index, slice) else self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Measured]:
        return iter(self._found)

    def __add__(self, other: Measurement) -> Measurement:
        return Measurement([*self, *other])

    def of(self, indicator: str, *, subject: str | None = None, year: int | None = None) -> Measured:
        """The one value of an indicator.

        Raises
        ------
        IndicatorError
            There is none, or more than one.
        """
        found = [
            one
            for one in self
            if indicator in (one.id, one.definition.short)
            and (subject is None or one.subject == subject)
            and (year is None or one.year == year)
        ]
        if len(found) != 1:
            raise IndicatorError(
                f"{len(found)} values of this indicator",
                found=indicator,
                expected="one",
                hint="Name the subject or the year." if found else None,
            )
        return found[0]

    @property
    def warnings(self) -> list[Words]:
        """What to beware of: doubtful figures, mixed levels or goods, an unusual level."""
        from meguru.indicators.catalogue.comparable import warnings_of

        doubts = dict.fromkeys(text for one in self for text in one.doubts)
        return [*doubts, *warnings_of(self)]

    def table(self) -> DataFrame:
        """One row a value; ``value`` is NA where it is undefined or not given."""
        import pandas as pd

        rows = [one.row() for one in self]
        frame = pd.DataFrame(rows, columns=list(Measured.__slots__) if not rows else None)
        numbers = ("value", "numerator", "denominator", "quality", "shown", "p05", "p95")
        return frame.astype({**dict.fromkeys(numbers, "Float64"), "year": "Int64"}) if rows else frame

    def trend(self, tolerance: float = 0.01) -> DataFrame:
        """The direction of each indicator from year to year: see the module ``trend``."""
        from meguru.indicators.catalogue.trend import trend

        return trend(self, tolerance)


def _refuse_mixed_editions(found: Iterable[Measured]) -> None:
    editions: dict[str, str] = {}
    for one in found:
        known = editions.setdefault(one.definition.set, one.definition.edition)
        if known != one.definition.edition:
            raise IndicatorError(
                f"two editions of {one.definition.set} mixed",
                found=f"{known} and {one.definition.edition}",
                expected="one edition",
                hint="Values of different editions do not compare; measure them apart.",
            )


def _refuse_two_currencies(found: Iterable[Measured]) -> None:
    """There are no exchange rates: of one subject all years are in one currency, or nothing compares."""
    units: dict[tuple[str, str, str], Measured] = {}
    for one in found:
        if one.state == NOT_GIVEN:
            continue
        first = units.setdefault((one.scenario, one.subject, one.id), one)
        if first.unit != one.unit:
            raise DimensionError(
                "two currencies of one subject",
                place=" ".join(part for part in (one.subject, one.id) if part),
                found=" and ".join(f"{each.unit} ({each.year})" for each in (first, one)),
                expected="one currency in all years",
                hint="Convert one of them first, or tell them apart by a column 'subject'.",
            )
