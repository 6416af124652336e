"""Speak one utterance into a noisy telephone and transcribe it; chooses voice, noise and model."""

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from py_nanotts import NanoTTS

from evals.measures import Labelled
from evals.seeking import SNR_DB, sought
from evals.telephone import (
    ROOM_SECONDS,
    SPOKEN_HZ,
    STEADY,
    Wave,
    babble,
    down_the_line,
    room,
    with_noise,
)
from evals.whisper import Heard, Recogniser

VOICES = {"en": ("en-US", "en-GB"), "es": ("es-ES",), "fr": ("fr-FR",), "de": ("de-DE",)}
SPEED = (0.85, 1.25)
PITCH = (0.9, 1.1)
PEAK_DB = (-14.0, -2.0)
CROWD = (4, 7)
TINY_SHARE = 0.5
"""Of English; the other languages have base alone."""
NOISES = (*STEADY, "babble")


class Ears:
    """A voice, a line and two recognisers, over the utterances that make up the crowd."""

    def __init__(
        self,
        lines: Sequence[Labelled],
        models: Path,
        clean_share: float,
    ) -> None:
        self._voice = NanoTTS()
        self._recognisers = {name: Recogniser(name, models) for name in ("tiny.en", "base")}
        self._clean_share = clean_share
        self._crowd: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            self._crowd[line["lang"]].append(line["text"])

    def hear(self, line: Labelled, chance: random.Random) -> dict[str, Any]:
        """Return the line as heard; the same chance gives the same row."""
        language = line["lang"]
        is_tiny = language == "en" and chance.random() < TINY_SHARE
        model = "tiny.en" if is_tiny else "base"
        recogniser = self._recognisers[model]
        speech, voice = self._spoken(line["text"], language, chance)
        name = chance.choice(NOISES)
        noise = self._noise(name, language, len(speech), chance)
        peak_db = chance.uniform(*PEAK_DB)

        def listen(snr_db: float) -> Heard:
            noisy = with_noise(speech, noise, snr_db)
            return recogniser.hear(down_the_line(noisy, peak_db), language)

        clean = None
        if chance.random() < self._clean_share:
            clean = recogniser.hear(down_the_line(speech, peak_db), language).text
        snr_db = chance.uniform(*SNR_DB)
        how = {"model": model, "voice": voice, "noise": name, "clean": clean}
        return how | sought(line, listen, snr_db)

    def _spoken(self, text: str, language: str, chance: random.Random) -> tuple[Wave, str]:
        voice = chance.choice(VOICES[language])
        speed, pitch = chance.uniform(*SPEED), chance.uniform(*PITCH)
        return room(self._voice.speak(text, voice=voice, speed=speed, pitch=pitch)), voice

    def _noise(self, name: str, language: str, samples: int, chance: random.Random) -> Wave:
        numbers = np.random.default_rng(chance.getrandbits(64))
        if name != "babble":
            return STEADY[name](samples, numbers)
        pause = round(ROOM_SECONDS * SPOKEN_HZ)
        others = chance.choices(self._crowd[language], k=chance.randint(*CROWD))
        voices = [self._spoken(other, language, chance)[0][pause:-pause] for other in others]
        return babble(samples, voices, numbers)
