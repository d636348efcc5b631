"""The JSON Schema of a causal model file, built from the declarations: editors complete and check by it."""

from __future__ import annotations

from collections.abc import Callable

from meguru.files.attribute import Declared, declared
from meguru.files.schema import DIALECT, Schema
from meguru.foresight.model import COMPONENTS, CausalModel
from meguru.foresight.read import FORMAT, FORMAT_KEY, STEPS

_NUMBER: Schema = {"type": "number"}
_TEXT: Schema = {"type": ["string", "number"]}  # a name or a unit may be written '1'


def json_schema() -> Schema:
    """JSON Schema 2020-12 of a causal model file."""
    schema: Schema = {"$schema": DIALECT, "title": "meguru causal model", **_component(CausalModel)}
    version = {"description": "version of the file format", "const": FORMAT}
    schema["properties"] = {FORMAT_KEY: version, **schema["properties"]}
    schema["$defs"] = {
        "spread": _SPREAD,
        **{name: _component(kind) for name, kind in COMPONENTS.items() if name != "Spread"},
    }
    return schema


def _component(kind: type) -> Schema:
    known = declared(kind)
    needed = [key for key, one in known.items() if one.attribute.required]
    return {
        "type": "object" if needed else ["object", "null"],  # a name with nothing behind it
        "description": (kind.__doc__ or "").strip(),
        "properties": {key: _property(one) for key, one in known.items()},
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
    }


def _property(one: Declared) -> Schema:
    spec = one.attribute
    about = f"{spec.doc} [{spec.dimension}]" if spec.dimension else spec.doc
    value = _FORMS[spec.form](one)
    if not spec.required:
        value = {"anyOf": [value, {"type": "null"}]}  # the same as not written
    return {"description": about, **value}


def _mapping(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _reference(one: Declared) -> Schema:
    return {"$ref": f"#/$defs/{one.attribute.component}"}


_THREE = {
    key: {"type": "number", "description": one.attribute.doc}
    for key, one in declared(COMPONENTS["Spread"]).items()
}  # fmt: skip
_SPREAD: Schema = {
    "description": "a number, or a triangular distribution drawn per scenario",
    "anyOf": [
        _NUMBER,
        {"type": "object", "properties": _THREE, "required": list(_THREE), "additionalProperties": False},
    ],
}
_FORMS: dict[str, Callable[[Declared], Schema]] = {
    "text": lambda one: _TEXT,
    "name": lambda one: _TEXT,
    "number": lambda one: _NUMBER,
    "choice": lambda one: {"type": "string", "enum": list(one.attribute.choices)},
    "label": lambda one: {"anyOf": [_TEXT, _mapping(_TEXT)]},
    "spread": lambda one: {"$ref": "#/$defs/spread"},
    "step": lambda one: {"anyOf": [{"enum": list(STEPS)}, _NUMBER]},
    "numbers": lambda one: _mapping(_NUMBER),
    "years": lambda one: {
        "type": "object", "patternProperties": {"^[0-9]{1,4}$": _NUMBER}, "additionalProperties": False,
    },
    "components": lambda one: _mapping(_reference(one)),
    "list": lambda one: {"anyOf": [{"type": "array", "items": _reference(one)}, _reference(one)]},
    "table": lambda one: {"type": "object"},
}  # fmt: skip
