"""The sound card through PortAudio; the only file that imports sounddevice, and only when asked."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import numpy as np
import structlog

from aurora.errors import NoSoundCard
from aurora.lines.kiosk.loudspeaker import Loudspeaker
from aurora.lines.kiosk.sound import FRAME_S
from aurora.speech.codec import Pcm

log = structlog.get_logger()

MOST_FRAMES_WAITING = 100
"""Three seconds; older sound is let go, so that a kiosk that was held up hears the present."""
SILENT_AFTER_S = 5.0
"""Without even silence from the microphone: it is gone, and nobody would notice a deaf kiosk."""
FIX = (
    "install PortAudio (Debian, Ubuntu: apt install libportaudio2; macOS: brew install portaudio), "
    "or try the line with --wav-in FILE"
)


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device as PortAudio lists it."""

    index: int
    name: str
    inputs: int
    outputs: int
    is_default_input: bool
    is_default_output: bool


def devices() -> list[Device]:
    """Return every sound device; raises NoSoundCard."""
    sd = _sounddevice()
    default_in, default_out = sd.default.device
    return [
        Device(
            index=index,
            name=f"{found['name']}, {sd.query_hostapis(found['hostapi'])['name']}",
            inputs=found["max_input_channels"],
            outputs=found["max_output_channels"],
            is_default_input=index == default_in,
            is_default_output=index == default_out,
        )
        for index, found in enumerate(sd.query_devices())
    ]


class SoundCard:
    """A microphone and a loudspeaker of this machine, open for as long as it exists."""

    def __init__(self, hz: int, microphone: str | None, loudspeaker: str | None) -> None:
        """microphone, loudspeaker: number or part of a name; the default ones when None.

        Raises NoSoundCard. Must be made on a running event loop.
        """
        sd = _sounddevice()
        self.hz = hz
        self.loudspeaker = Loudspeaker(hz)
        self._loop = asyncio.get_running_loop()
        self._frames: asyncio.Queue[Pcm] = asyncio.Queue(MOST_FRAMES_WAITING)
        self._has_dropped = False
        form: dict[str, Any] = {"samplerate": hz, "channels": 1, "dtype": "int16"}
        form |= {"blocksize": round(hz * FRAME_S), "latency": "low"}
        self._streams: list[Any] = []
        try:
            for kind, device, callback in (
                (sd.InputStream, microphone, self._captured),
                (sd.OutputStream, loudspeaker, self._wanted),
            ):
                stream = kind(device=_as_device(device), callback=callback, **form)
                self._streams.append(stream)
                stream.start()
            self.loudspeaker.latency_s = float(self._streams[1].latency)
        except (sd.PortAudioError, ValueError) as error:
            self.close()
            raise NoSoundCard(
                f"the sound card cannot be opened at {hz} Hz ({error}); see --list-devices and "
                "choose with --input and --output, or another SAMPLE_RATE"
            ) from error

    async def frames(self) -> AsyncGenerator[Pcm, None]:
        while True:
            try:
                frame = await asyncio.wait_for(self._frames.get(), SILENT_AFTER_S)
            except TimeoutError as error:
                raise NoSoundCard(
                    "the microphone gives nothing any more; is it still plugged in?"
                ) from error
            yield frame

    def close(self) -> None:
        for stream in self._streams:
            stream.close()

    def _captured(self, sound: Any, samples: int, time: Any, status: Any) -> None:
        self._loop.call_soon_threadsafe(self._take_in, np.array(sound[:, 0]))

    def _wanted(self, sound: Any, samples: int, time: Any, status: Any) -> None:
        sound[:, 0] = self.loudspeaker.take(samples)

    def _take_in(self, frame: Pcm) -> None:
        if self._frames.full():
            self._frames.get_nowait()
            if not self._has_dropped:
                log.warning("kiosk_sound_dropped")  # once: it would be said 33 times a second
            self._has_dropped = True
        self._frames.put_nowait(frame)


def _as_device(name: str | None) -> int | str | None:
    return int(name) if name is not None and name.isdecimal() else name


def _sounddevice() -> Any:
    """Import it only now: without the PortAudio library its import fails."""
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        raise NoSoundCard(f"no sound on this machine ({error}); {FIX}") from error
    return sounddevice
