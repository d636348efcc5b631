"""The photovoltaic modules against PV_ICE: published results, and its equations on random tables."""

from __future__ import annotations

import csv
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from example_runs import DATA, EXAMPLES, load_script, series_of, table_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_pv_ice import Areas, Table, material_flows

import meguru

SERIES = {
    "virgin": "virgin_t",
    "into_stock": "into_stock_t",
    "landfilled": "landfill_total_t",
    "recycled": "recycled_yield_t",
    "closed_loop": "recycled_closed_loop_used_t",
}
MATERIALS = ["aluminium_frames", "backsheet", "copper", "encapsulant", "glass", "silicon", "silver"]


def assert_close(found: Any, expected: Any, name: str) -> None:
    """All years within 1e-9 of the largest value of the series."""
    ours, theirs = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    assert ours.shape == theirs.shape, name
    assert np.max(np.abs(ours - theirs)) <= 1e-9 * np.max(np.abs(theirs)), name


@cache
def pv_scripts() -> ModuleType:
    return load_script("pv-modules", "build")


def assert_reference(table: pd.DataFrame, folder: str) -> None:
    modules = pd.read_csv(DATA / "pv_ice" / folder / "summary_modules.csv")
    assert list(modules["year"]) == list(range(1995, 2051)) == sorted(table["year"].unique())
    assert_close(series_of(table, "active_area"), modules["active_area_m2"], "active_area")
    assert_close(series_of(table, "end_of_life_area"), modules["eol_area_m2"], "end_of_life_area")
    materials = pd.read_csv(DATA / "pv_ice" / folder / "summary_materials_t.csv")
    assert sorted(materials["material"].unique()) == MATERIALS
    for material in MATERIALS:
        reference = materials[materials["material"] == material].sort_values("year")
        for ours, theirs in SERIES.items():
            assert_close(series_of(table, f"{ours}.{material}"), reference[theirs], f"{ours}.{material}")
        assert_close(series_of(table, f"virgin_raw.{material}"), reference["virgin_raw_t"], material)


def test_pv_modules_gives_the_reference_of_the_baseline() -> None:
    assert_reference(table_of("pv-modules"), "US_base")


def test_pv_modules_gives_the_reference_of_weibull_failures_alone(tmp_path: Path) -> None:
    folder, model = EXAMPLES / "pv-modules" / "data" / "US_weibull", tmp_path / "weibull.yaml"
    script = EXAMPLES / "pv-modules" / "build.py"
    subprocess.run([sys.executable, str(script), str(folder), str(model)], check=True, cwd=tmp_path)
    assert_reference(meguru.evaluate(meguru.run(meguru.load(model))), "US_weibull")


def random_tables(seed: int) -> tuple[Table, dict[str, Table]]:
    """Tables of a folder in which nothing gets lost; every path is used, shares change by year."""
    draw = np.random.default_rng(seed)
    count = int(draw.integers(12, 26))
    scripts = pv_scripts()

    def shares(names: tuple[str, ...]) -> Table:
        parts = draw.dirichlet(np.ones(len(names)), size=count) * 100
        parts[:, 1 if "pg1" in names[1] else 0] += 100 - parts.sum(axis=1)
        return {f"mod_EOL_{name}": [float(cell) for cell in parts[:, k]] for k, name in enumerate(names)}

    def percent(low: float, high: float = 100.0) -> list[float]:
        return [float(cell) for cell in draw.uniform(low, high, count).round(3)]

    modules: Table = {"year": [float(1990 + k) for k in range(count)]}
    modules |= {name: percent(0) for name in scripts.MODULE_PARAMETERS}
    modules["mod_MFG_eff"] = percent(60)
    modules["mod_MerchantTail"] = percent(0) if draw.random() < 0.5 else [0.0] * count
    modules["mod_degradation"] = percent(0.2, 6.0)
    modules["mod_lifetime"] = [float(cell) for cell in draw.uniform(2, 14, count).round(1)]
    modules["mod_eff"] = percent(8, 25)
    modules["new_Installed_Capacity_[MW]"] = percent(0, 500)
    if draw.random() < 0.5:
        modules |= {"mod_reliability_t50": percent(4, 8), "mod_reliability_t90": percent(9, 20)}
    else:
        modules |= {"weibull_alpha": percent(1, 6), "weibull_beta": percent(4, 20)}
    for names in (
        ("pg0_resell", "pg1_landfill", "pg2_stored", "pg3_reMFG", "pg4_recycled"),
        ("pb1_landfill", "pb2_stored", "pb3_reMFG", "pb4_recycled"),
    ):
        modules |= shares(names)
    materials = {}
    for name in ("glass", "silver"):
        table: Table = {"year": modules["year"], "mat_massperm2": percent(1, 9000)}
        table |= {column: percent(0) for column in scripts.MATERIAL_PARAMETERS}
        table |= {"mat_MFG_eff": percent(40), "mat_virgin_eff": percent(40)}
        materials[name] = table
    return modules, materials


def write_tables(folder: Path, modules: Table, materials: dict[str, Table]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"in_modules": modules, **{f"in_material_{name}": table for name, table in materials.items()}}
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerows(zip(*([repr(cell) for cell in cells] for cells in table.values()), strict=True))


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6))
def test_pv_modules_of_any_folder_follows_the_equations(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("pv")
    modules, materials = random_tables(seed)
    write_tables(folder / "tables", modules, materials)
    assert pv_scripts().main([str(folder / "tables"), str(folder / "model.yaml")]) == 0
    table = meguru.evaluate(meguru.run(meguru.load(folder / "model.yaml")))
    areas = Areas(modules)
    assert_close(series_of(table, "active_area"), areas.active, "active_area")
    leaving = [areas.leaving(year) for year in range(areas.years)]
    assert_close(series_of(table, "end_of_life_area"), leaving, "end_of_life_area")
    for name, contents in materials.items():
        for series, expected in material_flows(areas, contents).items():
            assert_close(series_of(table, f"{series}.{name}"), expected, f"{series}.{name}")


def changed(column: str, cell: str, file: str = "in_modules.csv", year: str = "2005") -> Any:
    """A fault: one cell of one year holds something else."""

    def change(folder: Path) -> None:
        with (folder / file).open(encoding="utf-8", newline="") as table:
            head, *rows = list(csv.reader(table))
        for row in rows:
            if row[0] == year:
                row[head.index(column)] = cell
        with (folder / file).open("w", encoding="utf-8", newline="") as table:
            csv.writer(table).writerows([head, *rows])

    return change


def renamed(old: str, new: str, file: str = "in_modules.csv") -> Any:
    """A fault: a head reads otherwise."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


GLASS = "in_material_glass.csv"
FAULTS = {
    "shares under 100 %": (changed("mod_EOL_pg1_landfill", "20"), "2005: the shares of working modules sum"),
    "shares of failed modules": (changed("mod_EOL_pb4_recycled", "10"), "2005: the shares of failed modules"),
    "landfill can not give way": (changed("mod_EOL_pg4_recycled", "101"), "at most 100 %"),
    "all resold": (changed("mod_EOL_pg0_resell", "100"), "mod_EOL_pg0_resell of 100 %"),
    "life under a year": (changed("mod_lifetime", "0.4"), "2005: mod_lifetime is shorter than a year"),
    "nothing ever made": (changed("mod_MFG_eff", "0"), "mod_MFG_eff is 0 %"),
    "yield above 100 %": (
        changed("mat_Recycling_yield", "120", GLASS),
        f"{GLASS}, 2005: mat_Recycling_yield",
    ),
    "negative capacity": (changed("new_Installed_Capacity_[MW]", "-3"), "2005: installed capacity"),
    "efficiency of zero": (changed("mod_eff", "0"), "2005: capacity is installed with an efficiency of 0 %"),
    "t90 before t50": (changed("mod_reliability_t90", "2"), "mod_reliability_t50 < mod_reliability_t90"),
    "not a number": (changed("mod_Repair", "none"), "2005: mod_Repair is 'none'"),
    "an empty share": (changed("mod_EOL_collection_eff", ""), "2005: mod_EOL_collection_eff"),
    "a year twice": (changed("year", "2004"), "without a gap"),
    "other years": (changed("year", "1994", GLASS, year="1995"), "without a gap"),
    "column missing": (renamed("mod_Repair", "mod_Rep"), "'mod_Repair' is missing"),
    "column twice": (renamed("mod_Repair", "mod_eff"), "'mod_eff' stands there twice"),
    "no modules": (lambda folder: (folder / "in_modules.csv").unlink(), "in_modules.csv is missing"),
    "no materials": (
        lambda folder: [path.unlink() for path in folder.glob("in_material_*")],
        "no in_material_<name>.csv",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_that_would_lose_mass_or_mean_nothing_is_refused(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, expected = FAULTS[fault]
    folder = tmp_path / "tables"
    folder.mkdir()
    for path in (EXAMPLES / "pv-modules" / "data" / "US_weibull").glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    assert pv_scripts().main([str(folder), str(tmp_path / "good.yaml")]) == 0
    make(folder)
    assert pv_scripts().main([str(folder), str(tmp_path / "model.yaml")]) == 1
    assert expected in capsys.readouterr().err
    assert not (tmp_path / "model.yaml").exists()
