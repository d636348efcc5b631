"""Results: labels, laziness, joined blocks, files and tables."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import xarray
from openpyxl import load_workbook
from result_models import flow, lamp, model_of, run_lamp

import meguru
from meguru.engine.compile import compile_model
from meguru.engine.labelled import ARRAYS
from meguru.engine.result import Result, build_result, hash_of, join_results
from meguru.engine.result_files import open_result
from meguru.engine.result_tables import save_tables
from meguru.engine.run import run
from meguru.engine.simulate import simulate
from meguru.errors import NotReadableError, RunError, WriteError
from meguru.examples import example
from meguru.model import apply, load, save
from meguru.model.components import ORIGINS

DIMENSIONS = {
    "flows": ("flow", "material"), "units": ("flow",), "origins": ("flow", "material", "origin"), "stock": ("holder",),
    "stock_mass": ("holder", "material"), "events": ("event",), "energy": ("entry",), "exchanges": ("entry",),
    "impacts": ("entry", "category"), "work": ("entry",), "money": ("payment",), "balance": ("process",),
    "part_age": ("part",), "ages": ("process", "made"),
}  # fmt: skip


def rich_lamp(**changes: Any) -> dict[str, Any]:
    """A lamp with something in every array."""
    return lamp(
        routes__sale__price="900 JPY/piece",
        processes__make__unit=[{"cost": "50 JPY", "exchanges": {"power": "1 kWh"}, "time": "1 hour"}],
        processes__use__parts={"bulb": {"lifetime": {"distribution": "weibull", "shape": 2, "scale": "6 year"}, "repair": "50 %"}},
        items__bulb={"kind": "part", "bom": {"glass": "100 g"}},
        items__lamp__bom={"steel": "2 kg", "glass": "400 g", "bulb": 1},
        processes__bulbs={"kind": "supply"},
        routes__a={"name": "new bulbs", "from": "bulbs", "to": "make", "item": "bulb"},
        routes__b={"name": "spares", "from": "bulbs", "to": "use", "item": "bulb"},
        routes__c={"name": "failed", "from": "use.failed", "to": "dump"},
        **changes,
    )


@pytest.fixture(scope="module")
def result() -> Result:
    return run(model_of(rich_lamp()), "model")


# -- labels ----------------------------------------------------------------------------------------------------


def test_nothing_is_labelled_before_it_is_asked_for() -> None:
    assert not {*vars(run_lamp())} & {*ARRAYS, "provenance"}


@pytest.mark.parametrize("name", ARRAYS)
def test_every_array_has_its_dimensions_and_is_made_once(result: Result, name: str) -> None:
    array = getattr(result, name)
    assert array.dims == ("sample", "time", *DIMENSIONS[name])
    assert array.size > 0 and array.name == name and "unit" in array.attrs
    assert array["time"].to_numpy().tolist() == [2020, 2021, 2022, 2023] == array["year"].to_numpy().tolist()
    assert getattr(result, name) is array
    assert np.isfinite(array.to_numpy()).all()


def test_flows_are_units_times_the_bill_of_materials(result: Result) -> None:
    row = flow(result, "sale", "lamp")
    np.testing.assert_allclose(result.units.to_numpy()[0, :, row], 100.0)
    mass = result.flows.isel(sample=0, flow=row)
    np.testing.assert_allclose(mass.sel(material="steel"), 200.0)
    np.testing.assert_allclose(mass.sel(material="glass"), 50.0)
    coordinates = {name: str(result.flows[name].to_numpy()[row]) for name in ("route", "item", "source", "port", "target", "side", "unit")}
    assert coordinates == {
        "route": "sale", "item": "lamp", "source": "make", "port": "out", "target": "use", "side": "pull", "unit": "piece",
    }  # fmt: skip


def test_items_counted_in_other_units_have_their_mass_in_kilograms() -> None:
    result = run_lamp(
        exchanges={}, items__steel={"kind": "material", "unit": "t"}, items__lamp__bom={"steel": "2 kg", "glass": "500 g"}
    )
    row = flow(result, "new in", "steel")
    assert result.units.to_numpy()[0, 0, row] == pytest.approx(0.074)
    assert result.flows.sel(material="steel").to_numpy()[0, 0, row] == pytest.approx(74.0)


def test_goods_weigh_what_they_weighed_when_made() -> None:
    result = run_lamp(items__lamp__bom={"steel": {"values": {"2010": 2, "2023": 0.7}, "unit": "kg"}, "glass": "0.5 kg"})
    steel = result.flows.sel(material="steel").to_numpy()[0]
    weights = np.interp(np.arange(2010, 2024), [2010, 2023], [2, 0.7])
    np.testing.assert_allclose(steel[:, flow(result, "sale", "lamp")], 100 * weights[10:])
    np.testing.assert_allclose(steel[:, flow(result, "return", "lamp")], 100 * weights[6:10])
    held = result.stock_mass.sel(holder="use: lamp", material="steel").to_numpy()[0]
    np.testing.assert_allclose(held, [100 * weights[year - 3 : year + 1].sum() for year in range(10, 14)])


def test_months_are_named() -> None:
    result = run_lamp(time={"first": 2020, "last": 2021, "history": 2015, "step": "month"})
    times = result.flows["time"].to_numpy().tolist()
    assert times[:2] == ["2020-01", "2020-02"] and times[-1] == "2021-12" and len(times) == 24
    assert result.flows["year"].to_numpy().tolist() == [2020] * 12 + [2021] * 12
    assert result.ages["made"].to_numpy().tolist()[:2] == ["2015-01", "2015-02"]
    np.testing.assert_allclose(result.units.to_numpy()[0, :, flow(result, "sale", "lamp")], 100 / 12)


def test_stock_by_year_made_sums_to_the_stock(result: Result) -> None:
    stock = result.stock.sel(holder="use: lamp").to_numpy()
    np.testing.assert_allclose(result.ages.sel(process="use").sum("made").to_numpy(), stock)


def test_ages_of_failed_pieces_are_possible(result: Result) -> None:
    ages = result.part_age.to_numpy()[0, -1]
    kinds = result.part_age["kind"].to_numpy().tolist()
    events = result.events.to_numpy()[0, -1]
    failed = events[(result.events["kind"].to_numpy() == "failed") & (result.events["item"].to_numpy() == "bulb")].sum()
    assert 0.5 < ages[kinds.index("failed")] / failed < 4.0
    assert 0.0 < ages[kinds.index("in_use")] / float(result.stock.sel(holder="use: lamp")[0, -1]) < 4.0


@pytest.mark.parametrize("materials", [None, ["steel"], ["glass", "steel"], []])
@pytest.mark.parametrize("origins", [None, ["recycled_post"], ["reused", "virgin_nonrenewable"]])
def test_mass_of_some_flows_is_that_of_the_array(result: Result, materials: list[str] | None, origins: list[str] | None) -> None:
    flows = [flow(result, "sale", "lamp"), flow(result, "recovered", "steel")]
    wanted = ["steel", "glass"] if materials is None else materials
    array = result.origins.isel(flow=flows).sel(material=wanted, origin=list(ORIGINS) if origins is None else origins)
    expected = array.to_numpy().sum(axis=(2, 3, 4))
    np.testing.assert_allclose(result.mass(flows, materials, origins), expected, rtol=1e-12)


# -- samples ---------------------------------------------------------------------------------------------------


def sampled() -> Any:
    return model_of(
        rich_lamp(processes__collect__split={"back": {"distribution": "uniform", "low": 0.2, "high": 0.9}, "lost": "rest"})
    )


def test_blocks_join_to_the_same_numbers() -> None:
    model = sampled()
    whole = run(model, samples=7, seed=5)
    parts = []
    for block in [(0, 2), (2, 3), (3, 7)]:
        program = compile_model(model, seed=5, block=block)
        parts.append(build_result(program, simulate(program), model, "model", seed=5))
    joined = join_results(parts)
    assert joined.samples == 7
    for name in ARRAYS:
        xarray.testing.assert_equal(getattr(joined, name), getattr(whole, name))
    rows = [flow(whole, "sale", "lamp")]
    np.testing.assert_array_equal(joined.mass(rows, ["steel"], ["recycled_post"]), whole.mass(rows, ["steel"], ["recycled_post"]))
    assert len(set(whole.mass(rows, ["steel"], ["recycled_post"])[:, -1])) == 7


def test_results_of_different_runs_do_not_join() -> None:
    model = sampled()
    with pytest.raises(RunError):
        join_results([run(model, samples=2, seed=1), run(model, samples=2, seed=2)])


def test_a_result_does_not_keep_the_record_by_date_alive() -> None:
    """What was recorded by year made is the largest part; only its mass is needed."""
    data = lamp(items__lamp__bom={"steel": {"values": {"2010": 2, "2023": 1}, "unit": "kg"}, "glass": "0.5 kg"})
    program = compile_model(model_of(data))
    record = simulate(program)
    block = build_result(program, record, program.model, "model").source.blocks[0]  # type: ignore[attr-defined]
    whole = record.flows.base
    assert whole is not None
    kept = [block.flows.units, block.flows.dated, block.holders.units, block.events, block.scrap, block.ages]
    assert not any(np.shares_memory(array, whole) for array in kept)


# -- provenance ------------------------------------------------------------------------------------------------


def test_provenance_says_where_the_numbers_are_from(result: Result) -> None:
    found = result.provenance
    assert found["scenario"] == "model" and found["seed"] == 0 and found["samples"] == 1
    assert found["version"] == meguru.__version__
    assert len(found["model_hash"]) == 64
    age = datetime.now(UTC) - datetime.fromisoformat(found["created"])
    assert 0 <= age.total_seconds() < 600
    json.dumps(found)


def test_hash_is_of_the_content(tmp_path: Path) -> None:
    model = model_of(rich_lamp())
    same = model_of(dict(reversed(rich_lamp().items())))
    assert hash_of(model) == hash_of(same)
    for name in ("model.yaml", "model.json"):
        save(model, tmp_path / name)
        assert hash_of(load(tmp_path / name)) == hash_of(model)
    assert hash_of(model_of(rich_lamp(time__last=2022))) != hash_of(model)
    order = lamp(processes__use__leave={"a": LIFE, "b": LIFE}), lamp(processes__use__leave={"b": LIFE, "a": LIFE})
    assert hash_of(model_of(order[0])) != hash_of(model_of(order[1])), "the order of causes means something"


LIFE = {"distribution": "fixed", "age": "4 year"}


def test_hash_of_a_scenario_is_that_of_what_was_run() -> None:
    model = example("motor")
    hashes = {name: run(model, name).provenance["model_hash"] for name in model.scenarios}
    assert len(set(hashes.values())) == 3
    assert hashes["regenerate"] == hash_of(apply(model, "regenerate"))


def test_same_input_gives_same_numbers() -> None:
    model = sampled()
    one, two = run(model, samples=4, seed=9), run(model, samples=4, seed=9)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name).to_numpy(), getattr(two, name).to_numpy())


# -- files -----------------------------------------------------------------------------------------------------


def assert_same(one: Result, other: Result) -> None:
    assert one.provenance == other.provenance
    for name in ARRAYS:
        left, right = getattr(one, name), getattr(other, name)
        xarray.testing.assert_identical(left, right)
        assert {k: v.dtype for k, v in left.coords.items()} == {k: v.dtype for k, v in right.coords.items()}


def test_a_saved_result_reads_back_as_it_was(result: Result, tmp_path: Path) -> None:
    path = tmp_path / "result.nc"
    result.save(path)
    found = open_result(path)
    assert_same(result, found)
    assert found.model == result.model
    rows = [flow(result, "sale", "lamp")]
    for origins in (None, ["recycled_post"]):
        np.testing.assert_allclose(found.mass(rows, ["glass"], origins), result.mass(rows, ["glass"], origins), rtol=1e-12)
    xarray.testing.assert_identical(xarray.open_dataset(path, group="units", engine="h5netcdf")["units"], result.units)


@pytest.mark.parametrize(("name", "scenario"), [("motor", "regenerate"), ("pv-modules", None), ("atm-parts", "measure-1")])
def test_saved_examples_read_back(name: str, scenario: str | None, tmp_path: Path) -> None:
    """Arrays without a row, measures from a year on, Japanese labels."""
    result = run(example(name), scenario)
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


def test_an_interrupted_save_leaves_the_old_file(result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "result.nc"
    path.write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        result.save(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["result.nc"]


def test_files_that_hold_no_result_are_named(result: Result, tmp_path: Path) -> None:
    (tmp_path / "text.nc").write_text("no result")
    xarray.Dataset({"a": 1}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    result.save(tmp_path / "cut.nc")
    whole = (tmp_path / "cut.nc").read_bytes()
    (tmp_path / "cut.nc").write_bytes(whole[: len(whole) // 2])
    for name in ("missing.nc", "text.nc", "other.nc", "cut.nc"):
        with pytest.raises(NotReadableError, match=name):
            open_result(tmp_path / name)
    with pytest.raises(WriteError, match="nowhere"):
        result.save(tmp_path / "nowhere" / "result.nc")


# -- tables ----------------------------------------------------------------------------------------------------


def test_tables_are_tidy(result: Result) -> None:
    table = result.table("money")
    assert list(table.columns) == ["time", "payer", "payee", "kind", "group", "name", "where", "item", "exchange", "stage", "value", "unit"]
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
            found = pandas.read_csv(path, keep_default_na=False)
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
