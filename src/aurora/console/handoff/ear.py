"""An operator's socket: a call's sound to their browser, and their voice in once they joined."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from aurora.lines.audio.bridge import Bridge
from aurora.lines.browser.limits import Microphone
from aurora.lines.problems import Problem
from aurora.lines.watch import Watch
from aurora.lines.web_socket import NORMAL, POLICY, close
from aurora.speech.codec import mulaw_encode

log = structlog.get_logger()

CALLER, AURORA, PERSON = b"\x00", b"\x01", b"\x02"
"""The first byte of each sound message: whose it is. The page mixes them."""
MOST_WAITING = 250
"""Messages, five seconds of the caller: beyond that the oldest are left out."""
SEND_WITHIN_S = 5.0
GONE_AFTER_S = 1.5
"""Without a sound message from whoever has joined: their connection is as good as gone."""
WATCH_EVERY_S = 0.2
ALIVE_EVERY_S = 2.0
LET_IN_EVERY_S = 0.5
"""Nobody goes on hearing a caller after they were sent away, so it is asked often; few listen."""
GONE, SENT_AWAY = "connection_lost", "operator_sent_away"


class OperatorsEar:
    """One operator on one call; an `Ear` of its bridge."""

    def __init__(
        self,
        socket: WebSocket,
        bridge: Bridge,
        call_id: str,
        person: str,
        is_let_in: Callable[[], Awaitable[bool]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """person: the operator's name, as the record has it.

        is_let_in: whether they still may; raises Problem while that cannot be known.
        """
        self.call_id = call_id
        self.person = person
        self._socket = socket
        self._is_let_in = is_let_in
        self._bridge = bridge
        self._clock = clock
        self._microphone = Microphone(clock)
        self._outbox: deque[str | bytes] = deque(maxlen=MOST_WAITING)
        self._has_more = asyncio.Event()
        self._spoke_at: float | None = None

    @property
    def has_microphone(self) -> bool:
        """Whether their voice comes in, so that they may speak in Aurora's place."""
        return self._spoke_at is not None and self._clock() - self._spoke_at < GONE_AFTER_S

    # What the bridge brings.

    def hear_caller(self, mulaw: bytes) -> None:
        self._put(CALLER + mulaw)

    def hear_aurora(self, mulaw: bytes) -> None:
        self._put(AURORA + mulaw)

    def hear_person(self, mulaw: bytes) -> None:
        self._put(PERSON + mulaw)

    def clear_aurora(self) -> None:
        self.tell({"type": "clear"})

    def tell(self, what: dict[str, Any]) -> None:
        self._put(orjson.dumps(what).decode())

    # What the route does.

    async def hold(self) -> str:
        """Serve until the socket or its operator is gone; then Aurora has the caller again.

        Return GONE, or SENT_AWAY: they may not be here any more.
        """
        self._bridge.listen(self)
        work = (self._read(), self._write(), self._watch())
        tasks = [asyncio.create_task(one) for one in work]
        staying = asyncio.create_task(self._stay())
        try:
            await asyncio.wait([*tasks, staying], return_when=asyncio.FIRST_COMPLETED)
        finally:
            is_sent_away = staying.done() and staying.exception() is None
            reason = SENT_AWAY if is_sent_away else GONE
            for task in (*tasks, staying):
                task.cancel()
            # Neither waits for the other: a page that is gone may be slow to close.
            leaving = self._bridge.leave(self, reason)
            closing = close(self._socket, POLICY if reason is SENT_AWAY else NORMAL)
            await asyncio.gather(leaving, closing)
            await asyncio.gather(*tasks, staying, return_exceptions=True)
        return reason

    async def take_over(self) -> None:
        """Speak in Aurora's place; raises HandOffTaken, UnknownCall, RecordsError."""
        await self._bridge.take_over(self, self.person)

    def _put(self, message: str | bytes) -> None:
        self._outbox.append(message)
        self._has_more.set()

    async def _read(self) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] != "websocket.receive":
                return
            sound = received.get("bytes")
            pcm = self._microphone.take(sound) if sound is not None else None
            if pcm is not None:
                self._spoke_at = self._clock()
                self._bridge.speak(self, mulaw_encode(pcm))

    async def _write(self) -> None:
        try:
            while True:
                await self._has_more.wait()
                self._has_more.clear()
                while self._outbox:
                    async with asyncio.timeout(SEND_WITHIN_S):
                        await self._send(self._outbox.popleft())
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            return  # the page is gone; whoever holds the socket lets go

    async def _send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            await self._socket.send_text(message)
        else:
            await self._socket.send_bytes(message)

    async def _watch(self) -> None:
        """Give the caller back to Aurora when whoever has joined is not heard any more."""
        told_at, watch = self._clock(), Watch(WATCH_EVERY_S, self._clock)
        while True:
            is_current = await watch.is_current()
            if self._clock() - told_at >= ALIVE_EVERY_S:
                told_at = self._clock()
                self.tell({"type": "alive"})
            if is_current and self._bridge.is_speaker(self) and not self.has_microphone:
                await self._bridge.drop_back("operator_not_heard")

    async def _stay(self) -> None:
        """Return once this operator is signed out, or no operator any more."""
        is_let_in = True
        while is_let_in:
            await asyncio.sleep(LET_IN_EVERY_S)
            try:
                is_let_in = await self._is_let_in()
            except Problem as unknown:
                # Only a clear no sends them away: a caller may be in the middle of a word.
                log.warning("operator_stays_unknown", call_id=self.call_id, error=unknown.detail)
