"""Compile a model, sample it, run it, label the result."""

from meguru.engine.check import check
from meguru.engine.results.result import Comparison, Result
from meguru.engine.run import compare, run

__all__ = ["Comparison", "Result", "check", "compare", "run"]
