"""Arrows between boxes on a grid, drawn along the gutters: no arrow crosses a box, none lies upon another.

Gutters between rows and columns are divided into tracks. An arrow leaves a box below and enters the next from
above; one that goes back up enters from the side.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from meguru.report.svg.grid import Cell, Grid
from meguru.report.svg.ports import along_side, spread

BOX_WIDTH, BOX_HEIGHT = 136.0, 62.0
MARGIN, LABEL_HEIGHT = 9.0, 15.0
ROOM_ACROSS, ROOM_DOWN = BOX_WIDTH / 2 - 8.0, BOX_HEIGHT / 2 - 5.0  # for ports, from the middle
GAP = 12.0  # between a box and the nearest track
Point = tuple[float, float]


@dataclass(slots=True)
class Wire:
    """One arrow: where from and to, how wide, how wide its label; ``points`` are found here."""

    source: str
    target: str
    width: float
    label: float
    points: list[Point] = field(default_factory=list)
    way: str = ""  # straight, target (down the target's column), source, gutter, up
    gutter: int = -1
    out: float = 0.0  # port offsets
    into: float = 0.0


@dataclass(slots=True)
class _Track:
    """A piece of an arrow in a gutter."""

    wire: int
    start: float
    end: float
    height: float
    index: int = 0


def _assign(tracks: list[_Track], margin: float) -> list[float]:
    """Tracks by the first that is free; gives the height of each."""
    ends: list[float] = []
    heights: list[float] = []
    for track in sorted(tracks, key=lambda one: (one.start, -one.end)):
        index = next((i for i, end in enumerate(ends) if end + margin <= track.start), len(ends))
        if index == len(ends):
            ends.append(track.end)
            heights.append(track.height)
        track.index = index
        ends[index] = track.end
        heights[index] = max(heights[index], track.height)
    return heights


class Router:
    """Finds the points of all wires; ``x`` of columns and ``y`` of rows are boxes' left and upper edges."""

    def __init__(self, grid: Grid, wires: Sequence[Wire], top: float, left: float) -> None:
        self.grid, self.wires, self.top, self.left = grid, list(wires), top, left
        self.x: list[float] = []
        self.y: list[float] = []
        self.width = self.height = 0.0
        self._vertical: dict[int, list[_Track]] = {g: [] for g in range(grid.columns + 1)}
        self._gutter_x: dict[int, list[float]] = {}
        self._tracks: dict[int, list[_Track]] = {h: [] for h in range(-1, grid.rows)}
        for wire in self.wires:
            self._choose(wire)
        self._set_columns()
        self._set_ports()
        self._set_rows()
        for index, wire in enumerate(self.wires):
            wire.points = self._points(index, wire)

    def _ends(self, wire: Wire) -> tuple[Cell, Cell]:
        return self.grid.cells[wire.source], self.grid.cells[wire.target]

    def _choose(self, wire: Wire) -> None:
        """Decide where a wire changes rows."""
        source, target = self._ends(wire)
        if target.row <= source.row:
            wire.way = "up"
            wire.gutter = target.column if source.column <= target.column else target.column + 1
            return
        between = range(source.row + 1, target.row)
        if self.grid.free(target.column, between):
            wire.way = "straight" if source.column == target.column else "target"
        elif self.grid.free(source.column, between):
            wire.way = "source"
        else:
            wire.way = "gutter"
            wire.gutter = target.column if source.column < target.column else target.column + 1

    def _set_columns(self) -> None:
        """Tracks of the gutters between columns, then where the columns stand."""
        for index, wire in enumerate(self.wires):
            if wire.gutter >= 0:
                source, target = self._ends(wire)
                low, high = sorted((source.row + 0.5, target.row - (0.0 if wire.way == "up" else 0.5)))
                self._vertical[wire.gutter].append(_Track(index, low, high, wire.width))
        x = self.left
        for gutter in range(self.grid.columns + 1):
            widths = _assign(self._vertical[gutter], 0.1)
            x += GAP
            places = []
            for width in widths:
                places.append(x + width / 2)
                x += width + MARGIN
            self._gutter_x[gutter] = places
            x += GAP - (MARGIN if widths else 0.0)
            if gutter < self.grid.columns:
                self.x.append(x)
                x += BOX_WIDTH
        self.width = x

    def _middle(self, cell: Cell) -> float:
        return self.x[cell.column] + BOX_WIDTH / 2

    def _gutter_place(self, index: int, wire: Wire) -> float:
        track = next(one for one in self._vertical[wire.gutter] if one.wire == index)
        return self._gutter_x[wire.gutter][track.index]

    def _set_ports(self) -> None:
        """Offsets of the ports from the middle of the boxes' edges."""
        every = list(enumerate(self.wires))
        for name, cell in self.grid.cells.items():
            middle = self._middle(cell)
            leaving = [(i, w) for i, w in every if w.source == name and not self._by_side(w)]
            toward = [(self._toward(i, w) - middle, i) for i, w in leaving if w.way != "straight"]
            for index, offset in spread(toward, False, len(toward) < len(leaving), ROOM_ACROSS):
                self.wires[index].out = offset
            arriving = [(i, w) for i, w in every if w.target == name and w.way != "up"]
            origin = [(self._from(i, w) - middle, i) for i, w in arriving if w.way != "straight"]
            for index, offset in spread(origin, True, len(origin) < len(arriving), ROOM_ACROSS):
                self.wires[index].into = offset
            for gutter in (cell.column, cell.column + 1):
                self._set_side_ports(name, gutter, left=gutter == cell.column)

    def _set_side_ports(self, name: str, gutter: int, *, left: bool) -> None:
        """Arrows that go up enter by the side, and leave by it if their gutter is there."""
        up = [wire for wire in self.wires if wire.way == "up" and wire.gutter == gutter]
        entering = [wire for wire in up if wire.target == name]
        leaving = [wire for wire in up if wire.source == name]
        offsets = along_side(len(entering) + len(leaving), left, ROOM_DOWN)
        for wire, offset in zip(entering, offsets, strict=False):
            wire.into = offset
        for wire, offset in zip(leaving, offsets[len(entering) :], strict=True):
            wire.out = offset

    def _by_side(self, wire: Wire) -> bool:
        """Whether an arrow back up leaves by the side, because its gutter is next to the box."""
        column = self._ends(wire)[0].column
        return wire.way == "up" and wire.gutter in (column, column + 1)

    def _toward(self, index: int, wire: Wire) -> float:
        if wire.gutter >= 0:
            return self._gutter_place(index, wire)
        return self._middle(self._ends(wire)[1])

    def _from(self, index: int, wire: Wire) -> float:
        if wire.gutter >= 0:
            return self._gutter_place(index, wire)
        return self._middle(self._ends(wire)[0])

    def _spans(self, index: int, wire: Wire) -> list[tuple[int, float, float]]:
        """Pieces in gutters between rows: (gutter, from x, to x)."""
        source, target = self._ends(wire)
        out, into = self._middle(source) + wire.out, self._middle(target) + wire.into
        if wire.way == "straight":
            return []
        if wire.way == "target":
            return [(source.row, out, into)]
        if wire.way == "source":
            return [(target.row - 1, out, into)]
        across = self._gutter_place(index, wire)
        if wire.way == "up":
            return [] if self._by_side(wire) else [(source.row, out, across)]
        return [(source.row, out, across), (target.row - 1, across, into)]

    def _set_rows(self) -> None:
        """Tracks of the gutters between rows, then where the rows stand."""
        for index, wire in enumerate(self.wires):
            for row, start, end in self._spans(index, wire):
                low, high = sorted((start, end))
                room = LABEL_HEIGHT if wire.label and high - low > wire.label + 8 else 0.0
                self._tracks[row].append(
                    _Track(index, low - wire.width / 2, high + wire.width / 2, wire.width + room)
                )
        self._row_y: dict[int, list[float]] = {}
        y = self.top
        for row in range(-1, self.grid.rows):
            heights = _assign(self._tracks[row], 10.0)
            y += GAP if heights or 0 <= row < self.grid.rows - 1 else 0.0
            places = []
            for height in heights:
                y += height + MARGIN
                places.append(y - MARGIN)
            self._row_y[row] = places
            y += GAP if heights else 0.0
            if 0 <= row < self.grid.rows - 1:
                y = max(y, self.y[row] + BOX_HEIGHT + 34.0)
            if row < self.grid.rows - 1:
                self.y.append(y)
                y += BOX_HEIGHT
        self.height = y

    def _track_y(self, index: int, row: int) -> float:
        track = next(one for one in self._tracks[row] if one.wire == index)
        return self._row_y[row][track.index] - self.wires[index].width / 2

    def _points(self, index: int, wire: Wire) -> list[Point]:
        source, target = self._ends(wire)
        out, into = self._middle(source) + wire.out, self._middle(target) + wire.into
        below, above = self.y[source.row] + BOX_HEIGHT, self.y[target.row]
        if wire.way == "straight":
            return [(out, below), (out, above)]
        if wire.way == "target":
            level = self._track_y(index, source.row)
            return [(out, below), (out, level), (into, level), (into, above)]
        if wire.way == "source":
            level = self._track_y(index, target.row - 1)
            return [(out, below), (out, level), (into, level), (into, above)]
        across = self._gutter_place(index, wire)
        if wire.way == "up":
            return self._upward(index, wire, across)
        first, second = self._track_y(index, source.row), self._track_y(index, target.row - 1)
        return [(out, below), (out, first), (across, first), (across, second), (into, second), (into, above)]

    def _upward(self, index: int, wire: Wire, across: float) -> list[Point]:
        source, target = self._ends(wire)
        entry_x = self.x[target.column] + (0.0 if wire.gutter == target.column else BOX_WIDTH)
        entry_y = self.y[target.row] + BOX_HEIGHT / 2 + wire.into
        if self._by_side(wire):
            side = self.x[source.column] + (0.0 if wire.gutter == source.column else BOX_WIDTH)
            level = self.y[source.row] + BOX_HEIGHT / 2 + wire.out
            return [(side, level), (across, level), (across, entry_y), (entry_x, entry_y)]
        out = self._middle(source) + wire.out
        below, level = self.y[source.row] + BOX_HEIGHT, self._track_y(index, source.row)
        return [(out, below), (out, level), (across, level), (across, entry_y), (entry_x, entry_y)]


def rounded(points: Sequence[Point], radius: float = 8.0) -> str:
    """A path along points with round corners."""
    (x, y), *rest = points
    parts = [f"M{x:.1f},{y:.1f}"]
    before = (x, y)
    for here, after in itertools.pairwise(rest):
        near = min(radius, _length(before, here) / 2, _length(here, after) / 2)
        start, end = _toward(here, before, near), _toward(here, after, near)
        parts.append(f"L{start[0]:.1f},{start[1]:.1f}Q{here[0]:.1f},{here[1]:.1f} {end[0]:.1f},{end[1]:.1f}")
        before = here
    parts.append(f"L{rest[-1][0]:.1f},{rest[-1][1]:.1f}")
    return "".join(parts)


def _length(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _toward(start: Point, end: Point, distance: float) -> Point:
    length = _length(start, end) or 1.0
    return (
        start[0] + (end[0] - start[0]) * distance / length,
        start[1] + (end[1] - start[1]) * distance / length,
    )
