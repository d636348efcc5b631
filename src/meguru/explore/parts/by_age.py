"""What a model says of goods by their age: how many are still in use, what one fetches on a route."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meguru.engine.accounts.entries import Books
from meguru.engine.compiling.hazards import Curve, read_curve
from meguru.engine.compiling.lifetimes import survival
from meguru.engine.compiling.program import compile_model
from meguru.errors import (
    LifetimeError,
    MissingValueError,
    NetworkError,
    RangeError,
    UnknownNameError,
    UnsupportedError,
    asked,
    did_you_mean,
)  # fmt: skip
from meguru.files.component import entry_names
from meguru.model import Model, apply
from meguru.model.checks.numbers import Evaluation
from meguru.model.components import Process
from meguru.quantity import Quantity

Array = NDArray[np.float64]
Read = Callable[[Quantity, str, str], Array]
STEPS = 10_001  # of ages, where causes of those sold and of those left take turns
AT_ONE_AGE = ("fixed", "threshold")  # lifetimes that end for all at the same age


def intact_by_age(
    model: Model, process: str, age: ArrayLike, scenario: str | None = None, segment: str | None = None
) -> Array:
    """Share of a product that no cause of leaving has taken out of use yet, (age,).

    It follows the curves of the run, with ``stretch``, ``keep`` and ``of``, as they are in the last year and
    without steps: those whom a cause keeps meet what is left of its hazard.

    Parameters
    ----------
    process
        A use process.
    age : (age,)
        In years.
    segment
        Whose lifetimes and stretch count; default those of the process itself.

    Raises
    ------
    UnknownNameError
        No such use process or segment.
    RangeError
        Ages that are no finite numbers.
    LifetimeError
        A table that ends while some are still there, before the last age.
    UnsupportedError
        A lifetime that ends at one age keeps some: they meet it again in each step, however long that is.
    """
    applied = apply(model, scenario)
    uses = {name: one for name, one in applied.processes.items() if one.kind == "use"}
    use = uses[_known(process, list(uses), "use process")]
    if segment is not None:
        _known(segment, list(use.segments), "segment")
    ages = _finite(age)
    read = _last_year(applied)
    causes = [_cause(use, f"processes.{process}", cause, segment, read) for cause in use.leave]
    in_turns = len(causes) > 1 and any(sold for *_, sold in causes)
    between = np.linspace(0.0, max(0.0, ages.max(initial=0.0)), STEPS if in_turns else 1)
    grid, back = np.unique(np.concatenate([ages.ravel(), between]), return_inverse=True)
    curves = [
        (survival(one.lifetime, one.values, grid / one.stretch)[0], leaves, sold)
        for one, leaves, sold in causes
    ]
    for one, *_ in causes:
        _ends_in_time(one, ages)
    alive = np.ones(grid.shape)
    # What is due of those sold hangs on what the others left: age after age, cause after cause, as in a run.
    for now in range(len(grid)):
        left = alive[now - 1] if now else 1.0
        for curve, leaves, sold in curves:
            before = curve[now - 1] if now else 1.0
            if sold:
                left -= leaves * min(before - curve[now], left)
            else:
                left *= (curve[now] / before) ** leaves if before > 0.0 else float(leaves == 0.0)
        alive[now] = left
    found: Array = alive[back[: ages.size]].reshape(ages.shape)
    return found


def _cause(
    use: Process, place: str, cause: str, segment: str | None, read: Read
) -> tuple[Curve, float, bool]:
    """The curve of a cause, the share of those due that leave, and whether it is a share of those sold."""
    lifetime, at = use.leave[cause], f"{place}.leave.{cause}"
    leaves = 1.0 - (0.0 if lifetime.keep is None else float(read(lifetime.keep, "1", f"{at}.keep")[0, 0]))
    sold = lifetime.of == "sold"
    stretch = None
    if segment is not None:
        users = use.segments[segment]
        if users.stretch is not None:
            stretch = read(users.stretch, "1", f"{place}.segments.{segment}.stretch")
        if cause in users.lifetimes:
            lifetime, at = users.lifetimes[cause], f"{place}.segments.{segment}.lifetimes.{cause}"
    if leaves < 1.0 and not sold and lifetime.distribution in AT_ONE_AGE:
        raise UnsupportedError(
            "those whom a cause at one age keeps meet it again in each step: no share by age alone",
            place=f"{place}.leave.{cause}.keep",
            found=f"{1.0 - leaves:g} of a {lifetime.distribution} lifetime",
            expected="of: sold, or a lifetime that is spread",
        )
    return read_curve(lifetime, at, read, stretch, used=False), leaves, sold


def _ends_in_time(curve: Curve, ages: Array) -> None:
    """Nothing is read from beyond the end of a table of which some are still there."""
    table = curve.lifetime.survival
    if curve.lifetime.distribution != "survival" or not table or table[max(table)] <= 0.0:
        return
    oldest = max(table) * float(curve.stretch[0, 0])
    if ages.max(initial=0.0) > oldest + 1e-9:
        raise LifetimeError(
            "the table ends while some are still there",
            place=f"{curve.place}.survival",
            found=f"{max(table):g}: {table[max(table)]:g}",
            expected=f"a table until the share is 0, or ages up to {oldest:g} years",
        )


def price_by_age(model: Model, route: str, age: ArrayLike, scenario: str | None = None) -> Array:
    """What one unit fetches on a route by its age, (age,), in the model's currency per item unit.

    A price by mass is that of the mass of one unit; both as in the last year.

    Raises
    ------
    UnknownNameError
        No such route.
    MissingValueError
        It has no price.
    NetworkError
        It carries nothing.
    UnsupportedError
        It carries items of which one unit fetches different prices, or a price is by mass and the mass
        changes with the year made.
    ModelError
        A price that is not in the model's currency.
    """
    applied = apply(model, scenario)
    names = entry_names(applied.routes)
    found = applied.routes[names.index(_known(route, names, "route"))]
    if found.price is None:
        raise MissingValueError("a route without a price", place=f"routes.{route}.price")
    prices = _prices(applied, names.index(route), f"routes.{route}")
    if len(set(prices.values())) > 1:
        raise UnsupportedError(
            "a route with items of which one unit fetches different prices",
            place=f"routes.{route}",
            found=", ".join(f"{item}: {price:.6g}" for item, price in prices.items()),
            expected="a route of one item",
        )
    price = next(iter(prices.values()))
    ages = _finite(age)
    if not found.residual:
        return np.full(ages.shape, price)
    known = sorted(found.residual)
    factors: Array = np.interp(ages, known, [found.residual[one] for one in known])
    return price * factors


def _prices(model: Model, route: int, place: str) -> dict[str, float]:
    """Item on a route → price of one unit, read as the account of a run reads it."""
    books = Books(compile_model(model))
    flows = [index for index, flow in enumerate(books.flows) if flow.route is model.routes[route]]
    if not flows:
        raise NetworkError("a route that carries nothing", place=place)
    price = model.routes[route].price
    assert price is not None
    found = {}
    for index in flows:
        item = books.flows[index].item
        term = books.per_unit(price, books.currency, index, f"{place}.price")
        each = float(term.numbers[0][0, -1])
        found[item] = each * _mass(books, item, place) if term.driver.kind == "mass" else each
    return found


def _mass(books: Books, item: str, place: str) -> float:
    """kg of one unit of an item, whenever it was made."""
    program = books.program
    tables = [
        program.coefficients.get_table(number) for (of, _), number in program.masses.items() if of == item
    ]
    masses = np.unique(sum(tables, np.zeros((1, 1))))
    if masses.size > 1:
        raise UnsupportedError(
            f"a price by mass of '{item}', whose mass depends on the year made",
            place=f"{place}.price",
            found=f"{masses[0]:g} to {masses[-1]:g} kg",
            expected=f"a price per {books.model.items[item].unit}",
        )
    return float(masses[0])


def _known(name: str, names: list[str], what: str) -> str:
    if name not in names:
        hint = did_you_mean(name, names)
        with asked():
            raise UnknownNameError(f"no such {what}", found=name, expected=names, hint=hint)
    return name


def _finite(age: ArrayLike) -> Array:
    ages = np.asarray(age, dtype=np.float64)
    if not np.isfinite(ages).all():
        raise RangeError("not finite", place="age", found=ages, expected="finite numbers")
    return ages


def _last_year(model: Model) -> Read:
    """Reads quantities as they are expected in the last year."""
    evaluation = Evaluation(model)
    return lambda quantity, unit, place: evaluation.array(quantity, unit, place)[:, -1:]
