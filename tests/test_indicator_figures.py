"""Figures of sets: held against each other, and told where something stands for them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from meguru import errors
from meguru.indicators.catalogue import catalogue, measure
from meguru.indicators.catalogue.consistency import refuse_impossible
from meguru.indicators.catalogue.definitions import Variable, Words
from meguru.indicators.catalogue.reading import FOLDER, read_data
from meguru.indicators.value import value_of

RECYCLED = "iso_59020.A.2.3"
KG = {"flow": "in", "mass": "100 kg"}


# -- figures that contradict each other --

INFLOWS = [{"mass": "60 kg", "recycled": 0.5}, {"mass": "40 kg", "recycled": 0.0}]
R_AP = {
    "variable_cost": "100 JPY",
    "capex": "600 JPY",
    "legal_life": "10 year",
    "intermediate_input": "20 JPY",
}
CONTRADICTIONS: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"m_TI": "120 kg", "inflow": INFLOWS}, RECYCLED, ("m_TI", "120 kg", "100 kg, from inflow.mass")),
    ({"m_RECI": "40 kg", "inflow": INFLOWS}, RECYCLED, ("m_RECI", "30 kg, from inflow.mass, inflow.rec")),
    ({"m_TI": "100 kg", "m_REUI": "10 kg", "m_RECI": "10 kg", "m_RENI": "10 kg", "m_linear_in": "60 kg",
      "revenue": "1 JPY"}, "iso_59020.A.6.2", ("m_linear_in", "60 kg", "70 kg, from m_RECI")),
    ({**R_AP, "revenue": "500 JPY", "value_added": "400 JPY", "life_index": 1}, "value_productivity.r_ap",
     ("value_added", "400 JPY", "480 JPY, from intermediate_input, revenue")),
    ({**R_AP, "revenue": "500 JPY", "life_index": 2, "actual_life": "12 year", "average_life": "8 year"},
     "value_productivity.r_ap", ("life_index", "'2'", "1.5, from actual_life, average_life")),
    ({"natural_input": "900 t", "total_material_input": "1000 t", "cyclical_use": "200 t"},
     "japan.input_cyclical_use_rate", ("natural_input", "900000 kg", "800000 kg")),
    ({"m_treated": "100 kg", "m_recycled": "80 kg", "breakdown": [{"mass": "50 kg"}, {"mass": "20 kg"}]},
     "home_appliances.recycling_rate", ("m_recycled", "80 kg", "70 kg")),
    ({"M": "1 kg", "X": 3, "L": "10 year", "L_av": "5 year", "U": 1, "U_av": 1}, "mci.product",
     ("X", "'3'", "2, from L, L_av, U, U_av")),
    ({"inflow": [{"mass": "1 kg", "reused": 0.1, "recycled": 0.2, "renewable": 0.1, "circular": 0.4},
                 {"mass": "1 kg", "reused": 0.1, "recycled": 0.2, "renewable": 0.1, "circular": 0.7}]},
     "cti.circular_inflow", ("column circular, row 2", "'0.7'", "0.4, from inflow.recycled")),
]  # fmt: skip


@pytest.mark.parametrize(("data", "wanted", "says"), CONTRADICTIONS)
def test_a_figure_that_contradicts_others_is_refused_with_both(
    data: dict[str, Any], wanted: str, says: tuple[str, ...]
) -> None:
    with pytest.raises(errors.ContradictionError) as caught:
        measure(data, wanted)
    for said in says:
        assert said in str(caught.value), str(caught.value)


@pytest.mark.parametrize(("total", "right"), [("100.4 kg", True), ("99.6 kg", True), ("101 kg", False)])
def test_what_differs_by_rounding_is_no_contradiction(total: str, right: bool) -> None:
    data = {"m_TI": total, "inflow": INFLOWS}
    if right:
        assert measure(data, RECYCLED)[0].denominator == pytest.approx(float(total.split()[0]))
    else:
        with pytest.raises(errors.ContradictionError):
            measure(data, RECYCLED)


def test_what_is_not_stated_contradicts_nothing() -> None:
    rows = [{"mass": "60 kg", "recycled": 0.5}, {"mass": "40 kg", "recycled": None}]
    found = measure({"m_RECI": "50 kg", "inflow": rows}, RECYCLED)[0]
    assert found.value == 50 and found.denominator == 100
    traced = {"traceable_recycling": False, "outflow": [{"mass": "9 kg", "recycled": 1.0, "traceable": True}]}
    assert measure(traced, "iso_59020.A.3.4")[0].value == 0  # whoever says no is not contradicted


def test_the_circular_share_is_at_least_its_parts() -> None:
    rows = [{"mass": "1 kg", "circular": 0.9}, {"mass": "1 kg", "circular": 0.2, "recycled": 0.4}]
    with pytest.raises(errors.ShareError, match=r"row 2: .*less than its reused, recycled and renewable"):
        measure({"inflow": [{**rows[0], "recycled": 0.0}, rows[1]]}, "cti.circular_inflow")


# -- what follows from figures --


def test_critical_material_is_the_linear_part_and_at_most_all() -> None:
    rows = [
        {"mass": "20 kg", "circular": 1.0, "critical": "yes"},
        {"mass": "10 kg", "circular": 0.5, "critical": "yes"},
        {"mass": "15 kg", "circular": 0.0, "critical": "no"},
    ]
    for name in ("cti.critical_material", "cti@1.0.critical_material"):
        one = measure({"inflow": rows}, name)[0]
        assert (one.value, one.numerator, one.denominator) == (25.0, 5.0, 20.0)
        with pytest.raises(errors.ShareError, match="more than all linear inflow; found '1 kg too much'"):
            measure({"m_critical": "4 kg", "m_linear_in": "3 kg"}, name)
        with pytest.raises(errors.ShareError, match="circular inflow is more than all inflow"):
            measure({"m_critical": "4 kg", "m_in": "3 kg", "m_circular_in": "5 kg"}, name)


def test_what_follows_is_held_to_the_same_range_as_what_is_given() -> None:
    energy = {"M": "1 kg", "E_R": "100 MJ", "HHV": "10 MJ/kg", "M_B": "1 kg", "B_C": 0.5}
    with pytest.raises(errors.RangeError, match=r"energy recovery above 1; found '5'.*follows from E_R"):
        measure(energy, "mci.product")
    amount = Variable("m", "kg", "amount", Words("mass", "質量"), derived="a - b")
    with pytest.raises(errors.RangeError, match="data: negative mass; found '-2 kg'"):
        refuse_impossible(value_of(np.array([[1.0, -2.0]]), "kg"), amount, "data")
    loss = {"revenue": "1 JPY", "intermediate_input": "3 JPY", "production_cost": "1 JPY"}
    assert (
        measure(loss, "value_productivity.r_ap_remanufacturer")[0].value == -2
    )  # value added may be negative


def test_types_of_recovery_sum_to_the_circular_outflow() -> None:
    types = {"m_reuse": "30 kg", "m_recycle": "50 kg"}
    shares = measure({**types, "m_circular_out": "80 kg"}, "cti")
    values = [one.value or 0.0 for one in shares if one.definition.short.startswith("recovery_type.")]
    assert len(values) == 6 and sum(values) == pytest.approx(100.0)
    for whole in ("90 kg", "70 kg"):
        with pytest.raises(errors.ShareError, match=f"types of recovery.*; found '80 kg of {whole}'"):
            measure({**types, "m_circular_out": whole}, "cti.recovery_type.reuse")
    assert measure(types, "cti.recovery_type.reuse")[0].value == 37.5  # nothing to hold it against
    assert measure({"m_circular_out": "80 kg", "m_out": "90 kg"}, "cti.circular_outflow")[0].value is not None


@pytest.mark.parametrize(("second", "right"), [(0.4, True), (0.399, True), (0.3, False), (0.5, False)])
def test_mass_fractions_of_din_spec_sum_to_100_percent(second: float, right: bool) -> None:
    parts = [{"mass_fraction": part, "H": 1, "VRP": 1} for part in (0.6, second)]
    if right:
        assert measure({"components": parts}, "din_spec_91472.PCI")[0].value == pytest.approx(0.6 + second)
    else:
        with pytest.raises(errors.ShareError, match=f"do not sum to 100 %; found '{0.6 + second:g} of 1'"):
            measure({"components": parts}, "din_spec_91472.PCI")


def test_waste_is_not_taken_from_outflows_that_may_be_products() -> None:
    rows = [{"flow": "out", "mass": "10 kg", "recycled": 0.5}]
    with pytest.raises(errors.MissingValueError, match="recycled_out"):
        measure({"flows": rows}, "circular_partners.output_recycling_rate")


def test_representative_indicators_that_the_guide_defines_are_marked_as_seen() -> None:
    marks = {one.short: one.mark for one in catalogue().set("circular_partners").indicators.values()}
    assert marks == {
        "ce_market_size": "M", "ghg_reduction": "M", "input_secondary_material_rate": "V",
        "output_recycling_rate": "V", "final_disposal": "V",
    }  # fmt: skip
    rows = [{**KG, "reused": 0.2, "recycled": 0.3}]
    assert measure({"flows": rows}, "circular_partners.input_secondary_material_rate")[0].value == 50


# -- what stands for what is not given --


def test_a_default_without_a_reason_fails_the_schema() -> None:
    schema = json.loads(FOLDER.joinpath("set.schema.json").read_text(encoding="utf-8"))
    data = json.loads(json.dumps(read_data("mci")))
    assert Draft202012Validator(schema).is_valid(data)
    del data["variables"]["E_F"]["because"]
    assert not Draft202012Validator(schema).is_valid(data)


def test_each_default_is_told_with_the_value() -> None:
    one = measure({"M": "1 kg", "F_U": 0.5, "C_U": 0.5}, "mci.product")[0]
    told = " ".join(text.en for text in one.assumed)
    for said in ("no recycled feedstock stated", "life not given", "energy recovery not given"):
        assert said in told
    assert measure({"M": "1 kg"}, "mci").table()["assumed"].str.contains("counted as virgin").any()
    full = {
        "M": "1 kg",
        "F_R": 1,
        "F_U": 0,
        "F_S": 0,
        "C_R": 1,
        "C_U": 0,
        "C_C": 0,
        "C_E": 0,
        "E_F": 1,
        "E_C": 1,
    }
    assert measure({**full, "X": 1}, "mci.product")[0].assumed == ()


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({"F_R": 0.5}, "'E_F' is not given"),
        ({"C_R": 0.5}, "'E_C' is not given"),
        ({"F_R": 0.5, "C_R": 0.5, "E_F": 0.9}, "'E_C' is not given"),
    ],
)
def test_recycling_has_no_efficiency_that_was_not_stated(given: dict[str, Any], lacks: str) -> None:
    """None would be right: 100 % is the most favourable, and toward 0 the waste of feedstock has no bound."""
    with pytest.raises(errors.MissingValueError, match=lacks):
        measure({"M": "1 kg", **given}, "mci.product")
    assert measure({"M": "1 kg", **given}, "mci").of("mci.product").state == "not given"


def test_of_parts_only_those_that_are_recycled_need_an_efficiency() -> None:
    parts: list[dict[str, Any]] = [{"M": "1 kg"}, {"M": "1 kg", "F_R": 0.5, "E_F": 0.8}]
    value = measure({"parts": parts}, "mci.complex_product")[0].value
    assert value == pytest.approx(1 - 0.9 * (1.5 + 2 + 0.125 / 2) / (4 + 0.125 / 2))
    with pytest.raises(errors.MissingValueError, match=r"F_R, row 2: 'parts.E_F' is not given"):
        measure({"parts": [{"M": "1 kg"}, {"M": "1 kg", "F_R": 0.5}]}, "mci.complex_product")
    with pytest.raises(errors.MissingValueError, match=r"E_F, row 3: 'parts.E_F' is not given"):
        measure({"parts": [*parts, {"M": "1 kg", "F_R": 0.5}]}, "mci.complex_product")


def test_a_year_that_was_not_found_is_not_stated() -> None:
    (target,) = catalogue().set("iso_22628").indicators["R_cyc"].targets
    assert (target.value, target.year, target.mark) == ("85 %", None, "V")
    (target,) = catalogue().set("elv").indicators["reuse_and_recycling_rate"].targets
    assert (target.year, target.mark) == (2015, "M")


def test_no_formula_stands_in_a_fault_of_a_condition() -> None:
    with pytest.raises(errors.RangeError) as caught:
        measure({"M": "1 kg", "F_R": 0.5, "E_F": 0}, "mci.product")
    assert "1e-9" not in str(caught.value) and "≥" not in str(caught.value)
    parts = [{"M": "1 kg", "F_R": 0.5, "E_F": 1.0}, {"M": "1 kg", "F_R": 0.5, "E_F": 0.0}]
    with pytest.raises(errors.RangeError, match=r"column .*, row 2: recycled feedstock of a part"):
        measure({"parts": parts}, "mci.complex_product")


def test_a_variant_that_nothing_has_is_refused_of_a_whole_set_too() -> None:
    with pytest.raises(errors.UnknownNameError, match="Did you mean 'simplified'"):
        measure({"M": "1 kg"}, "mci", variant="simplifed")
    with pytest.raises(errors.UnknownNameError, match="one formula each"):
        measure({"m_TI": "1 kg"}, "iso_59020", variant="simplified")


def test_named_indicators_may_come_as_not_given() -> None:
    found = measure({"m_TI": "1 kg"}, [RECYCLED, "iso_59020.A.6.2"], complete=False)
    assert [one.state for one in found] == ["not given", "not given"]


def test_volumes_are_told_in_units_that_people_write() -> None:
    with pytest.raises(errors.DimensionError, match="found 'L'"):
        measure({"m_TI": "5 L", "m_RECI": "1 kg"}, RECYCLED)
    one = measure({"V_CIW": "30 L", "V_AIW": "0.1 m3"}, "iso_59020.A.5.2")[0]
    assert one.numerator == pytest.approx(0.03) and one.numerator_unit == "m3"
