"""Read sentences with the trained encoder: probabilities of urgency and hazard, and a meaning."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aurora.levels import Hazard, Urgency
from aurora.triage.text import canonical

MODEL = Path(__file__).parent / "model"
MAX_TOKENS = 96
"""Begin, end and 94 pieces: some 60 words. Of longer speech the head and the tail are read."""
BEGIN, PAD, END = 0, 1, 2
BATCH = 32
URGENCIES = (Urgency.CRITICAL, Urgency.URGENT, Urgency.ASSISTIVE, Urgency.NORMAL)
"""In the order of the encoder's outputs."""
HAZARDS = tuple(Hazard)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder makes of one sentence; probabilities add up to 1."""

    urgency: NDArray[np.float32]
    """By URGENCIES, [4]."""
    hazard: NDArray[np.float32]
    """By HAZARDS, [22]."""
    meaning: NDArray[np.float32]
    """A unit vector; sentences that call for the same answer have similar ones."""


class Encoder:
    """One session for the whole line; reading is safe from several threads."""

    def __init__(self, folder: Path = MODEL) -> None:
        """Load the model of a folder, 0.1 s. Imports its libraries only here: 0.2 s more."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # One thread: a sentence takes milliseconds, and the other core has calls to carry.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = gzip.decompress((folder / "encoder.onnx.gz").read_bytes())
        self._session: Any = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )
        tokens = gzip.decompress((folder / "tokens.json.gz").read_bytes())
        self._tokeniser: Any = Tokenizer.from_buffer(tokens)
        self._read = lru_cache(maxsize=512)(self._read_one)

    def read(self, words: str) -> Reading:
        """Read one sentence; the same words are not read twice."""
        return self._read(canonical(words))

    def read_all(self, sentences: Sequence[str]) -> list[Reading]:
        """Read many sentences at once, in batches of like length."""
        tokens = [self._tokens(canonical(words)) for words in sentences]
        order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        readings: dict[int, Reading] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            readings |= zip(batch, self._run([tokens[index] for index in batch]), strict=True)
        return [readings[index] for index in range(len(tokens))]

    def _read_one(self, text: str) -> Reading:
        return self._run([self._tokens(text)])[0]

    def _tokens(self, text: str) -> list[int]:
        return [BEGIN, *shortened(self._tokeniser.encode(text).ids), END]

    def _run(self, batch: list[list[int]]) -> list[Reading]:
        length = max(map(len, batch))
        tokens = np.full((len(batch), length), PAD, np.int64)
        mask = np.zeros((len(batch), length), np.int32)
        for row, sentence in enumerate(batch):
            tokens[row, : len(sentence)] = sentence
            mask[row, : len(sentence)] = 1
        urgency, hazard, meaning = self._session.run(None, {"tokens": tokens, "mask": mask})
        return [
            Reading(softmax(urgency[row]), softmax(hazard[row]), meaning[row])
            for row in range(len(batch))
        ]


def shortened(pieces: list[int]) -> list[int]:
    """Return the pieces that are read: all, or of long speech the head and the tail."""
    room = MAX_TOKENS - 2
    return pieces if len(pieces) <= room else pieces[: room // 2] + pieces[-room // 2 :]


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities from scores of any height."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), np.float32)
