"""Log-normal estimates for many types at once: those with few samples borrow from their family and the
step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, polygamma, psi

from meguru.errors import RangeError

Floats = NDArray[np.float64]
GRID = 14  # points of each standard deviation between types and between families
WIDEST = 3.0  # of the grid, in standard deviations of the types' means and of items
FEW = 3  # types whose variances tell nothing of how variances differ
POINTS = 1001  # of the density of a location
REACH, NARROW = 11.0, 8.0  # of that grid: fine at the middle, wide enough for one degree of freedom


@dataclass(frozen=True)
class Estimate:
    """A log-normal number per item of one type.

    ``count`` samples; ``median`` with its interval ``low`` to ``high``; ``gsd`` from item to item; ``own``
    the share of the estimate that the type's own samples have. Undefined (None) where nothing tells how
    items differ.
    """

    count: int
    median: float
    gsd: float | None
    low: float | None
    high: float | None
    own: float
    level: float

    @property
    def spread(self) -> float | None:
        """Standard deviation of the logarithm of the median, of a normal with the same interval."""
        if self.low is None or self.high is None:
            return None
        return math.log(self.high / self.low) / (2.0 * float(ndtri((1.0 + self.level) / 2.0)))

    @property
    def mean(self) -> float:
        """Mean per item."""
        return self.median * (1.0 if self.gsd is None else math.exp(math.log(self.gsd) ** 2 / 2.0))


def estimate(
    samples: Sequence[Sequence[float] | Floats],
    families: Sequence[str | None] | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    r"""Estimate the median of each type by empirical Bayes.

    Logarithms :math:`y_{ij} = \mu_i + \varepsilon_{ij}`, :math:`\varepsilon \sim N(0, \sigma_i^2)`,
    :math:`\mu_i = m + f_{k(i)} + t_i`, families :math:`f \sim N(0, \tau_f^2)`, types :math:`t \sim N(0,
    \tau_t^2)`. The variances :math:`\sigma_i^2` are shrunk together (Smyth 2004,
    doi:10.2202/1544-6115.1027); both
    :math:`\tau` are not fixed but weighed by their restricted likelihood on a grid, with flat priors; what
    all other types say of
    :math:`\mu_i` is its prior, exactly the leave-one-out prediction.

    Parameters
    ----------
    samples
        For each type at least one number above 0.
    families
        Of each type; None: of no family. Default: none has one.
    level
        Share of intervals that cover the true median.

    Raises
    ------
    RangeError
        A type has no sample, or a sample is not above 0.
    """
    if not 0.0 < level < 1.0:
        raise RangeError("the level of an interval", found=level, expected="between 0 and 1")
    logs = []
    for index, one in enumerate(samples):
        values = np.asarray(one, dtype=np.float64)
        if not values.size or not (np.isfinite(values).all() and (values > 0.0).all()):
            raise RangeError("samples must be numbers above 0", place=str(index), found=values)
        logs.append(np.log(values))
    return _Types(logs, families or [None] * len(logs), level).estimates() if logs else []


class _Types:
    """Statistics of the types of one step."""

    def __init__(self, logs: list[Floats], families: Sequence[str | None], level: float) -> None:
        self.families, self.level = families, level
        self.count = np.array([one.size for one in logs], dtype=np.float64)
        self.mean = np.array([one.mean() for one in logs])
        self.squares = np.array([((one - one.mean()) ** 2).sum() for one in logs])
        self.freedom = self.count - 1.0

    def lent(self, i: int) -> tuple[float, float]:
        """Degrees of freedom and variance that all other types lend to one.

        Moments of the logarithm of their variances; never more freedom than they have together.
        """
        some = (self.freedom > 0.0) & (self.squares > 0.0)
        some[i] = False
        if not some.any():
            return 0.0, 0.0
        freedom = self.freedom[some]
        variance = self.squares[some] / freedom
        whole, pooled = float(freedom.sum()), float(self.squares[some].sum() / freedom.sum())
        if freedom.size < FEW:
            return whole, pooled
        logs = np.log(variance) - psi(freedom / 2.0) + np.log(freedom / 2.0)
        excess = float(logs.var(ddof=1) - polygamma(1, freedom / 2.0).mean())
        if excess <= 0.0:
            return whole, pooled
        lent = 2.0 * _inverse_trigamma(excess)
        return min(lent, whole), float(np.exp(logs.mean() + psi(lent / 2.0) - math.log(lent / 2.0)))

    def estimates(self) -> list[Estimate]:
        """One for each type."""
        lent = [self.lent(i) for i in range(self.mean.size)]
        freedom = self.freedom + [one for one, _ in lent]
        squares = self.squares + [one * variance for one, variance in lent]
        known = (freedom > 0.0) & (squares > 0.0)
        if not known.any():
            return [self._undefined(i) for i in range(self.mean.size)]
        variance = np.where(known, squares / np.maximum(freedom, 1.0), 0.0)
        variance[~known] = variance[known].mean()
        weight, middle, prior = self._predicted(variance)
        return [
            self._one(i, freedom[i], squares[i], weight, middle[:, i], prior[:, i])
            if known[i]
            else self._undefined(i)
            for i in range(self.mean.size)
        ]

    def _undefined(self, i: int) -> Estimate:
        return Estimate(int(self.count[i]), math.exp(self.mean[i]), None, None, None, 1.0, self.level)

    def _predicted(self, variance: Floats) -> tuple[Floats, Floats, Floats]:
        """Weights of the points of the grid; mean and variance of each location by all other types at
        each."""
        count = self.mean.size
        if count == 1:
            return np.ones(1), np.zeros((1, 1)), np.full((1, 1), np.inf)
        noise = variance / self.count
        widest = WIDEST * (float(self.mean.std(ddof=1)) + math.sqrt(float(variance.mean())))
        steps = widest * (np.arange(GRID) + 0.5) ** 2 / GRID**2
        same = np.array([[a is not None and a == b for b in self.families] for a in self.families])
        between = steps if (same.sum() > count and not same.all()) else np.zeros(1)
        spacing = {id(one): (np.gradient(one) if one.size > 1 else np.ones(1)) for one in (steps, between)}
        logs, middles, priors = [], [], []
        for a, step_a in zip(steps, spacing[id(steps)], strict=True):
            for b, step_b in zip(between, spacing[id(between)], strict=True):
                covariance = np.diag(noise + a * a) + b * b * same + b * b * np.diag(~same.diagonal())
                log, middle, prior = _leave_one_out(covariance, self.mean, noise)
                logs.append(log + math.log(step_a * step_b))
                middles.append(middle)
                priors.append(prior)
        weight = np.exp(np.array(logs) - max(logs))
        return weight / weight.sum(), np.array(middles), np.array(priors)

    def _one(
        self, i: int, freedom: float, squares: float, weight: Floats, middle: Floats, prior: Floats
    ) -> Estimate:
        """The posterior of one location: samples with the spread integrated out, times the mixture of
        priors."""
        variance = squares / freedom
        scale = math.sqrt(variance / self.count[i])
        around = np.sinh(np.linspace(-REACH, REACH, POINTS)) * (scale / math.sinh(1.0) / NARROW)
        location = self.mean[i] + around
        log = -0.5 * (freedom + 1.0) * np.log(squares + self.count[i] * around**2)
        like = np.exp(log - log.max())
        alone = not np.isfinite(prior).all()
        if not alone:
            normal = np.exp(-0.5 * (location - middle[:, None]) ** 2 / prior[:, None]) / np.sqrt(
                prior[:, None]
            )
            joint = like * np.gradient(location) * normal
            mass = weight @ (joint / joint.sum(axis=1, keepdims=True))
        else:
            mass = like * np.gradient(location)
        total = (np.cumsum(mass) - mass / 2.0) / mass.sum()
        low, median, high = np.interp([0.5 - self.level / 2, 0.5, 0.5 + self.level / 2], total, location)
        return Estimate(
            count=int(self.count[i]),
            median=math.exp(median),
            gsd=math.exp(math.sqrt(variance)),
            low=math.exp(low),
            high=math.exp(high),
            own=1.0 if alone else float(weight @ (prior / (prior + scale**2))),
            level=self.level,
        )


def _leave_one_out(covariance: Floats, mean: Floats, noise: Floats) -> tuple[float, Floats, Floats]:
    """Restricted log likelihood; mean and variance of each location as all other types predict it."""
    inverse = np.linalg.inv(covariance)
    ones = inverse.sum(axis=1)
    whole = float(ones.sum())
    precision = inverse - np.outer(ones, ones) / whole
    error = precision @ mean
    _, size = np.linalg.slogdet(covariance)
    log = -0.5 * (float(size) + math.log(whole) + float(mean @ error))
    diagonal = precision.diagonal()
    return log, mean - error / diagonal, np.maximum(1.0 / diagonal - noise, 1e-12 * noise)


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
