"""Regional sensitivity: which inputs differ between the samples that behave as asked and the others.

Hornberger & Spear 1981 (Journal of Environmental Management 12, 7–18); two-sample Kolmogorov–Smirnov test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError, RunError
from meguru.explore.ensembles.result import Ensemble
from meguru.explore.sensitivity.problem import NOTHING_UNCERTAIN
from meguru.explore.years import year_at

if TYPE_CHECKING:
    from pandas import DataFrame

Array = NDArray[np.float64]
FEWEST = 10  # samples on each side
SURE = 0.01  # chance of calling any input important when none is


def regional(inputs: Mapping[str, Array], behaves: NDArray[np.bool_]) -> DataFrame:
    """Distances between the distributions of each input in the two groups of samples.

    Parameters
    ----------
    inputs
        Name → (sample,).
    behaves
        (sample,) which samples behave as asked.

    Returns
    -------
    DataFrame
        One row by input, the largest distance first: input, distance (largest difference of the two
        cumulative distributions, 0 to 1), at (number at which it is), p_value, matters (whether the distance
        is beyond chance at 1 % for all inputs together), median_behaving, median_other.

    Raises
    ------
    RangeError
        Inputs that do not fit the samples, or that are undefined in some.
    RunError
        One of the groups has less than ten samples.
    """
    from pandas import DataFrame
    from scipy.stats import ks_2samp

    behaves = np.asarray(behaves)
    columns = _columns(inputs, behaves)
    inside, outside = int(behaves.sum()), int((~behaves).sum())
    if min(inside, outside) < FEWEST:
        raise RunError(
            "too few samples on one side of the limit",
            found=f"{inside} behave so, {outside} do not",
            expected=f"at least {FEWEST} of each",
        )
    rows = []
    for name, values in columns.items():
        test = ks_2samp(values[behaves], values[~behaves])
        rows.append(
            {
                "input": name,
                "distance": float(test.statistic),
                "at": float(test.statistic_location),
                "p_value": float(test.pvalue),
                "matters": bool(test.pvalue < SURE / len(inputs)),
                "median_behaving": float(np.median(values[behaves])),
                "median_other": float(np.median(values[~behaves])),
            }
        )
    frame = DataFrame(rows)
    return frame.sort_values("distance", ascending=False, kind="stable", ignore_index=True)


def _columns(inputs: Mapping[str, Array], behaves: NDArray[np.bool_]) -> dict[str, Array]:
    """A number of each input in each sample."""
    if behaves.dtype != np.bool_ or behaves.ndim != 1:
        raise RangeError(
            "does not say of each sample whether it behaves",
            place="behaves",
            found=f"{behaves.shape} of {behaves.dtype}",
            expected="(sample,) of bool",
        )
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in inputs.items()}
    for name, values in columns.items():
        if values.shape != behaves.shape:
            raise RangeError(
                "an input of the wrong shape", place=name, found=values.shape, expected=f"{behaves.shape}"
            )
        if missing := int(np.isnan(values).sum()):
            raise RangeError(
                "an input that is undefined in some samples",
                place=name,
                found=f"{missing} of {values.size}",
                expected="numbers: leave these samples out",
            )
    return columns


def regional_of(
    ensemble: Ensemble,
    indicator: str,
    *,
    scenario: str | None = None,
    year: int | None = None,
    above: float | None = None,
    below: float | None = None,
) -> DataFrame:
    """:func:`regional` of the samples of an ensemble whose indicator is above, or below, a limit.

    Parameters
    ----------
    scenario
        Default the last of the ensemble.
    year
        Default the last.
    above, below
        One of them, in the unit of the indicator; default above the median. What is undefined is on neither
        side.

    Raises
    ------
    RunError
        Nothing is uncertain, both limits are given, or too few samples are on one side: as of an indicator
        that never reacts.
    UnknownNameError
        No such scenario or indicator.
    RangeError
        A year that is not reported.
    """
    if above is not None and below is not None:
        raise RunError("two limits", found=f"above {above:g} and below {below:g}", expected="one of them")
    if ensemble.plan.alike:
        raise RunError(NOTHING_UNCERTAIN, place=scenario, expected="at least one distribution")
    column = year_at(year, ensemble.years)
    name = ensemble.scenarios[-1] if scenario is None else scenario
    values = ensemble.of(name, indicator)[:, column]
    known = ~np.isnan(values)
    if above is None and below is None and known.any():
        above = float(np.median(values[known]))
    behaves = values[known] < below if below is not None else values[known] > (above or 0.0)
    return regional({place: drawn[known] for place, drawn in ensemble.inputs_of(name).items()}, behaves)
