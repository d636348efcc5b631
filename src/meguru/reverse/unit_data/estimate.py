"""Log-normal estimates for many types at once: those with few samples borrow from their family and the
step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp, ndtri

from meguru.errors import RangeError
from meguru.reverse.unit_data.spreads import NOTHING, Lent, lent

Floats = NDArray[np.float64]
GRID = 14  # points of each standard deviation between types and between families
WIDEST = 3.0  # of the grid, in standard deviations of the types' means and of items
ALIKE = 1e-18  # mean square of logarithms that is rounding: such items tell nothing of how items differ
LEAST = 1e-5  # weight of a point of the grid that shapes what others predict
# Of the density of a location, in its scales: fine at the middle, wide enough for one degree of freedom.
AROUND = np.sinh(np.linspace(-11.0, 11.0, 301)) / (8.0 * math.sinh(1.0))


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
    r"""Estimate the median of each type by hierarchical Bayes.

    Logarithms :math:`y_{ij} = \mu_i + \varepsilon_{ij}`, :math:`\varepsilon \sim N(0, \sigma_i^2)`,
    :math:`\mu_i = m + f_{k(i)} + t_i`, families :math:`f \sim N(0, \tau_f^2)`, types :math:`t \sim N(0,
    \tau_t^2)`. The variances :math:`\sigma_i^2` have a distribution of their own
    (:func:`meguru.reverse.unit_data.spreads.lent`), over which they are integrated out; both :math:`\tau`
    are not fixed either but weighed by their restricted likelihood on a grid, with flat priors; what all
    other types say of :math:`\mu_i` is its prior, exactly the leave-one-out prediction.

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

    def estimates(self) -> list[Estimate]:
        """One for each type."""
        some = (self.freedom > 0.0) & (self.squares > ALIKE * self.count)
        self.freedom[~some] = self.squares[~some] = 0.0
        if not some.any():
            return [self._undefined(i) for i in range(self.mean.size)]
        # One type alone gives Student's interval, whatever the usual spread may be.
        spreads = lent(self.freedom[some], self.squares[some]) if self.mean.size > 1 else NOTHING
        freedom = self.freedom[:, None] + spreads.freedom
        squares = self.squares[:, None] + spreads.freedom * spreads.variance
        # Told, and taken for what others predict of a location: each variance at its geometric mean.
        variance = np.exp(np.log(squares / freedom) @ spreads.weight)
        weight, middle, prior = self._predicted(variance)
        return [
            self._one(i, spreads, variance[i], weight, middle[:, i], prior[:, i])
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
        between = steps if (same.sum() > same.diagonal().sum() and not same.all()) else np.zeros(1)
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
        self, i: int, spreads: Lent, variance: float, weight: Floats, middle: Floats, prior: Floats
    ) -> Estimate:
        """The posterior of one location: samples with the spread integrated out, times the mixture of
        priors."""
        scale = math.sqrt(variance / self.count[i])
        location = self.mean[i] + scale * AROUND
        alone = not np.isfinite(prior).all()
        if not alone:
            # What others predict may be narrow and far from the type's own mean.
            narrow = math.sqrt(float(prior[weight > LEAST].min()))
            location = np.sort(np.concatenate([location, float(weight @ middle) + narrow * AROUND]))
        # In logarithms: of many samples and a prior far from them, one is 0 where the other is not.
        log = self._log_likelihood(i, spreads, location - self.mean[i])
        if not alone:
            log = log - 0.5 * (location - middle[:, None]) ** 2 / prior[:, None]
        log = np.atleast_2d(log)
        joint = np.exp(log - log.max(axis=1, keepdims=True)) * np.gradient(location)
        mass = weight @ (joint / joint.sum(axis=1, keepdims=True))
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

    def _log_likelihood(self, i: int, spreads: Lent, around: Floats) -> Floats:
        """Of locations so far from the mean of a type: Student's t for each point of the grid of spreads."""
        freedom = self.freedom[i] + spreads.freedom
        squares = self.squares[i] + spreads.freedom * spreads.variance
        width = np.sqrt(squares / freedom / self.count[i])
        tails = np.log1p((around / width[:, None]) ** 2 / freedom[:, None])
        log = np.log(spreads.weight / width * _student_peak(freedom))[:, None] - (
            0.5 * (freedom + 1.0)[:, None] * tails
        )
        return np.asarray(logsumexp(log, axis=0))


def _student_peak(freedom: Floats) -> Floats:
    """Density of Student's t at its middle."""
    return np.asarray(
        np.exp(gammaln((freedom + 1.0) / 2.0) - gammaln(freedom / 2.0)) / np.sqrt(np.pi * freedom)
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
