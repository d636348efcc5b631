"""Parameters of lifetimes, and the survival curves that they describe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.errors import LifetimeError, MissingValueError
from meguru.model.components import Lifetime
from meguru.quantity import Quantity

Array = NDArray[np.float64]
Read = Callable[[Quantity, str, str], Array]  # quantity, unit, place → (sample or 1, time or 1)
NEEDED = {
    "weibull": ("shape", "scale"), "lognormal": ("mean", "sd"), "normal": ("mean", "sd"), "gamma": ("shape",
    "scale"),
    "fixed": ("age",), "survival": ("survival",), "threshold": ("loss", "threshold"),
}  # fmt: skip
UNITS = {
    "shape": "1",
    "scale": "year",
    "mean": "year",
    "sd": "year",
    "age": "year",
    "loss": "1/year",
    "threshold": "1",
}


def parameters(lifetime: Lifetime, place: str, read: Read) -> dict[str, Array]:
    """Parameters of a lifetime, (sample or 1, year made or 1); T50/T90 and mean/sd turned into shape and
    scale."""
    given = {
        n: getattr(lifetime, n)
        for n in ("shape", "scale", "t50", "t90", "mean", "sd", "age", "loss", "threshold")
    }
    found = {
        name: read(quantity, UNITS.get(name, "year"), f"{place}.{name}")
        for name, quantity in given.items()
        if quantity is not None
    }
    form = lifetime.distribution
    if form == "weibull" and {"t50", "t90"} <= found.keys():
        t50, t90 = found["t50"], found["t90"]
        if np.any(t90 <= t50) or np.any(t50 <= 0):
            raise LifetimeError(
                "t90 must be later than t50, and both positive",
                place=place,
                found=f"t50 {t50.min():g}, t90 {t90.min():g} years",
                expected="0 < t50 < t90",
            )
        shape = np.log(np.log(10) / np.log(2)) / np.log(t90 / t50)
        return {"shape": shape, "scale": t50 / np.log(2) ** (1 / shape)}
    if form == "gamma" and {"mean", "sd"} <= found.keys():
        return {"shape": (found["mean"] / found["sd"]) ** 2, "scale": found["sd"] ** 2 / found["mean"]}
    missing = [n for n in NEEDED[form] if n != "survival" and n not in found]
    if missing or (form == "survival" and not lifetime.survival):
        raise MissingValueError(
            f"a {form} lifetime lacks parameters",
            place=place,
            found=", ".join(found) or "none",
            expected=" and ".join(NEEDED[form]),
        )
    for name in ("shape", "scale", "mean", "sd", "age"):
        if name in found and np.any(found[name] <= 0):
            raise LifetimeError(
                "must be positive",
                place=f"{place}.{name}",
                found=float(found[name].min()),
                expected="above 0",
            )
    for name in ("loss", "threshold"):
        if name in found and (np.any(found[name] < 0) or np.any(found[name] >= 1)):
            raise LifetimeError(
                "not a share",
                place=f"{place}.{name}",
                found=f"{found[name].min():g} to {found[name].max():g}",
                expected="0 or more, below 1",
            )
    return found


def age_of(index: Any, sales: str) -> Any:
    """Age in steps of something with an age index, for rules and prices by age.

    Sold at the start of a step it is half a step older on average; at the end the age is t − c, as ODYM and
    PV ICE count it.
    """
    return index + (0.5 if sales == "start" else 0.0)


def survival(lifetime: Lifetime, values: dict[str, Array], age: Array) -> Array:
    """S(age), ages in years, broadcast against the parameters; 1 at negative ages."""
    age = np.maximum(age, 0.0)
    form = lifetime.distribution
    if form == "weibull":
        return np.exp(-((age / values["scale"]) ** values["shape"]))
    if form == "fixed":
        return np.where(age < values["age"] - 1e-9, 1.0, 0.0)
    if form == "threshold":
        return np.where((1.0 - values["loss"]) ** age < values["threshold"], 0.0, 1.0)
    if form == "survival":
        assert lifetime.survival is not None
        ages = sorted(lifetime.survival)
        return np.interp(age, ages, [lifetime.survival[a] for a in ages])
    return _smooth(form, values, age)


def _smooth(form: str, values: dict[str, Array], age: Array) -> Array:
    from scipy import special

    if form == "normal":
        return np.asarray(special.ndtr((values["mean"] - age) / values["sd"]))
    if form == "lognormal":
        variance = np.log1p((values["sd"] / values["mean"]) ** 2)
        location = np.log(values["mean"]) - variance / 2
        with np.errstate(divide="ignore"):
            return np.asarray(special.ndtr((location - np.log(age)) / np.sqrt(variance)))
    return np.asarray(special.gammaincc(values["shape"], age / values["scale"]))
