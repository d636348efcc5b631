"""Sobol points, each name scrambled by itself.

The points are Sobol's with the direction numbers of Joe & Kuo 2008, https://doi.org/10.1137/070709359; the
scrambling is Matoušek's random linear one with a digital shift, https://doi.org/10.1006/jcom.1998.0489.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.random.streams import uniforms

MOST_NAMES = 21201  # for which there are direction numbers
BITS = 32


class SobolPoints:
    """A sequence of points with a coordinate for each name.

    Parameters
    ----------
    seed
        Of the scrambling.
    names
        In the order of the coordinates. The scrambling of one depends on its name alone, its coordinate on
        how many stand before it.

    Raises
    ------
    RangeError
        More names than the sequence has coordinates.
    """

    def __init__(self, seed: int, names: Sequence[str]) -> None:
        if len(names) > MOST_NAMES:
            raise RangeError(
                "more uncertain numbers than Sobol points have coordinates",
                found=len(names),
                expected=f"at most {MOST_NAMES}",
                hint="Draw by Latin hypercube.",
            )
        self._seed = seed
        self._columns = {name: column for column, name in enumerate(names)}
        self._held: tuple[tuple[int, int], NDArray[np.uint32]] | None = None

    def of(self, name: str, first: int, last: int) -> NDArray[np.float64]:
        """(last − first,) coordinates of a name in points ``first`` to ``last``, inside (0, 1)."""
        plain = self._points(first, last)[:, self._columns[name]]
        words = (uniforms(self._seed, f"{name} | scramble", BITS + 1) * 2.0**BITS).astype(np.uint32)
        mixed = np.zeros(len(plain), dtype=np.uint32)
        for place in range(BITS):  # from the first binary digit on: itself, plus any of those before it
            own = np.uint32(1 << (BITS - 1 - place))
            before = np.uint32((0xFFFFFFFF << (BITS - place)) & 0xFFFFFFFF)
            odd = np.bitwise_count(plain & (own | (words[place] & before))) & 1
            mixed |= np.where(odd == 1, own, np.uint32(0))
        return np.asarray((np.bitwise_xor(mixed, words[BITS]) + 0.5) * 2.0**-BITS)

    def _points(self, first: int, last: int) -> NDArray[np.uint32]:
        """(point, name) before scrambling; kept, since one name after the other is asked for."""
        from scipy.stats import qmc

        if self._held is None or self._held[0] != (first, last):
            points = qmc.Sobol(max(1, len(self._columns)), scramble=False, bits=BITS)
            if first:
                points.fast_forward(first)
                found = points.random(last - first)
            else:  # the first by itself: it warns of counts that are no power of two, as blocks may be
                parts = [points.random(1), points.random(last - 1)] if last else [points.random(0)]
                found = np.concatenate(parts)
            self._held = (first, last), (found * 2.0**BITS).astype(np.uint32)
        return self._held[1]
