"""The built reference tells everything that there is, and the READMEs run."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from sybil import Document

from meguru import errors
from meguru.examples import example_names
from meguru.files.attribute import declared
from meguru.foresight import CausalModel
from meguru.foresight.model import COMPONENTS as CAUSAL_COMPONENTS
from meguru.indicators.catalogue import catalogue
from meguru.indicators.formulas import FUNCTIONS
from meguru.model import load
from meguru.model.components import PROCESS_KINDS
from meguru.model.network import ports_of
from meguru.model.walk import COMPONENTS
from meguru.reverse.catalogue import components as product_types
from meguru.reverse.meter import components as meters
from meguru.reverse.unit_data import export as chains
from meguru.reverse.unit_data import records as unit_data

HERE = Path(__file__).parent


def load_beside(name: str) -> ModuleType:
    """A module of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    built: dict[str, str] = load_beside("reference_pages").pages()
    return built


def test_every_attribute_has_a_row(pages: dict[str, str]) -> None:
    text = pages["model-file.md"] + pages["processes.md"]
    for name, kind in COMPONENTS.items():
        for key in declared(kind):
            assert f"| `{key}` |" in text or key in ("label", "note"), f"{name}.{key}"


def test_every_attribute_of_a_causal_model_has_a_row(pages: dict[str, str]) -> None:
    for name, kind in {"CausalModel": CausalModel, **CAUSAL_COMPONENTS}.items():
        section = pages["causal-model.md"].partition(f"## {name}\n")[2].partition("\n## ")[0]
        assert [key for key in declared(kind) if f"| `{key}` |" not in section] == []


def test_every_kind_of_process_tells_its_ports(pages: dict[str, str]) -> None:
    section = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    sections = dict(section.findall(pages["processes.md"]))
    assert set(sections) >= set(PROCESS_KINDS)
    model = load(HERE.parent / "examples" / "motor" / "model.yaml")
    for name, process in model.processes.items():
        for port in ports_of(model, name):
            own = {*process.split, *process.recover, *(f"{child}.failed" for child in process.recover)}
            told = f"| `{port}` |" in sections[process.kind]
            assert told or port in own or port.startswith(("retired.", "failed.")), f"{process.kind}: {port}"


def test_every_error_function_and_command_is_listed(pages: dict[str, str]) -> None:
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.MeguruError):
            assert f"| `{name}` |" in pages["errors.md"]
    for name in FUNCTIONS:
        assert f"| `{name}(" in pages["formulas.md"]
    for command in ("run", "compare", "check", "import", "export"):
        assert f"## `meguru {command}`" in pages["command-line.md"]


@pytest.fixture(scope="module")
def sets() -> dict[str, str]:
    pages: dict[str, str] = load_beside("indicator_pages").pages()
    return pages


def test_every_indicator_tells_formula_source_mark_and_limits(sets: dict[str, str]) -> None:
    page_of = load_beside("indicator_pages").page_of
    for held in catalogue():
        text = sets[page_of(held)]
        for one in held.indicators.values():
            section = text.partition(f"— `{one.id}`.")[2].partition("\n## ")[0]
            assert f"`{one.formula}`" in section and f"| {one.source} |" in section
            assert f"| mark | {one.mark}: " in section
            assert "| fully linear | **" in section and "| fully circular | **" in section
            assert all(f"`{other.formula}`" in section for other in one.variants.values())
            assert all(f"| {target.id}" in section for target in one.targets)
            assert all(printed.vintage in section for printed in one.published)
        assert all(one.reason.en in text for one in held.omitted)


def test_worked_examples_stand_beside_their_sets(sets: dict[str, str]) -> None:
    together = "".join(sets.values())
    for name in (
        "iso59020_inflow",
        "cti_closeloop",
        "mci_bio_compost",
        "jp_kaden_fy2012_97909",
        "battery_re",
    ):
        assert together.count(f"| `{name}` |") == 1


def test_every_page_is_in_the_navigation(sets: dict[str, str]) -> None:
    navigation = (HERE.parent / "mkdocs.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r": reference/(indicators/[\w-]+\.md)", navigation))
    assert listed == set(sets)


def test_no_cell_breaks_a_table(pages: dict[str, str], sets: dict[str, str]) -> None:
    for name, text in {**pages, **sets}.items():
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, f"{name}:\n{block[:300]}"


def test_the_examples_page_and_the_readmes_list_every_example() -> None:
    for path in (HERE / "examples.md", HERE.parent / "README.md", HERE.parent / "README.ja.md"):
        text = path.read_text(encoding="utf-8")
        assert [name for name in example_names() if name not in text] == [], path.name


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_readme_runs(name: str) -> None:
    conftest = load_beside("conftest")
    document = Document.parse(str(HERE.parent / name), conftest.parse_blocks)
    conftest.enter_folder(document.namespace)
    done = 0
    try:
        for example in document.examples():
            example.evaluate()
            done += 1
    finally:
        conftest.leave_folder(document.namespace)
    assert done >= 3, "the README lost its code blocks"


def test_the_inventory_pages_tell_every_key_and_every_value() -> None:
    from meguru import inventory
    from meguru.inventory.components import KINDS

    pages = load_beside("inventory_pages").pages()
    for kind in KINDS.values():
        for key in declared(kind):
            assert f"| `{key}` |" in pages["inventory-file.md"] or key in ("label", "note")
    library = inventory.read_library("meguru:open")
    rows = [line for line in pages["open-library.md"].splitlines() if line.startswith("| `")]
    factors = [factor for flow in library.flows.values() for factor in flow.factors]
    assert len(rows) == len(factors) + len(library.activities)
    assert sum("**assumed**" in row for row in rows) == sum(one.assumed for one in factors) + 2
    for page, reverse in (
        ("catalogue-file.md", product_types),
        ("plant-file.md", meters),
        ("unit-data-file.md", unit_data),
        ("unit-data-file.md", chains),
    ):
        for name, kind in reverse.KINDS.items():
            section = pages[page].partition(f"## {name}\n")[2].partition("\n## ")[0]
            assert [key for key in declared(kind) if f"| `{key}` |" not in section] in ([], ["label", "note"])
    navigation = (HERE.parent / "mkdocs.yml").read_text(encoding="utf-8")
    assert all(f"reference/{page}" in navigation for page in pages if page.endswith(".md"))
