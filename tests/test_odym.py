"""Known answers of IndEcol/ODYM: tutorial 3 (steel in use, 9 countries, 1900-2008) and its unit tests."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from plain_models import Data, Float, Run, by_year, fixed, simple, weibull

from meguru.errors import LifetimeError

DATA = Path(__file__).parent / "data" / "odym"


def table(name: str) -> dict[str, Float]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


@cache
def steel(sales: str) -> Run:
    """Steel of each country as a product of one kilotonne, in a use process of its own."""
    inflow = table("inflow_kt.csv")
    years = [int(y) for y in inflow.pop("year")]
    with (DATA / "lifetimes.csv").open(encoding="utf-8", newline="") as file:
        lives = {row["country"]: row for row in csv.DictReader(file)}
    items: Data = {"steel": {"kind": "material"}}
    processes: Data = {"ore": {"kind": "supply", "supplies": list(inflow)}, "dump": {"kind": "sink"}}
    routes: list[Data] = []
    for country, values in inflow.items():
        items[country] = {"kind": "product", "unit": "kt", "bom": {"steel": "1000000 kg/kt"}}
        life = {"mean": f"{lives[country]['mean_years']} year", "sd": f"{lives[country]['sd_years']} year"}
        processes[f"use_{country}"] = {
            "kind": "use",
            "product": country,
            "demand": {
                "sales": {"values": dict(zip(years, values.tolist(), strict=True)), "unit": "kt/year"}
            },
            "leave": {"old": {"distribution": "normal", **life}},
        }
        routes.append({"from": "ore", "to": f"use_{country}", "item": country})
        routes.append({"from": f"use_{country}.retired", "to": "dump"})
    time = {"first": years[0], "last": years[-1], "sales": sales}
    return Run({"time": time, "items": items, "processes": processes, "routes": routes})


def test_steel_in_use_of_nine_countries() -> None:
    stock, outflow = table("stock_kt.csv"), table("outflow_kt.csv")
    for country in stock.keys() - {"year"}:
        found = steel("end").stock(f"use_{country}"), steel("end").event("retired", f"use_{country}")
        for got, wanted in zip(found, (stock[country], outflow[country]), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=0.0, atol=1e-9 * wanted.max(), err_msg=country)


@pytest.mark.parametrize("row", [0, 1, 2])
def test_totals_under_each_convention(row: int) -> None:
    with (DATA / "totals_2008_kt.csv").open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))[row]
    run = steel(wanted["sales"])
    assert sum(run.stock(use)[-1] for use in run.program.uses.names) == pytest.approx(
        float(wanted["stock"]), rel=1e-9
    )
    left = sum(run.event("retired", use)[-1] for use in run.program.uses.names)
    assert left == pytest.approx(float(wanted["outflow"]), rel=1e-9)


VECTORS = json.loads((DATA / "unit_vectors.json").read_text(encoding="utf-8"))
NORMAL = {"distribution": "normal", "mean": "5 year", "sd": "1.5 year"}


@pytest.mark.parametrize(("name", "life"), [("FixedLT", fixed(5)), ("NormLT", NORMAL)])
def test_unit_vectors(name: str, life: Data) -> None:
    sales = VECTORS["Inflow_T_FixedLT"]
    data = simple(10, {"sales": by_year(sales, "piece/year")}, {"old": life}, sales="end")
    run = Run(data)
    # Printed with ten digits.
    np.testing.assert_allclose(run.stock("use"), VECTORS[f"Stock_T_{name}"], rtol=1e-8)
    np.testing.assert_allclose(run.event("retired"), VECTORS[f"Outflow_T_{name}"], rtol=1e-8, atol=1e-9)
    data["processes"]["use"]["demand"] = {"stock": by_year(run.stock("use"), "piece")}
    np.testing.assert_allclose(Run(data).event("sales"), sales, rtol=1e-9)


def test_stock_by_year_made() -> None:
    run = Run(
        simple(
            10, {"sales": by_year(VECTORS["Inflow_T_FixedLT"], "piece/year")}, {"old": NORMAL}, sales="end"
        )
    )
    np.testing.assert_allclose(
        run.record.ages[0, 0, :, :10], VECTORS["Stock_TC_NormLT"], rtol=1e-7, atol=1e-8
    )


def test_its_weibull_vector_is_shorter_than_a_step_and_refused() -> None:
    with pytest.raises(LifetimeError, match="more than half are gone within one step"):
        Run(simple(10, {"sales": "1 piece/year"}, {"old": weibull(1.2, 1.0)}, sales="end"))
