"""What individuals cannot represent, named with its place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meguru.engine.compiling.program import Program
from meguru.engine.items.tables import table_of, whole_items
from meguru.engine.plan import (
    CHILD, EDGE, EDGE_FLOW, EDGE_INPUT, EDGE_OFFER, INPUT, INPUT_AMOUNT, INPUT_ITEM, INPUT_OWNER, NODE,
    NODE_ITEM, OP_CODE, OP_FLOW, OP_TARGET, PUSH, SCRAP, SCRAP_NODE,
)  # fmt: skip
from meguru.errors import UnsupportedError
from meguru.model import where

NEARLY = 1e-9


def faults(program: Program) -> Iterator[UnsupportedError]:
    """Everything in a model that only the engine of cohorts can represent."""
    yield from _of_use(program)
    yield from _of_parts(program)
    yield from _of_network(program)
    yield from _of_making(program)


def _fault(program: Program, place: str, message: str, **more: str) -> UnsupportedError:
    file, line = where(program.model, place)
    hint = "Run it with engine: cohorts."
    return UnsupportedError(
        f"{message} (engine: items)", file=file, line=line, place=place, hint=hint, **more
    )


def _of_use(program: Program) -> Iterator[UnsupportedError]:
    processes = program.model.processes
    for name in program.uses.names:
        use = processes[name]
        fails = any(slot.lifetime is not None for slot in use.parts.values())
        used = _takes_used(program, name)
        if fails and program.model.time.exits == "proportional":
            yield _fault(
                program,
                "time.exits",
                f"the pieces of each '{use.product}' have ages of their own: exits are not in proportion",
                found="proportional",
                expected="order",
            )
        for cause, lifetime in use.leave.items():
            if lifetime.of == "sold" and (fails or used):
                yield _fault(
                    program,
                    f"processes.{name}.leave.{cause}.of",
                    "a share of what was sold is no hazard where parts fail or used products are sold",
                    found="sold",
                    expected="remaining",
                )
        if used and use.demand is not None and use.demand.sales is None:
            yield _fault(
                program,
                f"processes.{name}.demand",
                "what survives the step of its sale differs by age where used things are sold",
                found="a target stock",
                expected="sales",
            )


def _takes_used(program: Program, name: str) -> bool:
    """Whether products, or followed parts in new products, come out of stores into a use process."""
    processes, flows = program.model.processes, program.network.flows
    product = processes[name].product
    followed = program.shape.followed.get(str(product), [])
    pulled = [f for f in flows if f.side == "pull" and processes[f.source].kind == "store"]
    makers = {f.source for f in flows if f.target == name and f.item == product}
    return any(
        (f.target == name and f.item == product) or (f.target in makers and f.item in followed)
        for f in pulled
    )


def _of_parts(program: Program) -> Iterator[UnsupportedError]:
    followed = program.shape.followed
    for product, part in [(product, part) for product, parts in followed.items() for part in parts]:
        counts = program.coefficients.get_table(program.counts[(product, part)])
        wrong = counts[np.abs(counts - np.round(counts)) > NEARLY]
        if wrong.size:
            yield _fault(
                program,
                f"items.{product}.bom.{part}",
                "a followed part that is not a whole number of pieces",
                found=f"{float(wrong[0]):g}",
                expected="1, 2, 3 …",
            )
        if part in followed:
            yield _fault(
                program,
                f"items.{product}.bom.{part}",
                f"'{part}' is followed as a part, and has followed parts itself",
                found=", ".join(followed[part]),
                expected="parts followed on one level",
            )


def _of_network(program: Program) -> Iterator[UnsupportedError]:
    names, whole = list(program.model.items), whole_items(program)
    node, push = table_of(program.plan, NODE), table_of(program.plan, PUSH)
    for row in push:
        item = names[node[row[OP_TARGET], NODE_ITEM]] if row[OP_CODE] == CHILD else ""
        if item in whole:
            flow = program.network.flows[row[OP_FLOW]]
            yield _fault(
                program,
                f"processes.{flow.source}",
                f"'{item}' comes out of something in which it is not followed",
                found=f"port '{flow.port}'",
                expected=f"'{item}' under 'parts' of the use process",
            )


def _of_making(program: Program) -> Iterator[UnsupportedError]:
    names, whole = list(program.model.items), whole_items(program)
    plan = program.plan
    inputs, edges = table_of(plan, INPUT), table_of(plan, EDGE)
    owners = {int(row[EDGE_OFFER]): names[inputs[row[EDGE_INPUT], INPUT_ITEM]] for row in edges}
    makers = {int(row[EDGE_OFFER]): program.network.flows[row[EDGE_FLOW]].source for row in edges}
    scrapped = {int(table_of(plan, NODE)[row[SCRAP_NODE], NODE_ITEM]) for row in table_of(plan, SCRAP)}
    for row in inputs:
        item, owner = names[row[INPUT_ITEM]], int(row[INPUT_OWNER])
        if owner < 0 or item not in whole or owner not in makers:
            continue
        amounts = program.coefficients.get(int(row[INPUT_AMOUNT]))
        if np.any(np.abs(amounts - np.round(amounts)) > NEARLY) or row[INPUT_ITEM] in scrapped:
            yield _fault(
                program,
                f"processes.{makers[owner]}",
                f"'{item}' is lost in parts of a piece",
                found=f"{float(amounts.flat[0]):g} for each '{owners[owner]}'",
                expected="whole numbers, an efficiency of 100 %",
            )
        if owners[owner] not in whole:
            yield _fault(
                program,
                f"processes.{makers[owner]}",
                f"'{item}' goes into '{owners[owner]}', which is not followed by piece",
                found=owners[owner],
                expected="a product in use, or one of its followed parts",
            )
