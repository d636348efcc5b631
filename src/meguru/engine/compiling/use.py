"""Use processes as tables: products, classes, causes, followed parts, their hazards and exits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from meguru.engine.compiling.coefficients import ONE, ZERO, Coefficients
from meguru.engine.compiling.nodes import PushNodes
from meguru.engine.compiling.shape import Shape
from meguru.engine.plan import (
    EVENTS_OF_USE,
    FLOW,
    SLOT_FAILS,
    SLOT_REPAIR,
    USE_BUILDS,
    USE_BY_VISIT,
    USE_CAUSE,
    USE_CAUSES,
    USE_CLASS,
    USE_COLUMNS,
    USE_DEMAND,
    USE_DRIVEN,
    USE_EVENT,
    USE_HAZARD,
    USE_HOLDER,
    USE_PART_NODE,
    USE_PRODUCT,
    USE_RESOLD,
    USE_SEGMENT,
    USE_SEGMENTS,
    USE_SLOT,
    USE_SLOT_HAZARD,
)  # fmt: skip
from meguru.errors import MissingValueError, NetworkError, RangeError, ShareError, UnsupportedError
from meguru.model import where
from meguru.model.components import Lifetime, Model, Process
from meguru.model.network import PART_FAILURE, Flow, Network


@dataclass(slots=True)
class Event:
    """Something that happens in a use process, counted in units."""

    process: str
    item: str
    kind: str
    cause: str = ""


@dataclass(slots=True)
class UseTables:
    product: list[list[int]] = field(default_factory=list)
    use: list[list[int]] = field(default_factory=list)
    cause: list[list[int]] = field(default_factory=list)
    cause_hazard: list[list[int]] = field(default_factory=list)
    slot: list[list[int]] = field(default_factory=list)
    slot_use: list[list[int]] = field(default_factory=list)
    slot_hazard: list[list[int]] = field(default_factory=list)
    segment: list[list[int]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    spares: list[tuple[str, str]] = field(
        default_factory=list
    )  # (use, part) by row of slot_use; for the pull compiler
    names: list[str] = field(default_factory=list)  # use processes in order
    sizes: dict[str, int] = field(
        default_factory=lambda: {"n": 0, "w": 0, "pieces": 0, "scratch": 0, "leaving": 0}
    )


class UseCompiler:
    def __init__(
        self, model: Model, network: Network, shape: Shape, numbers: Coefficients, pushes: PushNodes
    ) -> None:
        self.model, self.network, self.shape, self.numbers, self.pushes = (
            model,
            network,
            shape,
            numbers,
            pushes,
        )
        self.tables = UseTables()
        self.into: dict[str, list[Flow]] = {}
        for flow in network.flows:
            self.into.setdefault(flow.target, []).append(flow)

    def products(self) -> None:
        """Stock and slots of each product; before the push compiler, which looks up the slots."""
        dates = self.numbers.steps + 1
        t = self.tables
        for product in self.shape.uses:
            classes = self.shape.classes(self.model, product)
            first = len(t.slot)
            block = classes * dates
            for part in self.shape.followed.get(product, []):
                self.pushes.slots[(product, part)] = len(t.slot)
                t.slot.append(
                    [
                        self.pushes.items[part],
                        t.sizes["w"],
                        t.sizes["pieces"],
                        self.numbers.in_kernel(self.pushes.counts[(product, part)]),
                        t.sizes["scratch"],
                        t.sizes["leaving"],
                    ]
                )
                t.sizes["w"] += block * dates
                t.sizes["scratch"] += block
                if self._pieces_wanted(product):
                    t.sizes["pieces"] += 3 * block * dates
            t.product.append(
                [
                    self.pushes.items[product],
                    t.sizes["n"],
                    classes,
                    first,
                    len(t.slot),
                    int(self._pieces_wanted(product)),
                ]
            )
            t.sizes["n"] += block
            t.sizes["leaving"] += 2 * block if len(t.slot) > first else 0

    def _pieces_wanted(self, product: str) -> bool:
        """Whether the pieces inside leaving products are looked at: they are taken apart or stored whole."""
        return product in self.shape.followed and any(
            product in items and self.model.processes[p].kind in ("dismantle", "store")
            for p, items in self.network.arriving.items()
        )

    def processes(self) -> None:
        for index, (product, names) in enumerate(self.shape.uses.items()):
            offset = 0
            for name in names:
                self._use(name, self.model.processes[name], product, index, offset)
                segments = max(1, len(self.model.processes[name].segments))
                offset += len(self.shape.builds[product]) * segments

    def _use(self, name: str, process: Process, product: str, index: int, offset: int) -> None:
        t = self.tables
        builds, segments = self.shape.builds[product], list(process.segments) or [""]
        row = [0] * USE_COLUMNS
        row[USE_PRODUCT], row[USE_CLASS] = index, offset
        row[USE_BUILDS], row[USE_SEGMENTS] = len(builds), len(segments)
        row[USE_CAUSE], row[USE_CAUSES], row[USE_HAZARD] = (
            len(t.cause),
            len(process.leave),
            len(t.cause_hazard),
        )
        row[USE_SLOT], row[USE_SLOT_HAZARD] = len(t.slot_use), len(t.slot_hazard)
        row[USE_SEGMENT] = len(t.segment)
        self._segments(name, process)
        row[USE_DRIVEN], row[USE_DEMAND] = self._demand(name, process, product)
        row[USE_EVENT] = len(t.events)
        t.events += [
            Event(name, product, "sales"),
            Event(name, product, "demand"),
            Event(name, product, "unmet"),
            Event(name, product, "retired", PART_FAILURE),
            Event(name, product, "waiting"),
        ]
        assert len(t.events) - row[USE_EVENT] == EVENTS_OF_USE
        self._causes(name, process, product, segments)
        self._parts(name, process, product, segments)
        row[USE_PART_NODE] = self.pushes.node(f"{name}.retired.{PART_FAILURE}", product)
        if any(slot.lifetime for slot in process.parts.values()):
            self._emit_part_failure(name, product, row[USE_PART_NODE], process)
        row[USE_RESOLD] = builds.index("resold") if "resold" in builds else 0
        row[USE_HOLDER] = len(t.use)  # holders: use processes first
        row[USE_BY_VISIT] = int(process.repair_by == "visit")
        if process.repair_by == "visit":
            self._one_share_of_visits(name, process, t.slot_use[row[USE_SLOT] :])
        t.use.append(row)
        t.names.append(name)

    def _segments(self, name: str, process: Process) -> None:
        if not process.segments:
            self.tables.segment.append([ONE])
            return
        total = np.zeros((1, 1))
        for segment, found in process.segments.items():
            share = self.numbers.share(found.share, f"processes.{name}.segments.{segment}.share")
            total = total + self.numbers.get(share)
            self.tables.segment.append([share])
        if np.any(np.abs(total - 1.0) > 1e-9):
            file, line = where(self.model, f"processes.{name}.segments")
            raise ShareError(
                "shares of the segments do not sum to one",
                file=file,
                line=line,
                place=f"processes.{name}.segments",
                found=f"{float(total.max()):.6g}",
                expected="1",
            )

    def _demand(self, name: str, process: Process, product: str) -> tuple[int, int]:
        """Whether a target stock drives the sales, and the coefficient wanted."""
        place, unit = f"processes.{name}.demand", self.model.items[product].unit
        demand = process.demand
        given = [
            k for k in ("sales", "stock", "service") if demand is not None and getattr(demand, k) is not None
        ]
        if demand is None or len(given) != 1:
            file, line = where(self.model, place)
            raise MissingValueError(
                "a use process wants one demand",
                file=file,
                line=line,
                place=place,
                found=", ".join(given) or "none",
                expected="one of sales, stock, service",
            )
        if demand.sales is not None:
            return 0, self.numbers.add(
                demand.sales, f"{unit}/year", f"{place}.sales", scale=self.numbers.step
            )
        if demand.stock is not None:
            return 1, self.numbers.add(demand.stock, unit, f"{place}.stock")
        assert demand.service is not None
        if demand.service_per_unit is None:
            file, line = where(self.model, place)
            raise MissingValueError(
                "a service lacks what one unit gives",
                file=file,
                line=line,
                place=f"{place}.service_per_unit",
                expected=f"service per {unit}",
            )
        wanted = self.numbers.get(self.numbers.add(demand.service, demand.service.unit, f"{place}.service"))
        each_unit = f"({demand.service.unit or '1'})/({unit})"
        each = self.numbers.get(
            self.numbers.add(demand.service_per_unit, each_unit, f"{place}.service_per_unit")
        )
        used = self.numbers.get(self.numbers.share(demand.utilisation, f"{place}.utilisation"))
        if np.any(each * used <= 0):
            file, line = where(self.model, place)
            raise RangeError(
                "service per unit and utilisation must be positive",
                file=file,
                line=line,
                place=place,
                found=float((each * used).min()),
            )
        return 1, self.numbers.put(wanted / (each * used))

    def _causes(self, name: str, process: Process, product: str, segments: list[str]) -> None:
        t = self.tables
        used = any(
            f.side == "pull" and f.item == product and self.model.processes[f.source].kind == "store"
            for f in self.into.get(name, [])
        )
        for cause, lifetime in process.leave.items():
            place = f"processes.{name}.leave.{cause}"
            # At one age it is due once, and never for what is older when sold again; a curve in part.
            if used and lifetime.of == "sold" and lifetime.distribution not in ("fixed", "threshold"):
                file, line = where(self.model, f"{place}.of")
                raise UnsupportedError(
                    "a share of what was sold, where used products are sold again",
                    file=file,
                    line=line,
                    place=f"{place}.of",
                    found="sold",
                    expected="remaining",
                )
            node = self.pushes.node(f"{name}.retired.{cause}", product)
            keep = self.numbers.share(lifetime.keep, f"{place}.keep", default=ZERO)
            t.cause.append([node, len(t.events), keep, int(lifetime.of == "sold")])
            t.events.append(Event(name, product, "retired", cause))
            self._emit(node, name, f"retired.{cause}", product)
            for segment in segments:
                own = process.segments[segment].lifetimes.get(cause, lifetime) if segment else lifetime
                at = (
                    f"processes.{name}.segments.{segment}.lifetimes.{cause}" if own is not lifetime else place
                )
                stretch = self._stretch(name, process, segment)
                t.cause_hazard.append(list(self.numbers.hazard(own, at, stretch, used)))

    def _one_share_of_visits(self, name: str, process: Process, slots: list[list[int]]) -> None:
        """A visit repairs all failed pieces of a product, or none: one share for all its parts."""
        failing = {
            part: self.numbers.get(row[SLOT_REPAIR])
            for part, row in zip(process.parts, slots, strict=True)
            if row[SLOT_FAILS]
        }
        for part in list(failing)[1:]:
            other = next(iter(failing))
            here, there = np.broadcast_arrays(failing[part], failing[other])
            quantity = process.parts[part].repair
            at = np.unravel_index(np.argmax(here != there), here.shape)
            alone = quantity is not None and not quantity.is_certain()
            if alone or here[at] != there[at]:
                place = f"processes.{name}.parts.{part}.repair"
                file, line = where(self.model, place)
                raise ShareError(
                    "a share of its own, though the parts are repaired by visit",
                    file=file,
                    line=line,
                    place=place,
                    found="a distribution of its own" if alone else f"{here[at]:g}",
                    expected=f"{there[at]:g}, as for '{other}', or repair_by: piece",
                    hint="Let both refer to one parameter.",
                )

    def _not_less_than_one(self, product: str, part: str) -> None:
        """A followed part that fails is in a product once or more, or (by year made) not at all."""
        counts = self.numbers.get_table(self.pushes.counts[(product, part)])
        wrong = counts[(counts > 0.0) & (counts < 1.0)]
        if wrong.size:
            place = f"items.{product}.bom.{part}"
            file, line = where(self.model, place)
            raise RangeError(
                "less than one piece of a part that fails in use",
                file=file,
                line=line,
                place=place,
                found=float(wrong[0]),
                expected="one or more",
                hint="Where only some products have it, make these a product of their own.",
            )

    def _stretch(self, name: str, process: Process, segment: str) -> np.ndarray | None:
        if not segment or process.segments[segment].stretch is None:
            return None
        quantity = process.segments[segment].stretch
        assert quantity is not None
        return self.numbers.read(quantity, "1", f"processes.{name}.segments.{segment}.stretch")

    def _parts(self, name: str, process: Process, product: str, segments: list[str]) -> None:
        t = self.tables
        for part, slot in process.parts.items():
            place = f"processes.{name}.parts.{part}"
            node = self.pushes.node(f"{name}.failed.{part}", part)
            repair = self.numbers.share(slot.repair, f"{place}.repair", default=ZERO)
            available, self.pushes.available = self.pushes.available, self.pushes.available + 1
            t.slot_use.append(
                [
                    node,
                    repair,
                    -1,
                    len(t.events),
                    len(t.events) + 1,
                    int(slot.lifetime is not None),
                    available,
                ]
            )
            t.spares.append((name, part))
            t.events += [Event(name, part, "failed"), Event(name, part, "spares")]
            if slot.lifetime is not None:
                self._not_less_than_one(product, part)
                if self.numbers.get(repair).max() > 0:
                    self._emit(node, name, f"failed.{part}", part)
            for segment in segments:
                t.slot_hazard.append(
                    self._slot_hazard(
                        slot.lifetime, f"{place}.lifetime", self._stretch(name, process, segment)
                    )
                )

    def _slot_hazard(self, lifetime: Lifetime | None, place: str, stretch: np.ndarray | None) -> list[int]:
        if lifetime is None:
            return list(self.numbers.no_hazard())
        return list(self.numbers.hazard(lifetime, place, stretch, True))

    def _emit(self, node: int, name: str, port: str, item: str) -> None:
        carrier = self.network.carried_by[(name, port)]
        self.pushes.emit(FLOW, node, name, carrier, item, ONE)

    def _emit_part_failure(self, name: str, product: str, node: int, process: Process) -> None:
        always = all(
            self.numbers.get(row[SLOT_REPAIR]).min() >= 1.0
            for row, (use, part) in zip(self.tables.slot_use, self.tables.spares, strict=True)
            if use == name and process.parts[part].lifetime is not None
        )
        carrier = self.network.carried_by[(name, f"retired.{PART_FAILURE}")]
        if not always or self.network.emissions.get((name, carrier, product)):
            if not self.network.emissions.get((name, carrier, product)):
                raise NetworkError(
                    "no route carries products that leave for a failed part",
                    place=f"processes.{name}",
                    found="no route",
                    expected=f"a route from '{name}.retired' or '{name}.retired.{PART_FAILURE}'",
                )
            self._emit(node, name, f"retired.{PART_FAILURE}", product)
