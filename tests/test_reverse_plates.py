"""Plates and codes: what is read, which type it means, and when that is sure enough."""

from __future__ import annotations

import socket
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from plate_trial import trial
from synthetic_plates import plate_catalogue, plates

from meguru.reverse.catalogue import Catalogue, ProductType
from meguru.reverse.identify import plate
from meguru.reverse.identify.codes import Code, match_codes, read_codes
from meguru.reverse.identify.distance import CHANGE, confusions, distance
from meguru.reverse.identify.matching import Line, accepted_plate, doubtful_plate, likeness, match_plate
from meguru.reverse.identify.plate import read_plate
from meguru.reverse.spelling import folded

TEXTS = st.text("AB80O1I", max_size=6)


def slow_distance(read: str, meant: str) -> float:
    """The definition by itself: the cheapest of every way to begin."""
    costs = confusions()

    @cache
    def rest(i: int, j: int) -> float:
        if i == len(read) or j == len(meant):
            return CHANGE * (len(read) - i + len(meant) - j)
        swap = 0.0 if read[i] == meant[j] else costs.get((read[i], meant[j]), CHANGE)
        return min(rest(i + 1, j) + CHANGE, rest(i, j + 1) + CHANGE, rest(i + 1, j + 1) + swap)

    return rest(0, 0)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from([0.3, 1.0, 2.5, float("inf")]))
def test_the_distance_is_the_cheapest_way(read: str, meant: str, limit: float) -> None:
    cost = slow_distance(read, meant)
    assert distance(read, meant, limit) == pytest.approx(cost if cost <= limit else float("inf"))


def test_what_is_confused_costs_less() -> None:
    assert distance("WJ1OO", "WJ100") == pytest.approx(0.2)
    assert distance("WJ10B", "WJ108") == pytest.approx(0.25)
    assert distance("WJ10X", "WJ108") == pytest.approx(1.0)
    assert folded("ｗｊ-100 a／2") == "WJ100A2"


def catalogue(*models: str, **more: Any) -> Catalogue:
    return Catalogue(types={model: ProductType(maker="M", model=model, **more) for model in models})


def accepted(text: str, *models: str, score: float = 0.98) -> str | None:
    found = accepted_plate(match_plate([Line(text, score)], catalogue(*models)))
    return found.type_name if found else None


@pytest.mark.parametrize(
    ("text", "models", "expected"),
    [
        ("MODEL WJ-100A", ("WJ-100A", "KX-7"), "WJ-100A"),
        ("MODELWJ-100A", ("WJ-100A",), "WJ-100A"),
        ("型式WJ - 100A", ("WJ-100A",), "WJ-100A"),
        ("WJ-1OOA", ("WJ-100A",), None),  # the same shapes: an unknown type might be called so
        ("WJ-I00A", ("WJ-100A",), None),
        ("WJ-1008", ("WJ-100B",), None),  # an unknown type might well be called so
        ("WJ-100B", ("WJ-100B", "WJ-1008"), None),  # two types too like for a reader
        ("WJ-100B", ("WJ-100B", "WJ-100K"), "WJ-100B"),
        ("WJ-5A8", ("WJ-5A8", "WJ-SAB"), None),  # two letters that look alike apart
        ("WJ-5A8Z", ("WJ-5A8Z", "WJ-SAB2"), "WJ-5A8Z"),  # three
        ("WJ-100AX", ("WJ-100A",), None),
        ("WJ-100A X", ("WJ-100A",), None),  # a gap where there may be none
        ("WJ-100A 100V", ("WJ-100A",), "WJ-100A"),
        ("A2", ("A2",), None),  # too short to be more than chance
        ("100V 50/60Hz", ("WJ-100A",), None),
    ],
)
def test_a_plate_accepts_only_beyond_doubt(text: str, models: tuple[str, ...], expected: str | None) -> None:
    assert accepted(text, *models) == expected


@pytest.mark.parametrize("read", ["WJ-1OOA", "WJ-I00A", "WJ-I0OA"])
def test_letters_of_the_same_shape_are_a_doubt_and_not_an_acceptance(read: str) -> None:
    matches = match_plate([Line(read, 0.99)], catalogue("WJ-100A", "KX-7"))
    assert accepted_plate(matches) is None
    doubt = doubtful_plate(matches)
    assert doubt is not None and doubt.type_name == "WJ-100A"
    entered = match_plate([Line(read, 0.99)], catalogue("WJ-100A", read))
    assert doubtful_plate(entered) is None and accepted_plate(entered) is None


@pytest.mark.parametrize("read", ["WJ-100A", "WJ-1008", "KX-2"])
def test_what_is_exact_or_far_off_is_no_doubt(read: str) -> None:
    assert doubtful_plate(match_plate([Line(read, 0.99)], catalogue("WJ-100A"))) is None


def test_a_badly_read_line_or_two_types_on_a_plate_accept_nothing() -> None:
    assert accepted("WJ-100A", "WJ-100A", score=0.7) is None
    lines = [Line("WJ-100A", 0.99), Line("replaces KX-2200", 0.99)]
    assert accepted_plate(match_plate(lines, catalogue("WJ-100A", "KX-2200"))) is None


def test_another_spelling_of_the_catalogue_counts() -> None:
    known = catalogue("WJ-100A", plates=["めぐるくん"])
    found = accepted_plate(match_plate([Line("めぐるくん", 0.95)], known))
    assert found is not None and found.type_name == "WJ-100A"


def test_a_nearer_text_is_more_likely() -> None:
    matches = match_plate([Line("WJ-100A", 1.0)], catalogue("WJ-100A", "WJ-100K", "ZZ-999"))
    found = likeness(matches)
    assert [one.type_name for one in matches] == ["WJ-100A", "WJ-100K"]
    assert found["WJ-100A"] == pytest.approx(np.exp(10.0))
    assert found["WJ-100K"] == pytest.approx(np.exp(6.0))


def test_synthetic_plates_are_matched_and_never_accepted_wrongly() -> None:
    known = plate_catalogue()
    count = trial(known, plates(known, 18))
    assert (count.plates, count.wrong) == (18, 0)
    assert count.right >= 0.9 * count.known
    assert count.accepted >= 0.6 * count.known


def test_nothing_is_downloaded_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *rest: pytest.fail("a connection"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest: pytest.fail("a host was looked up"))
    plate._reader.cache_clear()
    assert read_plate(np.full((60, 120, 3), 200, np.uint8)) == []


def test_an_empty_plate_says_nothing() -> None:
    assert read_plate(np.full((120, 240, 3), 200, np.uint8)) == []
    assert match_plate([], catalogue("WJ-100A")) == []
    assert accepted_plate([]) is None


def code_pictures() -> list[Any]:
    """QR codes and bar codes, blurred, noisy, faint, white on black."""
    rng = np.random.default_rng(4)
    pictures = []
    for number in range(24):
        form = zxingcpp.BarcodeFormat.QRCode if number % 2 else zxingcpp.BarcodeFormat.Code128
        made = zxingcpp.create_barcode(f"MEGURU-{number:04d}", form)
        plain: Any = np.asarray(zxingcpp.write_barcode_to_image(made, scale=3), np.float32)
        plain = cv2.copyMakeBorder(plain, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=(255,))
        worn: Any = cv2.GaussianBlur(plain, (0, 0), 0.6 + 0.1 * number) * 0.5 + 60
        worn = worn + rng.normal(0, 12 + number, worn.shape)
        grey = np.clip(255 - worn if number % 5 == 0 else worn, 0, 255).astype(np.uint8)
        pictures.append(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB))
    return pictures


def test_more_codes_are_found_than_by_the_decoder_alone_and_never_fewer() -> None:
    alone = [{one.text for one in zxingcpp.read_barcodes(one)} for one in code_pictures()]
    ours = [{code.text for code in read_codes(one)} for one in code_pictures()]
    assert all(found <= more for found, more in zip(alone, ours, strict=True))
    assert sum(map(bool, ours)) > sum(map(bool, alone))
    truth = [f"MEGURU-{number:04d}" for number in range(24)]
    assert all(found <= {text} for found, text in zip(ours, truth, strict=True))


def test_a_pattern_holds_for_the_whole_code() -> None:
    known = Catalogue(
        types={
            "a": ProductType(maker="M", model="A-1", codes=[r"49\d{3}", r"X-.+"]),
            "b": ProductType(maker="M", model="B-1", codes=[r"49\d{4}"]),
        }
    )
    assert list(match_codes([Code("490001", "EAN")], known)) == ["b"]
    assert list(match_codes([Code("X-7", "QR"), Code("49000", "EAN")], known)) == ["a"]
    assert match_codes([Code("Y-7", "QR")], known) == {}
