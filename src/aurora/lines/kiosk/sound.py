"""Where a kiosk's sound comes from and goes to: a sound card or recordings, in the same frames."""

from collections.abc import AsyncGenerator
from typing import Protocol

from aurora.lines.kiosk.loudspeaker import Loudspeaker
from aurora.speech.codec import Pcm

FRAME_S = 0.03


class Sound(Protocol):
    """A microphone and a loudspeaker."""

    hz: int
    loudspeaker: Loudspeaker

    def frames(self) -> AsyncGenerator[Pcm, None]:
        """Return the microphone's sound, FRAME_S at a time, as it happens; endless on a card."""
        ...

    def close(self) -> None: ...
