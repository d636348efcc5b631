"""How sure, what matters, what to do: many runs of a model, and what they say together."""

from meguru.explore.ensemble import ensemble
from meguru.explore.ensemble_result import Ensemble
from meguru.explore.indices import morris, sobol_indices
from meguru.explore.problem import Problem, model_problem, problem_of
from meguru.explore.regional import regional, regional_of
from meguru.explore.stability import stability
from meguru.explore.tornado import tornado

__all__ = [
    "Ensemble",
    "Problem",
    "ensemble",
    "model_problem",
    "morris",
    "problem_of",
    "regional",
    "regional_of",
    "sobol_indices",
    "stability",
    "tornado",
]
