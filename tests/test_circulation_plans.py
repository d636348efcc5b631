"""Plans of circulation: when to take back, what to recondition, where supply and demand miss each other."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from plain_models import Run, by_year, fixed, simple, weibull
from scipy.integrate import quad

import meguru
from meguru import errors
from meguru.explore.parts.by_age import intact_by_age, price_by_age
from meguru.explore.parts.mismatch import mismatch, mismatch_of
from meguru.explore.parts.planning import plan_reconditioning
from meguru.explore.parts.programme import Part
from meguru.explore.parts.take_back import take_back
from meguru.explore.plans.goals import Goal
from meguru.explore.proposals.robust import CRITERIA, robust, robust_choice
from meguru.files.component import entry_names
from meguru.indicators import reuse_bound
from meguru.model.read import from_data
from meguru.quantity import Quantity

Array = NDArray[np.float64]
AGES = np.linspace(0, 20, 2001)
WEIBULL = np.exp(-((AGES / 8.0) ** 3))


# ---- when to take back


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


# ---- what to recondition


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=7))
def test_free_reconditioning_reaches_the_bound_of_reuse(steps: list[tuple[int, int]]) -> None:
    demand, returns = (np.array(row, dtype=float) for row in zip(*steps, strict=True))
    plan = plan_reconditioning({"a": Part(demand, returns, new=1.0)})
    stored = reuse_bound(demand, returns, stored=True)[-1]
    assert plan.cost == pytest.approx(demand.sum() - stored, abs=1e-6)
    at_once = plan_reconditioning({"a": Part(demand, returns, new=1.0, most_cores=0.0, most_stock=0.0)})
    assert at_once.cost == pytest.approx(demand.sum() - reuse_bound(demand, returns)[-1], abs=1e-6)


def test_a_small_plan_is_the_best_of_all() -> None:
    parts = {
        "a": Part([3, 4], [4, 2], hours=2, recovery=1.0, recondition=1, new=7, hold=0.5, scrap=0.2),
        "b": Part([2, 3], [3, 3], hours=1, recovery=0.5, recondition=1, new=9, hold=0.5, scrap=0.2),
    }
    hours = 7.0
    plan = plan_reconditioning(parts, hours)
    best = min(
        total
        for chosen in product(np.arange(0, 4.01, 0.5), repeat=4)
        if (total := cost_of(parts, hours, np.array(chosen).reshape(2, 2))) is not None
    )
    assert plan.cost <= best + 1e-9
    assert plan.cost == pytest.approx(best, abs=0.3)
    assert cost_of(parts, hours, plan.reconditioned) == pytest.approx(plan.cost)
    assert np.all(plan.used_hours <= hours + 1e-9)
    assert len(plan.table()) == 4


def cost_of(parts: dict[str, Part], hours: float, work: Array) -> float | None:
    """Cost of reconditioning so many cores (part, time), pieces made good kept; None if it can not be."""
    if np.any(work.T @ [part.hours for part in parts.values()] > hours + 1e-9):
        return None
    total = 0.0
    for part, cores in zip(parts.values(), work, strict=True):
        held = stock = 0.0
        for period in range(len(cores)):
            held += np.asarray(part.returns)[period] - cores[period]
            if held < -1e-9:
                return None
            stock += part.recovery * cores[period] - np.asarray(part.demand)[period]
            total += part.recondition * cores[period] + part.new * max(0.0, -stock)
            stock = max(0.0, stock)
            total += part.hold * stock
    return total


def test_an_hour_more_is_worth_what_it_saves() -> None:
    parts = {"a": Part([100, 100], [100, 100], hours=1, recondition=1, new=10)}
    plan = plan_reconditioning(parts, 60)
    more = plan_reconditioning(parts, [61, 60])
    assert plan.hour_worth == pytest.approx([9.0, 9.0])
    assert plan.cost - more.cost == pytest.approx(9.0)
    assert plan_reconditioning(parts).hour_worth == pytest.approx([0.0, 0.0])


def test_what_can_not_be_delivered_is_said() -> None:
    with pytest.raises(errors.InfeasibleError, match="no new 'a', of which 120 are missing"):
        plan_reconditioning({"a": Part([100, 100], [0, 80]), "b": Part([1, 1], [1, 1])})
    lost = plan_reconditioning({"a": Part([100, 100], [0, 80], lost=5.0)})
    assert lost.lost.tolist() == [[100.0, 20.0]] and lost.cost == pytest.approx(600.0)
    with pytest.raises(errors.InfeasibleError, match="stores that are too small"):
        plan_reconditioning({"a": Part([1.0], [0.0], stock=9, most_stock=2, new=1)})
    for wrong in (
        {"a": Part([1, 2], [1])},
        {"a": Part([1], [1]), "b": Part([1, 2], [1, 2])},
        {"a": Part([-1], [1])},
        {"a": Part([1], [1], recovery=-0.1)},
        {"a": Part([1], [1], new=float("nan"))},
        {"a": Part([1], [1], new=[1.0, 2.0])},  # type: ignore[arg-type]
        {},
    ):
        with pytest.raises(errors.RangeError):
            plan_reconditioning(wrong)
    with pytest.raises(errors.RangeError, match="negative hours"):
        plan_reconditioning({"a": Part([1], [1])}, -1)
    with pytest.raises(errors.RangeError, match=r"hours.*other periods"):
        plan_reconditioning({"a": Part([1, 2], [1, 2], new=1)}, [1, 2, 3])


# ---- where they miss each other


def test_supply_and_demand_that_miss_each_other() -> None:
    found = mismatch([100, 100, 20, 100], [0, 80, 80, 0])
    assert found.rate.per_demand == 0.3125 and found.rate_stored.per_demand == 0.5
    assert found.at_once.tolist() == [0, 80, 20, 0] and found.stored.tolist() == [0, 80, 20, 60]
    assert found.unmet.tolist() == [100, 20, 0, 40] and found.too_early.tolist() == [0, 0, 60, 0]
    assert list(found.table().columns)[:3] == ["time", "demand", "supply"]


def test_series_of_other_lengths_do_not_miss_each_other() -> None:
    for demand, supply, time in (([1, 2], [1], None), ([1, 2], [1, 2], [2000]), ([[1, 2]], [[1, 2]], None)):
        with pytest.raises(errors.RangeError, match="length"):
            mismatch(demand, supply, time)
    assert mismatch([1, 2], [1, 2], [2000, 2001]).table()["time"].tolist() == [2000, 2001]


def test_demand_and_supply_of_a_run() -> None:
    found = mismatch_of(meguru.run(meguru.example("atm-parts"), "measure-2"), "parts_4")
    assert found.time == tuple(range(2024, 2031))
    assert found.demand == pytest.approx(1364.0) and found.supply == pytest.approx(0.9 * 1364)
    assert found.rate.per_return == pytest.approx(1.0)
    with pytest.raises(errors.UnknownNameError):
        mismatch_of(meguru.run(meguru.example("atm-parts")), "parts_5")


# ---- robust choice


def test_robust_choices_by_hand() -> None:
    outcomes = {"bold": np.array([0.0, 10.0, 20.0, 30.0]), "safe": np.array([14.0, 14.0, 14.0, 14.0])}
    found = robust(outcomes, Goal("gain", "more"), level=0.25)
    assert found.mean.tolist() == [15.0, 14.0] and found.worst.tolist() == [0.0, 14.0]
    assert found.regret_most.tolist() == [14.0, 16.0] and found.wins.tolist() == [0.5, 0.5]
    assert found.regret_mean.tolist() == [4.5, 5.5]
    assert [found.best(one) for one in CRITERIA] == ["bold", "safe", "safe", "bold", "bold"]
    costs = robust({name: -one for name, one in outcomes.items()}, Goal("cost", "less"), level=0.25)
    assert costs.worst.tolist() == [0.0, -14.0] and [costs.best(one) for one in CRITERIA] == [
        found.best(one) for one in CRITERIA
    ]
    alike = robust({"a": np.zeros(3), "b": np.zeros(3)}, Goal("g", "less"))
    assert alike.wins.tolist() == [0.5, 0.5]
    near = robust({"a": np.full(3, 7.0), "b": 7.0 + np.array([1e-14, -1e-14, 0.0])}, Goal("g", "less"))
    assert near.wins.tolist() == [0.5, 0.5] and near.regret_most.tolist() == [0.0, 0.0]
    assert near.best("regret_mean") == "a"
    # of 21 outcomes the 95 % quantile is the second worst, whichever is wanted
    ladder = np.arange(21.0)
    assert robust({"a": ladder}, Goal("g", "less")).unlucky.tolist() == [19.0]
    assert robust({"a": ladder}, Goal("g", "more")).unlucky.tolist() == [1.0]


def test_robust_choice_uses_the_same_samples_for_all() -> None:
    model = meguru.example("refrigerators")
    names = ["conventional", "ecodesign-coordinated"]
    goal = next(iter(model.indicators))
    found = robust_choice(model, f"{goal}:more", names, samples=50)
    frame = meguru.evaluate(meguru.compare(model, names, samples=50), [goal])
    last = frame[frame["year"] == frame["year"].max()].set_index("scenario")["mean"]
    assert found.mean == pytest.approx([last[name] for name in names])
    assert len(found.table()) == 2


def test_a_year_that_is_not_reported_is_refused() -> None:
    with pytest.raises(errors.RangeError, match=r"not reported.*1999"):
        robust_choice(meguru.example("atm-parts"), "co2_change", samples=4, over=1999)


@pytest.mark.parametrize(
    ("outcomes", "level", "kind"),
    [
        ({"a": np.array([1.0, np.nan])}, 0.05, errors.IndicatorError),
        ({"a": np.zeros(2), "b": np.zeros(3)}, 0.05, errors.RangeError),
        ({"a": np.zeros(2)}, 1.0, errors.RangeError),
        ({"a": np.zeros(0), "b": np.zeros(0)}, 0.05, errors.RangeError),
        ({"a": np.zeros((2, 3)), "b": np.zeros((2, 3))}, 0.05, errors.RangeError),
        ({}, 0.05, errors.RangeError),
    ],
)
def test_robust_refuses_slips(outcomes: dict[str, Array], level: float, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        robust(outcomes, Goal("g", "less"), level)
    with pytest.raises(errors.RangeError, match="no such criterion"):
        robust({"a": np.zeros(2)}, Goal("g", "less")).best("luck")
