"""Run all benchmarks, each in a process of its own, and write the table: ``python -m benchmarks [NAME
...]``."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results.md"
ROWS = [
    ("stock, 200 years × 1,000 products × 20 materials", "0.5 CPU-s, 500 MiB", "ours.stock"),
    ("… flodym", "", "peers.flodym_stock"),
    ("… plain numpy, no labels, no balances", "", "peers.numpy_stock"),
    ("pv-modules, after loading", "0.05 CPU-s", "ours.pv"),
    ("… PV_ICE, its mass flows", "", "peers.pv_ice"),
    ("pv-modules, 1,000 samples", "2 CPU-s", "ours.pv_samples"),
    ("300 processes, 200 parts, 50 materials, 40 years", "2 CPU-s", "ours.network"),
    ("… 1,000 samples", "60 CPU-s, 4 GiB", "ours.network_samples"),
    ("case I again with other numbers", "20 ms wall", "ours.case_one_again"),
    ("10,000 machines × 10 parts, 300 months, each by itself", "1/50 of SimPy, 200 MiB", "ours.items"),
    ("… SimPy, event by event", "", "peers.simpy_fleet"),
    ("… 1,000,000 machines × 10 parts", "30 CPU-s, 2 GiB", "ours.items_million"),
    ("400 runs of motor, 100,000 in use, against cohorts", "4 standard errors", "agreement.motor"),
    ("… atm-parts, all 13,640", "4 standard errors", "agreement.atm_parts"),
    ("… pv-modules, 100,000 m2 in use", "4 standard errors", "agreement.pv_modules"),
    (
        "case I, 20 uncertain numbers, 10,000 samples: B",
        "10 CPU-s, 1 GiB",
        "ours.case_one_samples",
    ),
    ("… indicators of all three scenarios, as an ensemble", "", "ours.case_one_ensemble"),
    (
        "391 factors, 1,200 influences, 26 years, 20,000 futures, 2 threads",
        "2 s wall, 2 GiB",
        "foresight.years",
    ),
    ("… plain numpy, 1 thread", "", "foresight.numpy_years"),
    ("… EMA workbench, 2,000 futures, 1 thread", "", "foresight.workbench_years"),
    ("… in 312 months, 20,000 futures, 2 threads", "12 s wall, 2 GiB", "foresight.months"),
    ("… … plain numpy, 2,000 futures, 1 thread", "", "foresight.numpy_months"),
    ("… … EMA workbench, 200 futures, 1 thread", "", "foresight.workbench_months"),
    ("… with three switches, 20,000 futures: groups to conditions", "5 min wall", "foresight.analysis"),
    ("20 metered channels, 30 days at 1 Hz: cycles, items, accounts", "10 CPU-s", "reverse.thirty_days"),
    ("254,000 readings in packs of ten, through the journal", "2.5 CPU-s", "reverse.ingest"),
    ("300 worn codes, further tries and all", "", "reverse_codes.codes"),
    ("ISO 59020 and CTI on a table of 10,000 flows", "1 s wall", "ours.flows_table"),
    ("all indicators of case I, after the run", "0.2 s wall", "ours.case_one_indicators"),
]


def run_case(name: str) -> dict[str, float]:
    """Figures of one case, from a fresh process on one thread."""
    module, _, case = name.partition(".")
    code = f"from benchmarks import {module}; {module}.CASES[{case!r}]()"
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | single
    )
    if done.returncode:
        return {"failed": 1.0, "why": done.stderr.strip().splitlines()[-1]}  # type: ignore[dict-item]
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def run_command(*arguments: str) -> dict[str, float]:
    """Wall time of a whole command, warm: the middle of five."""
    walls = []
    for _ in range(6):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "meguru", *arguments], capture_output=True, check=True)
        walls.append(time.perf_counter() - start)
    return {"wall_s": statistics.median(walls[1:])}


def as_row(label: str, limit: str, figures: dict[str, float]) -> str:
    if "failed" in figures:
        return f"| {label} | failed: {figures['why']} | | | {limit} |"
    cells = [f"{figures[k]:.3g}" if k in figures else "" for k in ("cpu_s", "wall_s", "peak_mib")]
    if "work_mib" in figures:
        cells[2] += f" ({figures['work_mib']:.3g} for the work)"
    if "largest_z" in figures:
        limit = f"{figures['largest_z']:.2f} of {limit}"
    return f"| {label} | {' | '.join(cells)} | {limit} |"


def compile_kernels() -> None:
    """In a process of its own: what compiling takes is neither time nor memory of a case."""
    subprocess.run([sys.executable, "-c", "from benchmarks import ours; ours.compiled()"], check=True)


def main(wanted: list[str]) -> None:
    compile_kernels()
    lines = ["| work | CPU s | wall s | peak MiB | wanted |", "| --- | --- | --- | --- | --- |"]
    for label, limit, name in ROWS:
        if not wanted or name.partition(".")[2] in wanted:
            lines.append(as_row(label, limit, run_case(name)))
            print(lines[-1], flush=True)
    if not wanted or "commands" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            report = run_command("compare", "compressor-magnet", "--out", str(Path(folder) / "report.html"))
        lines.append(as_row("case I: whole command with report, warm", "2 s wall", report))
        lines.append(as_row("`meguru --version`", "0.25 s wall", run_command("--version")))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    note = f"{python}, {os.cpu_count()} cores, {platform.machine()}"
    text = "\n".join(
        [
            *lines,
            "",
            f"{note}; each case alone in a process, on one thread unless said, middle of several runs. "
            "`make bench`.",
        ]
    )
    print(text)
    if not wanted:
        RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
