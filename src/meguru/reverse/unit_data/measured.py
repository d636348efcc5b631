"""From cycles to unit data: estimates of energy and time by type and step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meguru.quantity import Quantity
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.plant_file import number
from meguru.reverse.segment.process import Measured
from meguru.reverse.unit_data.estimate import Estimate, estimate
from meguru.reverse.unit_data.records import Entry, UnitData, quantities

if TYPE_CHECKING:
    from pandas import DataFrame

MICRO = 1e-9  # µWh → kWh
DIGITS = 6


def to_unit_data(
    plant: Plant, measured: Measured, *, level: float = 0.95, made: datetime | None = None
) -> UnitData:
    """Unit data of every type and step that the readings tell of.

    Cycles that were broken off, and those of no known item, are left out; several cycles of an item at a
    step are one. Idling is shared out by item.

    Parameters
    ----------
    level
        Of the intervals.
    made
        When; default now.
    """
    when = (made or datetime.now(UTC)).isoformat(timespec="seconds")
    days = sorted(measured.days["day"]) if len(measured.days) else [None]
    return UnitData(
        plant=plant.name,
        synthetic=plant.synthetic,
        version=1,
        made=when,
        first=days[0],
        last=days[-1],
        entries=list(_entries(plant, measured, level)),
    )


def _entries(plant: Plant, measured: Measured, level: float) -> Iterator[Entry]:
    idle = idle_per_cycle(measured)
    whole = measured.cycles[~measured.cycles["cut"].astype(bool) & measured.cycles["type"].notna()]
    if not len(whole):
        return
    items = (
        whole.groupby(["step", "type", "item"], sort=True)[["microwatthours", "seconds"]].sum().reset_index()
    )
    for step, rows in items.groupby("step", sort=True):
        machine = next(name for name, one in plant.machines.items() if one.step == step)
        channel = plant.machines[machine].channel
        types = sorted(rows["type"].unique())
        families = [plant.types[kind].family if kind in plant.types else None for kind in types]
        energies, times = (
            estimate([rows.loc[rows["type"] == kind, column] for kind in types], families, level)
            for column in ("microwatthours", "seconds")
        )
        for kind, family, energy, time in zip(types, families, energies, times, strict=True):
            yield _entry(
                plant,
                machine,
                str(step),
                kind,
                family,
                energy,
                time,
                idle[channel],
                measured.sources[channel],
            )


def _entry(
    plant: Plant,
    machine: str,
    step: str,
    kind: str,
    family: str | None,
    energy: Estimate,
    time: Estimate,
    idle: float,
    sources: dict[str, float],
) -> Entry:
    mass = plant.types[kind].mass if kind in plant.types else None

    def kilowatthours(value: float | None) -> Quantity | None:
        return None if value is None else Quantity(_short(value * MICRO), "kWh/piece")

    median = kilowatthours(energy.median)
    assert median is not None
    return Entry(
        type=kind,
        step=step,
        family=family,
        count=energy.count,
        energy=median,
        energy_low=kilowatthours(energy.low),
        energy_high=kilowatthours(energy.high),
        energy_gsd=_ratio(energy.gsd),
        energy_error=_ratio(energy.spread),
        level=Quantity(energy.level),
        idle=Quantity(_short(idle * MICRO), "kWh/piece"),
        time=Quantity(_short(time.median), "s/piece"),
        time_gsd=_ratio(time.gsd),
        own=Quantity(_short(energy.own)),
        mass=None if mass is None else Quantity(number(plant, mass, "kg", f"types.{kind}.mass"), "kg/piece"),
        consumables=dict(plant.machines[machine].consumables),
        errors=quantities(sources),
    )


def idle_per_cycle(measured: Measured) -> dict[str, float]:
    """Channel → energy of idling per cycle, µWh."""
    idle = measured.days.groupby("channel")["idle"].sum()
    cycles = measured.cycles.groupby("channel").size()
    return {name: float(idle.get(name, 0)) / float(cycles[name]) for name in cycles.index}


def table(data: UnitData) -> DataFrame:
    """Unit data as a table: one row an entry, kWh and seconds per item and kWh per kg."""
    import pandas as pd

    def value(quantity: Quantity | None) -> float | None:
        return None if quantity is None else quantity.value

    rows = []
    for one in data.entries:
        energy, mass = value(one.energy), value(one.mass)
        rows.append(
            {
                "step": one.step,
                "type": one.type,
                "family": one.family,
                "count": one.count,
                "kwh": energy,
                "low": value(one.energy_low),
                "high": value(one.energy_high),
                "gsd": value(one.energy_gsd),
                "idle": value(one.idle),
                "seconds": value(one.time),
                "kwh_per_kg": energy / mass if energy is not None and mass else None,
                "own": value(one.own),
            }
        )
    return pd.DataFrame(rows)


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _ratio(value: float | None) -> Quantity | None:
    return None if value is None else Quantity(_short(value))
