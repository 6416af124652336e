"""A line's end of a socket in memory: what the stand-in sent, and what it is sent."""

import asyncio
import json
from typing import Any

from aurora.rehearsal.twilio_sockets import SocketClosed


class LineEnd:
    """Both ends at once; `sent` has every message of the stand-in with the loop's time."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, dict[str, Any]]] = []
        self.is_closed = False
        self._to_caller: asyncio.Queue[str | None] = asyncio.Queue()

    async def send(self, text: str) -> None:
        if self.is_closed:
            raise SocketClosed
        self.sent.append((asyncio.get_running_loop().time(), json.loads(text)))

    async def receive(self) -> str:
        text = await self._to_caller.get()
        if text is None:
            raise SocketClosed
        return text

    async def close(self) -> None:
        self.is_closed = True

    def say(self, **message: Any) -> None:
        """The line sends a message."""
        self._to_caller.put_nowait(json.dumps(message))

    def leave(self) -> None:
        """The line closes the socket."""
        self.is_closed = True
        self._to_caller.put_nowait(None)

    def of(self, **kind: str) -> list[dict[str, Any]]:
        [(name, value)] = kind.items()
        return [message for _, message in self.sent if message.get(name) == value]

    def times_of(self, **kind: str) -> list[float]:
        [(name, value)] = kind.items()
        return [at for at, message in self.sent if message.get(name) == value]
