"""What it is worth to know the condition of what comes back before it is treated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meguru.errors import RangeError, ShareError

Array = NDArray[np.float64]
SLACK = 1e-9  # of shares that sum to one


@dataclass(frozen=True)
class SortingValue:
    """Sorting blind against sorting by what is known, per unit that comes back.

    Attributes
    ----------
    blind
        Actor → value when all units get the one treatment that is best on the whole.
    known
        Actor → value when each unit gets the treatment that is best for its signal.
    treatment_blind
        Position of the one treatment.
    treatment_known : (signal,)
        Position of the treatment of each signal.
    """

    blind: Mapping[str, float]
    known: Mapping[str, float]
    treatment_blind: int
    treatment_known: Sequence[int]

    @property
    def worth(self) -> dict[str, float]:
        """Actor → what the information is worth to it; it may be negative for some."""
        return {actor: self.known[actor] - self.blind[actor] for actor in self.blind}

    @property
    def total(self) -> float:
        """Of all actors together; never negative."""
        return sum(self.known.values()) - sum(self.blind.values())


def sorting_value(
    shares: ArrayLike, payoffs: Mapping[str, ArrayLike], signals: ArrayLike | None = None
) -> SortingValue:
    """The value of information about condition, to each actor, when treatments are chosen for the whole.

    Parameters
    ----------
    shares : (condition,)
        Of what comes back; they sum to one.
    payoffs
        Actor → (condition, treatment) money per unit.
    signals : (condition, signal)
        Probability of what is known of a unit of a condition, as by a test that errs; default the condition
        itself.

    Raises
    ------
    ShareError
        Shares or probabilities that do not sum to one.
    RangeError
        Arrays that do not fit each other, or payoffs that are not numbers.

    Notes
    -----
    The expected value of perfect information, or with ``signals`` of sample information: Raiffa, H. and
    Schlaifer, R. (1961), Applied Statistical Decision Theory, chapters 4 and 5.

    >>> found = sorting_value([0.5, 0.5], {"maker": [[90, 10], [-40, 10]]})
    >>> found.blind, found.known, found.total
    ({'maker': 25.0}, {'maker': 50.0}, 25.0)
    """
    of_condition = np.asarray(shares, dtype=np.float64)
    by_actor = {name: np.asarray(one, dtype=np.float64) for name, one in payoffs.items()}
    test = np.eye(of_condition.size) if signals is None else np.asarray(signals, dtype=np.float64)
    _check(of_condition, by_actor, test)
    joint = of_condition[:, None] * test  # (condition, signal)
    # (actor, signal, treatment): what each treatment brings of the units with each signal
    parts = np.stack([joint.T @ one for one in by_actor.values()])
    blind = int(parts.sum(axis=(0, 1)).argmax())
    known = parts.sum(axis=0).argmax(axis=1)
    picked = np.take_along_axis(parts, known[None, :, None], axis=2)[:, :, 0].sum(axis=1)
    return SortingValue(
        dict(zip(by_actor, parts.sum(axis=1)[:, blind].tolist(), strict=True)),
        dict(zip(by_actor, picked.tolist(), strict=True)),
        blind,
        known.tolist(),
    )


def _check(shares: Array, payoffs: Mapping[str, Array], signals: Array) -> None:
    if not payoffs or len({one.shape for one in payoffs.values()}) != 1:
        raise RangeError(
            "payoffs of actors that do not fit each other", expected="(condition, treatment) of each"
        )
    shape = next(iter(payoffs.values())).shape
    tables = len(shape) == signals.ndim == 2 and 0 not in (*shape, *signals.shape)
    if not tables or not shares.shape == shape[:1] == signals.shape[:1]:
        raise RangeError(
            "shares, payoffs and signals that do not fit each other",
            found=f"{shares.shape}, {shape} and {signals.shape}",
            expected="(condition,), (condition, treatment) and (condition, signal)",
        )
    if not all(np.isfinite(one).all() for one in payoffs.values()):
        raise RangeError("payoffs that are not finite")
    for what, sums, least in (
        ("shares of the conditions", shares.sum(), shares.min()),
        ("probabilities of the signals", signals.sum(axis=1), signals.min()),
    ):
        if least < 0.0 or not np.all(np.abs(sums - 1.0) <= SLACK):
            raise ShareError(
                f"{what} that do not sum to one", found=sums, expected="1, of numbers of at least 0"
            )
