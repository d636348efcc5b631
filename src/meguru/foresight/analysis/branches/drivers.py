"""Drivers of a split: what differs before it, what tells its sides, what turns scenarios when forced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RunError
from meguru.foresight.analysis.branches.branch import BranchYear
from meguru.foresight.analysis.branches.events import EventTurned, turned_by_event
from meguru.foresight.analysis.branches.reach import reaching
from meguru.foresight.analysis.branches.sides import Sides, key_of, sides_of, state_at
from meguru.foresight.analysis.forces import shifted_in
from meguru.foresight.analysis.grouping.features import row_of
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.grouping.tree import Split
from meguru.foresight.analysis.statistics.importance import (
    effect_sizes,
    false_discovery,
    permutation_importance,
)
from meguru.foresight.draws import Draws
from meguru.foresight.futures import Futures
from meguru.foresight.model import edge_names

Floats = NDArray[np.float64]

SAMPLE = 4000  # scenarios for effect sizes and importance
RERUN = 600  # scenarios of each rerun
CANDIDATES = 25  # nodes that are rerun
EVENTS = 5  # events that are rerun
CHANCE = 0.05  # false discovery rate above which an event is not rerun
WINDOW = 3  # snapshots up to the branch year in which a node's difference is looked for


@dataclass(frozen=True, slots=True)
class Driver:
    """A node and its part in a split.

    Attributes
    ----------
    node, role
        Its name and role.
    year
        Of the window up to the branch, that in which its effect size is largest.
    effect_size
        Left less right side, in standard deviations of both together, in that year.
    q_value
        False discovery rate of the effect size over all nodes.
    importance
        Loss of AUC on held-out scenarios where the node's state at the branch is shuffled.
    shift
        The forced change: a standard deviation of the node in that year, in its unit.
    up, down
        Share ending left where the node is shifted up in that year, and where it is shifted down: of the
        scenarios rerun, all of which ended on either side of the split in the run, those that end nearer to a
        centroid of the left side than to any of the right; centroids of other groups do not count.
        None: not rerun.
    causal_effect
        ``up`` less ``down``.
    error
        Standard error of it, over scenarios with common random numbers.
    rank
        By size of the causal effect, from 1; None: not rerun.
    """

    node: str
    role: str
    year: float
    effect_size: float
    q_value: float
    importance: float
    shift: float
    up: float | None
    down: float | None
    causal_effect: float | None
    error: float | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class InputDriver:
    """A number drawn for each scenario, or an event: ``start``, ``strength``, ``lag`` or ``event``.

    ``turned`` tells what forcing the event does: of the events that differ most between the sides. Effect
    size and importance of an event are those up to the branch year; of one that has not happened in any
    scenario by then, the effect size is that up to the end, and it has no importance.
    """

    kind: str
    name: str
    effect_size: float
    q_value: float
    importance: float
    turned: EventTurned | None = None


@dataclass(frozen=True, slots=True)
class Drivers:
    """Drivers of a split, strongest first: nodes by causal effect, inputs by importance.

    Attributes
    ----------
    left, right
        Codes of the groups on either side.
    year
        Its branch year.
    members
        Numbers of the scenarios that are rerun: on them rest the causal effects.
    nodes, inputs
        The drivers.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    year: float
    members: tuple[int, ...]
    nodes: tuple[Driver, ...]
    inputs: tuple[InputDriver, ...]


def drivers(
    futures: Futures,
    groups: Groups,
    split: Split,
    branch: BranchYear,
    *,
    candidates: int = CANDIDATES,
    rerun: int = RERUN,
) -> Drivers:
    """Drivers of a split.

    Parameters
    ----------
    futures, groups
        The scenarios and their groups.
    split, branch
        The split and its branch year.
    candidates
        Nodes that are rerun: those with a way to a KPI whose effect size or importance ranks highest.
    rerun
        Scenarios of each rerun at most.

    Raises
    ------
    RunError
        The split has no branch year.
    """
    if branch.year is None:
        raise RunError(
            "a split without a branch year has no drivers", place=key_of(split), found=branch.reason
        )
    sides = sides_of(groups, split, SAMPLE, "drivers.sample")
    last = row_of(futures, branch.year)
    rows = range(max(0, last - WINDOW + 1), last + 1)
    sizes, chance, best = _window(futures, sides, rows)
    state = state_at(futures, last, sides.rows)[:, : len(futures.nodes)]
    importance = permutation_importance(state, sides.left, groups.seed, f"drivers.state.{key_of(split)}")
    able = reaching(futures.model, groups.kpis)
    looks = _Looks(
        years=futures.years[best],
        sizes=sizes,
        q_values=false_discovery(chance),
        importance=importance,
        spread=np.array(
            [futures.states[row, place][sides.rows].std(dtype=float) for place, row in enumerate(best)]
        ),
    )
    members = _members(futures, groups, split, rerun)
    turned = {
        place: causal_effect(
            futures,
            groups,
            split,
            members,
            futures.nodes[place],
            int(best[place]),
            float(looks.spread[place]),
        )
        for place in _screened(futures.nodes, able, sizes, importance, candidates)
        if looks.spread[place] > 0
    }
    inputs = input_drivers(futures, groups, split, sides, branch.year)
    return Drivers(
        left=split.left,
        right=split.right,
        year=branch.year,
        members=tuple(int(one) for one in members),
        nodes=_ranked(futures, looks, turned),
        inputs=_with_events(futures, groups, split, members, inputs, sides, branch.year),
    )


@dataclass(frozen=True, eq=False)
class _Looks:
    """What is seen of each node (node,) without any rerun."""

    years: Floats
    sizes: Floats
    q_values: Floats
    importance: Floats
    spread: Floats


@dataclass(frozen=True, slots=True)
class Turned:
    """What a rerun with a node shifted up and one with it shifted down tell; see :class:`Driver`."""

    up: float
    down: float
    effect: float
    error: float


def _ranked(futures: Futures, looks: _Looks, turned: Mapping[int, Turned]) -> tuple[Driver, ...]:
    """Nodes by causal effect, then those not rerun by effect size."""
    by_effect = sorted(turned, key=lambda place: (-abs(turned[place].effect), place))
    rest = [int(place) for place in np.argsort(-np.abs(looks.sizes), kind="stable") if place not in turned]
    found = []
    for rank, place in enumerate([*by_effect, *rest], start=1):
        name, told = futures.nodes[place], turned.get(place)
        found.append(
            Driver(
                node=name,
                role=futures.model.nodes[name].role,
                year=float(looks.years[place]),
                effect_size=float(looks.sizes[place]),
                q_value=float(looks.q_values[place]),
                importance=float(looks.importance[place]),
                shift=float(looks.spread[place]),
                up=told.up if told else None,
                down=told.down if told else None,
                causal_effect=told.effect if told else None,
                error=told.error if told else None,
                rank=rank if told else None,
            )
        )
    return tuple(found)


def _window(futures: Futures, sides: Sides, rows: range) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Largest effect size of each node over snapshots, its p-value for that choice, and the snapshot."""
    found = [
        effect_sizes(state_at(futures, row, sides.rows)[:, : len(futures.nodes)], sides.left) for row in rows
    ]
    sizes, chance = np.array([one for one, _ in found]), np.array([one for _, one in found])
    # The latest of equals: what stands unchanged is forced no earlier than needed.
    best = len(rows) - 1 - np.abs(sizes[::-1]).argmax(axis=0)
    places = np.arange(sizes.shape[1])
    return sizes[best, places], np.minimum(chance[best, places] * len(rows), 1.0), best + rows.start


def effects_by_year(futures: Futures, groups: Groups, split: Split, nodes: Sequence[str]) -> Floats:
    """Effect sizes (node, year): left less right side, in standard deviations of both together.

    Parameters
    ----------
    futures, groups, split
        The scenarios, their groups and the split.
    nodes
        Names.
    """
    sides = sides_of(groups, split, SAMPLE, "drivers.sample")
    places = [futures.nodes.index(name) for name in nodes]
    columns = [
        effect_sizes(np.asarray(futures.states[row][places][:, sides.rows], dtype=float).T, sides.left)[0]
        for row in range(len(futures.years))
    ]
    return np.array(columns).T


def _screened(
    nodes: tuple[str, ...], able: Mapping[str, int], sizes: Floats, importance: Floats, most: int
) -> list[int]:
    """Nodes that rank highest by effect size or by importance, in turn."""
    by_size = np.argsort(-np.abs(sizes), kind="stable")
    by_importance = np.argsort(-importance, kind="stable")
    found: dict[int, None] = {}
    for pair in zip(by_size, by_importance, strict=True):
        for place in pair:
            if len(found) < most and nodes[place] in able:
                found[int(place)] = None
    return list(found)


def _members(futures: Futures, groups: Groups, split: Split, most: int) -> NDArray[np.int64]:
    return np.asarray(futures.members[sides_of(groups, split, most, "drivers.rerun").rows])


def causal_effect(
    futures: Futures,
    groups: Groups,
    split: Split,
    members: NDArray[np.int64],
    node: str,
    row: int,
    size: float,
) -> Turned:
    """Shares ending left where a node is shifted up and down by ``size``, and what lies between them.

    The shift stands in the snapshot ``row``, or one step later where that is the start; all random numbers
    are those of the run. Scenarios are judged by the nearest of the centroids of the split.
    """
    among = [groups.number(code) for code in (*split.left, *split.right)]
    left = [groups.number(code) for code in split.left]
    ended = []
    for change in (size, -size):
        forced = shifted_in(futures.model, node, float(futures.years[row]), change)
        again = futures.again((*futures.interventions, forced), members=members)
        ended.append(np.isin(groups.classify(again, among), left).astype(float))
    change = ended[0] - ended[1]
    return Turned(
        up=float(ended[0].mean()),
        down=float(ended[1].mean()),
        effect=float(change.mean()),
        error=float(change.std() / np.sqrt(change.size)),
    )


def input_drivers(
    futures: Futures, groups: Groups, split: Split, sides: Sides, year: float
) -> tuple[InputDriver, ...]:
    """Starts, strengths and lags that differ between scenarios, and events up to the branch."""
    model = futures.model
    edges = tuple(edge_names(model.edges))
    places, asked = futures.program.inputs, futures.asked
    drawn = Draws(places, asked.seed, asked.count, asked.method).of(futures.members[sides.rows])
    blocks = [
        ("start", futures.nodes, drawn[:, places.starts].T),
        ("strength", edges, drawn[:, places.strengths].T),
        ("lag", edges, drawn[:, places.lags].T),
        ("event", tuple(model.events), (futures.events[:, sides.rows] <= year).astype(float)),
    ]
    labels, columns = [], []
    for kind, names, values in blocks:
        for name, row in zip(names, values, strict=True):
            if row.min() < row.max():
                labels.append((kind, name))
                columns.append(row)
    if not columns:
        return ()
    table = np.array(columns).T
    sizes, chance = effect_sizes(table, sides.left)
    q_values = false_discovery(chance)
    importance = permutation_importance(table, sides.left, groups.seed, f"drivers.inputs.{key_of(split)}")
    order = np.lexsort((np.arange(len(labels)), -np.abs(sizes), -importance))
    return tuple(
        InputDriver(
            kind=labels[place][0],
            name=labels[place][1],
            effect_size=float(sizes[place]),
            q_value=float(q_values[place]),
            importance=float(importance[place]),
        )
        for place in order
    )


def _with_events(
    futures: Futures,
    groups: Groups,
    split: Split,
    members: NDArray[np.int64],
    inputs: tuple[InputDriver, ...],
    sides: Sides,
    year: float,
) -> tuple[InputDriver, ...]:
    """The same, with what forcing does for the first of the events that differ between the sides.

    Those that differ by the branch year come first. One that differs only after it may be how the sides part,
    decided before: it is forced too, and stands last if it has not happened in any scenario by the branch.
    """
    last = float(futures.years[-1])
    by_year = {one.name: year for one in inputs if one.kind == "event" and one.q_value < CHANCE}
    later = [one for one in _later_events(futures, sides) if one.name not in by_year]
    by_year |= {one.name: last for one in later}
    known = {one.name for one in inputs if one.kind == "event"}
    inputs += tuple(one for one in later if one.name not in known)
    names, found = list(futures.model.events), {one.name: one for one in inputs if one.kind == "event"}
    for name in list(by_year)[:EVENTS]:
        happened = futures.events[names.index(name)][sides.rows] <= by_year[name]
        shares = float(happened[sides.left].mean()), float(happened[~sides.left].mean())
        turned = turned_by_event(futures, groups, split, members, name, by_year[name], shares)
        found[name] = replace(found[name], turned=turned)
    return tuple(found[one.name] if one.kind == "event" else one for one in inputs)


def _later_events(futures: Futures, sides: Sides) -> list[InputDriver]:
    """Events that happen in other shares of the sides up to the end, those that differ most first.

    They have no importance: the sides are told in the branch year, by what has happened until then.
    """
    happened = ~np.isnan(futures.events[:, sides.rows])
    places = [place for place, row in enumerate(happened) if row.min() < row.max()]
    if not places:
        return []
    sizes, chance = effect_sizes(happened[places].T.astype(float), sides.left)
    q_values, names = false_discovery(chance), list(futures.model.events)
    return [
        InputDriver("event", names[places[at]], float(sizes[at]), float(q_values[at]), 0.0)
        for at in np.argsort(-np.abs(sizes), kind="stable")
        if q_values[at] < CHANCE
    ]
