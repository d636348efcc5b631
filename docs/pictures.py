"""The pictures of the README and the first page, cut out of a report: ``python docs/pictures.py``.

The life cycle of scenario B of the example compressor-magnet, once in each language.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import meguru
from meguru.report.both import LANGUAGES
from meguru.report.page import render

FOLDER = Path(__file__).parent / "assets"
PICTURE = re.compile(r"<svg [^>]*data-label-en=.*?</svg>", re.DOTALL)
SECTION = re.compile(r'id="life-cycle".*?id="sankey"', re.DOTALL)


def pictures() -> dict[str, str]:
    """File name → SVG."""
    comparison = meguru.compare(meguru.example("compressor-magnet"), ["B"])
    section = SECTION.search(render(comparison, "en"))
    assert section is not None
    svg = PICTURE.findall(section[0])[-1]
    return {f"compressor-magnet.{language}.svg": alone(svg, language) for language in LANGUAGES}


def alone(svg: str, language: str) -> str:
    """A picture of the report as a file of its own, in one language, with the style that it needs."""
    for other in LANGUAGES:
        if other != language:
            svg = re.sub(rf'<text [^>]*class="{other}(?: [^"]*)?"[^>]*>.*?</text>', "", svg, flags=re.DOTALL)
    label = re.search(rf'data-label-{language}="([^"]*)"', svg)
    assert label is not None
    svg = re.sub(r'aria-label="[^"]*"( data-label-\w+="[^"]*")+', f'aria-label="{label[1]}"', svg, count=1)
    title = re.compile(rf'<title [^>]*data-{language}="([^"]*)"[^>]*>.*?</title>', re.DOTALL)
    svg = title.sub(r"<title>\1</title>", svg)
    svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return svg.replace(">", f"><style>{style()}</style>", 1) + "\n"


def style() -> str:
    """Rules of the report that are about pictures."""
    text = resources.files("meguru.report").joinpath("style.css").read_text(encoding="utf-8")
    rules = [line.strip() for line in text.splitlines() if line.startswith("svg ")]
    fonts = 'system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", sans-serif'
    sheet = " ".join([f"svg {{ background: #fff; font-family: {fonts}; }}", *rules])
    return sheet.replace("var(--ink)", "#1c2024").replace("var(--soft)", "#555d66")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, svg in pictures().items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
        print(f"wrote docs/assets/{name}")


if __name__ == "__main__":
    main()
