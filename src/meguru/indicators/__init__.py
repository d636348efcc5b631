"""Indicators: formulas of the model evaluated on results.

Names are handed on when first used: figures can be measured without the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "ReuseRate",
    "Unmet",
    "against_targets",
    "all_alike",
    "calculate",
    "check",
    "check_indicators",
    "circulation_types",
    "demand_and_supply",
    "evaluate",
    "indicator_faults",
    "published",
    "reuse_bound",
    "reuse_rate",
    "sampled",
    "unmet_demand",
    "waterfall",
]

if TYPE_CHECKING:
    from meguru.indicators.checking import check, check_indicators, indicator_faults
    from meguru.indicators.circulation import circulation_types
    from meguru.indicators.evaluation import calculate, evaluate, sampled, waterfall
    from meguru.indicators.reuse import ReuseRate, demand_and_supply, reuse_bound, reuse_rate
    from meguru.indicators.samples import all_alike
    from meguru.indicators.targets import against_targets, published
    from meguru.indicators.unmet import Unmet, unmet_demand
else:
    # Hidden from type checkers, which would otherwise take every misspelt name for a good one.
    _HOMES = {
        "checking": ("check", "check_indicators", "indicator_faults"),
        "circulation": ("circulation_types",),
        "evaluation": ("calculate", "evaluate", "sampled", "waterfall"),
        "reuse": ("ReuseRate", "demand_and_supply", "reuse_bound", "reuse_rate"),
        "samples": ("all_alike",),
        "targets": ("against_targets", "published"),
        "unmet": ("Unmet", "unmet_demand"),
    }

    def __getattr__(name):
        home = next((home for home, names in _HOMES.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module 'meguru.indicators' has no attribute {name!r}")
        return getattr(import_module(f"meguru.indicators.{home}"), name)

    def __dir__():
        return sorted({*globals(), *__all__})
