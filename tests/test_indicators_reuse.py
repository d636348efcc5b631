"""Marginal reuse rate, types of circulation, cost of an item."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from chair import chair
from hypothesis import given, settings
from hypothesis import strategies as st

from meguru.engine import Comparison, Result, compare, run
from meguru.errors import DimensionError, IndicatorError, RangeError, UnknownNameError, UnsupportedError
from meguru.indicators import ReuseRate, calculate, circulation_types, reuse_bound, reuse_rate
from meguru.model.components import Model

DEMAND, SUPPLY = [100.0, 100.0, 20.0, 100.0], [0.0, 80.0, 80.0, 0.0]


def test_the_example_of_the_design_page() -> None:
    assert reuse_rate(DEMAND, SUPPLY) == ReuseRate(per_demand=0.3125, per_return=0.625)
    assert reuse_rate(DEMAND, SUPPLY, stored=True) == ReuseRate(per_demand=0.5, per_return=1.0)


def test_nothing_demanded_or_returned_is_undefined() -> None:
    assert reuse_rate([0, 0], [1, 2]) == (None, 0.0)
    assert reuse_rate([1, 2], [0, 0]) == (0.0, None)
    assert reuse_rate([], []) == (None, None)


@pytest.mark.parametrize(
    ("demand", "supply"), [([1, 2], [1]), ([-1.0], [1.0]), ([1.0], [np.nan]), (1.0, 1.0)]
)
def test_series_that_are_none_are_refused(demand: list[float], supply: list[float]) -> None:
    with pytest.raises(RangeError):
        reuse_bound(demand, supply)


series = st.integers(1, 8).flatmap(
    lambda n: st.tuples(*[st.lists(st.floats(0, 1e3), min_size=n, max_size=n)] * 2)
)


@given(series)
def test_the_bound_with_a_store_is_the_minimum_over_all_cuts(pair: tuple[list[float], list[float]]) -> None:
    demand, supply = np.array(pair[0]), np.array(pair[1])
    found = reuse_bound(demand, supply, stored=True)
    for t in range(len(demand)):
        cuts = [supply[:cut].sum() + demand[cut : t + 1].sum() for cut in range(t + 2)]
        assert found[t] == pytest.approx(min(cuts), rel=1e-9, abs=1e-9)


@given(series)
def test_no_way_of_storing_reuses_more_than_the_bound(pair: tuple[list[float], list[float]]) -> None:
    store = reused = 0.0
    for demand, supply in zip(*pair, strict=True):
        store += supply
        drawn = min(store, demand)
        store, reused = store - drawn, reused + drawn
    bound = reuse_bound(*pair, stored=True)[-1]
    assert reused == pytest.approx(bound, rel=1e-9, abs=1e-9)
    assert reuse_bound(*pair)[-1] <= bound + 1e-9
    assert bound <= min(sum(pair[0]), sum(pair[1])) + 1e-9


def test_samples_and_scale() -> None:
    rng = np.random.default_rng(1)
    demand, supply = rng.uniform(0, 9, (3, 6)), rng.uniform(0, 9, (3, 6))
    together = reuse_bound(demand, supply, stored=True)
    for k in range(3):
        assert together[k] == pytest.approx(reuse_bound(demand[k], supply[k], stored=True))
    assert reuse_bound(7 * demand, 7 * supply, stored=True) == pytest.approx(7 * together)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return chair(tmp_path_factory.mktemp("chair"))


@pytest.fixture(scope="module")
def both(model: Model) -> Comparison:
    return compare(model)


def values(
    found: Result | Comparison, formula: str, unit: str = "%", scenario: str = "reuse"
) -> list[float | None]:
    table = calculate(found, formula, unit)
    found_values = table.loc[table["scenario"] == scenario, "value"]
    return [None if value is pd.NA else float(value) for value in found_values]


def test_marginal_reuse_of_a_model(both: Comparison) -> None:
    # 100 frames wanted each year; 40 come back good from 2022 on, 100 come back in all
    assert values(both, 'marginal_reuse("frame")') == pytest.approx([0, 0, 100 * 40 / 300, 20])
    assert values(both, 'marginal_reuse("frame", per="return")') == [None, None, 100, 100]
    assert values(both, 'marginal_reuse("frame", supply="returned")') == pytest.approx([0, 0, 100 / 3, 50])
    assert values(both, 'marginal_reuse("frame", store="frames")') == pytest.approx(
        [0, 0, 100 * 40 / 300, 20]
    )
    assert values(both, 'marginal_reuse("frame")', scenario="plain") == [0, 0, 0, 0]


def test_a_store_bridges_years_in_the_marginal_rate(tmp_path: Path) -> None:
    sales = "sales: {values: {2020: 100, 2021: 20, 2022: 20, 2023: 100}, unit: piece/year}"
    found = run(chair(tmp_path, ("sales: 100 piece/year", sales)), "reuse")
    # back in 2022 and 2023: 100 and 20 chairs, 40 % of their frames good: 40 and 8; wanted 20 and 100
    assert values(found, 'marginal_reuse("frame", per="return")')[-1] == pytest.approx(100 * (20 + 8) / 48)
    assert values(found, 'marginal_reuse("frame", per="return", store="*")')[-1] == pytest.approx(100)
    assert values(found, 'marginal_reuse("frame", store="*")')[-1] == pytest.approx(100 * 48 / 240)


def test_returns_of_a_changing_product_can_not_be_counted(tmp_path: Path) -> None:
    series = "bom: {frame: {values: {2020: 1, 2023: 2}, unit: piece}, steel: 1 kg}"
    found = run(chair(tmp_path, ("bom: {frame: 1, steel: 1 kg}", series)), "plain")
    with pytest.raises(UnsupportedError, match=r"items\.chair\.bom\.frame"):
        calculate(found, 'marginal_reuse("frame", supply="returned")', "%")


# -- circulation ---------------------------------------------------------------------------------------


percent = st.just(0.0) | st.floats(1e-6, 100.0)


def shares(table: pd.DataFrame, year: int = 2023) -> dict[str, float]:
    return {str(row.type): float(row.share) for row in table[table["year"] == year].itertuples()}  # type: ignore[arg-type]


def test_types_of_circulation_by_hand(both: Comparison) -> None:
    # 300 kg leave: 100 kg of frames to straighten (80 kg good, 20 kg shredded), 200 kg shredded; yield 75 %
    result = both.results["reuse"]
    assert shares(circulation_types(result)) == pytest.approx({"reuse": 1 / 3, "recycle": 2 / 3})
    final = shares(circulation_types(result, fate="final"))
    assert {kind: share for kind, share in final.items() if share} == pytest.approx(
        {"reuse": 80 / 300, "recycle": 0.75 * 220 / 300, "landfill": 0.25 * 220 / 300}
    )
    counted = circulation_types(result, "chair", base="units")
    assert shares(counted) == pytest.approx({"reuse": 1 / 3, "recycle": 2 / 3})
    assert set(counted["unit"]) == {"piece/year"}
    assert counted.loc[counted["year"] == 2023, "amount"].sum() == pytest.approx(100)
    assert values(both, 'circulation("reuse")') == pytest.approx([None, None, 100 / 3, 100 / 3])
    assert values(both, 'circulation("re*", item="chair", base="units", fate="final")')[-1] == pytest.approx(
        100 * (80 + 165) / 300
    )


def test_years_in_which_nothing_leaves_have_no_shares(both: Comparison) -> None:
    table = circulation_types(both.results["reuse"])
    assert table.loc[table["year"] == 2020, "share"].isna().all()
    assert (table.loc[table["year"] == 2020, "amount"] == 0).all()


@settings(max_examples=25)
@given(percent, percent, st.sampled_from(["mass", "units"]), st.sampled_from(["first", "final"]))
def test_shares_sum_to_one(model: Model, recovered: float, good: float, base: str, fate: str) -> None:
    numbers = {
        "processes.yard.recover.frame": np.array([recovered]),
        "processes.straighten.recovery": np.array([good]),
    }
    found = run(model, "reuse", values=numbers)
    assert sum(shares(circulation_types(found, base=base, fate=fate)).values()) == pytest.approx(1, abs=1e-9)


def test_a_loop_is_solved(tmp_path: Path) -> None:
    # what is not straightened at once is sorted: half of it is tried again
    looping = chair(
        tmp_path,
        (
            "  frames: {kind: store}\n",
            "  frames: {kind: store}\n  retry: {kind: sort, split: {again: 50 %, give_up: rest}}\n",
        ),
        (
            "{from: straighten.rejected, to: shred}",
            "{from: straighten.rejected, to: retry}\n"
            "  - {from: retry.again, to: straighten}\n"
            "  - {from: retry.give_up, to: shred}",
        ),
    )
    final = shares(circulation_types(run(looping, "reuse"), fate="final"))
    good = 0.8 / (1 - 0.2 * 0.5)  # of the frames, after any number of tries
    assert final["reuse"] == pytest.approx(good / 3)
    assert sum(final.values()) == pytest.approx(1)


def test_what_stays_in_a_store_is_not_yet_made_into_anything(tmp_path: Path) -> None:
    sales = "sales: {values: {2020: 100, 2021: 100, 2022: 20, 2023: 100}, unit: piece/year}"
    labelled = ("    stage: assembly\n", "    stage: assembly\n    circulation: remanufacture\n")
    found = run(chair(tmp_path, ("sales: 100 piece/year", sales), labelled), "reuse")
    # 40 good frames of 2 kg come in, 20 are drawn in 2022; in 2023 the other 20 too, with all that come
    first, last = (shares(circulation_types(found, fate="final"), year) for year in (2022, 2023))
    assert (first["remanufacture"], first["reuse"]) == pytest.approx((40 / 300, 40 / 300))
    assert (last["remanufacture"], last["reuse"]) == pytest.approx((80 / 300, 0))


def test_an_unlabelled_end_is_told(tmp_path: Path) -> None:
    found = run(
        chair(
            tmp_path,
            ("smelter: {kind: sink, circulation: recycle}", "smelter: {kind: sink}"),
            ("yield: {steel: 75 %}, circulation: recycle}", "yield: {steel: 75 %}}"),
        ),
        "plain",
    )
    assert shares(circulation_types(found)) == pytest.approx(
        {"unlabelled": 0.75, "landfill": 0.25, "reuse": 0}
    )


def test_faults_of_circulation(both: Comparison) -> None:
    result = both.results["reuse"]
    with pytest.raises(IndicatorError, match="Name the product"):
        circulation_types(result, "frame")
    with pytest.raises(UnknownNameError, match="Did you mean 'chair'"):
        circulation_types(result, "chairs")
    with pytest.raises(UnknownNameError, match="first, final"):
        circulation_types(result, fate="last")


def test_things_in_different_units_are_not_counted_together(tmp_path: Path) -> None:
    text = (
        "  chair: {kind: product, bom: {frame: 1, steel: 1 kg}}\n",
        "  chair: {kind: product, bom: {frame: 1, steel: 1 kg}}\n"
        "  bench: {kind: product, unit: m, bom: {steel: 1 kg/m}}\n",
    )
    bench = (
        "  yard:\n",
        "  join: {kind: make, item: bench}\n"
        "  park:\n"
        "    {kind: use, product: bench, demand: {sales: 5 m/year},\n"
        "     leave: {old: {distribution: fixed, age: 2 year}}}\n"
        "  yard:\n",
    )
    routes = (
        "  - {from: yard.frame, to: straighten}\n",
        "  - {from: yard.frame, to: straighten}\n"
        "  - {from: ore, to: join}\n  - {from: join, to: park}\n  - {from: park.retired, to: shred}\n",
    )
    found = run(chair(tmp_path, text, bench, routes), "reuse")
    with pytest.raises(DimensionError, match="Name the item"):
        circulation_types(found, base="units")
    assert shares(circulation_types(found))["recycle"] == pytest.approx(205 / 305)
    with pytest.raises(DimensionError, match="Name the item"):
        calculate(found, "sales()", "piece/year")


# -- cost of an item -----------------------------------------------------------------------------------


def test_the_cost_of_a_chair_by_stage(both: Comparison) -> None:
    def cost(filters: str, scenario: str = "plain") -> float | None:
        return values(both, f'item_cost("chair"{filters})', "JPY/piece", scenario)[-1]

    assert cost("") == pytest.approx(400)  # the user pays the price
    maker = ', actor="maker"'
    # 3 kg of steel at 10; a frame at 100 + 4 kWh at 20; assembly at 50 + 1000 a year, less the price it gets
    assert cost(f'{maker}, stage="material"') == pytest.approx(30)
    assert cost(f'{maker}, stage="part making"') == pytest.approx(180)
    assert cost(f'{maker}, stage="assembly"') == pytest.approx(60 - 400)
    assert values(both, 'item_cost("frame")', "JPY/piece", "plain")[-1] == pytest.approx(200)
    assert values(both, 'item_cost("steel")', "JPY/kg", "plain")[-1] == pytest.approx(10)


def test_the_cost_of_a_used_frame(both: Comparison) -> None:
    # 60 new frames at 200; 40 used ones at 60 and their share of the carriage: 30,000 JPY, all on the frames,
    # as the rest of the chair is not used again
    found = values(both, 'item_cost("frame")', "JPY/piece")
    assert found[:2] == pytest.approx([200, 200])
    assert found[-1] == pytest.approx((60 * 200 + 40 * 60 + 30000) / 100)
    carriage = values(both, 'item_cost("frame", group="carriage")', "JPY/piece")
    assert carriage[-1] == pytest.approx(300)
    assert values(both, 'item_cost("frame", stage="recovery", kind="transport")', "JPY/piece")[
        -1
    ] == pytest.approx(300)


def test_the_cost_of_what_is_never_delivered_is_undefined(both: Comparison) -> None:
    assert values(both, 'item_cost("cloth")', "JPY/kg") == [None] * 4


def test_the_cost_of_what_nobody_owns_is_undefined(tmp_path: Path) -> None:
    model = chair(tmp_path)
    for process in model.processes.values():
        process.actor = None
    found = run(model, "reuse")
    assert values(found, 'item_cost("frame")', "JPY/piece") == [None] * 4
    assert values(found, 'item_cost("chair", group="carriage")', "JPY/piece") == [None] * 4


def test_a_store_hands_on_its_average_cost(tmp_path: Path) -> None:
    sales = "sales: {values: {2020: 100, 2021: 100, 2022: 20, 2023: 100}, unit: piece/year}"
    price = "price: {values: {2020: 0, 2022: 0, 2023: 0}, unit: JPY/piece}"
    found = run(chair(tmp_path, ("sales: 100 piece/year", sales), ("price: 60 JPY/piece", price)), "reuse")
    # 2022: 40 frames come in at 30,000 in all, 20 are drawn, 20 stay at 750 each; 2023: 40 more at 30,000
    cost = values(found, 'item_cost("frame", group="carriage")', "JPY/piece")
    assert cost[2] == pytest.approx(750)
    assert cost[3] == pytest.approx((20 * 750 + 30000) / 100)


def test_costs_of_samples_are_those_of_single_runs(model: Model) -> None:
    each = [0.0, 20.0, 90.0]
    found = run(model, "reuse", values={"processes.yard.recover.frame": np.array(each)})
    table = calculate(found, 'item_cost("frame")', "JPY/piece")
    singles = [
        values(
            run(model, "reuse", values={"processes.yard.recover.frame": np.array([one])}),
            'item_cost("frame")',
            "JPY/piece",
        )[-1]
        for one in each
    ]
    assert float(table["mean"].iloc[-1]) == pytest.approx(
        np.mean([one for one in singles if one is not None])
    )
    assert float(table["p50"].iloc[-1]) == pytest.approx(
        np.median([one for one in singles if one is not None])
    )
