"""Two real series beside what is wanted of them: ``python -m benchmarks.reverse_real``.

The series come with the package aeon, which needs an environment of its own (older numba): ACSF1, power of
ten kinds of appliances, and ElectricDevices, joined series with their changes. Windows of several lengths
are shown, so that none is chosen by its result.
"""

from __future__ import annotations

import numpy as np

from meguru.reverse.segment.changes import changes
from meguru.reverse.segment.signature import learn


def covering(true: list[int], found: list[int], length: int) -> float:
    """Mean over readings of the greatest overlap (Jaccard) of their true part with a found one."""
    parts = [list(zip([0, *edges], [*edges, length], strict=True)) for edges in (true, found)]
    total = 0.0
    for a, b in parts[0]:
        overlaps = (max(0, min(b, d) - max(a, c)) / (max(b, d) - min(a, c)) for c, d in parts[1])
        total += (b - a) * max(overlaps)
    return total / length


def main() -> None:
    from aeon.datasets import load_acsf1, load_electric_devices_segmentation

    series, period, true = load_electric_devices_segmentation()
    values, edges = np.asarray(series, dtype=float).ravel(), [int(one) for one in true]
    for times in (2, 4, 5, 8, 10):
        found = changes(values, len(edges), times * int(period))
        print(f"ElectricDevices, window {times} periods: covering {covering(edges, found, values.size):.3f}")
    learned_from, labels = load_acsf1(split="train")
    asked, truth = load_acsf1(split="test")
    for seed in range(5):
        learned = learn(learned_from[:, 0], [str(one) for one in labels], seed=seed)
        right = np.mean(
            [one == str(other) for one, other in zip(learned.label(asked[:, 0]), truth, strict=True)]
        )
        print(f"ACSF1, seed {seed}: accuracy {right:.3f}")


if __name__ == "__main__":
    main()
