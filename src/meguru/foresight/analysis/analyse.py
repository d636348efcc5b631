"""The whole analysis: from simulated futures to groups, branches, drivers, conditions and a road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from meguru.foresight.analysis.branches.branch import BranchYear, branch_years
from meguru.foresight.analysis.branches.drivers import Drivers, drivers
from meguru.foresight.analysis.grouping.groups import LARGEST, NULLS, Groups, group
from meguru.foresight.analysis.grouping.tree import NULLS as SPLIT_NULLS
from meguru.foresight.analysis.grouping.tree import Tree, tree
from meguru.foresight.analysis.origin import made_by, origin_of
from meguru.foresight.analysis.outlook.driving_forces import DrivingForces, driving_forces
from meguru.foresight.analysis.outlook.rating import Rating, Rule, ratings, rule_of
from meguru.foresight.analysis.outlook.roadmap import Roadmap, roadmap
from meguru.foresight.analysis.requirements.columns import milestone_years
from meguru.foresight.analysis.requirements.conditions import Conditions, conditions
from meguru.foresight.analysis.statistics.partition import Method
from meguru.foresight.analysis.store import from_json, to_json
from meguru.foresight.futures import Futures
from meguru.foresight.wishes import Axis, axes_of, count_of

CAUSES = 8  # nodes with the largest causal effects of each supported split that conditions may bound


@dataclass(frozen=True, slots=True)
class Choices:
    """What an analysis was asked for.

    Attributes
    ----------
    count, method, seed, years, slopes, largest, nulls
        See :func:`~meguru.foresight.analysis.grouping.groups.group`. Count None: ``groups`` of the model's
        settings, else found from the scenarios.
    split_nulls
        Nulls that splits are held against.
    wanted
        Codes of the groups whose conditions are looked for; None: all.
    nodes
        Nodes that conditions may bound, besides levers and the strongest causes of supported splits.
    milestones
        Years of conditions; None: ``condition_years`` of the model's settings or the years that five divides,
        and the branch years of supported splits.
    share
        Share p₀ by which deadlines are found; None: halfway.
    axes
        Two driving forces; None: ``driving_forces`` of the model's settings, without which there are no
        quadrants.
    """

    count: int | None = None
    method: Method = "kmeans"
    seed: int = 0
    years: tuple[float, ...] | None = None
    slopes: bool = True
    largest: int = LARGEST
    nulls: int = NULLS
    split_nulls: int = SPLIT_NULLS
    wanted: tuple[str, ...] | None = None
    nodes: tuple[str, ...] = ()
    milestones: tuple[float, ...] | None = None
    share: float | None = None
    axes: tuple[Axis, Axis] | None = None


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything found. The same model, seed and choices give the same again.

    Attributes
    ----------
    choices
        What was asked for.
    provenance
        Of the futures: hash of the model, seed, number of scenarios.
    made_by
        Version of this program and digest of the code that made the analysis.
    groups, tree, branches
        Branches in the order of the tree's splits.
    drivers
        Of each split; None for one without a branch year, as are all that are not supported.
    ratings, rule
        Marks by group and field, and the rule behind them.
    conditions, roadmaps
        Of each group wanted.
    driving_forces
        None where there are no axes.
    """

    choices: Choices
    provenance: dict[str, Any]
    made_by: str
    groups: Groups
    tree: Tree
    branches: tuple[BranchYear, ...]
    drivers: tuple[Drivers | None, ...]
    ratings: tuple[Rating, ...]
    rule: Rule
    conditions: tuple[Conditions, ...]
    roadmaps: tuple[Roadmap, ...]
    driving_forces: DrivingForces | None = field(default=None)

    def to_json(self) -> str:
        """As JSON text."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Analysis:
        """What :meth:`to_json` wrote.

        Raises
        ------
        NotReadableError
            The text is something else.
        """
        return from_json(cls, text)


def analyse(
    futures: Futures, choices: Choices | None = None, *, progress: Callable[[str], None] | None = None
) -> Analysis:
    """Analyse simulated futures.

    Parameters
    ----------
    futures
        Of :func:`~meguru.foresight.simulation.simulate`.
    choices
        Default: everything found from the scenarios.
    progress
        Called with the name of each part as it begins.

    Raises
    ------
    RunError
        No KPI, or none that differs between scenarios.
    RangeError, UnknownNameError
        A choice that is not possible.
    """
    asked = choices or Choices()
    tell = progress or (lambda part: None)
    rule = rule_of(futures)
    axes = asked.axes or axes_of(futures.model)
    tell("groups")
    groups = _groups(futures, asked)
    tell("tree")
    grown = tree(groups, futures, nulls=asked.split_nulls)
    tell("branches")
    branches = branch_years(futures, groups, grown)
    tell("drivers")
    driven = tuple(
        None if branch.year is None else drivers(futures, groups, split, branch)
        for split, branch in zip(grown.splits, branches, strict=True)
    )
    tell("ratings")
    rated = ratings(futures, groups, rule)
    tell("conditions")
    found = _conditions(futures, asked, groups, branches, causes(grown, driven, groups))
    return Analysis(
        choices=asked,
        provenance=origin_of(futures),
        made_by=made_by(),
        groups=groups,
        tree=grown,
        branches=branches,
        drivers=driven,
        ratings=rated,
        rule=rule,
        conditions=found,
        roadmaps=tuple(roadmap(futures.model, one) for one in found),
        driving_forces=driving_forces(futures, groups, *axes) if axes else None,
    )


def _groups(futures: Futures, asked: Choices) -> Groups:
    found = group(
        futures,
        count_of(futures.model) if asked.count is None else asked.count,
        asked.method,
        asked.seed,
        years=asked.years,
        slopes=asked.slopes,
        largest=asked.largest,
        nulls=asked.nulls,
    )
    for code in asked.wanted or ():
        found.number(code)
    return found


def _conditions(
    futures: Futures,
    asked: Choices,
    groups: Groups,
    branches: tuple[BranchYear, ...],
    strongest: tuple[str, ...],
) -> tuple[Conditions, ...]:
    """Conditions of the groups wanted, on levers and the strongest causes."""
    years = milestone_years(futures, asked.milestones)
    if asked.milestones is None:
        turns = (one.year for one in branches if one.supported and one.year is not None)
        years = tuple(sorted({*years, *turns}))
    return tuple(
        conditions(
            futures,
            groups,
            code,
            nodes=(*asked.nodes, *strongest),
            years=years,
            turns=[one.year for one in branches if one.year is not None and code in (*one.left, *one.right)],
            wanted=asked.share,
        )
        for code in (groups.codes if asked.wanted is None else asked.wanted)
    )


def causes(grown: Tree, driven: tuple[Drivers | None, ...], groups: Groups) -> tuple[str, ...]:
    """Nodes, KPIs aside, with the largest causal effects of the supported splits."""
    found: dict[str, None] = {}
    for split, one in zip(grown.splits, driven, strict=True):
        if split.supported and one is not None:
            able = [node.node for node in one.nodes if node.rank is not None and node.node not in groups.kpis]
            found.update(dict.fromkeys(able[:CAUSES]))
    return tuple(found)
