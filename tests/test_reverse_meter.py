"""Readings: packs, the journal, the store, clocks, gaps, calibration. Each counted once, nothing lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plants import DAY, NOON, SMALL, small

from meguru import errors
from meguru.files.writing import write_beside
from meguru.reverse.meter import store
from meguru.reverse.meter.batch import MOST_WATT_SECONDS, MOST_WATTS, too_much
from meguru.reverse.meter.clock import mended
from meguru.reverse.meter.ingest import Ingest
from meguru.reverse.meter.journal import Journal, Message, journals, messages
from meguru.reverse.meter.plant_file import meter, parse_plant
from meguru.reverse.meter.power import power
from meguru.reverse.meter.readings import NEVER, Readings, in_order, joined, without_duplicates
from meguru.reverse.meter.senml import NO_NUMBER, Scan, decode, decode_scan, encode, encode_scan
from meguru.reverse.meter.store import Store
from meguru.reverse.meter.tables import ingest_table


def readings(
    count: int,
    *,
    first: int = 0,
    start: int = NOON,
    value: Any = 1.0,
    total: bool = False,
    late: int | None = 300,
) -> Readings:
    """Readings a second apart."""
    time = start + np.arange(count, dtype=np.int64) * 1000
    values = np.full(count, 1.0) * value
    sums = np.cumsum(values) if total else np.full(count, np.nan)
    received = np.full(count, NEVER, dtype=np.int64) if late is None else time + late
    return Readings(first + np.arange(count, dtype=np.int64), time, values, sums, received)


def equal(one: Readings, other: Readings) -> bool:
    return all(
        np.array_equal(getattr(one, key), getattr(other, key), equal_nan=key == "total")
        for key in ("sequence", "time", "value", "total", "received")
    )


def pack(
    first: int = 0, count: int = 10, sensor: str = "clamp-1", unit: str = "A", value: float = 1.0
) -> bytes:
    one = readings(count, first=first, start=NOON + first * 1000, value=value)
    return encode(sensor, unit, first, one.time, one.value)


# ------------------------------------------------------------------------------------------ packs


@given(
    st.lists(st.floats(0, 500).map(lambda x: round(x, 4)), min_size=1, max_size=30),
    st.integers(0, 10**9),
    st.integers(0, 999),
)
def test_a_pack_is_read_as_it_was_written(values: list[float], first: int, part: int) -> None:
    time = NOON + part + np.arange(len(values), dtype=np.int64) * 1000
    found = decode(encode("clamp-1", "A", first, time, np.array(values), total=12.5))
    assert (found.sensor, found.unit) == ("clamp-1", "A")
    assert found.time.tolist() == time.tolist() and found.value.tolist() == values
    assert found.sequence.tolist() == list(range(first, first + len(values)))
    assert found.total[-1] == 12.5 and np.isnan(found.total[:-1]).all()


def test_base_values_and_small_units_of_a_pack_count() -> None:
    records = [
        {"bn": "x:", "bt": 1e9, "bu": "mA", "bv": 1000, "v": 500},
        {"t": 2.5, "v": 1},
        {"u": "mA", "v": 0},
    ]
    found = decode(json.dumps(records))
    assert found.value == pytest.approx([1.5, 1.001, 1.0]) and found.unit == "A"
    assert (found.time - 10**12).tolist() == [0, 2500, 0]
    assert (found.sequence == NO_NUMBER).all()


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"{", errors.ReadingError),
        (b"[]", errors.ReadingError),
        (b"[1]", errors.ReadingError),
        (b"\xff\xfe", errors.ReadingError),
        (b'[{"bn":"x:","bt":1e9,"u":"A","v":"warm"}]', errors.WrongTypeError),
        (b'[{"bn":"x:","bt":1e9,"u":"A","v":NaN}]', errors.RangeError),
        (b'[{"bn":"x:","bt":1e9,"u":"V","v":1}]', errors.UnitError),
        (b'[{"bn":"x:","bt":1e9,"u":"A"}]', errors.RangeError),
        (b'[{"bn":"x:","bt":1e9,"bu":"A","v":1},{"u":"mA","v":1}]', errors.UnitError),
        (b'[{"bn":"x:","bt":5,"u":"A","v":1}]', errors.RangeError),
        (b'[{"bn":"x:","bt":"now","u":"A","v":1}]', errors.WrongTypeError),
    ],
)
def test_what_is_no_pack_is_refused_by_name(payload: bytes, kind: type[errors.MeguruError]) -> None:
    with pytest.raises(kind):
        decode(payload)


def test_a_scan_is_read_as_it_was_written() -> None:
    for scan in (Scan(NOON + 7, "s1", "物-1", "A"), Scan(NOON, "s1", "x")):
        assert decode_scan(encode_scan(scan)) == scan
    with pytest.raises(errors.MissingValueError, match="names no item"):
        decode_scan(b'[{"bn":"s1:","bt":1e9,"n":"type","vs":"A"}]')


# ------------------------------------------------------------------------------------------ journal


@given(
    st.lists(st.tuples(st.integers(0, 2**40), st.text(max_size=20), st.binary(max_size=50)), max_size=8),
    st.data(),
)
@settings(max_examples=40)
def test_a_torn_journal_gives_all_whole_messages(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, bytes]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    given_messages = [Message(*row) for row in rows]
    writing = Journal(folder)
    sizes = [0]
    for one in given_messages:
        writing.append(one)
        writing.sync()
        sizes.append(next(iter(journals(folder))).stat().st_size)
    writing.close()
    if not rows:
        return
    path = journals(folder)[0]
    assert list(messages(path)) == given_messages
    cut = data.draw(st.integers(0, sizes[-1]))
    path.write_bytes(path.read_bytes()[:cut])
    assert list(messages(path)) == given_messages[: sum(size <= cut for size in sizes) - 1]


@pytest.mark.parametrize("at", [-1, 0, 5, 20, 70])
def test_a_changed_byte_costs_one_message_and_is_shown(tmp_path: Path, at: int) -> None:
    """Acknowledged messages behind it are not lost, and what can not be read is not thrown away."""
    good = pack(count=1)
    with Ingest(small(), tmp_path) as ingest:
        for number in range(100):
            ingest.take("t", pack(first=number, count=1), NOON + 200_000)
        ingest.sync()
        path = journals(tmp_path / "journal")[0]
        size = path.stat().st_size // 100
        whole = bytearray(path.read_bytes())
        whole[at + (10 * size if at >= 0 else 0)] ^= 1
        path.write_bytes(whole)
        found = list(messages(path))
        assert sum(isinstance(one, Message) for one in found) == 99
        report = ingest.settle()
    assert report.readings == 99 and len(good) > 50
    [row] = Store(tmp_path).aside()
    assert row["reason"] == "a damaged stretch of the journal"


# ------------------------------------------------------------------------------------------ each once


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=12), st.randoms())
def test_any_order_and_repetition_of_packs_gives_the_same(parts: list[tuple[int, int]], random: Any) -> None:
    whole = readings(42)
    wanted = sorted({row for first, count in parts for row in range(first, first + count)})
    kept = whole.take(slice(0, 0))
    again = 0
    for first, count in random.sample(parts, len(parts)):
        kept, known, conflicts, _ = without_duplicates(kept, whole.take(slice(first, first + count)), 1000)
        again += known
        assert not len(conflicts)
    assert equal(kept, whole.take(np.array(wanted)))
    assert again == sum(count for _, count in parts) - len(wanted)


def test_another_value_for_the_same_reading_is_set_aside(tmp_path: Path) -> None:
    with Ingest(small(), tmp_path) as ingest:
        ingest.take("r", pack(), NOON + 20_000)
        ingest.take("r", pack(value=2.0), NOON + 30_000)
        report = ingest.settle()
    assert (report.readings, report.duplicates, report.aside.total()) == (10, 0, 10)
    kept = Store(tmp_path).read("saw", DAY)
    assert kept.value.tolist() == [1.0] * 10
    assert [row["reason"] for row in Store(tmp_path).aside()] == ["came again with another value"] * 10


def test_a_sensor_that_begins_anew_is_counted_twice_only_where_it_read_twice() -> None:
    before, after = readings(100, first=5000), readings(100, start=NOON + 3_600_000)
    kept, again, conflicts, _ = without_duplicates(before, after, 1000)
    assert len(kept) == 200 and again == 0 and not len(conflicts)
    assert np.all(np.diff(kept.time) > 0)
    kept, again, *_ = without_duplicates(kept, after.take(slice(10, 20)), 1000)
    assert len(kept) == 200 and again == 10
    assert equal(in_order(joined([after, before]), 1000), kept)


# ------------------------------------------------------------------------------------------ ingestion


def faults() -> list[tuple[bytes, str]]:
    return [
        (pack(sensor="clamp-9"), "no channel has this sensor"),
        (pack(unit="W"), "not the unit of the channel"),
        (pack(first=1000), "from the future"),
        (pack(value=1e300), "more than any meter gives"),
        (b"hello", "not JSON"),
        (b'[{"bn":"clamp-1:","bt":3,"u":"A","v":1}]', "the clock of the sensor was never set"),
        (encode_scan(Scan(NOON + 10**7, "s1", "x")), "from the future"),
    ]


def test_what_can_not_be_taken_is_set_aside_and_the_rest_is_kept(tmp_path: Path) -> None:
    with Ingest(small(), tmp_path) as ingest:
        for payload, _ in faults():
            ingest.take("readings/x", payload, NOON)
        ingest.take("readings/x", pack(), NOON)
        ingest.take("scans/s1", encode_scan(Scan(NOON, "s1", "x")), NOON)
        report = ingest.settle()
        # Settling again finds nothing new.
        assert ingest.settle() is report
    assert (report.readings, report.scans, report.duplicates) == (10, 1, 0)
    assert report.aside.total() == len(faults())
    assert sorted(row["reason"] for row in Store(tmp_path).aside()) == sorted(why for _, why in faults())
    assert journals(tmp_path / "journal") == []


def test_a_replayed_pack_is_counted_and_not_taken_again(tmp_path: Path) -> None:
    with Ingest(small(), tmp_path) as ingest:
        for _ in range(3):
            ingest.take("r", pack(), NOON)
            ingest.take("s", encode_scan(Scan(NOON, "s1", "x")), NOON)
            ingest.settle()
        report = ingest.report
    assert (report.readings, report.scans, report.duplicates) == (10, 1, 22)
    assert len(Store(tmp_path).read("saw", DAY)) == 10


@pytest.mark.parametrize("moment", range(10))
def test_a_settling_broken_off_anywhere_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """The n-th writing or deleting of a file fails; then everything is done again by another process."""
    count = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == moment + 1:
                raise errors.WriteError("broken off")
            return call(*given, **more)

        return counting

    with Ingest(small(), tmp_path) as ingest:
        ingest.take("r", pack(), NOON)
        ingest.take("r", pack(sensor="clamp-2", unit="W"), NOON)
        ingest.take("r", b"hello", NOON)
        ingest.take("s", encode_scan(Scan(NOON, "s1", "x")), NOON)
        ingest.sync()
        with monkeypatch.context() as patch:
            patch.setattr(store, "write_beside", counted(write_beside))
            patch.setattr(Path, "unlink", counted(Path.unlink))
            if moment < 9:
                with pytest.raises(errors.WriteError, match="broken off"):
                    ingest.settle()
            else:
                ingest.settle()
    with Ingest(small(), tmp_path) as ingest:
        ingest.settle()
    kept = Store(tmp_path)
    assert [len(kept.read(name, DAY)) for name in ("saw", "pair")] == [10, 10]
    assert len(kept.scans()) == 1 and len(kept.aside()) == 1


def test_a_full_disk_is_said_and_what_was_not_kept_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    with Ingest(small(), tmp_path) as ingest:
        ingest.take("r", pack(), NOON)
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            with pytest.raises(errors.WriteError, match="No space left"):
                ingest.sync()
        ingest.take("r", pack(), NOON)  # was not acknowledged
        ingest.sync()
        assert ingest.settle().readings == 10


def test_a_disk_that_is_really_full_keeps_what_was_there(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        return
    writing = Journal(tmp_path)
    writing._stream = open("/dev/full", "wb", buffering=0)
    with pytest.raises(errors.WriteError, match="were not acknowledged"):
        writing.append(Message(1, "t", b"x"))
    writing._stream.close()


def test_only_one_process_writes_to_a_store(tmp_path: Path) -> None:
    with Ingest(small(), tmp_path), pytest.raises(errors.WriteError, match="another process"):
        Ingest(small(), tmp_path)
    with Ingest(small(), tmp_path):
        pass


def test_days_end_where_the_plant_says_and_others_can_read_the_files(tmp_path: Path) -> None:
    plant = parse_plant(f"{SMALL}utc_offset: 9 hour")
    midnight = DAY * 86_400_000 - 9 * 3_600_000
    with Ingest(plant, tmp_path) as ingest:
        ingest.add("saw", readings(10, start=midnight - 5000))
    kept = Store(tmp_path, 9 * 3_600_000)
    assert [len(kept.read("saw", day)) for day in kept.days("saw")] == [5, 5]
    path = str(kept.path("saw", DAY))
    assert path.endswith("readings/saw/2026-04-01.parquet")
    found = duckdb.sql(f"select count(*), sum(value), min(epoch_ms(time)) from '{path}'")
    assert found is not None and found.fetchall() == [(5, 5.0, midnight)]


# ------------------------------------------------------------------------------------------ tables


def test_tables_are_taken_and_bad_rows_set_aside(tmp_path: Path) -> None:
    table = tmp_path / "readings.csv"
    table.write_text(
        "time,sensor,value,unit\n"
        "2026-04-01T12:00:00+00:00,clamp-1,1.5,A\n"
        f"{NOON / 1000 + 1},clamp-1,1500,mA\n"
        "2026-04-01T12:00:02,clamp-1,1,A\n"
        "2026-04-01T12:00:03Z,clamp-1,one,A\n"
        "2026-04-01T12:00:04Z,clamp-7,1,A\n"
        "2026-04-01T12:00:05Z,clamp-1,1,W\n"
        "2126-04-01T12:00:05Z,clamp-1,1,A\n"
        "2026-04-01T12:00:06Z,clamp-1,1e300,A\n"
        "2026-04-01T21:00:06+09:00,clamp-2,1.2,kW\n",
        encoding="utf-8",
    )
    scans = tmp_path / "scans.csv"
    scans.write_text("time,scanner,item,type\n2026-04-01T12:00:00Z,s1,x,A\n2026-04-01T12:00:00Z,s1,,A\n")
    with Ingest(small(), tmp_path / "store", clock=lambda: NOON / 1000 + 3600) as ingest:
        ingest_table(ingest, table)
        ingest_table(ingest, table)
        report = ingest_table(ingest, scans)
    assert (report.readings, report.duplicates, report.scans) == (3, 3, 1)
    kept = Store(tmp_path / "store")
    assert kept.read("saw", DAY).value.tolist() == [1.5, 1.5]
    assert kept.read("pair", DAY).value.tolist() == [1200.0]
    assert (kept.read("pair", DAY).time - NOON).tolist() == [6000]
    assert sorted(row["reason"] for row in kept.aside()) == [
        "a scan names no item",
        "from the future",
        "more than any meter gives",
        "no channel has this sensor",
        "not a finite number",
        "not a time with offset",
        "not the unit of the channel",
    ]
    (tmp_path / "odd.csv").write_text("time,senser,value,unit\n")
    with (
        Ingest(small(), tmp_path / "store") as ingest,
        pytest.raises(errors.UnknownKeyError, match="'sensor'"),
    ):
        ingest_table(ingest, tmp_path / "odd.csv")


# -------------------------------------------------------------------------- clocks, gaps, gains


@pytest.mark.parametrize("late", [300, None])
def test_steps_of_a_clock_are_found_and_mended(late: int | None) -> None:
    true = readings(20_000, late=late)
    wrong = np.zeros(20_000, dtype=np.int64)
    wrong[5_000:7_000] = 30_000
    wrong[12_000:13_000] = -30_000
    told = Readings(true.sequence, true.time + wrong, true.value, true.total, true.received)
    found = mended(told, 1000)
    rows = (5_000, 7_000, 12_000, 13_000)
    assert [jump.step for jump in found.jumps] == [30_000, -30_000, -30_000, 30_000]
    assert np.abs([jump.time for jump in found.jumps] - told.time[list(rows)]).max() == 0
    assert np.abs(found.readings.time - true.time).max() <= 300
    assert {jump.mended for jump in found.jumps} == {"by time of receipt" if late else "by running numbers"}


def test_packs_that_come_late_move_no_clock() -> None:
    true = readings(2_000)
    received = true.received.copy()
    received[500:1500] = true.time[1500] + 100  # an hour without network, sent afterwards
    found = mended(Readings(true.sequence, true.time, true.value, true.total, received), 1000)
    assert found.jumps == [] and np.array_equal(found.readings.time, true.time)


def test_a_clock_that_was_wrong_all_day_is_set_by_the_time_of_receipt() -> None:
    true = readings(1_000)
    told = Readings(true.sequence, true.time - 7_200_000, true.value, true.total, true.received)
    assert np.abs(mended(told, 1000).readings.time - true.time).max() <= 300


@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.5, 20.0), st.floats(0.5, 20.0))
@settings(max_examples=60)
def test_the_sum_of_a_sensor_tells_what_was_missed_and_where_it_changed(
    gap: int, at: int, left: float, right: float
) -> None:
    """A pack that was lost while the power changed: its energy is kept, and the step stands where it was."""
    at = min(at, gap)
    value = np.concatenate([np.full(50 + at, left), np.full(50 + gap - at, right)])
    true = readings(value.size, value=value, total=True)
    rows = np.r_[0:50, 50 + gap : value.size]
    plant = small()
    measured = power(plant, meter(plant, "saw"), true.take(rows), [])
    assert measured.power.size == value.size
    assert measured.power == pytest.approx(value * 200.0, rel=1e-6)
    assert measured.energy.sum() == pytest.approx(value.sum() * 200 / 3600 * 1e6, abs=value.size)
    assert [(one.end - one.start) // 1000 - 1 for one in measured.gaps] == [gap]


def test_a_long_gap_is_only_filled_by_the_sum_and_its_state_is_unknown() -> None:
    true = readings(1_000, value=3.0, total=True)
    rows = np.r_[0:100, 900:1000]
    plant = small()
    measured = power(plant, meter(plant, "saw"), true.take(rows), [])
    assert measured.energy.sum() == pytest.approx(1000 * 600 / 3600 * 1e6, abs=1000)
    assert (measured.state == 2).sum() == 800
    bare = readings(1_000, value=3.0).take(rows)
    assert power(plant, meter(plant, "saw"), bare, []).power.size == 200


def test_a_calibration_leaves_the_power_factor_and_a_spike_before_it_says_nothing() -> None:
    """The load is resistive, the machines are not; what ran beneath is the middle of the readings."""
    text = SMALL.replace("sensor: clamp-1,", "sensor: clamp-1, power_factor: {value: 0.8, uncertainty: 2 %},")
    plant = parse_plant(text)
    value = np.full(300, 2.0)
    value[100:160] += 5.0
    value[80] = 2_000.0
    scan = Scan(NOON + 100_000, "saw", "load-1")
    measured = power(plant, meter(plant, "saw"), readings(300, value=value), [scan])
    assert measured.gains.sources == {"load-1": 0.003, "saw.power_factor": 0.02}
    assert measured.gains.gain.tolist() == [pytest.approx(1.0)]


def test_a_drift_is_followed_however_far_it_goes_and_one_odd_check_is_refused() -> None:
    plant, count = small(), 9_000
    drift = np.linspace(1.0, 2.4, count)
    watts = np.full(count, 400.0)
    scans = [Scan(NOON + at * 1000, "saw", "load-1") for at in range(8_500, 0, -1_000)]
    for scan in scans:
        row = (scan.time - NOON) // 1000
        watts[row : row + 60] += 1000.0 if row != 4_500 else 5_000.0
    measured = power(plant, meter(plant, "saw"), readings(count, value=watts / 200 * drift), scans)
    assert [time - NOON for time, _ in measured.gains.refused] == [4_500_000]
    assert measured.gains.gain == pytest.approx(
        [1 / drift[row + 30] for row in range(500, 9_000, 1_000) if row != 4_500], rel=0.01
    )


def test_a_gap_in_which_the_sum_says_that_nothing_was_is_empty() -> None:
    """Also where the sums are rounded so that less than nothing is left."""
    value = np.where(np.arange(40) < 15, 5.0, np.where(np.arange(40) < 20, 0.0, 0.1))
    one = readings(40, value=value, total=True)
    total = np.where(np.arange(40) % 10 == 4, one.total, np.nan)
    total[24] -= 1e-4  # of 75.5
    given = Readings(one.sequence, one.time, one.value, total, one.received)
    kept = np.flatnonzero((np.arange(40) < 15) | (np.arange(40) >= 20))
    measured = power(small(), meter(small(), "saw"), given.take(kept), [])
    assert measured.power.sum() == pytest.approx(77 * 200.0)


def test_a_reference_load_gives_the_gain_and_gains_change_evenly_between_two() -> None:
    plant = small()
    count = 10_000
    drift = np.linspace(1.0, 1.1, count)
    watts = np.full(count, 400.0)
    scans = [Scan(NOON + 500_000, "saw", "load-1"), Scan(NOON + 9_000_000, "saw", "load-1")]
    for scan in scans:
        row = (scan.time - NOON) // 1000
        watts[row : row + 60] += 1000.0
    measured = power(plant, meter(plant, "saw"), readings(count, value=watts / 200 * drift), scans)
    inside = slice(600, 8_900)
    assert measured.power[inside] == pytest.approx(watts[inside], rel=2e-3)
    assert np.abs(measured.power[-1] / 400 - 1) > 5e-3  # behind the last the gain is held
    assert measured.gains.sources == {"load-1": 0.003}
    uncalibrated = power(plant, meter(plant, "saw"), readings(10), [])
    assert uncalibrated.gains.sources == {"board": 0.01}


# ------------------------------------------------------------------------------------------ plant files


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        (
            ("channel: saw,", "channel: sew,"),
            errors.UnknownNameError,
            "machines.saw.channel: no such channel.*'saw'",
        ),
        (("machine: fan}", "machine: fun}"), errors.UnknownNameError, "Did you mean 'fan'"),
        (("sensor: clamp-2", "sensor: clamp-1"), errors.RangeError, "a sensor of its own"),
        (("running: 2 kW", "running: 2 kg"), errors.DimensionError, "machines.saw.running"),
        (("running: 2 kW", "running: 10 W"), errors.RangeError, "above idle"),
        (
            (", voltage: {value: 200 V, uncertainty: 1 %, shared: board}", ""),
            errors.MissingValueError,
            "needs a voltage",
        ),
        (("synthetic: true", "synthetc: true"), errors.UnknownKeyError, "Did you mean 'synthetic'"),
    ],
)
def test_faults_of_a_plant_file_name_their_place(
    change: tuple[str, str], kind: type[errors.MeguruError], text: str
) -> None:
    with pytest.raises(kind, match=text) as caught:
        parse_plant(SMALL.replace(*change), file="plant.yaml")
    assert caught.value.file == "plant.yaml" and caught.value.line is not None


@pytest.mark.parametrize(
    ("value", "total", "bad"),
    [
        (4.9e6, np.nan, False),
        (5.1e6, np.nan, True),
        (-5.1e6, 0.0, True),
        (1.0, 4e12, False),
        (1.0, 6e12, True),
    ],
)
def test_no_reading_overflows_the_sums(value: float, total: float, bad: bool) -> None:
    """At 200 V a gigawatt is 5 MA, and its energy of a year still fits into 64 bits of µWh."""
    assert too_much(np.array([value]), np.array([total]), 200.0).tolist() == [bad]
    assert MOST_WATTS * 366 * 86_400 / 3.6e-3 < 2**63 and MOST_WATT_SECONDS / 3.6e-3 < 2**63


def test_another_version_of_a_plant_file_is_refused() -> None:
    with pytest.raises(errors.UnsupportedError, match="other version") as caught:
        parse_plant(SMALL.replace("plant: 1", "plant: 7"))
    assert caught.value.place == "plant" and caught.value.line == 2
