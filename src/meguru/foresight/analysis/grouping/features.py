"""What scenarios are compared by: their KPIs at some years and slopes, as principal components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError, RunError
from meguru.foresight.analysis.statistics.threads import one_thread
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]

EXPLAINED = 0.9  # share of the variance that the components must keep
STILL = 1e-9  # a feature that varies less than this share of its node's scale does not vary


@dataclass(frozen=True, slots=True)
class Feature:
    """A KPI at a year, or its slope from ``since`` to that year."""

    node: str
    year: float
    since: float | None = None


@dataclass(frozen=True, eq=False)
class Space:
    """How any scenario of the model becomes a point: a fixed rule, so that reruns are measured alike.

    Attributes
    ----------
    features
        The columns that vary.
    still
        Names of KPIs that do not vary and so tell no scenarios apart.
    centre, spread
        (feature,) mean and standard deviation over the scenarios, in the unit of the KPI (per year for
        slopes).
    axes
        (component, feature) of the standardised features.
    explained
        (component,) share of the variance.
    """

    features: tuple[Feature, ...]
    still: tuple[str, ...]
    centre: Floats
    spread: Floats
    axes: Floats
    explained: Floats

    def points(self, futures: Futures) -> Floats:
        """Points (component, scenario) of scenarios."""
        raw = measured(futures, self.features)
        with one_thread():
            return self.axes @ ((raw - self.centre[:, None]) / self.spread[:, None])


def kpis(futures: Futures) -> tuple[str, ...]:
    """Nodes with the role KPI.

    Raises
    ------
    RunError
        There is none.
    """
    found = tuple(name for name, node in futures.model.nodes.items() if node.role == "kpi")
    if not found:
        raise RunError(
            "groups are formed by KPIs, and no node has the role kpi",
            place="nodes",
            hint="Give the nodes by which futures are judged `role: kpi`.",
        )
    return found


def feature_years(futures: Futures) -> tuple[float, ...]:
    """A third and two thirds of the way, and the end."""
    last = len(futures.years) - 1
    return tuple(float(futures.years[place]) for place in sorted({last // 3, 2 * last // 3, last}))


def measured(futures: Futures, features: Sequence[Feature]) -> Floats:
    """Features (feature, scenario) in the units of their KPIs; slopes by least squares over yearly values."""
    years = np.asarray(futures.years, dtype=float)
    rows = []
    for feature in features:
        path = np.asarray(futures.of(feature.node), dtype=float)
        if feature.since is None:
            rows.append(path[row_of(futures, feature.year)])
        else:
            inside = (years >= feature.since) & (years <= feature.year)
            away = years[inside] - years[inside].mean()
            rows.append((away[:, None] * path[inside]).sum(axis=0) / (away**2).sum())
    return np.array(rows)


def row_of(futures: Futures, year: float) -> int:
    """Row of a year in the snapshots.

    Raises
    ------
    RangeError
        The run has no snapshot of that year.
    """
    found = np.flatnonzero(np.isclose(np.asarray(futures.years, dtype=float), year))
    if not found.size:
        span = f"a year from {futures.years[0]:g} to {futures.years[-1]:g}"
        raise RangeError("the run has no such year", found=year, expected=span)
    return int(found[0])


def feature_space(futures: Futures, years: Sequence[float] | None = None, *, slopes: bool = True) -> Space:
    """Standardised KPIs at some years, and their slopes over the last third, as principal components.

    Parameters
    ----------
    futures
        Simulated scenarios.
    years
        Years of the levels; default :func:`feature_years`.
    slopes
        Whether the slope between the last two of these years counts as well.

    Returns
    -------
    Space
        Components that keep nine tenths of the variance.

    Raises
    ------
    RunError
        No KPI, or none that differs between scenarios.
    RangeError
        A year that the run does not have.
    """
    at = sorted(set(years)) if years else list(feature_years(futures))
    candidates = [Feature(name, year) for name in kpis(futures) for year in at]
    if slopes and len(at) > 1:
        candidates += [Feature(name, at[-1], since=at[-2]) for name in kpis(futures)]
    raw = measured(futures, candidates)
    spread = raw.std(axis=1)
    scale = np.array([abs(futures.model.nodes[one.node].scale) for one in candidates])
    varies = spread > STILL * scale
    if not varies.any():
        raise RunError("no KPI differs between scenarios: there is nothing to group")
    features = tuple(one for one, kept in zip(candidates, varies, strict=True) if kept)
    raw, spread = raw[varies], spread[varies]
    centre = raw.mean(axis=1)
    axes, explained = principal((raw - centre[:, None]) / spread[:, None])
    moving = {one.node for one in features}
    return Space(
        features=features,
        still=tuple(name for name in kpis(futures) if name not in moving),
        centre=centre,
        spread=spread,
        axes=axes,
        explained=explained,
    )


def principal(standardised: Floats) -> tuple[Floats, Floats]:
    """Principal axes (component, feature) up to :data:`EXPLAINED`, and their shares of the variance.

    The sign of an axis is chosen so that its largest loading is positive.
    """
    with one_thread():
        covariance = standardised @ standardised.T / standardised.shape[1]
        values, vectors = np.linalg.eigh(covariance)
    shares = np.maximum(values[::-1], 0.0) / np.maximum(values, 0.0).sum()
    kept = int(np.searchsorted(np.cumsum(shares), EXPLAINED - 1e-12)) + 1
    axes = vectors[:, ::-1].T[:kept]
    largest = axes[np.arange(kept), np.abs(axes).argmax(axis=1)]
    return axes * np.sign(largest)[:, None], shares[:kept]
