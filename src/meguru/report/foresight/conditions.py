"""The section on conditions: the road back from each group, how well a box describes it, deadlines."""

from __future__ import annotations

from markupsafe import Markup

from meguru.foresight.analysis import Conditions, Requirement, Roadmap
from meguru.foresight.telling.words import bound, level, percent, points
from meguru.report.blocks import Block, Cell, Figure, Gallery, More, Section, Table, tabs
from meguru.report.both import EMPTY, Both, joined
from meguru.report.foresight.evidence import sentence_blocks
from meguru.report.foresight.outlook import Outlook
from meguru.report.foresight.pictures.peeling import draw_peeling
from meguru.report.foresight.pictures.road import Milestone, draw_road
from meguru.report.foresight.words import both, say
from meguru.report.svg.canvas import PALETTE

FEW = 4  # levers or KPIs named in a cell


def conditions(outlook: Outlook) -> list[Section]:
    """The section; none where there is one group only."""
    found = outlook.analysis.conditions
    if len(outlook.codes) < 2 or not found:
        return []
    best = max(range(len(found)), key=lambda at: (_merit(outlook, found[at].group), -at))
    roads = {one.group: one for one in outlook.analysis.roadmaps}
    items = [(outlook.titled(one.group), _of(outlook, one, roads[one.group])) for one in found]
    blocks = [*tabs(say("group"), items, best)]
    drawn = [_peeling(outlook, one) for one in found if one.peeled]
    if drawn:
        blocks.append(More(say("peeling_head"), [Gallery(drawn)]))
    return [Section("conditions", say("conditions"), say("conditions_lead"), blocks)]


def _merit(outlook: Outlook, code: str) -> float:
    """Sum of the scores of a group: the tab shown first is that of the best."""
    return sum(one.score or 0.0 for one in outlook.analysis.ratings if one.group == code)


def _of(outlook: Outlook, found: Conditions, road: Roadmap) -> list[Block]:
    code = found.group
    blocks: list[Block] = []
    if found.requirements:
        blocks.append(_road(outlook, found))
    blocks += sentence_blocks(outlook, lambda one: one.part == "conditions" and one.about == (code,))
    if found.requirements:
        blocks.append(_stops(outlook, road))
    return blocks


def _road(outlook: Outlook, found: Conditions) -> Figure:
    ordered = sorted(found.requirements, key=lambda one: (_latest(one) or one.year, one.node))
    milestones = [
        Milestone(
            label=outlook.label(one.node),
            bound=both(bound(outlook.model, one.node, one.low, one.high)),
            year=one.year,
            deadline=_latest(one),
            cause=one.cause,
        )
        for one in ordered
    ]
    title = say("road", group=outlook.titled(found.group))
    colour = PALETTE[outlook.codes.index(found.group) % len(PALETTE)]
    svg = draw_road(milestones, (outlook.years[0], outlook.years[-1]), colour, title)
    wanted = next((one.deadline.wanted for one in ordered if one.deadline and one.deadline.year), None)
    note = say("road_note", wanted=percent(wanted)) if wanted is not None else say("road_note_none")
    return Figure(title, Markup(svg), note, _requirements(outlook, ordered), size="wide")


def _latest(one: Requirement) -> float | None:
    return one.deadline.year if one.deadline else None


def _requirements(outlook: Outlook, ordered: list[Requirement]) -> Table:
    rows: list[list[Cell]] = []
    for one in ordered:
        latest = _latest(one)
        curve = () if one.deadline is None else one.deadline.curve
        rows.append(
            [
                outlook.label(one.node),
                both(bound(outlook.model, one.node, one.low, one.high)),
                f"{one.year:g}",
                "–" if latest is None else f"{latest:g}",
                f"{percent(one.coverage)}; {percent(one.density)}",
                both(level(outlook.model, one.node, one.level)),
                f"{points(one.gain, signed=True)} ± {points(one.error)}",
                say("cause" if one.cause else "symptom"),
                percent(one.reproducibility),
                ", ".join(f"{year:g}: {percent(share)}" for year, share in curve) or "–",
            ]
        )
    first = ("factor", "bound", "by", "deadline", "described", "held_at", "alone")
    rest = ("what_it_is", "found_again", "forced_curve")
    return Table([say(key) for key in (*first, *rest)], rows, texts=(0, 1, 7, 9))


def _stops(outlook: Outlook, road: Roadmap) -> Table:
    """The road back: each stop with the levers that reach it and the KPIs that it reaches."""
    rows: list[list[Cell]] = [
        [
            f"{stop.year if stop.latest is None else stop.latest:g}",
            outlook.label(stop.node),
            both(bound(outlook.model, stop.node, stop.low, stop.high)),
            say("cause" if stop.cause else "symptom"),
            _few(outlook, stop.levers),
            _few(outlook, stop.indicators),
        ]
        for stop in road.stops
    ]
    keys = ("by", "factor", "bound", "what_it_is", "levers", "watched_by")
    return Table([say(key) for key in keys], rows, say("road_table"), texts=(0, 1, 2, 3, 4, 5))


def _few(outlook: Outlook, names: tuple[str, ...]) -> Both:
    if not names:
        return Both.of("–")
    told = joined(Both(", ", "、"), [outlook.label(name) for name in names[:FEW]])
    return say("and_more", names=told, count=len(names) - FEW) if len(names) > FEW else told


def _peeling(outlook: Outlook, found: Conditions) -> Figure:
    title = say("peeling", group=outlook.titled(found.group))
    chosen = (found.coverage, found.density) if found.requirements else None
    svg = draw_peeling(
        found.peeled, chosen, outlook.colour(found.group), (say("coverage"), say("density")), title
    )
    rows: list[list[Cell]] = [[percent(one), percent(other)] for one, other in found.peeled]
    table = Table([say("coverage"), say("density")], rows, texts=())
    return Figure(title, Markup(svg), say("peeling_note") if chosen else EMPTY, table)
