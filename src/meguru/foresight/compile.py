"""From a causal model to the plan that the kernels read."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.foresight.kernel_plan import BLOCK, Curved, Events, Linear, Nodes, Noises, Plan, steps_of
from meguru.foresight.model import CausalModel, Edge, Event, Spread, edge_names

OFF_THE_GRID = 1e-6  # of a step
HISTORY_BYTES = 400_000  # of one scenario, so that it stays in a core's own cache
LEAST_AHEAD = 16  # steps between two moves of the history
LINE = 8  # numbers of a cache line


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is drawn per scenario, one column each: strengths, then lags (edge), then starts (node)."""

    names: tuple[str, ...]
    spreads: tuple[Spread, ...]
    edges: int

    @property
    def strengths(self) -> slice:
        return slice(0, self.edges)

    @property
    def lags(self) -> slice:
        return slice(self.edges, 2 * self.edges)

    @property
    def starts(self) -> slice:
        return slice(2 * self.edges, len(self.names))


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled model: ``position`` is where a node stands in the plan."""

    model: CausalModel
    plan: Plan
    inputs: Inputs
    position: dict[str, int]
    years: NDArray[np.float64]  # (snapshot,)


def compile_model(model: CausalModel, every: float | None = None) -> Program:
    """Compile a model.

    Parameters
    ----------
    model
        Without faults, see :func:`meguru.foresight.checks.faults`.
    every
        Years between two snapshots; None: a year where that is whole steps and divides the run, else a step.

    Raises
    ------
    RangeError
        ``every`` is not whole steps, or does not divide the run.
    """
    steps = whole_steps(model.last - model.first, model.step, "last")
    shown = steps_between(model, steps, every)
    order = _order(model)
    position = {name: place for place, name in enumerate(order)}
    inputs = _inputs(model)
    longest = max((steps_of(edge.lag.high, model.step) for edge in model.edges), default=0)
    count = len(model.nodes)
    ahead = max(HISTORY_BYTES // (8 * max(count, 1)) - longest, LEAST_AHEAD, longest)
    ahead = max(min(ahead, steps), BLOCK) + BLOCK - 1  # the last block may end after the last step
    waiting = _waiting(model)
    if 2 * len(waiting) > count:  # not worth it
        waiting = set(order)
    rows = _spread_rows(longest + 1 + ahead)
    plan = Plan(
        steps=steps,
        step=float(model.step),
        longest=longest,
        rows=rows,
        across=1 if len(waiting) == count else rows,
        along=count if len(waiting) == count else 1,
        every=shown,
        nodes=_nodes(model, order, inputs, waiting),
        noises=_noises(model, order),
        linear=_linear(model, position, inputs),
        curved=_curved(model, position, inputs),
        events=_events(model, position, steps),
    )
    years = model.first + np.arange(steps // shown + 1) * (shown * model.step)
    rounded = np.round(years)
    return Program(
        model, plan, inputs, position, np.where(np.abs(years - rounded) < OFF_THE_GRID, rounded, years)
    )


def _spread_rows(rows: int) -> int:
    """At least so many: an odd number of cache lines, lest all nodes share a few sets of the cache."""
    lines = -(-rows // LINE)
    return (lines + 1 - lines % 2) * LINE


def hash_words(names: Iterable[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Two 32-bit words for each name: its stream of random numbers."""
    hashed = [
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") for name in names
    ]
    words = np.array(hashed, dtype=np.uint64)
    return words & np.uint64(0xFFFFFFFF), words >> np.uint64(32)


def _inputs(model: CausalModel) -> Inputs:
    edges = edge_names(model.edges)
    names = [f"edges.{name}.strength" for name in edges]
    names += [f"edges.{name}.lag" for name in edges]
    names += [f"nodes.{name}.start" for name in model.nodes]
    spreads = [edge.strength for edge in model.edges]
    spreads += [edge.lag for edge in model.edges]
    spreads += [node.start for node in model.nodes.values()]
    return Inputs(tuple(names), tuple(spreads), len(model.edges))


def whole_steps(years: float, step: float, place: str) -> int:
    """A time as a number of steps, at least one."""
    if not (math.isfinite(step) and step > 0):
        raise RangeError("a step must be longer than nothing", place="step", found=step)
    exact = years / step
    if (
        not math.isfinite(exact)
        or round(exact) < 1
        or abs(exact - round(exact)) > OFF_THE_GRID * max(1, exact)
    ):
        raise RangeError(
            "must be a whole number of steps, at least one",
            place=place,
            found=f"{exact:g} steps of {step:g} year",
        )
    return round(exact)


def steps_between(model: CausalModel, steps: int, every: float | None) -> int:
    """Steps between two snapshots."""
    if every is not None:
        shown = whole_steps(every, model.step, "every")
    else:
        year = round(1 / model.step)
        shown = year if year >= 1 and abs(year * model.step - 1) < OFF_THE_GRID and steps % year == 0 else 1
    if steps % shown:
        raise RangeError("snapshots must divide the run", place="every", found=f"{shown} steps of {steps}")
    return shown


def _order(model: CausalModel) -> list[str]:
    """Nodes with most linear edges first."""
    count = dict.fromkeys(model.nodes, 0)
    for edge in model.edges:
        count[edge.target] += edge.form == "linear"
    return sorted(model.nodes, key=lambda name: -count[name])


def _floats(numbers: Iterable[float]) -> NDArray[np.float64]:
    return np.array(list(numbers), dtype=np.float64)


def _ints(numbers: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(numbers), dtype=np.int64)


def _waiting(model: CausalModel) -> set[str]:
    """Nodes that are late at the most likely lags: see :mod:`meguru.foresight.kernel_prepare`."""
    waiting = {name for event in model.events.values() for name in {**event.jump, **event.push}}
    short = (BLOCK - 1) * model.step
    return waiting | {edge.target for edge in model.edges if edge.form != "linear" or edge.lag.mode < short}


def _nodes(model: CausalModel, order: list[str], inputs: Inputs, waiting: set[str]) -> Nodes:
    nodes = [model.nodes[name] for name in order]
    outer = {name: index for index, name in enumerate(model.nodes)}
    pulls = [model.step * node.pull if node.dynamics == "relax" else 0.0 for node in nodes]
    drifts = [model.step * node.drift if node.dynamics == "drift" else 0.0 for node in nodes]
    return Nodes(
        start=_ints(inputs.starts.start + outer[name] for name in order),
        own=_floats(drift + pull * node.rest for drift, pull, node in zip(drifts, pulls, nodes, strict=True)),
        pull=_floats(pulls),
        low=_floats(node.low for node in nodes),
        high=_floats(node.high for node in nodes),
        outer=_ints(outer[name] for name in order),
        waits=_ints(int(name in waiting) for name in order),
    )


def _noises(model: CausalModel, order: list[str]) -> Noises:
    noisy = [(place, name) for place, name in enumerate(order) if model.nodes[name].noise > 0]
    return Noises(
        _ints(place for place, _ in noisy),
        _floats(math.sqrt(model.step) * model.nodes[name].noise for _, name in noisy),
        *hash_words(f"nodes.{name}.noise" for _, name in noisy),
    )


def _reference(model: CausalModel, given: float | None, source: str) -> float:
    return model.nodes[source].start.mode if given is None else given


def _linear(model: CausalModel, position: dict[str, int], inputs: Inputs) -> Linear:
    into: list[list[int]] = [[] for _ in model.nodes]
    for index, edge in enumerate(model.edges):
        if edge.form == "linear":
            into[position[edge.target]].append(index)
    depth = max(map(len, into), default=0)
    runs = [[held[k] for held in into if len(held) > k] for k in range(depth)]
    indices = [index for run in runs for index in run]
    edges = [model.edges[index] for index in indices]
    return Linear(
        runs=np.cumsum([0, *map(len, runs)], dtype=np.int64),
        edge=_ints(indices),
        lag=_ints(inputs.edges + index for index in indices),
        source=_ints(position[edge.source] for edge in edges),
        reference=_floats(_reference(model, edge.reference, edge.source) for edge in edges),
        gain=_floats(_gain(model, edge) / model.nodes[edge.source].scale for edge in edges),
    )


def _gain(model: CausalModel, edge: Edge) -> float:
    """Change of the target in a step for a strength of 1, in its unit."""
    return model.step * model.nodes[edge.target].scale


def _curved(model: CausalModel, position: dict[str, int], inputs: Inputs) -> Curved:
    kinds: list[list[int]] = [[], [], [], []]
    for index, edge in enumerate(model.edges):
        if edge.form != "linear":
            kind = ("saturating", "threshold", "product").index(edge.form)
            kinds[kind + (edge.form == "product" and edge.gate == "threshold")].append(index)
    indices = [index for kind in kinds for index in kind]
    edges = [model.edges[index] for index in indices]
    seconds = [edge.second if edge.form == "product" else edge.source for edge in edges]
    return Curved(
        ends=np.cumsum(list(map(len, kinds)), dtype=np.int64),
        edge=_ints(indices),
        lag=_ints(inputs.edges + index for index in indices),
        source=_ints(position[edge.source] for edge in edges),
        target=_ints(position[edge.target] for edge in edges),
        gain=_floats(_gain(model, edge) for edge in edges),
        reference=_floats(_reference(model, edge.reference, edge.source) for edge in edges),
        shrink=_floats(1.0 / model.nodes[edge.source].scale for edge in edges),
        cap=_floats(edge.cap for edge in edges),
        steepness=_floats(edge.steepness for edge in edges),
        threshold=_floats(edge.threshold for edge in edges),
        second=_ints(position[second] for second in seconds),
        second_reference=_floats(
            _reference(model, edge.second_reference, second)
            for edge, second in zip(edges, seconds, strict=True)
        ),
        second_shrink=_floats(1.0 / model.nodes[second].scale for second in seconds),
    )


def _events(model: CausalModel, position: dict[str, int], steps: int) -> Events:
    events = list(model.events.items())
    conditions = [one for _, event in events for one in event.conditions]
    effects = [(name, event) for _, event in events for name in {**event.jump, **event.push}]
    low, high = hash_words(f"events.{name}" for name, _ in events)
    return Events(
        chance=np.array([_chances(model, event, steps) for name, event in events]).reshape(-1, steps),
        hash_low=low,
        hash_high=high,
        lasting=_ints(_lasting(model, name, event, steps) for name, event in events),
        condition_ends=np.cumsum([len(event.conditions) for _, event in events], dtype=np.int64),
        condition_node=_ints(position[one.node] for one in conditions),
        condition_low=_floats(-math.inf if one.above is None else one.above for one in conditions),
        condition_high=_floats(math.inf if one.below is None else one.below for one in conditions),
        effect_ends=np.cumsum([len({**event.jump, **event.push}) for _, event in events], dtype=np.int64),
        effect_node=_ints(position[name] for name, _ in effects),
        jump=_floats(event.jump.get(name, 0.0) for name, event in effects),
        push=_floats(model.step * event.push.get(name, 0.0) for name, event in effects),
    )


def _chances(model: CausalModel, event: Event, steps: int) -> list[float]:
    """That the event happens within each step; nothing before the first year of its hazard."""
    years = sorted(event.hazard)
    chances = []
    for step in range(steps):
        begun = [year for year in years if year <= model.first + step * model.step + OFF_THE_GRID]
        chances.append(-math.expm1(-event.hazard[begun[-1]] * model.step) if begun else 0.0)
    return chances


def _lasting(model: CausalModel, name: str, event: Event, steps: int) -> int:
    """Steps that the push of an event lasts."""
    if event.lasting is None:
        return steps
    lasting = steps_of(event.lasting, model.step)
    if lasting < 1:
        place = f"events.{name}.lasting"
        file, line = model.where(place)
        raise RangeError(
            "lasts for less than a step",
            file=file,
            line=line,
            place=place,
            found=event.lasting,
            expected=f"at least {model.step:g} years",
        )
    return lasting
