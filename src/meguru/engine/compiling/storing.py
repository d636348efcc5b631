"""What a store does with an item that arrives."""

from __future__ import annotations

from meguru.engine.compiling.coefficients import ONE
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.plan import DEPOSIT, FLOW
from meguru.errors import UnsupportedError
from meguru.model.components import Process


def store(push: PushNodes, name: str, process: Process, item: str, node: int) -> None:
    over = -1
    if process.limit is not None and len(push.network.arriving[name]) > 1:
        raise push.error(
            UnsupportedError,
            f"processes.{name}.limit",
            "a limited store holds one item",
            found=", ".join(push.network.arriving[name]),
            expected="one store each",
        )
    if process.loss is not None and item in push.shape.followed:
        _refuse_opening(push, name, item)
    if process.limit is not None:
        over = push.node(f"{name}.overflow", item)
        push.before.append((node, over))
        push.emit(FLOW, over, name, "overflow", item, ONE)
    push.by_node[node].insert(0, [DEPOSIT, node, over, ONE, ONE, -1, push.stores[(name, item)], 0, -1, 0])
    if process.loss is not None:
        push.emit(FLOW, push.node(f"{name}.loss", item), name, "loss", item, ONE)


def _refuse_opening(push: PushNodes, name: str, item: str) -> None:
    """Ages of the parts inside products lost from a store are not followed: they cannot be taken out
    again."""
    seen, waiting = (
        {name},
        [f.target for f in push.network.flows if (f.source, f.port, f.item) == (name, "loss", item)],
    )
    while waiting:
        target = waiting.pop()
        if push.model.processes[target].kind in ("dismantle", "store"):
            raise push.error(
                UnsupportedError,
                f"processes.{name}.loss",
                f"ages of the parts inside lost '{item}' are not followed",
                found=f"a way to '{target}'",
                expected="a sink or a recycle for what is lost",
            )
        if target not in seen:
            seen.add(target)
            waiting += [f.target for f in push.network.flows if (f.source, f.item) == (target, item)]
