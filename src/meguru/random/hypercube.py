"""Latin hypercube: one number in each of as many equal parts as there are samples.

McKay, Beckman & Conover 1979, https://doi.org/10.1080/00401706.1979.10489755.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meguru.random.streams import uniforms


def hypercube(seed: int, name: str, count: int) -> NDArray[np.float64]:
    """All ``count`` numbers of a name; other names do not change them.

    Parameters
    ----------
    seed, name
        As :func:`meguru.random.uniforms`.
    count
        Samples of the whole run.

    Returns
    -------
    (count,)
        Inside (0, 1); one in each part of width 1 / count, the parts in random order.
    """
    order = np.argsort(uniforms(seed, f"{name} | part", count), kind="stable")
    found = np.empty(count)
    found[order] = np.arange(count) + uniforms(seed, f"{name} | in the part", count)
    return np.minimum(found / count, np.nextafter(1.0, 0.0))
