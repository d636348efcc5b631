"""Counter-based streams of uniform numbers.

Each name has a stream of its own under each seed: Philox 4x64-10 (Salmon et al. 2011,
https://doi.org/10.1145/2063384.2063405), keyed by the seed and a hash of the name. Any element can be had
without those before it, so that blocks and threads do not change a number.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError

WORDS = 4  # that Philox gives per count


def uniforms(seed: int, name: str, count: int, start: int = 0) -> NDArray[np.float64]:
    """Elements ``start`` to ``start + count`` of the stream of a name.

    Parameters
    ----------
    seed
        0 or more, below 2**64.
    name
        What is drawn, as ``processes.use.leave.worn.scale``.
    count, start
        0 or more.

    Returns
    -------
    (count,)
        Inside (0, 1), never 0 or 1: the middles of 2**52 equal parts.

    Raises
    ------
    RangeError
        Seed, count or start is out of range.
    """
    if not 0 <= seed < 2**64:
        raise RangeError("the seed is out of range", found=seed, expected="0 or more, below 2**64")
    if count < 0 or start < 0:
        raise RangeError("count and start must not be negative", found=f"{count}, {start}")
    hashed = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    key = np.array([seed, hashed], dtype=np.uint64)
    skipped = start % WORDS
    words = np.random.Philox(key=key, counter=start // WORDS).random_raw(skipped + count)[skipped:]
    return np.asarray(((words >> np.uint64(12)) + 0.5) * 2.0**-52)
