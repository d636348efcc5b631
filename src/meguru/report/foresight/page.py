"""Write the report on futures: one HTML file that holds everything, in both languages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from markupsafe import Markup

from meguru.foresight.telling.words import number
from meguru.report.both import Both
from meguru.report.foresight.words import both, say
from meguru.report.html import Head, html_page, known_language, page_path, write_page
from meguru.report.words import say as say_common

if TYPE_CHECKING:
    from meguru.foresight.analysis import Analysis
    from meguru.foresight.futures import Futures
    from meguru.foresight.model import CausalModel
    from meguru.report.blocks import Section
    from meguru.report.foresight.outlook import Outlook


def write_futures_report(
    futures: Futures, analysis: Analysis, path: str | os.PathLike[str], language: str | None = None
) -> None:
    """Write what an analysis of futures found as one HTML page that needs nothing else.

    Parameters
    ----------
    futures, analysis
        Of the same run, as :func:`meguru.foresight.analyse` gave it.
    path
        The file, ``.html``; written beside and then renamed, so that it is never half there.
    language
        ``en`` or ``ja``: the one shown first. The page holds both. Default ``en``.

    Raises
    ------
    WriteError
        The file can not be written, or there is no such language.
    """
    known_language(language)
    page_path(path)
    write_page(render(futures, analysis, language), path)


def render(futures: Futures, analysis: Analysis, language: str | None) -> str:
    """The page as text."""
    from meguru.report.foresight.outlook import Outlook

    outlook = Outlook(futures, analysis)
    return html_page(_head(outlook), sections(outlook), language, say("footer"))


def sections(outlook: Outlook) -> list[Section]:
    """All sections, in the order in which they are read."""
    from meguru.report.foresight.axes import axes
    from meguru.report.foresight.branches import branches
    from meguru.report.foresight.conditions import conditions
    from meguru.report.foresight.evidence import number_of_groups, origin
    from meguru.report.foresight.forks import forks
    from meguru.report.foresight.groups import groups

    parts = (forks, groups, branches, conditions, axes, number_of_groups, origin)
    return [section for part in parts for section in part(outlook)]


def _head(outlook: Outlook) -> Head:
    futures, model = outlook.futures, outlook.model
    found = outlook.groups
    digest = str(futures.provenance["model_hash"])[:12]
    created = futures.created[:16].replace("T", " ").replace("+00:00", "") + " UTC"
    named = Markup("<code>{}</code> · {} · {} <code>{}…</code>").format(
        model.name,
        say("sizes", nodes=len(model.nodes), edges=len(model.edges), events=len(model.events)),
        say("model_hash"),
        digest,
    )
    made = Markup("meguru {} · {} {} · <time>{}</time>").format(
        futures.version, say("seed"), futures.seed, created
    )
    asked = outlook.analysis.choices.count is not None
    kind = "groups_found" if not found.forced else "groups_asked" if asked else "groups_model"
    p = number(found.evidence.p_value)
    counted = say(kind, count=len(found.codes), proposed=found.evidence.proposed, p=p)
    return Head(
        kind=say("kind"),
        title=_title(model),
        span=say(
            "span",
            first=f"{model.first:g}",
            last=f"{model.last:g}",
            step=_step(model),
            count=f"{futures.members.size:,}",
        ),
        note=Both("", ""),
        facts=((say("model"), named), (say("groups_fact"), counted), (say("made_by"), made)),
        version=futures.version,
        remark=(say("must_know"), Both.of(model.note)) if model.note else None,
    )


def _title(model: CausalModel) -> Both:
    if not model.label:
        return Both.of(model.name)
    fallback = model.label.get("en") or next(iter(model.label.values()))
    return both({language: model.label.get(language) or fallback for language in ("en", "ja")})


def _step(model: CausalModel) -> Both:
    if model.step == 1.0:
        return say_common("step_year")
    return say_common("step_month") if model.step == 1 / 12 else say("step_years", step=f"{model.step:g}")
