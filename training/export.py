"""Write the trained encoder as one ONNX file, its weights in 4 bits."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.base import BLOCK, Base
from training.encoder import PARTS, Coarse, Encoder

MICROSOFT = "com.microsoft"
OPSET = 20


class _Graph:
    """Nodes and weights as they are added; every value has a name of its own."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._count = 0

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        self._count += 1
        name = f"{kind.lower()}_{self._count}"
        self.nodes.append(
            helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes)
        )
        return name

    def weight(self, value: NDArray[np.generic], *, halved: bool = False) -> str:
        """Add a constant; `halved` stores it in 16 bits, widened again when the file is loaded."""
        self._count += 1
        name = f"weight_{self._count}"
        kept = value.astype(np.float16) if halved else value
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(kept), name))
        return self.node("Cast", name, to=TensorProto.FLOAT) if halved else name

    def nibbles(self, codes: NDArray[np.uint8], *, signed_shape: Sequence[int] | None) -> str:
        """Add 4-bit codes, two a byte, the first low; as INT4 of a shape, or as raw bytes."""
        self._count += 1
        name = f"weight_{self._count}"
        if signed_shape is None:
            packed = codes[..., 0::2] | (codes[..., 1::2] << 4)
            self.weights.append(numpy_helper.from_array(packed.astype(np.uint8), name))
            return name
        signed = (codes.astype(np.int16) - 8) & 15
        flat = signed.reshape(-1)
        packed = (flat[0::2] | (flat[1::2] << 4)).astype(np.uint8)
        self.weights.append(
            helper.make_tensor(
                name, TensorProto.INT4, list(signed_shape), packed.tobytes(), raw=True
            )
        )
        return name


def export(encoder: Encoder, base: Base, tokens: NDArray[np.int64], path: Path) -> None:
    """Write `tokens, mask -> urgency, hazard, meaning` (batch first) to `path`."""
    graph = _Graph()
    x = _embedded(graph, encoder, base, tokens)
    for module in encoder.layers:
        x = _layer(graph, module, base.heads, x)
    pooled = _pooled(graph, x)
    heads = {
        "urgency": _head(graph, encoder.urgency, pooled),
        "hazard": _head(graph, encoder.hazard, pooled),
        "meaning": graph.node(
            "LpNormalization", _head(graph, encoder.meaning, pooled), axis=-1, p=2
        ),
    }
    for output, value in heads.items():
        graph.nodes.append(helper.make_node("Identity", [value], [output]))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "triage",
            [
                helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "length"]),
                helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "length"]),
            ],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", None])
                for name in heads
            ],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=10,
    )
    # The time is left out: the same weights make the same file.
    path.write_bytes(gzip.compress(model.SerializeToString(), mtime=0))


def _embedded(graph: _Graph, encoder: Encoder, base: Base, tokens: NDArray[np.int64]) -> str:
    kept = base.words.rows(tokens)
    codes = graph.nibbles(kept.codes, signed_shape=kept.codes.shape)
    scales = graph.weight(kept.scales, halved=True)
    word = graph.node(
        "GatherBlockQuantized",
        codes,
        "tokens",
        scales,
        domain=MICROSOFT,
        block_size=BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    length = graph.node("Slice", graph.node("Shape", "tokens"), *_ints(graph, [1], [2], [0]))
    zero, axis = _ints(graph, [0], [0])
    table = graph.weight(encoder.positions.numpy(), halved=True)
    position = graph.node("Slice", table, zero, length, axis)
    return _norm(graph, encoder.normal, graph.node("Add", word, position))


def _ints(graph: _Graph, *values: list[int]) -> list[str]:
    return [graph.weight(np.array(value, np.int64)) for value in values]


def _norm(graph: _Graph, norm: nn.LayerNorm, x: str) -> str:
    scale = graph.weight(norm.weight.detach().numpy())
    bias = graph.weight(norm.bias.detach().numpy())
    return graph.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=norm.eps)


def _layer(graph: _Graph, module: nn.ModuleDict, heads: int, x: str) -> str:
    query, key, value = (_linear(graph, module[part], x) for part in PARTS[:3])
    mixed = graph.node(
        "MultiHeadAttention", query, key, value, "", "mask", domain=MICROSOFT, num_heads=heads
    )
    mixed = _linear(graph, module["ao"], mixed)
    x = _norm(graph, module["aln"], graph.node("Add", x, mixed))
    inner = graph.node("Gelu", _linear(graph, module["fi"], x))
    outer = _linear(graph, module["fo"], inner)
    return _norm(graph, module["oln"], graph.node("Add", x, outer))


def _linear(graph: _Graph, module: Coarse, x: str) -> str:
    weight = module.quantised()
    rows, columns = weight.codes.shape
    main = graph.node(
        "MatMulNBits",
        x,
        graph.nibbles(weight.codes.reshape(rows, columns // BLOCK, BLOCK), signed_shape=None),
        graph.weight(weight.scales.reshape(-1), halved=True),
        domain=MICROSOFT,
        K=columns,
        N=rows,
        bits=4,
        block_size=BLOCK,
        accuracy_level=4,  # multiplies in 8 bits: twice as fast, the same answers
    )
    return graph.node("Add", main, graph.weight(module.bias.detach().numpy()))


def _pooled(graph: _Graph, x: str) -> str:
    axis = graph.weight(np.array([1], np.int64))
    last = graph.weight(np.array([2], np.int64))
    weight = graph.node("Unsqueeze", graph.node("Cast", "mask", to=TensorProto.FLOAT), last)
    total = graph.node("ReduceSum", graph.node("Mul", x, weight), axis, keepdims=0)
    return graph.node("Div", total, graph.node("ReduceSum", weight, axis, keepdims=0))


def _head(graph: _Graph, head: nn.Linear, pooled: str) -> str:
    weight = graph.weight(head.weight.detach().numpy().T.copy())
    return graph.node("Gemm", pooled, weight, graph.weight(head.bias.detach().numpy()))
