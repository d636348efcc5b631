"""Whether the samples of a result differ."""

from __future__ import annotations

from meguru.engine import Result
from meguru.model.uncertain import varying_places


def all_alike(result: Result) -> bool:
    """Whether nothing that was simulated is uncertain: any number of samples gives the same numbers.

    Individuals go by chance: their samples differ even where every number of the model is certain.
    """
    by_chance = result.settings["engine"] == "items"
    return not by_chance and not result.values and not varying_places(result.model)
