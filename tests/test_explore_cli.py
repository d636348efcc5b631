"""Exploration on the command line and on the page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from reference_items import fleet_data
from uncertain_models import small_model

import meguru
from meguru.cli import main
from meguru.examples import example_path
from meguru.explore.proposals.suggest import suggest
from meguru.explore.searches.model_search import search_measures
from meguru.model import load
from meguru.model.read import from_data


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def printed(*arguments: object) -> Any:
    done = call(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_suggest_says_what_case_ii_says(tmp_path: Path) -> None:
    saved = tmp_path / "suggested.yaml"
    data = printed("suggest", "atm-parts", "--save", saved)
    assert [step["measure"] for step in data["orders"]["co2_change"]] == ["more_parts", "more_collection"]
    (zero,) = [one for one in data["zeros"] if one["indicator"] == "co2_change"]
    assert zero["at"] == pytest.approx(4.018, abs=0.001)
    collection = next(step for step in data["alone"] if step["measure"] == "more_collection")
    assert collection["from"]["values"]["co2_change"] < collection["to"]["values"]["co2_change"]
    again = printed("run", saved, "--scenario", "alone-more_collection")
    rows = [row for row in again["indicators"] if row["indicator"] == "co2_change"]
    assert rows[-1]["value"] == pytest.approx(collection["to"]["values"]["co2_change"], rel=1e-12)
    assert call("suggest", "atm-parts", "--save", saved).exit_code == 2  # what is there is not written over
    shown = call("suggest", "atm-parts", "--language", "ja").stdout
    assert "ATM回収率を60%から90%に上げると" in shown and "どの目標から見ても" in shown


def test_search_break_even_and_incentives() -> None:
    data = printed("search", "atm-parts", "-g", "co2_change", "-l", "economic_gain <= 20")
    (best,) = data["front"]
    assert data["tried"] == 1 + 121 and best["values"]["economic_gain"] <= 20
    shown = call("search", "atm-parts", "-g", "co2_change", "-g", "economic_gain:less").stdout
    assert "20 of 29 choices" in shown and "the collection rate 100 %" in " ".join(shown.split())
    root = printed("break-even", "atm-parts", "co2_change", "more_parts")["roots"]
    assert root == pytest.approx([4.017821794735])
    price = ("economic_gain", "routes.new_parts -> assemble.price", "--low", 0, "--high", 800)
    shown = call("break-even", "atm-parts", *price).stdout
    assert "does not change its sign" in shown and "all scenarios" in shown
    data = printed("incentives", "small-battery", "-m", "repair_subsidy")
    (paid,) = data["incentives"]["repair_subsidy"]["paid"]
    assert (paid["from"], paid["to"], paid["amount"]) == ("municipality", "repair_base", pytest.approx(6e6))
    assert "does not pay battery company" in call("incentives", "small-battery").stdout


def test_robust_and_parts() -> None:
    data = printed("robust", "refrigerators", "no3:more", "--samples", 50)
    assert data["best"]["mean"] == "ecodesign-coordinated"
    assert "the same for all" in call("robust", "refrigerators", "no3:more", "--samples", 20).stdout
    data = printed("parts", "mismatch", "atm-parts", "parts_4", "-s", "measure-2")
    assert data["rates"]["with_store"]["per_demand"] == pytest.approx(0.9)
    part = "parts_4 new=7500 recondition=1773 hours=0.2"
    plan = printed("parts", "recondition", "atm-parts", "-s", "measure-2", "-p", part, "--hours", 100)
    assert plan["used_hours"] == pytest.approx([100.0] * 7)
    assert plan["hour_worth"] == pytest.approx([(7500 - 1773) / 0.2] * 7)
    battery = ("parts", "take-back", "small-battery", "use_battery", "triage.second_use -> used_batteries")
    found = printed(*battery, "--segment", "kenji", "--service", 3000, "--new", 12000)
    assert found["best_age"] == pytest.approx(6.96, abs=0.05) and not found["at_the_end"]
    for more in (battery, ("parts", "mismatch", "atm-parts", "parts_4")):
        assert call(*more).exit_code == 0
    for wrong in ("parts_4 nwe=3", "parts_4 new=much"):
        assert call("parts", "recondition", "atm-parts", "-p", wrong).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("suggest", "atm-parts", "--year", "soon"), 2),
        (("suggest", "atm-parts", "--year", "2050"), 2),
        (("suggest", "motor"), 1),
        (("suggest", "atm-parts", "-g", "co3"), 2),
        (("suggest", "atm-parts", "-m", "reuse_5"), 2),
        (("search", "atm-parts", "-l", "co2_change"), 2),
        (("search", "atm-parts", "-l", "co3 <= 4"), 2),
        (("search", "atm-parts", "-l", "co2_change <= 4 kg"), 2),
        (("break-even", "atm-parts", "co3", "more_parts"), 2),
        (("break-even", "atm-parts", "co2_change", "routes.nowhere.price", "--low", 0, "--high", 1), 2),
        (("break-even", "atm-parts", "co2_change", "more_parts", "--low", "soon"), 2),
        (("break-even", "atm-parts", "co2_change", "more_parts", "--points", "1000000"), 2),
        (("robust", "refrigerators", "no33"), 2),
        (("robust", "refrigerators", "no3:more", "--samples", 4, "--year", 1900), 2),
        (("robust", "refrigerators", "no3:more", "--samples", 4, "--level", 2), 2),
        (("sensitivity", "refrigerators", "-i", "no33"), 2),
        (("sensitivity", "refrigerators", "--year", 2055), 2),
        (("sensitivity", "refrigerators", "--by", "sobol", "--samples", 300), 2),
        (("sensitivity", "refrigerators", "--by", "morris", "--trajectories", 10**9), 2),
        (("ensemble", "refrigerators", "--samples", 300, "--method", "sobol"), 2),
        (("parts", "mismatch", "atm-parts", "parts_44"), 2),
        (("parts", "recondition", "atm-parts", "-p", "parts_44 new=3"), 2),
        (("parts", "take-back", "small-battery", "use_batery", "triage.second_use -> used_batteries"), 2),
        (("parts", "take-back", "small-battery", "use_battery", "triage -> nowhere"), 2),
        (("search", "atm-parts", "-l", "co2_change <= -1000"), 3),
        (("break-even", "atm-parts", "co2_change", "more_part"), 2),
        (("incentives", "atm-parts"), 1),
        (("run", "motor", "--engine", "items", "--fleet", "nowhere.csv"), 2),
    ],
)
def test_slips_end_with_their_code(arguments: tuple[str, ...], code: int) -> None:
    done = call(*arguments)
    assert done.exit_code == code, done.output


def test_choices_are_told_in_japanese() -> None:
    done = call("search", "atm-parts", "-g", "co2_change", "-g", "economic_gain", "--language", "ja")
    for words in ("11水準とした総当たりで122通り", "CO2排出量の増減", "選択肢", "現状", "ATM回収率 100 %"):
        assert words in done.stdout, done.stdout
    assert not {"now", "measures", "choice", "from", "today"} & set(done.stdout.split())
    shown = call("break-even", "atm-parts", "co2_change", "more_parts", "--language", "ja").stdout
    assert "65点：0%で53.22" in shown and "「現状(" in shown and "scenario" not in shown


def test_a_page_of_choices_tells_method_and_limits_in_japanese(tmp_path: Path) -> None:
    found = search_measures(meguru.example("atm-parts"), ["co2_change"], limits=["economic_gain <= 20"])
    meguru.write_report(found, tmp_path / "page.html")
    japanese = re.findall(r'lang="ja">([^<]*)<', (tmp_path / "page.html").read_text(encoding="utf-8"))
    (method,) = [text for text in japanese if "通りを試しました" in text]
    assert "11水準" in method and not re.search("[a-z]", method)
    assert any(text.startswith("制約：バリューネットワークの経済効果 ≤ 20") for text in japanese)


def test_a_fault_in_the_file_stays_one_of_the_model(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    text = example_path("atm-parts").read_text(encoding="utf-8")
    path.write_text(text.replace("measures: [reuse_4]", "measures: [reuse_44]"), encoding="utf-8")
    assert call("suggest", path).exit_code == 1


def test_a_year_is_looked_at_before_anything_is_drawn(tmp_path: Path) -> None:
    for options in (("--year", 2055), ("--samples", 300, "--method", "sobol")):
        done = call("ensemble", "refrigerators", "--samples", 8, *options, "--out", tmp_path / "runs")
        assert done.exit_code == 2 and not (tmp_path / "runs").exists()
        assert "Did you mean" not in done.output


def test_measures_that_are_left_out_are_said_with_the_reason() -> None:
    shown = call("suggest", "atm-parts").stdout
    assert "Left out, as “more parts reused” can choose the same number: “reuse parts up to" in shown
    assert "Left out" in call("search", "atm-parts", "-g", "co2_change", "--language", "en").stdout
    data = printed("search", "atm-parts", "-g", "co2_change")
    assert data["left_out"]["reuse_4"] == ["more_parts"]
    named = ("suggest", "atm-parts", "-m", "reuse_4", "-m", "more_collection")
    assert "Left out" not in call(*named).stdout and printed(*named)["left_out"] == {}


def test_suggestions_in_japanese_have_no_english_words(tmp_path: Path) -> None:
    done = call("suggest", "atm-parts", "--language", "ja", "--out", tmp_path / "page.html")
    head, *lines = done.stdout.replace(str(tmp_path / "page.html"), "").splitlines()
    names = re.compile(r"atm-parts|today|ATM|CO2|CO₂e|t-|\bt\b|\[[^]]*\]")
    words = {word for line in (head, *lines) for word in re.findall("[A-Za-z]{2,}", names.sub("", line))}
    assert words == set()
    assert "「バリューネットワークの経済効果」が失う額" in done.stdout
    plain = call("suggest", "atm-parts", "-g", "co2_change").stdout
    assert "income less cost of all actors in the model loses for each unit" in plain
    shown = call("incentives", "small-battery", "-m", "repair_subsidy", "--language", "ja").stdout
    assert "収支の増減" in shown and "income" not in shown


def test_that_nothing_is_uncertain_is_said_by_all(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    text = example_path("atm-parts").read_text(encoding="utf-8")
    flat = "parameters:\n  flat: {distribution: normal, mean: 3, sd: 0, unit: kg}\n"
    path.write_text(text.replace("parameters:\n", flat, 1), encoding="utf-8")
    said = "nothing in the model is uncertain"
    goal = ("co2_change", "--samples", 20)
    for command in (
        ("run", path, "--samples", 5),
        ("ensemble", path, "--samples", 30),
        ("robust", path, *goal),
    ):
        assert said in call(*command).stdout, command
    assert printed("robust", path, *goal)["alike"] and printed("ensemble", path, "--samples", 30)["alike"]
    for way in (("--by", "regional", "-i", "co2_change", "--samples", 30), ()):
        done = call("sensitivity", path, *way)
        assert done.exit_code == 3 and said in done.stderr, way
    assert said not in call("robust", "refrigerators", "no3:more", "--samples", 20).stdout
    assert said not in call("ensemble", "refrigerators", "--samples", 20).stdout
    page = tmp_path / "page.html"
    assert call("ensemble", path, "--samples", 30, "--report", page).exit_code == 0
    assert said in page.read_text(encoding="utf-8")


def test_a_choice_is_counted_once() -> None:
    names = ("-m", "points_for_boxes", "-m", "exchange_at_the_door")
    data = printed("search", "small-battery", "-g", "co2", *names)
    assert data["tried"] == 1 + 7 + 1  # neither; one in seven years; the other, which excludes the first
    shown = call("search", "small-battery", "-g", "co2", *names).stdout
    assert "9 choices tried by all combinations" in shown


def test_what_was_found_comes_first_on_the_page(tmp_path: Path) -> None:
    model = meguru.example("atm-parts")
    for found, words in (
        (
            suggest(model),
            ("suggestions", "ATM回収率を60%から90%に上げると", "more parts reused + more machines collected"),
        ),
        (search_measures(model, ["co2_change", "economic_gain:less"]), ("choices", "リユース重量比 10 %")),
    ):
        path = tmp_path / "page.html"
        meguru.write_report(found, path)
        text = path.read_text(encoding="utf-8")
        sections = re.findall(r'<section id="([^"]+)"', text)
        assert sections[0] == words[0] and len(sections) > 8
        for word in words[1:]:
            assert word in text
    done = call("incentives", "small-battery", "--out", tmp_path / "i.html")
    assert done.exit_code == 0 and "who shares" in (tmp_path / "i.html").read_text(encoding="utf-8")
    done = call("break-even", "atm-parts", "co2_change", "more_parts", "--out", tmp_path / "b.html")
    assert done.exit_code == 0 and "4.018" in (tmp_path / "b.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([""], "--part is empty"),
        (["parts_4 new=5 new=6"], "'new' of part 'parts_4' is there twice"),
        (["parts_4 new=5", "parts_4 new=6"], "'parts_4' is there twice"),
        (["parts_4 new=5 recovery=2"], "parts_4.recovery"),
        (["parts_4 new=-1"], "parts_4.new"),
    ],
)
def test_parts_to_recondition_are_told_once_and_can_be(parts: list[str], said: str) -> None:
    options = [word for part in parts for word in ("-p", part)]
    done = call("parts", "recondition", "atm-parts", "-s", "measure-2", *options)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("command", "name", "ends"),
    [
        (["ensemble", "motor", "--report"], "x.pdf", ".html, .htm or .xlsx"),
        (["compare", "motor", "--out"], "x.pdf", ".html, .htm or .xlsx"),
        (["search", "atm-parts", "--out"], "x.yaml", ".html, .htm or .xlsx"),
        (["suggest", "atm-parts", "--save"], "x.txt", ".yaml, .yml or .json"),
        (["sensitivity", "motor", "--report"], "x.xlsx", ".html or .htm"),
        (["indicators", "compute", "motor", "--out"], "x.html", ".csv or .xlsx"),
    ],
)
def test_a_name_that_can_not_be_written_is_refused_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], name: str, ends: str
) -> None:
    def read(_: object) -> None:
        raise AssertionError("the name is looked at first")

    monkeypatch.setattr("meguru.cli.models.read_model", read)
    done = call(*command, tmp_path / name)
    assert done.exit_code == 2
    assert f"'{name}' should end in {ends}." in " ".join(done.stderr.split())


def test_folders_of_reports_and_histories_are_made(tmp_path: Path) -> None:
    small = tmp_path / "small.yaml"
    meguru.save(small_model(), small)
    report = tmp_path / "bands" / "x.html"
    done = call("ensemble", small, "--samples", 4, "--report", report)
    assert done.exit_code == 0 and report.is_file()
    report = tmp_path / "tornado" / "x.html"
    assert call("sensitivity", small, "--report", report).exit_code == 0
    assert report.is_file()
    model = tmp_path / "machines.yaml"
    meguru.save(from_data(fleet_data(5)), model)
    histories = tmp_path / "histories" / "x.csv"
    assert call("run", model, "--engine", "items", "--histories", histories).exit_code == 0
    assert histories.is_file()
    done = call("run", model, "--engine", "items", "--histories", model / "x.csv")
    assert done.exit_code == 3 and "None" not in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--above", 5], "--above is of --by regional, not of tornado"),
        (["--samples", 5], "--samples is of --by sobol and regional, not of tornado"),
        (["--trajectories", 5], "--trajectories is of --by morris, not of tornado"),
        (["--by", "morris", "--samples", 5], "--samples is of"),
        (["--by", "sobol", "--report", "x.html"], "--report is of"),
        (["--by", "regional", "--above", 5, "--below", 3], "give one of them"),
        (["--by", "regional", "--above", "nan"], "--above should be a number"),
        (["--by", "regional", "--below", "inf"], "--below should be a number"),
    ],
)
def test_options_of_another_way_of_sensitivity_are_refused(options: list[object], said: str) -> None:
    done = call("sensitivity", "motor", *options)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_incentives_stand_under_their_labels() -> None:
    labels = load(example_path("small-battery")).measures["repair_subsidy"].label
    assert isinstance(labels, dict)
    for language in ("en", "ja"):
        shown = call("incentives", "small-battery", "-m", "repair_subsidy", "--language", language).stdout
        table = shown[: shown.index("·")]
        assert "repair_subsidy" not in table
        assert labels[language].replace(" ", "")[:6] in "".join(table.split())


def test_a_narrow_screen_takes_no_digits_from_incentives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    data = printed("incentives", "small-battery")["incentives"]
    shown = call("incentives", "small-battery").stdout
    gains = [gain for moved in data.values() for gain in moved["gains"].values() if abs(gain) >= 1000]
    assert len(gains) > 20
    for gain in gains:
        assert re.search(rf"(?<![\d,]){gain:,.0f}(?![\d,])", shown), gain


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("collect.taken", "no such place. Places of 'collect' begin with 'processes.collect'."),
        (
            "processes.colect.split.taken",
            "of a number. Did you mean 'collect'?",
        ),
        ("processes.collect.split.taken", "a place needs a range; expected a least and a largest value"),
        ("processes.collect.split.taken", "--low, --high"),
        ("nosuch", "no such measure: the model has none; found 'nosuch'. Name the place of a number"),
    ],
)
def test_break_even_says_what_is_wrong_with_a_place(tmp_path: Path, place: str, said: str) -> None:
    back = {"formula": 'units(source="collect", item="machine")', "unit": "piece/year"}
    data = fleet_data(5) | {"indicators": {"back": back}}
    meguru.save(from_data(data), tmp_path / "model.yaml")
    done = call("break-even", tmp_path / "model.yaml", "back", place)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
