"""Checks of a causal model before it runs."""

from meguru.foresight.checks.all_checks import check, faults
from meguru.foresight.checks.fault import CausalWarning

__all__ = ["CausalWarning", "check", "faults"]
