"""A group's path as a scenario of a life cycle model: written, loaded, run."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from planted import gate

import meguru
from meguru import errors
from meguru.cli import main
from meguru.foresight import Futures, HandOver, Transfer, hand_over, read_hand_over, save, simulate
from meguru.foresight.analysis import Groups, group
from meguru.foresight.transfer import _scaled
from meguru.model.components import Measure, Model, Scenario

PLACE = "processes.collect.split.taken_back"
RULES = HandOver(
    (Transfer("echo", PLACE, "%", times=150.0, plus=10.0, low=0.0, high=40.0),), inherits="regenerate"
)


@cache
def futures() -> Futures:
    return simulate(gate(), 600, 5)


@cache
def groups() -> Groups:
    return group(futures(), 2, nulls=19, largest=2)


def path(quantile: float, code: str = "B") -> dict[int, float]:
    """The series wanted, year by year from the states."""
    inside = groups().labels == groups().codes.index(code)
    found = {}
    for row, year in enumerate(futures().years):
        levels = np.sort(futures().of("echo")[row][inside].astype(float))
        place = quantile * (levels.size - 1)
        low = int(place)
        level = levels[low] + (place - low) * (levels[min(low + 1, levels.size - 1)] - levels[low])
        found[int(year)] = max(0.0, min(10.0 + 150.0 * level, 40.0))
    return found


def by_hand(series: dict[int, float]) -> Model:
    model = meguru.example("motor")
    changes = {PLACE: {"values": series, "unit": "%"}}
    model.measures["hand"] = Measure(since=2024, changes=changes)
    model.scenarios["hand"] = Scenario(inherits="regenerate", measures=["hand"])
    return model


def test_a_path_runs_as_if_it_had_been_written_by_hand(tmp_path: Path) -> None:
    wanted = path(0.5)
    assert wanted[2050] == 40.0 and 10 < wanted[2026] < 40.0  # bounded, and on its way
    written = hand_over(futures(), groups(), "B", meguru.example("motor"), RULES)
    meguru.save(written, tmp_path / "motor.yaml")
    read = meguru.load(tmp_path / "motor.yaml")
    assert read.scenarios["group_B"].inherits == "regenerate"
    got = meguru.evaluate(meguru.run(read, scenario="group_B"))
    expected = meguru.evaluate(meguru.run(by_hand(wanted), scenario="hand"))
    pd.testing.assert_frame_equal(got.drop(columns="scenario"), expected.drop(columns="scenario"), rtol=1e-8)
    before = meguru.evaluate(meguru.run(read, scenario="regenerate"))
    assert not np.allclose(got["value"], before["value"])
    early = [frame[frame["year"] < 2024]["value"].to_numpy() for frame in (got, before)]
    np.testing.assert_array_equal(early[0], early[1])  # what the model says of the past stays


def test_the_file_says_where_its_numbers_are_from(tmp_path: Path) -> None:
    written = hand_over(
        futures(), groups(), "A", meguru.example("motor"), RULES, quantiles={"low": 0.1, "mid": 0.5}
    )
    assert list(written.scenarios) == ["today", "recycle", "regenerate", "low", "mid"]
    measure = written.measures["low"]
    assert measure.since == 2024 and "seed 5, group A of 2" in str(measure.note)
    told = measure.changes[PLACE]
    assert told["source"] == "echo of gate, quantile 0.1: 10 + 150 × factor" and told["unit"] == "%"
    assert told["values"] == pytest.approx(path(0.1, "A"))
    assert "low" not in meguru.example("motor").scenarios
    meguru.save(written, tmp_path / "motor.yaml")
    assert "simulated" not in (tmp_path / "motor.yaml").read_text(encoding="utf-8")[:200]


def test_a_model_without_scenarios_keeps_what_it_was_as_the_reference() -> None:
    motor = meguru.example("motor")
    motor.scenarios, motor.measures = {}, {}
    written = hand_over(futures(), groups(), "B", motor, replace(RULES, inherits=""))
    assert written.scenarios["model"].reference and written.scenarios["group_B"].inherits == "model"
    motor.scenarios = {"only": Scenario()}
    written = hand_over(futures(), groups(), "B", motor, replace(RULES, inherits=""))
    assert written.scenarios["only"].reference and not motor.scenarios["only"].reference


@pytest.mark.parametrize(
    ("own", "unit", "times", "of_0_2"),
    [
        ("1", "%", None, 20.0),  # a share of 0.2 is 20 %
        ("%", "1", None, 0.002),
        ("%", "%", None, 0.2),
        ("1", "%", 0.5, 10.0),  # half of it
        ("index", "%", 150.0, 30.0),  # an index, and what one of it is worth
        ("", "%", 150.0, 30.0),
        ("kg/person", "%", 150.0, 30.0),  # of another kind: what one of it is worth
    ],
)
def test_a_factor_is_converted_by_its_own_unit(
    own: str, unit: str, times: float | None, of_0_2: float
) -> None:
    one = replace(RULES.factors[0], unit=unit, times=times, plus=0.0, low=-np.inf, high=np.inf)
    values, _ = _scaled(own, np.array([0.2]), one)
    assert values == pytest.approx([of_0_2])


def test_a_value_that_its_place_can_not_have_is_no_scenario() -> None:
    wild = replace(RULES, factors=(replace(RULES.factors[0], times=1.2e6, high=np.inf),))
    with pytest.raises(errors.ModelError) as raised:
        hand_over(futures(), groups(), "B", meguru.example("motor"), wild)
    assert "collect" in str(raised.value)


def test_a_path_in_the_unit_of_its_factor_stands_in_that_of_its_place() -> None:
    nodes = futures().model.nodes
    model = replace(futures().model, nodes=nodes | {"echo": replace(nodes["echo"], unit="1")})
    told = replace(futures(), program=replace(futures().program, model=model))
    asked = HandOver((Transfer("echo", PLACE, "%"),), inherits="regenerate")
    change = hand_over(told, groups(), "B", meguru.example("motor"), asked).measures["group_B"].changes[PLACE]
    inside = groups().labels == groups().codes.index("B")
    wanted = 100 * np.median(futures().of("echo")[6][inside])
    assert change["values"][2030] == pytest.approx(wanted) and change["unit"] == "%"
    assert change["source"].endswith(": 0 + 1 × factor in %, from 1")
    with pytest.raises(errors.RangeError, match="no translation") as caught:
        hand_over(
            futures(), groups(), "B", meguru.example("motor"), asked
        )  # an index, worth nobody knows what
    assert "echo, without a unit" in str(caught.value)


def rules(**changes: object) -> HandOver:
    return replace(RULES, factors=(replace(RULES.factors[0], **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "kind", "says"),
    [
        (rules(node="ecko"), errors.UnknownNameError, "Did you mean 'echo'"),
        (rules(to="processes.colect.split.taken_back"), errors.ModelError, "Did you mean 'collect'"),
        (rules(unit="kg"), errors.DimensionError, "taken_back"),
        (rules(unit="parsnip"), errors.UnitError, "parsnip"),
        (rules(times=0.0), errors.RangeError, "no such translation"),
        (rules(low=2.0, high=1.0), errors.RangeError, "low above high"),
        (replace(RULES, factors=()), errors.RangeError, "nothing is handed over"),
        (replace(RULES, factors=RULES.factors * 2), errors.DuplicateKeyError, "stands twice"),
        (replace(RULES, inherits="regenrate"), errors.ScenarioError, "Did you mean 'regenerate'"),
    ],
)
def test_what_does_not_fit_is_an_error_at_once(wrong: HandOver, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        hand_over(futures(), groups(), "B", meguru.example("motor"), wrong)


def test_groups_quantiles_and_names_that_are_not_possible() -> None:
    motor = meguru.example("motor")
    with pytest.raises(errors.RangeError, match="no such group"):
        hand_over(futures(), groups(), "Z", motor, RULES)
    with pytest.raises(errors.RangeError, match="a quantile"):
        hand_over(futures(), groups(), "B", motor, RULES, quantiles={"x": 1.0})
    with pytest.raises(errors.ScenarioError, match="already"):
        hand_over(futures(), groups(), "B", motor, RULES, quantiles={"today": 0.5})
    motor.scenarios["today"].reference = False
    with pytest.raises(errors.ScenarioError, match="Name one with 'inherits'"):
        hand_over(futures(), groups(), "B", motor, replace(RULES, inherits=""))


TEXT = """\
inherits: regenerate
beyond: hold
factors:
  - {node: echo, to: processes.collect.split.taken_back, unit: "%", times: 150, plus: 10, low: 0, high: 40,
     source: assumed}
"""


def test_rules_are_read_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(TEXT, encoding="utf-8")
    read = read_hand_over(path)
    assert read.factors[0] == replace(RULES.factors[0], source="assumed") and read.beyond == "hold"
    told = (
        hand_over(futures(), groups(), "B", meguru.example("motor"), read).measures["group_B"].changes[PLACE]
    )
    assert told["beyond"] == "hold" and told["source"].endswith("; assumed")
    for wrong, right, says in (
        ("tims: 150", "times: 150", "Did you mean 'times'"),
        ("", 'unit: "%", ', "unit"),
        ("beyond: hol", "beyond: hold", "error"),
    ):
        path.write_text(TEXT.replace(right, wrong), encoding="utf-8")
        with pytest.raises(errors.ModelError, match=says) as caught:
            read_hand_over(path)
        assert "rules.yaml:" in str(caught.value)


def test_by_the_command_line(tmp_path: Path) -> None:
    def call(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(one) for one in arguments])
        return done.exit_code, done.stdout + done.stderr

    save(gate(), tmp_path / "causal.yaml")
    (tmp_path / "rules.yaml").write_text(TEXT, encoding="utf-8")
    out, made = tmp_path / "out", tmp_path / "new" / "motor.yaml"
    assert call("foresight", "run", tmp_path / "causal.yaml", "-n", 600, "--seed", 5, "--out", out)[0] == 0
    asked = ("foresight", "hand-over", out, tmp_path / "rules.yaml", "--group", "b", "--model", "motor")
    code, told = call(*asked, "--quantile", 0.5, "--quantile", 0.9, "--out", made)
    assert code == 0 and f"meguru run {made} --scenario group_B" in told
    assert list(meguru.load(made).scenarios)[-2:] == ["group_B", "group_B_90"]
    code, told = call("run", made, "--scenario", "group_B", "--json")
    assert code == 0 and json.loads(told)
    assert call(*asked, "--out", made)[0] == 2  # it is there already
    assert call(*asked, "--out", made, "--force")[0] == 0
    code, told = call(*asked[:-4], "--group", "Z", "--model", "motor", "--out", tmp_path / "z.yaml")
    assert code == 2 and "There is no group 'Z'" in told
