"""Faults and warnings know their file and line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from meguru.errors import ModelError, ModelWarning
from meguru.foresight.model import CausalModel, edge_names


class CausalWarning(ModelWarning):
    """Something about a causal model that can be run, but hardly means what it says.

    ``kind`` is the name of the check, ``nodes`` are those that it is about.
    """

    def __init__(self, message: str, *, kind: str, nodes: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(message, **more)
        self.kind, self.nodes = kind, nodes


def fault(kind: type[ModelError], model: CausalModel, place: str, message: str, **more: Any) -> ModelError:
    """A fault at a place of the model, with the file and line where that was written."""
    file, line = model.where(place)
    return kind(message, file=file, line=line, place=place or None, **more)


def warning(
    kind: str, model: CausalModel, place: str, message: str, *nodes: str, hint: str = ""
) -> CausalWarning:
    """A warning about a place of the model."""
    file, line = model.where(place)
    return CausalWarning(
        message, kind=kind, nodes=nodes, place=place or None, hint=hint or None, file=file, line=line
    )


def parts(model: CausalModel) -> Iterator[tuple[str, Any]]:
    """The model and everything in it with its place, in file order."""
    yield "", model
    for name, node in model.nodes.items():
        yield f"nodes.{name}", node
    yield from named_edges(model)
    for name, event in model.events.items():
        yield f"events.{name}", event
        for index, condition in enumerate(event.conditions):
            yield f"events.{name}.conditions.{index}", condition


def named_edges(model: CausalModel) -> Iterator[tuple[str, Any]]:
    """Every edge with its place."""
    for name, edge in zip(edge_names(model.edges), model.edges, strict=True):
        yield f"edges.{name}", edge
