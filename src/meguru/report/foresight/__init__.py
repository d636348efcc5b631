"""The report on the futures of a causal model."""

from meguru.report.foresight.page import write_futures_report

__all__ = ["write_futures_report"]
