"""Pace what is spoken so that little is ever ahead of the ear, and know what was heard.

Sends nothing itself: the line sends what `due` returns and reports the marks that come back.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from aurora.speech.codec import FRAME, FRAME_S, SILENCE

MOST_AHEAD_S = 0.4
MOST_MARKS = 64
"""Lines that echo no marks must not fill the memory with them."""
_EPS = 1e-9


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
        return self.seconds >= self.of_s - _EPS


@dataclass(slots=True)
class _Sounding:
    clip: Clip
    mark: str
    sent: int = 0
    sent_until: float = 0.0
    """When the last frame sent has left the ear."""
    was_echoed: bool = False

    def heard_s(self, now: float) -> float:
        if self.was_echoed:
            return self.clip.seconds
        sent_s = -(-self.sent // FRAME) * FRAME_S
        return max(0.0, sent_s - max(0.0, self.sent_until - now))

    def is_heard(self, now: float) -> bool:
        return self.heard_s(now) >= self.clip.seconds - _EPS


class Playout:
    """One call's outgoing speech, in the order it was queued."""

    def __init__(self) -> None:
        self._queue: deque[_Sounding] = deque()
        self._sent: deque[_Sounding] = deque()
        self._heard: list[Heard] = []
        self._marks: dict[str, str] = {}
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
                if self._ear_until + FRAME_S > now + MOST_AHEAD_S + _EPS:
                    return
                yield self._next_frame(sounding)
            self._sent.append(self._queue.popleft())
            yield self._mark(sounding)

    def _next_frame(self, sounding: _Sounding) -> bytes:
        frame = sounding.clip.mulaw[sounding.sent : sounding.sent + FRAME]
        sounding.sent += len(frame)
        self._ear_until += FRAME_S
        sounding.sent_until = self._ear_until
        return frame.ljust(FRAME, SILENCE)

    def _mark(self, sounding: _Sounding) -> Mark:
        self._marks[sounding.mark] = sounding.clip.name
        if len(self._marks) > MOST_MARKS:
            del self._marks[next(iter(self._marks))]
        return Mark(sounding.mark, sounding.clip.name)

    def _settle(self, now: float) -> None:
        while self._sent and self._sent[0].is_heard(now):
            self._heard.append(_report(self._sent.popleft(), now))

    def _sounding(self) -> Iterator[_Sounding]:
        yield from self._sent
        if self._queue and self._queue[0].sent:
            yield self._queue[0]

    def heard(self, now: float) -> list[Heard]:
        """Return every clip of which something was heard, oldest first."""
        self._settle(now)
        reports = [_report(sounding, now) for sounding in self._sounding()]
        return self._heard + [report for report in reports if report.seconds > 0]

    def mark_echoed(self, name: str) -> str | None:
        """Take a mark back and return its clip's name; None for one that was cleared or unknown."""
        for sounding in self._sent:
            if sounding.mark == name:
                sounding.was_echoed = True
        return self._marks.pop(name, None)

    def clear(self, now: float) -> list[str]:
        """Forget what was not heard to its end; return the names of those clips."""
        self._settle(now)
        cut = [_report(sounding, now) for sounding in self._sounding()]
        self._heard += [report for report in cut if report.seconds > 0]
        dropped = [*self._sent, *self._queue]
        for sounding in dropped:
            self._marks.pop(sounding.mark, None)
        self._sent.clear()
        self._queue.clear()
        self._ear_until = now
        return [sounding.clip.name for sounding in dropped]

    def playing(self, now: float) -> Playing | None:
        """Return the clip in the caller's ear at this moment."""
        for sounding in self._sounding():
            if not sounding.is_heard(now) and sounding.sent_until > now:
                heard_s = sounding.heard_s(now)
                return Playing(sounding.clip.name, sounding.clip.is_life_safety, heard_s)
        return None

    def is_playing(self, now: float) -> bool:
        """Return whether speech is queued or, by the clock, still in the ear."""
        return bool(self._queue) or self._ear_until > now


def _report(sounding: _Sounding, now: float) -> Heard:
    return Heard(sounding.clip.name, sounding.heard_s(now), sounding.clip.seconds)
