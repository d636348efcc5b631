"""Dataclasses as JSON and back, by their annotations."""

from __future__ import annotations

import dataclasses
import json
import math
import types
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from meguru.errors import NotReadableError, RunError

Record = TypeVar("Record")


def to_json(record: Any) -> str:
    """A dataclass as JSON text; arrays become lists.

    Raises
    ------
    RunError
        A number in it is not finite: what is undefined must be None.
    """
    return json.dumps(_plain(record, type(record).__name__), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[Record], text: str) -> Record:
    """The dataclass that :func:`to_json` wrote.

    Raises
    ------
    NotReadableError
        The text is no JSON, or not of this kind.
    """
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotReadableError(
            "this is no JSON", line=error.lineno, found=error.msg, expected=f"a {kind.__name__}"
        ) from error
    return from_plain(kind, plain)


def from_plain(kind: type[Record], plain: Any) -> Record:
    """The dataclass behind plain data, as JSON gives it.

    Raises
    ------
    NotReadableError
        It is not of this kind.
    """
    found: Record = _made(kind, plain, kind.__name__)
    return found


def _plain(value: Any, place: str) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: _plain(getattr(value, one.name), f"{place}.{one.name}")
            for one in dataclasses.fields(value)
        }
    if isinstance(value, np.ndarray):
        return _plain(value.tolist(), place)
    if isinstance(value, Mapping):
        return {key: _plain(one, f"{place}.{key}") for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, place) for one in value]
    if isinstance(value, (float, np.floating)) and not math.isfinite(value):
        raise RunError("a result that is not a number", place=place, found=value)
    return value.item() if isinstance(value, np.generic) else value


def _made(kind: Any, plain: Any, place: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any or kind is object or origin is Literal:
        return plain
    if origin in (Union, types.UnionType):
        if plain is None:
            return None
        return _made(next(one for one in inner if one is not types.NoneType), plain, place)
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        if not isinstance(plain, dict) or set(plain) != set(hints):
            found = sorted(plain) if isinstance(plain, dict) else plain
            raise NotReadableError(
                "not what was written", place=place, found=found, expected=", ".join(hints)
            )
        make = cast(Callable[..., Any], kind)
        return make(**{key: _made(hints[key], one, f"{place}.{key}") for key, one in plain.items()})
    if origin is np.ndarray:
        return np.array(plain, dtype=get_args(inner[1])[0])
    if origin is tuple:
        _is(list, plain, place)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_made(inner[0], one, place) for one in plain)
        return tuple(_made(part, one, place) for part, one in zip(inner, plain, strict=True))
    if origin in (dict, Mapping):
        _is(dict, plain, place)
        return {key: _made(inner[1], one, f"{place}.{key}") for key, one in plain.items()}
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    _is(kind, plain, place)
    return plain


def _is(kind: type, plain: Any, place: str) -> None:
    if not isinstance(plain, kind):
        raise NotReadableError("wrong type", place=place, found=plain, expected=kind.__name__)
