"""Branch years and drivers: planted switches are found, continua are told as such."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted import SWITCH, gate, linear_gaussian, planted

from meguru.errors import RunError
from meguru.foresight.analysis.branches.branch import (
    _interval,
    _weighted_auc,
    branch_years,
    first_told,
    folds,
)
from meguru.foresight.analysis.branches.continuum import continuum_curves, regressed
from meguru.foresight.analysis.branches.drivers import drivers
from meguru.foresight.analysis.branches.reach import reached, reaching
from meguru.foresight.analysis.branches.sides import Sides, key_of, sides_of, state_at, state_names
from meguru.foresight.analysis.grouping.groups import Groups, group
from meguru.foresight.analysis.grouping.tree import Tree, tree
from meguru.foresight.analysis.statistics.lda import auc
from meguru.foresight.futures import Futures
from meguru.foresight.simulation import simulate


@pytest.fixture(scope="module")
def gated() -> tuple[Futures, Groups, Tree]:
    futures = simulate(gate(), 600, 5)
    groups = group(futures, 2, nulls=19, largest=2)
    return futures, groups, tree(groups, futures, nulls=49)


# Two seeds that the benchmark does not have, one of each kind; the benchmark runs fifty.
@pytest.mark.parametrize(("seed", "kind"), [(1001, "event"), (1002, "tipping")])
def test_a_planted_switch_is_found_in_its_year(seed: int, kind: str) -> None:
    known = planted(seed)
    assert known.kind == kind
    assert len(known.model.nodes) > 100
    assert known.largest <= 1.0
    futures = simulate(known.model, 1200, seed)
    groups = group(futures, nulls=49, largest=3)
    grown = tree(groups, futures)
    assert [split.supported for split in grown.splits] == [True]
    branch = branch_years(futures, groups, grown)[0]
    assert branch.supported
    assert branch.year is not None and abs(branch.year - known.year) <= 1
    assert branch.low is not None and branch.high is not None
    assert branch.low <= branch.year <= branch.high
    assert branch.auc[futures.years.tolist().index(branch.year)] >= 0.9
    found = drivers(futures, groups, grown.splits[0], branch, candidates=10, rerun=300)
    first = found.nodes[0]
    assert (first.node, first.rank) == (SWITCH, 1)
    # From one deviation below the level to one above turns 2 Φ(1) − 1 of the scenarios.
    assert first.causal_effect is not None and first.error is not None
    assert abs(first.causal_effect) == pytest.approx(0.683, abs=4 * first.error)
    assert first.q_value < 1e-6 and first.importance > 0.2
    assert sum(node.rank is not None for node in found.nodes) == 10
    assert {node.node for node in found.nodes} == set(known.model.nodes)


@pytest.mark.parametrize("seed", [7002, 7003])
def test_a_continuum_is_told_as_a_continuum_is_and_has_no_branch(seed: int) -> None:
    futures = simulate(linear_gaussian(seed), 1200, seed)
    groups = group(futures, 3, nulls=19, largest=3)
    grown = tree(groups, futures, nulls=49)
    cuts = branch_years(futures, groups, grown)
    # A side of a cut may come to be told too, as in a continuum: that is no year in which it is decided.
    told = [first_told(futures.years, np.array(one.auc)) is not None for one in cuts]
    assert any(told) == (seed == 7003)
    for branch in cuts:
        assert not branch.supported
        assert branch.reason == "cut of a continuum"
        assert (branch.year, branch.low, branch.high, branch.null_year) == (None, None, None, None)
        assert np.abs(np.array(branch.auc) - branch.null_auc).max() < 0.1
        assert max(branch.auc) > 0.7


def test_a_side_that_is_decided_from_the_start_is_told_by_the_lever(
    gated: tuple[Futures, Groups, Tree],
) -> None:
    futures, groups, grown = gated
    branch = branch_years(futures, groups, grown)[0]
    assert branch.year == 2024
    found = drivers(futures, groups, grown.splits[0], branch, rerun=200)
    first = found.nodes[0]
    assert first.node == "lever"
    assert first.causal_effect is not None and first.causal_effect < -0.4
    by_name = {node.node: node for node in found.nodes}
    # The echo goes with the side and turns nobody: it reaches no KPI and is not rerun.
    assert abs(by_name["echo"].effect_size) < 2 and by_name["echo"].causal_effect is None
    assert by_name["idle"].causal_effect is None and by_name["idle"].q_value > 0.01
    # The event comes after the branch: how the sides part, decided before. It is last, without importance.
    assert [one.name for one in found.inputs] == ["lever", "idle", "gate"]
    assert [one.kind for one in found.inputs] == ["start", "start", "event"]
    event = found.inputs[-1]
    assert event.importance == 0.0
    assert event.turned is not None and event.turned.by == 2050
    assert (event.turned.left, event.turned.right, event.turned.never) == (0.0, 1.0, 1.0)
    assert next(one for one in found.inputs if one.name == "lever").importance > 0.3


def test_an_event_is_part_of_the_state_from_the_year_after_it(gated: tuple[Futures, Groups, Tree]) -> None:
    futures, groups, grown = gated
    everyone = np.arange(600)
    assert state_names(futures)[-1] == "event:gate"
    assert state_at(futures, 12, everyone)[:, -1].sum() == 0  # 2036, the year in which it happens
    happened = ~np.isnan(futures.events[0])
    np.testing.assert_array_equal(state_at(futures, 13, everyone)[:, -1], happened)
    sides = sides_of(groups, grown.splits[0], 100, "test")
    assert isinstance(sides, Sides) and sides.rows.size == 100
    np.testing.assert_array_equal(sides.left, groups.labels[sides.rows] == 0)
    assert key_of(grown.splits[0]) == "A|B"


def test_an_event_after_the_branch_is_forced_too(gated: tuple[Futures, Groups, Tree]) -> None:
    futures, groups, grown = gated
    early = replace(branch_years(futures, groups, grown)[0], year=2030.0)  # the gate opens in 2036
    found = drivers(futures, groups, grown.splits[0], early, candidates=1, rerun=200)
    (event,) = (one for one in found.inputs if one.kind == "event")
    assert found.inputs[-1] == event and event.importance == 0.0 and event.q_value < 0.001
    told, happened = event.turned, ~np.isnan(futures.events[0])
    assert told is not None and told.by == futures.years[-1]
    left = groups.labels == 0  # side A
    assert (told.left, told.right) == (happened[left].mean(), happened[~left].mean())
    assert abs(told.left - told.right) > 0.9
    assert abs(told.never - told.soonest) > 0.3
    late = drivers(futures, groups, grown.splits[0], replace(early, year=2037.0), candidates=1, rerun=200)
    (event,) = (one for one in late.inputs if one.kind == "event")
    assert event.turned is not None and event.turned.by == 2037.0 and event.importance > 0.1


def test_a_continuum_with_two_peaks_less_is_told_less_well(gated: tuple[Futures, Groups, Tree]) -> None:
    futures, groups, grown = gated
    branch = branch_years(futures, groups, grown)[0]
    told, null = np.array(branch.auc), np.array(branch.null_auc)
    # Who passes the gate is known from the start; a normal outcome with the same correlation is not as clear.
    assert (told[:13] > null[:13] + 0.02).all()
    assert branch.supported
    assert continuum_curves(futures, groups, grown.splits, 4000)[0].size == 0


def test_slopes_are_those_of_a_regression() -> None:
    chance = np.random.default_rng(1)
    given, told = chance.normal(size=(50, 3)), chance.normal(size=(50, 2))
    expected = np.linalg.lstsq(given, told, rcond=None)[0]
    np.testing.assert_allclose(regressed(given.T @ given, given.T @ told), expected)


def test_the_branch_year_is_the_first_from_which_the_side_stays_told() -> None:
    years = np.array([2024.0, 2025, 2026, 2027])
    assert first_told(years, np.array([0.95, 0.8, 0.9, 0.99])) == 2026
    assert first_told(years, np.array([0.95, 0.9, 0.9, 0.99])) == 2024
    assert first_told(years, np.array([0.95, 0.9, 0.9, 0.89])) is None
    assert _interval(np.array([2030.0] * 60 + [2031.0] * 30 + [np.nan] * 10)) == (2030.0, 2031.0)
    assert _interval(np.array([2030.0] * 4 + [np.nan] * 6)) == (None, None)


def test_the_curve_of_a_resample_is_that_of_its_scenarios() -> None:
    chance = np.random.default_rng(0)
    scores, side = chance.normal(size=(3, 40)), np.arange(40) < 15
    drawn = chance.integers(0, 40, 40)
    found = _weighted_auc(np.argsort(scores, axis=1), side, drawn)
    np.testing.assert_allclose(found, [auc(row[drawn], side[drawn]) for row in scores])
    parts = folds(0, "test", side)
    assert [int(side[parts == part].sum()) for part in range(5)] == [3] * 5


def test_a_split_without_a_branch_year_has_no_drivers(gated: tuple[Futures, Groups, Tree]) -> None:
    from dataclasses import replace

    futures, groups, grown = gated
    branch = replace(branch_years(futures, groups, grown)[0], year=None, reason="no year")
    with pytest.raises(RunError, match=r"A\|B"):
        drivers(futures, groups, grown.splits[0], branch)


def test_who_reaches_whom() -> None:
    model = gate()
    assert reaching(model, ["reuse", "waste"]) == {"reuse": 0, "waste": 0, "lever": 1}
    assert reached(model, ["lever"]) == {"lever": 0, "echo": 1, "reuse": 1, "waste": 1}
