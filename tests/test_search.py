"""Searches and break-even: fronts of test problems, limits, roots with known places."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pytest
from edits import edited
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import meguru
from meguru import errors
from meguru.examples import example_path
from meguru.explore.plans.goals import Goal, Limit
from meguru.explore.plans.measures import Taken, levels_of_others, levers_of, with_plan
from meguru.explore.plans.trials import Trials
from meguru.explore.proposals.break_even import break_even
from meguru.explore.proposals.incentives import weigh_incentives
from meguru.explore.proposals.roots import crossings
from meguru.explore.proposals.suggest import suggest
from meguru.explore.rounding import ranks
from meguru.explore.searches.combinations import Combinations, Numbers, Option
from meguru.explore.searches.model_search import search_measures
from meguru.explore.searches.pareto import non_dominated
from meguru.explore.searches.search import SearchProblem, search
from meguru.explore.searches.space import Variable, grid
from meguru.model.components import Measure, Scenario
from meguru.model.read import parse
from meguru.model.walk import clone
from meguru.quantity import Quantity
from meguru.report.sentences import crossings_of

Array = NDArray[np.float64]
GOALS = [Goal("f", "less"), Goal("g", "less")]
ATM = meguru.example("atm-parts")


def convex(x: Array) -> dict[str, Array]:
    """ZDT1 of Zitzler, Deb and Thiele (2000): the front is g = 1 − √f, where all other variables are 0."""
    rest = 1.0 + 9.0 * x[:, 1:].mean(axis=1)
    return {"f": x[:, 0], "g": rest * (1.0 - np.sqrt(x[:, 0] / rest))}


def constant(values: Any) -> Any:
    """A function that gives the same for all points."""
    return lambda _: {"g": values}


def hypervolume(costs: Array, worst: Array) -> float:
    """Area of what a front of two goals dominates below a worst point: how good a front is as a whole.

    Parameters
    ----------
    costs : (point, 2)
        Of each the less the better.
    worst : (2,)
    """
    kept = costs[non_dominated(costs) & (costs < worst).all(axis=1)]
    kept = kept[np.argsort(kept[:, 0])]
    height = np.minimum.accumulate(np.concatenate([worst[1:], kept[:, 1]]))
    return float(((worst[0] - kept[:, 0]) * (height[:-1] - height[1:])).sum())


def dominates(one: Array, other: Array) -> bool:
    return bool((one <= other).all() and (one < other).any())


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_the_front_is_what_nothing_dominates(points: list[tuple[int, int, int]]) -> None:
    costs = np.array(points, dtype=float)
    slow = [not any(dominates(other, one) for other in costs) for one in costs]
    assert non_dominated(costs).tolist() == slow


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(-2, 2), st.integers(0, 4), st.integers(-2, 2)),
        min_size=1,
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_rounding_decides_nothing(points: list[tuple[int, int, int, int]], chance: Any) -> None:
    exact = np.array([(one, other) for one, _, other, _ in points], dtype=float)
    bits = np.array([(one, other) for _, one, _, other in points])
    rounded = exact * (1.0 + bits * 2.0**-50)
    assert non_dominated(rounded).tolist() == non_dominated(exact).tolist()
    order = chance.sample(range(len(points)), len(points))
    assert non_dominated(rounded[order]).tolist() == non_dominated(rounded)[order].tolist()


def test_values_have_places_but_for_rounding() -> None:
    values = [3.0, 1.0, 1.0 + 1e-12, np.nan, -1.0, 3.0 - 1e-6, 0.0, np.inf, np.inf]
    assert ranks(values).tolist() == [4, 2, 2, 6, 0, 3, 1, 5, 5]
    assert ranks([]).tolist() == []
    assert Limit("a", 1.0, "at most").excess(np.array([np.inf, -np.inf])).tolist() == [np.inf, 0.0]


@pytest.mark.parametrize("method", ["grid", "nsga2"])
def test_choices_that_come_to_the_same_are_all_listed(method: Any) -> None:
    """As a front of a model: 7.590785641798419 in two years, …417 in the others."""
    x = [Variable("level", 70.0, 90.0, 10.0), Variable("from", 2027.0, 2032.0, 1.0)]

    def function(x: Array) -> dict[str, Array]:
        return {
            "f": -x[:, 0] * (1.0 + 2.0**-51 * (x[:, 1] % 2)),
            "g": x[:, 0] * (1.0 - 2.0**-51 * (x[:, 1] % 3)),
        }

    front = search(SearchProblem(x, GOALS, function), method, population=20, generations=10)
    expected = [[level, year] for level in (90.0, 80.0, 70.0) for year in range(2027, 2033)]
    assert front.points[front.best].tolist() == expected


@pytest.mark.parametrize("method", ["grid", "nsga2"])
def test_of_any_values_that_come_to_the_same_one_is_listed(method: Any) -> None:
    x = [Variable("any", 0.0, 1.0), Variable("step", 0.0, 1.0, 1.0)]
    flat = SearchProblem(x, GOALS[:1], lambda x: {"f": 1.0 + np.maximum(x[:, 0] - 0.5, 0.0) ** 2})
    found = search(flat, method, population=20, generations=20)
    (one, other) = found.points[found.best]
    assert (one[1], other[1]) in ((0.0, 1.0), (1.0, 0.0)) and max(one[0], other[0]) < 0.5


def test_what_is_undefined_is_never_on_the_front() -> None:
    costs = np.array([[0.0, np.nan], [1.0, 1.0], [2.0, 0.5]])
    assert non_dominated(costs).tolist() == [False, True, True]
    assert hypervolume(costs[1:], np.array([3.0, 2.0])) == pytest.approx(2 * 1 + 1 * 0.5)


def test_nsga2_finds_the_convex_front() -> None:
    variables = [Variable(f"x{n}", 0.0, 1.0) for n in range(6)]
    front = search(SearchProblem(variables, GOALS, convex), "nsga2", population=60, generations=90)
    table = front.table()
    assert len(table) > 50 and table["on_front"].all()
    assert np.abs(table["g"] - (1 - np.sqrt(table["f"]))).max() < 0.05
    assert table["f"].min() < 0.01 and table["f"].max() > 0.95
    found = hypervolume(table[["f", "g"]].to_numpy(), np.array([1.1, 1.1]))
    assert found == pytest.approx(1.21 - 1 / 3, rel=0.02)  # area above the curve, of 1.1 × 1.1
    again = search(SearchProblem(variables, GOALS, convex), "nsga2", population=60, generations=90)
    assert np.array_equal(front.points, again.points)


def test_a_grid_looks_at_every_combination_and_keeps_to_limits() -> None:
    variables = [Variable("a", 0.0, 1.0, 0.25), Variable("b", 1.0, 3.0, 1.0)]
    assert grid(variables).tolist()[:4] == [[0.0, 1.0], [0.0, 2.0], [0.0, 3.0], [0.25, 1.0]]

    def function(x: Array) -> dict[str, Array]:
        return {"f": x[:, 0] - x[:, 1], "g": x[:, 0] + x[:, 1]}

    problem = SearchProblem(variables, [Goal("f", "more")], function, [Limit("g", 2.5, "at least")])
    front = search(problem)
    assert front.method == "grid" and len(front.points) == 15
    assert front.points[front.best].tolist() == [[1.0, 2.0]]  # the most of a − b where a + b ≥ 2.5
    every = front.table(every=True)
    assert every["allowed"].sum() == int((every["g"] >= 2.5).sum())


@given(
    st.lists(st.tuples(st.booleans(), st.lists(st.integers(1, 3), max_size=2)), min_size=1, max_size=4),
    st.data(),
)
def test_every_choice_is_tried_once_and_none_that_may_not_be(
    told: list[tuple[bool, list[int]]], data: st.DataObject
) -> None:
    """What a plan comes to is told by hand: of what has no switch its first level is what holds anyway."""
    options = [
        Option(switched or not counts, [Variable("x", 0.0, count - 1.0, 1.0) for count in counts])
        for switched, counts in told
    ]
    free = [place for place, one in enumerate(options) if one.switched]
    pairs = [pair for pair in combinations(free, 2) if data.draw(st.booleans())]
    tried = Combinations(options, frozenset(map(frozenset, pairs)))

    def comes_to(plan: Sequence[Numbers | None]) -> list[Numbers | None]:
        return [
            (0.0,) * len(one.variables) if levels is None and not one.switched else levels
            for one, levels in zip(options, plan, strict=True)
        ]

    def plan_at(point: Array) -> list[Numbers | None]:
        numbers = iter(point.tolist())
        plan: list[Numbers | None] = []
        for one in options:
            taken = next(numbers) == 1.0 if one.switched else True
            levels = tuple(next(numbers) for _ in one.variables)
            assert len({taken, *(level == level for level in levels)}) == 1 or not one.switched
            plan.append(levels if taken and not any(level != level for level in levels) else None)
        return plan

    ways = [[None, *product(*(map(float, range(count)) for count in counts))] for _, counts in told]
    allowed = [
        plan
        for plan in product(*ways)
        if not any(plan[one] is not None and plan[other] is not None for one, other in pairs)
    ]
    points = tried.points(5)
    plans = [plan_at(point) for point in points]
    outcomes = {str(comes_to(plan)) for plan in allowed}
    assert {str(comes_to(plan)) for plan in plans} == outcomes
    assert len({str(plan) for plan in plans}) == len(points) == tried.count(5, 10**6)
    twice = any(not one.switched for one in options)  # to take nothing stands for itself
    assert len(points) == len(outcomes) + twice and not any(plans[0])
    assert tried.count(5, 1) <= 1 + len(points)


def test_choices_are_counted_without_listing_them() -> None:
    levels = [Variable("level", 0.0, 1e12, 1.0), Variable("from", 2024.0, 2050.0, 1.0)]
    assert Combinations([Option(True, levels)]).count(11, 200_000) == 1 + 27 * (10**12 + 1)
    free = [Variable("any", 0.0, 1.0), Variable("fixed", 2.0, 2.0)]
    assert Combinations([Option(True, free)]).count(10**12, 1) == 1 + 10**12


@pytest.mark.parametrize(
    ("more", "switched"),
    [
        ({}, False),
        ({"few": 6}, True),  # 1 % is none of 6 levels
        ({"reused": "1.37 %"}, True),  # between two levels
        (
            {"reused": {"values": {2010: 1, 2030: 2}, "unit": "%"}},
            True,
        ),  # on a level in the last year, and in others on none
        ({"reused": "= twice"}, True),  # another measure may change what it is made of
        ({"step": "3 %"}, True),
        ({"step": "0.5 %"}, False),
        ({"bonus": {"cost": Quantity.parse("1 JPY/year")}}, True),  # sets the same number
    ],
)
def test_every_plan_of_two_levels_is_tried(more: dict[str, Any], switched: bool) -> None:
    model = clone(ATM)
    model.measures["bonus"] = Measure(**{**PLAIN, **more.get("bonus", {})})
    model.parameters["twice"] = Quantity.parse("1 %")
    if "reused" in more:
        model.scenarios["today"].changes["parameters.reused"] = more["reused"]
    stated = model.measures["more_parts"]
    assert stated.range is not None
    step = Quantity.parse(more["step"]) if "step" in more else None
    model.measures["more_parts"] = replace(stated, range=replace(stated.range, step=step))
    names = ["more_parts", "more_collection", *(["bonus"] if "bonus" in more else [])]
    few = more.get("few", 11)
    found = search_measures(model, ["co2_change"], measures=names, over="mean", few=few)
    parts = np.linspace(0.0, 10.0, few) if step is None else np.arange(0.0, 10.1, float(step.value or 0))
    ways: list[list[Taken | None]] = [
        [None, *(Taken("more_parts", float(level)) for level in parts)],
        [None, *(Taken("more_collection", float(level)) for level in np.linspace(0.0, 100.0, few))],
        [None, *(Taken(name) for name in names[2:])],
    ]
    plans = [tuple(one for one in plan if one is not None) for plan in product(*ways)]
    values = Trials(model, over="mean").values(plans, ["co2_change"])["co2_change"]
    assert found.front.method == "grid" and found.levers[0].switched == switched
    tried = np.unique(found.front.values["co2_change"].round(9))
    assert tried.tolist() == np.unique(values.round(9)).tolist()


def test_auto_counts_what_can_be_chosen() -> None:
    options = [Option(True, [Variable("x", 0.0, 9.0, 1.0)]) for _ in range(5)]
    pairs = frozenset(frozenset(pair) for pair in combinations(range(5), 2))
    variables = [
        one
        for number in range(5)
        for one in (Variable(f"on{number}", 0.0, 1.0, 1.0), Variable(f"x{number}", 0.0, 9.0, 1.0))
    ]

    def function(x: Array) -> dict[str, Array]:
        return {"f": np.nansum(x, axis=1)}

    problem = SearchProblem(variables, GOALS[:1], function, combinations=Combinations(options, pairs))
    front = search(problem)
    assert front.method == "grid" and len(front.points) == 51  # of 3,200,000 combinations
    many = replace(problem, combinations=Combinations(options))
    assert many.size(11) == 11**5 and search(many, population=8, generations=2).method == "nsga2"
    more = replace(problem, combinations=Combinations(options * 2))
    with pytest.raises(errors.RunError, match="more than 200,000"):
        search(more, "grid")


PLAIN: dict[str, Any] = {"owner": "product_maker", "changes": {"parameters.reused": "5 %"}}


@pytest.mark.parametrize(
    "more",
    [
        {"amount": Quantity.parse("5 JPY/piece"), "route": "collect.allied -> allied_yard"},
        {"cost": Quantity.parse("1 MJPY/year")},
        {"receiver": "user"},
        {"since": 2026},
        {"owner": "user"},
        {"owner": None},
        {"changes": {"parameters.reused": "50 %"}},
        {"changes": {"parameters.reused": "5 %", "parameters.else": "5 %"}},
    ],
)
def test_only_a_mere_level_of_another_measure_is_left_out(more: dict[str, Any]) -> None:
    model = clone(ATM)
    model.measures["bonus"] = Measure(**{**PLAIN, **more})
    model.measures["level"] = Measure(**PLAIN)
    left_out = levels_of_others(model, "today")
    assert left_out["level"] == ("more_parts",) and "bonus" not in left_out
    names = [one.measure for one in levers_of(model, "today")]
    assert "bonus" in names and "level" not in names
    assert [one.measure for one in levers_of(model, "today", ["level"])] == ["level"]


@pytest.mark.parametrize(
    "more",
    [
        {"cost": Quantity.parse("500 MJPY/year")},
        {"amount": Quantity.parse("5 JPY/piece"), "route": "collect.allied -> allied_yard"},
        {"receiver": "user"},
        {"since": 2040},
        {"excludes": ["more_collection"]},
        {"step": "2 %"},
        {"step": "3 %"},
    ],
)
def test_a_level_that_the_range_does_not_give_alike_is_a_choice(more: dict[str, Any]) -> None:
    model = clone(ATM)
    model.measures["level"] = Measure(**PLAIN)
    model.measures["on_step"] = Measure(**{**PLAIN, "changes": {"parameters.reused": "0.06"}})
    stated = model.measures["more_parts"]
    assert stated.range is not None
    if "step" in more:
        stepped = replace(stated.range, step=Quantity.parse(more["step"]))
        model.measures["more_parts"] = replace(stated, range=stepped)
        assert levels_of_others(model, "today")["on_step"] == ("more_parts",)
    else:
        model.measures["more_parts"] = replace(stated, **more)
        assert levels_of_others(model, "today") == {}
    assert "level" not in levels_of_others(model, "today")
    assert "level" in [one.measure for one in levers_of(model, "today")]


def test_a_level_that_excludes_alike_is_left_out() -> None:
    model = clone(ATM)
    model.measures["level"] = Measure(**PLAIN, excludes=["more_collection"])
    model.measures["more_parts"].excludes = ["more_collection"]
    assert levels_of_others(model, "today")["level"] == ("more_parts",)
    both = {"parameters.reused": "5 %", "processes.collect.split.allied": "70 %"}
    model.measures["level"] = Measure(owner="product_maker", changes=both)
    assert "level" not in levels_of_others(model, "today")  # of the two that set these only one can be taken
    model.measures["more_parts"].excludes = []
    assert levels_of_others(model, "today")["level"] == ("more_parts", "more_collection")


def test_a_free_level_is_ranked_beside_a_range_that_costs() -> None:
    model = clone(ATM)
    model.measures["level"] = Measure(**PLAIN)
    model.measures["more_parts"].cost = Quantity.parse("500 MJPY/year")
    suggestion = suggest(model, ["economic_gain"])
    (goal,) = suggestion.goals
    ranked = [step.taken.measure for step in suggestion.ranked(goal)]
    assert ranked.index("level") < ranked.index("more_parts")


def test_two_levels_that_exclude_each_other_can_be_left() -> None:
    model = clone(ATM)
    model.measures["more_parts"].excludes = ["more_collection"]
    found = search_measures(model, ["co2_change"], measures=["more_parts", "more_collection"], method="grid")
    assert found.tried == 1 + 11 + 11
    assert [one.measure for one in found.plans[0]] == ["more_parts"]


def test_what_is_left_out_is_handed_on_with_the_reason() -> None:
    found = search_measures(ATM, ["co2_change"])
    assert found.left_out["reuse_4"] == ("more_parts",) and found.left_out == suggest(ATM).left_out
    assert search_measures(ATM, ["co2_change"], measures=["more_parts"]).left_out == {}
    start = with_plan(ATM, "today", (Taken("more_parts"),), "started")
    assert levels_of_others(start, "started")["reuse_4"] == ("more_parts",)  # the start has chosen it
    start.measures["rule"] = Measure(changes={}, excludes=["more_parts"])
    start.scenarios["ruled"] = Scenario(inherits="today", measures=["rule"])
    assert "reuse_4" not in levels_of_others(start, "ruled")  # what could choose it is excluded


def test_a_search_without_a_feasible_point_says_what_comes_nearest() -> None:
    x, limit = [Variable("x", 0.0, 1.0)], [Limit("f", 2.0, "at least")]
    problem = SearchProblem(x, [Goal("f", "less")], lambda x: {"f": x[:, 0]}, limit)
    with pytest.raises(errors.InfeasibleError, match=r"nearest is x = 1; found 'f = 1', expected f >= 2"):
        search(problem, "grid")
    with pytest.raises(errors.InfeasibleError, match=r"none of the 24 choices .* f >= 2"):
        search(problem, "nsga2", population=8, generations=3)
    with pytest.raises(errors.InfeasibleError, match="co2_change <= -200"):
        search_measures(ATM, limits=["co2_change <= -200 t_CO2e/year"])
    with pytest.raises(
        errors.InfeasibleError, match="nearest is more_parts 10 %, more_collection 100 %; found"
    ):
        search_measures(ATM, limits=["co2_change <= -200 t_CO2e/year"])
    with pytest.raises(errors.InfeasibleError, match="nearest is to leave all as it is; found"):
        search(replace(problem, words=lambda _: ""), "grid")
    undefined = SearchProblem(x, [Goal("f", "less")], lambda x: {"f": np.full(len(x), np.nan)})
    with pytest.raises(errors.InfeasibleError, match="undefined"):
        search(undefined)


def test_of_several_limits_the_one_missed_by_least_is_named_first() -> None:
    limits = [Limit("a", 1.0, "at most"), Limit("b", 1000.0, "at most"), Limit("c", 1.0, "at least")]

    def function(x: Array) -> dict[str, Array]:
        one = np.ones(len(x))
        return {"f": x[:, 0], "a": 1.5 * one, "b": 1001.0 * one, "c": np.nan * one}

    problem = SearchProblem([Variable("x", 0.0, 1.0)], [Goal("f", "less")], function, limits)
    # relative to the bounds b misses by 0.1 %, a by 50 %
    with pytest.raises(errors.InfeasibleError, match=r"found 'b = 1001', expected b <= 1000") as caught:
        search(problem)
    assert "It misses too: a = 1.5 (a <= 1), c is undefined (c >= 1)" in str(caught.value)


def test_the_nearest_choice_is_nearest_relative_to_the_bounds() -> None:
    limits = [Limit("a", 1.0, "at most"), Limit("b", 1000.0, "at most")]

    def function(x: Array) -> dict[str, Array]:  # at 0 a is 0.9 too much of 1, at 1 b is 100 too much of 1000
        return {"f": x[:, 0], "a": 1.9 - 0.9 * x[:, 0], "b": 1000.0 + 100.0 * x[:, 0]}

    x = [Variable("x", 0.0, 1.0, 1.0)]
    with pytest.raises(errors.InfeasibleError, match="nearest is x = 1"):
        search(SearchProblem(x, [Goal("f", "less")], function, limits))


def of_choices(options: Sequence[Option], pairs: Sequence[tuple[int, int]] = ()) -> SearchProblem:
    """How much is taken, and how little: whatever is chosen, nothing is better in both."""
    variables = [
        replace(one, name=f"{one.name}{place}")
        for place, option in enumerate(options)
        for one in [*[Variable("on", 0.0, 1.0, 1.0)] * option.switched, *option.variables]
    ]

    def function(x: Array) -> dict[str, Array]:
        known = np.nan_to_num(x)
        weights = 1.5 ** np.arange(x.shape[1])
        return {"f": known @ weights, "g": -(known @ weights)}

    excluded = frozenset(frozenset(pair) for pair in pairs)
    return SearchProblem(variables, GOALS, function, combinations=Combinations(options, excluded))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nsga2_tries_no_choice_twice_and_none_that_may_not_be(seed: int) -> None:
    """A small population has no room for copies: of a switch that is off level and year do not matter."""
    levels = [Variable("level", 0.0, 9.0, 1.0), Variable("from", 2027.0, 2032.0, 1.0)]
    problem = of_choices([Option(True, levels), Option(True, []), Option(True, [])], [(0, 2)])
    every = {row.tobytes() for row in search(problem, "grid").points}
    assert len(every) == 124  # (1 + 10 · 6) · 2 and 2 without the first
    front = search(problem, "nsga2", population=8, generations=40, seed=seed)
    told = [row.tobytes() for row in front.points]
    assert len(told) == len(set(told)) > 80 and set(told) <= every
    again = search(problem, "nsga2", population=8, generations=40, seed=seed)
    assert np.array_equal(front.points, again.points, equal_nan=True)
    assert np.array_equal(front.best, again.best)
    enough = search(problem, "nsga2", population=40, generations=80, seed=seed)
    assert {row.tobytes() for row in enough.points} == every  # and ends where there is nothing else


@pytest.mark.parametrize("population", [1, 2, 50])
@pytest.mark.parametrize(
    ("options", "pairs", "count"),
    [
        ([Option(True, [])], [], 2),
        ([Option(False, [Variable("level", 3.0, 3.0)])], [], 1),
        ([Option(True, [])] * 24, list(combinations(range(24), 2)), 25),  # drawn freely hardly ever possible
    ],
)
def test_nsga2_ends_where_there_are_fewer_choices_than_the_population(
    options: list[Option], pairs: list[tuple[int, int]], count: int, population: int
) -> None:
    front = search(of_choices(options, pairs), "nsga2", population=population, generations=30)
    assert len(front.points) == len(np.unique(front.points, axis=0)) <= count
    assert population < 50 or len(front.points) == count


@pytest.mark.parametrize("bound", [0.05, 0.3])
def test_nsga2_keeps_to_a_limit(bound: float) -> None:
    """Of ZDT1 with the sum of all variables limited: g falls with f alone, up to the limit."""

    def limited(x: Array) -> dict[str, Array]:
        return {**convex(x), "sum": x.sum(axis=1)}

    problem = SearchProblem(
        [Variable(f"x{n}", 0.0, 1.0) for n in range(8)], GOALS[1:], limited, [Limit("sum", bound, "at most")]
    )
    front = search(problem, "nsga2", population=40, generations=60)
    (best,) = front.best
    assert front.values["sum"][best] <= bound
    assert front.values["g"][best] == pytest.approx(1.0 - np.sqrt(bound), abs=0.05)
    assert (front.excess[-400:] == 0.0).mean() > 0.5  # what is allowed is what is bred from


def test_a_grid_says_of_how_many_levels() -> None:
    free = SearchProblem([Variable("x", 0.0, 1.0)], GOALS[:1], lambda x: {"f": (x[:, 0] - 0.55) ** 2})
    assert search(free).how == "grid of 11 levels" and search(free, few=21).levels == 21
    steps = SearchProblem([Variable("x", 0.0, 1.0, 0.5)], GOALS[:1], lambda x: {"f": x[:, 0]})
    assert search(steps).how == "grid"


def test_to_do_nothing_is_always_tried() -> None:
    text = example_path("atm-parts").read_text(encoding="utf-8")
    level = ("changes: {parameters.reused: 1 %}", "changes: {parameters.reused: 1.5 %}")  # not of the grid
    model = parse(edited(text, level))
    now = search_measures(model, ["co2_change"], measures=["more_parts"]).now["co2_change"]
    limits = [f"co2_change {sign} t_CO2e/year" for sign in (f"<= {now + 0.5}", f">= {now - 0.5}")]
    for method in ("grid", "nsga2"):
        found = search_measures(
            model,
            ["co2_change"],
            measures=["more_parts"],
            limits=limits,
            method=method,
            generations=1,
            population=4,
        )
        assert () in found.plans
    assert () not in search_measures(ATM, ["co2_change:more"], measures=["more_parts"]).plans


def test_slips_are_refused() -> None:
    one = [Variable("x", 0, 1)]
    for empty in (SearchProblem([], GOALS, convex), SearchProblem(one, [], convex)):
        with pytest.raises(errors.RunError, match="nothing to search"):
            search(empty)
    for slip in ({"population": 0}, {"generations": 0}):
        with pytest.raises(errors.RunError, match="at least one"):
            search(SearchProblem(one, GOALS, convex), "nsga2", **slip)
    problem = SearchProblem([Variable(str(n), 0, 1) for n in range(8)], GOALS, convex)
    with pytest.raises(errors.RunError, match="too many combinations"):
        search(problem, "grid")
    with pytest.raises(errors.RunError, match="no such method"):
        search(problem, "simplex")  # type: ignore[arg-type]
    with pytest.raises(errors.RangeError, match="an empty range"):
        Variable("x", 1.0, 0.0)
    with pytest.raises(errors.RangeError, match="leads nowhere"):
        Variable("x", 0.0, 1.0, -1.0)


@pytest.mark.parametrize("wanted", ["max", "maximize", "More", "", None])
def test_a_goal_wants_more_or_less(wanted: Any) -> None:
    with pytest.raises(errors.UnknownNameError, match=r"a: no such wish; .*expected one of more, less"):
        Goal("a", wanted)


def test_a_limit_has_a_side_and_a_bound() -> None:
    with pytest.raises(errors.UnknownNameError, match=r"found 'below', expected one of at most, at least"):
        Limit("a", 0.5, "below")  # type: ignore[arg-type]
    with pytest.raises(errors.RangeError, match="a: no bound; found nan"):
        Limit("a", float("nan"), "at most")


def test_a_function_that_does_not_fit_its_problem_is_refused() -> None:
    x = [Variable("x", 0.0, 1.0, 0.5)]
    for goals, limits in (([Goal("gg", "less")], []), ([Goal("g", "less")], [Limit("gg", 1.0, "at most")])):
        asked = SearchProblem(x, goals, lambda x: {"g": x[:, 0]}, limits)
        for method in ("grid", "nsga2"):
            with pytest.raises(errors.RunError, match="no value of this name; found 'gg', expected g"):
                search(asked, method, population=4, generations=2)
    wrong: tuple[Any, ...] = (np.zeros(2), np.zeros((3, 1)), 1.0)
    for values in wrong:
        asked = SearchProblem(x, [Goal("g", "less")], constant(values))
        with pytest.raises(errors.RunError, match=r"g: .* a value a point; .* expected shape \(3,\)"):
            search(asked)
    with pytest.raises(errors.RunError, match="two variables of one name; found 'x'"):
        search(SearchProblem(x * 2, [Goal("g", "less")], lambda x: {"g": x[:, 0]}))


def test_nsga2_without_pymoo_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **keywords: Any) -> Any:
        if name.startswith("pymoo"):
            raise ImportError(name)
        return real(name, *more, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(errors.RunError, match=r"meguru\[search\]"):
        search(SearchProblem([Variable("x", 0, 1)], GOALS[:1], lambda x: {"f": x[:, 0]}), "nsga2")


def test_measures_are_searched_and_stand_behind_each_point() -> None:
    found = search_measures(ATM, ["co2_change", "economic_gain:less"])
    assert len(found.front.points) == 1 + 121 and len(found.plans) == len(found.front.best)
    table = found.front.table()
    for (_, one), (_, other) in pairwise(table.iterrows()):
        assert one["co2_change"] < other["co2_change"] and one["economic_gain"] > other["economic_gain"]
    assert found.plans[0][0].level == 10.0 and found.plans[0][1].level == 100.0
    assert found.now["co2_change"] == pytest.approx(39.97, abs=0.01)
    model = found.with_scenarios()
    for number in (1, len(found.plans)):
        again = meguru.evaluate(meguru.run(model, f"choice-{number}"), ["co2_change"])["value"].iloc[-1]
        assert table["co2_change"].iloc[number - 1] == pytest.approx(again, rel=1e-12)


@pytest.mark.parametrize("bound", [0.1, 0.2, 0.3, 0.6, 0.7])
def test_a_limit_is_met_but_for_rounding(bound: float) -> None:
    """3 × 0.1 is 0.30000000000000004: that is no choice beyond 0.3."""
    problem = SearchProblem(
        [Variable("x", 0.0, 1.0, 0.1)],
        [Goal("gain", "more")],
        lambda points: {"gain": points[:, 0], "use": points[:, 0] * 3.0},
        [Limit("use", 3.0 * bound, "at most")],
    )
    assert search(problem, "grid").points[search(problem, "grid").best].tolist() == [[pytest.approx(bound)]]
    values = np.array([0.3, 0.1 * 3.0, 0.3 + 1e-6, np.nan, -0.3])
    assert Limit("use", 0.3, "at most").excess(values).tolist() == [
        0.0,
        0.0,
        pytest.approx(1e-6),
        np.inf,
        0.0,
    ]
    assert Limit("use", 0.0, "at least").excess(np.array([-1e-12, 0.0])).tolist() == [1e-12, 0.0]


def test_a_measure_named_twice_is_one() -> None:
    model = meguru.example("atm-parts")
    once = search_measures(model, ["co2_change"], measures=["more_parts"], few=3)
    twice = search_measures(model, ["co2_change"], measures=["more_parts", "more_parts"], few=3)
    assert list(twice.plans) == list(once.plans) and twice.tried == once.tried
    battery = meguru.example("small-battery")
    assert list(weigh_incentives(battery, ["repair_subsidy", "repair_subsidy"]).moved) == ["repair_subsidy"]


@pytest.mark.parametrize(("method", "last"), [("grid", 122), ("nsga2", 32)])
def test_a_search_says_how_far_it_is(method: Any, last: int) -> None:
    told: list[tuple[int, int]] = []
    search_measures(
        meguru.example("atm-parts"),
        ["co2_change"],
        method=method,
        population=8,
        generations=4,
        progress=lambda done, total: told.append((done, total)),
    )
    assert {total for _, total in told} == {last}
    assert [done for done, _ in told] == sorted(done for done, _ in told) and len(told) > 1
    assert told[-1][0] <= last


def test_years_and_switches_are_chosen_too() -> None:
    battery = meguru.example("small-battery")
    names = ["points_for_boxes", "exchange_at_the_door"]
    found = search_measures(battery, ["co2"], measures=names, over="mean")
    assert [one.name for one in found.front.problem.variables] == [
        "points_for_boxes",
        "points_for_boxes.from",
        "exchange_at_the_door",
    ]
    (plan,) = found.plans
    assert [one.measure for one in plan] == ["exchange_at_the_door"]  # they exclude each other
    assert levers_of(battery, "today", names[:1])[0].years == (2027, 2028, 2029, 2030, 2031, 2032, 2033)
    boxes = search_measures(battery, ["co2"], measures=names[:1], over="mean")
    assert [(one.measure, one.since) for one in boxes.plans[0]] == [("points_for_boxes", 2027)]  # the sooner


def test_years_after_the_study_are_not_tried() -> None:
    model = clone(meguru.example("small-battery"))
    last, stated = model.time.last, model.measures["points_for_boxes"]
    model.measures["points_for_boxes"] = replace(stated, since=last - 2, latest=2099)
    assert levers_of(model, "today", ["points_for_boxes"])[0].years == (last - 2, last - 1, last)
    assert search_measures(model, ["co2"], measures=["points_for_boxes"]).tried == 1 + 3
    model.measures["points_for_boxes"] = replace(stated, since=2077, latest=2099)
    assert levers_of(model, "today", ["points_for_boxes"])[0].years == ()


@pytest.mark.parametrize(
    ("function", "roots"),
    [
        (lambda x: (x - 0.3) * (x - 0.7), [0.3, 0.7]),
        (lambda x: np.cos(6 * np.pi * x), [1 / 12, 3 / 12, 5 / 12, 7 / 12, 9 / 12, 11 / 12]),
        (lambda x: x**2 + 1, []),
        (lambda x: x, [0.0]),
    ],
)
def test_all_roots_are_found(function: Any, roots: list[float]) -> None:
    found = crossings(function, 0.0, 1.0)
    assert list(found.roots) == pytest.approx(roots, abs=1e-9)
    assert found.none == (not roots) and not found.jumps


def test_a_jump_is_no_root_and_what_is_undefined_none_either() -> None:
    jump = crossings(lambda x: np.where(x < 0.4, -1.0, 2.0), 0.0, 1.0)
    assert not jump.roots and jump.jumps == pytest.approx((0.4,), abs=1e-6)
    # the pole lies between two points of the scan, and is undefined only there
    gap = crossings(lambda x: np.where(np.abs(x - 0.5) < 0.2, np.nan, x - 0.5), 0.0, 1.0, points=2)
    assert gap.none
    assert crossings(lambda x: x, 0.0, 2.0, target=1.5).roots == pytest.approx((1.5,))
    for low, high, points in ((1.0, 1.0, 9), (0.0, np.inf, 9), (0.0, 1.0, 1)):
        with pytest.raises(errors.RangeError):
            crossings(lambda x: x, low, high, points=points)


@pytest.mark.parametrize("points", [64, 65])
def test_a_flat_curve_is_a_stretch_and_no_root(points: int) -> None:
    ramp = crossings(lambda x: np.maximum(x - 0.37, 0.0), 0.0, 1.0, points=points)
    assert not ramp.roots and not ramp.jumps and not ramp.none
    ((low, high),) = ramp.stretches
    assert low == 0.0 and high == pytest.approx(0.37, abs=1e-6)
    noise = crossings(lambda x: 1e5 + 1e-10 * np.sin(1e9 * x), 0.0, 1.0, target=1e5, points=points)
    assert not noise.roots and noise.stretches == ((0.0, 1.0),)
    plain = crossings(lambda x: np.sign(x - 0.5) * np.maximum(np.abs(x - 0.5) - 0.21, 0), 0, 1, points=points)
    assert not plain.roots and plain.stretches[0] == pytest.approx((0.29, 0.71), abs=1e-6)


def difference(x: Any) -> Any:
    """Nothing, as a difference of large numbers that were added up in another order."""
    parts = 1e5 / np.arange(1.0, 40.0)[:, None] * (1.0 + np.asarray(x))
    return np.cumsum(parts, axis=0)[-1] - np.cumsum(parts[::-1], axis=0)[-1]


def test_a_difference_that_is_only_rounding_has_no_break_even() -> None:
    at = np.linspace(0.0, 1.0, 65)
    assert (np.diff(np.sign(difference(at))) != 0.0).sum() > 10 and np.abs(difference(at)).max() < 1e-8
    for points in (9, 65, 1000):
        found = crossings(difference, 0.0, 1.0, points=points)
        assert found.noise and found.none
    assert not crossings(lambda x: x - 0.37 + 0.01 * difference(x), 0.0, 1.0).noise
    above = crossings(difference, 0.0, 1.0, target=1.0)
    assert above.none and not above.noise  # away from the target it does not matter


@pytest.mark.parametrize("points", [2, 9, 65, 129])
def test_jumps_at_points_of_the_scan_are_no_noise(points: int) -> None:
    def steps(x: Any) -> Any:  # each just behind a point of most scans
        return np.where(x > 0.75, 2.0, np.where(x > 0.5, -1.0, 1.0))

    found = crossings(steps, 0.0, 1.0, points=points)
    assert not found.noise
    assert found.jumps == (pytest.approx((0.5, 0.75), abs=1e-6) if points > 2 else ())


@pytest.mark.parametrize("rounded", [np.ceil, np.floor])
@pytest.mark.parametrize("points", [17, 65, 129])
def test_a_staircase_with_steps_at_many_points_of_the_scan_is_no_noise(rounded: Any, points: int) -> None:
    found = crossings(rounded, 0.0, 16.0, target=5.5, points=points)
    assert not found.noise and not found.roots
    assert found.jumps == pytest.approx((5.0 if rounded is np.ceil else 6.0,), abs=1e-6)


@given(st.integers(0, 2**32), st.sampled_from([17, 65, 200]))
def test_rounding_of_a_few_units_in_the_last_place_is_noise(seed: int, points: int) -> None:
    draws = np.random.default_rng(seed)

    def rounding(x: Array) -> Any:
        return 1e-10 * draws.integers(-2, 3, x.shape)

    assert crossings(rounding, 0.0, 1.0, points=points).noise


def test_an_age_at_which_all_wear_out_has_a_break_even() -> None:
    """What leaves changes by a year's motors where that age passes the middle of a year: a staircase."""
    text = example_path("motor").read_text(encoding="utf-8")
    spread, fixed = "{distribution: weibull, shape: 3, scale: 12 year}", "{distribution: fixed, age: 12 year}"
    model = parse(edited(text, (f"worn: {spread}", f"worn: {fixed}")))
    place, target = "processes.use.leave.worn.age", 3295.6
    found = break_even(model, "co2", place, scenario="regenerate", low=4, high=20, target=target)
    above = found.scan.values > target
    crossed = np.flatnonzero(above[1:] != above[:-1])
    assert not found.scan.noise and not found.roots and len(crossed) == len(found.scan.jumps) > 0
    assert found.scan.jumps == pytest.approx(found.scan.at[crossed], abs=1e-6)  # each at a point of the scan
    assert np.mod(found.scan.jumps, 1.0) == pytest.approx(0.5, abs=1e-6)


def test_a_break_even_that_is_noise_is_told_in_both_languages() -> None:
    found = break_even(ATM, "co2_change", "more_parts", low=0, high=10, points=9)
    (told,) = crossings_of(replace(found, scan=crossings(difference, 0.0, 1.0)))
    assert "no break-even" in told.en and "損益分岐点はない" in told.ja


def test_a_touch_is_no_root_and_a_zero_between_two_signs_is() -> None:
    assert crossings(lambda x: (x - 0.5) ** 2, 0.0, 1.0).none
    assert crossings(lambda x: x - 0.5, 0.0, 1.0).roots == (0.5,)  # exactly at a point of the scan


@pytest.mark.parametrize("target", [float("nan"), float("inf")])
def test_a_target_that_is_no_number_is_refused(target: float) -> None:
    with pytest.raises(errors.RangeError, match="target"):
        break_even(ATM, "co2_change", "more_parts", target=target)


def test_a_root_is_as_near_as_its_range_is_small() -> None:
    assert crossings(lambda x: x - 3e-13, 0.0, 1e-12).roots == pytest.approx((3e-13,), rel=1e-9, abs=0.0)


def test_a_break_even_tells_stretches_and_ends() -> None:
    found = break_even(ATM, "co2_change", "more_parts", low=0, high=10, points=9)
    scan = replace(found.scan, roots=(0.0, 4.0), stretches=((5.0, 6.0),))
    end, zero, stretch = (one.en for one in crossings_of(replace(found, scan=scan)))
    assert "changes its sign" in zero and "is zero where" in end and "at an end" in end
    assert "stays at zero while" in stretch and "5\xa0%" in stretch and "6\xa0%" in stretch
    far = replace(found, scan=replace(scan, roots=(), stretches=()))
    assert "does not change its sign" in crossings_of(far)[0].en


def test_break_even_of_a_price_changes_it_in_all_scenarios() -> None:
    place = "routes.new_parts -> assemble.price"
    none = break_even(ATM, "economic_gain", place, low=0, high="800 JPY/kg")
    assert none.everywhere and none.scan.none and none.present == 500.0
    # gain = a + reused mass · price: by hand from two runs
    reused = 0.6 * 1364 * 500 * 0.01 / 1e6
    gain = float(none.scan.values[0])
    target = gain + reused * 300.0
    (root,) = break_even(ATM, "economic_gain", place, low=0, high=800, target=target).roots
    assert root == pytest.approx(300.0)
    at = break_even(ATM, "economic_gain", place, low=0, high=800, target=f"{target * 1e6} JPY/year").roots
    assert at == pytest.approx((root,))


def test_break_even_of_what_the_scenario_decides_changes_there_only() -> None:
    by_place = break_even(ATM, "economic_gain", "processes.collect.split.allied", low="1 %", high="100 %")
    by_measure = break_even(ATM, "economic_gain", "more_collection", low=1)
    assert not by_place.everywhere and by_place.measure == "" and by_place.present == pytest.approx(60.0)
    assert by_place.roots == pytest.approx(by_measure.roots)
    collected = 6e6 / (1364 * (17_920 + 500 * 0.01 * 325.8))  # gain of a machine collected, from the README
    assert by_measure.roots == pytest.approx((100 * collected,), rel=1e-6)


@pytest.mark.parametrize(
    ("indicator", "of", "more", "kind"),
    [
        ("co2", "more_parts", {}, errors.UnknownNameError),
        ("co2_change", "more_part", {}, errors.UnknownNameError),
        ("co2_change", "routes.new_parts -> assemble.price", {}, errors.ScenarioError),
        ("co2_change", "routes.new_parts -> assemble.to", {"low": 0, "high": 1}, errors.ScenarioError),
        ("co2_change", "processes.collct.split", {"low": 0, "high": 1}, errors.ScenarioError),
        ("co2_change", "more_parts", {"low": 5, "high": 5}, errors.RangeError),
        ("co2_change", "more_parts", {"low": "= reused"}, errors.ScenarioError),
    ],
)
def test_break_even_refuses_slips(
    indicator: str, of: str, more: dict[str, Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        break_even(ATM, indicator, of, **more)


def test_a_measure_without_a_range_has_no_break_even() -> None:
    with pytest.raises(errors.ScenarioError, match="no range"):
        break_even(meguru.example("small-battery"), "co2", "repurpose")
