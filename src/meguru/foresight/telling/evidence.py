"""What a sentence rests on: values, the curves behind them, scenarios that can be replayed, influences."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.foresight.analysis.branches.reach import arrows
from meguru.foresight.analysis.grouping.groups import Groups
from meguru.foresight.futures import Futures
from meguru.foresight.interventions import Intervention
from meguru.foresight.model import CausalModel, Edge, edge_names
from meguru.foresight.telling.words import Words, label_of

TYPICAL = 3  # scenarios named for each group


@dataclass(frozen=True, slots=True)
class Link:
    """An influence or an event on the way from a node to a KPI.

    Attributes
    ----------
    name
        ``source → target`` as in places, or the name of an event.
    label
        The same in words, by language.
    kind
        ``edge`` or ``event``.
    basis, citation, author, confidence
        As the model gives them; of an event the citation is its source.
    """

    name: str
    label: Words
    kind: str
    basis: str
    citation: str
    author: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Behind a sentence.

    Attributes
    ----------
    values
        Whatever stands in the sentence and not in its template: from these alone the sentence can be made.
        Shares as such, differences of shares too; levels with their units, labels by language.
    counts
        Scenarios, by what they are for: ``told``, those that it speaks of; ``sample``, those on which it was
        found; ``held``, those held out to judge it; ``rerun``, those run again with something forced.
    members
        Numbers of the scenarios rerun, each of which can be run again alone with the same forced.
    curves
        What values were read from, as pairs: ``auc`` and ``continuum`` by year, ``deadline`` (share by the
        year from which the level is held), ``peeled`` (coverage and density), ``gap``, ``error``,
        ``stability`` and ``null_stability`` by number of groups.
    typical
        Numbers of scenarios by group code, those nearest to its centroid: each can be replayed alone.
    links
        Influences and events on the shortest way from the node to the KPI that differs most.
    forced
        By the name of a value, what ``members`` were rerun with to get it, beside what was forced on the
        futures themselves. A level that stands in the snapshot of a year is forced in the step before it:
        the year of such an intervention is one step before the year in the sentence.
    """

    values: Mapping[str, Any]
    counts: Mapping[str, int]
    members: tuple[int, ...]
    curves: Mapping[str, tuple[tuple[float, float], ...]]
    typical: Mapping[str, tuple[int, ...]]
    links: tuple[Link, ...] = ()
    forced: Mapping[str, tuple[Intervention, ...]] = field(default_factory=dict)

    @property
    def authors(self) -> tuple[str, ...]:
        """Of the links, each once."""
        return tuple(dict.fromkeys(one.author for one in self.links if one.author))

    @property
    def citations(self) -> tuple[str, ...]:
        """Of the links, each once."""
        return tuple(dict.fromkeys(one.citation for one in self.links if one.citation))


def typical_of(futures: Futures, groups: Groups) -> dict[str, tuple[int, ...]]:
    """Numbers of the scenarios nearest to the centroid of each group."""
    points = groups.space.points(futures)
    found = {}
    for number, code in enumerate(groups.codes):
        members = np.flatnonzero(groups.labels == number)
        away = ((points[:, members] - groups.centroids[number][:, None]) ** 2).sum(axis=0)
        nearest = members[np.argsort(away, kind="stable")[:TYPICAL]]
        found[code] = tuple(int(one) for one in futures.members[nearest])
    return found


class Ways:
    """Shortest ways along the influences of a model.

    Parameters
    ----------
    model
        Its edges, second sources and events are what can be gone along.
    """

    def __init__(self, model: CausalModel) -> None:
        self._model = model
        self._after: dict[str, list[str]] = {}
        for source, target in sorted(arrows(model)):
            self._after.setdefault(source, []).append(target)

    def links(self, start: str, goals: Iterable[str]) -> tuple[Link, ...]:
        """Links from a node to the first of the goals that it reaches; none where it is one or has no way."""
        goal = next((one for one in goals if self.way(start, one)), None)
        if goal is None or goal == start:
            return ()
        way = self.way(start, goal)
        return tuple(link for pair in pairwise(way) for link in self._between(*pair))

    def way(self, start: str, goal: str) -> tuple[str, ...]:
        """Nodes from one to another, as few as there can be; empty where there is no way."""
        before: dict[str, str | None] = {start: None}
        waiting = deque([start])
        while waiting and goal not in before:
            name = waiting.popleft()
            for other in self._after.get(name, ()):
                if other not in before:
                    before[other] = name
                    waiting.append(other)
        if goal not in before:
            return ()
        way: list[str] = []
        step: str | None = goal
        while step is not None:
            way.append(step)
            step = before[step]
        return tuple(reversed(way))

    def _between(self, source: str, target: str) -> list[Link]:
        model = self._model
        found = [
            edge_link(model, edge, name)
            for edge, name in zip(model.edges, edge_names(model.edges), strict=True)
            if edge.target == target and source in (edge.source, edge.second)
        ]
        for name, event in model.events.items():
            if target in (*event.jump, *event.push) and source in {one.node for one in event.conditions}:
                found.append(Link(name, label_of(model, name), "event", "", event.source, "", None))
        return found


def edge_link(model: CausalModel, edge: Edge, name: str) -> Link:
    """An edge as evidence."""
    ends = label_of(model, edge.source), label_of(model, edge.target)
    label = {language: f"{ends[0][language]} → {ends[1][language]}" for language in ends[0]}
    return Link(name, label, "edge", edge.basis, edge.citation, edge.author, edge.confidence)


def telling_kpis(groups: Groups, one: Iterable[str], other: Iterable[str]) -> list[str]:
    """KPIs by how far two sets of groups end apart in them."""

    def mean(codes: Iterable[str]) -> NDArray[np.float64]:
        rows = [groups.number(code) for code in codes]
        return np.average(groups.profile[rows], axis=0, weights=np.array(groups.share)[rows])

    apart = np.abs(mean(one) - mean(other))
    return [groups.kpis[place] for place in np.argsort(-apart, kind="stable")]
