"""What an amount is made of, or how it differs from the reference, step by step; and figures of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from meguru.report.blocks import Cell, Figure, Table
from meguru.report.both import Both
from meguru.report.numbers import Scale, scale_for
from meguru.report.study import Rows, Run, Study
from meguru.report.svg.bars import Layer, draw_bars_by_name, exact_sum, swatch
from meguru.report.svg.canvas import PALETTE
from meguru.report.svg.waterfall import draw_waterfall
from meguru.report.words import common, say

MOST_STEPS = 9
MOST_COLOURS = 8
ROUNDING = 1e-9  # of the largest step: less is nothing
REST = "#bbbbbb"
Steps = dict[Both, float]


def by_group(run: Run, rows: Rows, kept: Iterable[int]) -> Steps:
    """Amounts of the last year by group; by process or route where no group is named."""
    found: Steps = {}
    for index in kept:
        row = rows.labels[index]
        name = common(row["group"]) if row["group"] else run.names.place(row["name"], row["where"])
        found[name] = found.get(name, 0.0) + float(rows.values[-1, index])
    return found


def against(steps: Steps, reference: Steps) -> Steps:
    """Differences, in order of first appearance."""
    names = dict.fromkeys([*steps, *reference])
    return {name: steps.get(name, 0.0) - reference.get(name, 0.0) for name in names}


def largest_first(steps: Steps, most: int = MOST_STEPS) -> Steps:
    """The largest steps, the rest of them as one."""
    smallest = ROUNDING * max((abs(v) for v in steps.values()), default=0.0)
    ordered = sorted((one for one in steps.items() if abs(one[1]) > smallest), key=lambda one: -abs(one[1]))
    if len(ordered) <= most:
        return dict(ordered)
    rest = sum(value for _, value in ordered[most - 1 :])
    return {**dict(ordered[: most - 1]), say("other"): rest}


def in_one_order(many: Mapping[Run, Steps], most: int = MOST_STEPS) -> dict[Run, Steps]:
    """The same steps in the same order for all, the largest first, the rest of them as one."""
    totals: Steps = {}
    for steps in many.values():
        for name, value in steps.items():
            totals[name] = totals.get(name, 0.0) + abs(value)
    other = say("other")
    order = list(largest_first(totals, most))
    kept = [name for name in order if name != other or other in totals]
    found = {}
    for run, steps in many.items():
        found[run] = {name: steps.get(name, 0.0) for name in kept}
        if len(kept) < len(order):
            found[run][other] = sum(value for name, value in steps.items() if name not in kept)
    return found


def totals_of(many: Iterable[Steps]) -> list[float]:
    """All steps and their sums, to choose a scale by."""
    return [value for steps in many for value in (*steps.values(), sum(steps.values()))]


def reach_of(many: Iterable[Steps]) -> tuple[float, float]:
    """Lowest and highest place that waterfalls come to."""
    places = [0.0]
    for steps in many:
        at = 0.0
        for value in steps.values():
            at += value
            places.append(at)
    return min(places), max(places)


@dataclass(frozen=True, slots=True)
class Fall:
    """How waterfalls are drawn: their scale and reach, whether they show changes, and their note."""

    scale: Scale
    reach: tuple[float, float]
    change: bool
    note: Both


def waterfall(title: Both, steps: Steps, fall: Fall) -> Figure:
    """A waterfall with its table."""
    total, scale = exact_sum(list(steps.values())), fall.scale
    name = say("change_in_all") if fall.change else say("total")
    alt = say("waterfall_alt", title=title, total=scale.full(total, signed=fall.change))
    svg = draw_waterfall(list(steps.items()), name, scale, fall.reach, alt, signed=fall.change)
    rows: list[list[Cell]] = [[step, scale.text(value)] for step, value in [*steps.items(), (name, total)]]
    return Figure(title, Markup(svg), fall.note, Table([say("group"), scale.unit], rows), size="medium")


def side_by_side(
    study: Study, title: Both, changes: Mapping[Run, Steps], unit: str, *, net: bool = True
) -> list[Figure]:
    """Stacked bars of all scenarios, step by step; ``net``: with their sum marked."""
    ordered = in_one_order(changes, MOST_COLOURS)
    names = list(next(iter(ordered.values()), {}))
    if not names:
        return []
    layers = [
        Layer(name, _colour(name, index), [steps[name] for steps in ordered.values()])
        for index, name in enumerate(names)
    ]
    sums = [exact_sum(list(steps.values())) for steps in ordered.values()]
    scale = scale_for(unit, [*sums, *(v for layer in layers for v in layer.values)], per_year=True)
    alt = say("columns_alt", title=title, unit=scale.unit)
    svg = draw_bars_by_name(layers, [run.label for run in ordered], scale, say("net") if net else None, alt)
    legend = [(Markup(swatch(layer.colour)), layer.label) for layer in layers]
    note = say("columns_note" if net else "columns_note_short", year=study.last)
    table = _table(ordered, layers, sums if net else [], scale)
    return [Figure(title, Markup(svg), note, table, legend, "medium" if len(ordered) > 2 else "chart")]


def _colour(name: Both, index: int) -> str:
    return REST if name == say("other") else PALETTE[index % len(PALETTE)]


def _table(runs: Iterable[Run], layers: Sequence[Layer], sums: Sequence[float], scale: Scale) -> Table:
    head: list[Cell] = [say("scenario"), *(layer.label + ", " + scale.unit for layer in layers)]
    rows: list[list[Cell]] = []
    for index, run in enumerate(runs):
        rows.append([run.label, *(scale.text(layer.values[index]) for layer in layers)])
        if sums:
            rows[-1].append(scale.text(sums[index]))
    return Table([*head, say("net") + ", " + scale.unit] if sums else head, rows)
