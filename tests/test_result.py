"""Results: labels, laziness, joined blocks, files and tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from result_models import flow, lamp, model_of, rich_lamp, run_lamp

import meguru
from meguru.engine.compiling.program import compile_model
from meguru.engine.results.labelled import ARRAYS
from meguru.engine.results.result import Result, build_result, hash_of, join_results
from meguru.engine.run import run
from meguru.engine.sampling import Draws
from meguru.engine.simulate import simulate
from meguru.errors import RunError
from meguru.examples import example
from meguru.model import apply, load, save
from meguru.model.components import ORIGINS

DIMENSIONS = {
    "flows": ("flow", "material"),
    "units": ("flow",),
    "origins": ("flow", "material", "origin"),
    "stock": ("holder",),
    "stock_mass": ("holder", "material"),
    "events": ("event",),
    "energy": ("entry",),
    "exchanges": ("entry",),
    "impacts": ("entry", "category"),
    "work": ("entry",),
    "money": ("payment",),
    "balance": ("process",),
    "part_age": ("part",),
    "ages": ("process", "made"),
}


@pytest.fixture(scope="module")
def result() -> Result:
    return run(model_of(rich_lamp()), "model")


# -- labels --------------------------------------------------------------------------------------------------


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
    coordinates = {
        name: str(result.flows[name].to_numpy()[row])
        for name in ("route", "item", "source", "port", "target", "side", "unit")
    }
    assert coordinates == {
        "route": "sale",
        "item": "lamp",
        "source": "make",
        "port": "out",
        "target": "use",
        "side": "pull",
        "unit": "piece",
    }


def test_items_counted_in_other_units_have_their_mass_in_kilograms() -> None:
    result = run_lamp(
        exchanges={},
        items__steel={"kind": "material", "unit": "t"},
        items__lamp__bom={"steel": "2 kg", "glass": "500 g"},
    )
    row = flow(result, "new in", "steel")
    assert result.units.to_numpy()[0, 0, row] == pytest.approx(0.074)
    assert result.flows.sel(material="steel").to_numpy()[0, 0, row] == pytest.approx(74.0)


def test_goods_weigh_what_they_weighed_when_made() -> None:
    result = run_lamp(
        items__lamp__bom={"steel": {"values": {"2010": 2, "2023": 0.7}, "unit": "kg"}, "glass": "0.5 kg"}
    )
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
    failed = events[
        (result.events["kind"].to_numpy() == "failed") & (result.events["item"].to_numpy() == "bulb")
    ].sum()
    assert 0.5 < ages[kinds.index("failed")] / failed < 4.0
    assert 0.0 < ages[kinds.index("in_use")] / float(result.stock.sel(holder="use: lamp")[0, -1]) < 4.0


@pytest.mark.parametrize("materials", [None, ["steel"], ["glass", "steel"], []])
@pytest.mark.parametrize("origins", [None, ["recycled_post"], ["reused", "virgin_nonrenewable"]])
def test_mass_of_some_flows_is_that_of_the_array(
    result: Result, materials: list[str] | None, origins: list[str] | None
) -> None:
    flows = [flow(result, "sale", "lamp"), flow(result, "recovered", "steel")]
    wanted = ["steel", "glass"] if materials is None else materials
    array = result.origins.isel(flow=flows).sel(
        material=wanted, origin=list(ORIGINS) if origins is None else origins
    )
    expected = array.to_numpy().sum(axis=(2, 3, 4))
    np.testing.assert_allclose(result.mass(flows, materials, origins), expected, rtol=1e-12)


# -- samples -------------------------------------------------------------------------------------------------


def sampled() -> Any:
    return model_of(
        rich_lamp(
            processes__collect__split={
                "back": {"distribution": "uniform", "low": 0.2, "high": 0.9},
                "lost": "rest",
            }
        )
    )


def test_blocks_join_to_the_same_numbers() -> None:
    model = sampled()
    whole = run(model, samples=7, seed=5)
    parts = []
    for block in [(0, 2), (2, 3), (3, 7)]:
        program = compile_model(model, draws=Draws(5), block=block)
        parts.append(build_result(program, simulate(program), model, "model", seed=5))
    joined = join_results(parts)
    assert joined.samples == 7
    for name in ARRAYS:
        xarray.testing.assert_equal(getattr(joined, name), getattr(whole, name))
    rows = [flow(whole, "sale", "lamp")]
    np.testing.assert_array_equal(
        joined.mass(rows, ["steel"], ["recycled_post"]), whole.mass(rows, ["steel"], ["recycled_post"])
    )
    assert len(set(whole.mass(rows, ["steel"], ["recycled_post"])[:, -1])) == 7


def test_results_of_different_runs_do_not_join() -> None:
    model = sampled()
    with pytest.raises(RunError):
        join_results([run(model, samples=2, seed=1), run(model, samples=2, seed=2)])


def test_a_result_does_not_keep_the_record_by_date_alive() -> None:
    """What was recorded by year made is the largest part; only its mass is needed."""
    data = lamp(
        items__lamp__bom={"steel": {"values": {"2010": 2, "2023": 1}, "unit": "kg"}, "glass": "0.5 kg"}
    )
    program = compile_model(model_of(data))
    record = simulate(program)
    block = build_result(program, record, program.model, "model").source.blocks[0]  # type: ignore[attr-defined]
    whole = record.flows.base
    assert whole is not None
    kept = [block.flows.units, block.flows.dated, block.holders.units, block.events, block.scrap, block.ages]
    assert not any(np.shares_memory(array, whole) for array in kept)


# -- provenance ----------------------------------------------------------------------------------------------


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
    order = (
        lamp(processes__use__leave={"a": LIFE, "b": LIFE}),
        lamp(processes__use__leave={"b": LIFE, "a": LIFE}),
    )
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
