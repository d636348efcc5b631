"""Units parsed in an earlier run are not parsed again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from meguru import cache
from meguru.errors import UnitError
from meguru.quantity import known_units, units

UNITS = ("t", "JPY/(t*km)", "kg_CO2e/kWh", "万円/台", "g/(m2*year)^0.5", "m2")


@pytest.fixture
def parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Texts that went through the parser; what is kept lies in a folder of the test."""
    texts: list[str] = []
    parse = units._parsed

    def counted(text: str) -> known_units.Unit:
        texts.append(text)
        return parse(text)

    monkeypatch.setattr(units, "_parsed", counted)
    monkeypatch.setattr(known_units, "_place", lambda: tmp_path / "kept" / "units.json")
    forget()
    yield texts
    monkeypatch.undo()
    forget()


def forget() -> None:
    """As if the program began anew."""
    units._unit.cache_clear()
    known_units._all.cache_clear()


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_means_the_same_in_the_next_run(unit: str, parsed: list[str]) -> None:
    first = units._unit(unit)
    forget()
    assert units._unit(unit) == first == units._parsed(unit)
    assert parsed == [unit, unit]  # the second by the test itself


def test_faults_are_not_kept(parsed: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(UnitError, match="unknown unit"):
            units.size_of("kgg")
        forget()
    assert parsed == ["kgg", "kgg"]


def test_what_is_kept_may_be_broken_or_impossible(tmp_path: Path, parsed: list[str]) -> None:
    place = tmp_path / "kept"
    place.write_text("no folder", encoding="utf-8")
    assert units.size_of("t") == 1e6
    place.unlink()
    forget()
    assert units.size_of("t") == 1e6
    (place / "units.json").write_text('{"t": [1', encoding="utf-8")
    forget()
    assert units.size_of("t") == 1e6 and len(parsed) == 3
    forget()
    assert units.size_of("t") == 1e6 and len(parsed) == 3


def test_only_so_many_are_kept(parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_units, "MOST", 2)
    for unit in ("kg", "g", "mg"):
        units.size_of(unit)
    forget()
    for unit in ("kg", "g", "mg"):
        units.size_of(unit)
    assert parsed == ["kg", "g", "mg", "mg"]


def test_who_reads_while_it_is_written_finds_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "one.json"
    cache.keep(path, '{"a": 1}')
    assert cache.read_kept(path) == {"a": 1}
    assert [one.name for one in path.parent.iterdir()] == ["one.json"]
    assert cache.read_kept(tmp_path / "none.json") is None


def test_a_command_on_known_units_does_not_load_the_parser() -> None:
    program = "import sys, meguru; meguru.example('motor'); print('pint' in sys.modules)"
    for _ in range(2):
        shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
