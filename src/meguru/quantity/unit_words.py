"""The words that units are made of, as ``units.txt`` defines them, and expressions of such words.

The file has the form of pint's definition files; of it only what is needed here is read: prefixes, names with
a relation to other units or to a dimension, symbols and other names. A word may bear one prefix and the
plural's s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

EQUIVALENT_OF = "equivalent_of_"
_TOKEN = re.compile(r"\s*(\*\*|[*/()]|\[\w+\]|(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?(?!\w)|[^\W\d]\w*)")
_EXPONENT = re.compile(r"\s*(?:(-?\d+(?:\.\d+)?)|\(\s*(-?\d+(?:\.\d+)?)\s*\))")
_NAME = r"([^\W\d]\w*)"
_IN_WORDS = (
    (re.compile(rf"\b(?:square|sq)\s+{_NAME}"), r"\1**2"),
    (re.compile(rf"\bcubic\s+{_NAME}"), r"\1**3"),
    (re.compile(rf"{_NAME}\s+squared\b"), r"\1**2"),
    (re.compile(rf"{_NAME}\s+cubed\b"), r"\1**3"),
)


class NoUnit(ValueError):
    """Not an expression of words that are known; units.py says it in words of its own."""


class Measure(NamedTuple):
    """What an expression comes to."""

    size: float  # in root units
    dimension: Mapping[str, float]
    words: Mapping[str, float]  # as it was written, in full names

    def times(self, other: Measure, power: float) -> Measure:
        """This one multiplied by a power of another."""
        return Measure(
            self.size * other.size**power,
            _sum(self.dimension, other.dimension, power),
            _sum(self.words, other.words, power),
        )


class _Definitions(NamedTuple):
    full: Mapping[str, str]  # any name → the full one
    relations: Mapping[str, str]  # full name → relation
    prefixes: Mapping[str, str]  # any prefix, also none → the full one
    sizes: Mapping[str, float]  # full prefix → size


ONE = Measure(1.0, {}, {})


@lru_cache(maxsize=1)
def _definitions() -> _Definitions:
    text = resources.files("meguru.quantity").joinpath("units.txt").read_text(encoding="utf-8")
    full: dict[str, str] = {}
    relations: dict[str, str] = {}
    prefixes, sizes = {"": ""}, {"": 1.0}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, relation, *others = (part.strip() for part in line.split("="))
        names = [one for one in (name, *others) if one != "_"]
        if name.endswith("-"):
            sizes[name.rstrip("-")] = float(relation)
            prefixes |= {one.rstrip("-"): name.rstrip("-") for one in names}
        else:
            relations[name] = relation
            full |= dict.fromkeys(names, name)
    return _Definitions(full, relations, prefixes, sizes)


def known_words() -> Iterator[str]:
    """All names of units, without prefixes."""
    yield from _definitions().full


@lru_cache(maxsize=1024)
def word(name: str) -> Measure | None:
    """What one word measures; None if it is not known."""
    if name == "dimensionless":
        return ONE
    if name.startswith(EQUIVALENT_OF):
        own = name.removeprefix(EQUIVALENT_OF)
        return Measure(1.0, {f"{'_' if own[:1].isdigit() else ''}{own}": 1.0}, {name: 1.0})
    found = _definitions()
    if name in found.full:
        return _defined(found.full[name])
    for ending in ("", "s"):
        for prefix, full in found.prefixes.items():
            if not (name.startswith(prefix) and name.endswith(ending)):
                continue
            rest = name[len(prefix) : len(name) - len(ending)]
            if rest in found.full and not (ending and len(rest) == 1):
                plain = _defined(found.full[rest])
                whole = f"{full}{found.full[rest]}"
                return Measure(found.sizes[full] * plain.size, plain.dimension, {whole: 1.0})
    return None


@lru_cache(maxsize=256)
def _defined(name: str) -> Measure:
    relation = _definitions().relations[name]
    if relation.startswith("["):
        return Measure(1.0, {relation.strip("[]"): 1.0}, {name: 1.0})
    return evaluate(relation)._replace(words={name: 1.0})


def evaluate(text: str) -> Measure:
    """An expression of words, numbers, ``*``, ``/``, ``**`` and brackets; a space multiplies.

    Raises
    ------
    NoUnit
        It is none, or a word is not known.
    OverflowError, ZeroDivisionError
        A number too large, or too small.
    """
    for pattern, power in _IN_WORDS:
        text = pattern.sub(power, text)
    reading = _Reading(text)
    found = reading.product()
    if reading.rest():
        raise NoUnit(text)
    return found


class _Reading:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def rest(self) -> str:
        return self.text[self.at :].strip()

    def product(self) -> Measure:
        """Factors one after the other; what stands after ``/`` divides, and only the next factor."""
        found = self._factor()
        while (rest := self.text[self.at :].lstrip()) and not rest.startswith(")"):
            spaced = self.text[self.at].isspace()
            sign = rest[0]
            if rest.startswith("**"):
                raise NoUnit(self.text)  # a power of a power
            if sign in "*/":
                self._next()
            elif not spaced:
                raise NoUnit(self.text)
            found = found.times(self._factor(), -1.0 if sign == "/" else 1.0)
        return found

    def _factor(self) -> Measure:
        token = self._next()
        if token == "(":
            found = self.product()
            if self._next() != ")":
                raise NoUnit(self.text)
        elif token[0].isdigit() or token[0] == ".":
            found = Measure(float(token), {}, {})
        else:
            known = None if token in ("*", "/", "**", ")") or token[0] == "[" else word(token)
            if known is None:
                raise NoUnit(token)
            found = known
        if not self.rest().startswith("**"):
            return found
        self._next()
        power = _EXPONENT.match(self.text, self.at)
        if power is None:
            raise NoUnit(self.text)
        self.at = power.end()
        return ONE.times(found, float(power[1] or power[2]))

    def _next(self) -> str:
        token = _TOKEN.match(self.text, self.at)
        if token is None:
            raise NoUnit(self.text)
        self.at = token.end()
        return token[1]


def _sum(ones: Mapping[str, float], others: Mapping[str, float], power: float) -> dict[str, float]:
    """Exponents added; those that come to nothing are left out."""
    found = dict(ones)
    for name, exponent in others.items():
        found[name] = found.get(name, 0.0) + power * exponent
    return {name: exponent for name, exponent in found.items() if exponent}
