"""Random numbers of foresight: the generator, the functions it needs, and how inputs are drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from reference_foresight import normal, philox
from scipy import stats

from meguru.engine.compiled import load_kernel
from meguru.errors import RangeError
from meguru.foresight.futures import Futures
from meguru.foresight.model import CausalModel, Node, Spread
from meguru.foresight.simulation import simulate

RANDOM: Any = load_kernel("meguru.foresight.kernel_random")
MATH: Any = load_kernel("meguru.foresight.kernel_math")


def drawn(modes: list[float], count: int, seed: int, **more: Any) -> Futures:
    """A year of nodes that do nothing; their starts are triangular on 0 to 1."""
    nodes = {f"n{k}": Node(f"n{k}", start=Spread(0, mode, 1)) for k, mode in enumerate(modes)}
    return simulate(CausalModel("m", nodes, last=2025.0), count, seed, **more)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),  # known answers published with Random123
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_its_known_answers(counter: Any, key: Any, expected: Any) -> None:
    assert RANDOM.philox(*map(np.uint64, (*counter, *key))) == expected
    assert philox(counter, key) == expected


@pytest.mark.parametrize(
    ("name", "exact", "low", "high"),
    [
        ("log", math.log, 1e-12, 1e6),
        ("expm1", math.expm1, -40, 40),
        ("tanh", math.tanh, -30, 30),
        ("logistic", lambda x: 1 / (1 + math.exp(-x)), -30, 30),
        ("sine", math.sin, -math.pi / 4, math.pi / 4),
        ("cosine", math.cos, -math.pi / 4, math.pi / 4),
    ],
)
def test_elementary_functions(name: str, exact: Callable[[float], float], low: float, high: float) -> None:
    random = np.random.default_rng(1)
    for x in [low, high, *random.uniform(low, high, 2000), *random.uniform(-1e-3, 1e-3, 200)]:
        if low <= x <= high and x != 0:
            expected = exact(x)
            assert abs(getattr(MATH, name)(x) - expected) <= 4e-16 * max(abs(expected), abs(x) * 1e-2)


def test_normals_of_the_reference_are_normal() -> None:
    noise = [normal(5, "nodes.a.noise", scenario, step) for scenario in range(500) for step in range(8)]
    assert stats.kstest(noise, "norm").pvalue > 0.001
    by_step = np.corrcoef(np.array(noise).reshape(500, 8).T)
    assert np.abs(by_step - np.eye(8)).max() < 4.5 / math.sqrt(500)


@pytest.mark.parametrize("count", [1, 2, 3, 17, 256, 1000])
def test_each_input_falls_once_into_each_part(count: int) -> None:
    starts = drawn([k / 20 for k in range(21)], count, 11).starts()
    for k, row in enumerate(starts):
        uniforms = stats.triang(k / 20).cdf(row)
        assert np.array_equal(np.sort(np.floor(uniforms * count)), np.arange(count))


def test_inputs_are_independent_of_each_other() -> None:
    starts = drawn([0.5] * 100, 1000, 2).starts()
    across = np.asarray(np.corrcoef(starts))[np.triu_indices(100, 1)] * math.sqrt(1000)
    assert 0.95 < across.std() < 1.05 and np.abs(across).max() < 5.5
    along = [np.corrcoef(row[:-1], row[1:])[0, 1] * math.sqrt(1000) for row in starts]
    assert 0.7 < np.std(along) < 1.3
    inside = stats.triang(0.5).cdf(starts) * 1000 % 1
    assert stats.kstest(inside.ravel(), "uniform").pvalue > 0.001


def test_sobol_points_are_balanced_and_follow_the_seed() -> None:
    starts = drawn([0.5] * 5, 64, 1, method="sobol").starts()
    for row in starts:
        assert np.array_equal(np.sort(np.floor(stats.triang(0.5).cdf(row) * 64)), np.arange(64))
    assert not np.any(starts == drawn([0.5] * 5, 64, 2, method="sobol").starts())
    with pytest.raises(RangeError, match="powers of two only; found 100, expected 64 or 128"):
        drawn([0.5], 100, 0, method="sobol")
