"""Linear algebra on one thread, so that its sums do not depend on how many there are."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits


def one_thread() -> AbstractContextManager[object]:
    """While open, matrix products and decompositions run on one thread."""
    limit: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limit
