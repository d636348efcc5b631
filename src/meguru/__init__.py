"""Life cycle simulation for a circular economy.

>>> import meguru
>>> model = meguru.example("compressor-magnet")
>>> result = meguru.run(model, scenario="B")
>>> meguru.evaluate(result)

Names are handed on when first used, so that ``import meguru`` alone stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from meguru.version import __version__

__all__ = [
    "__version__",
    "load",
    "save",
    "check",
    "run",
    "compare",
    "evaluate",
    "ensemble",
    "measure",
    "catalogue",
    "write_report",
    "example",
    "errors",
    "foresight",
]

if TYPE_CHECKING:
    from meguru import errors, foresight
    from meguru.engine import compare, run
    from meguru.examples import example
    from meguru.explore import ensemble
    from meguru.indicators import check, evaluate
    from meguru.indicators.catalogue import catalogue, measure
    from meguru.model import load, save
    from meguru.report import write_report
else:
    # Hidden from type checkers, which would otherwise take every misspelt name for a good one.
    _HOMES = {
        "load": "meguru.model:load",
        "save": "meguru.model:save",
        "check": "meguru.indicators:check",
        "run": "meguru.engine:run",
        "compare": "meguru.engine:compare",
        "evaluate": "meguru.indicators:evaluate",
        "ensemble": "meguru.explore:ensemble",
        "measure": "meguru.indicators.catalogue:measure",
        "catalogue": "meguru.indicators.catalogue:catalogue",
        "write_report": "meguru.report:write_report",
        "example": "meguru.examples:example",
        "errors": "meguru.errors:",
        "foresight": "meguru.foresight:",
    }

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module 'meguru' has no attribute {name!r}")
        module, _, attribute = _HOMES[name].partition(":")
        home = import_module(module)
        value = getattr(home, attribute) if attribute else home
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *_HOMES})
