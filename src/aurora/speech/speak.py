"""Turn a sentence into sound; what is said and when is decided elsewhere."""

import re
import threading
from typing import Protocol

import numpy as np
from py_nanotts import NanoTTS

from aurora.speech.codec import LINE_HZ, Pcm, resample

VOICES = {
    "en": "en-US",
    "en-GB": "en-GB",
    "es": "es-ES",
    "fr": "fr-FR",
    "de": "de-DE",
    "it": "it-IT",
}
_VOICE_HZ = 16_000


class Voice(Protocol):
    """A voice; blocking, and safe to use from several threads."""

    def render(self, text: str, language: str) -> Pcm:
        """Return a sentence as 8 kHz samples; raises KeyError for a language it has not."""
        ...


def speakable(text: str) -> str:
    """Return a sentence without the characters that the voice would take for markup."""
    return re.sub(r"[<>\\&{}\[\]|^~*_#`]", " ", text).strip()


class NanoVoice:
    """SVOX Pico in this process, at `rate` times its own speed."""

    name = "pico"

    def __init__(self, rate: float = 1.0) -> None:
        self.rate = rate
        self._engine = NanoTTS()
        self._one_at_a_time = threading.Lock()

    def render(self, text: str, language: str) -> Pcm:
        """Return a sentence as 8 kHz samples; raises KeyError for a language it has not."""
        voice = VOICES[language]
        with self._one_at_a_time:
            sound = self._engine.speak(speakable(text), voice=voice, speed=self.rate)
        return resample(np.frombuffer(sound, dtype=np.int16), _VOICE_HZ, LINE_HZ)
