"""Numbers as they are read: scaled to a unit of fitting size, with as many digits as they carry."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from meguru.report.both import Both
from meguru.report.words import unit_words

DIGITS = 4
MINUS = "\N{MINUS SIGN}"
# name of the larger unit and its size in the unit that the family is counted in
MASSES = (("Gt", 1e12), ("Mt", 1e9), ("kt", 1e6), ("t", 1e3), ("kg", 1.0), ("g", 1e-3), ("mg", 1e-6))
IN_KILOGRAMS = {name: size for name, size in MASSES}
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

    def full(self, value: float, *, signed: bool = False) -> Both:
        """The number with its unit."""
        sign = "+" if signed and value > 0 else ""
        return Both.of(sign + self.text(value)) + self.gap + self.unit

    @property
    def gap(self) -> Both:
        """What stands between number and unit: a blank that does not break."""
        return Both.of("\N{NO-BREAK SPACE}")


def unit_text(unit: str) -> Both:
    """A unit as it is written for people: ``t_CO2e/year`` → t-CO₂e/yr, t-CO₂e/年."""
    parts = [_word(part.strip(" ()")) for part in (unit or "1").replace("**", "^").split("/")]
    head, rest = parts[0], parts[1:]
    for part in rest:
        head = head + "/" + part
    return head


def _word(word: str) -> Both:
    found = unit_words().get(word)
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
    behind = Both.of("/") + unit_text(per) if per else Both("", "")
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
    if float(text.replace(",", "")) == 0.0:
        text = f"{abs(value):.1e}" if abs(value) < 1e-6 else f"{abs(value):.{1 - math.floor(math.log10(abs(value)))}f}"
    if decimals is None and "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if value < 0 else "") + text


def _decimals(value: float) -> int:
    return min(12, max(0, DIGITS - 1 - math.floor(math.log10(abs(value)))))


def decimals_for(values: Iterable[float]) -> int:
    """Decimals that all numbers of a column share, so that their points stand below each other."""
    finite = [abs(v) for v in values if math.isfinite(v) and v != 0.0]
    if not finite or all(v == round(v) and v < 1e6 for v in finite):
        return 0
    return min(6, _decimals(max(finite)))


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers from at or below ``low`` to at or above ``high``."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12 - math.floor(math.log10(step))) for index in range(first, last + 1)]
