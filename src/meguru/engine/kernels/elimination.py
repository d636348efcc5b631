"""The linear equations of a loop, solved."""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import uncounted


@uncounted()
def eliminate(matrix: Any, right: Any) -> Any:
    """Gaussian elimination in place, the answer in ``right``. False where a loop loses nothing.

    I − A with column sums of A at most one needs no pivoting; a pivot near zero is a loop without loss.
    """
    n = right.shape[0]
    for k in range(n):
        if matrix[k, k] < 1e-12:
            return False
        for i in range(k + 1, n):
            a = matrix[i, k] / matrix[k, k]
            if a != 0.0:
                for j in range(k, n):
                    matrix[i, j] -= a * matrix[k, j]
                right[i] -= a * right[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            right[k] -= matrix[k, j] * right[j]
        right[k] /= matrix[k, k]
    return True
