"""A text in both languages of the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

LANGUAGES = ("en", "ja")


@dataclass(frozen=True, slots=True)
class Both:
    """A text in English and Japanese; never marked-up, always escaped where it is written."""

    en: str
    ja: str

    @classmethod
    def of(cls, text: object) -> Both:
        """The same text in both languages, unless it is one of both already."""
        return text if isinstance(text, Both) else cls(str(text), str(text))

    @property
    def same(self) -> bool:
        """Whether one text does for both languages."""
        return self.en == self.ja

    def by(self, language: str) -> str:
        """The text in one of both languages."""
        return self.ja if language == "ja" else self.en

    def fill(self, **values: object) -> Both:
        """Put values into ``{places}``; values may be in both languages themselves."""
        both = {name: Both.of(value) for name, value in values.items()}
        return Both(
            self.en.format(**{name: value.en for name, value in both.items()}),
            self.ja.format(**{name: value.ja for name, value in both.items()}),
        )

    def __add__(self, other: object) -> Both:
        more = Both.of(other)
        return Both(self.en + more.en, self.ja + more.ja)

    def __radd__(self, other: object) -> Both:
        return Both.of(other) + self

    def __html__(self) -> Markup:
        """Both languages, of which the style sheet shows one."""
        if self.same:
            return Markup(escape(self.en))
        pairs = (("en", self.en), ("ja", self.ja))
        return Markup(
            "".join(f'<span class="{tag}" lang="{tag}">{escape(text)}</span>' for tag, text in pairs)
        )


EMPTY = Both("", "")


def joined(separator: object, texts: Iterable[Both]) -> Both:
    """Texts one after the other."""
    found, between = list(texts), Both.of(separator)
    return Both(between.en.join(text.en for text in found), between.ja.join(text.ja for text in found))
