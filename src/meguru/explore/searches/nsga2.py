"""NSGA-II by pymoo, which is asked for only here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RunError
from meguru.explore.searches.pareto import costs_of

if TYPE_CHECKING:
    from meguru.explore.searches.search import SearchProblem

Array = NDArray[np.float64]
Evaluate = Callable[["SearchProblem", Array], dict[str, Array]]
FAR = 1e30  # of a value that is undefined: worse than any other


def evolve(
    problem: SearchProblem, evaluate: Evaluate, population: int, generations: int, seed: int
) -> tuple[Array, dict[str, Array]]:
    """Every point that an evolution tried, and its values.

    Returns
    -------
    (point, variable)
    value by name, each (point,)

    Raises
    ------
    RunError
        pymoo is not installed.
    """
    try:
        from pymoo.algorithms.moo.nsga2 import NSGA2
        from pymoo.core.problem import Problem as Posed
        from pymoo.optimize import minimize
    except ImportError as error:
        raise RunError(
            "NSGA-II needs pymoo", hint="Install meguru[search], or take method 'grid'."
        ) from error

    from meguru.explore.searches.search import excess_of

    tried: list[Array] = []
    seen: list[dict[str, Array]] = []

    class Asked(Posed):  # type: ignore[misc]  # pymoo is not typed
        def _evaluate(self, x: Array, out: dict[str, Any], *_: Any, **__: Any) -> None:
            values = evaluate(problem, x)
            tried.append(x.copy())
            seen.append(values)
            out["F"] = np.nan_to_num(costs_of(problem.goals, values), nan=FAR)
            out["G"] = np.nan_to_num(excess_of(problem, values), posinf=FAR)

    posed = Asked(
        n_var=len(problem.variables),
        n_obj=len(problem.goals),
        n_ieq_constr=len(problem.limits),
        xl=np.array([one.low for one in problem.variables]),
        xu=np.array([one.high for one in problem.variables]),
    )
    minimize(posed, NSGA2(pop_size=population), ("n_gen", generations), seed=seed, verbose=False)
    points = np.concatenate(tried)
    return points, {name: np.concatenate([one[name] for one in seen]) for name in seen[0]}
