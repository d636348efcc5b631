"""Places where a series changes: against all possible parts, and on made series."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguru import errors
from meguru.reverse.segment.changes import _best_parts, changes


@given(st.integers(0, 2**32 - 1), st.integers(4, 12), st.integers(0, 3))
@settings(max_examples=60)
def test_the_parts_are_the_best_of_all(seed: int, rows: int, count: int) -> None:
    random = np.random.default_rng(seed)
    described = random.normal(size=(rows, 3))
    scaled = (described - described.mean(axis=0)) / described.std(axis=0)

    def cost(edges: tuple[int, ...]) -> float:
        parts = np.split(scaled, list(edges))
        return float(sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts))

    found = _best_parts(described, count, 1)
    best = min(cost(edges) for edges in combinations(range(1, rows), count))
    assert cost(tuple(found)) == pytest.approx(best)


def test_changes_of_level_of_rhythm_and_of_spread_are_found() -> None:
    random = np.random.default_rng(1)
    series = np.concatenate(
        [
            random.normal(0, 1, 1000),
            random.normal(5, 1, 1000),
            5 + 3 * np.sign(np.sin(np.arange(1000) / 5)),
            random.normal(5, 4, 1000),
        ]
    )
    assert changes(series, 3, 20) == pytest.approx([1000, 2000, 3000], abs=40)
    assert changes(series, 0, 20) == []


def test_what_is_too_short_or_no_number_is_refused() -> None:
    with pytest.raises(errors.RangeError, match="too short"):
        changes(np.arange(10.0), 5, 5)
    with pytest.raises(errors.RangeError, match="no number"):
        changes([1.0, float("nan")], 0, 1)
    with pytest.raises(errors.RangeError):
        changes([1.0], 0, 0)
