"""The order of the house: no import runs upward, nothing heavy stands at the door, one version."""

from __future__ import annotations

import ast
import graphlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import meguru

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

WINGS = {"explore", "foresight", "reverse", "exchange", "partners", "region"}
# From the top down. Rooms are the modules and packages right under meguru; a new room needs its floor first.
# The doorstep, ``__init__``, stands high: who touches meguru may use it, no room below may.
FLOORS = (
    {"__main__"},
    {"cli", "app", "__init__"},
    {"examples"},
    {"report"},
    WINGS,
    {"indicators"},
    {"engine"},
    {"model"},
    {"inventory"},
    {"files"},
    {"quantity"},
    {"expression", "random"},
    {"errors", "version", "cache"},
)
HEIGHT = {room: -number for number, floor in enumerate(FLOORS) for room in floor}
# The examples stand beside the command line, which lists them; they know models and nothing else of ours.
ONLY = {"examples": {"model", "errors", "version"}}


def room_of(module: str) -> str:
    """``meguru.engine.run`` → ``engine``; the doorstep itself, ``meguru``, is ``__init__``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def modules_in(source: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((source / "meguru").rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported_by(module: str, path: Path, modules: set[str]) -> Iterator[tuple[int, str]]:
    """Line and full name of each module of ours that is imported, wherever in the file."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            names = [full if (full := f"{base}.{alias.name}") in modules else base for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] == "meguru")


def faults_in(source: Path) -> list[str]:
    """Each import that breaks the order of the floors, and a circle of rooms if there is one."""
    found = []
    needs: dict[str, set[str]] = {}
    modules = {module for module, _ in modules_in(source)}
    for module, path in modules_in(source):
        room = room_of(module)
        if room not in HEIGHT:
            found.append(f"{module}: the room {room} has no floor")
            continue
        for line, name in imported_by(module, path, modules):
            other = room_of(name)
            if other == room:
                continue
            needs.setdefault(room, set()).add(other)
            where = f"{path.relative_to(source)}:{line}: {room} imports {other}"
            if other not in HEIGHT:
                found.append(f"{where}, which has no floor")
            elif HEIGHT[other] > HEIGHT[room]:
                found.append(f"{where}, a floor above")
            elif room in WINGS and other in WINGS:
                found.append(f"{where}, another wing")
            elif room in ONLY and other not in ONLY[room]:
                found.append(f"{where}, which is not for it")
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        found.append(f"a circle of rooms: {' <- '.join(error.args[1])}")
    return found


def test_no_import_runs_upward_or_round() -> None:
    assert faults_in(SOURCE) == []


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        (
            "model/read.py",
            "import meguru.engine",
            "meguru/model/read.py:1: model imports engine, a floor above",
        ),
        ("model/read.py", "from meguru.engine.run import run", "model imports engine, a floor above"),
        ("model/read.py", "from meguru import engine", "model imports engine, a floor above"),
        ("model/read.py", "from meguru import run", "model imports __init__, a floor above"),
        ("model/read.py", "from ..engine import run", "model imports engine, a floor above"),
        ("model/read.py", "from .. import engine", "model imports engine, a floor above"),
        ("model/__init__.py", "from ..engine import run", "model imports engine, a floor above"),
        (
            "model/read.py",
            "def read():\n    from meguru.engine import run",
            "model imports engine, a floor above",
        ),
        ("explore/sweep.py", "from meguru.foresight import look", "explore imports foresight, another wing"),
        (
            "examples/locate.py",
            "from meguru.report import write",
            "examples imports report, which is not for it",
        ),
        ("cli/main.py", "from meguru.app import serve", "a circle of rooms"),
        ("attic/box.py", "x = 1", "the room attic has no floor"),
        ("model/read.py", "import meguru.attic", "model imports attic, which has no floor"),
    ],
)
def test_a_broken_order_is_found(path: str, text: str, fault: str, tmp_path: Path) -> None:
    files = {
        "__init__.py": "",
        "engine/__init__.py": "from meguru.model import read\nfrom . import run",
        "engine/run.py": "import numpy",
        "model/__init__.py": "",
        "app/__init__.py": "from meguru.cli import main",
        "cli/__init__.py": "from meguru.engine import run",
    }
    write_package(tmp_path, files)
    assert faults_in(tmp_path) == []
    write_package(tmp_path, {path: text})
    assert any(fault in found for found in faults_in(tmp_path))


def write_package(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / "meguru" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_package_file_hands_names_on_and_defines_nothing() -> None:
    defining = [
        f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}"
        for path in SOURCE.rglob("__init__.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and node.name not in ("__getattr__", "__dir__")  # how names are handed on when first used
    ]
    assert defining == []


def test_the_version_is_that_of_the_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert meguru.__version__ == project["version"]


def test_importing_meguru_alone_stays_light() -> None:
    look = (
        "import sys; before = set(sys.modules); import meguru; meguru.__version__; dir(meguru)\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    done = subprocess.run(
        [sys.executable, "-c", look],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["meguru"]


@pytest.mark.parametrize("name", [name for name in meguru.__all__ if name != "__version__"])
def test_each_public_name_leads_to_something(name: str) -> None:
    assert name in dir(meguru)
    assert getattr(meguru, name).__name__.rpartition(".")[2] == name


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'meguru' has no attribute 'lode'"):
        getattr(meguru, "lode")  # noqa: B009 - a type checker would refuse meguru.lode
