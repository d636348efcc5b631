"""Views that own nothing.

Numba counts the references to an array that Python owns, atomically, whenever a kernel hands it to another:
that took three quarters of the time of a run. A view without an owner is not counted; its memory must be
held by the caller as long as the view lives.
"""

from __future__ import annotations

from typing import Any

from llvmlite.ir import Constant
from numba.extending import intrinsic


def _unowned(_context: Any, array: Any) -> Any:
    """Type of the view, and how it is built."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.return_type)(context, builder, arguments[0])
        for owner in ("meminfo", "parent"):
            setattr(view, owner, Constant(getattr(view, owner).type, None))
        return view._getvalue()

    return array(array), build


unowned: Any = intrinsic(_unowned)  # the same array, without its owner
