"""Examples are found by name, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from meguru.errors import UnknownNameError
from meguru.examples import example, example_names, example_path, locate

CHECKOUT = Path(__file__).parents[1] / "examples"


def test_names_are_the_folders_of_the_checkout_that_hold_a_model() -> None:
    assert example_names() == tuple(sorted(path.parent.name for path in CHECKOUT.glob("*/model.yaml")))


def test_path_leads_to_the_model_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "motor").mkdir()
    (tmp_path / "motor" / "model.yaml").write_text("name: motor", encoding="utf-8")
    (tmp_path / "notes").mkdir()
    monkeypatch.setattr(locate, "_INSTALLED", tmp_path)
    assert example_names() == ("motor",)
    assert example_path("motor").read_text(encoding="utf-8") == "name: motor"


@pytest.mark.parametrize("find", [example_path, example])
@pytest.mark.parametrize("name", ["moter", "../motor", ""])
def test_unknown_name_is_named_with_those_that_exist(
    name: str, find: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "motor").mkdir()
    (tmp_path / "motor" / "model.yaml").touch()
    monkeypatch.setattr(locate, "_INSTALLED", tmp_path)
    assert callable(find)
    with pytest.raises(UnknownNameError, match="motor") as caught:
        find(name)
    assert caught.value.found == name
    assert ("Did you mean" in str(caught.value)) == (name != "")


def test_every_example_loads_under_its_name() -> None:
    names = example_names()
    assert names
    for name in names:
        assert example(name).name == name
