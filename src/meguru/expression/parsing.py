"""Text to formula. Python's parser reads it; only what is listed here is let through."""

from __future__ import annotations

import ast
import math
import re
import warnings
from functools import lru_cache

from meguru.errors import FormulaError
from meguru.expression.tree import Call, Choice, Expression, Name, Number, Operation, Text

LONGEST = 2000
DEEPEST = 40
LONGEST_CHAIN = 200  # of terms beside each other: a + b + c ...
LARGEST_EXPONENT = 100.0
SIGNS = str.maketrans({"−": "-", "×": "*", "÷": "/", "\u3000": " ", "\n": " ", "\r": " ", "\t": " "})
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.USub: "neg",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
# A number with a word or a per cent sign behind it, which is none of those that a formula may have there.
_WITH_UNIT = re.compile(r"(?<![\w.])\d[\d_.,]*\s*(?:%|(?!(?:if|else|and|or|not|in|is)\b)[^\W\d])")
UNITS = "Units stand in parameters: give the number with its unit a name there, and write the name here."
ALLOWED = "numbers, names, + - * / **, comparisons, 'a if c else b' and calls"


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The tree of a formula.

    Parameters
    ----------
    text
        At most 2,000 characters, nested at most 40 deep.

    Raises
    ------
    FormulaError
        The text is no formula or uses something that formulas do not have; with the column.
    """
    if len(text) > LONGEST:
        raise FormulaError(f"the formula is longer than {LONGEST} characters", found=text)
    plain = text.translate(SIGNS)
    code = plain.strip()
    if not code:
        raise FormulaError("the formula is empty", expected=ALLOWED)
    shift = len(plain) - len(plain.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", SyntaxWarning
            )  # about slips in code, as 1(2); they are refused below
            tree = ast.parse(code, mode="eval")
    except SyntaxError as error:
        message = error.msg.split(". Perhaps")[0]
        column = (error.offset or 1) + shift
        raise FormulaError(
            f"the formula can not be read at column {column}: {message}",
            found=text,
            expected="a formula, as '1 - rate'",
            hint=UNITS if _WITH_UNIT.search(code) else None,
        ) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise FormulaError("the formula can not be read", found=text) from error
    return _Reader(code, shift).expression(tree.body, 1)


class _Reader:
    """Turns Python's tree into ours."""

    def __init__(self, code: str, shift: int) -> None:
        self.code = code
        self.bytes = code.encode()
        self.shift = shift

    def expression(self, node: ast.expr, depth: int) -> Expression:
        if depth > DEEPEST:
            raise self.error(node, f"the formula is nested more than {DEEPEST} deep")
        if isinstance(node, ast.Constant):
            return self.number(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return Name(self.name(node), self.column(node))
        if isinstance(node, ast.BinOp):
            return self.chain(node, depth)
        if isinstance(node, ast.UnaryOp):
            return self.signed(node, depth)
        if isinstance(node, ast.Compare):
            return self.comparison(node, depth)
        if isinstance(node, ast.IfExp):
            test, then, otherwise = (
                self.expression(part, depth + 1) for part in (node.test, node.body, node.orelse)
            )
            return Choice(test, then, otherwise, self.column(node))
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        raise self.error(node, "this can not stand in a formula", expected=ALLOWED)

    def number(self, node: ast.Constant) -> Number:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            what = "a text can only be an argument" if isinstance(node.value, str) else "not a number"
            raise self.error(node, what)
        try:
            value = float(node.value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self.error(node, "the number is too large")
        return Number(value)

    def name(self, node: ast.expr) -> str:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise self.error(node, "a point can only stand between names")
        return ".".join([node.id, *reversed(parts)])

    def chain(self, node: ast.BinOp, depth: int) -> Expression:
        """Operations side by side, a + b - c: read in a loop, since a long sum is not deeply nested."""
        links: list[ast.BinOp] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            links.append(first)
            first = first.left
        if len(links) > LONGEST_CHAIN:
            raise self.error(node, f"more than {LONGEST_CHAIN} terms side by side")
        left = self.expression(first, depth + 1)
        for link in reversed(links):
            operator = OPERATORS.get(type(link.op))
            if operator is None:
                hint = "A power is written '**'." if isinstance(link.op, ast.BitXor) else None
                raise self.error(
                    link, "this operator can not stand in a formula", expected=ALLOWED, hint=hint
                )
            right = self.exponent(link.right) if operator == "**" else self.expression(link.right, depth + 1)
            left = Operation(operator, (left, right), self.column(link))
        return left

    def exponent(self, node: ast.expr) -> Number:
        value = self.literal(node)
        if not isinstance(value, float) or abs(value) > LARGEST_EXPONENT:
            raise self.error(
                node, "an exponent must be a number", expected=f"a number up to {LARGEST_EXPONENT:g}"
            )
        return Number(value)

    def literal(self, node: ast.expr) -> float | str | None:
        """The text or the number, signed or not; None if it is neither."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if (
            isinstance(node, ast.UnaryOp)
            and isinstance(node.op, ast.USub)
            and isinstance(node.operand, ast.Constant)
        ):
            return -self.number(node.operand).value
        return self.number(node).value if isinstance(node, ast.Constant) else None

    def signed(self, node: ast.UnaryOp, depth: int) -> Expression:
        operand = self.expression(node.operand, depth + 1)
        if isinstance(node.op, ast.UAdd):
            return operand
        if isinstance(node.op, ast.USub):
            return Operation("neg", (operand,), self.column(node))
        raise self.error(node, "this operator can not stand in a formula", expected=ALLOWED)

    def comparison(self, node: ast.Compare, depth: int) -> Expression:
        operator = OPERATORS.get(type(node.ops[0]))
        if len(node.ops) > 1 or operator is None:
            raise self.error(node, "a comparison has two sides", expected="as 'a < b'")
        sides = (self.expression(node.left, depth + 1), self.expression(node.comparators[0], depth + 1))
        return Operation(operator, sides, self.column(node))

    def call(self, node: ast.Call, depth: int) -> Expression:
        arguments: list[Expression] = []
        for argument in node.args:
            is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            arguments.append(
                Text(str(self.literal(argument))) if is_text else self.expression(argument, depth + 1)
            )
        keywords: dict[str, str | float] = {}
        for keyword in node.keywords:
            value = self.literal(keyword.value)
            if keyword.arg is None or value is None:
                raise self.error(keyword.value, "a named argument must be a text or a number")
            if keyword.arg in keywords:
                raise self.error(keyword.value, f"the argument '{keyword.arg}' stands twice")
            keywords[keyword.arg] = value
        return Call(self.name(node.func), tuple(arguments), tuple(keywords.items()), self.column(node))

    def column(self, node: ast.expr) -> int:
        """Column of a node, from 1; Python counts bytes."""
        line_start = len(self.bytes[: node.col_offset].decode(errors="ignore"))
        return line_start + 1 + self.shift

    def error(
        self, node: ast.expr, message: str, *, expected: str | None = None, hint: str | None = None
    ) -> FormulaError:
        found = ast.get_source_segment(self.code, node) or self.code
        return FormulaError(
            f"{message} (column {self.column(node)})", found=found, expected=expected, hint=hint
        )
