"""Inner functions of kernels with declared types, compiled or loaded when first needed.

Numba given types at the decorator loads the function at once. Once the kernel that calls it is compiled, that
is for nothing: the kernel holds a copy. Forty such loads cost a command a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def declared(signature: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """``njit(signature, cache=True)``: these types and no others, into which arguments are cast."""

    def decorate(function: Callable[..., Any]) -> Any:
        made: Any = njit(cache=True, **options)(function)
        compile_for = made.compile

        def compile_declared(_: Any) -> Any:
            found = compile_for(signature)
            made.disable_compile()  # others are cast, not compiled
            return found

        made.compile = compile_declared
        return made

    return decorate
