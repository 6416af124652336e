"""Hear that the caller stopped although something goes on sounding; knows no turns."""

from collections import deque

import numpy as np

from aurora.speech.codec import Pcm

QUIET_BELOW_DB = 28.0
"""So far under the caller's own voice nothing is speech: detectors lag 100 ms, levels do not."""
BACKGROUND_BELOW_DB = 8.0
BACKGROUND_S = 0.7
"""Soft syllables are short. What stays under the voice for longer is a radio, a machine or other
people: in 56 recorded utterances no caller's voice stayed 8 dB down for 0.7 s."""
FORGET_DB_PER_S = 3.0
"""A caller who goes on more softly is heard again after a second or two."""
_SMOOTH_S = 0.1


class FallingEdge:
    """One caller's running level, window by window."""

    def __init__(self, window_s: float) -> None:
        self._forget_db = FORGET_DB_PER_S * window_s
        self._energies: deque[float] = deque(maxlen=max(1, round(_SMOOTH_S / window_s)))
        self._levels: deque[float] = deque(maxlen=round(BACKGROUND_S / window_s))
        self._voice_db = 0.0

    def judge(self, window: Pcm, is_speech: bool) -> bool:
        """Return the detector's verdict on a window, unless the voice has fallen silent."""
        energy = _energy(window)
        self._energies.append(energy)
        level = _decibels(sum(self._energies) / len(self._energies))
        self._levels.append(level)
        self._voice_db -= self._forget_db
        if is_speech:
            self._voice_db = max(self._voice_db, level)
        return is_speech and not (
            _decibels(energy) < self._voice_db - QUIET_BELOW_DB
            or max(self._levels) < self._voice_db - BACKGROUND_BELOW_DB
        )


def _energy(window: Pcm) -> float:
    samples = window.astype(np.float32)
    samples -= samples.mean()  # cheap microphones have an offset, which is no sound
    return float(samples @ samples) / len(samples)


def _decibels(energy: float) -> float:
    return 10.0 * float(np.log10(energy + 1.0))
