"""Ratings, driving forces, and the analysis as a whole: kept, read again, and found again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planted import FIRST, gate

from meguru.errors import MeguruError, NotReadableError, RangeError, RunError, UnknownNameError
from meguru.foresight.analysis import Analysis, Axis, Choices, Rule, analyse, driving_forces, group, ratings
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.outlook.rating import mark_of, rule_of
from meguru.foresight.analysis.store import from_json, to_json
from meguru.foresight.futures import Futures
from meguru.foresight.model import Node, Spread
from meguru.foresight.simulation import simulate

QUICK = Choices(
    nulls=49,
    split_nulls=49,
    largest=3,
    axes=(Axis("lever", 2030.0), Axis("echo", 2040.0, 0.3)),
    nodes=("echo",),
)


@pytest.fixture(scope="module")
def gated() -> tuple[Futures, Groups]:
    futures = simulate(gate(), 900, 5)
    return futures, group(futures, 2, nulls=19, largest=2)


@pytest.fixture(scope="module")
def found(gated: tuple[Futures, Groups]) -> Analysis:
    return analyse(gated[0], QUICK)


def test_marks_follow_the_rule(gated: tuple[Futures, Groups]) -> None:
    futures, groups = gated
    found = {(one.group, one.field): one for one in ratings(futures, groups)}
    assert found["B", "circulation"].mark == "◎"
    assert found["B", "circulation"].better == ("reuse",)
    assert found["B", "environment"].mark == "◎"  # less waste is better
    assert found["A", "circulation"].mark == "○"  # as it was
    assert found["B", "circulation"].score == 1.0 and found["A", "circulation"].score == 0.0
    assert found["B", "economy"].mark == "○" and found["B", "economy"].flip_rate == 0.0
    against = ratings(futures, groups, Rule(against="all"))
    worse = next(one for one in against if (one.group, one.field) == ("A", "circulation"))
    assert worse.mark == "△" and worse.worse == ("reuse",)
    assert [mark_of(score, Rule()) for score in (0.5, 0.49, 0.0, -0.01)] == ["◎", "○", "○", "△"]


def test_weights_decide_within_a_field_and_a_field_without_direction_has_no_mark() -> None:
    model = gate()
    nodes = model.nodes | {"waste": replace(model.nodes["waste"], field="circulation", direction="up")}
    nodes["still"] = replace(nodes["still"], direction="none")
    futures = simulate(replace(model, nodes=nodes), 300, 5)
    groups = group(futures, 2, nulls=19, largest=2)

    def circulation(weights: dict[str, float]) -> float | None:
        rated = ratings(futures, groups, Rule(weights=weights))
        return next(one.score for one in rated if (one.group, one.field) == ("B", "circulation"))

    assert circulation({}) == 0.0
    assert circulation({"reuse": 3.0}) == pytest.approx(0.5)
    assert circulation({"waste": 0.0}) == 1.0
    economy = next(one for one in ratings(futures, groups) if one.field == "economy")
    assert (economy.mark, economy.score, economy.flip_rate) == (None, None, None)


def test_a_mark_on_the_edge_flips_as_often_as_its_mean_crosses_the_margin() -> None:
    kpi = Node("kpi", start=Spread(0.0, 0.0, 0.0), noise=1.0, role="kpi", direction="up", field="economy")
    model = replace(gate(), nodes={"kpi": kpi}, edges=(), events={}, first=FIRST, last=FIRST + 1)
    futures = simulate(model, 400, 2)
    groups = group(futures, 1, nulls=19, largest=2, years=[FIRST + 1.0])
    mean = float(futures.of("kpi")[-1].mean())
    rated = ratings(futures, groups, Rule(best=0.5, good=-0.5, margin=abs(mean)))[0]
    assert rated.flip_rate == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize(
    ("rating", "told"),
    [
        ({"bets": 1}, "Did you mean 'best'"),
        ({"best": "high"}, "settings.rating.best"),
        ({"best": 0.1, "good": 0.2}, "contradict"),
        ({"against": "others"}, "one of start, all"),
        ({"weights": {"reus": 1}}, "Did you mean 'reuse'"),
        ({"weights": {"reuse": -1}}, "a weight below zero"),
        ({"weights": 3}, "a mapping"),
        (3, "a mapping"),
    ],
)
def test_a_rule_that_is_no_rule_is_an_error(rating: object, told: str) -> None:
    futures = simulate(replace(gate(), settings={"rating": rating}), 5, 1)
    with pytest.raises(MeguruError, match=told):
        rule_of(futures)


def test_a_rule_in_the_model_is_used() -> None:
    settings: dict[str, object] = {"rating": {"best": 0.8, "good": 0.1, "margin": 1, "weights": {"reuse": 2}}}
    futures = simulate(replace(gate(), settings=settings), 5, 1)
    assert rule_of(futures) == Rule(best=0.8, good=0.1, margin=1.0, weights={"reuse": 2.0})


def test_quadrants_are_a_cross_tabulation(gated: tuple[Futures, Groups]) -> None:
    futures, groups = gated
    found = driving_forces(futures, groups, Axis("lever", 2030), Axis("echo", 2040, 0.3))
    first, second = futures.of("lever")[6], futures.of("echo")[16]
    assert found.first.cut == pytest.approx(np.median(first))
    table = pd.crosstab([first <= np.median(first), second <= 0.3], groups.labels)
    oracle = {key: list(row) for key, row in zip(table.index, table.to_numpy().tolist(), strict=True)}
    for quadrant, counts in zip(found.quadrants, found.counts, strict=True):
        key = (not quadrant.first_high, not quadrant.second_high)
        assert list(counts) == oracle.get(key, [0, 0])
        assert quadrant.share == sum(counts) / 900
        assert sum(quadrant.groups) == pytest.approx(1.0 if sum(counts) else 0.0)
        assert bool(quadrant.name) == bool(sum(counts))
    assert sum(quadrant.share for quadrant in found.quadrants) == pytest.approx(1.0)
    assert found.association is not None and found.association > 0.5
    with pytest.raises(RangeError, match="twice the same"):
        driving_forces(futures, groups, Axis("lever", 2030), Axis("lever", 2030, 0.2))
    with pytest.raises(UnknownNameError):
        driving_forces(futures, groups, Axis("leaver", 2030), Axis("echo", 2040))


def test_the_whole_analysis_is_kept_and_read_again(found: Analysis) -> None:
    text = found.to_json()
    again = Analysis.from_json(text)
    assert again.to_json() == text
    assert again.tree == found.tree and again.branches == found.branches and again.drivers == found.drivers
    assert again.conditions == found.conditions and again.roadmaps == found.roadmaps
    assert again.ratings == found.ratings and again.choices == found.choices
    np.testing.assert_array_equal(again.groups.labels, found.groups.labels)
    assert "NaN" not in text and "Infinity" not in text
    assert found.provenance["seed"] == 5 and "created" not in found.provenance
    assert [one.group for one in found.conditions] == ["A", "B"]
    assert found.driving_forces is not None


def test_the_strongest_causes_may_be_bounded_and_branch_years_are_milestones(found: Analysis) -> None:
    lever = next(one for one in found.conditions[1].requirements if one.node == "lever")
    assert lever.cause and lever.deadline is not None and lever.deadline.year == 2036


def test_only_the_groups_wanted_get_conditions(gated: tuple[Futures, Groups]) -> None:
    parts: list[str] = []
    quick = replace(QUICK, count=2, wanted=("B",), axes=None, milestones=(2030.0,), nulls=19, split_nulls=19)
    found = analyse(gated[0], quick, progress=parts.append)
    assert [one.group for one in found.conditions] == ["B"]
    assert found.driving_forces is None
    assert parts == ["groups", "tree", "branches", "drivers", "ratings", "conditions"]
    with pytest.raises(RangeError, match="no such group"):
        analyse(gated[0], replace(quick, wanted=("Z",)))


def test_the_same_model_and_seed_give_the_same_on_one_thread(found: Analysis, tmp_path: Path) -> None:
    """A fresh process on one core finds the same text, to the last digit."""
    code = """
import os, sys
sys.path.insert(0, sys.argv[1])
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from planted import gate
from test_foresight_analysis import QUICK
from meguru.foresight.analysis import analyse
from meguru.foresight.simulation import simulate
print(analyse(simulate(gate(), 900, 5), QUICK).to_json())
"""
    here = Path(__file__).parent
    env = os.environ | {"PYTHONPATH": str(here.parent / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(here)], capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout.strip() == found.to_json()


def test_what_is_no_analysis_is_an_error(found: Analysis) -> None:
    with pytest.raises(NotReadableError, match="no JSON"):
        Analysis.from_json("{")
    with pytest.raises(NotReadableError, match="not what was written"):
        Analysis.from_json("{}")
    plain = json.loads(found.to_json())
    plain["branches"][0]["year"] = "soon"
    with pytest.raises(NotReadableError, match=r"branches\.year"):
        Analysis.from_json(json.dumps(plain))
    with pytest.raises(RunError, match=r"Axis\.cut"):
        to_json(Axis("lever", 2030.0, float("nan")))
    assert from_json(Axis, to_json(Axis("lever", 2030.0))) == Axis("lever", 2030.0)
