"""The first section: the tree of the futures, its forks and the groups at its ends."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from meguru.foresight.analysis import BranchYear, Drivers, Split
from meguru.foresight.telling.tell import chance_of, told_as_early, told_drivers
from meguru.foresight.telling.words import number, percent, reason_of
from meguru.report.blocks import Cell, Figure, Section, Table
from meguru.report.both import Both
from meguru.report.foresight.evidence import sentence_blocks
from meguru.report.foresight.outlook import Outlook
from meguru.report.foresight.pictures.tree import End, Fork, draw_tree
from meguru.report.foresight.words import both, say

Found = tuple[Split, BranchYear, Drivers | None]


def forks(outlook: Outlook) -> list[Section]:
    """The section."""
    rows = found_splits(outlook)
    blocks = sentence_blocks(
        outlook,
        lambda one: one.kind.startswith("count_") or (one.part == "branches" and one.kind != "driver"),
    )
    title, lead = say("futures"), say("futures_lead")
    if not rows:
        lead = say("one_group")
        blocks = sentence_blocks(outlook, lambda one: one.kind == "count_one")
        return [Section("futures", title, lead, blocks)]
    return [Section("futures", title, lead, [_figure(outlook, rows), *blocks])]


def found_splits(outlook: Outlook) -> list[Found]:
    """Splits with their branch years and drivers, the root first."""
    found = outlook.analysis
    return list(zip(found.tree.splits, found.branches, found.drivers, strict=True))


def first_driver(outlook: Outlook, driven: Drivers | None) -> Both:
    """Label of the strongest cause; a dash where there is none."""
    told = told_drivers(driven)
    return outlook.label(told[0].node) if told else Both.of("–")


def _figure(outlook: Outlook, rows: Sequence[Found]) -> Figure:
    svg = draw_tree(_tree(outlook, rows, outlook.codes), (outlook.years[0], outlook.years[-1]), say("tree"))
    return Figure(say("tree"), Markup(svg), say("tree_note"), _table(outlook, rows), size="wide")


def _tree(outlook: Outlook, rows: Sequence[Found], codes: tuple[str, ...]) -> Fork | End:
    """The part of the tree that ends in some groups, which stand together."""
    if len(codes) == 1:
        (code,) = codes
        marks = [
            outlook.field(one.field) + " " + one.mark
            for one in outlook.analysis.ratings
            if one.group == code and one.mark is not None
        ]
        told = marks[0] if marks else Both.of("")
        for one in marks[1:]:
            told = told + Both("  ", "　") + one
        return End(code, outlook.share(code), outlook.colour(code), outlook.name(code), told)
    at = next(place for place, (split, _, _) in enumerate(rows) if {*split.left, *split.right} == set(codes))
    split, branch, driven = rows[at]
    sides = sorted((split.left, split.right), key=lambda side: outlook.codes.index(side[0]))
    year = Both.of("–" if branch.year is None else f"{branch.year:g}")
    return Fork(
        number=at + 1,
        year=branch.year,
        interval=None if branch.low is None or branch.high is None else (branch.low, branch.high),
        supported=split.supported,
        title=outlook.split_name(split) + "\n" + year,
        driver=first_driver(outlook, driven),
        upper=_tree(outlook, rows, sides[0]),
        lower=_tree(outlook, rows, sides[1]),
        doubted=not branch.supported or told_as_early(branch),
    )


def _table(outlook: Outlook, rows: Sequence[Found]) -> Table:
    cells: list[list[Cell]] = []
    for place, (split, branch, driven) in enumerate(rows, start=1):
        reason = both(reason_of(branch.reason)) if branch.reason else say("supported")
        judged = say("supported") + "; " + reason if split.supported and branch.reason else reason
        cells.append(
            [
                Both.of(f"{place}  ") + outlook.split_name(split),
                percent(split.size / outlook.futures.members.size),
                say("no_year") if branch.year is None else f"{branch.year:g}",
                "–" if branch.low is None else f"{branch.low:g}–{branch.high:g}",
                "–" if branch.null_year is None else f"{branch.null_year:g}",
                number(chance_of(split)),
                judged,
                first_driver(outlook, driven),
            ]
        )
    keys = (
        "fork",
        "share",
        "told_from",
        "interval",
        "continuum_year",
        "chance",
        "what_it_is",
        "first_driver",
    )
    return Table([say(key) for key in keys], cells, texts=(0, 6, 7))
