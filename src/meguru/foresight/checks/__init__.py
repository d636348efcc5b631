"""Checks of a causal model before it runs."""

from meguru.foresight.checks.all_checks import check, faults
from meguru.foresight.checks.fault import ModelWarning

__all__ = ["ModelWarning", "check", "faults"]
