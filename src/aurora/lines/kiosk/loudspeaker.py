"""What a loudspeaker is to play next and what it has played; filled by a call, emptied by a device.

A sound card empties it from a thread of its own, so everything here is under one lock.
"""

import threading
from collections import deque

import numpy as np

from aurora.speech.codec import Pcm

AUDIBLE = 250.0
"""Of a piece, its root mean square: breath and hum of a person's microphone are below."""


class Loudspeaker:
    """A queue of sound at the device's rate, with marks in it."""

    def __init__(self, hz: int, latency_s: float = 0.0) -> None:
        """latency_s: from the device taking sound to the ear hearing it."""
        self.hz = hz
        self.latency_s = latency_s
        self._lock = threading.Lock()
        self._queue: deque[Pcm] = deque()
        self._waiting = 0
        """Samples queued."""
        self._taken = 0
        """Samples the device has taken since the start, silence included."""
        self._marks: deque[tuple[int, str]] = deque()
        self._sounds_until = 0
        """The sample after the last audible one, played or queued."""

    def play(self, pcm: Pcm) -> None:
        """Play this after everything before it."""
        with self._lock:
            self._queue.append(pcm)
            self._waiting += len(pcm)
            if _is_audible(pcm):
                self._sounds_until = self._taken + self._waiting

    def mark(self, name: str) -> None:
        """Report this name once everything before it was heard."""
        with self._lock:
            self._marks.append((self._taken + self._waiting, name))

    def clear(self) -> None:
        """Fall silent at once, and forget the marks."""
        with self._lock:
            self._queue.clear()
            self._marks.clear()
            self._waiting = 0
            self._sounds_until = min(self._sounds_until, self._taken)

    def take(self, samples: int) -> Pcm:
        """Return the next samples, silence where there are none: the device's side."""
        out = np.zeros(samples, dtype=np.int16)
        filled = 0
        with self._lock:
            while self._queue and filled < samples:
                piece = self._queue[0]
                part = piece[: samples - filled]
                out[filled : filled + len(part)] = part
                filled += len(part)
                if len(part) == len(piece):
                    self._queue.popleft()
                else:
                    self._queue[0] = piece[len(part) :]
            self._waiting -= filled
            self._taken += samples
        return out

    def heard(self) -> list[str]:
        """Return the marks that were reached since the last time, in order."""
        with self._lock:
            reached = self._taken - round(self.latency_s * self.hz)
            names = []
            while self._marks and self._marks[0][0] <= reached:
                names.append(self._marks.popleft()[1])
            return names

    @property
    def silent_s(self) -> float:
        """Seconds since the last audible sound was heard; 0 while there is more to come.

        A person who has joined sends silence as well while they listen.
        """
        with self._lock:
            since = self._taken - self._sounds_until
            return max(0.0, since / self.hz - self.latency_s)


def _is_audible(pcm: Pcm) -> bool:
    return bool(len(pcm)) and float(np.sqrt(np.mean(pcm.astype(np.float64) ** 2))) >= AUDIBLE
