"""A causal model as a workshop keeps it: tables in CSV or Excel, in Japanese, with what spreadsheets do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from causal_models import WHOLE, models
from hypothesis import HealthCheck, given, settings

from meguru import errors
from meguru.errors import ModelError
from meguru.foresight import CausalModel, Spread, load, save
from meguru.foresight.checks import check, faults
from meguru.foresight.read import parse
from meguru.foresight.tables.words import TABLES, attributes, column_of, words

Rows = list[list[Any]]
NODES: Rows = [["name", "start", "scale", "unit"], ["a", 1, 2, "kg"], ["b", 3, 4, ""]]
EDGES: Rows = [["from", "to", "strength", "polarity", "lag (years)"], ["a", "b", 0.5, "+", 1]]


def workbook(path: Path, merged: dict[str, list[str]] | None = None, **sheets: Rows) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in (merged or {}).get(title, []):
            sheet.merge_cells(area)
    book.save(path)
    return path


def folder(path: Path, encoding: str = "utf-8", **tables: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in tables.items():
        (path / f"{name}.csv").write_bytes(text.encode(encoding))
    return path


@given(model=models())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_on_the_way_to_tables_and_back(
    model: CausalModel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("back")
    for one in (path / "model.xlsx", path / "tables"):
        save(model, one)
        assert load(one) == model


def test_the_workbook_of_a_model_has_a_sheet_for_each_table_with_its_meaning(tmp_path: Path) -> None:
    save(parse(WHOLE), tmp_path / "whole.xlsx")
    book = openpyxl.load_workbook(tmp_path / "whole.xlsx")
    assert book.sheetnames == ["nodes", "edges", "events", "settings"]
    titles = [cell.value for cell in book["edges"][1]]
    assert titles[:5] == ["from", "to", "strength.low", "strength.mode", "strength.high"]
    assert "node that acts" in book["edges"]["A1"].comment.text
    assert load(tmp_path / "whole.xlsx") == parse(WHOLE)


def test_a_workshop_in_japanese_with_full_width_digits_in_shift_jis(tmp_path: Path) -> None:
    nodes = (
        "循環経済の要素（第三回）,,,\n\n"
        "Ｎｏ．,要素名,分野,単位,初期値（最小）,初期値(最頻),初期値（最大）,変化幅,役割,望ましい方向,_メモ\n"
        "１,意識,生活者,％,４０％,５０,６０,１０,施策,,第一班\n\n"
        '2,需要,市場,千台,,"１，２００",,100,,\n'
        "3,廃棄量,環境,kg,,▲10kg,,,指標,下\n"
    )
    edges = "原因,結果,強さ,符号,遅れ（月）\n意識,廃棄量,－０．３,－,１８か月\n需要,３,０．２,＋,６\n"
    model = load(folder(tmp_path / "班1", "cp932", 要素=nodes, 因果=edges))
    assert list(model.nodes) == ["１", "2", "3"]
    awareness, demand, waste = model.nodes.values()
    assert awareness.label == {"ja": "意識"} and awareness.start == Spread(40, 50, 60)
    assert (awareness.role, awareness.field, awareness.scale) == ("lever", "生活者", 10)
    assert demand.start == Spread.constant(1200) and demand.scale == 100
    assert (waste.role, waste.direction, waste.start.mode) == ("kpi", "down", -10)
    first, second = model.edges
    assert (first.source, first.target, first.strength.mode, first.polarity) == ("１", "3", -0.3, "-")
    assert (second.source, second.target, second.polarity) == ("2", "3", "+")
    assert (first.lag.mode, second.lag.mode) == (1.5, 0.5)
    assert model.where("nodes.3") == (str(tmp_path / "班1" / "要素.csv"), 7)
    assert list(faults(model)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_encodings_of_spreadsheet_programs(encoding: str, tmp_path: Path) -> None:
    path = folder(
        tmp_path / "a", encoding, nodes="名称,初期値\n意識,1\n", edges="原因,結果,強さ\n意識,意識,-1\n"
    )
    assert load(path).nodes["意識"].start.mode == 1


def test_tabs_line_ends_of_windows_and_lines_inside_quotes(tmp_path: Path) -> None:
    nodes = 'name\tsource\tstart\r\na\t"two\r\nlines"\t1\r\nb\t\t2\r\n'
    model = load(folder(tmp_path / "a", nodes=nodes, edges="from\tto\tstrength\r\na\tb\t1\r\n"))
    assert model.nodes["a"].source == "two\r\nlines"
    assert model.where("nodes.b")[1] == 4


def test_merged_cells_hold_for_the_rows_below_where_that_is_meant(tmp_path: Path) -> None:
    nodes: Rows = [
        ["要素の一覧", None, None, None],
        ["名称", "分野", "単位", "初期値"],
        ["a", "技術", "kg", 1],
        ["b", None, None, 2],
        ["c", "制度", None, 3],
    ]
    edges: Rows = [["原因", "結果", "強さ", "出典"], ["a", "b", 1, "第一班"], [None, "c", 2, None]]
    merged = {"ノード": ["A1:D1", "B3:B4", "C3:C5"], "エッジ": ["A2:A3", "D2:D3"]}
    model = load(workbook(tmp_path / "m.xlsx", merged, ノード=nodes, エッジ=edges))
    assert [node.field for node in model.nodes.values()] == ["技術", "技術", "制度"]
    assert [node.unit for node in model.nodes.values()] == ["kg"] * 3
    assert [(edge.source, edge.target, edge.citation) for edge in model.edges] == [
        ("a", "b", "第一班"),
        ("a", "c", "第一班"),
    ]
    assert model.where("nodes.b.field")[0] == f"{tmp_path / 'm.xlsx'}: ノード!B4"


@pytest.mark.parametrize(
    ("area", "sheet", "says"),
    [
        ("B2:B3", "nodes", "over the column 'start'"),
        ("A2:B2", "nodes", "over several columns"),
        ("C2:C3", "edges", "over the column 'strength'"),
        ("A1:A2", "edges", "merged cells"),
    ],
)
def test_other_merged_cells_are_an_error_that_names_them(
    area: str, sheet: str, says: str, tmp_path: Path
) -> None:
    edges = [*EDGES, ["b", "a", 1, "+", 1]]
    path = workbook(tmp_path / "m.xlsx", {sheet: [area]}, nodes=NODES, edges=edges)
    with pytest.raises(errors.NotReadableError, match="Unmerge them") as caught:
        load(path)
    assert says in str(caught.value) and f"{sheet}!{area}" in str(caught.value)


def test_formulas_percentages_and_numbers_as_texts_of_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "m.xlsx", nodes=NODES, edges=EDGES)
    book = openpyxl.load_workbook(path)
    book["nodes"]["B2"] = "１２"
    book["nodes"]["D3"], book["nodes"]["B3"] = "%", 0.25
    book["nodes"]["B3"].number_format = "0%"
    book.save(path)
    model = load(path)
    assert (model.nodes["a"].start.mode, model.nodes["b"].start.mode) == (12, 25)
    book["nodes"]["B2"] = "=1+1"
    book.save(path)
    with pytest.raises(errors.NotReadableError, match="a formula without a stored value"):
        load(path)


def test_nodes_are_called_by_name_or_label_in_any_width(tmp_path: Path) -> None:
    nodes = "id,label.ja,label.en\nN1,意識,Awareness\nＮ２,需要,Demand\n"
    edges = "from,to,strength\nawareness,N2,1\nＮ１,需要,2\nDemand ,意識,3\n"
    model = load(folder(tmp_path / "a", nodes=nodes, edges=edges))
    assert [(edge.source, edge.target) for edge in model.edges] == [
        ("N1", "Ｎ２"),
        ("N1", "Ｎ２"),
        ("Ｎ２", "N1"),
    ]


def test_events_and_settings_of_tables(tmp_path: Path) -> None:
    events = (
        "名称,発生率,変化,push,継続年数,条件\n"
        '法律,"２０３０：０．１、2040: 0.2",意識: 5,{b: 1},5,"[{node: b, above: 3}]"\n'
    )
    chosen = (
        "設定,値\n開始年,2025年\n終了年,2040\n刻み,month\nモデル名,試し\nシナリオ数,500\n節目,2030、2040\n"
    )
    tables = {"nodes": "name,label.ja\na,意識\nb,\n", "edges": "from,to,strength\na,b,1\n"}
    model = load(folder(tmp_path / "a", events=events, 設定=chosen, **tables))
    law = model.events["法律"]
    assert law.hazard == {2030: 0.1, 2040: 0.2} and law.jump == {"a": 5} and law.push == {"b": 1}
    assert law.lasting == 5 and law.conditions[0].node == "b"
    assert (model.name, model.first, model.last, model.step) == ("試し", 2025, 2040, 1 / 12)
    assert model.settings == {"scenarios": 500, "milestones": [2030, 2040]}


FAULTS: list[tuple[str, dict[str, str], type[ModelError], tuple[str, ...]]] = [
    ("no edges", {"edges": ""}, errors.MissingValueError,
     ("no line of titles for edges", "'from (原因)' and 'to (結果)'")),
    ("a text for a number", {"nodes": "name,start\na,many\nb,1\n"}, errors.WrongTypeError,
     ("nodes.csv:2", "the text 'many'", "a number")),
    ("a comma for a point", {"nodes": 'name,start\na,"1,5"\nb,1\n'}, errors.UnitError,
     ("nodes.csv:2", "'1,5'")),
    ("another unit", {"nodes": "name,start,unit\na,5 t,kg\nb,1,\n"}, errors.UnitError,
     ("nodes.csv:2", "found '5 t'", "a number in 'kg'")),
    ("a lag in days", {"edges": "from,to,strength,lag\na,b,1,30 days\n"}, errors.UnitError,
     ("edges.csv:2", "years or months")),
    ("a lag without a unit", {"edges": "from,to,strength,lag\na,b,1,0\nb,a,1,6\n"}, errors.UnitError,
     ("edges.csv:3", "a time without its unit", "found '6'", "years or months", "'lag (months)'")),
    ("a spread of lags without a unit",
     {"edges": "from,to,strength,lag.low,lag.mode,lag.high\na,b,1,0,1 year,2\n"}, errors.UnitError,
     ("edges.csv:2", "a time without its unit", "found '2'")),
    ("a lag without a unit, in Japanese", {"edges": "原因,結果,強さ,遅れ\na,b,1,６\n"}, errors.UnitError,
     ("edges.csv:2", "a time without its unit", "遅れ（月）")),
    ("a push without the unit of its time",
     {"events": "name,hazard,push,lasting\ne,{2030: 1},{a: 1},5\n"}, errors.UnitError,
     ("events.csv:2", "a time without its unit", "found '5'")),
    ("unknown node", {"edges": "from,to,strength\na,bb,1\n"}, errors.UnknownNameError,
     ("edges.csv:2", "found 'bb'", "Did you mean 'b'?")),
    ("label of two nodes", {"nodes": "name,label\na,x\nb,x\n", "edges": "from,to,strength\nx,b,1\n"},
     errors.UnknownNameError, ("more than one node is called so", "one of a, b")),
    ("name twice", {"nodes": "name\na\nb\na\n"}, errors.DuplicateKeyError,
     ("nodes.csv:4", "first in line 2")),
    ("line without a name", {"nodes": "name,start\na,1\nb,1\n,3\n"}, errors.MissingValueError,
     ("nodes.csv:4", "a line without a name")),
    ("unknown column", {"nodes": "name,strat\na,1\nb,2\n"}, errors.UnknownKeyError,
     ("nodes.csv:1", "found 'strat'", "Did you mean 'start'?")),
    ("unknown Japanese column", {"nodes": "記号,初期\na,1\nb,2\n"}, errors.UnknownKeyError,
     ("nodes.csv:1", "found '初期'", "start (初期値)", "Did you mean '初期値'?")),
    ("column twice", {"nodes": "name,start,初期値\na,1,1\nb,1,1\n"}, errors.DuplicateKeyError,
     ("two columns of the same meaning", "found '初期値'", "one 'start'")),
    ("value without a title", {"nodes": "name,start\na,1,2\nb,1\n"}, errors.UnknownKeyError,
     ("nodes.csv:2", "a value in a column without a title")),
    ("number and spread", {"nodes": "name,start,start.low\na,1,0\nb,1\n"}, errors.DuplicateKeyError,
     ("nodes.csv:2", "a number and a spread")),
    ("two of three", {"nodes": "name,start.low,start.high\na,1,2\nb,,\n"}, errors.MissingValueError,
     ("nodes.csv:2", "nodes.a.start.mode")),
    ("out of order", {"nodes": "name,start.low,start.mode,start.high\na,1,3,2\nb\n"}, errors.RangeError,
     ("nodes.csv:2", "1, 3, 2", "low ≤ mode ≤ high")),
    ("unknown role", {"nodes": "name,role\na,boss\nb,\n"}, errors.UnknownNameError,
     ("nodes.csv:2", "found 'boss'")),
    ("no strength", {"edges": "from,to,strength\na,b,\n"}, errors.MissingValueError,
     ("edges.csv:2", "edges.a → b.strength")),
    ("no encoding", {"nodes": "name\na\nb\udc81\udcff\n"}, errors.NotReadableError, ("an unknown encoding",)),
    ("open quotes", {"nodes": 'name\na\n"b\n'}, errors.NotReadableError,
     ("nodes.csv:3", "not a table with commas")),
    ("semicolons", {"edges": "from;to;strength\na;b;1\n"}, errors.MissingValueError,
     ("no line of titles for edges",)),
    ("unknown table", {"egdes2": "a,b\n"}, errors.UnknownKeyError, ("egdes2.csv", "Did you mean 'edges'?")),
    ("table twice", {"エッジ": "from,to,strength\na,b,1\n"}, errors.DuplicateKeyError,
     ("a table stands twice",)),
    ("half a setting", {"settings": "key,value\nfirst,\n"}, errors.MissingValueError, ("settings.csv:2",)),
    ("setting twice", {"settings": "key,value\nfirst,2024\n開始年,2025\n"}, errors.DuplicateKeyError,
     ("settings.csv:3", "a setting stands twice")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "edit", "kind", "says"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_faults_of_tables_name_their_line(
    name: str, edit: dict[str, str], kind: type[ModelError], says: tuple[str, ...], tmp_path: Path
) -> None:
    tables = {"nodes": "name,start\na,1\nb,2\n", "edges": "from,to,strength\na,b,1\n"}
    assert check(load(folder(tmp_path / "sound", **tables))) is not None
    path = tmp_path / "broken"
    path.mkdir()
    for table, text in {**tables, **edit}.items():
        (path / f"{table}.csv").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(ModelError) as caught:
        load(path)
    assert type(caught.value) is kind
    for one in says:
        assert one in str(caught.value)


def test_a_folder_without_tables_and_a_broken_workbook(tmp_path: Path) -> None:
    with pytest.raises(errors.NotReadableError, match=r"no table 'nodes'.*expected nodes\.csv"):
        load(tmp_path)
    (tmp_path / "m.xlsx").write_bytes(b"PK no")
    with pytest.raises(errors.NotReadableError, match="not an Excel workbook"):
        load(tmp_path / "m.xlsx")
    with pytest.raises(errors.UnknownKeyError, match="unknown table"):
        load(workbook(tmp_path / "n.xlsx", nodes=NODES, edges=EDGES, Sheet3=[["x"]]))


def test_a_fault_of_the_model_names_the_cell(tmp_path: Path) -> None:
    edges: Rows = [EDGES[0], ["a", "b", -0.5, "+", 1]]
    model = load(workbook(tmp_path / "m.xlsx", nodes=NODES, edges=edges))
    (found,) = faults(model)
    assert type(found) is errors.PolarityError and f"{tmp_path / 'm.xlsx'}: edges!C2" in str(found)


def test_no_word_means_two_things_in_one_table() -> None:
    for table in TABLES:
        known = {**words()["columns"][table], **dict.fromkeys(attributes(table), ())}
        for key, titles in known.items():
            for title in (key, *(titles or ())):
                if key != "label":
                    assert str(column_of(table, str(title))) == key, (table, title)


def test_every_choice_with_other_words_is_one_of_the_declared() -> None:
    declared = {
        key: one.attribute.choices for table in ("nodes", "edges") for key, one in attributes(table).items()
    }
    for key, choices in words()["choices"].items():
        assert {str(choice) for choice in choices} <= set(declared[key])


def test_titles_that_a_person_writes_in_japanese_are_known() -> None:
    assert str(column_of("nodes", "向き")) == "direction"
    assert str(column_of("edges", "向き")) == "polarity"
    assert [str(column_of("settings", title)) for title in ("キー", "値")] == ["key", "value"]
