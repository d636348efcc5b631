"""What an ensemble runs, and the running of one block of its samples, here or on another machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.engine import Comparison
from meguru.engine.given import those_of
from meguru.engine.results.result import hash_of, hash_of_values
from meguru.engine.run import blocks_of, run_block
from meguru.engine.sampling import Draws, draws_of, sampling_data
from meguru.files.document import component_data
from meguru.indicators import sampled
from meguru.model import Model, apply
from meguru.model.components import Indicator, Sampling
from meguru.model.uncertain import is_certain
from meguru.version import __version__

Array = NDArray[np.float64]
BLOCK_BYTES = 24 * 2**20  # of what is recorded: fits the cache of a few cores, a hundredth of their memory


@dataclass(frozen=True)
class Plan:
    """What an ensemble runs.

    Parameters
    ----------
    model
        Before a scenario is applied.
    scenarios
        In order, the reference among them.
    indicators
        What is kept of each sample: name → formula and unit.
    values
        Numbers given from outside: place → (sample,).
    """

    model: Model
    scenarios: Sequence[str]
    reference: str
    indicators: Mapping[str, Indicator]
    samples: int
    seed: int
    sampling: Sampling
    values: Mapping[str, Array] = field(default_factory=dict)

    @cached_property
    def draws(self) -> Draws:
        """The uniform numbers of all places."""
        return draws_of(self.model, self.samples, self.seed, self.sampling)

    @cached_property
    def years(self) -> list[int]:
        """The years reported."""
        return list(range(self.model.time.first, self.model.time.last + 1))

    @cached_property
    def alike(self) -> bool:
        """Whether nothing in the scenarios is uncertain: all samples are alike."""
        return not self.values and is_certain(self.model, self.scenarios)

    def blocks(self, size: int | None) -> list[tuple[int, int]]:
        """First and last sample of each block."""
        if size is None:
            applied = apply(self.model, self.reference)
            given = those_of(applied, self.values)
            return blocks_of(applied, self.draws, given, self.samples, BLOCK_BYTES)
        return [(first, min(first + size, self.samples)) for first in range(0, self.samples, size)]

    @cached_property
    def settings(self) -> dict[str, Any]:
        """All that the numbers depend on, as plain data: what a run must have in common to be continued."""
        return {
            "model": self.model.name,
            "model_hash": hash_of(self.model),
            "version": __version__,
            "scenarios": list(self.scenarios),
            "indicators": {name: component_data(one, "", {}) for name, one in self.indicators.items()},
            "samples": self.samples,
            "seed": self.seed,
            "sampling": sampling_data(self.sampling),
            "values": hash_of_values(self.values) if self.values else None,
        }


@dataclass(frozen=True, slots=True)
class Block:
    """Some samples of an ensemble.

    Parameters
    ----------
    values
        (scenario, indicator, sample, year), NaN where undefined.
    version
        Of meguru where it was run.
    """

    first: int
    last: int
    values: Array
    version: str = __version__


def run_samples(plan: Plan, first: int, last: int) -> Block:
    """Run samples ``first`` to ``last`` in all scenarios, keep the indicators."""
    block = first, last
    results = {
        name: run_block(plan.model, name, plan.draws, block, values=plan.values) for name in plan.scenarios
    }
    found = sampled(Comparison(results, plan.reference), plan.indicators)
    values = np.array([[found[name, key] for key in plan.indicators] for name in plan.scenarios])
    return Block(first, last, values)


def digest(values: Array) -> str:
    """SHA-256 of the bits of an array."""
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()
