"""Rank correlations by a Gaussian copula.

Numbers keep their own distribution; what is correlated are the ranks. A normal copula with correlation r has
the rank correlation (Spearman) 6/π · arcsin(r/2): Kruskal 1958, https://doi.org/10.1080/01621459.1958.10501481.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from meguru.errors import CorrelationError

Array = NDArray[np.float64]
SMALLEST = 1e-10  # eigenvalue of a matrix that still counts as positive


class Correlated:
    """Names whose numbers move together.

    Parameters
    ----------
    names
        All that are connected with each other, directly or through others.
    spearman
        Rank correlation of pairs of them; of other pairs 0.

    Raises
    ------
    CorrelationError
        An entry is not inside (−1, 1), or no numbers have all these correlations (the matrix is not positive
        definite); the error names the entries that contradict each other.
    """

    def __init__(self, names: tuple[str, ...], spearman: Mapping[tuple[str, str], float]) -> None:
        self.names = names
        matrix = np.eye(len(names))
        for (one, other), rank in spearman.items():
            if not -1.0 < rank < 1.0:
                raise CorrelationError(
                    f"the correlation of {one} and {other} is out of range",
                    found=f"{rank:g}",
                    expected="above -1, below 1",
                    hint="Two numbers that always move together share a parameter."
                    if abs(rank) == 1
                    else None,
                )
            row, column = names.index(one), names.index(other)
            matrix[row, column] = matrix[column, row] = 2.0 * np.sin(np.pi / 6.0 * rank)
        if np.linalg.eigvalsh(matrix)[0] < SMALLEST:
            raise _contradiction(names, spearman, matrix)
        self._root: Array = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)

    def scores(self, name: str, independent: Mapping[str, Array]) -> Array:
        """Normal scores of a name that have the correlations.

        Parameters
        ----------
        independent
            Name → (sample,) uniform numbers that are independent of each other, for each of the names.

        Returns
        -------
        (sample,) of the standard normal distribution
        """
        from scipy.special import ndtri

        row = self.names.index(name)
        total = np.zeros_like(independent[name])
        for column in range(row + 1):  # one by one: the same sum for any number of samples
            if self._root[row, column] != 0.0:
                total += self._root[row, column] * ndtri(independent[self.names[column]])
        return total


def _contradiction(
    names: tuple[str, ...], spearman: Mapping[tuple[str, str], float], matrix: Array
) -> CorrelationError:
    """The error, with the fewest names that already contradict each other."""
    held = list(range(len(names)))
    for one in range(len(names)):
        rest = [other for other in held if other != one]
        if rest and np.linalg.eigvalsh(matrix[np.ix_(rest, rest)])[0] < SMALLEST:
            held = rest
    entries = []
    for first, second in combinations([names[index] for index in held], 2):
        rank = spearman.get((first, second), spearman.get((second, first), 0.0))
        entries.append(f"{first} with {second}: {rank:g}")
    return CorrelationError(
        f"correlations that no numbers can have together: {'; '.join(entries)}",
        found="a matrix that is not positive definite",
        expected="entries nearer to 0, or one of them with the other sign",
    )
