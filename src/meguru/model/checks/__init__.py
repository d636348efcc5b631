"""What can be found wrong in a model before it is compiled; one function per check."""

from meguru.files.marks import locate
from meguru.model.checks.all_checks import check_model, faults_here, find_faults
from meguru.model.checks.fault import in_scenario

__all__ = ["check_model", "faults_here", "find_faults", "in_scenario", "locate"]
