"""Inventory libraries: read and written, wrong ones refused, found by any name, solved, with gaps told."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_sketch import SKETCH
from jsonschema import Draft202012Validator

from meguru import errors, inventory
from meguru.errors import DimensionError, LibraryError, ModelError, SeriesError, UnknownNameError
from meguru.files.tree import parse_tree, plain
from meguru.files.yaml_text import to_yaml
from meguru.inventory import Gap
from meguru.inventory.conversion import in_flow_unit
from meguru.inventory.read import library_data, library_schema
from meguru.quantity import Quantity

LIBRARY = inventory.parse_library(SKETCH)


# -- files --


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_what_is_written_is_read_as_the_same(tmp_path: Path, suffix: str) -> None:
    inventory.write_library(LIBRARY, tmp_path / f"library{suffix}")
    assert inventory.read_library(tmp_path / f"library{suffix}") == LIBRARY


def test_a_library_built_in_python_is_the_one_read() -> None:
    library = inventory.Library(
        name="mine",
        impacts={"climate": inventory.Impact(unit="kg_CO2e")},
        flows={"steel": inventory.Flow(unit="kg")},
        activities={"smelting": inventory.Activity(flow="steel", amount=Quantity(1.0, "kg"))},
    )
    assert inventory.parse_library(to_yaml(library_data(library))) == library


def test_the_schema_accepts_what_the_reader_accepts_and_marks_what_it_refuses() -> None:
    validator = Draft202012Validator(library_schema())
    Draft202012Validator.check_schema(library_schema())
    assert list(validator.iter_errors(as_json(SKETCH))) == []
    for old, new in (
        ("unit: kg_CO2e,", "unti: kg_CO2e,"),
        ("kind: waste", "kind: rubbish"),
        ("name: sketch", ""),
    ):
        assert SKETCH.count(old) >= 1
        assert not validator.is_valid(as_json(SKETCH.replace(old, new)))


def as_json(text: str) -> Any:
    import json

    return json.loads(json.dumps(plain(parse_tree(text, None))))


# What is replaced in the sketch, by what, the error, and what its text holds.
FAULTS: list[tuple[str, str, type[ModelError], str]] = [
    ("inventory: 1", "inventory: 2", errors.UnsupportedError, "other version"),
    ("name: sketch", "nmae: sketch", errors.UnknownKeyError, "Did you mean 'name'"),
    ("name: sketch\n", "", errors.MissingValueError, "name"),
    ("kind: waste", "kind: rubbish", errors.UnknownNameError, "product, waste, emission, resource"),
    ("unit: kg_SO2e", "unit: kg_SO2ee!", errors.UnitError, "impacts.acid.unit"),
    ("{unit: t, kind: resource}", "{unit: ton, kind: resource}", errors.UnitError, "flows.ore.unit"),
    ("{flow: ore,", "{flow: oar,", errors.UnknownNameError, "Did you mean 'ore'"),
    ("{impact: acid,", "{impact: acide,", errors.UnknownNameError, "flows.sulphur_dioxide.factors"),
    ("0.6 kg_CO2e/kWh", "0.6 kg_CO2e/kg", errors.DimensionError, "flows.electricity.factors.climate.amount"),
    ("0.6 kg_CO2e/kWh", "0.6", errors.DimensionError, "no unit"),
    ("amount: 0.5 MWh", "amount: 0.5 m2", errors.DimensionError, "activities.smelting.exchanges.0.amount"),
    ("amount: 1 t\n", "amount: 1 kWh\n", errors.DimensionError, "activities.smelting.amount"),
    ("amount: 1 t\n", "amount: 0 t\n", errors.RangeError, "reference amount above zero"),
    ("amount: 1.4 t", "amount: -1.4 t", errors.RangeError, "avoided: true"),
    ("{climate: 200 kg_CO2e}", "{climate: 200 kg}", errors.DimensionError, "impacts.climate"),
    ("{climate: 200 kg_CO2e}", "{weather: 200 kg_CO2e}", errors.UnknownNameError, "no such impact category"),
    ("cost: 900 JPY", "cost: 900 kg", errors.DimensionError, "money"),
    ("time: 3 minute", "time: 3 kg", errors.DimensionError, "activities.smelting.time"),
    ("last: 2020", "last: 2010", errors.RangeError, "before the first"),
    ("pedigree: 2;3;1;1;4", "pedigree: 2;3;1;1", errors.WrongTypeError, "five scores"),
    ("pedigree: 2;3;1;1;4", "pedigree: 2;3;1;1;6", errors.WrongTypeError, "five scores"),
    ("heating_value: 33.4", "heating_value: -33.4", errors.RangeError, "properties.heating_value"),
    ("amount: 0.1 kg,", "amount: '= 2 * x',", errors.UnsupportedError, "no formulas"),
    ("amount: 1.1 kg}", "amount: 1.1 kg, provider: smelter}", errors.UnknownNameError, "provider"),
    (
        "{impact: climate, amount: 0.6 kg_CO2e/kWh, year: 2018}",
        "{impact: climate, amount: 0.6 kg_CO2e/kWh, region: JP}",
        errors.DuplicateKeyError,
        "climate@JP",
    ),
]


@pytest.mark.parametrize(("old", "new", "kind", "about"), FAULTS)
def test_a_wrong_library_is_refused_by_name_place_and_line(
    old: str, new: str, kind: type[ModelError], about: str
) -> None:
    assert SKETCH.count(old) == 1
    with pytest.raises(kind) as caught:
        inventory.parse_library(SKETCH.replace(old, new), file="library.yaml")
    assert type(caught.value) is kind
    assert about in str(caught.value)
    assert caught.value.file == "library.yaml"


def test_a_fault_names_its_line() -> None:
    with pytest.raises(DimensionError) as caught:
        inventory.parse_library(SKETCH.replace("amount: 0.5 MWh", "amount: 0.5 m2"))
    line = 1 + SKETCH[: SKETCH.index("amount: 0.5 MWh")].count("\n")
    assert caught.value.line == line


# -- finding --


@pytest.mark.parametrize("name", ["electricity", "Electricity", "電力", "power", "ＰＯＷＥＲ"])
def test_a_flow_is_found_by_any_of_its_names(name: str) -> None:
    assert inventory.find_flow(LIBRARY, name)[0] == "electricity"
    assert inventory.find_flow(LIBRARY, "7446-09-5")[0] == "sulphur_dioxide"


def test_a_miss_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'petrol'"):
        inventory.find_flow(LIBRARY, "petroll")
    with pytest.raises(UnknownNameError, match="Did you mean 'ガソリン'"):
        inventory.find_flow(LIBRARY, "ガソリソ")
    with pytest.raises(UnknownNameError, match="Did you mean 'rolling'"):
        inventory.find_activity(LIBRARY, "roling")
    with pytest.raises(UnknownNameError, match="Did you mean 'climate'"):
        inventory.factor(LIBRARY, "petrol", "climat")


def test_a_name_of_two_is_no_answer() -> None:
    library = inventory.parse_library(SKETCH.replace("label: {ja: ガソリン}", "aliases: [power]"))
    with pytest.raises(LibraryError, match="more than one flow"):
        inventory.find_flow(library, "power")


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ({"region": "JP", "year": 2020}, 0.5),
        ({"region": "JP", "year": 2025}, 0.4),
        ({"region": "JP", "year": 2025, "unit": "MJ"}, 0.4 / 3.6),
        ({"region": "CN"}, 0.6),
        ({}, 0.6),
    ],
)
def test_a_factor_by_region_year_and_unit(wanted: dict[str, Any], value: float) -> None:
    found = inventory.factor(LIBRARY, "電力", "climate", **wanted)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.unit == f"kg_CO2e/{wanted.get('unit', 'kWh')}"
    # Another region is never taken for the one asked for: the answer says that it holds everywhere.
    assert found.region == ("JP" if wanted.get("region") == "JP" else None)
    assert found.year == (wanted["year"] if found.region else 2018)
    assert (found.source, found.licence) == ("grid" if found.region else "synthetic", "CC0-1.0")


def test_a_factor_in_units_that_only_a_property_leads_to() -> None:
    assert inventory.factor(LIBRARY, "petrol", "climate").value == pytest.approx(2300)
    assert inventory.factor(LIBRARY, "petrol", "climate", unit="L").value == pytest.approx(2.3)
    per_energy = inventory.factor(LIBRARY, "petrol", "climate", unit="MJ")
    assert per_energy.value == pytest.approx(2300 / 33400, rel=1e-12)
    assert per_energy.assumed
    assert inventory.factor(LIBRARY, "petrol", "climate", unit="kg").value == pytest.approx(2300 / 750)
    with pytest.raises(DimensionError, match=r"heating_value \(GJ/kL\), density"):
        inventory.factor(LIBRARY, "petrol", "climate", unit="m2")


def test_no_factor_is_an_error_and_not_zero() -> None:
    with pytest.raises(LibraryError, match="no such factor; found 'none at all'"):
        inventory.factor(LIBRARY, "steel", "climate")
    with pytest.raises(LibraryError, match="no such factor"):
        inventory.factor(LIBRARY, "electricity", "acid", region="JP")
    only = SKETCH.replace("      - {impact: climate, amount: 0.6 kg_CO2e/kWh, year: 2018}\n", "")
    with pytest.raises(LibraryError, match="no such factor"):  # that of Japan is no factor of China
        inventory.factor(inventory.parse_library(only), "electricity", "climate", region="CN", year=2020)
    with pytest.raises(LibraryError, match="changes by year"):
        inventory.factor(LIBRARY, "electricity", "climate", region="JP")
    with pytest.raises(SeriesError):
        inventory.factor(LIBRARY, "electricity", "climate", region="JP", year=2040)


def test_factors_of_different_scope_are_told_apart() -> None:
    one = "{{impact: climate, amount: {} t_CO2e/kL, scope: {}}}"
    two = f"[{one.format(2, 'burning')}, {one.format(3, 'all')}]"
    library = inventory.parse_library(
        SKETCH.replace("[{impact: climate, amount: 2.3 t_CO2e/kL, assumed: true}]", two)
    )
    with pytest.raises(LibraryError, match="more than one factor; found 'burning, all'"):
        inventory.factor(library, "petrol", "climate")
    assert inventory.factor(library, "petrol", "climate", scope="all").value == pytest.approx(3000)


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-6, 1e6), st.sampled_from(["L", "kL", "m3", "MJ", "kWh", "kg", "t"]))
def test_units_lead_there_and_back(size: float, unit: str) -> None:
    """A property is one fact: 33.4 GJ/kL and its reciprocal say the same."""
    flow = LIBRARY.flows["petrol"]
    turned = inventory.Flow(
        unit="kL",
        properties={
            "volume_per_energy": Quantity(1 / 33.4, "kL/GJ"),
            "volume_per_mass": Quantity(1 / 0.75, "kL/t"),
        },
    )
    assert in_flow_unit(turned, unit) * size == pytest.approx(in_flow_unit(flow, unit) * size, rel=1e-12)


def test_search_finds_all_words_in_any_language() -> None:
    assert [hit.name for hit in inventory.search(LIBRARY, "電")] == ["electricity"]
    assert [(hit.kind, hit.name) for hit in inventory.search(LIBRARY, "CLIMATE change")] == [
        ("impact", "climate")
    ]
    assert inventory.search(LIBRARY, "electric nothing") == []
    (hit,) = inventory.search(LIBRARY, "petrol")
    assert hit.assumed and hit.licence == "CC0-1.0" and hit.source == "synthetic"


# -- uncertainty --


def test_the_spread_of_a_pedigree() -> None:
    assert inventory.spread("1;1;1;1;1") == pytest.approx(math.exp(math.sqrt(0.0006)))
    assert inventory.spread("(5; 5; 5; 5; 5)", 0.0) == pytest.approx(math.exp(math.sqrt(0.21)))


# -- the whole network --


def test_solving_takes_everything_that_lies_behind() -> None:
    """By hand: smelting takes a tenth of its own steel; rolling stands on it."""
    solved = inventory.solve(LIBRARY, year=2020)
    steel = (200 + 500 * 0.5) / 1000 / (1 - 0.1)
    found = inventory.factor(solved.library, "steel", "climate", region="JP")
    assert found.value == pytest.approx(steel, rel=1e-12)
    petrol = 3.34e-3 / 33.4 * 2300
    plate = 1.1 * steel + petrol - 0.1 * 0.5
    assert inventory.factor(solved.library, "plate", "climate", region="JP").value == pytest.approx(plate)
    acid = 2 / 1000 / 0.9
    assert inventory.factor(solved.library, "steel", "acid", region="JP").value == pytest.approx(acid)
    assert inventory.factor(solved.library, "plate", "acid", region="JP").value == pytest.approx(1.1 * acid)


def test_what_is_missing_is_told_and_marks_all_that_stands_on_it() -> None:
    solved = inventory.solve(LIBRARY, year=2020)
    assert solved.gaps == inventory.find_gaps(LIBRARY)
    assert Gap("rolling", "scrap", "climate", "JP", "no factor") in solved.gaps
    assert Gap("smelting", "ore", "climate", "JP", "not characterised") in solved.gaps
    assert Gap("smelting", "electricity", "acid", "JP", "no factor") in solved.gaps
    notes = {
        (flow, factor.impact): factor.note
        for flow in ("steel", "plate")
        for factor in solved.library.flows[flow].factors
    }
    assert notes["steel", "climate"] is None
    assert notes["steel", "acid"] == "without electricity"
    assert notes["plate", "climate"] == "without scrap; with petrol of no region"
    behind = inventory.parse_library(
        SKETCH.replace("      - {flow: scrap, amount: 0.1 kg, direction: output}\n", "")
        .replace("      - {flow: petrol, amount: 3.34 MJ}\n", "")
        .replace("      - {flow: electricity, amount: 0.1 kWh, avoided: true}\n", "")
    )
    plate = inventory.solve(behind, year=2020).library.flows["plate"].factors
    assert [factor.note for factor in plate if factor.impact == "acid"] == [
        "without something that lies behind it"
    ]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_a_random_network_solves_as_its_series(size: int, seed: int) -> None:
    """The burden is the sum over all tiers, c + Mᵀc + (Mᵀ)²c + …: an oracle that inverts nothing."""
    rng = np.random.default_rng(seed)
    taken = rng.uniform(0, 0.6 / size, (size, size))  # of flow i by activity j, per unit
    own, amounts = rng.uniform(0, 10, size), rng.uniform(0.1, 10, size)
    library = inventory.Library(
        name="random",
        impacts={"climate": inventory.Impact(unit="kg_CO2e")},
        flows={f"f{i}": inventory.Flow(unit="kg") for i in range(size)},
        activities={
            f"a{j}": inventory.Activity(
                flow=f"f{j}",
                amount=Quantity(amounts[j], "kg"),
                impacts={"climate": Quantity(own[j] * amounts[j], "kg_CO2e")},
                exchanges=[
                    inventory.Exchange(flow=f"f{i}", amount=Quantity(1000 * taken[i, j] * amounts[j], "g"))
                    for i in range(size)
                ],
            )
            for j in range(size)
        },
    )
    total, tier = own.copy(), own.copy()
    for _ in range(200):
        tier = taken.T @ tier
        total += tier
    solved = inventory.solve(library).library
    found = [inventory.factor(solved, f"f{j}", "climate").value for j in range(size)]
    assert found == pytest.approx(total, rel=1e-9)


def test_networks_that_have_no_answer() -> None:
    eats_itself = SKETCH.replace("{flow: steel, amount: 100 kg}", "{flow: steel, amount: 1 t}")
    with pytest.raises(LibraryError, match="can not be solved"):
        inventory.solve(inventory.parse_library(eats_itself), year=2020)
    two = SKETCH.replace("{flow: ore, amount: 1.4 t}", "{flow: plate, amount: 1 kg, direction: output}")
    with pytest.raises(errors.UnsupportedError, match="more than one product"):
        inventory.solve(inventory.parse_library(two), year=2020)
    twins = SKETCH + "  rolling_mill: {flow: steel, amount: 1 kg, region: JP}\n"
    with pytest.raises(LibraryError, match="more than one activity"):
        inventory.solve(inventory.parse_library(twins), year=2020)
    named = twins.replace(
        "{flow: steel, amount: 1.1 kg}", "{flow: steel, amount: 1.1 kg, provider: smelting}"
    )
    named = named.replace(
        "{flow: steel, amount: 100 kg}", "{flow: steel, amount: 100 kg, provider: smelting}"
    )
    solved = inventory.solve(inventory.parse_library(named), year=2020).library
    scopes = {factor.scope for factor in solved.flows["steel"].factors if factor.impact == "climate"}
    assert scopes == {"with what lies behind smelting"}  # of rolling_mill nothing is known


def test_the_activity_of_the_region_is_behind_an_exchange() -> None:
    chinese = "  smelting_abroad: {flow: steel, amount: 1 kg, region: CN, impacts: {climate: 9 kg_CO2e}}\n"
    solved = inventory.solve(inventory.parse_library(SKETCH + chinese), year=2020)
    at_home = inventory.solve(LIBRARY, year=2020)
    plates = [
        inventory.factor(one.library, "plate", "climate", region="JP").value for one in (solved, at_home)
    ]
    assert plates[0] == pytest.approx(plates[1])
    alone = SKETCH.replace(
        "flow: steel\n    amount: 1 t\n    region: JP", "flow: steel\n    amount: 1 t\n    region: CN"
    )
    assert Gap("rolling", "steel", "climate", "JP", "no factor") in inventory.find_gaps(
        inventory.parse_library(alone)
    )


def test_a_part_of_a_library_holds_what_it_needs() -> None:
    part = inventory.subset(LIBRARY, ["rolling"])
    assert list(part.activities) == ["smelting", "rolling"]
    assert list(part.flows) == list(LIBRARY.flows)
    assert list(inventory.subset(LIBRARY, ["ガソリン"]).flows) == ["petrol"]
    assert inventory.subset(LIBRARY, ["petrol"]).impacts.keys() == {"climate"}
    assert list(inventory.subset(LIBRARY, ["steel"]).activities) == ["smelting"]
    with pytest.raises(UnknownNameError):
        inventory.subset(LIBRARY, ["petroll"])


# -- the library that comes with meguru --


def test_every_value_of_the_open_library_has_source_year_and_licence() -> None:
    assert inventory.shipped_libraries() == ["meguru:open"]
    library = inventory.read_library("meguru:open")
    for name, flow in library.flows.items():
        for factor in flow.factors:
            assert factor.source and factor.licence, name
            assert factor.year or factor.amount.years, name
            assert factor.assumed == ("meguru" in factor.source), name
            assert isinstance(flow.label, dict) and set(flow.label) == {"en", "ja"}
    for activity in library.activities.values():
        assert activity.source and activity.licence and activity.last and activity.assumed
    assert inventory.find_gaps(library, region="JP") == []


def test_fuels_of_the_open_library_follow_from_heat_and_carbon() -> None:
    library = inventory.read_library("meguru:open")
    checked = 0
    for flow in library.flows.values():
        if "heating_value" in flow.properties:
            note = flow.factors[0].note or ""
            heat, carbon = (float(part.split()[0]) for part in note.split("×")[:2])
            assert flow.properties["heating_value"].value == heat
            assert flow.factors[0].amount.value == pytest.approx(heat * carbon * 44 / 12, abs=1e-4)
            checked += 1
    assert checked == 9


def test_a_library_that_does_not_come_with_meguru() -> None:
    with pytest.raises(LibraryError, match="Did you mean 'meguru:open'"):
        inventory.read_library("meguru:opn")
    with pytest.raises(errors.NotReadableError):
        inventory.read_library("nowhere.yaml")


NETWORK = """\
inventory: 1
name: network
source: synthetic
licence: CC0-1.0
impacts: {climate: {unit: kg_CO2e}}
flows: {p: {unit: kg}, q: {unit: kg}, coal: {unit: kg, factors: [{impact: climate, amount: 3 kg_CO2e/kg}]}}
activities:
  make_p:
    flow: p
    amount: 1 kg
    region: CN
    exchanges: [{flow: coal, amount: {distribution: lognormal, median: 2, gsd: 2, unit: kg}}]
  make_q: {flow: q, amount: 1 kg, exchanges: [{flow: p, amount: 1 kg}]}
"""


def test_a_network_is_solved_with_the_amounts_stated_not_with_the_means_of_their_spread() -> None:
    solved = inventory.solve(inventory.parse_library(NETWORK), year=2020)
    assert inventory.factor(solved.library, "p", "climate", region="CN").value == pytest.approx(6.0)


def test_an_activity_of_another_region_never_stands_in() -> None:
    """What takes of it lacks something: it is listed, and its factor says so."""
    solved = inventory.solve(inventory.parse_library(NETWORK), year=2020)
    assert [(gap.activity, gap.flow) for gap in solved.gaps] == [("make_q", "p")]
    with pytest.raises(LibraryError, match="no such factor"):  # nothing of it is rated, and that is not zero
        inventory.factor(solved.library, "q", "climate")
