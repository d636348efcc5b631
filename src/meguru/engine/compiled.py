"""The kernels, compiled once for each state of their source.

Numba keeps compiled code by the time stamp of a function's own file; a function whose callee in another
file has changed would be served stale. So the cache folder is named by a digest of all kernel files.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from meguru.cache import cache_folder as kept_in

ENGINE = Path(__file__).parent
KERNELS = ENGINE / "kernels"
SHARED = ENGINE.parent / "random"  # whose kernels all others may call
_TOLD: list[Callable[[], None]] = []


@cache
def cache_folder(home: Path = KERNELS) -> Path:
    """Where compiled kernels of a package are kept: beside it where one may write, else the user's cache."""
    digest = hashlib.sha256()
    for folder in (SHARED, home.parent, home):  # what its kernels may call
        for path in sorted(
            [*folder.glob("kernel*.py"), *folder.glob("plan.py"), *folder.glob("kernels/*.py")]
        ):
            digest.update(path.read_bytes())
    name = f"kernels-{digest.hexdigest()[:16]}"
    return kept_in(home, name)


def is_compiled() -> bool:
    """Whether the kernels were compiled before; the first time takes a minute or two."""
    return any(cache_folder().rglob("steps.simulate*.nbc"))


def tell_when_compiling(tell: Callable[[], None]) -> None:
    """Have something called when kernels that were not compiled before are asked for, once."""
    _TOLD[:] = [tell]


def tell_if_new() -> None:
    """Call what :func:`tell_when_compiling` was given, if the kernels have still to be compiled."""
    if _TOLD:
        tell = _TOLD.pop()
        if not is_compiled():
            tell()


@cache
def load_kernel(name: str) -> Any:
    """A module of kernels by its full name; what is compiled in it is kept beside its package."""
    _load_array_functions()
    config: Any = import_module("numba.core.config")
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder(Path(spec.origin).parent))
    try:
        return import_module(name)
    finally:
        config.CACHE_DIR = before


def _load_array_functions() -> None:
    """Load what numba knows of arrays without ``scipy.linalg``, which takes a quarter of a second.

    Numba asks for it only to note whether products of matrices can be compiled. They can: we depend on it,
    and it is loaded when the first is met. It is hidden meanwhile, and another thread that asked for it would
    not find it: only a program of one thread saves the time.
    """
    name, blas = "numba.np.arraymath", "scipy.linalg.cython_blas"
    if name in sys.modules or blas in sys.modules or threading.active_count() > 1:
        return
    modules: dict[str, Any] = sys.modules
    modules[blas] = None
    try:
        arrays: Any = import_module(name)
    finally:
        del modules[blas]
    arrays._HAVE_BLAS = True


def kernel() -> Any:
    """The compiled ``simulate`` of :mod:`meguru.engine.kernels.steps`."""
    tell_if_new()
    return load_kernel("meguru.engine.kernels.steps").simulate
