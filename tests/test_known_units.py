"""Units parsed in an earlier run are not parsed again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
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


@pytest.mark.parametrize(
    "held",
    [
        "[1]",
        '"x"',
        "[" * 100_000,
        '{"t": 5}',
        '{"t": "abc"}',
        '{"t": [1e6, []]}',
        '{"t": ["1000000", [], []]}',
        '{"t": [true, [], []]}',
        '{"t": [1, [], []]}',
        '{"t": [NaN, [], []]}',
        '{"t": [-1e6, [], []]}',
        '{"t": [Infinity, [], []]}',
        '{"t": [1e6, "mass", []]}',
        '{"t": [1e6, [["mass"]], []]}',
        '{"t": [1e6, [["mass", "1"]], []]}',
        '{"t": [1e6, [["mass", NaN]], []]}',
        '{"t": [1e6, [[1, 1.0]], []]}',
        '{"t": [1e6, [], [5]]}',
        '{"t": [1e6, [["mass", 1.0]], [["tonne", 1.0]]], "kg": null}',
    ],
)
def test_what_is_kept_may_have_another_shape(held: str, tmp_path: Path, parsed: list[str]) -> None:
    place = tmp_path / "kept" / "units.json"
    place.parent.mkdir()
    place.write_text(held, encoding="utf-8")
    for _ in range(2):  # from the second on what is kept is whole again
        assert units.size_of("t") == 1e6
        assert units.dimension_of("t") == (("mass", 1.0),)
        assert parsed == ["t"]
        forget()


def test_what_another_program_keeps_meanwhile_is_not_lost(tmp_path: Path, parsed: list[str]) -> None:
    place = tmp_path / "kept" / "units.json"
    units.size_of("t")
    ours = place.read_bytes()
    place.unlink()
    forget()
    units.size_of("kg")
    place.write_bytes(ours)  # the other program began when nothing was kept, and ends first
    units.size_of("m2")
    forget()
    for unit in ("t", "kg", "m2"):
        units.size_of(unit)
    assert parsed == ["t", "kg", "m2"]


def test_what_programs_keep_together_has_a_limit_too(
    tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_units, "MOST", 2)
    place = tmp_path / "kept" / "units.json"
    for unit in ("t", "kg"):
        units.size_of(unit)
    full = place.read_bytes()
    place.unlink()
    forget()
    units.size_of("m2")
    place.write_bytes(full)
    units.size_of("m3")
    assert place.read_bytes() == full


def test_what_another_version_of_the_parser_meant_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "pint" / "__init__.py"
    package.parent.mkdir()
    package.touch()
    monkeypatch.setattr(known_units, "find_spec", lambda name: ModuleSpec(name, None, origin=str(package)))
    names = {known_units._place.__wrapped__().name}  # as from a folder of sources
    version = tmp_path / "pint-0.25.dist-info"
    version.mkdir()
    names.add(known_units._place.__wrapped__().name)
    version.rename(tmp_path / "pint-0.26.dist-info")  # files of the same time
    names.add(known_units._place.__wrapped__().name)
    assert len(names) == 3
    assert known_units._place.__wrapped__().name in names


def test_only_so_many_are_kept(parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_units, "MOST", 2)
    for unit in ("kg", "g", "mg"):
        units.size_of(unit)
    forget()
    for unit in ("kg", "g", "mg"):
        units.size_of(unit)
    assert parsed == ["kg", "g", "mg", "mg"]


def test_who_reads_while_it_is_written_finds_a_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "folder" / "one.json"
    seen: list[object] = []
    write = Path.write_text

    def slowly(file: Path, text: str, encoding: str) -> int:
        for end in (len(text) // 2, len(text)):
            write(file, text[:end], encoding=encoding)
            seen.append(cache.read_kept(path))
        return len(text)

    monkeypatch.setattr(Path, "write_text", slowly)
    cache.keep(path, '{"a": 1}')
    assert cache.read_kept(path) == {"a": 1}
    cache.keep(path, '{"a": 2}')
    assert cache.read_kept(path) == {"a": 2}
    assert seen == [None, None, {"a": 1}, {"a": 1}]
    assert [one.name for one in path.parent.iterdir()] == ["one.json"]
    assert cache.read_kept(tmp_path / "none.json") is None


def test_a_command_on_known_units_does_not_load_the_parser() -> None:
    program = "import sys, meguru; meguru.example('motor'); print('pint' in sys.modules)"
    for _ in range(2):
        shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
