"""Formulas on results: numbers, units, names, undefined values, samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from chair import chair
from pandas.testing import assert_frame_equal

from meguru.engine import Comparison, Result, compare, run
from meguru.engine.results.files import open_result
from meguru.errors import (
    DimensionError,
    FormulaError,
    IndicatorError,
    MeguruError,
    MissingValueError,
    ScenarioError,
    UnitError,
    UnknownNameError,
)
from meguru.indicators import calculate, check_indicators, evaluate, indicator_faults, waterfall
from meguru.indicators.value import shown_unit
from meguru.model.components import Demand, Indicator, Model
from meguru.quantity import Quantity, dimension_of


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return chair(tmp_path_factory.mktemp("chair"))


@pytest.fixture(scope="module")
def both(model: Model) -> Comparison:
    return compare(model)


def numbers(
    found: Result | Comparison, formula: str, unit: str = "1", scenario: str = "reuse", **more: Any
) -> list[float | None]:
    """Values by year of one scenario."""
    table = calculate(found, formula, unit, **more)
    values = table.loc[table["scenario"] == scenario, "value"]
    return [None if value is pd.NA else float(value) for value in values]


# The chair in scenario 'reuse': 100 chairs a year, 100 leave from 2022 on, 40 frames of them are used again.
BY_HAND: list[tuple[str, str, list[float]]] = [
    ('mass(source="ore")', "kg/year", [300, 300, 220, 220]),
    ('mass(source="ore")', "t/year", [0.3, 0.3, 0.22, 0.22]),
    ('mass(target="assemble", item="frame")', "kg/year", [200, 200, 200, 200]),
    ('mass(source="or*|frames", target="assemble")', "kg/year", [100, 100, 180, 180]),
    ('mass(route="shred.* -> *")', "kg/year", [0, 0, 220, 220]),
    ('mass(source="use", port="retired")', "kg/year", [0, 0, 300, 300]),
    ('mass(source="use", port="retired.old")', "kg/year", [0, 0, 0, 0]),
    ('mass(source="ore", origin="virgin_*")', "kg/year", [300, 300, 220, 220]),
    ('mass(target="assemble", item="frame", origin="reused")', "kg/year", [0, 0, 80, 80]),
    ('mass(item="cloth")', "kg/year", [0, 0, 0, 0]),
    ('units(source="frames")', "piece/year", [0, 0, 40, 40]),
    ('stock(process="use")', "piece", [100, 200, 200, 200]),
    ('stock_mass(process="use", material="steel")', "kg", [300, 600, 600, 600]),
    ('sales(process="use")', "piece/year", [100, 100, 100, 100]),
    ('retired(process="use", cause="old")', "piece/year", [0, 0, 100, 100]),
    ("unmet()", "piece/year", [0, 0, 0, 0]),
    ('spares(item="chair")', "piece/year", [0, 0, 0, 0]),
    ("energy()", "kWh/year", [400, 400, 240, 240]),
    ('energy(group="welding", actor="maker")', "MJ/year", [1440, 1440, 864, 864]),
    ('exchange("paint")', "kg/year", [10, 10, 10, 10]),
    ('impact("climate")', "kg_CO2e/year", [200, 200, 150, 150]),
    ('impact("climate", group="carriage")', "kg_CO2e/year", [0, 0, 30, 30]),
    ('impact("climate", route="use.retired -> yard")', "kg_CO2e/year", [0, 0, 30, 30]),
    ('impact("climate", process="make_frame")', "kg_CO2e/year", [200, 200, 120, 120]),
    ('impact("climate", kind="credit")', "kg_CO2e/year", [0, 0, 100, 100]),
    ('impact("acid")', "kg_SO2e/year", [0, 0, 0, 0]),
    ("time_worked()", "hour/year", [50, 50, 30, 30]),
    ('cost(actor="maker", process="assemble")', "JPY/year", [6000, 6000, 6000, 6000]),
    ('cost(actor="maker", item="frame", kind="price")', "JPY/year", [0, 0, 2400, 2400]),
    ('cost(exchange="electricity")', "kJPY/year", [8, 8, 4.8, 4.8]),
    ('revenue(actor="outside", stage="assembly")', "JPY/year", [6000, 6000, 6000, 6000]),
    ('cost(stage="material")', "JPY/year", [3000, 3000, 2200, 2200]),
    ('cost(stage="assembly", actor="user")', "JPY/year", [40000, 40000, 40000, 40000]),
    ('cost(stage="recovery", kind="transport")', "JPY/year", [0, 0, 30000, 30000]),
    ('impact("climate", stage="recovery")', "kg_CO2e/year", [0, 0, 30, 30]),
    ('revenue(actor="maker")', "JPY/year", [40000, 40000, 40000, 40000]),
    ('gain(actor="maker|user")', "JPY/year", [-27000, -27000, -51400, -51400]),
    ('reference(gain(actor="maker")) - gain(actor="maker")', "JPY/year", [0, 0, -5600, -5600]),
    ('scenario("plain", energy()) / energy()', "%", [100, 100, 500 / 3, 500 / 3]),
    ('cumulative(mass(source="ore"))', "kg", [300, 600, 820, 1040]),
    ('cumulative(stock(process="use"))', "piece*year", [100, 300, 500, 700]),
    ('1 - units(source="frames") / units(target="assemble", item="frame")', "1", [1, 1, 0.6, 0.6]),
    ('max(0, energy() - reference(energy()))', "kWh/year", [0, 0, 0, 0]),
    ('1 if stock(process="use") > sales() * 1.5 / sales() * stock() else 2', "1", [2, 2, 2, 2]),
    ("co2 / reused", "kg_CO2e/year", [0, 0, 375, 375]),
    ("-co2_saved ** 2 / co2", "kg_CO2e/year", [0, 0, -6400 / 150, -6400 / 150]),
    ("energy() + 0", "kWh/year", [400, 400, 240, 240]),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "unit", "expected"), BY_HAND, ids=[case[0] for case in BY_HAND])
def test_basic_indicators_by_hand(both: Comparison, formula: str, unit: str, expected: list[float]) -> None:
    found = numbers(both, formula, unit)
    if formula == "co2 / reused":
        assert found[:2] == [None, None]
        found[:2] = [0.0, 0.0]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_table_has_ids_units_numerator_and_denominator(both: Comparison) -> None:
    table = evaluate(both)
    assert list(table.columns) == [
        "scenario", "indicator", "year", "value", "unit", "numerator", "denominator", "numerator_unit",
        "denominator_unit", "state",
    ]  # fmt: skip
    assert list(table["scenario"].unique()) == ["plain", "reuse"]
    assert list(table["indicator"].unique()) == ["co2", "co2_saved", "reused"]
    row = table[
        (table["scenario"] == "reuse") & (table["indicator"] == "reused") & (table["year"] == 2023)
    ].iloc[0]
    assert (row["value"], row["unit"], row["state"]) == (pytest.approx(40.0), "%", "defined")
    assert (row["numerator"], row["denominator"]) == (pytest.approx(40.0), pytest.approx(100.0))
    assert (row["numerator_unit"], row["denominator_unit"]) == ("piece/year", "piece/year")
    plain = table[table["indicator"] == "co2"].iloc[0]
    assert plain["numerator"] is pd.NA
    assert plain["denominator"] is pd.NA


def test_numerator_and_denominator_follow_written_numbers(both: Comparison) -> None:
    def pair(formula: str) -> tuple[float, float]:
        last = calculate(both, formula).iloc[-1]
        return float(last["numerator"]), float(last["denominator"])

    share = 'units(source="frames") / units(target="assemble", item="frame")'
    assert pair(share) == pytest.approx((40, 100))
    assert pair(f"1 - {share}") == pytest.approx((60, 100))
    assert pair(f"-({share} - 1)") == pytest.approx((60, 100))
    assert pair(f"2 * ({share})") == pytest.approx((80, 100))
    assert pair(f"{share} / 2") == pytest.approx((20, 100))


def test_a_division_by_zero_is_undefined_and_stays_so(both: Comparison) -> None:
    table = calculate(both, 'units(source="frames") / retired(process="use")', "%")
    mine = table[table["scenario"] == "reuse"]
    assert list(mine["state"]) == ["undefined", "undefined", "defined", "defined"]
    assert list(mine["value"].isna()) == [True, True, False, False]
    assert list(mine["denominator"]) == [0.0, 0.0, 100.0, 100.0]
    assert not np.isinf(mine["value"].dropna().to_numpy(dtype=float)).any()
    assert numbers(both, "1 / (sales() / retired())") == pytest.approx([None, None, 1.0, 1.0])
    assert numbers(both, "cumulative(sales() / retired())", "year") == [None] * 4
    assert numbers(both, "1 if sales() / retired() > 0 else 2") == [None, None, 1.0, 1.0]
    assert numbers(both, "max(1, sales() / retired())") == [None, None, 1.0, 1.0]


def test_what_cancels_but_for_rounding_is_zero(both: Comparison) -> None:
    formula = "1 / (0.1 * sales() + 0.2 * sales() - 0.3 * sales())"
    assert 0.1 * 100 + 0.2 * 100 - 0.3 * 100 != 0 or 0.1 + 0.2 != 0.3
    assert numbers(both, formula, "year/piece") == [None] * 4


FAULTS: list[tuple[str, str, type[MeguruError], str]] = [
    ('mass() + impact("climate")', "kg/year", DimensionError, "column 10"),
    ('1 + 2 * (energy() - cost(actor="maker"))', "1", DimensionError, "column 21"),
    ("mass() + 1", "kg/year", DimensionError, "column 1"),
    ("mass()", "kg", DimensionError, "kg/year"),
    ('impact("climate") + impact("acid")', "kg_CO2e/year", DimensionError, "column 21"),
    ("mass()", "kgg/year", UnitError, "kgg"),
    ("units()", "piece/year", DimensionError, "Name the item"),
    ('exchange("*")', "kWh/year", DimensionError, "Name one exchange"),
    ('mass(source="oar")', "kg/year", UnknownNameError, "Did you mean 'ore'"),
    ('mass(source="zz*")', "kg/year", UnknownNameError, "zz*"),
    ('2 * mass(source="ore|assembel")', "kg/year", UnknownNameError, "Did you mean 'assemble'"),
    ('2 * mass(sauce="ore")', "kg/year", UnknownNameError, "Did you mean 'source'"),
    ('mass(material="frame")', "kg/year", UnknownNameError, "no such material"),
    ('mass(origin="virgin")', "kg/year", UnknownNameError, "origin"),
    ('impact("climat")', "kg_CO2e/year", UnknownNameError, "Did you mean 'climate'"),
    ('impact("climate", group="weldin")', "kg_CO2e/year", UnknownNameError, "Did you mean 'welding'"),
    ('impact("climate", kind="price")', "kg_CO2e/year", UnknownNameError, "entry kind"),
    ('cost(actor="make")', "JPY/year", UnknownNameError, "Did you mean 'maker'"),
    ('retired(cause="young")', "piece/year", UnknownNameError, "no such cause"),
    ("impact()", "kg_CO2e/year", MissingValueError, "category"),
    ("gain()", "JPY/year", MissingValueError, "gain() needs 'actor'"),
    ('gain(group="welding")', "JPY/year", MissingValueError, "gain() needs 'actor'"),
    ('mass(country="Chile")', "kg/year", UnknownNameError, "no such country"),
    ("impact(5)", "kg_CO2e/year", FormulaError, "must be a text"),
    ('mass("ore")', "kg/year", FormulaError, "too many"),
    ("mass(source=5)", "kg/year", FormulaError, "must be a text"),
    ("mas()", "kg/year", FormulaError, "Did you mean 'mass'"),
    ("energy", "kWh/year", UnknownNameError, "energy(…)"),
    ("co3", "kg_CO2e/year", UnknownNameError, "Did you mean 'co2'"),
    ('scenario("resue", mass())', "kg/year", ScenarioError, "Did you mean 'reuse'"),
    ("scenario(mass())", "kg/year", FormulaError, "name of a scenario"),
    ("reference()", "1", FormulaError, "reference"),
    ("cumulative(mass(), 2)", "kg", FormulaError, "cumulative"),
    ('min("a", 2)', "1", FormulaError, "min"),
    ("mass(", "kg/year", FormulaError, "column"),
    ("__import__('os')", "1", FormulaError, "__import__"),
    ('circulation("reus")', "%", UnknownNameError, "Did you mean 'reuse'"),
    ('circulation("reuse", fate="last")', "%", UnknownNameError, "final"),
    ('item_cost("fram")', "JPY/piece", UnknownNameError, "Did you mean 'frame'"),
    ('item_cost("frame|steel")', "JPY/piece", DimensionError, "Name one item"),
    ('marginal_reuse("frame", per="deman")', "%", UnknownNameError, "Did you mean 'demand'"),
]


@pytest.mark.parametrize(("formula", "unit", "kind", "told"), FAULTS, ids=[case[0] for case in FAULTS])
def test_faults_are_named_before_and_after_a_run(
    tmp_path: Path, both: Comparison, formula: str, unit: str, kind: type[MeguruError], told: str
) -> None:
    with pytest.raises(kind) as after:
        calculate(both, formula, unit)
    assert told in str(after.value)
    wrong = chair(tmp_path)
    wrong.indicators["wrong"] = Indicator(formula=formula, unit=unit)
    with pytest.raises(kind) as before:
        check_indicators(wrong)
    assert told in str(before.value)
    assert "indicators.wrong" in str(before.value)


def test_an_error_names_file_and_line(tmp_path: Path) -> None:
    wrong = chair(
        tmp_path,
        (
            '{formula: impact("climate"), unit: kg_CO2e/year}',
            '{formula: impact("climte"), unit: kg_CO2e/year}',
        ),
    )
    with pytest.raises(UnknownNameError) as error:
        check_indicators(wrong)
    assert error.value.file is not None
    assert error.value.file.endswith("chair.yaml")
    assert error.value.line is not None
    assert "climte" in (tmp_path / "chair.yaml").read_text().splitlines()[error.value.line - 1]


def test_indicators_that_need_each_other_are_refused(tmp_path: Path) -> None:
    wrong = chair(tmp_path)
    wrong.indicators["a"] = Indicator(formula="2 * b", unit="1")
    wrong.indicators["b"] = Indicator(formula="1 / a", unit="1")
    with pytest.raises(FormulaError, match="circle"):
        check_indicators(wrong)


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    wrong = chair(tmp_path, ("targets: {reused: 40 %}", "targets: {reusd: 40 %}"))
    wrong.indicators["a"] = Indicator(formula="mass()", unit="kg")
    wrong.indicators["b"] = Indicator(formula='mass(item="char")', unit="kg/year")
    assert sorted(type(one).__name__ for one in indicator_faults(wrong)) == [
        "DimensionError", "UnknownNameError", "UnknownNameError",
    ]  # fmt: skip


def test_a_sound_model_passes_the_check(model: Model) -> None:
    check_indicators(model)
    assert indicator_faults(model) == []


def test_a_name_of_another_scenario_only_is_no_fault(tmp_path: Path) -> None:
    model = chair(
        tmp_path,
        ("reuse: {changes: {", "reuse: {changes: {routes.yard.frame -> straighten.name: lift, "),
    )
    for formula, expected in (
        ('mass(route="lift")', [0, 0, 0, 0]),
        ('scenario("reuse", mass(route="lift"))', [0, 0, 100, 100]),
    ):
        assert numbers(run(model), formula, "kg/year", "plain") == pytest.approx(expected)


def test_a_single_result_runs_the_scenarios_that_it_refers_to(model: Model) -> None:
    plain = run(model)
    assert numbers(plain, 'scenario("reuse", energy())', "kWh/year", "plain") == pytest.approx(
        [400, 400, 240, 240]
    )
    reuse = run(model, "reuse")
    assert numbers(reuse, "energy()", "kWh/year", against="difference") == pytest.approx([0, 0, -160, -160])
    assert list(evaluate(reuse)["scenario"].unique()) == ["reuse"]


def test_a_saved_result_alone_runs_its_reference_as_it_was_run(model: Model, tmp_path: Path) -> None:
    sales = {"processes.use.demand.sales": np.array([50.0, 100.0, 200.0])}
    for more in ({}, {"samples": 1, "seed": 3}, {"values": sales}):
        result = run(model, "reuse", **more)
        result.save(tmp_path / "reuse.nc")
        found = open_result(tmp_path / "reuse.nc")
        assert found.before == model
        assert_frame_equal(evaluate(found), evaluate(result))
        for formula in ("energy() / reference(energy())", 'mass(route="*") - reference(mass(source="ore"))'):
            unit = "%" if "/" in formula else "kg/year"
            assert_frame_equal(calculate(found, formula, unit), calculate(result, formula, unit))


def test_a_result_is_compared_with_the_model_that_it_was_run_from(tmp_path: Path) -> None:
    changed = chair(tmp_path)
    reuse = run(changed, "reuse")
    changed.processes["use"].demand = Demand(sales=Quantity(7.0, "piece/year"))
    assert numbers(reuse, "energy()", "%", against="ratio")[-1] == pytest.approx(60)


def test_other_scenarios_are_run_with_the_same_samples(model: Model) -> None:
    sales = {"processes.use.demand.sales": np.array([50.0, 100.0, 200.0])}
    table = calculate(run(model, "reuse", values=sales), "energy()", "kWh/year", against="difference")
    assert [table[name].iloc[-1] for name in ("p50", "mean")] == pytest.approx([-160, -160 * 350 / 300])


def test_a_comparison_runs_what_it_lacks(model: Model) -> None:
    only = compare(model, ["plain"])
    table = calculate(only, 'scenario("reuse", energy())', "kWh/year")
    assert list(table["scenario"].unique()) == ["plain"]
    assert list(only.results) == ["plain"]
    assert table["value"].iloc[-1] == pytest.approx(240)


def test_a_port_filter_takes_the_ports_within_it(tmp_path: Path) -> None:
    found = run(chair(tmp_path, ("from: use.retired\n", "from: use.retired.old\n")), "reuse")
    for port, expected in (("retired", 300), ("retired.old", 300), ("ret*", 300), ("failed", 0)):
        assert numbers(found, f'mass(source="use", port="{port}")', "kg/year")[-1] == pytest.approx(expected)


def test_a_ratio_to_the_reference(both: Comparison) -> None:
    assert numbers(both, "energy()", "%", against="ratio") == pytest.approx([100, 100, 60, 60])
    with pytest.raises(DimensionError):
        calculate(both, "energy()", "kWh/year", against="ratio")


def test_only_the_indicators_wanted(both: Comparison) -> None:
    assert list(evaluate(both, ["reused"])["indicator"].unique()) == ["reused"]
    with pytest.raises(UnknownNameError, match="Did you mean 'reused'"):
        evaluate(both, ["resued"])


def test_a_waterfall_adds_up(both: Comparison) -> None:
    by = {"welding": 'impact("climate", group="welding")', "carriage": 'impact("climate", group="carriage")'}
    table = waterfall(both, 'impact("climate")', by, "kg_CO2e/year")
    last = table[(table["scenario"] == "reuse") & (table["year"] == 2023)].set_index("indicator")["value"]
    assert dict(last) == pytest.approx({"welding": -80.0, "carriage": 0.0, "other": 0.0, "total": -80.0})


def test_months_are_summed_to_years(tmp_path: Path, both: Comparison) -> None:
    monthly = chair(
        tmp_path, ("time: {first: 2020, last: 2023}", "time: {first: 2020, last: 2023, step: month}")
    )
    found = run(monthly, "reuse")
    assert found.units.sizes["time"] == 48
    for formula, unit in (
        ("sales()", "piece/year"),
        ('mass(target="use")', "kg/year"),
        ('cost(process="assemble")', "JPY/year"),
    ):
        assert numbers(found, formula, unit) == pytest.approx(numbers(both, formula, unit))
    ends = np.asarray(found.stock.sel(holder="use: chair"))[0, 11::12]
    assert numbers(found, 'stock(process="use")', "piece") == pytest.approx(list(ends))
    assert numbers(found, "cumulative(sales())", "piece")[-1] == pytest.approx(400)


def test_samples_give_mean_and_quantiles(tmp_path: Path) -> None:
    uncertain = chair(
        tmp_path, ("cost: 100 JPY,", "cost: {distribution: uniform, low: 50, high: 150, unit: JPY},")
    )
    found = run(uncertain, "reuse", samples=200, seed=4)
    table = calculate(found, 'cost(process="make_frame", kind="cost")', "JPY/year")
    labels = {name: np.asarray(found.money.coords[name]) for name in ("name", "kind")}
    mine = (labels["name"] == "make_frame") & (labels["kind"] == "cost")
    paid = np.asarray(found.money)[:, :, mine].sum(axis=2)
    assert np.ptp(paid[:, 0]) > 5000
    assert table["mean"].to_numpy(dtype=float) == pytest.approx(paid.mean(axis=0))
    assert (table["value"] == table["mean"]).all()
    for name, level in (("p05", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95)):
        assert table[name].to_numpy(dtype=float) == pytest.approx(np.quantile(paid, level, axis=0))


def test_the_ratio_of_a_sample_is_taken_sample_by_sample(tmp_path: Path) -> None:
    uncertain = chair(
        tmp_path, ("cost: 100 JPY,", "cost: {distribution: uniform, low: 50, high: 150, unit: JPY},")
    )
    found = compare(uncertain, samples=50)
    table = calculate(found, 'cost(process="make_frame")', "%", against="ratio")
    last = table[(table["scenario"] == "reuse") & (table["year"] == 2023)].iloc[0]
    # common random numbers: frames cost the same in both, only their number differs
    assert [last["mean"], last["p05"], last["p95"]] == pytest.approx([60.0, 60.0, 60.0])
    alone = run(uncertain, "reuse", samples=50, seed=7)
    last = calculate(alone, 'cost(process="make_frame")', "%", against="ratio").iloc[-1]
    assert [last["mean"], last["p05"], last["p95"]] == pytest.approx([60.0, 60.0, 60.0])


def test_samples_without_a_value_are_told_and_left_out(model: Model) -> None:
    found = run(model, "reuse", values={"processes.yard.recover.frame": np.array([0.0, 50.0, 50.0])})
    table = calculate(found, 'units(source="straighten", port="good") / units(target="straighten")', "%")
    assert list(table["state"]) == ["undefined", "undefined", "partly undefined", "partly undefined"]
    assert list(table["value"].isna()) == [True, True, False, False]
    assert float(table["value"].iloc[-1]) == pytest.approx(80.0)
    assert float(table["p05"].iloc[-1]) == pytest.approx(80.0)


def test_permuted_samples_give_the_same_table(model: Model) -> None:
    shares = np.array([10.0, 90.0, 50.0, 30.0])
    tables = [
        calculate(
            run(model, "reuse", values={"processes.yard.recover.frame": one}),
            'units(source="frames")',
            "piece/year",
        )
        for one in (shares, shares[::-1].copy())
    ]
    for column in ("mean", "p25", "p50", "p95"):
        assert tables[0][column].to_numpy(float) == pytest.approx(tables[1][column].to_numpy(float))


def test_units_change_nothing_but_the_figure(both: Comparison) -> None:
    kilograms = numbers(both, 'mass(source="ore")', "kg/year")
    months = numbers(both, 'mass(source="ore")', "t/month")
    assert months == pytest.approx([value / 12000 for value in kilograms if value is not None])


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("g/s", "kg/year"), ("MWh/month", "kWh/year"), ("kWh", "kWh"), ("t_CO2e/year", "kg_CO2e/year"),
        ("kg_CO2e/kg", "kg_CO2e/kg"), ("MJPY/piece", "JPY/piece"), ("%", ""), ("1/year", "1/year"),
        ("km2", "m2"), ("L", "m3"), ("kg/L", "kg/m3"), ("1/m2", "1/m2"),
        ("kg_CO2e/kWh", "kg_CO2e/kWh"), ("JPY/(t*km)", "JPY/(km*kg)"),
    ],
)  # fmt: skip
def test_numerators_are_shown_in_a_unit_of_their_dimension(unit: str, shown: str) -> None:
    found = shown_unit(dimension_of(unit))
    assert dimension_of(found) == dimension_of(unit)
    assert sorted(found) == sorted(shown)


def test_a_result_whose_model_is_unknown_says_so(model: Model) -> None:
    result = run(model, "reuse")
    result.again = None
    with pytest.raises(IndicatorError, match="plain"):
        calculate(result, "reference(energy())", "kWh/year")


COUNTRIES = "{Chile: {values: {2020: 60 %, 2023: 0 %}}, Peru: {values: {2020: 40 %, 2023: 100 %}}}"


@pytest.mark.parametrize(
    ("formula", "unit", "expected"),
    [
        ('mass(country="Chile")', "kg/year", [180, 120, 44, 0]),  # of 300, 300, 220, 220 kg of ore
        ('mass(country="Peru", item="steel")', "kg/year", [120, 180, 176, 220]),
        ('units(country="*", item="steel")', "kg/year", [300, 300, 220, 220]),
        ('units(country="Chile", target="assemble", item="steel")', "kg/year", [60, 40, 20, 0]),
        ('mass(country="Chile", source="o*")', "kg/year", [180, 120, 44, 0]),
        ('mass(country="Chile", source="frames")', "kg/year", [0, 0, 0, 0]),  # no supply
    ],
)
def test_what_a_supply_gives_counts_under_its_countries(
    tmp_path: Path, formula: str, unit: str, expected: list[float]
) -> None:
    supply = "ore: {kind: supply, supplies: [steel], stage: material"
    model = chair(tmp_path, (supply, f"{supply}, countries: {COUNTRIES}"))
    found = compare(model)
    assert numbers(found, formula, unit) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_misspelt_country_is_named_with_the_nearest(tmp_path: Path) -> None:
    supply = "ore: {kind: supply, supplies: [steel], stage: material"
    model = chair(tmp_path, (supply, f"{supply}, countries: {COUNTRIES}"))
    model.indicators["from_there"] = Indicator(formula='mass(country="Chille")', unit="kg/year")
    with pytest.raises(UnknownNameError, match=r"no such country.*Did you mean 'Chile'"):
        check_indicators(model)


LESS = "  reuse: {measures: [reuse], targets: {reused: 40 %}}"
UNIT_OF_WHAT_IS_NOT_THERE = [
    ('mass(target="assemble") / units(source="frames")', "kg/piece", [None] * 4),
    ('2 * units(route="frames -> assemble", item="*") * mass()', "piece*kg/year**2", [0.0] * 4),
    ('units(source="frames") + units(source="assemble")', "piece/year", [100.0] * 4),
    ('exchange("heat") * sales()', "MJ*piece/year**2", [0.0] * 4),
    ('impact("ozone") / sales()', "kg_CFC11e/piece", [0.0] * 4),
    ('item_cost("lid")', "JPY/piece", [None] * 4),
    ('marginal_reuse("lid")', "%", [None] * 4),
]


@pytest.mark.parametrize(
    ("formula", "unit", "expected"), UNIT_OF_WHAT_IS_NOT_THERE, ids=[c[0] for c in UNIT_OF_WHAT_IS_NOT_THERE]
)
def test_what_one_scenario_lacks_has_the_unit_that_it_has_in_another(
    tmp_path: Path, formula: str, unit: str, expected: list[float | None]
) -> None:
    without = "{routes.frames -> assemble: null, exchanges.heat: null, impacts.ozone: null, items.lid: null}"
    changed = chair(
        tmp_path,
        (LESS, f"{LESS}\n  without: {{changes: {without}}}"),
        ("  paint: {", "  heat: {unit: MJ}\n  paint: {"),
        ("acid: {", "ozone: {unit: kg_CFC11e}, acid: {"),
        ("  cloth: {kind: material}", "  cloth: {kind: material}\n  lid: {kind: part, bom: {steel: 1 kg}}"),
    )
    changed.indicators["asked"] = Indicator(formula=formula, unit=unit)
    check_indicators(changed)
    for found in (run(changed, "without"), compare(changed)):
        assert numbers(found, formula, unit, "without") == pytest.approx(expected)


def test_what_every_scenario_lacks_has_the_unit_that_it_has_in_the_model(tmp_path: Path) -> None:
    gone = "{reference: true, changes: {routes.frames -> assemble: null}}"
    changed = chair(tmp_path, ("plain: {reference: true}", f"plain: {gone}"), (f"{LESS}\n", ""))
    formula, unit = 'units(route="frames -> assemble") / sales()', "1"
    changed.indicators = {"asked": Indicator(formula=formula, unit=unit)}
    check_indicators(changed)
    assert numbers(run(changed), formula, unit, "plain") == [0.0] * 4
