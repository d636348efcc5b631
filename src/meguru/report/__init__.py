"""Tables, figures, HTML: what a person sees of a result."""

from meguru.report.page import write_report

__all__ = ["write_report"]
