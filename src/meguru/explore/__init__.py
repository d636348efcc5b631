"""How sure, what matters, what to do: many runs of a model, and what they say together."""

from meguru.explore.break_even import BreakEven, break_even
from meguru.explore.incentives import Incentives, weigh_incentives
from meguru.explore.information import SortingValue, sorting_value
from meguru.explore.measures import Taken, with_plan
from meguru.explore.mismatch import Mismatch, mismatch, mismatch_of
from meguru.explore.model_search import Choices, search_measures
from meguru.explore.planning import ReconditionPlan, plan_reconditioning
from meguru.explore.programme import Part
from meguru.explore.robust import Robust, robust, robust_choice
from meguru.explore.search import Front, SearchProblem, search
from meguru.explore.suggest import Suggestion, suggest
from meguru.explore.take_back import TakeBack, intact_by_age, price_by_age, take_back

__all__ = [
    "BreakEven",
    "Choices",
    "Front",
    "Incentives",
    "Mismatch",
    "Part",
    "ReconditionPlan",
    "Robust",
    "SearchProblem",
    "SortingValue",
    "Suggestion",
    "TakeBack",
    "Taken",
    "break_even",
    "intact_by_age",
    "mismatch",
    "mismatch_of",
    "plan_reconditioning",
    "price_by_age",
    "robust",
    "robust_choice",
    "search",
    "search_measures",
    "sorting_value",
    "suggest",
    "take_back",
    "weigh_incentives",
    "with_plan",
]
