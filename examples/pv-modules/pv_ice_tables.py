"""Reading PV_ICE input tables: every column known, every number in its range, nothing that would get lost."""

from __future__ import annotations

import csv
import sys
from math import isfinite
from pathlib import Path

Table = dict[str, list[float]]  # column → one number per year
TOLERANCE = 1e-6  # of a sum of shares, in %

MODULE_PARAMETERS = {
    "mod_MFG_eff": "making_efficiency",
    "mod_Repair": "repair",
    "mod_MerchantTail": "merchant_tail",
    "mod_EOL_collection_eff": "collection",
    "mod_EOL_pg0_resell": "resell",
    "mod_EOL_pg2_stored": "working_stored",
    "mod_EOL_pg3_reMFG": "working_remanufactured",
    "mod_EOL_pg4_recycled": "working_recycled",
    "mod_EOL_pb2_stored": "failed_stored",
    "mod_EOL_pb3_reMFG": "failed_remanufactured",
    "mod_EOL_pb4_recycled": "failed_recycled",
    "mod_EOL_reMFG_yield": "remanufactured_as_module",
    "mod_EOL_sp_reMFG_recycle": "remanufacturing_rest_recycled",
}
MATERIAL_PARAMETERS = {
    "mat_MFG_eff": "preparing_efficiency",
    "mat_MFG_scrap_Recycled": "scrap_sent",
    "mat_MFG_scrap_Recycling_eff": "scrap_yield",
    "mat_MFG_scrap_Recycled_into_HQ": "scrap_high_quality",
    "mat_MFG_scrap_Recycled_into_HQ_Reused4MFG": "scrap_high_quality_reused",
    "mat_PG3_ReMFG_target": "remanufacturing_target",
    "mat_ReMFG_yield": "remanufacturing_yield",
    "mat_PG4_Recycling_target": "recycling_target",
    "mat_Recycling_yield": "recycling_yield",
    "mat_EOL_Recycled_into_HQ": "high_quality",
    "mat_EOL_RecycledHQ_Reused4MFG": "high_quality_reused",
}
OTHER_MODULE_COLUMNS = {
    "year", "new_Installed_Capacity_[MW]", "mod_eff", "mod_degradation", "mod_lifetime",
    "mod_EOL_pg1_landfill", "mod_EOL_pb1_landfill",
}  # fmt: skip
PATHS = {
    "working": ("pg0_resell", "pg1_landfill", "pg2_stored", "pg3_reMFG", "pg4_recycled"),
    "failed": ("pb1_landfill", "pb2_stored", "pb3_reMFG", "pb4_recycled"),
}
LIFETIME_COLUMNS = ({"mod_reliability_t50", "mod_reliability_t90"}, {"weibull_alpha", "weibull_beta"})
OTHER_MATERIAL_COLUMNS = {"year", "mat_virgin_eff", "mat_massperm2"}
POSITIVE = {"mod_MFG_eff", "mat_MFG_eff", "mat_virgin_eff"}  # what something is divided by
SHARES_IN_PERCENT = {*MODULE_PARAMETERS, *MATERIAL_PARAMETERS, "mat_virgin_eff", "mod_degradation"} | {
    "mod_EOL_pg1_landfill", "mod_EOL_pb1_landfill",
}  # fmt: skip


class FolderError(ValueError):
    """The folder does not hold what a balanced model needs."""


def read_table(path: Path) -> Table:
    """One table, column by column; a second line with units, as in PV_ICE's own baselines, is passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise FolderError(f"{path}: not readable as a table ({error})") from error
    names = [name.strip() for name in header]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FolderError(f"{path.name}: column {twice[0]!r} stands there twice")
    if rows and "year" in names and not is_number(rows[0][names.index("year")]):
        rows = rows[1:]
    if not rows:
        raise FolderError(f"{path.name}: no years")
    for row in rows:
        if len(row) != len(names):
            raise FolderError(
                f"{path.name}: the line of {row[0]!r} has {len(row)} cells, the header {len(names)}"
            )
    return {name: [number(path, name, row[0], row[i]) for row in rows] for i, name in enumerate(names)}


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def number(path: Path, column: str, year: str, text: str) -> float:
    """Read a cell; an empty one is nan, which only the columns of the installed area may hold."""
    if text.strip().lower() in {"", "nan", "na"}:
        return float("nan")
    if not is_number(text) or not isfinite(float(text)):
        raise FolderError(f"{path.name}, {year}: {column} is {text!r}; expected a number")
    return float(text)


def read_folder(folder: Path) -> tuple[list[int], Table, dict[str, Table]]:
    """Years, table of the modules, table of each material, all checked."""
    if not (folder / "in_modules.csv").is_file():
        raise FolderError(f"{folder}: in_modules.csv is missing")
    modules = read_table(folder / "in_modules.csv")
    materials = {
        path.stem.removeprefix("in_material_"): read_table(path)
        for path in sorted(folder.glob("in_material_*.csv"))
    }
    if not materials:
        raise FolderError(f"{folder}: no in_material_<name>.csv")
    lifetime = next(
        (names for names in reversed(LIFETIME_COLUMNS) if names <= set(modules)), LIFETIME_COLUMNS[0]
    )
    if lifetime is not LIFETIME_COLUMNS[0]:
        modules = {name: cells for name, cells in modules.items() if name not in LIFETIME_COLUMNS[0]}
    check_columns("in_modules.csv", modules, OTHER_MODULE_COLUMNS | set(MODULE_PARAMETERS) | lifetime)
    years = check_years("in_modules.csv", modules["year"])
    check_modules(years, modules)
    for name, table in materials.items():
        file = f"in_material_{name}.csv"
        check_columns(file, table, OTHER_MATERIAL_COLUMNS | set(MATERIAL_PARAMETERS))
        if check_years(file, table["year"]) != years:
            raise FolderError(f"{file}: its years are not those of in_modules.csv ({years[0]}-{years[-1]})")
        check_ranges(file, years, table, at_least_zero={"mat_massperm2"})
    for row, year in enumerate(years):
        if not any(table["mat_massperm2"][row] > 0 for table in materials.values()):
            raise FolderError(f"in_material_*.csv, {year}: a module of no mass at all")
    return years, modules, materials


def check_columns(file: str, table: Table, expected: set[str]) -> None:
    missing, unknown = sorted(expected - set(table)), sorted(set(table) - expected)
    if missing:
        raise FolderError(f"{file}: column {missing[0]!r} is missing")
    if "Mass_[MetricTonnes]" in unknown:
        raise FolderError(f"{file}: modules given by mass ('Mass_[MetricTonnes]') are not read")
    if unknown:
        print(f"{file}: column {unknown[0]!r} is not known to PV_ICE either; passed over", file=sys.stderr)


def check_years(file: str, column: list[float]) -> list[int]:
    if any(year != year or year != int(year) for year in column):
        raise FolderError(f"{file}: column 'year' must hold whole years")
    years = [int(year) for year in column]
    if years != list(range(years[0], years[0] + len(years))):
        raise FolderError(
            f"{file}: the years must follow each other without a gap, found {years[0]}-{years[-1]}"
        )
    return years


def check_ranges(file: str, years: list[int], table: Table, at_least_zero: set[str]) -> None:
    for column, cells in table.items():
        percent, positive = column in SHARES_IN_PERCENT, column in POSITIVE
        for year, cell in zip(years, cells, strict=True):
            if (percent or column in at_least_zero) and not cell >= 0:
                raise FolderError(f"{file}, {year}: {column} is {cell:g}; expected a number of at least 0")
            if percent and cell > 100:
                raise FolderError(f"{file}, {year}: {column} is {cell:g} %; expected at most 100 %")
            if positive and cell == 0:
                raise FolderError(f"{file}, {year}: {column} is 0 %; nothing could ever be made")


def check_modules(years: list[int], table: Table) -> None:
    """Ranges; lifetimes; and that the shares of both paths at the end of life leave nothing over."""
    file = "in_modules.csv"
    check_ranges(file, years, table, at_least_zero={"mod_lifetime"})
    for row, year in enumerate(years):
        if table["new_Installed_Capacity_[MW]"][row] < 0 or table["mod_eff"][row] < 0:
            raise FolderError(f"{file}, {year}: installed capacity and efficiency can not be negative")
        if table["new_Installed_Capacity_[MW]"][row] > 0 and table["mod_eff"][row] == 0:
            raise FolderError(f"{file}, {year}: capacity is installed with an efficiency of 0 %")
        if table["mod_lifetime"][row] < 1:
            raise FolderError(
                f"{file}, {year}: mod_lifetime is shorter than a year; such modules would never leave"
            )
        if table["mod_EOL_pg0_resell"][row] == 100:
            raise FolderError(
                f"{file}, {year}: mod_EOL_pg0_resell of 100 % leaves nothing for the other paths"
            )
        if "weibull_alpha" in table:
            if not (table["weibull_alpha"][row] > 0 and table["weibull_beta"][row] > 0):
                raise FolderError(f"{file}, {year}: weibull_alpha and weibull_beta must be above 0")
        elif not 0 < table["mod_reliability_t50"][row] < table["mod_reliability_t90"][row]:
            raise FolderError(f"{file}, {year}: expected 0 < mod_reliability_t50 < mod_reliability_t90")
    for what, names in PATHS.items():
        shares = [{name: table[f"mod_EOL_{name}"][row] for name in names} for row in range(len(years))]
        check_sums(file, years, what, shares)


def check_sums(file: str, years: list[int], what: str, shares: list[dict[str, float]]) -> None:
    """Over 100 %, landfill gives way, as in PV_ICE; under 100 % PV_ICE would lose the rest: refused."""
    over = []
    for year, of_year in zip(years, shares, strict=True):
        total = sum(of_year.values())
        without_landfill = sum(share for name, share in of_year.items() if not name.endswith("landfill"))
        if total < 100 - TOLERANCE or without_landfill > 100 + TOLERANCE:
            listed = " + ".join(f"{name} {share:g}" for name, share in of_year.items())
            raise FolderError(
                f"{file}, {year}: the shares of {what} modules sum to {total:g} %, not 100 % ({listed})"
            )
        if total > 100 + TOLERANCE:
            over.append(year)
    if over:
        print(
            f"{file}: the shares of {what} modules exceed 100 % in {len(over)} years from {over[0]} on; "
            "landfill gives way",
            file=sys.stderr,
        )
