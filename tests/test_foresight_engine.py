"""The engine of foresight: equal to a slow reference, the same bits whatever runs beside."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_foresight import forced, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_foresight import Reference
from scipy import stats

from meguru.engine.compiled import load_kernel
from meguru.errors import MeguruError, NotReadableError, RangeError, RunError, UnknownNameError, WriteError
from meguru.foresight import compile as compiling
from meguru.foresight import simulation as simulating
from meguru.foresight.draws import Draws, key_words
from meguru.foresight.futures import Futures
from meguru.foresight.futures_files import load_futures
from meguru.foresight.interventions import Intervention, forced_of
from meguru.foresight.model import CausalModel, Condition, Edge, Event, Node, Spread
from meguru.foresight.simulation import simulate


def model_of(*nodes: Node, edges: tuple[Edge, ...] = (), **more: Any) -> CausalModel:
    return CausalModel("m", {node.name: node for node in nodes}, edges, **{"last": 2034.0, **more})


def everything() -> CausalModel:
    """All forms, spreads, an event and noise in monthly steps."""
    wide = Spread(-0.5, 0.1, 0.4)
    return model_of(
        Node("a", start=Spread(-1, 0, 1), noise=0.3, dynamics="relax", pull=0.4),
        Node("b", noise=0.2, low=-2, high=2),
        Node("c", start=Spread(0, 1, 2), dynamics="drift", drift=0.1),
        edges=(
            Edge("a", "b", wide, lag=Spread(0, 0.5, 2)),
            Edge("b", "c", wide, lag=Spread(0, 1, 3), form="saturating"),
            Edge("c", "a", wide, form="threshold", steepness=3.0),
            Edge("a", "c", wide, form="product", second="b", gate="threshold"),
        ),
        events={"e": Event("e", {2025: 0.2}, jump={"a": 1.0}, push={"b": 0.2}, lasting=2.0)},
        step=1 / 12,
    )


def same(a: Futures, b: Futures) -> bool:
    return np.array_equal(a.states, b.states) and np.array_equal(a.events, b.events, equal_nan=True)


def reference(futures: Futures, at: int) -> Reference:
    return Reference(
        futures.model,
        futures.seed,
        int(futures.members[at]),
        futures.strengths()[:, at].tolist(),
        futures.lags()[:, at].tolist(),
        dict(zip(futures.nodes, futures.starts()[:, at].tolist(), strict=True)),
        futures.interventions,
    )


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_engine_and_reference_agree(data: st.DataObject) -> None:
    model = data.draw(models())
    interventions = data.draw(forced(model))
    seed = data.draw(st.integers(0, 2**64 - 1))
    with pytest.MonkeyPatch.context() as patch:
        if data.draw(st.booleans()):  # so that the history is moved as often as it can be
            patch.setattr(compiling, "HISTORY_BYTES", 0)
            patch.setattr(compiling, "LEAST_AHEAD", 1)
        futures = simulate(model, 2, seed, interventions=interventions, every=model.step, threads=1)
    for at in range(2):
        known = reference(futures, at)
        expected = np.array([[state[name] for name in model.nodes] for state in known.history])
        size = np.maximum(1.0, np.maximum.accumulate(np.abs(expected).max(axis=1)))[:, None]
        assert np.all(np.abs(futures.states[:, :, at] - expected) <= 1e-12 * size)
        for row, name in enumerate(model.events):
            happened = known.happened.get(name)
            year = np.nan if happened is None else model.first + happened * model.step
            assert np.array_equal(futures.events[row, at], year, equal_nan=True)


def test_nothing_is_written_outside_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "HISTORY_BYTES", 0)
    program = compiling.compile_model(everything())
    rows, nodes = program.plan.rows, len(program.model.nodes)
    room = np.full((rows + 4) * nodes, np.nan)
    inputs = Draws(program.inputs, 0, 1).of(np.zeros(1, dtype=np.int64))
    shown, begun = np.empty((1, program.years.size, nodes)), np.empty((1, 1), dtype=np.int64)
    run = load_kernel("meguru.foresight.kernel").run
    history = room[2 * nodes : -2 * nodes]
    run(
        program.plan,
        forced_of([], program),
        inputs,
        np.zeros(1, dtype=np.int64),
        *key_words(0),
        history,
        shown,
        begun,
    )
    assert np.all(np.isnan(room[: 2 * nodes])) and np.all(np.isnan(room[-2 * nodes :]))
    assert not np.any(np.isnan(shown))


def waves() -> CausalModel:
    """Twelve nodes in a ring and across it; lags drawn from none to ten steps, most of them above two."""
    names = [f"n{at:02d}" for at in range(12)]
    nodes = [Node(name, noise=0.2, dynamics="relax", pull=0.5, low=-2.0, high=2.0) for name in names]
    edges = [
        Edge(name, names[(at + hop) % 12], Spread(0.2, 0.5, 0.9), lag=Spread(0.0, 0.5, 1.1 - 0.05 * at))
        for at, name in enumerate(names)
        for hop in (1, 5)
    ]
    return model_of(*nodes, edges=tuple(edges), step=0.1)


@pytest.mark.parametrize("more", ["lags", "curve", "event", "forced", "moved"])
def test_blocks_of_steps_and_single_steps_come_to_the_same_bits(
    more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, forced = waves(), []
    if more == "curve":
        bent = Edge("n03", "n04", Spread(0.1, 0.4, 0.6), lag=Spread.constant(0.6), form="threshold")
        model = replace(model, edges=(*model.edges, bent))
    if more == "event":
        happening = Event("e", {2024: 0.5}, push={"n01": 0.3}, conditions=(Condition("n02", above=0.1),))
        model = replace(model, events={"e": happening})
    if more == "forced":
        forced = [
            Intervention("n05", model.first + 0.5, "shift", 0.7),
            Intervention("n07", model.first + 1, "hold", 0.3, model.first + 2),
        ]
    if more == "moved":
        monkeypatch.setattr(compiling, "HISTORY_BYTES", 0)
    blocks = simulate(model, 20, 5, interventions=forced, every=0.1)
    assert blocks.program.plan.along == 1
    for at in (0, 19):
        states = [[state[name] for name in model.nodes] for state in reference(blocks, at).history]
        assert np.abs(blocks.states[:, :, at] - np.array(states)).max() <= 1e-12
    monkeypatch.setattr(compiling, "_waiting", lambda model: set(model.nodes))
    single = simulate(model, 20, 5, interventions=forced, every=0.1)
    assert single.program.plan.along == len(model.nodes)
    assert same(single, blocks)


def test_noise_of_a_relaxing_node_settles_at_the_variance_of_an_autoregression() -> None:
    step, pull, noise = 1 / 12, 2.0, 0.5
    node = Node("a", dynamics="relax", pull=pull, rest=3.0, start=Spread.constant(3.0), noise=noise)
    last = simulate(model_of(node, step=step), 20_000).of("a")[-1]
    variance = noise**2 * step / (1 - (1 - step * pull) ** 2)
    assert last.mean() == pytest.approx(3.0, abs=4 * math.sqrt(variance / 20_000))
    assert last.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / 20_000))
    assert stats.kstest((last - 3.0) / math.sqrt(variance), "norm").pvalue > 0.001


def test_a_model_at_rest_stays_at_rest_exactly() -> None:
    node = Node("a", start=Spread.constant(0.1), dynamics="relax", pull=0.3, rest=0.1)
    edge = Edge("a", "a", Spread(-1, 0.2, 1), lag=Spread(0, 1, 5))
    states = simulate(model_of(node, edges=(edge,)), 50).of("a")
    assert np.all(states == 0.1)


@pytest.mark.parametrize("hazard", [0.05, 0.7])
def test_an_event_happens_once_as_often_as_its_hazard_says(hazard: float) -> None:
    event = Event("e", {2028: hazard}, jump={"a": 1.0})
    futures = simulate(model_of(Node("a"), events={"e": event}, step=0.25), 20_000)
    assert not np.any(futures.events < 2028)
    for years in (1, 4):
        share = np.mean(futures.events < 2028 + years)
        expected = -math.expm1(-hazard * years)
        assert share == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 20_000))
    assert np.array_equal(futures.of("a")[-1], (~np.isnan(futures.events[0])).astype(float))


@pytest.fixture(scope="module")
def whole() -> Futures:
    return simulate(everything(), 200, 7, threads=1, block=200)


@pytest.mark.parametrize(("threads", "block"), [(1, 1), (2, 7), (2, 64), (3, 33)])
def test_threads_and_blocks_change_no_bit(whole: Futures, threads: int, block: int) -> None:
    assert same(simulate(everything(), 200, 7, threads=threads, block=block), whole)


@pytest.mark.parametrize("method", ["hypercube", "sobol"])
def test_a_scenario_replayed_alone_is_identical(method: Any) -> None:
    futures = simulate(everything(), 128, 3, method=method)
    for member in (0, 77, 127):
        alone = futures.again(members=[member])
        assert np.array_equal(alone.states[:, :, 0], futures.states[:, :, member])
        assert np.array_equal(alone.strengths()[:, 0], futures.strengths()[:, member])
    few = futures.again(members=[9, 4]).again()
    assert np.array_equal(few.states, futures.states[:, :, [9, 4]])


def test_other_seeds_counts_and_names_draw_other_numbers(whole: Futures) -> None:
    assert not np.any(simulate(everything(), 200, 8).of("b")[-1] == whole.of("b")[-1])
    assert not np.any(simulate(everything(), 100, 7).strengths() == whole.strengths()[:, :100])
    pair = simulate(model_of(Node("a", noise=1.0), Node("b", noise=1.0)), 1000)
    assert abs(np.corrcoef(pair.of("a")[1], pair.of("b")[1])[0, 1]) < 0.1


def test_a_node_added_leaves_the_draws_of_others_as_they_were(whole: Futures) -> None:
    model = everything()
    more = replace(model, nodes={"new": Node("new", noise=1.0), **model.nodes})
    assert np.array_equal(simulate(more, 200, 7).states[:, 1:], whole.states)


@pytest.mark.parametrize(
    ("step", "last", "every", "years"),
    [
        (1.0, 2027, None, [2024, 2025, 2026, 2027]),
        (1 / 12, 2026, None, [2024, 2025, 2026]),
        (1 / 12, 2024.5, None, [2024 + k / 12 for k in range(7)]),
        (0.03125, 2025, None, [2024, 2025]),
        (0.03125, 2025, 0.25, [2024, 2024.25, 2024.5, 2024.75, 2025]),
        (0.3, 2024.9, None, [2024, 2024.3, 2024.6, 2024.9]),
        (1.0, 2028, 2.0, [2024, 2026, 2028]),
    ],
)
def test_snapshots(step: float, last: float, every: float | None, years: list[float]) -> None:
    model = model_of(Node("a", dynamics="drift", drift=1.0), last=last, step=step)
    futures = simulate(model, 1, every=every)
    assert futures.years == pytest.approx(years, abs=1e-9)
    assert futures.of("a")[:, 0] == pytest.approx(np.array(years) - 2024, abs=1e-9)


def test_large_runs_are_stored_in_half_the_room(whole: Futures, monkeypatch: pytest.MonkeyPatch) -> None:
    assert whole.states.dtype == np.float64
    monkeypatch.setattr(simulating, "DOUBLE_UP_TO", 0)
    small = simulate(everything(), 200, 7)
    assert small.states.dtype == np.float32
    assert np.array_equal(small.states, whole.states.astype(np.float32))
    assert small.again().states.dtype == np.float32


def test_an_intervention_changes_what_comes_after_it_only() -> None:
    model = everything()
    plain = simulate(model, 20, 1)
    shifted = plain.again([Intervention("a", 2027, "shift", 0.5)])
    assert np.array_equal(shifted.states[:4], plain.states[:4])
    assert np.all(shifted.of("a")[4] != plain.of("a")[4])
    held = plain.again([Intervention("b", 2027, "hold", 1.5, until=2030)])
    assert np.array_equal(held.states[:4], plain.states[:4])
    assert np.all(held.of("b")[4:7] == 1.5) and np.all(held.of("b")[7] != 1.5)
    assert same(plain.again(), plain)


def test_a_node_is_held_from_the_end_of_the_first_step_to_that_of_the_last() -> None:
    clock = Node("clock", dynamics="drift", drift=1.0)
    held = simulate(model_of(clock), 1, interventions=[Intervention("clock", 2026, "hold", 9.0, until=2028)])
    assert held.of("clock")[:, 0].tolist() == [0, 1, 2, 9, 9, 10, 11, 12, 13, 14, 15]


def test_shifts_add_up_inside_the_bounds() -> None:
    futures = simulate(model_of(Node("a", low=-5, high=1)), 1)
    twice = futures.again([Intervention("a", 2026, "shift", 0.25), Intervention("a", 2026, "shift", 0.5)])
    assert twice.of("a")[:5, 0].tolist() == [0, 0, 0, 0.75, 0.75]
    assert futures.again([Intervention("a", 2026, "shift", 3.0)]).of("a")[3, 0] == 1.0


@pytest.mark.parametrize(
    ("one", "kind", "text"),
    [
        (Intervention("aa", 2026, "shift", 1.0), UnknownNameError, "Did you mean 'a'"),
        (Intervention("a", 2034, "shift", 1.0), RangeError, "2024 to 2033 by 1"),
        (Intervention("a", 2026.5, "shift", 1.0), RangeError, "no step begins at that time"),
        (Intervention("a", 2026, "hold", 2.0), RangeError, "can not have"),
        (Intervention("a", 2026, "shift", math.nan), RangeError, "can not have"),
        (Intervention("a", 2026, "hold", 1.0, until=2026), RangeError, "'until' is a time after"),
        (Intervention("a", 2026, "shift", 1.0, until=2028), RangeError, "'until' is a time after"),
    ],
)
def test_interventions_that_can_not_be(one: Intervention, kind: type[MeguruError], text: str) -> None:
    with pytest.raises(kind, match=text):
        simulate(model_of(Node("a", low=-1, high=1)), 1, interventions=[one])


def test_an_event_waits_for_its_conditions_and_its_push_ends() -> None:
    clock = Node("clock", dynamics="drift", drift=1.0)
    sure = Event("e", {2024: 1e3}, {"a": 10.0}, {"a": 1.0}, 2.0, (Condition("clock", above=3.0),))
    futures = simulate(model_of(clock, Node("a"), events={"e": sure}), 1)
    assert futures.events[0, 0] == 2027
    assert futures.of("a")[:, 0].tolist() == [0, 0, 0, 0, 11, 12, 12, 12, 12, 12, 12]


def test_a_model_that_diverges_is_named() -> None:
    model = model_of(
        Node("calm"), Node("wild"), edges=(Edge("wild", "wild", Spread.constant(1e40), reference=-1.0),)
    )
    with pytest.raises(RunError, match=r"nodes\.wild: .*diverges.*scenario 0, 2032"):
        simulate(model, 3)
    with pytest.raises(RunError, match=r"nodes\.wild: .*diverges.*scenario 0, 2025"):
        simulate(model, 3, store="float32")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"scenarios": 0}, "number of scenarios"),
        ({"scenarios": 10, "members": [10]}, "no such scenario"),
        ({"seed": -1}, "seed is out of range"),
        ({"threads": 0}, "1 or more"),
        ({"every": 0.5}, "whole number of steps"),
        ({"every": 3.0}, "must divide the run"),
    ],
)
def test_settings_that_can_not_be(more: dict[str, Any], text: str) -> None:
    with pytest.raises(RangeError, match=text):
        simulate(model_of(Node("a")), **more)


def test_a_model_with_faults_is_not_run() -> None:
    with pytest.raises(UnknownNameError, match="no such node"):
        simulate(model_of(Node("a"), edges=(Edge("b", "a", Spread.constant(1)),)))
    brief = Event("e", {2024: 1.0}, push={"a": 1.0}, lasting=0.4)
    with pytest.raises(RangeError, match=r"events\.e\.lasting: lasts for less than a step"):
        simulate(model_of(Node("a"), events={"e": brief}))


def test_progress_and_interruption() -> None:
    seen: list[tuple[int, int]] = []
    simulate(everything(), 100, block=16, progress=lambda *now: seen.append(now))
    assert seen[-1] == (100, 100) and len(seen) == 7 and seen == sorted(seen)

    def stop(done: int, count: int) -> None:
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        simulate(everything(), 100_000, block=16, progress=stop)
    assert threading.active_count() == before


def test_the_settings_of_the_model_say_how_many_scenarios() -> None:
    assert simulate(model_of(Node("a"), settings={"scenarios": 12})).count == 12
    assert simulate(model_of(Node("a"))).count == 1000


def test_saved_futures_come_back(tmp_path: Path) -> None:
    futures = simulate(everything(), 64, 2**64 - 1, method="sobol", members=[3, 9])
    futures = futures.again([Intervention("a", 2027, "hold", 0.5, until=2029)])
    futures.save(tmp_path / "f.nc")
    read = load_futures(tmp_path / "f.nc")
    assert same(read, futures) and read.model == futures.model and read.asked == futures.asked
    assert read.provenance == futures.provenance
    assert same(read.again(read.interventions), futures)
    # What was forced is part of the run: it holds in a replay, unless something else is asked for.
    assert same(read.again(), futures) and read.again(members=[9]).interventions == futures.interventions
    assert np.array_equal(read.again(members=[9]).states[..., 0], futures.states[..., 1])
    assert not np.array_equal(read.again(()).of("a"), futures.of("a"))
    assert [path.name for path in tmp_path.iterdir()] == ["f.nc"]


def test_files_that_can_not_be(tmp_path: Path, whole: Futures) -> None:
    with pytest.raises(WriteError, match="can not be written"):
        whole.save(tmp_path / "none" / "f.nc")
    with pytest.raises(NotReadableError, match="can not be read as futures"):
        load_futures(tmp_path / "none.nc")
    whole.labelled().to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(NotReadableError, match="no futures"):
        load_futures(tmp_path / "other.nc")


def test_labelled_futures_name_their_axes(whole: Futures) -> None:
    labelled = whole.labelled()
    assert np.array_equal(labelled.state.sel(node="b", year=2030).values, whole.of("b")[6])
    assert labelled.strength.sel(edge="a → b").shape == (200,)
    assert set(labelled.event_year.sel(event="e").dims) == {"scenario"}
    with pytest.raises(UnknownNameError, match="no such node"):
        whole.of("z")
