"""Read recorded telephone speech with what was said in it, or have voices speak our own lines."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
import yaml
from py_nanotts import NanoTTS

from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.wav import read_wav
from evals.telephone import SPOKEN_HZ, STEADY, down_the_line, room, with_noise

LINES = Path(__file__).parent / "spoken_lines.yaml"
VOICES = {"en": ("en-US", "en-GB"), "es": ("es-ES",), "fr": ("fr-FR",), "de": ("de-DE",)}
SNR_DB = 18.0
"""These voices are heard far worse than natural ones: at 10 dB nothing can be told apart."""
PEAK_DB = -6.0


@dataclass(frozen=True, slots=True)
class Spoken:
    """One recording."""

    text: str
    language: str
    noise: str
    pcm: Pcm
    """At 8 kHz."""


def read_folder(folder: Path) -> Iterator[Spoken]:
    """Yield the recordings of a manifest.jsonl: file, lang, noise and text of each."""
    for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        pcm = read_wav(folder / row["file"])
        yield Spoken(row["text"], row["lang"], row["noise"], pcm)


def speak_own_lines() -> Iterator[Spoken]:
    """Yield spoken_lines.yaml in the voices there are, clean and in each steady noise."""
    voice = NanoTTS()
    for language, lines in yaml.safe_load(LINES.read_text("utf-8")).items():
        for text in lines:
            chance = random.Random(f"{language} {text}")  # noqa: S311 - reproducible, no secret
            name = chance.choice(VOICES[language])
            speed, pitch = chance.uniform(0.85, 1.1), chance.uniform(0.95, 1.05)
            wave = room(voice.speak(text, voice=name, speed=speed, pitch=pitch))
            for noise in ("none", *STEADY):
                numbers = np.random.default_rng(chance.getrandbits(64))
                mixed = wave
                if noise != "none":
                    mixed = with_noise(wave, STEADY[noise](len(wave), numbers), SNR_DB)
                line = soxr.resample(down_the_line(mixed, PEAK_DB), SPOKEN_HZ, LINE_HZ)
                pcm = np.clip(line * 32_767, -32_768, 32_767).astype(np.int16)
                yield Spoken(text, language, noise, pcm)
