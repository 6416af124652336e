"""An operator at the console without a browser: a socket that listens and speaks, and acts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import numpy as np
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from aurora.speech.codec import FRAME_S, Pcm, mulaw_decode
from tests.console_door import TOKEN
from tests.waiting import PATIENT_S

EAR = "ear-of-this-test"
CALLER, AURORA, PERSON = range(3)
QUIET = bytes(320)


@dataclass
class Operator:
    """Who has opened the sound of one call."""

    client: httpx2.AsyncClient
    call_id: str
    socket: ClientConnection
    heard: dict[int, bytearray] = field(default_factory=lambda: {n: bytearray() for n in range(3)})
    told: list[dict[str, Any]] = field(default_factory=list)
    voice: bytes = QUIET
    """What each frame of theirs holds."""
    is_sending: bool = True
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def act(self, what: str, **fields: Any) -> httpx2.Response:
        return await self.client.post(f"/console/calls/{self.call_id}/{what}", json=fields)

    async def takes_over(self) -> httpx2.Response:
        return await self.act("take-over", ear=EAR)

    def sound_of(self, whose: int) -> Pcm:
        return mulaw_decode(bytes(self.heard[whose]))

    async def until(self, reached: Any, within_s: float = PATIENT_S) -> None:
        """Wait until this is so."""
        async with asyncio.timeout(within_s):
            while not reached():
                self._changed.clear()
                await self._changed.wait()

    async def until_told(self, **parts: Any) -> None:
        await self.until(lambda: any(parts.items() <= one.items() for one in self.told))

    async def send(self) -> None:
        while True:
            if self.is_sending:
                await self.socket.send(self.voice)
            await asyncio.sleep(FRAME_S)

    async def receive(self) -> None:
        try:
            async for message in self.socket:
                if isinstance(message, bytes):
                    self.heard[message[0]] += message[1:]
                else:
                    self.told.append(orjson.loads(message))
                self._changed.set()
        except ConnectionClosed:
            pass


def headers_of(url: str, name: str = "Maria") -> dict[str, str]:
    """Return what a page of an operator of `CookieDoor` sends."""
    return {"Origin": url, "Cookie": f"name={name}; role=operator", "X-CSRF-Token": TOKEN}


@asynccontextmanager
async def operating(
    url: str, call_id: str, ear: str = EAR, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Operator]:
    """An operator who listens with an open, quiet microphone; Maria when nobody else is named."""
    address = f"{url.replace('http', 'ws')}/console/calls/{call_id}/listen?ear={ear}"
    sent = dict(headers or headers_of(url))
    cookie = {"Cookie": sent["Cookie"]}
    async with (
        httpx2.AsyncClient(
            base_url=url, headers=sent, trust_env=False, timeout=PATIENT_S
        ) as client,
        connect(
            address,
            origin=url,
            additional_headers=cookie,
            compression=None,
            open_timeout=PATIENT_S,
            ping_timeout=PATIENT_S,
        ) as socket,
    ):
        operator = Operator(client, call_id, socket)
        tasks = [asyncio.create_task(operator.send()), asyncio.create_task(operator.receive())]
        try:
            await operator.until_told(type="joined")
            yield operator
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def tone(seconds: float = FRAME_S, hz: float = 700.0) -> bytes:
    """Return sound as an operator's page sends it."""
    at = np.arange(round(seconds * 8_000)) / 8_000
    return (9_000 * np.sin(2 * np.pi * hz * at)).astype("<i2").tobytes()


def is_loud(pcm: Pcm) -> bool:
    return bool(len(pcm)) and int(np.abs(pcm.astype(np.int32)).max()) > 4_000
