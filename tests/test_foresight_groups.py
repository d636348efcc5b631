"""Groups, the number of them, their names, and the tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from planted import gate, linear_gaussian
from sklearn.decomposition import PCA

from meguru.errors import RangeError, RunError
from meguru.foresight.analysis.grouping.features import Feature, feature_space, measured, row_of
from meguru.foresight.analysis.grouping.gap import CountEvidence, evidence, propose
from meguru.foresight.analysis.grouping.groups import Groups, group
from meguru.foresight.analysis.grouping.names import propose_names
from meguru.foresight.analysis.grouping.tree import split_dip, tree, uniform_chance, why_not
from meguru.foresight.analysis.statistics.merge import Merge
from meguru.foresight.analysis.statistics.partition import Method
from meguru.foresight.futures import Futures
from meguru.foresight.interventions import Intervention
from meguru.foresight.simulation import simulate


@pytest.fixture(scope="module")
def gated() -> Futures:
    return simulate(gate(), 600, 5)


@pytest.fixture(scope="module")
def groups(gated: Futures) -> Groups:
    return group(gated, nulls=49, largest=4)


@pytest.fixture
def normal() -> Iterator[Futures]:
    yield simulate(linear_gaussian(7001), 500, 1)


def test_features_are_levels_and_slopes_in_the_units_of_the_model(gated: Futures) -> None:
    found = measured(gated, [Feature("reuse", 2040.0), Feature("reuse", 2050.0, since=2041.0)])
    path = gated.of("reuse")
    np.testing.assert_array_equal(found[0], path[16])
    fitted = np.polyfit(gated.years[17:], path[17:], 1)[0]
    np.testing.assert_allclose(found[1], fitted, atol=1e-9)


def test_components_are_those_of_scikit_learn_and_keep_nine_tenths(gated: Futures) -> None:
    space = feature_space(gated)
    raw = measured(gated, space.features)
    oracle = PCA().fit(((raw - raw.mean(axis=1)[:, None]) / raw.std(axis=1)[:, None]).T)
    shares = oracle.explained_variance_ratio_
    kept = len(space.explained)
    np.testing.assert_allclose(space.explained, shares[:kept])
    assert shares[:kept].sum() >= 0.9 > shares[: kept - 1].sum()
    points = space.points(gated)
    np.testing.assert_allclose(np.abs(space.axes), np.abs(oracle.components_[:kept]), atol=1e-6)
    assert points.shape == (kept, 600)


def test_a_kpi_that_stands_still_tells_no_scenarios_apart(gated: Futures) -> None:
    space = feature_space(gated)
    assert space.still == ("still",)
    assert {one.node for one in space.features} == {"reuse", "waste"}


def test_points_of_a_rerun_are_measured_by_the_first_run(gated: Futures, groups: Groups) -> None:
    part = gated.again(members=[3, 5])
    np.testing.assert_allclose(groups.space.points(part), groups.space.points(gated)[:, [3, 5]], atol=1e-9)
    assert (groups.classify(part) == groups.labels[[3, 5]]).all()
    forced = gated.again([Intervention("lever", 2024, "hold", 0.9)])
    assert np.unique(groups.classify(forced)).size == 1
    assert set(groups.classify(forced, among=[1])) == {1}


def test_what_can_not_be_grouped_is_an_error(gated: Futures, groups: Groups) -> None:
    model = gate()
    no_kpi = replace(model, nodes={name: replace(node, role="state") for name, node in model.nodes.items()})
    with pytest.raises(RunError, match="role: kpi"):
        group(simulate(no_kpi, 50, 1))
    frozen = {name: replace(node, noise=0.0) for name, node in model.nodes.items()}
    with pytest.raises(RunError, match="nothing to group"):
        group(simulate(replace(model, nodes=frozen, events={}), 50, 1))
    with pytest.raises(RangeError, match="1 to 26"):
        group(gated, 27)
    with pytest.raises(RangeError, match="1 to 5"):
        group(simulate(model, 50, 1), 6)
    with pytest.raises(RangeError, match="2024 to 2050"):
        group(gated, years=[2060.0])
    with pytest.raises(RangeError, match="found 'Z'"):
        groups.number("Z")
    assert row_of(gated, 2026) == 2


def test_two_groups_are_found_named_and_supported(gated: Futures, groups: Groups) -> None:
    happened = ~np.isnan(gated.events[0])
    assert groups.codes == ("A", "B")
    assert groups.supported and not groups.forced
    assert np.mean((groups.labels == 1) == happened) > 0.99
    assert groups.share == pytest.approx((1 - happened.mean(), happened.mean()), abs=0.01)
    assert groups.names[1] == {"en": "low Waste, high Reuse", "ja": "廃棄物が低い・再使用が高い"}
    assert groups.names[0] == {"en": "high Waste, low Reuse", "ja": "廃棄物が高い・再使用が低い"}
    ends = gated.of("waste")[-1]
    assert groups.profile[1, groups.kpis.index("waste")] == pytest.approx(
        (ends[groups.labels == 1].mean() - ends.mean()) / ends.std()
    )
    assert (groups.profile[:, groups.kpis.index("still")] == 0).all()
    found = tree(groups, gated, nulls=49)
    assert [split.supported for split in found.splits] == [True]
    assert found.splits[0].left == ("A",)
    assert found.splits[0].reason == ""


@pytest.mark.parametrize("method", ["kmeans", "ward"])
def test_a_linear_gaussian_model_has_one_group_and_its_cuts_are_no_branches(
    normal: Futures, method: Method
) -> None:
    proposed = group(normal, method=method, nulls=49, largest=4)
    assert proposed.codes == ("A",)
    assert not proposed.supported
    assert tree(proposed, normal, nulls=49).splits == ()
    forced = group(normal, 4, method, nulls=49, largest=4)
    assert len(forced.codes) == 4
    assert forced.forced and not forced.supported
    assert [one.count for one in forced.evidence.counts] == [1, 2, 3, 4]
    cut = tree(forced, normal, nulls=49)
    assert [split.reason for split in cut.splits] == ["cut of a continuum"] * 3
    assert {code for split in cut.splits for code in split.left + split.right} == set("ABCD")


def test_wards_method_finds_the_gate_too(gated: Futures, groups: Groups) -> None:
    other = group(gated, method="ward", nulls=49, largest=4)
    assert np.mean(other.labels == groups.labels) > 0.99


def test_more_groups_than_there_are_give_unsupported_splits_below_the_supported_one(gated: Futures) -> None:
    forced = group(gated, 4, nulls=19, largest=4)
    found = tree(forced, gated, nulls=49)
    assert found.splits[0].supported
    assert not any(split.supported for split in found.splits[1:])


def test_the_proposed_number_is_the_smallest_stable_one_within_an_error_of_the_widest_gap() -> None:
    def counts(*rows: tuple[float, float]) -> tuple[CountEvidence, ...]:
        return tuple(
            CountEvidence(n, gap, 0.01, stable, 0.5) for n, (gap, stable) in enumerate(rows, start=1)
        )

    assert propose(counts((0, 1), (0.1, 0.9), (0.3, 0.9), (0.305, 0.9))) == 3
    assert propose(counts((0, 1), (0.1, 0.9), (0.3, 0.9), (0.4, 0.5))) == 3
    assert propose(counts((0, 1), (0.1, 0.4), (0.3, 0.4), (0.4, 0.5))) == 4


def test_evidence_of_points_in_four_corners() -> None:
    chance = np.random.default_rng(0)
    corners = chance.choice([-3.0, 3.0], size=(2, 400))
    found = evidence(corners + chance.normal(size=(2, 400)), largest=6, nulls=49, method="kmeans", seed=0)
    assert found.proposed == 4
    assert found.p_value == pytest.approx(1 / 50)
    assert found.counts[3].stability > 0.99 > found.counts[5].stability


def test_shapes_with_one_peak_are_no_branches() -> None:
    chance = np.random.default_rng(1)
    flat, skew = chance.random((2, 800)), chance.exponential(size=(2, 800))
    for points in (flat, skew):
        labels = (points[0] > np.median(points[0])).astype(np.int64)
        assert uniform_chance(split_dip(points, labels, Merge((0,), (1,), 1.0))) > 0.02


def test_too_few_scenarios_tell_nothing() -> None:
    assert split_dip(np.zeros((1, 30)), np.arange(30) % 2, Merge((0,), (1,), 1.0)) == 0.0
    assert why_not(0.0, 0.0, 0.0, 0.02) == "too few scenarios"
    assert why_not(3.0, 0.01, 0.01, 0.02) == ""
    assert why_not(3.0, 0.05, 0.01, 0.02) == why_not(3.0, 0.01, 0.05, 0.02) == "cut of a continuum"


def test_a_group_in_the_middle_and_a_node_without_label_have_names() -> None:
    names = propose_names(gate(), ("still", "waste"), np.array([[0.1, 0.0], [0.9, -0.3]]))
    assert names[0] == {"en": "near the middle", "ja": "中位"}
    assert names[1] == {"en": "high still, low Waste", "ja": "stillが高い・廃棄物が低い"}
