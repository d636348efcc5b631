"""Units and dimensions: pint's own definitions are the oracle for sizes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguru.errors import (
    DimensionError,
    MissingUnitError,
    UnitError,
)
from meguru.quantity import (
    convert,
    describe_dimension,
    dimension_of,
    same_dimension,
)


@pytest.mark.parametrize(
    ("value", "unit_from", "unit_to", "expected"),
    [
        (70, "%", "", 0.7), (12, "month", "year", 1), (1, "t", "kg", 1000), (1, "kWh", "MJ", 3.6),
        (1, "a", "yr", 1), (1, "tkm", "kg*km", 1000), (5, "t-CO2e", "kg_CO2e", 5000),
        (1, "year", "day", 365.25), (1, "万円", "JPY", 10_000), (1, "兆円", "JPY", 1e12),
        (3, "万t", "t", 30_000), (2, "百万トン", "Mt", 2),
        (1, "億kWh", "GWh", 100), (5, "千個", "piece", 5000), (1, "万t-CO2", "kt_CO2e", 10),
        (6, "円/万t", "JPY/t", 6e-4), (5, "万m²", "m2", 50_000), (2.5, "億m³", "m3", 2.5e8),
        (3, "千km²", "km2", 3000),
        (2, "百万m2", "m2", 2e6), (120, "万㎡", "m2", 1.2e6), (1, "kg/万m²", "kg/m2", 1e-4),
        (1, "億m^3", "m3", 1e8),
        (1, "円/個", "JPY/piece", 1),
        (1, "m2", "cm²", 10_000), (1, "m3", "L", 1000), (3, "1/year", "1/month", 0.25),
        (1, "kg CO2e/kWh", "g-CO2e/MJ", 1000 / 3.6), (2, "%/year", "1/year", 0.02), (1, "m⁻²", "1/m2", 1),
        (1, "", "1", 1), (1, "kW*h", "kWh", 1), (1, "㎏", "g", 1000), (1, "JPY/t-km", "JPY/tkm", 1),
        (1, "EUR per piece", "€/piece", 1), (1, "kg/piece/year", "kg/(piece*year)", 1),
        (1, "pieces", "pcs", 1), (1000, "ppm", "‰", 1), (1, "ha", "m^2", 1e4),
    ],
)  # fmt: skip
def test_conversions(value: float, unit_from: str, unit_to: str, expected: float) -> None:
    assert convert(value, unit_from, unit_to) == pytest.approx(expected, rel=1e-14)
    assert convert(np.array([value, 0.0]), unit_from, unit_to) == pytest.approx([expected, 0], rel=1e-14)


def test_percent_of_a_hundredth_has_no_rounding_error() -> None:
    assert [convert(float(part), "%", "") for part in range(101)] == [part / 100 for part in range(101)]


@lru_cache(maxsize=1)
def definitions_of_pint() -> pint.UnitRegistry[Any]:
    return pint.UnitRegistry()


@pytest.mark.parametrize(
    "unit",
    "kg t g lb oz short_ton long_ton s min h day week year month m inch ft mile nautical_mile hectare liter "
    "cc A mol N Pa bar J W Wh cal V Hz percent permille ppm toe km MJ GWh mm µm kPa mA".split(),
)
def test_sizes_are_those_of_pints_own_definitions(unit: str) -> None:
    size, base = definitions_of_pint().get_base_units(unit)
    bases = {"kilogram": "kg", "meter": "m", "second": "s", "ampere": "A", "mole": "mol", "dimensionless": ""}
    text = "*".join(f"{bases[str(word)]}**{power}" for word, power in base._units.items())
    assert convert(1.0, unit, text) == pytest.approx(float(str(size)), rel=1e-9)


@pytest.mark.parametrize(
    "spelling",
    [
        "kg_CO2e", "kg-CO2e", "kg CO2e", "kgCO2e", "kg-CO2", "kg CO2", "kg_CO2", "kgCO2eq", "kg-CO2-eq",
        "kg CO2-e", "kg CO₂e", "kg CO2 eq",
    ],
)  # fmt: skip
def test_every_spelling_of_co2_is_the_same(spelling: str) -> None:
    assert convert(1.0, spelling, "g_CO2e") == 1000
    assert same_dimension(f"{spelling}/kWh", "t-CO2e/MJ")
    assert same_dimension(f"t {spelling}", f"kg*{spelling}")


def test_dimensions_that_never_mix() -> None:
    units = (
        "kg kg_CO2e kg_SO2e kg_Sbe kg_PO4e kg_Gae kg_Gase mol_He mol kBq_U235e m3_Worlde m3 CTUh CTUe JPY "
        "USD EUR CNY KRW GBP piece person trip cycle year 1/year m m2 kWh kW 1 km tkm pkm km/piece K lm"
    )
    found: dict[object, list[str]] = {}
    for unit in units.split():
        found.setdefault(dimension_of(unit), []).append(unit)
    assert {tuple(same) for same in found.values() if len(same) > 1} == {("m", "km")}


@pytest.mark.parametrize(
    "unit",
    [
        "foo", "kgg", "Kg", "ton", "tons/year", "$", "¥/kg", "°C", "count", "200 kg", "1 200",
        "kg+g", "kg-",
        "kg/", "/kg", "()", "kg**", "kg**x", "kg;g", "kg\n+", "__class__", "kg.real", "x" * 101, "JPY/t km",
        "JPY/t*km", "JPY/(kg/t km)", "a/b*c", "m/s h", "(((kg", "kg,g", "kg=g", "'kg'", "12", "0",
        "%%%kg%%%+", "C__",
        "e", "c", "k", "pt", "KWH", "_", "kg 2", "kg**99999", "kg**1e9", "kg**(2)**99", "9**9**9**9", "kg.",
        "kg**9**9**9**9", "kg/1 piece", "1/2", "((Gt**9)**9)**9", "((mg**9)**9)**9",
    ],
)  # fmt: skip
def test_unknown_and_ambiguous_units_are_refused(unit: str) -> None:
    with pytest.raises(UnitError) as caught:
        dimension_of(unit)
    assert caught.value.found == unit


@given(st.text(alphabet="kgtmsCO2e_-/*() %²^.0123JPYa", max_size=12))
def test_any_text_is_a_unit_or_a_unit_error(unit: str) -> None:
    try:
        dimension_of(unit)
    except UnitError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("unit", "hint"),
    [
        ("yaer", "year"),
        ("kwh", "kWh"),
        ("Kg", "kg"),
        ("JPN", "JPY"),
        ("peice", "piece"),
        ("ton", "short_ton"),
    ],
)
def test_a_misspelt_unit_names_the_nearest(unit: str, hint: str) -> None:
    with pytest.raises(UnitError, match=hint):
        dimension_of(unit)


def test_messages_of_conversions() -> None:
    with pytest.raises(DimensionError) as caught:
        convert(14.0, "kg", "year", place="a.scale")
    assert str(caught.value) == "a.scale: wrong dimension; found 'kg', expected a time (as '12 year')"
    with pytest.raises(MissingUnitError, match="expected a mass"):
        convert(14.0, "", "kg")
    with pytest.raises(DimensionError):
        convert(1.0, "kg", "")


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("year", "a time"), ("kWh/piece", "an energy per count"), ("JPY/kg", "money (JPY) per mass"),
        ("%", "a number or share"), ("kg_CO2e/kWh", "a mass of CO2e per energy"), ("m2", "an area"),
        ("1/year", "a number per time"), ("t-CO2e/t", "a number of CO2e"), ("tkm", "a transport work"),
    ],
)  # fmt: skip
def test_dimensions_in_words(unit: str, words: str) -> None:
    assert describe_dimension(unit) == f"{words} (as '12 {unit}')"
    assert describe_dimension("") == "a number or share"
    assert describe_dimension("(kg)/(piece)").endswith("(as '12 kg/piece')")
    assert describe_dimension("(kg_CO2e/kWh)/(m2)").endswith("(as '12 (kg_CO2e/kWh)/m2')")


@pytest.mark.parametrize(
    ("unit", "hint"),
    [
        ("mt", "1000 kg"),
        ("JPY/mt", "1000 kg"),
        ("mt_CO2e", "'kt' or 'Mt'"),
        ("cd", "'centiday'"),
        ("dB", "'decibyte'"),
        ("Mpiece", "'million piece'"),
        ("M台/年", "'thousand piece' or 'million piece'"),
        ("m台", "'millipiece'"),
        ("mEUR", "'milliEUR'"),
        ("ma", "'milliyear'"),
    ],
)
def test_prefixes_that_were_hardly_meant_are_refused(unit: str, hint: str) -> None:
    with pytest.raises(UnitError, match="ambiguous unit") as caught:
        dimension_of(unit)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "plain", "times"),
    [
        ("kt", "t", 1e3),
        ("Mt_CO2e", "t_CO2e", 1e6),
        ("kpcs", "個", 1e3),
        ("million piece", "百万台", 1.0),
        ("MEUR", "EUR", 1e6),
        ("mPt", "Pt", 1e-3),
        ("kh", "h", 1e3),
        ("mAh", "Ah", 1e-3),
        ("Mpkm", "pkm", 1e6),
        ("十万円", "万円", 10.0),
        ("百億円", "億円", 100.0),
        ("千億円", "兆円", 0.1),
        ("回/週", "use/day", 1 / 7),
        ("週間", "week", 1.0),
        ("カ月", "month", 1.0),
        ("ヵ月", "か月", 1.0),
        ("kg/ケ月", "kg/ヶ月", 1.0),
        ("箇月", "mo", 1.0),
    ],
)
def test_prefixes_and_words_that_people_use_are_read(unit: str, plain: str, times: float) -> None:
    assert convert(1.0, unit, plain) == pytest.approx(times, rel=1e-12)
