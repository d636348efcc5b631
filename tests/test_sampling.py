"""How samples are drawn: evenly, together, and the same whoever asks for them."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from result_models import lamp, model_of
from scipy.stats import kstest, norm, qmc, spearmanr
from uncertain_models import small, small_model
from whole_model import whole

import meguru
from meguru.engine import Result
from meguru.engine.compiling.program import compile_model
from meguru.engine.results.files import open_result
from meguru.engine.run import run
from meguru.engine.sampling import Draws, draws_of, sampling_of
from meguru.engine.simulate import TURN, in_turns, simulate
from meguru.errors import (
    CorrelationError,
    DistributionError,
    RangeError,
    RunError,
    ScenarioError,
    UnknownNameError,
)
from meguru.examples import example_names
from meguru.model import apply, scenario_names
from meguru.model.components import SAMPLING_METHODS, Correlation, Sampling
from meguru.model.read import from_data, parse
from meguru.model.uncertain import uncertain_places
from meguru.quantity import Quantity
from meguru.random import Correlated, SobolPoints, hypercube, uniforms

RATE, PRICE, SALES = "parameters.rate", "parameters.price", "processes.use.demand.sales"


def together(*entries: tuple[float, tuple[str, ...]], method: str = "random") -> Sampling:
    return Sampling(
        method=method,
        correlations=[Correlation(between=list(names), spearman=Quantity(rank)) for rank, names in entries],
    )


# -- Latin hypercube ---------------------------------------------------------------------------------------


@given(st.integers(0, 2**63), st.text(max_size=8), st.integers(1, 300))
def test_a_hypercube_has_one_number_in_each_part(seed: int, name: str, count: int) -> None:
    numbers = hypercube(seed, name, count)
    assert numbers.min() > 0.0 and numbers.max() < 1.0
    assert sorted(np.floor(numbers * count).astype(int)) == list(range(count))


def test_names_of_a_hypercube_are_independent() -> None:
    one, other = hypercube(1, "a", 4000), hypercube(1, "b", 4000)
    assert abs(spearmanr(one, other).statistic) < 4 / np.sqrt(4000)
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 4 / np.sqrt(4000)


# -- Sobol points ------------------------------------------------------------------------------------------


def test_scrambled_points_keep_the_net_of_sobol() -> None:
    """The first two coordinates are a (0, m, 2)-net: one point in each of the intervals of volume 2^-m."""
    points = SobolPoints(7, ["x", "y"])
    pairs = np.array([points.of("x", 0, 256), points.of("y", 0, 256)])
    for split in range(9):
        cells = np.floor(pairs * np.array([[2**split], [2 ** (8 - split)]])).astype(int)
        assert len(set(zip(*cells.tolist(), strict=True))) == 256


def test_scrambled_points_have_the_discrepancy_of_others_scrambling() -> None:
    names = [f"name {k}" for k in range(8)]
    points = SobolPoints(3, names)
    ours = np.array([points.of(name, 0, 512) for name in names]).T
    theirs = [qmc.discrepancy(qmc.Sobol(8, rng=np.random.default_rng(k)).random(512)) for k in range(8)]
    assert qmc.discrepancy(ours) < 1.1 * max(theirs)
    assert qmc.discrepancy(ours) < 0.2 * qmc.discrepancy(np.random.default_rng(1).random((512, 8)))


def test_scrambling_is_uniform_over_seeds_and_differs_by_name() -> None:
    first = [SobolPoints(seed, ["a", "b"]).of("a", 0, 1)[0] for seed in range(400)]
    assert kstest(first, "uniform").pvalue > 1e-4
    points = SobolPoints(1, ["a", "b"])
    assert points.of("a", 0, 1)[0] != points.of("b", 0, 1)[0]


def test_a_coordinate_depends_on_the_names_before_it_only() -> None:
    few, many = SobolPoints(5, ["a", "b"]), SobolPoints(5, ["a", "b", "c", "d"])
    np.testing.assert_array_equal(few.of("b", 0, 64), many.of("b", 0, 64))


def test_more_names_than_coordinates() -> None:
    with pytest.raises(RangeError, match="Latin hypercube"):
        SobolPoints(0, [str(k) for k in range(21202)])


# -- every method ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", SAMPLING_METHODS)
@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 128), max_size=4), seed=st.integers(0, 2**40))
def test_blocks_do_not_change_a_number(method: str, cuts: list[int], seed: int) -> None:
    how = together((0.5, (RATE, PRICE)), method=method)
    model = small_model()
    edges = [0, *sorted(cuts), 128]
    whole, parts = draws_of(model, 128, seed, how), draws_of(model, 128, seed, how)
    for place in (PRICE, SALES, RATE):
        joined = np.concatenate([parts(place, a, b) for a, b in pairwise(edges)])
        np.testing.assert_array_equal(joined, whole(place, 0, 128))


@pytest.mark.parametrize("method", SAMPLING_METHODS)
def test_scenarios_share_their_numbers_also_where_one_has_other_places(method: str) -> None:
    model = small_model()
    runs = {name: run(model, name, samples=64, seed=3, sampling=method) for name in scenario_names(model)}
    tables = {name: meguru.evaluate(result) for name, result in runs.items()}
    rates = {name: _into(result, "recycling") / _into(result, "collect") for name, result in runs.items()}
    np.testing.assert_allclose(rates["unsure"], rates["today"], rtol=1e-12)
    np.testing.assert_allclose(rates["more"], rates["today"] + 0.05, rtol=1e-12)
    spread = {name: table.set_index("indicator")["p95"]["steady"].iloc[0] for name, table in tables.items()}
    assert spread["unsure"] > spread["today"] == spread["more"]


def _into(result: Result, target: str) -> NDArray[np.float64]:
    flow = [str(one) for one in result.units.coords["target"].values].index(target)
    return result.mass([flow])[:, -1]


def test_places_that_scenarios_bring_come_after_those_of_the_model() -> None:
    assert uncertain_places(small_model()) == [PRICE, RATE, SALES]
    assert uncertain_places(small_model(scenarios={})) == [PRICE, RATE]


@pytest.mark.parametrize("name", [*example_names(), "whole"])
def test_whatever_is_drawn_has_a_coordinate(name: str) -> None:
    """A place under which the engine draws is one of those that walk over the model finds."""
    model = whole() if name == "whole" else meguru.example(name)
    known = set(uncertain_places(model))
    asked: set[str] = set()

    def draws(place: str, first: int, last: int) -> NDArray[np.float64]:
        asked.add(place)
        return np.full(last - first, 0.5)

    for scenario in scenario_names(model):
        compile_model(apply(model, scenario), draws=draws, block=(0, 1))
    assert asked <= known


def test_evenly_drawn_samples_miss_the_mean_by_less() -> None:
    model = small_model()
    errors = {
        method: np.mean(
            [
                abs(draws_of(model, 256, seed, Sampling(method=method))(RATE, 0, 256).mean() - 0.5)
                for seed in range(20)
            ]
        )
        for method in SAMPLING_METHODS
    }
    assert errors["latin-hypercube"] < errors["random"] / 20
    assert errors["sobol"] < errors["random"] / 20


def test_random_samples_are_the_plain_streams() -> None:
    draws = Draws(seed=9)
    np.testing.assert_array_equal(draws(RATE, 5, 25), uniforms(9, RATE, 20, start=5))


# -- correlations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", SAMPLING_METHODS)
def test_ranks_are_correlated_and_each_number_keeps_its_distribution(method: str) -> None:
    how = together((0.7, (RATE, PRICE)), (-0.4, (PRICE, SALES)), method=method)
    draws = draws_of(small_model(), 8192, 2, how)
    found = {place: draws(place, 0, 8192) for place in (RATE, PRICE, SALES)}
    for one, other, wanted in ((RATE, PRICE, 0.7), (PRICE, SALES, -0.4), (RATE, SALES, 0.0)):
        assert spearmanr(found[one], found[other]).statistic == pytest.approx(wanted, abs=0.03)
    for numbers in found.values():
        assert kstest(numbers, "uniform").pvalue > 1e-4
        if method == "latin-hypercube":
            assert sorted(np.floor(numbers * 8192).astype(int)) == list(range(8192))


@pytest.mark.parametrize("rank", [-0.9, -0.5, 0.3, 0.5, 0.7])
def test_normal_scores_have_the_correlation_that_gives_the_ranks(rank: float) -> None:
    """Pearson (1907): of two normal numbers ρ = 2 sin(π ρ_s / 6); of ρ_s = 0.5 it is 0.5176."""
    pair = Correlated(("a", "b"), {("a", "b"): rank})
    one, none = norm.cdf(np.ones(1)), np.full(1, 0.5)  # levels of the normal scores 1 and 0
    (along,), (across,) = pair.scores("b", {"a": one, "b": none}), pair.scores("b", {"a": none, "b": one})
    assert 6.0 / np.pi * np.arcsin(along / 2.0) == pytest.approx(rank, rel=1e-12)
    assert along**2 + across**2 == pytest.approx(1.0)


@given(st.floats(-0.99, 0.99))
def test_a_pair_has_the_correlation_asked_for(rank: float) -> None:
    """6/π · arcsin(r/2) of the normal scores is the rank correlation again."""
    pair = Correlated(("a", "b"), {("a", "b"): rank})
    levels = np.random.default_rng(0).random((2, 20000))
    scores = [pair.scores(name, {"a": levels[0], "b": levels[1]}) for name in ("a", "b")]
    product_moment = float(np.mean(scores[0] * scores[1]))
    assert 6 / np.pi * np.arcsin(product_moment / 2) == pytest.approx(rank, abs=0.04)


def test_contradicting_entries_are_named_and_no_others() -> None:
    ranks = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9, ("c", "d"): 0.1}
    with pytest.raises(CorrelationError) as caught:
        Correlated(("a", "b", "c", "d"), ranks)
    message = str(caught.value)
    assert "a with b: 0.9; a with c: -0.9; b with c: 0.9" in message
    assert "not positive definite" in message and "d" not in message.split(";")[2].split(" with ")


@pytest.mark.parametrize("rank", [1.0, -1.0, 1.5, float("nan")])
def test_a_correlation_out_of_range(rank: float) -> None:
    with pytest.raises(CorrelationError, match="a and b is out of range"):
        Correlated(("a", "b"), {("a", "b"): rank})


MODEL = """\
meguru: 1
name: pair
time: {first: 2025, last: 2026}
sampling:
  method: latin-hypercube
  correlations:
    - {between: [parameters.rate, parameters.price], spearman: 60 %}
parameters:
  rate: {distribution: uniform, low: 0.2, high: 0.6}
  price: {distribution: uniform, low: 1, high: 2, unit: piece/year}
  sure: 3
items:
  steel: {kind: material}
  tool: {kind: product, bom: {steel: 1 kg}}
processes:
  mill: {kind: supply, supplies: steel}
  making: {kind: make, item: tool}
  use:
    kind: use
    product: tool
    demand: {sales: = price * 1000}
    leave: {old: {distribution: fixed, age: 5 year}}
  collect: {kind: sort, split: {back: = rate, lost: rest}}
  back: {kind: sink}
  away: {kind: sink}
routes:
  - {from: mill, to: making}
  - {from: making, to: use}
  - {from: use.retired, to: collect}
  - {from: collect.back, to: back}
  - {from: collect.lost, to: away}
"""


def test_a_model_says_how_it_is_sampled(tmp_path: Path) -> None:
    model = parse(MODEL)
    assert model.sampling is not None
    assert sampling_of(model, None) is not model.sampling and sampling_of(model, None) == model.sampling
    assert sampling_of(model, "sobol").correlations == model.sampling.correlations
    assert sampling_of(model, Sampling()) == Sampling()
    meguru.save(model, tmp_path / "pair.yaml")
    assert meguru.load(tmp_path / "pair.yaml").sampling == model.sampling


@pytest.mark.parametrize(
    ("old", "new", "kind", "said"),
    [
        ("parameters.price]", "parameters.prise]", UnknownNameError, ":7: sampling.correlations.0.between"),
        ("parameters.price]", "parameters.prise]", UnknownNameError, "Did you mean 'parameters.price'?"),
        ("parameters.price]", "parameters.sure]", UnknownNameError, "nothing uncertain stands there"),
        ("parameters.rate, parameters.price", "parameters.rate", CorrelationError, "not two or more"),
        ("60 %}", "{distribution: uniform, low: 0, high: 1}}", CorrelationError, "not a plain number"),
        ("60 %}", "1}", CorrelationError, "share a parameter"),
        ("60 %}", "0.6}\n    - {between: [parameters.price, parameters.rate], spearman: 0.6}",
         CorrelationError, "stands twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_correlations_is_named(
    old: str, new: str, kind: type[Exception], said: str
) -> None:
    model = parse(MODEL.replace(old, new), file="pair.yaml")
    with pytest.raises(kind) as checked:
        meguru.check(model)
    assert said in str(checked.value) and "pair.yaml" in str(checked.value)
    with pytest.raises(kind):
        draws_of(model, 8, 0, sampling_of(model, None))


def test_a_scenario_can_not_change_how_samples_are_drawn() -> None:
    data = small(sampling={"method": "sobol"})
    data["scenarios"]["more"]["changes"]["sampling.method"] = "random"
    with pytest.raises(ScenarioError, match="can not change this"):
        apply(from_data(data), "more")


# -- runs --------------------------------------------------------------------------------------------------


def test_sobol_wants_a_power_of_two_and_methods_have_names() -> None:
    with pytest.raises(RunError, match="64 or 128"):
        run(small_model(), samples=100, sampling="sobol")
    with pytest.raises(RunError, match="Did you mean 'sobol'"):
        run(small_model(), samples=64, sampling="sobool")


def test_a_result_says_how_it_was_drawn_and_other_scenarios_follow(tmp_path: Path) -> None:
    model = small_model(sampling={"method": "sobol"})
    how = together((0.5, (RATE, PRICE)), method="latin-hypercube")
    result = run(model, "today", samples=48, seed=1, sampling=how)
    assert result.provenance["settings"]["sampling"]["method"] == "latin-hypercube"
    result.save(tmp_path / "r.nc")
    for one in (result, open_result(tmp_path / "r.nc")):
        assert one.again is not None
        other = one.again("more")
        assert other.provenance["settings"] == result.provenance["settings"]
        direct = run(model, "more", samples=48, seed=1, sampling=how)
        np.testing.assert_array_equal(other.units.values, direct.units.values)
    assert "sampling" not in run(small_model(), samples=4).provenance["settings"]


def test_bounds_that_leave_nothing_are_refused_when_read() -> None:
    data = small()
    data["parameters"]["rate"] = {"distribution": "normal", "mean": 0.5, "sd": 0.01, "low": 0.9}
    with pytest.raises(
        meguru.errors.DistributionError, match=r"parameters\.rate: low and high leave nothing"
    ):
        from_data(data, file="small.yaml")
    data["parameters"]["rate"] = {"distribution": "uniform", "low": 2, "high": 1}
    with pytest.raises(DistributionError, match="ascending"):
        from_data(data, file="small.yaml")


def test_a_run_in_blocks_gives_the_numbers_of_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    model, running = small_model(), sys.modules["meguru.engine.run"]
    for method in SAMPLING_METHODS:
        whole = run(model, samples=32, seed=4, sampling=method)
        with monkeypatch.context() as smaller:
            smaller.setattr(running, "blocks_of", lambda *_: [(0, 1), (1, 20), (20, 32)])
            parts = run(model, samples=32, seed=4, sampling=method)
        np.testing.assert_array_equal(whole.units.values, parts.units.values)


@pytest.mark.parametrize("seconds", [0.0, 1e-4, 0.3, 7.0])
def test_samples_are_run_in_turns_between_which_one_may_interrupt(seconds: float) -> None:
    """Each sample once, in order; together no longer than what a person waits for."""
    now = [0.0]
    seen: list[int] = []
    for turn in in_turns(1000, lambda: now[0]):
        taken = range(1000)[turn]
        seen += taken
        now[0] += seconds * len(taken)
        assert len(taken) == 1 or len(taken) * seconds < 8 * TURN
    assert seen == list(range(1000))


def test_turns_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sales = {"distribution": "uniform", "low": 50, "high": 150, "unit": "piece/year"}
    program = compile_model(model_of(lamp(processes__use__demand__sales=sales)), block=(0, 9))
    together = simulate(program)
    monkeypatch.setattr("meguru.engine.simulate.TURN", 0.0)
    alone = simulate(program)
    assert len(np.unique(together.flows[:, :, -1].sum(axis=1))) == 9
    for name in ("flows", "stock", "events", "status"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(together, name))
