"""What a page is made of: sections of figures, tables, texts and tabs. The template knows how each looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup

from meguru.report.both import EMPTY, Both

Cell = Both | str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of each row is its heading. ``texts``: the columns of words, not of numbers."""

    form: ClassVar[str] = "table"
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    caption: Both = EMPTY
    texts: Sequence[int] = (0,)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its title, legend, note and the numbers that it shows."""

    form: ClassVar[str] = "figure"
    title: Both
    svg: Markup
    note: Both
    table: Table
    legend: Sequence[tuple[Markup, Both]] = ()
    size: str = "chart"  # chart, medium or wide
    by_scenario: bool = True  # needs the legend of the scenarios


@dataclass(frozen=True, slots=True)
class Gallery:
    """Figures side by side, with one legend for all."""

    form: ClassVar[str] = "gallery"
    figures: Sequence[Figure]
    legend: Sequence[tuple[Markup, Both]] = ()

    @property
    def of_medium(self) -> bool:
        """Whether all figures need more width than a chart."""
        return all(figure.size == "medium" for figure in self.figures)


@dataclass(frozen=True, slots=True)
class Text:
    form: ClassVar[str] = "text"
    text: Both
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Tabs:
    """The same for several scenarios or views: one is shown at a time, all are printed."""

    form: ClassVar[str] = "tabs"
    name: Both
    items: Sequence[tuple[Both, Sequence[Block]]]
    first: int = 0


@dataclass(frozen=True, slots=True)
class More:
    """What is folded away."""

    form: ClassVar[str] = "more"
    summary: Both
    blocks: Sequence[Block]


Block = Table | Figure | Gallery | Text | Tabs | More


@dataclass(frozen=True, slots=True)
class Section:
    ident: str
    title: Both
    lead: Both
    blocks: list[Block] = field(default_factory=list)


def tabs(name: Both, items: Sequence[tuple[Both, Sequence[Block]]], first: int = 0) -> list[Block]:
    """Tabs, or what is inside if there is only one."""
    if len(items) == 1:
        return list(items[0][1])
    return [Tabs(name, items, first)]
