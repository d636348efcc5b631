"""Saved results and tables: they read back as they were, and are whole or not there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas
import pytest
import xarray
from openpyxl import load_workbook
from result_models import flow, model_of, rich_lamp, run_lamp

from meguru.engine.results.files import open_result
from meguru.engine.results.labelled import ARRAYS
from meguru.engine.results.result import Result
from meguru.engine.results.tables import save_tables
from meguru.engine.run import run
from meguru.errors import NotReadableError, RunError, WriteError
from meguru.examples import example


@pytest.fixture(scope="module")
def result() -> Result:
    return run(model_of(rich_lamp()), "model")


# -- files ---------------------------------------------------------------------------------------------------


def assert_same(one: Result, other: Result) -> None:
    assert one.provenance == other.provenance
    for name in ARRAYS:
        left, right = getattr(one, name), getattr(other, name)
        xarray.testing.assert_identical(left, right)
        assert {k: v.dtype for k, v in left.coords.items()} == {k: v.dtype for k, v in right.coords.items()}


@pytest.fixture(scope="module")
def saved(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "result.nc"
    result.save(path)
    return path


def test_a_saved_result_reads_back_as_it_was(result: Result, saved: Path) -> None:
    found = open_result(saved)
    assert_same(result, found)
    assert found.model == result.model and found.before == result.before
    rows = [flow(result, "sale", "lamp")]
    for origins in (None, ["recycled_post"]):
        np.testing.assert_allclose(
            found.mass(rows, ["glass"], origins), result.mass(rows, ["glass"], origins), rtol=1e-12
        )
    with xarray.open_dataset(saved, group="units", engine="h5netcdf") as plain:
        xarray.testing.assert_identical(plain["units"].load(), result.units)


def test_a_saved_scenario_reads_back(tmp_path: Path) -> None:
    """Arrays without a row, measures from a year on, Japanese labels and file name."""
    result = run(example("motor"), "regenerate")
    assert result.work.size == 0 and result.part_age.size == 0
    result.save(tmp_path / "結果.nc")
    assert_same(result, open_result(tmp_path / "結果.nc"))


def test_months_and_samples_read_back(tmp_path: Path) -> None:
    data = rich_lamp(time={"first": 2020, "last": 2020, "history": 2018, "step": "month"}, exchanges={})
    del data["processes"]["make"]["unit"]
    result = run(model_of(data), samples=3)
    result.save(tmp_path / "result.nc")
    assert_same(result, open_result(tmp_path / "result.nc"))


def test_origins_may_be_left_out(result: Result, tmp_path: Path) -> None:
    result.save(tmp_path / "result.nc", origins=False)
    found = open_result(tmp_path / "result.nc")
    xarray.testing.assert_identical(found.flows, result.flows)
    with pytest.raises(RunError, match="origins"):
        _ = found.origins


def test_an_interrupted_save_leaves_the_old_file(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result.nc"
    path.write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        result.save(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["result.nc"]


def test_files_that_hold_no_result_are_named(result: Result, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "text.nc").write_text("no result")
    xarray.Dataset({"a": 1}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    whole = saved.read_bytes()
    (tmp_path / "cut.nc").write_bytes(whole[: len(whole) // 2])
    for name in ("missing.nc", "text.nc", "other.nc", "cut.nc"):
        with pytest.raises(NotReadableError, match=name):
            open_result(tmp_path / name)
    with pytest.raises(WriteError, match="nowhere"):
        result.save(tmp_path / "nowhere" / "result.nc")


# -- tables --------------------------------------------------------------------------------------------------


def test_tables_are_tidy(result: Result) -> None:
    table = result.table("money")
    assert list(table.columns) == [
        "time",
        "payer",
        "payee",
        "kind",
        "group",
        "name",
        "where",
        "item",
        "exchange",
        "stage",
        "value",
        "unit",
    ]
    assert len(table) == 4 * result.money.sizes["payment"]
    sale = table[(table["name"] == "sale") & (table["time"] == 2022)]
    assert sale["value"].tolist() == [90_000.0] and sale["unit"].tolist() == ["JPY"]


@pytest.mark.parametrize("name", ARRAYS)
def test_tables_hold_every_number_once(result: Result, name: str) -> None:
    table = result.table(name)
    array = getattr(result, name)
    assert table["value"].sum() == pytest.approx(array.to_numpy().sum(), rel=1e-12)
    assert not table.drop(columns="value").duplicated().any() or name in ("flows", "units", "origins")
    if "material" not in array.dims:
        assert len(table) == array.size


def test_mass_is_in_kilograms_and_only_of_what_is_inside(result: Result) -> None:
    table = result.table("flows")
    assert set(table["unit"]) == {"kg"}
    bulbs = table[table["item"] == "bulb"]
    assert set(bulbs["material"]) == {"glass"} and len(bulbs) > 0
    assert set(result.table("units")["unit"]) == {"piece", "kg"}


def test_samples_and_months_have_columns() -> None:
    data = rich_lamp(time={"first": 2020, "last": 2020, "history": 2018, "step": "month"}, exchanges={})
    del data["processes"]["make"]["unit"]
    table = run(model_of(data), samples=2).table("stock")
    assert list(table.columns)[:3] == ["sample", "time", "year"]
    assert set(table["sample"]) == {0, 1} and table["time"].iloc[0] == "2020-01"


def test_unknown_tables_are_named(result: Result) -> None:
    with pytest.raises(RunError, match="Did you mean 'flows'"):
        result.table("flow")


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_tables_read_back_from_files(result: Result, tmp_path: Path, format: str) -> None:
    files = save_tables(result, tmp_path / "new" / "tables", format)
    assert {file.name for file in files} == {*(f"{name}.{format}" for name in ARRAYS), "provenance.json"}
    for name in ARRAYS:
        path = tmp_path / "new" / "tables" / f"{name}.{format}"
        if format == "parquet":
            found = pandas.read_parquet(path)
        else:
            found = pandas.read_csv(path, keep_default_na=False, dtype={"unit": str})
        pandas.testing.assert_frame_equal(found, result.table(name), check_dtype=False)
    assert json.loads((tmp_path / "new" / "tables" / "provenance.json").read_text()) == result.provenance


def test_workbook_has_a_sheet_a_table(result: Result, tmp_path: Path) -> None:
    (path,) = save_tables(result, tmp_path, "xlsx")
    book = load_workbook(path, read_only=True)
    assert book.sheetnames == ["provenance", *(name for name in ARRAYS if name != "origins")]
    rows = list(book["stock"].iter_rows(values_only=True))
    table = result.table("stock")
    assert rows[0] == tuple(table.columns)
    assert [row[-2] for row in rows[1:]] == pytest.approx(table["value"].tolist())


def test_a_name_never_becomes_a_formula(tmp_path: Path) -> None:
    result = run_lamp(routes__sale__group="=1+1", routes__sale__price="1 JPY/piece")
    (path,) = save_tables(result, tmp_path, "xlsx", ["money"])
    cells = [cell for row in load_workbook(path)["money"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert len(cells) == 4 and {cell.data_type for cell in cells} == {"s"}


def test_wrong_formats_and_places_are_named(result: Result, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="parquet"):
        save_tables(result, tmp_path, "parket")
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="file"):
        save_tables(result, tmp_path / "file" / "below")


def test_the_hash_of_a_model_that_takes_libraries_survives(tmp_path: Path) -> None:
    result = run(example("compressor-dismantling"))
    assert result.model.libraries
    result.save(tmp_path / "result.nc")
    assert open_result(tmp_path / "result.nc").provenance["model_hash"] == result.provenance["model_hash"]
