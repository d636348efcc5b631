"""Places for processes: a column for each actor (or a few), a row for each layer of the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meguru.report.layers import Arc, Layers

MOST_COLUMNS = 9  # of the whole picture, if the lanes allow


@dataclass(frozen=True, slots=True)
class Cell:
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of all processes; ``lane_of`` names the lane of each column."""

    cells: dict[str, Cell]
    rows: int
    lane_of: list[str]

    @property
    def columns(self) -> int:
        return len(self.lane_of)

    def free(self, column: int, rows: Iterable[int]) -> bool:
        """Whether nothing stands in these rows of a column."""
        taken = {cell.row for cell in self.cells.values() if cell.column == column}
        return taken.isdisjoint(rows)


def place(lane_of: Mapping[str, str], lanes: Sequence[str], layers: Layers, arcs: Iterable[Arc]) -> Grid:
    """Give every process a cell.

    Parameters
    ----------
    lane_of
        Process → lane, in the order of the model.
    lanes
        Those that hold processes, from left to right.
    layers
        Of the processes.
    arcs
        What is drawn; decides who stands below whom.
    """
    most = max(2, MOST_COLUMNS // max(1, len(lanes)))
    rows = _rows(lane_of, layers, most)
    width = {lane: max(sum(lane_of[name] == lane for name in row) for row in rows) for lane in lanes}
    first = {lane: sum(width[other] for other in lanes[:index]) for index, lane in enumerate(lanes)}
    before: dict[str, list[str]] = {}
    for source, target in arcs:
        before.setdefault(target, []).append(source)
        before.setdefault(source, []).append(target)
    cells: dict[str, Cell] = {}
    for number, row in enumerate(rows):
        for lane in lanes:
            here = [name for name in row if lane_of[name] == lane]
            _fill(here, number, range(first[lane], first[lane] + width[lane]), before, cells)
    return Grid(cells, len(rows), [lane for lane in lanes for _ in range(width[lane])])


def _rows(lane_of: Mapping[str, str], layers: Layers, most: int) -> list[list[str]]:
    """Processes by row; a layer that is too wide for a lane goes on in the next row."""
    rows: list[list[str]] = []
    for layer in range(layers.count):
        parts: list[list[str]] = []
        counts: dict[str, int] = {}
        for name, lane in lane_of.items():
            if layers.layer[name] != layer:
                continue
            part = counts.get(lane, 0) // most
            counts[lane] = counts.get(lane, 0) + 1
            parts += [[] for _ in range(part + 1 - len(parts))]
            parts[part].append(name)
        rows += parts
    return rows


def _fill(
    names: list[str], row: int, columns: range, before: Mapping[str, list[str]], cells: dict[str, Cell]
) -> None:
    """Put the processes of one lane and row into its columns, each as near as can be to its neighbours."""

    def wish(name: str) -> float:
        placed = [cells[other].column for other in before.get(name, ()) if other in cells]
        return sum(placed) / len(placed) if placed else columns[0]

    free = list(columns)
    ordered = sorted(names, key=wish)
    for index, name in enumerate(ordered):
        after = len(ordered) - index - 1  # columns that those to the right need
        choices = free[: len(free) - after]
        column = min(choices, key=lambda one: abs(one - wish(name)))
        cells[name] = Cell(column, row)
        free = [one for one in free if one > column]
