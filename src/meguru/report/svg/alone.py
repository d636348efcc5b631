"""A picture of the report as a file of its own, in one language."""

from __future__ import annotations

import re
from importlib import resources

from meguru.report.both import LANGUAGES

FONTS = 'system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", sans-serif'


def alone(svg: str, language: str) -> str:
    """The picture in one language, with the style that it needs, as the text of an SVG file."""
    for other in LANGUAGES:
        if other != language:
            svg = re.sub(rf'<text [^>]*class="{other}(?: [^"]*)?"[^>]*>.*?</text>', "", svg, flags=re.DOTALL)
    label = re.search(rf'data-label-{language}="([^"]*)"', svg)
    if label is not None:
        svg = re.sub(
            r'aria-label="[^"]*"( data-label-\w+="[^"]*")+', f'aria-label="{label[1]}"', svg, count=1
        )
    title = re.compile(rf'<title [^>]*data-{language}="([^"]*)"[^>]*>.*?</title>', re.DOTALL)
    svg = title.sub(r"<title>\1</title>", svg)
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return svg.replace(">", f"><style>{_style()}</style>", 1) + "\n"


def _style() -> str:
    """Rules of the report that are about pictures."""
    text = resources.files("meguru.report").joinpath("style.css").read_text(encoding="utf-8")
    rules = [line.strip() for line in text.splitlines() if line.startswith("svg ")]
    sheet = " ".join([f"svg {{ background: #fff; font-family: {FONTS}; }}", *rules])
    return sheet.replace("var(--ink)", "#1c2024").replace("var(--soft)", "#555d66")
