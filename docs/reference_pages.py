"""The reference is built from the code: declarations of the model, JSON Schema, errors, commands, docstrings.

A hook of MkDocs: the pages exist only while the site is built, so that they can not go out of date.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import click
from mkdocs.structure.files import File
from ruamel.yaml import YAML

import meguru
from meguru import errors
from meguru.cli import main as command_line
from meguru.engine.results.labelled import ARRAYS
from meguru.engine.results.result import Comparison, Result
from meguru.files.attribute import Declared, declared
from meguru.foresight import CausalModel, Spread
from meguru.foresight import schema as causal
from meguru.foresight.model import COMPONENTS as CAUSAL_COMPONENTS
from meguru.indicators.formulas import FUNCTIONS
from meguru.indicators.functions import Function
from meguru.model.checks.kinds import kinds_of_keys
from meguru.model.components import PROCESS_KINDS, Component, Model, Process
from meguru.model.schema import json_schema
from meguru.model.walk import COMPONENTS
from meguru.quantity import Distribution, Quantity

SHARED = ("label", "note")
BUILT = "*This page is built from the code.*\n"
HERE = Path(__file__).parent
WIDEST_CALL = 80
SECTION = re.compile(r"^([A-Z][a-z]+)\n-{3,}\n", re.MULTILINE)


@cache
def words(section: str) -> Any:
    """What is said besides the code."""
    return YAML(typ="safe").load((HERE / "reference_words.yaml").read_text(encoding="utf-8"))[section]


def opening(title: str, page: str = "") -> list[str]:
    """Heading and introduction of a page."""
    return [f"# {title}\n", BUILT, *(f"{text}\n" for text in words("introductions").get(page, ()))]


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
        "causal-model.md": causal_model(),
        "units.md": units(),
        "formulas.md": formulas(),
        "result.md": result(),
        "python.md": python(),
        "command-line.md": commands(),
        "errors.md": error_list(),
        "model.schema.json": _json(json_schema()),
        "library.schema.json": _json(json_schema(library=True)),
        "causal.schema.json": _json(causal.json_schema()),
    }


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    heads, body = list(head), [list(row) for row in rows]
    kept = [k for k in range(len(heads)) if any(row[k] for row in body)]  # no empty columns
    lines = [[row[k] for k in kept] for row in (heads, ["---"] * len(heads), *body)]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# -- the model file --


def model_file() -> str:
    """All components but the processes, each with its attributes."""
    parts = [
        *opening("Model file", "model_file"),
        "## Model\n",
        _summary(Model),
        _attributes(Model, declared(Model)),
        "## Process\n",
        "The keys of a process depend on its kind: [Processes](processes.md).\n",
    ]
    for name, kind in COMPONENTS.items():
        if kind not in (Component, Model, Process):
            keys = (
                _attributes(kind, declared(kind))
                if len(declared(kind)) > len(SHARED)
                else "Only `label` and `note`.\n"
            )
            parts += [f"## {name}\n", _summary(kind), keys]
    return "\n".join(parts)


def causal_model() -> str:
    """All components of a causal model, each with its attributes."""
    parts = opening("Causal model", "causal_model")
    for kind in (CausalModel, *CAUSAL_COMPONENTS.values()):
        parts += [f"## {kind.__name__}\n", _summary(kind), _attributes(kind, declared(kind), shared=())]
    return "\n".join(parts)


def _summary(kind: type) -> str:
    own = kind.__doc__ or ""
    return "" if own.startswith(f"{kind.__name__}(") else markdown(own)


def _attributes(kind: type[Any], keys: Iterable[str], of: str = "", shared: Iterable[str] = SHARED) -> str:
    """Table of some attributes but the shared; ``of`` is the kind of process that they are told for."""
    found = [declared(kind)[key] for key in keys if key not in shared]
    rows = [
        (
            f"`{one.key}`",
            _form(one),
            _dimension(one.attribute.dimension),
            _default(kind, one),
            _about(one, of),
        )
        for one in found
    ]
    return table(("key", "form", "dimension", "default", "what"), rows)


def _form(one: Declared) -> str:
    spec = one.attribute
    if spec.form == "choice":
        return " or ".join(f"`{choice}`" for choice in spec.choices)
    word = words("forms")[spec.form]
    if spec.component in COMPONENTS:
        page = "processes.md" if spec.component == "Process" else f"model-file.md#{spec.component.lower()}"
        return f"{word}: [{spec.component}]({page})"
    if spec.component in CAUSAL_COMPONENTS:
        return f"{word}: [{spec.component}](causal-model.md#{spec.component.lower()})"
    return f"{word} of {spec.refers}" if spec.refers and spec.form in ("name", "names") else word


def _dimension(words: str) -> str:
    return " or ".join({"1": "plain number"}.get(word, word) for word in words.split("|") if word)


def _default(kind: type[Any], one: Declared) -> str:
    if one.attribute.required:
        return "**required**"
    found = next(item for item in dataclasses.fields(kind) if item.name == one.name).default
    if found is dataclasses.MISSING or found in (None, "", ()):
        return ""
    if isinstance(found, Spread):
        return f"`{found.mode:g}`"
    return f"`{str(found).lower() if isinstance(found, bool) else found}`"


def _about(one: Declared, of: str) -> str:
    """What an attribute is; of several kinds of process, what it is for this one."""
    named = {
        kind: text
        for text in one.attribute.doc.split("; ")
        for kind in PROCESS_KINDS
        if text.startswith(f"{kind}: ")
    }
    return (
        named[of].removeprefix(f"{of}: ")
        if of in named and len(named) > 1
        else one.attribute.doc.removeprefix(f"{of}: ")
    )


def processes() -> str:
    """Per kind of process: what drives it, its ports, its attributes."""
    kinds = kinds_of_keys()
    common = [key for key in kinds if kinds[key] == PROCESS_KINDS]
    parts = [*opening("Processes"), "## All kinds\n", _attributes(Process, common)]
    for kind in PROCESS_KINDS:
        told = words("kinds")[kind]
        own = [key for key in kinds if kind in kinds[key] and key not in common]
        parts += [f"## {kind}\n", f"{told['does']} Driven by {told['driven_by']}.\n"]
        if told["ports"]:
            rows = [(f"`{port}`", what) for port, what in told["ports"].items()]
            parts += [table(("port", "what leaves there"), rows)]
        if own:
            parts += [_attributes(Process, own, kind)]
    return "\n".join(parts)


def units() -> str:
    """Units by section of the definitions."""
    text = resources.files("meguru.quantity").joinpath("units.txt").read_text(encoding="utf-8")
    parts = opening("Units", "units")
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


# -- formulas and results --


def formulas() -> str:
    """Functions that formulas of indicators may call."""
    basic = [_function(name, one) for name, one in FUNCTIONS.items()]
    return "\n".join(
        [
            *opening("Formulas of indicators", "formulas"),
            "## Basic indicators\n",
            table(("function", "gives", "filters"), basic),
            "## Functions of expressions\n",
            table(("function", "gives"), words("functions_of_expressions").items()),
        ]
    )


def _function(name: str, one: Function) -> tuple[str, str, str]:
    gives = words("functions").get(name) or (one.compute.__doc__ or "").strip().splitlines()[0]
    first = f'"{one.first}"' if one.first else ""
    filters = [f"`{key}`" for key in one.filters]
    options = [f"`{key}`: {' or '.join(choices)}" for key, choices in one.options.items()]
    return f"`{name}({first})`", gives, ", ".join([*filters, *options])


def result() -> str:
    """The labelled arrays of a result."""
    arrays = [(name, inspect.getdoc(getattr(Result, name).func) or "") for name in ARRAYS]
    rows = [(f"`result.{name}`", markdown(doc).strip()) for name, doc in arrays]
    return "\n".join(
        [
            *opening("Result"),
            markdown(inspect.getdoc(Result) or ""),
            "## Arrays\n",
            table(("array", "dimensions and unit"), rows),
            "## Methods\n",
            *(_call(f"Result.{name}", getattr(Result, name)) for name in ("table", "save", "mass")),
            "## Comparison\n",
            markdown(inspect.getdoc(Comparison) or ""),
        ]
    )


# -- calls, commands, errors --


def python() -> str:
    """The public calls, then others that one may want."""
    parts = [*opening("Python"), "## Calls of `meguru`\n"]
    parts += [_call(f"meguru.{name}", getattr(meguru, name)) for name in words("calls")]
    parts += ["## More calls\n"]
    for place in words("more_calls"):
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
    shown = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", str(inspect.signature(function)))
    shown = re.sub(r"(: |-> )'([^']*)'", r"\1\2", shown)
    if len(name + shown) > WIDEST_CALL:
        inside, _, gives = shown[1:].rpartition(")")
        shown = f"(\n    {_between(inside)},\n){gives}"
    return f"### `{name}`\n\n```text\n{name}{shown}\n```\n\n{markdown(inspect.getdoc(function) or '')}"


def _between(arguments: str) -> str:
    """Arguments one below the other; commas inside brackets do not count."""
    out, depth = "", 0
    for sign in arguments:
        depth += (sign in "[(") - (sign in "])")
        out += sign if sign != "," or depth else ",\n   "
    return out


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
            yield f"\n`{line.replace('`', '')}`"
            mark = ":   "
        elif line:
            yield f"{mark}{line.strip()}"
            mark = "    "


def commands() -> str:
    """Every command with its help, as click prints it."""
    return "\n".join([*opening("Command line"), *_helps("meguru", command_line, None)])


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
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    kinds = [kind for kind in found if issubclass(kind, errors.MeguruError)]
    kinds.sort(key=lambda kind: inspect.getsourcelines(kind)[1])
    rows = [
        (f"`{kind.__name__}`", f"`{kind.__mro__[1].__name__}`", markdown(kind.__doc__ or "").splitlines()[0])
        for kind in kinds
    ]
    return "\n".join([*opening("Errors", "errors"), table(("error", "is a", "meaning"), rows)])
