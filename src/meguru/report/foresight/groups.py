"""Sections on the groups: marks, the way there, fans of the KPIs, outcomes side by side."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from meguru.foresight.analysis import standing
from meguru.foresight.analysis.outlook.rating import sign_of
from meguru.foresight.telling.words import percent
from meguru.report.blocks import Block, Cell, Figure, Gallery, Section, Table, tabs
from meguru.report.both import EMPTY, Both
from meguru.report.foresight.evidence import sentence_blocks
from meguru.report.foresight.outlook import Outlook
from meguru.report.foresight.pictures.alluvial import draw_alluvial
from meguru.report.foresight.pictures.parallel import Column, draw_parallel
from meguru.report.foresight.words import say
from meguru.report.numbers import Scale, number
from meguru.report.svg.bars import swatch
from meguru.report.svg.lines import Line, Words, draw_lines
from meguru.report.words import say as say_common

SINGLE = 20  # futures of each group drawn one by one
INNER, OUTER = (0.25, 0.75), (0.05, 0.95)
FAN = "#56626e"


def groups(outlook: Outlook) -> list[Section]:
    """Two sections: the groups, and the fans of the KPIs."""
    blocks: list[Block] = [_matrix(outlook)]
    blocks += sentence_blocks(outlook, lambda one: one.kind == "group")
    blocks.append(_alluvial(outlook))
    if len(outlook.groups.kpis) > 1:
        blocks.append(_parallel(outlook))
    fans = Section("fans", say("fans"), say("fans_lead"), _fans(outlook))
    return [Section("groups", say("groups"), say("groups_lead"), blocks), fans]


def legend(outlook: Outlook) -> list[tuple[Markup, Both]]:
    """Colours of the groups."""
    return [(Markup(swatch(outlook.colour(code))), outlook.titled(code)) for code in outlook.codes]


def _matrix(outlook: Outlook) -> Table:
    """Marks of the groups by field, with their flip rates and the rule."""
    rated = outlook.analysis.ratings
    fields = list(dict.fromkeys(one.field for one in rated))
    marks = {(one.group, one.field): one for one in rated}
    rows: list[list[Cell]] = []
    for code in outlook.codes:
        cells: list[Cell] = [outlook.titled(code)]
        for field in fields:
            one = marks[code, field]
            cells.append("–" if one.flip_rate is None else f"{one.mark} ({percent(one.flip_rate)})")
        rows.append([*cells, outlook.name(code)])
    head = [say("group"), *(outlook.field(field) for field in fields), say("name")]
    rule = outlook.analysis.rule
    told = say(
        "rule",
        margin=f"{rule.margin:g}",
        best=f"{rule.best:g}",
        good=f"{rule.good:g}",
        against=say(f"against_{rule.against}"),
    )
    caption = say("matrix") + Both(". ", "。") + told
    return Table(head, rows, caption, texts=range(len(head)))


def _alluvial(outlook: Outlook) -> Figure:
    first, last = outlook.years[0], outlook.years[-1]
    fifths = [year for year in outlook.years if year % 5 == 0 and first + 1 < year < last - 1]
    years = [first, *fifths, last]
    found = standing(outlook.futures, outlook.groups, outlook.analysis.rule, years)
    colours = [outlook.colour(code) for code in outlook.codes]
    names = [outlook.titled(code) for code in outlook.codes]
    svg = draw_alluvial(found, outlook.groups.share, colours, names, say("alluvial"))
    rows: list[list[Cell]] = [
        [
            code,
            *(f"{round(score, 2) + 0.0:+.2f}".replace("-", "−") for score in found.scores[:, place].tolist()),
        ]
        for place, code in enumerate(found.codes)
    ]
    table = Table([say("score"), *(f"{year:g}" for year in found.years)], rows)
    note = say("alluvial_note")
    return Figure(say("alluvial"), Markup(svg), note, table, legend(outlook), size="wide")


def _parallel(outlook: Outlook) -> Figure:
    futures, kpis = outlook.futures, outlook.groups.kpis
    ends = np.array([np.asarray(futures.of(name)[-1], dtype=float) for name in kpis])
    signs = np.array([sign_of(futures, name) or 1 for name in kpis])[:, None]
    spread = ends.std(axis=1)[:, None]
    away = np.divide(ends - ends.mean(axis=1)[:, None], spread, out=np.zeros_like(ends), where=spread > 0)
    away *= signs
    columns = [Column(outlook.label(name), outlook.field(outlook.model.nodes[name].field)) for name in kpis]
    single, mean = [], []
    for code in outlook.codes:
        members = outlook.members(code)
        some = members[:: max(1, len(members) // SINGLE)][:SINGLE]
        single.append(away[:, some].T.tolist())
        mean.append(away[:, members].mean(axis=1).tolist())
    colours = [outlook.colour(code) for code in outlook.codes]
    names = [outlook.titled(code) for code in outlook.codes]
    svg = draw_parallel(columns, single, mean, colours, names, say("parallel"))
    rows: list[list[Cell]] = [
        [column.label, column.field, *(f"{row[at]:+.2f}".replace("-", "−") for row in mean)]
        for at, column in enumerate(columns)
    ]
    head: list[Cell] = [Both("KPI", "KPI"), say_common("group"), *outlook.codes]
    table = Table(head, rows, texts=(0, 1))
    return Figure(say("parallel"), Markup(svg), say("parallel_note"), table, legend(outlook), size="wide")


def _fans(outlook: Outlook) -> list[Block]:
    """All futures with the medians of the groups; the futures of each group by themselves."""
    items: list[tuple[Both, list[Block]]] = [
        (
            say("all_futures"),
            [Gallery([_fan(outlook, name, None) for name in outlook.groups.kpis], legend(outlook))],
        )
    ]
    if len(outlook.codes) > 1:
        for code in outlook.codes:
            figures = [_fan(outlook, name, code) for name in outlook.groups.kpis]
            items.append((outlook.titled(code), [Gallery(figures)]))
    return tabs(say("group"), items)


def _fan(outlook: Outlook, name: str, code: str | None) -> Figure:
    """The fan of a KPI over all futures, with medians of the groups, or over those of one group."""
    states = np.asarray(outlook.futures.of(name)[outlook.rows], dtype=float)
    inside = states if code is None else states[:, outlook.members(code)]
    low, first, median, third, high = np.quantile(
        inside, (OUTER[0], INNER[0], 0.5, INNER[1], OUTER[1]), axis=1
    )
    title = say("all_futures") if code is None else outlook.titled(code)
    colour = FAN if code is None else outlook.colour(code)
    bands = ((low.tolist(), high.tolist()), (first.tolist(), third.tolist()))
    lines = [Line(title, colour, median.tolist(), bands=bands)]
    if code is None and len(outlook.codes) > 1:
        for one in outlook.codes:
            middle = np.median(states[:, outlook.members(one)], axis=1)
            lines.append(Line(outlook.titled(one), outlook.colour(one), middle.tolist()))
    words = Words(say_common("year"), say_common("undefined"), EMPTY, say_common("axis_cut"))
    label = outlook.label(name)
    svg = draw_lines(lines, outlook.years, Scale(1.0, outlook.unit(name)), words, label)
    head: list[Cell] = [say("year"), "5 %", "25 %", "50 %", "75 %", "95 %"]
    columns = (low, first, median, third, high)
    rows: list[list[Cell]] = [
        [str(year), *(number(float(column[at])) for column in columns)]
        for at, year in enumerate(outlook.years)
    ]
    return Figure(label, Markup(svg), EMPTY, Table(head, rows))
