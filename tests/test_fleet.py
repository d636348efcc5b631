"""Fleets as people have them: tables from spreadsheet programs, and columns of pieces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas
import pytest
from reference_items import fleet_data

import meguru
from meguru.engine.items.fleet import read_fleet
from meguru.errors import (
    ContradictionError,
    DuplicateKeyError,
    MeguruError,
    NotReadableError,
    RangeError,
    StockError,
    UnknownKeyError,
)
from meguru.model import Model
from meguru.model.read import from_data


def machines() -> Model:
    """Machines of one pump and two fans or more, made since 1990."""
    data = fleet_data(10)
    data["time"] |= {"history": 1990}
    return from_data(data)


def fault_of(path: Path, text: str) -> MeguruError:
    path.write_text(text)
    with pytest.raises(MeguruError) as caught:
        meguru.run(machines(), engine="items", fleet=path)
    assert caught.value.file == str(path)
    return caught.value


@pytest.mark.parametrize("column", ["fan.0", "fan.9", "fan.01", "pump.2"])
def test_a_column_of_a_piece_that_does_not_exist_is_refused(tmp_path: Path, column: str) -> None:
    error = fault_of(tmp_path / "fleet.csv", f"serial,product,made,{column}\nA,machine,1996,\n")
    assert isinstance(error, UnknownKeyError)
    assert (error.place, error.found) == (column, column)
    assert f"'{column.partition('.')[0]}.1'" in str(error.expected)


def test_an_age_that_no_piece_takes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fleet.csv"
    titles = "serial,product,made,pump,pump.1\n"
    error = fault_of(path, f"{titles}A,machine,1996,2,\nB,machine,1996,2,3\n")
    assert isinstance(error, ContradictionError)
    assert (error.place, error.line) == ("pump", 3)


def test_an_age_of_a_piece_that_this_unit_lacks_is_refused(tmp_path: Path) -> None:
    data = fleet_data(10)
    data["time"] |= {"history": 1990}
    data["items"]["machine"]["bom"]["fan"] = {
        "values": {"1990": 1, "1994": 1, "1995": 2},
        "unit": "1",
        "beyond": "hold",
    }
    path = tmp_path / "fleet.csv"
    path.write_text("serial,product,made,fan.2\nA,machine,1996,1\nB,machine,1993,1\n")
    with pytest.raises(RangeError, match=r"made with 1 of 'fan'") as caught:
        meguru.run(from_data(data), engine="items", fleet=path)
    assert (caught.value.place, caught.value.line) == ("fan.2", 3)


@pytest.mark.parametrize("titles", ["serial,product,made", " serial,product ,made,,"])
def test_commas_at_the_end_and_spaces_say_nothing(tmp_path: Path, titles: str) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text(f"{titles}\nA ,machine,2019,,,\nB,machine,2020,,,\n,,,,\n")
    fleet = read_fleet(path)
    assert fleet.serials == ["A", "B"]
    assert list(fleet.table.columns) == ["serial", "product", "made"]
    assert fleet.table["made"].tolist() == [2019, 2020]


def test_spaces_make_no_other_serial() -> None:
    table = pandas.DataFrame({"serial": ["A", "A "], "product": ["machine"] * 2, "made": [1996] * 2})
    with pytest.raises(DuplicateKeyError, match="twice"):
        read_fleet(table)
    table["serial"], table["product"] = ["A", "B"], ["machine", "machine "]
    assert meguru.run(machines(), engine="items", fleet=table).stock.to_numpy()[0, 0, 0] > 0


def test_a_row_longer_than_the_titles_is_refused(tmp_path: Path) -> None:
    error = fault_of(tmp_path / "fleet.csv", "serial,product,made\nA,machine,2019\nOLD,W-1,machine,2019\n")
    assert isinstance(error, RangeError)
    assert error.line == 3 and "OLD" in str(error.found)


def test_titles_that_stand_there_twice_are_not_numbered(tmp_path: Path) -> None:
    text = "serial,product,made,fan,fan\nA,machine,1996,1,2\n"
    assert isinstance(fault_of(tmp_path / "fleet.csv", text), DuplicateKeyError)
    book = tmp_path / "fleet.xlsx"
    rows: list[list[Any]] = [["serial", "product", "made", "fan", "fan"], [31, "machine", 1996, 1, 2]]
    pandas.DataFrame(rows).to_excel(book, index=False, header=False)
    with pytest.raises(DuplicateKeyError, match="fan"):
        read_fleet(book)


def test_code_page_932_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fleet.csv"
    path.write_bytes("serial,product,made\n洗-1,machine,1996\n".encode("cp932"))
    assert read_fleet(path).serials == ["洗-1"]
    path.write_bytes(b"serial,product,made\n\x81,machine,1996\n\x81")
    with pytest.raises(NotReadableError, match=r"cp932.*CSV UTF-8"):
        read_fleet(path)


def test_a_workbook_is_read_and_a_broken_one_named(tmp_path: Path) -> None:
    path = tmp_path / "fleet.xlsx"
    frame = {"serial": [31, 32], "product": ["machine"] * 2, "made": [1996, None], "age": [None, 3.5]}
    pandas.DataFrame(frame).to_excel(path, index=False)
    fleet = read_fleet(path)
    assert fleet.serials == ["31", "32"]
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(NotReadableError) as caught:
        read_fleet(path)
    assert caught.value.file == str(path)


def test_a_fleet_larger_than_the_target_is_called_so() -> None:
    data = fleet_data(10)
    data["time"] |= {"history": 1990}
    data["processes"]["use"]["demand"] = {"stock": "5 piece"}
    serials = [str(number) for number in range(200)]
    fleet = pandas.DataFrame({"serial": serials, "product": "machine", "made": 1999})
    with pytest.raises(StockError, match="the fleet is larger") as caught:
        meguru.run(from_data(data), engine="items", fleet=fleet)
    assert "fleet of 200" in str(caught.value.found)
    # A target that falls later is at fault itself, whatever the run began with.
    first = data["time"]["first"]
    targets = {str(first): 900, str(first + 2): 900, str(first + 3): 2}
    data["processes"]["use"]["demand"] = {"stock": {"values": targets, "unit": "piece", "beyond": "hold"}}
    with pytest.raises(StockError, match="falls faster"):
        meguru.run(from_data(data), engine="items", fleet=fleet)
