"""Words of the report on futures in both languages, from its own ``texts.yaml``."""

from __future__ import annotations

from collections.abc import Mapping

from meguru.report.both import LANGUAGES, Both
from meguru.report.words import texts_of


def say(key: str, **values: object) -> Both:
    """A sentence or heading of the report."""
    text = texts_of("meguru.report.foresight")["foresight"][key]
    return text.fill(**values) if values else text


def both(words: Mapping[str, str]) -> Both:
    """Words of foresight, by language, as a text of the report; a number and its % do not part."""
    english, japanese = (words[language].replace(" %", "\N{NO-BREAK SPACE}%") for language in LANGUAGES)
    return Both(english, japanese)
