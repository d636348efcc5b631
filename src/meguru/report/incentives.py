"""A section on incentives: who pays and who gains, in money, goods and information."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from meguru.explore.proposals.incentives import TOGETHER, Incentives, Moved, Pair
from meguru.report.blocks import Block, Cell, Figure, Section, Table, Text, tabs
from meguru.report.both import Both
from meguru.report.numbers import Scale, scale_for
from meguru.report.sentences import incentive_sentences
from meguru.report.svg.payments import draw_payments
from meguru.report.words import Names, say


def incentive_section(found: Incentives) -> Section:
    """Sentences, the gains of all, and for each incentive a picture with its matrices."""
    names = Names(found.model)
    blocks: list[Block] = [Text(one) for one in incentive_sentences(found)]
    blocks.append(_gains(found, names))
    items = [
        (incentive_title(names, name), _of_one(found, names, name, moved))
        for name, moved in found.moved.items()
    ]
    blocks += tabs(say("measure"), items)
    return Section("incentives", say("incentives"), say("incentives_lead"), blocks)


def incentive_title(names: Names, name: str) -> Both:
    """What an incentive is called, or all of them together."""
    return say("together") if name == TOGETHER else names.measure(name)


def _gains(found: Incentives, names: Names) -> Table:
    amounts = [gain for moved in found.moved.values() for gain in moved.gains.values()]
    scale = scale_for(found.currency, amounts, per_year=True)
    head: list[Cell] = [say("actor"), *(incentive_title(names, name) for name in found.moved)]
    rows: list[list[Cell]] = [
        [
            names.actor(actor),
            *(_signed(scale, moved.gains.get(actor, 0.0)) for moved in found.moved.values()),
        ]
        for actor in found.actors
    ]
    return Table(head, rows, say("gains_caption", unit=scale.unit))


def _signed(scale: Scale, value: float) -> str:
    return scale.signed(value) if value else "–"


def _of_one(found: Incentives, names: Names, name: str, moved: Moved) -> list[Block]:
    money = scale_for(found.currency, [*moved.gains.values(), *moved.paid.values()], per_year=True)
    blocks: list[Block] = []
    paid = {pair: amount for pair, amount in moved.paid.items() if amount > 0.0 and pair[0] != pair[1]}
    actors = [actor for actor in found.actors if actor in moved.gains or any(actor in pair for pair in paid)]
    if actors:
        title = say("payments_of_incentive", what=incentive_title(names, name))
        svg = draw_payments(
            [(actor, names.actor(actor)) for actor in actors],
            paid,
            moved.gains,
            money,
            say("net_change_short"),
            say("payments_alt", title=title),
        )
        table = _matrix(found, names, moved.money, money, say("money_caption", unit=money.unit))
        note = say("payments_incentive_note", unit=money.unit)
        blocks.append(Figure(title, Markup(svg), note, table, size="wide", by_scenario=False))
        blocks.append(table)
    if moved.goods:
        mass = scale_for("kg", moved.goods.values(), per_year=True)
        blocks.append(_matrix(found, names, moved.goods, mass, say("goods_caption", unit=mass.unit)))
    if moved.information:
        rows: list[list[Cell]] = [[names.actor(one), names.actor(other)] for one, other in moved.information]
        blocks.append(Table([say("who_shares"), say("who_learns")], rows, say("information"), texts=(0, 1)))
    return blocks


def _matrix(
    found: Incentives, names: Names, pairs: Mapping[Pair, float], scale: Scale, caption: Both
) -> Table:
    order = [*found.model.actors, "outside"]
    present = [name for name in order if any(name in pair for pair in pairs)]
    head: list[Cell] = [say("from_down_to"), *(names.actor(name) for name in present)]
    rows: list[list[Cell]] = [
        [names.actor(one), *(_signed(scale, pairs.get((one, other), 0.0)) for other in present)]
        for one in present
    ]
    return Table(head, rows, caption)
