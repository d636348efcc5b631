"""Plans tried many at a time give what each gives by itself; measures that are written for it are checked."""

from __future__ import annotations

import numpy as np
import pytest
from edits import edited
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertain_models import small

import meguru
from meguru import errors
from meguru.examples import example_path
from meguru.explore.plans.measures import Plan, Taken, levers_of, with_plan
from meguru.explore.plans.switches import switched
from meguru.explore.plans.trials import Trials
from meguru.explore.proposals.break_even import break_even
from meguru.explore.proposals.suggest import suggest
from meguru.explore.searches.model_search import search_measures
from meguru.model.read import from_data, parse

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


def test_a_number_changes_in_all_scenarios() -> None:
    place = "routes.new_parts -> assemble.price"
    prices = np.array([400.0, 500.0, 600.0])
    gains = Trials(ATM).everywhere(place, prices, ["economic_gain"])["economic_gain"]
    reused = 0.6 * 1364 * 500 * 0.01  # kg that need not be bought
    assert np.diff(gains) * 1e6 == pytest.approx(reused * np.diff(prices))
    uncertain = Trials(parse(edited(TEXT, UNCERTAIN)))
    assert uncertain.everywhere(place, prices, ["economic_gain"])["economic_gain"] == pytest.approx(gains)


CERTAIN = {"rate": 0.4, "price": "20 JPY/piece"}
PRICE = {"distribution": "uniform", "low": 10, "high": 30, "unit": "JPY/piece"}


def test_a_measure_that_brings_a_distribution_counts_by_its_mean() -> None:
    measures = {
        "sell": {"changes": {"parameters.price": PRICE}},
        "rate": {"changes": {"parameters.rate": 0.5}, "range": {"low": 0.2, "high": 0.6}},
    }
    data = small(parameters=CERTAIN, measures=measures, scenarios={"today": {"reference": True}})
    trials = Trials(from_data(data, file="small.yaml"))
    rates = [0.2, 0.3, 0.5, 0.6]
    plans = [(Taken("sell"), Taken("rate", rate)) for rate in rates]
    costs = trials.values(plans, ["cost"])["cost"]
    assert costs == pytest.approx([20_000.0 * rate for rate in rates], rel=1e-9)


def test_a_place_is_moved_under_an_uncertain_reference() -> None:
    change = {"parameters.rate": {"distribution": "uniform", "low": 0.2, "high": 0.5}}
    formula = 'cost(actor="recycler") - reference(cost(actor="recycler"))'
    data = small(
        parameters=CERTAIN,
        indicators={"more": {"formula": formula, "unit": "JPY/year"}},
        scenarios={"ref": {"reference": True, "changes": change}, "now": {"present": True}},
    )
    model = from_data(data, file="small.yaml")
    found = break_even(model, "more", "parameters.price", low=5, high=50, target=800, points=7)
    assert found.everywhere and found.roots == pytest.approx((800 / (1000 * (0.4 - 0.35)),))


@pytest.mark.parametrize("parameters", [CERTAIN, {"rate": CERTAIN["rate"], "price": PRICE}, None])
def test_a_place_that_measures_set_in_all_scenarios_is_moved_all_the_same(
    parameters: dict[str, object] | None,
) -> None:
    scenarios = {
        "today": {"reference": True, "measures": ["fixed"]},
        "now": {"present": True, "inherits": "today"},
    }
    data = small(measures={"fixed": {"changes": {"parameters.price": "20 JPY/piece"}}}, scenarios=scenarios)
    model = from_data(data | ({"parameters": parameters} if parameters else {}), file="small.yaml")
    found = break_even(model, "cost", "parameters.price", low=5, high=50, target=6000, points=4)
    assert found.everywhere and found.present == 20.0
    assert found.scan.values == pytest.approx(400.0 * found.scan.at)
    assert found.roots == pytest.approx((15.0,))


def test_a_scenario_called_candidate_stays_what_it_is() -> None:
    added = "scenarios:\n  candidate:\n    inherits: today\n    measures: [more_parts]\n"
    beside = (
        '  gap:\n    formula: impact("climate") - scenario("candidate", impact("climate"))\n'
        "    unit: t_CO2e/year\n    wanted: less\n"
    )
    edits = ("scenarios:\n", added), ("  economic_effect:\n", beside + "  economic_effect:\n")
    model = parse(edited(TEXT, *edits))
    by_run = meguru.evaluate(meguru.run(model, "today"), ["gap"])["value"].iloc[-1]
    assert by_run > 1.0
    trials = Trials(model)
    assert trials.candidate == "candidate_2"
    assert trials.values([()], ["gap"])["gap"] == pytest.approx(by_run)
    assert trials.values([(Taken("more_parts"),)], ["gap"])["gap"] == pytest.approx(0.0, abs=1e-9)
    assert suggest(model, ["gap"], measures=["more_parts"]).now.values["gap"] == pytest.approx(by_run)
    with pytest.raises(errors.ScenarioError, match="already"):
        with_plan(model, "today", (), "candidate")


def test_scenarios_that_were_found_before_are_not_written_over() -> None:
    first = search_measures(ATM, ["co2_change"], measures=["more_parts"])
    model = first.with_scenarios()
    then = search_measures(model, ["co2_change"], scenario="choice-1", measures=["more_collection"])
    assert then.scenario_of(1) == "choice-1_2"
    scenarios = then.with_scenarios().scenarios
    assert scenarios["choice-1"] == model.scenarios["choice-1"]
    assert scenarios["choice-1_2"].inherits == "choice-1"
    told = suggest(model, ["co2_change"], measures=["more_collection"], scenario="choice-1")
    again = suggest(told.with_scenarios(), ["co2_change"], measures=["more_parts"], scenario="today")
    assert again.scenario_called("step-1") == "step-1_2"
    assert {"step-1", "step-1_2"} <= again.with_scenarios().scenarios.keys()


def test_an_impossible_level_is_named_with_its_range() -> None:
    wide = ("      low: 0 %\n      high: 100 %\n", "      low: 0 %\n      high: 130 %\n")
    model = parse(edited(TEXT, wide))
    meguru.check(model)
    says = r"more_collection\.range: 130 % was tried: processes\.collect\.split\.allied: outside .*1\.3, "
    for names in (None, ["more_collection"]):
        with pytest.raises(errors.RangeError, match=says) as caught:
            search_measures(model, ["co2_change"], measures=names, few=3)
        assert "candidate" not in str(caught.value)
    trials = Trials(model)
    plans: list[Plan] = [(Taken("more_collection", 50.0),), (Taken("more_collection", 120.0),)]
    with pytest.raises(errors.RangeError, match="range: 120 % was tried"):
        trials.values(plans, ["co2_change"])
    model.scenarios["today"].changes["processes.collect.split.allied"] = "140 %"
    with pytest.raises(errors.RangeError, match="outside what is possible") as caught:
        trials.values([()], ["co2_change"])
    assert "was tried" not in str(caught.value)  # no level is to blame


CHANGES = "changes: {parameters.reused: 10 %}"
RANGE = "      low: 0 %\n      high: 10 %\n"


@pytest.mark.parametrize(
    ("edit", "kind", "said"),
    [
        ((RANGE, "      low: 0 %\n      high: 5 %\n"), errors.RangeError, "outside the range"),
        ((RANGE, "      low: 10 %\n      high: 10 %\n"), errors.RangeError, "an empty range"),
        (
            (RANGE, RANGE + "      step: 0 %\n"),
            errors.RangeError,
            r"more_parts\.range\.step: a step that leads nowhere; found '0 %', expected above 0",
        ),
        ((RANGE, RANGE + "      step: -5 %\n"), errors.RangeError, "nowhere; found '-5 %'"),
        (
            (CHANGES, f"excludes: more_parts\n    {CHANGES}"),
            errors.ContradictionError,
            r"more_parts\.excludes: a measure that excludes itself .* found 'more_parts'",
        ),
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
