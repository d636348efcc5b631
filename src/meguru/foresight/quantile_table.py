"""The spread of nodes over all futures, by year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

    from meguru.foresight.futures import Futures

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
FEW = 4  # milestones of a model that names none


def quantiles(
    futures: Futures, nodes: Iterable[str] | None = None, years: Iterable[float] | None = None
) -> DataFrame:
    """Quantiles of nodes over the futures simulated.

    Parameters
    ----------
    nodes
        Default: all.
    years
        Default: all snapshots; else the last snapshot at or before each year.

    Returns
    -------
    DataFrame
        One row by node and year: node, year, mean, p05, p25, p50, p75, p95, in the unit of the node.

    Raises
    ------
    UnknownNameError
        There is no such node.
    """
    from pandas import DataFrame

    return DataFrame(quantile_rows(futures, nodes, years))


def quantile_rows(
    futures: Futures, nodes: Iterable[str] | None = None, years: Iterable[float] | None = None
) -> list[dict[str, Any]]:
    """The rows of :func:`quantiles`."""
    shown = range(futures.years.size) if years is None else [_snapshot(futures, year) for year in years]
    rows = []
    for name in futures.nodes if nodes is None else nodes:
        states = np.asarray(futures.of(name), dtype=np.float64)
        for index in shown:
            values = np.quantile(states[index], LEVELS)
            columns = {
                f"p{level * 100:02.0f}": float(value) for level, value in zip(LEVELS, values, strict=True)
            }
            mean = float(states[index].mean())
            rows.append({"node": name, "year": float(futures.years[index]), "mean": mean, **columns})
    return rows


def milestones(futures: Futures) -> list[float]:
    """The years that the settings of the model name; else a few between the first and the last."""
    named = futures.model.settings.get("milestones")
    if isinstance(named, list) and named:
        return [float(year) for year in named]
    chosen = np.linspace(0, futures.years.size - 1, min(FEW, futures.years.size)).round().astype(int)
    return [float(futures.years[index]) for index in dict.fromkeys(chosen.tolist())]


def _snapshot(futures: Futures, year: float) -> int:
    return max(0, int(np.searchsorted(futures.years, year + 1e-9, side="right")) - 1)
