"""Indicators: formulas of the model evaluated on results."""

from meguru.indicators.check import check, check_indicators, indicator_faults
from meguru.indicators.circulation import circulation_types
from meguru.indicators.evaluate import calculate, evaluate, waterfall
from meguru.indicators.reuse import ReuseRate, reuse_bound, reuse_rate
from meguru.indicators.samples import all_alike
from meguru.indicators.targets import against_targets, published
from meguru.indicators.unmet import Unmet, unmet_demand

__all__ = [
    "ReuseRate",
    "Unmet",
    "against_targets",
    "all_alike",
    "calculate",
    "check",
    "check_indicators",
    "circulation_types",
    "evaluate",
    "indicator_faults",
    "published",
    "reuse_bound",
    "reuse_rate",
    "unmet_demand",
    "waterfall",
]
