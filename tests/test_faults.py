"""Every fault of a model file gives its own error with file, line, place, what was found and expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from edits import edited
from fault_rows import FAULTS, Fault
from whole_model import WHOLE

from meguru import errors
from meguru.engine.check import check, faults
from meguru.errors import ModelError
from meguru.files import tree
from meguru.model import load


def first_fault(path: Path) -> ModelError:
    """The error of a file, whether it can not be read or not be checked."""
    with pytest.raises(ModelError) as caught:
        check(load(path))
    return caught.value


def test_the_model_that_is_edited_has_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    model = load(path)
    check(model)
    assert faults(model) == []


def test_enough_faults_are_told_apart() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 55


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_has_its_error(fault: Fault, tmp_path: Path) -> None:
    text = edited(WHOLE, (fault.old, fault.new))
    path = tmp_path / "whole.yaml"
    path.write_text(text, encoding="utf-8")
    error = first_fault(path)
    assert type(error) is fault.error
    assert (error.place or "") in fault.place.split("|")
    assert error.line is not None and fault.line in text.splitlines()[error.line - 1]
    message = str(error)
    assert message.startswith(f"{path}:{error.line}: {error.place or ''}")
    for said in fault.says:
        assert said in message
    assert "found" in message and "expected" in message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    error = first_fault(tmp_path / "none.yaml")
    assert type(error) is errors.NotReadableError
    assert "none.yaml: can not be opened" in str(error)


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    path.write_bytes(WHOLE.replace("name: whole", "name: whole\nlabel: 循環").encode("shift_jis"))
    error = first_fault(path)
    assert type(error) is errors.NotReadableError and error.line == 2
    assert "not UTF-8; found 'byte 0x8f', expected UTF-8" in str(error)


@pytest.mark.parametrize("part", range(1, 10))
def test_a_file_that_is_broken_off(part: int, tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE[: len(WHOLE) * part // 10], encoding="utf-8")
    assert first_fault(path).file == str(path)


def test_a_file_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "whole.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    monkeypatch.setattr(tree, "LARGEST_FILE", path.stat().st_size)
    check(load(path))
    monkeypatch.setattr(tree, "LARGEST_FILE", path.stat().st_size - 1)
    error = first_fault(path)
    assert type(error) is errors.NotReadableError
    assert "file too large; found 'more', expected at most" in str(error)


def test_an_alias_bomb(tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    rows = ["label0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"label{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    path.write_text("\n".join(rows), encoding="utf-8")
    error = first_fault(path)
    assert type(error) is errors.NotReadableError and error.line is not None
    assert "aliases blow the file up" in str(error)


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace("mass: 5 kg", "mass: 6 kg").replace("amount: 300", "amount: -300")
    text = text.replace("A: 60 %", "A: 70 %").replace("price: 9000 JPY/piece", "price: 9000 JPY/km")
    path = tmp_path / "whole.yaml"
    path.write_text(text, encoding="utf-8")
    found = faults(load(path))
    # A wrong dimension keeps the numbers from being looked at.
    assert [error.place for error in found] == ["routes.make_motor -> use.price"]
    path.write_text(text.replace("JPY/km", "JPY/piece"), encoding="utf-8")
    assert {error.place for error in faults(load(path))} == {
        "items.motor.mass",
        "routes.use.retired -> collect.fees.0.amount",
        "processes.ore.countries",
    }
