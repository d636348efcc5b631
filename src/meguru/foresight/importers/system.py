"""A system dynamics model as its file says it, and what of it our nodes and edges can say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from meguru.errors import ModelError, NotReadableError
from meguru.expression import Expression, Name
from meguru.foresight.importers.algebra import (
    Algebra,
    NotExpressible,
    Polynomial,
    Symbol,
    added,
    canonical,
    read_equation,
    scaled,
    summands,
)
from meguru.foresight.importers.report import ImportReport, Readout, Unsupported
from meguru.foresight.model import CausalModel, Edge, Node, Spread

TIME_NAMES = {
    "initial time": "start", "starttime": "start", "final time": "stop", "stoptime": "stop",
    "time step": "step", "dt": "step",
}  # fmt: skip
HARMLESS = 1e-12  # of the largest term: what is left of terms that cancel out


@dataclass
class Variable:
    """A stock, or anything computed from stocks.

    The flows of a stock come with a sign, or inside ``equation``, its change. An empty equation of another
    variable is one that is not read, and listed already.
    """

    name: str
    equation: str
    is_stock: bool = False
    initial: str = ""
    flows: list[tuple[float, str]] = field(default_factory=list)
    unit: str = ""
    about: str = ""
    line: int | None = None


@dataclass
class System:
    """Variables by canonical name; ``lost`` is what the parser already knows to be inexpressible.

    ``spaced`` says whether names may hold spaces without standing in quotes.
    """

    name: str
    file: str
    spaced: bool
    variables: dict[str, Variable] = field(default_factory=dict)
    start: str = ""
    stop: str = ""
    step: str = ""
    time_unit: str = ""
    lost: list[Unsupported] = field(default_factory=list)

    def lose(self, place: str, construct: str, line: int | None, effect: str = "left out") -> None:
        """List a construct that is not in the model as written."""
        self.lost.append(Unsupported(place, construct, effect, self.file, line))


def translate(system: System) -> ImportReport:
    """The causal model of a system dynamics model, with an account of what is not in it."""
    return _Translation(system).report()


class _Translation:
    """Inlines all that is computed at the same time, so that only stocks remain."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.known: dict[str, Polynomial | NotExpressible] = {}
        self.starts: dict[str, float] = {}
        self.open: list[str] = []
        self.running = Algebra(self._look_up, self._start)
        self.first = Algebra(self._first)
        self.times: dict[str, float] = {}
        for key in ("step", "start", "stop"):
            self.times[key] = self._time(key)

    def _read(self, equation: str) -> Expression:
        return read_equation(equation, spaced=self.system.spaced)

    def report(self) -> ImportReport:
        stocks = {key: one for key, one in self.system.variables.items() if one.is_stock}
        if not stocks:
            raise NotReadableError(
                "a model without stocks", file=self.system.file, expected="at least one stock"
            )
        nodes: dict[str, Node] = {}
        edges: list[Edge] = []
        for key, stock in stocks.items():
            node, inward = self._node(key, stock)
            nodes[node.name] = node
            edges += inward
        readouts = tuple(self._readouts())
        unit = f"'{self.system.time_unit}'" if self.system.time_unit else "unit of time"
        model = CausalModel(
            self.system.name,
            nodes,
            tuple(edges),
            first=self.times["start"],
            last=self.times["stop"],
            step=self.times["step"],
            note=f"Imported; one year of this model is one {unit} of the file.",
        )
        return ImportReport(model, tuple(self.system.lost), readouts=readouts)

    # what names stand for

    def _look_up(self, name: str) -> Polynomial:
        """The polynomial of a variable while the model runs."""
        variable = self.system.variables.get(name)
        if variable is None:
            return self._time_or_fail(name)
        if variable.is_stock:
            return {(Symbol(variable.name),): 1.0}
        if not variable.equation:
            raise NotExpressible(f"'{variable.name}', whose equation is not read")
        if name not in self.known:
            if name in self.open:
                raise NotExpressible(f"a circle of equations through '{variable.name}'")
            self.open.append(name)
            try:
                self.known[name] = self.running.polynomial(self._read(variable.equation))
            except NotExpressible as error:
                self.known[name] = error
            finally:
                self.open.pop()
        found = self.known[name]
        if isinstance(found, NotExpressible):
            raise NotExpressible(str(found))
        return found

    def _first(self, name: str) -> Polynomial:
        """The same at the start, where stocks are numbers."""
        variable = self.system.variables.get(name)
        if variable is None:
            return self._time_or_fail(name)
        if variable.is_stock:
            return {(): self._start(variable.name)}
        return {(): self._once(name, variable.equation)}

    def _start(self, name: str) -> float:
        key = canonical(name)
        if key not in self.starts:
            self.starts[key] = self._once(key, self.system.variables[key].initial)
        return self.starts[key]

    def _once(self, key: str, equation: str) -> float:
        mark = f"start of {key}"
        if mark in self.open:
            raise NotExpressible(f"a circle of start values through '{key}'")
        self.open.append(mark)
        try:
            return self.first.constant(self._read(equation))
        finally:
            self.open.pop()

    def _time_or_fail(self, name: str) -> Polynomial:
        key = TIME_NAMES.get(name)
        if key in self.times:
            return {(): self.times[key]}
        raise NotExpressible("the time" if name == "time" else f"the unknown name '{name}'")

    def _time(self, key: str) -> float:
        try:
            return self.first.constant(self._read(getattr(self.system, key)))
        except NotExpressible as error:
            raise NotReadableError(
                f"the {key} of the simulation is no number: {error}",
                file=self.system.file,
                expected="a number",
            ) from error

    # what becomes of a stock

    def _node(self, key: str, stock: Variable) -> tuple[Node, list[Edge]]:
        try:
            start = self._start(key)
        except NotExpressible as error:
            raise self._no_start(stock, error) from error
        change = self._change(stock)
        constant = change.pop((), 0.0)
        own = change.pop((Symbol(stock.name),), 0.0)
        edges = []
        if own > 0.0:
            change = {(Symbol(stock.name),): own, **change}
        for symbols, factor in change.items():
            edge = self._edge(stock, symbols, factor)
            if edge is not None:
                edges.append(edge)
        common: dict[str, Any] = {"unit": stock.unit, "source": stock.about}
        label = {"en": stock.name}
        spread = Spread.constant(start)
        if own < 0.0:
            node = Node(
                stock.name, label, start=spread, dynamics="relax", pull=-own, rest=constant / -own, **common
            )
        elif constant != 0.0:
            node = Node(stock.name, label, start=spread, dynamics="drift", drift=constant, **common)
        else:
            node = Node(stock.name, label, start=spread, **common)
        return node, edges

    def _no_start(self, stock: Variable, error: NotExpressible) -> ModelError:
        return NotReadableError(
            f"no start value: {error}",
            file=self.system.file,
            line=stock.line,
            place=stock.name,
            found=stock.initial,
            expected="a number, or a formula of constants and other start values",
        )

    def _change(self, stock: Variable) -> Polynomial:
        """All terms of a stock's change that are sums of products; the others are listed."""
        total: Polynomial = {}
        largest = 0.0
        for sign, name, expression in self._inward(stock):
            try:
                terms = scaled(self.running.polynomial(expression), sign)
            except NotExpressible as error:
                self.system.lose(stock.name, f"{name}{error}", stock.line)
                continue
            largest = max([largest, *map(abs, terms.values())])
            total = added(total, terms)
        return {symbols: factor for symbols, factor in total.items() if abs(factor) > HARMLESS * largest}

    def _inward(self, stock: Variable) -> Iterator[tuple[float, str, Expression]]:
        """The terms of a stock's change, those of its flows one by one: sign, where it is from, formula."""
        for sign, flow in [*stock.flows, (1.0, stock.equation)]:
            if not flow:
                continue
            try:
                expression = self._read(flow)
            except NotExpressible as error:
                self.system.lose(stock.name, str(error), stock.line)
                continue
            for own_sign, term in summands(expression, sign):
                yield from self._of_flow(own_sign, term)

    def _of_flow(self, sign: float, term: Expression) -> Iterator[tuple[float, str, Expression]]:
        """A term, or the terms of the flow that it names."""
        variable = self.system.variables.get(term.name) if isinstance(term, Name) else None
        if variable is None or variable.is_stock or not variable.equation:
            yield sign, "", term
            return
        try:
            inner = list(summands(self._read(variable.equation), sign))
        except NotExpressible:
            inner = [(sign, term)]  # said again, with its reason, where it is looked up
        yield from ((own_sign, f"'{variable.name}': ", one) for own_sign, one in inner)

    def _edge(self, stock: Variable, symbols: tuple[Symbol, ...], factor: float) -> Edge | None:
        """A term as an edge; what no edge says is listed."""
        lags = {symbol.lag for symbol in symbols}
        if len(symbols) > 2 or len(lags) > 1:
            names = " × ".join(symbol.name for symbol in symbols)
            why = (
                "a product of more than two stocks"
                if len(symbols) > 2
                else "a product of two different pasts"
            )
            self.system.lose(stock.name, f"{why}: {names}", stock.line)
            return None
        common: dict[str, Any] = {
            "lag": Spread.constant(lags.pop()),
            "reference": 0.0,
            "basis": "literature",
            "citation": f"equation of {stock.name}",
        }
        ends = (symbols[0].name, stock.name, Spread.constant(factor))
        if len(symbols) == 1:
            return Edge(*ends, **common)
        return Edge(*ends, form="product", second=symbols[1].name, second_reference=0.0, **common)

    def _readouts(self) -> Iterator[Readout]:
        for key, variable in self.system.variables.items():
            if variable.is_stock:
                continue
            terms: Polynomial | None = None
            try:
                terms = self._look_up(key)
            except NotExpressible as error:
                if variable.equation:
                    self.system.lose(variable.name, str(error), variable.line)
            if terms is not None and any(symbol.lag for symbols in terms for symbol in symbols):
                terms = None
            yield Readout(variable.name, variable.equation, terms)
