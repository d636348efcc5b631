"""Identification as a whole: what accepts, what proposes, what stays unknown, what is set aside."""

from __future__ import annotations

import json
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image
from synthetic_plates import drawn

from meguru.cli import main
from meguru.errors import NotReadableError, UnknownNameError, WrongTypeError
from meguru.reverse.catalogue import Catalogue, ProductType, load_catalogue, save_catalogue
from meguru.reverse.identify import Identifier, benchmark, identify_all, photos_in
from meguru.reverse.identify import identifier as identifying
from meguru.reverse.identify import picture as pictures
from meguru.reverse.identify.matching import Line
from meguru.reverse.identify.picture import WORKING_SIDE, open_photo

COLOURS = ((200, 40, 40), (40, 160, 60), (50, 70, 200), (220, 200, 60), (150, 60, 170))
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def thing(kind: int, rng: np.random.Generator) -> Pixels:
    """A synthetic photo: one coloured shape a type, somewhere, before a grey ground."""
    ground = rng.normal(120, 12, (120, 120, 3)) + rng.uniform(-30, 30)
    canvas = np.clip(ground, 0, 255).astype(np.uint8)
    x, y, size = (int(one) for one in (*rng.integers(50, 70, 2), rng.integers(28, 38)))
    colour = tuple(int(np.clip(one + rng.normal(0, 12), 0, 255)) for one in COLOURS[kind])
    corners = np.array(
        [[x + size * np.cos(a), y + size * np.sin(a)] for a in np.linspace(0, 2 * np.pi, 4 + kind)[:-1]]
    )
    cv2.fillPoly(canvas, [corners.astype(np.int32)], colour)
    return canvas


def save(pixels: Pixels | Image.Image, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of five synthetic types, six photos each."""
    home = tmp_path_factory.mktemp("types")
    types = {
        f"type-{kind}": ProductType(
            maker="Meguru (invented)", model=f"WJ-{kind}0{kind}7A", codes=[rf"T{kind}/\d+"]
        )
        for kind in range(5)
    }
    save_catalogue(Catalogue(types=types), home)
    rng = np.random.default_rng(1)
    for kind in range(5):
        for number in range(6):
            save(thing(kind, rng), home / "photos" / f"type-{kind}" / f"{number}.png")
    return home


@pytest.fixture(scope="module")
def identifier(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Identifier:
    return Identifier(load_catalogue(folder), cache=tmp_path_factory.mktemp("cache"))


def test_looks_propose_and_never_accept(identifier: Identifier) -> None:
    rng = np.random.default_rng(2)
    for kind in (0, 3):
        found = identifier.identify(thing(kind, rng))
        assert found.status == "proposed" and found.type_name is None
        assert found.candidates[0].type_name == f"type-{kind}"
        assert len(found.candidates) == 5
        assert "looks alike" in found.candidates[0].reasons[0]
        chances = [one.probability for one in found.candidates if one.probability is not None]
        assert chances == sorted(chances, reverse=True) and sum(chances) == pytest.approx(found.known)


def test_what_is_like_nothing_is_unknown(identifier: Identifier) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (120, 120, 3)).astype(np.uint8)
    found = identifier.identify(noise)
    assert found.status == "unknown" and found.known is not None and found.known < 0.5


def test_a_code_accepts(identifier: Identifier) -> None:
    made = zxingcpp.create_barcode("T2/0815", zxingcpp.BarcodeFormat.QRCode)
    found = identifier.identify(
        np.stack([np.asarray(zxingcpp.write_barcode_to_image(made, scale=4))] * 3, -1)
    )
    assert (found.status, found.type_name) == ("accepted", "type-2")
    assert "T2/0815" in found.candidates[0].reasons[0]


def test_a_plate_accepts_and_says_why(identifier: Identifier, tmp_path: Path) -> None:
    path = save(drawn("WJ-4047A", "ja", np.random.default_rng(4)), tmp_path / "plate.png")
    found = identifier.identify(path)
    assert (found.status, found.type_name) == ("accepted", "type-4")
    assert found.candidates[0].type_name == "type-4"
    assert "plate reads 'WJ4047A'" in found.candidates[0].reasons[0]
    assert any("製造番号" in line.text for line in found.lines)


def test_a_plate_of_another_type_is_not_accepted(identifier: Identifier) -> None:
    plate = np.asarray(drawn("WJ-4047B", "en", np.random.default_rng(5)).convert("RGB"))
    found = identifier.identify(plate)
    assert found.type_name is None
    assert found.candidates[0].type_name == "type-4"  # the nearest is shown, with what differs
    assert "worth 1 letters" in found.candidates[0].reasons[0]


def test_a_plate_of_the_same_shape_is_doubtful_and_says_so(
    identifier: Identifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identifying, "read_plate", lambda pixels: [Line("WJ-4O47A", 0.99)])
    found = identifier.identify(np.full((60, 120, 3), 200, np.uint8))
    assert found.type_name is None and found.status != "accepted"
    assert found.candidates[0].type_name == "type-4"
    assert any(remark.startswith("doubtful: plate reads 'WJ4O47A'") for remark in found.remarks)


def test_ways_can_be_chosen(folder: Path) -> None:
    plate = np.asarray(drawn("WJ-4047A", "en", np.random.default_rng(6)).convert("RGB"))
    catalogue = load_catalogue(folder)
    assert Identifier(catalogue, ["code"]).identify(plate).status == "unknown"
    assert Identifier(catalogue, ["plate"]).identify(plate).type_name == "type-4"
    with pytest.raises(UnknownNameError, match="no such way"):
        Identifier(catalogue, ["smell"])


def test_a_broken_reference_is_set_aside_once_and_the_photos_are_identified(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "types"
    shutil.copytree(folder, home)
    (home / "photos" / "type-1" / "bad.png").write_bytes(b"nothing")
    photo = save(thing(3, np.random.default_rng(8)), tmp_path / "in" / "one.png")
    identifier = Identifier(load_catalogue(home), ["appearance"], cache=tmp_path)
    for _ in range(2):
        assert identifier.identify(photo).candidates[0].type_name == "type-3"
    assert [error.file for error in identifier.unreadable] == [str(home / "photos" / "type-1" / "bad.png")]
    found = CliRunner().invoke(
        main, ["reverse", "identify", str(home), str(tmp_path / "in"), "--by", "appearance"]
    )
    assert found.exit_code == 1 and found.output.count("reference set aside") == 1


def test_what_was_confirmed_is_a_reference(folder: Path, tmp_path: Path) -> None:
    photo = save(thing(1, np.random.default_rng(7)), tmp_path / "one.png")
    identifier = Identifier(load_catalogue(folder), cache=tmp_path)
    new = identifier.confirm(photo, "type-1")
    try:
        assert new in load_catalogue(folder).photos and new in identifier.catalogue.photos
        assert new.path.read_bytes() == photo.read_bytes()
        (tmp_path / "broken.png").write_bytes(b"nothing")
        with pytest.raises(NotReadableError):
            identifier.confirm(tmp_path / "broken.png", "type-1")
        with pytest.raises(UnknownNameError):
            identifier.confirm(photo, "type-9")
    finally:
        new.path.unlink()


# -- bad input --


def png_header(width: int, height: int) -> bytes:
    """The start of a picture, without what is in it."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + head
        + struct.pack(">I", zlib.crc32(head))
        + b"\0\0\1\0IDAT"
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (png_header(20_000, 10_000), "more than 178 million px.*at most 100 million"),
        (png_header(200_000, 100_000), "expected at most 100 million"),
        (png_header(12_000, 10_000), "12000 × 10000 px', expected at most 100 million"),
        (png_header(8, 8), "at least 16 px"),
        (png_header(64, 64), "broken"),
        (b"", "no picture"),
        (b"name,maker\n", "no picture"),
    ],
)
def test_a_bad_picture_is_refused_by_name(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(data)
    with pytest.raises(NotReadableError, match=says) as caught:
        open_photo(path)
    assert str(path) in str(caught.value)
    with pytest.raises(NotReadableError, match="no such photo"):
        open_photo(tmp_path / "gone.png")


def test_a_large_picture_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png_header(20_000, 10_000))
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(NotReadableError):
        open_photo(path)


def test_a_picture_of_sixteen_bits_is_not_white(tmp_path: Path) -> None:
    grey = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    Image.fromarray(grey).save(tmp_path / "deep.png")
    found = open_photo(tmp_path / "deep.png")
    assert (found[..., 0] == grey // 256).all() and (found[..., 0] == found[..., 2]).all()


def test_a_link_to_nowhere_is_set_aside_and_shown(tmp_path: Path, identifier: Identifier) -> None:
    (tmp_path / "lost.jpg").symlink_to(tmp_path / "nothing.jpg")
    (outcome,) = identify_all(identifier, photos_in(tmp_path))
    assert outcome.fault is not None and outcome.fault.message == "no such photo"


def test_photos_come_upright_and_small_enough(tmp_path: Path) -> None:
    image = Image.fromarray(np.zeros((40, 20, 3), np.uint8))
    exif = image.getexif()
    exif[0x0112] = 6  # turned by a quarter
    image.save(tmp_path / "turned.jpg", exif=exif)
    assert open_photo(tmp_path / "turned.jpg").shape == (20, 40, 3)
    save(np.zeros((20, 4000, 3), np.uint8), tmp_path / "wide.png")
    assert open_photo(tmp_path / "wide.png").shape[:2] == (8, WORKING_SIDE)
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert open_photo(tmp_path / "clear.png").min() == 255
    assert pictures.MOST_PIXELS == 100_000_000


def test_a_batch_sets_aside_what_it_can_not_read(identifier: Identifier, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    save(thing(0, rng), tmp_path / "in" / "a.png")
    save(thing(1, rng), tmp_path / "in" / "deeper" / "c.png")
    (tmp_path / "in" / "b.jpg").write_bytes(b"broken")
    (tmp_path / "in" / ".hidden").write_bytes(b"")
    outcomes = list(identify_all(identifier, photos_in(tmp_path / "in")))
    assert [one.path.name for one in outcomes] == ["a.png", "b.jpg", "c.png"]
    assert [one.found is None for one in outcomes] == [False, True, False]
    assert "b.jpg" in str(outcomes[1].fault)
    with pytest.raises(NotReadableError, match="no such folder"):
        photos_in(tmp_path / "nowhere")


# -- command line and benchmark --


def test_the_commands(folder: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    incoming = tmp_path / "in"
    save(drawn("WJ-1017A", "en", np.random.default_rng(9)), incoming / "plate.png")
    (incoming / "zero.jpg").write_bytes(b"")
    by_plate = ["reverse", "identify", str(folder), str(incoming), "--by", "plate"]
    shown = runner.invoke(main, by_plate)
    assert shown.exit_code == 1  # something was set aside
    assert "type-1" in shown.output and "set aside" in shown.output
    assert "2 photos: 1 accepted, 1 set aside" in shown.output
    data = json.loads(runner.invoke(main, [*by_plate, "--json"]).stdout)
    assert [one["status"] for one in data["photos"]] == ["accepted", "set aside"]
    assert data["photos"][0]["type"] == "type-1" and data["aside"] == 1
    listed = runner.invoke(main, ["reverse", "catalogue", str(folder)])
    assert listed.exit_code == 0 and "5 product types" in listed.output
    table = tmp_path / "types.csv"
    table.write_text("maker,model\nM,KX-7\n", encoding="utf-8")
    made = ["reverse", "catalogue", str(tmp_path / "new"), "--from", str(table)]
    assert runner.invoke(main, made).exit_code == 0
    assert runner.invoke(main, made).exit_code == 2  # not written over
    confirmed = runner.invoke(
        main, ["reverse", "confirm", str(tmp_path / "new"), str(incoming / "plate.png"), "KX-7"]
    )
    assert confirmed.exit_code == 0
    assert len(list((tmp_path / "new" / "photos" / "KX-7").iterdir())) == 1


def test_a_benchmark_tells_looks_apart(folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(10)
    names = [f"type-{kind}" for kind in range(5)]
    refs, test = [], []
    for kind, name in enumerate(names):
        for number in range(5):
            save(thing(kind, rng), tmp_path / "img" / name / f"{number}.png")
            refs.append([f"{name}/{number}.png", kind, "icon" if number == 0 else "nat", number])
        save(thing(kind, rng), tmp_path / "img" / name / "test.png")
        test.append([f"{name}/test.png", kind])
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"classes": names, "refs": refs, "test": test}), encoding="utf-8")
    found = benchmark(tmp_path, tmp_path / "cache")
    assert (found.types, found.references, found.photos) == (5, 25, 5)
    assert found.top_1.value >= 0.8 and found.top_5.value == 1.0
    assert found.top_1.error == pytest.approx(np.sqrt(found.top_1.value * (1 - found.top_1.value) / 5))
    assert found.cpu_ms > 0
    split.write_text('{"classes": []}', encoding="utf-8")
    with pytest.raises(WrongTypeError, match="no split"):
        benchmark(tmp_path)
    split.write_text("{", encoding="utf-8")
    with pytest.raises(NotReadableError, match="no JSON"):
        benchmark(tmp_path)
