"""The reverse supply chain, digitised: meter each step of a dismantling line, make unit data of it.

Which type came back is told by :mod:`meguru.reverse.catalogue` and :mod:`meguru.reverse.identify`.

>>> from meguru.reverse import Store, process, read_plant, to_unit_data
>>> plant = read_plant("plant.yaml")
>>> to_unit_data(plant, process(plant, Store(Path("store"))))

Names are handed on when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "Identifier",
    "Ingest",
    "Live",
    "Store",
    "add_version",
    "approve",
    "chain_energy",
    "day_offset",
    "estimate",
    "ingest_table",
    "latest",
    "load_catalogue",
    "process",
    "read_chains",
    "read_plant",
    "simulate_plant",
    "to_library",
    "to_unit_data",
    "write_to_store",
]

if TYPE_CHECKING:
    from meguru.reverse.catalogue import load_catalogue
    from meguru.reverse.identify import Identifier
    from meguru.reverse.live.view import Live
    from meguru.reverse.meter.ingest import Ingest
    from meguru.reverse.meter.plant_file import day_offset, read_plant
    from meguru.reverse.meter.store import Store
    from meguru.reverse.meter.tables import ingest_table
    from meguru.reverse.plant.sensors import simulate_plant
    from meguru.reverse.plant.writing import write_to_store
    from meguru.reverse.segment.process import process
    from meguru.reverse.unit_data.estimate import estimate
    from meguru.reverse.unit_data.export import chain_energy, read_chains, to_library
    from meguru.reverse.unit_data.measured import to_unit_data
    from meguru.reverse.unit_data.records import add_version, approve, latest
else:
    _HOMES = {
        "load_catalogue": "catalogue",
        "Identifier": "identify",
        "Live": "live.view",
        "Ingest": "meter.ingest",
        **dict.fromkeys(("day_offset", "read_plant"), "meter.plant_file"),
        "Store": "meter.store",
        "ingest_table": "meter.tables",
        "simulate_plant": "plant.sensors",
        "write_to_store": "plant.writing",
        "process": "segment.process",
        "estimate": "unit_data.estimate",
        **dict.fromkeys(("chain_energy", "read_chains", "to_library"), "unit_data.export"),
        "to_unit_data": "unit_data.measured",
        **dict.fromkeys(("add_version", "approve", "latest"), "unit_data.records"),
    }

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module 'meguru.reverse' has no attribute {name!r}")
        value = getattr(import_module(f"meguru.reverse.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *_HOMES})
