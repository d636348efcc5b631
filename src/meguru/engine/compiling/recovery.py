"""What dismantling, recycling and reconditioning do with an item."""

from __future__ import annotations

from meguru.engine.compiling.coefficients import ONE
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.plan import FLOW, PIECES, SHIFT
from meguru.errors import NetworkError, UnsupportedError
from meguru.model.components import Process
from meguru.model.network import materials_of
from meguru.quantity import Quantity


def dismantle(push: PushNodes, name: str, process: Process, item: str, node: int) -> None:
    bom = push.model.items[item].bom
    if not bom:
        raise push.error(
            UnsupportedError,
            f"processes.{name}",
            f"'{item}' cannot be taken apart",
            found="no BOM",
            expected="a part or product with a BOM",
        )
    for child in bom:
        if child in process.recover:
            recover = push.numbers.share(process.recover[child], f"processes.{name}.recover.{child}")
            left = push.numbers.put(1.0 - push.numbers.get(recover))
        else:
            recover, left = -1, ONE
        if (item, child) not in push.slots:
            amounts = push.counts[(item, child)]
            if recover >= 0:
                push.release(node, name, child, item, child, recover, amounts)
            push.release(node, name, "rest", item, child, left, amounts)
            continue
        slot = push.slots[(item, child)]
        if recover >= 0:
            push.emit(PIECES, node, name, child, child, recover, table=slot, extra=0)
        push.emit(PIECES, node, name, "rest", child, left, table=slot, extra=0)
        failed_port = (name, f"{child}.failed", child) in push.network.emissions
        if recover >= 0 and failed_port:
            push.emit(PIECES, node, name, f"{child}.failed", child, recover, table=slot, extra=1)
        if (name, item) in push.network.failed:
            push.emit(PIECES, node, name, "rest", child, left if failed_port else ONE, table=slot, extra=1)


def recycle(push: PushNodes, name: str, process: Process, item: str, node: int) -> None:
    for material in materials_of(push.model, item):
        amounts = _units_table(push, item, material)
        if material in process.yields:
            got = push.numbers.share(process.yields[material], f"processes.{name}.yield.{material}")
            left = push.numbers.put(1.0 - push.numbers.get(got))
            push.release(node, name, "secondary", item, material, got, amounts)
        else:
            left = ONE
        push.release(node, name, "residue", item, material, left, amounts)


def _units_table(push: PushNodes, item: str, material: str) -> int:
    """Units of a material in one unit of an item; the tables of masses are in kg."""
    mass = push.masses[(item, material)]
    kg = push.numbers.get_table(push.masses[(material, material)])[0, 0]
    return mass if kg == 1.0 else push.numbers.table(push.numbers.get_table(mass) / kg)


def recondition(push: PushNodes, name: str, process: Process, item: str, node: int) -> None:
    place = f"processes.{name}"
    if (
        item in push.shape.followed
        and item in push.shape.failing
        and process.accepts_failed
        and any((name, item) == key for key in push.network.failed)
    ):
        raise push.error(
            UnsupportedError,
            place,
            f"a failed '{item}' cannot be reconditioned as a whole: its parts are followed",
            found="a product with followed parts",
            expected="dismantle it and make it again",
        )
    recovery = push.numbers.share(process.recovery, f"{place}.recovery")
    reset = push.numbers.share(process.age_reset, f"{place}.age_reset", default=1)
    if process.age_reset is not None and item in push.shape.followed:
        raise push.error(
            UnsupportedError,
            f"{place}.age_reset",
            f"the ages of the parts inside '{item}' are followed",
            found="age_reset",
            expected="none",
        )
    available = -1
    if process.replace:
        available, push.available = push.available, push.available + 1
    push.emit(
        SHIFT,
        node,
        name,
        "good",
        item,
        recovery,
        table=reset,
        extra=int(process.accepts_failed),
        available=available,
    )
    push.emit(FLOW, node, name, "rejected", item, recovery, available=available, complement=1)
    for child, share in process.replace.items():
        _replace(push, name, item, node, child, share, recovery, available)


def _replace(
    push: PushNodes,
    name: str,
    item: str,
    node: int,
    child: str,
    share: Quantity,
    recovery: int,
    available: int,
) -> None:
    """Old children leave what is reconditioned; as many new ones are asked for."""
    place = f"processes.{name}.replace.{child}"
    if (item, child) not in push.counts:
        raise push.error(
            NetworkError,
            place,
            f"'{item}' holds no '{child}'",
            found=child,
            expected=", ".join(push.model.items[item].bom),
        )
    if child in push.shape.followed.get(item, []):
        raise push.error(
            UnsupportedError,
            place,
            f"the age of '{child}' inside '{item}' is followed",
            found=child,
            expected="dismantle it and make it again",
        )
    replaced = push.numbers.get(push.numbers.share(share, place))
    both = push.numbers.put(push.numbers.get(recovery) * replaced)
    flows = push.release(node, name, "replaced", item, child, both, push.counts[(item, child)], available)
    push.replaced += [(flow, name, child, available) for flow in flows]
