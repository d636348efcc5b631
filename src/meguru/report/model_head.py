"""What stands above a report on a model: its title and note, the scenarios, how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

from meguru.model import Model
from meguru.report.both import Both
from meguru.report.html import Head
from meguru.report.numbers import unit_text
from meguru.report.words import label_of, say


class Shown(Protocol):
    """A scenario as it is shown."""

    @property
    def label(self) -> Both: ...

    @property
    def colour(self) -> str: ...


def model_head(
    model: Model,
    years: tuple[int, int],
    kind: Both,
    scenarios: Sequence[Shown],
    reference: Shown | None,
    *,
    created: str,
    version: str,
    model_hash: str,
    seed: int | None,
) -> Head:
    """The head of a report.

    Parameters
    ----------
    years
        First and last.
    kind
        Of the numbers: cohorts, samples and how they were drawn.
    reference
        The one of the scenarios that others are compared with; None where there is nothing to compare.
    seed
        None where nothing was drawn.
    """
    step = say(f"step_{model.time.step}")
    span = say("span", first=years[0], last=years[1], step=step) + " · " + kind
    if model.money:
        currency, year = unit_text(model.money.currency), model.money.price_year
        prices = Both.of(currency) if year is None else say("prices_of", year=year, currency=currency)
        span = span + " · " + prices
    drawn = "" if seed is None else Markup(" · {} {}").format(say("seed"), seed)
    made = Markup("meguru {}{} · <time>{}</time>").format(version, drawn, created)
    hashed = Markup("<code>{}</code> · {} <code>{}…</code>").format(
        model.name, say("model_hash"), model_hash[:12]
    )
    return Head(
        kind=say("report_word"),
        title=label_of(model, model.name),
        span=span,
        note=Both.of(model.note or ""),
        facts=(
            (say("scenarios") if len(scenarios) > 1 else say("scenario"), _names(scenarios, reference)),
            (say("model"), hashed),
            (say("made_by"), made),
        ),
        version=version,
        remark=(say("calibrated"), Both.of(model.calibrated)) if model.calibrated else None,
    )


def _names(scenarios: Sequence[Shown], reference: Shown | None) -> Markup:
    """Names of the scenarios with their colours."""
    item = Markup('<li><span class="dot" style="background:{}"></span>{}{}</li>')
    mark = Markup(" <em>{}</em>").format(say("is_reference"))
    rows = [item.format(one.colour, one.label, mark if one is reference else "") for one in scenarios]
    return Markup('<ul class="names">{}</ul>').format(Markup("").join(rows))
