"""Write a report: one HTML file that holds everything, in both languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from meguru.report.html import Head, html_page, known_language, page_path, write_page
from meguru.report.model_head import model_head
from meguru.report.words import say

if TYPE_CHECKING:
    from meguru.engine import Comparison, Result
    from meguru.explore.ensembles.result import Ensemble
    from meguru.report.blocks import Section
    from meguru.report.explored import Explored
    from meguru.report.study import Study


def write_report(
    found: Result | Comparison | Ensemble | Explored,
    path: str | os.PathLike[str],
    language: str | None = None,
) -> None:
    """Write a result, or several side by side, as one HTML page that needs nothing else, or as a workbook.

    Parameters
    ----------
    found
        What :func:`meguru.run`, :func:`meguru.compare` or :func:`meguru.ensemble` gave; or what exploration
        found, which then comes first on the page, with the runs behind it below.
    path
        The file, ``.html`` or ``.xlsx``; written beside and then renamed, so that it is never half there. A
        workbook holds the indicators with formulas and provenance, no pictures; of an ensemble its bands,
        differences, probabilities and whether there are enough samples.
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
    told = _told(found)
    if Path(path).suffix.lower() == ".xlsx":
        from meguru.report.workbook import write_workbook

        write_workbook(told[1] if isinstance(told, tuple) else told, Path(path))
        return
    page_path(path, "a name that ends in .html or .xlsx")
    write_page(_page(told, language), path)


Told = tuple[list["Section"], "Result | Comparison"]  # what comes first, what the other sections are about


def _told(found: Result | Comparison | Ensemble | Explored) -> Ensemble | Told:
    """What a page tells; of runs with what exploration found in them. An ensemble keeps no runs."""
    from meguru.engine import Comparison, Result

    if isinstance(found, (Result, Comparison)):
        return [], found
    from meguru.explore.ensembles.result import Ensemble  # not loaded for a report of runs

    if isinstance(found, Ensemble):
        return found
    from meguru.report.explored import runs_of, sections_of

    return sections_of(found), runs_of(found)


def render(found: Result | Comparison | Ensemble | Explored, language: str | None) -> str:
    """The page as text."""
    return _page(_told(found), language)


def _page(told: Ensemble | Told, language: str | None) -> str:
    if not isinstance(told, tuple):
        from meguru.report.ensemble import head_of, sections_of

        return html_page(head_of(told), sections_of(told), language)
    from meguru.report.study import Study

    first, runs = told
    study = Study(runs)
    return html_page(_head(study), [*first, *_sections(study)], language)


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
    first = study.runs[0].result
    return model_head(
        study.model,
        (int(study.years[0]), int(study.last)),
        say(study.kind, count=f"{study.samples:,}"),
        study.runs,
        study.reference,
        created=first.created[:16].replace("T", " ") + " UTC",
        version=first.version,
        model_hash=str(first.provenance["model_hash"]),
        seed=first.seed,
    )
