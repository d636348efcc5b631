"""Cases I and II: published values within printed rounding; changed numbers against hand calculation."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from meguru.engine import compare
from meguru.errors import DimensionError, UnknownNameError, WrongTypeError
from meguru.indicators import against_targets, calculate, check_indicators, evaluate, published
from meguru.model import load
from meguru.model.components import Model
from meguru.quantity import Quantity

EXAMPLES = Path(__file__).parents[1] / "examples"
CASE_1 = EXAMPLES / "compressor-magnet" / "model.yaml"
CASE_2 = EXAMPLES / "atm-parts" / "model.yaml"

# As printed (section 7 of the design page), typed again: the files' own targets are checked against them.
PRINTED_1 = {
    "conventional": {
        "recycled_rare_earth_rate": 0,
        "co2_reduction": 0,
        "magnet_cost_ratio": 100,
        "magnet_cost_share.virgin": 100,
    },
    "A": {
        "recycled_rare_earth_rate": 6,
        "co2_reduction": 72,
        "magnet_cost_ratio": 106,
        "magnet_cost_share.virgin": 91,
    },
    "B": {
        "recycled_rare_earth_rate": 39,
        "co2_reduction": 521,
        "magnet_cost_ratio": 128,
        "magnet_cost_share.virgin": 43,
        "magnet_cost_share.collection": 42,
        "magnet_cost_share.recycling": 36,
        "magnet_cost_share.dismantling": 7,
    },
}
PRINTED_2 = {
    "today": {"economic_effect": 1, "new_resource_change": -4, "co2_change": 40},
    "measure-1": {"economic_effect": 2.2, "new_resource_change": -41, "co2_change": -79},
    "measure-2": {"economic_effect": 3.6, "new_resource_change": -61, "co2_change": -126},
}


def last_year(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """(scenario, indicator) → value in the last year."""
    last = table[table["year"] == table["year"].max()]
    return {(row.scenario, row.indicator): float(row.value) for row in last.itertuples()}


def changed(path: Path, folder: Path, old: str, new: str, count: int = 1) -> Model:
    """A model with one number changed in its text."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == count, (old, text.count(old))
    (folder / "model.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return load(folder / "model.yaml")


@pytest.mark.parametrize(
    ("path", "printed"), [(CASE_1, PRINTED_1), (CASE_2, PRINTED_2)], ids=["case I", "case II"]
)
def test_every_published_value_within_its_printed_rounding(
    path: Path, printed: dict[str, dict[str, float]]
) -> None:
    model = load(path)
    check_indicators(model)
    table = evaluate(compare(model))
    values = last_year(table)
    for scenario, row in printed.items():
        for indicator, value in row.items():
            half = 0.05 if indicator == "economic_effect" else 0.5
            assert abs(values[scenario, indicator] - value) <= half, (scenario, indicator)
    targets = against_targets(table, model)
    assert targets["within"].all()
    found = {(row.scenario, row.indicator): row.published for row in targets.itertuples()}
    assert found == {(s, i): v for s, row in printed.items() for i, v in row.items()}


def test_the_recycled_route_of_case_1_is_its_three_parts() -> None:
    values = last_year(evaluate(compare(load(CASE_1))))
    for scenario, printed in (("A", 15), ("B", 85)):
        parts = [
            values[scenario, f"magnet_cost_share.{part}"]
            for part in ("collection", "recycling", "dismantling")
        ]
        assert abs(sum(parts) - printed) <= 0.5
        whole = values[scenario, "magnet_cost_share.virgin"] + sum(parts)
        assert whole == pytest.approx(values[scenario, "magnet_cost_ratio"], rel=1e-12)


def test_the_waterfall_of_case_2_and_its_sign_change() -> None:
    values = last_year(evaluate(compare(load(CASE_2))))
    totals = [values[scenario, "co2_change"] for scenario in ("today", "reuse-4", "reuse-7", "measure-1")]
    assert totals == pytest.approx([40.0, 0.2, -39.5, -79.2], abs=0.1)
    for scenario in ("today", "reuse-4", "reuse-7", "measure-1", "measure-2"):
        parts = [
            values[scenario, f"co2_change.{part}"]
            for part in ("collection_transport", "part_making", "plastics_incineration")
        ]
        assert sum(parts) == pytest.approx(values[scenario, "co2_change"], rel=1e-9)
        assert (parts[0] > 0, parts[1] < 0, parts[2] < 0) == (True, True, True)
    sign_change = 4 + 3 * totals[1] / (totals[1] - totals[2])
    assert sign_change == pytest.approx(4.0, abs=0.05)


# -- case I by hand ----------------------------------------------------------------------------------------


def survival(age: float, shape: float, scale: float) -> float:
    return float(np.exp(-((max(age, 0.0) / scale) ** shape)))


@cache
def fleet() -> tuple[float, float, float]:
    """Sales, products leaving use and failed compressors carried away in 2024, from the lifetimes alone.

    Sales in the middle of a year; what leaves or fails in the year of its sale is carried away a year later.
    """
    years = np.arange(1974, 2025)
    sales = 137500 * (210000 / 137500) ** ((years - 1974) / 50)
    piece = [
        survival(b + 0.5, 1.6, 45) / survival(b - 0.5, 1.6, 45) if b else survival(0.5, 1.6, 45)
        for b in range(60)
    ]
    leave = np.zeros((len(years), 2))  # by year of the event: leaving, failing
    first = np.zeros((len(years), 2))  # of these in the year of the sale
    for sold, number in enumerate(sales):
        there, ages = number, np.zeros(60)
        ages[0] = 1.0
        for year in range(sold, len(years)):
            age = year - sold
            stays = (
                survival(age + 0.5, 2.6, 14) / survival(age - 0.5, 2.6, 14) if age else survival(0.5, 2.6, 14)
            )
            failed = float(np.sum(ages * (1 - np.array(piece))))
            events = np.array([there * (1 - stays), there * stays * failed])
            leave[year] += events
            if year == sold:
                first[year] = events
            ages = np.concatenate([[0.0], (ages * piece)[:-1]])
            ages[1] += failed  # a new compressor put in during the step
            there *= stays
    carried = leave[-1] - first[-1] + first[-2]
    return float(sales[-1]), float(carried[0]), float(carried[1])


NUMBERS_1 = {
    "maintenance": 0.69,
    "end_of_life": 0.473,
    "recovery": 0.95,
    "yield": 0.9,
    "content": 0.68,
    "virgin": 2000.0,
    "recycled": 1200.0,
    "collection": 1850.0,
    "dismantling": 310.0,
    "fee": 9e6,
    "ore_co2": 134.0,
    "extraction_co2": 12000.0,
    "dismantling_co2": 0.41,
    "magnet_co2": 0.6,
    "transport_co2": 0.19,
}


def case_1_by_hand(scenario: str, **new: float) -> dict[str, float]:
    """Indicators of 2024 on the back of an envelope."""
    n = {**NUMBERS_1, **new}
    sold, left, failed = fleet()
    needed = sold + failed
    taken = n["maintenance"] * failed + (n["end_of_life"] * left if scenario == "B" else 0.0)
    earth = taken * n["recovery"] * 0.06 * n["yield"]
    magnets = earth / (0.06 * n["content"])
    usual = needed * n["virgin"]
    costs = {
        "virgin": (needed - magnets) * n["virgin"],
        "collection": taken * n["collection"],
        "recycling": magnets * n["recycled"] + n["fee"],
        "dismantling": taken * n["dismantling"],
    }
    co2 = (
        earth * n["ore_co2"]
        - n["extraction_co2"]
        - n["dismantling_co2"] * taken
        - n["magnet_co2"] * magnets
        - 0.0122 * 300 * n["transport_co2"] * taken
    )
    return {
        "recycled_rare_earth_rate": 100 * earth / (needed * 0.06),
        "co2_reduction": co2 / 1000,
        "magnet_cost_ratio": 100 * sum(costs.values()) / usual,
        **{f"magnet_cost_share.{part}": 100 * cost / usual for part, cost in costs.items()},
    }


CHANGES_1 = [
    ("virgin", 2200.0, "price: 2000 JPY/piece", "price: 2200 JPY/piece", 1),
    ("recycled", 1320.0, "price: 1200 JPY/piece", "price: 1320 JPY/piece", 1),
    ("collection", 2035.0, "cost_per_unit: 1850 JPY/piece", "cost_per_unit: 2035 JPY/piece", 2),
    ("dismantling", 341.0, "amount: 310 JPY/piece", "amount: 341 JPY/piece", 2),
    ("fee", 9.9e6, "fixed: 9 MJPY/year", "fixed: 9.9 MJPY/year", 1),
    ("yield", 0.99, "yield: {rare_earth: 90 %}", "yield: {rare_earth: 99 %}", 1),
    ("yield", 0.81, "yield: {rare_earth: 90 %}", "yield: {rare_earth: 81 %}", 1),
    ("recovery", 0.855, "recover: {magnet: 95 %}", "recover: {magnet: 85.5 %}", 1),
    ("content", 0.748, "value: 68\n", "value: 74.8\n", 1),
    ("end_of_life", 0.5203, "value: 47.3,", "value: 52.03,", 1),
    ("ore_co2", 147.4, "climate: 134 kg_CO2e", "climate: 147.4 kg_CO2e", 1),
    ("extraction_co2", 13200.0, "climate: 12 t_CO2e/year", "climate: 13.2 t_CO2e/year", 1),
    ("transport_co2", 0.209, "climate: 0.19 kg_CO2e/tkm", "climate: 0.209 kg_CO2e/tkm", 2),
]


def test_case_1_by_hand_as_calibrated() -> None:
    values = last_year(evaluate(compare(load(CASE_1))))
    for scenario in ("A", "B"):
        expected = case_1_by_hand(scenario)
        assert {name: values[scenario, name] for name in expected} == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "value", "old", "new", "count"), CHANGES_1, ids=[f"{c[0]}={c[1]:g}" for c in CHANGES_1]
)
def test_case_1_moves_as_the_hand_calculation_says(
    tmp_path: Path, name: str, value: float, old: str, new: str, count: int
) -> None:
    values = last_year(evaluate(compare(changed(CASE_1, tmp_path, old, new, count))))
    moved = False
    for scenario in ("A", "B"):
        expected = case_1_by_hand(scenario, **{name: value})
        assert {one: values[scenario, one] for one in expected} == pytest.approx(expected, rel=1e-9)
        before = case_1_by_hand(scenario)
        moved = moved or any(abs(expected[one] - before[one]) > 0.01 * abs(before[one]) for one in expected)
    assert moved


# -- case II by hand ---------------------------------------------------------------------------------------

NUMBERS_2 = {
    "sales": 1364.0,
    "part": 500.0,
    "reconditioning": 118.2,
    "metal": 80.0,
    "tonne_kilometre": 25.0,
    "machine": 3830.0,
    "fixed": 6e6,
    "part_co2": 2.457,
    "plastic_co2": 2.6,
    "transport_co2": 0.1868,
    "fixed_co2": 15000.0,
    "recovery": 1.0,
}
SHARES_2 = {
    "today": (0.6, 0.01),
    "reuse-4": (0.6, 0.04),
    "reuse-7": (0.6, 0.07),
    "measure-1": (0.6, 0.1),
    "measure-2": (0.9, 0.1),
}


def case_2_by_hand(**new: float) -> dict[tuple[str, str], float]:
    """Indicators of 2030 on the back of an envelope: all machines are ten years old when they leave."""
    n = {**NUMBERS_2, **new}
    found: dict[tuple[str, str], float] = {}
    gains: dict[str, float] = {}
    for scenario, (collected_share, reused_share) in SHARES_2.items():
        machines = collected_share * n["sales"]
        out = reused_share * 500 * machines  # kg of parts taken out
        reused = out * n["recovery"]
        transport = machines * 0.5 * 500 * n["transport_co2"] + n["fixed_co2"]
        making, burning = -reused * n["part_co2"], -reused * 0.3 * n["plastic_co2"]
        found[scenario, "co2_change.collection_transport"] = transport / 1000
        found[scenario, "co2_change.part_making"] = making / 1000
        found[scenario, "co2_change.plastics_incineration"] = burning / 1000
        found[scenario, "co2_change"] = (transport + making + burning) / 1000
        found[scenario, "new_resource_change"] = -reused / 1000
        gains[scenario] = (
            reused * n["part"]
            - out * n["reconditioning"]
            + 0.7 * (500 * machines - reused) * n["metal"]
            - machines * (0.5 * 500 * n["tonne_kilometre"] + n["machine"])
            - n["fixed"]
        )
        found[scenario, "economic_gain"] = gains[scenario] / 1e6
    return found | {(scenario, "economic_effect"): gain / gains["today"] for scenario, gain in gains.items()}


CHANGES_2 = [
    ("part", 550.0, "price: 500 JPY/kg", "price: 550 JPY/kg", 1),
    ("reconditioning", 130.02, "cost: 118.2 JPY", "cost: 130.02 JPY", 1),
    ("metal", 88.0, "price: 80 JPY/kg", "price: 88 JPY/kg", 2),
    ("tonne_kilometre", 27.5, "cost: 25 JPY/tkm", "cost: 27.5 JPY/tkm", 1),
    ("machine", 4213.0, "cost: 3830 JPY", "cost: 4213 JPY", 1),
    ("fixed", 6.6e6, "fixed_cost: 6 MJPY/year", "fixed_cost: 6.6 MJPY/year", 1),
    ("recovery", 0.9, "recovery: 100 %", "recovery: 90 %", 1),
    ("part_co2", 2.7027, "climate: 2.457 kg_CO2e", "climate: 2.7027 kg_CO2e", 1),
    ("transport_co2", 0.20548, "climate: 0.1868 kg_CO2e/tkm", "climate: 0.20548 kg_CO2e/tkm", 1),
    ("fixed_co2", 16500.0, "climate: 15 t_CO2e/year", "climate: 16.5 t_CO2e/year", 1),
    ("sales", 1500.4, "value: 1364,", "value: 1500.4,", 1),
]


def test_case_2_by_hand_as_calibrated() -> None:
    values = last_year(evaluate(compare(load(CASE_2))))
    expected = case_2_by_hand()
    assert {key: values[key] for key in expected} == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "value", "old", "new", "count"), CHANGES_2, ids=[f"{c[0]}={c[1]:g}" for c in CHANGES_2]
)
def test_case_2_moves_as_the_hand_calculation_says(
    tmp_path: Path, name: str, value: float, old: str, new: str, count: int
) -> None:
    values = last_year(evaluate(compare(changed(CASE_2, tmp_path, old, new, count))))
    expected, before = case_2_by_hand(**{name: value}), case_2_by_hand()
    assert {key: values[key] for key in expected} == pytest.approx(expected, rel=1e-9)
    assert any(abs(expected[key] - before[key]) > 0.01 * abs(before[key]) for key in expected)


# -- rolled-up costs of the cases ----------------------------------------------------------------------


def test_the_cost_of_a_magnet_is_what_its_buyer_pays_for_it() -> None:
    both = compare(load(CASE_1))
    ratio = evaluate(both, ["magnet_cost_ratio"])
    rolled = calculate(both, 'item_cost("magnet") / reference(item_cost("magnet"))', "%")
    assert rolled["value"].to_numpy(float) == pytest.approx(ratio["value"].to_numpy(float), rel=1e-9)
    for part in ("virgin", "collection", "recycling", "dismantling"):
        share = evaluate(both, [f"magnet_cost_share.{part}"])
        one = calculate(both, f'item_cost("magnet", group="{part}") / reference(item_cost("magnet"))', "%")
        assert one["value"].to_numpy(float) == pytest.approx(share["value"].to_numpy(float), rel=1e-9)


def test_the_economic_effect_is_the_gain_over_the_reference() -> None:
    both = compare(load(CASE_2))
    network = 'gain(actor="product_maker|user|dismantler")'
    short = calculate(both, f"{network} - reference({network})", "MJPY/year")
    long = evaluate(both, ["economic_gain"])
    assert short["value"].to_numpy(float) == pytest.approx(long["value"].to_numpy(float), abs=1e-9)


# -- targets -----------------------------------------------------------------------------------------------


def test_the_rounding_is_that_of_the_print() -> None:
    model = load(CASE_1)
    targets = {
        "recycled_rare_earth_rate": "6.10 %",
        "co2_reduction": "72,000 kg_CO2e/year",
        "magnet_cost_ratio": 1.06,
    }
    model.scenarios["A"].targets = dict(targets)
    rows = published(model)
    rows = rows[rows["scenario"] == "A"]
    assert rows["indicator"].to_list() == list(targets)
    assert rows["published"].to_list() == pytest.approx([6.1, 72, 106])
    assert rows["rounding"].to_list() == pytest.approx([0.005, 0.0005, 0.5])
    table = against_targets(evaluate(compare(model, ["A"])), model)
    assert table.loc[table["scenario"] == "A", "within"].to_list() == [False, False, True]


def test_a_target_of_the_indicator_holds_where_a_scenario_has_none() -> None:
    model = load(CASE_2)
    model.indicators["co2_change"].target = Quantity(0.0, "t_CO2e/year")
    rows = published(model)
    mine = rows[rows["indicator"] == "co2_change"].set_index("scenario")["published"]
    assert dict(mine) == {
        "today": 40,
        "measure-1": -79,
        "measure-2": -126,
        "conventional": 0,
        "reuse-4": 0,
        "reuse-7": 0,
    }


@pytest.mark.parametrize(
    ("targets", "kind"),
    [
        ({"co2_chnge": 3}, UnknownNameError),
        ({"co2_change": "3 kg"}, DimensionError),
        ({"co2_change": {"values": {2020: 1, 2030: 2}, "unit": "t_CO2e/year"}}, WrongTypeError),
    ],
)
def test_a_target_that_can_not_be_met_by_any_value_is_named(
    targets: dict[str, object], kind: type[Exception]
) -> None:
    model = load(CASE_2)
    model.scenarios["today"].targets = targets
    with pytest.raises(kind, match=r"scenarios\.today\.targets"):
        published(model)


def test_an_undefined_value_is_not_within() -> None:
    model = load(CASE_1)
    model.indicators["recycled_rare_earth_rate"].formula = "mass() / (mass() - mass())"
    found = against_targets(evaluate(compare(model)), model)
    mine = found[found["indicator"] == "recycled_rare_earth_rate"]
    assert list(mine["within"]) == [False, False, False]
    assert mine["computed"].isna().all()
