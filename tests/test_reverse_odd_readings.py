"""Readings as they should not be: jitter, wrong periods, poison messages, odd cells, clocks, restarts."""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from plants import DAY, NOON, SMALL, small

from meguru import errors
from meguru.reverse.meter.clock import mended
from meguru.reverse.meter.ingest import Ingest
from meguru.reverse.meter.journal import journals
from meguru.reverse.meter.plant_file import day_offset, meter, parse_plant
from meguru.reverse.meter.power import power
from meguru.reverse.meter.readings import NEVER, Readings, in_order, without_duplicates
from meguru.reverse.meter.senml import NO_NUMBER, Scan, decode, encode, encode_scan
from meguru.reverse.meter.store import Store
from meguru.reverse.meter.tables import ingest_table
from meguru.reverse.segment.process import process

HEAD = "time,sensor,value,unit,sequence,total,received\n"
UNSET = "the clock of the sensor was never set"
LATER = NOON / 1000 + 86_400


def unnumbered(time: Any, value: Any = 1000.0) -> Readings:
    """Readings at these seconds after noon."""
    at = np.rint(NOON + np.asarray(time) * 1000).astype(np.int64)
    return Readings(
        np.full(at.size, NO_NUMBER, dtype=np.int64), at, np.broadcast_to(value, at.size) * 1.0,
        np.full(at.size, np.nan), np.full(at.size, NEVER, dtype=np.int64),
    )  # fmt: skip


def numbered(time: Any, sequence: Any, late: Any = 0.3) -> Readings:
    at = np.rint(NOON + np.asarray(time) * 1000).astype(np.int64)
    received = at + np.rint(np.asarray(late) * 1000).astype(np.int64)
    number = np.asarray(sequence, dtype=np.int64)
    return Readings(number, at, np.ones(at.size), np.full(at.size, np.nan), received)


def table(tmp_path: Path, rows: list[str], head: str = HEAD) -> Path:
    path = tmp_path / "readings.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def taken(tmp_path: Path, rows: list[str], head: str = HEAD) -> Ingest:
    with Ingest(small(), tmp_path / "store", clock=lambda: LATER) as ingest:
        ingest_table(ingest, table(tmp_path, rows, head))
    return ingest


# ------------------------------------------------------------------------------------------ the beat


@given(st.floats(0, 1), st.sampled_from([0.0, 0.005, 0.05, 0.2]), st.integers(0, 2**32 - 1))
@example(0.5, 0.0, 0)
@settings(max_examples=40)
def test_neither_phase_nor_jitter_makes_gaps_or_energy(phase: float, jitter: float, seed: int) -> None:
    """An hour at 1 kW is 1 kWh wherever in the second its readings lie."""
    random = np.random.default_rng(seed)
    plant = small()
    time = np.arange(3600) + phase + random.uniform(-jitter, jitter, 3600)
    measured = power(plant, meter(plant, "pair"), unnumbered(time), [])
    assert measured.energy.sum() == pytest.approx(1e9, rel=1e-5)
    assert measured.gaps == []


@given(st.floats(0, 1), st.lists(st.integers(5, 3590), max_size=8, unique=True), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_single_readings_that_are_missed_are_found_by_the_beat(
    phase: float, missed: list[int], seed: int
) -> None:
    random = np.random.default_rng(seed)
    time = np.arange(3600) + phase + random.uniform(-0.05, 0.05, 3600)
    plant = small()
    measured = power(plant, meter(plant, "pair"), unnumbered(np.delete(time, missed)), [])
    assert measured.energy.sum() == pytest.approx(1e9, rel=1e-5)
    assert sum((gap.end - gap.start + 500) // 1000 - 1 for gap in measured.gaps) == len(missed)


@pytest.mark.parametrize("step", [0.5, 0.98, 1.02, 5.0, 150.0])
@pytest.mark.parametrize("known", [True, False])
def test_readings_at_another_period_are_refused(tmp_path: Path, step: float, known: bool) -> None:
    count = max(24, round(3600 / step))
    rows = [f"{NOON / 1000 + k * step:.3f},clamp-2,1000,W,{k if known else ''},," for k in range(count)]
    with pytest.raises(errors.RangeError, match="do not come at the period") as caught:
        taken(tmp_path, rows)
    assert caught.value.place == "channels.pair.period"
    # From a broker they are kept, and nothing is computed of them until the plant file is right.
    with Ingest(small(), tmp_path / "store") as ingest:
        time = np.arange(count) * step
        ingest.add("pair", numbered(time, np.arange(count)) if known else unnumbered(time))
    with pytest.raises(errors.RangeError, match="do not come at the period"):
        process(small(), Store(tmp_path / "store"))
    right = parse_plant(SMALL.replace("sends: power,", f"sends: power, period: {step} s,"))
    assert process(right, Store(tmp_path / "store")).days["total"].sum() > 0


def test_stamps_in_whole_seconds_have_a_period_of_their_mean(tmp_path: Path) -> None:
    plant = parse_plant(SMALL.replace("sends: power,", "sends: power, period: 1.5 s,"))
    with Ingest(plant, tmp_path) as ingest:
        ingest.add("pair", unnumbered(np.floor(np.arange(2400) * 1.5)))
    assert process(plant, Store(tmp_path)).days["total"].sum() == pytest.approx(1e9, rel=1e-3)


def test_a_sum_over_a_gap_of_years_fills_no_memory() -> None:
    time = np.concatenate([[-8e8], np.arange(10.0)])
    given_readings = unnumbered(time)
    total: Any = np.arange(11) * 1000.0
    told = replace(given_readings, total=total)
    plant = small()
    assert power(plant, meter(plant, "pair"), told, []).power.size == 11


# ------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize("blank", [0, 10, 1800, 3599])
def test_a_blank_number_changes_nothing(blank: int) -> None:
    time = np.arange(3600.0) + np.where((np.arange(3600) >= 1000) & (np.arange(3600) < 2000), 30.0, 0.0)
    received = np.arange(3600.0) + 0.3 - time
    whole = numbered(time, np.arange(3600), received)
    sequence = whole.sequence.copy()
    sequence[blank] = NO_NUMBER
    told = Readings(sequence, whole.time, whole.value, whole.total, whole.received)
    plant = small()
    one, other = (power(plant, meter(plant, "saw"), in_order(r, 1000), []) for r in (whole, told))
    assert [jump.step for jump in other.jumps] == [30_000, -30_000] == [jump.step for jump in one.jumps]
    assert np.array_equal(one.energy, other.energy) and np.array_equal(one.time, other.time)


def test_the_same_reading_with_and_without_its_number_is_one() -> None:
    whole = numbered(np.arange(100), np.arange(100))
    bare = unnumbered(np.arange(50, 60), 1.0)
    kept, again, conflicts, moved = without_duplicates(whole, bare, 1000)
    assert (len(kept), again, len(conflicts), len(moved)) == (100, 10, 0, 0)


@pytest.mark.parametrize("at", [5, 60, 100, 1000])
def test_a_sensor_that_starts_again_in_short_time_loses_nothing(tmp_path: Path, at: int) -> None:
    time = np.arange(3000)
    whole = numbered(time, np.where(time < at, time, time - at))
    kept, again, conflicts, moved = without_duplicates(whole.take(slice(0, 0)), whole, 1000)
    assert (len(kept), again, len(conflicts), len(moved)) == (3000, 0, 0, 0)
    kept, again, _, moved = without_duplicates(kept, whole.take(slice(40, 200)), 1000)
    assert (len(kept), again, len(moved)) == (3000, 160, 0)
    plant = small()
    measured = power(plant, meter(plant, "saw"), in_order(kept, 1000), [])
    assert measured.time.tolist() == whole.time.tolist()


def test_a_number_at_a_little_other_time_is_set_aside_and_shown(tmp_path: Path) -> None:
    with Ingest(small(), tmp_path) as ingest:
        ingest.add("saw", numbered(np.arange(100), np.arange(100)))
        ingest.add("saw", numbered(np.arange(20, 30) + 0.4, np.arange(20, 30)))
        assert (ingest.report.readings, ingest.report.duplicates) == (100, 0)
    assert [row["reason"] for row in Store(tmp_path).aside()] == ["came again with another time"] * 10


# ------------------------------------------------------------------------------------------ clocks


@pytest.mark.parametrize("late", [6.0, 14_400.0])
def test_readings_that_all_come_late_move_no_clock(late: float) -> None:
    time = np.arange(7200.0)
    at_once = numbered(time, time, late)
    if late < 120:
        assert np.array_equal(mended(at_once, 1000).readings.time, at_once.time)
    together = numbered(time, time, time[-1] - time + late)  # nobody listened; then all came at once
    found = mended(together, 1000)
    assert np.array_equal(found.readings.time, together.time) and found.jumps == []


def test_late_readings_with_a_step_of_the_clock_are_mended_by_the_step_alone() -> None:
    true = np.arange(7200.0)
    wrong = np.where((true >= 1000) & (true < 2000), 30.0, 0.0)
    found = mended(numbered(true + wrong, true, 6.0 - wrong), 1000)
    assert np.array_equal(found.readings.time, numbered(true, true).time)


def test_a_clock_that_is_moved_without_a_step_is_a_fault() -> None:
    true = np.arange(7200.0)
    found = mended(numbered(true - 7200.0, true, 7200.3), 1000)
    assert np.abs(found.readings.time - numbered(true, true).time).max() <= 300
    assert [(jump.step, jump.mended) for jump in found.jumps] == [
        (-7_200_300, "by time of receipt, no step was seen")
    ]


# ------------------------------------------------------------------------------------------ references


@pytest.mark.parametrize(
    ("watts", "why"),
    [
        (1000.0, ""),
        (0.0, "no step"),
        (100.0, "gain would be 10"),
        (3000.0, "gain would be 0.333"),
        (np.where(np.arange(60) % 20 < 10, 500.0, 1500.0), "changes"),
    ],
)
def test_a_reference_load_that_was_not_on_gives_no_gain_and_is_a_fault(
    tmp_path: Path, watts: Any, why: str
) -> None:
    value = np.full(3600, 40.0)
    value[1000:1060] += watts
    with Ingest(small(), tmp_path) as ingest:
        ingest.add("pair", unnumbered(np.arange(3600), value))
        ingest.add_scans([Scan(NOON + 1_000_000, "pair", "load-1")])
    found = process(small(), Store(tmp_path))
    faults = found.faults[found.faults["kind"] == "reference"]["done"].tolist()
    assert len(faults) == bool(why) and (not why or why in faults[0])
    assert set(found.sources["pair"]) == ({"pair.clamp"} if why else {"load-1"})


# ------------------------------------------------------------------------------------------ stores


@pytest.mark.parametrize(
    ("change", "place"), [("utc_offset: 9 hour", "utc_offset"), ("name: other", "plant")]
)
def test_a_store_is_of_one_plant_and_one_end_of_the_day(tmp_path: Path, change: str, place: str) -> None:
    with Ingest(small(), tmp_path) as ingest:
        ingest.add("saw", numbered(np.arange(10), np.arange(10)))
    key = change.partition(":")[0]
    text = "\n".join(line for line in SMALL.splitlines() if not line.startswith(key))
    other = parse_plant(f"{text}\n{change}\n")
    with pytest.raises(errors.ContradictionError, match="new store") as caught:
        Ingest(other, tmp_path)
    assert caught.value.place == place
    with pytest.raises(errors.ContradictionError):
        process(other, Store(tmp_path, day_offset(other)))
    with Ingest(small(), tmp_path):  # the lock was given back
        pass


def test_a_store_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.NotReadableError, match="no such store"):
        process(small(), Store(tmp_path / "sotre"))


def test_a_broken_list_of_what_was_set_aside_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside" / "2026-04-01.jsonl").write_text('{"received": "x"}\n')
    with pytest.raises(errors.NotReadableError, match="set aside") as caught:
        Store(tmp_path).aside()
    assert caught.value.line == 1


# ------------------------------------------------------------------------------------------ poison


def senml(*records: Any) -> bytes:
    return json.dumps(records).encode()


CLAMP = {"bn": "clamp-1:", "bt": NOON / 1000, "bu": "A"}
SCAN = {"bn": "s1:", "bt": NOON / 1000, "n": "item", "vs": "x"}
HUGE = b"1" + b"0" * 400
ODD_VALUES: list[Any] = ["5", True, [1, 2], None, {}, -5.0]
ODD_NUMBERS: list[Any] = [1e30, 2**63 - 1, -7, 1.7, "3", True, None, []]
POISON = [
    senml(SCAN, {"n": "type", "vs": 5}),
    senml(SCAN, {"n": ["type"], "vs": "A"}),
    senml({**SCAN, "vs": "\ud800"}),
    senml({**SCAN, "bn": "nobody:"}),
    senml({**SCAN, "bt": float("nan")}),
    b'[{"bn":"s1:","bt":1e400,"n":"item","vs":"x"}]',
    b'[{"bn":"s1:","bt":' + HUGE + b',"n":"item","vs":"x"}]',
    b"[" * 100_000,
    senml({**CLAMP, "bt": 1e300, "v": 1}),
    senml({**CLAMP, "bt": NOON, "v": 1}),
    b'[{"bn":"clamp-1:","bu":"A","bt":' + HUGE + b',"v":1}]',
    b'[{"bn":"clamp-1:","bu":"A","bt":1775044800,"v":' + HUGE + b"}]",
    *(senml({**CLAMP, "v": value}) for value in ODD_VALUES),
    *(senml(CLAMP, {"n": "sequence", "v": number}, {"v": 1}, {"t": 1, "v": 1}) for number in ODD_NUMBERS),
    senml({**CLAMP, "bu": ["A"], "v": 1}),
    senml({**CLAMP, "bn": "\ud800", "v": 1}),
    senml({**CLAMP, "bn": 5, "v": 1}),
    senml({**CLAMP, "n": "voltage", "v": 1}),
    senml({**CLAMP, "v": 1}, {"bn": "clamp-2:", "v": 1}),
]


@pytest.mark.parametrize("number", range(len(POISON)))
def test_a_poison_message_is_set_aside_and_stops_nothing(tmp_path: Path, number: int) -> None:
    good = encode("clamp-1", "A", 0, NOON + np.arange(3) * 1000, np.ones(3))
    with Ingest(small(), tmp_path) as ingest:
        ingest.take("x", POISON[number], NOON)
        ingest.take("x", good, NOON)
        ingest.take("x", encode_scan(Scan(NOON, "s1", "x")), NOON)
        report = ingest.settle()
    assert (report.readings, report.scans, report.aside.total()) == (3, 1, 1)
    assert len(Store(tmp_path).aside()) == 1 and journals(tmp_path / "journal") == []


ODD_READINGS: list[tuple[dict[str, Any], str]] = [
    ({"t": 1, "v": "5"}, "a record is not a number at a time"),
    ({"t": 1, "v": float("nan")}, "not a finite number"),
    ({"t": 1, "v": 10**400}, "not a finite number"),
    ({"t": 1}, "a record is not a number at a time"),
    ({"t": None, "v": 1}, "a record is not a number at a time"),
    ({"t": -2e9, "v": 1}, UNSET),
    ({"t": 1, "v": 1, "s": []}, "a record is not a number at a time"),
    ({"t": 500, "v": 1}, "from the future"),
    ({"t": 1, "v": -5.0}, "a current below nothing"),
    ({"t": 1, "v": 1e300}, "more than any meter gives"),
    ({"t": 1, "v": 1, "s": 1e300}, "more than any meter gives"),
]


@pytest.mark.parametrize(("odd", "reason"), ODD_READINGS)
def test_of_a_pack_only_the_odd_reading_is_set_aside(
    tmp_path: Path, odd: dict[str, Any], reason: str
) -> None:
    """The others keep the numbers and times that they have in the pack; sent again nothing is added."""
    sent = senml(
        CLAMP,
        {"n": "sequence", "v": 40},
        {"t": 0, "v": 1.5},
        odd,
        {"t": 2, "v": 2.5},
        {"t": 3, "v": 3, "s": 9},
    )
    for _ in range(2):
        with Ingest(small(), tmp_path) as ingest:
            ingest.take("x", sent, NOON)
            report = ingest.settle()
        assert dict(report.aside) == {reason: 1}
    found = Store(tmp_path).read("saw", DAY)
    assert found.sequence.tolist() == [40, 42, 43] and found.value.tolist() == [1.5, 2.5, 3.0]
    assert (found.time - NOON).tolist() == [0, 2000, 3000]
    assert found.total.tolist()[2] == 9.0 and np.isnan(found.total[:2]).all()
    [row] = Store(tmp_path).aside()
    assert row["reason"] == reason and row["detail"].startswith("reading 2 of the pack: ")
    assert base64.b64decode(row["payload"]) == sent


def test_two_odd_readings_of_a_pack_are_two_and_a_wholly_odd_pack_is_one(tmp_path: Path) -> None:
    with Ingest(small(), tmp_path) as ingest:
        ingest.take(
            "x",
            senml(CLAMP, {"t": 0, "v": -1}, {"t": 1, "v": "5"}, {"t": 2, "v": -1}, {"t": 3, "v": 1}),
            NOON,
        )
        ingest.take("x", senml(CLAMP, {"t": 4, "v": -1}, {"t": 5, "v": -1}), NOON)
        report = ingest.settle()
    assert report.readings == 1 and report.aside.total() == len(Store(tmp_path).aside()) == 4


def test_odd_readings_of_a_pack_keep_it_once(tmp_path: Path) -> None:
    """What is set aside grows as the pack does, not with its square; sent again nothing is added."""
    sizes = []
    for count in (100, 400):
        sent = senml(CLAMP, *({"t": k / 1000, "v": -1 if k % 2 else 1} for k in range(count)))
        for _ in range(2):
            with Ingest(small(), tmp_path / str(count)) as ingest:
                ingest.take("x", sent, NOON)
                ingest.settle()
        rows = Store(tmp_path / str(count)).aside()
        assert len(rows) == count // 2 and len({row["message"] for row in rows}) == 1
        assert [base64.b64decode(row["payload"]) for row in rows] == [sent] + [b""] * (count // 2 - 1)
        sizes.append(sum(path.stat().st_size for path in (tmp_path / str(count) / "aside").iterdir()))
    assert sizes[1] < 4.5 * sizes[0]


def test_a_clock_that_runs_ahead_is_a_fault_of_the_whole_pack(tmp_path: Path) -> None:
    """None of it is taken, also not what lies before the time of receipt."""
    late = {**CLAMP, "bt": NOON / 1000 - 300}
    sent = senml(late, {"n": "sequence", "v": 0}, *({"t": k, "v": 1} for k in range(600)))
    with Ingest(small(), tmp_path) as ingest:
        ingest.take("x", sent, NOON)
        report = ingest.settle()
    assert (report.readings, dict(report.aside)) == (0, {"from the future": 1})
    [row] = Store(tmp_path).aside()
    assert base64.b64decode(row["payload"]) == sent and row["detail"].startswith("from the future")


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12))
@settings(max_examples=60)
def test_each_base_holds_until_the_next(records: list[tuple[bool, bool]]) -> None:
    """Against the rule of RFC 8428 spelt out; a record may bring a base, a reading, or both."""
    sent: list[dict[str, Any]] = [dict(CLAMP)]
    base, wanted = NOON, []
    for step, (renews, reads) in enumerate(records):
        record: dict[str, Any] = {}
        if renews:
            base = NOON + 1000 * step
            record["bt"] = base / 1000
        if reads:
            record |= {"t": 0.5, "v": step}
            wanted.append(base + 500)
        sent.append(record)
    if wanted:
        assert decode(senml(*sent)).time.tolist() == wanted


def lines_of(sent: bytes) -> int:
    """How many lines of Python it takes to read a pack."""
    count = 0

    def trace(_frame: Any, event: str, _of: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        decode(sent)
    finally:
        sys.settrace(before)
    return count


def test_the_work_grows_as_the_bases_do() -> None:
    few, many = (
        senml(*({**CLAMP, "bt": NOON / 1000 + k, "v": 1} for k in range(count))) for count in (100, 400)
    )
    assert lines_of(many) < 4.5 * lines_of(few)


NUMBER = st.one_of(st.integers(-5, 5), st.floats(-5, 5).map(lambda one: round(one, 3)))


@given(st.lists(st.tuples(NUMBER, NUMBER, st.none() | NUMBER), min_size=1, max_size=8), NUMBER, NUMBER)
@settings(max_examples=60)
def test_readings_at_once_are_those_one_by_one(
    rows: list[tuple[Any, Any, Any]], value: Any, total: Any
) -> None:
    """A record that names the same base again has every reading added to its base by itself."""
    base = {**CLAMP, "bv": value, "bs": total}
    records = [{"t": t, "v": v, **({} if s is None else {"s": s})} for t, v, s in rows]
    quick, slow = (decode(senml(base, *more)) for more in (records, [{**base, **one} for one in records]))
    for key in ("sequence", "time", "value", "total"):
        assert np.allclose(getattr(quick, key), getattr(slow, key), rtol=1e-12, equal_nan=True)


def test_base_fields_hold_from_their_record_on() -> None:
    """As RFC 8428 says, chapter 4.6."""
    found = decode(senml({**CLAMP, "n": "i", "v": 1}, {"n": "i", "bt": NOON / 1000 + 60, "bv": 5, "v": 1}))
    assert found.sensor == "clamp-1:i"
    assert (found.time - NOON).tolist() == [0, 60_000] and found.value.tolist() == [1.0, 6.0]


LEAVES = st.one_of(
    st.none(), st.booleans(), st.text(max_size=4), st.integers(), st.integers(-(10**400), 10**400),
    st.floats(), st.sampled_from([NOON / 1000, "clamp-1:", "s1:", "A", "W", "item", "type", "sequence", 1]),
    st.lists(st.integers(), max_size=2),
)  # fmt: skip
KEYS = ("bn", "bt", "bu", "bv", "bs", "n", "t", "u", "v", "vs", "s")
RECORDS = st.lists(st.dictionaries(st.sampled_from(KEYS), LEAVES, max_size=6), max_size=4)
NEAR = RECORDS.map(lambda rows: [{**one, **rows[0]} if rows else one for one in (CLAMP, SCAN)] + rows)


@given(st.lists(st.one_of(RECORDS, NEAR), max_size=4), st.binary(max_size=20))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_settling_leaves_an_empty_journal(
    tmp_path_factory: pytest.TempPathFactory, packs: list[Any], other: bytes
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    with Ingest(small(), folder) as ingest:
        for payload in (*(json.dumps(pack).encode() for pack in packs), other):
            ingest.take("readings/x", payload, NOON)
        ingest.settle()
    assert journals(folder / "journal") == []
    Store(folder).aside()
    process(small(), Store(folder))


# ------------------------------------------------------------------------------------------ tables


T = "2026-04-01T12:00:00Z"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("0001-01-01T09:00:09+09:00,clamp-2,1,W,,,", UNSET),
        ("1600-12-31T23:00:09+09:00,clamp-2,1,W,,,", UNSET),
        ("1970-01-01T09:00:09+09:00,clamp-2,1,W,,5,", UNSET),
        ("-99999999999999,clamp-2,1,W,,,", UNSET),
        ("-1e300,clamp-2,1,W,,,", UNSET),
        ("2300-12-31T23:00:09+09:00,clamp-2,1,W,,,", "from the future"),
        ("9999-12-31T23:00:09+09:00,clamp-2,1,W,,,", "from the future"),
        ("1e18,clamp-2,1,W,,,", "from the future"),
        ("2126-04-01T12:00:00Z,clamp-2,1,W,,,2126-04-01T12:00:00Z", "from the future"),
        (f"{T},clamp-2,1,W,,,2126-04-01T12:00:00Z", "not a time of receipt"),
        (f"{T},clamp-2,1,W,,,never", "not a time of receipt"),
        (f"{T},clamp-2,1,W,,,-1e300", "not a time of receipt"),
        (f"{T},clamp-2,1,W,,,2026-04-01T11:00:00Z", "from the future"),
        (f"{T},clamp-2,1,W,1.7,,", "not a running number"),
        (f"{T},clamp-2,1,W,-14,,", "not a running number"),
        (f"{T},clamp-2,1,W,1e18,,", "not a running number"),
        (f"{T},clamp-2,1,W,abc,,", "not a running number"),
        (f"{T},clamp-2,1,W,3,abc,", "not a sum"),
        (f"{T},clamp-1,-5,A,3,,", "a current below nothing"),
        (f"{T},clamp-2,1", "not the unit of the channel"),
    ],
)
def test_an_odd_row_is_set_aside_and_the_rest_is_taken(tmp_path: Path, row: str, reason: str) -> None:
    report = taken(tmp_path, [row, f"{T},clamp-2,1,W,4,,"]).report
    assert (report.readings, dict(report.aside)) == (1, {reason: 1})
    assert Store(tmp_path / "store").read("pair", DAY).sequence.tolist() == [4]


def test_a_row_longer_than_the_head_is_refused(tmp_path: Path) -> None:
    for rows in ([f"{T},clamp-2,1,W,1,,,9"], [f"{T},clamp-2,1,W,1,,", f"{T},clamp-2,1,W,1,,,9"]):
        with pytest.raises(errors.NotReadableError, match="not a CSV table"):
            taken(tmp_path, rows)


def test_scans_of_nobody_are_set_aside_and_unknown_types_are_told(tmp_path: Path) -> None:
    head = "time,scanner,item,type\n"
    report = taken(tmp_path, [f"{T},s9,x,A", f"{T},s1,x,C", f"{T},saw,load-1,"], head).report
    assert (report.scans, dict(report.aside)) == (2, {"no such scanner": 1})
    assert dict(report.unknown_types) == {"C": 1}


def test_the_same_table_on_another_day_lists_its_odd_rows_once(tmp_path: Path) -> None:
    path = table(tmp_path, ["", f"{T},clamp-9,1,W,,,", "", f"{T},clamp-9,1,W,,,"])
    for day in (LATER, LATER + 86_400):
        with Ingest(small(), tmp_path / "s", clock=partial(float, day)) as ingest:
            ingest_table(ingest, path)
        assert ingest.report.aside.total() == 2
    details = [row["detail"] for row in Store(tmp_path / "s").aside()]
    assert [detail.split(":")[1] for detail in details] == ["3", "5"]


# ------------------------------------------------------------------------------------------ plant files


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (
            ("sensor: clamp-1,", "sensor: clamp-1, power_factor: {value: 85},"),
            "channels.saw.power_factor.value",
        ),
        (("value: 200 V", "value: -100 V"), "channels.saw.voltage.value"),
        (("uncertainty: 1 %", "uncertainty: 250 %"), "channels.saw.voltage.uncertainty"),
        (("uncertainty: 2 %", "uncertainty: -1 %"), "channels.pair.clamp.uncertainty"),
        (("clamp: {value: 1,", "clamp: {value: 0,"), "channels.pair.clamp.value"),
        (
            ("sends: power,", "sends: power, calibration: [{at: '2026-04-01T00:00:00Z', gain: -2}],"),
            "channels.pair.calibration.0.gain",
        ),
        (("sends: power,", "sends: power, period: 0 s,"), "channels.pair.period"),
        (("synthetic: true", "utc_offset: 900 hour"), "utc_offset"),
        (("mass: 10 kg", "mass: -35 kg"), "types.A.mass"),
        (("channel: saw,", "channel: saw, debounce: -10 s,"), "machines.saw.debounce"),
        (("channel: saw,", "channel: saw, scan_spread: 0 s,"), "machines.saw.scan_spread"),
        (("channel: saw,", "channel: saw, scan_lead: 900 hour,"), "machines.saw.scan_lead"),
        (("seconds: 100 s", "seconds: 0 s"), "machines.saw.synthetic.seconds"),
        (("power: 1 kW", "power: 0 kW"), "references.load-1.power"),
        (("lasts: 60 s", "lasts: 5 s"), "references.load-1.lasts"),
        (("synthetic_factor: 1.2", "synthetic_factor: 0"), "types.B.synthetic_factor"),
    ],
)
def test_numbers_that_no_plant_has_are_refused_at_their_place(change: tuple[str, str], place: str) -> None:
    text = SMALL.replace(*change, 1)
    assert text != SMALL
    with pytest.raises(errors.RangeError, match="out of range") as caught:
        parse_plant(text, file="plant.yaml")
    assert caught.value.place == place and caught.value.line is not None


@pytest.mark.parametrize("name", ["../../x", "a/b", ".", "a:b"])
def test_a_channel_is_named_as_a_folder_can_be(name: str) -> None:
    text = SMALL.replace("  saw: {sensor", f"  {json.dumps(name)}: {{sensor").replace(
        "channel: saw", f"channel: {json.dumps(name)}"
    )
    with pytest.raises(errors.MeguruError, match="name") as caught:
        parse_plant(text, file="plant.yaml")
    assert caught.value.line is not None
