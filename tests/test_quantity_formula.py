"""Formulas over numbers with units."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from meguru.errors import (
    DimensionError,
    FormulaError,
    ModelError,
    UnknownNameError,
)
from meguru.quantity import (
    Quantity,
    read_quantity,
)

YEARS = np.arange(2020.0, 2031.0)
NOW = np.array([2020.0])


def value_of(found: object, unit: str = "", **names: tuple[Any, str]) -> float:
    """The number that a certain quantity has, in a unit."""
    array = read_quantity(found).evaluate(unit, NOW, names=names)
    assert array.shape == (1, 1)
    return float(array[0, 0])


MASS = (np.array([[500.0]]), "g")
PRICE = (np.array([[200.0]]), "JPY/kg")
RATE = (np.array([[60.0]]), "%")


@pytest.mark.parametrize(
    ("formula", "unit", "expected"),
    [
        ("= 1 - rate", "%", 40), ("= mass * price", "JPY", 100), ("= mass + mass", "kg", 1),
        ("= -mass", "kg", -0.5), ("= mass / mass", "", 1), ("= mass ** 2", "kg**2", 0.25),
        ("= max(0, mass - 2 * mass)", "kg", 0), ("= abs(-mass)", "kg", 0.5), ("= sqrt(mass ** 2)", "kg", 0.5),
        ("= exp(log(rate))", "", 0.6), ("= min(mass, 3 * mass)", "kg", 0.5),
        ("= mass if rate > 0.5 else 0", "g", 500), ("= 0 if rate > 0.5 else mass", "kg", 0), ("= 0", "kg", 0),
        ("= rate ** 0", "", 1), ({"formula": "1 - rate", "unit": "%"}, "", 0.4),
        ({"formula": "= mass * price", "unit": "円"}, "JPY", 100), ("＝ １ − rate", "", 0.4),
        ("= 1 / 0 if rate > 1 else 2", "", 2), ("= 5 * (rate == 0.6) + (rate != 0.6)", "", 5),
    ],
)  # fmt: skip
def test_formulas(formula: object, unit: str, expected: float) -> None:
    assert value_of(formula, unit, mass=MASS, price=PRICE, rate=RATE) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("formula", "unit", "error"),
    [
        ("= mass + rate", "kg", DimensionError), ("= mass", "JPY", DimensionError),
        ("= rate", "kg", DimensionError), ("= mass < rate", "", DimensionError),
        ("= mass if mass else rate", "kg", FormulaError), ("= exp(mass)", "", DimensionError),
        ("= max(mass, 1)", "kg", DimensionError), ("= mass if rate > 0 else price", "kg", DimensionError),
        ({"formula": "mass", "unit": "1"}, "kg", DimensionError),
        ({"formula": "rate", "unit": "kg"}, "kg", DimensionError), ("= 1 / (rate - 0.6)", "", FormulaError),
        ("= 1 / (1 / 0)", "", FormulaError), ("= min(1, 1 / 0)", "", FormulaError),
        ("= log(0)", "", FormulaError), ("= sqrt(-1)", "", FormulaError), ("= exp(1000)", "", FormulaError),
        ("= 1 if 1/0 > 0 else 2", "", FormulaError), ("= (1 / 0) ** 0", "", FormulaError),
        ("= abs()", "", FormulaError), ("= abs(1, 2)", "", FormulaError), ("= min()", "", FormulaError),
        ("= min('x')", "", FormulaError), ("= abs(x=1)", "", FormulaError), ("= mean(1)", "", FormulaError),
        ("= raet", "", UnknownNameError),
    ],
)  # fmt: skip
def test_formulas_that_give_no_number(formula: object, unit: str, error: type[ModelError]) -> None:
    with pytest.raises(ModelError) as caught, warnings.catch_warnings():
        warnings.simplefilter("error")
        read_quantity(formula).evaluate(
            unit, NOW, names={"mass": MASS, "price": PRICE, "rate": RATE}, place="a.b"
        )
    assert type(caught.value) is error
    assert str(caught.value).startswith("a.b: ")


@pytest.mark.parametrize(("formula", "found"), [("= price", "JPY/kg"), ("= price * 1", "JPY·mass^-1")])
def test_a_name_of_another_dimension_is_shown_in_its_own_unit(formula: str, found: str) -> None:
    with pytest.raises(DimensionError) as caught:
        read_quantity(formula).evaluate("kg", NOW, names={"price": PRICE})
    assert caught.value.found == found


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'rate'"):
        value_of("= 1 - raet", rate=RATE)
    with pytest.raises(UnknownNameError):
        Quantity.calculated("a").evaluate("", NOW)


def test_formulas_work_sample_by_sample_and_year_by_year() -> None:
    samples: NDArray[np.float64] = np.array([[1.0], [2.0]])
    names = {"a": (samples, "kg"), "b": (YEARS, "JPY/kg"), "c": (np.array(3.0), "")}
    found = Quantity.calculated("a * b * c if a > 1.5 * a / c else 0").evaluate("JPY", YEARS, names=names)
    assert np.allclose(found, 3 * samples * YEARS, rtol=1e-15)


def test_names_compare_in_any_width() -> None:
    assert value_of("= ａ + １", ａ=(np.array(1.0), "")) == 2
