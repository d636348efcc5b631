"""Values of sentences as plain data: levels with their units, how far a group ends from the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from meguru.foresight.analysis import Groups
from meguru.foresight.analysis.grouping.names import told_kpis
from meguru.foresight.model import CausalModel


def level_of(model: CausalModel, node: str, size: float) -> dict[str, Any]:
    """A value of a node, or a difference of two, with its unit."""
    return {"size": size, "unit": model.nodes[node].unit}


def away_of(groups: Groups, place: int) -> list[float]:
    """How far a group ends from the mean, in standard deviations, in the KPIs that its name tells."""
    profile = np.asarray(groups.profile[place])
    return [float(profile[number]) for number in told_kpis(profile)]
