"""A sheet on which shapes and texts in both languages are drawn; everything written on it is escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from html import escape

from meguru.report.both import Both

# Okabe and Ito's colours, told apart by all kinds of colour vision; yellow is too light on white.
PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#AA4499",
    "#E69F00",
    "#56B4E9",
    "#7A5C3E",
    "#332288",
    "#888888",
    "#44AA99",
)
REFERENCE = "#444444"
NARROW, WIDE = "iljtfrI.,:;|!'()[]·- ", "mwMW@%—"


@lru_cache(maxsize=4096)
def _width_of(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in NARROW:
        return 0.33
    if character in WIDE:
        return 0.88
    return 0.69 if character.isupper() else 0.57


def width_of(text: str, size: float = 12) -> float:
    """About how wide a text is, in the units of the sheet."""
    return sum(map(_width_of, text)) * size


def wrap(text: str, width: float, size: float = 12, most: int = 3) -> list[str]:
    """Lines that fit a width: Latin text broken at blanks, Japanese anywhere; too long a text ends in '…'."""
    lines, line = [], ""
    for word in _words(text):
        if line and width_of((line + word).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    lines.append(line.rstrip())
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + "…"]
    return [clip(line, width, size) for line in lines]


def clip(text: str, width: float, size: float = 12) -> str:
    """The text, shortened to a width with '…' at its end."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip(" …") + "…"


def _words(text: str) -> Iterator[str]:
    """Pieces between which a line may break; no line begins with a closing mark."""
    piece = ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if (
            piece
            and (wide or (unicodedata.east_asian_width(piece[-1]) in "WF"))
            and character not in "、。)）・ー」%"
        ):
            yield piece
            piece = ""
        piece += character
        if character in " /→-":
            yield piece
            piece = ""
    if piece:
        yield piece


def short(value: float) -> str:
    """A coordinate with one decimal, as short as it can be."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _attribute(name: str, value: object) -> str:
    """An attribute; numbers with one decimal, ``text_anchor`` as ``text-anchor``, ``class_`` as ``class``."""
    text = short(value) if isinstance(value, float) else escape(str(value))
    return f' {name.rstrip("_").replace("_", "-")}="{text}"'


class Canvas:
    """Collects shapes; :meth:`svg` gives the picture."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def _add(self, tag: str, attributes: dict[str, object], inside: str | None = None) -> None:
        text = "".join(_attribute(name, value) for name, value in attributes.items() if value is not None)
        self._parts.append(f"<{tag}{text}/>" if inside is None else f"<{tag}{text}>{inside}</{tag}>")

    def rect(self, x: float, y: float, width: float, height: float, **more: object) -> None:
        size = {
            "x": float(x),
            "y": float(y),
            "width": float(max(0.0, width)),
            "height": float(max(0.0, height)),
        }
        self._add("rect", {**size, **more})

    def line(self, x1: float, y1: float, x2: float, y2: float, **more: object) -> None:
        self._add("line", {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2), **more})

    def path(self, d: str, **more: object) -> None:
        self._add("path", {"d": d, **more})

    def polygon(self, points: Sequence[tuple[float, float]], **more: object) -> None:
        self._add("polygon", {"points": " ".join(f"{short(x)},{short(y)}" for x, y in points), **more})

    def circle(self, x: float, y: float, radius: float, **more: object) -> None:
        self._add("circle", {"cx": float(x), "cy": float(y), "r": float(radius), **more})

    def text(self, x: float, y: float, text: object, **more: object) -> None:
        """A text; in both languages if they differ. ``y`` is the base line."""
        both = Both.of(text)
        place = {"x": float(x), "y": float(y)}
        if both.same:
            self._add("text", {**place, **more}, escape(both.en))
            return
        kind = str(more.pop("class_", ""))
        for language, words in (("en", both.en), ("ja", both.ja)):
            self._add(
                "text",
                {**place, "class": f"{language} {kind}".rstrip(), "lang": language, **more},
                escape(words),
            )

    def lines(
        self,
        x: float,
        middle: float,
        text: object,
        width: float,
        *,
        size: float = 12,
        most: int = 3,
        hang: bool = False,
        **more: object,
    ) -> None:
        """A text broken into lines around a middle height; with ``hang`` the last base line stands there."""
        both = Both.of(text)
        for language, words in (("en", both.en), ("ja", both.ja)):
            kind = f"{language} {more.get('class_', '')}".rstrip() if not both.same else more.get("class_")
            found = wrap(words, width, size, most)
            above = (len(found) - 1) * size * 1.2
            top = middle - above if hang else middle - above / 2 + size * 0.36
            for index, line in enumerate(found):
                rest = {name: value for name, value in more.items() if name != "class_"}
                self._add(
                    "text",
                    {"x": float(x), "y": top + index * size * 1.2, "class": kind, "font_size": size, **rest},
                    escape(line),
                )
            if both.same:
                break

    @contextmanager
    def hover(self, title: object, **more: object) -> Iterator[None]:
        """What is drawn inside shows a title when pointed at."""
        both = Both.of(title)
        attributes = "".join(f' {name.rstrip("_")}="{escape(str(value))}"' for name, value in more.items())
        other = "" if both.same else f' data-en="{escape(both.en)}" data-ja="{escape(both.ja)}"'
        self._parts.append(f"<g{attributes}><title{other}>{escape(both.en)}</title>")
        yield
        self._parts.append("</g>")

    def svg(self, alt: Both | None) -> str:
        """The picture, with a description for those who do not see it; None for mere decoration."""
        width, height = short(self.width), short(self.height)
        words = 'aria-hidden="true"'
        if alt is not None:
            both = f'data-label-en="{escape(alt.en)}" data-label-ja="{escape(alt.ja)}"'
            words = f'role="img" aria-label="{escape(alt.en)}" {both}'
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        return f"<svg {size} {words}>{''.join(self._parts)}</svg>"
