"""Numbers as they are read: scaled to a unit of fitting size, with as many digits as they carry."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meguru.report.both import Both, joined
from meguru.report.words import unit_words, unit_words_of_one

DIGITS = 4
NOTHING = 1e-200  # no axis is that short
ALIKE = 1e-9  # relative difference below which numbers are the same
MINUS = "\N{MINUS SIGN}"
# name of the larger unit and its size in the unit that the family is counted in
MASSES = (("Gt", 1e12), ("Mt", 1e9), ("kt", 1e6), ("t", 1e3), ("kg", 1.0), ("g", 1e-3), ("mg", 1e-6))
IN_KILOGRAMS = dict(MASSES)
ENERGIES = (("TWh", 1e9), ("GWh", 1e6), ("MWh", 1e3), ("kWh", 1.0))
THOUSANDS = (("billion", 1e9), ("million", 1e6), ("thousand", 1e3), ("", 1.0))
_EQUIVALENT = re.compile(r"(Gt|Mt|kt|t|kg|g|mg)[_ -]?([A-Z]\w*)")


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers of one kind are shown: divided by ``size``, with ``unit`` behind."""

    size: float
    unit: Both

    def text(self, value: float | None, decimals: int | None = None) -> str:
        """The number alone, for a column or axis that bears the unit."""
        return "" if value is None else number(value / self.size, decimals)

    def full(self, value: float, decimals: int | None = None, *, signed: bool = False) -> Both:
        """The number with its unit."""
        return (
            Both.of(self.signed(value, decimals) if signed else self.text(value, decimals))
            + "\N{NO-BREAK SPACE}"
            + self.unit
        )

    def signed(self, value: float, decimals: int | None = None) -> str:
        """The number with its sign, plus as well as minus."""
        text = self.text(value, decimals)
        return f"+{text}" if value > 0 and text.strip("0.") else text


def unit_text(unit: str, *, of_one: bool = False) -> Both:
    """A unit as it is written for people: ``t_CO2e/year`` → t-CO₂e/yr, t-CO₂e/年.

    ``of_one``: as behind a "per"; what stands behind a stroke always is.
    """
    head, *rest = (part.strip(" ()") for part in (unit or "1").replace("**", "^").split("/"))
    return joined("/", [_word(head, of_one), *(_word(part, True) for part in rest)])


def _word(word: str, of_one: bool = False) -> Both:
    found = (unit_words_of_one().get(word) if of_one else None) or unit_words().get(word or "1")
    if found is not None:
        return found
    equivalent = _EQUIVALENT.fullmatch(word)
    if equivalent:
        return Both.of(f"{equivalent[1]}-{equivalent[2].replace('CO2', 'CO₂')}")
    return Both.of(re.sub(r"\bm2\b", "m²", re.sub(r"\bm3\b", "m³", word)).replace("*", "·"))


def scale_for(unit: str, values: Iterable[float], *, per_year: bool = False, fixed: bool = False) -> Scale:
    """The unit in which the largest of some values has at most three digits before the point.

    Parameters
    ----------
    unit
        Of the values.
    per_year
        The values are amounts in a year.
    fixed
        Keep the unit as it is.
    """
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    size, text = (1.0, unit_text(unit)) if fixed else _fitting(unit, largest)
    return Scale(size, text + "/" + _word("year") if per_year else text)


def _fitting(unit: str, largest: float) -> tuple[float, Both]:
    base, _, per = unit.partition("/")
    behind = Both.of("/") + unit_text(per, of_one=True) if per else Both("", "")
    equivalent = _EQUIVALENT.fullmatch(base)
    prefix, tail = (equivalent[1], f"_{equivalent[2]}") if equivalent else (base, "")
    if prefix in IN_KILOGRAMS:
        name, size = _choose(MASSES, largest * IN_KILOGRAMS[prefix])
        return size / IN_KILOGRAMS[prefix], unit_text(name + tail) + behind
    if base == "kWh":
        name, size = _choose(ENERGIES, largest)
        return size, Both.of(name) + behind
    if base in ("%", "1", ""):
        return 1.0, unit_text(unit)
    name, size = _choose(THOUSANDS, largest / 10)
    counted = _word(base)
    return size, (unit_words()[name].fill(unit=counted) if name else counted) + behind


def _choose(family: tuple[tuple[str, float], ...], largest: float) -> tuple[str, float]:
    """The largest unit in which the number is at least one."""
    if largest == 0.0:
        return next(entry for entry in family if entry[1] == 1.0)
    return next((entry for entry in family if largest >= entry[1]), family[-1])


def number(value: float, decimals: int | None = None) -> str:
    """A number with thousands commas; four significant digits unless the decimals are given."""
    if value == 0.0:
        return "0"
    places = _decimals(value) if decimals is None else decimals
    text = f"{abs(value):,.{places}f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if not text.strip("0.,"):
        return text if decimals is not None else f"{value:.1e}"
    return (MINUS if value < 0 else "") + text


def _decimals(value: float) -> int:
    return min(12, max(0, DIGITS - 1 - math.floor(math.log10(abs(value)))))


def brief(value: float) -> str:
    """A number with three significant digits, for places with little room."""
    return number(float(f"{value:.3g}"))


def decimals_for(values: Iterable[float]) -> int:
    """Decimals that numbers side by side share: four digits of the largest; none if all are whole."""
    finite = [abs(v) for v in values if math.isfinite(v) and v != 0.0]
    if not finite or all(abs(v - round(v)) < 1e-9 * v for v in finite):
        return 0
    return min(6, _decimals(max(finite)))


def tick_texts(ticks: Sequence[float]) -> list[str]:
    """Ticks with as many decimals as their distance needs."""
    step = ticks[1] - ticks[0]
    decimals = next((d for d in range(13) if abs(step - round(step, d)) < step * 1e-6), None)
    return [f"{tick:.1e}" if decimals is None else number(tick, decimals) for tick in ticks]


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers from at or below ``low`` to at or above ``high``."""
    if high - low <= max(ALIKE * max(abs(low), abs(high)), NOTHING):
        high = low + (abs(low) if abs(low) > NOTHING else 1.0)
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12 - math.floor(math.log10(step))) for index in range(first, last + 1)]
