"""Checks of names: each refers to something; choices are among those declared."""

from __future__ import annotations

from collections.abc import Iterator

from meguru.errors import MissingValueError, ModelError, UnitError, UnknownNameError, did_you_mean
from meguru.files.attribute import declared
from meguru.files.document import default_of
from meguru.foresight.checks.fault import CausalWarning, fault, parts, warning
from meguru.foresight.model import CausalModel
from meguru.quantity import dimension_of


def missing_values(model: CausalModel) -> Iterator[ModelError]:
    """What must be given is given, and there is at least one node."""
    for place, owner in parts(model):
        for key, one in declared(type(owner)).items():
            if one.attribute.required and getattr(owner, one.name) is None:
                inner = f"{place}.{key}" if place else key
                yield fault(
                    MissingValueError, model, inner, "missing", found="nothing", expected=one.attribute.doc
                )
    if not model.nodes:
        yield fault(MissingValueError, model, "nodes", "a model without nodes", expected="at least one")


def unknown_choices(model: CausalModel) -> Iterator[ModelError]:
    """Choices are among those declared; names of nodes and events are their keys."""
    for place, owner in parts(model):
        for key, one in declared(type(owner)).items():
            value = getattr(owner, one.name)
            known = (*one.attribute.choices, default_of(type(owner), one.name))
            if one.attribute.form == "choice" and value not in known:
                yield fault(
                    UnknownNameError,
                    model,
                    f"{place}.{key}",
                    "no such choice",
                    found=value,
                    expected=list(one.attribute.choices),
                    hint=did_you_mean(str(value), one.attribute.choices),
                )
    for table in ("nodes", "events"):
        for name, entry in getattr(model, table).items():
            if entry.name != name:
                yield fault(
                    UnknownNameError,
                    model,
                    f"{table}.{name}",
                    "a name other than its key",
                    found=entry.name,
                    expected=name,
                )


def unknown_nodes(model: CausalModel) -> Iterator[ModelError]:
    """Edges, events and conditions name nodes that are there."""
    for place, owner in parts(model):
        for key, one in declared(type(owner)).items():
            if one.attribute.refers != "nodes":
                continue
            value = getattr(owner, one.name)
            if isinstance(value, dict):
                named = [(f"{place}.{key}.{name}", name) for name in value]
            else:
                named = [(f"{place}.{key}", value)] if value else []
            for inner, name in named:
                if name not in model.nodes:
                    yield fault(
                        UnknownNameError,
                        model,
                        inner,
                        "no such node",
                        found=name,
                        expected=list(model.nodes) if len(model.nodes) <= 12 else "a name of 'nodes'",
                        hint=did_you_mean(name, model.nodes),
                    )


def mistyped_units(model: CausalModel) -> Iterator[CausalWarning]:
    """A unit may be any word, but one that is a letter away from a known one is hardly meant."""
    for name, node in model.nodes.items():
        try:
            dimension_of(node.unit or "1")
        except UnitError as error:
            if error.hint:
                text = f"the unit '{node.unit}' is taken as a word of its own"
                yield warning("mistyped_units", model, f"nodes.{name}.unit", text, name, hint=error.hint)
