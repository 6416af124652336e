"""Speech of a whole application with a scripted recogniser: real ears for what is speech, no words
read from it, and sentences that are tones."""

import asyncio
from functools import cache
from typing import Any

import numpy as np

from aurora.lines.audio.judging import Together
from aurora.lines.audio.ports import SpeechParts
from aurora.lines.audio.speech import SpeechState
from aurora.speech.codec import FRAME, LINE_HZ, Pcm, mulaw_encode
from aurora.speech.speak import NanoVoice
from aurora.speech.transcribe import Transcript
from aurora.speech.voice_activity import SileroActivity, SileroModel

CHARS_PER_S = 60.0
"""Tests have no time for an ordinary voice."""


@cache
def said(words: str, language: str = "en") -> Pcm:
    """Real speech for a test, rendered here."""
    return NanoVoice().render(words, language)


class ScriptedSpeech:
    """Stands in for `Speech`; whatever is said, it reads the same words, as they come."""

    state = SpeechState(True, True, "scripted")

    def __init__(self, words: str, takes_s: float = 0.05) -> None:
        self.words = words
        self.takes_s = takes_s
        self._model = SileroModel()
        self._judging = Together(self._model.batch)

    def parts(self, *, silence_s: float, at_kiosk: bool = False) -> SpeechParts:
        return SpeechParts(
            lambda: SileroActivity(self._model),
            self,
            self,
            judging=self._judging,
            silence_s=silence_s,
        )

    async def transcribe(self, pcm: Pcm, language: str, **_: Any) -> Transcript:
        await asyncio.sleep(self.takes_s)
        seconds = len(pcm) / LINE_HZ
        words = self.words.split()
        # As much of the words as of their sound was there; a good part of a sentence is silence.
        share = seconds / (0.75 * len(said(self.words)) / LINE_HZ)
        heard = " ".join(words[: max(1, round(min(share, 1.0) * len(words)))])
        return Transcript(heard, language, -0.2, 0.05, seconds, self.takes_s, "scripted", None)

    def get(self, text: str, language: str) -> bytes | None:
        samples = round(len(text) / CHARS_PER_S * LINE_HZ / FRAME) * FRAME
        tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(samples) / LINE_HZ)
        return mulaw_encode(tone.astype(np.int16))

    async def render(self, text: str, language: str) -> bytes:
        return self.get(text, language) or b""

    def figures(self) -> dict[str, float]:
        return {}

    async def start(self) -> None:
        """Nothing is loaded."""

    async def close(self) -> None:
        """Nothing is open."""
