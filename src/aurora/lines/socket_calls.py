"""Calls that are on a WebSocket of this machine: whose socket it is, and what was left unsaid."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from aurora.conversation.rejoin import with_unheard
from aurora.guidance.spoken import Spoken
from aurora.lines.audio.ports import Ending
from aurora.lines.problems import Problem
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lines.unheard import Unheard
from aurora.lines.web_socket import NORMAL, POLICY, close, until_gone
from aurora.settings import TwilioSettings

log = structlog.get_logger()

DONE_WITHIN_S = 4.0
"""For a closed socket to rate its last words before another line goes on. The caller waits no
longer: what is found later goes to whoever has the call by then."""
OPENED_WITHIN_S = 10.0
"""From the upgrade to the message that says whose call it is."""
MOST_MALFORMED = 100
"""Messages on one socket; whoever sends more is not Twilio."""
TOKEN = "token"  # noqa: S105 - the parameter's name


class Opening(Protocol):
    """The message that says whose call a socket is."""

    @property
    def call_sid(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, str]: ...


class SocketCall(Protocol):
    """A call as its socket holds it."""

    def take_unheard(self) -> Sequence[Spoken]: ...

    def say(self, sentences: Sequence[Spoken]) -> None:
        """Say what is on the record already."""

    def drop(self) -> None: ...

    async def run(self) -> Ending: ...


OpeningT = TypeVar("OpeningT", bound=Opening)


@dataclass(eq=False, slots=True)
class _Held:
    """One call on its socket."""

    call: SocketCall
    is_done: asyncio.Event = field(default_factory=asyncio.Event)


class SocketCalls:
    """The calls of one line."""

    def __init__(self, line: str, settings: TwilioSettings) -> None:
        self._line = line
        self._secret = _secret(line, settings)
        self._held: dict[str, _Held] = {}
        self.unheard = Unheard()
        """What was left unsaid, by call SID."""

    def token(self, sid: str) -> str:
        """Return what proves that a socket was opened by the TwiML of this very call."""
        return hmac.new(self._secret, sid.encode(), hashlib.sha256).hexdigest()

    def is_ours(self, sid: str, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token(sid).encode())

    async def admit(
        self,
        websocket: WebSocket,
        signature: WebhookSignature,
        opening: Callable[[WebSocket], Awaitable[OpeningT | None]],
    ) -> OpeningT | None:
        """Accept a socket that Twilio signed and that opens a call of ours; None when refused.

        opening: reads what says whose call it is, for at most OPENED_WITHIN_S.
        """
        try:
            signature.require_socket(websocket)
        except Problem as problem:
            await websocket.send_denial_response(problem.response())
            return None
        await websocket.accept()
        opened: OpeningT | None = None
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(OPENED_WITHIN_S):
                opened = await opening(websocket)
        if opened is not None and self.is_ours(opened.call_sid, opened.parameters.get(TOKEN, "")):
            return opened
        log.warning(f"{self._line}_refused", has_opened=opened is not None)
        await close(websocket, POLICY)
        return None

    async def hold(
        self, websocket: WebSocket, sid: str, call: SocketCall, reading: Coroutine[None, None, None]
    ) -> None:
        """Run a call on its socket to its end; what a dropped one was not told is kept.

        reading: gives the call what comes in; once it is over the caller is not heard here.
        """
        async with self.holding(sid, call):
            try:
                if await _run(call, reading) in (Ending.DROPPED, Ending.FAILED):
                    self._leave_unheard(sid, call)
            finally:
                await close(websocket, NORMAL)

    async def left_unheard(self, sid: str) -> list[Spoken]:
        """Return what a call was not told any more, once its socket is done with it."""
        await self.let_go(sid)
        return self.unheard.take(sid)

    def _leave_unheard(self, sid: str, call: SocketCall) -> None:
        """A call whose last words took long may be on another socket, or in Gather, by now."""
        unheard, holder = call.take_unheard(), self._held.get(sid)
        if holder is None or holder.call is call:
            self.unheard.leave(sid, unheard)
        else:
            holder.call.say(with_unheard(unheard, ()))

    @asynccontextmanager
    async def holding(self, sid: str, call: SocketCall) -> AsyncIterator[None]:
        """Hold a call; a second socket of the same call makes the first let go."""
        held = self._held[sid] = _Held(call)
        try:
            yield
        finally:
            if self._held.get(sid) is held:
                del self._held[sid]
            held.is_done.set()

    async def let_go(self, sid: str) -> None:
        """Make whoever holds a call drop it, and wait until its last words are kept."""
        held = self._held.get(sid)
        if held is None:
            return
        held.call.drop()
        with suppress(TimeoutError):
            async with asyncio.timeout(DONE_WITHIN_S):
                await held.is_done.wait()


async def _run(call: SocketCall, reading: Coroutine[None, None, None]) -> Ending:
    reader = asyncio.create_task(until_gone(reading, call.drop))
    try:
        return await call.run()
    finally:
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader


def _secret(line: str, settings: TwilioSettings) -> bytes:
    """Return what tokens are made with: the same on every machine that has the account's."""
    if settings.auth_token is None:
        return secrets.token_bytes(32)
    given = settings.auth_token.get_secret_value()
    return hashlib.sha256(f"{line}:{given}".encode()).digest()
