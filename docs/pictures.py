"""The pictures of the README and the pages, each in both languages: ``python docs/pictures.py``.

The life cycle of scenario B of the example compressor-magnet, cut out of its report; the network around
indicator 3 of the 45; and what becomes of that indicator in the example refrigerators.
"""

from __future__ import annotations

import re
from pathlib import Path

import meguru
from meguru.indicators import calculate
from meguru.indicators.network import forty_five
from meguru.report.both import LANGUAGES, Both
from meguru.report.numbers import Scale
from meguru.report.page import render
from meguru.report.svg.alone import alone
from meguru.report.svg.lines import Line, Words, draw_lines
from meguru.report.svg.network import draw_around

FOLDER = Path(__file__).parent / "assets"
PICTURE = re.compile(r"<svg [^>]*data-label-en=.*?</svg>", re.DOTALL)
SECTION = re.compile(r'id="life-cycle".*?id="sankey"', re.DOTALL)
COLOURS = {"ecodesign": "#b3261e", "ecodesign-coordinated": "#00684c"}
WORDS = Words(
    Both("year", "年"), Both("undefined", "未定義"), Both("published", "公表値"), Both("(cut)", "(途中から)")
)


def pictures() -> dict[str, str]:
    """File name → SVG."""
    drawn = {
        "compressor-magnet": life_cycle(),
        "forty-five": draw_around(forty_five(), 3),
        "refrigerators": case_1(),
    }
    return {
        f"{name}.{language}.svg": alone(svg, language)
        for name, svg in drawn.items()
        for language in LANGUAGES
    }


def life_cycle() -> str:
    """Scenario B of the example compressor-magnet."""
    comparison = meguru.compare(meguru.example("compressor-magnet"), ["B"])
    section = SECTION.search(render(comparison, "en"))
    assert section is not None
    return str(PICTURE.findall(section[0])[-1])


def case_1() -> str:
    """Change of indicator 3 in the example refrigerators: means and 5–95 % of samples."""
    model = meguru.example("refrigerators")
    formula = model.indicators["no3"].formula
    comparison = meguru.compare(model, list(COLOURS), samples=200, seed=1)
    table = calculate(comparison, formula, "%", against="difference")
    lines = []
    for (name, colour), marker in zip(COLOURS.items(), ("square", "triangle"), strict=True):
        rows = table[table["scenario"] == name].sort_values("year")
        mean, low, high = (rows[key].to_numpy(dtype=float).tolist() for key in ("mean", "p05", "p95"))
        lines.append(Line(Both.of(name), colour, mean, marker=marker, bands=[(low, high)]))
    years = sorted({int(year) for year in table["year"]})
    alt = Both("Change of the secondary-material use rate", "入口側の再生材利用率の変化")
    unit = Both("percentage points", "ポイント")
    return draw_lines(lines, years, Scale(1.0, unit), WORDS, alt)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, svg in pictures().items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
        print(f"wrote docs/assets/{name}")


if __name__ == "__main__":
    main()
