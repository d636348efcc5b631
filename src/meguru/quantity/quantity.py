"""A number with unit: a constant, a series by year, a distribution or a formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from meguru.errors import MeguruError, MissingValueError, RangeError, WrongTypeError
from meguru.quantity.distribution import Distribution
from meguru.quantity.series import check_series
from meguru.quantity.units import factor

if TYPE_CHECKING:
    from numpy.typing import NDArray

Draw = Callable[[Distribution], "NDArray[np.float64]"]
Names = Mapping[str, tuple["NDArray[np.float64]", str]]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with unit, in one of four forms: value, values by years, distribution, formula.

    Parameters
    ----------
    value, unit
        The constant and its unit; ``""`` is a number without dimension. A formula without unit takes the
        one wanted.
    years, values
        A series, years ascending; 2020.5 is the middle of 2020.
    interpolate
        Between the years: ``linear``, ``step`` (the last value given), ``geometric`` (constant growth),
        ``none`` (every year must be given).
    beyond
        Outside the years given: ``error``, or ``hold`` the first or last value.
    distribution
        The number is uncertain.
    uncertain
        A factor without dimension on the value or the whole series.
    formula
        A formula over named numbers.
    source, quality
        Where the number is from; how good it is, 0 to 1.
    since
        From that calendar year on the other quantity holds; years ascending.
    """

    value: float | None = None
    unit: str = ""
    _: KW_ONLY
    years: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    interpolate: str = "linear"
    beyond: str = "error"
    distribution: Distribution | None = None
    uncertain: Distribution | None = None
    formula: str | None = None
    source: str | None = None
    quality: float | None = None
    since: tuple[tuple[int, Quantity], ...] = ()

    def __post_init__(self) -> None:
        value = self.value
        # Two checks in the common case: models hold tens of thousands of constants.
        if value.__class__ is not float and value is not None:
            if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number)):
                raise WrongTypeError("not a number", found=value, expected="a number")
            object.__setattr__(self, "value", float(value))
        if self.value is not None and not math.isfinite(self.value):
            raise RangeError("not a finite number", found=self.value)
        if self.value is None or self.values or self.years or self.distribution or self.formula is not None:
            self._check_form()
        if self.quality is not None and not 0.0 <= self.quality <= 1.0:
            raise RangeError("quality is outside 0 to 1", found=self.quality)
        if self.since and any(
            later[0] <= former[0] for former, later in zip(self.since, self.since[1:], strict=False)
        ):
            raise RangeError("years of 'since' are not ascending", found=[year for year, _ in self.since])

    def _check_form(self) -> None:
        forms = {
            "value": self.value is not None,
            "values": bool(self.values or self.years),
            "distribution": self.distribution is not None,
            "formula": self.formula is not None,
        }
        given = [form for form, there in forms.items() if there]
        if not given:
            raise MissingValueError("a quantity without a number", expected=list(forms))
        if len(given) > 1:
            raise WrongTypeError(
                "a quantity has one form only", found=" and ".join(given), expected=list(forms)
            )
        if self.uncertain is not None and given[0] in ("distribution", "formula"):
            raise WrongTypeError(f"'uncertain' goes with value or values, not with a {given[0]}")
        if given == ["values"]:
            check_series(self.years, self.values, self.interpolate, self.beyond)

    def says_months(self) -> bool:
        """Whether a year of the series, or of what holds later, is not a whole one."""
        return any(year % 1 for year in self.years) or any(later.says_months() for _, later in self.since)

    @classmethod
    def parse(cls, found: object) -> Quantity:
        """A quantity from what may stand in a file: ``12``, ``"12 kg"``, ``"= 1 - rate"``, a mapping."""
        from meguru.quantity.reading import read_quantity

        return read_quantity(found)

    @classmethod
    def series(cls, values: Mapping[float, float], unit: str = "", **more: Any) -> Quantity:
        """A series by year; ``more``: interpolate, beyond, uncertain, source, quality."""
        years = sorted(values)
        return cls(
            unit=unit,
            years=tuple(map(float, years)),
            values=tuple(float(values[year]) for year in years),
            **more,
        )

    @classmethod
    def calculated(cls, formula: str, unit: str = "", **more: Any) -> Quantity:
        """A formula over named numbers, as ``"1 - rate"``."""
        return cls(formula=formula, unit=unit, **more)

    @classmethod
    def normal(
        cls,
        mean: float,
        sd: float,
        unit: str = "",
        *,
        low: float | None = None,
        high: float | None = None,
        **more: Any,
    ) -> Quantity:
        """A normal distribution, cut off at low and high where given."""
        return cls(
            unit=unit, distribution=Distribution("normal", mean=mean, sd=sd, low=low, high=high), **more
        )

    @classmethod
    def lognormal(
        cls,
        median: float | None = None,
        gsd: float | None = None,
        unit: str = "",
        *,
        mean: float | None = None,
        sd: float | None = None,
        **more: Any,
    ) -> Quantity:
        """A lognormal distribution by median and geometric standard deviation, or by mean and sd."""
        return cls(
            unit=unit,
            distribution=Distribution("lognormal", median=median, gsd=gsd, mean=mean, sd=sd),
            **more,
        )

    @classmethod
    def uniform(cls, low: float, high: float, unit: str = "", **more: Any) -> Quantity:
        """Any number between low and high, all alike."""
        return cls(unit=unit, distribution=Distribution("uniform", low=low, high=high), **more)

    @classmethod
    def triangular(cls, low: float, mode: float, high: float, unit: str = "", **more: Any) -> Quantity:
        """A triangular distribution."""
        return cls(unit=unit, distribution=Distribution("triangular", low=low, mode=mode, high=high), **more)

    @classmethod
    def pert(cls, low: float, mode: float, high: float, unit: str = "", **more: Any) -> Quantity:
        """A PERT distribution: as the triangular one, with more weight on the mode."""
        return cls(unit=unit, distribution=Distribution("pert", low=low, mode=mode, high=high), **more)

    def changed_from(self, year: int, other: Quantity) -> Quantity:
        """The same until the year, from then on the other; changes planned for later years no longer hold."""
        return replace(self, since=(*(entry for entry in self.since if entry[0] < year), (year, other)))

    def formula_names(self) -> set[str]:
        """Names that its formula, or a formula that holds from a later year, refers to."""
        names: set[str] = set()
        if self.formula is not None:
            from meguru.expression import names_in, parse

            names = names_in(parse(self.formula))
        return names.union(*(other.formula_names() for _, other in self.since))

    def is_certain(self) -> bool:
        """Whether it holds no distribution of its own (a formula may still refer to one)."""
        here = self.distribution is None and self.uncertain is None
        return here and all(other.is_certain() for _, other in self.since)

    def varies(self) -> bool:
        """Whether it holds a distribution of its own whose samples differ."""
        here = any(one is not None and one.has_width() for one in (self.distribution, self.uncertain))
        return here or any(other.varies() for _, other in self.since)

    def evaluate(
        self,
        unit: str,
        years: NDArray[np.float64],
        *,
        draw: Draw | None = None,
        names: Names | None = None,
        place: str = "",
    ) -> NDArray[np.float64]:
        """The numbers in a unit.

        Parameters
        ----------
        unit
            The unit wanted.
        years : (time,)
            Calendar years; 2020.5 is the middle of 2020.
        draw
            Gives samples (sample,) of a distribution; without it a distribution gives its mean.
        names
            What formulas may refer to: array (sample or 1, time or 1) and unit by name.
        place
            For messages.

        Returns
        -------
        (sample or 1, time or 1)

        Raises
        ------
        MissingUnitError, DimensionError, UnitError
            The quantity can not be had in this unit.
        SeriesError
            A year is not given.
        FormulaError, UnknownNameError
            The formula can not be evaluated.
        """
        try:
            if self.value is not None and self.uncertain is None and not self.since:
                times, by = factor(self.unit, unit)
                return np.array(((self.value * times / by,),))
            from meguru.quantity.evaluation import evaluate_general

            return evaluate_general(
                self, unit, np.atleast_1d(np.asarray(years, dtype=np.float64)), draw, names
            )
        except MeguruError as error:
            error.at(place=place)
            raise
