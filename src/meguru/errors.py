"""Every error of meguru by name.

A message says where it happened (file, line and place in the model), what was found, what was expected,
and where possible what to do. Errors about a model are :class:`ModelError`, those of a run
:class:`RunError`.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Self

LONGEST_FOUND = 80


class MeguruError(Exception):
    """Any error that meguru raises on purpose.

    Parameters
    ----------
    message
        What is wrong, without a full stop.
    file, line
        The file and its line, counted from 1.
    place
        The place in the model, as ``processes.use.leave.obsolete.scale``.
    found
        What stands there; shown shortened.
    expected
        What should stand there: a text as it is, or several valid names.
    hint
        A sentence that says what to do.

    Attributes
    ----------
    asked
        Whether the fault is in what was asked for, as a name or a year, not in a model; see :func:`asked`.
    """

    def __init__(
        self,
        message: str = "",
        *,
        file: str | None = None,
        place: str | None = None,
        line: int | None = None,
        found: object = None,
        expected: object = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.place = place
        self.line = line
        self.found = found
        self.expected = expected
        self.hint = hint
        self.asked = False

    def at(self, *, file: str | None = None, place: str | None = None, line: int | None = None) -> Self:
        """The same error, with file, place and line filled in where they are not known yet."""
        self.file = self.file or file
        self.place = self.place or place
        self.line = self.line if self.line is not None else line
        return self

    def __str__(self) -> str:
        where = self.file or ""
        if self.line is not None:
            where = f"{where}:{self.line}" if where else f"line {self.line}"
        about = [self.message] if self.message else []
        details = []
        if self.found is not None:
            details.append(f"found {_shown(self.found)}")
        if self.expected is not None:
            details.append(f"expected {_listed(self.expected)}")
        if details:
            about.append(", ".join(details))
        text = ": ".join(part for part in (where, self.place, "; ".join(about)) if part)
        if not self.hint:
            return text
        return f"{text.rstrip('.')}. {self.hint}" if text else self.hint


def _shown(found: object) -> str:
    """What was found, in quotes if it is a text, never longer than a line."""
    text = repr(found) if isinstance(found, str) else str(found)
    return text if len(text) <= LONGEST_FOUND else f"{text[: LONGEST_FOUND - 1]}…"


def _listed(expected: object) -> str:
    """What was expected: a text as it is, a collection as a list of alternatives."""
    if isinstance(expected, (list, tuple, set, frozenset, dict)):
        names = (
            sorted(map(str, expected))
            if isinstance(expected, (set, frozenset))
            else [str(one) for one in expected]
        )
        return names[0] if len(names) == 1 else f"one of {', '.join(names)}"
    return str(expected)


class ModelError(MeguruError):
    """Something is wrong with a model, its file or its objects."""


class NotReadableError(ModelError):
    """A file is missing, not UTF-8, broken off, too large, or no valid YAML."""


class DuplicateKeyError(ModelError):
    """A key stands twice in the same mapping."""


class UnknownKeyError(ModelError):
    """A key that no component has."""


class UnknownNameError(ModelError):
    """A name that refers to nothing in the model."""


class MissingValueError(ModelError):
    """A value that must be given is not."""


class WrongTypeError(ModelError):
    """A value of the wrong kind: a text for a number, a list for a mapping."""


class UnitError(ModelError):
    """A unit that is not known or that means more than one thing."""


class MissingUnitError(ModelError):
    """A number without a unit where one is needed."""


class DimensionError(ModelError):
    """A unit of the wrong dimension: kg for a time."""


class RangeError(ModelError):
    """A number outside what is possible: a share above one, negative sales."""


class ShareError(ModelError):
    """Shares that do not sum to one."""


class ContradictionError(ModelError):
    """Two figures that state different values of one thing."""


class SeriesError(ModelError):
    """A series by year that is not well formed or lacks a year."""


class DistributionError(ModelError):
    """A probability distribution whose parameters are missing or impossible."""


class CorrelationError(ModelError):
    """Correlations of uncertain numbers that can not be, or not all together."""


class FormulaError(ModelError):
    """A formula that can not be read, or whose result is not a number."""


class BomError(ModelError):
    """A bill of materials that contains itself or does not match the declared mass."""


class NetworkError(ModelError):
    """Routes that do not carry everything: no route, a cycle without loss, ambiguous sources."""


class LifetimeError(ModelError):
    """A lifetime whose parameters are missing, contradict each other or are impossible."""


class ScenarioError(ModelError):
    """A scenario or measure that can not be applied to the model."""


class LibraryError(ModelError):
    """A library of unit process data that can not be used."""


class PolarityError(ModelError):
    """Influences whose signs contradict each other."""


class UnsupportedError(ModelError):
    """A combination about which the engine would have to guess."""


class ModelWarning(MeguruError):
    """Something in a model that is probably not meant. It is returned, never raised: the model can be run."""


class RunError(MeguruError):
    """A run that can not give a right answer."""


class ResumeError(RunError):
    """A run that can not be gone on with: nothing is there, or it is of another model or other settings."""


class BalanceError(RunError):
    """Mass or money that does not balance."""


class ShortageError(RunError):
    """Something that must be delivered can not be."""


class StockError(RunError):
    """A target stock that falls faster than things leave: it would need negative sales."""


class InfeasibleError(RunError):
    """No choice meets all limits."""


class ReadingError(MeguruError):
    """A reading or a message of a sensor that can not be taken."""


class IndicatorError(MeguruError):
    """An indicator that can not be evaluated on a result."""


class WriteError(MeguruError):
    """A file that can not be written."""


@contextmanager
def asked() -> Iterator[None]:
    """What is wrong inside is wrong with what was asked for, but for what stands in a file."""
    try:
        yield
    except MeguruError as error:
        error.asked = error.file is None
        raise


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The valid name most like a misspelt one; None if none is like it."""
    by_folded = {_folded(valid): valid for valid in names}
    folded = _folded(name)
    found = difflib.get_close_matches(folded, by_folded, n=5, cutoff=0.6)

    def likeness(valid: str) -> tuple[float, int]:
        """People seldom miss the first letters: they decide between names that are as like."""
        start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(valid, folded, strict=False)))
        return difflib.SequenceMatcher(None, valid, folded).ratio(), start

    return by_folded[max(found, key=likeness)] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """The hint ``Did you mean 'x'?``, or None if no valid name is like the one found."""
    likely = nearest(name, names)
    return None if likely is None else f"Did you mean '{likely}'?"


def _folded(name: str) -> str:
    """A name as it compares: letter case, width and separators do not count."""
    return unicodedata.normalize("NFKC", name).casefold().replace("-", "_").replace(" ", "_")
