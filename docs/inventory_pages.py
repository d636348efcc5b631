"""The pages of inventory libraries and of the files of the reverse chain, from their declarations; the open
library from its file.

A hook of MkDocs: the pages exist only while the site is built, so that they can not go out of date.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from mkdocs.structure.files import File

from meguru import inventory
from meguru.files.attribute import Declared, declared
from meguru.files.component import Component
from meguru.inventory.components import KINDS, Factor, Library
from meguru.inventory.importers.table_mapping import KINDS as MAPPING_KINDS
from meguru.inventory.lookup import shown
from meguru.inventory.read import library_schema
from meguru.quantity import Quantity, write_quantity
from meguru.reverse.catalogue import components as product_types
from meguru.reverse.catalogue.files import catalogue_schema
from meguru.reverse.meter import components as meters
from meguru.reverse.meter.plant_file import plant_schema
from meguru.reverse.unit_data import export, records

BUILT = "*This page is built from the code.*\n"
SHARED = ("label", "note")
FORMS = {
    "flag": "true or false",
    "whole": "whole number",
    "quantity": "number",
    "quantities": "names → numbers",
    "component": "mapping",
    "components": "names → mappings",
    "list": "list",
    "table": "names → texts",
}


def on_files(files: Any, *, config: Any) -> Any:
    """Add the pages to those of the site."""
    for path, content in pages().items():
        files.append(File.generated(config, f"reference/{path}", content=content))
    return files


def pages() -> dict[str, str]:
    """Path → content of everything that is built."""
    return {
        "inventory-file.md": inventory_file(),
        "open-library.md": open_library(),
        "catalogue-file.md": catalogue_file(),
        "plant-file.md": plant_file(),
        "unit-data-file.md": unit_data_file(),
        **{
            f"{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
            for name, schema in (
                ("inventory", library_schema()),
                ("catalogue", catalogue_schema()),
                ("plant", plant_schema()),
                ("unit-data", records.unit_data_schema()),
                ("chains", export.chains_schema()),
            )
        },
    }


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    heads, body = list(head), [list(row) for row in rows]
    lines = [heads, ["---"] * len(heads), *body]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def inventory_file() -> str:
    """Every key of every component of a library, then of the mapping of a table's columns."""
    parts = [
        "# Inventory library\n",
        BUILT,
        "A library of unit process data is one YAML 1.2 file (JSON is accepted) that says `inventory: 1`. "
        "Every entry may have a `label` (a text or one for each language, `{en: …, ja: …}`) and a `note` "
        "besides. A *number* may be any of [these](numbers.md) but a formula. Editors complete and check by "
        "the JSON Schema, [inventory.schema.json](inventory.schema.json). How to: [Unit process data]"
        "(../how-to/unit-data.md).\n",
    ]
    parts += _components("Library", KINDS)
    parts += ["## The mapping of a table\n", "A file of its own, named with `--columns`.\n"]
    for name, kind in MAPPING_KINDS.items():
        parts += [f"### {name}\n", _summary(kind), _attributes(kind)]
    return "\n".join(parts)


def catalogue_file() -> str:
    """Every key of a catalogue of product types."""
    parts = [
        "# Catalogue of product types\n",
        BUILT,
        "A catalogue is a folder; its `catalogue.yaml` (YAML 1.2, JSON is accepted) says `catalogue: 1`. "
        "Reference photos lie beside it in `photos/TYPE/`, icons in files named `icon…`. As a table, each "
        "key of a type is a column, and `name` one more. Every entry may have a `label` (a text or one for "
        "each language, `{en: …, ja: …}`) and a `note` besides. Editors complete and check by the JSON "
        "Schema, [catalogue.schema.json](catalogue.schema.json) (`meguru reverse schema catalogue`), where "
        "the first line of the file names it: `# yaml-language-server: $schema=catalogue.schema.json`. "
        "How to: [Which product type came back](../how-to/identify.md).\n",
    ]
    return "\n".join([*parts, *_components("Catalogue", product_types.KINDS)])


def plant_file() -> str:
    """Every key of a plant file."""
    parts = [
        "# Plant file\n",
        BUILT,
        "What is metered: one YAML 1.2 file (JSON is accepted) that says `plant: 1`. Every entry may have a "
        "`label` and a `note` besides. A *number* is one number with its unit. JSON Schema: "
        "[plant.schema.json](plant.schema.json) (`meguru reverse schema plant`). How to: "
        "[Metering a line](../how-to/metering.md).\n",
    ]
    return "\n".join([*parts, *_components("Plant", meters.KINDS)])


def unit_data_file() -> str:
    """Every key of unit data from readings, and of the chains that are made of them."""
    parts = [
        "# Unit data from readings\n",
        BUILT,
        "Versions of unit data are written by `meguru reverse unit-data`; chains are written by hand. Both "
        "are YAML 1.2 files (JSON is accepted). JSON Schemas: [unit-data.schema.json](unit-data.schema.json) "
        "and [chains.schema.json](chains.schema.json) (`meguru reverse schema unit-data` and `… chains`). "
        "How to: [Unit data from readings](../how-to/unit-data-from-readings.md).\n",
    ]
    parts += _components("UnitData", records.KINDS)
    return "\n".join([*parts, *_components("Chains", export.KINDS)])


def _components(first: str, kinds: Mapping[str, type[Component]]) -> list[str]:
    """A section for each component, that of the whole file first."""
    parts = []
    for name, kind in {first: kinds[first], **kinds}.items():
        parts += [f"## {name}\n", _summary(kind), _attributes(kind)]
    return parts


def _summary(kind: type[Component]) -> str:
    text = " ".join((kind.__doc__ or "").split())
    return f"{text}\n" if not text.startswith(f"{kind.__name__}(") else ""


def _attributes(kind: type[Component]) -> str:
    rows = [
        (f"`{one.key}`", _form(one), one.attribute.dimension, _default(kind, one), one.attribute.doc)
        for one in declared(kind).values()
        if one.key not in SHARED
    ]
    return table(("key", "form", "dimension", "default", "what"), rows)


def _form(one: Declared) -> str:
    spec = one.attribute
    if spec.form == "choice":
        return " or ".join(f"`{choice}`" for choice in spec.choices)
    word = FORMS.get(spec.form, spec.form)
    return f"{word}: [{spec.component}](#{spec.component.lower()})" if spec.component else word


def _default(kind: type[Component], one: Declared) -> str:
    if one.attribute.required:
        return "**required**"
    found = next(item for item in dataclasses.fields(kind) if item.name == one.name).default
    if found is dataclasses.MISSING or found in (None, ""):
        return ""
    if isinstance(found, Quantity):
        return f"`{write_quantity(found)}`"
    return f"`{str(found).lower() if isinstance(found, bool) else found}`"


def open_library() -> str:
    """Every factor of the library that comes with meguru, with source, year and licence."""
    library = inventory.read_library("meguru:open")
    sources: dict[tuple[str, str], int] = {}
    rows = [
        (f"`{name}`", f"{shown(name, flow)}, {shown(name, flow, 'ja')}", *_factor(factor, sources))
        for name, flow in library.flows.items()
        for factor in flow.factors
    ]
    told = "".join(f"{number}. {text}. *{licence}*\n" for (text, licence), number in sources.items())
    impacts = [f"`{name}` is {one.method}, in {one.unit}." for name, one in library.impacts.items()]
    return "\n".join(
        [
            "# The open library\n",
            BUILT,
            "`meguru:open` comes with meguru, to begin with. What is assumed says so. "
            f"{' '.join(impacts)} Factors of electricity and fuels are those of what is burnt, not of what "
            "lies behind it; for a study take the tables of your country or a database "
            "([how to](../how-to/unit-data.md)).\n",
            table(("name", "", "factor", "region, year", "covers", "source"), rows),
            "## Sources and licences\n",
            told,
            _activities(library),
        ]
    )


def _activities(library: Library) -> str:
    rows = [
        (
            f"`{name}`",
            shown(name, one),
            "; ".join(f"{_number(exchange.amount)} {exchange.flow}" for exchange in one.exchanges),
            f"{_number(one.amount)} {one.flow}",
            f"{'**assumed**: ' if one.assumed else ''}{one.source}",
            one.licence or "",
        )
        for name, one in library.activities.items()
    ]
    return "## Activities\n\n" + table(("name", "", "takes", "for", "source", "licence"), rows)


def _factor(factor: Factor, sources: dict[tuple[str, str], int]) -> tuple[str, ...]:
    """The cells of a factor; its source is numbered."""
    number = sources.setdefault((factor.source or "", factor.licence or ""), len(sources) + 1)
    years = [f"{year:g}" for year in factor.amount.years] or [str(factor.year or "")]
    return (
        _number(factor.amount),
        f"{factor.region or 'everywhere'}, {', '.join(years)}",
        factor.scope or "",
        f"{'**assumed** ' if factor.assumed else ''}({number})",
    )


def _number(quantity: Quantity) -> str:
    given = [quantity.value] if quantity.value is not None else list(quantity.values)
    return f"{', '.join(f'{value:g}' for value in given if value is not None)} {quantity.unit}"
