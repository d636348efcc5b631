"""Which inputs matter: Morris screening and Sobol indices, computed by SALib.

SALib: Iwanaga, Usher & Herman 2022, https://doi.org/10.18174/sesmo.18155.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from meguru.errors import RangeError, RunError, asked
from meguru.explore.rounding import SAME, reacts
from meguru.explore.sensitivity.problem import Problem, defined

if TYPE_CHECKING:
    from pandas import DataFrame

LOW, HIGH = 0.05, 0.95  # quantiles between which Morris steps go: the tails of a distribution have no end
MISSING = "SALib is not installed: pip install 'meguru[sensitivity]'"


def morris(problem: Problem, *, trajectories: int = 20, levels: int = 4, seed: int = 0) -> DataFrame:
    """Screening by elementary effects, of steps between the 5 % and the 95 % quantile of each input.

    Morris 1991, https://doi.org/10.1080/00401706.1991.10484804; the mean of absolute effects: Campolongo et
    al. 2007, https://doi.org/10.1016/j.envsoft.2006.10.004.

    Parameters
    ----------
    trajectories
        Each takes one run for each input, and one more.
    levels
        Of the grid, even.

    Returns
    -------
    DataFrame
        One row by output and input, the largest mu_star first: output, input, unit, mu, mu_star, sigma
        (effects over the whole range of the input), mu_star_reach (half of the 95 % interval), reacts.

    Warns
    -----
    TogetherWarning
        Inputs move together in the model.

    Raises
    ------
    RunError
        SALib is missing.
    RangeError
        Too few trajectories, or levels that are odd.
    IndicatorError
        An output is undefined in some samples.
    """
    if trajectories < 2 or levels < 2 or levels % 2:
        raise RangeError(
            "can not screen so", found=f"{trajectories} trajectories, {levels} levels",
            expected="2 trajectories or more, an even number of levels",
        )  # fmt: skip
    problem.warn()
    sample, analyse = _salib("sample.morris"), _salib("analyze.morris")
    told = _told(problem, LOW, HIGH)
    points = sample.sample(told, trajectories, num_levels=levels, seed=_seed(seed))
    rows: list[dict[str, Any]] = []
    for output, values in problem(points).items():
        moves = reacts(values)
        found = None
        if moves:
            known = defined(output, values)
            found = analyse.analyze(told, points, known, num_levels=levels, seed=_seed(seed))
        names = {"mu": "mu", "mu_star": "mu_star", "sigma": "sigma", "mu_star_reach": "mu_star_conf"}
        rows += _rows(problem, output, found, names, "mu_star", float(np.abs(values).max()))
    return _frame(rows, ("mu", "mu_star", "sigma", "mu_star_reach"))


def sobol_indices(problem: Problem, *, samples: int = 1024, seed: int = 0) -> DataFrame:
    """First-order and total Sobol indices: shares of the variance of an output.

    Sobol 2001, https://doi.org/10.1016/S0378-4754(00)00270-6; estimators of Saltelli et al. 2010,
    https://doi.org/10.1016/j.cpc.2009.09.018.

    Parameters
    ----------
    samples
        A power of two; the output is run for as many times (inputs + 2).

    Returns
    -------
    DataFrame
        One row by output and input, the largest total first: output, input, unit, first, first_reach, total,
        total_reach (half of the 95 % intervals), reacts.

    Raises
    ------
    RunError
        SALib is missing, or inputs move together: shares of the variance are those of independent inputs.
    RangeError
        ``samples`` is no power of two.
    IndicatorError
        An output is undefined in some samples.
    """
    if samples < 2 or samples & (samples - 1):
        with asked():
            raise RangeError("no power of two", place="samples", found=samples)
    if problem.together:
        raise RunError(
            "the variance can not be shared out between inputs that move together",
            place="sampling.correlations",
            found=", ".join(problem.together),
            expected="independent inputs",
            hint="A regional analysis of an ensemble can be asked instead.",
        )
    sample, analyse = _salib("sample.sobol"), _salib("analyze.sobol")
    told = _told(problem, 0.0, 1.0)
    points = sample.sample(told, samples, calc_second_order=False, seed=_seed(seed))
    rows: list[dict[str, Any]] = []
    for output, values in problem(points).items():
        found = None
        if reacts(values):
            known = defined(output, values)
            found = analyse.analyze(told, known, calc_second_order=False, seed=_seed(seed))
        names = {"first": "S1", "first_reach": "S1_conf", "total": "ST", "total_reach": "ST_conf"}
        rows += _rows(problem, output, found, names, "total", 1.0)
    return _frame(rows, ("first", "first_reach", "total", "total_reach"))


def _salib(module: str) -> Any:
    try:
        return import_module(f"SALib.{module}")
    except ImportError as error:
        raise RunError(MISSING) from error


def _told(problem: Problem, low: float, high: float) -> dict[str, Any]:
    """The problem as SALib wants it told."""
    count = len(problem.inputs)
    return {"num_vars": count, "names": list(problem.inputs), "bounds": [[low, high]] * count}


def _seed(seed: int) -> int:
    return seed % 2**32


def _rows(
    problem: Problem, output: str, found: Any, names: dict[str, str], by: str, size: float
) -> list[dict[str, Any]]:
    """The rows of an output, the input with the largest ``by`` first; zeros where it never reacts, and where
    a number is nothing but rounding beside ``size``."""
    columns = {
        key: np.zeros(len(problem.inputs)) if found is None else np.asarray(found[theirs], dtype=np.float64)
        for key, theirs in names.items()
    }
    columns = {key: np.where(np.abs(one) <= SAME * size, 0.0, one) for key, one in columns.items()}
    return [
        {
            "output": output,
            "input": problem.inputs[k],
            "unit": problem.units.get(output, ""),
            **{key: float(values[k]) for key, values in columns.items()},
            "reacts": found is not None,
        }
        for k in np.argsort(-columns[by], kind="stable")
    ]


def _frame(rows: list[dict[str, Any]], numbers: tuple[str, ...]) -> DataFrame:
    from pandas import DataFrame

    frame = DataFrame(rows)
    for key in numbers:
        frame[key] = frame[key].astype("Float64")
    return frame
