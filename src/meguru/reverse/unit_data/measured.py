"""From cycles to unit data: estimates of energy and time by type and step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meguru.errors import ContradictionError
from meguru.files.marks import where
from meguru.quantity import Quantity
from meguru.reverse.meter.components import Plant
from meguru.reverse.meter.numbers import number
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

    Cycles of no known item are left out, and items with a cycle at the step that was broken off; several
    cycles of an item at a step are one. Idling is shared out by cycle and counted by item.

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
    cycles = measured.cycles[measured.cycles["type"].notna()]
    # An item of which one cycle at the step was broken off is no sample there, not even with the others.
    broken = cycles.groupby(["step", "item"])["cut"].transform(lambda cut: bool(cut.any()))
    whole = cycles[~broken.astype(bool)]
    if not len(whole):
        return
    items = (
        whole.groupby(["step", "type", "item"], sort=True)[["microwatthours", "seconds"]].sum().reset_index()
    )
    idle = idle_per_item(measured, whole)
    for step, rows in items.groupby("step", sort=True):
        here = whole[whole["step"] == step]
        consumables = _consumables(plant, str(step), here["machine"].unique())
        errors = _errors(measured, here)
        types = sorted(rows["type"].unique())
        families = [plant.types[kind].family if kind in plant.types else None for kind in types]
        energies, times = (
            estimate([rows.loc[rows["type"] == kind, column] for kind in types], families, level)
            for column in ("microwatthours", "seconds")
        )
        for kind, family, energy, time in zip(types, families, energies, times, strict=True):
            yield _entry(plant, str(step), kind, family, energy, time, idle[str(step)], errors, consumables)


def _errors(measured: Measured, cycles: DataFrame) -> dict[str, float]:
    """Sources of error of a step at which several channels may measure, each by its share of the energy."""
    energy = cycles.groupby("channel")["microwatthours"].sum()
    errors: dict[str, float] = {}
    for channel, share in (energy / energy.sum()).items():
        for source, error in measured.sources[str(channel)].items():
            errors[source] = errors.get(source, 0.0) + float(share) * error
    return errors


def _consumables(plant: Plant, step: str, machines: Iterable[str]) -> dict[str, Quantity]:
    """What an item takes at a step, which must not depend on the machine.

    Raises
    ------
    ContradictionError
        Two machines of the step have other amounts.
    """
    first, *others = sorted(machines)
    wanted = plant.machines[first].consumables
    for other in others:
        if plant.machines[other].consumables != wanted:
            place = f"machines.{other}.consumables"
            file, line = where(plant, place)
            raise ContradictionError(
                f"machines of one step, {step}, take other amounts per item", file=file, line=line,
                place=place, expected=f"those of {first}", hint="Give them steps of their own.",
            )  # fmt: skip
    return dict(wanted)


def _entry(
    plant: Plant,
    step: str,
    kind: str,
    family: str | None,
    energy: Estimate,
    time: Estimate,
    idle: float,
    errors: dict[str, float],
    consumables: dict[str, Quantity],
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
        consumables=consumables,
        errors=quantities(errors),
    )


def idle_per_item(measured: Measured, cycles: DataFrame) -> dict[str, float]:
    """Step → energy of idling per item, µWh.

    The idling of a channel is shared out by cycle, also to cycles of no known item; an item of several
    cycles bears several shares.

    Parameters
    ----------
    cycles
        Those whose items are counted.
    """
    idle = measured.days.groupby("channel")["idle"].sum()
    count = measured.cycles.groupby("channel").size()
    share = cycles["channel"].map({name: float(idle.get(name, 0)) / float(n) for name, n in count.items()})
    found = share.groupby(cycles["step"]).sum() / cycles.groupby("step")["item"].nunique()
    return {str(step): float(energy) for step, energy in found.items()}


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
