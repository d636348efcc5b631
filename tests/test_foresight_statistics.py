"""The statistics under the analysis of futures, each against an independent oracle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.optimize import linprog
from scipy.stats import binom, contingency, false_discovery_control, ttest_ind
from sklearn.cluster import KMeans
from sklearn.covariance import ledoit_wolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from meguru.foresight.analysis.grouping.gap import adjusted_rand
from meguru.foresight.analysis.outlook.driving_forces import cramer
from meguru.foresight.analysis.statistics.cart import find_leaves
from meguru.foresight.analysis.statistics.importance import (
    effect_sizes,
    false_discovery,
    permutation_importance,
)
from meguru.foresight.analysis.statistics.lda import (
    auc,
    direction,
    out_of_fold,
    shrink,
    shrinkage,
    shrunken,
)
from meguru.foresight.analysis.statistics.loops import cluster, dip, within_by_count
from meguru.foresight.analysis.statistics.merge import leaves, merges
from meguru.foresight.analysis.statistics.partition import centroids, nearest, partition, within
from meguru.foresight.analysis.statistics.prim import (
    Box,
    balance,
    chance_of,
    find_box,
    paste,
    peel,
    quality,
)
from meguru.foresight.analysis.statistics.streams import chances, normals, order, resample, some

Floats = NDArray[np.float64]


def blobs(seed: int, count: int = 3, size: int = 80, apart: float = 6.0) -> tuple[Floats, NDArray[np.int64]]:
    """Points (dimension, point) of round blobs, and the blob of each."""
    chance = np.random.default_rng(seed)
    middles = apart * chance.permuted(np.eye(count, 3), axis=0)
    labels = np.repeat(np.arange(count), size)
    return (middles[labels] + chance.normal(size=(labels.size, 3))).T, labels


def dip_by_programming(sample: Floats) -> float:
    """Dip as a linear program: for each mode the nearest distribution, convex before it and concave after."""
    values, counts = np.unique(sample, return_counts=True)
    through = np.cumsum(counts) / len(sample)
    return min(
        distance_with_mode(values, through - counts / len(sample), through, mode)
        for mode in range(len(values))
    )


def distance_with_mode(values: Floats, below: Floats, through: Floats, mode: int) -> float:
    """Unknown: heights before the mode, the last its left limit; heights from it on; and the distance."""
    size = len(values)
    before, after, distance = list(range(mode + 1)), list(range(mode + 1, size + 1)), size + 1
    rows: list[tuple[dict[int, float], float]] = [({mode: 1.0, mode + 1: -1.0}, 0.0)]

    def near(variable: int, low: float, high: float) -> None:
        rows.append(({variable: 1.0, distance: -1.0}, high))
        rows.append(({variable: -1.0, distance: -1.0}, -low))

    for point in range(size):
        if point < mode:
            near(before[point], through[point], below[point])
        elif point > mode:
            near(after[point - mode], through[point], below[point])
    near(mode, below[mode], below[mode])
    near(mode + 1, through[mode], through[mode])
    for part, first, sign in ((before, 0, 1.0), (after, mode, -1.0)):
        rows += [({one: 1.0, other: -1.0}, 0.0) for one, other in pairwise(part)]
        for place in range(1, len(part) - 1):
            here = first + place
            steep, next_steep = 1 / (values[here] - values[here - 1]), 1 / (values[here + 1] - values[here])
            slopes = {part[place]: steep + next_steep, part[place - 1]: -steep, part[place + 1]: -next_steep}
            rows.append(({variable: sign * weight for variable, weight in slopes.items()}, 0.0))
    matrix = np.zeros((len(rows), size + 2))
    for number, (row, _) in enumerate(rows):
        for variable, weight in row.items():
            matrix[number, variable] = weight
    goal, bounds = np.eye(size + 2)[distance], [(None, None)] * (size + 1) + [(0, None)]
    return float(linprog(goal, matrix, [limit for _, limit in rows], bounds=bounds).fun)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_dip_is_the_distance_to_the_nearest_distribution_with_one_peak(seed: int, tied: bool) -> None:
    chance = np.random.default_rng(seed)
    size = int(chance.integers(4, 14))
    apart = chance.choice([0, 3, 6])
    values = np.concatenate([chance.normal(size=size // 2), chance.normal(apart, 1, size - size // 2)])
    values = np.round(values) if tied else values
    assert dip(values) == pytest.approx(max(dip_by_programming(values), 1 / (2 * size)), abs=1e-9)


@given(st.lists(st.floats(-100, 100), min_size=5, max_size=60), st.floats(0.1, 10), st.floats(-5, 5))
@settings(max_examples=50, deadline=None)
def test_the_dip_does_not_change_with_scale_place_and_direction(
    raw: list[float], scale: float, place: float
) -> None:
    values = np.round(raw, 3)
    assert dip(values * scale + place) == pytest.approx(dip(values), abs=1e-6)
    assert dip(-values) == pytest.approx(dip(values), abs=1e-9)
    assert 1 / (2 * len(values)) <= dip(values) <= 0.5


@pytest.mark.parametrize("count", [1, 2, 3])
def test_k_means_finds_what_scikit_learn_finds(count: int) -> None:
    points, _ = blobs(1)
    labels, centres, inside = cluster(points, count, chances(0, "starts", 10, count))
    other = KMeans(count, n_init=10, random_state=0).fit(points.T)
    assert inside == pytest.approx(other.inertia_, rel=1e-9)
    assert adjusted_rand_score(labels, other.labels_) == 1.0
    np.testing.assert_allclose(centroids(points, labels, count)[0], centres, atol=1e-9)
    assert inside == pytest.approx(within(points, labels, count), rel=1e-9)
    assert within_by_count(points, 3, chances(0, "starts", 10, 3))[0] == pytest.approx(
        ((points - points.mean(axis=1)[:, None]) ** 2).sum()
    )


def test_a_cluster_that_runs_empty_takes_the_worst_served_point() -> None:
    points = np.array([[0.0, 0.0, 0.0, 0.0, 5.0]])
    labels, _, inside = cluster(points, 3, np.full((1, 3), 0.01))
    assert inside == 0.0
    assert labels[4] not in labels[:4]


def test_wards_method_on_medoids_finds_blobs() -> None:
    points, blob = blobs(2)
    labels = partition(points, 3, "ward", chances(0, "ward", 1, 150))
    assert adjusted_rand_score(labels, blob) == 1.0


def test_groups_merge_as_ward_has_it() -> None:
    chance = np.random.default_rng(3)
    points = chance.normal(size=(6, 2))
    found = merges(points, np.ones(6))
    oracle = linkage(points, "ward")
    assert [merge.height for merge in reversed(found)] == pytest.approx(list(oracle[:, 2]))
    for count in range(2, 6):
        cut = cut_tree(oracle, n_clusters=count)[:, 0]
        forks = found[: count - 1]
        sides = {side for fork in forks for side in (fork.left, fork.right)}
        whole = [
            side for side in sides if not any(set(fork.left + fork.right) == set(side) for fork in forks)
        ]
        ours = np.zeros(6)
        for number, members in enumerate(whole):
            ours[list(members)] = number
        assert adjusted_rand_score(cut, ours) == 1.0
    assert sorted(leaves(found)) == list(range(6))


def test_agreement_and_nearest_centres() -> None:
    chance = np.random.default_rng(4)
    one, other = chance.integers(0, 3, 200), chance.integers(0, 3, 200)
    assert adjusted_rand(one, other, 3) == pytest.approx(adjusted_rand_score(one, other))
    assert adjusted_rand(one, (one + 1) % 3, 3) == 1.0
    points, centres = chance.normal(size=(3, 50)), chance.normal(size=(4, 3))
    away = ((points.T[:, None] - centres[None]) ** 2).sum(axis=2)
    assert (nearest(points, centres) == away.argmin(axis=1)).all()


def test_the_covariance_shrinks_as_ledoit_and_wolf_have_it() -> None:
    chance = np.random.default_rng(5)
    values = chance.normal(size=(40, 12)) @ chance.normal(size=(12, 12))
    values -= values.mean(axis=0)
    covariance, weight = ledoit_wolf(values, assume_centered=True)
    np.testing.assert_allclose(shrunken(values), covariance, rtol=1e-9)
    assert shrinkage(values, values.T @ values / 40) == pytest.approx(weight)


def sided(seed: int, size: int = 200, variables: int = 6) -> tuple[Floats, NDArray[np.bool_]]:
    chance = np.random.default_rng(seed)
    side = chance.random(size) < 0.4
    values = chance.normal(size=(size, variables)) @ chance.normal(size=(variables, variables))
    values[side] += chance.normal(size=variables)
    return values, side


def test_the_discriminant_is_that_of_scikit_learn() -> None:
    values, side = sided(6)
    centres = np.array([values[~side].mean(axis=0), values[side].mean(axis=0)])
    weight = shrinkage(
        values - centres[side.astype(int)],
        (values - centres[side.astype(int)]).T @ (values - centres[side.astype(int)]) / side.size,
    )
    # Theirs shrinks the covariance of each side by itself: with one weight the two are the same.
    plain = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=None).fit(values, side).coef_[0]
    ours = np.linalg.solve(
        shrink(
            (values - centres[side.astype(int)]).T @ (values - centres[side.astype(int)]) / side.size, 0.0, 6
        ),
        centres[1] - centres[0],
    )
    assert np.corrcoef(plain, ours)[0, 1] == pytest.approx(1.0)
    assert 0 < weight < 1
    scores = values @ direction(values, side)
    assert auc(scores, side) == pytest.approx(roc_auc_score(side, scores))
    assert auc(np.zeros(side.size), side) == 0.5


def test_out_of_fold_scores_are_those_of_discriminants_fitted_without_the_fold() -> None:
    values, side = sided(7)
    fold = np.arange(side.size) % 5
    scores = out_of_fold(values, side, fold)
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    centres = np.where(side[:, None], scaled[side].mean(axis=0), scaled[~side].mean(axis=0))
    weight = shrinkage(scaled - centres, (scaled - centres).T @ (scaled - centres) / side.size)
    for part in range(5):
        train, held = fold != part, fold == part
        one, other = scaled[train & side], scaled[train & ~side]
        inside = np.concatenate([one - one.mean(axis=0), other - other.mean(axis=0)])
        covariance = shrink(inside.T @ inside / len(inside), weight, 6)
        weights = np.linalg.solve(covariance, one.mean(axis=0) - other.mean(axis=0))
        middle = (one.mean(axis=0) + other.mean(axis=0)) / 2
        expected = (scaled[held] - middle) @ weights / np.sqrt(weights @ covariance @ weights)
        np.testing.assert_allclose(scores[held], expected, rtol=1e-7, atol=1e-9)


def test_noise_is_not_told_out_of_fold_and_constants_do_not_matter() -> None:
    chance = np.random.default_rng(8)
    values, side = chance.normal(size=(300, 100)), np.arange(300) % 2 == 0
    fold = np.arange(300) // 2 % 5
    assert abs(auc(out_of_fold(values, side, fold), side) - 0.5) < 0.12
    assert auc(values @ direction(values, side), side) > 0.8  # in sample the same noise looks told
    extended = np.concatenate([values, np.full((300, 1), 7.0)], axis=1)
    np.testing.assert_array_equal(out_of_fold(extended, side, fold), out_of_fold(values, side, fold))
    assert (out_of_fold(np.ones((300, 2)), side, fold) == 0).all()


def test_effect_sizes_and_false_discovery_rates() -> None:
    values, side = sided(9)
    sizes, chance = effect_sizes(values, side)
    expected = ttest_ind(values[side], values[~side], equal_var=False)
    np.testing.assert_allclose(chance, expected.pvalue, rtol=1e-9)
    np.testing.assert_allclose(sizes, (values[side].mean(0) - values[~side].mean(0)) / values.std(axis=0))
    mixed = np.array([0.01, 0.04, 0.03, 0.5, 1.0, 0.001])
    np.testing.assert_allclose(false_discovery(mixed), false_discovery_control(mixed))


def test_effect_sizes_are_numbers_where_sides_do_not_overlap_or_nothing_varies() -> None:
    side = np.array([True] * 5 + [False] * 5)
    values = np.array([side.astype(float), np.full(10, 3.0)]).T
    sizes, chance = effect_sizes(values, side)
    assert sizes.tolist() == [2.0, 0.0]
    assert chance.tolist() == [0.0, 1.0]


def test_permutation_importance_finds_the_variable_that_decides() -> None:
    values = np.random.default_rng(10).normal(size=(400, 5))
    found = permutation_importance(values, values[:, 3] > 0, 0, "test")
    assert found.argmax() == 3
    assert found[3] > 0.4
    assert np.abs(np.delete(found, 3)).max() < 0.05
    assert (permutation_importance(values, np.arange(400) < 1, 0, "test") == 0).all()


def test_a_classification_tree_is_that_of_scikit_learn() -> None:
    chance = np.random.default_rng(11)
    values = chance.random((500, 4))
    wanted = (values[:, 0] > 0.6) & (values[:, 2] < 0.5) | (chance.random(500) < 0.05)
    found = find_leaves(values, wanted, values, wanted)
    grown = DecisionTreeClassifier(max_depth=3, min_samples_leaf=0.02, random_state=0).fit(values, wanted)
    assert len(found) == grown.get_n_leaves()
    ours = np.empty(500)
    for leaf in found:
        here = np.ones(500, dtype=bool)
        for column, side, bound in leaf.rules:
            here &= values[:, column] <= bound if side == "<=" else values[:, column] > bound
        assert leaf.share == here.mean()
        assert leaf.density is not None
        ours[here] = leaf.density
    np.testing.assert_allclose(ours, grown.predict_proba(values)[:, 1])
    assert sum(leaf.coverage or 0.0 for leaf in found) == pytest.approx(1.0)


def test_a_box_is_found_where_it_was_hidden() -> None:
    chance = np.random.default_rng(12)
    values = chance.random((3000, 6))
    wanted = (values[:, 1] > 0.7) & (values[:, 4] < 0.4)
    box = find_box(values, wanted)
    assert box.restricted == (1, 4)
    assert box.low[1] == pytest.approx(0.7, abs=0.03)
    assert box.high[4] == pytest.approx(0.4, abs=0.03)
    assert min(quality(box.holds(values), wanted)) > 0.93


def test_no_box_is_found_in_noise_and_ties_are_kept_together() -> None:
    chance = np.random.default_rng(13)
    noise = chance.random((1500, 5))
    assert find_box(noise, chance.random(1500) < 0.3).restricted == ()
    steps = chance.integers(0, 3, (1500, 2)).astype(float)
    box = find_box(steps, steps[:, 0] == 2)
    assert box.restricted == (0,)
    assert (box.low[0], box.high[0]) == (2.0, np.inf)


def test_pasting_only_widens_and_only_for_the_better() -> None:
    chance = np.random.default_rng(14)
    values = chance.random((800, 3))
    wanted = chance.random(800) < np.where(values[:, 0] > 0.5, 0.8, 0.1)
    peeled = peel(values, wanted)
    pasted = paste(peeled, values, wanted)
    assert (pasted.low <= peeled.low).all() and (pasted.high >= peeled.high).all()
    assert balance(pasted.holds(values), wanted) >= balance(peeled.holds(values), wanted)
    tight = Box(np.array([0.9, -np.inf, -np.inf]), np.full(3, np.inf))
    assert paste(tight, values, wanted).low[0] < 0.9


def test_the_doubt_in_a_bound_is_a_binomial_tail() -> None:
    values = np.arange(20.0)[:, None]
    wanted = np.arange(20) >= 8
    box = Box(np.array([10.0]), np.array([np.inf]))
    assert chance_of(box, 0, values, wanted) == pytest.approx(sum(binom.pmf(k, 10, 0.6) for k in [10]))


def test_cramers_v() -> None:
    counts = np.array([[12, 5, 9], [3, 14, 2], [0, 0, 0], [7, 7, 7]])
    expected = contingency.association(counts[[0, 1, 3]], method="cramer")
    assert cramer(counts) == pytest.approx(expected)
    assert cramer(np.array([[3, 4], [0, 0]])) is None


def test_streams_are_named_and_repeatable() -> None:
    assert (normals(1, "a", 3, 2) == normals(1, "a", 3, 2)).all()
    assert (normals(1, "a", 6) != normals(1, "b", 6)).all()
    assert sorted(order(0, "o", 9)) == list(range(9))
    assert some(0, "s", 5, 9).tolist() == [0, 1, 2, 3, 4]
    drawn = some(0, "s", 100, 10)
    assert len(set(drawn)) == 10 and (np.diff(drawn) > 0).all()
    assert set(resample(0, "r", 50)) <= set(range(50))
    assert normals(3, "n", 20000).std() == pytest.approx(1.0, abs=0.02)
