"""Forms of power: made series are told apart; ridge regression against its definition. Synthetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meguru import errors
from meguru.reverse.segment.signature import MEMBERS, PENALTIES, _ridge, learn


def drawn(random: np.random.Generator, count: int) -> tuple[np.ndarray, list[str]]:
    """Saws (bursts), presses (one long swell) and fans (flat), z-normalised."""
    time = np.arange(200)
    series, labels = [], []
    for _ in range(count):
        phase = random.integers(0, 50)
        for name, form in (
            ("saw", (np.sin((time + phase) / 4) > 0.3) * 1.0),
            ("press", np.sin(np.pi * np.minimum(time + phase, 199) / 200)),
            ("fan", (time > 20 + phase) * 1.0),
        ):
            one = form + random.normal(0, 0.2, time.size)
            series.append((one - one.mean()) / one.std())
            labels.append(name)
    return np.array(series), labels


def test_forms_are_told_apart_also_those_not_seen() -> None:
    random = np.random.default_rng(3)
    learned = learn(*drawn(random, 8))
    series, labels = drawn(random, 10)
    assert learned.label(series) == labels
    scores = learned.scores(series)
    assert scores.shape == (30, 3)
    assert len(learned.members) == MEMBERS
    single = [replace(learned, members=(one,)).scores(series) for one in learned.members]
    assert scores == pytest.approx(np.mean(single, axis=0))
    assert not np.allclose(single[0], single[1])  # other kernels each
    assert np.vstack([learned.scores(one[None]) for one in series]) == pytest.approx(scores)


def test_the_penalty_is_that_of_the_least_leave_one_out_error() -> None:
    random = np.random.default_rng(4)
    described, wanted = random.normal(size=(12, 5)), random.normal(size=(12, 2))

    def weights(rows: np.ndarray, penalty: float) -> np.ndarray:
        x, y = described[rows], wanted[rows]
        return np.asarray(np.linalg.solve(x.T @ x + penalty * np.eye(5), x.T @ y))

    def error(penalty: float) -> float:
        rows = np.arange(12)
        return float(
            np.mean([(wanted[i] - described[i] @ weights(rows[rows != i], penalty)) ** 2 for i in range(12)])
        )

    best = min(PENALTIES, key=error)
    assert _ridge(described, wanted) == pytest.approx(weights(np.arange(12), best))


def test_what_can_not_be_learned_is_refused() -> None:
    series = np.zeros((2, 50))
    for bad, labels in (
        (series, ["a", "a"]),
        (series, ["a"]),
        (np.zeros((2, 5)), ["a", "b"]),
        (series * np.nan, ["a", "b"]),
    ):
        with pytest.raises(errors.RangeError):
            learn(bad, labels)
    learned = learn(np.random.default_rng(0).normal(size=(4, 50)), ["a", "b", "a", "b"])
    with pytest.raises(errors.RangeError, match="another length"):
        learned.label(np.zeros((1, 60)))
