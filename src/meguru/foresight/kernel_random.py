"""What foresight draws by counter: the counter is (step or place in it, scenario, low and high half of the
hash of a name), the key the seed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from meguru.foresight.kernel_math import cosine, log, sine
from meguru.foresight.kernel_plan import Floats, Words
from meguru.foresight.kernel_wide import wide_vectors
from meguru.random.kernel_philox import (
    HALF,
    KEY_STEP_1,
    MULTIPLIER_0,
    MULTIPLIER_1,
    WORD,
    Word,
    philox,
    unit,
)

ONE, TWO, SIGN = np.uint64(1), np.uint64(2), np.uint64(63)
TWO_52, TWO_52_BITS = 2.0**52, np.uint64(0x4330000000000000)  # a word in its last bits is that word, added
HALF_PI = 1.5707963267948966
FEISTEL_ROUNDS = 6


@njit(error_model="numpy", forceinline=True, nogil=True)
def signed(x: float, bit: Word) -> Any:
    """−x where the last bit is set."""
    number = np.float64(x)
    bits = np.uint64(number.view(np.uint64) ^ (bit << SIGN))
    return bits.view(np.float64)


@njit(error_model="numpy", forceinline=True, nogil=True)
def normal_pair(w0: Word, w1: Word) -> tuple[Any, Any]:
    """Two independent standard normals from two words, by the transform of Box and Muller.

    The angle is π/4 + φ in a quarter of the circle, φ from 30 bits of the second word; the other two bits are
    the signs. √2 cos(π/4 + φ) = cos φ − sin φ, and √2 sin(π/4 + φ) = cos φ + sin φ.
    """
    number = np.uint64(w0 | TWO_52_BITS)
    uniform = ((number.view(np.float64) - TWO_52) + 0.5) * 2.0**-32
    radius = np.sqrt(-log(uniform))
    number = np.uint64((w1 >> TWO) | TWO_52_BITS)
    angle = ((number.view(np.float64) - TWO_52) + (0.5 - 2.0**29)) * (HALF_PI * 2.0**-30)
    c, s = cosine(angle), sine(angle)
    return signed(radius * (c - s), w1), signed(radius * (c + s), w1 >> ONE)


@njit(error_model="numpy", nogil=True)
def normals(quad: Word, scenario: Word, low: Words, high: Words, k0: Word, k1: Word, out: Floats) -> None:
    """Standard normals of steps 4·quad to 4·quad + 3 for each name: ``out`` (name · 4,)."""
    wide_vectors()
    for i in range(low.shape[0]):
        w0, w1, w2, w3 = philox(quad, scenario, low[i], high[i], k0, k1)
        out[4 * i], out[4 * i + 1] = normal_pair(w0, w1)
        out[4 * i + 2], out[4 * i + 3] = normal_pair(w2, w3)


@njit(error_model="numpy", nogil=True)
def event_uniform(step: Word, scenario: Word, low: Word, high: Word, k0: Word, k1: Word) -> Any:
    w0, w1, _, _ = philox(step, scenario, low, high, k0, k1)
    return unit(w0, w1)


@njit(error_model="numpy", forceinline=True, nogil=True)
def folded(word: Word, key: Word) -> Word:
    """A keyed hash of a word: two products of 64 bits, each folded on itself."""
    product = ((word + key) & WORD) * MULTIPLIER_0
    product = (((product >> HALF) ^ product ^ key) & WORD) * MULTIPLIER_1
    return ((product >> HALF) ^ product) & WORD


@njit(error_model="numpy", forceinline=True, nogil=True)
def scrambled(value: Word, key: Word, bits: Word) -> Word:
    """A keyed permutation of the numbers of some bits, at least 2: a Feistel network, halves unequal."""
    left_bits = bits >> ONE
    right_bits = bits - left_bits
    left, right = value >> right_bits, value & ((ONE << right_bits) - ONE)
    for _ in range(FEISTEL_ROUNDS):
        left, right = right, left ^ (folded(right, key) & ((ONE << left_bits) - ONE))
        left_bits, right_bits = right_bits, left_bits
        key = (key + KEY_STEP_1) & WORD
    return (left << right_bits) | right


@njit(error_model="numpy", forceinline=True, nogil=True)
def jitter(part: Word, key: Word) -> Any:
    """Where in its part a draw lies: one of 2**32 middles in (0, 1)."""
    number = np.uint64(folded(part, key) | TWO_52_BITS)
    return ((number.view(np.float64) - TWO_52) + 0.5) * 2.0**-32
