"""Checks of unit process data: keys that go together, ports that the process has."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import MissingValueError, ModelError, NetworkError, UnsupportedError, did_you_mean
from meguru.model.checks.fault import fault
from meguru.model.components import Model, UnitData
from meguru.model.network import ports_of
from meguru.model.walk import walk


def of_processes(model: Model) -> Iterator[tuple[str, str, UnitData]]:
    """(process, place, unit data) of each entry that a process uses, in place or of the library."""
    for name, process in model.processes.items():
        for index, entry in enumerate(process.unit):
            if isinstance(entry, UnitData):
                yield name, f"processes.{name}.unit.{index}", entry
            elif entry in model.unit_data:
                yield name, f"unit_data.{entry}", model.unit_data[entry]


def what_goes_together(model: Model) -> Iterator[ModelError]:
    """Capital has a life; an activity can be counted where it is."""
    for place, owner in walk(model):
        if isinstance(owner, UnitData) and (owner.capital is None) != (owner.capital_life is None):
            given, needed = ("capital", "capital_life") if owner.capital else ("capital_life", "capital")
            yield fault(
                MissingValueError,
                model,
                f"{place}.{needed}",
                f"missing beside '{given}'",
                found="nothing",
                expected="both or none",
            )
    for name, place, data in of_processes(model):
        kind = model.processes[name].kind
        if (data.basis == "stock" and kind not in ("use", "store")) or (
            data.basis == "output" and kind == "sink"
        ):
            what = "has no stock" if data.basis == "stock" else "gives nothing"
            yield fault(
                UnsupportedError,
                model,
                f"{place}.basis",
                f"a {kind} {what}",
                found=data.basis,
                expected="another basis",
            )


def ports(model: Model) -> Iterator[ModelError]:
    """A port that alone counts is one of the process."""
    for name, place, data in of_processes(model):
        names = ports_of(model, name)
        if data.port is not None and data.port not in names:
            yield fault(
                NetworkError,
                model,
                f"{place}.port",
                f"'{name}' has no such port",
                found=data.port,
                expected=names or "none: nothing leaves it",
                hint=did_you_mean(data.port, names),
            )
