"""Sentences of an analysis, from the templates of ``sentences.yaml``; the same analysis gives the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from meguru.foresight.analysis import Analysis, BranchYear, Conditions, Drivers, Requirement, Split
from meguru.foresight.analysis.branches.drivers import CHANCE, Driver
from meguru.foresight.analysis.forces import shifted_in, stands
from meguru.foresight.futures import Futures
from meguru.foresight.interventions import Intervention
from meguru.foresight.telling import conditions as of_conditions
from meguru.foresight.telling.evidence import Evidence, Ways, telling_kpis, typical_of
from meguru.foresight.telling.values import away_of, level_of
from meguru.foresight.telling.words import Words, drawn_label, label_of, sentence
from meguru.foresight.wishes import why_count

DRIVERS = 5  # sentences for each split
TURNED = 0.1  # difference of shares that forcing an event must make to be told
TOLD = 0.01  # loss of AUC below which what was drawn is not told
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
    evidence
        What it rests on.
    """

    part: str
    kind: str
    about: tuple[str, ...]
    node: str
    evidence: Evidence

    @property
    def text(self) -> Words:
        """By language, ``en`` and ``ja``: the template with the values of the evidence."""
        return sentence(self.kind, self.evidence.values)


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
            yield from self._inputs(split, driven)
        for one in self.found.conditions:
            yield from self._conditions(one)

    def _count(self) -> Sentence:
        evidence, codes = self.groups.evidence, self.groups.codes
        kind = "count_found" if len(codes) > 1 else "count_one"
        values: dict[str, Any] = {"count": len(codes), "nulls": evidence.nulls, "p": evidence.p_value}
        if kind == "count_one":
            del values["count"]
        splits = self.found.tree.splits
        if splits and not (self.groups.forced or any(one.supported for one in splits)):
            kind, values["splits"] = "count_unsupported", len(splits)
        if self.groups.forced:
            values |= {"proposed": evidence.proposed, "splits": len(splits)}
            values["supported"] = sum(one.supported for one in splits)
            values["count"], kind = len(codes), "count_asked"
            if self.found.choices.count is None:
                kind, values["why"] = "count_model", _both(why_count(self.model))
        curves = {
            name: tuple((float(one.count), float(getattr(one, name))) for one in evidence.counts)
            for name in ("gap", "error", "stability", "null_stability")
        }
        counts = {"told": self.size, "sample": evidence.sample}
        return Sentence("groups", kind, codes, "", self._evidence(codes, values, counts, curves=curves))

    def _group(self, code: str) -> Sentence:
        place = self.groups.number(code)
        values = {
            "group": code,
            "share": self.groups.share[place],
            "all": self.size,
            "name": self.groups.names[place],
            "away": away_of(self.groups, place),
            "marks": [
                {"field": one.field, "mark": one.mark, "flips": one.flip_rate}
                for one in self.found.ratings
                if one.group == code and one.mark is not None
            ],
        }
        counts = {"told": self._told(code), "sample": self.size}
        return Sentence("groups", "group", (code,), "", self._evidence((code,), values, counts))

    def _branch(self, split: Split, branch: BranchYear, driven: Drivers | None) -> Sentence:
        first = next(iter(told_drivers(driven)), None)
        kind = _kind_of(split, branch, first)
        values: dict[str, Any] = {"left": [*split.left], "right": [*split.right]}
        counts = {"told": split.size, "sample": branch.sample}
        members: tuple[int, ...] = ()
        if kind in ("continuum", "branch_untold", "split_few"):
            values |= {"reason": branch.reason}
            values |= {"size": split.size} if kind == "split_few" else {"p": chance_of(split)}
        else:
            values |= _told_values(branch)
            if "doubted" in kind:
                values["reason"] = branch.reason
            if "early" in kind:
                values["null_year"] = branch.null_year
            if first is not None and driven is not None:
                values |= {"driver": label_of(self.model, first.node)}
                values |= {"effect": first.causal_effect, "error": first.error}
                counts, members = counts | {"rerun": len(driven.members)}, driven.members
        curves = {
            name: tuple(zip(branch.years, curve, strict=True))
            for name, curve in (("auc", branch.auc), ("continuum", branch.null_auc))
            if curve
        }
        node = first.node if first else ""
        evidence = self._evidence(
            (*split.left, *split.right), values, counts, members, curves, self._links(split, node)
        )
        return Sentence("branches", kind, (*split.left, *split.right), node, evidence)

    def _drivers(self, split: Split, driven: Drivers | None) -> Iterator[Sentence]:
        for one in told_drivers(driven)[:DRIVERS]:
            assert driven is not None
            values = {
                "node": label_of(self.model, one.node),
                "shift": level_of(self.model, one.node, one.shift),
                "year": stands(self.model, one.year),
                "left": [*split.left],
                "right": [*split.right],
                "rerun": len(driven.members),
                "up": one.up,
                "down": one.down,
                "effect": one.causal_effect,
                "error": one.error,
            }
            codes = (*split.left, *split.right)
            counts = {"told": split.size, "rerun": len(driven.members)}
            links = self._links(split, one.node)
            forced = {
                name: (shifted_in(self.model, one.node, one.year, size),)
                for name, size in (("up", one.shift), ("down", -one.shift))
            }
            evidence = self._evidence(codes, values, counts, driven.members, links=links, forced=forced)
            yield Sentence("branches", "driver", codes, one.node, evidence)

    def _inputs(self, split: Split, driven: Drivers | None) -> Iterator[Sentence]:
        """Events that turn scenarios, and what was drawn if that tells most."""
        codes, counts = (*split.left, *split.right), {"told": split.size}
        for place, one in enumerate(driven.inputs if driven else ()):
            assert driven is not None
            sides = {"left": [*split.left], "right": [*split.right]}
            if one.turned is not None and abs(one.turned.soonest - one.turned.never) >= TURNED:
                values = sides | {"event": label_of(self.model, one.name), "year": one.turned.by}
                values |= {"on_left": one.turned.left, "on_right": one.turned.right}
                values |= {"soonest": one.turned.soonest, "never": one.turned.never}
                values |= {"rerun": len(driven.members)}
                evidence = self._evidence(
                    codes, values, counts | {"rerun": len(driven.members)}, driven.members
                )
                yield Sentence("branches", "event", codes, "", evidence)
            if place == 0 and one.kind != "event" and one.importance >= TOLD and one.q_value < CHANCE:
                what = drawn_label(self.model, one.kind, one.name)
                values = sides | {"what": what, "effect": abs(one.effect_size), "importance": one.importance}
                yield Sentence("branches", "drawn", codes, "", self._evidence(codes, values, counts))

    def _conditions(self, found: Conditions) -> Iterator[Sentence]:
        code = found.group
        counts = {"told": self._told(code), "held": len(found.held)}
        if not found.requirements:
            values = {"group": code, "reason": found.reason}
            yield Sentence(
                "conditions", "conditions_none", (code,), "", self._evidence((code,), values, counts)
            )
            return
        if len(found.requirements) > 1:  # a single one tells its coverage and density by itself
            values, curves = of_conditions.box_values(found), {"peeled": found.peeled}
            evidence = self._evidence((code,), values, counts, curves=curves)
            yield Sentence("conditions", "conditions_box", (code,), "", evidence)
        counts |= {"rerun": len(found.members)}
        if found.forced is not None:
            values = of_conditions.together_values(self.model, found)
            forced = of_conditions.together_forced(self.model, found)
            evidence = self._evidence((code,), values, counts, found.members, forced=forced)
            yield Sentence("conditions", "conditions_together", (code,), "", evidence)
        else:
            evidence = self._evidence((code,), {"group": code}, counts, found.members)
            yield Sentence("conditions", "conditions_no_cause", (code,), "", evidence)
        for one in found.requirements:
            yield self._requirement(found, one, counts)

    def _requirement(self, found: Conditions, one: Requirement, counts: Mapping[str, int]) -> Sentence:
        kind, values = of_conditions.requirement_values(self.model, found, one)
        curves = {"deadline": one.deadline.curve} if one.deadline and one.deadline.curve else {}
        others = tuple(code for code in self.groups.codes if code != found.group)
        links = self.ways.links(one.node, telling_kpis(self.groups, (found.group,), others)) if others else ()
        forced = of_conditions.requirement_forced(self.model, found, one, values)
        evidence = self._evidence((found.group,), values, counts, found.members, curves, links, forced)
        return Sentence("conditions", kind, (found.group,), one.node, evidence)

    def _told(self, code: str) -> int:
        """Scenarios of a group."""
        return int(np.count_nonzero(self.groups.labels == self.groups.number(code)))

    def _links(self, split: Split, node: str) -> tuple[Any, ...]:
        if not node:
            return ()
        return self.ways.links(node, telling_kpis(self.groups, split.left, split.right))

    def _evidence(
        self,
        codes: tuple[str, ...],
        values: Mapping[str, Any],
        counts: Mapping[str, int],
        members: tuple[int, ...] = (),
        curves: Mapping[str, tuple[tuple[float, float], ...]] | None = None,
        links: tuple[Any, ...] = (),
        forced: Mapping[str, tuple[Intervention, ...]] | None = None,
    ) -> Evidence:
        typical = {code: self.typical[code] for code in codes}
        return Evidence(
            dict(values), dict(counts), members, dict(curves or {}), typical, links, dict(forced or {})
        )


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


def chance_of(split: Split) -> float:
    """That a continuum dips as deep anywhere, or one peak as flat as can be: the larger, which decides."""
    return max(split.p_null, split.p_uniform)


def _told_values(branch: BranchYear) -> dict[str, Any]:
    """Year, interval and how well the side is told in it."""
    assert branch.year is not None
    at = branch.years.index(branch.year)
    return {
        "year": branch.year,
        "interval": None if branch.low is None or branch.high is None else [branch.low, branch.high],
        "auc": branch.auc[at],
        "null_auc": branch.null_auc[at] if branch.null_auc else None,
    }


def told_as_early(branch: BranchYear) -> bool:
    """Whether the sides of a continuum are told in the branch year too, or before it."""
    return branch.year is not None and branch.null_year is not None and branch.null_year <= branch.year


def _kind_of(split: Split, branch: BranchYear, first: Driver | None) -> str:
    """What is told of a split: whether it is one, whether it has a year, whether the year counts."""
    if not split.supported:
        return "continuum" if split.reason == "cut of a continuum" else "split_few"
    if branch.year is None:
        return "branch_untold"
    kind = "branch" if branch.supported else "branch_doubted"
    if kind == "branch" and told_as_early(branch):
        kind = "branch_early"
    return kind if first is not None else f"{kind}_alone"


def _both(words: Words) -> Words | None:
    """Words in both languages where there are some in one."""
    fallback = words.get("en") or next(iter(words.values()), "")
    return {language: words.get(language) or fallback for language in ("en", "ja")} if fallback else None
