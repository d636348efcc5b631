"""NSGA-II by pymoo, which is asked for only here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RunError
from meguru.explore.searches.breeding import ROUNDS, Choosing
from meguru.explore.searches.pareto import costs_of

if TYPE_CHECKING:
    from meguru.explore.searches.search import SearchProblem

Array = NDArray[np.float64]
Evaluate = Callable[["SearchProblem", Array], dict[str, Array]]
FAR = 1e30  # of a value that is undefined: worse than any other


def evolve(
    problem: SearchProblem, evaluate: Evaluate, population: int, generations: int, seed: int
) -> tuple[Array, dict[str, Array]]:
    """Every point that an evolution tried, and its values; none is tried twice.

    Returns
    -------
    (point, variable)
        At most population times generations; fewer where no other choices are found.
    value by name, each (point,)

    Raises
    ------
    RunError
        pymoo is not installed.
    """
    try:
        from pymoo.core.problem import Problem as Posed
        from pymoo.optimize import minimize
    except ImportError as error:
        raise RunError(
            "NSGA-II needs pymoo", hint="Install meguru[search], or take method 'grid'."
        ) from error

    from meguru.explore.searches.search import excess_of

    choosing = Choosing(problem, np.random.default_rng(seed))
    seen: list[dict[str, Array]] = []

    class Asked(Posed):  # type: ignore[misc]  # pymoo is not typed
        def _evaluate(self, x: Array, out: dict[str, Any], *_: Any, **__: Any) -> None:
            points = choosing.as_told(x)
            values = evaluate(problem, points)
            choosing.note(points)
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
    # Not copied, as the way of breeding shares with the problem what was tried.
    method = _breeding(choosing, population)
    minimize(posed, method, ("n_gen", generations), seed=seed, verbose=False, copy_algorithm=False)
    points = np.concatenate(choosing.tried)
    return points, {name: np.concatenate([one[name] for one in seen]) for name in seen[0]}


def _breeding(choosing: Choosing, population: int) -> Any:
    """NSGA-II that breeds nothing but points that may be chosen, and none that was tried.

    pymoo's polynomial mutation hardly ever carries a number over a step that is a large part of its range, as
    a switch: numbers of few values are drawn anew besides.
    """
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.duplicate import DuplicateElimination
    from pymoo.core.repair import Repair
    from pymoo.operators.mutation.pm import PM

    class Possible(Repair):  # type: ignore[misc]
        def _do(self, _: Any, x: Array, **__: Any) -> Array:
            return choosing.possible(x)

    class Untried(DuplicateElimination):  # type: ignore[misc]
        def _do(self, pop: Any, other: Any, is_duplicate: NDArray[np.bool_]) -> NDArray[np.bool_]:
            beside = None if other is None else other.get("X")
            return is_duplicate | choosing.are_known(pop.get("X"), beside)

    class Mutation(PM):  # type: ignore[misc]
        def _do(self, posed: Any, x: Array, *more: Any, **keywords: Any) -> Array:
            return choosing.drawn_anew(super()._do(posed, x, *more, **keywords))

    method = NSGA2(
        pop_size=population,
        sampling=choosing.first(population),
        mutation=Mutation(eta=20),
        repair=Possible(),
        eliminate_duplicates=Untried(),
    )
    method.mating.n_max_iterations = ROUNDS
    return method
