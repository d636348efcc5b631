"""A model as a workbook: what is exported is imported as the same, and a fault names its cell."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sketches import CASE_1, CASE_2, SMALL
from test_model_write import MODELS
from whole_model import WHOLE

import meguru
from meguru import errors
from meguru.engine.results.result import hash_of
from meguru.errors import (
    BomError,
    DuplicateKeyError,
    MissingValueError,
    NotReadableError,
    UnitError,
    UnknownKeyError,
    UnknownNameError,
    WrongTypeError,
)
from meguru.examples import example_names
from meguru.files.attribute import Declared, declared
from meguru.files.marks import where
from meguru.files.tree import plain
from meguru.model.components import Component, Model, Process, Route, UnitData
from meguru.model.excel import export_excel, import_excel
from meguru.model.excel.columns import read_title, title_of
from meguru.model.excel.layout import is_listed, sheets, stands_in_line
from meguru.model.excel.text import list_cell, list_node, text_cell, text_node, value_cell, value_node
from meguru.model.read import parse
from meguru.model.walk import COMPONENTS
from meguru.quantity import Quantity

TEXTS = {"case 1": CASE_1, "case 2": CASE_2, "small": SMALL, "whole": WHOLE}
Edit = Callable[[Any], object]


def test_each_example_survives_the_way_through_a_workbook(tmp_path: Path) -> None:
    for name in example_names():
        # A workbook holds what came from libraries, and names none.
        model = dataclasses.replace(meguru.example(name), libraries=[])
        export_excel(model, tmp_path / "model.xlsx")
        again = import_excel(tmp_path / "model.xlsx")
        assert again == model, name
        for one, other in zip(again.processes.values(), model.processes.values(), strict=True):
            assert [*one.leave] == [*other.leave]  # their order counts
    assert [path.name for path in tmp_path.iterdir()] == ["model.xlsx"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_model_survives_twice_and_runs_by_its_checks(text: str, tmp_path: Path) -> None:
    model = parse(text)
    export_excel(model, tmp_path / "one.xlsx")
    again = import_excel(tmp_path / "one.xlsx")
    export_excel(again, tmp_path / "two.xlsx")
    assert again == model
    assert import_excel(tmp_path / "two.xlsx") == model


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MODELS)
def test_any_model_survives(model: Model) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xlsx"
        export_excel(model, path)
        assert import_excel(path) == model


SERIES = Quantity.series(
    {2020: 1.0, 2030.5: 0.1}, "%", interpolate="step", beyond="hold", source="a, b", quality=0.5
)
ODD = Quantity(0.1 + 0.2, "JPY/piece", source="=1+1", quality=0.25)


def filled(kind: type[Component], depth: int = 0) -> Component:
    """A component with a value of its own in every attribute."""
    return kind(**{one.name: value_for(one, depth) for one in declared(kind).values()})


def value_for(one: Declared, depth: int) -> Any:
    spec = one.attribute
    inside = COMPONENTS.get("UnitData" if spec.form == "unit_data" else spec.component)
    by_form: dict[str, Callable[[], Any]] = {
        "text": lambda: f"= {one.key}",
        "name": lambda: "1",
        "port": lambda: f"a.{depth}",
        "choice": lambda: spec.choices[-1],
        "flag": lambda: one.key not in ("accepts_failed",),
        "whole": lambda: 7 + depth,
        "names": lambda: ["a, b", "c"],
        "texts": lambda: ["d", "e"],
        "label": lambda: {"en": "a.b unit", "ja": "モータ １"},
        "quantity": lambda: SERIES if one.key[0] < "f" else ODD,
        "quantities": lambda: {"x": ODD, "y unit": SERIES, "z": Quantity.normal(3, 1, "kg")},
        "split": lambda: {"good": ODD, "odd.port": None},
        "component": lambda: filled(inside, depth + 1) if inside else None,
        "components": lambda: (
            {"one": filled(inside, depth + 1), "two": filled(inside, depth + 1)} if inside else {}
        ),
        "recipe": lambda: {"one": filled(inside, depth + 1)} if inside else {},
        "list": lambda: [filled(inside, depth + 1)] if inside else [],
        "unit_data": lambda: [filled(UnitData, depth + 1), "melting", UnitData()],
        "table": lambda: (
            {0.0: 1.0, 2.5: 0.3} if "float" in one.annotation else {"a": "6 %", "b": 2.5, "c": "7"}
        ),
        "changes": lambda: {
            "a.b": None,
            "c": "60 %",
            "d": {"values": {2020: 1, 2030: 2}, "unit": "kg"},
            "e": [1, {}],
        },
    }
    return by_form[spec.form]()


def everything() -> Model:
    """A model in which every attribute of every component has a value."""
    model = filled(Model)
    assert isinstance(model, Model)
    return dataclasses.replace(model, libraries=[])


def test_every_attribute_of_every_component_is_carried(tmp_path: Path) -> None:
    model = everything()
    export_excel(model, tmp_path / "model.xlsx")
    assert import_excel(tmp_path / "model.xlsx") == model


@pytest.mark.parametrize("kind", [kind for kind in COMPONENTS.values() if kind not in (Component, Model)])
def test_every_component_may_hold_as_little_as_it_must(kind: type[Component], tmp_path: Path) -> None:
    """Defaults, and what is there but empty, stay what they are wherever they stand."""
    emptied = bare(everything(), kind)
    export_excel(emptied, tmp_path / "model.xlsx")
    assert import_excel(tmp_path / "model.xlsx") == emptied


def bare(value: Any, kind: type[Component]) -> Any:
    """The same with every component of a kind cut down to what is required."""
    if isinstance(value, kind) and type(value) is kind:
        needed = [one for one in declared(kind).values() if one.attribute.required]
        empty: dict[str, Any] = {
            "label": None,
            "quantities": {},
            "split": {},
            "changes": {},
            "components": {},
            "list": [],
        }
        return kind(**{one.name: empty.get(one.attribute.form, getattr(value, one.name)) for one in needed})
    if isinstance(value, Component):
        return dataclasses.replace(
            value,
            **{one.name: bare(getattr(value, one.name), kind) for one in declared(type(value)).values()},
        )
    if isinstance(value, dict):
        return {key: bare(inner, kind) for key, inner in value.items()}
    return [bare(inner, kind) for inner in value] if isinstance(value, list) else value


def test_sheets_are_told_apart_and_every_attribute_has_one_home() -> None:
    titles = [sheet.title for sheet in sheets()]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 31 for title in titles)
    for sheet in sheets():
        if sheet.kind is None:
            continue
        paths = {tuple(one.path[-1:]) for one in sheets() if one.path[:-1] == sheet.path} | {
            (key,) for one in sheets() if one.path[:-1] == sheet.path for key in one.what
        }
        for key, one in declared(sheet.kind).items():
            assert stands_in_line(one, listed=is_listed(sheet)) != ((key,) in paths), (sheet.title, key)
            assert key not in sheet.keys, (sheet.title, key)
            assert read_title(title_of((key,)), sheet.kind, (None, None))[0] == (key,)


@given(st.text(max_size=20))
def test_any_text_survives_in_a_cell(text: str) -> None:
    assert text_node(text_cell(text), (None, None)).value == text
    assert value_node(value_cell(text), (None, None)).value == text
    assert plain(list_node(list_cell([text, "b"]), (None, None))) == [text, "b"]
    path = ("bom", text)
    if text:
        # openpyxl hands on titles without space around them
        assert read_title(title_of(path).strip(), COMPONENTS["Item"], (None, None))[0] == path
        assert read_title(title_of(path, "unit").strip(), COMPONENTS["Item"], (None, None))[:2] == (
            path,
            "unit",
        )


def test_an_engineer_finds_numbers_units_and_levels(tmp_path: Path) -> None:
    export_excel(parse(WHOLE), tmp_path / "model.xlsx")
    book = openpyxl.load_workbook(tmp_path / "model.xlsx")
    rows = {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }
    assert rows["bom"][:4] == [
        ["level 1", "level 2", "level 3", "amount", "unit"],
        ["motor", None, None, None, None],
        [None, "core", None, 2, None],
        [None, None, "iron", 2, "kg"],
    ]
    assert rows["exchanges"] == [
        ["exchange", "unit", "factors.climate", "factors.climate unit", "price", "price unit"],
        ["electricity", "kWh", 0.4, "kg_CO2e/kWh", 20, "JPY/kWh"],
    ]
    assert rows["series"] == [
        ["series", "unit", 2010, 2030],
        ["processes.use.demand.sales", "piece/year", 1000, 2000],
    ]
    assert ["recover", "core", 80, "%"] in [row[1:5] for row in rows["shares"]]
    assert rows["leave"][1][:7] == ["use", "worn", "weibull", 3, 12, "year", None]
    bom = book["bom"]
    assert [bom.row_dimensions[row].outlineLevel for row in (2, 3, 4)] == [0, 1, 2]
    formula = next(row for row in book["parameters"].iter_rows(min_row=2) if row[0].value == "rest_of_rate")[
        1
    ]
    assert (formula.value, formula.data_type, formula.quotePrefix) == ("= 1 - rate", "s", True)
    assert "lifetime" in str(book["leave"].cell(1, 3).comment.text)


def test_what_a_library_gives_is_written_and_the_workbook_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "library.yaml").write_text("actors: {maker: {note: from the library}}\n", encoding="utf-8")
    (tmp_path / "model.yaml").write_text(f"libraries: [library.yaml]\n{SMALL}", encoding="utf-8")
    model = meguru.load(tmp_path / "model.yaml")
    export_excel(model, tmp_path / "model.xlsx")
    (tmp_path / "library.yaml").unlink()
    again = import_excel(tmp_path / "model.xlsx")
    assert again == dataclasses.replace(model, libraries=[])
    assert again.actors["maker"].note == "from the library"


def edited(tmp_path: Path, edit: Edit, text: str = WHOLE) -> Path:
    path = tmp_path / "model.xlsx"
    export_excel(parse(text), path)
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def cell(book: Any, sheet: str, name: str, title: str) -> Any:
    """The cell of a line, by what stands in its first column, and the title of a column."""
    page = book[sheet]
    column = next(one.column for one in page[1] if one.value == title)
    row = next(row[0].row for row in page.iter_rows(min_row=2) if row[0].value == name)
    return page.cell(row, column)


def put(sheet: str, name: str, title: str, value: Any, number_format: str = "General") -> Edit:
    def edit(book: Any) -> None:
        found = cell(book, sheet, name, title)
        found.value, found.number_format = value, number_format

    return edit


def replace(sheet: str, coordinate: str, value: Any) -> Edit:
    return lambda book: book[sheet].__setitem__(coordinate, value)


def merge(sheet: str, area: str) -> Edit:
    return lambda book: book[sheet].merge_cells(area)


READ_RIGHT: dict[str, tuple[Edit, Callable[[Model], Any], Any]] = {
    "full-width digits": (
        put("exchanges", "electricity", "price", "１，２００"),
        lambda model: model.exchanges["electricity"].price,
        Quantity(1200, "JPY/kWh"),
    ),
    "full-width year": (put("model", "time.last", "value", "２０３１"), lambda model: model.time.last, 2031),
    "number and unit in one cell": (
        replace("shares", "D2", "60 %"),
        lambda model: model.processes["ore"].countries["A"],
        Quantity(60, "%"),
    ),
    "a cell formatted as percent": (
        put("parameters", "rate", "value", 0.07, "0%"),
        lambda model: model.parameters["rate"],
        Quantity(7, "%"),
    ),
    "a flag in words": (
        put("scenarios", "today", "reference", "yes"),
        lambda model: model.scenarios["today"].reference,
        True,
    ),
    "a notation in braces": (
        put("parameters", "some_iron", "value", "{distribution: normal, mean: 2, sd: 1}"),
        lambda model: model.parameters["some_iron"],
        Quantity.normal(2, 1, "kg"),
    ),
    "names merged downward": (
        merge("leave", "A2:A3"),
        lambda model: list(model.processes["use"].leave),
        ["worn", "table"],
    ),
    "an empty line": (lambda book: book["routes"].insert_rows(4), lambda model: len(model.routes), 21),
    "a sheet and a column of one's own": (
        lambda book: (
            book.create_sheet("_prices").append(["=1/0"]),
            replace("items", "Z1", "_seen")(book),
            replace("items", "Z2", 1)(book),
        ),
        lambda model: len(model.items),
        5,
    ),
}


@pytest.mark.parametrize(("edit", "look", "expected"), READ_RIGHT.values(), ids=READ_RIGHT)
def test_what_people_do_in_a_spreadsheet_is_read_right(
    edit: Edit, look: Callable[[Model], Any], expected: Any, tmp_path: Path
) -> None:
    assert look(import_excel(edited(tmp_path, edit))) == expected


FAULTS: dict[str, tuple[Edit, type[errors.ModelError], str, str]] = {
    "unknown unit": (
        put("exchanges", "electricity", "price unit", "JPY/kWhh"),
        UnitError,
        "exchanges!F2",
        "JPY/kWhh",
    ),
    "a text for a number": (
        put("exchanges", "electricity", "price", "cheap"),
        WrongTypeError,
        "exchanges!E2",
        "cheap",
    ),
    "a date": (
        put("exchanges", "electricity", "price", datetime.date(2024, 1, 2), "yyyy-mm-dd"),
        WrongTypeError,
        "exchanges!E2",
        "date",
    ),
    "an error of the spreadsheet": (
        put("exchanges", "electricity", "price", "#REF!"),
        WrongTypeError,
        "exchanges!E2",
        "REF",
    ),
    "a formula never calculated": (
        put("exchanges", "electricity", "price", "=10*2"),
        NotReadableError,
        "exchanges!E2",
        "stored",
    ),
    "merged across": (merge("items", "A2:B2"), NotReadableError, "items!A2:B2", "merged"),
    "merged in the BOM": (merge("bom", "A2:A3"), NotReadableError, "bom!A2:A3", "merged"),
    "unknown unit of a share": (replace("shares", "E2", "percnt"), UnitError, "shares!E2", "percnt"),
    "a text in a series": (
        replace("series", "D2", "many"),
        WrongTypeError,
        "series!D2: processes.use.demand.sales.values.2030",
        "many",
    ),
    "a title that is no year": (replace("series", "D1", "203o"), errors.SeriesError, "series!D2", "203o"),
    "a text in a share": (replace("shares", "D6", "most"), WrongTypeError, "shares!D6", "most"),
    "unknown column": (replace("processes", "C1", "aktor"), UnknownKeyError, "processes!C1", "actor"),
    "unknown sheet": (lambda book: book.create_sheet("proceses"), UnknownKeyError, "model.xlsx", "processes"),
    "unknown sheet, what to do": (
        lambda book: book.create_sheet("proceses"),
        UnknownKeyError,
        "model.xlsx",
        "begins with '_' is left unread",
    ),
    "two columns of one title": (
        replace("processes", "C1", "kind"),
        DuplicateKeyError,
        "processes!C1",
        "kind",
    ),
    "a value beside the table": (replace("actors", "D3", 5), UnknownKeyError, "actors!D3", "title"),
    "a name twice": (replace("actors", "A3", "maker"), DuplicateKeyError, "actors!A3", "maker"),
    "no name": (replace("processes", "A3", None), MissingValueError, "processes!A3", "process"),
    "a cause of no process": (replace("leave", "A2", "usee"), UnknownNameError, "leave!A2", "use"),
    "a fee of no route": (
        replace("fees", "A2", "use -> collect"),
        UnknownNameError,
        "fees!A2",
        "use.retired",
    ),
    "no such line of series": (replace("series", "A2", "gone"), UnknownNameError, "processes!", "series"),
    "a share of nothing known": (
        replace("shares", "B2", "countrys"),
        UnknownNameError,
        "shares!B2",
        "countries",
    ),
    "no such kind": (put("processes", "ore", "kind", "suply"), UnknownNameError, "processes!B2", "supply"),
    "kind left out": (put("processes", "ore", "kind", None), MissingValueError, "processes!A2", "ore.kind"),
    "a unit without number": (
        put("exchanges", "electricity", "price", None),
        MissingValueError,
        "exchanges!F2",
        "price",
    ),
    "a level left out": (replace("bom", "B3", None), BomError, "bom!A3", "one item"),
    "a level jumped": (
        lambda book: (replace("bom", "B3", None)(book), replace("bom", "C3", "core")(book)),
        BomError,
        "bom!C3",
        "level",
    ),
    "an amount at the top": (replace("bom", "D2", 3), BomError, "bom!D2", "top"),
    "a BOM of no item": (replace("bom", "A2", "moter"), UnknownNameError, "bom!A3", "motor"),
    "an item that holds two things": (
        lambda book: (book["bom"].append(["core"]), book["bom"].append([None, "wire", None, 1, "kg"])),
        BomError,
        "bom!A",
        "same",
    ),
    "broken braces": (
        put("parameters", "rate", "value", "{value: 3"),
        NotReadableError,
        "parameters!B2",
        "notation",
    ),
    "not a whole year": (put("model", "time.first", "value", 2020.5), WrongTypeError, "model!B", "whole"),
    "a key that is none": (replace("model", "A3", "tme.first"), UnknownKeyError, "model!A3", "time"),
    "no sheet of items": (lambda book: book.remove(book["items"]), errors.ModelError, "model.xlsx", "item"),
}


@pytest.mark.parametrize(("edit", "kind", "place", "about"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_its_cell(
    edit: Edit, kind: type[errors.ModelError], place: str, about: str, tmp_path: Path
) -> None:
    with pytest.raises(kind) as caught:
        import_excel(edited(tmp_path, edit))
    assert place in str(caught.value)
    assert about in str(caught.value)
    assert "model.xlsx" in str(caught.value)


def test_a_fault_that_only_the_check_finds_names_its_cell_too(tmp_path: Path) -> None:
    model = import_excel(edited(tmp_path, put("items", "motor", "mass", 99)))
    with pytest.raises(BomError, match=r"model\.xlsx: items![A-Z]6: items\.motor"):
        meguru.check(model)
    assert where(model, "items.motor.mass") == (f"{tmp_path / 'model.xlsx'}: items!D6", None)


@pytest.mark.parametrize(
    ("edit", "kind", "place"),
    [
        (
            replace("shares", "E6", "kg"),
            errors.DimensionError,
            "shares!E6: processes.take_apart.recover.core",
        ),
        (replace("shares", "D2", 160), errors.RangeError, "shares!D2: processes.ore.countries.A"),
        (replace("series", "B2", "kg/year"), errors.DimensionError, "series!B2: processes.use.demand.sales"),
        (replace("routes", "H3", "JPY"), errors.DimensionError, "routes!H3: routes.ore -> make_core.price"),
        (
            put("exchanges", "electricity", "factors.climate unit", "kg_CO2e"),
            errors.DimensionError,
            "exchanges!D2: exchanges.electricity.factors.climate",
        ),
    ],
)
def test_a_fault_of_the_check_names_the_guilty_cell(
    edit: Edit, kind: type[errors.ModelError], place: str, tmp_path: Path
) -> None:
    model = import_excel(edited(tmp_path, edit))
    with pytest.raises(kind, match=re.escape(f"model.xlsx: {place}")):
        meguru.check(model)


def test_a_price_outside_what_is_possible_names_the_cell_of_its_year(tmp_path: Path) -> None:
    uneven = WHOLE.replace(
        "amount: 300 JPY/piece", "amount: {values: {2020: 1, 2025: -3, 2030: 1}, unit: JPY/piece}"
    )
    model = import_excel(edited(tmp_path, lambda book: None, uneven))
    with pytest.raises(errors.RangeError, match=r"series![A-Z]+3: ") as caught:
        meguru.check(model)
    column = str(caught.value.file).rpartition("!")[2].rstrip("0123456789")
    assert openpyxl.load_workbook(tmp_path / "model.xlsx")["series"][f"{column}1"].value == 2025


def test_an_imported_model_says_its_version_and_its_currency(tmp_path: Path) -> None:
    plain = WHOLE.replace(
        "money: {currency: JPY, price_year: 2024, discount_rate: 3 %}", "money: {currency: JPY}"
    )
    export_excel(parse(plain), tmp_path / "model.xlsx")
    meguru.save(import_excel(tmp_path / "model.xlsx"), tmp_path / "model.yaml")
    lines = (tmp_path / "model.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "meguru: 1"
    assert lines[lines.index("money:") + 1].strip() == "currency: JPY"
    assert meguru.load(tmp_path / "model.yaml") == parse(plain)


def test_files_are_called_what_they_are(tmp_path: Path) -> None:
    for name in ("model.csv", "model.xlsm", "model"):
        with pytest.raises(errors.WriteError, match=r"ends in \.xlsx"):
            export_excel(parse(SMALL), tmp_path / name)
    with pytest.raises(errors.WriteError, match=r"ends in \.yaml or \.yml or \.json"):
        meguru.save(parse(SMALL), tmp_path / "model.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_formula_is_read_by_the_value_that_was_stored(tmp_path: Path) -> None:
    """Stored values are what a spreadsheet program leaves; here they are written into the file by hand."""
    import zipfile

    path = edited(tmp_path, put("exchanges", "electricity", "price", "=10*2.5"))
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    empty = re.compile(rb"(<f>10\*2\.5</f>)<v(?: ?/>|></v>)")  # as the writer of XML at hand spells it
    changed = {name: empty.sub(rb"\1<v>25</v>", data) for name, data in parts.items()}
    assert changed != parts
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in changed.items():
            packed.writestr(name, data)
    assert import_excel(path).exchanges["electricity"].price == Quantity(25, "JPY/kWh")


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04broken", WHOLE.encode()])
def test_what_is_no_workbook_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.xlsx"
    with pytest.raises(NotReadableError, match="can not be opened"):
        import_excel(path)
    path.write_bytes(data)
    with pytest.raises(NotReadableError, match="not an Excel workbook"):
        import_excel(path)


def test_a_failed_export_leaves_the_old_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.xlsx"
    export_excel(parse(SMALL), path)
    old = path.read_bytes()
    model = parse(SMALL)
    model.processes["ore"] = Process(kind="supply", note="x" * 40_000)
    with pytest.raises(errors.WriteError, match=r"processes\.ore\.note.*too long"):
        export_excel(model, path)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        export_excel(parse(CASE_1), path)
    assert path.read_bytes() == old
    assert [one.name for one in tmp_path.iterdir()] == ["model.xlsx"]


def test_routes_keep_their_order_and_the_files_their_fees(tmp_path: Path) -> None:
    model = parse(WHOLE)
    model.routes.insert(0, Route(source="ore", target="dump", name="a, b"))
    export_excel(model, tmp_path / "model.xlsx")
    again = import_excel(tmp_path / "model.xlsx")
    assert [route.name for route in again.routes] == [route.name for route in model.routes]
    assert again == model


def test_ports_of_a_split_keep_their_order(tmp_path: Path) -> None:
    model = parse(WHOLE)
    share = Quantity(0.2)
    orders = {"one": ["a", "b", "c"], "other": ["c", "a", "b"], "third": ["b", "c", "a"]}
    for name, ports in orders.items():
        model.processes[name] = Process(kind="sort", split={p: None if p == "b" else share for p in ports})
    export_excel(model, tmp_path / "model.xlsx")
    back = import_excel(tmp_path / "model.xlsx")
    assert {name: list(back.processes[name].split) for name in orders} == orders


SERIES_OF_CHANGES: dict[str, Any] = {
    "as written": {
        "values": {2020: 60, 2030: 70}, "interpolate": "step", "beyond": "hold", "unit": "%",
        "uncertain": {"distribution": "normal", "mean": 1, "sd": 0.1}, "source": "a guess", "quality": 0.5,
        "since": {2031: {"values": {2031: 1, 2040: 2}, "unit": "%"}},
    },
    "unit first": {"unit": "%", "values": {2020: 60, 2030: 70}},
    "years backward": {"values": {2030: 70, 2020: 60}, "unit": "%"},
}  # fmt: skip


@pytest.mark.parametrize("name", SERIES_OF_CHANGES)
def test_keys_of_a_series_of_a_measure_keep_their_order(name: str, tmp_path: Path) -> None:
    """What a measure says is kept as it was written; the hash of a model sees its order."""
    model = meguru.example("motor")
    model.measures["take_back"].changes["processes.collect.split.taken_back"] = SERIES_OF_CHANGES[name]
    export_excel(model, tmp_path / "model.xlsx")
    again = import_excel(tmp_path / "model.xlsx")
    assert json.dumps(again.measures["take_back"].changes) == json.dumps(model.measures["take_back"].changes)
    assert hash_of(again) == hash_of(model)
    cells = [
        cell.value
        for row in openpyxl.load_workbook(tmp_path / "model.xlsx")["measure changes"].iter_rows()
        for cell in row
    ]
    on_sheet = any(str(cell).startswith("series:") for cell in cells)
    assert on_sheet == (name == "as written")
