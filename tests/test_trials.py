"""Plans tried many at a time give what each gives by itself; measures that are written for it are checked."""

from __future__ import annotations

import numpy as np
import pytest
from edits import edited
from hypothesis import given, settings
from hypothesis import strategies as st

import meguru
from meguru import errors
from meguru.examples import example_path
from meguru.explore.measures import Plan, Taken, levers_of
from meguru.explore.switches import switched
from meguru.explore.trials import Trials
from meguru.model.read import parse

ATM = meguru.example("atm-parts")
BATTERY = meguru.example("small-battery")
TEXT = example_path("atm-parts").read_text(encoding="utf-8")
NAMES = ["co2_change", "economic_gain", "economic_effect"]


def alone(trials: Trials, plan: Plan, names: list[str]) -> dict[str, float]:
    return {name: float(row[0]) for name, row in trials.of_result(trials.result(plan), names).items()}


@settings(max_examples=8)
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 100)), min_size=2, max_size=5))
def test_levels_side_by_side_give_what_each_gives_alone(levels: list[tuple[float, float]]) -> None:
    trials = Trials(ATM)
    plans = [(Taken("more_parts", parts), Taken("more_collection", rate)) for parts, rate in levels]
    together = trials.values(plans, NAMES)
    for index, plan in enumerate(plans):
        for name, number in alone(trials, plan, NAMES).items():
            assert together[name][index] == pytest.approx(number, rel=1e-12, abs=1e-9)


def test_a_level_from_a_year_holds_from_that_year() -> None:
    plans = [(Taken("more_parts", level, 2028),) for level in (1.0, 4.0, 10.0)]
    before, after = (
        Trials(ATM, over=year).values(plans, ["co2_change"])["co2_change"] for year in (2027, 2028)
    )
    assert np.ptp(before) == 0.0
    assert after == pytest.approx(
        Trials(ATM).values([(Taken("more_parts", x),) for x in (1.0, 4.0, 10.0)], NAMES)["co2_change"]
    )
    mean = Trials(ATM, over="mean").values(plans, ["co2_change"])["co2_change"]
    assert mean == pytest.approx((4 * before + 3 * after) / 7)


def test_measures_as_switches_give_what_each_plan_gives_alone() -> None:
    trials = Trials(BATTERY, over="mean")
    rng = np.random.default_rng(7)
    levers = levers_of(BATTERY, trials.start)
    plans: list[Plan] = [()]
    while len(plans) < 14:
        plan = tuple(
            Taken(one.measure, None, int(rng.choice(one.years)) if one.years else None)
            for one in levers
            if rng.random() < 0.4
        )
        plans.append(plan)
    names = ["co2", "economic_effect", "points"]
    assert switched(BATTERY, trials.start, plans) is not None
    together = trials.values(plans, names)
    possible = [index for index in range(len(plans)) if not np.isnan(together["co2"][index])]
    assert 4 < len(possible) < len(plans)  # some take measures that exclude each other
    for index in possible:
        for name, number in alone(trials, plans[index], names).items():
            assert together[name][index] == pytest.approx(number, rel=1e-9, abs=1e-9)


def test_what_can_not_be_a_switch_is_run_by_itself() -> None:
    drop = "  drop:\n    changes: {routes.new_parts -> assemble.note: other}\n"
    model = parse(edited(TEXT, ("  more_parts:\n", f"{drop}  more_parts:\n")))
    trials = Trials(model)
    dropped, parts, collection = (Taken(name) for name in ("drop", "more_parts", "more_collection"))
    plans: list[Plan] = [(), (dropped,), (parts,), (dropped, parts), (collection,)]
    assert switched(model, "today", plans) is None
    values = trials.values(plans, ["co2_change"])["co2_change"]
    assert values[0] == values[1] and values[2] == values[3] != values[4]


UNCERTAIN = ("distance: 500 km", "distance: {distribution: uniform, low: 400, high: 600, unit: km}")


def test_an_uncertain_model_is_tried_at_its_means() -> None:
    trials, certain = Trials(parse(edited(TEXT, UNCERTAIN))), Trials(ATM)
    plans = [(Taken("more_parts", level),) for level in (1.0, 5.0)]
    assert trials.uncertain and not certain.uncertain
    means, numbers = (one.values(plans, ["co2_change"])["co2_change"] for one in (trials, certain))
    assert means == pytest.approx(numbers)
    samples = trials.samples(plans[0], ["co2_change"], 64)["co2_change"]
    others = trials.samples(plans[1], ["co2_change"], 64)["co2_change"]
    assert np.ptp(samples) > 5.0
    assert np.ptp(samples - others) < 1e-9  # the same futures: transport is the same in both


def test_a_number_changes_in_all_scenarios() -> None:
    place = "routes.new_parts -> assemble.price"
    prices = np.array([400.0, 500.0, 600.0])
    gains = Trials(ATM).everywhere(place, prices, ["economic_gain"])["economic_gain"]
    reused = 0.6 * 1364 * 500 * 0.01  # kg that need not be bought
    assert np.diff(gains) * 1e6 == pytest.approx(reused * np.diff(prices))
    uncertain = Trials(parse(edited(TEXT, UNCERTAIN)))
    assert uncertain.everywhere(place, prices, ["economic_gain"])["economic_gain"] == pytest.approx(gains)


CHANGES = "changes: {parameters.reused: 10 %}"
RANGE = "      low: 0 %\n      high: 10 %\n"


@pytest.mark.parametrize(
    ("edit", "kind", "said"),
    [
        ((RANGE, "      low: 0 %\n      high: 5 %\n"), errors.RangeError, "outside the range"),
        ((RANGE, "      low: 10 %\n      high: 10 %\n"), errors.RangeError, "an empty range"),
        ((RANGE, RANGE + "      step: 0 %\n"), errors.RangeError, "an empty range"),
        ((RANGE, "      low: 0 kg\n      high: 10 kg\n"), errors.DimensionError, "wrong dimension"),
        ((RANGE, "      low: = reused\n      high: 10 %\n"), errors.WrongTypeError, "not a plain number"),
        (
            ("changes: {parameters.reused: 10 %}", "changes: {parameters.reused: 10 %, time.sales: start}"),
            errors.ScenarioError,
            "a range is for one number",
        ),
        (
            (CHANGES, f"latest: 2027\n    {CHANGES}"),
            errors.RangeError,
            "the latest year comes before",
        ),
        (
            (
                "changes: {parameters.reused: 10 %}",
                "amount: 3 JPY/kg\n    changes: {parameters.reused: 10 %}",
            ),
            errors.MissingValueError,
            "an amount is paid for",
        ),
        (
            (CHANGES, f"route: reused\n    {CHANGES}"),
            errors.MissingValueError,
            "a route for which nothing is paid",
        ),
        (
            (
                "changes: {parameters.reused: 10 %}",
                "excludes: more_colection\n    changes: {parameters.reused: 10 %}",
            ),
            errors.UnknownNameError,
            "more_collection",
        ),
        (
            (
                "changes: {parameters.reused: 10 %}",
                "excludes: more_collection\n    changes: {parameters.reused: 10 %}",
            ),
            errors.ScenarioError,
            "exclude each other",
        ),
    ],
)
def test_a_measure_that_can_not_be_is_refused(
    edit: tuple[str, str], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        meguru.check(parse(edited(TEXT, edit), file="case.yaml"))


def test_what_is_excluded_by_the_start_is_no_lever() -> None:
    names = [one.measure for one in levers_of(BATTERY, "repurposing")]
    assert "shared_history" not in names and "points_for_boxes" in names
    with pytest.raises(errors.ScenarioError, match="exclude each other"):
        levers_of(BATTERY, "repurposing", ["shared_history"])
