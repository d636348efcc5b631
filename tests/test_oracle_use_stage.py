"""Checks of the use-stage oracle against closed forms that share nothing with it.

The main reference, :func:`exact`, avoids the step-by-step recursion of §4 altogether.  Pieces are
independent until their product leaves, and a product leaves for a part exactly when one of its
pieces fails and is not repaired.  So let every piece position run on its own, as a *terminating
renewal process*: with f0(j) the probability that the first piece fails j steps after the sale and
f(k) that a replacement fails k steps after it was put in, the failures of the position obey

    m(j) = f0(j) + rho * sum_{0 <= i < j} m(i) f(j - i),

V(j) = 1 - (1 - rho) * sum_{i <= j} m(i) is the probability that the position has not ended its
product, and with A(j) the survival of the own reasons everything follows by multiplication: stock
A(j) prod_c V_c(j)^{n_c}, part exits A(j) [prod V(j-1) - prod V(j)], and so on.  With rho = 1 and no
own reasons this is the ordinary discrete renewal equation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from oracle_use_stage import (
    NEW,
    AgeLaw,
    BuildClass,
    Case,
    Cause,
    Comparison,
    Convention,
    Estimate,
    FixedAge,
    Lifetime,
    Normal,
    Result,
    Slot,
    Weibull,
    run,
)

Float = NDArray[np.float64]
Survival = Callable[[float], float]

CONVENTIONS: tuple[Convention, ...] = ("middle", "start", "end")
YEARS = 18


# --------------------------------------------------------------------------- closed forms


def survival(law: Lifetime) -> Survival:
    """S(a), written again here with the standard library."""
    if isinstance(law, Weibull):
        return lambda a: math.exp(-((a / law.scale) ** law.shape))
    if isinstance(law, FixedAge):
        return lambda a: 1.0 if a < law.age else 0.0
    if isinstance(law, Normal):
        root = law.sd * math.sqrt(2.0)
        return lambda a: math.erfc((a - law.mean) / root) / math.erfc(-law.mean / root)
    raise TypeError(law)


def time_in_use(j: int, convention: Convention) -> float:
    """Time since the sale at the end of the j-th step after it (-1: at the sale)."""
    if j < 0:
        return 0.0
    return {"middle": j + 0.5, "start": j + 1.0, "end": float(j)}[convention]


@dataclass
class Position:
    """One piece position on its own, j = 0 .. T - 1 steps after the sale."""

    m: Float  # failures (position still without an unrepaired failure)
    m_age: Float  # the same, times the age index at failure
    alive: Float  # V: no unrepaired failure up to and with step j
    alive_age: Float  # the same, times the age index met in step j + 1


def position(slot: Slot, initial: AgeLaw, convention: Convention, years: int) -> Position:
    """The terminating renewal process of the module's description."""
    s = survival(slot.failure)
    # The piece the product was sold with: its failure in step j, or its survival to the end of it.
    first, first_age = np.zeros(years), np.zeros(years)
    left, left_age = np.zeros(years), np.zeros(years)
    for x, p in zip(initial.ages, initial.probabilities, strict=True):
        for j in range(years):
            before = s(x + time_in_use(j - 1, convention)) / s(x)
            after = s(x + time_in_use(j, convention)) / s(x)
            index = x + j - (1 if convention == "end" and j > 0 else 0)
            first[j] += p * (before - after)
            first_age[j] += p * (before - after) * index
            left[j] += p * after
            left_age[j] += p * after * (x + j + (0 if convention == "end" else 1))

    # A replacement of age x put in at step i: at the end of step i it has index x + 1 and true
    # age x + 1/2 (middle); index and true age x or x + 1, half each (start, end).
    again, again_age = np.zeros(years), np.zeros(years)  # fails k steps later
    kept, kept_age = np.zeros(years), np.zeros(years)  # still intact k steps later
    for x, p in zip(slot.replacement.ages, slot.replacement.probabilities, strict=True):
        options = [(x + 1, x + 0.5, p)]
        if convention != "middle":
            options = [(x, float(x), p / 2), (x + 1, x + 1.0, p / 2)]
        for index, age, share in options:
            for k in range(years):
                intact = share * s(age + k) / s(age)
                kept[k] += intact
                kept_age[k] += intact * (index + k)
                if k > 0:
                    fails = share * (s(age + k - 1) - s(age + k)) / s(age)
                    again[k] += fails
                    again_age[k] += fails * (index + k - 1)

    rho = slot.repair_share
    m, m_age, alive_age = np.zeros(years), np.zeros(years), np.zeros(years)
    check = np.zeros(years)
    for j in range(years):
        m[j] = first[j] + rho * sum(m[i] * again[j - i] for i in range(j))
        m_age[j] = first_age[j] + rho * sum(m[i] * again_age[j - i] for i in range(j))
        check[j] = left[j] + rho * sum(m[i] * kept[j - i] for i in range(j + 1))
        alive_age[j] = left_age[j] + rho * sum(m[i] * kept_age[j - i] for i in range(j + 1))
    alive = 1.0 - (1.0 - rho) * np.cumsum(m)
    np.testing.assert_allclose(alive, check, atol=1e-12)  # two ways to count who is still there
    return Position(m, m_age, alive, alive_age)


def own_exits(case: Case, years: int) -> tuple[Float, Float, Float]:
    """Own survival before and after step j, and the share of the living that each cause takes."""
    laws = [survival(c.lifetime) for c in case.causes]
    before, after = np.ones(years), np.ones(years)
    by_cause = np.zeros((len(laws), years))
    for j in range(years):
        lo, hi = time_in_use(j - 1, case.convention), time_in_use(j, case.convention)
        before[j] = math.prod(s(lo) for s in laws)
        after[j] = math.prod(s(hi) for s in laws)
        for i, s in enumerate(laws):  # causes before i were survived, those after i not met
            by_cause[i, j] = (
                math.prod(r(hi) for r in laws[:i]) * (s(lo) - s(hi)) * math.prod(r(lo) for r in laws[i + 1 :])
            )
    return before, after, by_cause


def exact(case: Case, build: BuildClass) -> dict[str, Float]:
    """Expected series of one build class; keys are ``field`` or ``field/name[/reason/state]``."""
    years = case.n_steps
    before, after, by_cause = own_exits(case, years)
    slots = case.slots
    pos = [position(s, build.initial_of(s.name), case.convention, years) for s in slots]
    now = [p.alive for p in pos]
    old = [np.concatenate([[1.0], p.alive[:-1]]) for p in pos]
    count = [s.count for s in slots]

    def product(v: list[Float], less: int | None = None) -> Float:
        """All positions let the product stay, but for one piece of slot ``less``."""
        out = np.ones(years)
        for c, value in enumerate(v):
            out = out * value ** (count[c] - (1 if c == less else 0))
        return out

    one: dict[str, Float] = {
        "stock": after * product(now),
        "exits/part_failure": after * (product(old) - product(now)),
    }
    for i, cause in enumerate(case.causes):
        one[f"exits/{cause.name}"] = by_cause[i] * product(old)
    for c, slot in enumerate(slots):
        n, rho, p = slot.count, slot.repair_share, pos[c]
        law = build.initial_of(slot.name)
        sold_with = sum(x * w for x, w in zip(law.ages, law.probabilities, strict=True))
        age_old = np.concatenate([[sold_with], p.alive_age[:-1]])  # index met in step j
        others_old, others_now = product(old, c), product(now, c)
        whole = old[c] - p.m  # this piece came into the step and did not fail in it
        whole_age = age_old - p.m_age
        rest_old = np.divide(product(old), old[c] ** n)
        rest_now = np.divide(product(now), now[c] ** n)
        key = slot.name
        one[f"loose_failed/{key}"] = one[f"spares/{key}"] = after * n * rho * p.m * others_now
        one[f"loose_failed_age/{key}"] = after * n * rho * p.m_age * others_now
        one[f"stock_piece_age/{key}"] = after * n * p.alive_age * others_now
        own_share = before - after
        one[f"pieces_in_exits/{key}/own/intact"] = own_share * n * old[c] * others_old
        one[f"pieces_in_exits/{key}/own/failed"] = np.zeros(years)
        one[f"exit_piece_age/{key}/own/intact"] = own_share * n * age_old * others_old
        gap = others_old - others_now
        one[f"pieces_in_exits/{key}/part_failure/intact"] = after * n * whole * gap
        one[f"exit_piece_age/{key}/part_failure/intact"] = after * n * whole_age * gap
        gap = others_old - rho * others_now
        one[f"pieces_in_exits/{key}/part_failure/failed"] = after * n * p.m * gap
        one[f"exit_piece_age/{key}/part_failure/failed"] = after * n * p.m_age * gap
        one[f"part_exits_slot_intact/{key}"] = after * whole**n * (rest_old - rest_now)

    sales = np.asarray(build.sales, dtype=np.float64)
    return {key: np.convolve(sales, value)[:years] for key, value in one.items()}


MEANS = {  # an age sum, and the count it is the mean over (with the stock: pieces = n_c * stock)
    "stock_piece_age": "stock",
    "loose_failed_age": "loose_failed",
    "exit_piece_age": "pieces_in_exits",
}


def expected_series(case: Case, classes: tuple[BuildClass, ...]) -> dict[str, Float]:
    """Sums over the classes, ages turned into means (NaN where nothing is there)."""
    parts = [exact(case, b) for b in classes]
    total = {key: np.sum([p[key] for p in parts], axis=0) for key in parts[0]}
    counts = {s.name: s.count for s in case.slots}
    for key in list(total):
        kind, _, rest = key.partition("/")
        if kind in MEANS:
            over = counts[rest] * total["stock"] if kind == "stock_piece_age" else None
            over = total[f"{MEANS[kind]}/{rest}"] if over is None else over
            total[key] = np.divide(total[key], over, out=np.full(len(over), np.nan), where=over > 0)
    return total


def estimates(case: Case, result: Result, build: str | None = None) -> dict[str, Estimate]:
    """The oracle's estimates under the same keys."""
    found = result.total if build is None else result.by_class[build]
    out: dict[str, Estimate] = {"stock": found.stock}
    for name in (
        "exits",
        "loose_failed",
        "spares",
        "part_exits_slot_intact",
        "stock_piece_age",
        "loose_failed_age",
    ):
        out |= {f"{name}/{key}": value for key, value in getattr(found, name).items()}
    for name in ("pieces_in_exits", "exit_piece_age"):
        out |= {f"{name}/{'/'.join(k)}": v for k, v in getattr(found, name).items()}
    return {
        key: value
        for key, value in out.items()
        if not (key.startswith("exit_piece_age") and key.endswith("own/failed"))
    }


def assert_agree(found: dict[str, Estimate], wanted: dict[str, Float]) -> None:
    """Every series within chance, and the z of all of them near 1 in the mean square."""
    assert set(found) == set(wanted)
    all_z: list[float] = []
    for key, estimate in found.items():
        seen: Comparison = estimate.compare(wanted[key])
        assert seen.p_worst > 1e-5, (key, seen)
        all_z.append(seen.rms_z)
    assert 0.2 < math.sqrt(float(np.mean(np.square(all_z)))) < 1.5


# --------------------------------------------------------------------------- cases

SALES = [100.0 + 15.0 * ((7 * t) % 5) for t in range(YEARS)]
USED = AgeLaw((2, 4, 7), (0.5, 0.3, 0.2))
OWN = (Cause("obsolescence", Weibull(2.2, 11.0)), Cause("let_go", Normal(12.0, 3.0)))
CONTRACT = Cause("contract", FixedAge(9.25))


def two_slots(replacement: AgeLaw = NEW) -> tuple[Slot, ...]:
    return (
        Slot("pump", 2, Weibull(1.8, 7.0), 0.8, replacement),
        Slot("magnet", 4, Weibull(3.0, 14.0), 0.5, NEW),
        Slot("board", 1, Weibull(1.0, 9.0), 0.9, replacement),
    )


def variants() -> dict[str, Callable[[Convention], Case]]:
    new = BuildClass("new", SALES)
    mixed = BuildClass("mixed", SALES, AgeLaw.mixed(0.6, USED))
    rebuilt = BuildClass("rebuilt", SALES[::-1], USED)
    return {
        "all new": lambda c: Case((new,), (*OWN, CONTRACT), two_slots(), c),
        "mixed by piece": lambda c: Case((mixed,), OWN, two_slots(), c),
        "wholly reused": lambda c: Case((new, rebuilt), (*OWN, CONTRACT), two_slots(), c),
        "reused spares": lambda c: Case((new, rebuilt), OWN, two_slots(AgeLaw.mixed(0.3, USED)), c),
    }


# --------------------------------------------------------------------------- tests


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_without_parts_the_stock_is_a_convolution(convention: Convention) -> None:
    case = Case((BuildClass("new", SALES),), (CONTRACT, *OWN), (), convention)
    result = run(case, replicates=25, seed=11).total
    laws = [survival(c.lifetime) for c in case.causes]
    shift = {"middle": 0.5, "start": 1.0, "end": 0.0}[convention]
    stays = [math.prod(s(j + shift) for s in laws) for j in range(YEARS)]
    assert result.stock.compare(np.convolve(SALES, stays)[:YEARS]).p_worst > 1e-4
    outflow = np.sum([e.mean for e in result.exits.values()], axis=0)
    before = np.concatenate([[0.0], result.stock.mean[:-1]])
    np.testing.assert_allclose(result.stock.mean, before + SALES - outflow, rtol=1e-12)
    assert np.all(result.exits["part_failure"].mean == 0.0)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_always_repaired_part_obeys_the_renewal_equation(convention: Convention) -> None:
    """Ordinary renewal, all sold in the first year, written out for all-new pieces only."""
    s = survival(Weibull(2.5, 4.0))
    slot = Slot("pump", 2, Weibull(2.5, 4.0), 1.0)
    case = Case((BuildClass("new", [100.0] + [0.0] * (YEARS - 1)),), (), (slot,), convention)
    failures = np.zeros(YEARS)
    for j in range(YEARS):
        if convention == "middle":
            first = 1.0 - s(0.5) if j == 0 else s(j - 0.5) - s(j + 0.5)
            later = [(s(k - 0.5) - s(k + 0.5)) / s(0.5) for k in range(1, j + 1)]
        else:
            a = j if convention == "start" else j - 1
            first = s(a) - s(a + 1) if a >= 0 else 0.0
            later = [0.5 * (s(k - 1) - s(k)) + 0.5 * (s(k) - s(k + 1)) / s(1) for k in range(1, j + 1)]
        failures[j] = first + sum(failures[j - 1 - i] * later[i] for i in range(j))
    result = run(case, n_products=8_000, replicates=25, seed=12).total
    seen = result.loose_failed["pump"].compare(200.0 * failures)
    assert seen.p_worst > 1e-4 and seen.rms_z < 1.7, seen
    np.testing.assert_allclose(result.stock.mean, 100.0)
    # Far from the sale the rate tends to pieces / mean lifetime, with the bias of an annual step.
    mean_life = 4.0 * math.gamma(1.0 + 1.0 / 2.5)
    assert result.loose_failed["pump"].mean[-4:].mean() == pytest.approx(200 / mean_life, rel=0.05)


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", list(variants()))
def test_every_series_agrees_with_terminating_renewal(name: str, convention: Convention) -> None:
    case = variants()[name](convention)
    result = run(case, replicates=20, seed=13)
    assert_agree(estimates(case, result), expected_series(case, case.classes))
    for build in case.classes:
        assert_agree(estimates(case, result, build.name), expected_series(case, (build,)))


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", list(variants()))
def test_products_and_pieces_are_conserved(name: str, convention: Convention) -> None:
    """What holds in every replicate holds for the means exactly."""
    case = variants()[name](convention)
    result = run(case, n_products=4_000, replicates=2, seed=14)
    for build in case.classes:
        found = result.by_class[build.name]
        outflow = np.sum([e.mean for e in found.exits.values()], axis=0)
        before = np.concatenate([[0.0], found.stock.mean[:-1]])
        np.testing.assert_allclose(found.stock.mean, before + build.sales - outflow, rtol=1e-10)
        part = found.exits["part_failure"].mean
        for slot in case.slots:
            inside = {k[1:]: v.mean for k, v in found.pieces_in_exits.items() if k[0] == slot.name}
            np.testing.assert_allclose(
                inside["part_failure", "intact"] + inside["part_failure", "failed"],
                slot.count * part,
                atol=1e-9,
            )
            np.testing.assert_allclose(inside["own", "intact"], slot.count * (outflow - part), atol=1e-9)
            assert np.all(inside["own", "failed"] == 0.0)
            spares, loose = found.spares[slot.name].mean, found.loose_failed[slot.name].mean
            np.testing.assert_allclose(spares, loose, atol=1e-9)
        failed = sum(v.mean for k, v in found.pieces_in_exits.items() if k[1:] == ("part_failure", "failed"))
        assert np.all(failed >= part - 1e-9)  # each of these products holds a failed piece
    if convention == "end":
        assert all(e.mean[0] == 0.0 for e in result.total.exits.values())


def test_pooling_of_rebuilt_products_would_be_noticed() -> None:
    """The oracle tells whole rebuilt products from single reused pieces spread over all (§4)."""
    half = [50.0] * YEARS
    slot = (Slot("pump", 4, Weibull(3.0, 9.0), 0.5),)
    apart = Case((BuildClass("new", half), BuildClass("rebuilt", half, USED)), (), slot)
    spread = (BuildClass("all", [100.0] * YEARS, AgeLaw.mixed(0.5, USED)),)
    wanted = expected_series(Case(spread, (), slot), spread)["stock"]
    assert run(apart, replicates=20, seed=15).total.stock.compare(wanted).rms_z > 10.0


def test_same_seed_same_result() -> None:
    case = variants()["reused spares"]("start")
    first, again, other = (run(case, 2_000, 3, seed).total.stock.mean for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)
