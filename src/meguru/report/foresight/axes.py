"""The section on two driving forces: four futures, held against the groups."""

from __future__ import annotations

from markupsafe import Markup

from meguru.foresight.analysis import Axis, DrivingForces, Quadrant
from meguru.foresight.telling.words import level, percent
from meguru.report.blocks import Cell, Figure, Section, Table
from meguru.report.both import Both
from meguru.report.foresight.groups import legend
from meguru.report.foresight.outlook import Outlook
from meguru.report.foresight.pictures.quadrants import Cell as Field
from meguru.report.foresight.pictures.quadrants import Force, draw_quadrants
from meguru.report.foresight.words import both, say
from meguru.report.numbers import brief


def axes(outlook: Outlook) -> list[Section]:
    """The section; none where no axes are named."""
    found = outlook.analysis.driving_forces
    if found is None:
        return []
    lead = say(
        "axes_lead",
        first=outlook.label(found.first.node),
        first_year=f"{found.first.year:g}",
        second=outlook.label(found.second.node),
        second_year=f"{found.second.year:g}",
        v=say("undefined") if found.association is None else brief(found.association),
    )
    return [Section("axes", say("axes"), lead, [_figure(outlook, found)])]


def _figure(outlook: Outlook, found: DrivingForces) -> Figure:
    fields = [_field(outlook, one) for one in found.quadrants]
    forces = (_force(outlook, found.first), _force(outlook, found.second))
    colours = [outlook.colour(code) for code in found.codes]
    svg = draw_quadrants(forces, fields, found.codes, colours, say("axes_picture"))
    rows: list[list[Cell]] = [
        [
            say("high" if one.first_high else "low"),
            say("high" if one.second_high else "low"),
            percent(one.share),
            *(percent(share) for share in one.groups or [0.0] * len(found.codes)),
            both(one.name) if one.name else say("no_futures"),
        ]
        for one in found.quadrants
    ]
    head: list[Cell] = [
        outlook.label(found.first.node),
        outlook.label(found.second.node),
        say("share"),
        *found.codes,
        say("name"),
    ]
    table = Table(head, rows, texts=(0, 1, 3 + len(found.codes)))
    return Figure(say("axes_picture"), Markup(svg), Both("", ""), table, legend(outlook), size="wide")


def _force(outlook: Outlook, axis: Axis) -> Force:
    cut = say("cut", cut=both(level(outlook.model, axis.node, axis.cut or 0.0)))
    return Force(outlook.label(axis.node) + f", {axis.year:g}", cut, say("high"), say("low"))


def _field(outlook: Outlook, one: Quadrant) -> Field:
    name = both(one.name) if one.name else say("no_futures")
    return Field(one.first_high, one.second_high, one.share, one.groups, name)
