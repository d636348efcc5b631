"""Quantities as objects, and as arrays by sample and year."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguru.errors import (
    DimensionError,
    MissingUnitError,
    MissingValueError,
    ModelError,
    RangeError,
    SeriesError,
    UnitError,
    WrongTypeError,
)
from meguru.quantity import (
    Distribution,
    Quantity,
)

YEARS = np.arange(2020.0, 2031.0)
NOW = np.array([2020.0])


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Quantity(), MissingValueError), (lambda: Quantity(math.nan), RangeError),
        (lambda: Quantity(True), WrongTypeError), (lambda: Quantity(cast(float, "12 kg")), WrongTypeError),
        (lambda: Quantity(1, formula="a"), WrongTypeError), (lambda: Quantity(1, quality=1.5), RangeError),
        (lambda: Quantity(years=(2020.0,)), SeriesError),
        (lambda: Quantity(years=(2021.0, 2020.0), values=(1.0, 2.0)), SeriesError),
        (lambda: Quantity.calculated("a", uncertain=Distribution("uniform", low=1, high=2)), WrongTypeError),
        (lambda: Quantity(1, since=((2030, Quantity(1)), (2025, Quantity(2)))), RangeError),
        (lambda: Quantity.series({}), MissingValueError),
    ],
)  # fmt: skip
def test_objects_without_one_meaning_are_refused(make: Any, error: type[ModelError]) -> None:
    with pytest.raises(error):
        make()


def test_numbers_of_numpy_become_plain() -> None:
    assert type(Quantity(np.float64(3), "kg").value) is float
    assert type(Quantity(cast(float, np.int64(3)), "kg").value) is float


def test_quantities_are_values() -> None:
    assert Quantity(12, "kg") == Quantity(12.0, "kg")
    assert len({Quantity(12, "kg"), Quantity(12.0, "kg"), Quantity(12, "t")}) == 2


def test_shapes() -> None:
    samples = np.array([1.0, 2.0, 3.0])
    factor = Distribution("uniform", low=0.0, high=2.0)
    series = Quantity.series({2020: 1, 2030: 2}, "kg")
    assert Quantity(12, "kg").evaluate("t", YEARS).tolist() == [[0.012]]
    assert series.evaluate("kg", YEARS).shape == (1, 11)
    assert Quantity.normal(1, 1, "kg").evaluate("kg", YEARS).shape == (1, 1)
    assert Quantity.normal(1, 1, "kg").evaluate("g", YEARS, draw=lambda _: samples).tolist() == [
        [1000],
        [2000],
        [3000],
    ]
    uncertain = Quantity.series({2020: 1, 2030: 2}, "kg", uncertain=factor)
    expected = samples[:, None] * np.linspace(1, 2, 11)
    assert np.allclose(uncertain.evaluate("kg", YEARS, draw=lambda _: samples), expected, rtol=1e-15)
    assert np.array_equal(
        uncertain.evaluate("kg", YEARS), series.evaluate("kg", YEARS)
    )  # the factor's mean is one


def test_the_unit_is_checked_with_its_place() -> None:
    with pytest.raises(DimensionError, match=r"^processes\.use\.scale: .*expected a time"):
        Quantity(14, "kg").evaluate("year", YEARS, place="processes.use.scale")
    with pytest.raises(MissingUnitError):
        Quantity(14).evaluate("year", YEARS)
    with pytest.raises(UnitError):
        Quantity(14, "yaer").evaluate("yaer", YEARS)
    with pytest.raises(DimensionError):
        Quantity.normal(1, 1, "kg").evaluate("year", YEARS)


def slow_series(quantity: Quantity, year: float) -> float:
    """One value of a series, by the words of the contract."""
    pairs = list(zip(quantity.years, quantity.values, strict=True))
    if quantity.beyond == "error" and not pairs[0][0] <= year < math.floor(pairs[-1][0]) + 1:
        raise SeriesError
    before = [pair for pair in pairs if pair[0] <= year]
    after = [pair for pair in pairs if pair[0] > year]
    if quantity.interpolate == "none":
        given = dict(pairs)
        inside = min(max(float(math.floor(year)), pairs[0][0]), pairs[-1][0])
        if inside not in given:
            raise SeriesError
        return given[inside]
    if not before or not after:
        return (before or after)[-1 if before else 0][1]
    (first, low), (second, high) = before[-1], after[0]
    part = (year - first) / (second - first)
    if quantity.interpolate == "step":
        return low
    return low + part * (high - low) if quantity.interpolate == "linear" else low * (high / low) ** part


@given(
    st.dictionaries(st.integers(2015, 2035), st.floats(0.1, 10), min_size=1, max_size=5),
    st.sampled_from(["linear", "step", "geometric", "none"]),
    st.sampled_from(["error", "hold"]),
    st.integers(2010 * 12, 2040 * 12),
)
def test_series_match_a_slow_reference(
    values: dict[float, float], interpolate: str, beyond: str, month: int
) -> None:
    quantity = Quantity.series(values, interpolate=interpolate, beyond=beyond)
    year = month / 12
    try:
        expected = slow_series(quantity, year)
    except SeriesError:
        with pytest.raises(SeriesError):
            quantity.evaluate("", np.array([year]))
    else:
        assert quantity.evaluate("", np.array([year, year]))[0] == pytest.approx([expected] * 2, rel=1e-12)


def test_a_year_belongs_to_its_series_to_its_last_month() -> None:
    monthly = 2020 + np.arange(24) / 12
    assert (
        Quantity.series({2020: 1, 2021: 3}, interpolate="step").evaluate("", monthly)[0].tolist()
        == [1] * 12 + [3] * 12
    )
    with pytest.raises(SeriesError, match=r"found 2022.*beyond: hold"):
        Quantity.series({2020: 1, 2021: 3}).evaluate("", np.array([2021.5, 2022.0]))
    with pytest.raises(SeriesError):
        Quantity.series({2020: 1, 2021: 3}).evaluate("", np.array([2019.99]))


@pytest.mark.parametrize("interpolate", ["none", "step"])
def test_a_year_that_rounding_has_missed_is_found(interpolate: str) -> None:
    series = Quantity.series({2020: 6, 2021: 7}, interpolate=interpolate)
    assert series.evaluate("", np.array([2020 - 1e-9, 2021 - 1e-9])).tolist() == [[6, 7]]
    assert series.changed_from(2021, Quantity(8)).evaluate("", np.array([2021 - 1e-9])).tolist() == [[8]]


def test_from_a_year_on_another_quantity_holds() -> None:
    quantity = (
        Quantity.series({2020: 1, 2023: 4}, "kg")
        .changed_from(2024, Quantity(10, "g"))
        .changed_from(2028, Quantity.normal(2, 1, "kg"))
    )
    found = quantity.evaluate("kg", YEARS, draw=lambda _: np.array([5.0, 6.0]))
    assert found.shape == (2, 11)
    assert found[0].tolist() == [1, 2, 3, 4, 0.01, 0.01, 0.01, 0.01, 5, 5, 5]
    assert found[1].tolist() == [1, 2, 3, 4, 0.01, 0.01, 0.01, 0.01, 6, 6, 6]
    assert (
        quantity.changed_from(2022, Quantity(9, "kg")).evaluate("kg", YEARS)[0].tolist() == [1, 2] + [9] * 9
    )
    only_later = quantity.evaluate("kg", np.array([2025.0]))
    assert only_later.tolist() == [[0.01]]


def test_a_formula_that_holds_from_a_year_sees_the_names_of_those_years() -> None:
    quantity = Quantity(0).changed_from(2025, Quantity.calculated("a * b"))
    names = {"a": (YEARS[None, :], ""), "b": (np.array([[1.0], [2.0]]), "")}
    found = quantity.evaluate("", YEARS, names=names)
    assert found[1].tolist() == [0] * 5 + [2 * year for year in range(2025, 2031)]
    assert quantity.formula_names() == {"a", "b"}


def test_whether_a_quantity_is_certain() -> None:
    assert Quantity(1).is_certain()
    assert not Quantity.uniform(1, 2).is_certain()
    assert not Quantity(1, uncertain=Distribution("uniform", low=1, high=2)).is_certain()
    assert not Quantity(1).changed_from(2030, Quantity.uniform(1, 2)).is_certain()


def test_importing_quantities_is_light() -> None:
    heavy = "{'pint', 'scipy', 'pandas', 'xarray', 'numba'}"
    look = f"import sys, meguru.quantity; print(*{heavy} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    done = subprocess.run(
        [sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1万 台", 1e4, "台"), ("1万台", 1e4, "piece"), ("1.5万台/年", 15e3, "台/年"), ("２千 個", 2e3, "個"),
        ("1,200万 t", 12e6, "t"), ("3億", 3e8, ""), ("2百万 kg", 2e6, "kg"), ("3億円", 3e8, "JPY"),
        ("12 千円/個", 12e3, "JPY/個"), ("5 万円", 5e4, "JPY"), ("1万 kg CO2e", 1e4, "kg_CO2e"),
    ],
)  # fmt: skip
def test_japanese_counting(text: str, value: float, unit: str) -> None:
    assert Quantity.parse(text).evaluate(unit, np.zeros(1)).tolist() == [[value]]
