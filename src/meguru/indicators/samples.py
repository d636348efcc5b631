"""Whether the samples of a result differ."""

from __future__ import annotations

from meguru.engine import Result
from meguru.model.walk import quantities


def all_alike(result: Result) -> bool:
    """Whether nothing that was simulated is uncertain: any number of samples gives the same numbers."""
    return not result.values and all(quantity.is_certain() for _, quantity, _, _ in quantities(result.model))
