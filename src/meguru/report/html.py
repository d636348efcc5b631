"""A page of HTML that needs nothing else, from a head and sections, in both languages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from meguru.errors import WriteError
from meguru.files.writing import write_beside
from meguru.report.blocks import Section
from meguru.report.both import EMPTY, LANGUAGES, Both
from meguru.report.words import say

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above all sections.

    Attributes
    ----------
    kind
        What sort of report it is.
    title, span, note
        Of what; the years and how they were computed; where it is from.
    remark
        Heading and text of what must be known before a number is read; None where there is nothing.
    facts
        Names and values.
    version
        Of the package.
    """

    kind: Both
    title: Both
    span: Both
    note: Both
    facts: Sequence[tuple[Both, Both | Markup]]
    version: str
    remark: tuple[Both, Both] | None = None


def html_page(head: Head, sections: Sequence[Section], language: str | None, footer: Both = EMPTY) -> str:
    """The page as text.

    Parameters
    ----------
    head, sections
        What it shows.
    language
        The one shown first; None: the first of all.
    footer
        Default that of the life cycle report.
    """
    return _template().render(
        say=say,
        language=language or LANGUAGES[0],
        style=_file("style.css"),
        script=_file("script.js"),
        head=head,
        sections=sections,
        footer=footer if footer.en else say("footer"),
    )


def known_language(language: str | None) -> None:
    """Raise an error for a language that reports do not have."""
    if language is not None and language not in LANGUAGES:
        raise WriteError("no such language", place="language", found=language, expected=list(LANGUAGES))


def write_page(text: str, path: str | os.PathLike[str]) -> None:
    """Write a page beside its place, then rename it; nothing but a page is written over.

    Raises
    ------
    WriteError
        The file can not be written, or is not called like a page.
    """
    write_beside(page_path(path), text.encode("utf-8"))


def page_path(path: str | os.PathLike[str], expected: str = "a name that ends in .html") -> Path:
    """The path of a page: whoever mistypes --out must not lose a model or a result."""
    found = Path(path)
    if found.suffix.lower() not in (".html", ".htm"):
        raise WriteError(
            "not the name of a report", file=os.fspath(path), found=found.name, expected=expected
        )
    return found


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
