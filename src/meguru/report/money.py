"""Money: who pays whom, what each actor gains, what costs are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from meguru.report.blocks import Block, Cell, Figure, Gallery, Section, Table, tabs
from meguru.report.both import Both
from meguru.report.numbers import Scale, scale_for
from meguru.report.steps import (
    Fall,
    Steps,
    against,
    by_group,
    largest_first,
    reach_of,
    side_by_side,
    totals_of,
    waterfall,
)
from meguru.report.study import Run, Study
from meguru.report.svg.payments import draw_payments
from meguru.report.words import OUTSIDE, say

Paid = dict[tuple[str, str], float]


def money(study: Study) -> list[Section]:
    """The section on money; none if nothing is paid."""
    paid = {run: _paid(run) for run in study.runs}
    amounts = [v for found in paid.values() for v in found.values()]
    if not amounts:
        return []
    scale = scale_for(study.currency, amounts, per_year=True)
    blocks: list[Block] = [_net_table(study, paid, scale)]
    if study.reference is not None:
        blocks += _net_change(study, paid)
    items = [(run.label, _of_run(study, run, paid[run], scale)) for run in study.runs]
    blocks += tabs(say("scenario"), items, len(items) - 1)
    return [Section("money", say("money"), say("money_lead", year=study.last), blocks)]


def _paid(run: Run) -> Paid:
    """(payer, payee) → amount of the last year; what is paid below zero is paid the other way."""
    found: Paid = {}
    for (payer, payee), value in run.money.sums(("payer", "payee")).items():
        pair = (payer, payee) if value > 0 else (payee, payer)
        if value:
            found[pair] = found.get(pair, 0.0) + abs(value)
    return found


def _net(paid: Paid) -> dict[str, float]:
    """Actor → income less cost."""
    found: dict[str, float] = {}
    for (payer, payee), value in paid.items():
        found[payer] = found.get(payer, 0.0) - value
        found[payee] = found.get(payee, 0.0) + value
    return found


def _actors(study: Study, many: Sequence[Paid]) -> list[str]:
    """Actors that take part in a payment, in the order of the model, the outside last."""
    present = {actor for paid in many for pair in paid for actor in pair}
    return [name for name in dict.fromkeys([*study.model.actors, OUTSIDE]) if name in present]


def _net_table(study: Study, paid: Mapping[Run, Paid], scale: Scale) -> Table:
    actors = _actors(study, list(paid.values()))
    nets = {run: _net(found) for run, found in paid.items()}
    rows: list[list[Cell]] = [
        [study.names.actor(actor), *(scale.text(nets[run].get(actor, 0.0)) for run in study.runs)]
        for actor in actors
    ]
    head: list[Cell] = [say("actor"), *(run.label for run in study.runs)]
    return Table(head, rows, say("net_caption", year=study.last, unit=scale.unit))


def _net_change(study: Study, paid: Mapping[Run, Paid]) -> list[Block]:
    assert study.reference is not None
    nets: dict[Run, Steps] = {}
    for run in study.runs:
        net = _net(paid[run])
        nets[run] = {
            study.names.actor(name): net.get(name, 0.0) for name in _actors(study, list(paid.values()))
        }
    changes = {run: against(nets[run], nets[study.reference]) for run in study.others}
    title = say("net_change", reference=study.reference.label)
    return [Gallery(side_by_side(study, title, changes, study.currency, net=False))]


def _of_run(study: Study, run: Run, paid: Paid, scale: Scale) -> list[Block]:
    """Picture, matrix and waterfalls of one scenario."""
    if not paid:
        return []
    actors = _actors(study, [paid])
    net = _net(paid)
    title = say("payments_of", scenario=run.label, year=study.last)
    svg = draw_payments(
        [(name, run.names.actor(name)) for name in actors],
        paid,
        net,
        scale,
        say("net_short"),
        say("payments_alt", title=title),
    )
    figure = Figure(
        title,
        Markup(svg),
        say("payments_note", unit=scale.unit),
        _matrix(run, actors, paid, scale),
        size="wide",
    )
    return [figure, Gallery(_waterfalls(study, run, actors))]


def _matrix(run: Run, actors: Sequence[str], paid: Paid, scale: Scale) -> Table:
    head: list[Cell] = [say("payer_payee"), *(run.names.actor(name) for name in actors), say("sum_paid")]
    rows: list[list[Cell]] = []
    for payer in actors:
        values = [paid.get((payer, payee), 0.0) for payee in actors]
        rows.append(
            [run.names.actor(payer), *(scale.text(v) if v else "–" for v in values), scale.text(sum(values))]
        )
    received = [sum(v for (_, payee), v in paid.items() if payee == name) for name in actors]
    rows.append([say("sum_received"), *(scale.text(v) for v in received), scale.text(sum(received))])
    return Table(head, rows, say("matrix_caption", unit=scale.unit), kind="matrix")


def _waterfalls(study: Study, run: Run, actors: Sequence[str]) -> list[Figure]:
    """What each actor pays: against the reference, or what it is made of."""
    reference = study.reference if run is not study.reference else None
    found: list[tuple[Both, Steps]] = []
    for actor in actors:
        steps = _costs(run, actor)
        if reference is not None:
            steps = against(steps, _costs(reference, actor))
        shown = largest_first(steps)
        if shown and actor != OUTSIDE:
            key = "cost_change_of" if reference is not None else "cost_made_of"
            found.append((say(key, actor=run.names.actor(actor), scenario=run.label), shown))
    scale = scale_for(study.currency, totals_of(steps for _, steps in found), per_year=True)
    note = say("cost_note") if reference is not None else say("made_of_note")
    return [
        waterfall(title, steps, Fall(scale, reach_of([steps]), reference is not None, note))
        for title, steps in found
    ]


def _costs(run: Run, actor: str) -> Steps:
    rows = [index for index, row in enumerate(run.money.labels) if row["payer"] == actor]
    return by_group(run, run.money, rows)
