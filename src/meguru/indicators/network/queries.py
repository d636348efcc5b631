"""What moves an indicator, what it moves, what to watch when it is pushed, and the ways between two."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from meguru.errors import RangeError, UnknownNameError, did_you_mean
from meguru.indicators.network.graph import (
    CASE,
    FALLS,
    NOT_KNOWN,
    OPPOSITE,
    RISES,
    UNKNOWN,
    WITH,
    Arrow,
    Case,
    Network,
    Node,
    Path,
)
from meguru.indicators.network.reading import forty_five

Indicator = int | str
LONGEST_PATH = 6
STATED, INFERRED, DIRECT, ONWARD = "stated", "inferred", "direct", "onward"


@dataclass(frozen=True, slots=True)
class Watched:
    """An indicator to be watched when another one is pushed.

    Attributes
    ----------
    direction
        ``rises`` or ``falls`` as a case states it, ``unknown`` where the text gives no sign.
    level
        ``stated``: a case says so; ``inferred``: a case says so of the opposite push, and we turn its signs
        round; ``direct``: the table joins the two; ``onward``: the table joins it with
        one of those.
    path
        By which it is reached.
    cases
        Those that state it.
    beside
        What those cases push as well, under which they state it.
    """

    node: Node
    direction: str
    level: str
    path: Path
    cases: tuple[Case, ...] = ()
    beside: tuple[Node, ...] = ()


def what_moves(indicator: Indicator, network: Network | None = None) -> tuple[Arrow, ...]:
    """Arrows into an indicator: a change of their sources moves it.

    Parameters
    ----------
    indicator
        Number 1 to 45, a name in Japanese or English, or a step of a case.
    network
        Default the 45.

    Returns
    -------
    tuple of Arrow
        Those of the cases first, then the table's, whose signs are unknown.

    Raises
    ------
    UnknownNameError
        No such indicator.
    """
    known = network or forty_five()
    return known.entering(known.find(indicator).id)


def what_it_moves(indicator: Indicator, network: Network | None = None) -> tuple[Arrow, ...]:
    """Arrows out of an indicator: a change of it moves their targets; otherwise as :func:`what_moves`."""
    known = network or forty_five()
    return known.leaving(known.find(indicator).id)


def watch(indicator: Indicator, push: str = RISES, network: Network | None = None) -> tuple[Watched, ...]:
    """What should be watched when a measure pushes an indicator.

    Parameters
    ----------
    indicator
        As in :func:`what_moves`.
    push
        ``rises`` or ``falls``: where it is pushed.

    Returns
    -------
    tuple of Watched
        Each indicator once: what a case states, with direction, or lets infer by turning its signs round;
        what the table joins directly; what it joins with those. The last two have no direction, because the
        text gives the table no signs.

    Raises
    ------
    UnknownNameError
        No such indicator, or another word for the push.
    """
    known = network or forty_five()
    if push not in (RISES, FALLS):
        raise UnknownNameError(
            "an indicator can not be pushed so",
            found=push,
            expected=(RISES, FALLS),
            hint=did_you_mean(push, (RISES, FALLS)),
        )
    start = known.find(indicator).id
    found = _stated(known, start, push)
    for level, sources in ((DIRECT, [start]), (ONWARD, None)):
        reached = dict(found) if sources is None else {start: None}
        for source, held in reached.items():
            for arrow in known.leaving(source):
                if arrow.basis == CASE or arrow.target in found or arrow.target == start:
                    continue
                before = () if held is None else held.path.arrows
                path = Path((*before, arrow))
                found[arrow.target] = Watched(known.nodes[arrow.target], UNKNOWN, level, path)
    return tuple(one for one in found.values() if one.node.number is not None)


def _stated(known: Network, start: str, push: str) -> dict[str, Watched]:
    """What the cases state, or let infer, about all that can be reached from a node along their arrows."""
    found: dict[str, Watched] = {}
    for case in known.cases.values():
        said = _said(known, case)
        level = STATED if said.get(start) == push else INFERRED
        beside = tuple(known.nodes[id] for id in case.pushed if id != start and start in case.pushed)
        for path in _ways(known, start, None, len(case.arrows), case.id):
            target = path.nodes[-1]
            direction = push if path.sign == WITH else OPPOSITE[push]
            before = found.get(target)
            if before is None:
                found[target] = Watched(known.nodes[target], direction, level, path, (case,), beside)
                continue
            agreed = direction if before.direction == direction else UNKNOWN
            cases = before.cases if case in before.cases else (*before.cases, case)
            found[target] = dataclasses.replace(before, direction=agreed, cases=cases)
    return found


def _said(known: Network, case: Case) -> dict[str, str]:
    """Where each node of a case moves by what the case pushes."""
    said = {id: RISES if sign == WITH else FALLS for id, sign in case.pushed.items()}
    for start, push in tuple(said.items()):
        for path in _ways(known, start, None, len(case.arrows), case.id):
            said.setdefault(path.nodes[-1], push if path.sign == WITH else OPPOSITE[push])
    return said


def paths(
    source: Indicator, target: Indicator, longest: int = 3, network: Network | None = None
) -> tuple[Path, ...]:
    """All ways from one indicator to another along arrows, the shortest first; no node twice.

    The arrows of a case do not mix with those of another case.

    Parameters
    ----------
    longest
        Most arrows of a way along the table, 1 to 6; ways within one case may be as long as the case.

    Raises
    ------
    UnknownNameError
        No such indicator.
    RangeError
        ``longest`` is not from 1 to 6.
    """
    known = network or forty_five()
    if not 1 <= longest <= LONGEST_PATH:
        raise RangeError("no such length of a way", found=longest, expected=f"1 to {LONGEST_PATH}")
    start, end = known.find(source).id, known.find(target).id
    found = [
        way for case in known.cases.values() for way in _ways(known, start, end, len(case.arrows), case.id)
    ]
    found += _ways(known, start, end, longest, None)
    return tuple(sorted(found, key=lambda way: (len(way.arrows), way.sign == NOT_KNOWN)))


def _ways(known: Network, start: str, end: str | None, longest: int, case: str | None) -> Iterator[Path]:
    """Ways along the arrows of one case, or of the table; with an end only those that end there."""

    def onward(arrows: tuple[Arrow, ...], node: str) -> Iterator[Path]:
        if arrows and (end is None or node == end):
            yield Path(arrows)
        if node == end or len(arrows) == longest:
            return
        been = {start, *(arrow.target for arrow in arrows)}
        for arrow in known.leaving(node):
            if arrow.case == case and arrow.target not in been:
                yield from onward((*arrows, arrow), arrow.target)

    return onward((), start)
