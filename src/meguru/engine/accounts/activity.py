"""What unit data, prices and fees multiply: units and mass carried, stock, whether a process runs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from meguru.engine.results.masses import Masses

Array = NDArray[np.float64]
DUST = 1e-12  # of the largest amount of a row: what is left of rounding does not run a process


@dataclass(frozen=True, slots=True)
class Driver:
    """Something measured in every step.

    ``kind`` is one of ``units`` and ``mass`` (of flows), ``valued`` and ``valued_mass`` (the same with the
    factor by age on the price), ``stock`` and ``stock_mass`` (of holders, times the length of the step),
    ``runs`` (1 in a step in which one of the flows carries or one of the holders holds anything, leaving out
    what is below 1e-12 of its largest amount) and ``always`` (1). What the flows of ``less`` carry is taken
    away: a full process does nothing with what it turns away.
    """

    kind: str
    flows: tuple[int, ...] = ()
    holders: tuple[int, ...] = ()
    less: tuple[int, ...] = ()


@dataclass(slots=True)
class Amounts:
    """Evaluates drivers over the reported steps.

    Attributes
    ----------
    valued : (sample, row, step)
        Units times the factor on the price by age.
    valued_row : (flow,)
    steps
        Those reported.
    length
        Of a step in years.
    """

    flows: Masses
    holders: Masses
    valued: Array
    valued_row: NDArray[np.int64]
    steps: slice
    length: float
    known: dict[Driver, Array] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """(sample, time)."""
        samples, _, steps = self.flows.units.shape
        return samples, len(range(*self.steps.indices(steps)))

    def of(self, driver: Driver) -> Array:
        """(sample, time)."""
        if driver not in self.known:
            self.known[driver] = self._measure(driver)
        return self.known[driver]

    def _measure(self, driver: Driver) -> Array:
        if driver.kind == "always":
            return np.ones(self.shape)
        if driver.kind == "runs":
            return self._runs(driver)
        if driver.kind in ("stock", "stock_mass"):
            return self._sum([self._held(driver.kind, holder) for holder in driver.holders])
        carried = self._sum([self._carried(driver.kind, flow) for flow in driver.flows])
        if not driver.less:
            return carried
        turned_away = self._sum([self._carried(driver.kind, flow) for flow in driver.less])
        # A limit that falls turns away more than comes in; and rounding leaves something of nothing.
        return np.where(carried - turned_away > DUST * carried, carried - turned_away, 0.0)

    def _carried(self, kind: str, flow: int) -> Array:
        if kind == "units":
            return self.flows.units[:, flow, self.steps]
        if kind == "mass":
            return self.flows.total(flow, self.steps)
        valued: Array = self.valued[:, int(self.valued_row[flow]), self.steps]
        if kind == "valued":
            return valued
        assert kind == "valued_mass"
        return valued * self.flows.composition.per_unit(self.flows.items[flow])[:, None]

    def _held(self, kind: str, holder: int) -> Array:
        if kind == "stock":
            return self.holders.units[:, holder, self.steps] * self.length
        return self.holders.total(holder, self.steps) * self.length

    def _runs(self, driver: Driver) -> Array:
        running = np.zeros(self.shape, dtype=bool)
        for flow in driver.flows:
            running |= self._carries(self.flows.units[:, flow])
        for holder in driver.holders:
            running |= self._carries(self.holders.units[:, holder])
        return running.astype(np.float64)

    def _carries(self, units: Array) -> NDArray[np.bool_]:
        """Where a row (sample, step), of all steps simulated, carries more than rounding."""
        carries: NDArray[np.bool_] = units > DUST * units.max(axis=1, keepdims=True)
        return carries[:, self.steps]

    def _sum(self, parts: list[Array]) -> Array:
        if len(parts) == 1:
            return parts[0]
        total = np.zeros(self.shape)
        for part in parts:
            total += part
        return total
