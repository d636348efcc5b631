"""Files of worked examples held against the catalogue, entry by entry."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meguru.errors import (
    DuplicateKeyError,
    MeguruError,
    MissingValueError,
    NotReadableError,
    UnknownNameError,
    WrongTypeError,
    did_you_mean,
)
from meguru.files.tree import parse_tree, plain, read_text
from meguru.indicators.catalogue.lookup import catalogue
from meguru.indicators.verification.comparing import Comparison, compare_value, refuse_value
from meguru.indicators.verification.names import Names, expectation, figures_of, names_from, shipped_names

PASSED, FAILED, REFUSED, SERIES, CONTRADICTION = (
    "passed",
    "failed",
    "not reproduced",
    "series",
    "contradiction",
)
GOOD = (PASSED, REFUSED, SERIES, CONTRADICTION)
OUTPUT_ONLY, NEGATIVE = "published_output_only", "negative_control"
# Of files that do not bring a legend of their own; as in the reference's.
STATUSES = (
    "verified_in_source",
    "verified_in_source_rounded",
    "verified_within_monte_carlo",
    OUTPUT_ONLY,
    "computed_by_third_party_code",
    "inputs_verified_output_hand_derived",
    "property_stated_in_source",
    "property_read_from_seed",
    "hand_derived_from_formula",
    NEGATIVE,
    "CONTRADICTION_in_source",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one entry.

    ``outcome`` is ``passed``, ``failed``, ``not reproduced`` (a negative control that was rightly not met),
    ``series`` (outputs only: listed) or ``contradiction`` (listed, never a target).
    """

    id: str
    indicator: str
    status: str
    outcome: str
    compared: int
    detail: str

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.outcome in GOOD


def verify_file(path: str | os.PathLike[str], names: str | os.PathLike[str] | None = None) -> list[Verdict]:
    """Evaluate a file of worked examples; everything is read from it, nothing is known beforehand.

    Parameters
    ----------
    path
        Of the form told in its ``meta``: entries with ``id``, ``indicator``, ``inputs``, ``expected``,
        ``tolerance``, ``status`` (one of the legend in ``meta``, or of :data:`STATUSES`).
    names
        Mapping file of names, where they are not those that meguru knows.

    Raises
    ------
    NotReadableError
        It is no such file.
    """
    data = _read(Path(path))
    if not isinstance(data, Mapping) or not isinstance(data.get("examples"), list):
        raise NotReadableError("no file of worked examples", file=str(path), expected="a list 'examples'")
    known = dict(shipped_names())
    if names is not None:
        known |= names_from(_read(Path(names)))
    legend = (data.get("meta") or {}).get("status_legend") if isinstance(data.get("meta"), Mapping) else None
    statuses = tuple(legend) if isinstance(legend, Mapping) and legend else STATUSES
    ids = Counter(
        str(entry["id"]) for entry in data["examples"] if isinstance(entry, Mapping) and "id" in entry
    )
    return [
        verify_entry(entry, known, statuses=statuses, twice=ids[str(_of(entry, "id"))] > 1, number=number)
        for number, entry in enumerate(data["examples"], 1)
    ]


def _read(path: Path) -> Any:
    return plain(parse_tree(read_text(path), str(path)))


def verify_entry(
    entry: Any,
    known: Mapping[str, Names],
    *,
    statuses: Sequence[str] = STATUSES,
    twice: bool = False,
    number: int = 1,
) -> Verdict:
    """The verdict on one entry.

    Parameters
    ----------
    statuses
        Those that an entry may have.
    twice
        Whether another entry of the file has its id.
    number
        Which entry of the file it is, by which one without id is called.
    """
    status = str(_of(entry, "status") or "")
    common = (str(_of(entry, "id") or f"entry {number}"), str(_of(entry, "indicator") or "?"), status)
    try:
        _refuse_malformed(entry, statuses, twice)
    except MeguruError as error:
        return Verdict(*common, FAILED, 0, f"{type(error).__name__}: {error}")
    expected = entry.get("expected") or {}
    if status.startswith("CONTRADICTION"):
        return Verdict(*common, CONTRADICTION, 0, "the source contradicts itself")
    if status == OUTPUT_ONLY:
        return Verdict(*common, SERIES, 0, _listed(expected))
    try:
        found = list(_comparisons(entry, _names(common[1], known)))
    except MeguruError as error:
        return Verdict(*common, FAILED, 0, f"{type(error).__name__}: {error}")
    wrong = [one for one in found if not one.right]
    if wrong:
        return Verdict(*common, FAILED, len(found), "; ".join(one.told for one in wrong))
    compared = [one for one in found if not one.series]
    if not compared:
        return Verdict(*common, FAILED, 0, "nothing to compare")
    if status == NEGATIVE and not any(one.control for one in found):
        return Verdict(*common, FAILED, 0, "a negative control without a wrong value")
    outcome = REFUSED if status == NEGATIVE else PASSED
    return Verdict(*common, outcome, len(compared), "; ".join(one.told for one in found))


def _of(entry: Any, key: str) -> Any:
    return entry.get(key) if isinstance(entry, Mapping) else None


def _refuse_malformed(entry: Any, statuses: Sequence[str], twice: bool) -> None:
    """An entry must be told by its id and say by its status what it is."""
    if not isinstance(entry, Mapping):
        raise WrongTypeError(
            "no entry", found=entry, expected="a mapping with id, indicator, inputs, expected"
        )
    for key in ("id", "indicator", "status"):
        if not entry.get(key):
            raise MissingValueError(f"'{key}' is not given", expected="id, indicator and status")
    for key in ("inputs", "expected"):
        if not isinstance(entry.get(key) or {}, Mapping):
            raise WrongTypeError(f"'{key}' is no mapping", found=entry[key], expected="values by name")
    if twice:
        raise DuplicateKeyError("two entries of one id", found=str(entry["id"]), expected="an id of its own")
    if str(entry["status"]) not in statuses:
        raise UnknownNameError(
            "no such status", found=str(entry["status"]), expected=list(statuses),
            hint=did_you_mean(str(entry["status"]), statuses),
        )  # fmt: skip


def _names(indicator: str, known: Mapping[str, Names]) -> Names:
    """Names of an entry; one that names an indicator of the catalogue itself needs none."""
    if indicator in known:
        return known[indicator]
    try:
        held, definition = catalogue().find(indicator)
    except MeguruError:
        raise UnknownNameError(
            "no names for this kind of example",
            found=indicator,
            hint=did_you_mean(indicator, known) or "Give them by a mapping file.",
        ) from None
    inputs = {name: name for name in (*held.variables, *held.steps)}
    expected: dict[str, Any] = {short: f"{short} [{one.unit}]" for short, one in held.indicators.items()}
    expected |= {name: {"step": f"{name} [{one.unit}]"} for name, one in held.steps.items()}
    if definition is not None:
        expected["value"] = f"{definition.short} [{definition.unit}]"
        expected["status"] = {"state": definition.short}
    return Names(f"{held.id}@{held.edition}", inputs, expected)


def _comparisons(entry: Mapping[str, Any], names: Names) -> Iterator[Comparison]:
    figures = figures_of(entry.get("inputs") or {}, names, str(entry.get("id", "")))
    held = catalogue().set(names.set)
    expected = entry.get("expected")
    if not expected:
        raise MissingValueError("nothing is expected", found="nothing", expected="values by name")
    tolerance = entry.get("tolerance") or 0.0
    if not isinstance(tolerance, (int, float)) or not math.isfinite(tolerance) or tolerance < 0:
        raise WrongTypeError("no tolerance", found=tolerance, expected="0 or more")
    flat = list(_flat(expected, names.expected))
    correct = [form for (name, form), _ in flat if name.startswith("correct")]
    for (name, form), value in flat:
        if expectation(form).kind == "wrong":
            yield refuse_value(held, figures, name, correct, value, tolerance)
        else:
            yield compare_value(held, figures, name, form, value, tolerance)


def _flat(expected: Mapping[str, Any], forms: Mapping[str, Any]) -> Iterator[tuple[tuple[str, Any], Any]]:
    """Name and form of each expected value; nested and listed ones one by one."""
    for name, value in expected.items():
        if name not in forms:
            raise UnknownNameError(
                "no such expected value", found=name, expected=list(forms), hint=did_you_mean(name, forms)
            )
        form = forms[name]
        if isinstance(form, Mapping) and "parts" in form:
            if not isinstance(value, Mapping):
                raise WrongTypeError(f"not the values of {name}", found=value, expected="values by name")
            yield from (
                ((f"{name}.{inner[0]}", inner[1]), part) for inner, part in _flat(value, form["parts"])
            )
        elif isinstance(form, list):
            if not isinstance(value, list) or len(value) != len(form):
                raise WrongTypeError(
                    f"not the values of {name}", found=value, expected=f"a list of {len(form)}"
                )
            pairs = zip(form, value, strict=True)
            yield from (((f"{name}.{index}", one), part) for index, (one, part) in enumerate(pairs))
        else:
            yield (name, form), value


def _listed(expected: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in expected.items())
