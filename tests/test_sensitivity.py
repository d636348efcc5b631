"""What matters: known indices through our interface, and indicators that never react."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from uncertain_models import small_model

import meguru
from meguru.cli import main
from meguru.errors import IndicatorError, RangeError, RunError, UnknownNameError
from meguru.explore import (
    ensemble,
    model_problem,
    morris,
    problem_of,
    regional,
    regional_of,
    sobol_indices,
    tornado,
)
from meguru.explore.sensitivity.problem import TogetherWarning
from meguru.model.walk import quantities
from meguru.quantity import Distribution, Quantity
from meguru.report.both import Both
from meguru.report.tornado import number_labels, place_label, write_tornado

Array = NDArray[np.float64]
Inputs = Mapping[str, Array]
# Ishigami & Homma 1990 with a = 7, b = 0.1: Saltelli et al. 2008, Global Sensitivity Analysis, 4.4
FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}


def ishigami(x: Inputs) -> Array:
    found: Array = np.sin(x["x1"]) + 7 * np.sin(x["x2"]) ** 2 + 0.1 * x["x3"] ** 4 * np.sin(x["x1"])
    return found


def column(frame: Any, key: str, output: str = "output") -> dict[str, float]:
    rows = frame[frame["output"] == output].set_index("input")[key]
    return {str(name): float(value) for name, value in rows.items()}


def test_sobol_indices_of_ishigami() -> None:
    frame = sobol_indices(problem_of(ishigami, dict.fromkeys(FIRST, (-np.pi, np.pi))), samples=4096)
    first, total = column(frame, "first"), column(frame, "total")
    for name in FIRST:
        assert first[name] == pytest.approx(FIRST[name], abs=0.02)
        assert total[name] == pytest.approx(TOTAL[name], abs=0.02)
    assert list(frame["input"]) == ["x1", "x2", "x3"] and frame["reacts"].all()


LINEAR: dict[str, Distribution | Quantity | tuple[float, float]] = {
    "a": Distribution("normal", mean=1, sd=2),
    "b": Quantity.uniform(0, 12, "kg"),
    "c": (0.0, 1.0),
}


def linear(x: Inputs) -> dict[str, Array]:
    return {"sum": 3 * x["a"] - 2 * x["b"] + x["c"], "flat": 0 * x["a"] + 5}


def test_indices_of_a_linear_model_are_shares_of_its_variance() -> None:
    frame = sobol_indices(problem_of(linear, LINEAR), samples=2048)
    variances = {"a": 9 * 4.0, "b": 4 * 12.0, "c": 1 / 12}
    whole = sum(variances.values())
    for key in ("first", "total"):
        for name, share in column(frame, key, "sum").items():
            assert share == pytest.approx(variances[name] / whole, abs=0.02)
    assert column(frame, "total", "flat") == {"a": 0.0, "b": 0.0, "c": 0.0}
    assert not frame.loc[frame["output"] == "flat", "reacts"].any()


def test_morris_effects_of_a_linear_model_are_its_slopes() -> None:
    """Over the range between the quantiles, 90 % of a uniform distribution."""
    inputs = {"b": (0.0, 12.0), "c": (0.0, 1.0)}
    frame = morris(problem_of(lambda x: -2 * x["b"] + x["c"], inputs), trajectories=6)
    effects = column(frame, "mu")
    assert effects["b"] == pytest.approx(-24 * 0.9) and effects["c"] == pytest.approx(0.9)
    assert column(frame, "mu_star")["b"] == pytest.approx(24 * 0.9)
    assert max(column(frame, "sigma").values()) < 1e-9
    assert list(frame["input"]) == ["b", "c"]


def test_morris_tells_an_interaction_by_its_spread() -> None:
    inputs = {"x": (-1.0, 1.0), "y": (-1.0, 1.0), "z": (-1.0, 1.0)}
    frame = morris(problem_of(lambda x: x["x"] * x["y"] + 0 * x["z"], inputs), trajectories=40)
    assert column(frame, "sigma")["x"] > 0.5 and column(frame, "mu_star")["z"] == 0.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.floats(0.01, 0.4))
def test_ends_of_a_tornado_are_those_of_the_function(slopes: list[float], low: float) -> None:
    inputs = {"a": (0.0, 1.0), "b": (0.0, 10.0), "c": (-1.0, 1.0)}
    widths = {"a": 1.0, "b": 10.0, "c": 2.0}
    slope = dict(zip(inputs, slopes, strict=True))
    frame = tornado(
        problem_of(lambda x: np.sum([slope[name] * x[name] for name in inputs], axis=0) + 1.0, inputs),
        low=low, high=1 - low,
    )  # fmt: skip
    base = 1.0 + 0.5 * slope["a"] + 5 * slope["b"]
    for _, row in frame.iterrows():
        reach = slope[row["input"]] * widths[row["input"]] * (0.5 - low)
        assert row["at_high"] - base == pytest.approx(reach, abs=1e-9)
        assert row["at_low"] - base == pytest.approx(-reach, abs=1e-9)
    assert list(frame["swing"]) == sorted(frame["swing"], reverse=True)


def test_a_bend_counts_in_a_tornado() -> None:
    """Both ends on the same side of the middle: the swing goes to the middle."""
    frame = tornado(problem_of(lambda x: (x["x"] - 0.5) ** 2, {"x": (0.0, 1.0)}))
    assert frame["swing"][0] == pytest.approx(0.45**2)


@pytest.mark.parametrize("find", [tornado, morris, partial(sobol_indices, samples=64)])
def test_rounding_is_no_effect(find: Any) -> None:
    """(x + y) − y depends on y in its last bits only."""
    inputs = {"x": (1.0, 2.0), "y": (0.0, 300.0)}
    frame = find(problem_of(lambda x: (x["x"] + x["y"]) - x["y"], inputs)).set_index("input")
    for key in frame.select_dtypes("number"):
        if key not in ("base", "at_low", "at_high"):
            assert frame.loc["y", key] == 0.0, key
    assert frame.drop(columns=["output", "unit"]).loc["x"].astype(float).abs().max() > 0.5


# -- models ------------------------------------------------------------------------------------------------


def test_indices_of_a_model_are_known() -> None:
    """cost = 1000 · rate · price: with uniform numbers S = (cv²) / (Π (1 + cv²) − 1)."""
    problem = model_problem(small_model(), indicators=["recycled", "cost", "steady"])
    frame = sobol_indices(problem, samples=1024)
    rate, price = (0.4**2 / 12) / 0.4**2, (20.0**2 / 12) / 20.0**2
    whole = (1 + rate) * (1 + price) - 1
    first, total = column(frame, "first", "cost"), column(frame, "total", "cost")
    assert first["parameters.rate"] == pytest.approx(rate / whole, abs=0.03)
    assert total["parameters.price"] == pytest.approx(price * (1 + rate) / whole, abs=0.03)
    assert column(frame, "total", "recycled")["parameters.price"] == pytest.approx(0.0, abs=1e-6)
    assert set(column(frame, "total", "steady").values()) == {0.0}
    assert problem.units["cost"] == "JPY/year"


def test_a_tornado_of_a_model_is_what_separate_runs_give() -> None:
    model = small_model()
    frame = tornado(model_problem(model, "more", indicators=["cost"], year=2021)).set_index("input")
    row = frame.loc["parameters.price"]
    assert row["base"] == pytest.approx(1000 * 0.45 * 20)
    assert row["at_low"] == pytest.approx(1000 * 0.45 * 11) and row["at_high"] == pytest.approx(
        1000 * 0.45 * 29
    )
    given = {"parameters.price": np.array([29.0]), "parameters.rate": np.array([0.4])}
    alone = meguru.evaluate(meguru.run(model, "more", values=given), ["cost"])
    assert alone["value"].iloc[1] == pytest.approx(row["at_high"])


def test_inputs_that_only_a_scenario_brings_are_asked_for_there() -> None:
    model = small_model()
    assert "processes.use.demand.sales" in model_problem(model, "unsure").inputs
    assert "processes.use.demand.sales" not in model_problem(model, "more").inputs


def test_indices_are_refused_where_they_would_mean_nothing() -> None:
    said = {"correlations": [{"between": ["parameters.rate", "parameters.price"], "spearman": 0.5}]}
    with pytest.raises(RunError, match="move together"):
        sobol_indices(model_problem(small_model(sampling=said), indicators=["cost"]))
    together = model_problem(small_model(sampling=said), indicators=["cost"])
    for moved in (tornado, morris):
        with pytest.warns(TogetherWarning, match="parameters.price, parameters.rate move together"):
            moved(together)
    half = problem_of(lambda x: np.where(x["x"] < 0.5, np.nan, x["x"]), {"x": (0.0, 1.0)})
    for ask in (sobol_indices, morris):
        with pytest.raises(IndicatorError, match="undefined in some samples"):
            ask(half)
    frame = tornado(half)
    assert frame["at_low"].isna()[0] and frame["swing"].isna()[0] and frame["reacts"][0]
    with pytest.raises(RangeError, match="power of two"):
        sobol_indices(half, samples=100)
    with pytest.raises(RangeError, match="around the median"):
        tornado(half, low=0.6)
    with pytest.raises(RangeError, match="can not screen"):
        morris(half, levels=3)


def test_problems_that_are_none() -> None:
    with pytest.raises(RunError, match="no uncertain inputs"):
        problem_of(ishigami, {})
    with pytest.raises(RunError, match="certain"):
        problem_of(ishigami, {"x1": Quantity(1.0)})
    with pytest.raises(RunError, match="wrong shape"):
        tornado(problem_of(lambda x: np.zeros(1), {"x": (0.0, 1.0)}))
    certain = small_model(parameters={"rate": 0.5, "price": "2 JPY/piece"})
    with pytest.raises(RunError, match="nothing in the model is uncertain"):
        model_problem(certain)
    with pytest.raises(RangeError, match="2020 to 2022"):
        model_problem(small_model(), year=1999)
    for more in ({"indicators": ["costs"]}, {"scenario": "mor"}):
        with pytest.raises(UnknownNameError):
            model_problem(small_model(), **more)


def test_without_salib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(RunError, match=r"meguru\[sensitivity\]"):
        morris(problem_of(ishigami, {"x1": (0.0, 1.0)}))


# -- regional ----------------------------------------------------------------------------------------------


def test_what_decides_has_distance_one() -> None:
    random = np.random.default_rng(0)
    inputs = {"decides": random.random(500), "noise": random.random(500)}
    frame = regional(inputs, inputs["decides"] > 0.7).set_index("input")
    assert frame.loc["decides", "distance"] == 1.0 and frame.loc["decides", "matters"]
    assert frame.loc["decides", "at"] == pytest.approx(0.7, abs=0.01)
    assert not frame.loc["noise", "matters"] and frame.index[0] == "decides"
    with pytest.raises(RunError, match="3 behave so, 497 do not"):
        regional(inputs, inputs["decides"] > np.sort(inputs["decides"])[-4])


def test_chance_is_shared_out_between_inputs() -> None:
    ranks = np.arange(100) / 100.0
    inputs = {"a": np.concatenate([ranks, ranks + 0.235])}
    behaves = np.arange(200) < 100
    alone = regional(inputs, behaves)
    assert 0.001 < alone["p_value"][0] < 0.01 and alone["matters"][0]
    random = np.random.default_rng(3)
    among = regional(inputs | {f"noise {n}": random.random(200) for n in range(9)}, behaves)
    assert not among.set_index("input").loc["a", "matters"]  # one of ten is as far off by chance


@pytest.mark.parametrize(
    ("values", "behaves", "said"),
    [
        (np.zeros(50), np.arange(40) < 20, "x: an input of the wrong shape"),
        (np.r_[np.nan, np.zeros(39)], np.arange(40) < 20, "x: an input that is undefined.*1 of 40"),
        (np.zeros(40), np.arange(40) // 20, "behaves.*int64"),
    ],
)
def test_regional_refuses_what_does_not_fit(values: Array, behaves: Any, said: str) -> None:
    with pytest.raises(RangeError, match=said):
        regional({"x": values}, behaves)


def test_regional_of_an_ensemble() -> None:
    found = ensemble(small_model(), samples=300, seed=2)
    frame = regional_of(found, "recycled", scenario="today").set_index("input")
    assert frame.loc["parameters.rate", "distance"] == 1.0
    assert not frame.loc["parameters.price", "matters"]
    below = regional_of(found, "recycled", scenario="today", below=0.3).set_index("input")
    assert below.loc["parameters.rate", "at"] == pytest.approx(0.3, abs=0.01)
    with pytest.raises(RunError, match="too few samples"):
        regional_of(found, "steady", scenario="today")
    with pytest.raises(RunError, match="two limits"):
        regional_of(found, "recycled", above=1, below=2)


def test_what_is_certain_in_a_scenario_moves_with_nothing() -> None:
    """The other one moves by itself there, and has its indices."""
    said = {"correlations": [{"between": ["parameters.rate", "parameters.price"], "spearman": 0.5}]}
    sure = {"changes": {"parameters.price": "20 JPY/piece"}}
    for scenarios in (
        {"today": {"reference": True}, "sure": sure},
        {"sure": {"reference": True, **sure}, "other": {}},  # only another scenario leaves it uncertain
    ):
        model = small_model(sampling=said, scenarios=scenarios)
        alone = model_problem(model, "sure", indicators=["cost"])
        assert list(alone.together) == [] and alone.caution is None
        found = column(sobol_indices(alone, samples=64), "total", "cost")
        assert found["parameters.rate"] == pytest.approx(1.0, abs=0.1)
        assert found.get("parameters.price", 0.0) == 0.0
    other = model_problem(model, "other", indicators=["cost"])
    assert list(other.together) == ["parameters.price", "parameters.rate"]
    with pytest.raises(RunError, match="move together"):
        sobol_indices(other, samples=64)


def test_the_command_line_says_what_moves_together(tmp_path: Path) -> None:
    said = {"correlations": [{"between": ["parameters.rate", "parameters.price"], "spearman": 0.5}]}
    model = small_model(sampling=said)
    del model.indicators["undefined"]
    meguru.save(model, tmp_path / "together.yaml")
    ask = ["sensitivity", str(tmp_path / "together.yaml"), "--indicator", "cost"]
    shown = CliRunner().invoke(main, ask)
    assert shown.exit_code == 0 and "move together in the model" in " ".join(shown.output.split())
    assert "move together" in json.loads(CliRunner().invoke(main, [*ask, "--json"]).stdout)["caution"]


# -- command line and report -------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    model = small_model()
    del model.indicators["undefined"]
    meguru.save(model, path)
    return str(path)


@pytest.mark.parametrize("by", ["tornado", "morris", "sobol"])
def test_the_command_names_what_matters_and_what_never_reacts(by: str, file: str) -> None:
    done = CliRunner().invoke(main, ["sensitivity", file, "--by", by])
    assert done.exit_code == 0, done.output
    assert (
        "rate" in done.output
        and "parameters." not in done.output
        and "! steady never reacts to any uncertain number" in done.output
    )
    told = ["sensitivity", file, "--by", by, "--json", "-i", "cost"]
    rows = json.loads(CliRunner().invoke(main, told).stdout)["rows"]
    assert [row["input"] for row in rows] == ["parameters.price", "parameters.rate"] or by == "tornado"


def test_the_command_asks_what_sets_samples_apart(file: str) -> None:
    told = ["sensitivity", file, "--by", "regional", "--samples", "200"]
    done = CliRunner().invoke(main, [*told, "-i", "recycled", "--above", "0.5"])
    assert done.exit_code == 0 and "beyond chance" in done.output, done.output
    assert CliRunner().invoke(main, told).exit_code == 2


def test_a_tornado_is_drawn_in_both_languages(file: str, tmp_path: Path) -> None:
    path = tmp_path / "tornado.html"
    done = CliRunner().invoke(main, ["sensitivity", file, "--report", str(path)])
    assert done.exit_code == 0, done.output
    text = path.read_text(encoding="utf-8")
    assert text.count("<svg") >= 2 and "影響の大きい数値" in text and "never react" in text
    wrong = CliRunner().invoke(main, ["sensitivity", file, "--by", "sobol", "--report", str(path)])
    assert wrong.exit_code == 2


def test_places_are_read_by_their_labels() -> None:
    model = meguru.example("compressor-magnet")
    fee = "routes.make_magnet_recycled -> make_compressor.fees.0.fixed"
    assert place_label(model, fee).ja.startswith("再生レアアースで磁石製造 → コンプレッサ製造: fees")
    assert place_label(model, "items.magnet.bom.rare_earth").en == "magnet: bom › rare earth"
    assert place_label(model, "parameters.recycled_content").en == "recycled content"


def test_uncertain_numbers_are_told_by_name_and_unit(file: str) -> None:
    model = small_model()
    model.parameters["price"] = Quantity(
        20.0, "JPY/piece", uncertain=Distribution("uniform", low=0.5, high=2.0)
    )
    labels = number_labels(model, "more")
    assert labels["parameters.price"] == Both("price, as a factor", "price, 倍率")
    assert labels["processes.use.leave.old.age"].en == "use: leave › old › age, year"
    told = CliRunner().invoke(main, ["sensitivity", file, "--report", str(Path(file).with_suffix(".html"))])
    unit = next(one.unit for place, one, _, _ in quantities(small_model()) if place == "parameters.price")
    assert f"price, {unit}" in told.output
    assert f"price, {unit}" in Path(file).with_suffix(".html").read_text(encoding="utf-8")


def test_a_tornado_whose_middle_is_undefined_says_so(tmp_path: Path) -> None:
    model = small_model()
    frame = tornado(model_problem(model, indicators=["undefined", "cost"]))
    write_tornado(model, None, frame, tmp_path / "t.html")
    text = (tmp_path / "t.html").read_text(encoding="utf-8")
    assert "undefined" in text and ">nan" not in text
