"""The section on branches: how well a side is told by year, what decides, and the influences around it."""

from __future__ import annotations

from markupsafe import Markup

from meguru.foresight.analysis import Drivers
from meguru.foresight.analysis.branches.drivers import Driver, effects_by_year
from meguru.foresight.telling.tell import told_drivers
from meguru.foresight.telling.words import change, label_of, number, points
from meguru.report.blocks import Block, Cell, Figure, More, Section, Table, tabs
from meguru.report.both import EMPTY, Both
from meguru.report.foresight.evidence import sentence_blocks
from meguru.report.foresight.forks import Found, found_splits
from meguru.report.foresight.outlook import Outlook
from meguru.report.foresight.pictures.around import draw_around, neighbourhood
from meguru.report.foresight.pictures.effects import draw_effects
from meguru.report.foresight.words import both, say
from meguru.report.numbers import Scale
from meguru.report.svg.bars import swatch
from meguru.report.svg.lines import Line, Words, draw_lines
from meguru.report.words import say as say_common

TOP = 20  # drivers listed of each split
DRAWN = 12  # of them in the heat map
INPUTS = 10  # drawn numbers listed
CENTRES = 8  # factors whose surroundings are drawn
COLOURS = ("#0072B2", "#888888")


def branches(outlook: Outlook) -> list[Section]:
    """The section; none where nothing parts."""
    rows = found_splits(outlook)
    if not rows:
        return []
    items = [
        (Both.of(f"{place}  ") + outlook.split_name(row[0]), _split(outlook, row))
        for place, row in enumerate(rows, start=1)
    ]
    blocks = tabs(say("fork"), items)
    return [Section("branches", say("branches"), say("branches_lead"), [*blocks, *_around(outlook, rows)])]


def _split(outlook: Outlook, row: Found) -> list[Block]:
    split, branch, driven = row
    key = {*split.left, *split.right}
    blocks = sentence_blocks(outlook, lambda one: one.part == "branches" and set(one.about) == key)
    if branch.auc:
        blocks.append(_curve(outlook, row))
    if driven is not None:
        blocks.append(_heat(outlook, row, driven))
        blocks.append(_drivers(outlook, driven))
        if driven.inputs:
            blocks.append(More(say("drawn"), [_inputs(outlook, driven)]))
    return blocks


def _curve(outlook: Outlook, row: Found) -> Figure:
    split, branch, _ = row
    auc = [branch.auc[at] for at in outlook.rows]
    lines = [Line(say("these_futures"), COLOURS[0], auc)]
    if branch.null_auc:
        null = [branch.null_auc[at] for at in outlook.rows]
        lines.append(Line(say("continuum"), COLOURS[1], null, dash="5 4", marker="square"))
    words = Words(say_common("year"), say_common("undefined"), EMPTY, say_common("axis_cut"))
    title = say("curve", split=outlook.split_name(split))
    svg = draw_lines(lines, outlook.years, Scale(1.0, say("auc")), words, title)
    head = [say("year"), *(line.label for line in lines)]
    rows: list[list[Cell]] = [
        [str(year), *(f"{line.values[at]:.3f}" for line in lines)] for at, year in enumerate(outlook.years)
    ]
    legend = [(Markup(swatch(line.colour, line.dash, line.marker)), line.label) for line in lines]
    return Figure(title, Markup(svg), say("curve_note"), Table(head, rows), legend)


def _heat(outlook: Outlook, row: Found, driven: Drivers) -> Figure:
    """The strongest drivers by year."""
    split, branch, _ = row
    names = [one.node for one in driven.nodes[:DRAWN]]
    sizes = effects_by_year(outlook.futures, outlook.groups, split, names)[:, outlook.rows]
    labels = [outlook.label(name) for name in names]
    title = say("heat", split=outlook.split_name(split))
    svg = draw_effects(sizes.tolist(), labels, outlook.years, branch.year, title)
    head: list[Cell] = [say("factor"), *map(str, outlook.years)]
    cells: list[list[Cell]] = [
        [label, *(_signed(size, 2) for size in many)]
        for label, many in zip(labels, sizes.tolist(), strict=True)
    ]
    return Figure(title, Markup(svg), say("heat_note"), Table(head, cells), size="wide")


def _drivers(outlook: Outlook, driven: Drivers) -> Table:
    rows = [_driver(outlook, one) for one in driven.nodes[:TOP]]
    keys = ("factor", "role", "forced_by", "in_year", "effect", "effect_size", "q_value", "importance")
    name = Both.of(f"{'·'.join(driven.left)} | {'·'.join(driven.right)}")
    return Table([say(key) for key in keys], rows, say("drivers", split=name), texts=(0, 1))


def _driver(outlook: Outlook, one: Driver) -> list[Cell]:
    effect: Cell = say("not_forced")
    if one.causal_effect is not None and one.error is not None:
        effect = f"{points(one.causal_effect, signed=True)} ± {points(one.error)}"
    return [
        outlook.label(one.node),
        say(f"role_{one.role}"),
        _shift(outlook, one),
        f"{one.year:g}",
        effect,
        _signed(one.effect_size, 2),
        _chance(one.q_value),
        _signed(one.importance, 3),
    ]


def _shift(outlook: Outlook, one: Driver) -> Both:
    """By how much a driver is forced; of a factor in percent so many points, of a plain one a number."""
    if outlook.model.nodes[one.node].unit in ("", "1", "%", "index"):
        return both(change(outlook.model, one.node, one.shift))
    return Both.of(number(one.shift)) + "\N{NO-BREAK SPACE}" + outlook.unit(one.node)


def _inputs(outlook: Outlook, driven: Drivers) -> Table:
    labels = {
        name: both(label_of(outlook.model, name)) for name in (*outlook.model.nodes, *outlook.model.events)
    }
    rows: list[list[Cell]] = [
        [
            labels.get(one.name, Both.of(one.name)),
            say(f"kind_{one.kind}"),
            _signed(one.effect_size, 2),
            _chance(one.q_value),
            _signed(one.importance, 3),
        ]
        for one in driven.inputs[:INPUTS]
    ]
    head = [say(key) for key in ("what", "kind_column", "effect_size", "q_value", "importance")]
    return Table(head, rows, texts=(0, 1))


def _around(outlook: Outlook, rows: list[Found]) -> list[Block]:
    """Influences around the strongest cause of each supported split and of the conditions."""
    names = dict.fromkeys(
        told[0].node for split, _, driven in rows if split.supported and (told := told_drivers(driven))
    )
    for found in outlook.analysis.conditions:
        names |= dict.fromkeys(one.node for one in found.requirements if one.cause)
    items: list[tuple[Both, list[Block]]] = []
    for name in list(names)[:CENTRES]:
        found_around = neighbourhood(outlook.model, name)
        title = say("around", name=outlook.label(name))
        svg = draw_around(outlook.model, found_around, outlook.label, title)
        cells: list[list[Cell]] = [
            [outlook.label(arrow.source), outlook.label(arrow.target), arrow.sign, number(arrow.size)]
            for arrow in found_around.arrows
        ]
        table = Table([say("from_node"), say("to_node"), "±", say("strength")], cells, texts=(0, 1, 2))
        note = say("around_note", hidden=found_around.hidden)
        items.append((outlook.label(name), [Figure(title, Markup(svg), note, table, size="wide")]))
    if not items:
        return []
    return tabs(say("around_head"), items)


def _chance(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _signed(value: float, decimals: int) -> str:
    """With its sign, unless it is zero as far as it is shown."""
    text = f"{value:+.{decimals}f}"
    return text.replace("-", "−") if text.strip("+-0.") else text.lstrip("+-")
