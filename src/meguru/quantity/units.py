"""Units and dimensions: read, compare, convert.

The units are those of ``units.txt``. pint parses them; it is loaded when a unit is met that no earlier run
has met, and each text is parsed once.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from meguru.errors import DimensionError, MeguruError, MissingUnitError, UnitError, did_you_mean
from meguru.quantity.known_units import Dimension, Unit, known, remember
from meguru.quantity.spelling import EQUIVALENT_OF, MULTIPLES, normal_spelling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pint import UnitRegistry

Number = TypeVar("Number", float, "NDArray[np.float64]")
NONE: Dimension = ()
LONGEST_UNIT = 100
UNIT = "a unit, as 'kg', 'JPY/piece' or '1/year'"
COMMON = (
    "kg",
    "mg",
    "km",
    "cm",
    "mm",
    "kW",
    "MW",
    "kWh",
    "MWh",
    "kJ",
    "MJ",
    "GJ",
    "kg_CO2e",
    "t_CO2e",
    "m2",
    "m3",
)
WORDS: dict[Dimension, str] = {
    NONE: "number or share",
    (("length", 2.0),): "area",
    (("length", 3.0),): "volume",
    (("length", 2.0), ("mass", 1.0), ("time", -2.0)): "energy",
    (("length", 2.0), ("mass", 1.0), ("time", -3.0)): "power",
    (("length", 1.0), ("mass", 1.0)): "transport work",
    (("current", 1.0), ("time", 1.0)): "charge",
    (("piece", 1.0),): "count",
}
DIVIDING, LARGE = ("nano", "micro", "milli", "centi", "deci"), ("mega", "giga", "tera", "peta", "exa")
# Of these nobody counts thousandths; what reads as such is another unit, or a large number of them.
UNDIVIDED = (
    "tonne", "minute", "hour", "day", "week", "month", "year", "byte", "bit", "tonne_kilometer",
    "person_kilometer", "vehicle_kilometer",
)  # fmt: skip
COUNTED = (
    "piece", "person", "household", "vehicle", "parcel", "trip", "use", "cycle", "wash", "page", "meal",
    "visit", "night",
)  # fmt: skip


@lru_cache(maxsize=1)
def _registry() -> UnitRegistry[Any]:
    """The one registry of units."""
    import pint

    registry: UnitRegistry[Any] = pint.UnitRegistry(None)
    definitions = resources.files("meguru.quantity").joinpath("units.txt").read_text(encoding="utf-8")
    registry.load_definitions(definitions.splitlines())
    return registry


@lru_cache(maxsize=4096)
def _unit(text: str) -> Unit:
    """What a unit's text means."""
    if text in ("", "1"):
        return Unit(1.0, NONE, ())
    if len(text) > LONGEST_UNIT:
        raise UnitError("the text is too long for a unit", found=text)
    found = known(text)
    if found is None:
        found = _parsed(text)
        remember(text, found)
    return found


def _parsed(unit: str) -> Unit:
    text = normal_spelling(unit)
    registry = _registry()
    for name in set(re.findall(rf"{EQUIVALENT_OF}\w+", text)):
        if name not in registry:
            own = name.removeprefix(EQUIVALENT_OF)
            registry.define(f"{name} = [{'_' if own[0].isdigit() else ''}{own}]")  # as of 14DCBe
    try:
        found = registry.parse_units(text)
        size, _ = registry.get_root_units(found)
    except Exception as error:  # pint raises many kinds, among them those of Python's tokenizer
        raise _unknown(unit, text, registry) from error
    _refuse_odd_prefix(unit, found, registry)
    if not 0.0 < _real(size) < math.inf:
        raise UnitError("a unit too large or too small to calculate with", found=unit)
    dimension = _dimension(dict(found.dimensionality.items()))
    words = tuple((str(word), _real(exponent)) for word, exponent in found._units.items())
    return Unit(_real(size), dimension, words)


def _real(number: Any) -> float:
    """A number of pint, whose type says that it may be complex."""
    return float(number)


def _dimension(exponents: dict[str, Any]) -> Dimension:
    found = {name.strip("[]"): round(float(exponent), 9) for name, exponent in exponents.items()}
    return tuple(sorted((name, exponent) for name, exponent in found.items() if exponent))


def _refuse_odd_prefix(unit: str, found: Any, registry: UnitRegistry[Any]) -> None:
    """Refuse what parses but was hardly meant, as ``mt``, which would be a thousandth of a tonne."""
    for word in map(str, found._units):
        for prefix, base, _ in registry.parse_unit_name(word)[:1]:
            (counted,) = names if len(names := dict(registry.get_dimensionality(base))) == 1 else ("",)
            in_things = counted.strip("[]") in COUNTED
            in_parts = in_things or base in UNDIVIDED or re.fullmatch(r"\[[A-Z]{3}\]", counted) is not None
            if (prefix in DIVIDING and in_parts) or (prefix in LARGE and in_things):
                raise UnitError("ambiguous unit", found=unit, hint=_hint_of_prefix(prefix, base))


def _hint_of_prefix(prefix: str, base: str) -> str:
    if base == "tonne":
        return "Write 't' (1000 kg), 'kt' or 'Mt' (a million t)."
    if prefix in LARGE:
        return f"In some trades M is a thousand. Write 'thousand {base}' or 'million {base}'."
    return f"It would read as '{prefix}{base}'. Write the number in '{base}'."


def _unknown(unit: str, text: str, registry: UnitRegistry[Any]) -> UnitError:
    """The error for a unit that can not be read, with the nearest valid name."""
    for word in re.findall(r"[^\W\d]\w*", text):
        if not registry.parse_unit_name(word):
            names = [name for name in dir(registry) if not name.startswith(("_", EQUIVALENT_OF))]
            hint = did_you_mean(word, [*COMMON, *names])
            return UnitError(f"unknown unit '{word}'", found=unit, expected=UNIT, hint=hint)
    return UnitError("unknown unit", found=unit, expected=UNIT)


def dimension_of(unit: str) -> Dimension:
    """The dimension of a unit, equal for units that convert into each other: ``(("mass", 1.0),)`` for kg.

    Raises
    ------
    UnitError
        The unit is not known or ambiguous.
    """
    return _unit(unit).dimension


def size_of(unit: str) -> float:
    """How many root units (gram, second, meter, JPY …) one unit is."""
    return _unit(unit).size


def same_dimension(unit: str, other: str) -> bool:
    """Whether two units convert into each other."""
    return dimension_of(unit) == dimension_of(other)


def describe_dimension(unit: str) -> str:
    """The dimension of a unit in words, with an example: ``energy per count (as '1 kWh/piece')``."""
    above: list[str] = []
    below: list[str] = []
    for one, exponent in _unit(unit).words:
        if one in MULTIPLES.values():
            continue
        side = above if exponent > 0 else below
        side.append(_word(one) + (f"^{abs(exponent):g}" if abs(exponent) != 1 else ""))
    whole = WORDS.get(dimension_of(unit))
    text = whole or " per ".join(filter(None, ["·".join(above) or "number", "·".join(below)]))
    text = f"number{text}" if text.startswith(" of ") else text.replace("· of ", " of ")
    article = "" if text.startswith("money") else "an " if text[0] in "aeiou" else "a "
    return f"{article}{text} (as '12 {plain_unit(unit)}')" if unit else f"{article}{text}"


def plain_unit(unit: str) -> str:
    """A unit without brackets around single words: ``(kg)/(piece)`` → ``kg/piece``."""
    return re.sub(r"\((\w+)\)", r"\1", unit)


def _word(unit: str) -> str:
    """What one word of a unit measures."""
    if unit.startswith(EQUIVALENT_OF):
        return f" of {unit.removeprefix(EQUIVALENT_OF)}"
    dimension = dimension_of(unit)
    if dimension in WORDS:
        return WORDS[dimension]
    names = [name for name, _ in dimension]
    return f"money ({names[0]})" if re.fullmatch("[A-Z]{3}", names[0]) else "·".join(names)


@lru_cache(maxsize=16384)
def factor(unit_from: str, unit_to: str) -> tuple[float, float]:
    """By what a value is multiplied and then divided to convert it; two numbers, so that 70 % is exactly 0.7.

    Raises
    ------
    MissingUnitError
        There is no unit where one is needed.
    DimensionError
        The units do not convert into each other.
    UnitError
        A unit is not known.
    """
    size_from, dimension_from, _ = _unit(unit_from)
    size_to, dimension_to, _ = _unit(unit_to)
    if dimension_from != dimension_to:
        expected = describe_dimension(unit_to)
        if unit_from == "":
            raise MissingUnitError("the unit is missing", expected=expected)
        raise DimensionError("wrong dimension", found=unit_from, expected=expected)
    times = size_from / size_to
    if times < 1.0:
        by = size_to / size_from
        if abs(by - round(by)) <= 1e-12 * by:
            return 1.0, float(round(by))
    elif abs(times - round(times)) <= 1e-12 * times:
        return float(round(times)), 1.0
    return times, 1.0


def convert(value: Number, unit_from: str, unit_to: str, *, place: str | None = None) -> Number:
    """A value or array of values in another unit.

    Raises
    ------
    MissingUnitError, DimensionError, UnitError
        As :func:`factor`; with ``place``.
    """
    try:
        times, by = factor(unit_from, unit_to)
    except MeguruError as error:
        error.at(place=place)
        raise
    return value * times / by
