"""Formulas: Python's own arithmetic is the oracle; nothing but arithmetic is let through."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguru.errors import FormulaError
from meguru.expression import Call, Choice, Name, Number, Operation, Text, calls_in, evaluate, names_in, parse

NAMES = {"a": 2.0, "b": -3.5, "part.mass": 0.25, "率": 8.0}
PLAIN: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
    "!=": operator.ne, "neg": operator.neg,
}  # fmt: skip


class Floats:
    """Plain numbers."""

    def number(self, number: float) -> float:
        return number

    def operate(self, sign: str, operands: tuple[float, ...]) -> float:
        return float(PLAIN[sign](*operands))

    def choose(self, condition: float, then: float, otherwise: float) -> float:
        return then if condition else otherwise


def value_of(text: str, **functions: Any) -> float:
    return evaluate(parse(text), NAMES.__getitem__, functions, Floats())


def test_the_tree_of_a_formula() -> None:
    assert parse("mass(item='part', year=-1) / 2") == Operation(
        "/", (Call("mass", (), (("item", "part"), ("year", -1.0))), Number(2.0))
    )
    assert parse("a if -part.mass < 1 else f('x', b)") == Choice(
        Operation("<", (Operation("neg", (Name("part.mass"),)), Number(1.0))),
        Name("a"),
        Call("f", (Text("x"), Name("b"))),
    )


def test_what_a_formula_refers_to() -> None:
    tree = parse("f(a, g(part.mass)) + (b if a > 1 else h(kind='x')) ** 2")
    assert names_in(tree) == {"a", "b", "part.mass"}
    assert [call.function for call in calls_in(tree)] == ["f", "g", "h"]


def formulas() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["1", "2.5", "1e-3", "a", "b", "0.125"])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(" ".join),
            st.tuples(inner, st.sampled_from(["+", "-"]), inner).map(lambda parts: f"({' '.join(parts)})"),
            inner.map(lambda text: f"-({text})"),
            inner.map(lambda text: f"({text}) ** 2"),
            st.tuples(inner, inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} <= {t[2]} else {t[3]})"),
        ),
        max_leaves=12,
    )


@given(formulas())
def test_values_are_those_of_python(text: str) -> None:
    try:
        expected: float | str = float(eval(text, {}, NAMES))
    except (ZeroDivisionError, OverflowError) as error:
        expected = type(error).__name__
    try:
        found: float | str = value_of(text)
    except (ZeroDivisionError, OverflowError) as error:
        found = type(error).__name__
    assert found == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-a ** 2", -4.0), ("2 ** -1", 0.5), ("10 - 3 - 2", 5.0), ("16 / 4 / 2", 2.0), ("+a", 2.0),
        ("率 * part.mass", 2.0), (" a\n  + b ", -1.5), ("3 − 1", 2.0), ("3 × 4 ÷ 2", 6.0), ("1_000", 1000.0),
    ],
)  # fmt: skip
def test_spellings(text: str, value: float) -> None:
    assert value_of(text) == value


def test_functions_get_values_texts_and_plain_keywords() -> None:
    seen: list[Any] = []

    def f(*arguments: Any, **keywords: Any) -> float:
        seen.append((arguments, keywords))
        return 5.0

    assert value_of("f('x', a + 1, of='y', year=2030) * 2", f=f) == 10.0
    assert seen == [(("x", 3.0), {"of": "y", "year": 2030.0})]


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "a +", "a b", "(a", "a)", "a = 1", "lambda: 1", "[1]", "{1}", "{'a': 1}", "a[0]", "f'{a}'",
        "a and b", "not a", "~a", "a // 2", "a % 2", "a @ b", "a | b", "a ^ 2", "a ** b", "2 ** 3 ** 2",
        "2 ** 101", "a < b < 1", "a in b", "a is b", "'text'", "a + 'x'", "f(x='a' + 'b')", "f(x=a)", "f(*a)",
        "f(**a)", "f(x=[1])", "f()()", "f().x", "(a).b()()", "1j", "True", "None", "...", "1e999", "9" * 400,
        "b'x'", "(yield)", "await a", "a := 1", "(x := 1)", "[x for x in a]", "a; b", "a\x00", "import os",
        "__import__('os').system('x')", "(1).real", "1(2)", "'x'.join(a)", "f(x=1, x=2)", "a,", "a, b", "#",
        "a if b", "x\ud800", "2 ** True", "f(1 for x in a)",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


def test_lengths_and_depths_are_limited() -> None:
    nested = "f(" * 39 + "a" + ")" * 39
    assert value_of(nested, f=lambda value: value + 1) == 41.0
    with pytest.raises(FormulaError, match="nested"):
        parse(f"f({nested})")
    assert value_of("+".join(["a"] * 200)) == 400.0
    with pytest.raises(FormulaError, match="side by side"):
        parse("+".join(["a"] * 202))
    assert value_of("1".ljust(2000)) == 1.0
    with pytest.raises(FormulaError, match="longer than 2000"):
        parse("1".ljust(2001))


@pytest.mark.parametrize(
    "text", ["(" * 999 + ")" * 999, "-" * 1999 + "1", "a" + ".a" * 900 + "()()", "1" + "**1" * 600]
)
def test_formulas_made_to_break_the_parser_are_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        parse(text)
    except FormulaError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "column", "found"),
    [("1 + [2]", 5, "[2]"), ("  率 + [2]", 7, "[2]"), ("a + 'x'", 5, "'x'"), ("aa ^ 2", 1, "aa ^ 2")],
)
def test_messages_name_column_and_what_was_found(text: str, column: int, found: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert f"column {column}" in str(caught.value)
    assert caught.value.found == found


def test_a_syntax_error_names_its_column() -> None:
    with pytest.raises(FormulaError, match="column 6"):
        parse("1 +  )")


def test_an_unknown_function_names_the_nearest() -> None:
    with pytest.raises(FormulaError, match=r"column 5.*Did you mean 'mass'"):
        value_of("1 + maas(1)", mass=lambda value: value)


@pytest.mark.parametrize(
    ("text", "hinted"),
    [
        ("reused * 100 MJPY/year", True),
        ("3 kg + mass", True),
        ("1 - 40 %", True),
        ("1 - (rate", False),
        ("x2 y", False),
        ("1 if", False),
    ],
)
def test_units_in_a_formula_are_sent_to_the_parameters(text: str, hinted: bool) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert ("Units stand in parameters" in str(caught.value)) is hinted
