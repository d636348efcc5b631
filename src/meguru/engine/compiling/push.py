"""The reverse network as a list of operations on nodes, process by process."""

from __future__ import annotations

from collections.abc import Callable

from meguru.engine.compiling.coefficients import ONE
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.compiling.recovery import dismantle, recondition, recycle
from meguru.engine.compiling.sorting import sort
from meguru.engine.compiling.storing import store
from meguru.engine.plan import CAPACITY, FLOW
from meguru.errors import UnsupportedError
from meguru.model.components import Process
from meguru.quantity import Quantity, same_dimension

# Kind of process → what it does with an item that arrives at a node.
KINDS: dict[str, Callable[[PushNodes, str, Process, str, int], None]] = {
    "sort": sort,
    "dismantle": dismantle,
    "recycle": recycle,
    "recondition": recondition,
    "store": store,
}


def push_process(push: PushNodes, name: str, process: Process) -> None:
    """Nodes of what arrives at a process, and operations for what becomes of it."""
    arriving = push.network.arriving.get(name, {})
    for item in arriving:
        push.node(name, item)
    if process.capacity is not None and process.kind in ("sort", "dismantle", "recondition", "recycle"):
        _capacity(push, name, process)
    if process.kind in KINDS:
        for item in arriving:
            KINDS[process.kind](push, name, process, item, push.nodes[(name, item)])


def _capacity(push: PushNodes, name: str, process: Process) -> None:
    arriving = list(push.network.arriving.get(name, {}))
    assert process.capacity is not None
    unit, by_mass = _limit_unit(push, process.capacity, arriving, f"processes.{name}.capacity")
    coefficient = push.numbers.add(
        process.capacity, f"{unit}/year", f"processes.{name}.capacity", scale=push.numbers.step
    )
    first = len(push.cap_rows)
    for item in arriving:
        node, over = push.nodes[(name, item)], push.node(f"{name}.overflow", item)
        weight = push.numbers.in_kernel(push.numbers.table(push.mass_table(item) if by_mass else 1.0))
        push.cap_rows.append([node, over, weight])
        push.groups[node] = name
        push.before.append((node, over))
        push.emit(FLOW, over, name, "overflow", item, ONE)
    operation = [CAPACITY, len(push.capacity), -1, coefficient, ONE, -1, first, len(push.cap_rows), -1, 0]
    push.capacity[name] = operation


def _limit_unit(push: PushNodes, quantity: Quantity, items: list[str], place: str) -> tuple[str, bool]:
    """A limit counts in the items' own unit if they share it, else in mass."""
    if same_dimension(quantity.unit or "1", "kg/year") or same_dimension(quantity.unit or "1", "kg"):
        return "kg", True
    units = {push.model.items[i].unit for i in items}
    if len(units) == 1:
        return units.pop(), False
    raise push.error(
        UnsupportedError,
        place,
        "a limit on things counted in different units must be a mass",
        found=quantity.unit,
        expected="kg/year",
    )
