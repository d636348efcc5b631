"""Files of worked examples held against the catalogue."""

from meguru.indicators.verification.verify import Verdict, verify_file

__all__ = ["Verdict", "verify_file"]
