"""Two makers of refrigerators: the two cases of interaction, with the signs and the causes of the text."""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from example_runs import EXAMPLES, Array, compared, model_of, series_of, table_of, value

import meguru
from meguru.engine import Comparison
from meguru.indicators import calculate
from meguru.indicators.network import forty_five, side_effects
from meguru.indicators.network.simulated import numbered
from meguru.model.components import Demand
from meguru.quantity import Quantity

NAME = "refrigerators"
SAMPLES = 200


@cache
def sampled() -> Comparison:
    return meguru.compare(model_of(NAME), samples=SAMPLES, seed=1)


def moves(found: Comparison, pushed: int, against: str | None = None) -> dict[tuple[str, str], pd.Series]:
    table = side_effects(found, pushed, against=against)
    return {(row["scenario"], row["indicator"]): row for _, row in table.iterrows()}


# ------------------------------------------------------------------------------------------ signs


def test_case_1_has_the_signs_of_the_text_in_every_sample() -> None:
    found = moves(sampled(), 32)
    for indicator, direction in {"no32": "rises", "no7.recycled_b": "rises", "no3": "falls"}.items():
        row = found["ecodesign", indicator]
        assert (row["direction"], row["share"]) == (direction, 1.0), indicator
    assert found["ecodesign", "no3"]["stated"] == "falls"


def test_raising_ecodesign_alone_lowers_the_use_rate_with_and_without_the_regulation() -> None:
    for against, scenario in (("regulation", "ecodesign"), ("conventional", "ecodesign-only")):
        found = moves(sampled(), 32, against)
        assert (found[scenario, "no32"]["direction"], found[scenario, "no32"]["share"]) == ("rises", 1.0)
        assert (found[scenario, "no3"]["direction"], found[scenario, "no3"]["share"]) == ("falls", 1.0)


def test_makers_compete_what_one_gets_more_the_other_lacks() -> None:
    found = moves(sampled(), 32, "ecodesign-only")
    for indicator, direction in {"no3.plastics_a": "falls", "no3.plastics_b": "rises"}.items():
        row = found["ecodesign", indicator]
        assert (row["direction"], row["share"]) == (direction, 1.0), indicator
    table = table_of(NAME)
    for kind in ("no3", "no3.plastics"):  # the regulation by itself brings no kilogram more
        assert value(table, kind, "ecodesign") == pytest.approx(
            value(table, kind, "ecodesign-only"), rel=1e-9
        )


def test_coordination_restores_the_use_rate_in_every_sample() -> None:
    for against in ("conventional", "ecodesign"):
        row = moves(sampled(), 32, against)["ecodesign-coordinated", "no3"]
        assert (row["direction"], row["share"]) == ("rises", 1.0), against


def test_case_2_and_its_cure_have_the_signs_of_the_text_in_every_sample() -> None:
    found = moves(sampled(), 37)
    expected = {"no37": "rises", "no18": "rises", "no12": "falls", "no9": "falls", "no1": "falls"}
    for indicator, direction in expected.items():
        row = found["investment", indicator]
        assert (row["direction"], row["share"]) == (direction, 1.0), indicator
        if indicator in ("no18", "no12", "no1"):
            assert row["stated"] == direction
    for indicator in ("no37", "no18", "no12", "no9", "no1"):
        row = found["investment-recognised", indicator]
        assert (row["direction"], row["share"]) == ("rises", 1.0), indicator


def test_each_case_of_the_network_is_told_by_indicators_of_the_model() -> None:
    numbers = set(numbered(model_of(NAME)).values())
    for case in forty_five().cases.values():
        ends = {end for arrow in case.arrows for end in (arrow.source, arrow.target)}
        assert {int(end) for end in ends if end.isdecimal()} <= numbers, case.id


# Numbers of the model that are no parameters: each may be wrong by 20 % too.
# Yields of metals are such that none comes out above 100 %.
OTHERS = {
    "items.compressor.bom.steel": 7.0,
    "items.compressor.bom.copper": 1.5,
    "items.cabinet.bom.steel": 24.0,
    "items.cabinet.bom.plastics": 4.0,
    "items.cabinet.bom.foam": 5.0,
    "items.interior.bom.plastics": 18.0,
    "processes.use_a.leave.worn.shape": 3.0,
    "processes.use_b.leave.worn.shape": 3.0,
    "processes.use_a.segments.ecodesign.lifetimes.worn.shape": 3.0,
    "processes.recycle.yield.copper": 83.0,
    "processes.recycle.yield.steel": 83.0,
}


def test_signs_hold_when_all_other_numbers_are_wrong_by_a_fifth_as_well() -> None:
    random = np.random.default_rng(7)
    values = {place: number * random.uniform(0.8, 1.2, 100) for place, number in OTHERS.items()}
    names = ["ecodesign", "ecodesign-coordinated", "investment"]
    found = moves(meguru.compare(model_of(NAME), names, values=values, seed=3), 32)
    expected = {
        ("ecodesign", "no3"): "falls",
        ("ecodesign", "no7.recycled_b"): "rises",
        ("ecodesign-coordinated", "no3"): "rises",
        ("investment", "no12"): "falls",
        ("investment", "no1"): "falls",
    }
    for key, direction in expected.items():
        assert (found[key]["direction"], found[key]["share"]) == (direction, 1.0), key


# ------------------------------------------------------------------------------------------ their causes


def only(**parameters: float) -> Comparison:
    """All scenarios with some parameters as given."""
    values = {f"parameters.{name}": np.array([number]) for name, number in parameters.items()}
    return meguru.compare(model_of(NAME), values=values)


def test_without_longer_life_ecodesign_changes_nothing() -> None:
    row = moves(only(life_gained=0.0), 32, "regulation")["ecodesign", "no3"]
    assert row["direction"] == "holds"


def test_without_what_can_be_agreed_on_coordination_changes_nothing() -> None:
    row = moves(only(avoided=0.0), 32, "ecodesign")["ecodesign-coordinated", "no3"]
    assert row["direction"] == "holds"


def test_with_plenty_of_recycled_plastics_ecodesign_alone_does_no_harm() -> None:
    plenty = only(exported=0.0, unmatched=0.0, plastics_yield=100.0, wish_a=10.0, wish_b=10.0)
    row = moves(plenty, 32)["ecodesign-only", "no3"]
    assert row["direction"] == "holds"


def test_the_market_shrinks_in_money_only_if_demand_is_elastic() -> None:
    for elasticity, direction in ((0.8, "rises"), (1.2, "falls")):
        found = moves(only(elasticity=elasticity), 18)
        assert found["investment", "no12"]["direction"] == "falls"
        assert found["investment", "no1"]["direction"] == direction, elasticity


def test_the_fall_needs_sales_that_do_not_follow_returns() -> None:
    """With a constant number in use, as many fewer are sold as come back, and nothing changes."""
    model = meguru.example(NAME)
    in_use = Quantity.series({1970: 0.0, 2010: 2_300_000.0, 2045: 2_300_000.0}, "piece")
    for process in ("use_a", "use_b"):
        model.processes[process].demand = Demand(stock=in_use)
    found = moves(meguru.compare(model, ["ecodesign"]), 32)
    assert found["ecodesign", "no12"]["direction"] == "falls"
    assert abs(found["ecodesign", "no3"]["change"]) < 1e-4  # in percentage points


# ------------------------------------------------------------------------------------------ by hand

MASS = {"steel": 31.0, "copper": 1.5, "plastics": 22.0, "foam": 5.0}
YIELD = {"steel": 0.95, "copper": 0.85, "plastics": 0.7}
FIRST, LAST = 1970, 2045


def market(year: int) -> float:
    return float(np.interp(year, [1970.0, 2020.0, 2045.0], [0.5, 1.0, 1.25]))


def survival(age: float, life: float) -> float:
    return math.exp(-((age / life) ** 3))


def returned(adoption: float) -> dict[int, float]:
    """Refrigerators of one maker that come back, year by year, one cohort after the other."""
    arrives = dict.fromkeys(range(FIRST, LAST + 2), 0.0)
    for sold in range(FIRST, LAST + 1):
        share = adoption * min(1.0, max(0.0, (sold - 2024) / 6))
        for part, life in ((1 - share, 13.0), (share, 13.0 * 1.5)):
            units = part * 200_000 * market(sold)
            arrives[sold + 1] += units * (1 - survival(0.5, life))  # waits for the next step
            for year in range(sold + 1, LAST + 1):
                age = year - sold
                arrives[year] += units * (survival(age - 0.5, life) - survival(age + 0.5, life))
    return arrives


def by_hand(year: int, adoption: float, regulation: float, coordination: float) -> float:
    """The secondary-material use rate, both makers, in %."""
    arrives = returned(adoption)[year] + returned(0.0)[year]
    kept = 1 - 0.4 * (1 - coordination * 0.4)
    need = 200_000 * market(year)
    used = 0.0
    for material, mass in MASS.items():
        if material == "foam":
            continue
        supply = arrives * mass * kept * YIELD[material]
        wishes = 0.3 + 0.3
        if material == "plastics":
            supply *= kept
            wishes = 0.4 + 0.25 + regulation
        used += min(supply, wishes * need * mass)
    return 100 * used / (2 * need * sum(MASS.values()))


@pytest.mark.parametrize(
    ("scenario", "adoption", "regulation", "coordination"),
    [
        ("conventional", 0.0, 0.0, 0.0),
        ("ecodesign-only", 1.0, 0.0, 0.0),
        ("ecodesign", 1.0, 0.3, 0.0),
        ("ecodesign-coordinated", 1.0, 0.3, 1.0),
    ],
)
def test_use_rate_is_that_of_a_calculation_by_hand(
    scenario: str, adoption: float, regulation: float, coordination: float
) -> None:
    table = table_of(NAME)
    found: Array = series_of(table[table["scenario"] == scenario], "no3")
    for year in (2022, 2035, 2045):
        started = min(1.0, max(0.0, (year - 2024) / 6))
        expected = by_hand(year, adoption, regulation * started, coordination * started)
        assert found[year - 2020] == pytest.approx(expected, rel=1e-9), year


def test_price_and_sales_of_case_2_are_those_of_a_calculation_by_hand() -> None:
    price, added = 120_000.0, 8000e6 / 400_000
    wanted = ((price + added) / price) ** -1.5
    table = table_of(NAME)
    assert value(table, "no12", "investment") == pytest.approx(500_000 * wanted, rel=1e-9)
    money = calculate(compared(NAME), 'revenue(actor="maker_*", group="refrigerators")', "JPY/year")
    last = money[(money["scenario"] == "investment") & (money["year"] == LAST)]
    assert last["value"].item() == pytest.approx(500_000 * wanted * (price + added), rel=1e-9)


# ------------------------------------------------------------------------------------------ README


def test_readme_shows_what_comes_out() -> None:
    text = (EXAMPLES / NAME / "README.md").read_text(encoding="utf-8")
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", text, re.M)
    ]
    start = next(i for i, cells in enumerate(lines) if cells[0] == "2045")
    scenarios, table = lines[start][1:], table_of(NAME)
    rows = [cells for cells in lines[start + 2 :] if re.match(r"#\d+", cells[0])]
    assert len(rows) >= 6
    for cells in rows:
        named = re.search(r"`([\w.]+)`", cells[0])
        assert named is not None
        for scenario, printed in zip(scenarios, cells[1:], strict=True):
            digits = len(printed.partition(".")[2])
            shown = float(printed.replace(",", ""))
            assert value(table, named[1], scenario) == pytest.approx(shown, abs=0.5 * 10**-digits + 1e-9), (
                named[1],
                scenario,
            )


def test_parameters_that_vary_do_so_by_a_fifth_and_everything_is_called_assumed() -> None:
    text = (EXAMPLES / NAME / "model.yaml").read_text(encoding="utf-8")
    ranges = re.findall(r"low: ([\d.]+), high: ([\d.]+)", text)
    assert len(ranges) == 14
    for low, high in ranges:
        assert float(high) / float(low) == pytest.approx(1.5, rel=1e-9)  # 1.2 / 0.8
    for line in text.split("parameters:")[1].split("# ---- what follows")[0].splitlines():
        if "value:" in line or "low:" in line:
            assert "source: assumed" in line, line
