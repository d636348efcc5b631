"""Item-level Monte Carlo oracle for the use stage.

Independent of the engine: nothing of ``meguru`` is imported, and no expected value is propagated.
Every product is one row of a table and every piece in it one integer age index; all that happens
is decided by a random number per product, cause and piece.  The rules are those of the design page
``life-cycle-simulation.md``; "§3" and "§4" in the comments point to its sections.

The step is the unit of time (annual in the tests).  Example::

    case = Case(
        convention="middle",
        causes=(Cause("obsolescence", Weibull(2.0, 12.0)), Cause("contract", FixedAge(9.0))),
        slots=(Slot("pump", 2, Weibull(1.8, 8.0), repair_share=0.7),),
        classes=(BuildClass("new", sales=[100.0] * 20),),
    )
    result = run(case)
    result.total.stock.mean, result.total.stock.se      # both of shape (20,)

Choices where the page is silent:

* S(a) = P(lifetime > a), so a fixed age T has S(T) = 0: with a whole T the exit comes at index T
  (middle) or T - 1 (start, end), surely.  Where S is already 0 the hazard is 1.
* The normal law is truncated at age 0, so that S(0) = 1.
* A reused piece of age x in a product sold at the start or the end of a step has index x when its
  first step of use begins (the half-and-half rule of §4 is about repair only).
* Reported ages are age *indices*.  In the stock: the index a piece meets in the coming step (true
  age = index - 1/2 for middle, = index for start and end).  For pieces that leave: the index at
  which the piece met the step it left in (for a sale step: the age x it was built in with).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr
from scipy.stats import t as student_t

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

Convention = Literal["middle", "start", "end"]
Reason = Literal["own", "part_failure"]
State = Literal["intact", "failed"]

PART_FAILURE = "part_failure"
REASON_STATES: tuple[tuple[Reason, State], ...] = (
    ("own", "intact"),
    ("own", "failed"),
    ("part_failure", "intact"),
    ("part_failure", "failed"),
)
#: A mean age is reported only where at least this many pieces were seen (all replicates together).
MIN_PIECES_FOR_AGE = 200


# --------------------------------------------------------------------------- lifetime laws


class Lifetime(Protocol):
    """A lifetime law, known by the logarithm of its survival function S(a) = P(lifetime > a)."""

    def log_survival(self, age: Float) -> Float:
        """log S at ages >= 0; minus infinity where S = 0."""
        ...


@dataclass(frozen=True)
class Weibull:
    """S(a) = exp(-(a / scale) ** shape)."""

    shape: float
    scale: float

    def log_survival(self, age: Float) -> Float:
        return -((age / self.scale) ** self.shape)


@dataclass(frozen=True)
class Normal:
    """Normal lifetime, truncated at age 0."""

    mean: float
    sd: float

    def log_survival(self, age: Float) -> Float:
        tail = log_ndtr((self.mean - age) / self.sd) - log_ndtr(self.mean / self.sd)
        return np.asarray(tail, dtype=np.float64)


@dataclass(frozen=True)
class FixedAge:
    """Everything ends at exactly this age."""

    age: float

    def log_survival(self, age: Float) -> Float:
        return np.where(age < self.age, 0.0, -np.inf)


def hazard_between(law: Lifetime, start: Float, end: Float) -> Float:
    """1 - S(end) / S(start); 1 where S(start) = 0."""
    log_start, log_end = law.log_survival(start), law.log_survival(end)
    dead = np.isneginf(log_start)
    return np.where(dead, 1.0, -np.expm1(log_end - np.where(dead, 0.0, log_start)))


def hazard_table(law: Lifetime, size: int, convention: Convention) -> Float:
    """Hazard met at index 0 .. size - 1 (§4, "Index").

    Middle: h(0) = 1 - S(1/2), then h(a) = 1 - S(a + 1/2) / S(a - 1/2).  Start and end:
    h(a) = 1 - S(a + 1) / S(a); that nothing leaves in the sale step of "end" is in the step itself.
    """
    index = np.arange(size, dtype=np.float64)
    if convention == "middle":
        return hazard_between(law, np.maximum(index - 0.5, 0.0), index + 0.5)
    return hazard_between(law, index, index + 1.0)


def sale_step_hazard_table(law: Lifetime, size: int, convention: Convention) -> Float:
    """Hazard a piece of age x meets in the step in which its product is sold (§4, "Index").

    Middle: half a step of use, 1 - S(x + 1/2) / S(x).  Start: a whole step, the usual table.
    """
    if convention == "middle":
        age = np.arange(size, dtype=np.float64)
        return hazard_between(law, age, age + 0.5)
    return hazard_table(law, size, convention)


# --------------------------------------------------------------------------- the case


@dataclass(frozen=True)
class AgeLaw:
    """Law of the age of a piece before it is put in, drawn on its own for each piece.

    A new piece is a piece of age 0; it obeys the same rules as any other age.
    """

    ages: tuple[int, ...] = (0,)
    probabilities: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if len(self.ages) != len(self.probabilities) or not self.ages:
            raise ValueError("ages and probabilities must be of one length and not empty")
        if min(self.ages) < 0 or min(self.probabilities) < 0.0:
            raise ValueError("ages and probabilities must not be negative")
        if abs(sum(self.probabilities) - 1.0) > 1e-12:
            raise ValueError("probabilities must sum to 1")

    @classmethod
    def mixed(cls, p_new: float, reused: AgeLaw) -> AgeLaw:
        """New with probability ``p_new``, else of a reused age: a mixed pool (§4)."""
        rest = tuple((1.0 - p_new) * p for p in reused.probabilities)
        return cls((0, *reused.ages), (p_new, *rest))

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Int:
        """Independent ages, one for each piece."""
        ages = np.asarray(self.ages, dtype=np.int64)
        if len(ages) == 1:
            return np.full(shape, ages[0], dtype=np.int64)
        cumulative = np.cumsum(self.probabilities)[:-1]
        return ages[np.searchsorted(cumulative, rng.random(shape), side="right")]


NEW = AgeLaw()


@dataclass(frozen=True)
class Cause:
    """An own reason to leave use; the order in ``Case.causes`` is the order of the causes (§2)."""

    name: str
    lifetime: Lifetime


@dataclass(frozen=True)
class Slot:
    """A part slot of ``count`` pieces; whether a failed one is repaired is decided per piece."""

    name: str
    count: int
    failure: Lifetime
    repair_share: float
    replacement: AgeLaw = NEW


@dataclass(frozen=True)
class BuildClass:
    """Products filled by one rule (§4); ``initial`` is one age law, or one by slot name."""

    name: str
    sales: Sequence[float]
    initial: AgeLaw | Mapping[str, AgeLaw] = NEW

    def initial_of(self, slot: str) -> AgeLaw:
        """The age law of the pieces in a slot of a newly sold product of this class."""
        return self.initial if isinstance(self.initial, AgeLaw) else self.initial.get(slot, NEW)


@dataclass(frozen=True)
class Case:
    """One product in use: causes in order, slots, build classes, sales convention."""

    classes: tuple[BuildClass, ...]
    causes: tuple[Cause, ...] = ()
    slots: tuple[Slot, ...] = ()
    convention: Convention = "middle"
    by_visit: bool = False  # one decision a product and step, with the share of the first slot

    def __post_init__(self) -> None:
        if self.convention not in ("middle", "start", "end"):
            raise ValueError(f"unknown convention {self.convention!r}")
        if not self.classes or len({len(c.sales) for c in self.classes}) != 1:
            raise ValueError("at least one build class, all with sales of one length")
        if any(s.count < 1 or not 0.0 <= s.repair_share <= 1.0 for s in self.slots):
            raise ValueError("a slot needs count >= 1 and a repair share in [0, 1]")
        names = [c.name for c in self.causes] + [PART_FAILURE]
        for group in (names, [s.name for s in self.slots], [c.name for c in self.classes]):
            if len(set(group)) != len(group):
                raise ValueError(f"names must be unique: {group}")

    @property
    def n_steps(self) -> int:
        """Number of steps, the length of the sales series."""
        return len(self.classes[0].sales)

    @property
    def cause_names(self) -> tuple[str, ...]:
        """Own causes in order, then ``part_failure``."""
        return (*(c.name for c in self.causes), PART_FAILURE)


# --------------------------------------------------------------------------- estimates


@dataclass(frozen=True)
class Comparison:
    """How far expected values lie from an estimate, in standard errors.

    ``rms_z`` is near 1 when they agree; ``p_worst`` is the Bonferroni p-value of the worst entry
    (Student's t with R - 1 degrees of freedom).
    """

    rms_z: float
    worst_z: float
    worst_index: int
    p_worst: float
    n: int


@dataclass(frozen=True)
class Estimate:
    """Mean over the replicates and its standard error, one entry per step.

    ``floor`` is the least standard error that can be believed, entry by entry; it keeps series with
    very few events (all replicates zero, say) from giving infinite z.
    """

    mean: Float
    se: Float
    replicates: int
    quantum: float = 0.0

    def z(self, expected: Float | Sequence[float]) -> Float:
        """(mean - expected) / standard error; NaN where there is no estimate.

        With fewer than 100 events in all the Poisson error of the expectation is the floor, since
        the error found from the replicates is then poor; one event in all is the floor always.
        """
        wanted = np.asarray(expected, dtype=np.float64)
        se = self.se
        if self.quantum > 0.0:
            rare = wanted * self.replicates < 100.0 * self.quantum
            poisson = np.sqrt(self.quantum * np.abs(wanted) / self.replicates)
            se = np.maximum(se, np.where(rare, poisson, 0.0))
            se = np.maximum(se, self.quantum / self.replicates)
        return (self.mean - wanted) / se

    def compare(self, expected: Float | Sequence[float]) -> Comparison:
        """Summary of :meth:`z` over the entries that have an estimate."""
        z = self.z(expected)
        known = np.flatnonzero(np.isfinite(z))
        if known.size == 0:
            return Comparison(0.0, 0.0, -1, 1.0, 0)
        worst = int(known[np.argmax(np.abs(z[known]))])
        p = 2.0 * float(student_t.sf(abs(z[worst]), self.replicates - 1)) * known.size
        rms = float(np.sqrt(np.mean(z[known] ** 2)))
        return Comparison(rms, float(z[worst]), worst, min(1.0, p), int(known.size))


@dataclass(frozen=True)
class UseStage:
    """Estimates of one build class, or of all together; every one has an entry per step."""

    stock: Estimate
    """Products in use at the end of the step."""
    exits: dict[str, Estimate]
    """By own cause, and ``part_failure``."""
    loose_failed: dict[str, Estimate]
    """Failed pieces of products that stay, by slot (port ``failed``)."""
    spares: dict[str, Estimate]
    """Replacement pieces put in, by slot."""
    pieces_in_exits: dict[tuple[str, Reason, State], Estimate]
    """Pieces inside products that leave, by (slot, reason, state)."""
    part_exits_slot_intact: dict[str, Estimate]
    """Products that leave for a part while every piece of this slot is intact (joint law, §4)."""
    stock_piece_age: dict[str, Estimate]
    """Mean age index of the pieces in the stock, by slot."""
    loose_failed_age: dict[str, Estimate]
    """Mean age index of the loose failed pieces, by slot."""
    exit_piece_age: dict[tuple[str, Reason, State], Estimate]
    """Mean age index of the pieces inside products that leave."""


@dataclass(frozen=True)
class Result:
    """Estimates over all build classes and for each of them."""

    total: UseStage
    by_class: dict[str, UseStage]


# --------------------------------------------------------------------------- simulation


@dataclass
class _Tally:
    """Weighted counts of one replicate; axes: class, (cause | slot (, reason-state)), step."""

    stock: Float
    exits: Float
    loose: Float
    loose_age: Float
    spares: Float
    inside: Float
    inside_age: Float
    slot_intact: Float
    piece_stock: Float
    piece_stock_age: Float

    @classmethod
    def zeros(cls, case: Case) -> _Tally:
        k, s, t = len(case.classes), len(case.slots), case.n_steps
        slot = (k, s, t)
        inside = (k, s, len(REASON_STATES), t)
        return cls(
            stock=np.zeros((k, t)),
            exits=np.zeros((k, len(case.cause_names), t)),
            loose=np.zeros(slot),
            loose_age=np.zeros(slot),
            spares=np.zeros(slot),
            inside=np.zeros(inside),
            inside_age=np.zeros(inside),
            slot_intact=np.zeros(slot),
            piece_stock=np.zeros(slot),
            piece_stock_age=np.zeros(slot),
        )


@dataclass
class _Fleet:
    """The products in use: one row each; ``pieces[c]`` holds an age index per piece of slot c."""

    build: Int
    weight: Float
    age: Int
    pieces: list[Int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.age)

    def keep(self, rows: Bool) -> None:
        """Drop the other rows."""
        self.build, self.weight, self.age = self.build[rows], self.weight[rows], self.age[rows]
        self.pieces = [p[rows] for p in self.pieces]

    def append(self, other: _Fleet) -> None:
        """Put newly sold products in use."""
        self.build = np.concatenate([self.build, other.build])
        self.weight = np.concatenate([self.weight, other.weight])
        self.age = np.concatenate([self.age, other.age])
        self.pieces = [np.concatenate(p) for p in zip(self.pieces, other.pieces, strict=True)]


@dataclass(frozen=True)
class _Tables:
    """Hazards by index: per cause; per slot; per slot in the step of the sale."""

    own: list[Float]
    failure: list[Float]
    sale_failure: list[Float]


def _tables(case: Case) -> _Tables:
    laws = [c.initial_of(s.name) for c in case.classes for s in case.slots]
    laws += [s.replacement for s in case.slots]
    size = case.n_steps + 2 + max((max(law.ages) for law in laws), default=0)
    return _Tables(
        own=[hazard_table(c.lifetime, size, case.convention) for c in case.causes],
        failure=[hazard_table(s.failure, size, case.convention) for s in case.slots],
        sale_failure=[sale_step_hazard_table(s.failure, size, case.convention) for s in case.slots],
    )


def _plan(case: Case, n_products: int) -> tuple[Int, Float]:
    """Rows to simulate, and sold products that one row stands for, per class and step of sale."""
    sales = np.asarray([c.sales for c in case.classes], dtype=np.float64)
    if np.any(sales < 0.0) or sales.sum() <= 0.0:
        raise ValueError("sales must not be negative, and not all zero")
    rows = np.rint(n_products * sales / sales.sum()).astype(np.int64)
    rows = np.where(sales > 0.0, np.maximum(rows, 1), 0)
    return rows, sales / np.maximum(rows, 1)


def _empty(case: Case) -> _Fleet:
    none = np.zeros(0, dtype=np.int64)
    pieces = [np.zeros((0, s.count), dtype=np.int64) for s in case.slots]
    return _Fleet(none, np.zeros(0), none.copy(), pieces)


def _sell(case: Case, fleet: _Fleet, rows: Int, weight: Float, rng: np.random.Generator) -> None:
    """Add the products sold in one step: index 0, pieces of the ages drawn for their class."""
    for k, build in enumerate(case.classes):
        n = int(rows[k])
        if n == 0:
            continue
        pieces = [build.initial_of(s.name).draw(rng, (n, s.count)) for s in case.slots]
        fleet.append(_Fleet(np.full(n, k), np.full(n, weight[k]), np.zeros(n, dtype=np.int64), pieces))


def _by_class(build: Int, weight: Float, n_classes: int) -> Float:
    """Weights summed by build class."""
    return np.bincount(build, weights=weight, minlength=n_classes).astype(np.float64)


def _replacement_index(slot: Slot, n: int, convention: Convention, rng: np.random.Generator) -> Int:
    """Index with which pieces put in by repair enter the next step (§4, "Index")."""
    age = slot.replacement.draw(rng, (n,))
    if convention == "middle":
        return age + 1
    return age + rng.integers(0, 2, size=n)


def _simulate(case: Case, tables: _Tables, rows: Int, weight: Float, rng: np.random.Generator) -> _Tally:
    """One replicate: the life of every product, step by step."""
    tally = _Tally.zeros(case)
    fleet = _empty(case)
    n_classes = len(case.classes)
    staying, for_a_part = -1, len(case.causes)

    for t in range(case.n_steps):
        if case.convention != "end":
            _sell(case, fleet, rows[:, t], weight[:, t], rng)
        build, w = fleet.build, fleet.weight

        def count(per_row: Int | Bool, build: Int = build, w: Float = w) -> Float:
            """Sum over the rows of each class, in sold products (or their pieces)."""
            return _by_class(build, w * per_row, n_classes)

        # 1. Own reasons, in their order: each cause acts on what the ones before it left (§2, §4).
        reason = np.full(len(fleet), staying)
        for i, hazard in enumerate(tables.own):
            hit = (reason == staying) & (rng.random(len(fleet)) < hazard[fleet.age])
            reason[hit] = i

        # 2. Failures among the rest; 3. repair decided, piece by piece (§4, "One step").
        in_use = reason == staying
        sold_now = (fleet.age == 0) & (case.convention == "middle")
        failed: list[Bool] = []
        lost = np.zeros(len(fleet), dtype=np.bool_)
        visited = rng.random(len(fleet)) if case.by_visit else None
        for c, slot in enumerate(case.slots):
            index = fleet.pieces[c]
            hazard_met = np.where(sold_now[:, None], tables.sale_failure[c][index], tables.failure[c][index])
            fails = in_use[:, None] & (rng.random(index.shape) < hazard_met)
            chance = rng.random(index.shape) if visited is None else visited[:, None]
            repaired = chance < slot.repair_share
            lost |= (fails & ~repaired).any(axis=1)
            failed.append(fails)
        reason[lost] = for_a_part
        stays = reason == staying
        own = (reason != staying) & (reason != for_a_part)

        for i in range(len(case.cause_names)):
            tally.exits[:, i, t] = count(reason == i)
        for c, index in enumerate(fleet.pieces):
            # A product that leaves is not repaired: loose pieces come from those that stay (§4).
            loose = failed[c] & stays[:, None]
            tally.loose[:, c, t] = count(loose.sum(axis=1))
            tally.loose_age[:, c, t] = count((loose * index).sum(axis=1))
            for j, (why, state) in enumerate(REASON_STATES):
                leaves = own if why == "own" else lost
                inside = leaves[:, None] & (failed[c] if state == "failed" else ~failed[c])
                tally.inside[:, c, j, t] = count(inside.sum(axis=1))
                tally.inside_age[:, c, j, t] = count((inside * index).sum(axis=1))
            tally.slot_intact[:, c, t] = count(lost & ~failed[c].any(axis=1))

        # 4. Ages + 1; a repaired position holds the piece put in (§4).
        fleet.keep(stays)
        fleet.age += 1
        for c, slot in enumerate(case.slots):
            fleet.pieces[c] += 1
            position = failed[c][stays]
            put_in = _replacement_index(slot, int(position.sum()), case.convention, rng)
            fleet.pieces[c][position] = put_in
            rows_of_spares = np.repeat(np.arange(len(fleet)), position.sum(axis=1))
            tally.spares[:, c, t] = _by_class(
                fleet.build[rows_of_spares], fleet.weight[rows_of_spares], n_classes
            )

        # End: no exit in the step of the sale, index 0 when the next step begins (§4, "Index").
        if case.convention == "end":
            _sell(case, fleet, rows[:, t], weight[:, t], rng)

        tally.stock[:, t] = _by_class(fleet.build, fleet.weight, n_classes)
        for c, slot in enumerate(case.slots):
            tally.piece_stock[:, c, t] = slot.count * tally.stock[:, t]
            tally.piece_stock_age[:, c, t] = _by_class(
                fleet.build, fleet.weight * fleet.pieces[c].sum(axis=1), n_classes
            )
    return tally


# --------------------------------------------------------------------------- replicates


def _mean(values: Float, quantum: float) -> Estimate:
    """Mean over axis 0 and its standard error."""
    n = len(values)
    return Estimate(values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(n), n, quantum)


def _ratio(numerator: Float, denominator: Float, quantum: float) -> Estimate:
    """Ratio of the sums over all replicates; standard error from its linearised residuals."""
    n = len(numerator)
    total = denominator.sum(axis=0)
    enough = total >= MIN_PIECES_FOR_AGE * quantum
    safe = np.where(enough, total, 1.0)
    ratio = np.where(enough, numerator.sum(axis=0) / safe, np.nan)
    residual = (numerator - ratio * denominator) * n / safe
    se = np.sqrt((residual**2).sum(axis=0) / (n - 1) / n)
    # Ages that cannot vary (all new, first step) have no spread: leave rounding room only.
    return Estimate(ratio, np.maximum(se, 1e-12), n)


def _summary(case: Case, tallies: list[_Tally], classes: list[int], weight: Float) -> UseStage:
    unit = float(weight[classes].max())

    def of(name: str) -> Float:
        return np.stack([getattr(x, name)[classes].sum(axis=0) for x in tallies])

    exits, loose, spares = of("exits"), of("loose"), of("spares")
    loose_age, inside, inside_age = of("loose_age"), of("inside"), of("inside_age")
    intact, piece_stock, piece_age = of("slot_intact"), of("piece_stock"), of("piece_stock_age")
    slots = list(enumerate(case.slots))
    return UseStage(
        stock=_mean(of("stock"), unit),
        exits={name: _mean(exits[:, i], unit) for i, name in enumerate(case.cause_names)},
        loose_failed={s.name: _mean(loose[:, c], unit * s.count) for c, s in slots},
        spares={s.name: _mean(spares[:, c], unit * s.count) for c, s in slots},
        pieces_in_exits={
            (s.name, *key): _mean(inside[:, c, j], unit * s.count)
            for c, s in slots
            for j, key in enumerate(REASON_STATES)
        },
        part_exits_slot_intact={s.name: _mean(intact[:, c], unit) for c, s in slots},
        stock_piece_age={s.name: _ratio(piece_age[:, c], piece_stock[:, c], unit) for c, s in slots},
        loose_failed_age={s.name: _ratio(loose_age[:, c], loose[:, c], unit) for c, s in slots},
        exit_piece_age={
            (s.name, *key): _ratio(inside_age[:, c, j], inside[:, c, j], unit)
            for c, s in slots
            for j, key in enumerate(REASON_STATES)
        },
    )


def run(case: Case, n_products: int = 20_000, replicates: int = 25, seed: int = 1) -> Result:
    """Simulate ``replicates`` independent fleets of about ``n_products`` products each.

    ``n_products`` is the number of rows over all classes and steps of sale; a row stands for
    sales / rows products of its class and step, so results are in the unit of the sales.
    """
    if replicates < 2:
        raise ValueError("a standard error needs at least two replicates")
    tables = _tables(case)
    rows, weight = _plan(case, n_products)
    seeds = np.random.SeedSequence(seed).spawn(replicates)
    tallies = [_simulate(case, tables, rows, weight, np.random.default_rng(s)) for s in seeds]
    return Result(
        total=_summary(case, tallies, list(range(len(case.classes))), weight),
        by_class={c.name: _summary(case, tallies, [k], weight) for k, c in enumerate(case.classes)},
    )
