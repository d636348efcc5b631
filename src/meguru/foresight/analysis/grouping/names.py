"""Names of groups, proposed from the KPIs in which they differ most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.model import CausalModel

TOLD = 0.25  # standard deviations below which a KPI is no mark of a group
MOST = 2  # KPIs in a name

WORDS = {
    "en": {"high": "high {}", "low": "low {}", "and": ", ", "none": "near the middle"},
    "ja": {"high": "{}が高い", "low": "{}が低い", "and": "・", "none": "中位"},
}


def propose_names(
    model: CausalModel, columns: Sequence[str], profile: NDArray[np.float64]
) -> tuple[dict[str, str], ...]:
    """A name by language for each row of ``profile`` (group, KPI), deviations from the mean of all."""
    return tuple({language: _name(model, columns, row, language) for language in WORDS} for row in profile)


def told_kpis(row: NDArray[np.float64]) -> list[int]:
    """Columns of a row of the profile that a name tells, the farthest from the mean first."""
    order = np.argsort(-np.abs(row), kind="stable")[:MOST]
    return [int(number) for number in order if abs(row[number]) >= TOLD]


def _name(model: CausalModel, columns: Sequence[str], row: NDArray[np.float64], language: str) -> str:
    words = WORDS[language]
    parts = [
        words["high" if row[number] > 0 else "low"].format(
            model.nodes[columns[number]].label.get(language) or columns[number]
        )
        for number in told_kpis(row)
    ]
    return words["and"].join(parts) if parts else words["none"]
