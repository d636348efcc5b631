"""EcoSpold by hand: amounts that contradict each other, ranges, rights, units, regions, order of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_inventory_importers import (
    DATASET_2,
    EXCHANGES_1,
    MADE_1,
    MADE_2,
    REFERENCE,
    TAKEN,
    exchange_1,
    exchange_2,
)

from meguru import errors, inventory
from meguru.errors import MeguruError
from meguru.quantity import Distribution, Quantity

DATA = Path(__file__).parent / "data" / "inventory"


def read(tmp_path: Path, text: str) -> inventory.Library:
    (tmp_path / "made.xml").write_text(text, encoding="utf-8")
    return inventory.import_ecospold(tmp_path / "made.xml")


# -- reference --


@pytest.mark.parametrize(
    ("reference", "about"),
    [
        (exchange_1("press", 3, "output", 0), "found '3 kg in the exchange', expected 2 kg"),
        (exchange_1("press", 2, "output", 0, unit="MJ"), "2 MJ in the exchange"),
    ],
)
def test_an_exchange_that_contradicts_the_reference_amount(
    tmp_path: Path, reference: str, about: str
) -> None:
    with pytest.raises(errors.RangeError, match=about) as caught:
        read(tmp_path, MADE_1.replace(EXCHANGES_1[0], reference))
    assert "dataset 1" in str(caught.value) and "made.xml" in str(caught.value)


def test_the_same_reference_amount_in_another_unit(tmp_path: Path) -> None:
    grams = exchange_1("press", 2000, "output", 0, unit="g")
    assert read(tmp_path, MADE_1.replace(EXCHANGES_1[0], grams)).activities["press"].amount.value == 2.0


def test_a_second_reference_product_is_kept_and_refused_in_sums(tmp_path: Path) -> None:
    second = EXCHANGES_1[0] + exchange_1("chips", 1, "output", 0)
    library = read(tmp_path, MADE_1.replace(EXCHANGES_1[0], second))
    library.impacts["climate"] = inventory.Impact(unit="kg_CO2e")
    assert library.activities["press"].exchanges[0].flow == "chips"
    with pytest.raises(errors.UnsupportedError, match="more than one product"):
        inventory.solve(library)
    unnamed = MADE_1.replace(EXCHANGES_1[0], second.replace("press", "pressed"))
    with pytest.raises(errors.NotReadableError, match="one called 'press'"):
        read(tmp_path, unnamed)


# -- rights --


def test_what_is_said_of_rights_is_kept(tmp_path: Path) -> None:
    (acid,) = inventory.import_ecospold(DATA / "acetic-acid.xml").activities.values()
    (block,) = inventory.import_ecospold(DATA / "concrete-block.spold").activities.values()
    assert acid.licence == "not protected by copyright; access: public"
    assert block.licence == "protected by copyright; access: licensees"
    assert read(tmp_path, MADE_1).activities["press"].licence is None
    # And survives the way to openLCA and back.
    library = inventory.import_ecospold(DATA / "acetic-acid.xml")
    inventory.export_openlca(library, tmp_path / "acid.zip")
    (back,) = inventory.import_openlca(tmp_path / "acid.zip").activities.values()
    assert (back.source, back.licence) == (acid.source, acid.licence)


# -- spreads --


def amount_1(tmp_path: Path, mean: float, more: str) -> inventory.Exchange:
    made = exchange_1("odd", mean, "input", 5, more)
    return read(tmp_path, MADE_1.replace(EXCHANGES_1[1], made)).activities["press"].exchanges[0]


def test_a_range_that_crosses_zero_keeps_its_sign(tmp_path: Path) -> None:
    odd = amount_1(tmp_path, 1, 'uncertaintyType="4" minValue="-1" maxValue="3"')
    assert odd.amount == Quantity.uniform(-1, 3, "kg")
    odd = amount_1(tmp_path, -1, 'uncertaintyType="4" minValue="-3" maxValue="1"')
    assert (odd.amount, odd.avoided) == (Quantity.uniform(-1, 3, "kg"), True)
    odd = amount_1(tmp_path, 2, 'uncertaintyType="3" minValue="-1" mostLikelyValue="1" maxValue="6"')
    assert odd.amount == Quantity.triangular(-1, 1, 6, "kg")


def test_the_amount_stated_is_what_sums_take_and_the_spread_lies_around_it(tmp_path: Path) -> None:
    """Amount 2 and a triangle of mean 3: calculated with 2, drawn from 1 to 6."""
    odd = amount_1(tmp_path, 2, 'uncertaintyType="3" minValue="1" mostLikelyValue="2" maxValue="6"')
    factor = Distribution("triangular", low=0.5, mode=1.0, high=3.0)
    assert odd.amount == Quantity(2.0, "kg", uncertain=factor)


def test_ranges_of_ecospold_2_that_cross_zero(tmp_path: Path) -> None:
    inside = '<uncertainty><triangular minValue="-1" mostLikelyValue="1" maxValue="3"/></uncertainty>'
    flows = exchange_2("part", 1, REFERENCE) + exchange_2("oil", 1, TAKEN, inside=inside)
    library = read(tmp_path, MADE_2.format(DATASET_2.format(id="a", flows=flows)))
    assert library.activities["a"].exchanges[0].amount == Quantity.triangular(-1, 1, 3, "kg")
    lost = inside.replace("mostLikelyValue", "mode")
    with pytest.raises(errors.WrongTypeError, match="mostLikelyValue"):
        read(tmp_path, MADE_2.format(DATASET_2.format(id="a", flows=flows.replace(inside, lost))))


def test_spreads_of_ecospold_2_are_those_with_the_pedigree(tmp_path: Path) -> None:
    normal = '<uncertainty><normal variance="0.01" varianceWithPedigreeUncertainty="0.04"/></uncertainty>'
    flows = exchange_2("part", 1, REFERENCE) + exchange_2("oil", 1, TAKEN, inside=normal)
    library = read(tmp_path, MADE_2.format(DATASET_2.format(id="a", flows=flows)))
    assert library.activities["a"].exchanges[0].amount == Quantity.normal(1, 0.2, "kg")


def test_a_score_that_a_pedigree_of_ecospold_2_leaves_out_is_the_worst(tmp_path: Path) -> None:
    scores = '<pedigreeMatrix reliability="2" completeness="1" temporalCorrelation="3"/>'
    scores = f"<uncertainty>{scores}</uncertainty>"
    flows = exchange_2("part", 1, REFERENCE) + exchange_2("oil", 1, TAKEN, inside=scores)
    library = read(tmp_path, MADE_2.format(DATASET_2.format(id="a", flows=flows)))
    assert library.activities["a"].exchanges[0].pedigree == "2;1;3;5;5"


def test_an_output_below_zero_of_ecospold_2_is_a_burden_avoided(tmp_path: Path) -> None:
    flows = exchange_2("part", 1, REFERENCE) + exchange_2("heat", -3, "<outputGroup>2</outputGroup>")
    library = read(tmp_path, MADE_2.format(DATASET_2.format(id="a", flows=flows)))
    (heat,) = library.activities["a"].exchanges
    assert (heat.amount, heat.direction, heat.avoided) == (Quantity(3.0, "kg"), "output", True)


# -- units --


@pytest.mark.parametrize("unit", ["EUR2005", "USD 2000", "LU", "barn", "円2005"])
def test_a_unit_that_is_not_known_is_counted_by_itself(tmp_path: Path, unit: str) -> None:
    library = read(tmp_path, MADE_1.replace('unit="MJ"', f'unit="{unit}"'))
    ((own, flows),) = inventory.unknown_units(library).items()
    assert flows == ["flows.heat"]
    assert library.flows["heat"].note == f"unit '{unit}' is not known: counted by itself"
    # It survives a file, converts into nothing else, and is rated by a factor per it.
    inventory.write_library(library, tmp_path / "library.yaml")
    assert inventory.read_library(tmp_path / "library.yaml") == library
    for other in ("EUR", "piece", "kg"):
        with pytest.raises(errors.DimensionError):
            inventory.library_from_data({
                "inventory": 1, "name": "x", "impacts": {"climate": {"unit": "kg_CO2e"}},
                "flows": {"f": {"unit": own, "factors": [{"impact": "climate",
                                                          "amount": f"1 kg_CO2e/{other}"}]}},
            })  # fmt: skip


def test_units_of_their_own_are_told_apart(tmp_path: Path) -> None:
    two = MADE_1.replace('unit="MJ"', 'unit="EUR2005"').replace(
        exchange_1("rags", 1, "output", 3), exchange_1("rags", 1, "output", 3, unit="EUR2010")
    )
    assert len(inventory.unknown_units(read(tmp_path, two))) == 2


# -- kinds, whatever the order --


def test_what_a_flow_is_does_not_depend_on_which_file_is_read_first(tmp_path: Path) -> None:
    making = exchange_2("part", 1, REFERENCE) + exchange_2("swarf", 0.2, "<outputGroup>2</outputGroup>")
    treating = exchange_2("swarf", -1, REFERENCE)
    sets = {"a": making, "b": treating}
    kinds = []
    for order in ("ab", "ba"):
        text = "".join(DATASET_2.format(id=name, flows=sets[name]) for name in order)
        library = read(tmp_path, MADE_2.format(text))
        kinds.append({name: flow.kind for name, flow in library.flows.items()})
        library.impacts["climate"] = inventory.Impact(unit="kg_CO2e")
        inventory.solve(library)
    assert kinds[0] == kinds[1] == {"part": "product", "swarf": "waste"}


def test_what_nature_gives_and_takes_are_two_flows(tmp_path: Path) -> None:
    taken, given = "<inputGroup>4</inputGroup>", "<outputGroup>4</outputGroup>"
    water = "".join(
        exchange_2("water", 1, group).replace("intermediateExchange ", "elementaryExchange ")
        .replace("</intermediateExchange>", "</elementaryExchange>")
        for group in (taken, given)
    )  # fmt: skip
    text = DATASET_2.format(id="a", flows=exchange_2("part", 1, REFERENCE) + water)
    library = read(tmp_path, MADE_2.format(text))
    found = [(library.flows[one.flow].kind, one.direction) for one in library.activities["a"].exchanges]
    assert found == [("resource", "input"), ("emission", "output")]


def test_a_provider_that_is_not_run_for_the_flow_is_noted(tmp_path: Path) -> None:
    flows = exchange_2("part", 1, REFERENCE) + exchange_2("oil", 1, TAKEN, link="b")
    other = exchange_2("gas", 1, REFERENCE)
    sets = DATASET_2.format(id="a", flows=flows) + DATASET_2.format(id="b", flows=other)
    (oil,) = read(tmp_path, MADE_2.format(sets)).activities["a"].exchanges
    assert (oil.provider, oil.note) == (None, "provider not run for this flow: b")


# -- files that are none --


@pytest.mark.parametrize(
    ("data", "about"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16"), "document type"),
        (b'<?xml version="1.0" encoding="nonsense"?><x/>', "no XML"),
        (b"\xff\xfe\x00", "no XML"),
        (b"", "no XML"),
    ],
)
def test_files_that_no_one_can_read(tmp_path: Path, data: bytes, about: str) -> None:
    (tmp_path / "wrong.spold").write_bytes(data)
    with pytest.raises(MeguruError, match=about) as caught:
        inventory.import_ecospold(tmp_path)
    assert "wrong.spold" in str(caught.value)


def test_a_folder_in_place_of_a_file_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(errors.NotReadableError, match="no EcoSpold file in the folder"):
        inventory.import_ecospold(tmp_path)
    (tmp_path / "a.xml").mkdir()
    with pytest.raises(errors.NotReadableError, match="can not be opened"):
        inventory.import_ecospold(tmp_path)
