"""Put one stretch of telephone speech into words with a Whisper model; corrects no words."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import ctranslate2
from tokenizers import Tokenizer

from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.features import FRAMES_A_SECOND, LogMel
from aurora.speech.gates import why_refused
from aurora.speech.weights import Weights

SHORTEST_WINDOW_S = {"tiny.en": 10, "base": 15}
"""The shortest each was seen to bear without looping."""
SAFE_WINDOW_S = 30
"""Of a model that nobody measured."""
LONGEST_S = 30
"""What a Whisper hears at once; of longer speech, the end is heard."""
SHORTEST_S = 0.1
TOKENS_A_SECOND = 10
SPARE_TOKENS = 8


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was made of one stretch of speech."""

    text: str
    language: str
    confidence: float
    """Average log probability of a token: 0 is certain."""
    no_speech: float
    seconds: float
    """Of sound."""
    took_s: float
    model: str
    reject: str | None = None
    """Why the words are not to be believed; None when they are."""


class Transcriber(Protocol):
    """Blocking; runs in a worker."""

    def transcribe(self, pcm: Pcm, language: str, *, is_partial: bool) -> Transcript: ...


class WhisperTranscriber:
    """One model, in the languages it knows."""

    def __init__(
        self, weights: Weights, *, threads: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        folder = weights.folder
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self._weights = weights
        self._clock = clock
        self._window_s = SHORTEST_WINDOW_S.get(weights.name, SAFE_WINDOW_S)
        self._features = LogMel(config.get("num_mel_bins", 80))
        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._whisper = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=1
        )

    def transcribe(self, pcm: Pcm, language: str, *, is_partial: bool) -> Transcript:
        started = self._clock()
        pcm = pcm[-LONGEST_S * LINE_HZ :]
        seconds = len(pcm) / LINE_HZ
        if seconds < SHORTEST_S:
            return self._heard("", language, 0.0, 1.0, seconds, started)
        window_s = max(self._window_s, math.ceil(seconds))
        features = self._features(pcm, window_s * FRAMES_A_SECOND)
        result = self._whisper.generate(
            ctranslate2.StorageView.from_array(features),
            [self._prompt(language)],
            beam_size=1,
            no_repeat_ngram_size=3,
            max_length=self._max_length(seconds),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        text = self._tokens.decode(result.sequences_ids[0], skip_special_tokens=True).strip()
        return self._heard(
            text, language, result.scores[0], result.no_speech_prob, seconds, started
        )

    def _prompt(self, language: str) -> list[str]:
        which = [] if self._weights.is_english_only else [f"<|{language}|>", "<|transcribe|>"]
        return ["<|startoftranscript|>", *which, "<|notimestamps|>"]

    @staticmethod
    def _max_length(seconds: float) -> int:
        # The library gives half of the length to the prompt.
        return 2 * (math.ceil(seconds * TOKENS_A_SECOND) + SPARE_TOKENS)

    def _heard(
        self,
        text: str,
        language: str,
        confidence: float,
        no_speech: float,
        seconds: float,
        started: float,
    ) -> Transcript:
        reject = why_refused(text, seconds=seconds, confidence=confidence, no_speech=no_speech)
        took_s = self._clock() - started
        name = self._weights.name
        return Transcript(
            text, language, confidence, no_speech, seconds, took_s, name, reject=reject
        )
