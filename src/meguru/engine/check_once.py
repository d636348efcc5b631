"""What is wrong with a model is looked for once, and again only where it has changed."""

from __future__ import annotations

from operator import attrgetter, is_
from typing import Any

from meguru.files.attribute import declared
from meguru.model import Model
from meguru.model.checks import bom, faults_here, numbers, shares, time
from meguru.model.components import Component
from meguru.model.walk import clone
from meguru.quantity import Quantity

# The engine reads and refuses other constants itself, in every run.
CHECKS_OF_CONSTANTS = (time.years, numbers.numbers, shares.countries, bom.declared_masses)
_ATTRIBUTES: dict[type[Component], attrgetter[tuple[Any, ...]]] = {}
_OURS = ("checked", "kept", "passed")  # what hangs on a model beside its fields


def kept_copy(model: Model) -> Model:
    """A copy that later changes of the model leave alone; the same one as long as nothing has changed."""
    vars(model).setdefault("checked", {})  # shared by all its copies
    kept: Model | None = vars(model).get("kept")
    if kept is None or not _unchanged(_fields(model), _fields(kept)):
        kept = clone(model)
        for name in ("kept", "passed"):
            vars(kept).pop(name, None)
        vars(model)["kept"] = kept
    return kept


def _fields(model: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(model).items() if name not in _OURS}


def _unchanged(value: Any, kept: Any) -> bool:
    """Whether a model still says what its copy says. What can not be changed is shared by both, so that
    nothing needs to be read: another object is taken for a change, even if it is equal.
    """
    if value is kept:
        return True
    kind = value.__class__
    if kind is not kept.__class__:
        return False
    if isinstance(value, Component):
        value, kept, kind = vars(value), vars(kept), dict
    if kind is dict:
        return (
            len(value) == len(kept)
            and all(map(is_, value, kept))
            and all(map(_unchanged, value.values(), kept.values()))
        )
    return kind is list and len(value) == len(kept) and all(map(_unchanged, value, kept))


def check_once(model: Model, applied: Model, scenario: str) -> None:
    """Name what is wrong: everything once for each structure, and after a change of constants only what
    depends on these and is not seen by the engine, so that who moves a slider does not wait.

    Parameters
    ----------
    model
        As :func:`kept_copy` gives it.
    applied
        With the scenario.
    """
    passed: set[str] = vars(model).setdefault("passed", set())
    if scenario not in passed:
        _check_changed(model, applied, scenario)
        passed.add(scenario)


def _check_changed(model: Model, applied: Model, scenario: str) -> None:
    constants: list[float] = []
    structure = _structure(applied, constants)
    checked = vars(model)["checked"]
    structure_before, constants_before = checked.get(scenario, (None, None))
    if structure != structure_before:
        faults = faults_here(applied)
    elif constants != constants_before:
        faults = (one for check in CHECKS_OF_CONSTANTS for one in check(applied))
    else:
        return
    for fault in faults:
        raise fault
    checked[scenario] = structure, constants


def _structure(value: Any, constants: list[float]) -> Any:
    """All that a model says, except how much a constant is: of that only its unit; the rest is collected.

    Compared, not hashed: what stays the same is the same object, and equal at a glance.
    """
    kind = value.__class__
    if value is None or kind is str:
        return value
    if kind is Quantity:
        if value.value is None or value.uncertain is not None or value.since:
            return value
        constants.append(value.value)
        return kind, value.unit
    if kind is dict:
        return (kind, *value, *[_structure(one, constants) for one in value.values()]) if value else kind
    if kind is list:
        return (kind, *[_structure(one, constants) for one in value]) if value else kind
    if isinstance(value, Component):
        if kind not in _ATTRIBUTES:
            _ATTRIBUTES[kind] = attrgetter(*(one.name for one in declared(kind).values()))
        held = _ATTRIBUTES[kind](value)
        return kind, *[None if one is None else _structure(one, constants) for one in held]
    return kind, repr(value)  # 1, 1.0 and True are not the same
