"""Pace what is spoken so that little is ever ahead of the ear, and know what was heard.

Sends nothing itself: the line sends what `due` returns and reports the marks that come back.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from aurora.speech.codec import FRAME, FRAME_S, SILENCE

MOST_AHEAD_S = 0.4


@dataclass(frozen=True, slots=True)
class Clip:
    """One piece of speech, usually one sentence."""

    mulaw: bytes
    name: str
    is_life_safety: bool = False

    @property
    def seconds(self) -> float:
        return -(-len(self.mulaw) // FRAME) * FRAME_S


@dataclass(frozen=True, slots=True)
class Mark:
    """Sent behind a clip; the line echoes its name when the clip has been played."""

    name: str
    clip: str


@dataclass(frozen=True, slots=True)
class Playing:
    """The clip in the caller's ear, and for how long."""

    name: str
    is_life_safety: bool
    for_s: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A clip of which the caller has heard something."""

    name: str
    seconds: float
    of_s: float

    @property
    def is_whole(self) -> bool:
        return self.seconds >= self.of_s - 1e-9


@dataclass(slots=True)
class _Sounding:
    clip: Clip
    mark: str
    starts_at: float = 0.0
    sent: int = 0
    was_echoed: bool = False

    def heard_s(self, now: float) -> float:
        if self.was_echoed:
            return self.clip.seconds
        sent_s = -(-self.sent // FRAME) * FRAME_S
        return min(max(now - self.starts_at, 0.0), sent_s)


class Playout:
    """One call's outgoing speech, in the order it was queued."""

    def __init__(self) -> None:
        self._queue: deque[_Sounding] = deque()
        self._sent: list[_Sounding] = []
        self._heard: list[Heard] = []
        self._ear_until = 0.0
        self._count = 0

    def queue(self, clip: Clip) -> None:
        """Speak a clip after everything queued before."""
        self._count += 1
        self._queue.append(_Sounding(clip, f"{clip.name}#{self._count}"))

    def due(self, now: float) -> list[bytes | Mark]:
        """Return frames (160 bytes) and marks to send now, in order."""
        self._settle(now)
        return list(self._take(now))

    def _take(self, now: float) -> Iterator[bytes | Mark]:
        while self._queue:
            sounding = self._queue[0]
            while sounding.sent < len(sounding.clip.mulaw):
                self._ear_until = max(self._ear_until, now)
                if self._ear_until + FRAME_S > now + MOST_AHEAD_S + 1e-9:
                    return
                yield self._next_frame(sounding)
            self._queue.popleft()
            self._sent.append(sounding)
            yield Mark(sounding.mark, sounding.clip.name)

    def _next_frame(self, sounding: _Sounding) -> bytes:
        if sounding.sent == 0:
            sounding.starts_at = self._ear_until
        frame = sounding.clip.mulaw[sounding.sent : sounding.sent + FRAME]
        sounding.sent += len(frame)
        self._ear_until += FRAME_S
        return frame.ljust(FRAME, SILENCE)

    def _settle(self, now: float) -> None:
        while self._sent and self._sent[0].heard_s(now) >= self._sent[0].clip.seconds - 1e-9:
            self._heard.append(self._report(self._sent.pop(0), now))

    def _report(self, sounding: _Sounding, now: float) -> Heard:
        return Heard(sounding.clip.name, sounding.heard_s(now), sounding.clip.seconds)

    def _sounding(self) -> Iterator[_Sounding]:
        yield from self._sent
        if self._queue and self._queue[0].sent:
            yield self._queue[0]

    def heard(self, now: float) -> list[Heard]:
        """Return every clip of which something was heard, oldest first."""
        self._settle(now)
        reports = [self._report(sounding, now) for sounding in self._sounding()]
        return self._heard + [report for report in reports if report.seconds > 0]

    def mark_echoed(self, name: str) -> str | None:
        """Take a mark back and return its clip's name; None for one that was cleared."""
        for sounding in self._sent:
            if sounding.mark == name:
                sounding.was_echoed = True
                return sounding.clip.name
        return None

    def clear(self, now: float) -> list[str]:
        """Forget what was not heard to its end; return the names of those clips."""
        self._settle(now)
        cut = [self._report(sounding, now) for sounding in self._sounding()]
        self._heard += [report for report in cut if report.seconds > 0]
        dropped = [s.clip.name for s in [*self._sent, *self._queue]]
        self._sent.clear()
        self._queue.clear()
        self._ear_until = now
        return dropped

    def playing(self, now: float) -> Playing | None:
        """Return the clip in the caller's ear at this moment."""
        for sounding in self._sounding():
            for_s = now - sounding.starts_at
            if 0 <= for_s < sounding.clip.seconds and not sounding.was_echoed:
                return Playing(sounding.clip.name, sounding.clip.is_life_safety, for_s)
        return None

    def is_playing(self, now: float) -> bool:
        """Return whether speech is queued or still in the ear."""
        return bool(self._queue) or self._ear_until > now
