"""The same work done by the peers, or by plain numpy, in the same run."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

from benchmarks import models
from benchmarks.measure import measure, tell

PV_DATA = Path(__file__).parents[1] / "examples" / "pv-modules" / "data" / "US_base"


def flodym_stock() -> None:
    import flodym as fd

    years, products, materials = 200, 1000, 20
    mean, bom, sales = models.stock_inputs(years, products, materials)
    dims = fd.DimensionSet(
        dim_list=[
            fd.Dimension(name="time", letter="t", items=list(range(2000, 2000 + years)), dtype=int),
            fd.Dimension(name="product", letter="p", items=[f"p{i}" for i in range(products)], dtype=str),
            fd.Dimension(name="material", letter="m", items=[f"m{i}" for i in range(materials)], dtype=str),
        ]
    )

    def work() -> float:
        each = dims[("p",)]
        life = fd.NormalLifetime(
            dims=dims[("t", "p")],
            time_letter="t",
            mean=fd.Parameter(dims=each, values=mean.copy()),
            std=fd.Parameter(dims=each, values=0.3 * mean),
            inflow_at="end",
        )
        inflow = fd.StockArray(dims=dims[("t", "p")], values=sales.copy())
        stock = fd.InflowDrivenDSM(dims=dims[("t", "p")], inflow=inflow, lifetime_model=life, time_letter="t")
        stock.compute()
        content = fd.Parameter(dims=dims[("p", "m")], values=bom)
        for array in (stock.inflow, stock.stock, stock.outflow):
            array * content
        return float(np.sum(stock.outflow.values))

    check = work()
    tell(**measure(work, warm=0, runs=3), check=check)


def numpy_stock() -> None:
    """What plain numpy needs at least, without labels or balances."""
    from scipy.special import ndtr

    years = 200
    mean, bom, sales = models.stock_inputs(years, 1000, 20)

    def work() -> float:
        survival = ndtr((mean - np.arange(years)[:, None]) / (0.3 * mean))
        stock = np.zeros_like(sales)
        for age in range(years):
            stock[age:] += sales[: years - age] * survival[age]
        outflow = sales - np.diff(stock, axis=0, prepend=0)
        for array in (sales, stock, outflow):
            np.einsum("tp,pm->tpm", array, bom)
        return float(outflow.sum())

    check = work()
    tell(**measure(work, warm=0, runs=3), check=check)


def pv_ice() -> None:
    """PV_ICE on the inputs of the example; its plotting and web libraries are not needed for the mass
    flows."""
    import pandas as pd

    for name in ("pvlib", "matplotlib", "matplotlib.pyplot", "requests"):
        sys.modules.setdefault(name, ModuleType(name))
    sys.modules["matplotlib"].__dict__["pyplot"] = sys.modules["matplotlib.pyplot"]
    from PV_ICE.main import Simulation

    modules = pd.read_csv(PV_DATA / "in_modules.csv").astype(float)
    materials = {
        path.stem.removeprefix("in_material_"): pd.read_csv(path).astype(float)
        for path in sorted(PV_DATA.glob("in_material_*.csv"))
    }

    def work() -> None:
        scenario = SimpleNamespace(
            dataIn_m=modules.copy(),
            material={name: SimpleNamespace(matdataIn_m=table.copy()) for name, table in materials.items()},
        )
        simulation = Simulation.__new__(Simulation)
        simulation.scenario = {"base": scenario}
        with contextlib.redirect_stdout(io.StringIO()):
            simulation.calculateMassFlow()

    tell(**measure(work, warm=1, runs=3))


def simpy_fleet() -> None:
    """The fleet of :func:`benchmarks.models.fleet`, 10,000 machines, event by event."""
    from benchmarks.simpy_fleet import Fleet

    tell(**measure(lambda: Fleet(10_000, 10, 25, seed=1).run(), warm=0, runs=1))


CASES = {case.__name__: case for case in (flodym_stock, numpy_stock, pv_ice, simpy_fleet)}
