"""The command line: what is printed, what is written, how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sketches import SMALL

import meguru
from meguru.cli import main
from meguru.cli.main import COMMANDS
from meguru.cli.models import find_model
from meguru.cli.new import TEMPLATE
from meguru.cli.screen import COMPILING, _lines, number
from meguru.cli.values import some_years
from meguru.examples import example_names
from meguru.model.read import parse

SOURCE = Path(__file__).parents[1] / "src"
PUMP = TEMPLATE.read_text(encoding="utf-8").replace(
    "measures: [take_back]}",
    "measures: [take_back], targets: {saved: 133 t_CO2e/year, in_use: 120651 piece}}",
)
ESCAPE = "\x1b["


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def printed(*arguments: object) -> Any:
    """What a command prints with --json."""
    done = call(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def started(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """A real process."""
    command = [sys.executable, "-m", "meguru", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), **more.pop("env", {})}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **more)


@pytest.fixture
def pump(tmp_path: Path) -> Path:
    path = tmp_path / "model.yaml"
    path.write_text(PUMP, encoding="utf-8")
    return path


def test_the_version_comes_without_anything_heavy() -> None:
    look = (
        "import sys\nfrom meguru.cli import main\ntry:\n    main(['--version'])\nexcept SystemExit: pass\n"
        "print(*sorted({'numpy', 'pandas', 'xarray', 'numba', 'pint', 'rich', 'scipy'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [f"meguru {meguru.__version__}", ""]


def test_help_lists_the_commands_and_the_exit_codes() -> None:
    shown = call("--help").stdout
    assert call().stdout == shown
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", shown, re.MULTILINE)
    for code in (0, 1, 2, 3, 130):
        assert re.search(rf"^    {code}  \w", shown, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_examples_that_name_known_options(name: str) -> None:
    done = call(name, "--help")
    assert done.exit_code == 0
    examples = re.findall(rf"^    (?:meguru )({name}\b.*)$", done.stdout, re.MULTILINE)
    assert examples
    options = done.stdout.partition("Options:")[2]
    below = re.findall(r"^  ([a-z-]+)  ", options.partition("Commands:")[2], re.MULTILINE)
    options += "".join(call(name, inner, "--help").stdout for inner in below)
    for option in re.findall(r"--[a-z-]+", " ".join(examples)):
        assert option in options
    assert all(len(line) <= 100 for line in [*done.stdout.splitlines(), *options.splitlines()])


def test_the_file_and_the_name_of_an_example_and_a_workbook_are_one(tmp_path: Path) -> None:
    from meguru.examples import example_path

    assert call("export", "motor", "--out", tmp_path / "motor.xlsx").exit_code == 0
    assert call("import", tmp_path / "motor.xlsx").exit_code == 0
    path = example_path("motor")
    ways = ("motor", path, path.parent, tmp_path / "motor.xlsx", tmp_path / "motor.yaml")
    same = [printed("check", one) for one in ways]
    assert same == [same[0]] * 5
    assert same[0] == {"model": "motor", "ok": True, "faults": [], "warnings": [], "without_factor": []}
    assert meguru.load(tmp_path / "motor.yaml") == meguru.example("motor")


def test_a_run_shows_its_indicators_and_writes_its_results(pump: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    done = call("run", pump, "--scenario", "take-back", "--out", out, "--format", "csv")
    assert done.exit_code == 0, done.output
    assert re.search(r"^my-product +take-back$", done.stdout, re.MULTILINE)
    assert re.search(r"^CO2 saved .* t_CO2e/year +133 [✓✗] *$", done.stdout, re.MULTILINE)
    assert re.search(r"^pumps in use .* piece +120,651 ✓ *$", done.stdout, re.MULTILINE)
    assert "balances close within" in done.stdout
    assert ESCAPE not in done.output
    assert (out / "take-back.nc").is_file()
    assert (out / "take-back" / "flows.csv").read_text(encoding="utf-8").startswith("time,")
    assert not [path for path in out.rglob("*") if path.name.endswith(".part")]


def test_tables_of_an_earlier_run_in_another_format_are_taken_away(pump: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results" / "today"
    for form in ("csv", "xlsx", "parquet"):
        done = printed("run", pump, "--scenario", "today", "--out", tmp_path / "results", "--format", form)
        (folder / "notes.csv").write_text("of a person", encoding="utf-8")
        tables = {Path(path) for path in done["files"] if Path(path).parent == folder}
        assert {path.suffix for path in tables} == {f".{form}"} | ({".json"} if form != "xlsx" else set())
        assert set(folder.iterdir()) == {*tables, folder / "notes.csv"}


def test_a_run_that_stops_while_it_writes_leaves_nothing_of_two_runs(
    pump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meguru.engine import Result

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "results"
    assert call("run", pump, "--scenario", "today", "--out", out, "--format", "csv").exit_code == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    monkeypatch.setattr(Result, "save", full_disk)
    done = call("run", pump, "--scenario", "today", "--out", out, "--samples", "2", "--format", "csv")
    assert done.exit_code == 3 and "No space left on device" in done.stderr
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_what_run_prints_as_json_is_what_python_gives(pump: Path) -> None:
    from meguru.indicators import evaluate

    data = printed("run", pump, "--scenario", "take-back")
    model = meguru.load(pump)
    table = evaluate(meguru.run(model, scenario="take-back"))
    assert [row["value"] for row in data["indicators"]] == pytest.approx(
        [float(value) for value in table["value"]]
    )
    assert data["scenario"] == "take-back"
    assert data["provenance"]["version"] == meguru.__version__
    assert data["balance"] < 1e-9


def test_scenarios_stand_beside_their_published_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")  # wide enough for all scenarios in one table
    done = call("compare", "compressor-magnet", "--out", tmp_path / "report.html")
    assert done.exit_code == 0, done.output
    line = next(line for line in done.stdout.splitlines() if line.startswith("CO2 reduction"))
    assert re.sub(" +", " ", line).split("t_CO2e/year")[1].split() == [
        "0",
        "0",
        "✓",
        "72.02",
        "72",
        "✓",
        "520.7",
        "521",
        "✓",
    ]
    assert done.stdout.count("✓") == 15
    assert "✗" not in done.stdout
    assert (
        (tmp_path / "report.html").read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html")
    )


def test_a_published_value_that_does_not_come_out_is_marked(tmp_path: Path) -> None:
    from meguru.examples import example_path

    text = example_path("atm-parts").read_text(encoding="utf-8")
    assert "co2_change: 40 t" in text
    (tmp_path / "model.yaml").write_text(
        text.replace("co2_change: 40 t", "co2_change: 41 t"), encoding="utf-8"
    )
    done = call("compare", tmp_path, "-s", "today")
    assert done.exit_code == 0
    assert (done.stdout.count("✗"), done.stdout.count("✓")) == (1, 2)


def test_a_table_too_wide_is_cut_between_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = call("run", "cars").stdout  # fewer years
    assert all(len(line.rstrip()) <= 80 for line in shown.splitlines())
    assert re.search(r"^indicator +2005 .*2017 +unit +published$", shown, re.MULTILINE)
    shown = call("compare", "atm-parts").stdout
    assert all(len(line.rstrip()) <= 80 for line in shown.splitlines())
    assert shown.count("indicator, 2030") > 1
    for name in meguru.example("atm-parts").scenarios:
        assert len(re.findall(rf"indicator, 2030.* {re.escape(name)}(?: |$)", shown, re.MULTILINE)) == 1


def test_samples_show_their_range_and_depend_on_the_seed_only(tmp_path: Path) -> None:
    text = PUMP.replace("return_rate: 30 %", "return_rate: {distribution: uniform, low: 20 %, high: 40 %}", 1)
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    rows = [printed("run", tmp_path, "--samples", 20, "--seed", seed)["indicators"] for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]
    last = next(row for row in rows[0] if row["indicator"] == "virgin" and row["year"] == 2040)
    assert last["p05"] < last["value"] < last["p95"]
    shown = call("run", tmp_path, "--samples", 20)
    assert "5 % – 95 %, 2040" in shown.stdout
    assert "20 samples, seed 0" in shown.stdout


def test_a_comparison_of_samples_shows_their_number_and_ranges(tmp_path: Path) -> None:
    text = PUMP.replace("return_rate: 30 %", "return_rate: {distribution: uniform, low: 20 %, high: 40 %}", 1)
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    shown = call("compare", tmp_path, "--samples", 20, "--seed", 3).stdout
    assert "20 samples, seed 3, balances close" in shown
    assert "indicator, 2040, mean of samples" in shown
    table = meguru.evaluate(meguru.compare(meguru.load(tmp_path / "model.yaml"), samples=20, seed=3))
    rows = table[(table["indicator"] == "virgin") & (table["year"] == 2040)]
    assert len(rows) == 2
    for low, mean, high in rows[["p05", "value", "p95"]].to_numpy(dtype=float):
        assert re.search(rf"{re.escape(number(mean))} +{re.escape(f'{number(low)} … {number(high)}')}", shown)
    assert "alike" not in shown


def test_samples_of_nothing_uncertain_are_said_to_be_alike(pump: Path) -> None:
    for command in ("run", "compare"):
        assert "nothing in the model is uncertain" in call(command, pump, "--samples", 5).stdout
        assert "uncertain" not in call(command, pump).stdout


def test_samples_of_individuals_differ_by_chance(pump: Path) -> None:
    text = pump.read_text(encoding="utf-8")
    small = re.sub(r"[\d,.]+ piece/year", "20 piece/year", text)
    pump.write_text(small, encoding="utf-8")
    shown = call("run", pump, "--samples", 5, "--engine", "items").stdout
    assert "5 samples" in shown and "uncertain" not in shown
    for samples, kind in ((None, "one sample by chance"), (3, "means of 3 samples")):
        page = pump.parent / "page.html"
        meguru.write_report(meguru.run(meguru.load(pump), engine="items", samples=samples), page)
        written = page.read_text(encoding="utf-8")
        assert kind in written and "all alike" not in written and "expected values" not in written


def test_warnings_are_shown_and_leave_the_model_fit_to_be_run(pump: Path) -> None:
    pump.write_text(PUMP.replace("parameters:\n", "parameters:\n  spare: 3 kg\n"), encoding="utf-8")
    done = call("check", pump)
    assert done.exit_code == 0
    assert re.search(
        r"^warning: .*model.yaml:\d+: parameters.spare: no formula refers", done.stdout, re.MULTILINE
    )
    assert re.search(r"^✓ my-product .*, 1 warning$", done.stdout, re.MULTILINE)
    data = printed("check", pump)
    assert data["ok"] and data["faults"] == []
    assert [(one["kind"], one["place"]) for one in data["warnings"]] == [("ModelWarning", "parameters.spare")]


def test_saved_results_become_a_report(pump: Path, tmp_path: Path) -> None:
    for name in ("take-back", "today"):
        assert call("run", pump, "-s", name, "-o", tmp_path / "results").exit_code == 0
    done = call("report", tmp_path / "results")
    assert done.exit_code == 0, done.output
    page = (tmp_path / "results" / "report.html").read_text(encoding="utf-8")
    assert "take-back" in page
    assert "today" in page
    # One alone, whose indicators are compared with the reference.
    alone = (
        "report",
        tmp_path / "results" / "take-back.nc",
        "--out",
        tmp_path / "one.html",
        "--language",
        "ja",
    )
    assert call(*alone).exit_code == 0, call(*alone).output
    assert (tmp_path / "one.html").is_file()
    assert call("report", tmp_path, "--json").exit_code == 2


@pytest.mark.parametrize(
    ("found", "becomes", "kind", "place"),
    [
        ("kind: recycle\n", "kind: recycel\n", "UnknownNameError", "processes.recycle.kind"),
        (
            "returned: = return_rate, lost: rest",
            "returned: 40 %, lost: 70 %",
            "ShareError",
            "processes.collect.split",
        ),
        ("unit: t/year}", "unit: JPY}", "DimensionError", "indicators.virgin"),
    ],
)
def test_a_fault_in_the_model_ends_with_one(
    found: str, becomes: str, kind: str, place: str, pump: Path
) -> None:
    assert found in PUMP
    pump.write_text(PUMP.replace(found, becomes), encoding="utf-8")
    line = next(
        number
        for number, text in enumerate(pump.read_text("utf-8").splitlines(), 1)
        if becomes.strip() in text
    )
    for command in ("check", "run"):
        done = call(command, pump)
        assert done.exit_code == 1
        assert f"{kind}: {pump}:{line}: {place}" in done.output
        assert "Traceback" not in done.output
    data = json.loads(call("check", pump, "--json").stdout)
    (error,) = data["faults"]
    assert (error["kind"], error["file"], error["line"]) == (kind, str(pump), line)
    assert error["place"].startswith(place)


def test_check_lists_every_fault_at_once(pump: Path) -> None:
    text = PUMP.replace("steel: 95 %", "steel: 95 kg").replace("scale: 12 year", "scale: 12 m")
    pump.write_text(text, encoding="utf-8")
    data = json.loads(call("check", pump, "--json").stdout)
    assert {one["place"] for one in data["faults"]} == {
        "processes.recycle.yield.steel",
        "processes.use.leave.worn.scale",
    }
    assert "2 faults" in call("check", pump).stdout


def test_a_run_that_can_not_be_ends_with_three(pump: Path) -> None:
    falling = "stock: {values: {2000: 100000, 2025: 100000, 2026: 1}, unit: piece, beyond: hold}"
    text = re.sub(r"sales: \{values.*", falling, PUMP)
    pump.write_text(text, encoding="utf-8")
    done = call("run", pump, "--json")
    data = json.loads(done.stdout)
    assert (done.exit_code, data["exit_code"], data["error"]["kind"]) == (3, 3, "StockError")


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (("chekc", "motor"), "Did you mean 'check'"),
        (("check", "motr"), "Did you mean 'motor'"),
        (("check", "gone/motor/model.yaml"), "Did you mean the example 'motor'"),
        (("run", "compressor-magnet", "-s", "conventionel"), "Did you mean 'conventional'"),
        (("run", "motor", "--samples", "0"), "--samples"),
        (("run",), "MODEL"),
        (("import", "gone.xlsx"), "gone.xlsx"),
        (("report", "gone.nc"), "gone.nc"),
        (("examples", "copy", "motr"), "Did you mean 'motor'"),
        (("run", "motor", "--format", "xls"), "xls"),
    ],
)
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...], about: str) -> None:
    done = call(*arguments)
    assert done.exit_code == 2
    assert about in done.output
    data = json.loads(call(*arguments, "--json").stdout)
    assert data["exit_code"] == 2
    assert about in data["error"]["message"] or about == "MODEL"


def test_a_file_that_can_not_be_written_ends_with_three(pump: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = call("run", pump, "--out", tmp_path / "taken" / "results")
    assert (done.exit_code, "WriteError" in done.output) == (3, True)


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    for command in (
        ("new", tmp_path / "new"),
        ("examples", "copy", "motor", tmp_path / "motor"),
        ("export", "motor", "-o", tmp_path / "m.xlsx"),
    ):
        assert call(*command).exit_code == 0
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        assert call(*command).exit_code == 2
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert call("export", "motor", "-o", tmp_path / "m.xlsx", "--force").exit_code == 0


def test_a_new_model_is_whole_and_explained(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert call("new", tmp_path / "pump", "--name", "my: pump").exit_code == 0
    model = meguru.load(tmp_path / "pump" / "model.yaml")
    assert model.name == "my: pump"
    assert printed("check", tmp_path / "pump")["ok"]
    rows = printed("compare", tmp_path / "pump")["indicators"]
    saved = {(row["scenario"], row["year"]): row["value"] for row in rows if row["indicator"] == "saved"}
    assert saved["today", 2040] == 0 < saved["take-back", 2040]
    assert saved["take-back", 2025] == 0  # the measure holds from 2028
    text = (tmp_path / "pump" / "model.yaml").read_text(encoding="utf-8")
    assert text.count("#") > 15
    schema = json.loads((tmp_path / "pump" / "meguru.schema.json").read_text(encoding="utf-8"))
    assert "$schema=meguru.schema.json" in text
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema == json.loads(call("schema").stdout)


def test_examples_are_listed_and_copied(tmp_path: Path) -> None:
    listed = printed("examples")["examples"]
    names = [*example_names(), *example_names("causal.yaml")]
    assert [one["name"] for one in listed] == names and "foresight-synthetic" in names
    assert {one["kind"] for one in listed} == {"life cycle", "causal model"}
    shown = call("examples").stdout
    assert all(name in shown for name in names)
    assert shown == call("examples", "list").stdout
    assert call("examples", "copy", "pv-modules", tmp_path / "pv").exit_code == 0
    assert meguru.load(tmp_path / "pv" / "model.yaml") == meguru.example("pv-modules")
    assert (tmp_path / "pv" / "build.py").is_file()
    copied = printed("examples", "copy", "foresight-small", tmp_path / "small")
    assert copied == {"files": [str(tmp_path / "small" / "causal.yaml")]}
    assert {path.name for path in tmp_path.iterdir()} == {"pv", "small"}


def test_the_demo_shows_the_published_cases_and_writes_reports(tmp_path: Path) -> None:
    done = call("demo", "--out", tmp_path / "demo")
    assert done.exit_code == 0, done.output
    assert "24 of 24 published values come out" in done.stdout
    assert "✗" not in done.stdout
    for name in ("compressor-magnet", "atm-parts", "pv-modules"):
        assert str(tmp_path / "demo" / f"{name}.html") in done.stdout
        assert (tmp_path / "demo" / f"{name}.html").stat().st_size > 10_000


def test_labels_follow_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "再生レアアース使用率" in call("compare", "compressor-magnet").stdout
    monkeypatch.setenv("LC_ALL", "C")
    assert "recycled rare earth use rate" in call("compare", "compressor-magnet").stdout


def test_the_first_run_tells_why_it_takes_longer(monkeypatch: pytest.MonkeyPatch, pump: Path) -> None:
    for compiled in (True, False):
        monkeypatch.setattr("meguru.engine.compiled.is_compiled", lambda known=compiled: known)
        done = call("run", pump, "--json")
        assert (COMPILING in done.stderr) is not compiled
        json.loads(done.stdout)
    for fails in (
        ("suggest", "motor"),
        ("run", pump, "--scenario", "none"),
        ("break-even", pump, "no", "no"),
    ):
        assert COMPILING not in call(*fails).stderr


def test_a_long_run_says_in_a_log_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter((0.0, 1.0, 25.0, 25.0, 30.0, 90.0, 90.0, 200.0))
    advance = _lines("running", lambda: next(times))
    for done in (100, 2000, 2500, 7000, 9000):
        advance(done, 9000)
    assert capsys.readouterr().err.splitlines() == ["running: 2,000 of 9,000", "running: 7,000 of 9,000"]


def test_numbers_are_short_and_never_nan() -> None:
    assert [number(value) for value in (0.0, -0.0, 1.0, 123.456, -61.38, 1234.5, 1.2345e10, 1e-5)] == [
        "0", "0", "1", "123.5", "-61.38", "1,234", "1.234e+10", "1e-05",
    ]  # fmt: skip
    assert number(float("nan")) == number(float("inf")) == number(None) == "undefined"
    assert some_years(range(2000, 2051)) == [2000, 2017, 2033, 2050]
    assert some_years([2020, 2021]) == [2020, 2021]


def on_terminal(*arguments: object, **environment: str) -> str:
    """What a process prints on a terminal."""
    control, terminal = pty.openpty()
    settings = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    settings |= {"PYTHONPATH": str(SOURCE), "TERM": "xterm-256color", "COLUMNS": "100", **environment}
    command = [sys.executable, "-m", "meguru", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=terminal, stderr=terminal, stdin=terminal, env=settings)
    os.close(terminal)
    read = b""
    while True:
        try:
            block = os.read(control, 65536)
        except OSError:  # the terminal is closed
            break
        if not block:
            break
        read += block
    os.close(control)
    process.wait()
    return read.decode("utf-8")


def test_colours_are_for_terminals_and_can_be_left_out(pump: Path) -> None:
    pump.write_text("name: [", encoding="utf-8")
    coloured = re.compile(r"\x1b\[[0-9;]*3[0-9]m")
    assert coloured.search(on_terminal("run", pump))
    assert not coloured.search(on_terminal("run", pump, NO_COLOR="1"))
    piped = started("run", pump, env={"TERM": "xterm-256color"})
    assert "NotReadableError" in piped.stderr
    assert ESCAPE not in piped.stderr


def test_exit_codes_of_real_processes(pump: Path) -> None:
    assert started("--version").stdout == f"meguru {meguru.__version__}\n"
    assert started("check", pump).returncode == 0
    pump.write_text(PUMP.replace("kind: sort", "kind: srot"), encoding="utf-8")
    failed = started("check", pump, "--json")
    assert (failed.returncode, json.loads(failed.stdout)["faults"][0]["kind"]) == (1, "UnknownNameError")
    assert started("check", pump.parent / "gone.yaml").returncode == 2


HALTING = """
import os, sys, time

def halt(*_):
    print("writing", flush=True)
    time.sleep(60)

if sys.argv[1] == "netcdf":  # the file is open, and holds the models
    import h5netcdf
    h5netcdf.File.create_group = halt
else:
    os.fsync = halt
from meguru.cli import main
main(sys.argv[2:])
"""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "csv"], "--out FOLDER"),
        (["--seed", "-1"], "-1 is not in the range"),
        (["--samples", "99999999999999999999"], "is not in the range"),
    ],
)
def test_options_that_can_not_be_meant_are_wrong_usage(options: list[str], says: str, pump: Path) -> None:
    done = call("run", pump, *options)
    assert done.exit_code == 2 and says in " ".join(done.stderr.split())


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Python started as from a terminal: Ctrl-C reaches it, also where the tests themselves ignore it; it
    never outlives the test.
    """
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("where", "how"),
    [
        ("netcdf", signal.SIGTERM),
        ("netcdf", signal.SIGINT),
        ("netcdf", signal.SIGKILL),
        ("report", signal.SIGTERM),
        ("workbook", signal.SIGINT),
        ("model", signal.SIGKILL),
    ],
)
def test_an_interrupted_command_leaves_no_half_written_file(
    where: str, how: signal.Signals, pump: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    old = {"netcdf": "today.nc", "report": "report.html", "workbook": "model.xlsx", "model": "model.yaml"}[
        where
    ]
    (out / old).write_text("old", encoding="utf-8")
    from meguru.model.excel import export_excel

    export_excel(parse(SMALL), tmp_path / "given.xlsx")
    command = {
        "netcdf": ["run", pump, "--out", out],
        "report": ["compare", pump, "--out", out / old],
        "workbook": ["export", pump, "--out", out / old, "--force"],
        "model": ["import", tmp_path / "given.xlsx", "--out", out / old, "--force"],
    }[where]
    with running("-c", HALTING, where, *map(str, command)) as process:
        assert process.stdout is not None
        begun = "writing\n" in iter(process.stdout.readline, "")
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
    assert begun, said
    left = {path.name for path in out.iterdir()}
    assert (out / old).read_text(encoding="utf-8") == "old"
    if how is signal.SIGKILL:  # nobody can tidy up; what is left is hidden and never taken for a result
        assert {name for name in left if not name.startswith(".")} == {old}
    else:
        assert (left, process.returncode) == ({old}, 130)
        assert "interrupted" in said
        assert "Traceback" not in said


SWALLOWING = """
import sys
import meguru
from meguru.cli import main

compiler = {"__name__": "numba.core.of_a_test"}
exec('''
def compile_for_ever(*_, **__):
    import time
    while True:
        try:
            print("compiling", flush=True)
            time.sleep(60)
        except BaseException:  # as in a call back from C
            pass
''', compiler)
meguru.run = compiler["compile_for_ever"]
main(sys.argv[1:])
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_compiler_that_swallows_exceptions_is_left_at_once(how: signal.Signals, pump: Path) -> None:
    with running("-c", SWALLOWING, "run", str(pump)) as process:
        assert process.stdout is not None
        assert "compiling\n" in iter(process.stdout.readline, "")
        process.send_signal(how)
        more, said = process.communicate(timeout=60)
    assert (more, process.returncode) == ("", 130)
    assert said.endswith("interrupted; no half-written file was left\n")


def test_a_closed_pipe_ends_quietly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "meguru", "schema"],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_folder_without_a_model_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match=r"a folder without a model.yaml. It holds no model file"):
        find_model(str(tmp_path))
    (tmp_path / "lamp.yaml").write_text("meguru: 1\n", encoding="utf-8")
    with pytest.raises(click.UsageError, match=r"It holds lamp.yaml: name one"):
        find_model(str(tmp_path))
