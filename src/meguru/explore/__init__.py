"""How sure, what matters, what to do: many runs of a model, and what they say together."""

from meguru.explore.ensembles.ensemble import ensemble
from meguru.explore.ensembles.result import Ensemble
from meguru.explore.ensembles.stability import stability
from meguru.explore.parts.by_age import intact_by_age, price_by_age
from meguru.explore.parts.mismatch import Mismatch, mismatch, mismatch_of
from meguru.explore.parts.planning import ReconditionPlan, plan_reconditioning
from meguru.explore.parts.programme import Part
from meguru.explore.parts.take_back import TakeBack, take_back
from meguru.explore.plans.goals import Goal, Limit
from meguru.explore.plans.measures import Taken, with_plan
from meguru.explore.proposals.break_even import BreakEven, break_even
from meguru.explore.proposals.incentives import Incentives, weigh_incentives
from meguru.explore.proposals.information import SortingValue, sorting_value
from meguru.explore.proposals.robust import Robust, robust, robust_choice
from meguru.explore.proposals.suggest import Suggestion, suggest
from meguru.explore.searches.model_search import Choices, search_measures
from meguru.explore.searches.search import Front, SearchProblem, search
from meguru.explore.searches.space import Variable
from meguru.explore.sensitivity.indices import morris, sobol_indices
from meguru.explore.sensitivity.problem import Problem, model_problem, problem_of
from meguru.explore.sensitivity.regional import regional, regional_of
from meguru.explore.sensitivity.tornado import tornado

__all__ = [
    "BreakEven",
    "Choices",
    "Ensemble",
    "Front",
    "Goal",
    "Incentives",
    "Limit",
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
    "Variable",
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
