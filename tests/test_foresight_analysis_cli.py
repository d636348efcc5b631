"""The commands on an analysis: done once, kept beside the futures, shown and written from there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from planted import gate

from meguru.cli import main
from meguru.foresight import Intervention, save
from meguru.foresight.analysis import Analysis, Axis, Choices, analyse, analysis_of, driving_forces
from meguru.foresight.analysis.origin import made_by
from meguru.foresight.futures_files import load_futures
from meguru.foresight.telling import tell
from meguru.version import __version__

SHOWN = ("groups", "branches", "conditions", "report")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["foresight", *(str(one) for one in arguments)])


def printed(*arguments: object) -> Any:
    """What a command prints with --json."""
    return json.loads(call(*arguments, "--json").stdout)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Futures with their analysis, from the command line alone."""
    folder = tmp_path_factory.mktemp("gate")
    model = gate()
    model.settings["driving_forces"] = [
        {"node": "lever", "year": 2030},
        {"node": "echo", "year": 2040, "cut": 0.3},
    ]
    save(model, folder / "causal.yaml")
    assert call("run", folder, "--scenarios", 700, "--seed", 3, "--out", folder / "out").exit_code == 0
    done = call("groups", folder / "out")
    assert done.exit_code == 0 and "analysing the futures" in done.stderr
    return folder / "out"


@pytest.fixture
def no_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it was kept")

    monkeypatch.setattr("meguru.foresight.analysis.kept.analyse", refuse)


def kept(results: Path) -> Analysis:
    return Analysis.from_json((results / "analysis.json").read_text(encoding="utf-8"))


@pytest.mark.usefixtures("no_analysis")
def test_no_command_analyses_again_what_is_kept(results: Path, tmp_path: Path) -> None:
    for name in SHOWN:
        out = ["--out", tmp_path / "a.html"] if name == "report" else []
        assert call(name, results, *out).exit_code == 0
    assert call("axes", results).exit_code == 0


def test_groups_branches_and_conditions_print_what_python_gives(results: Path) -> None:
    found = kept(results)
    futures = load_futures(results / "futures.nc")
    assert analyse(futures).to_json() == found.to_json()
    groups = printed("groups", results)
    assert [one["share"] for one in groups["groups"]] == list(found.groups.share)
    assert groups["evidence"]["proposed"] == found.groups.evidence.proposed == 2
    assert groups["groups"][1]["marks"]["circulation"]["mark"] == "◎"
    (split,) = printed("branches", results)["splits"]
    assert split["branch"]["year"] == found.branches[0].year
    assert split["drivers"]["nodes"][0]["node"] == "lever"
    conditions = printed("conditions", results, "--group", "b")
    assert [one["group"] for one in conditions["conditions"]] == ["B"]
    assert {tuple(one["about"]) for one in conditions["sentences"]} == {("B",)}
    told = {part: printed(part, results)["sentences"] for part in ("groups", "branches", "conditions")}
    assert [one["text"] for many in told.values() for one in many] == [
        one.text for one in tell(futures, found)
    ]
    assert all("authors" in one["evidence"] for many in told.values() for one in many)


@pytest.mark.usefixtures("no_analysis")
def test_tables_and_sentences_stand_on_the_screen(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    screen = {name: call(name, results).stdout for name in ("groups", "branches", "conditions", "axes")}
    assert (
        "700 futures, seed 3; 2 groups, found" in screen["groups"] and "proposed, shown" in screen["groups"]
    )
    assert "A | B" in screen["branches"] and "what decides between A and B" in screen["branches"]
    assert "at least 0.6" in screen["conditions"] and "cause" in screen["conditions"]
    assert "Cramér's V" in screen["axes"] and "high" in screen["axes"]
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "梃子" in call("branches", results).stdout and "再使用" in call("conditions", results).stdout
    assert "グループA" in call("groups", results).stdout


@pytest.mark.usefixtures("no_analysis")
def test_axes_by_the_model_or_by_the_person(results: Path) -> None:
    assert printed("axes", results)["first"] == {"node": "lever", "year": 2030.0, "cut": kept_cut(results)}
    asked = printed("axes", results, "--by", "lever@2030:0.6", "--by", "echo@2050")
    futures = load_futures(results / "futures.nc")
    wanted = driving_forces(futures, kept(results).groups, Axis("lever", 2030, 0.6), Axis("echo", 2050))
    assert asked["counts"] == [list(row) for row in wanted.counts]
    for given, says in (
        (["--by", "lever@2030"], "give --by twice"),
        (["--by", "lever", "--by", "echo@2050"], "NODE@YEAR"),
        (["--by", "lever@20.30.1", "--by", "echo@2050"], "NODE@YEAR"),
    ):
        done = call("axes", results, *given)
        assert done.exit_code == 2 and says in done.stderr
    empty = call("axes", results, "--by", "lever@2030:9", "--by", "echo@2050").stdout
    assert "2 of the four have no futures" in empty
    done = call("axes", results, "--by", "levr@2030", "--by", "echo@2050")
    assert done.exit_code == 1 and "Did you mean 'lever'?" in done.stderr


def kept_cut(results: Path) -> float | None:
    forces = kept(results).driving_forces
    return forces.first.cut if forces else None


def copied(results: Path, folder: Path) -> Path:
    folder.mkdir()
    for name in ("futures.nc", "analysis.json"):
        (folder / name).write_bytes((results / name).read_bytes())
    return folder


def test_other_choices_or_other_futures_are_analysed_again(results: Path, tmp_path: Path) -> None:
    folder = copied(results, tmp_path / "out")
    assert "3 groups, asked for" in call("groups", folder, "--count", 3).stdout
    assert len(kept(folder).groups.codes) == 3
    assert "3 groups" in call("groups", folder).stdout  # the choices kept hold until others are asked for
    futures = load_futures(folder / "futures.nc")
    futures.again(members=range(400)).save(folder / "futures.nc")
    done = call("groups", folder)
    assert "analysing" in done.stderr and "of other futures: done again" in done.stderr
    assert "400 futures" in done.stdout and "3 groups, asked for" in done.stdout  # … also for other futures
    futures.again(members=range(300, 700)).save(folder / "futures.nc")  # as many, but others
    assert "analysing" in call("groups", folder).stderr and "analysing" not in call("groups", folder).stderr
    forced = futures.again([Intervention("lever", 2030, "hold", 0.9)], members=range(300, 700))
    forced.save(folder / "futures.nc")  # the same, but forced
    assert analysis_of(folder).why == "futures"


def test_what_is_chosen_later_leaves_what_was_chosen_before(results: Path, tmp_path: Path) -> None:
    folder = copied(results, tmp_path / "out")
    assert analysis_of(folder, {"seed": 4, "split_nulls": 19, "nulls": 19, "largest": 3}).why == "choices"
    done = call("groups", folder, "--count", 3)
    assert "of other choices: done again" in done.stderr
    choices = kept(folder).choices
    assert (choices.count, choices.seed, choices.split_nulls) == (3, 4, 19)
    assert call("groups", folder, "--anew").exit_code == 0
    assert kept(folder).choices == Choices()


def test_an_analysis_by_other_code_or_that_can_not_be_read_is_done_again(
    results: Path, tmp_path: Path
) -> None:
    folder = copied(results, tmp_path / "out")
    quick = {"seed": 4, "split_nulls": 19, "nulls": 19, "largest": 3}
    found = analysis_of(folder, quick).analysis
    assert found.made_by == made_by() and __version__ in found.made_by
    path = folder / "analysis.json"
    whole = json.loads(path.read_bytes())
    old = {**whole, "made_by": "meguru 0.0.1, code 0123"}
    path.write_text(json.dumps(old | {"groups": "as they were then"}), encoding="utf-8")
    done = call("groups", folder)
    assert done.exit_code == 0 and "made by other code (meguru 0.0.1, code 0123): done again" in done.stderr
    assert path.read_text(encoding="utf-8") == found.to_json()  # by the same choices
    for text, choices in (
        (b"{", Choices()),
        (b"[]", Choices()),
        (b'{"groups": 1}', Choices()),
        (b"\xe9", Choices()),
        (json.dumps({**whole, "branches": 1}).encode(), found.choices),
        (json.dumps({"choices": whole["choices"]}).encode(), found.choices),
    ):
        path.write_bytes(text)
        again = analysis_of(folder) if choices == found.choices else analysis_of(folder, quick)
        assert (again.why, again.analysis.choices) == ("unreadable", found.choices)
        assert analysis_of(folder).why == ""
    path.write_bytes(b"{")
    assert "could not be read: done again" in call("branches", folder, "--count", 2).stderr


def test_the_report_is_written_where_it_is_asked_for(results: Path, tmp_path: Path) -> None:
    assert printed("report", results) == {"model": "gate", "files": [str(results / "report.html")]}
    path = tmp_path / "new" / "futures.html"
    done = call("report", results, "--out", path, "--language", "ja")
    assert done.exit_code == 0 and '<html lang="ja"' in path.read_text(encoding="utf-8")
    done = call("report", results, "--out", tmp_path / "causal.yaml")
    assert done.exit_code == 2 and ".html or .htm" in done.stderr


def test_what_can_not_be_shown_says_what_to_do(results: Path, tmp_path: Path) -> None:
    done = call("groups", tmp_path)
    assert done.exit_code == 1 and "meguru foresight run MODEL --out" in done.stderr
    assert call("groups", tmp_path / "none").exit_code == 2
    done = call("conditions", results, "--group", "Z")
    assert done.exit_code == 2 and "There is no group 'Z'; there are A, B." in done.stderr
    folder = copied(results, tmp_path / "out")
    (folder / "analysis.json").unlink()
    (folder / "analysis.json").mkdir()
    done = call("branches", folder)
    assert done.exit_code != 0 and "analysis.json" in done.stderr


def test_an_analysis_that_is_broken_off_leaves_nothing(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(results, tmp_path / "out")
    (folder / "analysis.json").unlink()

    def interrupt(part: str) -> None:
        if part == "drivers":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analysis_of(folder, progress=interrupt)
    assert sorted(path.name for path in folder.iterdir()) == ["futures.nc"]
