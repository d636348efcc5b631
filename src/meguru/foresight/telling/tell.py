"""Sentences of an analysis, from the templates of ``sentences.yaml``; the same analysis gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from meguru.foresight.analysis import Analysis, BranchYear, Conditions, Drivers, Requirement, Split
from meguru.foresight.analysis.branches.drivers import Driver
from meguru.foresight.futures import Futures
from meguru.foresight.model import CausalModel
from meguru.foresight.telling.evidence import Evidence, Ways, telling_kpis, typical_of
from meguru.foresight.telling.words import (
    Words,
    field_of,
    filled,
    joined,
    label_of,
    number,
    percent,
    points,
    reason_of,
)

DRIVERS = 5  # sentences for each split
SURE = 1.96  # standard errors from zero below which a causal effect is not told


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something found, in words.

    Attributes
    ----------
    part
        ``groups``, ``branches`` or ``conditions``.
    kind
        The template.
    about
        Codes of the groups that it is about.
    node
        The node that it is about; empty where it is about none.
    text
        By language, ``en`` and ``ja``.
    evidence
        What it rests on.
    """

    part: str
    kind: str
    about: tuple[str, ...]
    node: str
    text: Words
    evidence: Evidence


def tell(futures: Futures, found: Analysis) -> tuple[Sentence, ...]:
    """All sentences of an analysis: groups, branches with their drivers, conditions with deadlines."""
    return tuple(_Teller(futures, found).sentences())


class _Teller:
    def __init__(self, futures: Futures, found: Analysis) -> None:
        self.found, self.model, self.groups = found, futures.model, found.groups
        self.size = futures.members.size
        self.typical = typical_of(futures, found.groups)
        self.ways = Ways(futures.model)

    def sentences(self) -> Iterator[Sentence]:
        yield self._count()
        for code in self.groups.codes:
            yield self._group(code)
        splits = zip(self.found.tree.splits, self.found.branches, self.found.drivers, strict=True)
        for split, branch, driven in splits:
            yield self._branch(split, branch, driven)
            yield from self._drivers(split, driven)
        for one in self.found.conditions:
            yield from self._conditions(one)

    def _evidence(self, codes: tuple[str, ...], count: int, node: str = "") -> Evidence:
        typical = {code: self.typical[code] for code in codes}
        others = tuple(code for code in self.groups.codes if code not in codes)
        if not node or not others:
            return Evidence(count, typical)
        return Evidence(count, typical, self.ways.links(node, telling_kpis(self.groups, codes, others)))

    def _split_evidence(self, split: Split, node: str) -> Evidence:
        codes = (*split.left, *split.right)
        links = self.ways.links(node, telling_kpis(self.groups, split.left, split.right)) if node else ()
        return Evidence(split.size, {code: self.typical[code] for code in codes}, links)

    def _count(self) -> Sentence:
        evidence = self.groups.evidence
        kind = (
            "count_asked"
            if self.groups.forced
            else "count_found"
            if len(self.groups.codes) > 1
            else "count_one"
        )
        text = filled(
            "sentences",
            kind,
            count=len(self.groups.codes),
            proposed=evidence.proposed,
            nulls=evidence.nulls,
            p=number(evidence.p_value),
            splits=len(self.found.tree.splits),
            supported=sum(one.supported for one in self.found.tree.splits),
        )
        codes = self.groups.codes
        return Sentence("groups", kind, codes, "", text, self._evidence(codes, self.size))

    def _group(self, code: str) -> Sentence:
        place = self.groups.number(code)
        marks = [
            filled("words", "mark", field=field_of(one.field), mark=one.mark)
            for one in self.found.ratings
            if one.group == code and one.mark is not None
        ]
        text = filled(
            "sentences",
            "group",
            group=code,
            share=percent(self.groups.share[place]),
            name=self.groups.names[place],
            marks=joined(marks) if marks else filled("words", "no_marks"),
        )
        count = int((self.groups.labels == place).sum())
        return Sentence("groups", "group", (code,), "", text, self._evidence((code,), count))

    def _branch(self, split: Split, branch: BranchYear, driven: Drivers | None) -> Sentence:
        first = next(iter(told_drivers(driven)), None)
        kind = _kind_of(split, branch, first)
        text = filled(
            "sentences",
            kind,
            left=codes_text(split.left),
            right=codes_text(split.right),
            year="–" if branch.year is None else f"{branch.year:g}",
            interval=_interval(branch),
            reason=reason_of(branch.reason) if branch.reason else "",
            driver=label_of(self.model, first.node) if first else "–",
        )
        node = first.node if first else ""
        codes = (*split.left, *split.right)
        return Sentence("branches", kind, codes, node, text, self._split_evidence(split, node))

    def _drivers(self, split: Split, driven: Drivers | None) -> Iterator[Sentence]:
        if driven is None or not split.supported:
            return
        for one in told_drivers(driven)[:DRIVERS]:
            assert one.causal_effect is not None and one.error is not None
            text = filled(
                "sentences",
                "driver",
                node=label_of(self.model, one.node),
                shift=level(self.model, one.node, one.shift),
                year=f"{one.year:g}",
                side=codes_text(split.left),
                effect=points(one.causal_effect, signed=True),
                error=points(one.error),
            )
            codes = (*split.left, *split.right)
            yield Sentence("branches", "driver", codes, one.node, text, self._split_evidence(split, one.node))

    def _conditions(self, found: Conditions) -> Iterator[Sentence]:
        code = found.group
        count = int((self.groups.labels == self.groups.number(code)).sum())
        if not found.requirements:
            text = filled("sentences", "conditions_none", group=code, reason=reason_of(found.reason))
            yield Sentence("conditions", "conditions_none", (code,), "", text, self._evidence((code,), count))
            return
        if found.forced is not None:
            text = filled(
                "sentences",
                "conditions_together",
                group=code,
                base=percent(found.base),
                forced=percent(found.forced),
            )
            evidence = self._evidence((code,), count)
            yield Sentence("conditions", "conditions_together", (code,), "", text, evidence)
        for one in found.requirements:
            yield self._requirement(code, one, count)

    def _requirement(self, code: str, one: Requirement, count: int) -> Sentence:
        kind = _kind_of_requirement(one)
        deadline = one.deadline
        text = filled(
            "sentences",
            kind,
            group=code,
            node=label_of(self.model, one.node),
            bound=bound(self.model, one.node, one.low, one.high),
            year=f"{one.year:g}",
            deadline="" if deadline is None or deadline.year is None else f"{deadline.year:g}",
            wanted="" if deadline is None else percent(deadline.wanted),
            reason=reason_of(deadline.reason) if deadline is not None and deadline.reason else "",
            gain=points(one.gain, signed=True),
            error=points(one.error),
        )
        return Sentence("conditions", kind, (code,), one.node, text, self._evidence((code,), count, one.node))


def told_drivers(driven: Drivers | None) -> list[Driver]:
    """Drivers by rank whose causal effect is told from zero."""
    if driven is None:
        return []
    return [
        one
        for one in driven.nodes
        if one.causal_effect is not None
        and one.error is not None
        and abs(one.causal_effect) > SURE * one.error
    ]


def codes_text(codes: tuple[str, ...]) -> str:
    """Groups as they are named together: ``A·B``."""
    return "·".join(codes)


def level(model: CausalModel, node: str, value: float) -> str:
    """A value with the unit of its node."""
    unit = model.nodes[node].unit
    return f"{number(value)} {unit}".strip()


def bound(model: CausalModel, node: str, low: float | None, high: float | None) -> Words:
    """A bound in words."""
    if low is None:
        return filled("words", "below", high=level(model, node, high or 0.0))
    if high is None:
        return filled("words", "above", low=level(model, node, low))
    return filled("words", "between", low=number(low), high=level(model, node, high))


def _kind_of(split: Split, branch: BranchYear, first: Driver | None) -> str:
    if not split.supported:
        return "continuum"
    if branch.year is None:
        return "branch_untold"
    if first is None:
        return "branch_alone"
    return "branch" if branch.supported else "branch_doubted"


def _kind_of_requirement(one: Requirement) -> str:
    if not one.cause or one.deadline is None:
        return "condition_symptom"
    if one.deadline.year is not None:
        return "condition_deadline"
    return "condition_cause" if one.deadline.reason == "the other requirements suffice" else "condition_late"


def _interval(branch: BranchYear) -> Words:
    if branch.low is None or branch.high is None or branch.low == branch.high:
        return {"en": "", "ja": ""}
    return filled("words", "interval", low=f"{branch.low:g}", high=f"{branch.high:g}")
