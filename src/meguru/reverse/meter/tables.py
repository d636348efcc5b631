"""Readings and scans from CSV tables."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from meguru.errors import NotReadableError, UnknownKeyError, did_you_mean
from meguru.reverse.meter.batch import (
    AHEAD,
    BELOW_NOTHING,
    FUTURE,
    NO_SCANNER,
    TOO_MUCH,
    known_scanners,
    too_much,
)
from meguru.reverse.meter.ingest import Ingest, Report
from meguru.reverse.meter.period import check_period
from meguru.reverse.meter.readings import NEVER, Readings, in_order
from meguru.reverse.meter.senml import EARLIEST, LARGEST_NUMBER, NO_NUMBER, UNITS, Scan
from meguru.reverse.meter.store import Aside

if TYPE_CHECKING:
    from pandas import DataFrame, Series

NEEDED = ("time", "sensor", "value", "unit")
MAY_HAVE = ("sequence", "total", "received")
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SCANS = ("time", "scanner", "item")


def ingest_table(ingest: Ingest, path: str | os.PathLike[str]) -> Report:
    """Take a CSV table of readings or of scans into a store.

    Readings have the columns time, sensor, value, unit, and may have sequence, total, received; scans have
    time, scanner, item, and may have type. Times are ISO 8601 with offset, or seconds since 1970. Rows that
    can not be taken are set aside with the reason.

    Raises
    ------
    NotReadableError
        No CSV table; a row has more cells than the head.
    RangeError
        Readings do not come at the period of their channel; nothing of the table is taken.
    UnknownKeyError
        Columns are missing or not known.
    """
    file = Path(path)
    table = _read(file)
    columns = set(table.columns)
    if set(SCANS) <= columns <= {*SCANS, "type"}:
        _take_scans(ingest, table, file)
    elif set(NEEDED) <= columns <= {*NEEDED, *MAY_HAVE}:
        _take_readings(ingest, table, file)
    else:
        odd = sorted(columns - {*NEEDED, *MAY_HAVE, *SCANS, "type"})
        raise UnknownKeyError(
            "not the columns of readings or scans",
            file=str(file),
            found=", ".join(table.columns),
            expected=f"{', '.join(NEEDED)}; or {', '.join(SCANS)}",
            hint=did_you_mean(odd[0], [*NEEDED, *MAY_HAVE, *SCANS]) if odd else None,
        )
    return ingest.report


def _read(file: Path) -> DataFrame:
    """All cells as texts; the index is the number of the row, blank lines counted."""
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # it would leave cells out
            table = pd.read_csv(
                file, dtype=str, keep_default_na=False, encoding="utf-8-sig",
                index_col=False, skip_blank_lines=False,
            )  # fmt: skip
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        raise NotReadableError("not a CSV table", file=str(file), found=str(error)) from error
    table = table.fillna("")  # of rows that end early
    return table[(table != "").any(axis=1)]


def _times(column: Series) -> Floats:
    """Milliseconds since 1970; NaN: not a time. Years that no clock shows are out of range, not NaN."""
    import pandas as pd

    seconds = pd.to_numeric(column, errors="coerce").astype(np.float64)
    if seconds.isna().any():
        text = column.where(column.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True))
        stamps = pd.to_datetime(text, errors="coerce", utc=True, format="ISO8601").astype(
            "datetime64[us, UTC]"
        )
        seconds = seconds.fillna(stamps.astype("int64").where(stamps.notna()).astype(np.float64) / 1e6)
    return np.asarray(seconds, dtype=np.float64) * 1000.0


def _numbers(table: DataFrame, name: str, missing: float) -> Floats:
    """A column as numbers; ``missing`` where nothing stands, NaN where no number stands."""
    import pandas as pd

    if name not in table.columns:
        return np.full(len(table), missing)
    found = pd.to_numeric(table[name], errors="coerce").astype(np.float64)
    return np.asarray(found.mask(table[name].str.strip() == "", missing), dtype=np.float64)


@dataclass(frozen=True)
class _Columns:
    """A table of readings in ms, A or W; NaN: not given, or no number."""

    time: Floats
    value: Floats
    sequence: Floats
    total: Floats
    received: Floats


def _columns(table: DataFrame) -> _Columns:
    factor = table["unit"].map({name: one[1] for name, one in UNITS.items()}).to_numpy(dtype=np.float64)
    return _Columns(
        time=_times(table["time"]),
        value=_numbers(table, "value", np.nan) * factor,
        sequence=_numbers(table, "sequence", NO_NUMBER),
        total=_numbers(table, "total", np.nan) * factor,
        received=_times(table["received"]) if "received" in table.columns else np.full(len(table), np.nan),
    )


def _given(table: DataFrame, name: str) -> Flags:
    """Rows in which a column says something."""
    if name not in table.columns:
        return np.zeros(len(table), dtype=bool)
    return np.asarray(table[name].str.strip() != "")


def _faults_of_time(time: Floats, now: float, of: str) -> Iterator[tuple[str, Flags]]:
    yield "not a time with offset", ~np.isfinite(time)
    yield f"the clock of the {of} was never set", time < EARLIEST * 1000.0
    yield FUTURE, time > now + AHEAD


def _faults(ingest: Ingest, table: DataFrame, rows: _Columns) -> Iterator[tuple[str, Flags]]:
    """What may be wrong with a row of readings, and with which rows it is."""
    now = ingest.clock() * 1000.0
    canonical = table["unit"].map({name: one[0] for name, one in UNITS.items()})
    wanted = table["sensor"].map({name: one.unit for name, one in ingest.meters.items()})
    scales = {name: one.scale for name, one in ingest.meters.items()}
    scale = np.asarray(table["sensor"].map(scales), dtype=np.float64)
    yield "no channel has this sensor", np.asarray(wanted.isna())
    yield "not the unit of the channel", np.asarray(canonical != wanted)
    yield from _faults_of_time(rows.time, now, "sensor")
    yield "not a finite number", ~np.isfinite(rows.value)
    yield BELOW_NOTHING, np.asarray(wanted == "A") & (rows.value < 0.0)
    yield "not a sum", _given(table, "total") & ~np.isfinite(rows.total)
    yield TOO_MUCH, too_much(rows.value, rows.total, scale)
    whole = (rows.sequence >= 0.0) & (rows.sequence <= LARGEST_NUMBER) & (rows.sequence % 1.0 == 0.0)
    yield "not a running number", _given(table, "sequence") & ~whole
    given, received = _given(table, "received"), rows.received
    yield "not a time of receipt", given & ~((received >= EARLIEST * 1000.0) & (received <= now + AHEAD))
    yield FUTURE, given & (rows.time > received + AHEAD)


def _take_readings(ingest: Ingest, table: DataFrame, file: Path) -> None:
    rows = _columns(table)
    with np.errstate(invalid="ignore"):
        good, aside = _sorted_out(ingest, table, file, _faults(ingest, table, rows))
    taken = {}
    for sensor in table.loc[good, "sensor"].unique():
        of = np.flatnonzero(good & (table["sensor"] == sensor).to_numpy())
        known = np.isfinite(rows.received[of])
        readings = Readings(
            sequence=rows.sequence[of].astype(np.int64),
            time=np.rint(rows.time[of]).astype(np.int64),
            value=rows.value[of],
            total=rows.total[of],
            received=np.where(known, np.where(known, rows.received[of], 0.0), float(NEVER)).astype(np.int64),
        )
        one = ingest.meters[sensor]
        check_period(ingest.plant, one, in_order(readings, one.period))
        taken[one.name] = readings
    _keep(ingest, aside)
    for name, readings in taken.items():
        ingest.add(name, readings)


def _take_scans(ingest: Ingest, table: DataFrame, file: Path) -> None:
    time = _times(table["time"])
    faults = (
        *_faults_of_time(time, ingest.clock() * 1000.0, "scanner"),
        ("a scan names no item", np.asarray(table["item"] == "")),
        (NO_SCANNER, ~np.asarray(table["scanner"].isin(known_scanners(ingest.plant)))),
    )
    good, aside = _sorted_out(ingest, table, file, faults)
    _keep(ingest, aside)
    kinds = table["type"] if "type" in table.columns else table["item"].map(lambda item: "")
    ingest.add_scans(
        Scan(round(at), scanner, item, kind or None)
        for at, scanner, item, kind, taken in zip(
            time.tolist(), table["scanner"], table["item"], kinds, good.tolist(), strict=True
        )
        if taken
    )


def _sorted_out(
    ingest: Ingest, table: DataFrame, file: Path, faults: Iterable[tuple[str, Flags]]
) -> tuple[Flags, list[Aside]]:
    """Which rows are good; the others with their first fault."""
    good = np.ones(len(table), dtype=bool)
    now = round(ingest.clock() * 1000)
    aside = []
    for reason, bad in faults:
        for row in np.flatnonzero(bad & good).tolist():
            text, line = ",".join(table.iloc[row]), int(table.index[row]) + 2
            detail = f"{file.name}:{line}: {reason}: {text}"
            aside.append(Aside(now, file.name, reason, detail, text.encode(), line))
        good &= ~bad
    return good, aside


def _keep(ingest: Ingest, aside: list[Aside]) -> None:
    if aside:
        ingest.store.set_aside(aside)
        ingest.report.aside.update(entry.reason for entry in aside)
