"""How often intervals of unit data hold the truth: ``python -m benchmarks.reverse_coverage``.

Synthetic types of one step with log-normal items. Over a grid: number of types; items of a type (or drawn
from 1 to 100); standard deviation between types as a share of that between items; and by which geometric
standard deviation the spreads of the types differ. The shares go to ``reverse_coverage.md``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import keep_table, measure, tell
from meguru.reverse.unit_data.estimate import estimate

TYPES = (3, 5, 10, 30)
ITEMS = (3, 10, 50, 0)  # 0: drawn for each type
DRAWN = (1, 2, 3, 5, 10, 30, 100)
BETWEEN = (0.3, 1.0, 3.0)
UNLIKE = (1.0, 1.2, 1.5, 2.0)
SPREAD = 0.3  # usual standard deviation of the logarithm from item to item
LEVEL, EACH, SEED = 0.95, 1000, 11


def covered(
    types: int, items: int, between: float, unlike: float, each: int = EACH, level: float = LEVEL
) -> NDArray[np.int64]:
    """Rows of (items of the type, whether its interval holds the true median), at least ``each``."""
    random = np.random.default_rng([SEED, types, items, round(10 * between), round(10 * unlike)])
    rows = []
    for _ in range(math.ceil(each / types)):
        counts = np.full(types, items) if items else random.choice(DRAWN, types)
        spreads = SPREAD * np.exp(random.normal(0.0, math.log(unlike), types))
        truth = random.normal(0.0, between * SPREAD, types)
        drawn = zip(truth, spreads, counts, strict=True)
        found = estimate([np.exp(random.normal(*one)) for one in drawn], level=level)
        rows += [
            (count, one.low <= math.exp(true) <= one.high)
            for one, true, count in zip(found, truth, counts, strict=True)
            if one.low is not None and one.high is not None
        ]
    return np.array(rows, dtype=np.int64)


def estimates() -> None:
    random = np.random.default_rng(SEED)
    samples = [np.exp(random.normal(0.0, SPREAD, count)) for count in random.choice(DRAWN, 100)]
    tell(**measure(lambda: estimate(samples), runs=3))


def main() -> None:
    lines = [
        "| types | items of each | between types | "
        + " | ".join(f"spreads differ by {one:g}" for one in UNLIKE) + " |",
        "| --- | --- | --- |" + " --- |" * len(UNLIKE),
    ]  # fmt: skip
    everything, few = [], []
    for types in TYPES:
        for items in ITEMS:
            for between in BETWEEN:
                cells = [covered(types, items, between, unlike) for unlike in UNLIKE]
                everything += [100.0 * cell[:, 1].mean() for cell in cells]
                few += [cell[cell[:, 0] <= 2] for cell in cells if not items]
                shares = " | ".join(f"{100.0 * cell[:, 1].mean():.1f}" for cell in cells)
                lines.append(f"| {types} | {items or '1 to 100'} | {between:g} | {shares} |")
                print(lines[-1], flush=True)
    rate = np.array(everything)
    error = 100.0 * math.sqrt(LEVEL * (1.0 - LEVEL) / EACH)
    inside = int(((rate >= 93.0) & (rate <= 97.0)).sum())
    lines += [
        "",
        f"Per cent of {100 * LEVEL:g} % intervals that hold the true median, {EACH:,} or more a cell "
        f"(standard error {error:.1f}). All {rate.size} cells: mean {rate.mean():.1f}, {rate.min():.1f} to "
        f"{rate.max():.1f}, {inside} of them from 93 to 97; types with one or two items "
        f"{100.0 * np.concatenate(few)[:, 1].mean():.1f}. Between types: standard deviation as a "
        "share of that between items. `python -m benchmarks.reverse_coverage`; synthetic.",
        "",
    ]
    keep_table(__file__, lines)


CASES = {"estimates": estimates}

if __name__ == "__main__":
    main()
