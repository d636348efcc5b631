"""One set evaluated on the figures of one subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from meguru.errors import FormulaError, IndicatorError, MissingValueError, UnknownNameError, did_you_mean
from meguru.expression import Expression, evaluate, names_in, parse
from meguru.indicators.catalogue.arithmetic import (
    ARITHMETIC,
    FUNCTIONS,
    column_sum,
    is_column,
    mean,
    segmented,
)
from meguru.indicators.catalogue.consistency import refuse_contradiction, refuse_impossible
from meguru.indicators.catalogue.definitions import (
    AVERAGE,
    SUM,
    Definition,
    Doubt,
    IndicatorSet,
    Ratio,
    Variable,
    Words,
)
from meguru.indicators.catalogue.figures import Figures, Given, fitted
from meguru.indicators.value import Value
from meguru.quantity import dimension_of
from meguru.quantity.formula import Value as Number
from meguru.quantity.units import size_of


@dataclass(slots=True)
class Found:
    """The value of a formula and what it rests on.

    Attributes
    ----------
    used
        Names of the figures that were given.
    assumed
        Reasons for figures that were not given and for which something else stands.
    """

    value: Value
    used: set[str] = field(default_factory=set)
    assumed: dict[str, Words] = field(default_factory=dict)


class Evaluation:
    """Formulas of one set on one subject.

    Parameters
    ----------
    aggregation
        How rows that each hold figures of the whole are joined: ``sum_then_divide`` or ``plain_average``.
    """

    def __init__(self, held: IndicatorSet, figures: Figures, aggregation: str = SUM) -> None:
        self.held = held
        self.figures = figures
        self.aggregation = aggregation
        self._known: dict[str, Found] = {}
        self._open: list[str] = []
        self._segmented: dict[str, dict[str, Callable[..., Value]]] = {}
        self._names = frozenset(figures.given)
        self._rows = frozenset(
            name for name, given in figures.given.items() if "." not in name and is_column(given.value)
        )

    def formula(self, text: str) -> Found:
        """The value of a formula of the set, as :meth:`expression`."""
        return self.expression(parse(text))

    def expression(self, expression: Expression) -> Found:
        """The value of a formula of the set, or of a part of one.

        Raises
        ------
        MissingValueError
            A figure is not given and has no default.
        MeguruError
            A figure of the wrong unit, sign or range; each kind by its name.
        """
        found = Found(Value(Number(np.zeros((1, 1)), None)))

        def look_up(name: str) -> Value:
            inner = self.name(name)
            found.used |= inner.used
            found.assumed |= inner.assumed
            return inner.value

        found.value = evaluate(expression, look_up, self._functions(expression), ARITHMETIC)
        return found

    def _functions(self, expression: Expression) -> Mapping[str, Callable[..., Value]]:
        """Sums and the like over the rows of the table that a formula is of."""
        if not self.figures.starts:
            return FUNCTIONS
        tables = {table for table, dot, _ in (name.partition(".") for name in names_in(expression)) if dot}
        if not tables:
            return FUNCTIONS
        if len(tables) > 1:
            raise FormulaError("rows of two tables of subjects that stand one after the other")
        (table,) = tables
        if table not in self._segmented:
            if table not in self.figures.starts:
                return FUNCTIONS
            self._segmented[table] = segmented(self.figures.starts[table])
        return self._segmented[table]

    def indicator(self, definition: Definition, variant: str | None = None) -> Found:
        """The value of an indicator: (sample or 1, year or 1), however many rows were given."""
        _, formula, _ = definition.of_variant(variant)
        found = self.formula(formula)
        if is_column(found.value):
            found.value = Value(mean(Value(found.value.number)).number)
        elif definition.ratio is not None:
            found.value = self._of_two(found.value, definition.ratio)
        return found

    def _of_two(self, value: Value, ratio: Ratio) -> Value:
        """A value with the numerator and denominator that its definition names, where both are known."""
        try:
            top, bottom = self.formula(ratio.numerator).value, self.formula(ratio.denominator).value
        except MissingValueError:
            return value
        return Value(value.number, top.number, bottom.number)

    def averages(self, formula: str) -> bool:
        """Whether figures of the whole stand in several rows, so that it matters how they are joined."""
        return bool(self._rows) and not self._rows.isdisjoint(self.names_behind(formula))

    def by_row(self) -> Evaluation | None:
        """The same figures, those of the whole row by row; None if none of them stands in several rows."""
        if not self._rows:
            return None
        return self if self.aggregation == AVERAGE else Evaluation(self.held, self.figures, AVERAGE)

    def rows_only(self, formula: str) -> bool:
        """Whether a formula has a value for each of several rows of the whole: no table is behind it."""
        given = self.names_behind(formula) & self._names
        return not self._rows.isdisjoint(given) and not any("." in name for name in given)

    def names_behind(self, formula: str) -> frozenset[str]:
        """Names in a formula, and in whatever stands for those that are not given."""
        return names_behind(self.held, formula, self._names)

    def name(self, name: str) -> Found:
        """What a name in a formula stands for."""
        if name not in self._known:
            if name in self._open:
                circle = " → ".join([*self._open, name])
                raise FormulaError("formulas that need each other in a circle", found=circle)
            self._open.append(name)
            try:
                self._known[name] = self._find(name)
            finally:
                self._open.pop()
        return self._known[name]

    def _find(self, name: str) -> Found:
        variable = self.held.variable(name)
        step = self.held.steps.get(name)
        asked = variable if step is None else step.asked
        if asked is None:
            known = self.held.names()
            raise UnknownNameError(
                f"no such figure in {self.held.id}", found=name, hint=did_you_mean(name, known)
            )
        if name in self.figures.given:
            asked = replace(asked, unit=self.unit(asked.unit))
            found = self._given(name, asked, self.figures.given[name])
            self._hold_against(name, asked, found)
            return found
        if step is None:
            return self._derived(asked, name)
        found = self.formula(step.formula)
        refuse_impossible(found.value, asked, self.figures.place)
        return found

    def _given(self, name: str, variable: Variable, given: Given) -> Found:
        value, filled = fitted(given, variable)
        found = Found(value, {name})
        if filled and variable.unless is not None:
            self._refuse_default(variable, name, given)
        if filled:
            found.assumed |= _assumed(name, variable)
        if "." in name or not is_column(value) or self.aggregation == AVERAGE:
            return found
        if variable.kind != "amount":
            first = value.array[:1]
            if not np.allclose(value.array, first, rtol=1e-12, atol=0.0):
                raise IndicatorError(
                    f"'{name}' can not be summed over rows",
                    place=given.place,
                    found=f"{len(value.array)} different values",
                    expected="one value",
                    hint="Take aggregation plain_average, or measure each row as a subject of its own.",
                )
            found.value = Value(Number(first[0], value.number.dimension))
        else:
            found.value = column_sum(value)
        return found

    def _derived(self, variable: Variable, name: str) -> Found:
        """A figure that is not given: by its formula if anything behind it is given, else its default."""
        begun = variable.derived is not None and (variable.default is None or self._begun(variable.derived))
        if variable.derived is not None and begun and self.holds(variable.if_given):
            try:
                found = self.formula(variable.derived)
            except MissingValueError:
                if self._begun(variable.derived):
                    raise
            else:
                refuse_impossible(found.value, variable, self.figures.place)
                return found
        if variable.default is None:
            wanted = f"{variable.name.en} [{self.unit(variable.unit)}]"
            if variable.preceding is not None:
                wanted += (
                    f", or '{variable.preceding.of}' of each of the {variable.preceding.years} years before"
                )
            raise MissingValueError(
                f"'{name}' is not given", place=self.figures.place or None, expected=wanted
            )
        return self._default(variable, name)

    def _refuse_default(self, variable: Variable, name: str, given: Given | None = None) -> None:
        """A default that leaves something out of account must not stand where that is more than nothing.

        Parameters
        ----------
        given
            The column in whose empty cells the default would stand.
        """
        assert variable.unless is not None
        found = self.formula(variable.unless).value
        needed = np.nan_to_num(found.array) > 0
        if given is not None and given.empty is not None and is_column(found):
            needed &= given.empty[:, None, None]
        if not needed.any():
            return
        column = given or self.column_behind(variable.unless)
        place = self.figures.place if column is None else column.place
        if column is not None and is_column(found):
            place = column.row(needed)
        raise MissingValueError(
            f"'{name}' is not given",
            place=place or None,
            found="nothing",
            expected=f"{variable.name.en} [{self.unit(variable.unit)}], as '{variable.unless}' is above zero",
        )

    def holds(self, figure: str | None) -> bool:
        """Whether something holds that needs a figure to be given; None: it needs none."""
        return figure is None or figure in self.figures.given

    def _begun(self, formula: str) -> bool:
        """Whether anything is given of what a formula rests on."""
        return any(
            name in self.figures.given or bool("." in name and self.figures.table(name.partition(".")[0]))
            for name in self.names_behind(formula)
        )

    def _default(self, variable: Variable, name: str) -> Found:
        unit = self.unit(variable.unit)
        assert variable.default is not None
        if variable.unless is not None:
            self._refuse_default(variable, name)
        array = np.full((1, 1), variable.default * size_of(unit))
        table, dot, _ = name.partition(".")
        if dot:
            columns = self.figures.table(table)
            if not columns:
                raise MissingValueError(f"table '{table}' is not given", place=self.figures.place or None)
            array = np.full((self.figures.given[columns[0]].value.array.shape[0], 1, 1), array.item())
        return Found(Value(Number(array, dimension_of(unit))), set(), _assumed(name, variable))

    def _hold_against(self, name: str, variable: Variable, given: Found) -> None:
        """A figure that is given must not contradict what the others give for it."""
        if variable.derived is None or variable.kind == "flag" or not self.holds(variable.if_given):
            return
        if is_column(given.value) and name in self._rows and not self.rows_only(variable.derived):
            return  # rows of the whole are no rows of a table
        try:
            found = self.formula(variable.derived)
        except MissingValueError:
            return  # nothing to hold it against
        # What was not stated contradicts nothing, unless its default stands until something else is said.
        firm = all(behind is not None and behind.firm for behind in map(self.held.variable, found.assumed))
        if found.used and firm:
            origin = self.figures.given[name]
            reasons = [words.en for words in found.assumed.values()]
            refuse_contradiction(given.value, found.value, origin, sorted(found.used), reasons)

    def unit(self, text: str) -> str:
        """A unit of the set in the currency of the figures."""
        return text.replace("money", self.figures.currency) if "money" in text else text

    def column_behind(self, *formulas: str) -> Given | None:
        """A column that was given of the table on whose rows formulas are."""
        names = [name for text in formulas for name in sorted(self.names_behind(text))]
        columns = (self.figures.given[name] for name in names if name in self.figures.given)
        return next((one for one in columns if one.rows), None)

    def doubts(self, used: set[str]) -> list[tuple[Words, ...]]:
        """What is probably not meant in the figures used, for each place of them."""
        given = [self.figures.given[name] for name in sorted(used) if name in self.figures.given]
        common = [text for one in given for text in one.doubts]
        own = [self._doubted(one) for one in self.held.doubts if one.about in used]
        return [
            tuple(dict.fromkeys([*common, *(texts[index] for texts in own if index in texts)]))
            for index in range(len(self.figures.places))
        ]

    def _doubted(self, one: Doubt) -> dict[int, Words]:
        """A doubt of the set, where there is ground for it; nowhere if something of it was not stated."""
        try:
            found = self.formula(one.formula)
        except MissingValueError:
            return {}
        column = self.column_behind(one.formula)
        if found.assumed or column is None:
            return {}
        wrong = (np.nan_to_num(found.value.array) > 0).reshape(len(column.rows), -1).any(axis=1)
        rows = np.flatnonzero(wrong)
        starts = self.figures.starts.get(one.about.partition(".")[0])
        told: dict[int, Words] = {}
        for row in rows[::-1]:  # the first of each is kept
            place = f"{column.place}, row {column.rows[row]}"
            words = Words(f"{place}: {one.says.en}", f"{place}：{one.says.ja}")
            if starts is None:
                told = dict.fromkeys(range(len(self.figures.places)), words)
            else:
                told[int(np.searchsorted(starts, row, side="right")) - 1] = words
        return told

    def quality(self, used: set[str]) -> float | None:
        """The lowest quality of the figures used; None if nothing is said of any."""
        known = [given.quality for name in used if (given := self.figures.given.get(name)) is not None]
        stated = [one for one in known if one is not None]
        return min(stated) if stated else None


@lru_cache(maxsize=16384)
def names_behind(held: IndicatorSet, formula: str, given: frozenset[str] = frozenset()) -> frozenset[str]:
    """Names in a formula of a set, and in the formulas behind those that are not given."""
    found: set[str] = set()
    waiting = [formula]
    while waiting:
        for name in names_in(parse(waiting.pop())) - found:
            found.add(name)
            if name in given:
                continue
            step, variable = held.steps.get(name), held.variable(name)
            if step is not None:
                waiting.append(step.formula)
            elif variable is not None and variable.derived is not None:
                waiting.append(variable.derived)
            elif variable is not None and variable.preceding is not None:
                waiting.append(variable.preceding.of)
    return frozenset(found)


def _assumed(name: str, variable: Variable) -> dict[str, Words]:
    assert variable.because is not None, "the schema asks for the reason of a default"
    return {name: variable.because}
