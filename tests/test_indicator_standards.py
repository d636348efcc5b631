"""What ISO 59020 and CTI ask beside numbers: duty, reasons, the linear rest, types of recovery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_indicator_sets_results import model_with

import meguru
from meguru import errors
from meguru.cli import main
from meguru.indicators.catalogue import Definition, IndicatorSet, catalogue, measure
from meguru.indicators.catalogue.measured import NOT_APPLICABLE
from meguru.quantity.units import size_of
from meguru.report.blocks import More, Table
from meguru.report.standards import standards
from meguru.report.study import Study

EVERY = [(held, one) for held in catalogue() for one in held.indicators.values()]
BOTH = {"m_TI": "100 kg", "m_REUI": "10 kg", "m_RECI": "20 kg", "m_RENI": "0 kg"} | {
    "m_TO": "80 kg", "m_REUO": "8 kg", "m_RECO": "20 kg", "m_RENO": "0 kg"
}  # fmt: skip
NO_PRODUCT = "not applicable: nothing leaves as a product"


# -- mandatory indicators, and what does not apply --


def test_six_indicators_of_iso_59020_are_mandatory_and_no_others() -> None:
    mandatory = [one.id for _, one in EVERY if one.mandatory]
    assert mandatory == [f"iso_59020.{one}" for one in "A.2.2 A.2.3 A.2.4 A.3.3 A.3.4 A.3.5".split()]
    table = measure(BOTH, "iso_59020").table()
    assert list(table[table["mandatory"]]["indicator"]) == mandatory


def test_what_is_mandatory_and_left_out_is_warned_of() -> None:
    (warning,) = measure({"m_TI": "100 kg", "m_RECI": "20 kg"}, "iso_59020").warnings
    assert "mandatory and not given: A.2.2, A.2.4, A.3.3, A.3.4, A.3.5." in warning.en
    assert "A.2.2、A.2.4" in warning.ja
    assert measure(BOTH, "iso_59020").warnings == []
    said = {name: value for name, value in BOTH.items() if name != "m_RENO"}
    said["iso_59020.A.3.5"] = "not applicable: no biological material"
    assert measure(said, "iso_59020").warnings == []
    assert measure({"m_TI": "100 kg", "m_RECI": "20 kg"}, "iso_59020.A.2.3").warnings == []


@pytest.mark.parametrize(
    "words", ["not applicable", "Not applicable ", "N/A", "該当しない", "該当なし", "適用外"]
)
@pytest.mark.parametrize("colon", [":", "："])
def test_not_applicable_is_a_state_with_its_reason(words: str, colon: str) -> None:
    data = {**BOTH, "iso_59020.A.5.2": f"{words}{colon} no water, by 3 wells"}
    found = measure(data, "iso_59020").of("A.5.2")
    assert (found.state, found.value, found.mark) == (NOT_APPLICABLE, None, "Q")
    assert found.reason == ("no water, by 3 wells",) * 2
    (alone,) = measure(data, "iso_59020.A.5.2")  # asked for by its name it is no error
    assert alone.row()["state"] == "not applicable" and alone.row()["reason"] == "no water, by 3 wells"


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"iso_59020.A.3.5": "not applicable"}, errors.MissingValueError, "no reason is given"),
        ({"iso_59020.A.3.5": "n/a: "}, errors.MissingValueError, "no reason is given"),
        ({"iso_59020.A.9.9": NO_PRODUCT}, errors.UnknownNameError, "no such indicator"),
        ({"m_REUX": NO_PRODUCT}, errors.UnknownNameError, "no such set or indicator"),
        ({"iso_59020": NO_PRODUCT}, errors.UnknownNameError, "no indicator that could be"),
        ({"iso_59020.A.2.3": NO_PRODUCT}, errors.ContradictionError, "figures give a value; found '20 %'"),
        ({"iso_59020.A.2.3": "20 %"}, errors.UnknownNameError, "computed from figures"),
    ],
)
def test_not_applicable_that_can_not_be_meant(given: dict[str, str], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        measure({**BOTH, **given}, "iso_59020")


def test_a_figure_of_zero_may_stand_beside_what_does_not_apply() -> None:
    """The standard lets it count as zero: so the linear share can be found."""
    found = measure({**BOTH, "iso_59020.A.2.4": "not applicable: metals only"}, "iso_59020")
    assert found.of("A.2.4").state == NOT_APPLICABLE
    assert found.of("linear_inflow").value == pytest.approx(70)


def test_years_and_subjects_keep_their_own_reasons() -> None:
    """Also where those of which the same is known are measured at once."""
    rows: list[dict[str, Any]] = [
        {"subject": name, "year": year, "variable": key, "value": value}
        for name, year, key, value in (
            ("a", 2024, "iso_59020.A.3.3", "not applicable: one"),
            ("a", 2025, "iso_59020.A.3.3", "not applicable: two"),
            ("b", 2024, "iso_59020.A.3.3", "not applicable: two"),
        )
    ]
    plain = [("a", 2024), ("a", 2025), ("b", 2024), ("b", 2025)]
    rows += [{"subject": n, "year": y, "variable": "m_TO", "value": "9 kg"} for n, y in plain]
    found = [measure(rows, "iso_59020").of("A.3.3", subject=name, year=year) for name, year in plain]
    assert [one.reason.en if one.state == NOT_APPLICABLE and one.reason else one.state for one in found] == [
        "one", "two", "two", "not given"
    ]  # fmt: skip
    assert measure(rows, "iso_59020").trend().empty


def test_a_model_says_what_does_not_apply(capsys: pytest.CaptureFixture[str]) -> None:
    model = model_with(
        """measured:
  all:
    sets: [iso_59020]
    values: {iso_59020.A.3.5: 'not applicable: metals only'}
    flows:
      out: {table: outflow, values: {mass: 'mass(target="dismantle_compressor")', reused: 10 %}}
"""
    )
    result = meguru.compare(model)
    values = [one for one in meguru.measure(result) if one.definition.short == "A.3.5"]
    assert {one.state for one in values} == {NOT_APPLICABLE}
    assert {one.reason.en for one in values if one.reason} == {"metals only"}
    (section,) = standards(Study(result))
    text = repr(section)
    assert "metals only" in text and "not applicable" in text and "mandatory" in text
    assert capsys.readouterr().err == ""


# -- the linear rest, absolute values --


def test_the_linear_share_stands_beside_the_circular_ones() -> None:
    found = measure({**BOTH, "traceable_recycling": "yes"}, "iso_59020")
    for parts, rest in (("A.2.2 A.2.3 A.2.4", "linear_inflow"), ("A.3.3 A.3.4 A.3.5", "linear_outflow")):
        assert sum(found.of(one).value or 0.0 for one in [*parts.split(), rest]) == pytest.approx(100)
    one = found.of("linear_outflow")
    assert (one.value, one.numerator, one.denominator) == (65, 52, 80)
    assert one.definition.better == "down" and not one.definition.mandatory
    # What can not be traced is linear.
    assert measure(BOTH, "iso_59020").of("linear_outflow").value == 90


def command(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 0


def rows_of(text: str, word: str) -> list[str]:
    return [line for line in text.splitlines() if word in line]


def test_absolute_values_stand_beside_shares_of_two_years(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    table = tmp_path / "flows.csv"
    table.write_text("year,flow,mass [kg],recycled [%]\n2024,in,1000,30\n2025,in,1200,40\n", encoding="utf-8")
    command("indicators", "compute", str(table), "-s", "iso_59020.A.2.3")
    share, absolute = rows_of(capsys.readouterr().out, "iso_59020.A.2.3")
    assert "30" in share and "40" in share and "kg" not in share
    assert "300 kg / 1,000 kg" in absolute and "480 kg / 1,200 kg" in absolute


def test_the_command_tells_what_does_not_apply(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "figures.csv"
    lines = ["variable,value,unit", "m_TO,80,kg", "m_RECO,20,kg", f"iso_59020.A.3.3,{NO_PRODUCT},"]
    table.write_text("\n".join(lines), encoding="utf-8")
    command("indicators", "compute", str(table), "-s", "iso_59020")
    out = " ".join(capsys.readouterr().out.split())
    assert "not applicable" in out and "iso_59020.A.3.3: nothing leaves as a product" in out
    assert "mandatory and not given: A.2.2, A.2.3, A.2.4, A.3.5" in out
    command("indicators", "compute", str(table), "-s", "iso_59020", "--json")
    data = json.loads(capsys.readouterr().out)
    (one,) = [row for row in data["indicators"] if row["indicator"] == "iso_59020.A.3.3"]
    assert (one["state"], one["mandatory"], one["value"]) == ("not applicable", True, None)
    command("indicators", "show", "iso_59020.A.3.3")
    assert "mandatory" in capsys.readouterr().out


def test_the_report_has_absolute_values_of_the_first_and_the_last_year() -> None:
    result = meguru.compare(meguru.example("compressor-magnet"))
    study = Study(result)
    (section,) = standards(study)
    folded = [block for block in section.blocks if isinstance(block, More)]
    (table,) = next(block.blocks for block in folded if "Absolute" in block.summary.en)
    assert isinstance(table, Table)
    rows = [row for row in table.rows if "iso_59020.A.2.3" in str(row[0])]
    assert [row[1] for row in rows] == [str(study.years[0]), str(study.last)]
    assert len(rows[0]) == 2 + len(study.runs) == 5
    assert all(" / " in str(cell) and "kg" in str(cell) for row in rows for cell in row[2:])


# -- numerator and denominator --


@pytest.mark.parametrize(("held", "one"), [pytest.param(*pair, id=pair[1].id) for pair in EVERY])
def test_every_ratio_has_numerator_and_denominator_or_says_why_not(
    held: IndicatorSet, one: Definition
) -> None:
    for limit in one.limits.values():
        for variant in one.variant_names:
            name = f"{held.id}@{held.edition}.{one.short}"
            (found,) = measure(limit.given, name, variant=variant if one.variants else None)
            if one.no_ratio is not None or one.scales:
                assert found.numerator is None
            elif found.state == "value":
                assert found.numerator is not None and found.denominator and found.value is not None
                top = found.numerator * size_of(found.numerator_unit or "1")
                bottom = found.denominator * size_of(found.denominator_unit or "1")
                assert found.value * size_of(found.unit) == pytest.approx(top / bottom)


def test_products_and_bounds_keep_what_is_divided() -> None:
    data = {"m_collected": "60 t", "m_recycling": "48 t", "m_placed_before": "100 t"}
    one = measure(data, "weee.ewaste_recycling_rate")[0]
    assert one.value == pytest.approx(48)
    assert (one.numerator, one.denominator) == (48_000, 100_000)
    rates = measure({"collection": 0.6, "recycling": 0.8}, "weee.ewaste_recycling_rate")[0]
    assert rates.value == pytest.approx(48) and rates.numerator is None  # what is not known has none
    row = {"recycled": "6 kg", "required": "4 kg", "price_recycled": "2 USD/kg", "price_virgin": "2 USD/kg"}
    bounded = measure({"materials": [row]}, "others.circular_economy_index")[0]
    assert (bounded.value, bounded.numerator, bounded.denominator) == (1, 12, 8)
    nothing = measure({"materials": [{**row, "required": "0 kg"}]}, "others.circular_economy_index")[0]
    assert nothing.state == "undefined" and nothing.denominator == 0
    assert nothing.reason is not None and "required_value (value of material required)" in nothing.reason.en


# -- types of recovery from a table of flows --


def outflow(mass: float, recovery: Any, potential: float = 0.5, actual: float = 1.0) -> dict[str, Any]:
    return {
        "mass": f"{mass} kg",
        "recovery_potential": potential,
        "actual_recovery": actual,
        "traceable": True,
        "recovery": recovery,
    }


def types(rows: list[dict[str, Any]]) -> dict[str, float | None]:
    found = measure({"outflow": rows}, "cti")
    start = "recovery_type."
    return {
        one.definition.short.removeprefix(start): one.value
        for one in found
        if one.definition.short.startswith(start)
    }


def test_types_of_recovery_follow_from_a_column_of_the_table() -> None:
    rows = [
        outflow(60, "reuse"),
        outflow(20, "リサイクル"),
        outflow(20, "Recycled"),
        outflow(50, "", actual=0),
    ]
    assert types(rows) == {
        "reuse": 60, "repair": 0, "refurbish": 0, "remanufacture": 0, "recycle": 40, "biodegrade": 0,
    }  # fmt: skip
    one = measure({"outflow": rows}, "cti.recovery_type.recycle")[0]
    assert (one.numerator, one.denominator) == (20, 50)  # half of each mass is recovered


def test_a_row_may_be_recovered_in_several_ways() -> None:
    row = {name: value for name, value in outflow(100, None).items() if name != "recovery"}
    found = types([{**row, "recovery_reuse": 0.3, "recovery_recycle": 0.7}])
    assert found["reuse"] == pytest.approx(30) and found["recycle"] == pytest.approx(70)


def test_without_the_column_nothing_is_known_of_types() -> None:
    rows = [{name: value for name, value in outflow(100, None).items() if name != "recovery"}]
    assert set(types(rows).values()) == {None}
    plain = measure({"outflow": rows, "m_reuse": "20 kg", "m_recycle": "30 kg"}, "cti.recovery_type.reuse")[0]
    assert plain.value == pytest.approx(40)


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        ([outflow(1, "reuse"), outflow(1, "")], errors.ShareError, "row 2: the types of recovery"),
        ([outflow(1, "reuse"), outflow(1, "none")], errors.ShareError, "row 2: the types of recovery"),
        ([outflow(1, "reuse"), outflow(1, "remanufactur")], errors.UnknownNameError,
         "column recovery, row 2.*remanufacture"),
        ([{**outflow(1, "reuse"), "recovery_recycle": 0.5}], errors.MeguruError, "recovery_recycle|100 %"),
    ],
)  # fmt: skip
def test_types_of_recovery_that_can_not_be(rows: list[dict[str, Any]], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        types(rows)


def test_a_given_mass_must_agree_with_the_column() -> None:
    rows = [outflow(60, "reuse"), outflow(40, "recycle")]
    assert measure({"outflow": rows, "m_reuse": "30 kg"}, "cti.recovery_type.reuse")[0].value == 60
    with pytest.raises(errors.ContradictionError, match="m_reuse"):
        measure({"outflow": rows, "m_reuse": "25 kg"}, "cti.recovery_type.reuse")


def test_a_table_of_both_flows_and_a_model_have_the_column(tmp_path: Path) -> None:
    table = tmp_path / "flows.csv"
    lines = ["区分,質量 [t],回収可能性 [%],実回収率 [%],追跡可能,回収タイプ", "投入,10,,,,"]
    lines += ["産出,6,100,50,有,再製造", "産出,4,100,75,有,再資源化"]
    table.write_text("\n".join(lines), encoding="utf-8")
    assert measure(table, "cti.recovery_type.remanufacture")[0].value == 50
    model = model_with(
        """measured:
  all:
    sets: [cti.recovery_type.reuse, cti.recovery_type.recycle]
    flows:
      a: {table: outflow, values: {mass: 3 kg, recovery_potential: 1, actual_recovery: 1, recovery: reuse}}
      b: {table: outflow, values: {mass: 1 kg, recovery_potential: 1, actual_recovery: 1, recovery: recycle}}
"""
    )
    found = meguru.measure(meguru.run(model))
    assert {round(one.value or 0) for one in found if one.definition.short.endswith("reuse")} == {75}
    assert {round(one.value or 0) for one in found if one.definition.short.endswith("recycle")} == {25}
