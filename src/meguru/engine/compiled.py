"""The kernels, compiled once for each state of their source.

Numba keeps compiled code by the time stamp of a function's own file; a function whose callee in another
file has
changed would be served stale. So the cache folder is named by a digest of all kernel files.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Where compiled kernels are kept: beside the package where one may write, else the user's cache."""
    digest = hashlib.sha256()
    for path in sorted([*HERE.glob("kernel*.py"), HERE / "plan.py"]):
        digest.update(path.read_bytes())
    name = f"kernels-{digest.hexdigest()[:16]}"
    if os.access(HERE, os.W_OK):
        return HERE / "__pycache__" / name
    from platformdirs import user_cache_path

    return user_cache_path("meguru") / name


def is_compiled() -> bool:
    """Whether the kernels were compiled before; the first time takes about half a minute."""
    return any(cache_folder().rglob("kernel.simulate*.nbc"))


@lru_cache(maxsize=1)
def kernel() -> Any:
    """The compiled ``simulate`` of :mod:`meguru.engine.kernel`."""
    config: Any = import_module("numba.core.config")

    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder())
    try:
        return import_module("meguru.engine.kernel").simulate
    finally:
        config.CACHE_DIR = before
