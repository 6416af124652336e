"""A page that calls, without a browser around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import numpy as np
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.waiting import PATIENT_S

NAME = "a-call-of-this-test-0001"
FIRE = "there is a fire in zone b"
LOUD = np.full(160, 9_000, "<i2").tobytes()
QUIET = bytes(320)


class Page:
    """A page without a browser around it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []
        self.sound = bytearray()
        self.is_heard = True
        """Whether marks are sent back; nothing else is lost in a test."""

    async def says(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def speaks(self, seconds: float = 0.6, silence_s: float = 0.6) -> None:
        for frame in [LOUD] * round(seconds / 0.02) + [QUIET] * round(silence_s / 0.02):
            await self.socket.send(frame)

    async def until(self, kind: str, **parts: Any) -> dict[str, Any]:
        """Take what comes up to the message of this kind, echoing marks as a page does."""
        async with asyncio.timeout(PATIENT_S):
            while True:
                received = await self.socket.recv()
                if isinstance(received, bytes):
                    self.sound += received
                    continue
                message: dict[str, Any] = orjson.loads(received)
                self.told.append(message)
                if message["type"] == "mark" and self.is_heard:
                    await self.says(type="mark", name=message["name"])
                if message["type"] == kind and parts.items() <= message.items():
                    return message

    async def closed(self) -> int:
        async with asyncio.timeout(PATIENT_S):
            try:
                while True:
                    await self.socket.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 0


@asynccontextmanager
async def page(url: str, call: str | None = NAME, **hello: Any) -> AsyncIterator[Page]:
    address = url.replace("http", "ws") + "/call/audio"
    patient = {"open_timeout": PATIENT_S, "ping_timeout": PATIENT_S}
    async with connect(address, origin=url, compression=None, **patient) as socket:
        caller = Page(socket)
        if call is not None:
            with suppress(ConnectionClosed):  # a line that is full does not wait for it
                await caller.says(type="hello", call=call, **hello)
        yield caller
