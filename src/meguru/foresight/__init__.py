"""Foresight: simulated futures of a causal model."""

from meguru.foresight.checks import CausalWarning, check
from meguru.foresight.exporters import export_xmile
from meguru.foresight.importers import ImportReport, import_kumu, import_loopy, import_vensim, import_xmile
from meguru.foresight.model import CausalModel, Condition, Edge, Event, Node, Spread
from meguru.foresight.quantiles import quantiles
from meguru.foresight.read import load
from meguru.foresight.write import save

__all__ = [
    "CausalModel",
    "Condition",
    "Edge",
    "Event",
    "ImportReport",
    "CausalWarning",
    "Node",
    "Spread",
    "check",
    "export_xmile",
    "import_kumu",
    "import_loopy",
    "import_vensim",
    "import_xmile",
    "load",
    "quantiles",
    "save",
]
