"""Indicators: formulas of the model evaluated on results.

Names are handed on when first used: figures can be measured without the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from meguru.indicators.check import check_indicators, indicator_faults
    from meguru.indicators.circulation import circulation_types
    from meguru.indicators.evaluate import calculate, evaluate, waterfall
    from meguru.indicators.reuse import ReuseRate, reuse_bound, reuse_rate
    from meguru.indicators.targets import against_targets, published
else:
    # Hidden from type checkers, which would otherwise take every misspelt name for a good one.
    _HOMES = {
        "check": ("check_indicators", "indicator_faults"),
        "circulation": ("circulation_types",),
        "evaluate": ("calculate", "evaluate", "waterfall"),
        "reuse": ("ReuseRate", "reuse_bound", "reuse_rate"),
        "targets": ("against_targets", "published"),
    }

    def __getattr__(name):
        home = next((home for home, names in _HOMES.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module 'meguru.indicators' has no attribute {name!r}")
        module = import_module(f"meguru.indicators.{home}")
        # All names of the home at once: importing 'evaluate' has just put the module in the function's place.
        globals().update({one: getattr(module, one) for one in _HOMES[home]})
        return globals()[name]

    def __dir__():
        return sorted({*globals(), *__all__})
