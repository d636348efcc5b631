"""Indicators: formulas of the model evaluated on results."""

from meguru.indicators.check import check_indicators, indicator_faults
from meguru.indicators.circulation import circulation_types
from meguru.indicators.evaluate import calculate, evaluate, waterfall
from meguru.indicators.reuse import ReuseRate, reuse_bound, reuse_rate
from meguru.indicators.targets import against_targets, published

__all__ = [
    "ReuseRate",
    "against_targets",
    "calculate",
    "check_indicators",
    "circulation_types",
    "evaluate",
    "indicator_faults",
    "published",
    "reuse_bound",
    "reuse_rate",
    "waterfall",
]
