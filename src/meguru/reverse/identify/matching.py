"""Which type a plate names: what was read, held against every spelling of the catalogue.

The rule of acceptance is strict, because a wrong type is worse than a question to the operator: the text is
the spelling exactly, it stands alone on its line, it was read well, and no other type is nearly as like. A
text that is the spelling but for letters of the same shape (O and 0) may be misread, or be another type that
nobody entered: it is doubtful, and said to be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from meguru.files.tree import parse_tree, plain
from meguru.reverse.catalogue import Catalogue
from meguru.reverse.identify.distance import CHANGE, distance
from meguru.reverse.spelling import folded

WORD = re.compile(r"[A-Z0-9][A-Z0-9+\-_./]*|[^\W_A-Z0-9]+")
MOST_WORDS = 4  # of a line, put together: readers see gaps where there are none
FARTHEST = 2.5  # a cost above which a text says nothing
SHORTEST = 3  # letters of a spelling that may be accepted: shorter ones turn up by chance
SHORT_NEIGHBOUR = 2  # letters of a word that may belong to the model beside it

EXACT = 0.0
SAME_SHAPE = 0.2  # at most two letters of the same shape: doubtful
CLEAR_MARGIN = 0.6  # to the next type: more than two letters that look alike
READ_WELL = 0.85


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a photo, with the reader's own score (0 to 1) and its box (x0, y0, x1, y1) in px."""

    text: str
    score: float
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class PlateMatch:
    """How near what was read comes to a type: ``cost`` in changes of letters, 0 is exact."""

    type_name: str
    spelling: str
    read: str
    cost: float
    score: float
    alone: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    score: float
    alone: bool


@cache
def _labels() -> tuple[str, ...]:
    text = files(__package__).joinpath("labels.yaml").read_text(encoding="utf-8")
    labels = [folded(one) for one in plain(parse_tree(text, "labels.yaml"))["labels"]]
    return tuple(sorted(labels, key=len, reverse=True))


def match_plate(lines: Sequence[Line], catalogue: Catalogue) -> list[PlateMatch]:
    """Types that the text of a plate may name, nearest first; one entry a type."""
    candidates = [one for line in lines for one in _candidates(line)]
    found = []
    for name, one in catalogue.types.items():
        best: PlateMatch | None = None
        for spelling in one.spellings:
            meant = folded(spelling)
            for candidate in candidates:
                limit = min(FARTHEST, len(meant) / 2)
                cost = distance(candidate.text, meant, limit if best is None else min(limit, best.cost))
                match = PlateMatch(name, spelling, candidate.text, cost, candidate.score, candidate.alone)
                if cost <= limit and (best is None or _order(match) < _order(best)):
                    best = match
        if best is not None:
            found.append(best)
    return sorted(found, key=_order)


def _order(match: PlateMatch) -> tuple[float, bool, float, str]:
    return match.cost, not match.alone, -match.score, match.type_name


def accepted_plate(matches: Sequence[PlateMatch]) -> PlateMatch | None:
    """The type that the plate names beyond doubt, if there is one."""
    return matches[0] if _clear(matches) and matches[0].cost <= EXACT else None


def doubtful_plate(matches: Sequence[PlateMatch]) -> PlateMatch | None:
    """The type that would be accepted if letters of the same shape were the same, if there is one."""
    return matches[0] if _clear(matches) and EXACT < matches[0].cost <= SAME_SHAPE else None


def _clear(matches: Sequence[PlateMatch]) -> bool:
    """Whether the best match was read well, stands alone, and no other type is nearly as like."""
    if not matches:
        return False
    best = matches[0]
    apart = len(matches) == 1 or matches[1].cost - best.cost >= CLEAR_MARGIN
    sure = best.score >= READ_WELL and best.alone
    return apart and sure and len(folded(best.spelling)) >= SHORTEST


def likeness(matches: Sequence[PlateMatch]) -> Mapping[str, float]:
    """Likelihood of what was read for each type that is like it, relative to a type that is not.

    An edit is taken to be e⁴ times less likely than none (assumed); what is as far as ``FARTHEST`` says as
    much as nothing.
    """
    from math import exp

    rate = 4.0 / CHANGE
    return {one.type_name: max(1.0, exp(rate * (FARTHEST - one.cost)) * one.score) for one in matches}


def _candidates(line: Line) -> Iterator[_Candidate]:
    """Texts on a line that may be a model string: words, words put together, and both without a label."""
    words = [folded(word) for word in WORD.findall(unicodedata.normalize("NFKC", line.text).upper())]
    words = [word for word in words if word]
    seen: set[str] = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + MOST_WORDS, len(words)) + 1):
            before = words[start - 1] if start else ""
            after = words[end] if end < len(words) else ""
            alone = not (_may_belong(before) or _may_belong(after))
            text = "".join(words[start:end])
            for one in _without_labels(text):
                if one not in seen:
                    seen.add(one)
                    yield _Candidate(one, line.score, alone)


def _may_belong(word: str) -> bool:
    return 0 < len(word) <= SHORT_NEIGHBOUR and word.isascii()


def _without_labels(text: str) -> Iterator[str]:
    yield text
    for label in _labels():
        if text.startswith(label) and len(text) > len(label):
            yield text[len(label) :]
            return
