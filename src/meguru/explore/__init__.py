"""How sure, what matters, what to do: many runs of a model, and what they say together."""

from meguru.explore.break_even import BreakEven, break_even
from meguru.explore.ensemble import ensemble
from meguru.explore.ensemble_result import Ensemble
from meguru.explore.incentives import Incentives, weigh_incentives
from meguru.explore.indices import morris, sobol_indices
from meguru.explore.information import SortingValue, sorting_value
from meguru.explore.measures import Taken, with_plan
from meguru.explore.mismatch import Mismatch, mismatch, mismatch_of
from meguru.explore.model_search import Choices, search_measures
from meguru.explore.planning import ReconditionPlan, plan_reconditioning
from meguru.explore.problem import Problem, model_problem, problem_of
from meguru.explore.programme import Part
from meguru.explore.regional import regional, regional_of
from meguru.explore.robust import Robust, robust, robust_choice
from meguru.explore.search import Front, SearchProblem, search
from meguru.explore.stability import stability
from meguru.explore.suggest import Suggestion, suggest
from meguru.explore.take_back import TakeBack, intact_by_age, price_by_age, take_back
from meguru.explore.tornado import tornado

__all__ = [
    "BreakEven",
    "Choices",
    "Ensemble",
    "Front",
    "Incentives",
    "Mismatch",
    "Part",
    "Problem",
    "ReconditionPlan",
    "Robust",
    "SearchProblem",
    "SortingValue",
    "Suggestion",
    "TakeBack",
    "Taken",
    "break_even",
    "ensemble",
    "intact_by_age",
    "mismatch",
    "mismatch_of",
    "model_problem",
    "morris",
    "plan_reconditioning",
    "price_by_age",
    "problem_of",
    "regional",
    "regional_of",
    "robust",
    "robust_choice",
    "search",
    "search_measures",
    "sobol_indices",
    "sorting_value",
    "stability",
    "suggest",
    "take_back",
    "tornado",
    "weigh_incentives",
    "with_plan",
]
