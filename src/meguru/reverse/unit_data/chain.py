"""Sums of estimates whose calibration errors are shared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Term:
    """A part of a sum: ``amount`` × a log-normal mean per item.

    ``mean`` the best estimate, ``spread`` the standard deviation of its logarithm by few samples,
    ``sources`` relative standard uncertainties by source of error, which other terms may share.
    """

    mean: float
    spread: float = 0.0
    sources: Mapping[str, float] | None = None
    amount: float = 1.0


@dataclass(frozen=True)
class Sum:
    """A sum: mean, standard deviation, and what the latter would be if no error were shared."""

    mean: float
    sd: float
    independent_sd: float

    @property
    def gsd(self) -> float:
        """Geometric standard deviation of the log-normal of the same mean and variance."""
        return math.exp(math.sqrt(math.log1p((self.sd / self.mean) ** 2))) if self.mean > 0.0 else 1.0


def compose(terms: Sequence[Term]) -> Sum:
    r"""The sum of terms :math:`a_k m_k \exp(s_k z_k + \sum_q u_{kq} z_q)/E`, each with mean :math:`a_k m_k`.

    All :math:`z` are standard normal; :math:`z_q` of a source of error is the same in every term that names
    it:

    .. math:: \operatorname{cov}_{kl} = a_k m_k a_l m_l \left(\exp\left(\textstyle\sum_q u_{kq} u_{lq}
       + \delta_{kl} s_k^2\right) - 1\right).
    """
    names = sorted({name for term in terms for name in term.sources or {}})
    mean = np.array([term.amount * term.mean for term in terms])
    shared = np.array([[(term.sources or {}).get(name, 0.0) for name in names] for term in terms]).reshape(
        len(terms), len(names)
    )
    own = np.array([term.spread**2 for term in terms])
    logs = shared @ shared.T + np.diag(own)
    covariance = np.outer(mean, mean) * np.expm1(logs)
    return Sum(
        float(mean.sum()),
        math.sqrt(max(0.0, float(covariance.sum()))),
        math.sqrt(max(0.0, float(np.trace(covariance)))),
    )
