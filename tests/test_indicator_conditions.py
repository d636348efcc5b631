"""Figures held against each other: ranges of all that is given or found, parts of a whole, row by row."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguru import errors
from meguru.errors import MeguruError
from meguru.indicators.catalogue import catalogue, measure
from meguru.indicators.catalogue.definitions import IndicatorSet
from meguru.indicators.catalogue.evaluation import Evaluation
from meguru.indicators.catalogue.figures import Figures, plain_figure
from meguru.indicators.catalogue.measuring import measure_set
from meguru.indicators.catalogue.subjects import read_figures

SETS = list(catalogue())
ASKED = [
    pytest.param(held, name, id=f"{held.id}@{held.edition}.{name}")
    for held in SETS
    for name in (*held.variables, *held.steps)
]


def kind_and_sign(held: IndicatorSet, name: str) -> tuple[str, str, bool]:
    variable = held.variable(name) or held.steps[name].asked
    return variable.unit.replace("money", "JPY"), variable.kind, variable.negative


@pytest.mark.parametrize(("held", "name"), ASKED)
def test_every_figure_is_held_against_its_range(held: IndicatorSet, name: str) -> None:
    unit, kind, negative = kind_and_sign(held, name)
    for number, wrong in ((-0.5, not negative), (1.5, kind in ("share", "flag"))):
        given = Figures({name: plain_figure(number, unit, name)})
        if wrong:
            with pytest.raises(errors.RangeError):
                Evaluation(held, given).name(name)
        else:
            assert Evaluation(held, given).name(name).used == {name}


MCI = {"M": "45 kg", "F_R": 0.3, "F_U": 0.05, "F_S": 0.4, "C_R": 0.5, "C_U": 0.1, "C_C": 0, "E_F": 0.8,
       "E_C": 0.7, "L": "12 year", "L_av": "10 year"}  # fmt: skip
TWO = {"m_TI": "100 kg", "m_RECI": "60 kg"}
WRONG: list[tuple[dict[str, Any] | list[dict[str, Any]], str, type[MeguruError], str]] = [
    # steps that are given
    ({**MCI, "W": "-3 kg"}, "mci.product", errors.RangeError, "W: negative.*-3 kg"),
    ({**MCI, "X": -1}, "mci.product", errors.RangeError, "X: negative utility"),
    ({**MCI, "LFI": 3}, "mci.product", errors.RangeError, "linear flow index above 1"),
    ({"LFI": -0.5, "X": 1}, "mci.product", errors.RangeError, "negative linear flow index"),
    ({"collection": -1.2, "recycling": 0.9}, "weee.collection_rate", errors.RangeError, "collection rate"),
    ({"collection": 0.5, "recycling": 1.4}, "weee.recycling_rate", errors.RangeError, "rate above 1"),
    ({"U": "-10 t", "DMC": "500 t"}, "eu_material_use", errors.RangeError, "circular use of material"),
    ({"value_added": "10 JPY", "variable_cost": "3 JPY", "wear": "-1 JPY"}, "value_productivity.r_ap",
     errors.RangeError, "negative .*-1 JPY"),
    ({"m_recovered": "-1 kg", "m_reuse": "2 kg"}, "cti", errors.RangeError, "negative outflow recovered"),
    # steps that are found
    ({"M": "45 kg", "W": "1000 kg"}, "mci.product", errors.RangeError,
     "linear flow index above 1.*follows from"),
    ({"RCV_R": "10 t", "IMPw": "20 t", "EXPw": "0 t", "DMC": "500 t"}, "eu_material_use", errors.RangeError,
     "negative circular use"),
    # parts of a whole, of which not all are given
    ({**TWO, "m_REUI": "60 kg"}, "iso_59020", errors.ShareError, "20 kg too much"),
    ({**TWO, "m_linear_in": "900 kg", "revenue": "1 JPY"}, "iso_59020", errors.ShareError, "860 kg too much"),
    ({"m_TI": "100 kg", "m_linear_in": "900 kg"}, "iso_59020", errors.ShareError, "800 kg too much"),
    ({"m_TO": "100 kg", "m_RECO": "50 kg", "m_RECO_traced": "80 kg"}, "iso_59020", errors.ShareError,
     "more recycling is traced"),
    ({"m_TO": "100 kg", "m_RECO_traced": "60 kg", "m_REUO": "60 kg"}, "iso_59020", errors.ShareError,
     "20 kg too much"),
    ({"M": "45 kg", "V": "50 kg"}, "mci", errors.ShareError, "virgin feedstock is more than the product"),
    ({"m_recovered": "10 kg", "m_reuse": "5 kg", "m_recycle": "8 kg"}, "cti", errors.ShareError,
     "3 kg too much|contradict|given, and something else"),
    ({"cyclical_use": "60 Mt", "waste_generated": "100 Mt", "landfill": "50 Mt"}, "japan", errors.ShareError,
     "cyclical use and landfill"),
    # row by row, before the sum
    ([{"m_TI": "900 kg", "m_RECI": "90 kg"}, {"m_TI": "100 kg", "m_RECI": "180 kg"}], "iso_59020.A.2.3",
     errors.ShareError, "row 2.*80 kg too much"),
    ([{"EI_tot": "9 J", "EO_tot": "1 J"}, {"EI_tot": "1 J", "EO_tot": "2 J"}], "iso_59020", errors.RangeError,
     "row 2.*more energy leaves"),
    ([{"m_TI": "900 kg", "m_REUI": "0 kg", "m_RECI": "90 kg", "m_RENI": "0 kg", "m_linear_in": "810 kg"},
      {"m_TI": "100 kg", "m_REUI": "0 kg", "m_RECI": "10 kg", "m_RENI": "0 kg", "m_linear_in": "40 kg"}],
     "iso_59020", errors.ContradictionError, "row 2.*40 kg.*90 kg"),
    # a default that stands until something else is said
    ({**MCI, "X": 1.9}, "mci.product", errors.ContradictionError, "1.9.*1.2, from L, L_av; intensity of use"),
    ({**MCI, "W": "30 kg"}, "mci.product", errors.ContradictionError, "30 kg.*23.0625 kg.*energy recovery"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted", "error", "says"), WRONG)
def test_what_can_not_be_is_refused(given: Any, wanted: str, error: type[MeguruError], says: str) -> None:
    with pytest.raises(error, match=says):
        measure(given, wanted)


@pytest.mark.parametrize(
    ("given", "wanted", "value"),
    [
        # parts and rest in rounded numbers are more than the whole by rounding
        ({"m_TI": "100 kg", "m_RECI": "33.3 kg", "m_REUI": "33.3 kg", "m_linear_in": "33.5 kg"},
         "iso_59020.A.2.3", 33.3),
        # a default that leaves open what was not stated
        ({"M": "45 kg", "V": "10 kg", "W": "20 kg"}, "mci.product", 1 - 0.9 * 30 / 90),
        ({"m_TI": "100 kg", "m_RECI": "30 kg", "inflow": [{"mass": "60 kg"}, {"mass": "40 kg"}]},
         "iso_59020.A.2.3", 30.0),
        ({"m_RECO_traced": "30 kg", "outflow": [{"mass": "60 kg", "recycled": 0.5}, {"mass": "40 kg"}]},
         "iso_59020.A.3.4", 30.0),
        # rows of the whole are no rows of a table of flows
        ({"figures": [{"m_TI": "60 kg", "m_REUI": "1 kg"}, {"m_TI": "40 kg", "m_REUI": "1 kg"}],
          "inflow": [{"mass": "99 kg", "reused": "2 %"}, {"mass": "1 kg", "reused": "2 %"}]},
         "iso_59020.A.2.2", 2.0),
    ],
)  # fmt: skip
def test_what_can_be_is_measured(given: dict[str, Any], wanted: str, value: float) -> None:
    assert measure(given, wanted)[0].value == pytest.approx(value)


def test_a_share_is_one_even_if_its_set_says_nothing_of_wholes() -> None:
    held = replace(catalogue().set("iso_59020"), wholes=())
    one = held.indicators["A.2.3"]
    (figures,) = read_figures([{"m_TI": "900 kg", "m_RECI": "90 kg"}, {"m_TI": "100 kg", "m_RECI": "180 kg"}])
    with pytest.raises(errors.ShareError, match=r"A\.2\.3: a part is more than the whole; found '180 %'"):
        measure_set(held, [one], figures)


def test_plain_averages_are_held_row_by_row() -> None:
    rows = [{"m_TI": "900 kg", "m_RECI": "90 kg"}, {"m_TI": "100 kg", "m_RECI": "180 kg"}]
    with pytest.raises(errors.ShareError, match="row 2"):
        measure(rows, "iso_59020.A.2.3", aggregation="plain_average")
    rows[1]["m_RECI"] = "30 kg"
    assert measure(rows, "iso_59020.A.2.3", aggregation="plain_average")[0].value == pytest.approx(20.0)
    assert measure(rows, "iso_59020.A.2.3")[0].value == pytest.approx(12.0)


@pytest.mark.parametrize("unit", ["", " kg", " MJPY", " kEUR"])
def test_products_are_weighed_by_mass_money_or_a_number(unit: str) -> None:
    rows = [{"mci": 0.5, "weight": f"10{unit}"}, {"mci": 0.2, "weight": f"30{unit}"}]
    assert measure({"products": rows}, "mci.company")[0].value == pytest.approx(0.275)


@pytest.mark.parametrize("weights", [("10 MJPY", "30 kg"), ("10 K", "30 K"), ("10 JPY", "3 EUR")])
def test_products_are_not_weighed_by_two_things_or_others(weights: tuple[str, str]) -> None:
    rows = [{"mci": 0.5, "weight": one} for one in weights]
    with pytest.raises(errors.DimensionError):
        measure({"products": rows}, "mci.company")


def test_recovery_that_can_not_be_traced_is_doubted_and_only_for_who_counts_it() -> None:
    row = {"flow": "out", "mass": "1 t", "recycled": 0.5, "recovery_potential": 0.9, "actual_recovery": 0.6}
    told = measure([{**row, "traceable": "yes"}, {**row, "traceable": "no"}], ["cti", "iso_59020"])
    (doubt,) = told.of("cti.circular_outflow").doubts
    assert "row 2" in doubt.en and "can not be traced" in doubt.en and doubt in told.warnings
    assert told.of("iso_59020.A.3.4").doubts == ()
    assert measure([row], "cti.circular_outflow").warnings == []  # not stated: told as assumed by ISO only
    assert measure([{**row, "traceable": "yes"}], "cti.circular_outflow").warnings == []


def test_a_column_of_the_other_flow_may_say_no() -> None:
    rows: list[dict[str, Any]] = [
        {
            "flow": "in",
            "mass": "1 kg",
            "recycled": 0.5,
            "critical": "no",
            "traceable": "no",
            "actual_recovery": 0,
        },
        {"flow": "out", "mass": "1 kg", "critical": "no", "traceable": "yes", "actual_recovery": "0 %"},
    ]
    assert measure(rows, "iso_59020.A.2.3")[0].value == pytest.approx(50.0)
    rows[0]["traceable"] = "yes"
    with pytest.raises(errors.UnknownNameError, match="'traceable' is a column of outflows"):
        measure(rows, "iso_59020.A.2.3")


def test_a_year_without_value_leads_nowhere_in_a_trend() -> None:
    years = ((2020, 100, 10), (2021, 0, 0), (2022, 0, 0), (2024, 100, 12))
    rows = [{"year": year, "m_TI": f"{total} t", "m_RECI": f"{part} t"} for year, total, part in years]
    frame = measure(rows, "iso_59020.A.2.3").trend()
    assert list(zip(frame["from_year"], frame["year"], frame["direction"], strict=True)) == [
        (2020, 2021, "undefined"), (2020, 2022, "undefined"), (2020, 2024, "improving"),
    ]  # fmt: skip
    late = measure(rows[1:], "iso_59020.A.2.3").trend()
    assert list(late["direction"]) == ["undefined", "undefined"]


def test_the_reason_of_what_is_not_given_names_the_empty_cell() -> None:
    rows = [{"flow": "in", "mass": "1 kg"}, {"flow": "in", "mass": None}]
    one = measure(rows, "iso_59020").of("A.2.3")
    assert one.reason is not None and "column mass, row 2: an empty cell" in one.reason.en


@st.composite
def flows_of_subjects(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Flows of a few plants and years, some with empty cells, slips and totals of zero."""
    shares = st.sampled_from([None, 0.0, 0.1, 0.25])
    rows = []
    for _ in range(draw(st.integers(2, 14))):
        flow = draw(st.sampled_from(["in", "in", "out"]))
        row = {
            "subject": draw(st.sampled_from("AB")), "year": draw(st.integers(2020, 2022)), "flow": flow,
            "mass": f"{draw(st.sampled_from([0, 1, 2, 2.5, 7]))} t", "reused": draw(shares),
            "recycled": draw(shares), "renewable": draw(shares),
        }  # fmt: skip
        if flow == "in":
            row["critical"] = draw(st.sampled_from([None, "yes", "no"]))
        else:
            row["recovery_potential"] = draw(st.sampled_from([0.5, 0.9]))
            row["actual_recovery"] = draw(shares)
            row["traceable"] = draw(st.sampled_from([None, "yes", "no"]))
        rows.append(row)
    return rows


def close(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else math.isclose(one, other, rel_tol=1e-12)


@settings(max_examples=40, deadline=None)
@given(rows=flows_of_subjects())
def test_many_subjects_at_once_are_as_each_alone(rows: list[dict[str, Any]]) -> None:
    sets = ["iso_59020", "cti", "circular_partners", "value_productivity"]
    together = measure(rows, sets)
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["subject"], row["year"]), []).append(row)
    alone = [one for group in groups.values() for one in measure(group, sets)]
    assert len(together) == len(alone)
    for one, other in zip(together, alone, strict=True):
        left, right = one.row(), other.row()
        for key in ("value", "numerator", "denominator"):
            assert close(left.pop(key), right.pop(key))
        left.pop("reason"), right.pop("reason")  # names a row of the whole table
        assert left == right and len(one.doubts) == len(other.doubts)


def test_of_many_subjects_the_one_that_can_not_be_is_told() -> None:
    rows = [
        {"subject": f"plant {number}", "flow": "in", "mass": "3 t", "recycled": 0.4} for number in range(9)
    ]
    rows[6]["recycled"] = 1.4
    with pytest.raises(errors.RangeError, match=r"column recycled, row 7: .*above 1"):
        measure(rows, "iso_59020")
    rows[6]["recycled"] = 0.1
    assert [one.value for one in measure(rows, "iso_59020.A.2.3")] == pytest.approx(
        [40.0] * 6 + [10.0] + [40.0] * 2
    )
