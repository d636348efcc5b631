"""JSON Schemas of files, built from the declarations: editors complete and check by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from meguru.files.attribute import Attribute, Declared, declared
from meguru.files.component import Component
from meguru.quantity.distribution import MAY_HAVE, NEEDS
from meguru.quantity.series import BEYOND, INTERPOLATIONS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": ["string", "number"]}  # a name or a unit may be written '1'
_QUANTITY: Schema = {"$ref": "#/$defs/quantity"}


def file_schema(
    title: str, top: type[Component], kinds: Mapping[str, type[Component]], *, partial: bool = False
) -> Schema:
    """JSON Schema 2020-12 of a file.

    Parameters
    ----------
    title
        What it is called.
    top
        The component that the file is.
    kinds
        The components that others may hold, by name.
    partial
        Whether required values may be missing, as in a library whose entries a model completes.
    """
    schema: Schema = {"$schema": DIALECT, "title": title}
    schema.update(_component(top, required=not partial, top=True))
    inner = {name: kind for name, kind in kinds.items() if kind not in (top, Component)}
    schema["$defs"] = {
        **_quantity_definitions(),
        **{name: _component(kind, required=not partial) for name, kind in inner.items()},
    }
    return schema


def _component(kind: type[Component], *, required: bool, top: bool = False) -> Schema:
    attributes = declared(kind)
    schema: Schema = {"type": "object", "additionalProperties": False}
    if kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}("):  # else written by dataclass
        schema["description"] = kind.__doc__.strip().split("\n\n")[0].replace("\n    ", " ")
    schema["properties"] = {key: _property(one) for key, one in attributes.items()}
    needed = [key for key, one in attributes.items() if one.attribute.required]
    if required and needed:
        schema["required"] = needed
    elif not top:
        schema["type"] = ["object", "null"]  # a name with nothing behind it
    return schema


def _property(one: Declared) -> Schema:
    spec = one.attribute
    description = f"{spec.doc} [{spec.dimension}]" if spec.dimension else spec.doc
    value = {**_FORMS[spec.form](one)}
    if not spec.required and spec.form not in ("component", "components"):
        value = _or_null(value)
    return {"description": description, **value}


def _or_null(value: Schema) -> Schema:
    if "type" not in value:
        return {"anyOf": [value, {"type": "null"}]}
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    either = {**value, "type": [*kinds, "null"]}
    if "enum" in value:
        either["enum"] = [*value["enum"], None]
    return either


def _mapping(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _reference(spec: Attribute) -> Schema:
    return {"$ref": f"#/$defs/{spec.component}"}


def _one_or_list(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _table(one: Declared) -> Schema:
    if "dict[float" not in one.annotation:
        return {"type": "object"}
    numbers = {r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$": {"type": "number"}}
    return {"type": "object", "patternProperties": numbers, "additionalProperties": False}


_FORMS: dict[str, Callable[[Declared], Schema]] = {
    "text": lambda one: _TEXT,
    "name": lambda one: _TEXT,
    "port": lambda one: _TEXT,
    "flag": lambda one: {"type": "boolean"},
    "whole": lambda one: {"type": "integer"},
    "choice": lambda one: {"type": "string", "enum": list(one.attribute.choices)},
    "names": lambda one: _one_or_list(_TEXT),
    "texts": lambda one: _one_or_list(_TEXT),
    "label": lambda one: {"anyOf": [_TEXT, _mapping(_TEXT)]},
    "quantity": lambda one: _QUANTITY,
    "quantities": lambda one: _mapping(_QUANTITY),
    "split": lambda one: _mapping({"anyOf": [{"const": "rest"}, _QUANTITY]}),
    "component": lambda one: {"anyOf": [_reference(one.attribute), {"type": "null"}]},
    "components": lambda one: {"type": ["object", "null"], "additionalProperties": _reference(one.attribute)},
    "recipe": lambda one: _mapping({"anyOf": [_reference(one.attribute), _QUANTITY]}),
    "list": lambda one: _one_or_list(_reference(one.attribute)),
    "unit_data": lambda one: _one_or_list({"anyOf": [_TEXT, {"$ref": "#/$defs/UnitData"}]}),
    "table": _table,
    "changes": lambda one: {"type": "object"},
}


def _quantity_definitions() -> dict[str, Schema]:
    """A number with unit in each of its forms."""
    number: Schema = {"type": ["number", "string"], "description": "a number, or a text with unit as '12 kg'"}
    common: Schema = {
        "unit": {"type": ["string", "number", "null"], "description": "as kg or JPY/piece; none: a ratio"},
        "source": {"type": ["string", "null"], "description": "where the number is from"},
        "quality": {"type": ["number", "string", "null"], "description": "how good the number is, 0 to 1"},
        "since": {
            "type": ["object", "null"],
            "description": "calendar year → number that holds from then on",
            "patternProperties": {r"^[0-9]{4}$": _QUANTITY},
            "additionalProperties": False,
        },
    }
    uncertain = {
        "description": "a factor without unit on the number",
        "anyOf": [{"$ref": "#/$defs/distribution"}, {"type": "null"}],
    }
    series: Schema = {
        "type": "object",
        "description": "year, or month as 2030-04, → number",
        "minProperties": 1,
        "patternProperties": {r"^[0-9]{4}(\.[0-9]+|-[0-9]{2})?$": number},
        "additionalProperties": False,
    }
    between = {
        "interpolate": {"enum": list(INTERPOLATIONS), "description": "between the years"},
        "beyond": {"enum": list(BEYOND), "description": "outside the years"},
    }
    names = [*(name for ways in NEEDS.values() for way in ways for name in way), *chain(*MAY_HAVE.values())]
    parameters = dict.fromkeys(names, number)
    spread = {"distribution": {"enum": list(NEEDS), "description": "form of the distribution"}, **parameters}
    forms = [
        _form("value", {"value": number, "uncertain": uncertain, **common}),
        _form("values", {"values": series, **between, "uncertain": uncertain, **common}),
        _form("distribution", {**spread, **common}),
        _form("formula", {"formula": {"type": "string", "description": "over named numbers"}, **common}),
    ]
    text = {"type": "string", "description": "as '12 kg', '60 %', '1,200 JPY/piece' or '= 1 - rate'"}
    return {
        "quantity": {"description": "a number with unit", "anyOf": [{"type": "number"}, text, *forms]},
        "distribution": _form("distribution", spread),
    }


def _form(key: str, properties: Schema) -> Schema:
    return {"type": "object", "required": [key], "properties": properties, "additionalProperties": False}
