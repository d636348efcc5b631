"""``meguru foresight``: what is printed, what is written, how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from causal_models import WHOLE
from click.testing import CliRunner, Result

from meguru.cli import main
from meguru.cli.foresight.group import COMMANDS
from meguru.foresight import load, save
from meguru.foresight.quantile_table import milestones, quantiles
from meguru.foresight.simulation import simulate

DATA = Path(__file__).parent / "data" / "system_dynamics"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["foresight", *(str(one) for one in arguments)])


def printed(*arguments: object) -> Any:
    """What a command prints with --json."""
    return json.loads(call(*arguments, "--json").stdout)


@pytest.fixture
def causal(tmp_path: Path) -> Path:
    path = tmp_path / "causal.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_each_command_has_help_with_examples_that_name_known_options(name: str) -> None:
    done = call(*([name] if name else []), "--help")
    assert done.exit_code == 0
    examples = re.findall(rf"^    meguru (foresight {name}\b.*)$", done.stdout, re.MULTILINE)
    assert examples
    for option in re.findall(r"--[a-z]+", " ".join(examples)):
        assert not name or option in done.stdout.partition("Options:")[2]
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_check_tells_what_is_sound_what_is_a_fault_and_what_a_warning(causal: Path) -> None:
    done = call("check", causal)
    assert (done.exit_code, done.stdout) == (0, "✓ whole  4 nodes, 5 edges, 2 events, 0 warnings\n")
    assert printed("check", causal) == {"model": "whole", "ok": True, "faults": [], "warnings": []}
    causal.write_text(WHOLE.replace("role: kpi, ", ""), encoding="utf-8")
    done = call("check", causal)
    assert done.exit_code == 0 and re.search(
        r"^nodes +8 +no node has the role kpi", done.stdout, re.MULTILINE
    )
    (warned,) = printed("check", causal)["warnings"]
    assert (warned["kind"], warned["line"], warned["nodes"]) == ("unreached_kpis", 8, [])
    causal.write_text(WHOLE.replace('polarity: "+"', 'polarity: "-"'), encoding="utf-8")
    done = call("check", causal)
    assert done.exit_code == 1
    assert f"PolarityError: {causal}:14: edges.law → awareness.strength" in done.stdout
    assert "✗ whole  1 fault" in done.stdout
    causal.write_text("name: [", encoding="utf-8")
    assert call("check", causal).exit_code == 1
    assert printed("check", causal)["faults"][0]["kind"] == "NotReadableError"


def test_a_folder_an_example_and_tables_are_models_too(causal: Path, tmp_path: Path) -> None:
    assert call("export", causal, "--out", tmp_path / "tables").exit_code == 0
    for one in (causal.parent, tmp_path / "tables"):
        assert printed("check", one)["model"] == "whole"
    assert printed("check", "foresight-small")["warnings"] == []
    for given, says in (
        ("foresight-smal", "Did you mean 'foresight-small'?"),
        ("x", "Examples: circular-economy-2050, foresight-small"),
    ):
        done = call("check", given)
        assert done.exit_code == 2 and says in done.stderr
    done = call("rum", causal)
    assert done.exit_code == 2 and "Did you mean 'run'?" in done.stderr


def test_run_prints_and_writes_what_python_gives(causal: Path, tmp_path: Path) -> None:
    data = printed("run", causal, "--seed", 3, "--out", tmp_path / "out")
    futures = simulate(load(causal), seed=3)
    frame = quantiles(futures, ["waste"], milestones(futures))
    assert [(row["node"], row["year"]) for row in data["quantiles"]] == [("waste", 2030.0), ("waste", 2040.0)]
    assert [row["p50"] for row in data["quantiles"]] == frame["p50"].to_list()
    assert data["provenance"]["scenarios"] == 100 and data["provenance"]["seed"] == 3
    assert data["files"] == [str(tmp_path / "out" / name) for name in ("futures.nc", "quantiles.csv")]
    lines = (tmp_path / "out" / "quantiles.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "node,year,mean,p05,p25,p50,p75,p95" and len(lines) == 1 + 4 * 17
    done = call("run", causal, "--scenarios", 7)
    assert "7 futures, 2024 to 2040, seed 0" in done.stdout
    assert re.search(r"^waste .* \(.* – .*\) .* kg *$", done.stdout, re.MULTILINE)


def test_quantiles_are_those_of_the_futures(causal: Path) -> None:
    futures = simulate(load(causal), 51, seed=1)
    row = quantiles(futures, ["price"], [2030.9]).iloc[0]
    values = sorted(float(value) for value in futures.of("price")[6])
    assert row["year"] == 2030 and row["p50"] == values[25] and row["mean"] == pytest.approx(sum(values) / 51)
    assert quantiles(futures).shape == (4 * 17, 8)


def test_a_model_with_a_fault_does_not_run(causal: Path) -> None:
    causal.write_text(WHOLE.replace("noise: 5", "noise: -5"), encoding="utf-8")
    done = call("run", causal)
    assert done.exit_code == 1 and "RangeError" in done.stderr


def test_import_lists_what_is_not_as_written_and_overwrites_only_when_told(tmp_path: Path) -> None:
    out = tmp_path / "cup.yaml"
    done = call("import", DATA / "teacup_w_diagram.xmile", "--out", out)
    assert done.exit_code == 0 and "a limit at 0 (non_negative) (changed)" in done.stdout
    assert load(out).nodes["teacup_temperature"].pull == 0.1
    assert call("import", DATA / "teacup.mdl", "--out", out).exit_code == 2
    data = printed("import", DATA / "teacup.mdl", "--out", out, "--force")
    assert data["unsupported"] == [] and data["recomputable"]["Heat Loss to Room"] is True
    (tmp_path / "map.json").write_text(
        '{"connections": [{"from": "a", "to": "b", "type": "+"}]}', encoding="utf-8"
    )
    done = call("import", tmp_path / "map.json", "--out", tmp_path / "map.yaml")
    assert done.exit_code == 2 and "--format" in done.stderr
    done = call("import", tmp_path / "map.json", "--format", "kumu", "--out", tmp_path / "map.yaml")
    assert done.exit_code == 0 and done.stdout.count("assumed") == 2
    assert call("import", tmp_path / "none.mdl").exit_code == 2


def test_export_by_the_name_of_the_file(causal: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.json", "a.yaml"):
        assert call("export", causal, "--out", tmp_path / name).exit_code == 0
        assert load(tmp_path / name) == load(causal)
    assert len(printed("export", causal, "--out", tmp_path / "a.xmile")["unsupported"]) == 6
    assert call("export", causal, "--out", tmp_path / "a.xmile").exit_code == 2


def test_the_schema_is_printed_or_written(tmp_path: Path) -> None:
    assert json.loads(call("schema").stdout)["title"] == "meguru causal model"
    assert call("schema", "--out", tmp_path / "causal.schema.json").exit_code == 0
    assert (tmp_path / "causal.schema.json").read_text(encoding="utf-8") == call("schema").stdout


def test_a_report_of_the_futures_before_is_told(causal: Path, tmp_path: Path) -> None:
    assert "write it again" not in call("run", causal, "--out", tmp_path / "out").stderr
    (tmp_path / "out" / "report.html").write_text("old", encoding="utf-8")
    done = call("run", causal, "--out", tmp_path / "out")
    told = " ".join(done.stderr.split())
    assert "report.html tells of the futures that were there before: write it again" in told


def test_run_says_itself_that_a_model_runs_away(causal: Path) -> None:
    text = WHOLE.replace("price: {role: driver", "boom: {}\n  price: {role: driver")
    loop = "edges:\n  - {from: boom, to: boom, strength: 0.5, reference: 1}\n"
    causal.write_text(text.replace("edges:\n", loop), encoding="utf-8")
    assert "may run away" in call("run", causal).stdout


def test_a_warning_of_a_workbook_names_sheet_and_cell(causal: Path, tmp_path: Path) -> None:
    causal.write_text(WHOLE.replace("strength: 0.02", "strength: 0"), encoding="utf-8")
    save(load(causal), tmp_path / "book.xlsx")
    done = call("check", tmp_path / "book.xlsx")
    assert re.search(r"edges![A-Z]+[0-9]+ +strength 0", done.stdout)


def test_a_run_does_not_wait_for_what_it_does_not_need() -> None:
    code = (
        "import atexit, sys; from meguru.cli import main; "
        "slow = {'pandas', 'openpyxl', 'xarray'}; "
        "atexit.register(lambda: print(slow & set(sys.modules), file=sys.stderr)); "
        "main(['foresight', 'run', 'foresight-synthetic', '-n', '8'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "set()"
