"""openLCA packages by hand: properties, units, references, providers; packages that are broken or lie."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pytest
from inventory_sketch import SKETCH

from meguru import errors, inventory
from meguru.errors import MeguruError
from meguru.inventory.importers import openlca_package
from meguru.quantity import Distribution, Quantity

MASS, ENERGY, MONEY = "units of mass", "units of energy", "units of money"


def ref(uid: str, name: str | None = None) -> dict[str, Any]:
    return {"@id": uid, "name": name or uid}


def group(uid: str, *units: tuple[str, float]) -> dict[str, Any]:
    made = [
        {"@id": f"{uid}/{name}", "name": name, "conversionFactor": factor, "isRefUnit": number == 0}
        for number, (name, factor) in enumerate(units)
    ]
    return {"@id": uid, "name": uid, "units": made}


def exchange(flow: str, amount: float, unit: str, told: str = "mass", **more: Any) -> dict[str, Any]:
    keys = {"isInput": True, "flowProperty": ref(told), "unit": ref(unit, unit.split("/")[1])}
    return {"flow": ref(flow), "amount": amount} | keys | more


def product(uid: str, *properties: tuple[str, float], kind: str = "PRODUCT_FLOW") -> dict[str, Any]:
    told = [
        {"flowProperty": ref(name), "conversionFactor": factor, "isRefFlowProperty": number == 0}
        for number, (name, factor) in enumerate(properties or (("mass", 1.0),))
    ]
    return {"@id": uid, "name": uid, "flowType": kind, "flowProperties": told}


def process(uid: str, *exchanges: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"@id": uid, "name": uid, "exchanges": list(exchanges)} | more


KG, MJ = f"{MASS}/kg", f"{ENERGY}/MJ"
STEEL = exchange("steel", 1, KG, isInput=False, isQuantitativeReference=True)


def package() -> dict[str, list[dict[str, Any]]]:
    """A package of one process that takes coal."""
    return {
        "unit_groups": [
            group(MASS, ("kg", 1.0), ("t", 1000.0), ("bale", 250.0), ("year", 2.0)),
            group(ENERGY, ("MJ", 1.0)),
            group(MONEY, ("EUR2005", 1.0), ("kEUR2005", 1000.0)),
        ],
        "flow_properties": [
            {"@id": "mass", "name": "Mass", "unitGroup": ref(MASS)},
            {"@id": "dry", "name": "Dry mass", "unitGroup": ref(MASS)},
            {"@id": "net", "name": "Net calorific value", "unitGroup": ref(ENERGY)},
            {"@id": "gross", "name": "Gross calorific value", "unitGroup": ref(ENERGY)},
            {"@id": "price", "name": "Price", "unitGroup": ref(MONEY)},
        ],
        "flows": [
            product("steel"),
            product("coal", ("mass", 1.0), ("dry", 0.8), ("net", 25.0), ("gross", 27.0)),
            product("gas", ("mass", 1.0), ("net", 50.0)),
            product("service", ("price", 1.0)),
            product("scrap", kind="WASTE_FLOW"),
        ],
        "processes": [process("making", STEEL)],
    }


def written(tmp_path: Path, content: dict[str, list[dict[str, Any]]]) -> Path:
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for folder, entities in content.items():
            for number, entity in enumerate(entities):
                packed.writestr(f"{folder}/{number}.json", json.dumps(entity))
    return path


def taking(tmp_path: Path, *exchanges: dict[str, Any], **more: Any) -> inventory.Activity:
    content = package()
    content["processes"] = [process("making", STEEL, *exchanges, **more)]
    return inventory.import_openlca(written(tmp_path, content)).activities["making"]


# -- properties and units --


@pytest.mark.parametrize(
    ("taken", "amount"),
    [
        (exchange("coal", 54, MJ, "gross"), Quantity(2.0, "kg")),
        (exchange("coal", 50, MJ, "net"), Quantity(2.0, "kg")),
        (exchange("coal", 4, KG, "dry"), Quantity(5.0, "kg")),
        (exchange("coal", 4, KG), Quantity(4.0, "kg")),
        (exchange("gas", 50, MJ, "net"), Quantity(50.0, "MJ")),
        (exchange("coal", 2, f"{MASS}/bale"), Quantity(500.0, "kg")),
        (exchange("coal", 3, f"{MASS}/year"), Quantity(6.0, "kg")),  # the package's own unit of this name
        (exchange("service", 7, f"{MONEY}/kEUR2005", "price"), Quantity(7000.0, "piece_EUR2005e")),
    ],
)
def test_amounts_come_by_the_property_and_the_unit_that_they_name(
    tmp_path: Path, taken: dict[str, Any], amount: Quantity
) -> None:
    found = taking(tmp_path, taken).exchanges[0].amount
    assert found.unit == amount.unit
    assert found.value == pytest.approx(amount.value)


def test_units_that_are_not_known_are_listed_and_do_not_stop_the_import(tmp_path: Path) -> None:
    library = inventory.import_openlca(written(tmp_path, package()))
    assert inventory.unknown_units(library) == {"piece_EUR2005e": ["flows.service"]}
    assert "EUR2005" in (library.flows["service"].note or "")


def test_two_properties_of_one_dimension_are_no_answer(tmp_path: Path) -> None:
    library = inventory.import_openlca(written(tmp_path, package()))
    library.impacts["climate"] = inventory.Impact(unit="kg_CO2e")
    coal = library.flows["coal"]
    coal.factors = [inventory.Factor(impact="climate", amount=Quantity(2.5, "kg_CO2e/kg"))]
    assert inventory.factor(library, "coal", "climate", unit="t").value == pytest.approx(2500)
    with pytest.raises(errors.LibraryError, match="Net calorific value, Gross calorific value"):
        inventory.factor(library, "coal", "climate", unit="MJ")
    del coal.properties["Gross calorific value"]
    assert inventory.factor(library, "coal", "climate", unit="MJ").value == pytest.approx(0.1)


def test_impact_factors_come_by_their_property_too(tmp_path: Path) -> None:
    content = package()
    factor = {"flow": ref("coal"), "value": 3.0, "unit": ref(MJ, "MJ"), "flowProperty": ref("gross")}
    spread = {"distributionType": "UNIFORM_DISTRIBUTION", "minimum": 2.0, "maximum": 4.0}
    factors = [factor | {"uncertainty": spread}]
    category = {"@id": "c", "name": "climate", "refUnit": "kg CO2 eq", "impactFactors": factors}
    content["lcia_categories"] = [category]
    (found,) = inventory.import_openlca(written(tmp_path, content)).flows["coal"].factors
    assert found.amount == Quantity.uniform(54, 108, "kg_CO2e/kg")


# -- references, providers, scores --


def test_a_reference_below_zero_is_the_treatment_of_what_is_given(tmp_path: Path) -> None:
    content = package()
    treating = exchange("scrap", -1, KG, isInput=False, isQuantitativeReference=True)
    content["processes"] = [
        process("making", STEEL, exchange("scrap", 2, KG, isInput=False)),
        process("treating", treating),
    ]
    library = inventory.import_openlca(written(tmp_path, content))
    assert (library.activities["treating"].takes, library.activities["treating"].amount.value) == (True, 1.0)
    library.impacts["climate"] = inventory.Impact(unit="kg_CO2e")
    library.activities["treating"].impacts = {"climate": Quantity(3.0, "kg_CO2e")}
    solved = inventory.solve(library).library
    assert inventory.factor(solved, "steel", "climate").value == pytest.approx(6.0)


def test_a_provider_that_gives_it_as_a_second_product_is_noted(tmp_path: Path) -> None:
    (coal,) = taking(tmp_path, exchange("coal", 1, KG, defaultProvider=ref("making"))).exchanges
    assert (coal.provider, coal.note) == (None, "provider not run for this flow: making")
    (gone,) = taking(tmp_path, exchange("coal", 1, KG, defaultProvider=ref("mine", "a mine"))).exchanges
    assert (gone.provider, gone.note) == (None, "provider not in the package: a mine")


def test_scores_of_another_system_are_no_pedigree(tmp_path: Path) -> None:
    scored = exchange("coal", 1, KG, dqEntry="(1;2;3;4;5)", baseUncertainty=1.2)
    known = taking(tmp_path, scored).exchanges[0]
    assert known.pedigree == "1;2;3;4;5" and known.basic_variance is not None
    assert known.basic_variance.value == pytest.approx(math.log(1.2) ** 2)
    other = taking(tmp_path, scored, exchangeDqSystem=ref("x", "US EPA - Flow Pedigree Matrix")).exchanges[0]
    assert (other.pedigree, other.basic_variance, other.note) == (None, None, "data quality: (1;2;3;4;5)")
    short = taking(tmp_path, scored | {"dqEntry": "(1;n.a.;3)"}).exchanges[0]
    assert (short.pedigree, short.note) == (None, "data quality: (1;n.a.;3)")


def test_names_of_what_is_not_in_the_package_are_kept(tmp_path: Path) -> None:
    rights = {"isCopyrightProtected": True, "sources": [ref("s", "A report")]}
    found = taking(tmp_path, location=ref("l", "DE"), processDocumentation=rights)
    assert (found.region, found.source, found.licence) == ("DE", "A report", "protected by copyright")


def test_a_skewed_spread_leaves_the_amount_as_stated(tmp_path: Path) -> None:
    spread = {"distributionType": "TRIANGLE_DISTRIBUTION", "minimum": 1.0, "mode": 2.0, "maximum": 6.0}
    (coal,) = taking(tmp_path, exchange("coal", 2, KG, uncertainty=spread)).exchanges
    factor = Distribution("triangular", low=0.5, mode=1.0, high=3.0)
    assert coal.amount == Quantity(2.0, "kg", uncertain=factor)
    turned = {"distributionType": "UNIFORM_DISTRIBUTION", "minimum": -3.0, "maximum": 1.0}
    (coal,) = taking(tmp_path, exchange("coal", -1, KG, uncertainty=turned)).exchanges
    assert (coal.amount, coal.avoided) == (Quantity.uniform(-1, 3, "kg"), True)


# -- packages that are broken --


def broken(change: str) -> dict[str, list[dict[str, Any]]]:
    content = package()
    making = content["processes"][0]
    if change == "twice":
        content["flows"].append(product("steel"))
    elif change == "no identifier":
        del content["flows"][0]["@id"]
    elif change == "no flow":
        making["exchanges"].append(exchange("wood", 1, KG))
    elif change == "no amount":
        making["exchanges"].append(exchange("coal", 1, KG) | {"amount": "much"})
    elif change == "not finite":
        making["exchanges"].append(exchange("coal", 1, KG) | {"amount": float("nan")})
    elif change == "other form":
        making["exchanges"] = 7
    elif change == "no flow of a factor":
        factors = [{"flow": ref("wood"), "value": 1.0, "unit": ref(KG)}]
        content["lcia_categories"] = [{"@id": "c", "name": "c", "refUnit": "kg", "impactFactors": factors}]
    elif change == "no unit":
        making["exchanges"].append(exchange("coal", 1, KG) | {"unit": None})
    elif change == "other dimension":
        making["exchanges"].append(exchange("steel", 1, MJ))
    return content


@pytest.mark.parametrize(
    ("change", "kind", "about"),
    [
        ("twice", errors.DuplicateKeyError, "stands twice in the package; found 'steel'"),
        ("no identifier", errors.NotReadableError, "without identifier"),
        ("no flow", errors.NotReadableError, "a flow that is not in the package; found 'wood'"),
        ("no amount", errors.WrongTypeError, "activities.making.exchanges.0.amount: not a number"),
        ("not finite", errors.WrongTypeError, "not a finite number"),
        ("other form", errors.NotReadableError, "not an entity of openLCA"),
        ("no flow of a factor", errors.NotReadableError, "found 'wood'"),
        ("no unit", errors.NotReadableError, "an amount without unit"),
        ("other dimension", errors.DimensionError, "activities.making.exchanges.0.amount"),
    ],
)
def test_a_broken_package_is_refused_by_name(
    tmp_path: Path, change: str, kind: type[MeguruError], about: str
) -> None:
    with pytest.raises(kind) as caught:
        inventory.import_openlca(written(tmp_path, broken(change)))
    assert about in str(caught.value)


def test_packages_that_can_not_be_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, package())
    monkeypatch.setattr(openlca_package, "LARGEST_UNPACKED", 2000)
    with pytest.raises(errors.NotReadableError, match="package too large"):
        inventory.import_openlca(path)
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path / "folder")
    with pytest.raises(errors.NotReadableError, match="package too large"):
        inventory.import_openlca(tmp_path / "folder")
    monkeypatch.undo()
    assert inventory.import_openlca(tmp_path / "folder").flows == inventory.import_openlca(path).flows
    data = bytearray(path.read_bytes())
    data[60:90] = b"\0" * 30
    (tmp_path / "damaged.zip").write_bytes(data)
    with pytest.raises(errors.NotReadableError, match="broken"):
        inventory.import_openlca(tmp_path / "damaged.zip")
    (tmp_path / "deep.zip").unlink(missing_ok=True)
    with zipfile.ZipFile(tmp_path / "deep.zip", "w") as packed:
        packed.writestr("processes/a.json", "[" * 100_000)
    with pytest.raises(errors.NotReadableError, match="not JSON"):
        inventory.import_openlca(tmp_path / "deep.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_stands_twice_in_a_zip(tmp_path: Path) -> None:
    path = written(tmp_path, package())
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("flows/0.json", json.dumps(product("steel")))
    with pytest.raises(errors.DuplicateKeyError, match=r"flows/0\.json"):
        inventory.import_openlca(path)


# -- export --


def test_two_factors_for_one_place_are_not_exported(tmp_path: Path) -> None:
    library = inventory.parse_library(SKETCH)
    more = inventory.Factor(impact="climate", scope="other", amount=Quantity(1.0, "kg_CO2e/kWh"))
    library.flows["electricity"].factors.append(more)
    with pytest.raises(errors.LibraryError, match="only one factor"):
        inventory.export_openlca(library, tmp_path / "sketch.zip", year=2020)
    assert list(tmp_path.iterdir()) == []


def test_identifiers_that_openlca_can_not_hold_are_told(tmp_path: Path) -> None:
    library = inventory.parse_library(SKETCH)
    library.flows["ore"].id = "database/ab/../cd"
    library.flows["steel"].id = library.flows["plate"].id = "0b5a4d6e-3f1c-4a63-9d3f-5a2f0b1c2d3e"
    lost = inventory.export_openlca(library, tmp_path / "sketch.zip", year=2020)
    assert [text for text in lost if "identifier" in text] == [
        "flow ore: its identifier database/ab/../cd",
        "flow plate: its identifier 0b5a4d6e-3f1c-4a63-9d3f-5a2f0b1c2d3e",
    ]
    assert inventory.import_openlca(tmp_path / "sketch.zip").flows.keys() == library.flows.keys()


def test_scores_are_exported_with_the_system_by_which_they_are_read(tmp_path: Path) -> None:
    inventory.export_openlca(inventory.parse_library(SKETCH), tmp_path / "sketch.zip", year=2020)
    with zipfile.ZipFile(tmp_path / "sketch.zip") as packed:
        processes = [json.loads(packed.read(name)) for name in packed.namelist() if "processes/" in name]
    systems = {one["name"]: one.get("exchangeDqSystem", {}).get("name") for one in processes}
    assert systems == {"smelting": "ecoinvent Data Quality System", "rolling": None}


@pytest.mark.parametrize(
    "spread",
    [
        Distribution("lognormal", median=1.0, gsd=1.5),
        Distribution("normal", mean=1.0, sd=0.1),
        Distribution("uniform", low=0.5, high=2.0),
        Distribution("triangular", low=0.5, mode=1.0, high=2.0),
    ],
)
def test_a_factor_below_zero_keeps_its_sign_and_spread(tmp_path: Path, spread: Distribution) -> None:
    library = inventory.parse_library(SKETCH)
    amount = Quantity(-2.0, "kg_CO2e/t", uncertain=spread)  # taken up from the air
    library.flows["ore"].factors = [inventory.Factor(impact="climate", amount=amount)]
    inventory.export_openlca(library, tmp_path / "sketch.zip", year=2020)
    (back,) = inventory.import_openlca(tmp_path / "sketch.zip").flows["ore"].factors
    assert back.amount.value == pytest.approx(-2.0)
    assert back.amount.uncertain is not None and back.amount.uncertain.form == spread.form
    assert back.amount.uncertain.parameters() == pytest.approx(spread.parameters())


def test_source_and_licence_of_the_library_come_back(tmp_path: Path) -> None:
    library = inventory.parse_library(SKETCH)
    inventory.export_openlca(library, tmp_path / "other-name.zip", year=2020)
    back = inventory.import_openlca(tmp_path / "other-name.zip")
    assert (back.name, back.source, back.licence) == ("sketch", "synthetic", "CC0-1.0")
    found = inventory.factor(back, "petrol", "climate")
    assert (found.source, found.licence) == ("synthetic", "CC0-1.0")
    assert {(one.source, one.licence) for one in back.activities.values()} == {(None, None)}
