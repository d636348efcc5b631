"""Which item flows where: routes expanded to flows, by the rules of ports.

A :class:`Flow` is one route-item pair. The push side is found by letting items spread from the use
processes (and
the scrap of make processes) through the ports; the pull side by matching what sources offer with what
targets need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from meguru.errors import NetworkError, did_you_mean
from meguru.model.components import Model, Process, Recipe, Route

PART_FAILURE = "part_failure"
PULL_SOURCES = ("supply", "make", "store")
PULL_TARGETS = ("make", "use", "recondition")


@dataclass(frozen=True, slots=True)
class Flow:
    """One item on one route. ``share`` of what leaves the port is carried (push)."""

    route: Route
    name: str
    item: str
    source: str
    port: str
    target: str
    side: str


@dataclass(slots=True)
class Network:
    """Flows of a model and what nothing carries.

    ``emissions`` maps (process, port, item) to the flows that carry it; an emission without flows is an
    error as
    soon as something leaves there.
    """

    flows: list[Flow] = field(default_factory=list)
    emissions: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    arriving: dict[str, dict[str, None]] = field(default_factory=dict)
    carried_by: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # (process, port) → port whose routes are used
    failed: set[tuple[str, str]] = field(
        default_factory=set
    )  # (process, item) where failed things may arrive


def route_name(route: Route) -> str:
    return route.name_in_list()


def split_port(model: Model, source: str) -> tuple[str, str]:
    """``use.retired.obsolete`` → (``use``, ``retired.obsolete``); process names hold no dots."""
    process, _, port = source.partition(".")
    if process not in model.processes:
        raise NetworkError(
            "no such process",
            place=f"routes.{source}",
            found=process,
            expected="the name of a process",
            hint=did_you_mean(process, model.processes),
        )
    return process, port or "out"


def recipe_of(model: Model, process: Process) -> dict[str, Recipe]:
    """Inputs of a make process: its recipe, completed by the BOM of what it makes; a material is made of
    itself."""
    assert process.item is not None
    item = model.items[process.item]
    if item.kind == "material":
        return process.recipe or {process.item: Recipe()}
    recipe = dict(process.recipe)
    for child in item.bom:
        recipe.setdefault(child, Recipe())
    return recipe


def materials_of(model: Model, name: str) -> dict[str, None]:
    """Materials inside an item, at any depth, in order."""
    item = model.items[name]
    if item.kind == "material":
        return {name: None}
    found: dict[str, None] = {}
    for child in item.bom:
        found.update(materials_of(model, child))
    return found


def has_scrap(process: Process, recipe: Recipe) -> bool:
    return process.efficiency is not None or recipe.efficiency is not None


def ports_of(model: Model, name: str) -> list[str]:
    """Every port that a process can have routes from."""
    process = model.processes[name]
    ports: list[str] = {
        "use": [
            "retired",
            "failed",
            f"retired.{PART_FAILURE}",
            *(f"retired.{c}" for c in process.leave),
            *(f"failed.{p}" for p in process.parts),
        ],
        "sort": [*process.split, *(port for rule in process.rules for port in rule.split)],
        "dismantle": [*process.recover, *(f"{c}.failed" for c in process.recover), "rest"],
        "recondition": ["good", "rejected", "replaced"],
        "recycle": ["secondary", "residue"],
        "store": ["out", "overflow", "loss"],
        "make": ["out", "scrap"],
        "supply": ["out"],
        "sink": [],
    }[process.kind]
    if process.capacity is not None and process.kind in ("sort", "dismantle", "recondition", "recycle"):
        ports.append("overflow")
    return list(dict.fromkeys(ports))


def _from_use(process: Process) -> Iterator[tuple[str, str, bool]]:
    assert process.product is not None
    for cause in process.leave:
        yield f"retired.{cause}", process.product, False
    fails = any(slot.lifetime is not None for slot in process.parts.values())
    if fails:
        yield f"retired.{PART_FAILURE}", process.product, True
    for part, slot in process.parts.items():
        if slot.lifetime is not None:
            yield f"failed.{part}", part, True


def _from_sort(process: Process, item: str, failed: bool) -> Iterator[tuple[str, str, bool]]:
    ports: dict[str, bool] = {}
    left = True  # whether failed ones still come to the next rule
    for rule in process.rules:
        if rule.item in (None, item):
            for port in rule.split:
                ports[port] = ports.get(port, False) or (left and rule.condition != "intact")
            whatever_else = rule.age_below is None and rule.segment is None and rule.build is None
            left = left and not (whatever_else and rule.condition != "intact")
    for port in process.split:
        ports[port] = ports.get(port, False) or left
    for port, may_fail in ports.items():
        yield port, item, failed and may_fail


def followed_parts(model: Model, item: str) -> set[str]:
    """Parts of a product whose failures and ages are followed."""
    found: set[str] = set()
    for process in model.processes.values():
        if process.kind == "use" and process.product == item:
            found.update(process.parts)
    return found


def _from_dismantle(
    model: Model, process: Process, name: str, failed: bool
) -> Iterator[tuple[str, str, bool]]:
    followed = followed_parts(model, name) if failed else set()
    for child in model.items[name].bom:
        part = child in followed
        if child in process.recover:
            yield child, child, False
            if failed and part:
                yield f"{child}.failed", child, True
        yield "rest", child, failed and part


def _emitted(model: Model, name: str, item: str, failed: bool) -> Iterator[tuple[str, str, bool]]:
    """(port, item, may be failed) that leaves process ``name`` because ``item`` arrives there."""
    process = model.processes[name]
    if process.kind == "sort":
        yield from _from_sort(process, item, failed)
    elif process.kind == "dismantle":
        yield from _from_dismantle(model, process, item, failed)
    elif process.kind == "recycle":
        for material in materials_of(model, item):
            if material in process.yields:
                yield "secondary", material, False
            yield "residue", material, False
    elif process.kind == "recondition":
        yield "good", item, failed and not process.accepts_failed
        yield "rejected", item, failed
        for child in process.replace:
            yield "replaced", child, False
    elif process.kind == "store":
        if process.limit is not None:
            yield "overflow", item, failed
        if process.loss is not None:
            yield "loss", item, failed
    if process.capacity is not None and process.kind in ("sort", "dismantle", "recondition", "recycle"):
        yield "overflow", item, failed


class _Resolver:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.network = Network()
        self.by_port: dict[tuple[str, str], list[Route]] = {}
        self.pull: list[tuple[Route, str]] = []
        self.named: dict[str, dict[str, None]] = {}  # source → items that its routes name
        for route in model.routes:
            process, port = split_port(model, route.source)
            self._check_ends(route, process, port)
            kind = model.processes[process].kind
            if kind in PULL_SOURCES and port == "out":
                self.pull.append((route, process))
            else:
                self.by_port.setdefault((process, port), []).append(route)

    def _check_ends(self, route: Route, process: str, port: str) -> None:
        place = f"routes.{route_name(route)}"
        ports = ports_of(self.model, process)
        if port not in ports:
            raise NetworkError(
                "no such port",
                place=place,
                found=f"{process}.{port}",
                expected=f"one of {', '.join(f'{process}.{p}' for p in ports) or 'none: nothing leaves it'}",
                hint=did_you_mean(port, ports),
            )
        if route.target not in self.model.processes:
            raise NetworkError(
                "no such process",
                place=f"{place}.to",
                found=route.target,
                expected="the name of a process",
                hint=did_you_mean(route.target, self.model.processes),
            )
        pull = self.model.processes[process].kind in PULL_SOURCES and port == "out"
        kind = self.model.processes[route.target].kind
        if pull != (kind in PULL_TARGETS) and not (kind == "recondition" and not pull):
            raise NetworkError(
                "this source and this target cannot be joined",
                place=place,
                found=f"{self.model.processes[process].kind}.{port} to {kind}",
                expected="supply, make or store to make, use or recondition; any other port to sort, "
                "dismantle, recondition, recycle, store or sink",
            )

    def _port_for(self, process: str, port: str) -> str:
        """The port whose routes carry an emission: the exact one before the wider one."""
        if (process, port) in self.by_port or "." not in port:
            return port
        if port.endswith(".failed") and self.model.processes[process].kind == "dismantle":
            return "rest"
        return port.partition(".")[0]

    def _emit(self, process: str, port: str, item: str) -> list[int]:
        """Flows that carry ``item`` from a port; made at first sight."""
        key = (process, port, item)
        known = self.network.emissions.get(key)
        if known is not None:
            return known
        indices = self.network.emissions[key] = []
        for route in self.by_port.get((process, port), []):
            if not route.items or item in route.items:
                indices.append(len(self.network.flows))
                self.network.flows.append(
                    Flow(route, route_name(route), item, process, port, route.target, "push")
                )
        return indices

    def _starts(self) -> Iterator[tuple[str, str, str, bool]]:
        for name, process in self.model.processes.items():
            if process.kind == "use" and process.product is not None:
                for port, item, failed in _from_use(process):
                    yield name, port, item, failed
            elif process.kind == "make" and process.item is not None:
                for item, recipe in recipe_of(self.model, process).items():
                    if has_scrap(process, recipe):
                        yield name, "scrap", item, False

    def push(self) -> None:
        waiting = list(self._starts())
        seen: set[tuple[str, str, bool]] = set()
        while waiting:
            process, port, item, failed = waiting.pop(0)
            carrier = self.network.carried_by[(process, port)] = self._port_for(process, port)
            for index in self._emit(process, carrier, item):
                target = self.network.flows[index].target
                self.network.arriving.setdefault(target, {})[item] = None
                if failed:
                    self.network.failed.add((target, item))
                if (target, item, failed) not in seen:
                    seen.add((target, item, failed))
                    waiting += [(target, *emitted) for emitted in _emitted(self.model, target, item, failed)]

    def offers(self, name: str) -> list[str]:
        process = self.model.processes[name]
        if process.kind == "make":
            return [process.item] if process.item else []
        if process.kind == "store":
            return list(self.network.arriving.get(name, {}))
        if process.supplies:
            return process.supplies
        return list(self.named.get(name, {}))

    def needs(self, name: str) -> list[str]:
        process = self.model.processes[name]
        if process.kind == "make":
            return list(recipe_of(self.model, process))
        if process.kind == "recondition":
            return list(process.replace)
        return [*([process.product] if process.product else []), *process.parts]

    def pulls(self) -> None:
        for route, source in self.pull:
            self.named.setdefault(source, {}).update(dict.fromkeys(route.items))
        offers = {
            source: dict.fromkeys(self.offers(source)) for source in {source: None for _, source in self.pull}
        }
        for route, source in self.pull:
            offered, needed = offers[source], self.needs(route.target)
            for item in route.items:
                place = f"routes.{route_name(route)}.item"
                if item not in needed:
                    raise NetworkError(
                        "the target does not take this",
                        place=place,
                        found=item,
                        expected=f"one of {', '.join(needed)}",
                        hint=did_you_mean(item, needed),
                    )
                if item not in offered and self.model.processes[source].kind != "store":
                    raise NetworkError(
                        "the source does not give this",
                        place=place,
                        found=item,
                        expected=f"one of {', '.join(offered)}",
                        hint=did_you_mean(item, offered),
                    )
            items = route.items or [i for i in offered if i in needed]
            if not items and self.model.processes[source].kind != "store":
                raise NetworkError(
                    "nothing flows here",
                    place=f"routes.{route_name(route)}",
                    found=f"{source} gives {', '.join(offered) or 'nothing named'}",
                    expected=f"something that {route.target} takes: {', '.join(needed)}",
                )
            self.network.flows += [
                Flow(route, route_name(route), item, source, "out", route.target, "pull") for item in items
            ]


def resolve(model: Model) -> Network:
    """Expand the routes of ``model`` to flows.

    Raises
    ------
    NetworkError
        Unknown process or port, ends that cannot be joined, an item that one end does not know.
    """
    resolver = _Resolver(model)
    resolver.push()
    resolver.pulls()
    return resolver.network
