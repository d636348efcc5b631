"""Sentences that unfold to what they rest on, the evidence for the number of groups, and the provenance."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

from meguru.foresight.interventions import Intervention
from meguru.foresight.telling import Sentence
from meguru.foresight.telling.words import percent
from meguru.report.blocks import Block, Cell, More, Section, Table, Text
from meguru.report.both import Both, joined
from meguru.report.foresight.outlook import Outlook
from meguru.report.foresight.words import both, say
from meguru.report.numbers import brief

FEW = 12  # numbers of reruns listed; all are in the analysis


def sentence_blocks(outlook: Outlook, wanted: Callable[[Sentence], bool]) -> list[Block]:
    """Sentences as lines that unfold to their evidence."""
    return [More(both(one.text), _behind(one)) for one in outlook.sentences if wanted(one)]


def _behind(one: Sentence) -> list[Block]:
    blocks: list[Block] = [Text(_scenarios(one), "note")]
    if one.evidence.members:
        blocks.append(Text(_members(one), "note"))
    blocks += [Text(_forced(name, many), "note") for name, many in one.evidence.forced.items()]
    blocks += [Text(_curve(name, pairs), "note") for name, pairs in one.evidence.curves.items()]
    if one.evidence.links:
        rows: list[list[Cell]] = [
            [
                both(link.label),
                say(f"basis_{link.basis}") if link.basis else say("kind_event"),
                "–" if link.confidence is None else f"{link.confidence:g}",
                link.citation or "–",
                link.author or "–",
            ]
            for link in one.evidence.links
        ]
        head = [say("influence"), say("basis"), say("confidence"), say("citation"), say("author")]
        blocks.append(Table(head, rows, say("evidence_links"), texts=(0, 1, 3, 4), kind="code"))
    return blocks


def _scenarios(one: Sentence) -> Both:
    """How many futures it rests on, by what for, and the typical ones."""
    typical = "; ".join(f"{code}: {', '.join(map(str, many))}" for code, many in one.evidence.typical.items())
    counts = [say(f"counts_{name}", count=f"{count:,}") for name, count in one.evidence.counts.items()]
    return joined(Both("; ", "、"), counts) + Both(". ", "。") + say("evidence_typical", typical=typical)


def _members(one: Sentence) -> Both:
    members = one.evidence.members
    first = ", ".join(str(number) for number in members[:FEW])
    return say("evidence_members", first=first + (", …" if len(members) > FEW else ""))


def _forced(name: str, many: tuple[Intervention, ...]) -> Both:
    """What was forced for a value, as the call that does it again takes it."""
    told = [f"{it.node} {it.kind} {it.value:g} @ {it.year:g}" for it in many]
    return say("evidence_forced", name=name, forced="; ".join(told) or "–")


def _curve(name: str, pairs: tuple[tuple[float, float], ...]) -> Both:
    """Pairs of what was looked at and what was found."""
    told = [f"{_short(one, name)}: {_short(other, name)}" for one, other in pairs]
    return say(f"curve_{name}", pairs=", ".join(told))


def _short(value: float, curve: str) -> str:
    if value >= 1 and value == int(value) and curve != "peeled":
        return f"{value:g}"  # a year, or a number of groups
    return percent(value) if curve in ("deadline", "peeled") else f"{value:.3f}".replace("-", "−")


def number_of_groups(outlook: Outlook) -> list[Section]:
    """The section on the evidence for the number of groups; of a number asked for too."""
    found = outlook.groups
    rows: list[list[Cell]] = []
    for one in found.evidence.counts:
        marks = [say("proposed")] if one.count == found.evidence.proposed else []
        marks += [say("shown")] if one.count == len(found.codes) else []
        told = marks[0] + ", " + marks[1] if len(marks) == 2 else marks[0] if marks else Both.of("")
        cells = [f"{value:.3f}" for value in (one.gap, one.error, one.stability, one.null_stability)]
        rows.append([str(one.count), *cells, told])
    head = [
        say("number_of_groups"),
        *(say(key) for key in ("gap", "error", "stability", "null_stability")),
        Both.of(""),
    ]
    blocks = sentence_blocks(outlook, lambda one: one.kind.startswith("count_"))
    lead = say("count_lead", nulls=found.evidence.nulls)
    table = Table(head, rows, say("chance") + f" = {brief(found.evidence.p_value)}", texts=(0, 5))
    return [Section("number", say("count_evidence"), lead, [*blocks, table])]


def origin(outlook: Outlook) -> list[Section]:
    """The section on the provenance of the futures and the choices of the analysis."""
    rows: list[list[Cell]] = [
        [say(f"of_{name}"), _plain(value)] for name, value in outlook.futures.provenance.items()
    ]
    choices = outlook.analysis.choices
    rows += [[say(f"chosen_{name}"), _plain(getattr(choices, name))] for name in choices.__slots__]
    table = Table([say("what"), say("value")], rows, texts=(0, 1), kind="code")
    return [Section("origin", say("origin"), say("origin_lead"), [table])]


def _plain(value: object) -> str:
    """As text: JSON, but a dash for nothing and no quotes around a text."""
    if value is None or value in ([], ()):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=asdict)
