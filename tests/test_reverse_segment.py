"""Cycles: found, given to items, and an account that closes exactly. All plants here are synthetic."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from plants import DAY, NOON, score, small

from meguru import errors
from meguru.engine.compiled import load_kernel
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.ingest import Ingest
from meguru.reverse.meter.plant_file import meter
from meguru.reverse.meter.power import Gains, Power, energy_by_sensor, power
from meguru.reverse.meter.readings import NEVER, Readings
from meguru.reverse.meter.senml import NO_NUMBER, Scan
from meguru.reverse.meter.store import Store
from meguru.reverse.plant.line import Shift
from meguru.reverse.plant.sensors import ALL_FAULTS, Faults, Simulated, simulate_plant
from meguru.reverse.plant.writing import write_to_store
from meguru.reverse.segment import process as processing
from meguru.reverse.segment.attribute import attribute
from meguru.reverse.segment.process import Measured, process
from meguru.reverse.segment.stream import Segmenter

NO_GAINS = Gains(np.zeros(1, dtype=np.int64), np.ones(1), {}, np.empty((0, 2), dtype=np.int64))


def power_of(watts: Any, *, state: Any = 0, start: int = NOON) -> Power:
    """Power a second apart."""
    values = np.asarray(watts, dtype=np.float64)
    time = start + np.arange(values.size, dtype=np.int64) * 1000
    states = np.zeros(values.size, dtype=np.uint8) + np.asarray(state, dtype=np.uint8)
    return Power(time, values, np.rint(values / 3.6e-3).astype(np.int64), states, [], [], NO_GAINS)


def slow(plant: Plant, channel: str, power: Power) -> tuple[list[tuple[int, ...]], int, int, int]:
    """Plain Python: cycles (machine, start, end, energy, of it estimated), and where all energy went."""
    levels = Segmenter(plant, meter(plant, channel)).levels
    rows = list(
        zip(
            power.time.tolist(),
            power.power.tolist(),
            power.energy.tolist(),
            power.state.tolist(),
            strict=True,
        )
    )
    kept = [row for row in rows if row[3] < 2]
    runs: dict[int, int] = {}
    pending: list[int] = []
    current = 0
    for time, watts, _, state in rows:
        if state >= 2:
            if state == 2:
                runs.update(dict.fromkeys(pending, current))
                current, pending = 0, []
            continue
        distance = [abs(watts - level) for level in levels.power]
        nearer = [
            other
            for other in range(len(distance))
            if other != current and distance[other] + levels.hysteresis < distance[current]
        ]
        if not nearer:
            runs.update(dict.fromkeys(pending, current))
            pending = []
            runs[time] = current
            continue
        pending.append(time)
        if len(pending) == levels.debounce:
            current = int(np.argmin(distance))
            runs.update(dict.fromkeys(pending, current))
            pending = []
    runs.update(dict.fromkeys(pending, current))
    cycles, in_cycles, idle = [], 0, 0
    for machine in range(len(levels.machines)):
        opened: list[int] | None = None
        for time, _, energy, state in [*rows, (power.time[-1] + 1000, 0.0, 0, 2)]:
            on = state < 2 and bool(runs[time] >> machine & 1)
            if opened is not None and not on and state != 3:
                cycles.append((machine, opened[0], time, opened[1], opened[2]))
                opened = None
            if on:
                opened = opened or [time, 0, 0]
                part = shared(levels.shares[runs[time]], runs[time], machine, energy)
                opened[1] += part
                opened[2] += part * (state == 1)
    for time, _, energy, _ in kept:
        for machine in range(len(levels.machines)):
            part = shared(levels.shares[runs[time]], runs[time], machine, energy) if runs[time] else 0
            if runs[time] >> machine & 1:
                in_cycles += part
            else:
                idle += part
        idle += 0 if runs[time] else energy
    return sorted(cycles), in_cycles, idle, int(power.energy.sum()) - in_cycles - idle


def shared(shares: Any, combination: int, machine: int, energy: int) -> int:
    """The part of a machine; the first that runs gets what rounding leaves."""
    first = (combination & -combination).bit_length() - 1
    parts = [int(energy * share) for share in shares]
    return energy - sum(parts) + parts[first] if machine == first else parts[machine]


LEVELS = st.sampled_from(
    [0.0, 45.0, 50.0, 640.0, 300.0, 350.0, 1800.0, 3010.0, 3600.0, 3300.0, 3310.0, 5000.0]
)
STRETCHES = st.lists(
    st.tuples(LEVELS, st.integers(1, 9), st.sampled_from([0, 0, 0, 0, 1, 2, 3])), min_size=1, max_size=25
)


@given(STRETCHES)
@settings(max_examples=150)
def test_the_segmentation_is_that_of_plain_python_and_closes(stretches: list[tuple[float, int, int]]) -> None:
    plant = small()
    watts = np.concatenate([np.full(count, level) for level, count, _ in stretches])
    state = np.concatenate([np.full(count, one) for _, count, one in stretches])
    measured = power_of(watts, state=state)
    segmenter = Segmenter(plant, meter(plant, "pair"))
    found = np.concatenate([segmenter.push(measured), segmenter.finish()])
    cycles, *account = slow(plant, "pair", measured)
    assert sorted(map(tuple, found[:, :5].tolist())) == cycles
    assert sum(segmenter.days.values()).tolist() == account  # type: ignore[union-attr]


@given(STRETCHES, st.lists(st.integers(0, 200), max_size=6))
@settings(max_examples=60)
def test_a_stream_gives_the_same_as_the_whole(
    stretches: list[tuple[float, int, int]], cuts: list[int]
) -> None:
    plant = small()
    watts = np.concatenate([np.full(count, level) for level, count, _ in stretches])
    whole = power_of(watts, start=(DAY + 1) * 86_400_000 - 40_000)  # over midnight
    one, other = (Segmenter(plant, meter(plant, "pair")) for _ in range(2))
    expected = np.concatenate([one.push(whole), one.finish()])
    edges = sorted({0, watts.size, *(cut for cut in cuts if cut < watts.size)})
    parts = []
    for first, last in pairwise(edges):
        rows = slice(first, last)
        parts.append(
            other.push(
                Power(
                    whole.time[rows],
                    whole.power[rows],
                    whole.energy[rows],
                    whole.state[rows],
                    [],
                    [],
                    NO_GAINS,
                )
            )
        )
    assert np.concatenate([*parts, other.finish()]).tolist() == expected.tolist()
    assert {day: row.tolist() for day, row in other.days.items()} == {
        day: row.tolist() for day, row in one.days.items()
    }


def test_a_break_in_the_readings_ends_a_cycle_as_cut_off() -> None:
    plant = small()
    segmenter = Segmenter(plant, meter(plant, "saw"))
    first = segmenter.push(power_of([2000.0] * 100))
    later = segmenter.push(power_of([2000.0] * 50, start=NOON + 1_000_000))
    assert len(first) == 0 and later[:, [1, 2, 5]].tolist() == [[NOON, NOON + 100_000, 3]]
    assert segmenter.finish()[:, 5].tolist() == [3]


# ------------------------------------------------------------------------------------------ alignment


def cheapest(start: list[float], scans: list[float]) -> float:
    """The least cost of all monotone alignments, by trying them all."""
    if not start:
        return 6.0 * len(scans)
    best = 6.0 + cheapest(start[1:], scans)
    for index, scan in enumerate(scans):
        off = start[0] - scan
        if abs(off) <= 5.0:
            best = min(best, 6.0 * index + off * off / 2 + cheapest(start[1:], scans[index + 1 :]))
    return best


@given(
    st.lists(st.integers(0, 40), max_size=5, unique=True).map(sorted),
    st.lists(st.integers(0, 40), max_size=5, unique=True).map(sorted),
)
@settings(max_examples=100)
def test_the_alignment_is_the_cheapest_of_all(start: list[int], scans: list[int]) -> None:
    align = load_kernel("meguru.reverse.segment.kernel").align
    nowhere = np.full(len(scans), -1, dtype=np.int64)
    first, _ = align(
        np.array(start, dtype=float),
        np.array(scans, dtype=float),
        1.0,
        6.0,
        6.0,
        5.0,
        nowhere,
        np.ones(len(scans)),
    )
    used = [(i, j) for i, j in enumerate(first.tolist()) if j >= 0]
    assert [j for _, j in used] == sorted({j for _, j in used})
    cost = sum((start[i] - scans[j]) ** 2 / 2 for i, j in used)
    cost += 6.0 * (len(start) + len(scans) - 2 * len(used))
    assert cost == pytest.approx(cheapest([float(x) for x in start], [float(x) for x in scans]))


def cycles_of(*times: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(
        [[0, NOON + a * 1000, NOON + b * 1000, (b - a) * 555_556, 0, 0] for a, b in times], dtype=np.int64
    )


def scans_at(*rows: tuple[int, str]) -> list[Scan]:
    return [Scan(NOON + at * 1000, "s1", item, "A") for at, item in rows]


def items(found: Any) -> list[str | None]:
    return [found.scans[index].item if index >= 0 else None for index in found.scan.tolist()]


def test_missed_double_and_extra_scans_move_no_item_to_another_cycle() -> None:
    cycles = cycles_of((100, 200), (230, 300), (330, 400), (430, 500))
    scans = scans_at((92, "a"), (95, "a"), (322, "c"), (360, "x"), (423, "d"))
    found = attribute(small(), "saw", cycles, scans, None, 1980.0)
    assert items(found) == [
        "a",
        None,
        "c",
        "x",
        "d",
    ]  # x in the middle of a cycle: it is taken as of two items
    assert found.double == 1
    assert found.cycles[:, 3].sum() == cycles[:, 3].sum()


def test_an_item_that_comes_again_later_is_no_double_scan_and_scans_of_nothing_are_counted() -> None:
    cycles = cycles_of((100, 130), (228, 260))
    found = attribute(small(), "saw", cycles, scans_at((92, "a"), (212, "a")), None, 1980.0)
    assert (items(found), found.double) == (["a", None], 1)  # 120 s later: still the same
    found = attribute(small(), "saw", cycles, scans_at((92, "a"), (220, "a")), None, 1980.0)
    assert (items(found), found.double, found.extra) == (["a", "a"], 0, 0)  # worked again
    lost = scans_at((20, "x"), (92, "a"), (170, "y"), (220, "b"), (400, "z"))
    found = attribute(small(), "saw", cycles, lost, None, 1980.0)
    assert (items(found), found.double, found.extra) == (["a", "b"], 0, 3)


def test_a_scan_inside_a_cycle_parts_it_where_the_power_dips_and_no_energy_is_lost() -> None:
    watts = np.concatenate(
        [np.full(100, 20.0), np.full(80, 2000.0), np.full(2, 20.0), np.full(78, 2000.0), np.full(40, 20.0)]
    )
    measured = power_of(watts)
    plant = small()
    segmenter = Segmenter(plant, meter(plant, "saw"))
    cycles = np.concatenate([segmenter.push(measured), segmenter.finish()])
    assert len(cycles) == 1  # the dip is shorter than the debounce
    found = attribute(plant, "saw", cycles, scans_at((92, "a"), (175, "b")), measured, 1980.0)
    assert items(found) == ["a", "b"]
    assert ((found.cycles[:, 1:3] - NOON) // 1000).tolist() == [[100, 182], [182, 260]]
    assert found.cycles[:, 3].sum() == cycles[:, 3].sum()
    assert found.cycles[1, 3] == measured.energy[182:260].sum()


def test_an_early_scan_of_the_next_item_parts_nothing() -> None:
    cycles = cycles_of((100, 200), (215, 300))
    found = attribute(small(), "saw", cycles, scans_at((92, "a"), (198, "b")), None, 1980.0)
    assert items(found) == ["a", "b"] and len(found.cycles) == 2


# ------------------------------------------------------------------------------------------ a whole plant


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Simulated, Measured, Store]:
    """Three days with every fault; two machines share a clamp."""
    folder = tmp_path_factory.mktemp("store")
    simulated = simulate_plant(
        small(), range(DAY, DAY + 3), shift=Shift(0.0 + 3 * 3600, 22 * 3600.0, 90), faults=ALL_FAULTS, seed=3
    )
    write_to_store(simulated, folder)
    store = Store(folder)
    return simulated, process(simulated.plant, store), store


@pytest.mark.parametrize("machine", ["saw", "press", "fan"])
def test_a_plant_with_faults_is_measured_right(
    faulty: tuple[Simulated, Measured, Store], machine: str
) -> None:
    simulated, measured, _ = faulty
    found = score(simulated, measured, machine)
    assert found.f1 >= 0.97
    assert found.attribution >= 0.98
    assert abs(found.energy) <= 0.01


def test_the_energy_of_single_cycles_is_right(faulty: tuple[Simulated, Measured, Store]) -> None:
    simulated, measured, _ = faulty
    for name in simulated.plant.machines:
        found = score(simulated, measured, name)
        assert len(found.errors) > 200 and found.mean_error <= 0.003 and found.within >= 0.98


def test_every_day_of_every_channel_closes_exactly(faulty: tuple[Simulated, Measured, Store]) -> None:
    _, measured, _ = faulty
    days = measured.days
    assert len(days) == 6 and (days["total"] > 0).all()
    assert (days["cycles"] + days["idle"] + days["unassigned"] == days["total"]).all()
    for channel, rows in days.groupby("channel"):
        cycles = measured.cycles[measured.cycles["channel"] == channel]
        assert int(cycles["microwatthours"].sum()) == int(rows["cycles"].sum())


def test_the_account_is_the_sensor_s_energy_to_rounding(
    faulty: tuple[Simulated, Measured, Store], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Readings and sums of the sensor, past the account: also what was lost on the way is in it."""
    simulated, measured, store = faulty
    days = measured.days
    assert (days["total"] - days["sensor"] == days["difference"]).all()
    assert (days["difference"].abs() <= 5e-7 * days["total"]).all()
    assert "sum" not in set(measured.faults["kind"])  # no rounding is taken for a fault
    # Nothing lost: what is left is the rounding of 86,400 readings to whole µWh.
    kept = replace(simulated, faults=replace(ALL_FAULTS, loss=0.0), days=[DAY])
    write_to_store(kept, tmp_path)
    assert (process(simulated.plant, Store(tmp_path), [DAY]).days["difference"].abs() <= 500).all()

    # What closes by construction and is wrong all the same shows here.
    def more(*rest: Any) -> Power:
        found = power(*rest)
        return replace(found, energy=found.energy + found.energy // 1000)

    monkeypatch.setattr(processing, "power", more)
    days = process(simulated.plant, store).days
    assert (days["difference"] / days["total"]).to_numpy() == pytest.approx(1e-3, rel=0.05)


def told(total: list[float], number: list[int], start: int = NOON) -> list[int]:
    """By the sensor, and total less that, of readings of 1000 W with these sums; by day, mWh."""
    numbers = np.array(number, dtype=np.int64)
    given = Readings(
        numbers, start + numbers * 1000, np.full(numbers.size, 1000.0), np.array(total),
        np.full(numbers.size, NEVER),
    )  # fmt: skip
    channel = meter(small(), "pair")
    measured = power(small(), channel, given, [])
    return [round(energy / 1e3) for energy in energy_by_sensor(channel, measured, 0).values()]


def test_the_sensor_s_energy_is_its_readings_and_what_its_sum_has_beyond_them() -> None:
    nan = np.nan
    assert told([nan] * 4, [0, 1, 2, 3]) == [1111]
    assert told([nan] * 4, [0, 1, 5, 6]) == [1111]  # no sum: gaps are not in it
    assert told([1000, nan, nan, 7000], [0, 1, 5, 6]) == [1944]
    assert told([1000, nan, 3000, 4400], [0, 1, 2, 3]) == [1222]  # the sum does not agree with the readings
    assert told([9000, nan, 1000, 2000], [0, 1, 2, 3]) == [1111]  # began anew
    # A gap over midnight, 2 of 5 s before it: what the sum has beyond lies in it evenly.
    evening = (DAY + 1) * 86_400_000 - 4_000
    assert told([1000, 2000, nan, 14000], [0, 1, 7, 8], evening) == [1667, 2222]


def test_the_total_is_that_of_the_true_power(faulty: tuple[Simulated, Measured, Store]) -> None:
    simulated, measured, _ = faulty
    for channel in ("saw", "pair"):
        true = sum(simulated.true_watts(channel, day).sum() for day in simulated.days) / 3.6e-3
        total = float(measured.days.loc[measured.days["channel"] == channel, "total"].sum())
        assert total == pytest.approx(true, rel=3e-3)


def test_faults_are_shown(faulty: tuple[Simulated, Measured, Store]) -> None:
    simulated, measured, _ = faulty
    kinds = measured.faults.groupby(["channel", "kind"]).size()
    assert kinds["saw", "clock"] >= 6 and kinds["saw", "gap"] > 300
    items = [
        (scan.scanner, scan.item) for scan in simulated.scans if scan.scanner in simulated.plant.scanners
    ]
    assert sum(measured.scans["double"]) == len(items) - len(set(items)) > 5
    assert sum(measured.scans["missed"]) >= len(simulated.cycles) - len(set(items)) > 20


def test_scans_of_reference_loads_are_missed_and_made_double_too(tmp_path: Path) -> None:
    """The load is on all the same; between the checks that are left the gain is right."""
    plant = small()
    faults = Faults(drift=0.03, missed=0.3, double=0.3)
    simulated = simulate_plant(plant, range(DAY, DAY + 4), faults=faults, seed=1)
    made = [scan for scan in simulated.scans if scan.item in plant.references]
    times = {(scan.scanner, scan.time) for scan in made}
    double = {one for one in times if (one[0], one[1] - 3_000) in times}
    assert len(simulated.loads) == 16 and 8 <= len(times - double) < 16 and len(double) >= 2
    unscanned = next(one for one in simulated.loads if (one.scanner, one.time) not in times)
    row = unscanned.time // 1000 % 86_400 + 30
    day = unscanned.time // 86_400_000
    assert simulated.true_watts(unscanned.scanner, day)[row] == 1000.0
    write_to_store(simulated, tmp_path)
    measured = process(plant, Store(tmp_path))
    assert abs(score(simulated, measured, "saw").energy) <= 0.005


def test_without_the_calibration_the_energy_is_wrong(faulty: tuple[Simulated, Measured, Store]) -> None:
    """The reference loads are what the right energy hangs on: without their scans the drift stays in it."""
    simulated, _, store = faulty
    plain = replace(simulated.plant, references={})
    found = score(simulated, process(plain, store), "saw")
    assert found.energy > 0.02


@pytest.mark.parametrize("scale", [1.0, 0.5, 2.0, 1.0 - 1e-7])
def test_a_sum_of_another_scale_fills_no_gap_and_is_a_fault(tmp_path: Path, scale: float) -> None:
    """Its sum runs at half or twice the scale: 1000 W go on through the gap. Rounding is no such fault."""
    number = np.concatenate([np.arange(20), np.arange(25, 45)])
    given = Readings(
        number, NOON + number * 1000, np.full(number.size, 1000.0),
        np.where(number % 10 == 9, (number + 1) * 1000.0 * scale, np.nan), np.full(number.size, NEVER),
    )  # fmt: skip
    measured = power(small(), meter(small(), "pair"), given, [])
    assert measured.power == pytest.approx(np.full(45, 1000.0), rel=1e-5)
    with Ingest(small(), tmp_path) as ingest:
        ingest.add("pair", given)
    faults = process(small(), Store(tmp_path)).faults
    found = faults[faults["kind"] == "sum"][["start", "seconds"]].to_numpy().tolist()
    assert found == ([[NOON + 19_000, 10.0]] if scale in (0.5, 2.0) else [])


@pytest.mark.parametrize(("watts", "filled"), [(0.0, 0.0), (-1e-5, 0.0), (-10.0, 1000.0)])
def test_a_sum_that_rounding_makes_less_means_that_nothing_was_missed(watts: float, filled: float) -> None:
    number = np.array([*range(10), *range(15, 20)])
    total = np.full(15, np.nan)
    total[0], total[-1] = 1000.0, 15_000.0 + watts * 5
    given = Readings(number, NOON + number * 1000, np.full(15, 1000.0), total, np.full(15, NEVER))
    measured = power(small(), meter(small(), "pair"), given, [])
    assert measured.power[10:15].tolist() == [filled] * 5


def test_days_alone_give_the_same_totals(
    faulty: tuple[Simulated, Measured, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated, measured, store = faulty
    monkeypatch.setattr(processing, "DAYS_AT_ONCE", 1)
    single = process(simulated.plant, store)
    assert len(single.cycles) == len(measured.cycles)
    assert single.days["total"].to_numpy() == pytest.approx(measured.days["total"].to_numpy(), rel=3e-3)
    one, other = (
        found.cycles.sort_values(["machine", "start"])["item"].fillna("").to_numpy()
        for found in (single, measured)
    )
    assert (one == other).mean() > 0.99


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize(("sums", "lost"), [(10, 600), (10, 3), (7, 600), (0, 60), (0, 600), (5000, 600)])
def test_a_gap_over_midnight_is_filled_whatever_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sums: int, lost: int, numbered: bool
) -> None:
    """With the sensor's sum, without one, and with one that comes so late that the gap waits for it."""
    start = (DAY + 1) * 86_400_000 - 600_000
    count = np.concatenate([np.arange(600 - lost // 2), np.arange(600 + lost - lost // 2, 12_000)])
    total = np.full(count.size, np.nan)
    if sums:
        told = (count == 0) | (count % sums == sums - 1)
        total[told] = (count[told] + 1) * 1000.0
    given = Readings(
        count if numbered else np.full(count.size, NO_NUMBER), start + count * 1000,
        np.full(count.size, 1000.0), total, np.full(count.size, NEVER),
    )  # fmt: skip
    with Ingest(small(), tmp_path) as ingest:
        ingest.add("pair", given)
    whole = process(small(), Store(tmp_path))
    assert (whole.days["total"].sum() < 12_000 * 277_777) == (sums == 0 and lost == 600)
    monkeypatch.setattr(processing, "DAYS_AT_ONCE", 1)
    single = process(small(), Store(tmp_path))
    for table in ("days", "faults", "cycles"):
        assert_frame_equal(getattr(single, table), getattr(whole, table))


def test_an_account_that_does_not_close_is_an_error(
    faulty: tuple[Simulated, Measured, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated, _, store = faulty
    finish = Segmenter.finish

    def losing(self: Segmenter) -> Any:
        found = finish(self)
        self.days[DAY] = self.days[DAY] - 1
        return found

    monkeypatch.setattr(Segmenter, "finish", losing)
    with pytest.raises(errors.BalanceError, match="saw 2026-04-01"):
        process(simulated.plant, store)


def test_a_plant_without_readings_gives_empty_tables(tmp_path: Path) -> None:
    found = process(small(), Store(tmp_path))
    assert not len(found.cycles) and not len(found.days) and not len(found.faults)


def test_a_cycle_that_ran_when_readings_began_is_cut_off() -> None:
    """At the first reading, and behind a long gap; one that begins among readings is whole."""
    plant = small()
    segmenter = Segmenter(plant, meter(plant, "saw"))
    whole = [20.0] * 50 + [2000.0] * 100 + [20.0] * 50
    first = segmenter.push(power_of([2000.0] * 100 + whole))
    later = segmenter.push(power_of([2000.0] * 60 + whole, start=NOON + 1_000_000))
    assert first[:, 5].tolist() == [2, 0] and later[:, 5].tolist() == [2, 0]


def test_scans_at_a_clamp_that_is_off_are_counted(tmp_path: Path) -> None:
    plant, count = small(), 3600
    scans = [Scan(NOON + k * 60_000, "s1", f"item-{k}", "A") for k in range(20)]
    with Ingest(plant, tmp_path) as ingest:
        ingest.add_scans(scans)
    found = process(plant, Store(tmp_path)).scans
    assert found.to_numpy().tolist()[0][1:] == [20, 0, 20, 0]
    with Ingest(plant, tmp_path) as ingest:
        time = NOON + np.arange(count) * 1000
        unknown = np.full(count, np.nan), np.full(count, NEVER)
        ingest.add("saw", Readings(np.arange(count), time, np.full(count, 0.1), *unknown))
    found = process(plant, Store(tmp_path)).scans
    assert found.to_numpy().tolist()[0][1:] == [20, 0, 20, 0]
