"""What must be followed of each item: its age or year made, its state, its class.

A thing is *dated* (followed by the step in which it was made, or, for followed parts, the step that its age
points back to) only where something depends on it; all else is a single number per node.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from meguru.errors import NetworkError, UnsupportedError
from meguru.model import where
from meguru.model.components import Model, Process
from meguru.model.network import Flow, Network
from meguru.quantity import Quantity
from meguru.quantity.units import size_of


@dataclass(slots=True)
class Shape:
    """Axes of an item's blocks, and classes of the products."""

    dated: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    changing: set[str] = field(default_factory=set)  # items whose composition depends on the year made
    asked: dict[str, set[str]] = field(
        default_factory=dict
    )  # item → processes where its age decides, or counts
    followed: dict[str, list[str]] = field(default_factory=dict)  # product → parts followed
    builds: dict[str, list[str]] = field(default_factory=dict)  # product → build classes
    uses: dict[str, list[str]] = field(default_factory=dict)  # product → use processes

    def classes(self, model: Model, item: str) -> int:
        if item not in self.uses:
            return 1
        return sum(len(self.builds[item]) * max(1, len(model.processes[u].segments)) for u in self.uses[item])


def uses_of(model: Model) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, process in model.processes.items():
        if process.kind == "use" and process.product:
            found.setdefault(process.product, []).append(name)
    return found


def _varies(quantity: Quantity, parameters: dict[str, Quantity], trail: frozenset[str] = frozenset()) -> bool:
    """Whether a quantity may change by year; a series of one number does not."""
    if len(set(quantity.values)) > 1:
        return True
    if any(not _same(quantity, later) or _varies(later, parameters, trail) for _, later in quantity.since):
        return True
    if quantity.formula is None:
        return False
    names = quantity.formula_names() - trail
    return any(_varies(parameters[n], parameters, trail | {n}) for n in names if n in parameters)


def _same(quantity: Quantity, later: Quantity) -> bool:
    """Whether a measure leaves a number as it was; of uncertain ones each is drawn by itself."""
    both = (quantity, later)
    if any(one.distribution or one.uncertain for one in both):
        return False
    if quantity.formula is not None or later.formula is not None:
        return (quantity.formula, quantity.unit) == (later.formula, later.unit)
    before, after = (one.values[0] if one.value is None else one.value for one in both)
    return before * size_of(quantity.unit) == after * size_of(later.unit)


def _changing(model: Model) -> set[str]:
    """Items whose BOM changes with the step made, their own or that of something inside."""
    found = {
        name
        for name, item in model.items.items()
        for amount in item.bom.values()
        if (amount.value is None or amount.since) and _varies(amount, model.parameters)
    }
    before = 0
    while len(found) > before:
        before = len(found)
        found |= {name for name, item in model.items.items() if not found.isdisjoint(item.bom)}
    return found


def _refuse(model: Model, place: str, message: str, **more: str) -> UnsupportedError:
    file, line = where(model, place)
    return UnsupportedError(message, file=file, line=line, place=place, **more)


def _follow(model: Model, shape: Shape) -> None:
    """Products' followed parts; all use processes of a product follow the same."""
    for product, names in shape.uses.items():
        parts = list(model.processes[names[0]].parts)
        builds: dict[str, None] = {}
        for name in names:
            process = model.processes[name]
            if list(process.parts) != parts:
                raise _refuse(
                    model,
                    f"processes.{name}.parts",
                    f"all use processes of '{product}' must follow the same parts",
                    found=", ".join(process.parts) or "none",
                    expected=", ".join(parts) or "none",
                )
            builds.update(dict.fromkeys(process.builds))
            for part in parts:
                if part not in model.items[product].bom:
                    raise _refuse(
                        model,
                        f"processes.{name}.parts.{part}",
                        "a followed part must stand in the product's BOM",
                        found=part,
                        expected=", ".join(model.items[product].bom),
                    )
        shape.builds[product] = list(builds) or ["new"]
        if parts:
            shape.followed[product] = parts


def _age_matters(model: Model, network: Network, shape: Shape) -> None:
    shape.dated |= shape.changing - {n for n, i in model.items.items() if i.kind == "material"}
    for product, parts in shape.followed.items():
        shape.dated.add(product)
        shape.dated.update(parts)
    for name, process in model.processes.items():
        arriving = network.arriving.get(name, {})
        if any(rule.age_below is not None for rule in process.rules):
            for item in arriving:
                shape.asked.setdefault(item, set()).add(name)
        if process.kind == "store" and any(f.source == name and f.side == "pull" for f in network.flows):
            shape.dated.update(i for i in arriving if i in shape.uses)
    for flow in network.flows:
        if flow.route.residual:
            shape.asked.setdefault(flow.item, set()).add(flow.source)
    shape.asked = {item: at for item, at in shape.asked.items() if model.items[item].kind != "material"}
    shape.dated |= shape.asked.keys()


def _ancestors(model: Model, shape: Shape) -> None:
    """What holds a dated part is dated too: the part's age is its own."""
    for _ in model.items:
        more = {
            name
            for name, item in model.items.items()
            if name not in shape.dated and any(c in shape.dated for c in item.bom)
        }
        if not more:
            return
        shape.dated |= more


def find_shape(model: Model, network: Network) -> Shape:
    """Decide what is followed.

    Raises
    ------
    UnsupportedError
        A combination about which the engine would have to guess.
    NetworkError
        Failed pieces would reach a store from which good ones are drawn.
    """
    shape = Shape(uses=uses_of(model), changing=_changing(model))
    _follow(model, shape)
    _age_matters(model, network, shape)
    _ancestors(model, shape)
    for process in model.processes.values():
        if process.kind == "use" and process.product and any(s.lifetime for s in process.parts.values()):
            shape.failing.add(process.product)
            shape.failing.update(process.parts)
    shape.failing |= {item for _, item in network.failed}
    _refusals(model, network, shape)
    return shape


def _refusals(model: Model, network: Network, shape: Shape) -> None:
    for parts in shape.followed.values():
        for part in parts:
            if part in shape.changing:
                raise _refuse(
                    model,
                    f"items.{part}.bom",
                    "a followed part can not change its composition by year made",
                    found="a series",
                    expected="constants",
                )
    for name, process in model.processes.items():
        for item in network.arriving.get(name, {}):
            if process.kind == "store":
                _refuse_store(model, network, shape, name, process, item)
            for child in process.replace:
                if child in shape.changing:
                    raise _refuse(
                        model,
                        f"processes.{name}.replace.{child}",
                        f"a new '{child}' need not weigh what the old one does: its composition changes",
                    )
            if process.kind == "recondition" and process.age_reset is not None and item in shape.changing:
                raise _refuse(
                    model,
                    f"processes.{name}.age_reset",
                    f"the age of '{item}' can not be reset: its composition depends on the year made",
                )
    for flow in network.flows:
        if flow.side == "pull" and model.processes[flow.source].kind == "store" and flow.item in shape.dated:
            _refuse_lost_ages(model, network, shape, flow)


def _refuse_store(
    model: Model, network: Network, shape: Shape, name: str, process: Process, item: str
) -> None:
    drawn = any(f.source == name and f.side == "pull" and f.item == item for f in network.flows)
    if (name, item) in network.failed and drawn:
        file, line = where(model, f"processes.{name}")
        raise NetworkError(
            f"failed '{item}' would be stored with good ones",
            file=file,
            line=line,
            place=f"processes.{name}",
            found="a store",
            expected="a recondition, or a sort by condition, before it",
        )
    if item in shape.changing and not process.ageing:
        raise _refuse(
            model,
            f"processes.{name}.ageing",
            f"'{item}' changes its composition by year made: its years run on in the store too",
            found="ageing: false",
            expected="ageing: true",
        )
    dated = [u for u in shape.uses.get(item, ()) if _lives_by_year(model, model.processes[u])]
    if dated and drawn and (not process.ageing or model.time.sales == "end"):
        what = "sales" if process.ageing else "ageing"
        raise _refuse(
            model,
            "time.sales" if process.ageing else f"processes.{name}.ageing",
            f"lifetimes in '{dated[0]}' depend on the year made, and years in '{name}' would move it",
            found=f"{what}: {'false' if what == 'ageing' else 'end'}",
            expected="ageing: true" if what == "ageing" else "sales: middle, or start",
        )


def _lives_by_year(model: Model, use: Process) -> bool:
    """Whether a lifetime of a product or of its parts depends on the year made, for some of its users."""
    lifetimes = [*use.leave.values(), *(slot.lifetime for slot in use.parts.values() if slot.lifetime)]
    lifetimes += [lifetime for segment in use.segments.values() for lifetime in segment.lifetimes.values()]
    numbers = [getattr(lifetime, key.name) for lifetime in lifetimes for key in fields(lifetime)]
    numbers += [segment.stretch for segment in use.segments.values()]
    return any(isinstance(one, Quantity) and _varies(one, model.parameters) for one in numbers)


def _refuse_lost_ages(model: Model, network: Network, shape: Shape, flow: Flow) -> None:
    """Inside what is not followed a piece counts as old as the whole: who asks for its age later errs."""
    process, item = model.processes[flow.target], flow.item
    if process.kind == "use":
        return
    if process.kind == "make" and process.item in shape.followed and item in shape.followed[process.item]:
        return
    followed = any(item in parts for parts in shape.followed.values())
    asked = not shape.asked.get(item, set()).isdisjoint(_reached_from(network, flow.target))
    if followed or item in shape.changing or asked:
        raise _refuse(
            model,
            f"routes.{flow.name}",
            f"the ages of '{item}' would be lost in '{flow.target}'",
            expected=f"a product that lists '{item}' under 'parts' of its use process",
        )


def _reached_from(network: Network, start: str) -> set[str]:
    """Processes to which things can come from one, and itself."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [flow.target for flow in network.flows if flow.source == name]
    return reached
