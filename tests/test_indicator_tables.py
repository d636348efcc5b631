"""Tables of figures as people have them: per cent, units, titles, sheets, blanks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from meguru import errors
from meguru.indicators.catalogue import catalogue, measure
from meguru.indicators.catalogue.reading import other_words, read_data

RECYCLED = "iso_59020.A.2.3"
KG = {"flow": "in", "mass": "100 kg"}


def workbook(path: Path, sheets: Mapping[str, Any], formats: dict[str, str] | None = None) -> Path:
    """A workbook of sheets of rows; ``formats`` by cell of the first sheet."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cell, form in (formats or {}).items():
        book.worksheets[0][cell].number_format = form
    book.save(path)
    return path


# -- per cent --


@pytest.mark.parametrize("title", ["recycled [%]", "recycled"])
@pytest.mark.parametrize(
    ("cell", "form", "wanted"),
    [(0.4, "0%", 40.0), (0.295, "0.0 %", 29.5), (40, '0"%"', 40.0), (40, "0\\%", 40.0), (0.29, "0%", 29.0)],
)
def test_a_cell_of_per_cent_is_read_as_it_is_seen(
    title: str, cell: float, form: str, wanted: float, tmp_path: Path
) -> None:
    rows = [["mass [kg]", title], [100, cell]]
    path = workbook(tmp_path / "flows.xlsx", {"inflow": rows}, {"B2": form})
    assert measure(path, RECYCLED)[0].value == pytest.approx(wanted, rel=1e-12)


def test_a_cell_of_per_cent_is_no_mass(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["mass [kg]", "recycled"], [0.4, 1]]
    path = workbook(tmp_path / "f.xlsx", {"inflow": rows}, {"A2": "0%"})
    with pytest.raises(errors.DimensionError, match="column mass"):
        measure(path, RECYCLED)


@pytest.mark.parametrize(
    ("cells", "doubted"), [((0.4, 0.2), True), ((0, 1), True), ((0, 0), False), ((0.4, 2), False)]
)
def test_per_cent_that_look_like_fractions_are_doubted(
    cells: tuple[float, float], doubted: bool, tmp_path: Path
) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(f"flow,mass [kg],recycled [%]\nin,60,{cells[0]}\nin,40,{cells[1]}\n", encoding="utf-8")
    found = measure(path, RECYCLED)
    assert found[0].value == pytest.approx(0.6 * cells[0] + 0.4 * cells[1])
    warned = [one for one in found.warnings if "column recycled" in one.en and "take the [%] out" in one.en]
    assert bool(warned) is doubted
    assert measure(path, "iso_59020.A.2.2").warnings == []  # no figure of that column is used


def test_texts_with_their_own_per_cent_are_not_doubted() -> None:
    rows = [{**KG, "recycled": "0.4 %"}]
    assert measure({"flows": rows}, RECYCLED).warnings == []


# -- units that differ --

TWO_UNITS: list[tuple[str, Any]] = [
    (
        "title and column",
        pd.DataFrame({"flow": ["in"], "mass [t]": [1.0], "unit": ["kg"], "recycled": [0.5]}),
    ),
    ("cell and column", [{"flow": "in", "mass": "1 t", "unit": "kg", "recycled": 0.5}]),
    ("cell and column of figures", pd.DataFrame({"variable": ["m_TI"], "value": ["1 t"], "unit": ["kg"]})),
    ("title and column of figures", pd.DataFrame({"variable": ["m_TI"], "value [t]": [1.0], "unit": ["kg"]})),
]


@pytest.mark.parametrize(("name", "data"), TWO_UNITS, ids=[name for name, _ in TWO_UNITS])
def test_two_units_of_one_figure_are_refused(name: str, data: Any) -> None:
    with pytest.raises(errors.ContradictionError, match=r"row 1: two units of one figure; found '.*kg|t"):
        measure(data, RECYCLED)


def test_a_unit_twice_in_other_words_is_one_unit() -> None:
    frame = pd.DataFrame({"flow": ["in"], "mass [kg]": [200.0], "unit": ["kilogram"], "recycled": [0.5]})
    assert measure(frame, RECYCLED)[0].denominator == 200


def test_a_column_of_units_without_a_mass_is_refused() -> None:
    rows = [{"M [kg]": 3.0, "unit": "t", "F_R": 0.5}]
    with pytest.raises(errors.UnknownNameError, match="no mass that it belongs to"):
        measure({"parts": rows}, "mci.complex_product")


# -- tables as people have them --

JAPANESE = [
    ["年度", "区分", "品名", "質量 [t]", "再生材率 [%]", "再使用率 [%]", "備考"],
    [2024, "投入", "鋼材", 12.0, 30, 0, "x"],
    [2024, "産出", "製品", 9.0, 0, 10, None],
]


def test_japanese_titles_and_sheets_are_read(tmp_path: Path) -> None:
    one_sheet = workbook(tmp_path / "a.xlsx", {"フロー": JAPANESE})
    taken: list[list[Any]] = [["投入量 [t]", "再生材の割合 [%]"], [12.0, 30]]
    two: dict[str, list[list[Any]]] = {"投入": taken, "産出": [["産出量 [t]"], [9.0]]}
    two["指標値"] = [["項目", "値", "単位"], ["売上高", 3, "MJPY"], ["リニアな投入の質量", 8.4, "t"]]
    for path in (one_sheet, workbook(tmp_path / "b.xlsx", two)):
        assert measure(path, RECYCLED)[0].value == pytest.approx(30)
    assert measure(one_sheet, "iso_59020.A.3.3")[0].value == pytest.approx(10)
    assert measure(one_sheet, RECYCLED)[0].year == 2024
    assert measure(tmp_path / "b.xlsx", "iso_59020.A.6.2")[0].value == pytest.approx(3e6 / 8400)
    assert (
        measure({"製品質量": "2 kg", "share of reused feedstock": 0.5}, "mci.linear_flow_index")[0].value
        == 0.75
    )


def test_a_word_stands_for_one_thing() -> None:
    for kind in ("columns", "sheets", "flows"):
        words = [word for words in read_data("flows")["words"][kind].values() for word in words]
        assert len(set(words)) == len(words) and set(words) <= set(other_words(kind))
    for held in catalogue():
        for variables in (held.variables, *held.tables.values()):
            for language in ("en", "ja"):
                names = [one.name.of(language) for one in variables.values()]
                assert len(set(names)) == len(names), held.id


def test_unknown_titles_and_sheets_list_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(errors.UnknownNameError, match=r"no such column; .*one of mass \(投入量\), reused"):
        measure({"inflow": [{"重さ": "3 kg"}]}, RECYCLED)
    path = workbook(tmp_path / "a.xlsx", {"inflow": [["mass [kg]"], [3]], "集計": [["合計"], [3]]})
    with pytest.raises(
        errors.UnknownNameError, match=r"no such table; found '集計.合計', expected one of inflow"
    ):
        measure(path, RECYCLED)


EMPTY = ["", "\n", "year,flow,mass [kg],recycled [%]\n", "year,flow\n2024,in\n", "note\nhello\n"]


@pytest.mark.parametrize("text", EMPTY)
def test_a_table_without_figures_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(errors.MissingValueError):
        measure(path, RECYCLED)


def test_an_empty_sheet_beside_others_is_passed_over(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {"inflow": [["mass [kg]", "recycled"], [3, 0.5]], "Sheet2": []}
    assert measure(workbook(tmp_path / "a.xlsx", sheets), RECYCLED)[0].value == 50
    nothings: tuple[Any, ...] = ([], {}, {"flows": []}, pd.DataFrame())
    for nothing in nothings:
        with pytest.raises(errors.MissingValueError):
            measure(nothing, RECYCLED)


@pytest.mark.parametrize("title", ["year", "subject"])
def test_a_row_without_year_or_subject_among_others_is_refused(title: str) -> None:
    gaps: list[Any] = [2024, None, None]
    rows: list[dict[str, Any]] = [{**KG, "recycled": 0.5, title: one} for one in gaps]
    with pytest.raises(errors.MissingValueError, match=f"column {title}, row 2: an empty cell"):
        measure({"flows": rows}, RECYCLED)
    assert measure({"flows": [{**row, title: None} for row in rows]}, RECYCLED)[0].value == 50


@pytest.mark.parametrize(
    ("cell", "critical"),
    [
        ("Y", True),
        ("n", False),
        ("はい", True),
        ("該当", True),
        (1, True),
        (0.0, False),
        (True, True),
        ("TRUE", True),
    ],
)
def test_yes_and_no_are_read_in_many_words(cell: Any, critical: bool) -> None:
    found = measure({"inflow": [{"mass": "1 kg", "circular": 0, "critical": cell}]}, "cti.critical_material")
    assert found[0].value == (100 if critical else 0)


@pytest.mark.parametrize(("cell", "says"), [("partly", "or yes or no"), (0.5, "row 1: .*neither yes nor no")])
def test_what_is_neither_yes_nor_no_is_refused(cell: Any, says: str) -> None:
    with pytest.raises(errors.MeguruError, match=says):
        measure({"inflow": [{"mass": "1 kg", "circular": 0, "critical": cell}]}, "cti.critical_material")


NO_TABLES = [
    ("flow;mass [kg];recycled [%]\nin;3;50\n", errors.NotReadableError, "comma delimited"),
    ("flow\tmass [kg]\nin\t3\n", errors.NotReadableError, "comma delimited"),
    ("flow,mass [kg],recycled [%]\nin,yes,50\n", errors.WrongTypeError, "column mass: yes or no"),
    ("flow,mass [kg],recycled\nin,3,yes\n", errors.WrongTypeError, "column recycled: yes or no"),
    ("flow,mass [kg]\n,3\nin,3\n", errors.UnknownNameError, "row 2: neither .*; found 'nothing'"),
    ("mass [kg],recycled [%]\n3,50\n", errors.UnknownNameError, "has a column 'flow'"),
    ("critical\nyes\n", errors.UnknownNameError, "has a column 'flow'"),
    ("year,flow,mass [kg]\nlast,in,3\n", errors.WrongTypeError, "not a year; found 'last'"),
    ("year,flow,mass [kg]\n2024.5,in,3\n", errors.WrongTypeError, "not a year; found 2024.5"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error", "says"), NO_TABLES)
def test_tables_that_can_not_be_meant_so(
    text: str, error: type[errors.MeguruError], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=says):
        measure(path, RECYCLED)


@pytest.mark.parametrize("year", ["2024", "2024年", "2024年度", "FY2024", "2024.0", " 2024 "])
def test_years_are_read_as_people_write_them(year: str, tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(f"年度,flow,mass [kg],recycled [%]\n{year},in,3,50\n", encoding="utf-8")
    assert measure(path, RECYCLED)[0].year == 2024
    rows = [{"year": year, **KG, "recycled": 0.5}]
    assert measure({"flows": rows}, RECYCLED)[0].year == 2024


def test_numbers_of_frames_are_finite_and_no_answers() -> None:
    for cell, error in ((np.inf, errors.RangeError), (True, errors.WrongTypeError)):
        with pytest.raises(error, match="column mass"):
            measure(pd.DataFrame({"flow": ["in"], "mass [kg]": [cell], "recycled": [0.5]}), RECYCLED)
    with pytest.raises(errors.WrongTypeError, match="neither a figure nor a table"):
        measure({"inflow": {"mass": "1 kg"}}, RECYCLED)
    with pytest.raises(errors.WrongTypeError, match="F_R: yes or no for a number"):
        measure({"M": "1 kg", "F_R": True}, "mci.product")


def test_a_subject_has_one_level() -> None:
    rows = [
        {"subject": "a", "level": level, "m_TI": "1 kg", "m_RECI": "0 kg"} for level in ("product", "nation")
    ]
    with pytest.raises(errors.ContradictionError, match="row 2: two levels"):
        measure(rows, RECYCLED)
    assert measure([rows[0], {**rows[1], "subject": "b"}], RECYCLED).warnings


GAPS: list[Any] = [None, "", " ", float("nan"), pd.NA, pd.NaT]


@pytest.mark.parametrize("gap", GAPS, ids=repr)
def test_gaps_of_any_kind_are_gaps(gap: Any) -> None:
    rows = [{**KG, "recycled": 0.5}, {**KG, "recycled": gap}]
    for data in (rows, {"flows": rows}, pd.DataFrame(rows)):
        one = measure(data, RECYCLED)[0]
        assert one.value == 25 and "not stated" in one.assumed[0].en
    with pytest.raises(errors.MissingValueError, match="m_RECI"):
        measure({"m_TI": "1 kg", "m_RECI": gap}, RECYCLED)


def test_a_level_that_is_none_is_refused() -> None:
    levels: tuple[Any, ...] = ([], "firm", 3)
    for level in levels:
        with pytest.raises(errors.UnknownNameError, match="no such level"):
            measure({"m_TI": "1 kg", "m_RECI": "1 kg", "level": level}, RECYCLED)


def test_a_formula_that_was_never_computed_is_no_empty_cell(tmp_path: Path) -> None:
    rows = [["mass [kg]", "recycled"], [3, "=1/2"]]
    path = workbook(tmp_path / "a.xlsx", {"inflow": rows})
    with pytest.raises(errors.NotReadableError, match=r"inflow!B2: .*never computed; found '=1/2'"):
        measure(path, RECYCLED)
    beside = {"inflow": [["mass [kg]", "recycled"], [3, 0.5]], "_own": [["=1+1"]]}
    assert measure(workbook(tmp_path / "b.xlsx", beside), RECYCLED)[0].value == 50


def test_an_indicator_asked_for_twice_is_measured_once() -> None:
    data = {"m_TI": "2 kg", "m_RECI": "1 kg"}
    assert [one.value for one in measure(data, [RECYCLED, "iso_59020@2024.A.2.3", RECYCLED])] == [50]


def test_a_mapping_may_name_its_subject_or_its_year_alone() -> None:
    rows = [{"mass": "3 kg", "recycled": 0.5}]
    for key, value, wanted in (("year", 2024, ("", 2024)), ("subject", "plant", ("plant", None))):
        one = measure({key: value, "inflow": rows}, RECYCLED)[0]
        assert (one.subject, one.year) == wanted and one.value == 50


def test_a_zero_below_is_told_as_the_reason() -> None:
    one = measure({"m_TI": "0 kg", "m_RECI": "0 kg"}, RECYCLED)[0]
    assert one.reason is not None and one.reason.en == "the denominator is zero: m_TI (total mass of inflows)"


@pytest.mark.parametrize(
    ("given", "wanted", "name"),
    [
        ({"M": "1 kg", "X": 0}, "mci.product", "X (utility)"),
        ({"M": "1 kg", "L": "3 year", "L_av": "0 year"}, "mci.product", "L_av (life of"),
        ({"M": "0 kg", "X": 1}, "mci.product", "M (mass of the product)"),
        ({"m_collected": "0 t", "m_recycling": "0 t", "m_placed_before": "3 t"}, "weee.ewaste_recycling_rate",
         "m_collected (mass"),
    ],
)  # fmt: skip
def test_a_zero_within_a_formula_is_told_by_its_name(given: dict[str, Any], wanted: str, name: str) -> None:
    one = measure(given, wanted)[0]
    assert one.state == "undefined" and one.value is None and one.reason is not None
    assert one.reason.en.startswith(f"the denominator is zero: {name}")
    assert one.reason.ja.startswith("分母がゼロ：")


def test_of_several_years_each_has_the_reason_of_its_own() -> None:
    """Also where years are measured at once."""
    by_year = {2024: ("1 kg", "0 year"), 2025: ("0 kg", "2 year")}
    rows = [
        {"year": year, "variable": name, "value": value}
        for year, (mass, average) in by_year.items()
        for name, value in (("M", mass), ("L", "3 year"), ("L_av", average))
    ]
    reasons = [one.reason.en for one in measure(rows, "mci.product") if one.reason]
    assert ["L_av (life" in reasons[0], "M (mass" in reasons[1]] == [True, True]
