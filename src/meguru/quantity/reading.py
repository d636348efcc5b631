"""Quantities as they stand in files, read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from meguru.errors import (
    DistributionError,
    FormulaError,
    MeguruError,
    MissingUnitError,
    MissingValueError,
    RangeError,
    SeriesError,
    UnknownKeyError,
    WrongTypeError,
    did_you_mean,
)
from meguru.quantity.distribution import MAY_HAVE, NEEDS, Distribution
from meguru.quantity.quantity import Quantity
from meguru.quantity.units import convert, dimension_of

FORMS = ("value", "values", "distribution", "formula")
COMMON = ("unit", "source", "quality", "since")
EXPECTED = "a number with unit, as '12 kg', '60 %' or '1,200 JPY/piece'"
HALF_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20, 0x2212: 0x2D}
_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def read_quantity(
    found: object, *, place: str = "", file: str | None = None, line: int | None = None
) -> Quantity:
    """A quantity from what stands in a file.

    Parameters
    ----------
    found
        A number (``0.6``), a text (``"60 %"``, ``"1,200 JPY/piece"``, ``"= 1 - rate"``) or a mapping with one
        of ``value``, ``values``, ``distribution``, ``formula``.
    place, file, line
        For messages.

    Raises
    ------
    ModelError
        The kind that fits, with place, what was found and what was expected.
    """
    try:
        return _read(found, place)
    except MeguruError as error:
        error.at(file=file, place=place, line=line)
        raise


def _read(found: object, place: str) -> Quantity:
    if isinstance(found, Quantity):
        return found
    if isinstance(found, Mapping):
        return _read_mapping({str(key): value for key, value in found.items()}, place)
    if isinstance(found, str) and found.translate(HALF_WIDTH).lstrip().startswith("="):
        return Quantity(formula=_formula(found.translate(HALF_WIDTH).strip().removeprefix("=")))
    value, unit = _number(found)
    return Quantity(value, _known(unit or ""))


def _number(found: object) -> tuple[float, str | None]:
    """Number and unit; the unit is None where there is none."""
    if found is None or found == "":
        raise MissingValueError("the value is missing", expected=EXPECTED)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return float(found), None
    if not isinstance(found, str):
        raise WrongTypeError("not a number", found=found, expected=EXPECTED)
    text = found.translate(HALF_WIDTH).strip()
    parts = _NUMBER.fullmatch(text)
    if parts is None or not re.search(r"\d", parts[1]):
        raise WrongTypeError("not a number", found=found, expected=EXPECTED)
    unit = parts[2]
    if re.match(r"[\d.,+]|-\d", unit) and not unit.startswith("1/"):
        raise WrongTypeError(
            "not a number",
            found=found,
            expected=EXPECTED,
            hint="Write thousands as 1200 or 1,200 and decimals as 0.5.",
        )
    return float(parts[1].replace(",", "")), unit or None


def _known(unit: str) -> str:
    """The unit, if it is one."""
    dimension_of(unit)
    return unit


def _read_mapping(found: dict[str, Any], place: str) -> Quantity:
    given = [form for form in FORMS if form in found]
    if not given:
        _refuse_unknown(found, (*FORMS, *COMMON))
        raise MissingValueError("a quantity without a number", found=list(found), expected=FORMS)
    if len(given) > 1:
        raise WrongTypeError("a quantity has one form only", found=" and ".join(given), expected=FORMS)
    readers: dict[str, Callable[[dict[str, Any], str | None, str], dict[str, Any]]] = {
        "value": _value, "values": _values, "distribution": _distributed, "formula": _formulated,
    }  # fmt: skip
    more = _common(found, place)
    return Quantity(**readers[given[0]](found, _unit(found), place), **more)


def _refuse_unknown(found: dict[str, Any], allowed: tuple[str, ...]) -> None:
    for key in found:
        if key not in allowed:
            raise UnknownKeyError("unknown key", found=key, expected=allowed, hint=did_you_mean(key, allowed))


def _unit(found: dict[str, Any]) -> str | None:
    unit = found.get("unit")
    if unit is None:
        return None
    if unit == 1 and not isinstance(unit, bool):
        return "1"
    if not isinstance(unit, str):
        raise WrongTypeError("the unit is not a text", found=unit, expected="a unit, as 'kg' or 'JPY/piece'")
    return _known(unit.strip())


def _common(found: dict[str, Any], place: str) -> dict[str, Any]:
    """Source, quality and what holds from later years on."""
    source, quality, since = found.get("source"), found.get("quality"), found.get("since")
    if source is not None and not isinstance(source, str):
        raise WrongTypeError("the source is not a text", found=source)
    if quality is not None:
        quality, unit = _number(quality)
        quality = convert(quality, unit or "", "")
    if since is not None and not isinstance(since, Mapping):
        raise WrongTypeError("not a mapping", found=since, expected="year → quantity, as {2030: 12 kg}")
    later = sorted((_whole_year(year), value) for year, value in (since or {}).items())
    entries = tuple((year, read_quantity(value, place=f"{place}.since.{year}")) for year, value in later)
    return {"source": source, "quality": quality, "since": entries}


def _value(found: dict[str, Any], unit: str | None, place: str) -> dict[str, Any]:
    _refuse_unknown(found, ("value", "uncertain", *COMMON))
    numbers, unit = _in_one_unit({"value": found["value"]}, unit, place)
    return {"value": numbers["value"], "unit": unit, "uncertain": _uncertain(found, place)}


def _values(found: dict[str, Any], unit: str | None, place: str) -> dict[str, Any]:
    _refuse_unknown(found, ("values", "interpolate", "beyond", "uncertain", *COMMON))
    given = found["values"]
    if not isinstance(given, Mapping) or not given:
        raise WrongTypeError("not a series", found=given, expected="year → number, as {2020: 1, 2030: 2}")
    by_year: dict[float, object] = {}
    for key, value in given.items():
        try:
            year = _year(key)
        except MeguruError as error:
            raise error.at(place=f"{place}.values.{key}") from None
        if year in by_year:
            raise SeriesError(
                "a year stands twice", found=key, expected="each year once", place=f"{place}.values.{key}"
            )
        by_year[year] = value
    years = tuple(sorted(by_year))
    numbers, unit = _in_one_unit({f"{year:g}": by_year[year] for year in years}, unit, f"{place}.values")
    series = {
        "years": years,
        "values": tuple(numbers.values()),
        "unit": unit,
        "uncertain": _uncertain(found, place),
    }
    return series | {key: found[key] for key in ("interpolate", "beyond") if key in found}


def _distributed(found: dict[str, Any], unit: str | None, place: str) -> dict[str, Any]:
    distribution, unit = _distribution(found, unit, place, COMMON)
    return {"distribution": distribution, "unit": unit}


def _formulated(found: dict[str, Any], unit: str | None, place: str) -> dict[str, Any]:
    _refuse_unknown(found, ("formula", *COMMON))
    if not isinstance(found["formula"], str):
        raise WrongTypeError("the formula is not a text", found=found["formula"])
    return {
        "formula": _formula(found["formula"].translate(HALF_WIDTH).strip().removeprefix("=")),
        "unit": unit or "",
    }


def _formula(text: str) -> str:
    """The formula, if it can be read."""
    from meguru.expression import parse

    try:
        parse(text)
    except FormulaError as error:
        if text.count("(") > text.count(")") and error.hint is None:  # YAML ended it at a comma
            error.hint = 'Inside { } or [ ] a formula with a comma must stand in quotes, as "= min(a, 2)".'
        raise
    return text.strip()


def _uncertain(found: dict[str, Any], place: str) -> Distribution | None:
    given = found.get("uncertain")
    if given is None:
        return None
    place = f"{place}.uncertain"
    if not isinstance(given, Mapping) or "distribution" not in given:
        expected = "a distribution, as {distribution: lognormal, median: 1, gsd: 1.2}"
        raise WrongTypeError("not a distribution", found=given, expected=expected, place=place)
    try:
        return _distribution({str(key): value for key, value in given.items()}, "", place, ())[0]
    except MeguruError as error:
        error.at(place=place)
        raise


def _distribution(
    found: dict[str, Any], unit: str | None, place: str, more: tuple[str, ...]
) -> tuple[Distribution, str]:
    form = found["distribution"]
    if not isinstance(form, str) or form not in NEEDS:
        hint = did_you_mean(str(form), NEEDS)
        raise DistributionError("unknown distribution", found=form, expected=list(NEEDS), hint=hint)
    allowed = tuple(dict.fromkeys(name for needs in NEEDS[form] for name in needs)) + MAY_HAVE.get(form, ())
    _refuse_unknown(found, ("distribution", *allowed, *more))
    given = {name: found[name] for name in allowed if found.get(name) is not None}
    spread = {name: given.pop(name) for name in ("gsd",) if name in given}  # a ratio in any unit
    numbers, unit = _in_one_unit(given, unit, place)
    ratios, _ = _in_one_unit(spread, "", place)
    return Distribution(form, **numbers, **ratios), unit


def _in_one_unit(given: dict[str, object], unit: str | None, place: str) -> tuple[dict[str, float], str]:
    """Numbers, some of which may bring a unit of their own, in the unit declared or else the first one's."""
    parsed: dict[str, tuple[float, str | None]] = {}
    for name, found in given.items():
        try:
            parsed[name] = _number(found)
        except MeguruError as error:
            error.at(place=_below(place, name))
            raise
    if unit is None:
        unit = next((own for _, own in parsed.values() if own is not None), "")
        for name, (value, own) in parsed.items():
            if own is None and unit:
                expected = f"a number with unit, as '{value:g} {unit}'"
                raise MissingUnitError(
                    "the unit is missing", found=value, expected=expected, place=_below(place, name)
                )
    numbers = {
        name: value if own is None else convert(value, own, unit, place=_below(place, name))
        for name, (value, own) in parsed.items()
    }
    return numbers, _known(unit)


def _below(place: str, name: str) -> str:
    return place if name == "value" else f"{place}.{name}".lstrip(".")


def _year(found: object) -> float:
    """A year, or a month as ``2024-01``."""
    if isinstance(found, str) and (month := _MONTH.fullmatch(found.strip())):
        return int(month[1]) + (int(month[2]) - 1) / 12
    try:
        value, unit = _number(found)
    except MeguruError as error:
        raise SeriesError(
            "not a year", found=found, expected="a year, as 2030, or a month, as '2030-04'"
        ) from error
    if unit is not None:
        raise SeriesError("not a year", found=found, expected="a year, as 2030, or a month, as '2030-04'")
    return value


def _whole_year(found: object) -> int:
    year = _year(found)
    if year != int(year):
        raise RangeError("not a whole year", found=found, expected="a calendar year, as 2030")
    return int(year)
