"""Data files of the package are parsed once for each state of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meguru.errors import DuplicateKeyError
from meguru.files import shipped

TEXT = "a: {1: one, b: [1, 2.5, null, true]}\n"
DATA = {"a": {"1": "one", "b": [1, 2.5, None, True]}}


@pytest.fixture
def parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that went through the parser; what is kept lies in a folder of the test."""
    texts: list[str] = []
    parse = shipped._parsed

    def counted(text: str, name: str) -> object:
        texts.append(text)
        return parse(text, name)

    monkeypatch.setattr(shipped, "_parsed", counted)
    monkeypatch.setattr(shipped, "cache_folder", lambda home, name: tmp_path / "kept")
    return texts


def test_a_file_is_parsed_once_until_it_changes(tmp_path: Path, parsed: list[str]) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert shipped.read_shipped(file) == DATA == shipped.read_shipped(file)
    assert parsed == [TEXT]
    file.write_text(TEXT.replace("2.5", "3.5"), encoding="utf-8")
    assert shipped.read_shipped(file)["a"]["b"][1] == 3.5
    assert len(parsed) == 2


def test_what_is_kept_may_be_broken_or_impossible(tmp_path: Path, parsed: list[str]) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(TEXT, encoding="utf-8")
    (tmp_path / "kept").write_text("no folder", encoding="utf-8")
    assert shipped.read_shipped(file) == DATA
    (tmp_path / "kept").unlink()
    assert shipped.read_shipped(file) == DATA
    (kept,) = (tmp_path / "kept").iterdir()
    assert json.loads(kept.read_text(encoding="utf-8")) == DATA
    kept.write_text('{"a": ', encoding="utf-8")
    assert shipped.read_shipped(file) == DATA
    assert len(parsed) == 3
    assert shipped.read_shipped(file) == DATA and len(parsed) == 3
    kept.write_text("[1]", encoding="utf-8")
    assert shipped.read_shipped(file) == DATA and len(parsed) == 4


def test_another_parser_reads_again(
    tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(TEXT, encoding="utf-8")
    shipped.read_shipped(file)
    monkeypatch.setattr(shipped, "_parser", lambda: b"another")
    shipped.read_shipped(file)
    assert len(parsed) == 2


def test_faults_are_those_of_the_parser(tmp_path: Path, parsed: list[str]) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("a: 1\na: 2\n", encoding="utf-8")
    with pytest.raises(DuplicateKeyError, match=r"one\.yaml:2"):
        shipped.read_shipped(file)
