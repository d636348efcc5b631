"""Counter-based random numbers in kernels: Philox 4×32-10 (Salmon et al. 2011,
https://doi.org/10.1145/2063384.2063405).

The key is the seed, the counter says what is drawn; so any number can be had without the others. All words
are 32 bits held in unsigned 64.
"""

from __future__ import annotations

import numpy as np
from numba import njit

Word = np.uint64

MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
KEY_STEP_0, KEY_STEP_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
WORD = np.uint64(0xFFFFFFFF)
HALF, TWELVE = np.uint64(32), np.uint64(12)
ONE_BITS = np.uint64(0x3FF0000000000000)


@njit(error_model="numpy", forceinline=True, nogil=True)
def philox(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    for _ in range(10):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        c0 = (product_1 >> HALF) ^ c1 ^ k0
        c1 = product_1 & WORD
        c2 = (product_0 >> HALF) ^ c3 ^ k1
        c3 = product_0 & WORD
        k0 = (k0 + KEY_STEP_0) & WORD
        k1 = (k1 + KEY_STEP_1) & WORD
    return c0, c1, c2, c3


@njit(error_model="numpy", forceinline=True, nogil=True)
def unit(high: Word, low: Word) -> float:
    """Two words as the middle of one of 2**52 equal parts of (0, 1)."""
    bits = np.uint64((((high << HALF) | low) >> TWELVE) | ONE_BITS)
    return (bits.view(np.float64) - 1.0) + 2.0**-53
