"""Wrong figures give named errors that say where, and never a number."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd
import pytest
from openpyxl import Workbook

from meguru import errors
from meguru.errors import MeguruError
from meguru.indicators.catalogue import measure


class Wrong(NamedTuple):
    """Figures with one fault, and the error that they must give."""

    name: str
    data: Any
    wanted: Any
    error: type[MeguruError]
    says: tuple[str, ...]
    more: Mapping[str, Any] = MappingProxyType({})


INFLOW = "iso_59020.A.2.3"
GOOD = {"m_TI": "1000 kg", "m_RECI": "250 kg"}


def flows(**changes: Any) -> list[dict[str, Any]]:
    """A good row of inflow, and one with changes."""
    good = {"flow": "in", "mass": "100 kg", "recycled": "40 %"}
    return [good, {**good, **changes}]


FAULTS = [
    Wrong("unit of another dimension", {**GOOD, "m_TI": "1000 m3"}, INFLOW, errors.DimensionError,
          ("m_TI", "found 'm3'", "total mass of inflows")),
    Wrong("no unit", {**GOOD, "m_TI": 1000}, INFLOW, errors.MissingUnitError, ("m_TI", "as '12 kg'")),
    Wrong("unknown unit", {**GOOD, "m_TI": "1000 kgs"}, INFLOW, errors.UnitError, ("m_TI", "kgs")),
    Wrong("negative mass", {**GOOD, "m_RECI": "-1 kg"}, INFLOW, errors.RangeError,
          ("m_RECI", "negative", "found '-1 kg'")),
    Wrong("parts above the whole", {**GOOD, "m_RECI": "1001 kg", "m_REUI": "0 kg", "m_RENI": "0 kg"}, INFLOW,
          errors.ShareError, ("more than all inflows", "found '1 kg too much'")),
    Wrong("a part above the whole, nothing else given", {**GOOD, "m_RECI": "1500 kg"}, INFLOW,
          errors.ShareError, ("more than all inflows", "500 kg too much")),
    Wrong("share above one", {"M": "1 kg", "F_R": 1.2}, "mci.product", errors.RangeError,
          ("F_R", "above 1", "found '1.2'", "40 %")),
    Wrong("percent without its sign", {"flows": flows(recycled=40)}, INFLOW, errors.WrongTypeError,
          ("row 2", "without unit among others")),
    Wrong("share in a table above one", {"flows": flows(recycled="140 %")}, INFLOW, errors.RangeError,
          ("row 2", "above 1")),
    Wrong("shares of a row above one", {"flows": flows(reused="70 %")}, INFLOW, errors.ShareError,
          ("sum to more than 100 %",)),
    Wrong("shares of feedstock above one", {"M": "1 kg", "F_R": 0.6, "F_U": 0.6}, "mci.product",
          errors.ShareError, ("more than 100 %", "found '0.2 too much'")),
    Wrong("negative mass in a table", {"flows": flows(mass="-3 kg")}, INFLOW, errors.RangeError,
          ("row 2", "negative")),
    Wrong("empty mass in a table", {"flows": flows(mass=None)}, INFLOW, errors.MissingValueError,
          ("row 2", "empty cell")),
    Wrong("neither in nor out", {"flows": flows(flow="inn")}, INFLOW, errors.UnknownNameError,
          ("row 2", "inn", "Did you mean")),
    Wrong("missing denominator", {"m_RECI": "250 kg"}, INFLOW, errors.MissingValueError,
          ("m_TI", "total mass of inflows", INFLOW)),
    Wrong("unknown indicator", GOOD, "iso_59020.A.2.9", errors.UnknownNameError, ("A.2.9", "Did you mean")),
    Wrong("unknown set", GOOD, "iso59020", errors.UnknownNameError, ("Did you mean 'iso_59020'",)),
    Wrong("unknown edition", GOOD, "iso_59020@2019", errors.UnknownNameError, ("2019", "iso_59020@2024")),
    Wrong("misspelt figure", {**GOOD, "m_RECII": "1 kg"}, INFLOW, errors.UnknownNameError,
          ("m_RECII", "Did you mean 'm_RECI'")),
    Wrong("misspelt column", {"flows": flows(recyled="10 %")}, INFLOW, errors.UnknownNameError,
          ("recyled", "Did you mean 'inflow.recycled'")),
    Wrong("misspelt table", {"inflows": [{"mass": "1 kg"}]}, INFLOW, errors.UnknownNameError,
          ("inflows.mass", "Did you mean 'inflow.mass'")),
    Wrong("two editions", {"m_critical": "1 kg", "m_linear_in": "2 kg"}, ["cti", "cti@1.0"],
          errors.IndicatorError, ("two editions of cti mixed",)),
    Wrong("unknown variant", {"M": "1 kg"}, "mci.product", errors.UnknownNameError,
          ("no such variant", "simplified"), {"variant": "simple"}),
    Wrong("unknown aggregation", GOOD, INFLOW, errors.UnknownNameError, ("Did you mean 'plain_average'",),
          {"aggregation": "plain_averages"}),
    Wrong("feedstock from a recycling that gives nothing", {"M": "1 kg", "F_R": 0.5, "E_F": 0}, "mci.product",
          errors.RangeError, ("efficiency 0",)),
    Wrong("flag that is none", {"m_TO": "1 kg", "m_RECO": "1 kg", "traceable_recycling": 2},
          "iso_59020.A.3.4", errors.RangeError, ("neither yes nor no",)),
    Wrong("text for a number", {**GOOD, "m_TI": "a lot"}, INFLOW, errors.WrongTypeError, ("m_TI", "a lot")),
    Wrong("years that can not be summed", [{"t_LP": "4 year", "t_IALP": "8 year"},
          {"t_LP": "6 year", "t_IALP": "8 year"}], "iso_59020.A.3.2", errors.IndicatorError,
          ("plain_average",)),
    Wrong("two currencies", {"revenue": "1 JPY", "intermediate_input": "1 USD"}, "value_productivity.r_ap",
          errors.DimensionError, ("two currencies", "JPY and USD")),
    Wrong("two currencies over years", [{"year": 2023, "revenue": "100 MJPY", "m_linear_in": "10 t"},
          {"year": 2024, "revenue": "1 MEUR", "m_linear_in": "10 t"}], "cti", errors.DimensionError,
          ("two currencies of one subject", "JPY/kg (2023) and EUR/kg (2024)", "column 'subject'")),
    Wrong("no year", [{**GOOD, "year": "last"}], INFLOW, errors.WrongTypeError, ("column year, row 1",)),
    Wrong("a figure twice", pd.DataFrame({"variable": ["m_TI", "m_TI"], "value": ["1 kg", "2 kg"]}), INFLOW,
          errors.DuplicateKeyError, ("m_TI",)),
    Wrong("unknown level", {**GOOD, "level": "firm"}, INFLOW, errors.UnknownNameError, ("no such level",)),
    Wrong("no set", GOOD, None, errors.IndicatorError, ("iso_59020",)),
    Wrong("no figures", 12, INFLOW, errors.WrongTypeError, ("a mapping, a table, a file or a result",)),
    Wrong("not shipped", GOOD, "iso_59020.A.6.3", errors.IndicatorError, ("not shipped", "invented")),
    Wrong("partly given energy", {"M": "1 kg", "E_R": "3 MJ"}, "mci.product", errors.MissingValueError,
          ("HHV|M_B|B_C",)),
    Wrong("file that is nowhere", Path("nowhere.csv"), INFLOW, errors.NotReadableError, ("nowhere.csv",)),
    Wrong("file that is no table", Path("figures.pdf"), INFLOW, errors.NotReadableError,
          (".csv, .tsv or .xlsx",)),
]  # fmt: skip


@pytest.mark.parametrize("wrong", FAULTS, ids=[one.name for one in FAULTS])
def test_each_fault_has_its_error(wrong: Wrong) -> None:
    with pytest.raises(MeguruError) as caught:
        measure(wrong.data, wrong.wanted, **wrong.more)
    assert type(caught.value) is wrong.error
    for said in wrong.says:
        assert any(one in str(caught.value) for one in said.split("|")), str(caught.value)


def test_enough_faults_are_told_apart() -> None:
    assert len({one.name for one in FAULTS}) == len(FAULTS) >= 30
    assert {errors.DimensionError, errors.RangeError, errors.ShareError, errors.MissingValueError,
            errors.UnknownNameError, errors.IndicatorError} <= {one.error for one in FAULTS}  # fmt: skip


def test_each_subject_has_its_currency_and_a_year_without_money_has_none() -> None:
    rows: list[dict[str, Any]] = [
        {"subject": "Osaka", "revenue": "100 MJPY", "m_linear_in": "10 t"},
        {"subject": "Lyon", "revenue": "1 MEUR", "m_linear_in": "10 t"},
    ]
    assert [one.unit for one in measure(rows, "cti.circular_material_productivity")] == ["JPY/kg", "EUR/kg"]
    years = [
        {"year": 2023, "variable": "m_linear_in", "value": "9 t"},
        {"year": 2024, "variable": "m_linear_in", "value": "9 t"},
        {"year": 2024, "variable": "revenue", "value": "1 EUR"},
    ]
    found = measure(years, "cti")
    assert found.of("circular_material_productivity", year=2024).unit == "EUR/kg"


# -- the same figures in every form that is read --

ROWS = [
    {"flow": "in", "name": "steel", "mass": 1.2, "recycled": 30.0, "_note": "ours"},
    {"flow": "in", "name": "wood", "mass": 0.8, "recycled": 0.0, "_note": "ours"},
    {"flow": "out", "name": "scrap", "mass": 0.5, "recycled": 100.0, "_note": "theirs"},
]
TITLES = {"mass": "mass [t]", "recycled": "recycled [%]"}


def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS).rename(columns=TITLES)


def test_a_table_is_read_from_every_form(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "flows.csv", index=False, encoding="utf-8-sig")
    frame().to_excel(tmp_path / "one.xlsx", index=False, sheet_name="flows")
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        for name in ("in", "out"):
            part = frame()[frame()["flow"] == name].drop(columns="flow")
            part.to_excel(book, index=False, sheet_name=f"{name}flow")
    texts = [{**row, "mass": f"{row['mass']} t", "recycled": f"{row['recycled']} %"} for row in ROWS]
    units = pd.DataFrame([{**row, "recycled": f"{row['recycled']} %", "unit": "t"} for row in ROWS])
    forms = [frame(), {"flows": frame()}, tmp_path / "flows.csv", str(tmp_path / "one.xlsx"),
             tmp_path / "two.xlsx", texts, units]  # fmt: skip
    for form in forms:
        one = measure(form, INFLOW)[0]
        assert one.value == pytest.approx(18.0)
        assert one.numerator == pytest.approx(360) and one.denominator == pytest.approx(2000)


def test_figures_one_a_row_with_year_subject_and_quality(tmp_path: Path) -> None:
    text = (
        "subject,year,variable,value,unit,quality\nA,2024,m_RECI,20,kg,0.9\nA,2025,m_RECI,30,kg,0.4\n"
        'A,,m_TI,"1,000",kg,\nB,2024,m_RECI,1,kg,\nB,2024,m_TI,10 kg,,\n'
    )
    path = tmp_path / "figures.csv"
    path.write_text(text, encoding="utf-8")
    found = measure(path, INFLOW)
    assert [(one.subject, one.year, one.value, one.quality) for one in found] == [
        ("A", 2024, 2.0, 0.9), ("A", 2025, 3.0, 0.4), ("B", 2024, 10.0, None),
    ]  # fmt: skip


def test_a_fault_of_a_file_names_sheet_column_and_row(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.title = "inflow"
    for row in (["mass [kg]", "recycled [%]"], [100, 40], [100, 140]):
        book.active.append(row)
    book.save(tmp_path / "flows.xlsx")
    with pytest.raises(errors.RangeError, match=r"flows.xlsx: inflow, column recycled, row 3: .*above 1"):
        measure(tmp_path / "flows.xlsx", INFLOW)


def test_a_csv_file_may_be_of_excel_in_japan_and_no_other_code_page(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    path.write_bytes("区分,名前,質量［ｔ］,再生材率 [％]\n投入,鉄,3,20\n".encode("cp932"))
    assert measure(path, INFLOW)[0].value == pytest.approx(20.0)
    path.write_bytes(b"flow,mass [kg]\n\x81\x20,3")
    with pytest.raises(errors.NotReadableError, match=r"unknown encoding.*UTF-8 or .*932.*CSV UTF-8"):
        measure(path, INFLOW)


def test_columns_may_be_divided_by_tabs_and_old_spreadsheets_are_named(tmp_path: Path) -> None:
    path = tmp_path / "flows.tsv"
    path.write_text("flow\tmass [t]\trecycled [%]\nin\t1,200\t5\n", encoding="utf-8")
    assert measure(path, INFLOW)[0].value == pytest.approx(5.0)
    for name in ("flows.xls", "flows.ods"):
        with pytest.raises(errors.NotReadableError, match=r"no table that is read.*xlsx"):
            measure(tmp_path / name, INFLOW)


@pytest.mark.parametrize(
    ("title", "cell", "year"),
    [("year", "2024", 2024), ("year", "FY2024", 2024), ("年度", "令和6年度", 2024), ("年", "R6", 2024),
     ("年度", "平成元年度", 1989), ("year", "2024-04-01", 2024), ("年度", "2024/2/29", 2023),
     ("年度", "2024年4月", 2024), ("年", "2024年2月1日", 2024), ("year", 2024.0, 2024),
     ("年度", "Ｈ３０", 2018),     ("year", datetime.date(2024, 1, 31), 2024),
     ("年度", datetime.datetime(2024, 1, 31), 2023)],
)  # fmt: skip
def test_years_are_read_as_they_are_written(title: str, cell: Any, year: int) -> None:
    assert [one.year for one in measure([{**GOOD, title: cell}], INFLOW)] == [year]


@pytest.mark.parametrize(
    ("cell", "error"),
    [(24, errors.RangeError), ("20244", errors.RangeError), ("-2024", errors.RangeError),
     ("2024-13-01", errors.WrongTypeError), (2024.5, errors.WrongTypeError), (True, errors.WrongTypeError),
     ("last", errors.WrongTypeError)],
)  # fmt: skip
def test_what_is_no_year_of_the_calendar_is_refused(cell: Any, error: type[MeguruError]) -> None:
    with pytest.raises(error, match="year"):
        measure([{**GOOD, "year": cell}], INFLOW)
    with pytest.raises(error, match="year"):
        measure({**GOOD, "year": cell}, INFLOW)


@pytest.mark.parametrize(
    "name", ["合計", "小 計", "投入合計", "計", "Total", "sub-total", "GRAND TOTAL", "total of all"]
)
def test_a_row_of_totals_is_not_counted_beside_what_it_sums(name: str) -> None:
    rows = [{"name": "steel", "mass": "3 kg"}, {"name": name, "mass": "3 kg"}]
    with pytest.raises(errors.ContradictionError, match=r"column name, row 2.*totals.*counted twice"):
        measure({"inflow": rows}, INFLOW)
    rows[1] = {"name": "total organic carbon", "supplier": "Total", "mass": "3 kg"}
    assert measure({"inflow": rows}, INFLOW)[0].denominator == 6


def test_rows_that_are_alike_in_every_cell_are_doubted() -> None:
    row = {"flow": "in", "name": "steel", "mass": "3 kg", "recycled": "10 %"}
    found = measure([row, {**row, "flow": "out"}, {**row}], INFLOW)
    (warning,) = found.warnings
    assert "rows 1 and 3 are alike" in warning.en and "1行目と3行目" in warning.ja
    assert found[0].denominator == 6
    assert measure([row, {**row, "_note": "second lorry"}, {**row, "mass": "4 kg"}], INFLOW).warnings


def test_columns_of_japanese_tables_are_read() -> None:
    rows = [{"flow": "投入", "mass (kg)": 3, "recycled（%）": 50}, {"flow": "産出", "mass (kg)": 1}]
    assert measure(rows, INFLOW)[0].value == 50


def test_a_rate_beside_former_years_may_exceed_the_whole() -> None:
    given = {"m_collected": "120 t", "m_placed_before": "100 t"}
    assert measure(given, "weee.collection_rate")[0].value == pytest.approx(120.0)


def test_what_was_placed_on_the_market_is_the_mean_of_the_three_years_before() -> None:
    placed = {2019: 700, 2020: 800, 2021: 900, 2022: 5000}
    rows = [{"year": year, "variable": "m_placed", "value": f"{mass} t"} for year, mass in placed.items()]
    rows.append({"year": 2022, "variable": "m_collected", "value": "400 t"})
    (one,) = measure(rows, "weee.collection_rate")
    assert one.year == 2022
    assert one.value == pytest.approx(50.0) and one.denominator == pytest.approx(800_000)
    with pytest.raises(errors.MissingValueError, match="'m_placed' of each of the 3 years before"):
        measure(rows[-2:], "weee.collection_rate")
    mean = {"year": 2022, "variable": "m_placed_before", "value": "1000 t"}
    assert measure([*rows, mean], "weee").of("collection_rate", year=2022).value == pytest.approx(40.0)


@pytest.mark.parametrize(
    ("table", "error", "says"),
    [
        ("flow,mass [kg],recycled [%]\nin,1,050,30\n", errors.NotReadableError, "4 cells in row 2"),
        ("flow,mass [kg],mass [t],recycled [%]\nin,100,200,30\n", errors.DuplicateKeyError, "mass \\[t\\]"),
        ("variable,value,unit,quality\nm_TI,1,kg,1.7\n", errors.RangeError, "not a quality"),
        ("variable,value,unit,quality\nm_TI,1,kg,70 %\n", errors.RangeError, "not a quality"),
    ],
)
def test_nothing_in_a_table_is_dropped(
    table: str, error: type[errors.MeguruError], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(error, match=says):
        measure(path, INFLOW)


def test_a_table_of_outflows_does_not_make_a_plain_figure_traceable() -> None:
    given = {"m_RECO": "320 kg", "outflow": [{"mass": "800 kg"}]}
    assert measure(given, "iso_59020.A.3.4")[0].value == 0.0
    traced = {"outflow": [{"mass": "800 kg", "recycled": 0.4, "traceable": 1}]}
    assert measure(traced, "iso_59020.A.3.4")[0].value == pytest.approx(40.0)
