"""Results at a glance: indicators of the last year, beside published values, and over the years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from meguru.report.blocks import Block, Cell, Figure, Gallery, More, Section, Table
from meguru.report.both import EMPTY, Both
from meguru.report.indicator_values import Series, Target, read_indicators
from meguru.report.numbers import Scale, decimals_for, scale_for, unit_text
from meguru.report.study import Run, Study
from meguru.report.svg.bars import swatch
from meguru.report.svg.lines import MARKERS, Line, Words, draw_lines
from meguru.report.words import say

LONG = 1e6  # numbers from here on are shown in a larger unit
SHOWN = 12  # charts before the rest is folded away


def overview(study: Study) -> list[Section]:
    """Sections on the indicators; none if the model has none."""
    found = read_indicators(study)
    series, targets = found.series, found.targets
    if not series:
        return []
    lead = say("results_lead", year=study.last)
    if study.samples > 1:
        lead = lead + Both(" ", "") + say("range_lead")
    sections = [Section("results", say("results"), lead, [_table(study, series)])]
    if targets:
        sections.append(
            Section(
                "published",
                say("against_published"),
                say("published_lead", year=study.last),
                [_compared(study, targets)],
            )
        )
    figures = [_chart(study, one, targets) for one in series]
    blocks: list[Block] = [Gallery(figures[:SHOWN], scenario_legend(study))]
    if figures[SHOWN:]:
        blocks.append(
            More(
                say("more_figures", count=len(figures) - SHOWN),
                [Gallery(figures[SHOWN:], scenario_legend(study))],
            )
        )
    sections.append(
        Section(
            "by-year",
            say("by_year"),
            say("by_year_lead") if study.samples == 1 else say("bands_lead"),
            blocks,
        )
    )
    return sections


def scale_of(unit: str, values: Iterable[float | None]) -> Scale:
    """The unit of an indicator as it is given, unless the numbers are too long to be read."""
    known = [value for value in values if value is not None]
    long = max(map(abs, known), default=0.0) >= LONG
    return scale_for(unit, known, fixed=not long)


def chart_words() -> Words:
    """Words on charts of lines."""
    return Words(say("year"), say("undefined"), say("published"), say("axis_cut"))


def scenario_legend(study: Study) -> list[tuple[Markup, Both]]:
    """Colour, dash and sign of each scenario; nothing for a single run."""
    if not study.is_comparison:
        return []
    return [(Markup(swatch(run.colour, run.dash, marker_of(study, run))), run.label) for run in study.runs]


def marker_of(study: Study, run: Run) -> str:
    """The sign on the lines of a scenario."""
    return MARKERS[study.runs.index(run) % len(MARKERS)]


def _table(study: Study, series: Sequence[Series]) -> Table:
    head: list[Cell] = [say("indicator"), say("unit"), *(run.label for run in study.runs)]
    rows: list[list[Cell]] = []
    for one in series:
        values = [one.last(run.name) for run in study.runs]
        scale = scale_of(one.unit, values)
        decimals = decimals_for(value / scale.size for value in values if value is not None)
        rows.append([one.label, scale.unit, *(_last(one, run.name, scale, decimals) for run in study.runs)])
    return Table(head, rows, say("last_year_values", year=study.last), texts=(0, 1), kind="results")


def _last(one: Series, scenario: str, scale: Scale, decimals: int) -> Cell:
    """The value of the last year, with the range of the samples where there are several."""
    value = one.last(scenario)
    if value is None:
        return say("undefined")
    ends = [values[-1] for band in one.bands[scenario][:1] for values in band]
    shown = [scale.text(end, decimals) for end in ends if end is not None]
    text = scale.text(value, decimals)
    return f"{text} ({shown[0]} … {shown[1]})".replace(" ", "\N{NO-BREAK SPACE}") if shown else text


def _compared(study: Study, targets: Sequence[Target]) -> Table:
    head = [
        say("indicator"),
        say("scenario"),
        say("published"),
        say("computed"),
        say("difference"),
        say("within_rounding"),
    ]
    rows: list[list[Cell]] = []
    for target in targets:
        scale, decimals = Scale(1.0, unit_text(target.series.unit)), target.decimals + 2
        computed = difference = say("undefined")
        if target.computed is not None:
            computed = scale.full(target.computed, decimals)
            difference = scale.full(target.computed - target.published, decimals, signed=True)
        printed = scale.full(target.published, target.decimals)
        verdict = say("yes") if target.within else say("no")
        rows.append([target.series.label, target.run.label, printed, computed, difference, verdict])
    within = sum(target.within for target in targets)
    return Table(
        head, rows, say("within_count", within=within, count=len(targets)), texts=(0, 1, 5), kind="verdict"
    )


def _chart(study: Study, one: Series, targets: Sequence[Target]) -> Figure:
    published = {t.run.name: t.published for t in targets if t.series is one}
    lines = [
        Line(
            run.label,
            run.colour,
            one.by_year[run.name],
            run.dash,
            marker_of(study, run),
            one.bands.get(run.name, ()),
            published.get(run.name),
        )
        for run in study.runs
    ]
    scale = scale_of(one.unit, (value for values in one.by_year.values() for value in values))
    alt = say("line_alt", title=one.label, unit=scale.unit, first=study.years[0], last=study.last)
    svg = draw_lines(lines, study.years, scale, chart_words(), alt)
    note = (
        one.note
        + (Both(" ", "") if one.note != EMPTY else EMPTY)
        + (say("target_note") if published else EMPTY)
    )
    return Figure(one.label, Markup(svg), note, year_table(study, _columns(study, one), scale))


def _columns(study: Study, one: Series) -> dict[Both, Sequence[float | None]]:
    """What a chart shows, by name: of samples the mean, and the ends of the light band."""
    found: dict[Both, Sequence[float | None]] = {}
    for run in study.runs:
        found[run.label] = one.by_year[run.name]
        for low, high in one.bands[run.name][:1]:
            found |= {say("low_end", name=run.label): low, say("high_end", name=run.label): high}
    return found


def year_table(study: Study, columns: Mapping[Both, Sequence[float | None]], scale: Scale) -> Table:
    """A table with a row for each year; the unit stands in the heads."""
    head: list[Cell] = [say("year"), *(label + ", " + scale.unit for label in columns)]
    rows: list[list[Cell]] = []
    for index, year in enumerate(study.years):
        values = [values[index] for values in columns.values()]
        rows.append([str(year), *(say("undefined") if v is None else scale.text(v) for v in values)])
    return Table(head, rows)
