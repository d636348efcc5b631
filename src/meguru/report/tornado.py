"""The report of a tornado: one picture for each indicator, and those that never react."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from meguru.engine.results.result import hash_of
from meguru.model import Model, apply, reference_name
from meguru.model.walk import quantities
from meguru.report.blocks import Cell, Figure, Gallery, Section, Table, Text
from meguru.report.both import EMPTY, Both, joined
from meguru.report.ensemble import Look
from meguru.report.html import Head, html_page, write_page
from meguru.report.model_head import model_head
from meguru.report.overview import scale_of
from meguru.report.svg.bars import swatch
from meguru.report.svg.canvas import PALETTE
from meguru.report.svg.tornado import AT_HIGH, AT_LOW, Swing, draw_tornado
from meguru.report.words import Names, say
from meguru.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

SHOWN = 12  # bars in a picture


def write_tornado(
    model: Model,
    scenario: str | None,
    table: DataFrame,
    path: str | os.PathLike[str],
    language: str = "en",
) -> None:
    """Write tornado pictures of a model as one HTML page that needs nothing else.

    Parameters
    ----------
    scenario
        That was looked at; None: the reference.
    table
        What :func:`meguru.explore.tornado` gave for a model.
    path
        Written beside and then renamed.
    language
        ``en`` or ``ja``: the one shown first.

    Raises
    ------
    WriteError
        The file can not be written.
    """
    name = scenario or reference_name(model)
    write_page(html_page(_head(model, name), [_section(model, name, table)], language), path)


def _section(model: Model, scenario: str, table: DataFrame) -> Section:
    names, labels = Names(model), number_labels(model, scenario)
    rows: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()} for row in table.to_dict("records")
    ]
    figures, silent = [], []
    for output in dict.fromkeys(str(row["output"]) for row in rows):
        of_output = [row for row in rows if row["output"] == output]
        if of_output[0]["reacts"]:
            figures.append(_figure(labels, names.indicator(output), of_output))
        else:
            silent.append(names.indicator(output))
    legend = [
        (Markup(swatch(AT_LOW)), say("tornado_low")),
        (Markup(swatch(AT_HIGH)), say("tornado_high")),
    ]
    section = Section("tornado", say("tornado"), say("tornado_lead"), [Gallery(figures, legend)])
    if silent:
        section.blocks.append(Text(say("never_react", names=joined(", ", silent)), "strong"))
    return section


def _figure(labels: Mapping[str, Both], label: Both, rows: list[dict[str, Any]]) -> Figure:
    base = _known(rows[0]["base"])
    ends = [_known(row[key]) for row in rows for key in ("at_low", "at_high", "base")]
    scale = scale_of(str(rows[0]["unit"]), ends)
    cells: list[list[Cell]] = []
    for row in rows:
        values = [_known(row[key]) for key in ("at_low", "base", "at_high", "swing")]
        cells.append(
            [
                labels[str(row["input"])],
                *(say("undefined") if one is None else scale.text(one) for one in values),
            ]
        )
    head = [say("uncertain_number"), say("tornado_low"), say("at_medians"), say("tornado_high"), say("swing")]
    table = Table(head, cells)
    if base is None:
        return Figure(label, Markup(""), say("undefined"), table, size="medium", by_scenario=False)
    swings = [
        Swing(labels[str(row["input"])], _known(row["at_low"]), _known(row["at_high"]))
        for row in rows[:SHOWN]
    ]
    words = (say("tornado_low"), say("tornado_high"), say("undefined"))
    svg = draw_tornado(swings, base, scale, words, label)
    return Figure(label, Markup(svg), EMPTY, table, size="medium", by_scenario=False)


def _known(value: object) -> float | None:
    return float(value) if isinstance(value, float) else None


def number_labels(model: Model, scenario: str | None) -> dict[str, Both]:
    """Every quantity of a scenario, or of the reference that it is compared with, as it is read, with unit.

    Of one with a factor ``uncertain`` it is the factor that is uncertain.
    """
    reference = reference_name(model)
    found: dict[str, Both] = {}
    for name in (reference, scenario or reference):
        for place, quantity, _, _ in quantities(apply(model, name)):
            unit = say("as_factor") if quantity.uncertain is not None else Both.of(quantity.unit)
            found[place] = place_label(model, place) + (", " + unit if unit.en else "")
    return found


def place_label(model: Model, place: str) -> Both:
    """A place of the model as it is read: the label of what it belongs to, and the rest of the path."""
    names = Names(model)
    table, _, path = place.partition(".")
    holders = {"processes": names.process, "items": names.item, "routes": names.route}
    if table not in holders:
        return Both.of(path.replace("_", " ") or table)
    known = [entry.name_in_list() for entry in model.routes] if table == "routes" else getattr(model, table)
    fitting = [str(one) for one in known if one and (path == one or path.startswith(f"{one}."))]
    holder = max(fitting, key=len, default=path)
    rest = path[len(holder) + 1 :].replace("_", " ").replace(".", " › ")
    return holders[table](holder) + (f": {rest}" if rest else "")


def _head(model: Model, scenario: str) -> Head:
    return model_head(
        model,
        (model.time.first, model.time.last),
        say("tornado"),
        [Look(scenario, Names(model).scenario(scenario), PALETTE[0], "", "circle")],
        None,
        created=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
        model_hash=hash_of(model),
        seed=None,
    )
