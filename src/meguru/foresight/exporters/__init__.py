"""Causal models as files of other tools; what is not handed over is listed."""

from meguru.foresight.exporters.xmile import export_xmile

__all__ = ["export_xmile"]
