"""What a set of indicators is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

LEVELS = ("product", "business", "supply_chain", "nation")
PURPOSES = ("environment", "resource", "economy", "society")
AUDIENCES = ("design", "management", "investor", "regulator", "public")
SUM, AVERAGE = "sum_then_divide", "plain_average"
VERIFIED, QUOTED, REMEMBERED = "V", "Q", "M"


class Words(NamedTuple):
    """A text in both languages."""

    en: str
    ja: str

    def of(self, language: str) -> str:
        """The text in one language."""
        return self.ja if language == "ja" else self.en


MARKS = {
    VERIFIED: Words("formula or definition seen in a source", "式または定義を出典で確認"),
    QUOTED: Words("formula seen as a quotation in public code", "公開コード中の引用で確認"),
    REMEMBERED: Words("formula from memory, not confirmed", "記憶による式、未確認"),
}


class Preceding(NamedTuple):
    """The mean of another figure over the years before."""

    of: str
    years: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A figure that formulas need: of a subject as a whole, or a column of a table.

    Attributes
    ----------
    unit
        Several, with ``|`` between them, where it may have any of them.
    kind
        ``amount`` (adds up over flows), ``intensity`` (does not: years, prices, rates), ``share`` (0 to 1) or
        ``flag`` (0 or 1).
    derived
        Formula by which it is found if it is not given.
    default, because
        What stands in its place if it is neither given nor found (in ``unit``), and why that may be.
    preceding
        Where figures are given by year, the mean over the years before by which it is found.
    firm
        Whether figures that are given are held against what follows from the default; else it leaves open
        what was not stated.
    unless
        Formula; where it is above zero, the default does not stand, and the figure must be given.
    if_given
        A figure; ``derived`` holds only where it is given.
    """

    id: str
    unit: str
    kind: str
    name: Words
    derived: str | None = None
    default: float | None = None
    because: Words | None = None
    preceding: Preceding | None = None
    firm: bool = False
    negative: bool = False
    unless: str | None = None
    if_given: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A named part of formulas, as the virgin mass V of the material circularity indicator."""

    id: str
    unit: str
    kind: str
    formula: str
    name: Words

    @property
    def asked(self) -> Variable:
        """What it must be, given or found: of its dimension and within the range of its kind."""
        return Variable(self.id, self.unit, self.kind, self.name, derived=self.formula)


@dataclass(frozen=True, slots=True)
class Whole:
    """Parts that are together no more than a whole, whichever of them are known.

    Attributes
    ----------
    whole, parts
        Formulas.
    rest
        What is left beside the parts; as it is stated in rounded numbers, together with them it may be more
        than the whole by rounding.
    """

    whole: str
    parts: tuple[str, ...]
    says: str
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A formula that must not be negative, or that must equal another one but for rounding."""

    formula: str
    error: str  # ``share`` or ``range``
    says: str
    equals: str | None = None
    if_given: str | None = None  # held only where this figure is given


@dataclass(frozen=True, slots=True)
class Doubt:
    """What can be, and is probably not meant: where the formula is above zero."""

    formula: str
    about: str  # the figure for which it matters
    says: Words


@dataclass(frozen=True, slots=True)
class Variant:
    """Another formula under the same name."""

    formula: str
    mark: str
    name: Words


class Ratio(NamedTuple):
    """Numerator and denominator, formulas, of an indicator whose formula does not end in a division."""

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Rounding:
    """One step of rounding in the unit shown: ``floor``, ``half_up`` or ``half_even`` to some decimals."""

    rule: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Limit:
    """What an indicator is for a fully linear or fully circular case, with figures that show it.

    Either ``value`` is given, or ``state`` (``unbounded`` or ``undefined``) with ``because``.
    """

    given: Mapping[str, Any]
    value: str | None = None
    state: str | None = None
    because: Words | None = None
    toward: str | None = None  # unbounded as this figure goes to zero


@dataclass(frozen=True, slots=True)
class Target:
    """A published threshold or goal."""

    id: str
    value: str  # a number with unit
    year: int | None  # None: not found
    rule: str  # at_least or at_most
    mark: str
    source: str
    scope: Words | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A printed value; one year is printed with different values, so the vintage is kept."""

    year: int
    value: str  # a number with unit
    vintage: str


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator of a set.

    Attributes
    ----------
    id
        ``set.short``.
    variant
        What the formula is called beside its ``variants``.
    better
        ``up`` or ``down``.
    scales
        Whether it grows with the amounts that it is computed from; rates do not.
    may_exceed
        Whether a share may be above 100 %, as of what was placed on the market before.
    mandatory
        Whether its standard asks for it in any case, or for the reason why it does not apply.
    ratio, no_ratio
        Numerator and denominator where the formula does not end in a division, or why there are none.
    """

    id: str
    short: str
    set: str
    edition: str
    name: Words
    meaning: Words
    formula: str
    unit: str
    mark: str
    levels: tuple[str, ...]
    boundary: Words
    purposes: tuple[str, ...]
    audiences: tuple[str, ...]
    better: str
    source: str
    limits: Mapping[str, Limit]
    variant: str = "standard"
    variants: Mapping[str, Variant] = field(default_factory=dict)
    rounding: tuple[Rounding, ...] = ()
    aggregation: tuple[str, ...] = (SUM,)
    scales: bool = False
    may_exceed: bool = False
    mandatory: bool = False
    ratio: Ratio | None = None
    no_ratio: Words | None = None
    targets: tuple[Target, ...] = ()
    published: tuple[Published, ...] = ()
    note: Words | None = None

    @property
    def is_share(self) -> bool:
        """Whether it lies between nothing and the whole, so that anything else is an error of the figures."""
        full = self.limits.get("circular")
        whole = {"%": "100 %", "1": "1"}.get(self.unit)
        return full is not None and whole is not None and full.value == whole and not self.may_exceed

    def of_variant(self, name: str | None) -> tuple[str, str, str]:
        """Name, formula and mark of a variant; without a name the first."""
        if name is None or name == self.variant:
            return self.variant, self.formula, self.mark
        other = self.variants[name]
        return name, other.formula, other.mark

    @property
    def variant_names(self) -> list[str]:
        """All variants, the one taken by itself first."""
        return [self.variant, *self.variants]


@dataclass(frozen=True, slots=True)
class Omitted:
    """An indicator of a standard that is not shipped, and why."""

    id: str
    name: Words
    reason: Words


@dataclass(frozen=True, slots=True, eq=False)  # each is read once, and is itself
class IndicatorSet:
    """Indicators that belong together.

    Attributes
    ----------
    tables
        Table → column → what it holds.
    """

    id: str
    edition: str
    name: Words
    about: Words
    source: str
    tables: Mapping[str, Mapping[str, Variable]]
    variables: Mapping[str, Variable]
    steps: Mapping[str, Step]
    wholes: tuple[Whole, ...]
    checks: tuple[Check, ...]
    doubts: tuple[Doubt, ...]
    indicators: Mapping[str, Definition]
    omitted: tuple[Omitted, ...]

    def variable(self, name: str) -> Variable | None:
        """A variable, or a column by ``table.column``."""
        table, dot, column = name.partition(".")
        return self.tables.get(table, {}).get(column) if dot else self.variables.get(name)

    def names(self) -> list[str]:
        """All that formulas of the set may refer to."""
        columns = [f"{table}.{column}" for table, held in self.tables.items() for column in held]
        return [*self.variables, *self.steps, *columns]
