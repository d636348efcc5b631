"""A library file takes new activities and keeps the rest: order, comments, spelling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_sketch import SKETCH

from meguru import errors, inventory
from meguru.files.writing import to_json
from meguru.inventory.read import library_data
from meguru.inventory.updating import with_origin
from meguru.quantity import Distribution, Quantity

PLANT = """\
# what our plant takes
inventory: 1
name: plant
flows:
  electricity: {unit: kWh}   # by the meter of hall 2
  rotor: {unit: piece}

  # wastes
  swarf: {unit: kg, kind: waste}
activities:
  # read in May
  cutting:
    flow: rotor
    amount: 1 piece
    exchanges:
      - {flow: electricity, amount: 1 kWh}  # a guess

  # the others
  turning:
    flow: rotor
    amount: 1 piece
    note: "a note
      of two lines"
# the end
"""


def measured(name: str, size: float = 8.8, **more: Any) -> inventory.Library:
    spread = Distribution("lognormal", median=1.0, gsd=1.15)
    exchange = inventory.Exchange(
        flow="electricity", amount=Quantity(size, "kWh", uncertain=spread), pedigree="1;2;1;1;1"
    )
    activity = inventory.Activity(
        flow="rotor", amount=Quantity(120.0, "piece"), exchanges=[exchange], source="meter of hall 2"
    )
    return inventory.Library(name="measured", activities={name: activity}, **more)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    (tmp_path / "plant.yaml").write_text(PLANT, encoding="utf-8")
    return tmp_path / "plant.yaml"


BLOCK = """\
    flow: rotor
    amount: 120 piece
    exchanges:
      - flow: electricity
        amount: {value: 8.8, unit: kWh, uncertain: {distribution: lognormal, median: 1, gsd: 1.15}}
        pedigree: "1;2;1;1;1"
    source: meter of hall 2
"""


def test_an_activity_is_replaced_where_it_stands(plant: Path) -> None:
    library = inventory.update_library(plant, measured("cutting"))
    start, end = PLANT.index("    flow: rotor"), PLANT.index("\n  # the others")
    assert plant.read_text(encoding="utf-8") == PLANT[:start] + BLOCK + PLANT[end:]
    assert inventory.read_library(plant) == library
    assert library.activities["cutting"].source == "meter of hall 2"


def test_an_activity_is_added_at_the_end_of_its_section(plant: Path) -> None:
    inventory.update_library(plant, measured("demagnetising"))
    end = PLANT.index("# the end")
    assert plant.read_text(encoding="utf-8") == f"{PLANT[:end]}  demagnetising:\n{BLOCK}{PLANT[end:]}"


def test_several_are_added_in_their_order_with_what_they_need(plant: Path) -> None:
    part = measured("first", flows={"coil": inventory.Flow(unit="piece")})
    part.activities["second"] = inventory.Activity(flow="coil", amount=Quantity(1.0, "piece"))
    part.activities |= measured("turning").activities
    part.impacts["climate"] = inventory.Impact(unit="kg_CO2e")
    library = inventory.update_library(plant, part)
    assert list(library.activities) == ["cutting", "turning", "first", "second"]
    text = plant.read_text(encoding="utf-8")
    assert list(inventory.read_library(plant).activities) == list(library.activities)
    assert [line for line in PLANT.splitlines() if "#" in line] == [
        line for line in text.splitlines() if "#" in line
    ]
    assert text.index("coil:") < text.index("activities:") < text.index("impacts:")


def test_nothing_new_leaves_the_file_as_it_is(plant: Path) -> None:
    inventory.update_library(plant, measured("demagnetising"))
    before = plant.read_bytes()
    inventory.update_library(plant, measured("demagnetising"))
    assert plant.read_bytes() == before


def test_what_does_not_fit_changes_nothing(plant: Path) -> None:
    wrong = measured("cutting")
    wrong.activities["cutting"].exchanges[0].amount = Quantity(1.0, "kg")
    with pytest.raises(errors.DimensionError, match=r"activities\.cutting\.exchanges\.0\.amount") as caught:
        inventory.update_library(plant, wrong)
    assert (caught.value.file, caught.value.line) == (str(plant), None)
    with pytest.raises(errors.UnknownNameError, match="no such flow"):
        inventory.update_library(
            plant,
            inventory.Library(
                name="x",
                activities={"x": inventory.Activity(flow="roter", amount=Quantity(1.0, "piece"))},
            ),
        )
    assert plant.read_text(encoding="utf-8") == PLANT
    with pytest.raises(errors.NotReadableError):
        inventory.update_library(plant.with_name("nowhere.yaml"), measured("cutting"))
    with pytest.raises(errors.NotReadableError):
        inventory.update_library("meguru:open", measured("cutting"))


@pytest.mark.parametrize(
    "text",
    [
        to_json(library_data(inventory.parse_library(PLANT))),
        "{inventory: 1, name: plant, flows: {electricity: {unit: kWh}, rotor: {unit: piece}}}\n",
        PLANT.replace("\n", "\r\n"),
        PLANT.removesuffix("# the end\n").removesuffix("\n"),
    ],
    ids=["json", "braces", "other line ends", "no end of line"],
)
def test_files_of_any_form_take_an_activity(tmp_path: Path, text: str) -> None:
    path = tmp_path / ("plant.json" if text.startswith("{\n") else "plant.yaml")
    path.write_bytes(text.encode("utf-8"))
    library = inventory.update_library(path, measured("demagnetising"))
    assert inventory.read_library(path) == library
    assert list(library.activities)[-1] == "demagnetising"


@settings(max_examples=12, deadline=None)
@given(
    names=st.lists(st.sampled_from(["smelting", "rolling", "casting", "鋳造"]), min_size=1, max_size=4),
    size=st.floats(0.1, 9),
)
def test_any_row_of_updates_reads_as_its_last_ones(
    names: list[str], size: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("library") / "sketch.yaml"
    path.write_text(SKETCH, encoding="utf-8")
    expected = inventory.parse_library(SKETCH)
    for number, name in enumerate(names):
        activity = inventory.Activity(
            flow="steel",
            amount=Quantity(1.0, "kg"),
            exchanges=[inventory.Exchange(flow="electricity", amount=Quantity(size + number, "kWh"))],
            source="a meter: hall #2",
        )
        if name == "rolling":
            activity.flow = "plate"
        inventory.update_library(path, inventory.Library(name="x", activities={name: activity}))
        expected.activities[name] = activity
    found = inventory.read_library(path)
    assert found == expected
    assert list(found.activities) == list(expected.activities)
    head = SKETCH[: SKETCH.index("activities:")]
    assert path.read_text(encoding="utf-8").startswith(head)


def test_what_was_measured_goes_to_openlca_and_back(plant: Path) -> None:
    library = inventory.update_library(plant, measured("demagnetising"))
    assert inventory.export_openlca(library, plant.with_suffix(".zip")) == []
    back = inventory.import_openlca(plant.with_suffix(".zip")).activities["demagnetising"]
    assert back.source == "meter of hall 2"
    (power,) = back.exchanges
    assert power.pedigree == "1;2;1;1;1"
    assert power.amount.value == pytest.approx(8.8)
    assert power.amount.uncertain is not None and power.amount.uncertain.gsd == pytest.approx(1.15)


def test_origins_are_written_with_each_entry() -> None:
    text = SKETCH.replace("source: grid", "source: the grid's own")
    library = with_origin(inventory.parse_library(text))
    sources = {one.source for flow in library.flows.values() for one in flow.factors}
    assert sources == {"the grid's own", "synthetic"}
    library = inventory.parse_library(SKETCH)
    told = Quantity(1.0, "kg_CO2e/kg", source="a table")
    library.flows["steel"].factors = [inventory.Factor(impact="climate", amount=told)]
    (factor,) = with_origin(library).flows["steel"].factors
    assert (factor.source, factor.licence) == ("a table", "CC0-1.0")
