"""What the types of a step lend each other of how their items differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, polygamma, psi

Floats = NDArray[np.float64]
# Standard deviations of the logarithm of the types' spreads: all alike, up to three times apart in most.
UNLIKE = (np.arange(6) + 0.5) / 6.0
SIZES = np.linspace(-6.0, 7.0, 14)  # of the usual spread, in standard errors; above it the tail is longer
LEAST = 1e-4  # of the weight of the likeliest point: what has less tells nothing


@dataclass(frozen=True)
class Lent:
    """Degrees of freedom and a variance that each type is lent, at points of a grid with their weights."""

    weight: Floats
    freedom: Floats
    variance: Floats


NOTHING = Lent(np.ones(1), np.zeros(1), np.zeros(1))


def lent(freedom: Floats, squares: Floats) -> Lent:
    r"""The posterior of the distribution from which the variances of all types are.

    Variances :math:`\sigma_i^2 \sim d_0 s_0^2 / \chi^2_{d_0}` (Smyth 2004, doi:10.2202/1544-6115.1027), so
    that :math:`s_i^2 \sim s_0^2 F_{d_i, d_0}`. Neither :math:`d_0` nor :math:`s_0` is estimated: both are
    weighed on a grid by this likelihood. The prior is flat in :math:`\ln s_0` and, from 0 to 1, in the
    standard deviation of :math:`\ln \sigma_i`, which is :math:`\tfrac12 \sqrt{\psi'(d_0/2)}`.

    Parameters
    ----------
    freedom, squares
        (types,), above 0: degrees of freedom of each type, and its sum of squares.
    """
    variance, halves = squares / freedom, freedom / 2.0
    logs = np.log(variance) - psi(halves) + np.log(halves)  # without the bias of few items
    log, lends, sizes = [], [], []
    for unlike in UNLIKE.tolist():
        half = _inverse_trigamma(4.0 * unlike**2)
        precision = 1.0 / (polygamma(1, halves) + 4.0 * unlike**2)
        error = 1.0 / math.sqrt(float(precision.sum()))
        middle = float((precision * logs).sum() / precision.sum()) + float(psi(half)) - math.log(half)
        size = np.exp(middle + error * SIZES)
        ratio = variance / size[:, None]
        density = (
            gammaln(half + halves) - gammaln(half) - gammaln(halves)
            + halves * np.log(ratio * halves / half) - (half + halves) * np.log1p(ratio * halves / half)
        )  # fmt: skip
        log.append(density.sum(axis=1) + math.log(error))
        lends.append(np.full(size.size, 2.0 * half))
        sizes.append(size)
    weight = np.exp(np.concatenate(log) - np.max(log))
    kept = weight > LEAST
    weight = weight[kept] / weight[kept].sum()
    return Lent(weight, np.concatenate(lends)[kept], np.concatenate(sizes)[kept])


def _inverse_trigamma(value: float) -> float:
    """The x for which the trigamma function has a value (Newton, Smyth 2004)."""
    x = 0.5 + 1.0 / value
    for _ in range(50):
        at = float(polygamma(1, x))
        change = at * (1.0 - at / value) / float(polygamma(2, x))
        x += change
        if -change / x < 1e-8:
            break
    return x
