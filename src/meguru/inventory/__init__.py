"""Unit process data: flows, factors and activities in libraries, and importers of what others publish.

>>> from meguru import inventory
>>> library = inventory.read_library("meguru:open")
>>> inventory.factor(library, "軽油", "climate", region="JP", unit="MJ")

Names are handed on when first used: a model that takes from a library needs no importer.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "Activity",
    "Exchange",
    "Factor",
    "Flow",
    "Found",
    "Gap",
    "Hit",
    "Impact",
    "Library",
    "Solved",
    "StandIn",
    "export_openlca",
    "factor",
    "find_activity",
    "find_flow",
    "find_gaps",
    "find_stand_ins",
    "import_brightway",
    "import_ecospold",
    "import_openlca",
    "import_table",
    "library_from_data",
    "parse_library",
    "read_library",
    "search",
    "shipped_libraries",
    "solve",
    "spread",
    "subset",
    "unknown_units",
    "update_library",
    "write_library",
]

if TYPE_CHECKING:
    from meguru.inventory.components import Activity, Exchange, Factor, Flow, Impact, Library
    from meguru.inventory.importers.brightway import import_brightway
    from meguru.inventory.importers.ecospold import import_ecospold
    from meguru.inventory.importers.naming import unknown_units
    from meguru.inventory.importers.openlca import import_openlca
    from meguru.inventory.importers.openlca_export import export_openlca
    from meguru.inventory.importers.table import import_table
    from meguru.inventory.links import Gap, StandIn, find_gaps, find_stand_ins
    from meguru.inventory.lookup import Found, Hit, factor, find_activity, find_flow, search
    from meguru.inventory.pedigree import spread
    from meguru.inventory.read import (
        library_from_data,
        parse_library,
        read_library,
        shipped_libraries,
        write_library,
    )
    from meguru.inventory.solving import Solved, solve
    from meguru.inventory.subsets import subset
    from meguru.inventory.updating import update_library
else:
    # Hidden from type checkers, which would otherwise take every misspelt name for a good one.
    _HOMES = {
        **dict.fromkeys(("Activity", "Exchange", "Factor", "Flow", "Impact", "Library"), "components"),
        "import_brightway": "importers.brightway",
        "import_ecospold": "importers.ecospold",
        "import_openlca": "importers.openlca",
        "export_openlca": "importers.openlca_export",
        "import_table": "importers.table",
        **dict.fromkeys(("Gap", "StandIn", "find_gaps", "find_stand_ins"), "links"),
        **dict.fromkeys(("Found", "Hit", "factor", "find_activity", "find_flow", "search"), "lookup"),
        "spread": "pedigree",
        **dict.fromkeys(
            ("library_from_data", "parse_library", "read_library", "shipped_libraries", "write_library"),
            "read",
        ),
        **dict.fromkeys(("Solved", "solve"), "solving"),
        "subset": "subsets",
        "unknown_units": "importers.naming",
        "update_library": "updating",
    }

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module 'meguru.inventory' has no attribute {name!r}")
        value = getattr(import_module(f"meguru.inventory.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *_HOMES})
