"""Errors say where, what was found, what was expected and what to do."""

from __future__ import annotations

import inspect
import pickle

import pytest

from meguru import errors
from meguru.errors import (
    BalanceError,
    MeguruError,
    ModelError,
    RangeError,
    RunError,
    UnitError,
    did_you_mean,
    nearest,
)


def test_a_full_message_reads_as_a_sentence_with_its_place() -> None:
    error = UnitError(
        "wrong dimension",
        file="model.yaml",
        line=12,
        place="processes.use.leave.obsolete.scale",
        found="14 kg",
        expected="a time (as '14 year')",
        hint="Did you mean 'year'?",
    )
    assert str(error) == (
        "model.yaml:12: processes.use.leave.obsolete.scale: wrong dimension; found '14 kg', "
        "expected a time (as '14 year'). Did you mean 'year'?"
    )


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MeguruError("broken"), "broken"),
        (MeguruError("broken", line=3), "line 3: broken"),
        (MeguruError("broken", file="a.yaml"), "a.yaml: broken"),
        (MeguruError("broken", found=0), "broken; found 0"),
        (MeguruError("broken", found=""), "broken; found ''"),
        (MeguruError("broken", expected=["a", "b"]), "broken; expected one of a, b"),
        (MeguruError("broken", expected={"b", "a"}), "broken; expected one of a, b"),
        (MeguruError("broken", expected=("only",)), "broken; expected only"),
        (MeguruError(place="a.b", found="x", expected="y"), "a.b: found 'x', expected y"),
        (MeguruError(hint="Look again."), "Look again."),
        (MeguruError("broken.", hint="Look again."), "broken. Look again."),
        (MeguruError(), ""),
    ],
)
def test_what_is_not_known_leaves_no_trace_in_the_message(error: MeguruError, text: str) -> None:
    assert str(error) == text


def test_a_long_text_is_shortened() -> None:
    assert len(str(MeguruError("broken", found="x" * 10_000))) < 120


def test_place_and_file_are_filled_in_once_and_never_replaced() -> None:
    error = RangeError("too large", place="inner").at(file="a.yaml", place="outer", line=0)
    assert (error.file, error.place, error.line) == ("a.yaml", "inner", 0)
    assert error.at(line=7, file="b.yaml").line == 0
    assert str(error).startswith("a.yaml:0: inner")


def test_errors_survive_the_way_to_another_process() -> None:
    error = RangeError("too large", place="a.b", found=2, expected="below 1", hint="Halve it.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is RangeError
    assert str(again) == str(error)


def test_every_error_is_documented_and_of_a_family() -> None:
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, MeguruError)]
    assert len(found) >= 28
    assert all(one.__doc__ and one.__doc__ != MeguruError.__doc__ for one in found if one is not MeguruError)
    assert issubclass(UnitError, ModelError)
    assert issubclass(BalanceError, RunError)
    assert not issubclass(RunError, ModelError)


@pytest.mark.parametrize(
    ("name", "names", "likely"),
    [
        ("recylce", ["recycle", "reuse"], "recycle"),
        ("Virgin-Maker", ["virgin_maker", "maker"], "virgin_maker"),
        ("ｍａｋｅｒ", ["maker"], "maker"),
        ("JPN", ["PLN", "JPY"], "JPY"),
        ("zzz", ["recycle"], None),
        ("x", [], None),
    ],
)
def test_the_nearest_name(name: str, names: list[str], likely: str | None) -> None:
    assert nearest(name, names) == likely
    assert did_you_mean(name, names) == (f"Did you mean '{likely}'?" if likely else None)
