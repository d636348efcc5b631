"""Formulas read once and evaluated in any scenario: ``reference(…)`` looks at another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from meguru.errors import FormulaError, MeguruError, UnknownNameError, did_you_mean
from meguru.expression import Call, Choice, Expression, Operation, Text, evaluate, parse
from meguru.expression import Number as WrittenNumber
from meguru.indicators.functions import BASIC, Function
from meguru.indicators.scene import Scene
from meguru.indicators.special import SPECIAL
from meguru.indicators.value import Operations, Value, plain_function
from meguru.model.checks import locate
from meguru.model.components import Indicator, Model
from meguru.quantity.formula import Value as Number
from meguru.quantity.units import NONE, size_of

Deferred = Callable[[Scene], Value]
ARITHMETIC = Operations()
PLAIN_NAMES = ("min", "max", "abs", "sqrt", "exp", "log")
FUNCTIONS: dict[str, Function] = {**BASIC, **SPECIAL}


class Later:
    """Operations on values that are only found when a scenario is given."""

    def number(self, number: float) -> Deferred:
        """A number as written."""
        value = ARITHMETIC.number(number)
        return lambda scene: value

    def operate(self, operator: str, operands: tuple[Deferred, ...]) -> Deferred:
        """One of the operators of formulas."""
        return lambda scene: ARITHMETIC.operate(operator, tuple(operand(scene) for operand in operands))

    def choose(self, condition: Deferred, then: Deferred, otherwise: Deferred) -> Deferred:
        """One or the other."""
        return lambda scene: ARITHMETIC.choose(condition(scene), then(scene), otherwise(scene))


class Formulas:
    """The indicators of a model, ready to be evaluated.

    Parameters
    ----------
    model
        Whose indicators; names in a formula are other indicators.
    reference
        Name of the reference scenario.
    scene_of
        Gives the scene of a scenario by name; runs it if need be.
    """

    def __init__(self, model: Model, reference: str, scene_of: Callable[[str], Scene]) -> None:
        self.model = model
        self.reference = reference
        self.scene_of = scene_of
        self._functions: dict[str, Callable[..., Deferred]] = {
            **{name: _calling(name, function) for name, function in FUNCTIONS.items()},
            **{name: _plain(name) for name in PLAIN_NAMES},
            "reference": self._reference,
            "scenario": self._scenario,
            "cumulative": _cumulative,
        }
        self._compiled: dict[str, Deferred] = {}
        self._open: list[str] = []

    def value(self, name: str, indicator: Indicator, scene: Scene, place: str | None = None) -> Value:
        """Value of an indicator, compared with the reference where it says so; ``place`` where it stands.

        Raises
        ------
        MeguruError
            With the indicator's place in the model and the column of the formula.
        """
        try:
            return self._compared(indicator, self._whole(name, indicator.formula, scene), scene)
        except MeguruError as error:
            locate(self.model, error.at(place=place or f"indicators.{name}.formula"))
            raise

    def _whole(self, name: str, formula: str, scene: Scene) -> Deferred:
        expression = parse(formula)
        try:
            if formula not in self._compiled:
                self._compiled[formula] = self._compile(expression)
            found = self._compiled[formula]
            _remembered(scene, formula, found)
            return lambda other: _remembered(other, formula, found)
        except MeguruError as error:
            if error.place is None:
                self._name_column(error, expression, scene)
            raise

    def _compile(self, expression: Expression) -> Deferred:
        found: Deferred = evaluate(expression, self._indicator, self._functions, Later())
        return found

    def _compared(self, indicator: Indicator, found: Deferred, scene: Scene) -> Value:
        value = found(scene)
        if indicator.against is None:
            return value
        other = found(self.scene_of(self.reference))
        return ARITHMETIC.operate("-" if indicator.against == "difference" else "/", (value, other))

    # -- names and functions -------------------------------------------------------------------------------

    def _indicator(self, name: str) -> Deferred:
        """Another indicator of the model."""
        if name not in self.model.indicators:
            hint = did_you_mean(name, [*self.model.indicators, *self._functions])
            if name in self._functions:
                hint = f"A function is written with brackets: {name}(…)."
            raise UnknownNameError(
                "no such indicator", found=name, expected=list(self.model.indicators), hint=hint
            )
        indicator = self.model.indicators[name]

        def compute(scene: Scene) -> Value:
            if name in self._open:
                circle = " → ".join([*self._open[self._open.index(name) :], name])
                raise FormulaError(
                    "indicators that need each other in a circle",
                    found=circle,
                    expected="formulas that begin with functions",
                )
            self._open.append(name)
            try:
                return self.value(name, indicator, scene)
            finally:
                self._open.pop()

        return compute

    def _reference(self, *arguments: Any, **keywords: Any) -> Deferred:
        (inner,) = _expressions("reference", arguments, keywords, 1)
        return lambda scene: inner(self.scene_of(self.reference))

    def _scenario(self, *arguments: Any, **keywords: Any) -> Deferred:
        if not arguments or not isinstance(arguments[0], str):
            raise FormulaError(
                "scenario() needs the name of a scenario first", expected='as scenario("name", …)'
            )
        name = arguments[0]
        (inner,) = _expressions("scenario", arguments[1:], keywords, 1)
        return lambda scene: inner(self.scene_of(name))

    # -- errors --------------------------------------------------------------------------------------------

    def _name_column(self, error: MeguruError, expression: Expression, scene: Scene) -> None:
        """Add the column of the smallest part of the formula that fails by itself."""
        if "column" in error.message:
            return
        column = _column(self._failing(expression, scene))
        if column is not None:
            error.message = f"{error.message} (column {column})"

    def _failing(self, part: Expression, scene: Scene) -> Expression:
        for inner in _inside(part):
            try:
                self._compile(inner)(scene)
            except MeguruError:
                return self._failing(inner, scene)
        return part


def _remembered(scene: Scene, formula: str, found: Deferred) -> Value:
    """The value of a whole formula in a scenario, computed once."""
    if formula not in scene.known:
        scene.known[formula] = found(scene)
    return scene.known[formula]


def _column(part: Expression) -> int | None:
    """Where a part stands; of an operation the right operand, which does not fit the left one."""
    if isinstance(part, Operation):
        return (_column(part.operands[-1]) if len(part.operands) > 1 else None) or part.column
    return None if isinstance(part, (WrittenNumber, Text)) else part.column


def _inside(part: Expression) -> list[Expression]:
    if isinstance(part, Operation):
        inner = part.operands
    elif isinstance(part, Choice):
        inner = (part.condition, part.then, part.otherwise)
    elif isinstance(part, Call):
        inner = part.arguments
    else:
        inner = ()
    return [one for one in inner if not isinstance(one, (Text, WrittenNumber))]


def _calling(name: str, function: Function) -> Callable[..., Deferred]:
    """The function of formulas that asks for a basic indicator; each scenario remembers what it gave."""

    def call(*positional: Any, **keywords: Any) -> Deferred:
        arguments = function.arguments(name, positional, keywords)
        key = (name, tuple(sorted(arguments.items())))

        def compute(scene: Scene) -> Value:
            if key not in scene.known:
                scene.known[key] = function.compute(scene, arguments)
            return scene.known[key]

        return compute

    return call


def _plain(name: str) -> Callable[..., Deferred]:
    apply = plain_function(name)

    def call(*arguments: Any, **keywords: Any) -> Deferred:
        inner = _expressions(name, arguments, keywords, None)
        return lambda scene: apply(*(one(scene) for one in inner))

    return call


def _expressions(
    name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any], count: int | None
) -> tuple[Deferred, ...]:
    """The arguments of a function, if they are expressions and as many as wanted."""
    if (
        keywords
        or any(isinstance(one, str) for one in arguments)
        or (count or max(1, len(arguments))) != len(arguments)
    ):
        raise FormulaError(f"wrong arguments of {name}()", expected=f"{count or 'one or more'} expression(s)")
    return arguments


def _cumulative(*arguments: Any, **keywords: Any) -> Deferred:
    """Sum over the reported years up to each: value × 1 year."""
    (inner,) = _expressions("cumulative", arguments, keywords, 1)

    def compute(scene: Scene) -> Value:
        number = inner(scene).number
        each = np.broadcast_to(number.array, (number.array.shape[0], len(scene.years)))
        exponents = dict(number.dimension or NONE)
        exponents["time"] = exponents.get("time", 0.0) + 1.0
        dimension = tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))
        summed = each.cumsum(axis=1) * size_of("year")
        return Value(Number(summed, None if number.dimension is None else dimension))

    return compute
