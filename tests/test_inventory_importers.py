"""Importers: tables by a mapping of columns, openLCA there and back, EcoSpold; wrong files."""

from __future__ import annotations

import json
import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory_sketch import SKETCH

from meguru import errors, inventory
from meguru.errors import MeguruError, NotReadableError, UnitError
from meguru.inventory import Library
from meguru.inventory.importers.naming import free_name, impact_unit, known_unit
from meguru.inventory.importers.table_mapping import mapping_from_data
from meguru.quantity import Distribution, Quantity

DATA = Path(__file__).parent / "data" / "inventory"

# -- tables --

# The form in which tables of intensities are used; its numbers are synthetic.
INTENSITIES = """\
製品の排出原単位,,,,,
コード,製品名,数量,単位,"気候変動
[kg-CO2e]",酸性化 [kg-SO2e]
10001,電力,1,kWh,0.5,0.0004
10002,鋼板,1000,kg,"2,100",-
10003,段ボール箱,1,p,0.3,
,,,,,
"""
COLUMNS: dict[str, Any] = {
    "table": "factors",
    "name": "intensities",
    "header": 2,
    "columns": {"name": "コード", "label_ja": "製品名", "amount": "数量", "unit": "単位"},
    "impacts": {
        "climate": {"column": "気候変動 [kg-CO2e]", "unit": "kg_CO2e", "method": "GWP 100"},
        "acid": {"column": "酸性化 [kg-SO2e]", "unit": "kg_SO2e"},
    },
    "units": {"p": "piece"},
    "region": "JP",
    "year": 2020,
    "source": "synthetic",
    "licence": "CC0-1.0",
}
EXCHANGES = """\
process,role,flow,amount,unit,kind
Smelting,product,Steel,1,t,
Smelting,in,Power,0.5,MWh,
Smelting,out,SO2,2,kg,emission
Smelting,in,Heat,-3,MJ,
"""
EXCHANGE_COLUMNS: dict[str, Any] = {
    "table": "exchanges",
    "negative": "avoided",
    "name": "processes",
    "columns": {
        "activity": "process", "role": "role", "flow": "flow", "amount": "amount", "unit": "unit",
        "kind": "kind",
    },
    "roles": {"product": "reference", "in": "input", "out": "output"},
}  # fmt: skip


def as_workbook(text: str, path: Path) -> Path:
    import csv
    import io

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "table"
    for row in csv.reader(io.StringIO(text)):
        sheet.append([float(cell) if re.fullmatch(r"[\d.]+", cell) else cell or None for cell in row])
    book.save(path)
    return path


@pytest.mark.parametrize("form", ["csv", "cp932", "xlsx"])
def test_a_table_of_factors(tmp_path: Path, form: str) -> None:
    path, mapping = tmp_path / "table.csv", mapping_from_data(COLUMNS)
    if form == "xlsx":
        path = as_workbook(INTENSITIES, tmp_path / "table.xlsx")
    elif form == "cp932":
        path.write_text(INTENSITIES, encoding="cp932")
        mapping = replace(mapping, encoding="cp932")
    else:
        path.write_text(INTENSITIES, encoding="utf-8-sig")
    library = inventory.import_table(path, mapping)
    assert list(library.flows) == ["10001", "10002", "10003"]
    steel = inventory.factor(library, "鋼板", "climate", region="JP", unit="t")
    assert (steel.value, steel.year, steel.source, steel.licence) == (2100.0, 2020, "synthetic", "CC0-1.0")
    assert inventory.factor(library, "電力", "acid", region="JP").value == 0.0004
    assert library.flows["10003"].unit == "piece"
    with pytest.raises(errors.LibraryError, match="no such factor"):  # an empty cell is no zero
        inventory.factor(library, "10003", "acid", region="JP")


def test_a_table_of_exchanges(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(EXCHANGES, encoding="utf-8")
    (tmp_path / "m.json").write_text(json.dumps(EXCHANGE_COLUMNS), encoding="utf-8")
    library = inventory.import_table(tmp_path / "t.csv", tmp_path / "m.json")
    smelting = library.activities["Smelting"]
    assert (smelting.flow, smelting.amount) == ("Steel", Quantity(1.0, "t"))
    assert [(one.flow, one.amount.value, one.direction, one.avoided) for one in smelting.exchanges] == [
        ("Power", 0.5, "input", False),
        ("SO2", 2.0, "output", False),
        ("Heat", 3.0, "input", True),
    ]
    assert library.flows["SO2"].kind == "emission"


def test_what_a_flow_is_may_be_said_in_any_of_its_rows(tmp_path: Path) -> None:
    first = EXCHANGES.replace("Smelting,in,Power", "Smelting,out,SO2,1,kg,\nSmelting,in,Power")
    treated = "Dump,treats,Slag,1,kg,waste\nSmelting,out,Slag,2,kg,\n"
    (tmp_path / "t.csv").write_text(first + treated, encoding="utf-8")
    columns = EXCHANGE_COLUMNS | {"roles": {**EXCHANGE_COLUMNS["roles"], "treats": "treated"}}
    library = inventory.import_table(tmp_path / "t.csv", mapping_from_data(columns))
    assert (library.flows["SO2"].kind, library.flows["Slag"].kind) == ("emission", "waste")
    assert library.activities["Dump"].takes
    library.impacts["climate"] = inventory.Impact(unit="kg_CO2e")
    assert ("Smelting", "Slag") not in {(gap.activity, gap.flow) for gap in inventory.find_gaps(library)}


ROWS = """\
process,role,flow,amount,unit,region,pedigree,gsd,year,cost [JPY],time
desk,reference,desk,1,piece,JP,,,2024,"5,000",2 hour
desk,input,power,12,kWh,JP,1;2;1;1;2,,,,
desk,input,board,20,kg,VN,,1.2,,,
desk,avoided,heat,3,MJ,,,,,,
"""
ROW_COLUMNS: dict[str, Any] = {
    "table": "exchanges",
    "name": "desks",
    "columns": {
        "activity": "process", "role": "role", "flow": "flow", "amount": "amount", "unit": "unit",
        "region": "region", "pedigree": "pedigree", "gsd": "gsd", "year": "year", "cost": "cost [JPY]",
        "time": "time",
    },
}  # fmt: skip


def test_a_row_has_its_region_spread_year_cost_and_time(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ROWS, encoding="utf-8")
    desk = inventory.import_table(tmp_path / "t.csv", mapping_from_data(ROW_COLUMNS)).activities["desk"]
    assert (desk.region, desk.first, desk.last) == ("JP", 2024, 2024)
    assert (desk.cost, desk.time) == (Quantity(5000.0, "JPY"), Quantity(2.0, "hour"))
    power, board, heat = desk.exchanges
    assert (power.region, power.pedigree, power.amount.uncertain) == (None, "1;2;1;1;2", None)
    assert (board.region, board.amount.uncertain) == ("VN", Distribution("lognormal", median=1.0, gsd=1.2))
    assert (heat.avoided, heat.direction, heat.amount.value) == (True, "input", 3.0)


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("input,power,12", "input,power,-12", errors.RangeError, "t.csv:3.*below zero.*role 'avoided'"),
        ("desk,avoided", "desk,input,power,12,kWh,JP,1;2;1;1;2,,,,\ndesk,avoided", errors.DuplicateKeyError,
         "t.csv:5.*stands twice"),
        (",1.2,", ",0.9,", errors.RangeError, "t.csv:4: gsd: a geometric standard deviation below 1"),
        ("2 hour", "2 kg", errors.DimensionError, "time"),
        ("2 hour", "long", errors.WrongTypeError, "t.csv:2: time"),
    ],
)  # fmt: skip
def test_what_a_row_says_is_refused_where_it_can_not_be(
    old: str, new: str, error: type[MeguruError], says: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(ROWS.replace(old, new), encoding="utf-8")
    with pytest.raises(error, match=says):
        inventory.import_table(tmp_path / "t.csv", mapping_from_data(ROW_COLUMNS))


FACTOR_ROWS = """\
name,unit,region,year,CO2
power,kWh,JP,2020,0.45
power,kWh,JP,2030,0.25
power,kWh,VN,2022,0.66
"""
FACTOR_ROW_COLUMNS: dict[str, Any] = {
    "table": "factors",
    "name": "power",
    "columns": {"name": "name", "unit": "unit", "region": "region", "year": "year"},
    "impacts": {"climate": {"column": "CO2", "unit": "kg_CO2e"}},
}


def test_factors_of_a_flow_may_stand_by_region_and_year(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(FACTOR_ROWS, encoding="utf-8")
    library = inventory.import_table(tmp_path / "t.csv", mapping_from_data(FACTOR_ROW_COLUMNS))
    assert inventory.factor(library, "power", "climate", region="JP", year=2025).value == pytest.approx(0.35)
    found = inventory.factor(library, "power", "climate", region="VN", year=2022)
    assert (found.value, found.year) == (0.66, 2022)
    inventory.write_library(library, tmp_path / "x.yaml")
    assert inventory.read_library(tmp_path / "x.yaml").flows == library.flows


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("JP,2030", "JP,2020", errors.DuplicateKeyError),
        ("JP,2030", "JP,", errors.MissingValueError),
        ("JP,2020", "JP,", errors.MissingValueError),
        ("kWh,VN", "MJ,VN", errors.ContradictionError),
    ],
)
def test_rows_of_one_flow_that_do_not_go_together_are_refused(
    old: str, new: str, error: type[MeguruError], tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(FACTOR_ROWS.replace(old, new), encoding="utf-8")
    with pytest.raises(error, match=r"t\.csv:[34]"):
        inventory.import_table(tmp_path / "t.csv", mapping_from_data(FACTOR_ROW_COLUMNS))


def test_a_formula_that_nothing_has_calculated_is_no_empty_cell(tmp_path: Path) -> None:
    path = as_workbook(INTENSITIES, tmp_path / "table.xlsx")
    book = openpyxl.load_workbook(path)
    book["table"]["E3"] = "=1/2"
    book.save(path)
    with pytest.raises(NotReadableError, match="formula without a stored value") as caught:
        inventory.import_table(path, mapping_from_data(COLUMNS))
    assert caught.value.line == 3


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from meguru.inventory.importers import table_rows

    path = as_workbook(INTENSITIES, tmp_path / "table.xlsx")
    monkeypatch.setattr(table_rows, "LARGEST_UNPACKED", 100)
    with pytest.raises(NotReadableError, match="too large"):
        inventory.import_table(path, mapping_from_data(COLUMNS))


# The table or mapping with something replaced, the error, and what its text holds.
WRONG_TABLES: list[tuple[str, str, dict[str, Any], type[MeguruError], str]] = [
    ("10001,電力,1,kWh,0.5", "10001,電力,1,kWh,half", {}, errors.WrongTypeError, "table.csv:4"),
    ("10001,電力", "10002,電力", {}, errors.DuplicateKeyError, "stands twice"),
    ("10001,電力,1,", "10001,電力,0,", {}, errors.WrongTypeError, "reference amount"),
    ("電力,1,kWh", "電力,1,", {}, errors.MissingValueError, "an empty cell"),
    ("電力,1,kWh", "電力,1,kwh!", {}, UnitError, "table.csv:4"),
    ("段ボール箱,1,p", "段ボール箱,1,bx", {}, UnitError, "unknown unit"),
    ("コード,製品名", "code,製品名", {}, errors.LibraryError, "no such column"),
    ("", "", {"header": 9}, errors.LibraryError, "no such column"),
    ("", "", {"encoding": "ascii"}, NotReadableError, "cp932"),
    ("", "", {"columns": {"name": "コード"}}, errors.MissingValueError, "columns.unit"),
    ("", "", {"columns": {"nmae": "コード", "unit": "単位"}}, errors.UnknownNameError, "Did you mean 'name'"),
    ("", "", {"table": "flows"}, errors.UnknownNameError, "factors, exchanges"),
    ("", "", {"colums": {}}, errors.UnknownKeyError, "columns"),
    ("電力,1,kWh,0.5", '電力,1,kWh,"0,5"', {}, errors.WrongTypeError, "A comma may only stand"),
    ("電力,1,kWh,0.5", "電力,1,kWh,nan", {}, errors.WrongTypeError, "table.csv:4"),
    ("電力,1,kWh,0.5", "電力,1,kWh,1e999", {}, errors.WrongTypeError, "table.csv:4"),
    (
        "酸性化 [kg-SO2e]",
        '"気候変動\n[kg-CO2e]"',
        {},
        errors.DuplicateKeyError,
        "two columns of this heading",
    ),
    (
        "10001,電力,1,",
        "10001,電力,2020.5,",
        {"columns": {**COLUMNS["columns"], "year": "数量"}},
        errors.WrongTypeError,
        "not a whole number",
    ),
]


@pytest.mark.parametrize(("old", "new", "changed", "kind", "about"), WRONG_TABLES)
def test_a_wrong_table_is_refused(
    tmp_path: Path, old: str, new: str, changed: dict[str, Any], kind: type[MeguruError], about: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(INTENSITIES.replace(old, new) if old else INTENSITIES, encoding="utf-8")
    with pytest.raises(kind) as caught:
        inventory.import_table(path, mapping_from_data({**COLUMNS, **changed}))
    assert about in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("Smelting,product,Steel", "Smelting,produkt,Steel", errors.UnknownNameError),
        ("Smelting,product,Steel,1,t,\n", "", errors.MissingValueError),
        ("Smelting,in,Power,0.5", "Smelting,product,Power,0.5", errors.DuplicateKeyError),
        ("Power,0.5,", "Power,,", errors.MissingValueError),
        ("Steel,1,t,", "Steel,-1,t,", errors.RangeError),
        ("Steel,1,t,", "Steel,0,t,", errors.RangeError),
        ("Power,0.5,MWh,", "SO2,0.5,kg,resource", errors.DuplicateKeyError),
    ],
)
def test_a_wrong_table_of_exchanges_is_refused(
    tmp_path: Path, old: str, new: str, kind: type[MeguruError]
) -> None:
    assert EXCHANGES.count(old) == 1
    (tmp_path / "t.csv").write_text(EXCHANGES.replace(old, new), encoding="utf-8")
    with pytest.raises(kind):
        inventory.import_table(tmp_path / "t.csv", mapping_from_data(EXCHANGE_COLUMNS))


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    path = as_workbook(INTENSITIES, tmp_path / "table.xlsx")
    with pytest.raises(NotReadableError, match="Did you mean 'table'"):
        inventory.import_table(path, mapping_from_data({**COLUMNS, "sheet": "tabel"}))
    (tmp_path / "no.xlsx").write_text("no workbook", encoding="utf-8")
    with pytest.raises(NotReadableError, match="not a workbook"):
        inventory.import_table(tmp_path / "no.xlsx", mapping_from_data(COLUMNS))


# -- openLCA --


def test_a_package_of_others_in_schema_version_1() -> None:
    """Against the package's own files, read here by themselves."""
    library = inventory.import_openlca(DATA / "beef-cattle-finishing.zip")
    with zipfile.ZipFile(DATA / "beef-cattle-finishing.zip") as packed:
        processes = [
            json.loads(packed.read(name)) for name in packed.namelist() if name.startswith("processes/")
        ]
        flows = [name for name in packed.namelist() if name.startswith("flows/")]
    assert (len(library.activities), len(library.flows)) == (len(processes), len(flows)) == (8, 48)
    by_id = {activity.id: activity for activity in library.activities.values()}
    for process in processes:
        activity = by_id[process["@id"]]
        assert len(activity.exchanges) == len(process["exchanges"]) - 1
        assert activity.licence is not None and "CC0 1.0" in activity.licence
        there = sorted((one["flow"]["@id"], one["input"]) for one in process["exchanges"])
        here = [(library.flows[one.flow].id, one.direction == "input") for one in activity.exchanges]
        assert sorted([*here, (library.flows[activity.flow].id, activity.takes)]) == there
    beef = next(one for name, one in library.activities.items() if name.startswith("beef_cattle"))
    assert (beef.amount, beef.region, beef.first) == (Quantity(2914841.44, "kg"), "US-NE", 2011)
    feed = next(one for one in beef.exchanges if one.provider and one.provider.startswith("vitamin"))
    assert feed.amount == Quantity(1000.0, "kg")
    kinds = {name: flow.kind for name, flow in library.flows.items()}
    assert kinds["Ammonia"] == "emission"
    assert kinds["Energy_gross_calorific_value_in_biomass"] == "resource"


def test_a_package_of_others_survives_the_way_there_and_back(tmp_path: Path) -> None:
    library = inventory.import_openlca(DATA / "beef-cattle-finishing.zip")
    assert inventory.export_openlca(library, tmp_path / "beef-cattle-finishing.zip") == []
    assert alike(inventory.import_openlca(tmp_path / "beef-cattle-finishing.zip"), library)


def test_the_sketch_survives_and_what_does_not_is_told(tmp_path: Path) -> None:
    library = inventory.parse_library(SKETCH)
    lost = inventory.export_openlca(library, tmp_path / "sketch.zip", year=2020)
    for place in ("flows.electricity.label.ja", "activities.smelting.cost", "activities.smelting.time",
                  "activities.smelting.impacts", "flows.petrol.factors.climate: assumed"):  # fmt: skip
        assert place in lost
    back = inventory.import_openlca(tmp_path / "sketch.zip")
    assert back.flows["petrol"].properties["heating_value"].value == pytest.approx(33.4)
    assert inventory.factor(back, "electricity", "climate", region="JP").value == pytest.approx(0.5)
    # What can be solved from both is the same, but for the direct burden that openLCA does not hold.
    plain = replace(library, activities={**library.activities})
    plain.activities["smelting"] = replace(plain.activities["smelting"], impacts={})
    for impact in ("climate", "acid"):
        there = inventory.factor(inventory.solve(plain, year=2020).library, "plate", impact, region="JP")
        here = inventory.factor(inventory.solve(back).library, "plate", impact, region="JP")
        assert here.value == pytest.approx(there.value, rel=1e-12)


NAMES = st.sampled_from(["alpha", "beta", "gamma", "delta", "鋼"])
UNITS = st.sampled_from(
    ["kg", "t", "kWh", "MJ", "m3", "L", "piece", "tkm", "m2", "kBq", "cycle", "(m2)*year"]
)
SIZES = st.floats(1e-6, 1e6)
WORDS = st.text(st.characters(categories=("L", "N"), include_characters=" ;,"), min_size=1).map(str.strip)


@st.composite
def amounts(draw: st.DrawFn, unit: str) -> Quantity:
    size = draw(SIZES)
    gsd = draw(st.none() | st.floats(1.01, 5.0))
    median = draw(st.sampled_from([1.0, 0.9]))
    form = draw(st.sampled_from(["value", "normal", "triangular", "uniform", "skewed"]))
    if form == "normal":
        return Quantity.normal(size, size / 5, unit)
    if form == "triangular":
        return Quantity.triangular(size, size * 1.5, size * 3, unit)
    if form == "uniform":
        return Quantity.uniform(size, size * 2, unit)
    if form == "skewed":  # an amount that is not the mean of its spread
        factor = {"distribution": "triangular", "low": 0.5, "mode": 1.0, "high": 4.0}
        return Quantity.parse({"value": size, "unit": unit, "uncertain": factor})
    if gsd is None:
        return Quantity(size, unit)
    return Quantity.parse(
        {
            "value": size,
            "unit": unit,
            "uncertain": {"distribution": "lognormal", "median": median, "gsd": gsd},
        }
    )


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    """What both can hold: no number by year, no direct impacts, one language."""
    units = draw(st.dictionaries(NAMES, UNITS, min_size=1))
    text = st.none() | WORDS.filter(bool)
    region = st.none() | st.sampled_from(["JP", "US-NE"])
    impacts = {"climate": inventory.Impact(unit="kg_CO2e", method=draw(text), note=draw(text))}
    flows = {}
    for name, unit in units.items():
        kind = draw(st.sampled_from(["product", "waste", "emission", "resource"]))
        places = draw(st.lists(region, unique=True, max_size=2))
        flows[name] = inventory.Flow(
            unit=unit,
            kind=kind,
            note=draw(text),
            category=draw(st.none() | st.sampled_from(["metals/steel", "x"])),
            aliases=draw(st.lists(st.sampled_from(["one", "two"]), unique=True)),
            cas=draw(st.none() | st.just("7446-09-5")),
            factors=[
                inventory.Factor(impact="climate", region=place, amount=draw(amounts(f"kg_CO2e/({unit})")))
                for place in places
            ],
        )
    activities: dict[str, Any] = {}
    for name in draw(st.sets(st.sampled_from(["making", "melting"]))):
        flow, takes = draw(st.sampled_from(sorted(flows))), draw(st.booleans())
        running = {**{key: (one.flow, one.takes) for key, one in activities.items()}, name: (flow, takes)}
        exchanges = []
        for other in draw(st.lists(st.sampled_from(sorted(flows)), max_size=3)):
            wanted = (other, flows[other].kind == "waste")
            fitting = [key for key, given in running.items() if given == wanted]
            pedigree = draw(st.none() | st.just("2;3;1;1;4"))
            exchanges.append(
                inventory.Exchange(
                    flow=other,
                    amount=draw(amounts(flows[other].unit)),
                    direction=draw(st.sampled_from(["input", "output"])),
                    provider=draw(st.none() | st.sampled_from(fitting)) if fitting else None,
                    region=draw(region),
                    avoided=draw(st.booleans()),
                    pedigree=pedigree,
                    note=draw(text),
                )
            )
        activities[name] = inventory.Activity(
            flow=flow,
            amount=Quantity(draw(SIZES), flows[flow].unit),
            takes=takes,
            exchanges=exchanges,
            region=draw(region),
            first=draw(st.none() | st.integers(1990, 2000)),
            last=draw(st.none() | st.integers(2001, 2030)),
            source=draw(text),
            licence=draw(text),
            assumed=draw(st.booleans()),
            note=draw(text),
        )
    return Library(
        name="package",
        note=draw(text),
        source=draw(text),
        licence=draw(text),
        impacts=impacts,
        flows=flows,
        activities=activities,
    )


@settings(max_examples=60, deadline=None)
@given(library=libraries())
def test_a_round_trip_loses_nothing_that_both_can_express(
    library: Library, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("package") / "package.zip"
    assert inventory.export_openlca(library, path) == []
    assert alike(inventory.import_openlca(path), library)


def alike(one: Any, other: Any) -> bool:
    """Equal but for the order of names, identifiers given on the way, and the last digits of numbers."""
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return same_quantity(one, other)
    if hasattr(one, "__dataclass_fields__"):
        if type(one) is not type(other):
            return False
        for name in one.__dataclass_fields__:
            left, right = getattr(one, name), getattr(other, name)
            given_on_the_way = name == "id" and right is None
            if not given_on_the_way and not alike(left, right):
                raise AssertionError(f"{type(one).__name__}.{name}: {left!r} is not {right!r}")
        return True
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """The same size and spread; units that openLCA does not know come back in another of the dimension."""
    from meguru.quantity import convert

    def numbers(quantity: Quantity) -> list[float]:
        spread = quantity.distribution or quantity.uncertain
        given = {} if spread is None else dict(spread.parameters())
        times = convert(1.0, quantity.unit, other.unit)
        scale = times if quantity.distribution is not None else 1.0
        shape = [number if name == "gsd" else number * scale for name, number in given.items()]
        return [*([] if quantity.value is None else [quantity.value * times]), *shape]

    return numbers(one) == pytest.approx(numbers(other), rel=1e-9)


def test_packages_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(errors.LibraryError, match="no such openLCA package"):
        inventory.import_openlca(tmp_path / "nowhere.zip")
    (tmp_path / "text.zip").write_text("no zip", encoding="utf-8")
    with pytest.raises(NotReadableError, match="not a zip"):
        inventory.import_openlca(tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as packed:
        packed.writestr("readme.txt", "nothing")
    with pytest.raises(NotReadableError, match="no openLCA package"):
        inventory.import_openlca(tmp_path / "empty.zip")
    with zipfile.ZipFile(tmp_path / "broken.zip", "w") as packed:
        packed.writestr("processes/a.json", "{")
    with pytest.raises(NotReadableError, match="not JSON"):
        inventory.import_openlca(tmp_path / "broken.zip")
    with zipfile.ZipFile(tmp_path / "alone.zip", "w") as packed:
        packed.writestr("processes/a.json", json.dumps({"@id": "a", "name": "a", "exchanges": []}))
    with pytest.raises(NotReadableError, match="one quantitative reference"):
        inventory.import_openlca(tmp_path / "alone.zip")


def test_a_number_by_year_needs_a_year_to_be_exported(tmp_path: Path) -> None:
    with pytest.raises(errors.LibraryError, match="changes by year"):
        inventory.export_openlca(inventory.parse_library(SKETCH), tmp_path / "sketch.zip")
    assert list(tmp_path.iterdir()) == []


# -- EcoSpold --


def test_a_data_set_of_others_in_ecospold_1() -> None:
    """Against numbers picked from the text of the file, without any XML parser."""
    library = inventory.import_ecospold(DATA / "acetic-acid.xml")
    (activity,) = library.activities.values()
    assert (activity.label, activity.amount) == ("Acetic acid, at plant", Quantity(1.0, "kg"))
    assert (activity.region, activity.first, activity.last) == ("RNA", 2003, 2003)
    assert activity.source is not None and "NINE PLASTIC RESINS" in activity.source
    text = (DATA / "acetic-acid.xml").read_text(encoding="utf-8-sig")
    means = [float(number) for number in re.findall(r'meanValue="([^"]+)"', text)]
    groups = re.findall(r"<(input|output)Group>(\d)<", text)
    kept = [
        (mean, way)
        for mean, (way, group) in zip(means, groups, strict=True)
        if (way, group) != ("output", "0")
    ]
    assert len(kept) == 21
    assert [(one.amount.value, one.direction) for one in activity.exchanges] == kept
    power = activity.exchanges[0]
    assert (library.flows[power.flow].unit, power.region) == ("kWh", "US")
    assert {library.flows[one.flow].kind for one in activity.exchanges} == {"product", "emission"}


def test_a_data_set_of_others_in_ecospold_2() -> None:
    library = inventory.import_ecospold(DATA / "concrete-block.spold")
    (activity,) = library.activities.values()
    assert (activity.flow, activity.amount, activity.region) == ("concrete_block", Quantity(1.0, "kg"), "DE")
    assert (activity.first, activity.last) == (1997, 2018)
    pit, water = activity.exchanges
    assert (pit.amount.value, pit.amount.unit, pit.pedigree) == (9999.0, "piece", "1;1;5;1;1")
    assert pit.amount.uncertain is not None
    assert pit.amount.uncertain.gsd == pytest.approx(math.exp(math.sqrt(0.2)))
    assert pit.basic_variance == Quantity(0.1)
    assert pit.note is not None and "provider not among the files" in pit.note
    assert (water.direction, library.flows["Water"].kind, library.flows["Water"].cas) == (
        "output",
        "emission",
        "007732-18-5",
    )


def exchange_1(name: str, mean: float, group: str, number: int, more: str = "", unit: str = "kg") -> str:
    return (
        f'<exchange name="{name}" unit="{unit}" meanValue="{mean}" {more}>'
        f"<{group}Group>{number}</{group}Group></exchange>"
    )


HEAD_1 = """<metaInformation><processInformation><referenceFunction name="press" amount="2" unit="kg"/>
<geography location="CH"/></processInformation></metaInformation>"""
BOUNDS = 'minValue="1" maxValue="3"'
EXCHANGES_1 = (
    exchange_1("press", 2, "output", 0),
    exchange_1("oil", 3, "input", 5, 'uncertaintyType="1" standardDeviation95="1.44"'),
    exchange_1("wood", 4, "input", 4, 'uncertaintyType="2" standardDeviation95="1"'),
    exchange_1("dust", 2, "output", 4, f'category="air" uncertaintyType="3" {BOUNDS}'),
    exchange_1("noise", 2, "output", 4, f'uncertaintyType="4" {BOUNDS}'),
    exchange_1("heat", 5, "output", 1, unit="MJ"),
    exchange_1("rags", 1, "output", 3),
)
MADE_1 = f"""<?xml version="1.0"?>
<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01"><dataset number="1">{HEAD_1}
<flowData>{"".join(EXCHANGES_1)}</flowData></dataset></ecoSpold>
"""
MADE_2 = """<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02">{}</ecoSpold>"""
DATASET_2 = """<activityDataset><activityDescription>
<activity id="{id}"><activityName>{id}</activityName></activity>
<geography><shortname>CH</shortname></geography></activityDescription>
<flowData>{flows}</flowData></activityDataset>"""


def exchange_2(name: str, amount: float, group: str, link: str = "", inside: str = "") -> str:
    linked = f' activityLinkId="{link}"' if link else ""
    return (
        f'<intermediateExchange intermediateExchangeId="{name}" amount="{amount}"{linked}><name>{name}</name>'
        f"<unitName>kg</unitName>{inside}{group}</intermediateExchange>"
    )


REFERENCE = "<outputGroup>0</outputGroup>"
TAKEN = "<inputGroup>5</inputGroup>"


def test_groups_and_spreads_of_ecospold_1(tmp_path: Path) -> None:
    (tmp_path / "press.xml").write_text(MADE_1, encoding="utf-8")
    library = inventory.import_ecospold(tmp_path)
    press = library.activities["press"]
    found = {one.flow: one for one in press.exchanges}
    assert {name: library.flows[name].kind for name in found} == {
        "oil": "product", "wood": "resource", "dust": "emission", "noise": "emission", "heat": "product",
        "rags": "waste",
    }  # fmt: skip
    assert found["oil"].amount.uncertain is not None and found["oil"].amount.uncertain.gsd == pytest.approx(
        1.2
    )
    assert found["wood"].amount == Quantity.normal(4, 0.5, "kg")
    assert found["dust"].amount == Quantity.triangular(1, 2, 3, "kg")
    assert found["noise"].amount == Quantity.uniform(1, 3, "kg")
    assert found["heat"].avoided and found["heat"].direction == "output"


def test_amounts_below_zero_and_providers_of_ecospold_2(tmp_path: Path) -> None:
    making = exchange_2("part", 1, REFERENCE) + exchange_2("swarf", -0.2, TAKEN, link="b")
    treating = exchange_2("swarf", -1, REFERENCE)
    sets = DATASET_2.format(id="a", flows=making) + DATASET_2.format(id="b", flows=treating)
    (tmp_path / "two.spold").write_text(MADE_2.format(sets), encoding="utf-8")
    library = inventory.import_ecospold(tmp_path / "two.spold")
    (swarf,) = library.activities["a"].exchanges
    assert (swarf.amount, swarf.direction, swarf.provider) == (Quantity(0.2, "kg"), "output", "b")
    assert library.activities["b"].takes and library.activities["b"].amount == Quantity(1.0, "kg")
    assert library.flows["swarf"].kind == "waste"


@pytest.mark.parametrize(
    ("text", "kind", "about"),
    [
        ("<ecoSpold", NotReadableError, "no XML"),
        ("<other/>", NotReadableError, "EcoSpold01 or EcoSpold02"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x/>', NotReadableError, "document type"),
        (MADE_1.replace('meanValue="5"', 'meanValue="much"'), errors.WrongTypeError, "dataset 1"),
        (MADE_1.replace('meanValue="5"', 'meanValue="nan"'), errors.WrongTypeError, "finite"),
        (
            MADE_1.replace("referenceFunction", "noFunction"),
            errors.MissingValueError,
            "no reference function",
        ),
        (MADE_2.format(DATASET_2.format(id="a", flows="")), errors.MissingValueError, "reference product"),
    ],
)
def test_wrong_ecospold_is_refused(tmp_path: Path, text: str, kind: type[MeguruError], about: str) -> None:
    (tmp_path / "wrong.xml").write_text(text, encoding="utf-8")
    with pytest.raises(kind) as caught:
        inventory.import_ecospold(tmp_path / "wrong.xml")
    assert about in str(caught.value)
    assert "wrong.xml" in str(caught.value)


# -- what all share --


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("kilogram", "kg"), ("Item(s)", "piece"), ("t*km", "tkm"), ("ton kilometer", "tkm"), ("MJ", "MJ"),
        ("square meter-year", "m2*year"), ("dimensionless", "1"),
    ],
)  # fmt: skip
def test_units_of_others(theirs: str, ours: str) -> None:
    assert known_unit(theirs) == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("kg CO2 eq", "kg_CO2e"), ("kg CO2-Eq", "kg_CO2e"), ("kg 1,4-DCB-Eq", "kg_14DCBe"), ("CTUh", "CTUh")],
)
def test_units_of_impact_categories_of_others(theirs: str, ours: str) -> None:
    assert impact_unit(theirs) == ours


def test_names_that_are_free() -> None:
    assert free_name("Steel, hot rolled", {}) == "Steel_hot_rolled"
    assert free_name("steel", {"steel"}, "DE") == "steel_DE"
    assert free_name("steel", {"steel", "steel_DE"}, "DE") == "steel_DE_2"
    assert free_name("鋼", {}) == "鋼"


def test_a_lognormal_spread_whose_middle_is_not_the_amount_keeps_both(tmp_path: Path) -> None:
    amount = "{value: 2, unit: kg, uncertain: {distribution: lognormal, median: 0.9, gsd: 1.3}}"
    library = inventory.parse_library(SKETCH.replace("amount: 1.1 kg}", f"amount: {amount}}}"))
    inventory.export_openlca(library, tmp_path / "sketch.zip", year=2020)
    steel = inventory.import_openlca(tmp_path / "sketch.zip").activities["rolling"].exchanges[0]
    assert (steel.amount.value, steel.amount.uncertain) == (
        2.0,
        Distribution("lognormal", median=0.9, gsd=1.3),
    )
