"""Elementary functions without branches or tables, of + − × ÷ √ and fused multiply-add only.

The compiler vectorises them; and since IEEE 754 says how each of these operations is rounded, they give the
same bits on every machine, which the functions of a C library do not. All are Taylor series after a reduction
of the argument, long enough that what is left out is below the rounding of a double.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

LN2_HIGH = 0.693147180369123816490  # its last 32 bits are zero: a product with a small integer is exact
LN2_LOW = 1.90821492927058770002e-10
LOG2_E = 1.4426950408889634
ROOT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)  # of √½
EXPONENT_MASK = np.int64(-(1 << 52))
ROUNDER = 6755399441055744.0  # 1.5 · 2**52: adding and taking it away rounds to an integer
LARGEST_EXPONENT = 700.0


@intrinsic
def _fma(_typing: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, rounded once: written out, so that no compiler decides where it stands."""
    signature = types.float64(types.float64, types.float64, types.float64)
    return signature, lambda _context, builder, _signature, numbers: builder.fma(*numbers)


fma: Any = _fma


@njit(error_model="numpy", forceinline=True, nogil=True)
def expm1(x: float) -> Any:
    """exp(x) − 1 for any x; beyond ±700 as at ±700."""
    x = min(max(x, -LARGEST_EXPONENT), LARGEST_EXPONENT)
    whole = (x * LOG2_E + ROUNDER) - ROUNDER
    r = (x - whole * LN2_HIGH) - whole * LN2_LOW  # |r| ≤ ½ ln 2
    t = fma(r, 1 / 87178291200, 1 / 6227020800)
    t = fma(r, t, 1 / 479001600)
    t = fma(r, t, 1 / 39916800)
    t = fma(r, t, 1 / 3628800)
    t = fma(r, t, 1 / 362880)
    t = fma(r, t, 1 / 40320)
    t = fma(r, t, 1 / 5040)
    t = fma(r, t, 1 / 720)
    t = fma(r, t, 1 / 120)
    t = fma(r, t, 1 / 24)
    t = fma(r, t, 1 / 6)
    t = fma(r, t, 0.5)
    small = fma(r * r, t, r)
    raised = np.int64((np.int64(whole) + np.int64(1023)) << np.int64(52))
    power = raised.view(np.float64)
    return fma(power, small, power - 1.0)


@njit(error_model="numpy", forceinline=True, nogil=True)
def tanh(x: float) -> Any:
    grown = expm1(2.0 * x)
    return grown / (grown + 2.0)


@njit(error_model="numpy", forceinline=True, nogil=True)
def logistic(x: float) -> Any:
    """1 / (1 + exp(−x))."""
    return 1.0 / (2.0 + expm1(-x))


@njit(error_model="numpy", forceinline=True, nogil=True)
def log(x: float) -> Any:
    """Natural logarithm of a positive, normal number: 2 artanh((m − 1)/(m + 1)) + k ln 2, m in [√½, √2)."""
    number = np.float64(x)
    bits = np.int64(number.view(np.int64))
    shifted = bits - ROOT_HALF_BITS
    scaled = np.int64(bits - (shifted & EXPONENT_MASK))
    m = scaled.view(np.float64)
    k = np.float64(shifted >> np.int64(52))
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    t = fma(z, 1 / 21, 1 / 19)
    t = fma(z, t, 1 / 17)
    t = fma(z, t, 1 / 15)
    t = fma(z, t, 1 / 13)
    t = fma(z, t, 1 / 11)
    t = fma(z, t, 1 / 9)
    t = fma(z, t, 1 / 7)
    t = fma(z, t, 1 / 5)
    t = fma(z, t, 1 / 3)
    twice = s + s
    return fma(k, LN2_HIGH, fma(twice * z, t, fma(k, LN2_LOW, twice)))


@njit(error_model="numpy", forceinline=True, nogil=True)
def sine(x: float) -> Any:
    """sin(x) for |x| ≤ π/4."""
    z = x * x
    t = fma(z, -1 / 1307674368000, 1 / 6227020800)
    t = fma(z, t, -1 / 39916800)
    t = fma(z, t, 1 / 362880)
    t = fma(z, t, -1 / 5040)
    t = fma(z, t, 1 / 120)
    t = fma(z, t, -1 / 6)
    return fma(x * z, t, x)


@njit(error_model="numpy", forceinline=True, nogil=True)
def cosine(x: float) -> Any:
    """cos(x) for |x| ≤ π/4."""
    z = x * x
    t = fma(z, 1 / 20922789888000, -1 / 87178291200)
    t = fma(z, t, 1 / 479001600)
    t = fma(z, t, -1 / 3628800)
    t = fma(z, t, 1 / 40320)
    t = fma(z, t, -1 / 720)
    t = fma(z, t, 1 / 24)
    t = fma(z, t, -0.5)
    return fma(z, t, 1.0)
