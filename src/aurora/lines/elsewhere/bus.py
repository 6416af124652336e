"""Short messages between the machines and kiosks of one line: lost rather than late, kept nowhere.

What counts is in the records; this carries only what is worth nothing a second later: words that
may still change, and the sound of a call to a console on another machine.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import orjson
import structlog

log = structlog.get_logger()

MOST_WAITING = 1_000
"""Messages; beyond that the oldest are left out."""
GATHERED_S = 0.01
"""What comes within it travels together: a frame of sound is 20 ms."""

Message = dict[str, Any]
Take = Callable[[Message], None]


class Way(Protocol):
    """How messages travel; what cannot be sent is dropped without an error."""

    most_bytes: int
    """Of what is put at once."""

    async def open(self, take: Callable[[bytes], None]) -> None:
        """Begin; take is given whatever any process puts, also this one's own."""

    async def put(self, message: bytes) -> None: ...

    async def close(self) -> None: ...


class Bus:
    """This process's place among all that hold calls or show them."""

    def __init__(self, way: Way | None) -> None:
        """way: None where there is nobody else, or no way to them."""
        self.me = secrets.token_hex(6)
        self._way = way
        self._takes: dict[str, Take] = {}
        self._outbox: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._has_more = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None

    def on(self, kind: str, take: Take) -> None:
        """Have messages of a kind taken; it must be quick."""
        self._takes[kind] = take

    def send(self, kind: str, **fields: Any) -> None:
        """Send to everybody, or to the process named `to`."""
        if self._way is None:
            return
        packed = orjson.dumps({"kind": kind, "from": self.me, **fields})
        if len(packed) <= self._way.most_bytes - 2:
            self._outbox.append(packed)
            self._has_more.set()

    async def start(self) -> None:
        if self._way is not None:
            await self._way.open(self._receive)
            self._sending = asyncio.create_task(self._send(self._way))

    async def close(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        if self._way is not None:
            await self._way.close()

    async def _send(self, way: Way) -> None:
        while True:
            await self._has_more.wait()
            await asyncio.sleep(GATHERED_S)
            self._has_more.clear()
            waiting = list(self._outbox)
            self._outbox.clear()
            for packed in together(waiting, way.most_bytes):
                await way.put(packed)

    def _receive(self, packed: bytes) -> None:
        try:
            messages = orjson.loads(packed)
        except orjson.JSONDecodeError:
            log.warning("message_not_understood", size=len(packed))
            return
        for message in messages:
            if message["from"] == self.me or message.get("to", self.me) != self.me:
                continue
            take = self._takes.get(message["kind"])
            if take is not None:
                take(message)


def together(messages: list[bytes], most_bytes: int) -> Iterator[bytes]:
    """Yield lists of messages, each as long as may be put at once."""
    waiting: list[bytes] = []
    size = 2
    for message in messages:
        if waiting and size + len(message) + 1 > most_bytes:
            yield b"[" + b",".join(waiting) + b"]"
            waiting, size = [], 2
        waiting.append(message)
        size += len(message) + 1
    if waiting:
        yield b"[" + b",".join(waiting) + b"]"
