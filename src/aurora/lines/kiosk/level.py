"""Judge a microphone's level, for whoever sets a kiosk up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aurora.speech.codec import Pcm

FULL_SCALE = 32_768
SILENT_DB = -90.0
QUIET_DB = -45.0
"""Speech below this is lost in the noise of a plant."""
CLIPPING_DB = -0.5
SPEECH_OVER_NOISE_DB = 10.0
PITCH_HZ = 440.0


@dataclass(frozen=True, slots=True)
class Level:
    """In dB below the loudest the microphone can give."""

    peak_db: float
    speech_db: float
    """Of the loudest tenth of the time."""
    noise_db: float
    """Of the quietest tenth."""

    @property
    def verdict(self) -> str:
        if self.peak_db <= SILENT_DB:
            return "no sound at all: the microphone is off, muted or not allowed"
        if self.peak_db >= CLIPPING_DB:
            return "too loud: turn the microphone's gain down"
        if self.speech_db < QUIET_DB:
            return "too quiet: turn the microphone's gain up, or stand closer"
        if self.speech_db - self.noise_db < SPEECH_OVER_NOISE_DB:
            return "speech hardly stands out: nobody spoke, or the place is very loud"
        return "good"


def level_of(frames: Sequence[Pcm]) -> Level:
    """Return the level of what was heard; frames of equal length."""
    sound = np.stack(frames).astype(np.float64) / FULL_SCALE
    loudness = np.sqrt(np.mean(sound**2, axis=1))
    return Level(
        peak_db=_db(float(np.abs(sound).max())),
        speech_db=_db(float(np.quantile(loudness, 0.95))),
        noise_db=_db(float(np.quantile(loudness, 0.05))),
    )


def db_of(frame: Pcm) -> float:
    """Return the loudness of one frame."""
    return _db(float(np.sqrt(np.mean((frame.astype(np.float64) / FULL_SCALE) ** 2))))


def tone(hz: int, seconds: float = 1.0) -> Pcm:
    """Return a tone to try a loudspeaker with."""
    at = np.arange(round(hz * seconds)) / hz
    sound = 0.3 * np.sin(2 * np.pi * PITCH_HZ * at) * np.minimum(1.0, (seconds - at) / 0.05)
    return (sound * (FULL_SCALE - 1)).astype(np.int16)


def _db(amplitude: float) -> float:
    return 20 * float(np.log10(max(amplitude, 1e-6)))
