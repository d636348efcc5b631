"""Executes the code blocks of the documentation.

The blocks of a page run in order, in one fresh folder in which ``examples`` is the repository's. A block with
a ``title`` is written to the file of that name; else ``python`` and ``bash`` are run, ``yaml`` and ``json``
must be well formed, and ``text`` is only shown. A ``text`` titled ``prints`` (``表示``) must be what the
block before it printed; ``…`` stands for anything. Any other language is an error: nothing stays unchecked.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sybil import Document, Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r'[ \t]*(?P<language>\w*)(?:[ \t]+title="(?P<title>[^"\n]+)")?(?P<other>[^\n]*)\n')
PRINTS = ("prints", "表示")
evaluate_python = PythonEvaluator()
find_blocks = RawFencedCodeBlockLexer(BLOCK)


def parse_blocks(document: Document) -> Any:
    for region in find_blocks(document):
        region.parsed = region.lexemes["source"]
        region.evaluator = check_block
        yield region


def check_block(example: Example) -> None:
    language, title = example.region.lexemes["language"], example.region.lexemes["title"]
    if title in PRINTS:
        compare(example.parsed, example.namespace["_printed"])
    elif title:
        Path(title).write_text(example.parsed, encoding="utf-8")
    elif language == "python":
        run_python(example)
    elif language == "bash":
        example.namespace["_printed"] = run_bash(example.parsed)
    elif language in ("yaml", "json"):
        YAML(typ="safe").load(example.parsed)
    elif language != "text":
        raise ValueError(
            f"a code block in {language or 'no language'!r} can not be checked; use text if it is only shown"
        )


def run_python(example: Example) -> None:
    printed = io.StringIO()
    with redirect_stdout(printed):
        evaluate_python(example)
    example.namespace["_printed"] = printed.getvalue()


def compare(shown: str, printed: str) -> None:
    """What a page shows must be what was printed; blanks at the ends of lines do not count."""
    lines = [[line.rstrip() for line in text.strip("\n").splitlines()] for text in (shown, printed)]
    pattern = ".*".join(re.escape(part) for part in "\n".join(lines[0]).split("…"))
    if not re.fullmatch(pattern, "\n".join(lines[1]), re.DOTALL):
        raise AssertionError(f"the page shows\n{shown}\nbut this was printed:\n{printed}")


def run_bash(source: str) -> str:
    """Run a block; what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", source],
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode} of\n{source}\n{done.stdout}")
    return done.stdout


def enter_folder(namespace: dict[str, Any]) -> None:
    folder = tempfile.TemporaryDirectory()
    (Path(folder.name) / "examples").symlink_to(ROOT / "examples")
    namespace["_leave"] = (folder, Path.cwd())
    os.chdir(folder.name)


def leave_folder(namespace: dict[str, Any]) -> None:
    folder, before = namespace["_leave"]
    os.chdir(before)
    folder.cleanup()


pytest_collect_file = Sybil(
    parsers=[parse_blocks], patterns=["*.md"], setup=enter_folder, teardown=leave_folder
).pytest()
