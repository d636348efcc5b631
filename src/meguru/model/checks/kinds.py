"""Checks of what belongs to which kind of process, read from the declarations themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from meguru.errors import MissingValueError, ModelError, UnknownKeyError
from meguru.files.attribute import declared
from meguru.files.document import default_of
from meguru.model.checks.fault import fault
from meguru.model.components import PROCESS_KINDS, Model, Process

NEEDS = {"make": ("item",), "use": ("product", "demand")}
_KIND = re.compile(rf"(?:^|; )({'|'.join(PROCESS_KINDS)}):")
_BY_ALL_THAT_TAKE = {"capacity": ("sort", "dismantle", "recondition", "recycle", "make")}


@lru_cache(maxsize=1)
def kinds_of_keys() -> dict[str, tuple[str, ...]]:
    """Key of a process → kinds that have it, as its documentation begins: ``supply: …; store: …``."""
    found = {key: tuple(_KIND.findall(one.attribute.doc)) for key, one in declared(Process).items()}
    return {key: kinds or _BY_ALL_THAT_TAKE.get(key, PROCESS_KINDS) for key, kinds in found.items()}


def keys_of_another_kind(model: Model) -> Iterator[ModelError]:
    """No process has a value that its kind does not know: it would be ignored without a word."""
    kinds = kinds_of_keys()
    for name, process in model.processes.items():
        for key, one in declared(Process).items():
            if process.kind in kinds[key]:
                continue
            if getattr(process, one.name) != default_of(Process, one.name):
                own = [
                    other for other in kinds if process.kind in kinds[other] and kinds[other] != PROCESS_KINDS
                ]
                yield fault(
                    UnknownKeyError,
                    model,
                    f"processes.{name}.{key}",
                    f"a {process.kind} has no '{key}'",
                    found=key,
                    expected=own or "no key of its own",
                    hint=f"'{key}' belongs to {_listed(kinds[key])}.",
                )


def keys_that_are_missing(model: Model) -> Iterator[ModelError]:
    """A make says what is made, a use what is in use, a sort how it splits."""
    for name, process in model.processes.items():
        for key in NEEDS.get(process.kind, ()):
            if getattr(process, key) is None:
                yield fault(
                    MissingValueError,
                    model,
                    f"processes.{name}.{key}",
                    f"missing in a {process.kind}",
                    found="nothing",
                    expected=declared(Process)[key].attribute.doc,
                )
        if process.kind == "sort" and not process.split and not process.rules:
            yield fault(
                MissingValueError,
                model,
                f"processes.{name}.split",
                "a sort that splits nothing",
                found="nothing",
                expected="'split' or 'rules'",
            )


def _listed(kinds: tuple[str, ...]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"
