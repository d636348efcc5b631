"""Impacts and energy: by year, by group, against the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from meguru.model import unrated
from meguru.report.blocks import Block, Cell, Figure, Gallery, Section, Table
from meguru.report.both import EMPTY, Both
from meguru.report.numbers import scale_for
from meguru.report.overview import chart_words, marker_of, scenario_legend, year_table
from meguru.report.steps import (
    Fall,
    Steps,
    against,
    by_group,
    in_one_order,
    largest_first,
    reach_of,
    side_by_side,
    totals_of,
    waterfall,
)
from meguru.report.study import Rows, Run, Study
from meguru.report.svg.lines import Line, draw_lines
from meguru.report.words import say


def effects(study: Study) -> list[Section]:
    """The section on impacts and energy; none if there are none."""
    blocks: list[Block] = []
    for category, unit in study.runs[0].categories.items():
        if any(run.impacts[category].values.any() for run in study.runs):
            blocks += _category(study, category, unit)
    energy = _energy(study)
    if energy:
        blocks.append(Gallery([energy], scenario_legend(study)))
    blocks += _without_factor(study)
    if not blocks:
        return []
    return [Section("impacts", say("impacts"), say("impacts_lead", year=study.last), blocks)]


def _without_factor(study: Study) -> list[Block]:
    """What is used and no factor rates: it counts nothing in the sums above."""
    users: dict[tuple[str, str], dict[str, None]] = {}
    for one in unrated(study.model):
        users.setdefault((one.exchange, one.impact), {})[one.user] = None
    if not users:
        return []
    rows: list[list[Cell]] = [
        [Both.of(exchange), study.names.category(impact), Both.of(", ".join(names))]
        for (exchange, impact), names in users.items()
    ]
    head: list[Cell] = [say("exchange"), say("impact"), say("used_by")]
    return [Table(head, rows, say("without_factor"), texts=(0, 1, 2))]


def _summed(rows: Rows) -> list[int]:
    """Rows that belong in sums: all but credits."""
    return [index for index, row in enumerate(rows.labels) if row["kind"] != "credit"]


def _category(study: Study, category: str, unit: str) -> list[Block]:
    name = study.names.category(category)
    rows = {run: run.impacts[category] for run in study.runs}
    totals = {run: found.values[:, _summed(found)].sum(axis=1).tolist() for run, found in rows.items()}
    charts = [_line_chart(study, say("impact_total", category=name), unit, totals)]
    steps = {run: by_group(run, found, _summed(found)) for run, found in rows.items()}
    if study.reference is None:
        falls = [_made_of(study, name, steps[study.runs[0]], unit)]
    else:
        changes = {run: against(steps[run], steps[study.reference]) for run in study.others}
        title = say("impact_change", category=name, reference=study.reference.label)
        charts += side_by_side(study, title, changes, unit)
        falls = _changes(study, name, changes, unit)
    return [
        Gallery(charts, scenario_legend(study)),
        Gallery(falls),
        *_credits(study, category, unit, name),
    ]


def _made_of(study: Study, name: Both, steps: Steps, unit: str) -> Figure:
    """What an impact of a single run is made of."""
    shown = largest_first(steps)
    scale = scale_for(unit, totals_of([shown]), per_year=True)
    fall = Fall(scale, reach_of([shown]), change=False, note=say("made_of_note"))
    return waterfall(say("impact_made_of", category=name, year=study.last), shown, fall)


def _changes(study: Study, name: Both, changes: Mapping[Run, Steps], unit: str) -> list[Figure]:
    """From the reference to each scenario, all on one scale."""
    assert study.reference is not None
    ordered = in_one_order(changes)
    scale = scale_for(unit, totals_of(ordered.values()), per_year=True)
    note = say("waterfall_note", year=study.last)
    fall = Fall(scale, reach_of(ordered.values()), change=True, note=note)
    reference = study.reference.label
    return [
        waterfall(
            say("impact_change_of", category=name, scenario=run.label, reference=reference), steps, fall
        )
        for run, steps in ordered.items()
        if steps
    ]


def _line_chart(study: Study, title: Both, unit: str, values: Mapping[Run, Sequence[float]]) -> Figure:
    scale = scale_for(unit, [v for found in values.values() for v in found], per_year=True)
    lines = [
        Line(run.label, run.colour, list(found), run.dash, marker_of(study, run))
        for run, found in values.items()
    ]
    alt = say("line_alt", title=title, unit=scale.unit, first=study.years[0], last=study.last)
    svg = draw_lines(lines, study.years, scale, chart_words(), alt, from_zero=True)
    table = year_table(study, {run.label: found for run, found in values.items()}, scale)
    return Figure(title, Markup(svg), EMPTY, table)


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
