"""Ensembles: the same bits whoever runs them, kept and gone on with, and what they say."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from uncertain_models import small_model

import meguru
from meguru.cli import main
from meguru.engine.sampling import Draws
from meguru.errors import (
    IndicatorError,
    NotReadableError,
    RangeError,
    ResumeError,
    RunError,
    UnknownNameError,
    WriteError,
)
from meguru.explore import Ensemble, ensemble, stability
from meguru.explore.ensembles.ensemble import plan_ensemble
from meguru.explore.ensembles.folder import Folder
from meguru.explore.ensembles.plan import Plan
from meguru.explore.ensembles.result import level_name, wilson
from meguru.explore.ensembles.stability import in_words
from meguru.explore.ensembles.workers import run_blocks
from meguru.model.components import SAMPLING_METHODS
from meguru.random import uniforms
from meguru.report import write_report

SAMPLES = 64
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(meguru.__file__).parents[1])}


@pytest.fixture(scope="module")
def found() -> Ensemble:
    return ensemble(small_model(), samples=1024, seed=1, sampling="latin-hypercube")


def digest(one: Ensemble) -> str:
    return str(one.provenance["numbers"])


# -- the same numbers --------------------------------------------------------------------------------------


def test_numbers_are_those_of_plain_runs() -> None:
    model = small_model()
    many = ensemble(model, samples=SAMPLES, seed=4)
    frame = meguru.evaluate(meguru.compare(model, samples=SAMPLES, seed=4))
    bands = many.bands()
    joined = frame.merge(bands, on=["scenario", "indicator", "year"], suffixes=("", " here"))
    assert len(joined) == len(bands) == 36
    for key in ("mean", "p05", "p25", "p50", "p75", "p95"):
        here, there = joined[f"{key} here"], joined[key]
        assert (here.isna() == there.isna()).all()
        np.testing.assert_allclose(here.dropna().astype(float), there.dropna().astype(float), rtol=1e-12)


@pytest.mark.parametrize("method", SAMPLING_METHODS)
def test_blocks_of_any_size_give_the_same_bits(method: str) -> None:
    model = small_model()
    whole = ensemble(model, samples=16, sampling=method)
    for block in (1, 7, 15):
        assert digest(ensemble(model, samples=16, sampling=method, block=block)) == digest(whole)


def test_threads_do_not_change_a_bit() -> None:
    model, runs = small_model(), dict[int, str]()

    def work(index: int) -> None:
        runs[index] = digest(ensemble(model, samples=SAMPLES, sampling="sobol", block=5))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(runs.values()) == {digest(ensemble(model, samples=SAMPLES, sampling="sobol"))}


def test_processes_and_a_cluster_do_not_change_a_bit() -> None:
    dask: Any = import_module("distributed")

    model = small_model()
    whole = ensemble(model, samples=SAMPLES, sampling="latin-hypercube")
    several = ensemble(model, samples=SAMPLES, sampling="latin-hypercube", processes=2, block=20)
    assert digest(several) == digest(whole)
    with dask.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        address = cluster.scheduler_address
        spread = ensemble(model, samples=SAMPLES, sampling="latin-hypercube", cluster=address, block=13)
    assert digest(spread) == digest(whole)
    assert spread.provenance == whole.provenance


def test_a_worker_of_a_cluster_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """One of two workers dies with the first block in its hands; the other one runs all blocks."""
    dask: Any = import_module("distributed")

    whole = ensemble(small_model(), samples=SAMPLES)
    killed: list[int] = []
    with dask.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:

        def progress(done: int, samples: int) -> None:
            if not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.process.process.pid)
                os.kill(killed[0], signal.SIGKILL)

        address = cluster.scheduler_address
        spread = ensemble(small_model(), samples=SAMPLES, cluster=address, block=2, progress=progress)
    assert killed and digest(spread) == digest(whole)
    np.testing.assert_array_equal(spread.values, whole.values)


def test_a_cluster_and_processes_are_not_both(file: str, tmp_path: Path) -> None:
    both: dict[str, Any] = {"cluster": "tcp://127.0.0.1:8786", "processes": 2}
    with pytest.raises(RunError, match=r"processes.*one of them"):
        ensemble(small_model(), samples=8, folder=tmp_path / "runs", **both)
    assert not (tmp_path / "runs").exists()
    ask = ["ensemble", file, "--cluster", both["cluster"], "--processes", "2"]
    shown = CliRunner().invoke(main, ask)
    assert shown.exit_code == 2 and "leave out --processes" in shown.output


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(RunError, match="can not be reached"):
        ensemble(small_model(), samples=8, cluster="nonsense://nowhere")


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RunError, match=r"meguru\[cluster\]"):
        ensemble(small_model(), samples=8, cluster="tcp://127.0.0.1:8786")


class Deadly(Plan):
    """A plan that ends the process which first asks what it draws, or any process."""

    @cached_property
    def draws(self) -> Draws:
        flag = os.environ["MEGURU_TEST_FLAG"]
        if flag == "always" or not os.path.exists(flag):
            if flag != "always":
                Path(flag).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Plan.draws.func(self)  # type: ignore[attr-defined, no-any-return]


def deadly_plan() -> tuple[Plan, Plan]:
    plan = plan_ensemble(small_model(), ["today"], 12, 0, None, ["recycled"])
    held = {name: getattr(plan, name) for name in Plan.__dataclass_fields__}
    return plan, Deadly(**held)


def test_a_killed_worker_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_TEST_FLAG", str(tmp_path / "killed"))
    plan, deadly = deadly_plan()
    spans = [(0, 6), (6, 12)]
    blocks = {block.first: block for block in run_blocks(deadly, spans, processes=2)}
    assert (tmp_path / "killed").exists() and sorted(blocks) == [0, 6]
    for block in run_blocks(plan, spans):
        np.testing.assert_array_equal(blocks[block.first].values, block.values)


def test_workers_that_always_die_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_TEST_FLAG", "always")
    monkeypatch.setattr("meguru.explore.ensembles.workers.BREAKS", 2)
    with pytest.raises(RunError, match="die again and again"):
        list(run_blocks(deadly_plan()[1], [(0, 6), (6, 12)], processes=2))


# -- kept and gone on with ---------------------------------------------------------------------------------


def interrupted(folder: Path, after: int, **more: Any) -> None:
    """An ensemble that is broken off after so many blocks of 8 samples."""
    done: list[int] = []

    def progress(samples: int, total: int) -> None:
        done.append(samples)
        if len(done) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensemble(small_model(), samples=SAMPLES, block=8, folder=folder, progress=progress, **more)


def test_an_interrupted_ensemble_goes_on_where_it_was(tmp_path: Path) -> None:
    interrupted(tmp_path / "runs", 3, sampling="sobol")
    steps: list[tuple[int, int]] = []
    rest = ensemble(
        small_model(), samples=SAMPLES, block=20, folder=tmp_path / "runs", resume=True, sampling="sobol",
        progress=lambda *step: steps.append(step),
    )  # fmt: skip
    assert steps[0] == (40, SAMPLES) and steps[-1] == (
        SAMPLES,
        SAMPLES,
    )  # 24 were done; blocks end at 40, 60, 64
    assert digest(rest) == digest(ensemble(small_model(), samples=SAMPLES, sampling="sobol"))
    again = ensemble(small_model(), samples=SAMPLES, folder=tmp_path / "runs", resume=True, sampling="sobol")
    assert digest(again) == digest(rest)
    assert not list((tmp_path / "runs").glob(".*"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 1}, "another seed"),
        ({"samples": 32}, "another number of samples"),
        ({"sampling": "latin-hypercube"}, "another way to draw"),
        ({"indicators": ["cost"]}, "other indicators"),
        ({"scenarios": ["more"]}, "other scenarios"),
    ],
)
def test_other_settings_are_not_mixed_in(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    interrupted(tmp_path, 1)
    with pytest.raises(ResumeError, match=said):
        ensemble(small_model(), **{"samples": SAMPLES, "folder": tmp_path, "resume": True, **change})


def test_another_model_is_not_mixed_in(tmp_path: Path) -> None:
    interrupted(tmp_path, 1)
    model = small_model()
    model.parameters["rate"] = replace(model.parameters["rate"], unit="%")
    with pytest.raises(ResumeError, match="another state of the model") as caught:
        ensemble(model, samples=SAMPLES, folder=tmp_path, resume=True)
    assert len(str(caught.value.found)) < 40 and str(caught.value.found).startswith(model.name)
    model.name = "quite another"
    with pytest.raises(ResumeError, match=r"another model.*expected quite another"):
        ensemble(model, samples=SAMPLES, folder=tmp_path, resume=True)


def test_a_folder_is_not_overwritten_nor_invented(tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match="no ensemble to go on with"):
        ensemble(small_model(), samples=8, folder=tmp_path, resume=True)
    with pytest.raises(RunError, match="without a folder"):
        ensemble(small_model(), samples=8, resume=True)
    ensemble(small_model(), samples=8, folder=tmp_path)
    with pytest.raises(ResumeError, match="holds an ensemble already"):
        ensemble(small_model(), samples=8, folder=tmp_path)


@pytest.mark.parametrize("content", [b"", b"nonsense"])
def test_what_is_not_a_block_is_refused(content: bytes, tmp_path: Path) -> None:
    ensemble(small_model(), samples=8, folder=tmp_path)
    (path,) = tmp_path.glob("samples-*")
    path.write_bytes(content)
    with pytest.raises(NotReadableError, match="can not be read"):
        ensemble(small_model(), samples=8, folder=tmp_path, resume=True)


def test_any_damage_to_a_block_names_the_file_and_what_to_do(tmp_path: Path) -> None:
    """Whatever bits turn: an error that names the file, or the numbers as they were."""
    whole = ensemble(small_model(), samples=16, folder=tmp_path, indicators=["cost"])
    (path,) = tmp_path.glob("samples-*")
    kept, held = path.read_bytes(), Folder(tmp_path, whole.plan, resume=True)
    refused = 0
    for place in [*range(200), *range(len(kept) - 300, len(kept))]:
        for turned in (0xFF, 0x01, 0x20):
            damaged = bytearray(kept)
            damaged[place] ^= turned
            path.write_bytes(damaged)
            try:
                blocks = held.blocks(whole.plan)
            except NotReadableError as error:
                refused += 1
                assert error.file == str(path) and "run again" in str(error)
            else:
                np.testing.assert_array_equal(blocks[0, 16].values, whole.values)
    assert refused > 500


@pytest.mark.parametrize("content", ["", "[]", "null", "3", '{"samples": 16}', '{"sampling": 3}'])
def test_settings_that_are_none_are_refused(content: str, file: str, tmp_path: Path) -> None:
    ensemble(small_model(), samples=16, folder=tmp_path)
    (tmp_path / "ensemble.json").write_text(content)
    with pytest.raises(NotReadableError, match=r"ensemble\.json.*choose another folder"):
        resumed(tmp_path)
    shown = CliRunner().invoke(main, ["ensemble", file, "--resume", str(tmp_path)])
    assert shown.exit_code == 1 and "ensemble.json" in shown.output


def resumed(folder: Path, seed: int = 0) -> Ensemble:
    return ensemble(small_model(), samples=16, folder=folder, resume=True, seed=seed)


def test_blocks_of_two_runs_are_not_mixed(tmp_path: Path) -> None:
    other = ensemble(small_model(), samples=16, seed=1, block=8, folder=tmp_path / "other")
    (tmp_path / "other" / "ensemble.json").unlink()
    with pytest.raises(ResumeError, match="holds an ensemble already"):
        ensemble(small_model(), samples=16, seed=2, folder=tmp_path / "other")
    ensemble(small_model(), samples=16, seed=0, block=8, folder=tmp_path / "mine")
    name = "samples-000000000-000000008.npz"
    (tmp_path / "mine" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    with pytest.raises(NotReadableError, match="not the samples of this ensemble"):
        resumed(tmp_path / "mine")
    (tmp_path / "mine" / name).unlink()
    assert digest(resumed(tmp_path / "mine")) == digest(ensemble(small_model(), samples=16)) != digest(other)


def test_a_block_that_was_changed_or_moved_is_refused(tmp_path: Path) -> None:
    ensemble(small_model(), samples=16, block=8, folder=tmp_path)
    path = tmp_path / "samples-000000000-000000008.npz"
    kept = path.read_bytes()
    with np.load(path) as held:
        parts = dict(held)
    parts["values"][0, 0, 3, 2] += 1.0
    np.savez(path, **parts)
    with pytest.raises(NotReadableError, match="not the numbers that were written"):
        resumed(tmp_path)
    path.write_bytes(kept)
    path.rename(tmp_path / "samples-000000020-000000028.npz")  # beyond the last sample
    with pytest.raises(NotReadableError, match="not the numbers that were written"):
        resumed(tmp_path)


# -- what it says ------------------------------------------------------------------------------------------


def test_bands_are_those_of_the_uniform_numbers(found: Ensemble) -> None:
    """recycled is rate, in t: its quantiles are those of a uniform number from 0.2 to 0.6."""
    frame: Any = found.bands(levels=(0.05, 0.5, 0.95)).set_index(["scenario", "indicator", "year"])
    row = frame.loc[("today", "recycled", 2022)]
    for key, level in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert row[key] == pytest.approx(0.2 + 0.4 * level, abs=0.4 / 1024)
    assert row["mean"] == pytest.approx(0.4, abs=1e-4) and row["defined"] == 1.0
    undefined = frame.loc[("today", "undefined", 2022)]
    assert undefined["defined"] == 0.0 and undefined[["mean", "p05"]].isna().all()


def test_differences_are_taken_sample_by_sample(found: Ensemble) -> None:
    frame: Any = found.bands(against="today").set_index(["scenario", "indicator", "year"])
    row = frame.loc[("more", "recycled", 2022)]
    assert row["p05"] == pytest.approx(0.05, rel=1e-9) and row["p95"] == pytest.approx(0.05, rel=1e-9)
    assert "today" not in frame.index.get_level_values(0)


def test_a_scenario_is_better_in_every_sample_though_bands_overlap(found: Ensemble) -> None:
    rows: Any = found.better().set_index(["scenario", "indicator"])
    assert rows.loc[("more", "recycled"), "probability"] == 1.0
    assert rows.loc[("more", "cost"), "probability"] == 0.0  # less is wanted, it is more
    assert rows.loc[("unsure", "recycled"), "probability"] == pytest.approx(0.5, abs=0.06)
    assert set(rows.index.get_level_values(1)) == {"recycled", "cost"}
    turned: Any = found.better(than="more", wanted={"cost": "more"}).set_index(["scenario", "indicator"])
    assert turned.loc[("today", "cost"), "probability"] == 0.0
    same: Any = found.better(wanted={"steady": "more", "undefined": "less"}).set_index(
        ["scenario", "indicator"]
    )
    assert same.loc[("more", "steady"), "equal"] == 1.0
    assert same.loc[("more", "undefined"), "undefined"] == 1.0
    assert same["probability"].isna()[("more", "undefined")]


def test_rounding_wins_nothing(found: Ensemble) -> None:
    values = found.values.copy()
    today, more = (found.scenarios.index(name) for name in ("today", "more"))
    values[more] = values[today] * (1.0 + np.where(np.arange(found.samples) % 2, 1e-14, -1e-14)[:, None])
    rows: Any = replace(found, values=values).better().set_index(["scenario", "indicator"])
    assert rows.loc[("more", "cost"), "equal"] == 1.0
    assert rows.loc[("more", "cost"), "probability"] == 0.0


def test_better_needs_a_wish() -> None:
    model = small_model()
    for one in model.indicators.values():
        one.wanted = None
    few = ensemble(model, samples=4)
    with pytest.raises(IndicatorError, match="more or less of it"):
        few.better()
    with pytest.raises(UnknownNameError, match="no such wish"):
        few.better(wanted={"cost": "lower"})


def test_wilson_interval_as_printed() -> None:
    """Newcombe 1998, Statistics in Medicine 17, 857–872, table I, method 3."""
    printed = ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611))
    for seen, count, low, high in printed:
        assert wilson(seen / count, count) == pytest.approx((low, high), abs=5e-5)


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_wilson_interval_holds_the_share(share: float, count: int) -> None:
    low, high = wilson(share, count)
    assert 0.0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1.0


def test_names_of_levels() -> None:
    assert [level_name(level) for level in (0.0, 0.05, 0.5, 0.975, 1.0)] == [
        "p00",
        "p05",
        "p50",
        "p97.5",
        "p100",
    ]


def test_inputs_are_those_drawn(found: Ensemble) -> None:
    inputs = found.inputs_of("today")
    np.testing.assert_allclose(inputs["parameters.rate"], found.of("today", "recycled")[:, -1], rtol=1e-9)
    factor = found.inputs_of("unsure")["processes.use.demand.sales"]
    np.testing.assert_allclose(factor, found.of("unsure", "steady")[:, -1], rtol=1e-9)
    assert "processes.use.demand.sales" not in inputs


def test_series_are_kept_by_formula() -> None:
    many = ensemble(
        small_model(), ["today"], samples=4, indicators=["recycled"],
        series={"left": ('mass(target="away")', "kg/year")},
    )  # fmt: skip
    np.testing.assert_allclose(
        many.of("today", "left"), 1000.0 - 1000.0 * many.of("today", "recycled"), rtol=1e-9
    )
    assert list(many.indicators) == ["recycled", "left"]


def test_numbers_of_ones_own_take_the_place_of_those_drawn() -> None:
    model = small_model()
    rate = np.linspace(0.2, 0.6, 40)
    given = ensemble(model, values={"parameters.rate": rate}, block=7)
    assert given.samples == 40
    np.testing.assert_allclose(given.of("today", "recycled"), np.repeat(rate[:, None], 3, axis=1), rtol=1e-9)
    np.testing.assert_array_equal(given.inputs_of("today")["parameters.rate"], rate)
    drawn = ensemble(model, samples=40)
    np.testing.assert_array_equal(  # all others are those drawn
        given.inputs_of("today")["parameters.price"], drawn.inputs_of("today")["parameters.price"]
    )
    assert given.provenance["values"] and drawn.provenance["values"] is None
    several = ensemble(model, values={"parameters.rate": rate}, block=9, processes=2)
    assert digest(several) == digest(given)


def test_numbers_of_ones_own_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    model = small_model()
    with pytest.raises(UnknownNameError, match=r"parameters\.rates"):
        ensemble(model, values={"parameters.rates": np.ones(8)})
    with pytest.raises(RunError, match="wrong length"):
        ensemble(model, samples=9, values={"parameters.rate": np.ones(8)})
    ensemble(model, values={"parameters.rate": np.full(8, 0.3)}, folder=tmp_path)
    with pytest.raises(ResumeError, match="other values"):
        ensemble(model, values={"parameters.rate": np.full(8, 0.4)}, folder=tmp_path, resume=True)


# -- enough samples? ---------------------------------------------------------------------------------------


def test_error_of_the_median_is_that_of_order_statistics(found: Ensemble) -> None:
    """Of a uniform number the median of n has the standard deviation 1 / (2 √n)."""
    random = ensemble(small_model(), ["today"], samples=1000, seed=5)
    row: Any = stability(random, levels=(0.0, 0.5, 1.0)).set_index("indicator").loc["recycled"]
    assert row["error"] == pytest.approx(0.5 / math.sqrt(1000), rel=0.35)
    assert row["state"] == "enough" and row["needed"] == 1000


def test_too_few_samples_are_said_to_be(found: Ensemble) -> None:
    few = ensemble(small_model(), samples=24, seed=2)
    rows: Any = stability(few).set_index(["scenario", "indicator"])
    row = rows.loc[("today", "recycled")]
    assert row["state"] == "too few" and row["needed"] > 24 and row["halves"] > 0.0
    assert row["needed"] == math.ceil(24 * (row["error"] / 0.05) ** 2)
    assert rows.loc[("today", "steady"), "state"] == "never reacts"
    assert rows.loc[("unsure", "steady"), "state"] == "too few"
    assert rows.loc[("today", "undefined"), "state"] == "undefined"
    enough, sentences = in_words(stability(few).to_dict("records"))  # type: ignore[arg-type]
    assert not enough and any("too few samples for recycled, today" in one for one in sentences)
    enough, sentences = in_words(stability(found).to_dict("records"))  # type: ignore[arg-type]
    assert enough and sentences[0].startswith("samples are enough")
    with pytest.raises(RangeError, match="too few samples to halve"):
        stability(ensemble(small_model(), samples=10))


@pytest.mark.parametrize(
    "levels", [(0.95, 0.05), (0.05, 1.5), (-0.1, 0.5), (0.5,), (), (0.5, 0.5), (np.nan, 0.5)]
)
def test_levels_that_make_no_band_are_refused(found: Ensemble, levels: tuple[float, ...]) -> None:
    with pytest.raises(RangeError, match="levels that make no band"):
        stability(found, levels=levels)


@pytest.mark.parametrize("close", [0.0, -0.1, np.nan, np.inf])
def test_an_error_that_can_not_be_small_enough_is_refused(found: Ensemble, close: float) -> None:
    with pytest.raises(RangeError, match="close"):
        stability(found, close=close)


def test_stability_is_of_every_year_unless_one_is_asked_for() -> None:
    """In 2021 the samples differ so much less evenly that more of them are needed."""
    many = ensemble(small_model(), ["today"], samples=200, seed=3, indicators=["recycled"])
    many.values[:, :, :, 1] = np.where(np.arange(200) < 8, 50.0, many.values[:, :, :, 1])
    row: Any = stability(many).iloc[0]
    assert (row["year"], row["state"]) == (2021, "too few")
    assert stability(many, year=2022).iloc[0]["state"] == "enough"
    assert stability(many, year=[2020, 2022]).iloc[0]["state"] == "enough"
    _, sentences = in_words(stability(many).to_dict("records"))  # type: ignore[arg-type]
    assert sentences[0].startswith("too few samples for recycled, today, 2021")
    with pytest.raises(RangeError, match="no year"):
        stability(many, year=[])


def test_what_is_undefined_is_not_said_to_never_react(found: Ensemble) -> None:
    few = ensemble(small_model(), ["today"], samples=64, indicators=["steady", "undefined"])
    few.values[0, 0, 20:, 2] = np.nan  # 44 of 64; where it is defined it is always the same
    rows = stability(few, year=2022).to_dict("records")
    assert [row["state"] for row in rows] == ["undefined", "undefined"]
    enough, sentences = in_words(rows)  # type: ignore[arg-type]
    assert not enough and sentences == [
        "steady is undefined in 69% of the samples (today, 2022)",
        "undefined is undefined in 100% of the samples (today, 2022)",
    ]


def test_bootstrap_is_that_of_samples_drawn_again(found: Ensemble) -> None:
    values = found.of("today", "recycled")[:, 0]
    turns = []
    for turn in range(200):
        chosen = uniforms(1, f"recycled | bootstrap {turn}", values.size)
        turns.append(np.quantile(np.sort(values)[(chosen * values.size).astype(int)], (0.05, 0.5, 0.95)))
    expected = np.std(turns, axis=0, ddof=1).max() / np.ptp(np.quantile(values, (0.05, 0.95)))
    row: Any = stability(found, year=2020).set_index(["scenario", "indicator"]).loc[("today", "recycled")]
    assert row["error"] == pytest.approx(expected, rel=1e-9)


# -- what can not be ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"samples": 0}, RunError, "1 to"),
        ({"scenarios": ["mor"]}, UnknownNameError, "Did you mean 'more'"),
        ({"indicators": ["costs"]}, UnknownNameError, "Did you mean 'cost'"),
        ({"indicators": []}, RunError, "nothing to keep"),
        ({"processes": 0}, RunError, "processes"),
        ({"block": 0}, RunError, "block"),
        ({"samples": 10, "sampling": "sobol"}, RunError, "8 or 16"),
    ],
)
def test_what_can_not_be_run(given: dict[str, Any], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        ensemble(small_model(), **given)


def test_names_asked_of_an_ensemble(found: Ensemble) -> None:
    for ask in (
        lambda: found.of("now", "cost"),
        lambda: found.of("today", "costs"),
        lambda: found.inputs_of("now"),
    ):
        with pytest.raises(UnknownNameError):
            ask()
    with pytest.raises(RangeError, match=r"not reported.*1999"):
        found.better(year=1999)
    with pytest.raises(RangeError, match=r"not reported.*1999") as caught:
        stability(found, year=1999)
    assert caught.value.asked and caught.value.hint is None
    with pytest.raises(RangeError):
        found.bands(levels=(1.5,))


# -- command line and report -------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "small.yaml"
    meguru.save(small_model(), path)
    yield str(path)


def test_the_command_prints_bands_and_goes_on(file: str, tmp_path: Path) -> None:
    out = str(tmp_path / "runs")
    told = ["ensemble", file, "--samples", "64", "--method", "sobol", "--seed", "3"]
    first = CliRunner().invoke(main, [*told, "--out", out])
    assert first.exit_code == 0, first.output
    for text in ("In 2022", "Better than today", "100.0%", "64 samples, sobol, seed 3", "bands.csv"):
        assert text in first.output
    again = CliRunner().invoke(main, ["ensemble", file, "--resume", out, "--json"])
    assert again.exit_code == 0, again.output
    data = json.loads(again.stdout)
    assert data["provenance"]["samples"] == 64 and data["provenance"]["sampling"]["method"] == "sobol"
    plain = ensemble(small_model(), samples=64, seed=3, sampling="sobol")
    assert data["provenance"]["numbers"] == digest(plain)
    assert len(data["bands"]) == 36 and data["stability"] and data["better"]
    other = CliRunner().invoke(main, ["ensemble", file, "--resume", out, "--seed", "4"])
    assert other.exit_code == 3 and "another seed" in other.output


def test_ctrl_c_keeps_what_is_done(file: str, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    told = [sys.executable, "-m", "meguru", "ensemble", file]
    process = subprocess.Popen(
        [*told, "--samples", "4000", "--block", "2", "--out", str(out)],
        env=ENVIRONMENT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    while process.poll() is None and len(list(out.glob("samples-*"))) < 3:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)  # the same as Ctrl-C, which a process in the background may ignore
    _, said = process.communicate()
    assert process.returncode == 130 and f"--resume {out}" in said, said
    done = len(list(out.glob("samples-*")))
    assert 3 <= done < 2000 and not list(out.glob(".*"))
    rest = ensemble(small_model(), samples=4000, folder=out, resume=True)
    assert digest(rest) == digest(ensemble(small_model(), samples=4000))


def test_an_ensemble_is_written_as_a_workbook(file: str, found: Ensemble, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "bands.xlsx"
    done = CliRunner().invoke(main, ["ensemble", file, "--samples", "32", "--report", str(path)])
    assert done.exit_code == 0, done.output
    book = load_workbook(path)
    assert book.sheetnames == ["provenance", "bands", "differences", "better", "enough samples", "formulas"]
    write_report(found, path)
    rows = list(load_workbook(path)["bands"].values)
    frame = found.bands()
    assert list(rows[0]) == list(frame.columns) and len(rows) == 1 + len(frame)
    assert rows[1][-1] == frame.iloc[0, -1]
    undefined = next(row for row in rows if row[1] == "undefined")
    assert undefined[5] is None


def test_a_report_shows_bands_in_both_languages(found: Ensemble, tmp_path: Path) -> None:
    path = tmp_path / "bands.html"
    meguru.write_report(found, path, language="ja")
    text = path.read_text(encoding="utf-8")
    for said in (
        "ラテン超方格",
        "Latin hypercube",
        "どのシナリオが",
        "サンプル数",
        "100.0%",
        "1,024 samples",
    ):
        assert said in text
    assert text.count("<svg") >= 4 and "nan" not in text.casefold().replace("nanum", "")
    with pytest.raises(WriteError, match="name of a report"):
        meguru.write_report(found, tmp_path / "bands.pdf")
