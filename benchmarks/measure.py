"""Measure one piece of work in this process: CPU seconds, wall seconds, peak memory."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def peak_mib() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(work: Callable[[], Any], *, warm: int = 1, runs: int = 5) -> dict[str, float]:
    """Median CPU and wall time of several runs after warming up."""
    for _ in range(warm):
        work()
    cpu, wall = [], []
    for _ in range(runs):
        c, w = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - c)
        wall.append(time.perf_counter() - w)
    middle = runs // 2
    return {"cpu_s": sorted(cpu)[middle], "wall_s": sorted(wall)[middle], "peak_mib": peak_mib()}


def tell(**figures: Any) -> None:
    """One JSON line for the parent."""
    print(json.dumps(figures), flush=True)


def keep_table(script: str, lines: Sequence[str]) -> None:
    """Write a table beside the script that made it, under its name, and show it."""
    text = "\n".join(lines)
    Path(script).with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
