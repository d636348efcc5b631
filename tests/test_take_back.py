"""When to take goods back: the best age, and what a model says of goods by their age."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from plain_models import Run, by_year, fixed, simple, weibull
from scipy.integrate import quad

import meguru
from meguru import errors
from meguru.explore.parts.by_age import intact_by_age, price_by_age
from meguru.explore.parts.take_back import take_back
from meguru.files.component import entry_names
from meguru.model.read import from_data
from meguru.quantity import Quantity

AGES = np.linspace(0, 20, 2001)
WEIBULL = np.exp(-((AGES / 8.0) ** 3))


def test_age_replacement_is_that_of_barlow_and_proschan() -> None:
    # cost 10 of a planned renewal, 60 of one after a failure: T minimises cost(T) / ∫ S
    found = take_back(AGES, WEIBULL, -10.0, -60.0)

    def cost(age: float) -> float:
        alive = float(np.exp(-((age / 8.0) ** 3)))
        life = float(quad(lambda t: np.exp(-((t / 8.0) ** 3)), 0, age)[0])
        return (10 * alive + 60 * (1 - alive)) / life

    ages = np.linspace(1, 15, 1401)
    costs = [cost(age) for age in ages]
    assert found.best == pytest.approx(ages[int(np.argmin(costs))], abs=0.02)
    assert -np.nanmax(found.per_year) == pytest.approx(min(costs), rel=1e-4)
    assert not found.at_the_end


def test_without_wear_and_with_a_constant_price_nothing_is_gained_by_taking_back() -> None:
    constant = take_back(AGES, np.exp(-AGES / 5.0), 0.0, 0.0, new=100.0)
    assert constant.at_the_end
    per_year = constant.per_year[1:]
    assert np.all(np.diff(per_year) > 0.0)  # a failure costs no more than taking back: the longer, the better


def test_discounting_agrees_with_the_sum_over_many_cycles() -> None:
    rate, age = 0.08, 4.0
    ages = AGES[AGES <= age]
    fixed = take_back(ages, np.ones(len(ages)), 30.0, new=100.0, service=20.0, discount_rate=rate)
    cycle = -100 + 30 * np.exp(-rate * age) + 20 * (1 - np.exp(-rate * age)) / rate
    whole = sum(cycle * np.exp(-rate * age * n) for n in range(400))
    assert fixed.per_year[-1] / rate == pytest.approx(whole, rel=1e-4)


def test_failures_are_discounted_and_their_collection_is_paid() -> None:
    """Of a constant hazard h: what fails until T is worth h / (h + r) · (1 − e^(−(h + r) T)) at the start."""
    hazard, rate, collection, end = 0.3, 0.1, 7.0, float(AGES[-1])
    found = take_back(
        AGES, np.exp(-hazard * AGES), 50.0, 20.0, collection=collection, new=100.0, discount_rate=rate
    )
    fade = np.exp(-(hazard + rate) * end)
    failed = hazard / (hazard + rate) * (1.0 - fade)
    value = failed * (20.0 - collection) + fade * (50.0 - collection) - 100.0
    assert found.value[-1] == pytest.approx(value, rel=1e-5)
    assert found.life[-1] == pytest.approx((1.0 - fade) / (hazard + rate), rel=1e-5)


@pytest.mark.parametrize(
    "slip",
    [
        {"price_intact": np.nan},
        {"price_intact": np.where(np.arange(3) == 1, np.nan, 1.0)},
        {"price_failed": np.inf},
        {"collection": np.nan},
        {"service": np.nan},
        {"new": np.nan},
        {"discount_rate": np.nan},
    ],
)
def test_what_is_no_number_is_refused(slip: dict[str, Any]) -> None:
    with pytest.raises(errors.RangeError, match=next(iter(slip))):
        given: dict[str, Any] = {"age": [0.0, 1.0, 2.0], "intact": np.ones(3), "price_intact": 1.0}
        take_back(**(given | slip))


FINE = np.linspace(0, 20, 200001)  # a step is a ten-thousandth of a year


@pytest.mark.parametrize(("segment", "left", "stretch"), [("kenji", 0.65, 1.0), ("rina", 0.6, 1.15)])
def test_curves_of_an_example(segment: str, left: float, stretch: float) -> None:
    battery = meguru.example("small-battery")
    alive = intact_by_age(battery, "use_battery", FINE, segment=segment)
    assert alive[0] == 1.0 and np.all(np.diff(alive) <= 0.0)
    loss = 0.06  # a year, down to what is left of the capacity
    worn = stretch * np.log(left) / np.log(1 - loss)
    at = np.searchsorted(FINE, 3.0)
    aged = 3.0 / stretch
    assert alive[at] == pytest.approx(np.exp(-((aged / 25) ** 1.5) - (aged / 20) ** 1.2))
    assert alive[-1] == 0.0 and FINE[np.argmax(alive == 0.0)] == pytest.approx(worn, abs=1e-4)


def test_names_that_are_not_there() -> None:
    battery = meguru.example("small-battery")
    with pytest.raises(errors.UnknownNameError):
        intact_by_age(battery, "triage", AGES)
    with pytest.raises(errors.UnknownNameError):
        intact_by_age(battery, "use_battery", AGES, segment="ken")
    with pytest.raises(errors.UnknownNameError):
        price_by_age(battery, "triage.second_use", AGES)
    with pytest.raises(errors.MissingValueError):
        price_by_age(battery, "hand_over.waste -> household_waste", AGES)
    with pytest.raises(errors.RangeError, match="age"):
        intact_by_age(battery, "use_battery", [0.0, np.nan])


OLD, SLOW, LET_GO = weibull(2.5, 80), weibull(3, 150), weibull(1, 200)
WHOLE = {"share": 1}


@pytest.mark.parametrize(
    ("leave", "users"),
    [
        ({"old": OLD, "let_go": LET_GO}, None),
        ({"old": {**OLD, "stretch": 2}}, None),
        ({"old": {**OLD, "stretch": 2}}, {**WHOLE, "stretch": 0.5}),
        (
            {"old": {**OLD, "keep": "50 %"}, "let_go": LET_GO},
            {**WHOLE, "lifetimes": {"old": weibull(3, 150)}},
        ),
        ({"old": {**OLD, "of": "sold", "keep": "30 %"}, "let_go": LET_GO}, None),
        ({"let_go": LET_GO, "end": {**fixed(50), "of": "sold", "keep": "40 %"}}, {**WHOLE, "stretch": 1.2}),
    ],
)
def test_what_is_intact_is_what_a_run_keeps_in_use(leave: dict[str, Any], users: Any) -> None:
    """Sold at once, then never again; the steps are short beside the lives."""
    years = 120
    demand = {"sales": by_year([1] + [0] * (years - 1), "piece/year")}
    data = simple(years, demand, leave, sales="end")
    if users is not None:
        data["processes"]["use"]["segments"] = {"all": users}
    model = from_data({"meguru": 1, "name": "once", **data})
    alive = intact_by_age(model, "use", np.arange(years), segment=None if users is None else "all")
    np.testing.assert_allclose(alive, Run(data).stock("use"), atol=3e-3)
    turned = intact_by_age(model, "use", [70, 3], segment=None if users is None else "all")
    np.testing.assert_allclose(turned, alive[[70, 3]], atol=1e-4)


def test_a_kept_share_of_one_age_is_refused() -> None:
    data = simple(9, {"sales": "1 piece/year"}, {"old": {**fixed(5), "keep": "50 %"}})
    with pytest.raises(errors.UnsupportedError, match=r"processes\.use\.leave\.old\.keep"):
        intact_by_age(from_data({"meguru": 1, "name": "kept", **data}), "use", AGES)


def test_nothing_is_read_from_beyond_a_table() -> None:
    table = {"distribution": "survival", "survival": {0: 1, 10: 0.4}, "stretch": 2}
    data = simple(9, {"sales": "1 piece/year"}, {"old": table})
    model = from_data({"meguru": 1, "name": "table", **data})
    assert intact_by_age(model, "use", [0, 10, 20]).tolist() == pytest.approx([1, 0.7, 0.4])
    with pytest.raises(errors.LifetimeError, match="up to 20 years"):
        intact_by_age(model, "use", [0, 20.1])


SECOND_USE = "triage.second_use -> used_batteries"


@pytest.mark.parametrize("price", ["8 kJPY/piece", "8000 JPY/piece", "4 JPY/g"])
def test_prices_by_age_are_in_the_currency_of_the_model(price: str) -> None:
    battery = meguru.example("small-battery")
    route = battery.routes[entry_names(battery.routes).index(SECOND_USE)]
    route.price = Quantity.parse(price)
    times = 3 / 2 if price.endswith("/g") else 1.0  # a battery of 3 kg
    prices = price_by_age(battery, SECOND_USE, [0, 1.5, 3, 50])
    assert prices == pytest.approx(np.array([8000, 6800, 5600, 1200]) * times)


def test_a_price_by_mass_is_that_of_a_unit() -> None:
    """A gate fee of 100 JPY/kg, of batteries of 3 kg."""
    battery = meguru.example("small-battery")
    assert price_by_age(battery, "triage.recycle -> recycle", [0, 5]) == pytest.approx(-300.0)
    route = battery.routes[entry_names(battery.routes).index(SECOND_USE)]
    route.price = Quantity.parse("30 EUR/piece")
    with pytest.raises(errors.DimensionError):
        price_by_age(battery, SECOND_USE, [0])


def test_prices_by_age_of_several_items_or_of_a_mass_that_changes() -> None:
    data = simple(3, {"sales": "1 piece/year"}, {"old": fixed(5)})
    data["items"]["lead"] = {"kind": "material", "unit": "t"}
    data["items"]["A"]["bom"]["lead"] = "0.001 t"
    data["processes"]["ore"]["supplies"].append("lead")
    data["routes"][0]["price"] = "2 JPY/kg"
    with pytest.raises(errors.UnsupportedError, match=r"different prices.*iron: 2, lead: 2000"):
        price_by_age(from_data({"meguru": 1, "name": "two", **data}), "ore -> make", [0])
    data["items"]["A"]["bom"]["iron"] = by_year([1, 2, 2], "kg")
    data["routes"][-1]["price"] = "2 JPY/kg"
    with pytest.raises(errors.UnsupportedError, match="depends on the year made"):
        price_by_age(from_data({"meguru": 1, "name": "changing", **data}), "use.retired -> dump", [0])


def test_what_fails_at_once_is_counted() -> None:
    """A fifth is worth 40 less 5 at the start; the others go on as they would by themselves."""
    found = take_back([0.0, 1.0, 2.0], [0.8, 0.7, 0.5], 100.0, 40.0, collection=5.0, new=50.0)
    assert found.value[0] == pytest.approx(0.2 * 35 + 0.8 * 95 - 50)
    later = np.array([0.0, 0.1, 0.3]) * 35 + np.array([0.8, 0.7, 0.5]) * 95 - 50
    assert found.value == pytest.approx(0.2 * 35 + later)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("price_intact", [1.0, 2.0]), ("service", np.ones((3, 3))), ("new", [1.0, 2.0, 3.0])],
)
def test_numbers_that_do_not_fit_the_ages_are_refused(name: str, numbers: Any) -> None:
    given: dict[str, Any] = {"age": [0.0, 1.0, 2.0], "intact": np.ones(3), "price_intact": 1.0}
    with pytest.raises(errors.RangeError, match=f"{name}.*fits"):
        take_back(**(given | {name: numbers}))


@pytest.mark.parametrize("ages", [[1.0, 2.0], [0.0], [0.0, 2.0, 1.0]])
def test_ages_ascend_from_zero(ages: list[float]) -> None:
    with pytest.raises(errors.RangeError):
        take_back(ages, np.ones(len(ages)), 1.0)
    with pytest.raises(errors.RangeError):
        take_back([0.0, 1.0], [0.5, 0.7], 1.0)
    with pytest.raises(errors.RangeError, match="nothing is intact"):
        take_back([0.0, 1.0], [0.0, 0.0], 1.0)
