"""Runs of a model that was changed since it was checked, and with numbers given from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from chair import chair

from meguru.engine import compare, run
from meguru.engine.check_once import check_once
from meguru.engine.results.files import open_result
from meguru.engine.results.result import Result
from meguru.engine.run import run_block
from meguru.engine.sampling import Draws
from meguru.errors import (
    BomError,
    LifetimeError,
    MeguruError,
    RangeError,
    RunError,
    ScenarioError,
    ShareError,
    UnknownNameError,
)
from meguru.examples import example
from meguru.indicators.evaluation import calculate
from meguru.model import checks, reference_name
from meguru.model.components import Lifetime, Model
from meguru.quantity import Quantity

PLACE = "processes.yard.recover.frame"


# -- checked again -------------------------------------------------------------------------------------------


def set_mass(model: Model) -> None:
    model.items["chair"].mass = Quantity(99.0, "kg")


def misspell_a_child(model: Model) -> None:
    recover = model.processes["yard"].recover
    recover["fraem"] = recover.pop("frame")


def contradict_the_lifetime(model: Model) -> None:
    scale, t50, t90 = (Quantity(value, "year") for value in (5.0, 2.0, 9.0))
    model.processes["use"].leave["old"] = Lifetime(
        distribution="weibull", shape=Quantity(2.0), scale=scale, t50=t50, t90=t90
    )


def set_step(model: Model) -> None:
    model.time.step = "weekly"


def set_first(model: Model) -> None:
    model.time.first = 2030


def set_electricity(model: Model) -> None:
    model.processes["make_frame"].unit[0].exchanges["electricity"] = Quantity(-4.0, "kWh")


def set_distance(model: Model) -> None:
    route = next(one for one in model.routes if one.transport)
    route.transport[0].distance = Quantity(-1.0, "km")


def set_countries(model: Model) -> None:
    model.processes["ore"].countries["JP"] = Quantity(0.7)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (set_mass, BomError),
        (misspell_a_child, UnknownNameError),
        (contradict_the_lifetime, LifetimeError),
        (set_step, MeguruError),
        (set_first, RangeError),
        (set_electricity, RangeError),
        (set_distance, RangeError),
        (set_countries, ShareError),
    ],
)
def test_what_is_changed_after_a_run_is_checked(
    tmp_path: Path, change: Callable[[Model], None], error: type[MeguruError]
) -> None:
    model = chair(tmp_path)
    model.processes["ore"].countries = {"JP": Quantity(0.6), "DE": Quantity(0.4)}
    run(model)
    change(model)
    for _ in range(2):  # what was refused once is not taken for checked
        with pytest.raises(error) as caught:
            run(model)
        assert not isinstance(caught.value, RunError)


def test_a_declared_mass_is_compared_with_the_bom_whenever_a_number_changes(tmp_path: Path) -> None:
    model = chair(tmp_path)
    model.items["chair"].mass = Quantity(3.0, "kg")
    run(model)
    model.items["frame"].bom["steel"] = Quantity(2.5, "kg")
    with pytest.raises(BomError, match=r"3\.5 kg"):
        run(model)


def test_another_constant_is_not_a_reason_to_check_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = chair(tmp_path)
    before = run(model)
    times: list[Model] = []

    def note(applied: Model) -> Any:
        times.append(applied)
        return checks.all_checks.faults_here(applied)

    monkeypatch.setitem(check_once.__globals__, "faults_here", note)
    demand = model.processes["use"].demand
    assert demand is not None
    demand.sales = Quantity(200.0, "piece/year")
    after = run(model)
    assert not times
    np.testing.assert_allclose(after.units.to_numpy(), 2 * before.units.to_numpy(), rtol=1e-12)
    for sales in (
        Quantity(200.0, "piece/month"),
        Quantity.normal(200.0, 1.0, "piece/month"),
        Quantity.normal(200.0, 2.0, "piece/month"),
    ):
        demand.sales = sales
        run(model)
    assert len(times) == 3, "another unit or distribution is"
    run(model)
    assert len(times) == 3


def test_who_changes_a_number_and_runs_again_does_not_wait() -> None:
    model = example("compressor-magnet")
    run(model)
    demand = next(one.demand for one in model.processes.values() if one.demand is not None)
    times = []
    for number in range(5):
        demand.sales = Quantity(100.0 + number, "piece/year")
        start = perf_counter()
        run(model)
        times.append(perf_counter() - start)
    assert min(times) < 0.05


# -- numbers given from outside ------------------------------------------------------------------------------


def test_numbers_for_an_unknown_place_are_refused(tmp_path: Path) -> None:
    wrong = PLACE.replace("recover", "recovr")
    with pytest.raises(UnknownNameError, match=f"'{PLACE}'") as caught:
        run(chair(tmp_path), values={wrong: np.array([0.5])})
    assert caught.value.place == wrong
    with pytest.raises(UnknownNameError):
        compare(chair(tmp_path), values={wrong: np.array([0.5])})


@pytest.mark.parametrize(
    "array", [[0.1, np.nan], [np.inf, 0.1], [[0.1], [0.2]], [], 0.1, ["much", "more"], [0.1, 0.2, 0.3]]
)
def test_numbers_that_are_none_are_refused(tmp_path: Path, array: Any) -> None:
    done: list[int] = []
    with pytest.raises(RunError) as caught:
        run(
            chair(tmp_path),
            samples=2,
            values={PLACE: array},
            progress=lambda now, _: done.append(now),
        )
    assert caught.value.place == PLACE and not done


def test_numbers_for_what_only_a_measure_brings(tmp_path: Path) -> None:
    """The scenario runs with them, the one it is compared with without."""
    place = "exchanges.electricity.factors.acid"
    model = chair(tmp_path, ("frame: 50 %}}", f"frame: 50 %, {place}: 1 kg_SO2e/kWh}}}}"))
    given = {place: np.array([5.0, 20.0])}
    with pytest.raises(UnknownNameError):
        run(model, "plain", values=given)
    alone = run(model, "reuse", values=given)
    assert alone.again is not None
    plain = alone.again("plain")
    assert plain.samples == 2 and "values" not in plain.settings
    assert plain.again is not None
    back, both = plain.again("reuse"), compare(model, values=given).results
    for one in (back, both["reuse"]):
        np.testing.assert_array_equal(one.impacts.to_numpy(), alone.impacts.to_numpy())
    np.testing.assert_array_equal(both["plain"].impacts.to_numpy(), plain.impacts.to_numpy())
    assert not np.array_equal(alone.impacts.to_numpy()[0], alone.impacts.to_numpy()[1])


def test_provenance_tells_numbers_from_outside_apart(tmp_path: Path) -> None:
    model = chair(tmp_path)
    other = "processes.straighten.recovery"
    one, two = np.array([0.1, 0.2]), np.array([0.2, 0.1])

    def found(values: Any) -> Any:
        return run(model, samples=2, values=values).provenance["settings"].get("values")

    hashes = [found(v) for v in ({PLACE: one}, {PLACE: two}, {other: one}, {PLACE: one, other: two}, None)]
    assert len(set(hashes)) == 5 and hashes[-1] is None
    assert found({other: two, PLACE: list(one)}) == hashes[3], "their order means nothing"


def test_numbers_are_kept_as_they_were(tmp_path: Path) -> None:
    numbers = np.array([0.1, 0.2])
    result = run(chair(tmp_path), values={PLACE: numbers})
    numbers[:] = 0.9
    np.testing.assert_array_equal(result.values[PLACE], [0.1, 0.2])
    result.save(tmp_path / "result.nc")
    read = open_result(tmp_path / "result.nc")
    assert read.provenance["settings"] == result.provenance["settings"]
    assert read.again is not None
    assert read.again("plain").provenance["settings"] == result.provenance["settings"]


def test_garbage_is_collected_again_after_a_run_that_ends_and_one_that_fails() -> None:
    import gc

    model = example("motor")
    run(model)
    assert gc.isenabled()
    with pytest.raises(MeguruError):
        run(model, "no such scenario")
    assert gc.isenabled()


def test_a_result_keeps_the_model_as_it_was_run(tmp_path: Path) -> None:
    model = chair(tmp_path)
    first, second = run(model), run(model)
    assert first.before == second.before and first.before is not second.before
    demand = model.processes["use"].demand
    assert demand is not None
    was, demand.sales = demand.sales, Quantity(7.0, "piece/year")
    changed = run(model)
    assert changed.before is not None and changed.before is not first.before
    assert first.before is not None and first.before.processes["use"].demand is not None
    assert first.before.processes["use"].demand.sales == was
    model.routes.pop()
    assert len(changed.before.routes) == len(model.routes) + 1


@pytest.mark.parametrize("what", ["first", "last"])
def test_scenarios_of_different_years_are_not_compared(tmp_path: Path, what: str) -> None:
    year = {"first": 2021, "last": 2022}[what]
    plain = "  plain: {reference: true}"
    model = chair(tmp_path, (plain, f"{plain}\n  other: {{changes: {{time.{what}: {year}}}}}"))
    assert run(model, "other").plain("units").coords["year"].values.size == {"first": 3, "last": 3}[what]
    with pytest.raises(ScenarioError, match=rf"time\.{what}: scenario 'other' has other years.*found {year}"):
        compare(model)
    with pytest.raises(ScenarioError, match="has other years"):
        calculate(run(model, "other"), "sales() - reference(sales())", "piece/year")
    assert list(compare(model, ["reuse"]).results) == ["plain", "reuse"]


def one_block(model: Model) -> Result:
    """The first sample by itself, of a model without distributions."""
    return run_block(model, reference_name(model), Draws(), (0, 1))


@pytest.mark.parametrize("of_model", [run, one_block])
@pytest.mark.parametrize("scenarios", [True, False])
def test_what_is_done_to_one_result_is_not_done_to_another(
    scenarios: bool, of_model: Callable[[Model], Result], tmp_path: Path
) -> None:
    """Runs of a model that has not changed share what was checked, but nothing that a person can change."""
    model = chair(tmp_path)
    if not scenarios:
        model.scenarios, model.measures, model.indicators = {}, {}, {}
    one, other = of_model(model), of_model(model)
    expected = other.units.to_numpy()
    for changed in (one.before, one.model):
        assert changed is not None and changed.processes["use"].demand is not None
        changed.processes["use"].demand.sales = Quantity(5.0, "piece/year")
        assert other.model.processes["use"].demand == model.processes["use"].demand
        assert other.before == model
        np.testing.assert_array_equal(run(model).units, expected)
        for result in (one, other):
            assert result.again is not None
            np.testing.assert_array_equal(result.again(result.scenario).units, expected)
