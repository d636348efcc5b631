"""Inner functions of kernels. They own no array, so they count no references: that took a third of the time
of individuals.

``uncounted`` ones have the types with which they are called. ``declared`` ones have those of a signature, and
are compiled or loaded when first needed: numba given types at the decorator loads the function at once. Once
the kernel that calls it is compiled, that is for nothing: the kernel holds a copy. Forty such loads cost a
command a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from numba import njit

uncounted = partial(njit, cache=True, _nrt=False)
owning = partial(njit, cache=True, _nrt=True)  # one that makes arrays of its own


def declared(signature: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """``uncounted(signature)``: these types and no others, into which arguments are cast."""

    def decorate(function: Callable[..., Any]) -> Any:
        made: Any = uncounted(**options)(function)
        compile_for = made.compile

        def compile_declared(_: Any) -> Any:
            found = compile_for(signature)
            made.disable_compile()  # others are cast, not compiled
            return found

        made.compile = compile_declared
        return made

    return decorate
