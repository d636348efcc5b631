"""Stocks in use and in stores, sales and what leaves, over the years."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from meguru.report.blocks import Block, Figure, Gallery, Section, Table, tabs
from meguru.report.both import Both
from meguru.report.numbers import scale_for
from meguru.report.overview import chart_words, marker_of, scenario_legend, year_table
from meguru.report.study import QUANTILES, Array, Run, Study
from meguru.report.svg.bars import Layer, draw_bars_by_year, swatch
from meguru.report.svg.canvas import PALETTE, REFERENCE
from meguru.report.svg.heat import draw_heat
from meguru.report.svg.lines import Line, draw_lines
from meguru.report.words import say

ROUNDING = 1e-9  # of what flows: less is nothing
MOST_CELLS = 24  # years and age classes in a heat strip
Key = tuple[str, str]  # process, item


def stocks(study: Study) -> list[Section]:
    """Charts of stocks and of what enters and leaves use."""
    figures = [*_stock_charts(study), *_event_charts(study)]
    legend = scenario_legend(study) if any(figure.by_scenario for figure in figures) else []
    blocks: list[Block] = [Gallery(figures, legend)] if figures else []
    by_scenario = [(run.label, [block]) for run in study.runs if (block := _of_run(study, run))]
    if by_scenario:
        blocks += tabs(say("scenario"), by_scenario, len(by_scenario) - 1)
    return [Section("stocks", say("stocks"), say("stocks_lead"), blocks)] if blocks else []


def _lines(
    study: Study, title: Both, unit: str, values: dict[str, Array], note: Both, *, per_year: bool
) -> Figure:
    """Lines by scenario; values (sample, year)."""
    scale = scale_for(
        unit, [float(v) for found in values.values() for v in found.max(axis=0)], per_year=per_year
    )
    lines, means = [], {}
    alike = study.is_comparison and _alike(list(values.values()))
    for run in study.runs[:1] if alike else study.runs:
        found = values[run.name]
        means[run.label] = [float(v) for v in found.mean(axis=0)]
        bands: list[tuple[list[float | None], list[float | None]]] = []
        if len(found) > 1:
            low, near_low, _, near_high, high = (list(row) for row in np.quantile(found, QUANTILES, axis=0))
            bands = [(low, high), (near_low, near_high)]
        lines.append(Line(run.label, run.colour, means[run.label], run.dash, marker_of(study, run), bands))
    if alike:
        means = {say("all_scenarios"): next(iter(means.values()))}
        lines = [Line(say("all_scenarios"), REFERENCE, next(iter(means.values())), bands=lines[0].bands)]
        note = note + Both(" ", "") + say("all_alike")
    alt = say("line_alt", title=title, unit=scale.unit, first=study.years[0], last=study.last)
    svg = draw_lines(lines, study.years, scale, chart_words(), alt, from_zero=True)
    return Figure(title, Markup(svg), note, year_table(study, means, scale), by_scenario=not alike)


def _alike(found: list[Array]) -> bool:
    """Whether all scenarios have the same numbers but for rounding."""
    largest = float(np.max([np.abs(values).max(initial=0.0) for values in found]))
    return all(bool(np.allclose(values, found[0], rtol=0.0, atol=ROUNDING * largest)) for values in found)


def _stock_charts(study: Study) -> list[Figure]:
    figures = []
    for index, row in enumerate(study.runs[0].stock_labels):
        values = {run.name: run.stock[:, :, index] for run in study.runs}
        carried = max(float(run.carried(row["item"]).max(initial=0.0)) for run in study.runs)
        if max(float(found.max(initial=0.0)) for found in values.values()) <= ROUNDING * carried:
            continue
        kind = "stock_in_use" if row["kind"] == "use" else "stock_in_store"
        title = say(kind, item=study.names.item(row["item"]), process=study.names.process(row["process"]))
        figures.append(_lines(study, title, row["unit"], values, say("stock_note"), per_year=False))
    return figures


def _event_charts(study: Study) -> list[Figure]:
    """Sales and spares by scenario."""
    figures = []
    labels = study.runs[0].events.labels
    for index, row in enumerate(labels):
        if row["kind"] not in ("sales", "failed", "spares", "unmet"):
            continue
        values = {run.name: run.events.values[None, :, index] for run in study.runs}
        if any(found.any() for found in values.values()):
            title = say(
                f"event_{row['kind']}",
                item=study.names.item(row["item"]),
                process=study.names.process(row["process"]),
            )
            figures.append(_lines(study, title, row["unit"], values, say("event_note"), per_year=True))
    return figures


def _of_run(study: Study, run: Run) -> Gallery | None:
    """What leaves use by cause, and stock by age, of one scenario."""
    uses = dict.fromkeys(row["process"] for row in run.events.labels)
    figures = [
        figure for name in uses for figure in (_leaving(study, run, name), _ages(study, run, name)) if figure
    ]
    return Gallery(figures) if figures else None


def _is_retirement(row: dict[str, str], process: str) -> bool:
    return row["process"] == process and row["kind"] == "retired"


def _leaving(study: Study, run: Run, process: str) -> Figure | None:
    retired = [index for index, row in enumerate(run.events.labels) if _is_retirement(row, process)]
    rows = [(index, run.events.labels[index]) for index in retired if run.events.values[:, index].any()]
    if not rows:
        return None
    layers = [
        Layer(
            run.names.cause(process, row["cause"]),
            PALETTE[place % len(PALETTE)],
            run.events.values[:, index].tolist(),
        )
        for place, (index, row) in enumerate(rows)
    ]
    scale = scale_for(
        rows[0][1]["unit"],
        run.events.values[:, [index for index, _ in rows]].sum(axis=1).tolist(),
        per_year=True,
    )
    title = say(
        "leaving_by_cause",
        item=run.names.item(rows[0][1]["item"]),
        process=run.names.process(process),
        scenario=run.label,
    )
    alt = say("bar_alt", title=title, unit=scale.unit, first=study.years[0], last=study.last)
    svg = draw_bars_by_year(layers, study.years, scale, say("year"), alt)
    legend = [(Markup(swatch(layer.colour)), layer.label) for layer in layers]
    return Figure(
        title,
        Markup(svg),
        say("event_note"),
        year_table(study, {layer.label: layer.values for layer in layers}, scale),
        legend,
    )


def _ages(study: Study, run: Run, process: str) -> Figure | None:
    """Stock in use by age; ages and years are joined in classes where there are many."""
    if process not in run.ages or not run.ages[process][1].any():
        return None
    made, values = run.ages[process]
    product = str(run.result.model.processes[process].product)
    every = -(-len(study.years) // MOST_CELLS)
    chosen = list(range(len(study.years) - 1, -1, -every))[::-1]
    years = [study.years[index] for index in chosen]
    ages = np.array(years)[:, None] - made[None, :]
    cells, names = _by_age_class(values[chosen], ages)
    scale = scale_for(run.result.model.items[product].unit, [max(max(row) for row in cells)])
    title = say(
        "stock_by_age", item=run.names.item(product), process=run.names.process(process), scenario=run.label
    )
    alt = say("heat_alt", title=title, first=years[0], last=years[-1])
    svg = draw_heat(cells, years, names, scale, (say("year"), say("age")), alt)
    head = [say("year"), *(name + " " + say("years_old") + ", " + scale.unit for name in names)]
    rows = [
        [str(year), *(scale.text(value) for value in row)] for year, row in zip(years, cells, strict=True)
    ]
    return Figure(title, Markup(svg), say("stock_note"), Table(head, rows))


def _by_age_class(values: Array, ages: np.ndarray) -> tuple[list[list[float]], list[str]]:
    """(year, age class), up to the age above which next to nothing is left."""
    shown = ages >= 0
    by_age = [(int(age), float(values[ages == age].sum())) for age in range(int(ages.max()) + 1)]
    total, seen, oldest = sum(v for _, v in by_age), 0.0, 0
    for age, value in by_age:
        seen += value
        oldest = age
        if seen >= 0.9999 * total:
            break
    width = -(-(oldest + 1) // MOST_CELLS)
    starts = list(range(0, oldest + 1, width))
    cells = [
        [
            float(
                row[
                    (own >= start) & (own < (start + width if start != starts[-1] else 10**6)) & visible
                ].sum()
            )
            for start in starts
        ]
        for row, own, visible in zip(values, ages, shown, strict=True)
    ]
    return cells, [_class_name(start, width, last=start == starts[-1]) for start in starts]


def _class_name(start: int, width: int, *, last: bool) -> str:
    if last:
        return f"{start}+"
    return str(start) if width == 1 else f"{start}–{start + width - 1}"
