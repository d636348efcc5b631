"""Causal models from files of other tools; what is not taken over is listed."""

from meguru.foresight.importers.graphs import import_kumu, import_loopy
from meguru.foresight.importers.report import ImportReport, Readout, Unsupported
from meguru.foresight.importers.vensim import import_vensim
from meguru.foresight.importers.xmile import import_xmile

__all__ = [
    "ImportReport",
    "Readout",
    "Unsupported",
    "import_kumu",
    "import_loopy",
    "import_vensim",
    "import_xmile",
]
