"""The branching tree: all futures as a stream that parts; width is the share, the year runs to the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from meguru.foresight.telling.words import percent
from meguru.report.both import Both
from meguru.report.foresight.pictures.curves import ribbon
from meguru.report.svg.canvas import Canvas

WIDTH, LEFT, ENDS, TOP, BOTTOM = 1180.0, 24.0, 400.0, 34.0, 40.0
FULL, LEAF, GAP = 150.0, 64.0, 10.0  # height of all futures, least room of an end, between ends
BEND = 40.0  # how long a fork takes to open
TRUNK, CUT = "#b9c4ce", "6 4"
BADGE, ROW = 9.0, 22.0


@dataclass(frozen=True, slots=True)
class End:
    """A group at the end of the tree."""

    code: str
    share: float
    colour: str
    name: Both
    marks: Both

    def ends(self) -> Iterator[End]:
        yield self


@dataclass(frozen=True, slots=True)
class Fork:
    """Where the stream parts; ``year`` None: at no known time; one that is ``doubted`` stands in brackets."""

    number: int
    year: float | None
    interval: tuple[float, float] | None
    supported: bool
    title: Both
    driver: Both
    upper: Fork | End
    lower: Fork | End
    doubted: bool = False

    @property
    def share(self) -> float:
        return self.upper.share + self.lower.share

    def ends(self) -> Iterator[End]:
        yield from self.upper.ends()
        yield from self.lower.ends()

    def forks(self) -> Iterator[Fork]:
        """This fork and those after it."""
        yield self
        for part in (self.upper, self.lower):
            if isinstance(part, Fork):
                yield from part.forks()


@dataclass(frozen=True, slots=True)
class _Stream:
    """A stream that begins in another: where it begins, and the height of its two edges there."""

    x: float
    top: float
    dashed: bool


def draw_tree(root: Fork | End, span: tuple[int, int], alt: Both) -> str:
    """The picture as SVG."""
    return _Picture(root, span).draw(alt)


class _Picture:
    def __init__(self, root: Fork | End, span: tuple[int, int]) -> None:
        self.root, self.span = root, span
        self.right = WIDTH - ENDS
        self.heights: dict[str, float] = {}  # code → middle
        y = TOP
        for end in root.ends():
            room = max(LEAF, end.share * FULL)
            self.heights[end.code] = y + room / 2
            y += room + GAP
        self.bottom = y - GAP
        forks = list(root.forks()) if isinstance(root, Fork) else []
        self.forks = sorted(forks, key=lambda fork: fork.number)
        self.bend = min(BEND, (self.right - LEFT) / (2 * (_depth(root) + 1)))
        self.sheet = Canvas(WIDTH, self.bottom + BOTTOM + len(forks) * ROW)

    def x(self, year: float) -> float:
        first, last = self.span
        return LEFT + (year - first) / max(last - first, 1) * (self.right - self.bend - LEFT)

    def middle(self, part: Fork | End) -> float:
        """Height of the middle of a part: between its outermost ends."""
        ends = [self.heights[end.code] for end in part.ends()]
        return (ends[0] + ends[-1]) / 2

    def draw(self, alt: Both) -> str:
        self._axis()
        top = self.middle(self.root) - self.root.share * FULL / 2
        self._part(self.root, _Stream(LEFT, top, False))
        for row, fork in enumerate(self.forks):
            self._year(fork, self.bottom + BOTTOM + (row + 0.5) * ROW)
        return self.sheet.svg(alt)

    def _axis(self) -> None:
        first, last = self.span
        for year in range(first, last + 1):
            if year % 5 == 0 or year in (first, last):
                near = any(abs(year - end) in (1, 2) for end in (first, last))
                self.sheet.line(self.x(year), TOP - 10, self.x(year), self.sheet.height - 4, class_="grid")
                if not near:
                    self.sheet.text(
                        self.x(year),
                        self.bottom + 26,
                        year,
                        class_="soft",
                        text_anchor="middle",
                        font_size=12,
                    )

    def _part(self, part: Fork | End, begun: _Stream) -> None:
        """A stream from where it begins to where it parts or ends."""
        high = part.share * FULL
        top = self.middle(part) - high / 2
        bent = begun.x + self.bend if begun.x > LEFT else begun.x
        if isinstance(part, End):
            self._stream(begun, high, bent, top, self.right, part.colour, part.name)
            self._end(part)
            return
        # Forks that follow need room before the end, a fork without a year stands as late as that allows.
        latest = self.right - _depth(part) * (self.bend + 4)
        stop = max(min(latest if part.year is None else self.x(part.year), latest), bent + 4)
        self._stream(begun, high, bent, top, stop, TRUNK, part.title)
        upper = part.upper.share * FULL
        self._part(part.upper, _Stream(stop, top, not part.supported))
        self._part(part.lower, _Stream(stop, top + upper, not part.supported))
        self._badge(part, stop - BADGE - 2, top + high / 2)

    def _stream(
        self, begun: _Stream, high: float, bent: float, top: float, stop: float, colour: str, title: Both
    ) -> None:
        style = {"fill_opacity": "0.3", "stroke": colour, "stroke_width": "1.6", "stroke_dasharray": CUT}
        path = ribbon((begun.x, begun.top), (bent, top), high, stop)
        with self.sheet.hover(title):
            self.sheet.path(path, fill=colour, **(style if begun.dashed else {"fill_opacity": "0.85"}))

    def _badge(self, fork: Fork, x: float, y: float) -> None:
        """The number of a fork."""
        with self.sheet.hover(fork.title):
            colour = "#1c2024" if fork.supported else "#7a848e"
            self.sheet.circle(x, y, BADGE, fill=colour)
            self.sheet.text(
                x, y + 4, fork.number, class_="on-colour strong", text_anchor="middle", font_size=12
            )

    def _year(self, fork: Fork, y: float) -> None:
        """The year of a fork with its interval, on a line of its own below the tree."""
        dash = None if fork.supported else CUT
        self.sheet.line(LEFT, y, self.right, y, class_="grid", stroke_dasharray=dash)
        if fork.interval is not None:
            low, high = (self.x(year) for year in fork.interval)
            self.sheet.rect(low - 3, y - 3, high - low + 6, 6, fill="#8d99a5", rx="3")
        x = self.right if fork.year is None else self.x(fork.year)
        self._badge(fork, x, y)
        year = "" if fork.year is None else f"({fork.year:g})  " if fork.doubted else f"{fork.year:g}  "
        self.sheet.lines(self.right + 12, y, year + fork.driver, ENDS - 20, size=12, most=1)

    def _end(self, end: End) -> None:
        x, y = self.right + 12, self.heights[end.code]
        self.sheet.text(x, y + 5, end.code, class_="strong", font_size=17, fill=end.colour)
        self.sheet.text(x + 22, y - 16, percent(end.share), class_="strong", font_size=13)
        self.sheet.lines(x + 22, y + 2, end.name, ENDS - 44, size=12, most=2)
        self.sheet.lines(x + 22, y + 26, end.marks, ENDS - 44, size=11, most=1, class_="soft")


def _depth(part: Fork | End) -> int:
    """Forks that follow each other, this one counted."""
    return 0 if isinstance(part, End) else 1 + max(_depth(part.upper), _depth(part.lower))
