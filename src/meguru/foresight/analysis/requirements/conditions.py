"""What must have happened by when for a group to come about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meguru.errors import RangeError
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.analysis.requirements.columns import (
    Column,
    bounded_nodes,
    chosen_columns,
    milestone_years,
    table,
)
from meguru.foresight.analysis.requirements.deadline import Deadline, find_deadlines
from meguru.foresight.analysis.requirements.forcing import Forcing
from meguru.foresight.analysis.statistics.cart import Leaf, find_leaves
from meguru.foresight.analysis.statistics.loops import each
from meguru.foresight.analysis.statistics.prim import Box, chance_of, find_box, quality, way_down
from meguru.foresight.analysis.statistics.streams import order, resample, some
from meguru.foresight.futures import Futures

Floats = NDArray[np.float64]

SAMPLE = 6000  # scenarios by which boxes are found and judged
RERUN = 600  # scenarios of each rerun
FEWEST = 25  # scenarios of the group in either half
RESAMPLES = 20
SURE = 1.96  # standard errors by which a gain must exceed zero
PART = 0.2  # of what the requirement goes with that forcing it must bring, to be a cause


@dataclass(frozen=True, slots=True)
class Requirement:
    """A bound of the box of a group.

    Attributes
    ----------
    node, year
        What is bounded, and when.
    low, high
        Bounds in the unit of the node; None where free.
    chance
        That the bounds tell nothing, on held-out scenarios.
    reproducibility
        Share of resamples whose box bounds the node from the same side.
    coverage, density
        Share of the held-out scenarios of the group that meet it, and share of the group among those that do.
    association
        ``density`` less the share of the group among all held-out scenarios.
    level
        Median at that year of the scenarios of the group in the box: where the node is held when forced.
    gain, error
        Rise of the group's share when it is forced from that year on, and its standard error.
    cause
        Whether forcing it brings the group: the gain exceeds zero by 1.96 errors and is a fifth of the
        association or more. If not, it is a symptom.
    deadline
        None for a symptom.
    """

    node: str
    year: float
    low: float | None
    high: float | None
    chance: float
    reproducibility: float
    coverage: float
    density: float
    association: float
    level: float
    gain: float
    error: float
    cause: bool
    deadline: Deadline | None


@dataclass(frozen=True, slots=True)
class Conditions:
    """Requirements of a group, and the box that they form.

    Attributes
    ----------
    group
        Its code.
    base
        Share of the group among held-out scenarios.
    coverage, density
        Of the box, on held-out scenarios.
    peeled
        Coverage and density, on held-out scenarios, of each box on the way down from all scenarios.
    requirements
        By year.
    forced
        Share of the group where all causes are forced, each from its year; None where there is no cause.
    unforced
        Share of the group in the same reruns with nothing forced.
    members
        Numbers of the scenarios that are rerun: on them rest gains, deadlines, ``forced`` and ``unforced``.
    held
        Numbers of the held-out scenarios: on them rest coverage, density and ``base``.
    columns
        Node and year of each column that the box and the tree may use.
    leaves
        Of the classification tree; its rules name columns by number.
    reason
        Why there are no requirements; empty where there are some.
    """

    group: str
    base: float
    coverage: float
    density: float
    peeled: tuple[tuple[float, float], ...]
    requirements: tuple[Requirement, ...]
    forced: float | None
    unforced: float | None
    members: tuple[int, ...]
    held: tuple[int, ...]
    columns: tuple[tuple[str, float], ...]
    leaves: tuple[Leaf, ...]
    reason: str


def conditions(
    futures: Futures,
    groups: Groups,
    code: str,
    *,
    nodes: Sequence[str] = (),
    years: Sequence[float] | None = None,
    turns: Sequence[float] = (),
    wanted: float | None = None,
    rerun: int = RERUN,
) -> Conditions:
    """Requirements for a group.

    Parameters
    ----------
    futures, groups
        The scenarios and their groups.
    code
        Of the group that is wanted.
    nodes
        Nodes that may be bounded besides the levers.
    years
        Milestones; default ``condition_years`` of the model's settings, else the years that five divides.
    turns
        Branch years of the group. Where no bound is a cause, the search is done again among the milestones up
        to the last of them, then to the one before: what tells a group is clearest long after it was decided,
        and forcing it then brings nothing. What is found so counts where it has a cause.
    wanted
        Share p₀ of the group by which deadlines are found; default: halfway between its share and its share
        with all causes forced.
    rerun
        Scenarios of each rerun at most.

    Raises
    ------
    RangeError
        No such group, or a year or share that is out of range.
    UnknownNameError
        No such node.
    """
    number = groups.number(code)
    if wanted is not None and not 0 < wanted < 1:
        raise RangeError("the share wanted", place="wanted", found=wanted, expected="above 0 and below 1")
    names = bounded_nodes(futures, nodes)
    at = milestone_years(futures, years)
    halves = _halves(futures, groups, number)
    members = futures.members[some(groups.seed, f"conditions.{code}.rerun", futures.members.size, rerun)]
    forcing = Forcing(futures, groups, number, members)
    found = _search(forcing, halves, names, at, wanted)
    # What tells a group best is late, and by then an echo of what decided it: look no later than that.
    for turn in sorted(set(turns), reverse=True):
        if found.requirements and found.forced is None:
            early = _search(forcing, halves, names, [year for year in at if year <= turn], wanted)
            found = found if early.forced is None else early
    return found


def _search(
    forcing: Forcing, halves: _Halves, names: Sequence[str], years: Sequence[float], wanted: float | None
) -> Conditions:
    """Requirements on levels of nodes at some years."""
    futures, groups, code = forcing.futures, forcing.groups, forcing.groups.codes[forcing.number]
    nothing = Conditions(
        group=code,
        base=halves.base,
        coverage=1.0,
        density=halves.base,
        peeled=(),
        requirements=(),
        forced=None,
        unforced=None,
        members=(),
        held=tuple(int(one) for one in futures.members[halves.held]),
        columns=(),
        leaves=(),
        reason="",
    )
    if len(groups.codes) < 2 or halves.few:
        return replace(nothing, reason="too few scenarios in the group, or all")
    columns = chosen_columns(futures, names, years, halves.fitted, halves.in_group)
    if not columns:
        return replace(nothing, reason="no node that may be bounded differs between scenarios")
    values, held = table(futures, columns, halves.fitted), table(futures, columns, halves.held)
    leaves = find_leaves(values, halves.wanted, held, halves.held_wanted)
    peeled = tuple(quality(box.holds(held), halves.held_wanted) for box in way_down(values, halves.wanted))
    nothing = replace(nothing, columns=columns, leaves=leaves, peeled=peeled)
    box = find_box(values, halves.wanted)
    if not box.restricted:
        return replace(nothing, reason="no level of these nodes goes with the group")
    drawn = [resample(groups.seed, f"conditions.{code}.{one}", len(values)) for one in range(RESAMPLES)]
    again = each(lambda rows: find_box(values[rows], halves.wanted[rows]), drawn)
    found = [
        _requirement(futures, forcing, columns, column, box, again, held, halves) for column in box.restricted
    ]
    coverage, density = quality(box.holds(held), halves.held_wanted)
    timed, forced = _with_deadlines(futures, forcing, found, wanted)
    return replace(
        nothing,
        coverage=coverage,
        density=density,
        requirements=timed,
        forced=forced,
        unforced=forcing.share(()),
        members=tuple(int(one) for one in forcing.members),
    )


@dataclass(frozen=True, eq=False)
class _Halves:
    """Scenarios by which a box is found, and others by which it is judged."""

    fitted: NDArray[np.intp]
    held: NDArray[np.intp]
    in_group: NDArray[np.bool_]

    @property
    def wanted(self) -> NDArray[np.bool_]:
        return self.in_group[self.fitted]

    @property
    def held_wanted(self) -> NDArray[np.bool_]:
        return self.in_group[self.held]

    @property
    def base(self) -> float:
        return float(self.held_wanted.mean())

    @property
    def few(self) -> bool:
        return bool(min(self.wanted.sum(), self.held_wanted.sum()) < FEWEST)


def _halves(futures: Futures, groups: Groups, number: int) -> _Halves:
    place = f"conditions.{groups.codes[number]}"
    rows = some(groups.seed, place, futures.members.size, SAMPLE)
    mixed = order(groups.seed, f"{place}.halves", rows.size)
    half = rows.size // 2
    return _Halves(rows[np.sort(mixed[:half])], rows[np.sort(mixed[half:])], groups.labels == number)


def _requirement(
    futures: Futures,
    forcing: Forcing,
    columns: Sequence[Column],
    column: int,
    box: Box,
    again: Sequence[Box],
    held: Floats,
    halves: _Halves,
) -> Requirement:
    """A bound of the box, judged on held-out scenarios and by force."""
    name, year = columns[column]
    node = futures.model.nodes[name]
    typical = halves.held_wanted & box.holds(held)
    levels = held[typical if typical.any() else halves.held_wanted, column]
    level = float(np.clip(np.median(levels), node.low, node.high))
    coverage, density = quality(_only(box, column).holds(held), halves.held_wanted)
    association = density - halves.base
    gain, error = forcing.gain([(name, year, level)])
    return Requirement(
        node=name,
        year=year,
        low=_finite(box.low[column]),
        high=_finite(box.high[column]),
        chance=chance_of(box, column, held, halves.held_wanted),
        reproducibility=float(np.mean([_alike(box, other, column) for other in again])),
        coverage=coverage,
        density=density,
        association=association,
        level=level,
        gain=gain,
        error=error,
        cause=gain > SURE * error and gain >= PART * association,
        deadline=None,
    )


def _only(box: Box, column: int) -> Box:
    free = Box(np.full_like(box.low, -np.inf), np.full_like(box.high, np.inf))
    return free.bounded(column, low=float(box.low[column]), high=float(box.high[column]))


def _alike(box: Box, other: Box, column: int) -> bool:
    """Whether another box bounds the column from the same side or sides."""
    same_low = np.isfinite(box.low[column]) == np.isfinite(other.low[column])
    return bool(same_low and np.isfinite(box.high[column]) == np.isfinite(other.high[column]))


def _finite(bound: float) -> float | None:
    return float(bound) if np.isfinite(bound) else None


def _with_deadlines(
    futures: Futures, forcing: Forcing, found: Sequence[Requirement], wanted: float | None
) -> tuple[tuple[Requirement, ...], float | None]:
    """Requirements by year with the deadlines of causes, and the share with all causes forced."""
    ordered = sorted(found, key=lambda one: (one.year, one.node))
    held = {one.node: (one.node, one.year, one.level) for one in ordered if one.cause}
    if not held:
        return tuple(ordered), None
    forced = forcing.share(list(held.values()))
    aim = (forcing.share(()) + forced) / 2 if wanted is None else wanted
    found_deadlines = find_deadlines(forcing, held, [float(year) for year in futures.years[1:]], aim)
    return tuple(replace(one, deadline=found_deadlines.get(one.node)) for one in ordered), forced
