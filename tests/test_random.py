"""Streams of uniform numbers: the same for any order, block and thread."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguru.errors import RangeError
from meguru.random import uniforms

MASK = 2**64 - 1


def philox(counter: int, key: tuple[int, int]) -> list[int]:
    """Philox 4x64-10 after Salmon et al. 2011, in plain integers: the reference."""
    words = [(counter >> 64 * place) & MASK for place in range(4)]
    first, second = key
    for _ in range(10):
        left, right = words[0] * 0xD2E7470EE14C6C93, words[2] * 0xCA5A826395121157
        words = [
            (right >> 64) ^ words[1] ^ first, right & MASK, (left >> 64) ^ words[3] ^ second, left & MASK,
        ]  # fmt: skip
        first, second = (first + 0x9E3779B97F4A7C15) & MASK, (second + 0xBB67AE8584CAA73B) & MASK
    return words


def test_the_reference_gives_the_published_known_answer() -> None:
    # Random123, kat_vectors: philox4x64 10, counter and key zero
    known = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert philox(0, (0, 0)) == known


@given(st.integers(0, MASK), st.text(max_size=20), st.integers(0, 2**40))
def test_elements_are_those_of_philox(seed: int, name: str, start: int) -> None:
    key = (seed, int.from_bytes(hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest(), "little"))
    expected = []
    for element in range(start, start + 6):
        word = philox(element // 4 + 1, key)[element % 4]
        expected.append(float((Fraction(word >> 12) + Fraction(1, 2)) / 2**52))
    assert uniforms(seed, name, 6, start).tolist() == expected


@given(st.integers(0, 200), st.integers(0, 50))
def test_any_block_is_part_of_the_same_stream(start: int, count: int) -> None:
    assert np.array_equal(uniforms(1, "a", 250)[start : start + count], uniforms(1, "a", count, start))


def test_names_and_seeds_have_streams_of_their_own() -> None:
    streams = [uniforms(seed, name, 1000) for seed in (0, 1, MASK) for name in ("a", "b", "", "部品")]
    correlations = np.asarray(np.corrcoef(streams))[np.triu_indices(len(streams), 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(1000)


def test_threads_do_not_change_a_number() -> None:
    with ThreadPoolExecutor(4) as pool:
        blocks = list(pool.map(lambda start: uniforms(7, "a", 100, start), range(0, 10_000, 100)))
    assert np.array_equal(np.concatenate(blocks), uniforms(7, "a", 10_000))


def test_numbers_are_uniform_and_inside_the_open_interval() -> None:
    found = np.sort(uniforms(3, "a", 200_000))
    assert 0 < found[0]
    assert found[-1] < 1
    distance = np.abs(found - (np.arange(200_000) + 0.5) / 200_000).max()
    assert distance < 1.95 / np.sqrt(200_000)  # Kolmogorov-Smirnov, one in a thousand


def test_the_ends_of_the_words_stay_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ends:
        def __init__(self, **_: object) -> None: ...

        def random_raw(self, _: int) -> np.ndarray:
            return np.array([0, MASK], dtype=np.uint64)

    monkeypatch.setattr(np.random, "Philox", Ends)
    assert uniforms(0, "a", 2).tolist() == [2.0**-53, 1 - 2.0**-53]


@pytest.mark.parametrize(("seed", "count", "start"), [(-1, 1, 0), (2**64, 1, 0), (0, -1, 0), (0, 1, -1)])
def test_what_is_out_of_range_is_refused(seed: int, count: int, start: int) -> None:
    with pytest.raises(RangeError):
        uniforms(seed, "a", count, start)


def test_none_is_an_empty_array() -> None:
    assert uniforms(0, "a", 0).shape == (0,)
