"""Sections on what exploration found, and the runs that a report shows below them."""

from __future__ import annotations

from markupsafe import Markup

from meguru.engine import Comparison, Result, compare
from meguru.explore.plans.describe import plan_labels
from meguru.explore.plans.goals import Limit
from meguru.explore.plans.measures import Plan
from meguru.explore.proposals.break_even import BreakEven
from meguru.explore.proposals.incentives import Incentives
from meguru.explore.proposals.suggest import Suggestion
from meguru.explore.searches.model_search import Choices
from meguru.explore.searches.search import Front
from meguru.model import Model
from meguru.report.blocks import Block, Cell, Figure, Gallery, Section, Table, Text
from meguru.report.both import EMPTY, Both, joined
from meguru.report.incentives import incentive_section
from meguru.report.numbers import number, scale_for, unit_text
from meguru.report.sentences import Teller, amount, crossings_of, left_out_sentences, noun_of
from meguru.report.svg.plane import Axis, Dot, draw_plane
from meguru.report.words import Names, say

Explored = Suggestion | Choices | BreakEven | Incentives
MOST_DOTS = 2_000  # of points that were tried: more are not told apart
MOST_ROWS = 60  # of a front, in the table


def runs_of(found: Explored) -> Result | Comparison:
    """What the rest of the report is about: the start, and what was found on top of it."""
    model: Model = found.model
    names = [found.start]
    if isinstance(found, Suggestion):
        model = found.with_scenarios()
        order = found.orders[found.goals[0].name]
        prefix = "step" if found.agreed else found.goals[0].name
        names += [found.scenario_called(f"{prefix}-{index}") for index in range(1, len(order) + 1)]
    elif isinstance(found, Choices):
        model = found.with_scenarios()
        last = len(found.plans)
        names += dict.fromkeys(found.scenario_of(index) for index in (1, (last + 1) // 2, last))
    return compare(model, names)


def sections_of(found: Explored) -> list[Section]:
    """What exploration found."""
    if isinstance(found, Suggestion):
        return _suggestion(found)
    if isinstance(found, Choices):
        return _choices(found)
    if isinstance(found, BreakEven):
        texts: list[Block] = [Text(one) for one in crossings_of(found)]
        return [
            Section(
                "break-even", say("break_even"), say("break_even_lead"), [*texts, break_even_figure(found)]
            )
        ]
    return [incentive_section(found)]


# -- suggestions -------------------------------------------------------------------------------------------


def _suggestion(found: Suggestion) -> list[Section]:
    teller = Teller(found)
    told = [*teller.orders(), *teller.conditional(), *teller.alone(), *teller.zeros()]
    blocks: list[Block] = [Text(one.text) for one in told]
    blocks.append(_alone_table(found))
    blocks += [Text(one) for one in (teller.meaning(), *left_out_sentences(found))]
    if found.break_evens:
        figures = [break_even_figure(one) for one in found.break_evens]
        blocks.append(Gallery(figures))
    return [Section("suggestions", say("suggestions"), say("suggestions_lead"), blocks)]


def _alone_table(found: Suggestion) -> Table:
    names = Names(found.model)
    goals = [
        names.indicator(goal.name) + ", " + unit_text(found.model.indicators[goal.name].unit)
        for goal in found.goals
    ]
    currency = unit_text(found.model.money.currency if found.model.money else "JPY")
    head: list[Cell] = [say("measure"), *goals, say("own_cost", currency=currency)]
    rows: list[list[Cell]] = [
        [say("start"), *(number(found.now.values[goal.name]) for goal in found.goals), "–"]
    ]
    for step in found.ranked(found.goals[0]):
        after = [number(step.after.values[goal.name]) for goal in found.goals]
        rows.append([names.measure(step.taken.measure), *after, number(step.cost) if step.cost else "–"])
    return Table(head, rows, say("alone_caption"))


# -- break-even --------------------------------------------------------------------------------------------


def break_even_figure(found: BreakEven) -> Figure:
    """The curve of an indicator over a number, and where it crosses the target."""
    names = Names(found.model)
    goal = names.indicator(found.indicator)
    what = noun_of(found.model, found.measure) if found.measure else Both.of(found.place)
    curve = list(zip(found.scan.at.tolist(), found.scan.values.tolist(), strict=True))
    defined = [y for _, y in curve if y == y]
    if not defined:
        return _without_curve(goal, what)
    up = scale_for(found.unit, defined)
    across = Axis(what, scale_for(found.place_unit, [x for x, _ in curve], fixed=True))
    crossing = (*found.scan.roots, *found.scan.jumps)
    dots = [Dot(at, found.scan.target, across.scale.full(at), "mark") for at in crossing]
    title = say("goal_over", goal=goal, what=what)
    svg = draw_plane(dots, curve, across, up, say("curve_alt", title=title))
    rows: list[list[Cell]] = [
        [across.scale.text(x), up.text(y) if y == y else say("undefined")] for x, y in curve
    ]
    table = Table([what + ", " + across.scale.unit, goal + ", " + up.unit], rows, texts=())
    return Figure(title, Markup(svg), where_it_changes(found), table, size="medium", by_scenario=False)


def _without_curve(goal: Both, what: Both) -> Figure:
    title = say("goal_over", goal=goal, what=what)
    return Figure(
        title, Markup(""), say("undefined"), Table([what, goal], []), size="medium", by_scenario=False
    )


def where_it_changes(found: BreakEven) -> Both:
    """In which scenarios the number of a break-even changes."""
    if found.everywhere:
        return say("in_all_scenarios")
    return say("in_one_scenario", scenario=Names(found.model).scenario(found.start))


# -- search ------------------------------------------------------------------------------------------------


def _choices(found: Choices) -> list[Section]:
    tried = f"{found.tried:,}"
    lead = say("choices_lead", tried=tried, method=method_of_front(found.front))
    blocks: list[Block] = []
    others = found.goals[1:]
    if others:
        blocks.append(Gallery([_front_figure(found, position) for position in range(1, len(found.goals))]))
    blocks.append(_front_table(found))
    blocks += [Text(one) for one in left_out_sentences(found)]
    if found.limits:
        limits = joined(Both(", ", "、"), [_limit(found, one) for one in found.limits])
        blocks.append(Text(say("limits", limits=limits)))
    return [Section("choices", say("choices"), lead, blocks)]


def method_of_front(front: Front) -> Both:
    """How choices were tried, in words."""
    if front.levels is not None:
        return say(f"by_{front.method}_of", levels=str(front.levels))
    return say(f"by_{front.method}")


def _limit(found: Choices, limit: Limit) -> Both:
    sign = "≤" if limit.side == "at most" else "≥"
    label = Names(found.model).indicator(limit.name)
    return label + f" {sign} " + amount(limit.bound, found.model.indicators[limit.name].unit)


def _front_figure(found: Choices, position: int) -> Figure:
    """The front in two of the goals: the first across, another up."""
    first, other = found.goals[0], found.goals[position]
    names, units = Names(found.model), found.model.indicators
    xs, ys = found.front.values[first.name], found.front.values[other.name]
    across = Axis(names.indicator(first.name), scale_for(units[first.name].unit, xs.tolist()))
    up = scale_for(units[other.name].unit, ys.tolist())
    every = max(1, -(-len(xs) // MOST_DOTS))
    dots = [
        Dot(float(xs[row]), float(ys[row]), EMPTY, "faint")
        for row in range(0, len(xs), every)
        if found.front.excess[row] == 0.0 and xs[row] == xs[row] and ys[row] == ys[row]
    ]
    for row, plan in zip(found.front.best.tolist(), found.plans, strict=True):
        dots.append(Dot(float(xs[row]), float(ys[row]), _plan(found, plan)))
    now = found.now
    if now[first.name] == now[first.name] and now[other.name] == now[other.name]:
        dots.append(Dot(now[first.name], now[other.name], say("start"), "now"))
    title = say("front_of", first=names.indicator(first.name), other=names.indicator(other.name))
    svg = draw_plane(dots, [], across, up, say("curve_alt", title=title), stepped=True)
    table = _front_table(found)
    note = say("front_note", unit=up.unit)
    return Figure(title, Markup(svg), note, table, size="medium", by_scenario=False)


def _front_table(found: Choices) -> Table:
    names = Names(found.model)
    head: list[Cell] = [say("choice"), say("measures_behind")]
    head += [
        names.indicator(name) + ", " + unit_text(found.model.indicators[name].unit) for name in found.now
    ]
    rows: list[list[Cell]] = [[say("start"), "–", *(number(value) for value in found.now.values())]]
    chosen = list(zip(found.front.best.tolist(), found.plans, strict=True))
    every = max(1, -(-len(chosen) // MOST_ROWS))
    for index in range(0, len(chosen), every):
        row, plan = chosen[index]
        values = [number(float(found.front.values[name][row])) for name in found.now]
        rows.append([found.scenario_of(index + 1), _plan(found, plan), *values])
    return Table(head, rows, texts=(0, 1))


def _plan(found: Choices, plan: Plan) -> Both:
    named = plan_labels(found.model, plan)
    return Both(named["en"], named["ja"]) if named else Both.of("–")
