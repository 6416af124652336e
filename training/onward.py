"""Take up an encoder where an earlier training left it: its weights, out of the packaged file."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper
from torch import nn

from training.base import Base, Quantised
from training.encoder import PARTS, Coarse, Encoder
from training.vocabulary import SPECIAL

_EMBEDDED = 2
"""The pieces' codes and scales stand first; they are the base's own and are never trained."""


def kept_tokens(base: Base, path: Path) -> NDArray[np.int64]:
    """Return the base's tokens that a packaged tokeniser keeps, in its order."""
    vocabulary = json.loads(gzip.decompress(path.read_bytes()))["model"]["vocab"]
    at = {piece: token for token, piece in enumerate(base.pieces) if token >= SPECIAL}
    return np.array([*range(SPECIAL), *(at[piece] for piece, _ in vocabulary[SPECIAL:])])


def take_up(encoder: Encoder, path: Path) -> None:
    """Give the encoder the weights of an exported one of the same shape, in place.

    Raises ValueError when the file holds another number of weights.
    """
    weights = _weights(path)
    for norm_or_layer in (encoder.normal, *encoder.layers):
        _take_part(norm_or_layer, weights)
    for head in (encoder.urgency, encoder.hazard, encoder.meaning):
        _fill(head.weight, next(weights).T)
        _fill(head.bias, next(weights))
    if next(weights, None) is not None:
        raise ValueError(f"{path}: more weights than this encoder has; train it from the base")


def _weights(path: Path) -> Iterator[NDArray[np.generic]]:
    """Yield what was trained, in the order in which export wrote it."""
    model = onnx.load_from_string(gzip.decompress(path.read_bytes()))
    for place, tensor in enumerate(model.graph.initializer):
        is_position = tensor.data_type == TensorProto.FLOAT16 and len(tensor.dims) > 1
        if place >= _EMBEDDED and tensor.data_type != TensorProto.INT64 and not is_position:
            yield numpy_helper.to_array(tensor)


def _take_part(part: nn.Module, weights: Iterator[NDArray[np.generic]]) -> None:
    if isinstance(part, nn.LayerNorm):
        _fill(part.weight, next(weights))
        _fill(part.bias, next(weights))
        return
    if isinstance(part, Coarse):
        _fill(part.weight, _unpacked(next(weights), next(weights)))
        _fill(part.bias, next(weights))
        return
    layer = dict(part.named_children())
    for name in (*PARTS[:4], "aln", *PARTS[4:], "oln"):
        _take_part(layer[name], weights)


def _unpacked(packed: NDArray[np.generic], scales: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return a matrix of weights from its nibbles [rows, blocks, BLOCK / 2] and its scales."""
    codes = np.stack([packed.view(np.uint8) & 15, packed.view(np.uint8) >> 4], axis=-1)
    rows = len(packed)
    return Quantised(
        codes.reshape(rows, -1), scales.astype(np.float32).reshape(rows, -1)
    ).dequantised()


def _fill(parameter: nn.Parameter, value: NDArray[np.generic]) -> None:
    with torch.no_grad():
        parameter.copy_(torch.tensor(np.asarray(value, np.float32)))
