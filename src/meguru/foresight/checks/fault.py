"""Faults and warnings know their file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from meguru.errors import ModelError
from meguru.foresight.model import CausalModel, edge_names


@dataclass(frozen=True, slots=True)
class ModelWarning:
    """Something about a model that can be run, but hardly means what it says.

    ``kind`` is the name of the check, ``nodes`` are those that it is about.
    """

    kind: str
    message: str
    place: str = ""
    nodes: tuple[str, ...] = ()
    hint: str = ""
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = "" if self.file is None else self.file if self.line is None else f"{self.file}:{self.line}"
        text = ": ".join(part for part in (where, self.place, self.message) if part)
        return f"{text}. {self.hint}" if self.hint else text


def fault(kind: type[ModelError], model: CausalModel, place: str, message: str, **more: Any) -> ModelError:
    """A fault at a place of the model, with the file and line where that was written."""
    file, line = model.where(place)
    return kind(message, file=file, line=line, place=place or None, **more)


def warning(
    kind: str, model: CausalModel, place: str, message: str, *nodes: str, hint: str = ""
) -> ModelWarning:
    """A warning about a place of the model."""
    file, line = model.where(place)
    return ModelWarning(kind, message, place, nodes, hint, file, line)


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
