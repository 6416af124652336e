"""Turn a sentence into sound; what is said and when is decided elsewhere."""

from importlib.metadata import version
from typing import Protocol

import numpy as np
from py_nanotts import NanoTTS

from aurora.errors import VoiceUnavailable
from aurora.speech import speakable
from aurora.speech.codec import LINE_HZ, Pcm, resample

VOICES = {
    "en": "en-US",
    "en-GB": "en-GB",
    "es": "es-ES",
    "fr": "fr-FR",
    "de": "de-DE",
    "it": "it-IT",
}
VOICE_HZ = 16_000
VOLUME = 0.7
"""At its full volume Pico clips."""
LEAD_S = 0.01
TAIL_S = 0.15
"""The breath between two sentences; Pico leaves up to 1.1 s, and 0.16 s before the first word."""
_SOUND_BELOW_PEAK = 0.01


class Voice(Protocol):
    """A voice; blocking, and safe to use from several threads."""

    identity: str
    """Names everything but text and language that changes the sound."""

    def render(self, text: str, language: str) -> Pcm:
        """Return a sentence as 8 kHz samples without silence around it; raises VoiceUnavailable."""
        ...

    def close(self) -> None: ...


class NanoVoice:
    """SVOX Pico in this process, at `rate` times its own speed.

    It holds the interpreter while it renders (3 to 60 ms a sentence), and some texts hang or crash
    it: a process with callers on the line speaks through `VoiceProcess`.
    """

    def __init__(self, rate: float = 1.0) -> None:
        self.identity = identity(rate)
        self._rate = rate
        self._engine = NanoTTS()

    def render(self, text: str, language: str) -> Pcm:
        """Return a sentence as 8 kHz samples without silence around it; raises VoiceUnavailable."""
        if (voice := VOICES.get(language)) is None:
            raise VoiceUnavailable("no_voice", language)
        said = speakable.speakable(text, language)
        if not said:
            return np.zeros(0, dtype=np.int16)
        sound = self._engine.speak(said, voice=voice, speed=self._rate, volume=VOLUME)
        return trim(resample(np.frombuffer(sound, dtype=np.int16), VOICE_HZ, LINE_HZ))

    def close(self) -> None:
        """Nothing to end."""


def identity(rate: float) -> str:
    """Return the identity of the voice at a rate."""
    return f"pico {version('py-nanotts')} {speakable.VERSION} {VOLUME} {rate:.3f}"


def trim(pcm: Pcm) -> Pcm:
    """Return a sentence with `LEAD_S` before and `TAIL_S` after its sound."""
    loudness = np.abs(pcm.astype(np.int32))
    if not loudness.any():
        return pcm[:0]
    sound = np.flatnonzero(loudness > loudness.max() * _SOUND_BELOW_PEAK)
    start = max(0, int(sound[0]) - round(LEAD_S * LINE_HZ))
    return pcm[start : int(sound[-1]) + round(TAIL_S * LINE_HZ)]
