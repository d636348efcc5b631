"""Indicators, the arrows between them, and the two cases in which arrows have signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

from meguru.errors import UnknownNameError, did_you_mean
from meguru.indicators.catalogue.definitions import Words

RISES, FALLS, UNKNOWN = "rises", "falls", "unknown"
WITH, AGAINST, NOT_KNOWN = "+", "-", "unknown"
TABLE, CASE = "table", "case"
OPPOSITE = {RISES: FALLS, FALLS: RISES, UNKNOWN: UNKNOWN}


@dataclass(frozen=True, slots=True)
class Node:
    """An indicator, or a step between indicators that only one case names.

    Attributes
    ----------
    id
        The number as a text, ``"32"``; of a step ``"case.step"``.
    number
        1 to 45; None for a step.
    layer, group, domain
        Of an indicator; ``layer_firm`` is False where the layer is our reading of the page, ``domain_from``
        says whether the domain is printed, follows from the order of numbers, or is inferred by us.
    also
        Other spellings in the same text.
    formulas
        Ids of indicators of the catalogue by which it can be computed; chosen by us by meaning.
    """

    id: str
    name: Words
    number: int | None = None
    layer: str = ""
    layer_firm: bool = True
    group: str = ""
    domain: str = ""
    domain_from: str = ""
    also: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """A change of ``source`` moves ``target``.

    Attributes
    ----------
    sign
        ``+`` if the target moves as the source, ``-`` if against it, ``unknown`` if the text gives none: no
        arrow of the table has a sign.
    basis
        ``table`` or ``case``.
    case
        Id of the case, None for the table.
    sure
        How sure the reading of the cell is: ``certain``, ``high``, ``medium-high`` or ``uncertain``.
    condition
        Under which a case says so; None: no condition.
    via
        What a case names between the two; None: nothing.
    """

    source: str
    target: str
    sign: str
    basis: str
    case: str | None = None
    sure: str = "certain"
    condition: Words | None = None
    via: Words | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """Arrows one after the other."""

    arrows: tuple[Arrow, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids from the first to the last node."""
        return (self.arrows[0].source, *(arrow.target for arrow in self.arrows))

    @property
    def sign(self) -> str:
        """Product of the signs; unknown as soon as one is."""
        return reduce(_times, (arrow.sign for arrow in self.arrows))

    @property
    def conditions(self) -> tuple[Words, ...]:
        """Under which it holds."""
        return tuple(arrow.condition for arrow in self.arrows if arrow.condition is not None)


def _times(left: str, right: str) -> str:
    if NOT_KNOWN in (left, right):
        return NOT_KNOWN
    return WITH if left == right else AGAINST


@dataclass(frozen=True, slots=True)
class Case:
    """An interaction that the text describes with its signs.

    Attributes
    ----------
    pushed
        Node → ``+`` or ``-``: what the case begins with.
    actors
        Node → whose indicator it is.
    cure
        What the text would do about it.
    """

    id: str
    number: int
    name: Words
    pushed: Mapping[str, str]
    actors: Mapping[str, Words]
    arrows: tuple[Arrow, ...]
    cure: Words


@dataclass(frozen=True)
class Network:
    """All indicators with all that is known of how they move each other.

    Attributes
    ----------
    nodes
        By id: the 45 and the steps of the cases.
    cells
        (row 6–45, column 1–5) → ``in``, ``out``, ``none``, ``lost`` as the table is read.
    hierarchy
        Parent → children, inferred by us: not arrows, and in no query.
    undirected
        Indicator → those drawn beside it whose direction is lost.
    lost_column, might_be_lost
        The column in which one cell is lost, and the rows of which one lost it; which one is not known.
    """

    nodes: Mapping[str, Node]
    cells: Mapping[tuple[int, int], str]
    arrows: tuple[Arrow, ...]
    cases: Mapping[str, Case]
    hierarchy: Mapping[str, tuple[str, ...]]
    undirected: Mapping[str, tuple[str, ...]]
    lost_column: str
    might_be_lost: tuple[str, ...]
    words: Mapping[str, Mapping[str, Words]]
    source: str

    def find(self, indicator: int | str) -> Node:
        """An indicator by number (``3``, ``"3"``, ``"#3"``) or by one of its names, a step by its id.

        Raises
        ------
        UnknownNameError
            There is none.
        """
        text = str(indicator).strip()
        if text.removeprefix("#") in self.nodes:
            return self.nodes[text.removeprefix("#")]
        if text.casefold() in self._by_name:
            return self._by_name[text.casefold()]
        is_number = text.removeprefix("#").removeprefix("-").isdecimal()
        raise UnknownNameError(
            "no such indicator among the 45",
            found=indicator,
            expected="a number from 1 to 45, or a name of one of them",
            hint=None if is_number else did_you_mean(text, self._spellings),
        )

    def leaving(self, node: str) -> tuple[Arrow, ...]:
        """Arrows that begin here: first those of cases, then those of the table."""
        return self._leaving.get(node, ())

    def entering(self, node: str) -> tuple[Arrow, ...]:
        """Arrows that end here: first those of cases, then those of the table."""
        return tuple(arrow for arrow in self.arrows if arrow.target == node)

    @property
    def indicators(self) -> tuple[Node, ...]:
        """The 45, in their order."""
        return tuple(node for node in self.nodes.values() if node.number is not None)

    @cached_property
    def _leaving(self) -> dict[str, tuple[Arrow, ...]]:
        found: dict[str, tuple[Arrow, ...]] = {}
        for arrow in self.arrows:
            found[arrow.source] = (*found.get(arrow.source, ()), arrow)
        return found

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {
            spelling.casefold(): node
            for node in self.nodes.values()
            for spelling in (*node.also, node.name.ja, node.name.en)
        }

    @cached_property
    def _spellings(self) -> list[str]:
        return [one for node in self.nodes.values() for one in (node.name.en, node.name.ja, *node.also)]
