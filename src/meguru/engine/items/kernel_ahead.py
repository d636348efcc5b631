"""Ask for memory before it is read.

Individuals of a list lie anywhere in memory: while one is dealt with, the next one is on its way from there.
"""

from __future__ import annotations

from typing import Any

from llvmlite.ir import FunctionType, IntType, VoidType
from numba.core import cgutils
from numba.core.types import void
from numba.extending import intrinsic

from meguru.engine.items.kernel_at import row_at
from meguru.engine.items.plan import AFTER, NOBODY, WIDTH
from meguru.engine.kernel_declared import uncounted

LINE = 16  # numbers of 32 bits that memory hands over at once
ROWS_AHEAD = 4
READ, KEEP, DATA = 0, 3, 1
declared: Any = cgutils.get_or_insert_function


def _ask(_context: Any, array: Any, index: Any) -> Any:
    """Type of the request (nothing), and how it is built."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        pointer = builder.bitcast(builder.gep(data, [arguments[1]]), IntType(8).as_pointer())
        how = [IntType(32)(value) for value in (READ, KEEP, DATA)]
        form = FunctionType(VoidType(), [pointer.type, *(value.type for value in how)])
        builder.call(declared(builder.module, form, "llvm.prefetch.p0"), [pointer, *how])
        return context.get_dummy_value()

    return void(array, index), build


ask: Any = intrinsic(_ask)  # for the line of an array in which an element stands; it need not exist


@uncounted(forceinline=True)
def fetch(m: Any, start: Any, count: Any) -> Any:
    """Have the lines of memory brought in which ``count`` numbers from ``start`` on stand."""
    for place in range(start, start + count, LINE):
        ask(m, place)
    ask(m, start + count - 1)


@uncounted(forceinline=True)
def fetch_row(q: Any, m: Any, row: Any) -> Any:
    """Have a row of a list brought in, if there is one. Returns the row after it."""
    if row == NOBODY:
        return row
    fetch(m, row_at(q, row), q[WIDTH])
    return m[q[AFTER] + row]


@uncounted()
def fetch_first(q: Any, m: Any, row: Any) -> Any:
    """Have the first rows of a list brought in. Returns the row after them."""
    for _ in range(ROWS_AHEAD):
        row = fetch_row(q, m, row)
    return row
