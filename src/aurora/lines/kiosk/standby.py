"""Wait for somebody to speak at a kiosk, and keep what they began with."""

from collections import deque

import numpy as np

from aurora.speech.codec import LINE_HZ, Pcm
from aurora.speech.voice_activity import VoiceActivity

WOKEN_BY_S = 0.25
"""Speech in a row; a bang or a cough is shorter."""
KEPT_S = 2.0
"""Goes to the call that begins: the first word is in it."""


class Standby:
    """A kiosk that holds no call."""

    def __init__(self, activity: VoiceActivity) -> None:
        self._activity = activity
        self._speech_s = 0.0
        self._kept: deque[Pcm] = deque()
        self._kept_samples = 0

    def hear(self, pcm: Pcm) -> bool:
        """Take sound (8 kHz); return whether somebody is speaking."""
        self._kept.append(pcm)
        self._kept_samples += len(pcm)
        while self._kept_samples - len(self._kept[0]) >= KEPT_S * LINE_HZ:
            self._kept_samples -= len(self._kept.popleft())
        for is_speech in self._activity.feed(pcm):
            self._speech_s = self._speech_s + self._activity.window_s if is_speech else 0.0
        return self._speech_s >= WOKEN_BY_S

    def take_kept(self) -> Pcm:
        """Return the last sound, and begin afresh."""
        sound = np.concatenate(list(self._kept)) if self._kept else np.zeros(0, np.int16)
        self._kept.clear()
        self._kept_samples, self._speech_s = 0, 0.0
        return sound
