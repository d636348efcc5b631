"""Write a report: one HTML file that holds everything, in both languages."""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from meguru.errors import WriteError
from meguru.report.both import LANGUAGES
from meguru.report.numbers import unit_text
from meguru.report.words import label_of, say

if TYPE_CHECKING:
    from jinja2 import Template

    from meguru.engine import Comparison, Result
    from meguru.report.blocks import Section
    from meguru.report.explored import Explored
    from meguru.report.study import Study


def write_report(
    found: Result | Comparison | Explored, path: str | os.PathLike[str], language: str | None = None
) -> None:
    """Write a result, or several side by side, as one HTML page that needs nothing else, or as a workbook.

    Parameters
    ----------
    found
        What :func:`meguru.run` or :func:`meguru.compare` gave; or what exploration found, which then comes
        first on the page, with the runs behind it below.
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
    if language is not None and language not in LANGUAGES:
        raise WriteError("no such language", place="language", found=language, expected=list(LANGUAGES))
    if Path(path).suffix.lower() == ".xlsx":
        from meguru.report.workbook import write_workbook

        write_workbook(_first_and_runs(found)[1], Path(path))
        return
    if Path(path).suffix.lower() not in (".html", ".htm"):
        # Whoever mistypes --out must not lose a model or a result.
        raise WriteError(
            "a report is an HTML file or a workbook",
            file=os.fspath(path),
            found=Path(path).name,
            expected="a name that ends in .html or .xlsx",
        )
    _write(render(found, language or LANGUAGES[0]), Path(path))


def _first_and_runs(found: Result | Comparison | Explored) -> tuple[list[Section], Result | Comparison]:
    """Sections that come first, and what the others are about."""
    from meguru.engine import Comparison, Result

    if isinstance(found, (Result, Comparison)):
        return [], found
    from meguru.report.explored import runs_of, sections_of

    return sections_of(found), runs_of(found)


def render(found: Result | Comparison | Explored, language: str) -> str:
    """The page as text."""
    from meguru.report.study import Study

    first, runs = _first_and_runs(found)
    study = Study(runs)
    style, script = _file("style.css"), _file("script.js")
    return _template().render(
        say=say,
        language=language,
        languages=LANGUAGES,
        style=style,
        script=script,
        sections=[*first, *_sections(study)],
        **_head(study),
    )


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


def _head(study: Study) -> dict[str, object]:
    """Title, scenarios and what must be known before reading a number."""
    model, first = study.model, study.runs[0].result
    step = say(f"step_{model.time.step}")
    span = say("span", first=study.years[0], last=study.last, step=step)
    kind = say(study.kind, count=f"{study.samples:,}")
    return {
        "title": label_of(model, model.name),
        "name": model.name,
        "note": model.note,
        "calibrated": model.calibrated,
        "span": span,
        "kind": kind,
        "runs": study.runs,
        "reference": study.reference,
        "created": first.created[:16].replace("T", " ") + " UTC",
        "version": first.version,
        "hash": str(first.provenance["model_hash"])[:12],
        "seed": str(first.seed),
        "currency": unit_text(study.currency),
        "price_year": model.money.price_year if model.money else None,
    }


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.from_string(_file("page.html.jinja"))


@lru_cache(maxsize=8)
def _file(name: str) -> str:
    return resources.files("meguru.report").joinpath(name).read_text(encoding="utf-8")


def _write(text: str, path: Path) -> None:
    """Write beside the file, then rename: an interrupted run leaves no half of it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise WriteError(f"can not be written: {error.strerror or error}", file=str(path)) from error
    finally:
        beside.unlink(missing_ok=True)
