"""The flat form of a causal model that the kernels read.

Nodes stand in an order of their own: those with most linear edges first. Then the k-th linear edges of all
nodes that have so many are one run whose targets are the first nodes in order, so that a run is added up with
no index of a target (jagged diagonals).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
BLOCK = 4  # steps for which a draw of random numbers is enough


def steps_of(years: float, step: float) -> int:
    """A time as whole steps, half up; the last term forgives the rounding of a division."""
    return math.floor(years / step + 0.5 + 1e-9)


class Nodes(NamedTuple):
    """(node,) in the kernels' order."""

    start: Ints  # column of the inputs
    own: Floats  # (drift + pull · rest) in a step, unit
    pull: Floats  # in a step
    low: Floats
    high: Floats
    outer: Ints  # position in the model
    waits: Ints  # 1 where it is late whatever is drawn: see kernel_prepare


class Noises(NamedTuple):
    """(noisy node,)"""

    node: Ints
    size: Floats  # √dt · noise, unit
    hash_low: Words
    hash_high: Words


class Linear(NamedTuple):
    """(linear edge,) in runs; ``runs`` are the places where they begin, and the end."""

    runs: Ints
    edge: Ints  # column of the strength in the inputs
    lag: Ints  # column of the lag
    source: Ints
    reference: Floats
    gain: Floats  # scale of the target / scale of the source, times the step


class Curved(NamedTuple):
    """(edge,) of other forms: saturating, threshold, product with linear gate, with threshold gate.

    ``ends`` are the four places where these forms end.
    """

    ends: Ints
    edge: Ints
    lag: Ints
    source: Ints
    target: Ints
    gain: Floats  # scale of the target times the step
    reference: Floats
    shrink: Floats  # 1 / scale of the source
    cap: Floats
    steepness: Floats
    threshold: Floats
    second: Ints
    second_reference: Floats
    second_shrink: Floats


class Events(NamedTuple):
    """Events, their conditions (by event) and effects (by event)."""

    chance: Floats  # (event, step) that it happens within the step, where the conditions hold
    hash_low: Words
    hash_high: Words
    lasting: Ints  # steps
    condition_ends: Ints  # (event,)
    condition_node: Ints
    condition_low: Floats
    condition_high: Floats
    effect_ends: Ints  # (event,)
    effect_node: Ints
    jump: Floats  # unit
    push: Floats  # unit per step


class Forced(NamedTuple):
    """(intervention,): shifts where ``held`` is 0. Steps from ``start`` to before ``stop``."""

    node: Ints
    start: Ints
    stop: Ints
    held: Ints
    value: Floats


class Plan(NamedTuple):
    steps: int
    step: float  # years
    longest: int  # lag, steps
    rows: int  # times of history held: the longest lag, now, and those to come before they are moved
    across: int  # places from a node to the next in the history
    along: int  # places from a time to the next
    every: int  # steps between snapshots
    nodes: Nodes
    noises: Noises
    linear: Linear
    curved: Curved
    events: Events
