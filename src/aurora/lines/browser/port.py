"""A calling page's ear and screen, over its socket; the call decides what is played and shown."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from aurora.lines.browser.messages import heard, kept, partly_heard, saying

SEND_WITHIN_S = 5.0
"""A page that takes nothing for so long is gone, whatever its connection says."""


Describe = Callable[[], Awaitable[dict[str, Any]]]
"""Returns the situation of the call as a page shows it."""


class BrowserPort:
    """What cannot be sent any more is dropped; `is_lost` tells the owner."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.describe: Describe | None = None
        self._described: dict[str, Any] = {}
        self._one_at_a_time = asyncio.Lock()
        self.is_lost = False

    async def send_audio(self, mulaw: bytes) -> None:
        await self._send(mulaw)

    async def send_mark(self, name: str) -> None:
        await self.tell({"type": "mark", "name": name})

    async def clear(self) -> None:
        await self.tell({"type": "clear"})

    async def show(self, what: dict[str, Any]) -> None:
        match what["kind"]:
            case "words":
                await self.tell(partly_heard(what["text"]))
            case "sentence":
                await self.tell(saying(what["sentence"], what["language"]))
            case "kept":
                await self.tell(kept(what["key"]))
            case "turn":
                if what["heard"]:
                    await self.tell(heard(what["heard"]))
                await self.show_situation()

    async def show_situation(self) -> None:
        """Tell the page how the call stands, unless it knows already."""
        described = await self.describe() if self.describe else {}
        if described != self._described:
            self._described = described
            await self.tell(described)

    async def tell(self, message: dict[str, Any]) -> None:
        """Send the page one of its own messages."""
        await self._send(orjson.dumps(message).decode())

    async def close(self, code: int) -> None:
        """Hang up, telling the page why by the code."""
        if self.is_lost or self._socket.application_state is not WebSocketState.CONNECTED:
            return
        self.is_lost = True
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self._socket.close(code)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            pass  # it was gone already

    async def _send(self, message: str | bytes) -> None:
        if self.is_lost:
            return
        try:
            async with self._one_at_a_time, asyncio.timeout(SEND_WITHIN_S):
                if isinstance(message, str):
                    await self._socket.send_text(message)
                else:
                    await self._socket.send_bytes(message)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            self.is_lost = True
