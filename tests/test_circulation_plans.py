"""Plans of circulation: what to recondition, where supply and demand miss each other, robust choices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import meguru
from meguru import errors
from meguru.explore.parts.mismatch import mismatch, mismatch_of
from meguru.explore.parts.planning import plan_reconditioning
from meguru.explore.parts.programme import Part
from meguru.explore.plans.goals import Goal
from meguru.explore.proposals.robust import CRITERIA, robust, robust_choice
from meguru.indicators import reuse_bound

Array = NDArray[np.float64]


# ---- what to recondition


@pytest.mark.parametrize("numbers", [{"recovery": 2.0}, {"new": -1.0}, {"new": 9.0, "lost": -0.5}])
def test_numbers_of_a_part_that_no_plan_can_have_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(errors.RangeError, match="can not be") as caught:
        plan_reconditioning({"a": Part([3.0], [4.0], **{"new": 9.0, **numbers})})
    name, value = list(numbers.items())[-1]
    assert (caught.value.place, caught.value.found) == (f"a.{name}", value)
    assert caught.value.asked
    plan_reconditioning({"a": Part([3.0], [4.0], recovery=1.0, new=0.0, recondition=-1.0, scrap=-1.0)})


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
