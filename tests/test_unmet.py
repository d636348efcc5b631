"""Demand that is not met is said, and a mistyped --out destroys nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import meguru
from meguru.cli import main
from meguru.errors import WriteError
from meguru.report.page import render

SHORT = """
meguru: 1
name: short
time: {first: 2020, last: 2029}
items:
  steel: {kind: material}
  chair: {kind: product, bom: {steel: 2 kg}}
processes:
  ore: {kind: supply, supplies: steel, limit: 150 kg/year}
  make: {kind: make, item: chair}
  use: {kind: use, product: chair, demand: {sales: 100 piece/year},
        leave: {worn: {distribution: fixed, age: 5 year}}}
  end: {kind: sink}
routes:
  - {from: ore, to: make}
  - {from: make, to: use}
  - {from: use.retired, to: end}
"""


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return path


def test_unmet_demand_is_said(short: Path) -> None:
    """150 kg make 75 chairs of the 100 that are wanted."""
    shown = CliRunner().invoke(main, ["run", str(short)])
    assert shown.exit_code == 0
    assert "25.0% of the demand is not met (2020 to 2029" in shown.output
    data = json.loads(CliRunner().invoke(main, ["run", str(short), "--json"]).output)
    assert data["unmet"][0]["share"] == pytest.approx(0.25)
    compared = json.loads(CliRunner().invoke(main, ["compare", str(short), "--json"]).output)
    assert compared["unmet"] == {"model": data["unmet"]}
    short.write_text(SHORT.replace("150 kg", "200 kg"), encoding="utf-8")
    assert "not met" not in CliRunner().invoke(main, ["run", str(short)]).output


def test_unmet_demand_stands_first_in_the_report(short: Path) -> None:
    model = meguru.load(short)
    for language, title in (("en", "Demand not met"), ("ja", "満たされない需要")):
        page = render(meguru.run(model), language)
        assert page.index('<section id="unmet">') < page.index('<section id="life-cycle">')
        assert title in page and "25.0\N{NO-BREAK SPACE}%" in page and "2020–2029" in page
    short.write_text(SHORT.replace("150 kg", "200 kg"), encoding="utf-8")
    assert 'id="unmet"' not in render(meguru.run(meguru.load(short)), "en")


def test_a_report_never_takes_the_place_of_a_model(short: Path) -> None:
    with pytest.raises(WriteError, match="not the name of a report"):
        meguru.write_report(meguru.run(meguru.load(short)), short)
    assert CliRunner().invoke(main, ["compare", str(short), "--out", str(short)]).exit_code == 2
    assert short.read_text(encoding="utf-8") == SHORT
