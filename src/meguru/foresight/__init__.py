"""Foresight: simulated futures of a causal model.

>>> from meguru import foresight
>>> model = foresight.load("causal.yaml")
>>> futures = foresight.simulation(model, 20_000)
>>> found = foresight.analyse(futures)

Names are handed on when first used, so that reading a model does not wait for the engine or the analysis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "Analysis",
    "Axis",
    "CausalModel",
    "CausalWarning",
    "Choices",
    "Condition",
    "Edge",
    "Event",
    "Futures",
    "HandOver",
    "ImportReport",
    "Intervention",
    "Kept",
    "Node",
    "Sentence",
    "Spread",
    "Transfer",
    "analyse",
    "analysis_of",
    "check",
    "driving_forces",
    "export_xmile",
    "hand_over",
    "import_kumu",
    "import_loopy",
    "import_vensim",
    "import_xmile",
    "load",
    "load_futures",
    "quantiles",
    "read_hand_over",
    "save",
    "simulate",
    "tell",
]

if TYPE_CHECKING:
    from meguru.foresight.analysis import Analysis, Axis, Choices, Kept, analyse, analysis_of, driving_forces
    from meguru.foresight.checks import CausalWarning, check
    from meguru.foresight.exporters import export_xmile
    from meguru.foresight.futures import Futures
    from meguru.foresight.futures_files import load_futures
    from meguru.foresight.importers import (
        ImportReport,
        import_kumu,
        import_loopy,
        import_vensim,
        import_xmile,
    )
    from meguru.foresight.interventions import Intervention
    from meguru.foresight.model import CausalModel, Condition, Edge, Event, Node, Spread
    from meguru.foresight.quantile_table import quantiles
    from meguru.foresight.read import load
    from meguru.foresight.simulation import simulate
    from meguru.foresight.telling import Sentence, tell
    from meguru.foresight.transfer import HandOver, Transfer, hand_over, read_hand_over
    from meguru.foresight.write import save
else:
    # Hidden from type checkers, which would otherwise take every misspelt name for a good one.
    _HOMES = {
        "Analysis": "analysis",
        "Axis": "analysis",
        "CausalModel": "model",
        "CausalWarning": "checks",
        "Choices": "analysis",
        "Condition": "model",
        "Edge": "model",
        "Event": "model",
        "Futures": "futures",
        "HandOver": "transfer",
        "ImportReport": "importers",
        "Intervention": "interventions",
        "Kept": "analysis",
        "Node": "model",
        "Sentence": "telling",
        "Spread": "model",
        "Transfer": "transfer",
        "analyse": "analysis",
        "analysis_of": "analysis",
        "check": "checks",
        "driving_forces": "analysis",
        "export_xmile": "exporters",
        "hand_over": "transfer",
        "import_kumu": "importers",
        "import_loopy": "importers",
        "import_vensim": "importers",
        "import_xmile": "importers",
        "load": "read",
        "load_futures": "futures_files",
        "quantiles": "quantile_table",
        "read_hand_over": "transfer",
        "save": "write",
        "simulate": "simulation",
        "tell": "telling",
    }

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module 'meguru.foresight' has no attribute {name!r}")
        value = getattr(import_module(f"meguru.foresight.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *_HOMES})
