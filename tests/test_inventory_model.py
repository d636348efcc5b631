"""A model takes from inventory libraries what it names, and says what no factor rates."""

from __future__ import annotations

from pathlib import Path

import pytest
from inventory_sketch import SKETCH

import meguru
from meguru import errors, inventory
from meguru.errors import LibraryError, ModelError
from meguru.model import Unrated, unrated, where

MODEL = """\
meguru: 1
name: press
libraries: [sketch.yaml]
region: JP
time: {first: 2020, last: 2021, history: 2019}
impacts: {climate: {}}
items:
  metal: {kind: material}
  press: {kind: product, bom: {metal: 10 kg}}
processes:
  works: {kind: supply, supplies: metal, unit: [smelting]}
  assembly: {kind: make, item: press, unit: [{exchanges: {electricity: 2 kWh, petrol: 1 L}}]}
  use:
    kind: use
    product: press
    demand: {sales: 1000 piece/year}
    leave: {worn: {distribution: fixed, age: 30 year}}
  landfill: {kind: sink}
routes:
  - {from: works, to: assembly}
  - {from: assembly, to: use}
  - {from: use.retired, to: landfill}
indicators:
  co2: {formula: impact("climate"), unit: t_CO2e/year}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sketch.yaml").write_text(SKETCH, encoding="utf-8")
    return tmp_path


def load(folder: Path, text: str = MODEL) -> meguru.model.Model:
    (folder / "press.yaml").write_text(text, encoding="utf-8")
    return meguru.load(folder / "press.yaml")


def test_a_model_takes_what_it_names_and_what_that_needs(folder: Path) -> None:
    model = load(folder)
    assert list(model.unit_data) == ["smelting"]
    assert sorted(model.exchanges) == ["electricity", "ore", "petrol", "steel", "sulphur_dioxide"]
    assert list(model.impacts) == ["climate"]
    data = model.unit_data["smelting"]
    assert (data.licence, data.source) == ("CC0-1.0", "synthetic, JP, 2015–2020")
    spread = data.exchanges["electricity"].uncertain
    assert spread is not None and spread.gsd == pytest.approx(inventory.spread("2;3;1;1;4"))
    factor = model.exchanges["petrol"].factors["climate"]
    assert factor.source == "assumed, synthetic; licence: CC0-1.0"
    assert where(model, "exchanges.petrol")[0] == str(folder / "sketch.yaml")


def test_a_run_counts_what_the_library_says(folder: Path) -> None:
    """By hand, per year: 1,000 presses of 10 kg; factors of Japan, 0.5 and 0.48 kg/kWh."""
    text = MODEL.replace("unit: [smelting]", "unit: [{reference: 1 kg, exchanges: {electricity: 0.5 kWh}}]")
    model = load(folder, text)
    meguru.check(model)
    values = meguru.evaluate(meguru.run(model))["value"].tolist()
    expected = [(10_000 * 0.5 + 2_000) * grid / 1000 + 1000 * 2.3 / 1000 for grid in (0.5, 0.48)]
    assert values == pytest.approx(expected)


def test_another_region_is_asked_for_by_name(folder: Path) -> None:
    text = MODEL.replace("region: JP\n", "").replace("{electricity: 2 kWh,", "{electricity@JP: 2 kWh,")
    model = load(folder, text)
    assert model.exchanges["electricity@JP"].factors["climate"].years == (2020.0, 2030.0)
    # What the model itself asks for holds everywhere; the activity, which stands in Japan, keeps its own.
    assert "electricity@JP" in model.unit_data["smelting"].exchanges


def test_what_the_model_writes_wins_over_the_library(folder: Path) -> None:
    model = load(
        folder, MODEL + "exchanges:\n  petrol: {factors: {climate: 1 kg_CO2e/L}, price: 150 JPY/L}\n"
    )
    petrol = model.exchanges["petrol"]
    assert (petrol.unit, petrol.factors["climate"].unit) == ("kL", "kg_CO2e/L")


def test_a_model_library_and_an_inventory_library_are_layers_of_one_kind(folder: Path) -> None:
    (folder / "shared.yaml").write_text(
        "libraries: [sketch.yaml]\nunit_data:\n  welding: {exchanges: {power@JP: 1 kWh}}\n"
        "exchanges: {petrol: {price: 200 JPY/L}, power@JP: {unit: kWh}}\n",
        encoding="utf-8",
    )
    model = load(folder, MODEL.replace("[sketch.yaml]", "[shared.yaml]"))
    assert model.exchanges["petrol"].price is not None
    assert model.exchanges["petrol"].unit == "kL"
    after = MODEL.replace("[sketch.yaml]", "[shared.yaml, sketch.yaml]")
    assert load(folder, after).exchanges["petrol"].price is not None


def test_what_is_avoided_is_a_credit_of_its_own(folder: Path) -> None:
    text = MODEL.replace("unit: [smelting]", "unit: [rolling, rolling.avoided]")
    model = load(folder, text)
    assert list(model.unit_data["rolling"].exchanges) == ["steel", "scrap", "petrol"]
    avoided = model.unit_data["rolling.avoided"]
    assert avoided.credit and list(avoided.exchanges) == ["electricity"]
    petrol = model.unit_data["rolling"].exchanges["petrol"]
    assert petrol.value == pytest.approx(3.34e-3 / 33.4)
    assert petrol.unit == "kL"
    meguru.check(model)


def test_the_same_flow_twice_is_summed(folder: Path) -> None:
    twice = SKETCH.replace(
        "{flow: ore, amount: 1.4 t}", "{flow: ore, amount: 1.4 t}\n      - {flow: ore, amount: 100 kg}"
    )
    (folder / "sketch.yaml").write_text(twice, encoding="utf-8")
    assert load(folder).unit_data["smelting"].exchanges["ore"].value == pytest.approx(1.5)
    uncertain = twice.replace(
        "amount: 100 kg}", "amount: {distribution: normal, mean: 1, sd: 0.1, unit: kg}}", 1
    )
    (folder / "sketch.yaml").write_text(uncertain, encoding="utf-8")
    with pytest.raises(LibraryError, match="stands twice"):
        load(folder)


def test_a_saved_model_leaves_to_the_library_what_is_its(folder: Path) -> None:
    model = load(folder)
    meguru.save(model, folder / "saved.yaml")
    saved = (folder / "saved.yaml").read_text(encoding="utf-8")
    assert "libraries: [sketch.yaml]" in saved
    assert "unit_data" not in saved
    assert meguru.load(folder / "saved.yaml") == model


def test_a_library_that_comes_with_meguru_is_named_from_anywhere(folder: Path) -> None:
    text = MODEL.replace("sketch.yaml", "meguru:open").replace("unit: [smelting]", "unit: [shredding]")
    model = load(
        folder,
        text.replace("{electricity: 2 kWh,", "{電力: 2 kWh, electricity: 2 kWh,").replace(
            "電力: 2 kWh, ", ""
        ),
    )
    (folder / "below").mkdir()
    meguru.save(model, folder / "below" / "saved.yaml")
    assert '"meguru:open"' in (folder / "below" / "saved.yaml").read_text(encoding="utf-8")
    assert meguru.load(folder / "below" / "saved.yaml") == model


@pytest.mark.parametrize(
    ("old", "new", "kind", "about"),
    [
        ("[sketch.yaml]", "[skech.yaml]", LibraryError, "no such library"),
        ("[sketch.yaml]", "['meguru:opne']", LibraryError, "Did you mean 'meguru:open'"),
        ("unit: [smelting]", "unit: [smeltign]", LibraryError, "Did you mean 'smelting'"),
        ("electricity: 2 kWh", "electricity: 2 kg", errors.DimensionError, "exchanges.electricity"),
        ("electricity: 2 kWh", "electricty: 2 kWh", errors.UnknownNameError, "Did you mean 'electricity'"),
    ],
)
def test_a_model_that_asks_wrongly(
    folder: Path, old: str, new: str, kind: type[ModelError], about: str
) -> None:
    assert MODEL.count(old) == 1
    with pytest.raises(kind) as caught:
        meguru.check(load(folder, MODEL.replace(old, new)))
    assert about in str(caught.value)


def test_a_fault_of_the_library_names_its_file_and_line(folder: Path) -> None:
    (folder / "sketch.yaml").write_text(SKETCH.replace("1.4 t}", "1.4 kWh}"), encoding="utf-8")
    with pytest.raises(errors.DimensionError) as caught:
        load(folder)
    assert caught.value.file == str(folder / "sketch.yaml")
    assert caught.value.line is not None


def test_an_activity_of_two_products_can_not_be_taken(folder: Path) -> None:
    two = SKETCH.replace("{flow: ore, amount: 1.4 t}", "{flow: plate, amount: 1 kg, direction: output}")
    (folder / "sketch.yaml").write_text(two, encoding="utf-8")
    with pytest.raises(errors.UnsupportedError, match="more than one product"):
        load(folder)


def test_what_no_factor_rates_is_told(folder: Path) -> None:
    model = load(folder)
    found = unrated(model)
    assert Unrated("works", "unit_data.smelting", "ore", "climate") in found
    assert {one.exchange for one in found} == {"ore", "sulphur_dioxide", "steel"}
    zero = MODEL + "exchanges:\n  ore: {factors: {climate: 0 kg_CO2e/t}}\n"
    assert "ore" not in {one.exchange for one in unrated(load(folder, zero))}


def test_exchanges_of_transport_are_looked_at_too(folder: Path) -> None:
    text = MODEL.replace(
        "{from: works, to: assembly}",
        "{from: works, to: assembly, transport: [{distance: 10 km, exchanges: {steel: 1 kg/(t*km)}}]}",
    )
    found = [one for one in unrated(load(folder, text)) if one.user == "works -> assembly"]
    assert [one.exchange for one in found] == ["steel"]
