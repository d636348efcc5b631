"""Drawing the inputs of scenarios: strengths, lags and starts."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from meguru.engine.compiled import load_kernel
from meguru.errors import RangeError
from meguru.foresight.compile import Inputs, hash_words

Method = Literal["hypercube", "sobol"]
MOST_DIMENSIONS = 21201  # for which scipy has direction numbers
Floats = NDArray[np.float64]


class Draws:
    """The inputs of any scenarios of one run.

    Parameters
    ----------
    inputs
        What is drawn.
    seed, count
        The run: a scenario's inputs depend on both.
    method
        ``hypercube``: Latin hypercube, each scenario by itself. ``sobol``: scrambled Sobol points, drawn all
        at once; ``count`` must be a power of two.
    wanted
        Columns of the inputs; what is drawn for them does not depend on it.

    Raises
    ------
    RangeError
        ``sobol`` with a count that is no power of two, or with more inputs than it has dimensions.
    """

    def __init__(
        self,
        inputs: Inputs,
        seed: int,
        count: int,
        method: Method = "hypercube",
        wanted: slice = slice(None),
    ) -> None:
        spreads = np.array([(one.low, one.mode, one.high) for one in inputs.spreads]).reshape(-1, 3)
        drawn = np.flatnonzero(spreads[:, 0] < spreads[:, 2])
        places = np.arange(len(inputs.names))[wanted]
        kept = np.isin(drawn, places)
        self._seed, self._count = seed, count
        self._constant = spreads[wanted, 1].copy()
        self._columns = drawn[kept] - (places[0] if places.size else 0)
        self._low, self._mode, self._high = spreads[drawn[kept]].T.copy()
        self._words = hash_words(inputs.names[place] for place in drawn[kept])
        self._points = self._sobol(drawn.size)[:, kept] if method == "sobol" else None
        self._kernel = load_kernel("meguru.foresight.kernel_draws")

    def of(self, scenarios: NDArray[np.int64]) -> Floats:
        """(scenario, input) of some scenarios, the inputs wanted."""
        drawn = np.tile(self._constant, (scenarios.size, 1))
        if self._points is not None:
            uniforms = self._points[scenarios]
        else:
            uniforms = np.empty((scenarios.size, self._columns.size))
            key = key_words(self._seed)
            self._kernel.hypercube(scenarios, self._count, *self._words, *key, uniforms)
        self._kernel.triangular(uniforms, self._low, self._mode, self._high, self._columns, drawn)
        return drawn

    def _sobol(self, dimensions: int) -> Floats:
        from scipy.stats import qmc

        if self._count & (self._count - 1):
            raise RangeError(
                "Sobol points are balanced for powers of two only",
                place="scenarios",
                found=self._count,
                expected=f"{1 << (self._count.bit_length() - 1)} or {1 << self._count.bit_length()}",
            )
        if dimensions > MOST_DIMENSIONS:
            raise RangeError(
                "more uncertain inputs than Sobol points have dimensions",
                found=dimensions,
                expected=f"at most {MOST_DIMENSIONS}",
                hint="Draw by Latin hypercube.",
            )
        if not dimensions:
            return np.empty((self._count, 0))
        generator = np.random.default_rng(np.random.SeedSequence(self._seed))
        return np.asarray(qmc.Sobol(dimensions, scramble=True, rng=generator).random(self._count))


def key_words(seed: int) -> tuple[np.uint64, np.uint64]:
    """The seed as the two 32-bit words of a key."""
    if not 0 <= seed < 2**64:
        raise RangeError("the seed is out of range", found=seed, expected="0 or more, below 2**64")
    return np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)
