"""Worked examples: every entry passes, and each kind of wrong entry fails."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from meguru import errors
from meguru.cli import main
from meguru.files.tree import parse_tree, plain
from meguru.indicators.verification import verify_file
from meguru.indicators.verification.names import shipped_names
from meguru.indicators.verification.verify import GOOD, verify_entry

FILE = Path(__file__).parent / "data" / "worked_examples.yaml"
DATA: dict[str, Any] = plain(parse_tree(FILE.read_text(encoding="utf-8"), FILE.name))
ENTRIES = {entry["id"]: entry for entry in DATA["examples"]}
NUMERIC = [
    one["id"]
    for one in DATA["examples"]
    if one["status"] not in ("published_output_only", "negative_control")
]


def verdict_of(entry: dict[str, Any], tmp_path: Path) -> Any:
    path = tmp_path / "examples.json"
    path.write_text(json.dumps({"examples": [entry]}), encoding="utf-8")
    (found,) = verify_file(path)
    return found


def test_every_entry_is_as_it_should_be() -> None:
    found = verify_file(FILE)
    assert [one.id for one in found] == list(ENTRIES)
    outcomes = {one.id: one.outcome for one in found}
    assert {name for name, outcome in outcomes.items() if outcome == "failed"} == set()
    for name, entry in ENTRIES.items():
        expected = {"published_output_only": "series", "negative_control": "not reproduced"}
        assert outcomes[name] == expected.get(entry["status"], "passed")


def test_all_names_of_the_file_are_known() -> None:
    """Also names that no entry of this file uses."""
    known = shipped_names()
    for kind, held in DATA["meta"]["names"].items():
        assert set(held["inputs"]) <= set(known[kind].inputs), kind
        assert set(held["expected"]) <= set(known[kind].expected), kind


def _numbers(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in _numbers(inner, (*path, key))]
    if isinstance(value, list):
        return [found for key, inner in enumerate(value) for found in _numbers(inner, (*path, key))]
    return [path] if isinstance(value, (int, float)) else []


@pytest.mark.parametrize("name", NUMERIC)
def test_each_expected_number_is_really_compared(name: str, tmp_path: Path) -> None:
    series = ("final_disposal_Mt_published", "resource_productivity_10kJPY_per_t_published")
    for path in _numbers(ENTRIES[name]["expected"]):
        if path[0] in series:
            continue
        entry = copy.deepcopy(ENTRIES[name])
        inner = entry["expected"]
        for key in path[:-1]:
            inner = inner[key]
        old = inner[path[-1]]
        inner[path[-1]] = (not old) if isinstance(old, bool) else old * 1.1 + 1
        found = verdict_of(entry, tmp_path)
        assert found.outcome == "failed" and not found.good, path


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("cti_rmp", {"status": None}, "'status' is not given"),
    ("cti_rmp", {"status": "hand_derived"}, "no such status"),
    ("cti_rmp", {"id": None}, "'id' is not given"),
    ("cti_rmp", {"inputs": [1, 2]}, "'inputs' is no mapping"),
    ("cti_rmp", {"expected": [1]}, "'expected' is no mapping"),
    ("cti_rmp", {"tolerance": "small"}, "no tolerance"),
    ("cti_rmp", {"inputs": {"revenue": "5 kUSD", "linear_inflow_kg": "3 t"}}, "two units of one figure"),
    ("iso22628", {"expected": {"reported": 86}}, "a list of 2"),
    ("cti_rmp", {"inputs": {"revenue": 1, "linear_inflow": 2}}, "no such input"),
    ("cti_rmp", {"indicator": "cti_rpm"}, "no names for this kind"),
    ("cti_rmp", {"expected": {"valeu": 3}}, "no such expected value"),
    ("cti_rmp", {"expected": {}}, "nothing is expected"),
    ("cti_rmp", {"inputs": {"revenue": 5, "linear_inflow_kg": -1}}, "RangeError"),
    ("cti_rmp", {"inputs": {"revenue": 5}}, "MissingValueError"),
    ("cti_rmp", {"expected": {"value": None}}, "15151"),
    ("mci_neg_novacalculator_1", {"expected": {"correct_MCI": 0.46, "wrong_value_published": 0.46}},
     "the wrong value 0.46 came out"),
    ("mci_neg_novacalculator_1", {"expected": {"wrong_value_published": 0.52}}, "what is correct"),
    ("jp_mfa_2001", {"expected": {"final_disposal_Mt_published": 53}}, "nothing to compare"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "says"), WRONG)
def test_a_wrong_entry_fails(name: str, changes: dict[str, Any], says: str, tmp_path: Path) -> None:
    found = verdict_of({**ENTRIES[name], **changes}, tmp_path)
    assert found.outcome == "failed" and says in found.detail


def test_an_undefined_value_may_be_expected(tmp_path: Path) -> None:
    entry = {**ENTRIES["cti_rmp"], "inputs": {"revenue": 5, "linear_inflow_kg": 0}}
    found = verdict_of(
        {**entry, "expected": {"value": None, "status": "undefined (no linear inflow)"}}, tmp_path
    )
    assert found.outcome == "passed" and found.compared == 2
    assert verdict_of({**entry, "expected": {"status": "value"}}, tmp_path).outcome == "failed"


def test_a_contradiction_is_listed_and_never_compared(tmp_path: Path) -> None:
    entry = {**ENTRIES["cti_rmp"], "status": "CONTRADICTION_in_source", "expected": {"value": 1}}
    found = verdict_of(entry, tmp_path)
    assert (found.outcome, found.compared, found.good) == ("contradiction", 0, True)


def test_an_entry_may_name_an_indicator_of_the_catalogue(tmp_path: Path) -> None:
    figures = {"m_critical": "12 kg", "m_linear_in": "330 kg"}
    entry = {
        "id": "own",
        "indicator": "cti@1.0.critical_material",
        "inputs": figures,
        "expected": {"value": 3.64},
        "status": "hand_derived_from_formula",
    }
    assert verdict_of(entry, tmp_path).outcome == "passed"
    assert verdict_of({**entry, "expected": {"value": 3.0}}, tmp_path).outcome == "failed"
    plain = verdict_of({**entry, "inputs": {**figures, "m_linear_in": 330}}, tmp_path)
    assert plain.outcome == "failed" and "MissingUnitError" in plain.detail


def test_a_file_may_bring_names_of_its_own(tmp_path: Path) -> None:
    names = {"ours": {"set": "cti", "inputs": {"sales": "revenue [kUSD]", "linear": "m_linear_in [t]"},
                      "expected": {"rmp": "circular_material_productivity [USD/kg]"}}}  # fmt: skip
    (tmp_path / "names.yaml").write_text(json.dumps(names), encoding="utf-8")
    entry = {"id": "x", "indicator": "ours", "inputs": {"sales": 5, "linear": 2}, "expected": {"rmp": 2.5},
             "status": "verified_in_source"}  # fmt: skip
    (tmp_path / "file.yaml").write_text(json.dumps({"examples": [entry]}), encoding="utf-8")
    (found,) = verify_file(tmp_path / "file.yaml", tmp_path / "names.yaml")
    assert found.outcome == "passed"


def test_what_is_no_file_of_examples_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text("a: 1\n", encoding="utf-8")
    with pytest.raises(errors.NotReadableError, match="no file of worked examples"):
        verify_file(tmp_path / "file.yaml")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_entries_that_are_none_and_ids_that_stand_twice_fail_alone(tmp_path: Path) -> None:
    good = ENTRIES["cti_rmp"]
    entries: list[Any] = [good, ["no", "entry"], "text", {**good, "id": "other"}, good]
    path = tmp_path / "examples.json"
    path.write_text(json.dumps({"examples": entries}), encoding="utf-8")
    found = verify_file(path)
    assert [one.outcome for one in found] == ["failed", "failed", "failed", "passed", "failed"]
    assert [one.id for one in found] == ["cti_rmp", "entry 2", "entry 3", "other", "cti_rmp"]
    assert "two entries of one id" in found[0].detail and "no entry" in found[1].detail


JUNK: list[Any] = [None, [], {}, "text", True, -1, float("inf"), [1, 2], {"a": 1}, [None], "12 kg", [[1]]]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside an entry."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inner in pairs for found in _places(inner, (*path, key)))]


@pytest.mark.parametrize(
    "name", ["iso59020_aggregate", "battery_re", "jp_kaden_aeha_fy2018", "din91472_h", "iso22628", "en45557"]
)
def test_whatever_stands_in_an_entry_gives_a_verdict(name: str) -> None:
    for path in _places(ENTRIES[name])[1:]:
        for junk in JUNK:
            entry = copy.deepcopy(ENTRIES[name])
            inner = entry
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = junk
            assert verify_entry(entry, shipped_names()).outcome in (*GOOD, "failed")


def test_an_entry_may_be_judged_alone() -> None:
    assert verify_entry(ENTRIES["cti_rmp"], shipped_names()).outcome == "passed"


def test_a_file_may_bring_a_legend_of_its_own(tmp_path: Path) -> None:
    entry = {**ENTRIES["cti_rmp"], "status": "measured_by_us"}
    path = tmp_path / "examples.json"
    path.write_text(json.dumps({"examples": [entry]}), encoding="utf-8")
    assert [one.outcome for one in verify_file(path)] == ["failed"]
    meta = {"status_legend": {"measured_by_us": "on our own scales"}}
    path.write_text(json.dumps({"meta": meta, "examples": [entry]}), encoding="utf-8")
    assert [one.outcome for one in verify_file(path)] == ["passed"]


def test_the_command_prints_a_line_an_entry_and_fails_when_one_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("indicators", "verify", str(FILE)) == 0
    out = capsys.readouterr().out
    assert all(sum(1 for line in out.splitlines() if f" {name} " in line) == 1 for name in ENTRIES)
    assert "they prove arithmetic, not conformance" in out
    by_hand = sum(1 for one in ENTRIES.values() if one["status"] == "hand_derived_from_formula")
    assert f"{by_hand} of those passed" in out and by_hand == 25
    wrong = {**ENTRIES["cti_rmp"], "expected": {"value": 1}}
    (tmp_path / "file.yaml").write_text(json.dumps({"examples": [wrong]}), encoding="utf-8")
    assert run("indicators", "verify", str(tmp_path / "file.yaml"), "--json") == 3
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False and found["entries"][0]["outcome"] == "failed"


def test_a_negative_control_must_have_a_wrong_value() -> None:
    entry = {
        "id": "idle", "indicator": "mci.product", "status": "negative_control", "inputs": {"M": "1 kg"},
        "expected": {"value": 0.1},
    }  # fmt: skip
    verdict = verify_entry(entry, shipped_names())
    assert "without a wrong value" in str(verdict)
