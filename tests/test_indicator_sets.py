"""Every indicator of the catalogue: schema, names, limits, scaling, units, shares, aggregation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import meguru
from meguru import errors
from meguru.expression import names_in, parse
from meguru.files.tree import parse_tree, plain
from meguru.indicators.catalogue import Definition, IndicatorSet, Measured, catalogue, measure
from meguru.indicators.catalogue.definitions import Rounding
from meguru.indicators.catalogue.evaluation import Evaluation
from meguru.indicators.catalogue.figures import Figures, Given
from meguru.indicators.catalogue.measuring import measure_set
from meguru.indicators.catalogue.reading import FOLDER, read_data
from meguru.indicators.catalogue.rounding import rounded
from meguru.indicators.catalogue.subjects import read_figures
from meguru.indicators.catalogue.targets import goal
from meguru.indicators.value import Value
from meguru.quantity import convert, dimension_of, read_quantity
from meguru.quantity.formula import Value as Number

SETS = list(catalogue())
EVERY = [(held, one) for held in SETS for one in held.indicators.values()]
IDS = [f"{held.id}@{held.edition}.{one.short}" for held, one in EVERY]
ALL = pytest.mark.parametrize(("held", "one"), EVERY, ids=IDS)
CASES = ("linear", "circular")
SCHEMA = json.loads(FOLDER.joinpath("set.schema.json").read_text(encoding="utf-8"))


def value_of(
    held: IndicatorSet, one: Definition, data: Mapping[str, Any], variant: str | None = None
) -> Measured:
    """The indicator on plain data."""
    (figures,) = read_figures(data)
    (found,) = measure_set(held, [one], figures, variant=variant)
    return found


def scaled(figures: Figures, held: IndicatorSet, factor: float) -> Figures:
    """All amounts times a factor; prices, years and shares stay."""
    changed: dict[str, Given] = {}
    for name, given_ in figures.given.items():
        variable = held.variable(name)
        assert variable is not None
        number = given_.value.number
        times = factor if variable.kind == "amount" else 1.0
        value = Value(Number(number.array * times, number.dimension))
        changed[name] = Given(value, given_.unit, given_.place, given_.quality, given_.rows, given_.empty)
    return Figures(changed)


# -- the data --


def test_every_file_keeps_the_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    files = [one["file"] for one in read_data("order")["sets"]]
    for file in files:
        assert [
            error.message for error in validator.iter_errors(json.loads(json.dumps(read_data(file))))
        ] == []
    on_disk = {
        entry.name
        for entry in resources.files("meguru.indicators.sets").iterdir()
        if entry.name.endswith(".yaml")
    }
    assert on_disk == {f"{file}.yaml" for file in files} | {"order.yaml", "flows.yaml", "example_names.yaml"}


@pytest.mark.parametrize("missing", ["limits", "formula", "meaning"])
def test_an_indicator_without_limits_fails_the_schema(missing: str) -> None:
    data = json.loads(json.dumps(read_data("iso_59020")))
    del data["indicators"]["A.2.2"][missing]
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_the_sets_that_the_issue_names_are_there() -> None:
    ids = {one.id for _, one in EVERY}
    assert {
        f"iso_59020.{one}"
        for one in "A.2.2 A.2.3 A.2.4 A.3.2 A.3.3 A.3.4 A.3.5 A.4.2 A.5.2 A.5.3 A.5.4 A.6.2".split()
    } <= ids
    for name in (
        "cti.circular_inflow", "cti.circular_outflow", "cti.material_circularity", "cti.critical_material",
        "cti.recovery_type.recycle", "cti.actual_lifetime", "cti.circular_material_productivity",
        "mci.product", "mci.complex_product", "mci.company", "japan.resource_productivity",
        "japan.input_cyclical_use_rate", "japan.output_cyclical_use_rate", "japan.final_disposal",
        "japan.renewable_and_cyclical_input_share", "eu_material_use.cmu", "weee.collection_rate",
        "battery.recycling_efficiency", "elv.reuse_and_recovery_rate", "iso_22628.R_cyc", "iec_62635.R_cov",
        "en_45557.recycled_content", "home_appliances.recycling_rate", "others.circular_economy_index",
        "others.circularity_index", "others.circularity_metric", "others.longevity",
        "value_productivity.r_mp", "value_productivity.r_ap", "value_productivity.marginal_reuse_rate",
        "circular_partners.ce_market_size",
    ):  # fmt: skip
        assert name in ids
    assert sum(1 for one in ids if one.startswith("circular_partners.")) == 5
    assert catalogue().set("iso_59020").omitted[0].id == "A.6.3"


@ALL
def test_each_formula_refers_to_what_the_set_has(held: IndicatorSet, one: Definition) -> None:
    formulas = [one.formula, *(other.formula for other in one.variants.values())]
    for name in {name for formula in formulas for name in names_in(parse(formula))}:
        assert name in held.names()
    assert one.aggregation and one.mark in "VQM"
    for target in one.targets:
        assert goal(one, target) >= 0
        assert target.rule == ("at_least" if one.better == "up" else "at_most")
    for printed in one.published:
        quantity = read_quantity(printed.value)
        assert dimension_of(quantity.unit) == dimension_of(one.unit)


@pytest.mark.parametrize("held", SETS, ids=[f"{one.id}@{one.edition}" for one in SETS])
def test_nothing_of_a_set_is_idle_or_unreadable(held: IndicatorSet) -> None:
    from meguru.indicators.catalogue.evaluation import names_behind

    used: set[str] = set()
    for one in held.indicators.values():
        for formula in (one.formula, *(other.formula for other in one.variants.values())):
            used |= names_behind(held, formula)
    held_against = [text for one in held.wholes for text in (one.whole, *one.parts, one.rest or "0")]
    held_against += [text for one in held.checks for text in (one.formula, one.equals or "0")]
    for name in {name for text in held_against for name in names_in(parse(text))}:
        assert name in held.names()
    used |= {name for text in held_against for name in names_behind(held, text)}
    told_elsewhere = set(held.steps)  # steps may be asked for by name
    used |= {name for step in told_elsewhere for name in names_behind(held, held.steps[step].formula)}
    assert set(held.variables) <= used
    for name in used:
        assert name in held.names()


# -- limits, scaling, units --


@ALL
@pytest.mark.parametrize("case", CASES)
def test_the_limits_hold(held: IndicatorSet, one: Definition, case: str) -> None:
    limit = one.limits[case]
    for variant in one.variant_names:
        if limit.toward is not None:
            assert limit.state == "unbounded" and limit.because is not None
            _grows(held, one, limit.given, limit.toward, variant)
            continue
        found = value_of(held, one, limit.given, variant)
        if limit.state == "undefined":
            assert limit.because is not None
            assert (found.state, found.value) == ("undefined", None) and found.reason is not None
        else:
            assert limit.value is not None
            quantity = read_quantity(limit.value)
            assert quantity.value is not None
            wanted = convert(quantity.value, quantity.unit or "1", found.unit)
            assert found.value == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def _grows(
    held: IndicatorSet, one: Definition, data: Mapping[str, Any], toward: str, variant: str | None
) -> None:
    """An indicator without bound exceeds any: a figure times 1e±6 takes it up by more than 1e4."""
    name, way = toward.split()
    before = value_of(held, one, data, variant)
    factor = 1e6 if way == "large" else 1e-6
    (figures,) = read_figures(data)
    values = dict(figures.given)
    if variant is not None and name not in _behind(held, one, variant):
        name = "actual_life"  # the prose variant of R_AP has a figure of its own
    held_value = values[name].value.number
    values[name] = Given(Value(Number(held_value.array * factor, held_value.dimension)), True, name)
    (after,) = measure_set(held, [one], Figures(values), variant=variant)
    assert before.value is not None and after.value is not None
    assert after.value > 1e4 * before.value > 0


def _behind(held: IndicatorSet, one: Definition, variant: str) -> frozenset[str]:
    from meguru.indicators.catalogue.evaluation import names_behind

    return names_behind(held, one.of_variant(variant)[1])


@ALL
@settings(max_examples=5, deadline=None)
@given(factor=st.floats(1e-3, 1e3))
def test_scaling_all_amounts_leaves_rates_and_multiplies_amounts(
    held: IndicatorSet, one: Definition, factor: float
) -> None:
    for limit in one.limits.values():
        (figures,) = read_figures(limit.given)
        for variant in one.variant_names:
            (before,) = measure_set(held, [one], figures, variant=variant)
            (after,) = measure_set(held, [one], scaled(figures, held, factor), variant=variant)
            assert before.state == after.state
            if before.value is not None:
                times = factor if one.scales else 1.0
                assert after.value == pytest.approx(before.value * times, rel=1e-9, abs=1e-12)


# Each figure in another unit of its dimension; one of no dimension in per cent.
OTHER_UNITS = {
    "kg": "g", "g": "t", "t": "kg", "MJ": "Wh", "kWh/kg": "J/g", "kWh": "J", "m3": "L", "year": "day",
    "month": "year", "JPY": "MJPY", "MJPY": "JPY", "JPY/kg": "JPY/t", "USD/kg": "USD/t", "t_CO2e": "kg_CO2e",
    "1/year": "1/day", "MJ/kg": "Wh/g", "": "%",
}  # fmt: skip


def in_other_units(given: Any) -> Any:
    """The same figures, each written in another unit."""
    if isinstance(given, Mapping):
        return {name: in_other_units(value) for name, value in given.items()}
    if isinstance(given, list):
        return [in_other_units(row) for row in given]
    quantity = read_quantity(given) if not isinstance(given, bool) else None
    if quantity is None or quantity.value is None or quantity.unit in ("piece", "%"):
        return given
    other = OTHER_UNITS[quantity.unit]
    return f"{convert(quantity.value, quantity.unit or '1', other)!r} {other}"


def with_one_wrong(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures with one of them, or one column, a temperature: no set has any."""
    found: list[dict[str, Any]] = []
    for name, value in given.items():
        if isinstance(value, list):
            found += [{**given, name: [{**row, key: "3 K"} for row in value]} for key in value[0]]
        elif not isinstance(value, bool):
            found.append({**given, name: "3 K"})
    return found


@ALL
def test_figures_may_be_in_any_unit_of_their_dimension_and_in_no_other(
    held: IndicatorSet, one: Definition
) -> None:
    for limit in one.limits.values():
        for variant in one.variant_names:
            before = value_of(held, one, limit.given, variant)
            after = value_of(held, one, in_other_units(limit.given), variant)
            # Money of another size is money of the same currency, so the unit does not change.
            assert (after.state, after.unit) == (before.state, before.unit)
            if before.value is not None:
                assert after.value == pytest.approx(before.value, rel=1e-9, abs=1e-12)
            used = _behind(held, one, variant)
            for wrong in with_one_wrong(limit.given):
                (name,) = [key for key in wrong if wrong[key] is not limit.given[key]]
                if name in used or isinstance(wrong[name], list):
                    with pytest.raises(errors.DimensionError):
                        value_of(held, one, wrong, variant)


@ALL
def test_a_formula_has_the_dimension_of_its_unit_and_no_other(held: IndicatorSet, one: Definition) -> None:
    data = next(limit.given for limit in one.limits.values() if limit.state != "undefined")
    value_of(held, one, data)
    with pytest.raises(errors.DimensionError, match="another dimension than the unit"):
        value_of(held, replace(one, unit="K"), data)


# -- invariants of the worked examples' file --


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.floats(1e-3, 1e6))
def test_all_shares_of_iso_59020_sum_to_100_percent(parts: list[float], total: float) -> None:
    whole = sum(parts) + 0.1
    masses = [part / whole * total for part in parts]
    data = {"m_TI": f"{total!r} kg", "m_TO": f"{total!r} kg", "traceable_recycling": True}
    data |= {name: f"{mass!r} kg" for name, mass in zip(("m_REUI", "m_RECI", "m_RENI"), masses, strict=True)}
    data |= {name: f"{mass!r} kg" for name, mass in zip(("m_REUO", "m_RECO", "m_RENO"), masses, strict=True)}
    (figures,) = read_figures(data)
    evaluation = Evaluation(catalogue().set("iso_59020"), figures)
    for formula in (
        "m_REUI / m_TI + m_RECI / m_TI + m_RENI / m_TI + m_linear_in / m_TI",
        "m_REUO / m_TO + m_RECO_traced / m_TO + m_RENO / m_TO + m_linear_out / m_TO",
    ):
        assert evaluation.formula(formula).value.array.item() == pytest.approx(1.0, abs=1e-12)


SHARE = st.floats(0, 1)


@st.composite
def mci_data(draw: st.DrawFn) -> dict[str, Any]:
    feed = [draw(SHARE) for _ in range(3)]
    out = [draw(SHARE) for _ in range(3)]
    data: dict[str, Any] = {"M": f"{draw(st.floats(0.01, 1e4))!r} kg"}
    data |= {name: part / max(1.0, sum(feed)) for name, part in zip(("F_R", "F_U", "F_S"), feed, strict=True)}
    data |= {name: part / max(1.0, sum(out)) for name, part in zip(("C_R", "C_U", "C_C"), out, strict=True)}
    return data | {"E_F": draw(st.floats(0.05, 1)), "E_C": draw(SHARE), "X": draw(st.floats(0.05, 20))}


@settings(max_examples=60, deadline=None)
@given(mci_data())
def test_mci_is_never_negative_and_the_forms_agree_where_losses_are_equal(data: dict[str, Any]) -> None:
    """Against a scalar calculation of our own."""
    mass = read_quantity(data["M"]).value or 0.0
    virgin = mass * (1 - (data["F_R"] + data["F_U"] + data["F_S"]))
    lost_feed = mass * data["F_R"] * (1 - data["E_F"]) / data["E_F"]
    lost_end = mass * data["C_R"] * (1 - data["E_C"])
    waste = mass * (1 - (data["C_R"] + data["C_U"] + data["C_C"])) + (lost_feed + lost_end) / 2
    below = 2 * mass + (lost_feed - lost_end) / 2
    full = measure(data, "mci.product")[0].value
    simple = measure(data, "mci.product", variant="simplified")[0].value
    assert full is not None and simple is not None and full >= 0 and simple >= 0
    assert full == pytest.approx(max(0.0, 1 - 0.9 / data["X"] * (virgin + waste) / below), abs=1e-9)
    assert simple == pytest.approx(max(0.0, 1 - 0.9 / data["X"] * (virgin + waste) / (2 * mass)), abs=1e-9)
    equal = {**data, "E_F": 1.0, "E_C": 1.0}
    assert (
        measure(equal, "mci.product")[0].value == measure(equal, "mci.product", variant="simplified")[0].value
    )


@pytest.mark.parametrize("utility", [0.3, 1.0, 7.0])
def test_mci_of_a_circular_product_is_one_at_any_utility(utility: float) -> None:
    assert measure({"M": "3 kg", "F_U": 1, "C_U": 1, "X": utility}, "mci.product")[0].value == 1.0


@settings(max_examples=40, deadline=None)
@given(SHARE, SHARE, st.floats(0.1, 1e3))
def test_cti_outflow_is_not_above_potential_or_recovery(potential: float, actual: float, mass: float) -> None:
    rows = [{"mass": f"{mass!r} kg", "recovery_potential": potential, "actual_recovery": actual}]
    found = measure({"outflow": rows}, "cti.circular_outflow")[0].value
    assert found is not None and found <= 100 * min(potential, actual) + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 10), st.floats(1.01, 5))
def test_r_ap_rises_with_the_life_index(index: float, times: float) -> None:
    data = {"revenue": "500 MJPY", "intermediate_input": "200 MJPY", "variable_cost": "100 MJPY",
            "capex": "600 MJPY", "legal_life": "10 year"}  # fmt: skip
    low = measure({**data, "life_index": index}, "value_productivity.r_ap")[0].value
    high = measure({**data, "life_index": index * times}, "value_productivity.r_ap")[0].value
    assert low is not None and high is not None and high > low


def test_the_two_readings_of_r_ap_agree_only_where_legal_life_is_average_life() -> None:
    data = {"revenue": "500 MJPY", "intermediate_input": "200 MJPY", "variable_cost": "100 MJPY",
            "capex": "600 MJPY", "legal_life": "10 year", "actual_life": "15 year"}  # fmt: skip
    for average, agree in (("10 year", True), ("12 year", False)):
        printed = measure({**data, "average_life": average}, "value_productivity.r_ap")[0]
        prose = measure({**data, "average_life": average}, "value_productivity.r_ap", variant="prose")[0]
        assert (printed.variant, prose.variant) == ("printed", "prose")
        assert (printed.value == pytest.approx(prose.value)) is agree
    assert prose.value == pytest.approx(300 / (100 + 40))


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1e4), st.floats(1e-3, 1e4))
def test_cmu_is_zero_without_circular_use_and_below_100(recovered: float, dmc: float) -> None:
    data = {"IMPw": "0 t", "EXPw": "0 t", "DMC": f"{dmc!r} t"}
    assert measure({**data, "RCV_R": "0 t"}, "eu_material_use")[0].value == 0
    value = measure({**data, "RCV_R": f"{recovered!r} t"}, "eu_material_use")[0].value
    assert value is not None and value <= 100


def test_the_marginal_reuse_rate_is_that_of_its_function() -> None:
    from meguru.indicators.reuse import reuse_rate

    demand, supply = [100.0, 100.0, 20.0, 100.0], [0.0, 80.0, 80.0, 0.0]
    rows = [{"demand": f"{d} piece", "supply": f"{s} piece"} for d, s in zip(demand, supply, strict=True)]
    found = measure({"periods": rows}, "value_productivity.marginal_reuse_rate")[0]
    assert found.value == pytest.approx(100 * (reuse_rate(demand, supply).per_demand or 0.0))
    found = measure({"periods": rows}, "value_productivity.marginal_reuse_rate", variant="per_return")[0]
    assert found.value == pytest.approx(100 * (reuse_rate(demand, supply).per_return or 0.0))


def test_a_part_of_a_product_weighs_by_its_mass() -> None:
    parts: list[dict[str, Any]] = [
        {"M": "3 kg", "F_R": 0.4, "C_R": 0.5, "E_F": 0.8, "E_C": 0.6},
        {"M": "1 kg"},
    ]
    one = measure({"parts": parts}, "mci.complex_product")[0]
    virgin, lost_feed, lost_end = 3 * 0.6 + 1, 3 * 0.4 * 0.2 / 0.8, 3 * 0.5 * 0.4
    waste = 3 * 0.5 + 1 + (lost_feed + lost_end) / 2
    assert one.value == pytest.approx(1 - 0.9 * (virgin + waste) / (8 + (lost_feed - lost_end) / 2))
    single = parts[0]
    alone = measure({"parts": [single]}, "mci.complex_product")[0].value
    assert alone == pytest.approx(measure(single, "mci.product")[0].value)


# -- what a value carries --


def test_a_value_carries_numerator_denominator_quality_and_mark() -> None:
    data = {
        "m_TI": {"value": 2, "unit": "t", "quality": 0.8},
        "m_RECI": {"value": 500, "unit": "kg", "quality": 0.3},
    }
    one = measure(data, "iso_59020.A.2.3")[0]
    assert (one.value, one.unit, one.state) == (25.0, "%", "value")
    assert (one.numerator, one.numerator_unit, one.denominator, one.denominator_unit) == (
        500,
        "kg",
        2000,
        "kg",
    )
    assert (one.quality, one.mark, one.definition.edition, one.aggregation) == (0.3, "Q", "2024", None)


def test_no_formula_from_memory_is_called_confirmed() -> None:
    for held, one in EVERY:
        for name in one.variant_names:
            mark = one.of_variant(name)[2]
            found = Measured(one, mark=mark, variant=name)
            assert found.confirmed is (mark in "VQ")
            for words in (found.standing.en, one.name.en, one.meaning.en, held.name.en):
                assert "conform" not in words.casefold()


def test_recycling_that_can_not_be_traced_counts_as_nothing_and_says_so() -> None:
    data = {"m_TO": "800 kg", "m_RECO": "320 kg"}
    one = measure(data, "iso_59020.A.3.4")[0]
    assert one.value == 0 and "traceable" in one.assumed[0].en
    assert measure({**data, "traceable_recycling": True}, "iso_59020.A.3.4")[0].value == 40
    rows = [{"mass": "60 kg", "recycled": "50 %", "traceable": True}, {"mass": "40 kg", "recycled": "50 %"}]
    one = measure({"outflow": rows}, "iso_59020.A.3.4")[0]
    assert one.value == 30 and "0 %" in one.assumed[0].en


def test_a_set_lists_what_is_not_given() -> None:
    found = measure({"m_TI": "1 kg", "m_REUI": "0.5 kg"}, "iso_59020")
    states = {one.definition.short: one.state for one in found}
    assert len(states) == 14 and states["A.2.2"] == "value" and states["A.2.3"] == "not given"
    of_defaults = measure({"revenue": "1 JPY"}, "cti").of("recovery_type.reuse")
    assert of_defaults.state == "not given"
    assert "m_RECI" in (found.of("A.2.3").reason or ("",))[0]
    with pytest.raises(errors.MissingValueError, match="m_RECI"):
        measure({"m_TI": "1 kg", "m_REUI": "0.5 kg"}, "iso_59020.A.2.3")


def test_rows_of_the_whole_are_joined_by_the_method_that_is_stored() -> None:
    rows = [{"m_TI": "900 kg", "m_RECI": "90 kg"}, {"m_TI": "100 kg", "m_RECI": "80 kg"}]
    one = measure(rows, "iso_59020.A.2.3")[0]
    assert (one.value, one.aggregation) == (17.0, "sum_then_divide")
    one = measure(rows, "iso_59020.A.2.3", aggregation="plain_average")[0]
    assert (one.value, one.aggregation) == (45.0, "plain_average")
    lives = [{"t_LP": "12 year", "t_IALP": "8 year"}, {"t_LP": "4 year", "t_IALP": "8 year"}]
    assert measure(lives, "iso_59020.A.3.2", aggregation="plain_average")[0].value == 1.0
    with pytest.raises(errors.IndicatorError, match="not aggregated so"):
        measure(lives, "iso_59020.A.3.2")


@pytest.mark.parametrize(
    ("value", "rule", "decimals", "wanted"),
    [
        (86.92, "floor", 0, 86),
        (87.0, "floor", 0, 87),
        (0.29 * 100, "floor", 0, 29),
        (85.5, "half_up", 0, 86),
        (84.5, "half_up", 0, 85),
        (84.5, "half_even", 0, 84),
        (9.0517, "half_up", 1, 9.1),
        (-1.5, "floor", 0, -2),
    ],
)
def test_rounding(value: float, rule: str, decimals: int, wanted: float) -> None:
    assert rounded(value, [Rounding(rule, decimals)]) == wanted


def test_published_rates_are_floored() -> None:
    one = measure({"m_treated": "100 t", "m_recycled": "86.92 t"}, "home_appliances.recycling_rate")[0]
    assert one.value == pytest.approx(86.92) and one.shown == 86


# -- choosing and comparing --


def test_choosing_by_purpose_level_and_audience() -> None:
    chosen = catalogue().choose(purposes=["economy"], level="business", audience="investor")
    assert {"value_productivity.r_ap", "cti.circular_material_productivity"} <= {one.id for one in chosen}
    assert all("economy" in one.purposes and "business" in one.levels for one in chosen)
    assert catalogue().choose(purposes=["society"]) == []
    with pytest.raises(errors.UnknownNameError, match="Did you mean 'resource'"):
        catalogue().choose(purposes=["resources"])


def test_levels_and_goods_that_do_not_compare_are_warned_of() -> None:
    product = measure({"subject": "fridge", "level": "product", "goods": "durable", "m_TI": "1 kg",
    "m_REUI": "0 kg"},
                      "iso_59020.A.2.2")  # fmt: skip
    assert product.warnings == []
    firm = measure(
        {"subject": "firm", "level": "business", "m_TI": "1 kg", "m_REUI": "0 kg"}, "iso_59020.A.2.2"
    )
    soap = measure({"subject": "soap", "level": "product", "goods": "consumable", "m_TI": "1 kg", "m_REUI":
    "0 kg"},
                   "iso_59020.A.2.2")  # fmt: skip
    assert "levels are mixed" in (product + firm).warnings[0].en
    assert "durable" in (product + soap).warnings[0].en
    odd = measure({"level": "product", "revenue": "1 JPY", "m_linear_in": "1 kg"}, "iso_59020.A.6.2")
    assert "is meant for business" in odd.warnings[0].en


@pytest.mark.parametrize(
    ("indicator", "name", "values", "ways"),
    [
        ("iso_59020.A.2.3", "m_RECI", (10, 20, 20.1, 5), ("improving", "holding", "worsening")),
        ("cti.critical_material", "m_critical", (10, 20, 20.1, 5), ("worsening", "holding", "improving")),
    ],
)
def test_the_direction_from_year_to_year(
    indicator: str, name: str, values: tuple[float, ...], ways: tuple[str, ...]
) -> None:
    whole = "m_TI" if indicator.startswith("iso") else "m_linear_in"
    rows = [{"year": 2020 + k, whole: "100 kg", name: f"{value} kg"} for k, value in enumerate(values)]
    frame = measure(rows, indicator).trend()
    assert tuple(frame["direction"]) == ways
    assert list(frame["year"]) == [2021, 2022, 2023]


def test_editions_are_told_apart_and_not_mixed() -> None:
    data = {"m_critical": "12 kg", "m_linear_in": "330 kg"}
    old, new = measure(data, "cti@1.0.critical_material"), measure(data, "cti.critical_material")
    assert old[0].value == new[0].value
    assert [(one[0].definition.edition, one[0].mark) for one in (old, new)] == [("1.0", "V"), ("4.0", "M")]
    with pytest.raises(errors.IndicatorError, match=r"two editions of cti mixed; found '4\.0 and 1\.0'"):
        measure(data, ["cti.critical_material", "cti@1.0"])
    with pytest.raises(errors.IndicatorError, match="two editions of cti mixed"):
        old + new


def test_what_is_not_shipped_says_why() -> None:
    with pytest.raises(errors.IndicatorError, match="could not be identified"):
        measure({}, "iso_59020.A.6.3")
    with pytest.raises(errors.IndicatorError, match="could not be found"):
        meguru.catalogue().find("cti.nature_impact")


def test_money_keeps_its_currency() -> None:
    one = measure({"revenue": "5 kUSD", "m_linear_in": "2 t"}, "iso_59020.A.6.2")[0]
    assert (one.value, one.unit) == (2.5, "USD/kg")
    with pytest.raises(errors.DimensionError, match="two currencies"):
        measure({"revenue": "5 USD", "intermediate_input": "2 EUR"}, "value_productivity.r_ap")


def test_a_set_is_read_with_lines_for_its_faults() -> None:
    text = FOLDER.joinpath("cti.yaml").read_text(encoding="utf-8")
    with pytest.raises(errors.ModelError, match=r"cti.yaml:\d+"):
        plain(parse_tree(text.replace('edition: "4.0"', 'edition: "4.0"\nedition: 3'), "cti.yaml"))


def test_no_mark_or_target_changes_unnoticed() -> None:
    """A snapshot of the sets: whoever edits one says so there too. It does not prove them right."""
    table = Path(__file__).parent / "data" / "indicator_marks.yaml"
    expected = plain(parse_tree(table.read_text(encoding="utf-8"), table.name))
    for held in SETS:
        newest = catalogue().set(held.id) is held
        for one in held.indicators.values():
            name = one.id if newest else one.id.replace(held.id, f"{held.id}@{held.edition}", 1)
            found = {
                "marks": "".join([one.mark, *(other.mark for other in one.variants.values())]),
                "targets": {target.id: [target.value, target.mark] for target in one.targets},
            }
            held_to = expected.pop(name)
            held_to["targets"] = {str(key): value for key, value in held_to["targets"].items()}
            assert found == held_to, name
    assert not expected
