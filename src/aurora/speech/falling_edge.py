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
BELIEVED_S = 1.0
"""Longer than any turn waits; then the softer sound is taken for the caller, who may have moved."""
FORGET_DB_PER_S = 1.0
_SMOOTH_S = 0.1


class FallingEdge:
    """One caller's running level, window by window."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._energies: deque[float] = deque(maxlen=max(1, round(_SMOOTH_S / window_s)))
        self._levels: deque[float] = deque(maxlen=round(BACKGROUND_S / window_s))
        self._voice_db = 0.0
        self._background_s = 0.0

    def judge(self, window: Pcm, is_speech: bool) -> bool:
        """Return the detector's verdict on a window, unless the voice has fallen silent."""
        energy = _energy(window)
        self._levels.append(self._smoothed_db(energy, is_speech))
        self._follow_voice(is_speech)
        is_quiet = _decibels(energy) < self._voice_db - QUIET_BELOW_DB
        return is_speech and not is_quiet and not self._background_s

    def _smoothed_db(self, energy: float, is_speech: bool) -> float:
        if not is_speech:  # a bang before a word is not the caller's voice
            return _decibels(energy)
        self._energies.append(energy)
        return _decibels(sum(self._energies) / len(self._energies))

    def _follow_voice(self, is_speech: bool) -> None:
        self._voice_db -= FORGET_DB_PER_S * self._window_s
        if is_speech:
            self._voice_db = max(self._voice_db, self._levels[-1])
        loudest = max(self._levels)
        is_background = loudest < self._voice_db - BACKGROUND_BELOW_DB
        self._background_s = self._background_s + self._window_s if is_background else 0.0
        if self._background_s > BELIEVED_S:
            self._voice_db, self._background_s = loudest, 0.0


def _energy(window: Pcm) -> float:
    samples = window.astype(np.float32)
    samples -= samples.mean()  # cheap microphones have an offset, which is no sound
    return float(samples @ samples) / len(samples)


def _decibels(energy: float) -> float:
    return 10.0 * float(np.log10(energy + 1.0))
