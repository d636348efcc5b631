"""The innermost loops: over the births of pieces, one after the other in memory.

Positions and counts are unsigned: a signed one may be negative, which Python counts from the end, and a loop
that must look at the sign of every position can not take several at once.
"""

from __future__ import annotations

from typing import Any

from numba import njit


@njit("void(float64[::1], uint64, uint64, float64, uint64)", cache=True)
def add_scaled(z: Any, there: Any, here: Any, amount: Any, count: Any) -> Any:
    """Add ``amount`` times what stands here."""
    for k in range(count):
        z[there + k] += amount * z[here + k]


@njit("void(float64[::1], float64[::1], uint64, uint64, uint64, uint64, float64, uint64)", cache=True)
def add_struck(
    z: Any, c: Any, there: Any, here: Any, start: Any, stride: Any, amount: Any, count: Any
) -> Any:
    """Add ``amount`` times what stands here and meets its hazard."""
    for k in range(count):
        z[there + k] += amount * z[here + k] * c[start + k * stride]


@njit("void(float64[::1], float64[::1], uint64, uint64, uint64, uint64, float64, uint64)", cache=True)
def add_spared(
    z: Any, c: Any, there: Any, here: Any, start: Any, stride: Any, amount: Any, count: Any
) -> Any:
    """Add ``amount`` times what stands here and escapes its hazard."""
    for k in range(count):
        z[there + k] += amount * z[here + k] * (1.0 - c[start + k * stride])


@njit(
    "void(float64[::1], float64[::1], uint64, uint64, uint64, uint64, float64, float64, uint64)", cache=True
)
def spare_and_add(
    z: Any, c: Any, here: Any, other: Any, start: Any, stride: Any, kept: Any, added: Any, count: Any
) -> Any:
    """``kept`` times what escapes its hazard, plus ``added`` times what stands elsewhere."""
    for k in range(count):
        z[here + k] = z[here + k] * (1.0 - c[start + k * stride]) * kept + added * z[other + k]


@njit("float64(float64[::1], float64[::1], uint64, uint64, uint64, uint64)", cache=True)
def struck(z: Any, c: Any, here: Any, start: Any, stride: Any, count: Any) -> Any:
    """Sum of what meets its hazard; two sums, for which a processor need not wait in turn."""
    even = odd = 0.0
    for k in range(count >> 1):
        even += z[here + 2 * k] * c[start + 2 * k * stride]
        odd += z[here + 2 * k + 1] * c[start + (2 * k + 1) * stride]
    if count & 1:
        even += z[here + count - 1] * c[start + (count - 1) * stride]
    return even + odd


@njit("float64(float64[::1], float64[::1], uint64, uint64, uint64, uint64)", cache=True)
def struck_ages(z: Any, c: Any, here: Any, start: Any, stride: Any, count: Any) -> Any:
    """Sum of the ages of what meets its hazard: ``count`` the first, 1 the last."""
    even = odd = 0.0
    for k in range(count >> 1):
        even += z[here + 2 * k] * c[start + 2 * k * stride] * (count - 2 * k)
        odd += z[here + 2 * k + 1] * c[start + (2 * k + 1) * stride] * (count - 2 * k - 1)
    if count & 1:
        even += z[here + count - 1] * c[start + (count - 1) * stride]
    return even + odd


@njit("float64(float64[::1], uint64, uint64)", cache=True)
def ages(z: Any, here: Any, count: Any) -> Any:
    """Sum of the ages of what stands here: ``count`` the first, 1 the last."""
    even = odd = 0.0
    for k in range(count >> 1):
        even += z[here + 2 * k] * (count - 2 * k)
        odd += z[here + 2 * k + 1] * (count - 2 * k - 1)
    if count & 1:
        even += z[here + count - 1]
    return even + odd


@njit("void(float64[::1], uint64, uint64, uint64)", cache=True)
def put(z: Any, there: Any, here: Any, count: Any) -> Any:
    """Copy what stands here."""
    for k in range(count):
        z[there + k] = z[here + k]


@njit("void(float64[::1], uint64, uint64)", cache=True)
def clear(z: Any, there: Any, count: Any) -> Any:
    """Set to zero."""
    for k in range(count):
        z[there + k] = 0.0


@njit("float64(float64[::1], uint64, uint64)", cache=True)
def total(z: Any, here: Any, count: Any) -> Any:
    """Sum of what stands here."""
    found = 0.0
    for k in range(count):
        found += z[here + k]
    return found
