"""Sets of indicators on results of models, on the command line and in reports."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook

import meguru
from meguru import errors
from meguru.cli import main
from meguru.engine import Comparison, Result
from meguru.indicators.catalogue.results import measured_faults
from meguru.model import Model
from meguru.model.excel import export_excel, import_excel
from meguru.model.read import parse
from meguru.model.write import save
from meguru.quantity import read_quantity

MONEY = """measured:
  business:
    sets: [value_productivity.r_ap, cti.actual_lifetime]
    level: business
    values:
      revenue: revenue(actor="dismantler")
      intermediate_input: 0
      capex: 0
      variable_cost: revenue(actor="dismantler") / 4
    given:
      legal_life: 10 year
      life_index: 1
      life: {value: 12, unit: year, quality: 0.5}
      average_life: 8 year
"""


@pytest.fixture(scope="module")
def case() -> Comparison:
    return meguru.compare(meguru.example("compressor-magnet"))


def model_with(text: str) -> Model:
    """The example with another section ``measured``."""
    source = (Path(__file__).parents[1] / "examples" / "compressor-magnet" / "model.yaml").read_text("utf-8")
    changed, count = re.subn(
        r"\nmeasured:\n.*?\n\nmeasures:\n", f"\n{text}\nmeasures:\n", source, flags=re.DOTALL
    )
    assert count == 1
    return parse(changed)


def in_flows(result: Result, material: str, **labels: str) -> float:
    """Mass of a material in the last year, straight from the arrays."""
    flows = result.flows.isel(sample=0, time=-1).sel(material=material)
    for name, label in labels.items():
        flows = flows.where(flows.coords[name] == label, 0.0)
    return float(flows.sum())


def test_the_flows_of_a_model_reach_the_figures_of_a_set(case: Comparison) -> None:
    found = meguru.measure(case)
    for name, result in case.results.items():
        virgin = in_flows(result, "rare_earth", source="rare_earth_ore")
        recycled = in_flows(result, "rare_earth", source="secondary_rare_earth")
        iron = sum(
            in_flows(result, "iron_etc", target=f"make_magnet_{kind}") for kind in ("virgin", "recycled")
        )
        whole = virgin + recycled + iron
        mine = {one.id: one for one in found if one.scenario == name and one.year == 2024}
        assert mine["iso_59020.A.2.3"].value == pytest.approx(100 * recycled / whole)
        assert mine["iso_59020.A.2.3"].denominator == pytest.approx(whole)
        critical = 100 * virgin / (virgin + iron)  # recycled rare earth is not linear
        assert mine["cti.critical_material"].value == pytest.approx(critical)
        assert mine["iso_59020.A.3.3"].state == "not given"
    assert recycled > 0


def test_other_sets_may_be_asked_of_a_result(case: Comparison) -> None:
    found = meguru.measure(case.results["B"], "circular_partners.input_secondary_material_rate")
    assert {one.year for one in found} == set(range(2015, 2025))
    assert all(one.scenario == "B" and one.subject == "magnets" for one in found)
    frame = found.trend()
    assert list(frame[frame["year"] == 2020]["direction"]) == ["improving"]


def test_samples_give_means_and_quantiles() -> None:
    model = meguru.example("compressor-magnet")
    place = "processes.dismantle_compressor.recover.magnet"
    result = meguru.run(model, "B", samples=3, values={place: np.array([0.5, 0.7, 0.9])})
    each = [
        meguru.measure(meguru.run(model, "B", samples=1, values={place: np.array([one])}))
        for one in (0.5, 0.7, 0.9)
    ]
    alone = [one.of("iso_59020.A.2.3", year=2024).value for one in each]
    together = meguru.measure(result).of("iso_59020.A.2.3", year=2024)
    assert None not in alone and together.value == pytest.approx(sum(v or 0.0 for v in alone) / 3)
    assert together.p05 is not None and together.p95 is not None and together.value is not None
    assert together.p05 < together.value < together.p95


@pytest.mark.parametrize("sampling", [None, "latin-hypercube", "sobol"])
def test_numbers_that_only_a_subject_has_are_drawn_with_the_samples(sampling: str | None) -> None:
    uncertain = "{distribution: uniform, low: 10, high: 14, unit: year}"
    model = model_with(MONEY.replace("{value: 12, unit: year, quality: 0.5}", uncertain))
    result = meguru.run(model, "B", samples=256, seed=3, sampling=sampling)
    one = meguru.measure(result).of("cti.actual_lifetime", year=2024)
    assert one.value == pytest.approx(1.5, abs=0.03)
    assert one.p05 == pytest.approx(10.2 / 8, abs=0.05) and one.p95 == pytest.approx(13.8 / 8, abs=0.05)
    again = meguru.measure(result).of("cti.actual_lifetime", year=2024)
    assert (again.value, again.p05) == (one.value, one.p05)
    expected = meguru.measure(meguru.run(model, "B")).of("cti.actual_lifetime", year=2024)
    assert (expected.value, expected.p05) == (1.5, None)


def test_numbers_that_rest_on_a_parameter_have_its_samples() -> None:
    text = MONEY.replace("{value: 12, unit: year, quality: 0.5}", "{formula: kept, unit: year}")
    model = model_with(text)
    model.parameters["kept"] = read_quantity(
        {"distribution": "uniform", "low": 10, "high": 14, "unit": "year"}
    )
    drawn = np.array([11.0, 12.0, 16.0])
    result = meguru.run(model, "B", samples=3, values={"parameters.kept": drawn})
    one = meguru.measure(result).of("cti.actual_lifetime", year=2024)
    assert one.value == pytest.approx(13.0 / 8)
    sampled = meguru.measure(meguru.run(model, "B", samples=64, seed=5)).of("cti.actual_lifetime", year=2024)
    assert sampled.p05 is not None and 10 / 8 < sampled.p05 < 11 / 8


def test_money_and_numbers_of_the_model_reach_a_set() -> None:
    model = model_with(MONEY)
    assert measured_faults(model) == []
    found = meguru.measure(meguru.run(model, "B"))
    assert found.of("value_productivity.r_ap", year=2024).value == pytest.approx(4.0)
    assert found.of("value_productivity.r_ap", year=2015).state == "undefined"
    life = found.of("cti.actual_lifetime", year=2024)
    assert (life.value, life.quality) == (1.5, 0.5)
    assert "is meant for product" in found.warnings[0].en


WRONG = [
    ("sets: [iso_590202]", errors.UnknownNameError, "Did you mean 'iso_59020'"),
    ("sets: [iso_59020]\n    values: {m_TI: mas()}", errors.FormulaError, "values.m_TI"),
    ("sets: [iso_59020]\n    values: {m_TI: 'mass(target=\"nowhere\")'}", errors.UnknownNameError, "nowhere"),
    ("sets: [iso_59020]\n    values: {m_TI: 'cost(actor=\"dismantler\")'}", errors.DimensionError, "m_TI"),
    ("sets: [iso_59020]\n    values: {m_TII: mass()}", errors.UnknownNameError, "m_TII"),
    ("sets: [iso_59020]\n    given: {m_TI: 3 year}", errors.DimensionError, "m_TI"),
    ("sets: [iso_59020.A.2.3]\n    values: {m_TI: mass()}", errors.MissingValueError, "m_RECI"),
    ("sets: [iso_59020]\n    flows: {a: {table: inflow, values: {mass: mass()}}, b: {table: inflow, values: "
     "{mass: units()}}}", errors.DimensionError, "flows.b"),
    ("sets: [iso_59020]\n    values: {m_TI: [1]}", errors.WrongTypeError, "not a formula"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error", "says"), WRONG)
def test_faults_of_the_mapping_show_before_the_run(text: str, error: type[Exception], says: str) -> None:
    model = model_with(f"measured:\n  maker:\n    {text}\n")
    faults = measured_faults(model)
    assert type(faults[0]) is error and says in str(faults[0])
    assert (faults[0].place or "").startswith("measured.maker") and faults[0].line is not None


def test_a_model_that_names_nothing_says_what_to_do() -> None:
    with pytest.raises(errors.IndicatorError, match="section 'measured'"):
        meguru.measure(meguru.run(model_with("")), "iso_59020")


def test_the_mapping_survives_files(tmp_path: Path) -> None:
    model = meguru.example("compressor-magnet")
    save(model, tmp_path / "model.yaml")
    assert meguru.load(tmp_path / "model.yaml").measured == model.measured
    export_excel(model, tmp_path / "model.xlsx")
    assert import_excel(tmp_path / "model.xlsx").measured == model.measured


def test_numbers_and_flags_may_stand_among_the_formulas() -> None:
    flows = (
        "{a: {table: inflow, values: {mass: 2 kg, recycled: 90 %}}, "
        "b: {table: outflow, values: {mass: 4 kg, recycled: 0.5, traceable: yes}}}"
    )
    text = f"measured:\n  plant:\n    sets: [iso_59020.A.2.3, iso_59020.A.3.4]\n    flows: {flows}\n"
    found = meguru.measure(meguru.run(model_with(text), "B"))
    assert found.of("iso_59020.A.2.3", year=2024).value == pytest.approx(90.0)
    assert found.of("iso_59020.A.3.4", year=2024).value == pytest.approx(50.0)


def test_a_value_that_is_undefined_in_some_samples_says_in_how_many(tmp_path: Path) -> None:
    text = """measured:
  firm:
    sets: [iso_59020.A.6.2]
    values: {m_linear_in: 'mass(source="secondary_rare_earth", material="rare_earth")'}
    given: {revenue: 1 JPY}
"""
    place = "processes.dismantle_compressor.recover.magnet"
    result = meguru.run(model_with(text), "B", samples=3, values={place: np.array([0.0, 0.7, 0.9])})
    one = meguru.measure(result).of("iso_59020.A.6.2", year=2024)
    assert one.state == "partly undefined" and one.value is not None
    assert one.reason is not None and one.reason.en == "undefined in 1 of 3 samples"
    meguru.write_report(result, tmp_path / "report.html")
    assert "undefined in 1 of 3 samples" in (tmp_path / "report.html").read_text(encoding="utf-8")
    never = meguru.measure(result).of("iso_59020.A.6.2", year=2015)
    assert (never.state, never.value) == ("undefined", None)


# -- command line and reports --


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["indicators", *arguments])
    return int(left.value.code or 0), capsys.readouterr().out


def test_compute_on_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "compute", "compressor-magnet", "--scenario", "B", "--json")
    found = json.loads(out)
    rows = [
        row for row in found["indicators"] if row["indicator"] == "iso_59020.A.2.3" and row["year"] == 2024
    ]
    assert code == 0 and [row["scenario"] for row in rows] == ["conventional", "B"]
    assert rows[1]["value"] > 11 and rows[0]["value"] == 0


FLOWS = "year,flow,mass [t],recycled [%]\n2024,in,10,30\n2025,in,10,45\n"


def test_compute_on_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(FLOWS, encoding="utf-8")
    code, out = run(
        capsys, "compute", str(path), "-s", "iso_59020", "-s", "cti", "-o", str(tmp_path / "out.xlsx")
    )
    line = next(line for line in out.splitlines() if line.startswith("iso_59020.A.2.3"))
    assert code == 0 and line.split()[-4:] == ["30", "45", "%", "Q"]
    assert "M: formula from memory" in out and "figures that are not given" in out
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["indicators", "formulas"]
    assert "m_RECI / m_TI" in [row[5].value for row in book["formulas"].iter_rows(min_row=2)]
    code, out = run(capsys, "compute", str(path), "-s", "iso_59020.A.2.3", "--trend")
    assert code == 0 and "↑ improving" in out
    assert run(capsys, "compute", str(path))[0] == 2
    assert run(capsys, "compute", str(path), "-s", "iso_5902")[0] == 2
    assert run(capsys, "compute", str(path), "-s", "iso_59020.A.6.3")[0] == 3


def test_exit_codes_of_compute_are_those_of_the_help(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1: the figures; 2: an option, a name, a file that is not there; 3: it can not be evaluated."""
    path = tmp_path / "flows.csv"
    path.write_text(FLOWS, encoding="utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(FLOWS.replace("10,30", "-10,30"), encoding="utf-8")
    empty = tmp_path / "empty.csv"
    empty.write_text("year,flow,mass [t]\n", encoding="utf-8")
    for code, *arguments in (
        (1, wrong, "-s", "iso_59020"), (1, empty, "-s", "iso_59020"), (2, tmp_path / "no.csv", "-s", "cti"),
        (2, path, "-s", "iso_59020.A.9"), (2, path, "-s", "mci", "--variant", "simple"),
        (1, path, "-s", "iso_59020.A.6.2"), (3, path, "-s", "mci"),
    ):  # fmt: skip
        assert run(capsys, "compute", *map(str, arguments))[0] == code, arguments
    assert run(capsys, "show", "iso_59020.A.9")[0] == 2
    assert run(capsys, "list", "--purpose", "fun")[0] == 2


def test_all_lists_what_is_not_given_of_a_named_indicator(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(FLOWS, encoding="utf-8")
    named = ("-s", "iso_59020.A.2.3", "-s", "iso_59020.A.6.2")
    code, out = run(capsys, "compute", str(path), *named, "--all")
    assert code == 0 and "not given" in next(x for x in out.splitlines() if x.startswith("iso_59020.A.6.2"))
    assert run(capsys, "compute", str(path), *named)[0] == 1


def test_what_no_factor_rates_is_in_the_reports(tmp_path: Path) -> None:
    for kept in (True, False):
        model = meguru.example("motor")
        if not kept:
            model.exchanges["electricity"].factors.clear()
        result = meguru.run(model)
        meguru.write_report(result, tmp_path / "report.html")
        meguru.write_report(result, tmp_path / "report.xlsx")
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        book = load_workbook(tmp_path / "report.xlsx")
        assert ("Used without a factor" in page) is ("without factor" in book.sheetnames) is (not kept)
    assert book["without factor"]["A2"].value == "electricity"


def test_list_and_show(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "list", "--purpose", "economy", "--level", "business")
    assert code == 0 and "value_productivity.r_ap" in out and "mci.product" not in out
    code, out = run(capsys, "show", "mci.product")
    assert code == 0 and "1 - LFI * 0.9 / X" in out and "F_R" in out and "simplified" in out
    code, out = run(capsys, "show", "iso_59020")
    assert code == 0 and "not shipped" in out and "A.6.3" in out
    code, out = run(capsys, "show", "cti@1.0.critical_material", "--json")
    assert json.loads(out)["mark"] == "V"
    code, out = run(capsys, "list", "--json")
    assert len(json.loads(out)["indicators"]) == sum(1 for _ in meguru.catalogue().indicators())


def test_reports_hold_values_formulas_and_provenance(case: Comparison, tmp_path: Path) -> None:
    meguru.write_report(case, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="standards">') :].partition("</section>")[0]
    value = meguru.measure(case.results["B"]).of("iso_59020.A.2.3", year=2024).value
    assert f"{value:.2f} ↑" in section and "m_RECI / m_TI" in section and "投入の平均再生材率" in section
    assert "↓" in section and "iso_59020.A.3.3" not in section
    meguru.write_report(case, tmp_path / "report.xlsx")
    book = load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == [
        "provenance", "indicators", "formulas", "published", "standards", "standard formulas",
    ]  # fmt: skip
    rows = list(book["standards"].iter_rows(values_only=True))
    columns = {str(name): index for index, name in enumerate(rows[0])}
    found = [row for row in rows if row[columns["scenario"]] == "B" and row[columns["year"]] == 2024]
    mine = next(row for row in found if row[columns["indicator"]] == "iso_59020.A.2.3")
    assert mine[columns["value"]] == pytest.approx(value)
    provenance: dict[Any, Any] = dict(book["provenance"].iter_rows(values_only=True, max_col=2))
    assert "model_hash" in provenance


def test_a_report_without_sets_has_no_such_section(tmp_path: Path) -> None:
    meguru.write_report(meguru.run(model_with("")), tmp_path / "small.html")
    assert 'id="standards"' not in (tmp_path / "small.html").read_text(encoding="utf-8")
    meguru.write_report(meguru.run(model_with("")), tmp_path / "small.xlsx")
    assert "standards" not in load_workbook(tmp_path / "small.xlsx").sheetnames


def test_a_column_of_a_result_has_the_lowest_quality_of_its_rows() -> None:
    model = model_with(
        """measured:
  all:
    sets: [iso_59020.A.2.3]
    flows:
      a:
        table: inflow
        given: {mass: {value: 3, unit: kg, quality: 0.8}, recycled: {value: 50, unit: "%", quality: 0.9}}
      b:
        table: inflow
        given: {mass: {value: 1, unit: kg, quality: 0.4}, recycled: 0 %}
"""
    )
    assert {one.quality for one in meguru.measure(meguru.run(model))} == {0.4}
