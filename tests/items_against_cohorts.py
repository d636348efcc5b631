"""The mean over runs of individuals against what cohorts expect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiling.program import compile_model
from meguru.engine.items.simulate import simulate_items
from meguru.engine.sampling import Draws
from meguru.engine.simulate import simulate
from meguru.model import Model, apply

Float = NDArray[np.float64]
RUNS = 400


def scaled(model: Model, scenario: str, factor: float) -> Model:
    """The scenario with whole numbers of so much smaller sales."""
    applied = apply(model, scenario)
    for process in applied.processes.values():
        if process.kind == "use":
            assert process.demand is not None and process.demand.sales is not None
            sales = process.demand.sales
            if sales.value is not None:
                process.demand.sales = replace(sales, value=float(round(sales.value * factor)))
            else:
                values = tuple(float(max(1, round(v * factor))) for v in sales.values)
                process.demand.sales = replace(sales, values=values, interpolate="step")
    return applied


def z_scores(expected: Float, found: Float, unit: Float) -> Float:
    """Standard errors between the mean of the runs (run, row, step) and the expectation (row, step).

    Rare events of size ``unit`` (row,) that no run met still have a variance: expectation times size.
    """
    mean, variance = found.mean(axis=0), found.var(axis=0, ddof=1)
    variance = np.maximum(variance, np.abs(expected) * unit[:, None])
    rounding = 1e-9 * (np.abs(expected) + np.abs(mean)) + 1e-9
    z: Float = np.abs(mean - expected) / np.maximum(np.sqrt(variance / found.shape[0]), rounding)
    return z


def largest_z(model: Model, runs: int = RUNS, seed: int = 1) -> dict[str, float]:
    """Over every flow, stock and event of every step."""
    program = compile_model(model, draws=Draws(seed), block=(0, runs))
    expected = simulate(compile_model(model, draws=Draws(seed), block=(0, 1)))
    found, _ = simulate_items(program, seed=seed)
    largest: dict[str, float] = {}
    for (_, material), table in program.masses.items():
        kg = float(program.coefficients.get_table(table).max())
        largest[material] = max(kg, largest.get(material, 0.0))
    sizes = {
        "flows": np.array([largest.get(flow.item, 1.0) for flow in program.network.flows]),
        "stock": np.array(
            [1.0] * len(program.uses.names) + [largest.get(item, 1.0) for _, item in program.stores]
        ),
        "events": np.ones(len(program.uses.events)),
    }
    return {
        name: float(z_scores(getattr(expected, name)[0], getattr(found, name), unit).max())
        for name, unit in sizes.items()
    }
