"""Quantities as they stand in files: read, refused, written."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguru.errors import (
    DimensionError,
    DistributionError,
    FormulaError,
    MissingUnitError,
    MissingValueError,
    ModelError,
    RangeError,
    SeriesError,
    UnitError,
    UnknownKeyError,
    WrongTypeError,
)
from meguru.quantity import (
    Distribution,
    Quantity,
    read_quantity,
    write_quantity,
)


@pytest.mark.parametrize(
    ("found", "value", "unit"),
    [
        (0.6, 0.6, ""), (3, 3.0, ""), ("60 %", 60.0, "%"), ("60%", 60.0, "%"), ("12 kg", 12.0, "kg"),
        ("-5", -5.0, ""), ("1,200 JPY/piece", 1200.0, "JPY/piece"), ("1,234,567.5 円", 1234567.5, "円"),
        ("１２．５　ｋｇ", 12.5, "kg"), ("1e-3 kg", 0.001, "kg"), ("0.05 1/year", 0.05, "1/year"),
        ("−5 kg", -5.0, "kg"), (".5", 0.5, ""), ("12 m²", 12.0, "m²"), ("3億円", 3.0, "億円"),
        ("6０％", 60.0, "%"),
        ("2e3EUR", 2000.0, "EUR"), ("5 EUR", 5.0, "EUR"), ("+1 kg", 1.0, "kg"),
        ({"value": "12 kg"}, 12.0, "kg"), ({"value": 12, "unit": "kg"}, 12.0, "kg"),
        ({"value": "2 t", "unit": "kg"}, 2000.0, "kg"), ({"value": 5, "unit": 1}, 5.0, "1"),
        ({"value": 0}, 0.0, ""), ({"value": 5, "unit": None}, 5.0, ""),
    ],
)  # fmt: skip
def test_constants(found: object, value: float, unit: str) -> None:
    quantity = read_quantity(found)
    assert (quantity.value, quantity.unit) == (value, unit)
    assert Quantity.parse(found) == quantity


@pytest.mark.parametrize(
    ("found", "error"),
    [
        (None, MissingValueError), ("", MissingValueError), ({}, MissingValueError),
        ({"unit": "kg"}, MissingValueError), ({"value": None, "unit": "kg"}, MissingValueError),
        (True, WrongTypeError), ([1], WrongTypeError), ("kg", WrongTypeError), ("1,20 kg", WrongTypeError),
        ("1.200,5 kg", WrongTypeError), ("1 200 kg", WrongTypeError), ("1,2000", WrongTypeError),
        ("12,345,6", WrongTypeError), ("1-2 kg", WrongTypeError), ("about 5", WrongTypeError),
        ("1.2.3", WrongTypeError), ("1 +2", WrongTypeError), ("--1", WrongTypeError), ("nan", WrongTypeError),
        ("inf kg", WrongTypeError), ("  ", WrongTypeError), (math.nan, RangeError), (math.inf, RangeError),
        ("1e999 kg", RangeError), ("5 foo", UnitError), ("1/2", UnitError),
        ({"value": 1, "formula": "1"}, WrongTypeError),
        ({"values": {2020: 1}, "distribution": "normal"}, WrongTypeError),
        ({"value": 1, "untis": "kg"}, UnknownKeyError),
        ({"value": 1, "interpolate": "step"}, UnknownKeyError), ({"vaule": 1}, UnknownKeyError),
        ({"value": 1, "unit": 3}, WrongTypeError), ({"value": 1, "unit": True}, WrongTypeError),
        ({"value": 1, "unit": ["kg"]}, WrongTypeError), ({"value": "1 kg", "unit": "year"}, DimensionError),
        ({"value": 1, "source": 3}, WrongTypeError), ({"value": 1, "quality": 2}, RangeError),
        ({"value": 1, "quality": "1 kg"}, DimensionError), ({"value": 1, "uncertain": 0.1}, WrongTypeError),
        ({"value": 1, "uncertain": {"distribution": "norm"}}, DistributionError),
        ({"value": 1, "uncertain": {"distribution": "uniform", "low": 1, "unit": "kg"}}, UnknownKeyError),
        ({"value": 1, "uncertain": {"distribution": "uniform", "low": "1 kg", "high": 2}}, DimensionError),
        ({"values": {}}, WrongTypeError), ({"values": [1, 2]}, WrongTypeError),
        ({"values": {"soon": 1}}, SeriesError), ({"values": {2020: 1, "2020": 2}}, SeriesError),
        ({"values": {2020: None}}, MissingValueError),
        ({"values": {2020: 1}, "interpolate": "cubic"}, SeriesError),
        ({"values": {2020: 1}, "beyond": "zero"}, SeriesError),
        ({"values": {2020: 1, 2030: 0}, "interpolate": "geometric"}, SeriesError),
        ({"values": {2020: math.nan}}, SeriesError), ({"values": {2020: "1 kg", 2021: 2}}, MissingUnitError),
        ({"values": {2020: "1 kg", 2021: "1 m"}}, DimensionError), ({"values": {"2020 kg": 1}}, SeriesError),
        ({"formula": 1}, WrongTypeError), ({"formula": "1 +"}, FormulaError), ("=", FormulaError),
        ("= 1 +", FormulaError),
        ({"formula": "1", "uncertain": {"distribution": "uniform", "low": 1, "high": 2}}, UnknownKeyError),
        ({"distribution": "norm", "mean": 1, "sd": 1}, DistributionError),
        ({"distribution": 3}, DistributionError), ({"distribution": "normal", "mean": 1}, DistributionError),
        ({"distribution": "normal", "mean": 1, "std": 1}, UnknownKeyError),
        ({"distribution": "normal", "mean": "1 kg", "sd": 1}, MissingUnitError),
        ({"value": 1, "since": 2020}, WrongTypeError), ({"value": 1, "since": {2020.5: 2}}, RangeError),
        ({"value": 1, "since": {2030: "x"}}, WrongTypeError),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_a_named_error_with_its_place(found: object, error: type[ModelError]) -> None:
    with pytest.raises(ModelError) as caught:
        read_quantity(found, place="items.part.mass", file="model.yaml", line=7)
    assert type(caught.value) is error
    assert str(caught.value).startswith("model.yaml:7: items.part.mass")


def test_messages_say_where_in_the_quantity_and_what_is_meant() -> None:
    with pytest.raises(MissingUnitError, match=r"^a\.values\.2021: .*as '2 kg'"):
        read_quantity({"values": {2020: "1 kg", 2021: 2}}, place="a")
    with pytest.raises(UnknownKeyError, match="Did you mean 'unit'"):
        read_quantity({"value": 1, "untis": "kg"})
    with pytest.raises(WrongTypeError, match="1200 or 1,200"):
        read_quantity("1 200 kg")
    with pytest.raises(WrongTypeError, match=r"^a\.since\.2030"):
        read_quantity({"value": 1, "since": {2030: "x"}}, place="a")


@given(
    st.one_of(
        st.text(max_size=15),
        st.floats(),
        st.integers(),
        st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    )
)
def test_anything_is_a_quantity_or_a_model_error(found: object) -> None:
    try:
        quantity = read_quantity(found)
    except ModelError as error:
        assert str(error)
    else:
        assert quantity.formula is not None or math.isfinite(quantity.value or 0.0)


def test_months_and_units_in_series() -> None:
    quantity = read_quantity({"values": {"2024-07": "2 t", "2024-01": "500 kg"}})
    assert quantity == Quantity.series({2024: 500, 2024.5: 2000}, "kg")
    assert quantity.evaluate("kg", np.array([2024.0, 2024.25]))[0].tolist() == [500, 1250]


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(12, "kg"), "12 kg"), (Quantity(0.6), 0.6), (Quantity(3), 3), (Quantity(60, "%"), "60 %"),
        (Quantity(1e-7, "kg"), "1e-07 kg"), (Quantity.calculated("1 - rate"), "= 1 - rate"),
        (Quantity.calculated("1 - rate", "%"), {"formula": "1 - rate", "unit": "%"}),
        (Quantity.series({2020: 1, 2030: 2.5}, "kg"), {"values": {2020: 1, 2030: 2.5}, "unit": "kg"}),
        (
            Quantity.normal(1, 0.5, "kg", low=0),
            {"distribution": "normal", "mean": 1, "sd": 0.5, "low": 0, "unit": "kg"},
        ),
        (
            Quantity(1, "kg", source="page 3", quality=0.5),
            {"value": 1, "unit": "kg", "source": "page 3", "quality": 0.5},
        ),
        (Quantity(1).changed_from(2030, Quantity(2, "%")), {"value": 1, "since": {2030: "2 %"}}),
    ],
)  # fmt: skip
def test_what_is_written(quantity: Quantity, text: object) -> None:
    written = write_quantity(quantity)
    assert written == text
    assert repr(written) == repr(text)  # whole numbers stay whole


finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(1e-6, 1e6)
units = st.sampled_from(["", "kg", "%", "1/year", "JPY/piece", "m²", "t-CO2e", "1", "円"])
factors = st.one_of(
    st.none(), st.builds(lambda median: Distribution("lognormal", median=median, gsd=1.5), positive)
)
notes = {"source": st.one_of(st.none(), st.text()), "quality": st.one_of(st.none(), st.floats(0, 1))}


def distributions() -> st.SearchStrategy[Distribution]:
    three = st.tuples(positive, positive, positive).map(sorted)
    return st.one_of(
        st.builds(lambda mean, sd: Distribution("normal", mean=mean, sd=sd), finite, positive),
        st.builds(lambda mean, sd: Distribution("lognormal", mean=mean, sd=sd), positive, positive),
        three.map(lambda t: Distribution("pert", low=t[0], mode=t[1], high=t[2])),
        three.map(lambda t: Distribution("uniform", low=t[0], high=t[2])),
    )


def quantities() -> st.SearchStrategy[Quantity]:
    series = st.dictionaries(st.integers(1900, 2100), positive, min_size=1, max_size=4)
    how = {
        "interpolate": st.sampled_from(["linear", "step", "geometric", "none"]),
        "beyond": st.sampled_from(["error", "hold"]),
    }
    return st.one_of(
        st.builds(Quantity, finite, units, uncertain=factors, **notes),
        st.builds(
            lambda values, unit, **more: Quantity.series(values, unit, **more),
            series,
            units,
            uncertain=factors,
            **how,
        ),
        st.builds(
            lambda unit, spread, **more: Quantity(unit=unit, distribution=spread, **more),
            units,
            distributions(),
            **notes,
        ),
        st.builds(
            Quantity.calculated, st.sampled_from(["1 - a", "min(a, b) if a > b else 0"]), units, **notes
        ),
    )


@given(quantities(), st.lists(st.tuples(st.integers(2000, 2050), quantities()), max_size=2))
def test_what_is_written_reads_back_as_the_same(
    quantity: Quantity, later: list[tuple[int, Quantity]]
) -> None:
    for year, other in sorted(later, key=lambda entry: entry[0]):
        quantity = quantity.changed_from(year, other)
    assert read_quantity(write_quantity(quantity), place="a") == quantity
