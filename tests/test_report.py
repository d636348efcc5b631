"""The report as a page: whole, self-contained, in both languages, true to the result, and safe."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import meguru
from meguru.engine import Comparison, Result
from meguru.errors import WriteError
from meguru.model import Model
from meguru.model.components import Component
from meguru.quantity import Quantity
from meguru.report.blocks import Figure, Gallery, More, Table, Tabs
from meguru.report.both import Both
from meguru.report.page import _sections, render
from meguru.report.study import Study

ROOT = Path(__file__).parents[1]
VOID = {"meta", "br", "img", "link"}
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&{{7*7}}"
TEXT = """\
name: lamps
label: {en: Lamps, ja: ランプ}
note: Made up for a test.
calibrated: The price of glass is calibrated.
time: {first: 2020, last: 2023, step: STEP, history: 2015}
money: {currency: JPY, price_year: 2024}
actors:
  maker: {label: {en: lamp maker, ja: ランプメーカ}}
  yard: {label: {en: scrap yard, ja: 解体業者}}
impacts: {climate: {label: {en: climate change, ja: 気候変動}, unit: kg_CO2e}}
exchanges:
  electricity: {unit: kWh, price: 20 JPY/kWh, factors: {climate: 0.4 kg_CO2e/kWh}}
items:
  glass: {label: {en: glass, ja: ガラス}, kind: material}
  lamp: {label: {en: lamp, ja: ランプ}, kind: product, bom: {glass: 2 kg}}
processes:
  sand:
    kind: supply
    supplies: glass
    unit: [{group: virgin, reference: 1 kg, impacts: {climate: 3 kg_CO2e}}]
  blow: {kind: make, actor: maker, item: lamp, unit: [{exchanges: {electricity: 5 kWh}}]}
  use:
    kind: use
    product: lamp
    demand: {sales: 1000 piece/year}
    leave:
      broken: {distribution: weibull, shape: 2, scale: SCALE}
      retired_early: {distribution: fixed, age: 6 year}
  collect: {kind: sort, actor: yard, split: {take: 0 %, leave: rest}}
  melt:
    kind: recycle
    actor: yard
    circulation: recycle
    yield: {glass: 80 %}
    unit: [{reference: 1 kg, credit: true, group: avoided, impacts: {climate: 1 kg_CO2e}}]
  cullet: {kind: store}
  dump: {kind: sink, circulation: landfill}
routes:
  - {from: cullet, to: blow, priority: 1}
  - {from: sand, to: blow, priority: 2, price: 50 JPY/kg}
  - {from: blow, to: use}
  - {from: use.retired, to: collect}
  - {from: collect.take, to: melt}
  - {from: collect.leave, to: dump}
  - {from: melt.secondary, to: cullet, price: 10 JPY/kg}
  - {from: melt.residue, to: dump}
indicators:
  recycled:
    label: {en: recycled content, ja: 再生材率}
    formula: mass(source="cullet") / mass(target="blow")
    unit: "%"
  yield_of_melting:
    label: {en: yield of melting, ja: 歩留まり}
    formula: mass(source="melt", port="secondary") / mass(target="melt")
    unit: "%"
measures:
  take_back: {label: {en: take back}, from: 2021, owner: yard, changes: {processes.collect.split.take: 50 %}}
scenarios:
  throw: {label: {en: throw away, ja: 使い捨て}, reference: true, targets: {recycled: 0 %}}
  back: {label: {en: take back, ja: 回収あり}, measures: [take_back], targets: {recycled: 99 %}}
"""


@dataclass
class Page(HTMLParser):
    """A page taken apart; complains of tags that do not match."""

    text: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(self.text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.scripts.append(data)
        else:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def model_from(folder: Path, step: str = "year", scale: str = "8 year") -> Model:
    path = folder / f"lamps-{step}.yaml"
    path.write_text(TEXT.replace("STEP", step).replace("SCALE", scale), encoding="utf-8")
    return meguru.load(path)


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return meguru.compare(model_from(tmp_path_factory.mktemp("lamps")))


@pytest.fixture(scope="module")
def page(lamps: Comparison) -> Page:
    return Page(render(lamps, "en"))


def figures_of(found: Result | Comparison) -> list[Figure]:
    def inside(blocks: Any) -> Iterator[Figure]:
        for block in blocks:
            if isinstance(block, Figure):
                yield block
            elif isinstance(block, Gallery):
                yield from block.figures
            elif isinstance(block, Tabs):
                for _, more in block.items:
                    yield from inside(more)
            elif isinstance(block, More):
                yield from inside(block.blocks)

    return [figure for section in _sections(Study(found)) for figure in inside(section.blocks)]


def number_in(cell: Both | str) -> float:
    text = cell if isinstance(cell, str) else cell.en
    return float(text.split("\N{NO-BREAK SPACE}")[0].replace(",", "").replace("−", "-"))


def tables_of(found: Result | Comparison, section: str) -> list[Table]:
    (wanted,) = (one for one in _sections(Study(found)) if one.ident == section)
    return [block for block in wanted.blocks if isinstance(block, Table)]


# -- the page ----------------------------------------------------------------------------------------------


def test_nothing_is_loaded_from_elsewhere(page: Page) -> None:
    for _, attributes in page.tags:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
        assert "style" not in attributes or "url" not in (attributes["style"] or "")
    assert page.all("link") == page.all("img") == page.all("iframe") == []
    assert not re.search(r"https?:|@import|url\(|fetch\(|XMLHttp", "".join(page.scripts))
    (policy,) = (a for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in (policy["content"] or "")


def test_ids_are_unique_and_the_contents_lead_somewhere(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {f"#{one}" for one in ids} == {attributes["href"] for attributes in page.all("a")}


def test_every_picture_is_described_and_has_its_numbers(page: Page, lamps: Comparison) -> None:
    pictures = [a for a in page.all("svg") if "aria-hidden" not in a]
    figures = figures_of(lamps)
    assert len(pictures) == len(page.all("figure")) == len(figures) > 20
    for one in pictures:
        assert one["role"] == "img"
        assert one["aria-label"] == one["data-label-en"]
        assert one["aria-label"] and one["data-label-ja"]
    for figure in figures:
        assert figure.title.en and figure.title.ja
        assert figure.table.rows, figure.title.en
        assert all(len(row) == len(figure.table.head) for row in figure.table.rows), figure.title.en


def test_both_languages_are_inside_and_one_is_shown_first(lamps: Comparison, tmp_path: Path) -> None:
    for language, title in (("en", "Lamps – meguru"), ("ja", "ランプ – meguru")):
        path = tmp_path / f"{language}.html"
        meguru.write_report(lamps, path, language)
        text = path.read_text(encoding="utf-8")
        assert f'<html lang="{language}" data-language="{language}">' in text
        assert f"<title>{title}</title>" in text
        assert "Balance checks" in text and "収支チェック" in text
        assert "lamp maker" in text and "ランプメーカ" in text


def test_the_header_says_what_must_be_known_first(lamps: Comparison, page: Page) -> None:
    text = " ".join(page.words)
    head = text[: text.index("Results at a glance")]
    for word in (
        "The price of glass is calibrated.",
        "Made up for a test.",
        "throw away",
        "take back",
        meguru.__version__,
    ):
        assert word in head
    assert str(lamps.results["throw"].provenance["model_hash"])[:12] in head
    assert lamps.results["back"].provenance["model_hash"] in text


def test_a_currency_without_a_year_of_prices_stands_alone(tmp_path: Path) -> None:
    model = model_from(tmp_path)
    assert model.money is not None and model.money.price_year is not None
    assert f"prices of {model.money.price_year}" in render(meguru.compare(model), "en")
    model.money.price_year = None
    page = render(meguru.compare(model), "en")
    assert "JPY" in page and "None" not in page
    assert "prices of" not in page and "年価格" not in page


def test_every_word_is_there_in_both_languages() -> None:
    path = ROOT / "src/meguru/report/texts.yaml"
    for part, entries in YAML(typ="safe").load(path.read_text(encoding="utf-8")).items():
        for key, entry in entries.items():
            assert isinstance(entry, list) and len(entry) == 2 and all(entry), (part, key)
            english, japanese = (set(re.findall(r"{\w+}", text)) for text in entry)
            assert english == japanese, (part, key)


def test_the_same_result_gives_the_same_page(lamps: Comparison) -> None:
    assert render(lamps, "en") == render(lamps, "en")


# -- the numbers -------------------------------------------------------------------------------------------


def test_the_table_shows_the_indicators_and_calls_the_undefined_so(lamps: Comparison) -> None:
    (table,) = tables_of(lamps, "results")
    values = meguru.evaluate(lamps).set_index(["scenario", "indicator", "year"])["value"]
    recycled, melting = table.rows
    assert [number_in(cell) for cell in recycled[2:]] == pytest.approx(
        [values["throw", "recycled", 2023], values["back", "recycled", 2023]], abs=0.01
    )
    assert recycled[1] == Both.of("%")
    assert melting[2] == Both("undefined", "未定義")
    assert number_in(melting[3]) == pytest.approx(80.0)


def test_a_chart_of_an_undefined_indicator_has_a_gap(lamps: Comparison) -> None:
    (figure,) = (one for one in figures_of(lamps) if one.title.en == "yield of melting")
    assert list(figure.table.rows[0][1:]) == [Both("undefined", "未定義")] * 2
    assert number_in(figure.table.rows[-1][2]) == pytest.approx(80.0)
    assert figure.svg.count('stroke-width="4"') == 3  # a strip for each scenario, one for the key


def test_published_values_are_held_against_the_computed(lamps: Comparison) -> None:
    (table,) = tables_of(lamps, "published")
    assert "1 of 2" in table.caption.en
    assert [row[-1] for row in table.rows] == [Both("✓ within", "✓ 範囲内"), Both("✗ outside", "✗ 範囲外")]


def test_waterfalls_add_up_to_the_difference(lamps: Comparison) -> None:
    impacts = {
        name: float(result.impacts.sel(time=2023)[:, result.impacts.coords["kind"].values != "credit"].sum())
        for name, result in lamps.results.items()
    }
    (figure,) = (one for one in figures_of(lamps) if one.title.en.startswith("climate change: from"))
    *steps, total = (number_in(row[1]) for row in figure.table.rows)
    factor = 1000.0 if figure.table.head[1] == Both("t-CO₂e/yr", "t-CO₂e/年") else 1.0
    assert sum(steps) == pytest.approx(total, rel=1e-3)
    assert total * factor == pytest.approx(impacts["back"] - impacts["throw"], rel=1e-3)


def test_credits_stand_apart(lamps: Comparison) -> None:
    (table,) = tables_of(lamps, "impacts")
    assert [row[1] for row in table.rows if number_in(row[2])] == [Both.of("avoided")]


def test_money_balances_on_the_page(lamps: Comparison) -> None:
    (table,) = tables_of(lamps, "money")
    for column in range(1, len(table.head)):
        assert sum(number_in(row[column]) for row in table.rows) == pytest.approx(0.0, abs=0.2)
    matrices = [one.table for one in figures_of(lamps) if one.table.kind == "matrix"]
    assert len(matrices) == 2
    for matrix in matrices:
        *rows, last = ([0.0 if cell == "–" else number_in(cell) for cell in row[1:]] for row in matrix.rows)
        for row in [*rows, last]:
            assert sum(row[:-1]) == pytest.approx(row[-1], rel=1e-3, abs=0.1)


def test_sankeys_hold_the_masses(lamps: Comparison) -> None:
    result = lamps.results["back"]
    (figure,) = (one for one in figures_of(lamps) if one.title.en == "glass, take back, 2023")
    rows = {
        (str(row[0].en), str(row[1].en)): number_in(row[2])
        for row in figure.table.rows
        if isinstance(row[0], Both) and isinstance(row[1], Both)
    }
    flows = result.flows.sel(time=2023).sum("material")[0]
    for source, target in (("sand", "blow"), ("cullet", "blow"), ("melt", "dump")):
        here = (flows.coords["source"].values == source) & (flows.coords["target"].values == target)
        assert rows[source, target] * 1000.0 == pytest.approx(float(flows[here].sum()), rel=1e-3)
    assert figure.svg.count('class="ribbon loop"') == 1


def test_types_of_circulation_are_shares_of_what_leaves_use(lamps: Comparison) -> None:
    figures = [one for one in figures_of(lamps) if one.title.en.startswith("Shares of mass leaving use")]
    assert [[number_in(row[1]) for row in one.table.rows] for one in figures] == [[0.0, 50.0], [0.0, 40.0]]


def test_formulas_and_balances_stand_on_the_page(lamps: Comparison, page: Page) -> None:
    (formulas,) = tables_of(lamps, "formulas")
    assert formulas.rows[0][3] == Both.of('mass(source="cullet") / mass(target="blow")')
    (checks,) = tables_of(lamps, "checks")
    assert [row[-1] for row in checks.rows] == [Both("✓ balanced", "✓ 収支一致")] * 2


# -- other kinds of results --------------------------------------------------------------------------------


def test_a_single_run(lamps: Comparison) -> None:
    text = render(lamps.results["back"], "en")
    Page(text)
    titles = [figure.title.en for figure in figures_of(lamps.results["back"])]
    assert "climate change by group, 2023" in titles
    assert not any("against" in title for title in titles)
    assert "(reference)" not in text


def test_a_comparison_of_one_has_no_reference(lamps: Comparison) -> None:
    alone = Comparison({"back": lamps.results["back"]}, "throw")
    assert Study(alone).reference is None
    Page(render(alone, "ja"))


def test_samples_have_bands_and_say_so(tmp_path: Path) -> None:
    model = model_from(tmp_path, scale="{distribution: uniform, low: 6, high: 10, unit: year}")
    result = meguru.run(model, scenario="back", samples=20, seed=1)
    text = render(result, "en")
    assert "means of 20 samples" in " ".join(Page(text).words)
    (stock,) = (one for one in figures_of(result) if one.title.en == "In use: lamp")
    assert stock.svg.count('fill-opacity="0.16"') == 2
    assert number_in(stock.table.rows[-1][1]) == pytest.approx(float(result.stock[:, -1, 0].mean()), rel=1e-3)
    expected = meguru.run(model, scenario="back")
    assert (
        "fill-opacity" not in next(one for one in figures_of(expected) if one.title.en == "In use: lamp").svg
    )


def test_samples_have_their_range_beside_the_mean(tmp_path: Path) -> None:
    model = model_from(tmp_path)
    model.processes["melt"].yields["glass"] = Quantity.uniform(70.0, 90.0, "%")
    result = meguru.run(model, scenario="back", samples=20, seed=1)
    (table,) = tables_of(result, "results")
    last = meguru.evaluate(result, ["recycled"]).iloc[-1]
    mean, low, high = (float(text) for text in re.findall(r"[\d.]+", str(table.rows[0][2])))
    assert (mean, low, high) == pytest.approx((last["value"], last["p05"], last["p95"]), abs=0.01)
    assert low < mean < high
    (chart,) = (one for one in figures_of(result) if one.title.en == "recycled content")
    assert [Both.of(cell).en for cell in chart.table.head[1:]] == [
        "take back, %",
        "take back, 5 %, %",
        "take back, 95 %, %",
    ]
    assert number_in(chart.table.rows[-1][2]) == pytest.approx(low, abs=0.01)
    alike = meguru.run(model_from(tmp_path), scenario="back", samples=3)
    assert "3 samples that are all alike" in " ".join(Page(render(alike, "en")).words)


def test_months_are_shown_by_year(tmp_path: Path) -> None:
    result = meguru.run(model_from(tmp_path, "month"), scenario="back")
    study = Study(result)
    assert study.years == [2020, 2021, 2022, 2023]
    (sold,) = (one for one in figures_of(result) if one.title.en == "Delivered to use: lamp")
    assert [number_in(row[1]) for row in sold.table.rows] == pytest.approx([1000.0] * 4)
    assert study.runs[0].mass.sum() == pytest.approx(float(result.flows.sum()))
    Page(render(result, "en"))


@pytest.mark.parametrize("name", ["compressor-magnet", "atm-parts"])
def test_the_published_cases_are_met_on_the_page(name: str) -> None:
    found = meguru.compare(meguru.load(ROOT / "examples" / name / "model.yaml"))
    Page(render(found, "ja"))
    (table,) = tables_of(found, "published")
    assert len(table.rows) >= 9
    assert {row[-1] for row in table.rows} == {Both("✓ within", "✓ 範囲内")}


# -- safety ------------------------------------------------------------------------------------------------


def poison(thing: Any) -> None:
    """Put something evil into every text for people, wherever it stands."""
    if isinstance(thing, Component):
        thing.label, thing.note = {"en": EVIL, "ja": "悪" + EVIL}, EVIL
        for name in ("group", "circulation", "stage"):
            if getattr(thing, name, None):
                setattr(thing, name, EVIL)
    if is_dataclass(thing):
        for one in fields(thing):
            poison(getattr(thing, one.name, None))
    elif isinstance(thing, (list, dict)):
        for one in thing.values() if isinstance(thing, dict) else thing:
            if isinstance(one, (Component, list, dict)):
                poison(one)


def test_texts_of_the_model_stay_texts(tmp_path: Path) -> None:
    model = model_from(tmp_path)
    poison(model)
    model.calibrated = model.name = EVIL
    found = meguru.compare(model)
    page = Page(render(found, "en"))
    clean = Page(render(meguru.compare(model_from(tmp_path)), "en"))
    assert len(page.all("script")) == 1 and page.scripts == clean.scripts
    assert page.all("img") == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in clean.tags}
    assert "".join(page.words).count("alert(1)") > 50
    assert "49" not in {word.strip() for word in page.words}


# -- files -------------------------------------------------------------------------------------------------


def test_an_interrupted_write_leaves_the_old_file_and_no_half(
    lamps: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match=r"report.html: can not be written: No space left"):
        meguru.write_report(lamps, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_folder_that_is_not_there_is_a_named_error(lamps: Comparison, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="can not be written"):
        meguru.write_report(lamps, tmp_path / "nowhere" / "report.html")


def test_an_unknown_language_is_a_named_error(lamps: Comparison, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="no such language; found 'fr', expected one of en, ja"):
        meguru.write_report(lamps, tmp_path / "report.html", "fr")
    assert os.listdir(tmp_path) == []
