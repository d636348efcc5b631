"""Waterfalls: what an impact or a cost is made of, or how it differs from the reference, group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from meguru.report.blocks import Block, Cell, Figure, Gallery, Section, Table, tabs
from meguru.report.both import EMPTY, Both
from meguru.report.numbers import Scale, scale_for
from meguru.report.overview import chart_words, marker_of, scenario_legend, year_table
from meguru.report.study import Rows, Run, Study
from meguru.report.svg.bars import Layer, draw_bars_by_name, exact_sum, swatch
from meguru.report.svg.canvas import PALETTE
from meguru.report.svg.lines import Line, draw_lines
from meguru.report.svg.waterfall import draw_waterfall
from meguru.report.words import common, say

MOST_STEPS = 9
Steps = dict[Both, float]


def by_group(run: Run, rows: Rows, kinds: Sequence[int] | None = None) -> Steps:
    """Amounts of the last year by group; by process or route where no group is named."""
    found: Steps = {}
    for index in range(len(rows.labels)) if kinds is None else kinds:
        row = rows.labels[index]
        name = common(row["group"]) if row["group"] else run.names.place(row["name"], row["where"])
        found[name] = found.get(name, 0.0) + float(rows.values[-1, index])
    return found


def against(steps: Steps, reference: Steps) -> Steps:
    """Differences, in order of first appearance."""
    return {name: steps.get(name, 0.0) - reference.get(name, 0.0) for name in [*steps, *(n for n in reference if n not in steps)]}


def largest_first(steps: Steps, most: int = MOST_STEPS) -> Steps:
    """The largest steps, the rest of them as one."""
    biggest = max((abs(v) for v in steps.values()), default=0.0)
    real = {name: v for name, v in steps.items() if abs(v) > 1e-9 * biggest}
    ordered = sorted(real.items(), key=lambda entry: -abs(entry[1]))
    if len(ordered) > most:
        rest = sum(value for _, value in ordered[most - 1 :])
        return {**dict(ordered[: most - 1]), say("other"): rest}
    return dict(ordered)


def in_one_order(many: Mapping[Run, Steps]) -> dict[Run, Steps]:
    """Waterfalls of several scenarios with their steps in the same order, the largest of all first."""
    totals: Steps = {}
    for steps in many.values():
        for name, value in steps.items():
            totals[name] = totals.get(name, 0.0) + abs(value)
    kept = list(largest_first(totals))
    other = say("other")
    found = {}
    for run, steps in many.items():
        rest = {other: sum(value for name, value in steps.items() if name not in kept)} if other in kept else {}
        found[run] = {**{name: steps[name] for name in kept if name in steps and name != other}, **rest}
    return found


def reach_of(many: Sequence[Steps]) -> tuple[float, float]:
    """Lowest and highest place that waterfalls come to."""
    places = [0.0]
    for steps in many:
        at = 0.0
        for value in steps.values():
            at += value
            places.append(at)
    return min(places), max(places)


def waterfall(title: Both, steps: Steps, scale: Scale, reach: tuple[float, float], *, change: bool, note: Both, total: Both) -> Figure:
    """A waterfall with its table."""
    alt = say("waterfall_alt", title=title, total=scale.full(sum(steps.values()), signed=change))
    svg = draw_waterfall(list(steps.items()), total, scale, reach, alt, signed=change)
    rows: list[list[Cell]] = [[name, scale.text(value)] for name, value in [*steps.items(), (total, sum(steps.values()))]]
    return Figure(title, Markup(svg), note, Table([say("group"), scale.unit], rows), size="medium")


def effects(study: Study) -> list[Section]:
    """Impacts: by year, by group, against the reference."""
    blocks: list[Block] = []
    for category, unit in study.runs[0].categories.items():
        if any(run.impacts[category].values.any() for run in study.runs):
            blocks += _category(study, category, unit)
    energy = _energy(study)
    if energy:
        blocks.append(Gallery([energy], scenario_legend(study)))
    return [Section("impacts", say("impacts"), say("impacts_lead", year=study.last), blocks)] if blocks else []


def _summed(rows: Rows) -> list[int]:
    """Rows that belong in sums: all but credits."""
    return [index for index, row in enumerate(rows.labels) if row["kind"] != "credit"]


def _category(study: Study, category: str, unit: str) -> list[Block]:
    name = study.names.category(category)
    blocks: list[Block] = []
    totals = {run: run.impacts[category].values[:, _summed(run.impacts[category])].sum(axis=1).tolist() for run in study.runs}
    charts = [_line_chart(study, say("impact_total", category=name), unit, totals)]
    steps = {run: by_group(run, run.impacts[category], _summed(run.impacts[category])) for run in study.runs}
    falls: list[tuple[Both, Sequence[Block]]] = []
    if study.reference is not None:
        changes = in_one_order({run: against(steps[run], steps[study.reference]) for run in study.others})
        title = say("impact_change", category=name, reference=study.reference.label)
        overview = side_by_side(study, title, {run: against(steps[run], steps[study.reference]) for run in study.others}, unit)
        blocks.append(Gallery([*charts, *overview], scenario_legend(study)))
        scale, reach = scale_for(unit, _all(changes.values()), per_year=True), reach_of(list(changes.values()))
        for run, found in changes.items():
            title = say("impact_change_of", category=name, scenario=run.label, reference=study.reference.label)
            figure = waterfall(title, found, scale, reach, change=True, note=say("waterfall_note", year=study.last), total=say("change_in_all"))
            falls.append((run.label, [figure] if found else []))
    else:
        blocks.append(Gallery(charts, scenario_legend(study)))
        run = study.runs[0]
        found = largest_first(steps[run])
        title = say("impact_made_of", category=name, year=study.last)
        scale = scale_for(unit, _all([found]), per_year=True)
        falls.append((run.label, [waterfall(title, found, scale, reach_of([found]), change=False, note=say("made_of_note"), total=say("total"))]))
    blocks += side_by_side_falls(falls)
    blocks += _credits(study, category, unit, name)
    return blocks


def side_by_side_falls(falls: Sequence[tuple[Both, Sequence[Block]]]) -> list[Block]:
    """Waterfalls of all scenarios beside each other: on one scale they are to be compared."""
    figures = [block for _, blocks in falls for block in blocks if isinstance(block, Figure)]
    return [Gallery(figures)] if figures else []


def _all(many: object) -> list[float]:
    return [value for steps in many for value in (*steps.values(), sum(steps.values()))]  # type: ignore[attr-defined]


def _line_chart(study: Study, title: Both, unit: str, values: Mapping[Run, Sequence[float]]) -> Figure:
    scale = scale_for(unit, [v for found in values.values() for v in found], per_year=True)
    lines = [Line(run.label, run.colour, list(found), run.dash, marker_of(study, run)) for run, found in values.items()]
    alt = say("line_alt", title=title, unit=scale.unit, first=study.years[0], last=study.last)
    svg = draw_lines(lines, study.years, scale, chart_words(), alt, from_zero=True)
    columns: dict[Both, Sequence[float | None]] = {run.label: list(found) for run, found in values.items()}
    return Figure(title, Markup(svg), EMPTY, year_table(study, columns, scale))


def side_by_side(study: Study, title: Both, changes: Mapping[Run, Steps], unit: str, *, net: bool = True) -> list[Figure]:
    """Stacked bars of all scenarios: group by group, the sum marked."""
    totals: Steps = {}
    for steps in changes.values():
        for name, value in steps.items():
            totals[name] = totals.get(name, 0.0) + abs(value)
    kept = list(largest_first(totals, 8))
    other = say("other")
    names = [name for name in kept if name != other]
    if not names:
        return []
    layers = [Layer(name, PALETTE[index % len(PALETTE)], [steps.get(name, 0.0) for steps in changes.values()]) for index, name in enumerate(names)]
    if other in kept:
        rest = [sum(v for name, v in steps.items() if name not in names) for steps in changes.values()]
        layers.append(Layer(other, "#bbbbbb", rest))
    sums = [exact_sum(list(steps.values())) for steps in changes.values()]
    scale = scale_for(unit, [*sums, *(v for layer in layers for v in layer.values)], per_year=True)
    alt = say("columns_alt", title=title, unit=scale.unit)
    svg = draw_bars_by_name(layers, [run.label for run in changes], scale, say("net") if net else None, alt)
    head: list[Cell] = [say("scenario"), *(layer.label + ", " + scale.unit for layer in layers), *([say("net") + ", " + scale.unit] if net else [])]
    rows: list[list[Cell]] = [
        [run.label, *(scale.text(layer.values[index]) for layer in layers), *([scale.text(sums[index])] if net else [])]
        for index, run in enumerate(changes)
    ]
    legend = [(Markup(swatch(layer.colour)), layer.label) for layer in layers]
    size = "medium" if len(changes) > 2 else "chart"
    return [Figure(title, Markup(svg), say("columns_note" if net else "columns_note_short", year=study.last), Table(head, rows), legend, size)]


def _credits(study: Study, category: str, unit: str, name: Both) -> list[Block]:
    """Avoided burdens stand on lines of their own and in no sum."""
    rows: list[list[Cell]] = []
    for run in study.runs:
        found = run.impacts[category]
        kept = [index for index, row in enumerate(found.labels) if row["kind"] == "credit"]
        for label, value in by_group(run, found, kept).items():
            rows.append([run.label, label, scale_for(unit, [value], per_year=True).full(value)])
    if not rows:
        return []
    return [Table([say("scenario"), say("credit"), name], rows, say("credits_caption"), texts=(0, 1))]


def _energy(study: Study) -> Figure | None:
    totals = {run: run.energy.values[:, _summed(run.energy)].sum(axis=1).tolist() for run in study.runs}
    if not any(any(found) for found in totals.values()):
        return None
    return _line_chart(study, say("energy_total"), "kWh", totals)
