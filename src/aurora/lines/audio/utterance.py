"""One turn of a caller as sound, and what is known of its words so far."""

import asyncio
from dataclasses import dataclass, field

import numpy as np

from aurora.lines.audio.reading import Reading
from aurora.speech.codec import LINE_HZ, Pcm

SAMPLE_BYTES = 2
AFTER_SPEECH_S = 0.1
"""Of the silence behind the last speech that is transcribed along: word ends are soft."""


@dataclass(eq=False, slots=True)
class Utterance:
    """Grows while the caller speaks; times are those of the sound, in seconds."""

    began_at: float
    """Of its first sample."""
    sound: bytearray = field(default_factory=bytearray)
    text: str = ""
    """The newest reading."""
    read_until: float = 0.0
    """How far that reading reached."""
    last_speech_at: float = 0.0
    spoke_until: float = 0.0
    """When, by the clock, the frame came in that held the last speech."""
    ended_at: float | None = None
    """When, by the clock, the turn was over."""
    asked_until: float = 0.0
    """How far the last transcription of it reached."""
    spoken_over: set[str] = field(default_factory=set)
    """Sentences that were in the caller's ear meanwhile."""
    pause: "asyncio.Task[Reading] | None" = None
    """The transcription begun in its last pause; None while the caller goes on."""
    partial: "asyncio.Task[None] | None" = None
    """The partial transcription under way."""

    def add(self, pcm: Pcm) -> None:
        self.sound += pcm.tobytes()

    @property
    def is_read(self) -> bool:
        """Whether the newest reading covers all of it."""
        return bool(self.text) and self.read_until >= self.last_speech_at

    @property
    def until(self) -> float:
        return self.began_at + len(self.sound) / SAMPLE_BYTES / LINE_HZ

    @property
    def seconds(self) -> float:
        """From the first to the last speech."""
        return max(self.last_speech_at - self.began_at, 0.0)

    def heard(self) -> Pcm:
        """Return its sound to just behind the last speech."""
        wanted = round((self.last_speech_at + AFTER_SPEECH_S - self.began_at) * LINE_HZ)
        whole = np.frombuffer(bytes(self.sound), np.int16)
        return whole[:wanted] if wanted > 0 else whole
