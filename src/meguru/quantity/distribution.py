"""Probability distributions of a number, sampled by inverse transform."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from meguru.errors import DistributionError, RangeError, did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What each form needs; a form with two lines takes either. Then what it may have.
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "normal": (("mean", "sd"),),
    "lognormal": (("median", "gsd"), ("mean", "sd")),
    "uniform": (("low", "high"),),
    "triangular": (("low", "mode", "high"),),
    "pert": (("low", "mode", "high"),),
}
MAY_HAVE: dict[str, tuple[str, ...]] = {"normal": ("low", "high")}
SMALLEST_PART = 1e-9  # of a normal distribution that a truncation must leave


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of one number, its parameters in the unit of the quantity that it belongs to.

    Parameters
    ----------
    form
        ``normal`` (mean, sd; cut off at low and high where given), ``lognormal`` (median and geometric
        standard deviation gsd, or mean and sd), ``uniform`` (low, high), ``triangular`` and ``pert`` (low,
        mode, high; the beta distribution with weight 4 on the mode).

    Raises
    ------
    DistributionError
        Parameters are missing, too many or impossible.
    """

    form: str
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    gsd: float | None = None
    low: float | None = None
    mode: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.form not in NEEDS:
            raise DistributionError(
                "unknown distribution",
                found=self.form,
                expected=list(NEEDS),
                hint=did_you_mean(self.form, NEEDS),
            )
        given = self.parameters()
        may_have = MAY_HAVE.get(self.form, ())
        if not any(set(needs) == set(given) - set(may_have) for needs in NEEDS[self.form]):
            expected = " or ".join(", ".join(needs) for needs in NEEDS[self.form])
            if may_have:
                expected += f" (and, where it is cut off, {', '.join(may_have)})"
            raise DistributionError(
                f"wrong parameters of a {self.form} distribution",
                found=", ".join(given) or "none",
                expected=expected,
            )
        for name, value in given.items():
            if not math.isfinite(value):
                raise DistributionError(f"{name} is not a finite number", found=value)
        self._check_values()

    def parameters(self) -> dict[str, float]:
        """The parameters that are given, by name."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "form"}
        return {name: value for name, value in values.items() if value is not None}

    def has_width(self) -> bool:
        """Whether its samples differ: not with a deviation of zero, or with low and high alike."""
        if self.form == "lognormal":
            return self.sd != 0.0 and self.gsd != 1.0
        if self.form == "normal" and self.sd == 0.0:
            return False
        return self.low is None or self.high is None or self.low < self.high

    def _check_values(self) -> None:
        if self.sd is not None and self.sd < 0:
            raise DistributionError("sd is negative", found=self.sd)
        if self.gsd is not None and self.gsd < 1:
            raise DistributionError("gsd is below 1", found=self.gsd, expected="1 or more")
        if self.form == "lognormal":
            for name, value in (("median", self.median), ("mean", self.mean)):
                if value is not None and value <= 0:
                    raise DistributionError(
                        f"{name} of a lognormal distribution is not positive", found=value
                    )
        bounds = [bound for bound in (self.low, self.mode, self.high) if bound is not None]
        if bounds != sorted(bounds):
            found = ", ".join(f"{bound:g}" for bound in bounds)
            raise DistributionError(
                "low, mode and high are not in ascending order", found=found, expected="low ≤ mode ≤ high"
            )
        if bounds and math.isinf(bounds[-1] - bounds[0]):
            raise DistributionError("low and high are too far apart to calculate with", found=str(bounds))
        if self.form == "normal":
            self._check_truncation()

    def _check_truncation(self) -> None:
        mean, sd = self._pair("mean", "sd")
        if sd > 0:
            low, high = self._standard_bounds()
            remains = _normal_between(low, high)
        else:
            remains = float(
                (self.low is None or self.low <= mean) and (self.high is None or mean <= self.high)
            )
        if remains < SMALLEST_PART:
            raise DistributionError(
                "low and high leave nothing of the normal distribution", found=str(self.parameters())
            )

    def _pair(self, first: str, second: str) -> tuple[float, float]:
        return float(getattr(self, first)), float(getattr(self, second))

    def _standard_bounds(self) -> tuple[float, float]:
        """The bounds of a normal distribution in standard deviations from the mean."""
        mean, sd = self._pair("mean", "sd")
        low, high = self._bounds()
        return (low - mean) / sd, (high - mean) / sd

    def _bounds(self) -> tuple[float, float]:
        """Low and high, infinite where they are not given."""
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high

    def _logarithmic(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm."""
        if self.median is not None and self.gsd is not None:
            return math.log(self.median), math.log(self.gsd)
        mean, sd = self._pair("mean", "sd")
        variance = math.log1p((sd / mean) ** 2)
        return math.log(mean) - variance / 2, math.sqrt(variance)

    def expected(self) -> float:
        """The mean, of what a truncation leaves where there is one."""
        if self.form == "lognormal":
            location, spread = self._logarithmic()
            return math.exp(location + spread**2 / 2)
        if self.form == "uniform":
            low, high = self._pair("low", "high")
            return low + (high - low) / 2
        if self.form in ("triangular", "pert"):
            low, high = self._pair("low", "high")
            weight = 4.0 if self.form == "pert" else 1.0
            mode = float(self.mode or 0.0)
            return low + (mode - low) * (weight / (2.0 + weight)) + (high - low) / (2.0 + weight)
        mean, sd = self._pair("mean", "sd")
        if sd == 0:
            return mean
        low, high = self._standard_bounds()
        middle = mean + sd * (_density(low) - _density(high)) / _normal_between(low, high)
        bounds = self._bounds()
        return min(max(middle, bounds[0]), bounds[1])


def draw(distribution: Distribution, uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Samples of a distribution from uniforms in (0, 1), by inverse transform.

    The shape is that of the uniforms.

    Raises
    ------
    RangeError
        A uniform is not inside (0, 1).
    """
    import numpy as np

    share = np.asarray(uniforms, dtype=np.float64)
    if share.size and not (share.min() > 0.0 and share.max() < 1.0):
        raise RangeError("uniforms must lie inside (0, 1)", found=f"{share.min():g} to {share.max():g}")
    form = distribution.form
    if form == "normal":
        return _draw_normal(distribution, share)
    if form == "lognormal":
        from scipy.special import ndtri

        location, spread = distribution._logarithmic()
        return np.asarray(np.exp(location + spread * ndtri(share)))
    low, high = distribution._pair("low", "high")
    if form == "uniform" or low == high:
        return low + (high - low) * share
    mode = float(distribution.mode or 0.0)
    if form == "triangular":
        peak = (mode - low) / (high - low)
        rising = low + (high - low) * np.sqrt(share * peak)
        falling = high - (high - low) * np.sqrt((1.0 - share) * (1.0 - peak))
        return np.where(share < peak, rising, falling)
    from scipy.special import betaincinv

    left = 1.0 + 4.0 * ((mode - low) / (high - low))
    right = 1.0 + 4.0 * ((high - mode) / (high - low))
    return np.asarray(low + (high - low) * betaincinv(left, right, share))


def _draw_normal(distribution: Distribution, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Samples of a normal distribution, cut off where it has bounds; computed in the lower tail: exact."""
    import numpy as np
    from scipy.special import ndtr, ndtri

    mean, sd = distribution._pair("mean", "sd")
    if sd == 0:
        return np.full_like(share, mean)
    low, high = distribution._standard_bounds()
    if low > 0:
        first, last = ndtr(-high), ndtr(-low)
        standard = -ndtri(first + (1.0 - share) * (last - first))
    else:
        first, last = ndtr(low), ndtr(high)
        standard = ndtri(first + share * (last - first))
    # Cut once more: rounding may step over a bound.
    return np.asarray(np.clip(mean + sd * standard, *distribution._bounds()))


def _density(standard: float) -> float:
    return math.exp(-(standard**2) / 2) / math.sqrt(2 * math.pi)


def _normal_between(low: float, high: float) -> float:
    """Part of the standard normal distribution between two bounds, exact in the upper tail too."""
    if low > 0:
        low, high = -high, -low
    return (math.erfc(-high / math.sqrt(2)) - math.erfc(-low / math.sqrt(2))) / 2
