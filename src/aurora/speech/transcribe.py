"""Put one stretch of telephone speech into words with a Whisper model; corrects no words."""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import ctranslate2
from tokenizers import Tokenizer

from aurora.errors import SpeechUnavailable
from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.features import FRAMES_A_SECOND, LogMel
from aurora.speech.gates import why_refused
from aurora.speech.weights import Weights

SHORTEST_WINDOW_S = {"tiny.en": 10, "base": 10}
"""The shortest each was seen to bear without looping: docs/decisions/0009-recognition.md."""
SAFE_WINDOW_S = 30
"""Of a model that nobody measured."""
LONGEST_S = 30
"""What a Whisper hears at once; of longer speech, the end is heard."""
SHORTEST_S = 0.1
TOKENS_A_SECOND = 8
SPARE_TOKENS = 8
SURE_OF_LANGUAGE = 0.6
"""Under it the call's language stays: a few words on a telephone are easily mistaken."""
SURE = -0.4
"""Confidence from which the faster model is not asked twice."""
BEAM = 3
FAST = {"tiny.en"}
"""Asked with a beam of one, as partials are: who is not sure enough so is asked with the other."""
GAVE_WAY = "gave_way"
"""Why words were not read to the end: those of somebody who has paused go first."""
WORD_STARTS = "Ġ"
"""How the vocabulary writes a space."""


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
    word_confidences: tuple[float, ...] = ()
    """Probability of each word of the text, between spaces; empty when they do not fit it."""
    language_confidence: float = 1.0
    """Below 1 the language was heard and not given."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one model wrote in one language; fields as of a Transcript."""

    text: str
    confidence: float
    no_speech: float
    word_confidences: tuple[float, ...]


class Transcriber(Protocol):
    """Blocking; runs in a worker."""

    def transcribe(
        self, pcm: Pcm, language: str, *, is_partial: bool, among: Sequence[str] = ()
    ) -> Transcript: ...


class WhisperTranscriber:
    """One model, in the languages it knows."""

    def __init__(
        self,
        weights: Weights,
        *,
        threads: int = 1,
        clock: Callable[[], float] = time.monotonic,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        """gives_way: asked between two steps, whether something more urgent waits for this one."""
        folder = weights.folder
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self._weights = weights
        self._clock = clock
        self._gives_way = gives_way
        self._sound: tuple[bytes, int] | None = None
        """The samples that were encoded last, and in how many frames."""
        self._encoded: Any = None
        self._said: dict[tuple[str, int], _Said] = {}
        """What was made of them, by language and beam."""
        self._window_s = SHORTEST_WINDOW_S.get(weights.name, SAFE_WINDOW_S)
        self._features = LogMel(config.get("num_mel_bins", 80))
        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._whisper = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=1
        )

    def transcribe(
        self, pcm: Pcm, language: str, *, is_partial: bool, among: Sequence[str] = ()
    ) -> Transcript:
        """Return the words; with several languages in `among`, in the one that is heard.

        Raises SpeechUnavailable, with the reason "gave_way", when it gives way.
        """
        started = self._clock()
        pcm = pcm[-LONGEST_S * LINE_HZ :]
        seconds = len(pcm) / LINE_HZ
        heard = Transcript("", language, 0.0, 1.0, seconds, 0.0, self._weights.name)
        if seconds >= SHORTEST_S:
            heard = self._heard(pcm, heard, among, is_partial=is_partial)
        reject = why_refused(
            heard.text, seconds=seconds, confidence=heard.confidence, no_speech=heard.no_speech
        )
        return replace(heard, reject=reject, took_s=self._clock() - started)

    def _heard(
        self, pcm: Pcm, heard: Transcript, among: Sequence[str], *, is_partial: bool
    ) -> Transcript:
        encoded = self._encode(pcm, max(self._window_s, math.ceil(heard.seconds)))
        if self._gives_way():
            raise SpeechUnavailable(GAVE_WAY)
        language, sureness = heard.language, 1.0
        if len(among) > 1 and not self._weights.is_english_only:
            language, sureness = self._language(encoded, among, language)
        beam = 1 if is_partial or self._weights.name in FAST else BEAM
        if (said := self._said.get((language, beam))) is None:
            said = self._said[language, beam] = self._say(encoded, heard.seconds, language, beam)
        return replace(
            heard,
            text=said.text,
            language=language,
            language_confidence=sureness,
            confidence=said.confidence,
            no_speech=said.no_speech,
            word_confidences=said.word_confidences,
        )

    def _encode(self, pcm: Pcm, window_s: int) -> Any:
        """Return the sound as the model hears it; what is asked about again is not heard twice."""
        sound = (pcm.tobytes(), window_s * FRAMES_A_SECOND)
        if sound != self._sound:
            self._sound, self._said = None, {}
            features = self._features(pcm, window_s * FRAMES_A_SECOND)
            self._encoded = self._whisper.encode(ctranslate2.StorageView.from_array(features))
            self._sound = sound
        return self._encoded

    def _say(self, encoded: Any, seconds: float, language: str, beam: int) -> "_Said":
        prompt = self._prompt(language)
        result = self._whisper.generate(
            encoded,
            [prompt],
            beam_size=beam,
            no_repeat_ngram_size=3,
            # The library keeps half of the length for the prompt.
            max_length=2 * (math.ceil(seconds * TOKENS_A_SECOND) + SPARE_TOKENS),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        text = self._tokens.decode(tokens, skip_special_tokens=True).strip()
        return _Said(
            text,
            result.scores[0],
            result.no_speech_prob,
            self._word_confidences(text, tokens, prompt, encoded),
        )

    def _prompt(self, language: str) -> list[str]:
        which = [] if self._weights.is_english_only else [f"<|{language}|>", "<|transcribe|>"]
        return ["<|startoftranscript|>", *which, "<|notimestamps|>"]

    def _language(self, encoded: Any, among: Sequence[str], language: str) -> tuple[str, float]:
        """Return the likeliest of the languages and its share of their probability."""
        found = dict(self._whisper.detect_language(encoded)[0])
        chances = {one: found.get(f"<|{one}|>", 0.0) for one in among}
        total = sum(chances.values()) or 1.0
        likeliest = max(chances, key=lambda one: chances[one])
        if chances[likeliest] < SURE_OF_LANGUAGE * total:
            likeliest = language
        return likeliest, chances.get(likeliest, 0.0) / total

    def _word_confidences(
        self, text: str, tokens: Sequence[int], prompt: Sequence[str], encoded: Any
    ) -> tuple[float, ...]:
        """Return each word's least probable token, as the model hears the words it has written."""
        if not text:
            return ()
        start = [self._tokens.token_to_id(token) for token in prompt]
        heard = self._whisper.align(encoded, start, [tokens], FRAMES_A_SECOND)[0]
        words: list[float] = []
        for token, chance in zip(tokens, heard.text_token_probs, strict=False):
            if not words or (self._tokens.id_to_token(token) or "").startswith(WORD_STARTS):
                words.append(chance)
            else:
                words[-1] = min(words[-1], chance)
        return tuple(round(word, 3) for word in words) if len(words) == len(text.split()) else ()


class SecondOpinion:
    """A fast model whose words stand when it is sure, else those of the surer of two."""

    def __init__(self, first: Transcriber, second: Transcriber) -> None:
        self._first = first
        self._second = second

    def transcribe(
        self, pcm: Pcm, language: str, *, is_partial: bool, among: Sequence[str] = ()
    ) -> Transcript:
        first = self._first.transcribe(pcm, language, is_partial=is_partial, among=among)
        if first.confidence >= SURE and first.reject is None:
            return first
        second = self._second.transcribe(pcm, language, is_partial=is_partial, among=among)
        took_s = first.took_s + second.took_s
        is_better = (second.reject is None, second.confidence) > (
            first.reject is None,
            first.confidence,
        )
        return replace(second if is_better else first, took_s=took_s)
