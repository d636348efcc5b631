"""What a command loads before it runs: kernels that are compiled hold copies of what they call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from meguru.engine import kernel_declared

PROGRAM = """
import sys
import meguru
result = meguru.run(meguru.example("motor"))
from meguru.engine.kernels import loops, push, sums
from meguru.engine import plan
declared = [plan.at, plan.number, push.note, loops.total]
print(any(one.overloads for one in declared), bool(sums.add_rows.overloads), "scipy.linalg" in sys.modules)
"""


def test_inner_kernels_and_linear_algebra_stay_unloaded() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True)  # compiles where it must
    shown = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == ["False", "True", "False"]


def test_products_of_matrices_can_be_compiled_still() -> None:
    program = """
import numpy as np
from meguru.engine.compiled import load_kernel
load_kernel("meguru.engine.kernels.sums")
from numba import njit
print(njit(lambda a, b: np.dot(a, b))(np.eye(2), np.ones((2, 1)))[0, 0])
print(njit(lambda a, b: np.convolve(a, b))(np.ones(2), np.ones(2))[1])
"""
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == ["1.0", "2.0"]


def test_another_thread_finds_linear_algebra_meanwhile() -> None:
    program = """
import sys
from threading import Event, Thread
from meguru.engine.compiled import load_kernel
asked, found = Event(), Event()

class Meanwhile:
    def find_spec(self, name, path=None, target=None):
        if name == "numba.np.arraymath":
            asked.set()
            other.join(60)

def ask():
    asked.wait()
    import scipy.linalg.cython_blas
    found.set()

other = Thread(target=ask, daemon=True)
other.start()
sys.meta_path.insert(0, Meanwhile())
load_kernel("meguru.engine.kernels.sums")
import numba.np.arraymath
print(asked.is_set(), found.is_set())
"""
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == ["True", "True"]


def test_arguments_are_cast_to_what_is_declared() -> None:
    half = kernel_declared.declared("float64(int64)")(lambda whole: whole / 2)
    assert half(np.uint8(3)) == half(3.0) == 1.5
    assert len(half.overloads) == 1


def test_a_run_is_written_without_the_library_of_labelled_arrays(tmp_path: Path) -> None:
    program = (
        "import sys; from meguru.cli import main\n"
        f"try: main(['run', 'motor', '--out', {str(tmp_path)!r}])\n"
        "finally: print('xarray' in sys.modules, 'dask' in sys.modules, 'pint' in sys.modules)"
    )
    for _ in range(2):  # units are new to the first, perhaps
        shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert shown.stdout.splitlines()[-1] == "False False False"
