"""The reference is built from the code: declarations of the model, JSON Schema, errors, commands, docstrings.

A hook of MkDocs: the pages exist only while the site is built, so that they can not go out of date.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module, resources
from typing import Any

import click
import meguru
from meguru import errors
from meguru.cli import main as command_line
from meguru.engine.labelled import ARRAYS
from meguru.engine.result import Comparison, Result
from meguru.indicators.formulas import FUNCTIONS, PLAIN_NAMES
from meguru.indicators.functions import Function
from meguru.model.checks.kinds import kinds_of_keys
from meguru.model.components import PROCESS_KINDS, Component, Model, Process
from meguru.model.schema import json_schema
from meguru.model.walk import COMPONENTS, Declared, declared
from meguru.quantity import Distribution, Quantity
from mkdocs.structure.files import File

SHARED = ("label", "note")
BUILT = "*This page is built from the code.*\n"
FORMS = {
    "text": "text", "flag": "true or false", "whole": "whole number", "choice": "choice", "name": "name",
    "names": "names", "label": "text, or one a language", "quantity": "number", "quantities": "names → numbers",
    "component": "mapping", "components": "names → mappings", "list": "list", "texts": "texts", "changes": "places → values",
    "split": "ports → shares", "port": "process.port", "recipe": "names → mappings", "unit_data": "names or mappings",
    "table": "table",
}  # fmt: skip
# What drives a process and which ports it has; the words of the contract between a model and the engine.
KINDS: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "supply": (
        "pull", "Source of a virgin material or of a bought item, unlimited or with a limit.",
        (("out", "what it gives; the port may be left out"),),
    ),
    "make": (
        "pull", "Turns the children of a BOM, or a recipe, into an item; a material is made of itself (a preparing step).",
        (("out", "what is made; the port may be left out"), ("scrap", "the input that does not end in the product")),
    ),
    "use": (
        "demand", "Holds the in-use stock by year made and age; draws products and spares.",
        (
            ("retired", "products that leave, whatever the cause"),
            ("retired.<cause>", "those that leave for one cause of `leave`"),
            ("retired.part_failure", "those that leave because a failed part is not repaired"),
            ("failed", "failed pieces that were replaced"), ("failed.<part>", "those of one part"),
        ),
    ),
    "sort": (
        "push", "Splits by share, and by rules on item, age, condition, segment, build class.",
        (("<name>", "each name of `split` and of the rules"), ("overflow", "what exceeds the capacity")),
    ),
    "dismantle": (
        "push", "Takes a product or part apart; each child is recovered with its own rate, the rest stays together.",
        (
            ("<child>", "recovered intact pieces"), ("<child>.failed", "recovered failed pieces; without a route they stay with the rest"),
            ("rest", "all that is not recovered"), ("overflow", "what exceeds the capacity"),
        ),
    ),
    "recondition": (
        "push", "Repairs, refurbishes, remanufactures: yield, replacement of parts, how far age is reset.",
        (
            ("good", "what can be used again"), ("rejected", "what can not"), ("replaced", "old children taken out"),
            ("overflow", "what exceeds the capacity"),
        ),
    ),
    "recycle": (
        "push", "Any item down to secondary materials, a yield for each.",
        (("secondary", "materials recovered"), ("residue", "the rest"), ("overflow", "what exceeds the capacity")),
    ),
    "store": (
        "push and pull", "Buffer between push and pull; keeps ages.",
        (("out", "what is drawn; the port may be left out"), ("overflow", "what exceeds the limit"), ("loss", "what is lost")),
    ),
    "sink": ("push", "Landfill, incineration, export, dissipation: the end.", ()),
}  # fmt: skip
CALLS = ("load", "save", "check", "run", "compare", "evaluate", "write_report", "example")
MORE_CALLS = (
    "meguru.model.excel:export_excel", "meguru.model.excel:import_excel", "meguru.engine.check:faults", "meguru.engine.result_tables:save_tables",
    "meguru.engine.result_files:open_result", "meguru.indicators:waterfall", "meguru.indicators:against_targets",
    "meguru.indicators:circulation_types", "meguru.indicators.reuse:reuse_rate",
    "meguru.indicators.reuse:reuse_bound", "meguru.examples:example_names", "meguru.examples:example_path",
)  # fmt: skip
SECTION = re.compile(r"^([A-Z][a-z]+)\n-{3,}\n", re.MULTILINE)


def on_files(files: Any, *, config: Any) -> Any:
    """Add the pages to those of the site."""
    for path, content in pages().items():
        files.append(File.generated(config, f"reference/{path}", content=content))
    return files


def pages() -> dict[str, str]:
    """Path → content of everything that is built."""
    return {
        "model-file.md": model_file(),
        "processes.md": processes(),
        "units.md": units(),
        "formulas.md": formulas(),
        "result.md": result(),
        "python.md": python(),
        "command-line.md": commands(),
        "errors.md": error_list(),
        "model.schema.json": _json(json_schema()),
        "library.schema.json": _json(json_schema(library=True)),
    }


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    heads = list(head)
    lines = [heads, ["---"] * len(heads), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines) + "\n"


# -- the model file ----------------------------------------------------------------------------------------------


def model_file() -> str:
    """All components but the processes, each with its attributes."""
    parts = [
        "# Model file\n", BUILT,
        "A model is one YAML 1.2 file (JSON is accepted). The tables list the keys of every component; each may have a "
        "`label` (the name shown, a text or one for each language, `{en: …, ja: …}`) and a `note` besides. A *number* may be any "
        "of [these](numbers.md). Editors complete and check by the JSON Schema, [model.schema.json](model.schema.json); "
        "libraries by [library.schema.json](library.schema.json).\n",
        "In the column *dimension*, `item` stands for the item's own unit, `bom` for a count of parts or a mass of a material, "
        "`share` for a number from 0 to 1, `limit` for items or mass (a year; of a store: at once), `exchange`, `impact` and "
        "`service` for their units.\n",
        "## Model\n", _summary(Model), _attributes(Model, declared(Model)),
        "## Process\n", "The keys of a process depend on its kind: [Processes](processes.md).\n",
    ]  # fmt: skip
    for name, kind in COMPONENTS.items():
        if kind not in (Component, Model, Process):
            keys = _attributes(kind, declared(kind)) if len(declared(kind)) > len(SHARED) else "Only `label` and `note`.\n"
            parts += [f"## {name}\n", _summary(kind), keys]
    return "\n".join(parts)


def _summary(kind: type) -> str:
    own = kind.__doc__ or ""
    return "" if own.startswith(f"{kind.__name__}(") else markdown(own)


def _attributes(kind: type[Component], keys: Iterable[str], of: str = "") -> str:
    """Table of some attributes; ``of`` is the kind of process that they are told for."""
    found = [declared(kind)[key] for key in keys if key not in SHARED]
    rows = [(f"`{one.key}`", _form(one), _dimension(one.attribute.dimension), _default(kind, one), _about(one, of)) for one in found]
    return table(("key", "form", "dimension", "default", "what"), rows)


def _form(one: Declared) -> str:
    spec = one.attribute
    if spec.form == "choice":
        return " or ".join(f"`{choice}`" for choice in spec.choices)
    word = FORMS[spec.form]
    if spec.component in COMPONENTS:
        page = "processes.md" if spec.component == "Process" else f"model-file.md#{spec.component.lower()}"
        return f"{word}: [{spec.component}]({page})"
    return f"{word} of {spec.refers}" if spec.refers and spec.form in ("name", "names") else word


def _dimension(words: str) -> str:
    return " or ".join({"1": "plain number"}.get(word, word) for word in words.split("|") if word)


def _default(kind: type[Component], one: Declared) -> str:
    if one.attribute.required:
        return "**required**"
    found = next(item for item in dataclasses.fields(kind) if item.name == one.name).default
    if found is dataclasses.MISSING or found in (None, ""):
        return ""
    return f"`{str(found).lower() if isinstance(found, bool) else found}`"


def _about(one: Declared, of: str) -> str:
    """What an attribute is; of several kinds of process, what it is for this one."""
    named = {kind: text for text in one.attribute.doc.split("; ") for kind in PROCESS_KINDS if text.startswith(f"{kind}: ")}
    return named[of].removeprefix(f"{of}: ") if of in named and len(named) > 1 else one.attribute.doc.removeprefix(f"{of}: ")


def processes() -> str:
    """Per kind of process: what drives it, its ports, its attributes."""
    kinds = kinds_of_keys()
    common = [key for key in kinds if kinds[key] == PROCESS_KINDS]
    parts = ["# Processes\n", BUILT, "## All kinds\n", _attributes(Process, common)]
    for kind in PROCESS_KINDS:
        driven, does, ports = KINDS[kind]
        own = [key for key in kinds if kind in kinds[key] and key not in common]
        parts += [f"## {kind}\n", f"{does} Driven by {driven}.\n"]
        if ports:
            parts += [table(("port", "what leaves there"), ((f"`{port}`", what) for port, what in ports))]
        if own:
            parts += [_attributes(Process, own, kind)]
    return "\n".join(parts)


def units() -> str:
    """Units by section of the definitions."""
    text = resources.files("meguru.quantity").joinpath("units.txt").read_text(encoding="utf-8")
    parts = [
        "# Units\n", BUILT,
        "A unit that is not here is an error, so that nothing is read by accident. Prefixes: n, µ, m, c, d, k, M, G, T, P, E. "
        "Units are combined as in `JPY/piece`, `kWh/(m2*year)`, `1/year`; powers as `m2`, `m³` or `m**2`. `%`, `‰` and `ppm` are "
        "shares. Each impact is a dimension of its own, `<mass>_<substance>e`: `kg_CO2e`, `t-CO2e`, `kg_SO2e`.\n",
    ]  # fmt: skip
    rows: list[tuple[str, str, str]] = []
    heading = ""
    for line in [*text.splitlines(), "# end"]:
        if line.startswith("#") or not line.strip():
            if rows:
                parts += [f"## {heading}\n", table(("unit", "is", "also written"), rows)]
                rows = []
            title = line.lstrip("# ")
            heading = title[:1].upper() + title[1:] or heading
            continue
        name, relation, *other = (part.strip() for part in line.split("="))
        if not name.endswith("-"):
            rows.append((f"`{name}`", f"`{relation}`", ", ".join(f"`{one}`" for one in other if one != "_")))
    return "\n".join(parts)


# -- formulas and results ----------------------------------------------------------------------------------------


def formulas() -> str:
    """Functions that formulas of indicators may call."""
    parts = [
        "# Formulas of indicators\n", BUILT,
        "Values are per calendar year. A filter is a name of the model, a text with `*`, or several with `|` between them. "
        "Operators: `+ - * / **`, comparisons, `a if c else b`. How to write indicators: [Indicators](../how-to/indicators.md).\n",
        "## Basic indicators\n",
        table(("function", "gives", "filters"), [_function(name, one) for name, one in FUNCTIONS.items()]),
        "## Functions of expressions\n",
        table(("function", "gives"), [
            ("`reference(expression)`", "the same expression in the reference scenario"),
            ('`scenario("name", expression)`', "the same expression in another scenario"),
            ("`cumulative(expression)`", "the sum over the reported years up to each, times one year"),
            (", ".join(f"`{name}`" for name in PLAIN_NAMES), "as usual; arguments of `min` and `max` have one dimension"),
        ]),
    ]  # fmt: skip
    return "\n".join(parts)


GIVES = {
    "units": "Units that flow, per year, in the item's unit.", "stock": "Units in use and in stores at the end of the year.",
    "sales": "Units delivered to users, per year.", "demand": "Units that users wanted, per year.",
    "failed": "Pieces of followed parts that failed and were replaced, per year.", "spares": "Spares asked for, per year.",
    "unmet": "Demand that could not be met, per year.", "retired": "Units that left use, per year.",
    "energy": "Energy in exchanges of category energy, per year.", "time_worked": "Working time, per year.",
    "cost": "Money that actors pay, per year.", "revenue": "Money that actors receive, per year.",
}  # fmt: skip


def _function(name: str, one: Function) -> tuple[str, str, str]:
    gives = GIVES.get(name) or (one.compute.__doc__ or "").strip().splitlines()[0]
    first = f'"{one.first}"' if one.first else ""
    filters = [f"`{key}`" for key in one.filters]
    options = [f"`{key}`: {' or '.join(choices)}" for key, choices in one.options.items()]
    return f"`{name}({first})`", gives, ", ".join([*filters, *options])


def result() -> str:
    """The labelled arrays of a result."""
    rows = [(f"`result.{name}`", markdown(getattr(Result, name).func.__doc__ or "").strip()) for name in ARRAYS]
    return "\n".join([
        "# Result\n", BUILT, markdown(inspect.getdoc(Result) or ""), "## Arrays\n", table(("array", "dimensions and unit"), rows),
        "## Methods\n", *(_call(f"Result.{name}", getattr(Result, name)) for name in ("table", "save", "mass")),
        "## Comparison\n", markdown(inspect.getdoc(Comparison) or ""),
    ])  # fmt: skip


# -- calls, commands, errors -------------------------------------------------------------------------------------


def python() -> str:
    """The public calls, then others that one may want."""
    parts = ["# Python\n", BUILT, "## Calls of `meguru`\n"]
    parts += [_call(f"meguru.{name}", getattr(meguru, name)) for name in CALLS]
    parts += ["## More calls\n"]
    for place in MORE_CALLS:
        module, _, name = place.partition(":")
        parts.append(_call(f"{module}.{name}", getattr(import_module(module), name)))
    parts += ["## Numbers\n"]
    for kind in (Quantity, Distribution):
        parts += [f"### `{kind.__name__}`\n", markdown(inspect.getdoc(kind) or "")]
    for name, member in inspect.getmembers(Quantity):
        if not name.startswith("_") and inspect.ismethod(member):
            parts.append(_call(f"Quantity.{name}", member))
    return "\n".join(parts)


def _call(name: str, function: Callable[..., Any]) -> str:
    signature = str(inspect.signature(function)).replace("'", "")
    shown = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", signature)
    return f"### `{name}`\n\n```text\n{name}{shown}\n```\n\n{markdown(inspect.getdoc(function) or '')}"


def markdown(doc: str) -> str:
    """A docstring in NumPy style as Markdown."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", inspect.cleandoc(doc)).replace("``", "`")
    pieces = SECTION.split(text)
    out = [pieces[0].strip(), ""]
    for heading, body in zip(pieces[1::2], pieces[2::2], strict=True):
        out += [f"**{heading}**", "", *_section(heading, body.strip("\n")), ""]
    return "\n".join(out).strip() + "\n"


def _section(heading: str, body: str) -> Iterator[str]:
    """Entries of a section: a line and its indented text."""
    described = any(line.startswith(" ") for line in body.splitlines())
    if not described and heading not in ("Raises", "Parameters", "Attributes"):
        yield body
        return
    for line in body.splitlines():
        if line and not line.startswith(" "):
            yield ""
            yield f"`{line.replace('`', '')}`"
        elif line:
            yield f":   {line.strip()}" if not line.startswith("     ") else f"    {line.strip()}"
    yield ""


def commands() -> str:
    """Every command with its help, as click prints it."""
    return "\n".join(["# Command line\n", BUILT, *_helps("meguru", command_line, None)])


def _helps(name: str, command: click.Command, parent: click.Context | None) -> Iterator[str]:
    """The help of a command, then of those below it."""
    settings = {**command.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield f"## `{context.command_path}`\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            inner = command.get_command(context, below)
            assert inner is not None
            yield from _helps(below, inner, context)


def error_list() -> str:
    """Every error with what it means, by its family."""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.MeguruError)]
    kinds.sort(key=lambda kind: inspect.getsourcelines(kind)[1])
    rows = [
        (f"`{kind.__name__}`", f"`{kind.__mro__[1].__name__}`", markdown(kind.__doc__ or "").splitlines()[0]) for kind in kinds
    ]
    return "\n".join([
        "# Errors\n", BUILT,
        "Every error says where (file, line and place in the model), what was found and what was expected. In Python: "
        "`error.file`, `error.line`, `error.place`, `error.found`, `error.expected`, `error.hint`. All are in `meguru.errors`.\n",
        table(("error", "is a", "meaning"), rows),
    ])  # fmt: skip
