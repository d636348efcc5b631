"""The life cycle as a picture and as a Sankey, for each scenario."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from markupsafe import Markup

from meguru.report.blocks import Block, Cell, Figure, Section, Table, tabs
from meguru.report.both import Both, joined
from meguru.report.layers import Layers, find_layers
from meguru.report.numbers import Scale, brief, scale_for
from meguru.report.study import Arc, Run, Study
from meguru.report.svg.bars import swatch
from meguru.report.svg.canvas import PALETTE
from meguru.report.svg.lifecycle import (
    COLOURS,
    FORWARD,
    NOTHING,
    RETURN,
    REVERSE,
    THINNEST,
    WIDEST,
    Arrow,
    Box,
    draw_life_cycle,
)
from meguru.report.svg.sankey import draw_sankey
from meguru.report.words import OUTSIDE, say

MOST_MATERIALS = 6  # Sankeys of single materials
NOTHING_BELOW = 1e-9  # of the largest arc: rounding, not a flow


def cycle(study: Study) -> list[Section]:
    """The picture of the life cycle and the Sankeys."""
    first = len(study.runs) - 1
    largest = max((float(arc.mass[-1].sum()) for run in study.runs for arc in run.arcs), default=0.0)
    scale = scale_for("kg", [largest], per_year=True)
    pictures = [(run.label, [_picture(study, run, scale)]) for run in study.runs]
    sankeys = [(run.label, _sankeys(study, run)) for run in study.runs]
    return [
        Section(
            "life-cycle",
            say("life_cycle"),
            say("life_cycle_lead", year=study.last),
            tabs(say("scenario"), pictures, first),
        ),
        Section("sankey", say("sankey"), say("sankey_lead"), tabs(say("scenario"), sankeys, first)),
    ]


def _layers(run: Run, names: Sequence[str], arcs: Sequence[Arc]) -> Layers:
    kinds = {name: process.kind for name, process in run.result.model.processes.items()}
    return find_layers(names, [(arc.source, arc.target) for arc in arcs], kinds)


def _picture(study: Study, run: Run, scale: Scale) -> Figure:
    model, names = run.result.model, run.names
    used = {end for arc in run.arcs for end in (arc.source, arc.target)}
    shown = [name for name in model.processes if name in used]
    layers = _layers(run, shown, run.arcs)
    lane_of = {name: model.processes[name].actor or OUTSIDE for name in shown}
    lanes = [(key, names.actor(key)) for key in [*model.actors, OUTSIDE] if key in lane_of.values()]
    lanes = list(dict(lanes).items())
    boxes = [_box(run, name, lane_of[name]) for name in shown]
    arrows = [_arrow(run, arc, layers) for arc in run.arcs]
    title = say("life_cycle_of", scenario=run.label, year=study.last)
    alt = say("life_cycle_alt", scenario=run.label, count=len(shown), year=study.last)
    svg = draw_life_cycle(boxes, lanes, arrows, layers, alt)
    legend = [
        (Markup(swatch(COLOURS[kind])), say(f"arrow_{kind}")) for kind in (FORWARD, REVERSE, RETURN, NOTHING)
    ]
    return Figure(title, Markup(svg), _picture_note(run, scale), _arc_table(run, scale), legend, "wide")


def _picture_note(run: Run, scale: Scale) -> Both:
    largest = max((float(arc.mass[-1].sum()) for arc in run.arcs), default=0.0)
    return say("life_cycle_note", least=scale.full(float(f"{largest * THINNEST / WIDEST:.1g}")))


def _box(run: Run, name: str, lane: str) -> Box:
    process = run.result.model.processes[name]
    entering = sum(float(arc.mass[-1].sum()) for arc in run.arcs if arc.target == name)
    leaving = sum(float(arc.mass[-1].sum()) for arc in run.arcs if arc.source == name)
    title = run.names.process(name) + " (" + say(f"kind_{process.kind}") + ")\n" + run.names.actor(lane)
    title = (
        title
        + "\n"
        + say("in")
        + ": "
        + _amount(entering, True)
        + "\n"
        + say("out")
        + ": "
        + _amount(leaving, True)
    )
    return Box(name, run.names.process(name), say(f"kind_{process.kind}"), lane, process.kind, title)


def _arrow(run: Run, arc: Arc, layers: Layers) -> Arrow:
    value = float(arc.mass[-1].sum())
    kind = RETURN if (arc.source, arc.target) in layers.back else REVERSE if arc.back else FORWARD
    way = run.names.process(arc.source) + " → " + run.names.process(arc.target)
    lines = [run.names.item(item) + ": " + _amount(float(mass[-1]), True) for item, mass in arc.items.items()]
    return Arrow(arc.source, arc.target, value, _amount(value), joined("\n", [way, *lines]), kind)


def _amount(kilograms: float, per_year: bool = False) -> Both:
    """A mass in a unit of its own: streams of one picture differ by many powers of ten."""
    scale = scale_for("kg", [kilograms], per_year=per_year)
    return Both.of(brief(kilograms / scale.size)) + "\N{NO-BREAK SPACE}" + scale.unit


def _arc_table(run: Run, scale: Scale) -> Table:
    head: list[Cell] = [
        say("from"),
        say("to"),
        say("item"),
        say("direction"),
        say("mass") + ", " + scale.unit,
    ]
    rows: list[list[Cell]] = []
    for arc in run.arcs:
        for item, mass in arc.items.items():
            direction = say("reverse") if arc.back else say("forward")
            names = run.names
            rows.append(
                [
                    names.process(arc.source),
                    names.process(arc.target),
                    names.item(item),
                    direction,
                    scale.text(float(mass[-1])),
                ]
            )
    return Table(head, rows, texts=(0, 1, 2, 3))


def _sankeys(study: Study, run: Run) -> list[Block]:
    """All materials in the last year and over all years, then each material in the last year."""
    totals = {
        name: float(sum(arc.mass[-1, index] for arc in run.arcs)) for index, name in enumerate(run.materials)
    }
    flowing = [name for name in run.materials if totals[name] > 0.0]
    if not flowing:
        return []
    last = np.array([arc.mass[-1] for arc in run.arcs])
    views: list[tuple[Both, list[Block]]] = [
        (say("all_materials"), [_sankey(study, run, last, flowing, say("in_year", year=study.last), True)])
    ]
    if len(study.years) > 1:
        whole = np.array([arc.mass.sum(axis=0) for arc in run.arcs])
        span = say("from_to", first=study.years[0], last=study.last)
        views.append((say("all_years"), [_sankey(study, run, whole, flowing, span, False)]))
    if len(flowing) > 1:
        for name in sorted(flowing, key=lambda one: totals[one])[:MOST_MATERIALS]:
            views.append(
                (
                    run.names.item(name),
                    [_sankey(study, run, last, [name], say("in_year", year=study.last), True)],
                )
            )
    return tabs(say("view"), views)


def _sankey(
    study: Study, run: Run, mass: np.ndarray, materials: Sequence[str], when: Both, per_year: bool
) -> Figure:
    columns = [run.materials.index(name) for name in materials]
    part = mass[:, columns]
    floor = NOTHING_BELOW * float(part.max(initial=0.0))
    values = {
        (arc.source, arc.target): [float(v) if v > floor else 0.0 for v in row]
        for arc, row in zip(run.arcs, part, strict=True)
    }
    values = {arc: row for arc, row in values.items() if sum(row) > 0.0}
    scale = scale_for("kg", [sum(row) for row in values.values()], per_year=per_year)
    used = {end for arc in values for end in arc}
    shown = [name for name in run.result.model.processes if name in used]
    layers = _layers(run, shown, [arc for arc in run.arcs if (arc.source, arc.target) in values])
    labels = {name: run.names.process(name) for name in shown}
    what = run.names.item(materials[0]) if len(materials) == 1 else say("all_materials")
    title = say("sankey_of", what=what, scenario=run.label, when=when)
    colours = [PALETTE[column % len(PALETTE)] for column in columns]
    kinds = [run.names.item(name) for name in materials]
    svg = draw_sankey(
        values,
        layers,
        colours,
        labels,
        partial(_amount, per_year=per_year),
        kinds,
        say("sankey_alt", title=title, count=len(shown)),
    )
    legend = [(Markup(swatch(colour)), kind) for colour, kind in zip(colours, kinds, strict=True)]
    head: list[Cell] = [say("from"), say("to"), *(kind + ", " + scale.unit for kind in kinds)]
    rows: list[list[Cell]] = [
        [labels[a], labels[b], *(scale.text(value) for value in row)] for (a, b), row in values.items()
    ]
    return Figure(title, Markup(svg), say("sankey_note"), Table(head, rows, texts=(0, 1)), legend, "wide")
