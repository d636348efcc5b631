"""The report of an ensemble: bands by year, which scenario is better how often, enough samples or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from markupsafe import Markup

from meguru.explore.ensembles.result import Ensemble
from meguru.explore.ensembles.stability import ENOUGH, FEWEST, stability
from meguru.report.blocks import Block, Cell, Figure, Gallery, Section, Table, Text
from meguru.report.both import EMPTY, Both
from meguru.report.html import Head
from meguru.report.model_head import model_head
from meguru.report.numbers import Scale, decimals_for
from meguru.report.overview import chart_words, scale_of
from meguru.report.svg.bars import swatch
from meguru.report.svg.canvas import PALETTE, REFERENCE
from meguru.report.svg.lines import MARKERS, Line, draw_lines
from meguru.report.words import Names, label_of, say

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
Value = float | None


@dataclass(frozen=True, slots=True)
class Look:
    """How a scenario is shown."""

    name: str
    label: Both
    colour: str
    dash: str
    marker: str


def looks(found: Ensemble) -> list[Look]:
    """Colour, dash and sign of each scenario; the reference in grey where it is compared with."""
    names, shown, used = Names(found.model), [], 0
    for index, name in enumerate(found.scenarios):
        marker = MARKERS[index % len(MARKERS)]
        if name == found.plan.reference and len(found.scenarios) > 1:
            shown.append(Look(name, names.scenario(name), REFERENCE, "6 4", marker))
            continue
        shown.append(Look(name, names.scenario(name), PALETTE[used % len(PALETTE)], "", marker))
        used += 1
    return shown


def head_of(found: Ensemble) -> Head:
    """Title, scenarios and what must be known before reading a number."""
    runs, settings = looks(found), found.plan.settings
    reference = next((run for run in runs if run.name == found.plan.reference), None)
    count = f"{found.samples:,}"
    drawn = say("count_of_samples", count=count) + say(f"drawn_{found.plan.sampling.method}")
    return model_head(
        found.model,
        (int(found.years[0]), int(found.years[-1])),
        say("samples_alike", count=count) if found.plan.alike else drawn,
        runs,
        reference if len(runs) > 1 else None,
        created=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=str(settings["version"]),
        model_hash=str(settings["model_hash"]),
        seed=found.plan.seed,
    )


def sections_of(found: Ensemble) -> list[Section]:
    """All of the report."""
    shown = looks(found)
    legend = [(Markup(swatch(one.colour, one.dash, one.marker)), one.label) for one in shown]
    figures = [_chart(found, name, shown) for name in found.indicators]
    sections = [
        Section(
            "results",
            say("results"),
            say("ensemble_lead", year=found.years[-1]) + Both(" ", "") + say("range_lead"),
            [_last_year(found, shown)],
        ),
        Section("by-year", say("by_year"), say("ensemble_bands_lead"), [Gallery(figures, legend)]),
    ]
    if len(shown) > 1 and any(one.wanted for one in found.indicators.values()):
        lead = say("better_lead", year=found.years[-1])
        sections.append(Section("better", say("better"), lead, [_better(found)]))
    sections.append(_stable(found))
    return sections


def _quantiles(found: Ensemble, scenario: str, name: str) -> list[list[Value]]:
    """By level, then by year; None where undefined in all samples."""
    values = found.of(scenario, name)
    rows: list[list[Value]] = [[] for _ in LEVELS]
    for column in range(values.shape[1]):
        known = values[~np.isnan(values[:, column]), column]
        there = np.quantile(known, LEVELS).tolist() if known.size else [None] * len(LEVELS)
        for row, value in zip(rows, there, strict=True):
            row.append(value)
    return rows


def _label(found: Ensemble, name: str) -> Both:
    return label_of(found.indicators[name], name)


def _last_year(found: Ensemble, shown: Sequence[Look]) -> Table:
    head: list[Cell] = [say("indicator"), say("unit"), *(one.label for one in shown)]
    rows: list[list[Cell]] = []
    for name, indicator in found.indicators.items():
        ends = [[row[-1] for row in _quantiles(found, one.name, name)] for one in shown]
        known = [value for row in ends for value in row if value is not None]
        scale = scale_of(indicator.unit, known)
        decimals = decimals_for(value / scale.size for value in known)
        rows.append([_label(found, name), scale.unit, *(_range(row, scale, decimals) for row in ends)])
    caption = say("medians_of", year=found.years[-1])
    return Table(head, rows, caption, texts=(0, 1), kind="results")


def _range(row: Sequence[Value], scale: Scale, decimals: int) -> Cell:
    if row[2] is None:
        return say("undefined")
    low, middle, high = (scale.text(row[k], decimals) for k in (0, 2, 4))
    return f"{middle} ({low} … {high})".replace(" ", "\N{NO-BREAK SPACE}")


def _chart(found: Ensemble, name: str, shown: Sequence[Look]) -> Figure:
    indicator, label = found.indicators[name], _label(found, name)
    lines, every, table = [], [], {}
    for one in shown:
        low, lower, middle, upper, high = _quantiles(found, one.name, name)
        bands = ((low, high), (lower, upper))
        lines.append(Line(one.label, one.colour, middle, one.dash, one.marker, bands))
        every += [value for row in (low, middle, high) for value in row]
        table[one.name] = (one.label, (low, middle, high))
    scale = scale_of(indicator.unit, every)
    svg = Markup(draw_lines(lines, found.years, scale, chart_words(), label))
    note = Both.of(indicator.note) if indicator.note else EMPTY
    return Figure(label, svg, note, _by_year(found, table, scale))


def _by_year(found: Ensemble, columns: dict[str, Any], scale: Scale) -> Table:
    head: list[Cell] = [say("year")]
    for label, _ in columns.values():
        head += [say("low_end", name=label), label + ", " + scale.unit, say("high_end", name=label)]
    rows: list[list[Cell]] = []
    for index, year in enumerate(found.years):
        cells = [row[index] for _, three in columns.values() for row in three]
        rows.append([str(year), *(say("undefined") if v is None else scale.text(v) for v in cells)])
    return Table(head, rows)


def _better(found: Ensemble) -> Table:
    names = Names(found.model)
    rows: list[list[Cell]] = []
    for row in found.better().to_dict("records"):
        known = isinstance(row["probability"], float)
        share: Cell = f"{row['probability']:.1%}" if known else say("undefined")
        interval: Cell = f"{row['low']:.1%} – {row['high']:.1%}" if known else ""
        wish = say(f"wanted_{row['wanted']}")
        rows.append([_label(found, row["indicator"]), wish, names.scenario(row["scenario"]), share, interval])
    head = [say("indicator"), say("wanted"), say("scenario"), say("better_share"), say("interval_95")]
    return Table(head, rows, texts=(0, 1, 2))


def _stable(found: Ensemble) -> Section:
    """Whether there are enough samples."""
    if found.samples < FEWEST:
        return Section("enough", say("enough"), say("samples_too_few_to_say"), [])
    names = Names(found.model)
    rows: list[list[Cell]] = []
    judged = stability(found).to_dict("records")
    for row in judged:
        error: Cell = f"{row['error']:.1%}" if isinstance(row["error"], float) else say("undefined")
        halves: Cell = f"{row['halves']:.1%}" if isinstance(row["halves"], float) else say("undefined")
        state = say("state_" + str(row["state"]).replace(" ", "_"))
        label, scenario = _label(found, row["indicator"]), names.scenario(row["scenario"])
        rows.append([label, scenario, str(row["year"]), halves, error, state])
    few = [row for row in judged if row["state"] not in (ENOUGH, "never reacts")]
    said = say("samples_enough") if not few else say("samples_not_enough", count=len(few), all=len(judged))
    head = [
        say("indicator"), say("scenario"), say("worst_year"), say("halves_differ"), say("bootstrap_error"),
        say("verdict"),
    ]  # fmt: skip
    blocks: list[Block] = [Text(said, "strong"), Table(head, rows, texts=(0, 1, 5))]
    return Section("enough", say("enough"), say("enough_lead"), blocks)
