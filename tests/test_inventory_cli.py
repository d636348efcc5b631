"""``meguru inventory``: search, show, import, export, as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from inventory_sketch import SKETCH
from test_inventory_importers import COLUMNS, DATA, INTENSITIES

from meguru import inventory
from meguru.cli import main
from meguru.files.yaml_text import to_yaml


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["inventory", *map(str, arguments)])


def printed(*arguments: object) -> Any:
    done = call(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    (tmp_path / "sketch.yaml").write_text(SKETCH, encoding="utf-8")
    return tmp_path / "sketch.yaml"


def test_search_in_any_language() -> None:
    done = call("search", "軽油")
    assert done.exit_code == 0
    assert "diesel" in done.stdout and "1 of meguru:open" in done.stdout
    assert printed("search", "scrap")[0]["name"] == "steel_recycled"
    assert "assumed: meguru" in call("search", "scrap").stdout
    assert "Nothing in meguru:open" in call("search", "unobtainium").stdout


def test_show_a_library_with_what_it_can_not_rate(sketch: Path) -> None:
    shown = call("show", "--library", sketch).stdout
    assert "without factor: in no sum" in shown and "scrap" in shown
    data = printed("show", "--library", sketch)
    assert (data["flows"], data["activities"], data["licence"]) == (7, 2, "CC0-1.0")
    assert {"activity": "rolling", "flow": "scrap", "impact": "climate", "region": "JP",
            "why": "no factor"} in data["gaps"]  # fmt: skip
    assert "✓ every product and waste has a factor" in call("show", "--region", "JP").stdout
    sketch.write_text("inventory: 1\nname: bare\nflows: {part: {unit: kg}}\n", encoding="utf-8")
    assert "the library rates nothing" in call("show", "--library", sketch).stdout


def test_show_a_factor_a_flow_and_an_activity() -> None:
    found = printed("show", "軽油", "--impact", "climate", "--region", "JP", "--unit", "MJ")
    assert found["value"] == pytest.approx(0.0188 * 44 / 12, rel=1e-3)
    shown = call("show", "steel_primary", "--impact", "climate", "--region", "JP").stdout
    assert "no factor of JP: the one that holds everywhere" in shown
    assert "assumed: nobody measured or published it" in shown
    assert printed("show", "diesel")["kind"] == "flow"
    assert "1.5 kWh" in call("show", "射出成形").stdout


def test_a_miss_is_named_and_not_zero() -> None:
    done = call("show", "diesell", "--impact", "climate")
    assert done.exit_code == 1
    assert "Did you mean 'diesel'" in done.output
    assert "no such factor" in call("show", "electricity", "--impact", "climate").output
    assert call("show", "--impact", "climate").exit_code == 2


def test_import_a_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(INTENSITIES, encoding="utf-8")
    (tmp_path / "columns.yaml").write_text(to_yaml(COLUMNS), encoding="utf-8")
    out = tmp_path / "library.yaml"
    assert call("import", tmp_path / "t.csv", "--out", out).exit_code == 2  # without --columns
    data = printed("import", tmp_path / "t.csv", "--columns", tmp_path / "columns.yaml", "--out", out)
    assert (data["files"], data["flows"]) == ([str(out)], 3)
    assert inventory.read_library(out).licence == "CC0-1.0"
    again = call("import", tmp_path / "t.csv", "--columns", tmp_path / "columns.yaml", "--out", out)
    assert again.exit_code != 0 and "--force" in again.output


@pytest.mark.parametrize(("file", "activities"), [("beef-cattle-finishing.zip", 8), ("acetic-acid.xml", 1)])
def test_import_files_of_others(tmp_path: Path, file: str, activities: int) -> None:
    out = tmp_path / "library.yaml"
    assert printed("import", DATA / file, "--out", out)["activities"] == activities
    done = call("import", DATA / file, "--out", out, "--force", "--licence", "CC0-1.0")
    assert "no impact category: the library rates nothing" in done.stdout
    assert inventory.read_library(out).licence == "CC0-1.0"


def test_import_a_part_and_solve_it(tmp_path: Path, sketch: Path) -> None:
    out = tmp_path / "part.yaml"
    data = printed("import", sketch, "--take", "steel", "--solve", "--year", "2020", "--out", out)
    assert (data["activities"], data["without_factor"]) == (1, 1)
    solved = inventory.factor(inventory.read_library(out), "steel", "climate", region="JP")
    assert solved.value == pytest.approx(0.5)


def test_export_and_back(tmp_path: Path, sketch: Path) -> None:
    out = tmp_path / "sketch.zip"
    assert "activities.smelting.cost" in printed("export", sketch, "--year", "2020", "--out", out)["not_held"]
    assert "openLCA can not hold" in call("export", sketch, "--year", "2020", "--out", out, "--force").stdout
    assert printed("import", out, "--out", tmp_path / "back.yaml")["activities"] == 2
    failed = call("export", sketch, "--out", tmp_path / "other.zip")
    assert failed.exit_code == 1 and "changes by year" in failed.output


def test_a_brightway_database_needs_a_method() -> None:
    assert call("import", "brightway:db").exit_code == 2
    assert call("import", "brightway:db", "--method", "climate").exit_code == 2


def test_a_factor_of_another_time_or_place_says_so(sketch: Path) -> None:
    far = call("show", "power", "--library", sketch, "--impact", "climate", "--year", "2030").stdout
    assert "12 years from 2030: score 4 of 5 for time in the pedigree" in far
    near = call("show", "power", "--library", sketch, "--impact", "climate", "--year", "2019").stdout
    assert "score" not in near
    unknown = call("show", "petrol", "--library", sketch, "--impact", "climate", "--year", "2019").stdout
    assert "of a year that nobody states: score 5" in unknown
    sketch.write_text(SKETCH.replace("amount: 0.6 kg", "region: GLO, amount: 0.6 kg"), encoding="utf-8")
    world = call("show", "power", "--library", sketch, "--impact", "climate", "--region", "CN").stdout
    assert "no factor of CN: that of GLO" in world


def test_what_stands_in_and_what_is_counted_by_itself_is_shown(tmp_path: Path, sketch: Path) -> None:
    text = SKETCH.replace("region: JP\n        amount", "region: GLO\n        amount")
    text = text.replace("ore: {unit: t,", "ore: {unit: piece_EUR2005e,").replace(
        "1.4 t}", "1.4 piece_EUR2005e}"
    )
    sketch.write_text(text, encoding="utf-8")
    shown = call("show", "--library", sketch).stdout
    assert "2 rated by what holds in GLO: electricity for JP" in shown
    assert "1 rated by what holds everywhere: petrol for JP" in shown
    assert "unknown unit, counted by itself as piece_EUR2005e: flows.ore" in shown
    told = printed("show", "--library", sketch)
    assert {one["taken"] for one in told["stand_ins"]} == {"GLO", None}
    assert told["unknown_units"] == {"piece_EUR2005e": ["flows.ore"]}
    out = tmp_path / "again.yaml"
    assert "rated by what holds in GLO" in call("import", sketch, "--out", out).stdout
    assert printed("import", sketch, "--out", out, "--force")["stand_ins"] == 3


def test_import_into_a_library_that_is_there(tmp_path: Path, sketch: Path) -> None:
    plant = tmp_path / "plant.yaml"
    start = "inventory: 1\nname: plant\nflows:\n  steel: {unit: t}  # ours\n"
    plant.write_text(start, encoding="utf-8")
    assert call("import", sketch, "--into", plant, "--out", plant).exit_code == 2
    done = call("import", sketch, "--take", "steel", "--into", plant)
    assert done.exit_code == 0, done.output
    library = inventory.read_library(plant)
    assert (library.name, library.flows["steel"].unit) == ("plant", "t")
    assert (library.activities["smelting"].source, library.activities["smelting"].licence) == (
        "synthetic", "CC0-1.0",
    )  # fmt: skip
    assert inventory.factor(library, "power", "climate").source == "synthetic"
    assert plant.read_text(encoding="utf-8").startswith(start)
    call("import", sketch, "--take", "steel", "--into", plant, "--force")
    assert inventory.read_library(plant).flows["steel"].unit == "kg"


def test_a_part_is_solved_though_others_can_not_be(tmp_path: Path, sketch: Path) -> None:
    two = "  odd: {flow: plate, amount: 1 kg, exchanges: [{flow: steel, amount: 1 kg, direction: output}]}\n"
    sketch.write_text(SKETCH + two, encoding="utf-8")
    out = tmp_path / "part.yaml"
    assert call("import", sketch, "--solve", "--year", 2020, "--out", out).exit_code == 1
    assert call("import", sketch, "--take", "steel", "--solve", "--year", 2020, "--out", out).exit_code == 0
