"""Being told to end: Ctrl-C and the signal that asks a process to end are one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
SAID = "interrupted; no half-written file was left"
COMPILER = ("numba", "llvmlite")
SHOW_CURSOR = "\x1b[?25h"  # a bar that shows progress hides it


@contextmanager
def tidy_end() -> Iterator[None]:
    """While it lasts, being told to end raises KeyboardInterrupt: files being written are taken away."""
    before = {}
    try:
        for one in (signal.SIGTERM, signal.SIGINT):
            # Ignored, as of a process in the background, or not set by Python: left as it is.
            if signal.getsignal(one) not in (signal.SIG_IGN, None):
                before[one] = signal.signal(one, _end)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _end(number: int, frame: FrameType | None) -> None:
    """At once in the compiler, which may swallow exceptions, and where nothing of ours is half written."""
    if not _in_compiler(frame):
        raise KeyboardInterrupt
    if sys.stderr.isatty():
        sys.stderr.write(SHOW_CURSOR)
    sys.stderr.write(f"{SAID}\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _in_compiler(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in COMPILER:
            return True
        frame = frame.f_back
    return False
