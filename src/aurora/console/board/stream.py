"""One language's events to every console: the same bytes for all, kept so that none is missed.

Nobody's slowness is anybody else's: each console reads at its own pace from what is kept, and one
that falls behind further than that gets the whole board anew.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from aurora.console.door import Door

BEAT_S = 1.5
"""A console that hears nothing for some seconds says that it is stale."""
KEPT = 600
"""Events; at ten a second, one minute of being cut off."""
RETRY_MS = 1000
SPREAD_OVER, SPREAD_S = 16, 0.003
"""Consoles are sent to a few at a time: no turn waits behind all of them at once."""
WELCOME_FOR_S = 2.0
"""After so long it is asked again whether a reader may still read: it takes half a millisecond, and
whoever is signed out sees callers for no longer."""

Render = Callable[[], bytes]


class Stream:
    """Events with numbers; followers come and go."""

    def __init__(self, epoch: str, whole: Render, beat: Render) -> None:
        """epoch: differs after each start, so that no old number is taken for a new one.

        whole: renders the whole board as it stands. beat: what says that the server lives.
        """
        self.followers = 0
        self._epoch = epoch
        self._whole = whole
        self._beat = beat
        self._number = 0
        self._kept: deque[bytes] = deque(maxlen=KEPT)
        self._news = asyncio.Event()

    @property
    def position(self) -> str:
        """The id of the newest event, from which a page that shows the board now goes on."""
        return f"{self._epoch}-{self._number}"

    def publish(self, data: bytes) -> None:
        """Send to every console that follows."""
        self._number += 1
        self._kept.append(event(b"board", data, self.position))
        self._news.set()
        self._news = asyncio.Event()

    def forget(self) -> None:
        """Changes went by that nobody followed: whoever comes back gets the whole board."""
        self._number += 1
        self._kept.clear()
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, since: str | None) -> AsyncGenerator[bytes]:
        """Yield what came after an event's id, else the whole board; then what comes, and beats."""
        late_s = self.followers % SPREAD_OVER * SPREAD_S
        self.followers += 1
        try:
            number = self._number_of(since)
            yield b"retry: %d\n\n" % RETRY_MS
            while True:
                news = self._news
                if number is None or self._number - number > len(self._kept):
                    whole = self._whole()  # which may publish what was not sent yet
                    number = self._number
                    yield event(b"whole", whole, self.position)
                elif number < self._number:
                    missed = self._number - number
                    number = self._number
                    yield b"".join(list(self._kept)[-missed:])
                else:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(BEAT_S):
                            await news.wait()
                            await asyncio.sleep(late_s)
                            continue
                    yield event(b"beat", self._beat())
        finally:
            self.followers -= 1

    def _number_of(self, since: str | None) -> int | None:
        epoch, _, number = (since or "").rpartition("-")
        if epoch != self._epoch or not number.isdecimal() or int(number) > self._number:
            return None
        return int(number)


async def while_welcome(
    following: AsyncGenerator[bytes], is_welcome: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[bytes]:
    """Yield what follows until its reader is signed out; a beat comes often enough to notice."""
    loop = asyncio.get_running_loop()
    asked_at = loop.time()
    async with aclosing(following):
        async for one in following:
            if loop.time() - asked_at >= WELCOME_FOR_S:
                asked_at = loop.time()
                if not await is_welcome():
                    return
            yield one


def streamed(following: AsyncGenerator[bytes], door: Door, request: Request) -> Response:
    """Return events to whoever asked, for as long as they are signed in.

    The stream's own beat is an event, which a page can see; a comment it could not.
    """

    async def is_welcome() -> bool:
        return await door.still(request) is not None

    return EventSourceResponse(while_welcome(following, is_welcome), ping=0)


def event(kind: bytes, data: bytes, event_id: str | None = None) -> bytes:
    """Return a server-sent event; data is one line."""
    head = b"id: %s\n" % event_id.encode() if event_id is not None else b""
    return b"%sevent: %s\ndata: %s\n\n" % (head, kind, data)
