"""The innermost loops: over the births of pieces, one after the other in memory.

Positions and counts are unsigned: a signed one may be negative, which Python counts from the end, and a loop
that must look at the sign of every position can not take several at once.
"""

from __future__ import annotations

from typing import Any

from meguru.engine.kernel_declared import declared


@declared("void(float64[::1], uint64, uint64, float64, uint64)")
def add_scaled(z: Any, there: Any, here: Any, amount: Any, count: Any) -> Any:
    """Add ``amount`` times what stands here."""
    for k in range(count):
        z[there + k] += amount * z[here + k]


@declared("void(float64[::1], float64[::1], uint64, uint64, uint64, uint64, float64, uint64)")
def add_struck(
    z: Any, c: Any, there: Any, here: Any, start: Any, stride: Any, amount: Any, count: Any
) -> Any:
    """Add ``amount`` times what stands here and meets its hazard."""
    for k in range(count):
        z[there + k] += amount * z[here + k] * c[start + k * stride]


@declared("void(float64[::1], float64[::1], uint64, uint64, uint64, uint64, float64, uint64)")
def add_spared(
    z: Any, c: Any, there: Any, here: Any, start: Any, stride: Any, amount: Any, count: Any
) -> Any:
    """Add ``amount`` times what stands here and escapes its hazard."""
    for k in range(count):
        z[there + k] += amount * z[here + k] * (1.0 - c[start + k * stride])


@declared("void(float64[::1], float64[::1], uint64, uint64, uint64, uint64, float64, float64, uint64)")
def spare_and_add(
    z: Any, c: Any, here: Any, other: Any, start: Any, stride: Any, kept: Any, added: Any, count: Any
) -> Any:
    """``kept`` times what escapes its hazard, plus ``added`` times what stands elsewhere."""
    for k in range(count):
        z[here + k] = z[here + k] * (1.0 - c[start + k * stride]) * kept + added * z[other + k]


@declared("float64(float64[::1], float64[::1], uint64, uint64, uint64, uint64)")
def struck(z: Any, c: Any, here: Any, start: Any, stride: Any, count: Any) -> Any:
    """Sum of what meets its hazard; four sums, for which a processor need not wait in turn."""
    first = second = third = fourth = 0.0
    for k in range(0, count >> 2 << 2, 4):
        first += z[here + k] * c[start + k * stride]
        second += z[here + k + 1] * c[start + (k + 1) * stride]
        third += z[here + k + 2] * c[start + (k + 2) * stride]
        fourth += z[here + k + 3] * c[start + (k + 3) * stride]
    for k in range(count >> 2 << 2, count):
        first += z[here + k] * c[start + k * stride]
    return (first + second) + (third + fourth)


@declared("float64(float64[::1], float64[::1], uint64, uint64, uint64, uint64)")
def struck_ages(z: Any, c: Any, here: Any, start: Any, stride: Any, count: Any) -> Any:
    """Sum of the ages of what meets its hazard: ``count`` the first, 1 the last."""
    first = second = third = fourth = 0.0
    age = float(count)
    for k in range(0, count >> 2 << 2, 4):
        first += z[here + k] * c[start + k * stride] * age
        second += z[here + k + 1] * c[start + (k + 1) * stride] * (age - 1.0)
        third += z[here + k + 2] * c[start + (k + 2) * stride] * (age - 2.0)
        fourth += z[here + k + 3] * c[start + (k + 3) * stride] * (age - 3.0)
        age -= 4.0
    for k in range(count >> 2 << 2, count):
        first += z[here + k] * c[start + k * stride] * age
        age -= 1.0
    return (first + second) + (third + fourth)


@declared("float64(float64[::1], uint64, uint64)")
def ages(z: Any, here: Any, count: Any) -> Any:
    """Sum of the ages of what stands here: ``count`` the first, 1 the last."""
    first = second = third = fourth = 0.0
    age = float(count)
    for k in range(0, count >> 2 << 2, 4):
        first += z[here + k] * age
        second += z[here + k + 1] * (age - 1.0)
        third += z[here + k + 2] * (age - 2.0)
        fourth += z[here + k + 3] * (age - 3.0)
        age -= 4.0
    for k in range(count >> 2 << 2, count):
        first += z[here + k] * age
        age -= 1.0
    return (first + second) + (third + fourth)


@declared("void(float64[::1], uint64, uint64, uint64)")
def put(z: Any, there: Any, here: Any, count: Any) -> Any:
    """Copy what stands here."""
    for k in range(count):
        z[there + k] = z[here + k]


@declared("void(float64[::1], float64[::1], uint64, uint64, uint64)")
def put_over(into: Any, out_of: Any, there: Any, here: Any, count: Any) -> Any:
    """Copy what stands here in one array to there in another."""
    for k in range(count):
        into[there + k] = out_of[here + k]


@declared("void(float64[::1], uint64, uint64)")
def clear(z: Any, there: Any, count: Any) -> Any:
    """Set to zero."""
    for k in range(count):
        z[there + k] = 0.0


@declared("float64(float64[::1], uint64, uint64)")
def total(z: Any, here: Any, count: Any) -> Any:
    """Sum of what stands here."""
    found = 0.0
    for k in range(count):
        found += z[here + k]
    return found
