"""Vectors of example sentences: read once when the model is trained, looked up when it is used."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aurora.triage.encoder import MODEL, Encoder
from aurora.triage.text import canonical

_KEY_BYTES = 8
_SCALE = 127


def key_of(text: str) -> int:
    """Return what a canonical sentence is looked up by."""
    digest = hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, "little")


def write_meanings(path: Path, texts: Iterable[str], vectors: NDArray[np.float32]) -> None:
    """Keep the vectors of canonical texts, 8 bits a number."""
    keys = np.array([key_of(text) for text in texts], np.uint64)
    order = np.argsort(keys)
    np.savez_compressed(
        path, keys=keys[order], vectors=np.round(vectors[order] * _SCALE).astype(np.int8)
    )


class Meanings:
    """The meaning of any example: from the file when it is packaged, else from the encoder."""

    def __init__(self, encoder: Encoder, folder: Path = MODEL) -> None:
        self._encoder = encoder
        with np.load(folder / "meanings.npz") as kept:
            self._keys, self._vectors = kept["keys"], kept["vectors"]

    def of(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, a row a sentence; a sentence that is not packaged takes 2 ms."""
        keys = np.array([key_of(canonical(sentence)) for sentence in sentences], np.uint64)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        vectors = self._vectors[at].astype(np.float32)
        new = np.flatnonzero(self._keys[at] != keys)
        if len(new):
            readings = self._encoder.read_all([sentences[int(index)] for index in new])
            vectors[new] = [reading.meaning for reading in readings]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
