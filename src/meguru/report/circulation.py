"""Where things go that leave use: shares by type of circulation."""

from __future__ import annotations

from markupsafe import Markup

from meguru.indicators.circulation import UNLABELLED, circulation_types
from meguru.report.blocks import Cell, Figure, Gallery, Section, Table
from meguru.report.both import Both
from meguru.report.numbers import scale_for
from meguru.report.study import Run, Study
from meguru.report.svg.bars import draw_shares, swatch
from meguru.report.svg.canvas import PALETTE
from meguru.report.words import common, say

NO_LABEL = "#C8C8C8"


def circulation(study: Study) -> list[Section]:
    """Shares by mass, by the first and the final labelled process; none if no process is labelled."""
    if not any(process.circulation for process in study.model.processes.values()):
        return []
    figures = Gallery([_figure(study, fate) for fate in ("first", "final")])
    lead = say("circulation_lead", year=study.last)
    return [Section("circulation", say("circulation"), lead, [figures])]


def _amounts(run: Run, fate: str) -> dict[str, float]:
    """Type → kg in the last year."""
    table = circulation_types(run.result, fate=fate)
    last = table[table["year"] == run.years[-1]]
    return {str(kind): float(amount) for kind, amount in zip(last["type"], last["amount"], strict=True)}


def _figure(study: Study, fate: str) -> Figure:
    found = {run: _amounts(run, fate) for run in study.runs}
    types = list(dict.fromkeys(p.circulation for p in study.model.processes.values() if p.circulation))
    present = [name for name in [*types, UNLABELLED] if any(amounts.get(name) for amounts in found.values())]
    kinds = [
        (common(name), NO_LABEL if name == UNLABELLED else PALETTE[types.index(name) % len(PALETTE)])
        for name in present
    ]
    totals = {run: sum(amounts.values()) for run, amounts in found.items()}
    shares = [
        (run.label, [found[run].get(name, 0.0) / totals[run] if totals[run] else 0.0 for name in present])
        for run in study.runs
    ]
    title = say(f"circulation_{fate}")
    svg = draw_shares(shares, kinds, say("shares_alt", title=title))
    scale = scale_for("kg", totals.values(), per_year=True)
    head: list[Cell] = [say("scenario")]
    for kind, _ in kinds:
        head += [kind + ", %", kind + ", " + scale.unit]
    rows: list[list[Cell]] = []
    for (label, row), run in zip(shares, study.runs, strict=True):
        cells: list[Cell] = [label]
        for name, share in zip(present, row, strict=True):
            cells += [
                say("undefined") if not totals[run] else Both.of(f"{share:.2%}".rstrip("%")),
                scale.text(found[run].get(name, 0.0)),
            ]
        rows.append(cells)
    legend = [(Markup(swatch(colour)), kind) for kind, colour in kinds]
    return Figure(title, Markup(svg), say(f"circulation_note_{fate}"), Table(head, rows), legend, "medium")
