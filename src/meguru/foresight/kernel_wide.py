"""Vectors where the compiler does not find them by itself. What is computed is the same to the last bit."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

FOUR = ir.VectorType(ir.DoubleType(), 4)


@intrinsic
def _wide_vectors(_typing: Any) -> Any:
    """At the head of a function: its loops are to have vectors as wide as the machine has.

    LLVM takes half of them on machines with 512 bits, since the first of these lowered their clock for them.
    """

    def generate(context: Any, builder: Any, _signature: Any, _numbers: Any) -> Any:
        set.add(
            builder.function.attributes, '"prefer-vector-width"="512"'
        )  # its own ``add`` knows flags only
        return context.get_dummy_value()

    return types.none(), generate


def _four(context: Any, builder: Any, kind: Any, array: Any, place: Any) -> Any:
    """Pointer to four numbers of an array from a place on."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [place]), FOUR.as_pointer())


def _product(context: Any, builder: Any, kinds: Any, numbers: Any) -> tuple[Any, Any]:
    """Where four products go, and they."""
    out, to, factor, values, at = numbers
    read = builder.load(_four(context, builder, kinds[3], values, at), align=8)
    factors = ir.Constant(FOUR, ir.Undefined)
    for lane in range(4):
        factors = builder.insert_element(factors, factor, ir.Constant(ir.IntType(32), lane))
    return _four(context, builder, kinds[0], out, to), builder.fmul(factors, read)


@intrinsic
def _set_four(_typing: Any, out: Any, to: Any, factor: Any, values: Any, at: Any) -> Any:
    """out[to + j] = factor · values[at + j] for j from 0 to 3."""
    signature = types.none(out, types.uint64, types.float64, values, types.uint64)

    def generate(context: Any, builder: Any, known: Any, numbers: Any) -> Any:
        place, products = _product(context, builder, known.args, numbers)
        builder.store(products, place, align=8)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _add_four(_typing: Any, out: Any, to: Any, factor: Any, values: Any, at: Any) -> Any:
    """out[to + j] += factor · values[at + j] for j from 0 to 3, product and sum each rounded."""
    signature = types.none(out, types.uint64, types.float64, values, types.uint64)

    def generate(context: Any, builder: Any, known: Any, numbers: Any) -> Any:
        place, products = _product(context, builder, known.args, numbers)
        builder.store(builder.fadd(builder.load(place, align=8), products), place, align=8)
        return context.get_dummy_value()

    return signature, generate


wide_vectors: Any = _wide_vectors
set_four: Any = _set_four
add_four: Any = _add_four
