"""Readings and scans from CSV tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meguru.errors import NotReadableError, UnknownKeyError, did_you_mean
from meguru.reverse.meter.ingest import AHEAD, TOO_MUCH, Ingest, Report, too_much
from meguru.reverse.meter.readings import NEVER, Readings
from meguru.reverse.meter.senml import NO_NUMBER, UNITS, Scan
from meguru.reverse.meter.store import Aside

if TYPE_CHECKING:
    from pandas import DataFrame, Series

NEEDED = ("time", "sensor", "value", "unit")
MAY_HAVE = ("sequence", "total", "received")
SCANS = ("time", "scanner", "item")


def ingest_table(ingest: Ingest, path: str | os.PathLike[str]) -> Report:
    """Take a CSV table of readings or of scans into a store.

    Readings have the columns time, sensor, value, unit, and may have sequence, total, received; scans have
    time, scanner, item, and may have type. Times are ISO 8601 with offset, or seconds since 1970. Rows that
    can not be taken are set aside with the reason.

    Raises
    ------
    NotReadableError
        No CSV table.
    UnknownKeyError
        Columns are missing or not known.
    """
    import pandas as pd

    file = Path(path)
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise NotReadableError("not a CSV table", file=str(file), found=str(error)) from error
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


def _times(column: Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Milliseconds since 1970; NaN: not a time."""
    import pandas as pd

    seconds = pd.to_numeric(column, errors="coerce")
    if seconds.isna().any():
        text = column.where(column.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True))
        stamps = pd.to_datetime(text, errors="coerce", utc=True, format="ISO8601")
        epoch = pd.Timestamp(0, tz="UTC")
        seconds = seconds.fillna((stamps - epoch).dt.total_seconds())
    return np.asarray(seconds, dtype=np.float64) * 1000.0


def _numbers(table: DataFrame, name: str, missing: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    import pandas as pd

    if name not in table.columns:
        return np.full(len(table), missing)
    return np.asarray(pd.to_numeric(table[name], errors="coerce").fillna(missing), dtype=np.float64)


def _take_readings(ingest: Ingest, table: DataFrame, file: Path) -> None:
    now = ingest.clock() * 1000.0
    time, value = _times(table["time"]), _numbers(table, "value", np.nan)
    factor = table["unit"].map({name: one[1] for name, one in UNITS.items()}).to_numpy(dtype=np.float64)
    canonical = table["unit"].map({name: one[0] for name, one in UNITS.items()})
    wanted = table["sensor"].map({name: one.unit for name, one in ingest.meters.items()})
    received = _times(table["received"]) if "received" in table.columns else np.full(len(table), np.nan)
    total = _numbers(table, "total", np.nan) * factor
    scales = {name: one.scale for name, one in ingest.meters.items()}
    scale = np.asarray(table["sensor"].map(scales), dtype=np.float64)
    faults = (
        ("no channel has this sensor", wanted.isna().to_numpy()),
        ("not the unit of the channel", (canonical != wanted).to_numpy()),
        ("not a time with offset", ~np.isfinite(time)),
        ("not a finite number", ~np.isfinite(value)),
        (TOO_MUCH, too_much(value * factor, total, scale)),
        ("from the future", time > np.where(np.isfinite(received), received, now) + AHEAD),
    )
    good = _set_aside(ingest, table, file, faults)
    for sensor in table.loc[good, "sensor"].unique():
        rows = np.flatnonzero(good & (table["sensor"] == sensor).to_numpy())
        known = np.isfinite(received[rows])
        readings = Readings(
            sequence=_numbers(table, "sequence", NO_NUMBER)[rows].astype(np.int64),
            time=np.rint(time[rows]).astype(np.int64),
            value=(value * factor)[rows],
            total=total[rows],
            received=np.where(known, np.where(known, received[rows], 0.0), float(NEVER)).astype(np.int64),
        )
        ingest.add(ingest.meters[sensor].name, readings)


def _take_scans(ingest: Ingest, table: DataFrame, file: Path) -> None:
    time = _times(table["time"])
    faults = (
        ("not a time with offset", ~np.isfinite(time)),
        ("from the future", time > ingest.clock() * 1000.0 + AHEAD),
        ("a scan names no item", (table["item"] == "").to_numpy()),
    )
    good = _set_aside(ingest, table, file, faults)
    kinds = table["type"] if "type" in table.columns else table["item"].map(lambda item: "")
    ingest.add_scans(
        Scan(round(at), scanner, item, kind or None)
        for at, scanner, item, kind, taken in zip(
            time.tolist(), table["scanner"], table["item"], kinds, good.tolist(), strict=True
        )
        if taken
    )


def _set_aside(
    ingest: Ingest,
    table: DataFrame,
    file: Path,
    faults: tuple[tuple[str, np.ndarray[tuple[int], np.dtype[np.bool_]]], ...],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Set rows with a fault aside, with the first reason; which rows are left."""
    good = np.ones(len(table), dtype=bool)
    now = round(ingest.clock() * 1000)
    entries = []
    for reason, bad in faults:
        for row in np.flatnonzero(bad & good).tolist():
            line = ",".join(table.iloc[row])
            entries.append(
                Aside(now, file.name, reason, f"{file.name}:{row + 2}: {reason}: {line}", line.encode())
            )
        good &= ~bad
    if entries:
        ingest.store.set_aside(entries)
        ingest.report.aside.update(entry.reason for entry in entries)
    return good
