"""Conditions of a group: requirements with deadlines, causes told from symptoms, and the road."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from planted import gate

from meguru.errors import RangeError, UnknownNameError
from meguru.foresight.analysis.grouping.groups import Groups, group
from meguru.foresight.analysis.outlook.roadmap import roadmap
from meguru.foresight.analysis.requirements.columns import chosen_columns, milestone_years, table
from meguru.foresight.analysis.requirements.conditions import Conditions, conditions
from meguru.foresight.analysis.requirements.deadline import (
    find_deadline,
    find_deadlines,
    substitutes,
)
from meguru.foresight.analysis.requirements.forcing import Forcing
from meguru.foresight.futures import Futures
from meguru.foresight.simulation import simulate


@pytest.fixture(scope="module")
def gated() -> tuple[Futures, Groups]:
    futures = simulate(gate(), 1500, 5)
    return futures, group(futures, 2, nulls=19, largest=2)


@pytest.fixture(scope="module")
def found(gated: tuple[Futures, Groups]) -> Conditions:
    """Of the group behind the gate, B, with the echo allowed beside the levers."""
    return conditions(*gated, "B", nodes=["echo"])


def test_the_lever_is_a_cause_whose_deadline_is_the_gate(found: Conditions) -> None:
    lever = next(one for one in found.requirements if one.node == "lever")
    assert found.density > 0.95 and found.coverage > 0.95
    assert lever.low == pytest.approx(0.6, abs=0.03) and lever.high is None
    assert lever.cause
    assert lever.reproducibility == 1.0
    assert lever.chance < 1e-6
    assert 0.6 < lever.level < 1.0
    # Held in time, everybody passes the gate.
    assert found.forced == pytest.approx(1.0, abs=0.01)
    assert lever.gain == pytest.approx(1 - found.base, abs=0.06)
    assert lever.deadline is not None
    assert lever.deadline.year == 2036
    assert lever.deadline.wanted == pytest.approx((1 + found.base) / 2, abs=0.03)
    shares = dict(lever.deadline.curve)
    assert shares[2036] > 0.99 and shares[2037] == lever.deadline.without < 0.5


def test_the_echo_goes_with_the_group_and_is_a_symptom(gated: tuple[Futures, Groups]) -> None:
    futures, groups = gated
    model = futures.model
    # Without the lever to choose, the echo is what is left: it tells the group and does not bring it.
    nodes = model.nodes | {"lever": replace(model.nodes["lever"], role="state")}
    other = simulate(replace(model, nodes=nodes), 1500, 5)
    alone = conditions(other, groups, "B", nodes=["echo"])
    echo = next(one for one in alone.requirements if one.node == "echo")
    assert echo.association > 0.4
    assert not echo.cause and echo.gain == 0.0 and echo.deadline is None
    assert alone.forced is None
    stop = roadmap(other.model, alone).stops[0]
    assert (stop.node, stop.cause, stop.latest, stop.levers, stop.indicators) == ("echo", False, None, (), ())


def test_the_road_links_requirements_to_levers_and_indicators(found: Conditions) -> None:
    road = roadmap(gate(), found)
    stop = next(stop for stop in road.stops if stop.node == "lever")
    assert road.group == "B"
    assert (stop.latest, stop.levers, stop.indicators) == (2036, ("lever",), ("reuse", "waste"))
    times = [stop.year if stop.latest is None else stop.latest for stop in road.stops]
    assert times == sorted(times)


def test_the_classification_tree_tells_the_same(found: Conditions) -> None:
    best = found.leaves[0]
    column, side, bound = best.rules[0]
    assert found.columns[column][0] == "lever"
    assert side == ">" and bound == pytest.approx(0.6, abs=0.03)
    assert best.density is not None and best.density > 0.95
    assert sum(leaf.share for leaf in found.leaves) == pytest.approx(1.0)


def test_a_share_that_is_wanted_moves_the_deadline(gated: tuple[Futures, Groups]) -> None:
    futures, groups = gated
    forcing = Forcing(futures, groups, 1, np.arange(200))
    years = [float(year) for year in futures.years[1:]]
    base = forcing.share(())
    assert find_deadline(forcing, ("lever", 2030.0, 0.9), [], years, 0.9).year == 2036
    needless = find_deadline(forcing, ("lever", 2030.0, 0.9), [], years, base)
    assert (needless.year, needless.reason) == (None, "the other requirements suffice")
    never = find_deadline(forcing, ("lever", 2030.0, 0.1), [], years, 0.9)
    assert (never.year, never.reason) == (None, "from no year on is it enough")
    assert {year for year, _ in never.curve} >= {2025, 2030, 2050} and never.after is None
    gain, error = forcing.gain([("lever", 2030.0, 0.9)])
    assert gain == pytest.approx(1 - base) and 0 < error < 0.05


class Table:
    """Reruns of which the shares are known: by the nodes that are held."""

    def __init__(self, enough: Callable[[set[str]], bool]) -> None:
        self._enough = enough

    def share(self, held: Sequence[tuple[str, float, float]]) -> float:
        return 0.9 if self._enough({node for node, _, _ in held}) else 0.1


@pytest.mark.parametrize(
    ("enough", "instead", "idle"),
    [
        (lambda held: "a" in held and "b" in held, {}, {"c"}),  # both are needed, the third is not
        (lambda held: bool(held & {"a", "b"}), {"a": {"b"}, "b": {"a"}}, {"c"}),  # one of two
        (
            lambda held: bool(held & {"a", "b", "c"}),
            {n: {*"abc"} - {n} for n in "abc"},
            set(),
        ),  # one of three
        (lambda held: len(held) >= 2, {n: {*"abc"} - {n} for n in "abc"}, set()),  # two of three
        (lambda held: True, {}, {"a", "b", "c"}),  # none, neither alone nor together
    ],
)
def test_what_can_be_spared_alone_is_tried_together(
    enough: Callable[[set[str]], bool], instead: dict[str, set[str]], idle: set[str]
) -> None:
    held = {node: (node, 2030.0, 1.0) for node in "abc"}
    forcing = cast(Forcing, Table(enough))
    found, spared = substitutes(forcing, held, 0.5)
    assert {node: set(others) for node, others in found.items() if others} == instead
    assert set(spared) == idle
    told = find_deadlines(forcing, held, [2025.0, 2030.0, 2035.0], 0.5)
    for node in idle:
        assert told[node].reason == "the other requirements suffice" and told[node].jointly == 0.9
        assert set(told[node].along) == idle - {node}
    for node in instead:
        assert told[node].spared == 0.9 and told[node].without == 0.1


def test_one_of_two_sufficient_causes_is_needed_and_has_a_deadline_in_the_place_of_the_other() -> None:
    """Two gates, of which either is enough: held, each lever makes the other dispensable, not both."""
    model = gate()
    (event,) = model.events.values()
    nodes = model.nodes | {
        "other": replace(model.nodes["lever"], name="other"),
        "reuse": replace(model.nodes["reuse"], high=2.0),
        "waste": replace(model.nodes["waste"], low=-2.0),
    }
    early = replace(
        event,
        name="early",
        hazard={2024: 0.0, 2030: 60.0, 2031: 0.0},
        conditions=(replace(event.conditions[0], node="other"),),
    )
    futures = simulate(replace(model, nodes=nodes, events={"gate": event, "early": early}), 800, 5)
    groups = group(futures, 2, nulls=19, largest=2)
    code = max(groups.codes, key=lambda one: groups.profile[groups.number(one), groups.kpis.index("reuse")])
    forcing = Forcing(futures, groups, groups.number(code), np.arange(300))
    held = {"lever": ("lever", 2030.0, 0.9), "other": ("other", 2028.0, 0.9)}
    told = find_deadlines(forcing, held, [float(year) for year in futures.years[1:]], 0.9)
    for node, other, year in (("lever", "other", 2036), ("other", "lever", 2030)):
        one = told[node]
        assert (one.instead, one.year, one.reason, one.along) == ((other,), year, "", ())
        assert one.spared > 0.95 and one.without == forcing.share(()) < 0.9
        assert one.after == year + 1 and one.share(year + 1) < 0.9 <= one.share(year)


def test_reruns_meet_a_level_in_the_year_that_they_say(gated: tuple[Futures, Groups]) -> None:
    futures, groups = gated
    forcing = Forcing(futures, groups, 1, np.arange(100))
    assert forcing.share([("lever", 2036.0, 0.9)]) == 1.0
    assert forcing.share([("lever", 2037.0, 0.9)]) == forcing.share(()) < 0.6


def test_columns_are_each_nodes_most_telling_milestone(gated: tuple[Futures, Groups]) -> None:
    futures, groups = gated
    rows = np.arange(1500)
    columns = chosen_columns(futures, ["lever", "echo", "still"], [2025, 2035], rows, groups.labels == 1)
    assert [name for name, _ in columns] == ["lever", "echo"]
    assert dict(columns)["echo"] == 2035
    np.testing.assert_array_equal(table(futures, [("echo", 2035)], rows)[:, 0], futures.of("echo")[11])


def test_milestones_are_named_or_every_fifth_year(gated: tuple[Futures, Groups]) -> None:
    futures, _ = gated
    assert milestone_years(futures, None) == (2025, 2030, 2035, 2040, 2045)
    assert milestone_years(futures, [2024, 2031, 2050]) == (2031,)
    named = simulate(replace(gate(), settings={"milestones": [2040], "condition_years": [2030, 2050]}), 20, 1)
    assert milestone_years(named, None) == (2030,)
    short = simulate(replace(gate(2027), first=2026, last=2029, events={}), 20, 1)
    assert milestone_years(short, None) == (2028,)
    with pytest.raises(RangeError, match="no milestone inside"):
        milestone_years(futures, [2024])
    with pytest.raises(RangeError, match="no such year"):
        milestone_years(futures, [2030.5])


def test_what_can_not_be_asked_is_an_error_and_what_can_not_be_found_a_reason(
    gated: tuple[Futures, Groups],
) -> None:
    futures, groups = gated
    with pytest.raises(UnknownNameError, match="Did you mean 'echo'"):
        conditions(futures, groups, "B", nodes=["ecko"])
    with pytest.raises(RangeError, match="the share wanted"):
        conditions(futures, groups, "B", wanted=1.0)
    with pytest.raises(RangeError, match="no such group"):
        conditions(futures, groups, "C")
    one = group(futures, 1, nulls=19, largest=2)
    assert conditions(futures, one, "A").reason == "too few scenarios in the group, or all"
    model = futures.model
    idle = {name: replace(node, role="state") for name, node in model.nodes.items() if name != "idle"}
    kept = idle | {"idle": model.nodes["idle"]} | {n: model.nodes[n] for n in ("reuse", "waste", "still")}
    nothing = conditions(simulate(replace(model, nodes=kept), 1500, 5), groups, "B")
    assert nothing.reason == "no level of these nodes goes with the group"
    none = {
        name: replace(node, role="state") if node.role == "lever" else node
        for name, node in model.nodes.items()
    }
    nobody = conditions(simulate(replace(model, nodes=none), 1500, 5), groups, "B")
    assert nobody.reason == "no node that may be bounded differs between scenarios"
