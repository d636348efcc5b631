"""Formulas as text: parsed into a small tree of our own, evaluated with any kind of numbers."""

from meguru.expression.evaluation import Operations, evaluate
from meguru.expression.parsing import parse
from meguru.expression.tree import Call, Choice, Expression, Name, Number, Operation, Text, calls_in, names_in

__all__ = [
    "Call",
    "Choice",
    "Expression",
    "Name",
    "Number",
    "Operation",
    "Operations",
    "Text",
    "calls_in",
    "evaluate",
    "names_in",
    "parse",
]
