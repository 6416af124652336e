"""Who is transcribed next: critical calls first, partials give way; pure, starts nothing."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Any

from aurora.errors import SpeechUnavailable
from aurora.speech.codec import Pcm


class Priority(IntEnum):
    """Of a call."""

    CRITICAL = 0
    URGENT = 1
    NORMAL = 2


PARTIAL_GIVES_WAY = 2
"""Steps: a critical call's partial stands where a normal call's final does."""

_arrivals = count()


def never() -> bool:
    return False


@dataclass(eq=False, slots=True)
class Request:
    """One stretch of speech that waits for its words."""

    pcm: Pcm
    language: str
    priority: Priority
    is_partial: bool
    call: str
    since: float
    among: Sequence[str] = ()
    has_gone_on: Callable[[], bool] = never
    """Whether the caller speaks on after a pause in which all their words were asked for."""
    answer: "asyncio.Future[dict[str, Any]]" = field(default_factory=asyncio.Future)
    tries: int = 0
    arrival: int = field(default_factory=lambda: next(_arrivals))

    @property
    def gives_way(self) -> bool:
        """Whether newer words of the call will contain these."""
        return self.is_partial or self.has_gone_on()

    @property
    def rank(self) -> tuple[int, int]:
        """The lowest goes first; changes once the caller goes on."""
        return self.priority + PARTIAL_GIVES_WAY * self.gives_way, self.arrival

    def refuse(self, reason: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(SpeechUnavailable(reason))


class Waiting:
    """A bounded queue; who is put out of it is told why."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._requests: list[Request] = []

    def __len__(self) -> int:
        return len(self._requests)

    def add(self, request: Request) -> None:
        """Queue a request; what gives way of the same call goes, and who stands last when full.

        The newer words of a call contain the older ones.
        """
        for other in [one for one in self._requests if one.gives_way and one.call == request.call]:
            self._requests.remove(other)
            other.refuse("newer")
        self._requests.append(request)
        self._requests.sort(key=lambda one: one.rank)
        for other in self._requests[self._room :]:
            other.refuse("full")
        del self._requests[self._room :]

    def take(self) -> Request | None:
        """Return the first that still waits, or None."""
        self._requests.sort(key=lambda one: one.rank)
        while self._requests:
            request = self._requests.pop(0)
            if not request.answer.done():
                return request
        return None

    def remove(self, request: Request) -> None:
        """Forget a request whose caller has stopped waiting."""
        if request in self._requests:
            self._requests.remove(request)
