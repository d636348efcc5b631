"""Build the model of the world's passenger cars from the input tables of ODYM's tutorial 5.

    python examples/cars/build.py DATA MODEL.yaml [LAST_YEAR]

DATA holds the five workbooks of the tutorial and two tables of our own: labels and the printed totals. After
2017 nothing is registered any more: a later LAST_YEAR shows what the cars of 2017 become. README.md states
the rule.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import erfc, exp, sqrt
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

FIRST, REPORTED, CALIBRATED, LAST = 1990, 2005, 2015, 2017
PREFIX = "ODYM_Tutorial5_"
CARS = "Passenger cars"
Row = tuple[Any, ...]
Labels = dict[tuple[str, str], CommentedMap]  # by kind and name


class DataError(ValueError):
    """The tables do not hold what the model needs."""


@dataclass(frozen=True, slots=True)
class Country:
    """Cars of a country: registrations by year, and how long they last."""

    name: str
    registrations: dict[int, float]
    lifetime: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recovery:
    """The scrap that a material of an end-of-life car becomes, and the share of it that does."""

    scrap: str
    share: float


# ------------------------------------------------------------------------------------------ tables


def rows_of(folder: Path, table: str, sheet: str) -> list[Row]:
    """Rows of a workbook that are not empty, heads included."""
    path = folder / f"{PREFIX}{table}.xlsx"
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path}: not readable as a workbook ({error})") from error
    try:
        return [
            row for row in book[sheet].iter_rows(values_only=True) if any(cell is not None for cell in row)
        ]
    finally:
        book.close()


def number(found: object, place: str) -> float:
    if not isinstance(found, (int, float)) or isinstance(found, bool) or found < 0:
        raise DataError(f"{place}: {found!r}; expected a number of at least 0")
    return float(found)


def read_contents(folder: Path) -> dict[str, float]:
    """Return kg of each material in a car: the entries of the first country hold for all."""
    rows = [row for row in rows_of(folder, "VehicleMaterialContent", "Values_Master")[1:] if row[1] == CARS]
    return {str(row[0]): number(row[4], f"content of {row[0]}") for row in rows if row[2] == rows[0][2]}


def read_recoveries(folder: Path) -> dict[str, Recovery]:
    rows = [row for row in rows_of(folder, "EoLRecoveryRate", "Values_Master")[1:] if row[0] == CARS]
    return {str(row[1]): Recovery(str(row[2]), number(row[3], f"recovery of {row[1]}")) for row in rows}


def read_lifetimes(folder: Path) -> dict[str, str]:
    """Country → description of its lifetime; the order of this table is that of the countries."""
    rows = rows_of(folder, "VehicleLifetime", "Values_Master")[1:]
    return {str(row[2]): str(row[7]) for row in rows if row[0] == CARS}


def read_registrations(folder: Path) -> dict[str, dict[int, float]]:
    head, _, *rows = rows_of(folder, "VehicleNewRegistration", "Data")
    years = {int(cell): column for column, cell in enumerate(head) if isinstance(cell, int)}
    if sorted(years) != list(range(REPORTED, LAST + 1)):
        raise DataError(f"registrations of {sorted(years)}; expected {REPORTED} to {LAST}")
    return {
        str(row[1]): {year: number(row[column], f"{row[1]}, {year}") for year, column in years.items()}
        for row in rows
    }


def read_stocks(folder: Path) -> dict[str, float]:
    """Return the cars in use in 2015; the table counts thousands."""
    rows = rows_of(folder, "VehicleStock2015", "Data")[2:]
    return {str(row[1]): 1000 * number(row[2], f"{row[1]}, stock") for row in rows}


def read_labels(folder: Path) -> Labels:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["name"]): label(row["en"], row["ja"]) for row in csv.DictReader(file)}


def read_printed(folder: Path) -> dict[str, float]:
    with (folder / "printed_stock_2017_Mt.csv").open(encoding="utf-8", newline="") as file:
        return {row["material"]: float(row["stock_2017_Mt"]) for row in csv.DictReader(file)}


# --------------------------------------------------------------------------------------- the tutorial's rule


def lifetime_of(text: str, place: str) -> tuple[dict[str, Any], Callable[[int], float]]:
    """Return a lifetime as the model writes it, and its survival by age.

    The text is ``3;mean;sd`` (normal) or ``8;…;1/scale;shape`` (Weibull).
    """
    kind, *values = text.split(";")
    if kind == "3":
        mean, sd = float(values[0]), float(values[1])
        written = {"distribution": "normal", "mean": f"{mean:g} year", "sd": f"{sd:g} year"}
        return written, lambda age: erfc((age - mean) / sd / sqrt(2)) / 2
    if kind == "8":
        scale, shape = 1 / float(values[1]), float(values[2])
        life = {"distribution": "weibull", "scale": f"{scale!r} year", "shape": shape}
        return life, lambda age: exp(-((age / scale) ** shape))
    raise DataError(f"{place}: lifetime {text!r}; expected one of kind 3 (normal) or 8 (Weibull)")


def read_countries(folder: Path) -> Iterator[Country]:
    """Yield the countries; where the stock of 2015 asks for more cars, they were registered before 2005."""
    registered, stocks = read_registrations(folder), read_stocks(folder)
    for name, text in read_lifetimes(folder).items():
        if name not in registered:
            raise DataError(f"{name}: no registrations")
        lifetime, survival = lifetime_of(text, name)
        known = registered[name]
        alive = sum(cars * survival(CALIBRATED - year) for year, cars in known.items() if year <= CALIBRATED)
        missing = max(stocks.get(name, 0.0) - alive, 0.0) / (REPORTED - FIRST)
        before = {year: missing / survival(CALIBRATED - year) for year in range(FIRST, REPORTED)}
        yield Country(name, {**before, **known}, lifetime)


# ------------------------------------------------------------------------------------------ the model


def name_of(text: str) -> str:
    """Return a name for the model: ``Egypt, Arab Rep.`` becomes ``egypt_arab_rep``."""
    return re.sub(r"[^a-z0-9]+", "_", text.split("(")[0].lower()).strip("_")


def flow_style(mapping: dict[Any, Any]) -> CommentedMap:
    """Have a mapping written on one line."""
    inline = CommentedMap(mapping)
    inline.fa.set_flow_style()
    return inline


def label(english: str, japanese: str) -> CommentedMap:
    return flow_style({"en": english, "ja": japanese})


def build(folder: Path, last: int = LAST) -> dict[str, Any]:
    """Return the model as plain mappings and lists, ready to be written."""
    labels = read_labels(folder)
    contents, recoveries = read_contents(folder), read_recoveries(folder)
    countries = list(read_countries(folder))
    if contents.keys() != recoveries.keys():
        raise DataError(f"contents and recovery name other materials: {contents.keys() ^ recoveries.keys()}")
    return {
        "meguru": 1,
        "name": "cars",
        "label": label("Passenger cars of the world", "世界の乗用車"),
        "note": "Built by build.py from the input tables of ODYM tutorial 5; see README.md. Data: MIT, "
        "(c) 2025 International Society for Industrial Ecology and Contributors; notice in "
        "data/LICENSE-ODYM-MIT.txt.",
        "calibrated": "Registrations of 1990-2004, so that the reported stock of 2015 comes out where those "
        "from 2005 on fall short of it.",
        "time": {"first": REPORTED, "last": last, "step": "year", "history": FIRST, "sales": "end"},
        "items": items(contents, labels),
        "processes": processes(countries, recoveries, labels, last),
        "routes": list(routes(countries, recoveries)),
        "indicators": indicators(contents, recoveries, read_printed(folder), labels, last),
        "scenarios": {
            "tutorial": {"label": label("as in the tutorial", "チュートリアルの通り"), "reference": True}
        },
    }


def items(contents: dict[str, float], labels: Labels) -> dict[str, Any]:
    found: dict[str, Any] = {
        name_of(name): flow_style({"label": labels["material", name], "kind": "material"})
        for name in contents
    }
    bom = {name_of(name): f"{content!r} kg" for name, content in contents.items()}
    return {**found, "car": {"label": label("passenger car", "乗用車"), "kind": "product", "bom": bom}}


def processes(
    countries: list[Country], recoveries: dict[str, Recovery], labels: Labels, last: int
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "materials": {
            "label": label("materials", "材料"), "kind": "supply", "stage": "material",
            "supplies": [name_of(name) for name in recoveries],
        },
        "make_car": {
            "label": label("car making", "自動車製造"), "kind": "make", "stage": "make", "item": "car",
        },
    }  # fmt: skip
    for country in countries:
        found[f"use_{name_of(country.name)}"] = use(country, labels["country", country.name], last)
    yields = {name_of(name): recovery.share for name, recovery in recoveries.items() if recovery.share > 0}
    found["recover"] = {
        "label": label("dismantling and shredding", "解体・破砕"), "kind": "recycle", "stage": "recovery",
        "circulation": "recycle", "yield": flow_style(yields),
    }  # fmt: skip
    for scrap in dict.fromkeys(recovery.scrap for recovery in recoveries.values()):
        found[f"scrap_{name_of(scrap)}"] = flow_style(
            {"label": labels["scrap", scrap], "kind": "sink", "stage": "end", "circulation": "recycle"}
        )
    found["lost"] = flow_style(
        {"label": label("not recovered", "未回収"), "kind": "sink", "stage": "end", "circulation": "landfill"}
    )
    return found


def use(country: Country, text: CommentedMap, last: int) -> dict[str, Any]:
    """Return the cars of one country; the series holds the years in which the number changes."""
    sales: dict[int, float] = dict(country.registrations)
    if last > LAST:
        sales[LAST + 1] = 0.0
    years = sorted(sales)
    values = {
        year: int(sales[year]) if sales[year] == int(sales[year]) else sales[year]
        for year in years
        if year == years[0] or sales[year] != sales[year - 1]
    }
    series = {"values": flow_style(values), "unit": "piece/year", "interpolate": "step", "beyond": "hold"}
    return {
        "label": text, "kind": "use", "stage": "use", "product": "car",
        "demand": flow_style({"sales": flow_style(series)}),
        "leave": flow_style({"end_of_life": flow_style(country.lifetime)}),
    }  # fmt: skip


def routes(countries: list[Country], recoveries: dict[str, Recovery]) -> Iterator[CommentedMap]:
    yield flow_style({"from": "materials", "to": "make_car"})
    for country in countries:
        yield flow_style({"from": "make_car", "to": f"use_{name_of(country.name)}"})
        yield flow_style({"from": f"use_{name_of(country.name)}.retired", "to": "recover"})
    for scrap in dict.fromkeys(recovery.scrap for recovery in recoveries.values()):
        names = [name_of(name) for name, recovery in recoveries.items() if recovery.scrap == scrap]
        yield flow_style({"from": "recover.secondary", "to": f"scrap_{name_of(scrap)}", "item": names})
    yield flow_style({"from": "recover.residue", "to": "lost"})


def indicators(
    contents: dict[str, float],
    recoveries: dict[str, Recovery],
    printed: dict[str, float],
    labels: Labels,
    last: int,
) -> dict[str, Any]:
    """Return cars and materials in use, with the tutorial's totals as targets, and what becomes scrap."""
    found: dict[str, Any] = {
        "cars_in_use": {
            "label": label("cars in use", "保有台数"), "unit": "piece",
            "formula": 'stock(process="use_*", item="car")',
        }
    }  # fmt: skip
    for name in contents:
        names = labels["material", name]
        one: dict[str, Any] = {
            "label": label(f"in use: {names['en']}", f"使用中({names['ja']})"),
            "formula": f'stock_mass(process="use_*", material="{name_of(name)}")',
            "unit": "Mt",
        }
        if last == LAST and name in printed:
            one["target"] = f"{printed[name]:.7g} Mt"
        found[f"stock.{name_of(name)}"] = one
    for scrap in dict.fromkeys(recovery.scrap for recovery in recoveries.values()):
        names = labels["scrap", scrap]
        found[f"scrap.{name_of(scrap)}"] = {
            "label": label(f"recovered: {names['en']}", f"回収({names['ja']})"),
            "formula": f'mass(target="scrap_{name_of(scrap)}")',
            "unit": "Mt/year",
        }
    return found


# ------------------------------------------------------------------------------------------ writing


def write(model: dict[str, Any], path: Path) -> None:
    """Write beside, then rename: no half-written file."""
    yaml = YAML()
    yaml.width = 118
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.representer.ignore_aliases = lambda data: True
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            yaml.dump(model, file)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3) or (len(arguments) == 3 and not arguments[2].isdigit()):
        print("usage: python build.py DATA MODEL.yaml [LAST_YEAR]", file=sys.stderr)
        return 2
    last = int(arguments[2]) if len(arguments) == 3 else LAST
    if last < LAST:
        print(f"error: the last year can not be before {LAST}", file=sys.stderr)
        return 2
    try:
        write(build(Path(arguments[0]), last), Path(arguments[1]))
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
