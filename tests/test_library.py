"""Libraries: what a model takes, what it overrides, what is written back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sketches import SMALL

from meguru import errors
from meguru.errors import MeguruError
from meguru.files.marks import where
from meguru.model.components import Route
from meguru.model.read import load, parse
from meguru.model.write import save
from meguru.quantity import Quantity

LIBRARY = """\
name: steel library
parameters: {rate: 3 %, years: {value: 12, unit: year}}
actors: {smelter: {label: Smelter}}
exchanges:
  power: {unit: kWh, price: 20 JPY/kWh}
unit_data:
  smelting: {exchanges: {power: 5 kWh}, cost: 3 JPY, source: measured}
items:
  steel: {kind: material}
processes:
  landfill: {kind: sink, actor: smelter, group: waste}
  furnace: {kind: recycle, yield: {steel: 0.9}, actor: smelter}
routes:
  - {from: ore, to: landfill, price: 5 JPY/kg, group: ore}
  - {name: feed, from: furnace.residue, to: landfill}
"""
OWN = SMALL.replace("name: small", "name: small\nlibraries: parts/steel.yaml").replace(
    "landfill: {kind: sink}", "landfill: {kind: sink, group: own}"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "steel.yaml").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / "model.yaml").write_text(OWN, encoding="utf-8")
    return tmp_path


def test_a_model_takes_what_it_does_not_write(folder: Path) -> None:
    model = load(folder / "model.yaml")
    assert model.name == "small"
    assert model.libraries == ["parts/steel.yaml"]
    assert model.parameters == {"rate": Quantity(3, "%"), "years": Quantity(12, "year")}
    assert list(model.items) == ["steel", "iron"]
    assert model.unit_data["smelting"].source == "measured"
    assert model.actors["smelter"].label == "Smelter"
    assert model.processes["furnace"].yields == {"steel": Quantity(0.9)}


def test_what_the_model_writes_wins_key_by_key(folder: Path) -> None:
    text = OWN.replace("to: landfill}", "to: landfill, price: 7 JPY/kg}")
    text += "parameters: {years: 9 year}\nunit_data: {smelting: {exchanges: {heat: 2 kWh}}}\n"
    model = parse(text, folder=folder)
    landfill = model.processes["landfill"]
    assert (landfill.actor, landfill.group) == ("smelter", "own")
    assert model.parameters == {"rate": Quantity(3, "%"), "years": Quantity(9, "year")}
    # A key's value is taken whole: the library's electricity does not mix in.
    assert model.unit_data["smelting"].exchanges == {"heat": Quantity(2, "kWh")}
    assert model.unit_data["smelting"].cost == Quantity(3, "JPY")
    route = Route(source="ore", target="landfill", price=Quantity(7, "JPY/kg"), group="ore")
    assert model.routes == [route, Route(source="furnace.residue", target="landfill", name="feed")]


def test_marks_name_the_file_that_wrote_the_value(folder: Path) -> None:
    model = load(folder / "model.yaml")
    library = str(folder / "parts" / "steel.yaml")
    assert where(model, "processes.furnace.yield.steel") == (library, 12)
    assert where(model, "processes.landfill.actor") == (library, 11)
    assert where(model, "processes.landfill.group") == (str(folder / "model.yaml"), 8)
    assert where(model, "routes.feed") == (library, 15)


def test_libraries_of_libraries_and_the_later_one_wins(folder: Path) -> None:
    (folder / "base.yaml").write_text("parameters: {rate: 1 %, base: 1, both: 1}\n", encoding="utf-8")
    (folder / "parts" / "more.yaml").write_text(
        "libraries: [../base.yaml]\nparameters: {rate: 8 %, both: 2}\n", encoding="utf-8"
    )
    text = OWN.replace("libraries: parts/steel.yaml", "libraries: [parts/steel.yaml, parts/more.yaml]")
    model = parse(text, folder=folder)
    assert model.parameters["rate"] == Quantity(8, "%")
    assert model.parameters["base"] == Quantity(1)
    assert model.parameters["both"] == Quantity(2)


FAULTS: list[tuple[str, str, type[MeguruError], str, int | None, str]] = [
    ("missing file", "", errors.LibraryError, "model.yaml", 2, "no such library"),
    ("itself", "libraries: steel.yaml\n", errors.LibraryError, "steel.yaml", 1, "takes from itself"),
    ("circle", "libraries: ../model.yaml\n", errors.LibraryError, "model.yaml", 2, "takes from itself"),
    ("misspelt section", "proceses: {}\n", errors.UnknownKeyError, "steel.yaml", 1, "'processes'"),
    ("misspelt key", "processes:\n  oven: {kin: sink}\n", errors.UnknownKeyError, "steel.yaml", 2, "'kind'"),
    ("wrong type", "actors:\n  a: 5\n", errors.WrongTypeError, "steel.yaml", 2, "actors.a"),
    (
        "incomplete",
        "processes:\n  oven: {note: x}\n",
        errors.MissingValueError,
        "steel.yaml",
        2,
        "processes.oven.kind",
    ),
    ("key twice", "actors: {a: {}, a: {}}\n", errors.DuplicateKeyError, "steel.yaml", 1, "twice"),
    ("broken", "actors: {a: \n", errors.NotReadableError, "steel.yaml", 2, "broken off"),
    ("list", "- a\n", errors.NotReadableError, "steel.yaml", 1, "not a mapping"),
]


@pytest.mark.parametrize(
    ("library", "kind", "file", "line", "piece"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_names_the_file_in_which_it_is(
    folder: Path, library: str, kind: type[MeguruError], file: str, line: int | None, piece: str
) -> None:
    path = folder / "parts" / "steel.yaml"
    path.write_text(library, encoding="utf-8") if library else path.unlink()
    with pytest.raises(kind, match=piece) as caught:
        load(folder / "model.yaml")
    assert caught.value.file is not None and Path(caught.value.file).name == file
    assert caught.value.line == line


def test_a_library_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "parts" / "steel.yaml").write_bytes("name: 鉄".encode("shift_jis"))
    with pytest.raises(errors.NotReadableError, match=r"steel\.yaml:1: not UTF-8"):
        load(folder / "model.yaml")


def test_saving_leaves_to_the_library_what_is_the_librarys(folder: Path) -> None:
    model = load(folder / "model.yaml")
    model.parameters["rate"] = Quantity(4, "%")
    save(model, folder / "model.yaml")
    text = (folder / "model.yaml").read_text(encoding="utf-8")
    assert "libraries" in text and "furnace" not in text and "smelting" not in text
    assert load(folder / "model.yaml") == model


def test_saved_elsewhere_the_library_is_still_found(folder: Path) -> None:
    model = load(folder / "model.yaml")
    (folder / "deep" / "er").mkdir(parents=True)
    save(model, folder / "deep" / "er" / "model.yaml")
    again = load(folder / "deep" / "er" / "model.yaml")
    assert again.libraries == ["../../parts/steel.yaml"]
    again.libraries = model.libraries
    assert again == model


def test_what_a_library_can_not_say_is_written_whole(folder: Path) -> None:
    model = load(folder / "model.yaml")
    del model.processes["furnace"]
    save(model, folder / "alone.yaml")
    again = load(folder / "alone.yaml")
    assert again.libraries == [] and list(again.processes) == ["landfill", "ore"]
    again.libraries = model.libraries
    assert again == model


def test_a_lost_library_does_not_lose_the_model(folder: Path) -> None:
    model = load(folder / "model.yaml")
    (folder / "parts" / "steel.yaml").unlink()
    save(model, folder / "alone.yaml")
    again = load(folder / "alone.yaml")
    again.libraries = model.libraries
    assert again == model
