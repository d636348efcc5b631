"""Names that nothing refers to: what is written there never matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meguru.errors import ModelWarning
from meguru.files.attribute import declared
from meguru.files.marks import where
from meguru.model.checks.names import referred
from meguru.model.components import Model
from meguru.model.walk import quantities, walk
from meguru.model.warnings.warning import warning

# Table → what can be said of an entry that nothing refers to.
TABLES = {
    "parameters": "no formula refers to this parameter",
    "actors": "this actor owns, pays and receives nothing",
    "impacts": "nothing causes this impact: it is always zero",
    "exchanges": "no unit data and no transport has this exchange",
    "unit_data": "no process uses these unit data",
    "items": "no process, route or bill of materials has this item",
    "measures": "no scenario takes this measure",
}


def names(model: Model, applied: Iterable[Model]) -> Iterator[ModelWarning]:
    """Everything that has a name is referred to, in the model or in a scenario; libraries may hold more."""
    used: set[tuple[str, str]] = set()
    for one in (model, *applied):
        used |= _referred_to(one)
    own = where(model, "name")[0]
    # Those that can be chosen are there for searches.
    used |= {
        ("measures", name) for name, one in model.measures.items() if one.kind or one.range or one.latest
    }
    for table, message in TABLES.items():
        for name in getattr(model, table):
            place = f"{table}.{name}"
            of_a_library = bool(model.libraries) and where(model, place)[0] != own
            if (table, name) not in used and not of_a_library:
                yield warning(model, place, message)


def _referred_to(model: Model) -> set[tuple[str, str]]:
    """(table, name) of everything that is referred to."""
    found: set[tuple[str, str]] = set()
    for _, owner in walk(model):
        for one in declared(type(owner)).values():
            value = getattr(owner, one.name)
            if one.attribute.form == "unit_data":
                found.update(("unit_data", entry) for entry in value if isinstance(entry, str))
            elif one.attribute.refers and one.name != "excludes":  # what is excluded is not taken
                found.update((one.attribute.refers, name) for _, name in referred(one.attribute, value, ""))
    for _, quantity, _, _ in quantities(model):
        found.update(("parameters", name) for name in quantity.formula_names())
    return found
