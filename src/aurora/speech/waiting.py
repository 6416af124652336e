"""Who is transcribed next: critical calls first, partials give way; pure, starts nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count

from aurora.speech.codec import Pcm


class Priority(IntEnum):
    """Of a call."""

    CRITICAL = 0
    URGENT = 1
    NORMAL = 2


PARTIAL_GIVES_WAY = 2
"""A critical call's partial stands where a normal call's final does."""

_arrivals = count()


@dataclass(eq=False, slots=True)
class Request:
    """One stretch of speech that waits for its words."""

    pcm: Pcm
    language: str
    priority: Priority
    is_partial: bool
    call: str
    since: float
    deadline: float
    answered: Callable[[object], None] = field(default=lambda _: None)
    tries: int = 0
    arrival: int = field(default_factory=lambda: next(_arrivals))

    @property
    def rank(self) -> tuple[int, int]:
        """The lowest goes first."""
        return self.priority + PARTIAL_GIVES_WAY * self.is_partial, self.arrival


class Waiting:
    """A bounded queue."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._requests: list[Request] = []

    def __len__(self) -> int:
        return len(self._requests)

    def add(self, request: Request) -> list[Request]:
        """Queue a request and return those that go without an answer for it, perhaps itself."""
        stale = [
            other for other in self._requests if other.is_partial and other.call == request.call
        ]
        self._requests = [other for other in self._requests if other not in stale]
        self._requests.append(request)
        self._requests.sort(key=lambda other: other.rank)
        over = self._requests[self._room :]
        del self._requests[self._room :]
        return stale + over

    def take(self) -> Request | None:
        """Return the first and forget it."""
        return self._requests.pop(0) if self._requests else None

    def expire(self, now: float) -> list[Request]:
        """Return those past their deadline and forget them."""
        late = [request for request in self._requests if request.deadline <= now]
        self._requests = [request for request in self._requests if request.deadline > now]
        return late

    def remove(self, request: Request) -> None:
        if request in self._requests:
            self._requests.remove(request)
