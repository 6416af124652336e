"""What an audio call needs from outside: the way to the caller's ear, and the parts of speech."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from aurora.lines.audio.judging import EachAlone, Judging
from aurora.speech.codec import Pcm
from aurora.speech.endpointing import Endpointing
from aurora.speech.site_words import Corrected
from aurora.speech.transcribe import Transcript
from aurora.speech.voice_activity import VoiceActivity
from aurora.speech.waiting import Priority, never


class Ending(Enum):
    """How an audio call came to its end."""

    HUNG_UP = "hung_up"
    """By the caller; the call has been ended."""
    DROPPED = "dropped"
    """The connection broke; the call goes on elsewhere, or waits."""
    ENDED = "ended"
    """By Aurora: everything was said."""
    HANDED_OFF = "handed_off"
    """The caller is to be put through to a person now."""
    FAILED = "failed"
    """Speech cannot be put into words, or words into speech; another way has to go on."""


class AudioPort(Protocol):
    """A caller's ear and screen: a Twilio stream, a browser, a kiosk.

    What cannot be sent any more is dropped without an error: whoever owns the port sees it close
    and calls `AudioCall.hang_up` or `AudioCall.drop`.
    """

    async def send_audio(self, mulaw: bytes) -> None:
        """Play whole 20 ms frames of mu-law behind what was sent before."""

    async def send_mark(self, name: str) -> None:
        """Have the name sent back once everything before it was played."""

    async def clear(self) -> None:
        """Stop playing and forget what was sent."""

    async def show(self, what: dict[str, Any]) -> None:
        """Show the live transcript, urgency and sentences, where there is a screen."""


class Transcription(Protocol):
    """Puts sound into words: the pool of workers."""

    async def transcribe(
        self,
        pcm: Pcm,
        language: str,
        *,
        priority: Priority,
        is_partial: bool,
        call: str,
        among: Sequence[str] = (),
        within_s: float | None = None,
        has_gone_on: Callable[[], bool] = never,
    ) -> Transcript:
        """Return the words; raises SpeechUnavailable.

        among: find out which of these languages it is. within_s: or say that it is too late.
        has_gone_on: the caller speaks on after the pause in which this was asked for.
        """


class SpokenLines(Protocol):
    """Sentences as sound."""

    def get(self, text: str, language: str) -> bytes | None:
        """Return mu-law that is ready."""

    async def render(self, text: str, language: str) -> bytes:
        """Return mu-law, made where it is not ready; raises VoiceUnavailable."""


Correct = Callable[[str, str, Sequence[float]], Corrected]
"""Text, language and how sure the recogniser was of each word."""


@dataclass(frozen=True, slots=True)
class SpeechParts:
    """What all audio calls of this machine share."""

    activity: Callable[[], VoiceActivity]
    transcription: Transcription
    lines: SpokenLines
    endpointing: Endpointing = field(default_factory=Endpointing)
    correct: Correct = lambda text, language, confidences: Corrected(text)
    """Puts right site words that the recogniser mistook."""
    judging: Judging = field(default_factory=EachAlone)
    """Where the sound of all calls is judged."""
    languages: Sequence[str] = ("en",)
    """Those that callers of the site may speak."""
    silence_s: float = 5.0
    """Without a word after Aurora's last, before a silent turn is taken."""
