"""Sums of what is recorded, row by row: the equations of the balances."""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import declared


@declared("void(int64[::1], int64[::1], float64[:, ::1], float64[:, :, ::1], float64[:, :, ::1])")
def add_rows(starts: Any, columns: Any, weights: Any, recorded: Any, out: Any) -> Any:
    """Add up what is ``recorded`` (column, sample, step) in the columns of each row.

    ``weights`` (sample or 1, entry); ``out`` (row, sample, step).
    """
    for row in range(out.shape[0]):
        for sample in range(out.shape[1]):
            of_sample = sample if weights.shape[0] > 1 else 0
            for entry in range(starts[row], starts[row + 1]):
                weight, column = weights[of_sample, entry], columns[entry]
                for step in range(out.shape[2]):
                    out[row, sample, step] += weight * recorded[column, sample, step]
