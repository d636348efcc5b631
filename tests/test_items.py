"""The engine of individuals: the law of cohorts, the bits of a slow reference, whatever the threads."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from items_against_cohorts import RUNS, largest_z, scaled
from numpy.typing import NDArray
from reference_items import Reference, fleet_data

import meguru
from meguru.engine.compiled import load_kernel
from meguru.engine.compiling.program import Program, compile_model
from meguru.engine.items.simulate import simulate_items
from meguru.engine.items.tables import most_wanted
from meguru.engine.sampling import Draws
from meguru.engine.simulate import Record
from meguru.errors import MeguruError, NotReadableError, RunError, UnsupportedError
from meguru.model import Model, apply, reference_name
from meguru.model.read import from_data
from meguru.quantity import Quantity

chance: Any = load_kernel("meguru.engine.items.kernel_chance")
lives: Any = load_kernel("meguru.engine.items.kernel_lives")
Float = NDArray[np.float64]
Data = dict[str, Any]


def compiled(model: Model, scenario: str | None = None, runs: int = RUNS) -> Program:
    return compile_model(apply(model, scenario or reference_name(model)), draws=Draws(1), block=(0, runs))


# -- the law of cohorts


@pytest.mark.parametrize(
    ("example", "scenario", "factor"),
    [
        ("motor", "recycle", 0.002),
        ("atm-parts", "measure-2", 0.2),
        ("pv-modules", "baseline", 2e-6),
        ("compressor-magnet", "B", 0.001),
    ],
)
def test_runs_agree_with_cohorts(example: str, scenario: str, factor: float) -> None:
    found = largest_z(scaled(meguru.example(example), scenario, factor))
    assert max(found.values()) < 4.0


@pytest.mark.parametrize("sales", ["middle", "start", "end"])
@pytest.mark.parametrize("repair_by", ["piece", "visit"])
def test_repairs_agree_with_cohorts(sales: str, repair_by: str) -> None:
    data = fleet_data(60)
    data["time"]["sales"] = sales
    data["processes"]["use"]["repair_by"] = repair_by
    data["processes"]["dismantle"]["recover"] = {"pump": "0 %"}
    for part in data["processes"]["use"]["parts"].values():
        part["lifetime"] |= {"shape": 1.0} if repair_by == "visit" else {}
    found = largest_z(from_data(data))
    assert max(found.values()) < 4.2


def test_reuse_agrees_with_cohorts_while_the_store_lasts() -> None:
    data = fleet_data(200)
    spares = next(route for route in data["routes"] if route["from"] == "yard")
    spares["max_share"] = "1 %"
    found = largest_z(from_data(data))
    assert max(found.values()) < 4.2


# -- the same bits


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_slow_reference_has_the_same_bits(seed: int) -> None:
    program = compiled(from_data(fleet_data(25.4)), runs=3)
    record, _ = simulate_items(program, seed=seed, threads=1)
    for run in range(3):
        reference = Reference(program, seed, run).run()
        for index, flow in enumerate(program.network.flows):
            if flow.item == "steel":
                continue
            if flow.source in ("make_pump", "make_fan", "yard") and flow.target == "assemble":
                continue
            counted = [
                reference.flows[(flow.source, flow.target, flow.item, t)] for t in range(reference.steps)
            ]
            assert record.flows[run, index].tolist() == counted, flow
        assert record.stock[run].T.tolist() == [list(pair) for pair in reference.stock]


RECORDED = ("flows", "flows_valued", "events", "stock", "part_age")


def same(left: Record, right: Record) -> bool:
    return all(getattr(left, name).tobytes() == getattr(right, name).tobytes() for name in RECORDED)


def test_threads_and_blocks_do_not_change_a_bit() -> None:
    model = from_data(fleet_data(300.5))
    one, _ = simulate_items(compiled(model, runs=6), seed=5, threads=1)
    two, _ = simulate_items(compiled(model, runs=6), seed=5, threads=2)
    assert same(one, two)
    applied = apply(model, "base")
    for first, last in ((0, 2), (2, 3), (3, 6)):
        program = compile_model(applied, draws=Draws(5), block=(first, last))
        part, _ = simulate_items(program, seed=5, first_run=first)
        for name in RECORDED:
            there = np.ascontiguousarray(getattr(one, name)[first:last])
            assert np.ascontiguousarray(getattr(part, name)).tobytes() == there.tobytes(), name
    other, _ = simulate_items(compiled(model, runs=6), seed=6)
    assert not same(one, other)


@pytest.mark.parametrize("short", [False, True])
def test_room_at_first_does_not_change_a_bit(monkeypatch: pytest.MonkeyPatch, short: bool) -> None:
    data = fleet_data(300.5)
    if short:
        data["processes"]["make_pump"]["capacity"] = "40 piece/year"
    data["processes"]["use"]["demand"] = {"stock": "300.5 piece"}
    program = compiled(from_data(data), runs=2)
    assert most_wanted(program.plan, program.numbers[0]) == pytest.approx(300.5)
    roomy, _ = simulate_items(program, seed=5)
    least = {"rows": 1, "things": 1, "shelf": 1, "log": 0}
    monkeypatch.setattr("meguru.engine.items.simulate.START", least)
    monkeypatch.setattr("meguru.engine.items.simulate.START_COPIED", least)
    monkeypatch.setattr("meguru.engine.items.simulate.most_wanted", lambda *_: 0.0)
    narrow, _ = simulate_items(program, seed=5)
    assert same(roomy, narrow)


@pytest.mark.parametrize("short", [False, True])
def test_what_stood_in_memory_before_does_not_change_a_bit(
    monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    data = fleet_data(300.5)
    if short:
        data["processes"]["make_pump"]["capacity"] = "40 piece/year"
    program = compiled(from_data(data), runs=2)
    clean, _ = simulate_items(program, seed=5)
    garbage = np.random.default_rng(1)

    def dirty(count: int, dtype: Any) -> NDArray[np.int32]:
        return garbage.integers(-(2**31), 2**31, count, dtype=dtype)

    monkeypatch.setattr("meguru.engine.items.simulate.np", SimpleNamespace(**vars(np) | {"empty": dirty}))
    again, _ = simulate_items(program, seed=5)
    assert same(clean, again)


@given(
    count=st.integers(1, 13),
    start=st.integers(0, 5),
    numbers=st.lists(st.integers(0, 2**31 - 1), min_size=24, max_size=24),
    step=st.integers(0, 10_000),
    key=st.tuples(*[st.integers(0, 2**32 - 1)] * 3),
)
def test_chance_of_several_is_that_of_each(
    count: int, start: int, numbers: list[int], step: int, key: tuple[int, int, int]
) -> None:
    words, found = np.array(key, dtype=np.uint64), np.full(24, np.nan)
    chance.draw(words, np.array(numbers, dtype=np.int32), found, 2, start, count, step, chance.FAIL)
    alone = [chance.uniform(words, who, step, chance.FAIL) for who in numbers[start : start + count]]
    assert found[2 : 2 + count].tolist() == alone
    assert np.isnan(found[:2]).all() and np.isnan(found[2 + count + 3 :]).all()


@given(
    hazards=st.lists(st.sampled_from([0.0, 1e-300, 0.01, 0.3, 1.0]), min_size=1, max_size=40),
    date=st.integers(0, 5),
    wait=st.integers(0, 39),
    stay=st.integers(1, 40),
    v=st.floats(1e-16, 1.0 - 1e-16),
)
def test_the_step_in_which_a_hazard_strikes_is_the_first(
    hazards: list[float], date: int, wait: int, stay: int, v: float
) -> None:
    survival = np.cumprod(1.0 - np.array(hazards))
    t, end = date + wait, min(date + wait + stay, date + len(hazards))
    start = survival[wait - 1] if wait > 0 and wait <= len(hazards) else 1.0
    struck = [step for step in range(t, end) if survival[step - date] <= v * start]
    plan = np.full(64, 1000, dtype=np.int64)  # whose first number is that of the steps
    there = np.concatenate([np.full(7, np.nan), survival, [np.nan]])
    assert lives.first_below(plan, there, 7, date, t, end, v) == (struck[0] if struck else 1000)


# -- whole numbers


def test_individuals_are_whole() -> None:
    result = meguru.run(from_data(fleet_data(40.7)), engine="items", samples=5, seed=3)
    items = result.units.coords["item"].values
    whole = result.units.values[:, :, items != "steel"]
    assert np.array_equal(whole, np.round(whole))
    assert result.balance.max() <= 1e-9


def test_a_full_store_holds_whole_pieces() -> None:
    data = fleet_data(200)
    data["processes"]["yard"] |= {"limit": "7.5 piece"}
    data["routes"] += [{"from": "yard.overflow", "to": "recycle"}]
    data["routes"] = [
        route for route in data["routes"] if route != {"from": "yard", "to": "use", "priority": 1}
    ]
    data["routes"].append({"from": "yard", "to": "use", "priority": 1, "max_share": "1 %"})
    result = meguru.run(from_data(data), engine="items", seed=3)
    held = result.stock.sel(holder=result.stock.coords["process"] == "yard").values
    assert held.max() == 7.0


def test_a_capacity_takes_whole_machines() -> None:
    data = fleet_data(200)
    data["processes"]["dismantle"]["capacity"] = "10.9 piece/year"
    data["routes"] += [{"from": "dismantle.overflow", "to": "landfill"}]
    result = meguru.run(from_data(data), engine="items", seed=3)
    flows = result.units
    over = flows.sel(flow=(flows.coords["source"] == "dismantle") & (flows.coords["target"] == "landfill"))
    into = flows.sel(flow=flows.coords["target"] == "dismantle")
    assert float((into.sum("flow") - over.sum("flow")).max()) == 10.0


def test_where_spares_are_short_fewer_are_repaired() -> None:
    data = fleet_data(100)
    data["processes"]["make_spare"] = {"kind": "make", "item": "pump", "capacity": "20 piece/year"}
    data["routes"] = [route for route in data["routes"] if route.get("priority") != 2]
    data["routes"] += [
        {"from": "virgin", "to": "make_spare"},
        {"from": "make_spare", "to": "use", "item": "pump", "priority": 2},
    ]
    cohorts = meguru.run(from_data(data))
    items = meguru.run(from_data(data), engine="items", samples=60, seed=4)
    made = items.units.sel(flow=items.units.coords["source"] == "make_spare").values
    assert made.max() == 20.0 and np.array_equal(made, np.round(made))
    mean = items.stock.values[:, :, 0].mean(axis=0)
    assert np.all(np.abs(mean - cohorts.stock.values[0, :, 0]) < 0.03 * mean)


# -- a fleet to start from


FLEET = (
    "serial,product,made,age,pump,fan.2\nA-1,machine,1996,,,\nA-2,machine,,2.5,0.5,1\nA-3,machine,1999,,,\n"
)


def with_history(sales: float = 10) -> Data:
    data = fleet_data(sales)
    data["time"] |= {"history": 1990}
    return data


def test_a_fleet_is_what_the_run_begins_with(tmp_path: Any) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text(FLEET)
    result = meguru.run(from_data(with_history(0)), engine="items", fleet=path, histories=True, seed=2)
    stock = result.stock.values[0, :, 0]
    retired = result.events.sel(event=result.events.coords["kind"] == "retired").values[0].sum(axis=1)
    assert stock[0] + retired[0] == 3
    assert np.array_equal(stock[:-1] - stock[1:], retired[1:])
    assert result.histories is not None
    left = result.histories[result.histories["event"] == "left"]
    assert set(left["serial"]) <= {"A-1", "A-2", "A-3"} and len(left) == int(retired.sum())


@pytest.mark.parametrize(
    ("line", "place", "row"),
    [
        ("A-1,pump,1996,,,", "product", 2),
        ("A-1,machine,1889,,,", "made", 2),
        ("A-1,machine,soon,,,", "made", 2),
        ("A-1,machine,,-1,,", "age", 2),
        ("A-1,machine,,,,", "made", 2),
        ("A-1,machine,1996-13,,,", "made", 2),
        ("A-1,machine,1996-00,,,", "made", 2),
        ("A-1,machine,1996-,,,", "made", 2),
        ("A-1,machine,1996.9,,,", "made", 2),
        ("A-1,machine,1996,2.5,,", "age", 2),
        ("A-1,machine,1996-03,3.2,,", "age", 2),
        ("A-1,machine,1996,,old,", "pump", 2),
        ("A-1,machine,1996,,,\nA-1,machine,1996,,,", "serial", 3),
    ],
)
def test_a_fault_of_a_fleet_is_named_by_row_and_column(
    tmp_path: Any, line: str, place: str, row: int
) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text(f"serial,product,made,age,pump,fan.2\n{line}\n")
    with pytest.raises(MeguruError) as caught:
        meguru.run(from_data(with_history()), engine="items", fleet=path)
    assert (caught.value.file, caught.value.place, caught.value.line) == (str(path), place, row)


@pytest.mark.parametrize("content", [b"PK\x03\x04garbage", b"serial,product", b""])
def test_a_broken_workbook_of_a_fleet_is_named(tmp_path: Any, content: bytes) -> None:
    path = tmp_path / "fleet.xlsx"
    path.write_bytes(content)
    with pytest.raises(NotReadableError, match=r"fleet\.xlsx.*can not be read as a fleet"):
        meguru.run(from_data(with_history()), engine="items", fleet=path)


@pytest.mark.parametrize("made", ["1996,3.5", "1996,3", "1996,4.0", "1996-3,3.8", "1996.0,", "1996-12,3.1"])
def test_a_fleet_may_say_both_when_it_was_made_and_its_age(tmp_path: Any, made: str) -> None:
    path = tmp_path / "fleet.csv"
    events = []
    for told in ("1996,", made):
        path.write_text(f"serial,product,made,age\nA-1,machine,{told}\nA-2,machine,1992,\n")
        result = meguru.run(from_data(with_history(0)), engine="items", fleet=path, histories=True, seed=2)
        assert result.histories is not None and "left" in set(result.histories["event"])
        events.append(result.histories.to_csv())
    assert events[0] == events[1]


def test_numbers_of_a_run_are_no_serials_of_a_fleet(tmp_path: Any) -> None:
    path = tmp_path / "fleet.csv"
    serials = [*map(str, range(1, 21)), "#7"]
    rows = "".join(f"{serial},machine,1996,\n" for serial in serials)
    path.write_text(f"serial,product,made,age\n{rows}")
    result = meguru.run(from_data(with_history(9)), engine="items", fleet=path, histories=True, seed=2)
    told = result.histories
    assert told is not None
    pieces = told[(told["item"] != "machine") & (told["event"] == "went")]
    assert len(pieces) and set(pieces["serial"]).isdisjoint(serials)
    assert set(told["piece"]).isdisjoint(serials)
    sold = set(told.loc[told["event"] == "sold", "serial"])
    assert sold and all(serial.startswith("##") for serial in sold)


def test_an_unknown_column_of_a_fleet_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "fleet.csv"
    path.write_text("serial,product,made,pupm\nA-1,machine,1996,3\n")
    with pytest.raises(MeguruError, match="pump"):
        meguru.run(from_data(with_history()), engine="items", fleet=path)
    unfollowed = next(
        name for name, item in with_history()["items"].items()
        if item["kind"] != "product" and name not in with_history()["processes"]["use"]["parts"]
    )  # fmt: skip
    path.write_text(f"serial,product,made,{unfollowed}\nA-1,machine,1996,3\n")
    with pytest.raises(MeguruError, match=f"list '{unfollowed}' under 'parts' of the use process"):
        meguru.run(from_data(with_history()), engine="items", fleet=path)


# -- histories


def test_histories_tell_the_same_as_the_flows() -> None:
    result = meguru.run(from_data(fleet_data(30)), engine="items", samples=2, seed=3, histories=True)
    told = result.histories
    assert told is not None
    for kind, event in (("retired", "left"), ("failed", "failed"), ("spares", "repaired")):
        counted = result.events.sel(event=result.events.coords["kind"] == kind).values.sum()
        of_kind = told[told["event"] == event]
        assert len(of_kind) > 0
        if event == "repaired":  # of what fails in the step of its sale in the next one, if there is one
            last = told[(told["event"] == "failed") & (told["time"] == told["time"].max())]
            assert 0 <= counted - len(of_kind) <= len(last)
        else:
            assert len(of_kind) == counted
    sold = told[told["event"] == "sold"]
    assert sold["serial"].groupby(sold["sample"]).nunique().tolist() == sold.groupby("sample").size().tolist()


# -- what it can not do


def faulty(change: Any) -> Model:
    data = fleet_data(10)
    change(data)
    return from_data(data)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d["time"].update(exits="proportional"), "time.exits"),
        (
            lambda d: d["processes"]["use"]["leave"]["worn"].update(of="sold"),
            "processes.use.leave.worn.of",
        ),
        (lambda d: d["items"]["machine"]["bom"].update(fan=1.5), "items.machine.bom.fan"),
        (lambda d: d["processes"]["assemble"].update(efficiency="90 %"), "processes.assemble"),
    ],
)
def test_what_individuals_cannot_represent_is_named(change: Any, place: str) -> None:
    model = faulty(change)
    if place == "processes.assemble":
        data = fleet_data(10)
        change(data)
        data["routes"].append({"from": "assemble.scrap", "to": "recycle"})
        model = from_data(data)
    with pytest.raises(UnsupportedError) as caught:
        meguru.run(model, engine="items")
    assert caught.value.place == place


def test_only_individuals_have_a_fleet() -> None:
    with pytest.raises(RunError, match="serial numbers"):
        meguru.run(from_data(fleet_data(10)), histories=True)
    with pytest.raises(RunError, match="no such engine"):
        meguru.run(from_data(fleet_data(10)), engine="item")


def test_quantities_are_sampled_as_in_cohorts() -> None:
    data = fleet_data(10)
    spread = {"distribution": "uniform", "low": 50, "high": 70, "unit": "%"}
    data["processes"]["collect"]["split"] = {"taken": spread, "left": "rest"}
    program = compile_model(apply(from_data(data), "base"), draws=Draws(9), block=(3, 5))
    assert program.numbers[0].tobytes() != program.numbers[1].tobytes()
    assert isinstance(from_data(data).processes["collect"].split["taken"], Quantity)


# -- random models


@st.composite
def small_models(draw: st.DrawFn) -> Data:
    """Machines with one or two causes, segments, sorts with rules, a loop in the network."""
    share = st.integers(0, 10).map(lambda tenth: f"{10 * tenth} %")
    life = st.fixed_dictionaries(
        {
            "distribution": st.just("weibull"),
            "shape": st.sampled_from([1.0, 1.5, 3.0]),
            "scale": st.sampled_from(["4 year", "7 year", "11 year"]),
        }
    )
    data = fleet_data(draw(st.integers(5, 60)), repair=draw(share), years=draw(st.integers(4, 9)))
    data["time"]["sales"] = draw(st.sampled_from(["middle", "start", "end"]))
    use = data["processes"]["use"]
    use["leave"] = {"worn": draw(life)}
    if draw(st.booleans()):
        use["leave"]["let_go"] = {"distribution": "fixed", "age": "5 year", "keep": draw(share)}
    for part in use["parts"].values():
        part["lifetime"] = draw(life)
    if draw(st.booleans()):
        use["segments"] = {
            "heavy": {"share": "30 %", "stretch": 0.8},
            "light": {"share": "70 %"},
        }
        rules = [{"segment": "heavy", "split": {"taken": draw(share), "left": "rest"}}]
        data["processes"]["collect"] |= {"rules": rules}
    if draw(st.booleans()):
        data["processes"]["again"] = {"kind": "sort", "split": {"back": "40 %", "on": "rest"}}
        data["routes"] = [route for route in data["routes"] if route["from"] != "collect.taken"]
        data["routes"] += [
            {"from": "collect.taken", "to": "again"},
            {"from": "again.back", "to": "collect"},
            {"from": "again.on", "to": "dismantle"},
        ]
    data["processes"]["dismantle"]["recover"] = {"pump": draw(share), "fan": draw(share)}
    spares = next(route for route in data["routes"] if route["from"] == "yard")
    spares["max_share"] = "0 %"
    data["routes"].append({"from": "dismantle.fan", "to": "recycle"})
    return data


@settings(max_examples=15, derandomize=True, deadline=None)
@given(small_models())
def test_random_models_agree_with_cohorts(data: Data) -> None:
    assert max(largest_z(from_data(data), runs=150).values()) < 5.0
