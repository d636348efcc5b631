"""Suggestions on case II: what they find by themselves, and that every number is one of a run of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from edits import edited

import meguru
from meguru import errors
from meguru.examples import example_path
from meguru.explore.plans.goals import Goal, goals_of, limits_of
from meguru.explore.plans.measures import Lever, Taken, start_of, with_plan
from meguru.explore.plans.trials import Trials
from meguru.explore.proposals.break_even import break_even
from meguru.explore.proposals.suggest import Outcome, Step, Suggestion, suggest
from meguru.explore.searches.model_search import search_measures
from meguru.model import Model
from meguru.model.components import Scenario
from meguru.model.read import parse
from meguru.model.walk import clone
from meguru.report.sentences import sentences

TEXT = example_path("atm-parts").read_text(encoding="utf-8")
# Short ways, few machines collected and most parts taken already: here more machines bring more.
COLLECTION_LEADS = (
    ("distance: 500 km", "distance: 50 km"),
    ("changes: {processes.collect.split.allied: 60 %}", "changes: {processes.collect.split.allied: 20 %}"),
    ("measures: [collect_60, reuse_1]", "measures: [collect_60, reuse_7]"),
)


@cache
def found() -> Suggestion:
    return suggest(meguru.example("atm-parts"))


def order(suggestion: Suggestion, goal: str) -> list[str]:
    return [step.taken.measure for step in suggestion.orders[goal]]


def value(model: Model, scenario: str, indicator: str) -> float:
    """The indicator of the last year, by a run of its own."""
    table = meguru.evaluate(meguru.run(model, scenario), [indicator])
    return float(table["value"].iloc[-1])


def co2_by_hand(reused: float, collected: float = 0.6) -> float:
    """Change of CO2 in t a year, from the numbers of the model's README."""
    machines = 1364 * collected
    transport = machines * 0.5 * 500 * 0.1868 + 15_000
    return (transport - machines * 500 * reused * (2.457 + 0.3 * 2.6)) / 1000


def bisected() -> float:
    low, high = 0.01, 0.10
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if co2_by_hand(middle) > 0 else (low, middle)
    return low


def test_more_parts_come_first_then_collection_by_every_goal() -> None:
    assert found().start == "today"
    assert found().agreed
    for goal in ("economic_gain", "new_resource_change", "co2_change"):
        assert order(found(), goal) == ["more_parts", "more_collection"]


def test_collection_alone_makes_co2_worse_and_after_parts_better() -> None:
    ((goal, alone, later),) = found().conditional()
    assert goal.name == "co2_change" and alone.taken == Taken("more_collection")
    assert alone.before.values["co2_change"] == pytest.approx(co2_by_hand(0.01), rel=1e-9)
    assert alone.after.values["co2_change"] == pytest.approx(co2_by_hand(0.01, 0.9), rel=1e-9)
    assert alone.after.values["co2_change"] == pytest.approx(52.46, abs=0.01)
    assert later.others == (Taken("more_parts"),)
    assert later.after.values["co2_change"] == pytest.approx(co2_by_hand(0.10, 0.9), rel=1e-9)


def test_the_zero_of_co2_is_that_of_a_bisection_by_hand() -> None:
    (root,) = [at for _, one, at, _ in found().zeros if one.indicator == "co2_change"]
    assert root / 100 == pytest.approx(bisected(), rel=1e-9)
    assert 3.9 < root < 4.1
    alone = break_even(meguru.example("atm-parts"), "co2_change", "more_parts")
    assert alone.roots == (root,) and alone.present == pytest.approx(1.0)


def test_the_order_flips_where_collection_should_lead() -> None:
    model = parse(edited(TEXT, *COLLECTION_LEADS))
    flipped = suggest(model, ["co2_change", "economic_gain"])
    assert order(flipped, "co2_change") == ["more_collection", "more_parts"]
    assert order(flipped, "economic_gain") == ["more_collection", "more_parts"]
    assert flipped.ranked(flipped.goals[0])[0].taken.measure == "more_collection"
    assert "first more machines collected, then more parts reused" in sentences(flipped)[0].text.en


def test_every_number_is_one_of_a_run_of_its_own(tmp_path: Any) -> None:
    meguru.save(found().with_scenarios(), tmp_path / "suggested.yaml")
    model = meguru.load(tmp_path / "suggested.yaml")
    meguru.check(model)
    for step in found().alone:
        for goal in found().goals:
            again = value(model, f"alone-{step.taken.measure}", goal.name)
            assert step.after.values[goal.name] == pytest.approx(again, rel=1e-12)
    for number, step in enumerate(found().orders["co2_change"], 1):
        assert step.after.values["co2_change"] == pytest.approx(
            value(model, f"step-{number}", "co2_change"), rel=1e-12
        )
    for name, one, _, _ in found().zeros:
        assert value(model, name, one.indicator) == pytest.approx(0.0, abs=1e-9)
    told = {name for one in sentences(found()) for name in one.scenarios}
    assert told <= set(model.scenarios)
    assert all(one.scenarios for one in sentences(found()))


def test_sentences_are_plain_in_both_languages() -> None:
    texts = [one.text for one in sentences(found())]
    japanese = " ".join(text.ja for text in texts)
    english = " ".join(text.en for text in texts)
    assert "ATM回収率を60%から90%に上げると、" in japanese
    assert "「CO2排出量の増減」は39.97から52.46 t-CO₂e/年に増加（悪化）" in japanese
    assert "まず「リユース対象部品を増やす」、次に「ATM回収率を上げる」の順がよい。" in japanese
    assert "Raising the collection rate from 60 % to 90 %" in english.replace("\N{NO-BREAK SPACE}", " ")
    assert "{" not in english + japanese and "None" not in english + japanese and "nan" not in english


def step_of(measure: str, better: float, gain: float, cost: float = 0.0) -> Step:
    """A step with one goal, of which less is better."""
    before, after = Outcome({"g": 100.0}, 0.0, 0.0), Outcome({"g": 100.0 - better}, cost, gain)
    return Step(Lever(measure), Taken(measure), (), before, after)


def test_measures_that_earn_are_ranked_by_effect_and_the_others_by_price() -> None:
    steps = [
        step_of("dear", 10.0, -100.0, cost=100.0),
        step_of("cheap", 5.0, -5.0, cost=5.0),
        step_of("small and earns most per unit", 1.0, 50.0),
        step_of("great and earns", 20.0, 60.0),
        step_of("worse", -3.0, 1000.0),
    ]
    goal = Goal("g", "less")
    model = meguru.example("atm-parts")
    suggestion = Suggestion(model, "today", "last", [goal], None, steps[0].before, steps, {"g": []}, [])
    ranked = [step.taken.measure for step in suggestion.ranked(goal)]
    assert ranked == ["great and earns", "small and earns most per unit", "cheap", "dear", "worse"]
    assert steps[0].price(goal) == 10.0 and steps[0].per_money(goal) == 0.1
    assert steps[3].price(goal) == -3.0 and steps[3].per_money(goal) is None
    assert steps[4].price(goal) is None


def test_what_differs_by_rounding_is_no_improvement() -> None:
    goal = Goal("g", "less")
    assert step_of("noise", 1e-10, 0.0).improvement(goal) == 0.0
    assert step_of("noise", -1e-10, 0.0).improvement(goal) == 0.0
    assert step_of("small", 1e-3, 0.0).improvement(goal) == pytest.approx(1e-3)


def test_a_cost_counts_and_is_told() -> None:
    changes = "changes: {parameters.reused: 10 %}"
    model = parse(edited(TEXT, (changes, f"cost: 20 MJPY/year\n    {changes}")))
    suggestion = suggest(model, ["economic_gain", "co2_change"])
    co2 = suggestion.goals[1]
    parts = next(step for step in suggestion.alone if step.taken.measure == "more_parts")
    free = next(step for step in found().alone if step.taken.measure == "more_parts")
    assert parts.cost == pytest.approx(20e6)
    assert parts.gain == pytest.approx(free.gain - 20e6)
    assert parts.per_money(co2) == pytest.approx(free.improvement(co2) / 20e6)
    assert parts.price(co2) == pytest.approx(-parts.gain / parts.improvement(co2))
    # the most parts would lose money; the most that cost nothing are a choice of their own
    assert order(suggestion, "economic_gain") == ["more_collection", "reuse_7"]
    texts = " ".join(one.text.en for one in sentences(suggestion))
    assert "It costs 20,000,000 JPY/yr" in texts and "JPY lost per t-CO₂e" in texts
    assert not suggestion.agreed


def test_a_single_measure_has_no_order_and_a_later_cost_is_not_called_missing() -> None:
    changes = "changes: {parameters.reused: 10 %}"
    later = f"from: 2027\n    cost: 20 MJPY/year\n    {changes}"
    model = parse(edited(TEXT, (changes, later)))
    only = suggest(model, ["co2_change"], measures=["more_parts"], over=model.time.first)
    assert not only.orders["co2_change"]
    (alone,) = [one.text for one in sentences(only) if one.scenarios == ("alone-more_parts",)]
    assert "No cost of its own falls in these years" in alone.en and "この期間" in alone.ja
    found_last = suggest(model, ["co2_change"], measures=["more_parts"])
    texts = [one.text for one in sentences(found_last)]
    assert any(text.en == "By every goal: “more parts reused” only." for text in texts)
    assert any(text.ja.startswith("どの目標から見ても、よいのは「") and "順" not in text.ja for text in texts)


def test_where_to_start_and_what_is_wanted() -> None:
    model = meguru.example("atm-parts")
    assert start_of(model) == "today" and start_of(model, "conventional") == "conventional"
    assert start_of(meguru.example("motor")) == "today"
    model.scenarios["reuse-4"].present = True
    with pytest.raises(errors.ScenarioError, match="more than one present"):
        start_of(model)
    assert [goal.wanted for goal in goals_of(model)] == ["more", "less", "less"]
    assert goals_of(model, ["co2_change:more"]) == [Goal("co2_change", "more")]
    with pytest.raises(errors.UnknownNameError, match="more or less"):
        goals_of(model, ["economic_effect"])
    with pytest.raises(errors.UnknownNameError, match="co2_change"):
        goals_of(model, ["co2_chang:less"])
    with pytest.raises(errors.UnknownNameError, match="no indicator says"):
        goals_of(meguru.example("motor"))
    (limit,) = limits_of(model, ["co2_change <= 40000 kg_CO2e/year"])
    assert limit.bound == pytest.approx(40.0) and str(limit) == "co2_change <= 40"
    for text, kind in (
        ("co2_change", errors.FormulaError),
        ("co2 <= 3", errors.UnknownNameError),
        ("co2_change >= 3 kg/year", errors.DimensionError),
    ):
        with pytest.raises(kind):
            limits_of(model, [text])


def test_measures_taken_or_unknown_are_refused() -> None:
    model = meguru.example("atm-parts")
    with pytest.raises(errors.ScenarioError, match="takes this measure already"):
        suggest(model, scenario="measure-1", measures=["more_parts"])
    with pytest.raises(errors.UnknownNameError, match="more_parts"):
        suggest(model, measures=["more_part"])
    for start in (suggest, search_measures):
        with pytest.raises(
            errors.UnknownNameError, match="'reuse_7' only sets what 'more_parts', which"
        ) as caught:
            start(model, scenario="measure-2")
        assert caught.value.asked
    with pytest.raises(errors.RangeError, match="2024 to 2030"):
        suggest(model, over=2031)
    rest = suggest(model, ["co2_change"], scenario="measure-1")
    assert order(rest, "co2_change") == ["more_collection"]


def test_why_nothing_is_left_to_take() -> None:
    model = clone(meguru.example("atm-parts"))
    del model.measures["reuse_4"]
    model.measures["more_collection"].excludes = ["more_parts"]
    model.scenarios["parts"] = Scenario(inherits="today", measures=["more_parts"])
    says = (
        "'parts' leaves no measure to take.*'more_collection' is excluded beside 'more_parts', which is taken"
    )
    with pytest.raises(errors.UnknownNameError, match=says) as caught:
        suggest(model, scenario="parts")
    assert caught.value.asked
    model.scenarios["parts"].present, model.scenarios["today"].present = True, False
    with pytest.raises(errors.UnknownNameError, match=says) as caught:
        suggest(model)
    assert not caught.value.asked  # nothing was asked for: the model leaves nothing
    model.measures.clear()
    with pytest.raises(errors.UnknownNameError, match="does not take already") as caught:
        suggest(model, scenario="today")
    assert not caught.value.asked


def test_a_goal_named_twice_is_one_and_two_wishes_of_one_are_refused() -> None:
    model = meguru.example("atm-parts")
    assert goals_of(model, ["co2_change", "economic_gain", "co2_change:less"]) == [
        Goal("co2_change", "less"),
        Goal("economic_gain", "more"),
    ]
    says = "found 'co2_change:less and co2_change:more', expected one of them"
    with pytest.raises(errors.ContradictionError, match=says) as caught:
        goals_of(model, ["co2_change", "co2_change:more"])
    assert caught.value.asked


def test_a_measure_that_brings_nothing_is_not_taken() -> None:
    model = meguru.example("atm-parts")
    suggestion = suggest(model, ["co2_change"], measures=["more_collection"])
    assert order(suggestion, "co2_change") == []
    assert "No measure makes “change of CO2” better." in [one.text.en for one in sentences(suggestion)]


def test_a_plan_is_a_scenario_like_any_other() -> None:
    model = meguru.example("atm-parts")
    plan = (Taken("more_parts", 4.0, 2027), Taken("more_collection"))
    planned = with_plan(model, "today", plan, "mine")
    assert model.scenarios.keys() | {"mine"} == planned.scenarios.keys()
    trials = Trials(model)
    values = trials.values([plan], ["co2_change"])["co2_change"]
    assert values[0] == value(planned, "mine", "co2_change")
    assert planned.scenarios["mine"].label == {
        "en": "the reused share of the mass collected 4 % from 2027 + more machines collected",
        "ja": "リユース重量比 4 %（2027年から） + ATM回収率を上げる",
    }
