"""A recording in place of a microphone and another in place of a loudspeaker, in real time."""

import asyncio
import time
import wave
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import numpy as np

from aurora.errors import NoRecording
from aurora.lines.kiosk.loudspeaker import Loudspeaker
from aurora.lines.kiosk.sound import FRAME_S
from aurora.speech.codec import Pcm
from aurora.speech.wav import read_wav

Sleep = Callable[[float], Awaitable[None]]


class Recordings:
    """Both run on one clock, so that the second file shows what was answered when."""

    def __init__(
        self,
        wav_in: Path,
        wav_out: Path | None,
        hz: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Raises NoRecording for a file that cannot be read or written."""
        self.hz = hz
        self.loudspeaker = Loudspeaker(hz)
        self._frame = round(hz * FRAME_S)
        # A second more, in which it shows whether the last sound was speech.
        self._microphone = np.pad(read_wav(wav_in, hz), (0, hz))
        self._clock = clock
        self._sleep = sleep
        self._out = _open_out(wav_out, hz) if wav_out else None
        self._at = 0
        self.is_done: Callable[[], bool] = lambda: True
        """Whether nothing more is to come once the recording was played; its user's to say."""

    async def frames(self) -> AsyncGenerator[Pcm, None]:
        """Return the recording and then silence, until `is_done` says that it was answered."""
        began = self._clock()
        while self._at < len(self._microphone) or not self.is_done():
            due = began + (self._at + self._frame) / self.hz
            await self._sleep(max(0.0, due - self._clock()))
            heard = self._microphone[self._at : self._at + self._frame]
            self._at += self._frame
            played = self.loudspeaker.take(self._frame)
            if self._out is not None:
                self._out.writeframes(played.astype("<i2").tobytes())
            yield np.pad(heard, (0, self._frame - len(heard)))

    def close(self) -> None:
        if self._out is not None:
            self._out.close()


def _open_out(path: Path, hz: int) -> wave.Wave_write:
    try:
        out = wave.open(str(path), "wb")  # noqa: SIM115 - open for as long as the kiosk is
    except OSError as error:
        raise NoRecording(f"{path}: cannot be written ({error.strerror})") from error
    out.setnchannels(1)
    out.setsampwidth(2)
    out.setframerate(hz)
    return out
