"""Write a report: one HTML file that holds everything, in both languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from meguru.report.both import Both
from meguru.report.html import Head, html_page, known_language, page_path, write_page
from meguru.report.numbers import unit_text
from meguru.report.words import label_of, say

if TYPE_CHECKING:
    from meguru.engine import Comparison, Result
    from meguru.report.blocks import Section
    from meguru.report.study import Study


def write_report(
    found: Result | Comparison, path: str | os.PathLike[str], language: str | None = None
) -> None:
    """Write a result, or several side by side, as one HTML page that needs nothing else, or as a workbook.

    Parameters
    ----------
    found
        What :func:`meguru.run` or :func:`meguru.compare` gave.
    path
        The file, ``.html`` or ``.xlsx``; written beside and then renamed, so that it is never half there. A
        workbook holds the indicators with formulas and provenance, no pictures.
    language
        ``en`` or ``ja``: the one shown first. The page holds both; a workbook is in English. Default ``en``.

    Raises
    ------
    WriteError
        The file can not be written, or there is no such language.
    IndicatorError
        An indicator of the model can not be evaluated.
    """
    known_language(language)
    if Path(path).suffix.lower() == ".xlsx":
        from meguru.report.workbook import write_workbook

        write_workbook(found, Path(path))
        return
    page_path(path, "a name that ends in .html or .xlsx")
    write_page(render(found, language), path)


def render(found: Result | Comparison, language: str | None) -> str:
    """The page as text."""
    from meguru.report.study import Study

    study = Study(found)
    return html_page(_head(study), _sections(study), language)


def _sections(study: Study) -> list[Section]:
    from meguru.report.circulation import circulation
    from meguru.report.cycle import cycle
    from meguru.report.details import details
    from meguru.report.effects import effects
    from meguru.report.money import money
    from meguru.report.overview import overview
    from meguru.report.shortfall import shortfall
    from meguru.report.standards import standards
    from meguru.report.stocks import stocks

    parts = (shortfall, overview, standards, cycle, circulation, stocks, effects, money, details)
    return [section for part in parts for section in part(study)]


def _head(study: Study) -> Head:
    """Title, scenarios and what must be known before reading a number."""
    model, first = study.model, study.runs[0].result
    step = say(f"step_{model.time.step}")
    kind = say(study.kind, count=f"{study.samples:,}")
    span = say("span", first=study.years[0], last=study.last, step=step) + " · " + kind
    if model.money:
        span = (
            span + " · " + say("prices_of", year=model.money.price_year, currency=unit_text(study.currency))
        )
    digest = str(first.provenance["model_hash"])[:12]
    created = first.created[:16].replace("T", " ") + " UTC"
    made = Markup("meguru {} · {} {} · <time>{}</time>").format(
        first.version, say("seed"), first.seed, created
    )
    hashed = Markup("<code>{}</code> · {} <code>{}…</code>").format(model.name, say("model_hash"), digest)
    return Head(
        kind=say("report_word"),
        title=label_of(model, model.name),
        span=span,
        note=Both.of(model.note or ""),
        facts=(
            (say("scenarios") if len(study.runs) > 1 else say("scenario"), _scenarios(study)),
            (say("model"), hashed),
            (say("made_by"), made),
        ),
        version=first.version,
        remark=(say("calibrated"), Both.of(model.calibrated)) if model.calibrated else None,
    )


def _scenarios(study: Study) -> Markup:
    """Names of the scenarios with their colours."""
    item = Markup('<li><span class="dot" style="background:{}"></span>{}{}</li>')
    reference = Markup(" <em>{}</em>").format(say("is_reference"))
    rows = [
        item.format(run.colour, run.label, reference if run is study.reference else "") for run in study.runs
    ]
    return Markup('<ul class="names">{}</ul>').format(Markup("").join(rows))
