"""Finding a place in a model by its path, as ``processes.collect.split.separate``.

Names may hold dots and spaces: at each level the longest name that fits is taken. A list of one entry needs
no index; routes are found by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from meguru.errors import ScenarioError, nearest
from meguru.files.attribute import Declared, declared
from meguru.files.component import entry_names
from meguru.model.components import Component, Model
from meguru.model.walk import COMPONENTS

_WHOLE_FORMS = frozenset(
    "text flag whole choice name port names texts label quantity table changes".split()
)  # replaced as a whole


@dataclass(frozen=True, slots=True)
class Spot:
    """A place found: an attribute of ``owner``, or with ``entry`` one entry of what the attribute holds.

    ``entry`` is the key of a mapping or, for a list, the entry's name; ``index`` its position, None if new.
    """

    owner: Component
    attribute: Declared
    place: str
    entry: str | None = None
    index: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether an entry would be added."""
        return self.entry is not None and self.index is None

    @property
    def held(self) -> Any:
        """What stands there now; None if nothing."""
        value = getattr(self.owner, self.attribute.name)
        if self.entry is None:
            return value
        if isinstance(value, dict):
            return value.get(self.entry)
        return None if self.index is None else value[self.index]

    def put(self, new: Any) -> None:
        """Replace what stands there, or add an entry."""
        value = getattr(self.owner, self.attribute.name)
        if self.entry is None:
            setattr(self.owner, self.attribute.name, new)
        elif isinstance(value, dict):
            value[self.entry] = new
        elif self.index is None:
            value.append(new)
        else:
            value[self.index] = new

    def take_away(self) -> None:
        """Remove an entry."""
        value = getattr(self.owner, self.attribute.name)
        if isinstance(value, dict):
            del value[self.entry]
        elif self.index is not None:
            del value[self.index]


def find(model: Model, path: str) -> Spot:
    """The place of a path.

    A path to an entry that is not there yet is found if the mapping or list around it is. Raises
    ScenarioError with the nearest name for a path that leads nowhere.
    """
    return _in_component(model, path, "")


def _in_component(owner: Component, path: str, above: str) -> Spot:
    known = declared(type(owner))
    key = _longest(path, known)
    if key is None:
        raise _lost(path.partition(".")[0], known, above, "key")
    one = known[key]
    place = f"{above}.{key}" if above else key
    rest = path[len(key) + 1 :]
    if not rest:
        return Spot(owner, one, place)
    if one.attribute.form in _WHOLE_FORMS:
        raise ScenarioError(
            "nothing can be changed inside", place=place, found=rest, hint="Replace it as a whole."
        )
    if one.attribute.form == "component":
        return _in_component(_component(owner, one, place), rest, place)
    return _in_entries(owner, one, rest, place)


def _component(owner: Component, one: Declared, place: str) -> Component:
    """A nested component; an empty one is put in where nothing needs to be given."""
    held = getattr(owner, one.name)
    if held is None:
        kind = COMPONENTS[one.attribute.component]
        if any(inner.attribute.required for inner in declared(kind).values()):
            raise ScenarioError("nothing there to change", place=place, hint="Give it as a whole.")
        held = kind()
        setattr(owner, one.name, held)
    assert isinstance(held, Component)
    return held


def _in_entries(owner: Component, one: Declared, path: str, above: str) -> Spot:
    held = getattr(owner, one.name)
    names = list(held) if isinstance(held, dict) else entry_names(held)
    name = _longest(path, names)
    if name is None and isinstance(held, list) and len(held) == 1 and one.attribute.component != "Route":
        name, path = names[0], f"{names[0]}.{path}"
    if name is None:
        return _new_entry(owner, one, path, names, above)
    if names.count(name) > 1:
        raise ScenarioError("more than one of this name", place=above, found=name, hint="Give them names.")
    index = names.index(name)
    rest = path[len(name) + 1 :]
    place = f"{above}.{name}"
    if not rest:
        return Spot(owner, one, place, name, index)
    entry = held[name] if isinstance(held, dict) else held[index]
    if not isinstance(entry, Component):
        hint = f"Change 'unit_data.{entry}.{rest}'." if isinstance(entry, str) else "Replace it as a whole."
        raise ScenarioError("nothing can be changed inside", place=place, found=rest, hint=hint)
    return _in_component(entry, rest, place)


def _new_entry(owner: Component, one: Declared, path: str, names: list[str], above: str) -> Spot:
    """Where an entry that is not there yet would stand; nothing is new inside a list without names."""
    form = one.attribute.form
    if form == "split" or (form == "quantities" and one.attribute.wild) or _is_numbered(one):
        raise _lost(path, names, above, "name")
    return Spot(owner, one, f"{above}.{path}", path)


def _is_numbered(one: Declared) -> bool:
    return one.attribute.form in ("list", "unit_data") and one.attribute.component != "Route"


def _longest(path: str, names: Iterable[str]) -> str | None:
    fitting = (name for name in names if path == name or path.startswith(f"{name}."))
    return max(fitting, key=len, default=None)


def _lost(name: str, names: Iterable[str], above: str, what: str) -> ScenarioError:
    """The error for a name that is not there; ``name`` may go on with a path inside."""
    names = list(names)
    steps = name.split(".")
    near = {one: nearest(one, names) for one in (".".join(steps[: index + 1]) for index in range(len(steps)))}
    likely = max(
        ((SequenceMatcher(None, one, found).ratio(), found) for one, found in near.items() if found),
        default=None,
    )
    hint = f"Did you mean '{likely[1]}'?" if likely else None
    return ScenarioError(
        f"no such {what}", place=above or None, found=name, expected=names or None, hint=hint
    )


def lost(spot: Spot, names: Iterable[str] | None = None) -> ScenarioError:
    """The error for an entry that is not there and may not be added; ``names`` are the valid ones."""
    entry = spot.entry or ""
    if names is None:
        held = getattr(spot.owner, spot.attribute.name)
        names = held if isinstance(held, dict) else entry_names(held)
    return _lost(entry, names, spot.place[: -len(entry) - 1], "name")
