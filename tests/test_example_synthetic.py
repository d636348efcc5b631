"""The synthetic example: of the size that it says, made by its script, and without branches."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from meguru.examples import example_path
from meguru.examples.locate import CAUSAL
from meguru.foresight import check, load, simulate
from meguru.foresight.analysis import group, tree

NAME = "foresight-synthetic"


def script() -> ModuleType:
    path = example_path(NAME, CAUSAL).with_name("build.py")
    spec = importlib.util.spec_from_file_location("build_synthetic", path)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_file_is_what_its_script_makes() -> None:
    assert script().model() == load(example_path(NAME, CAUSAL))


def test_it_has_the_size_of_the_published_study_and_says_that_it_is_synthetic() -> None:
    model = load(example_path(NAME, CAUSAL))
    assert (len(model.nodes), len(model.edges), len(model.events)) == (391, 1200, 0)
    assert (model.first, model.last, model.settings["scenarios"]) == (2024, 2050, 20000)
    assert (
        model.note.startswith("Synthetic")
        and "合成" in model.label["ja"]
        and "Synthetic" in model.label["en"]
    )
    assert all(node.source == "synthetic" for node in model.nodes.values())
    assert all(
        "Synthetic" in node.label["en"] and "合成" in node.label["ja"] for node in model.nodes.values()
    )
    assert all(edge.citation == "synthetic" for edge in model.edges)
    for name in ("README.md", "build.py"):
        text = Path(example_path(NAME, CAUSAL)).with_name(name).read_text(encoding="utf-8")
        assert re.search("synthetic", text, re.IGNORECASE)
    assert {one.kind for one in check(model)} <= {"unreached_kpis", "powerless_levers"}


def test_it_has_no_branches_whatever_is_asked_of_it() -> None:
    futures = simulate(load(example_path(NAME, CAUSAL)), 1500, seed=1)
    groups = group(futures, 5, nulls=49)
    assert groups.evidence.proposed == 1
    assert not any(one.supported for one in tree(groups, futures, nulls=99).splits)
