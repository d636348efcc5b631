"""Demand that was not met: said before any other number, which it makes smaller."""

from __future__ import annotations

from meguru.indicators import unmet_demand
from meguru.report.blocks import Cell, Section, Table
from meguru.report.study import Study
from meguru.report.words import say


def shortfall(study: Study) -> list[Section]:
    """A section on demand that was not met in one of the scenarios; none if all was."""
    rows: list[list[Cell]] = []
    for run in study.runs:
        for one in unmet_demand(run.result):
            first, last = one.years[0], one.years[-1]
            span = str(first) if first == last else f"{first}–{last}"
            share = f"{one.share:.1%}".replace("%", "\N{NO-BREAK SPACE}%")
            rows.append([run.label, run.names.process(one.process), share, span])
    if not rows:
        return []
    head = [say("scenario"), say("process"), say("unmet_share"), say("in_the_years")]
    table = Table(head, rows, texts=(0, 1))
    return [Section("unmet", say("unmet"), say("unmet_lead"), [table])]
