"""Calls that are on a WebSocket of this machine: whose socket it is, and what was left unsaid."""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aurora.guidance.spoken import Spoken
from aurora.settings import TwilioSettings

MOST_UNHEARD = 1_000
"""Calls whose unheard sentences are kept for the line they go on with."""
DONE_WITHIN_S = 4.0
"""For a closed socket to rate its last words before another line goes on."""


@dataclass(eq=False, slots=True)
class _Held:
    """One call on its socket."""

    drop: Callable[[], None]
    is_done: asyncio.Event = field(default_factory=asyncio.Event)


class SocketCalls:
    """The calls of one line."""

    def __init__(self, line: str, settings: TwilioSettings) -> None:
        self._secret = _secret(line, settings)
        self._held: dict[str, _Held] = {}
        self._unheard: OrderedDict[str, Sequence[Spoken]] = OrderedDict()

    def token(self, sid: str) -> str:
        """Return what proves that a socket was opened by the TwiML of this very call."""
        return hmac.new(self._secret, sid.encode(), hashlib.sha256).hexdigest()

    def is_ours(self, sid: str, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token(sid).encode())

    def leave_unheard(self, sid: str, sentences: Sequence[Spoken]) -> None:
        """Keep what a call is still to be told, for whoever goes on with it."""
        self._unheard[sid] = sentences
        while len(self._unheard) > MOST_UNHEARD:
            self._unheard.popitem(last=False)

    def take_unheard(self, sid: str) -> Sequence[Spoken] | None:
        """Return what was left for a call; None when nobody left it anything."""
        return self._unheard.pop(sid, None)

    @asynccontextmanager
    async def holding(self, sid: str, drop: Callable[[], None]) -> AsyncIterator[None]:
        """Hold a call; a second socket of the same call makes the first let go."""
        held = self._held[sid] = _Held(drop)
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
        held.drop()
        with suppress(TimeoutError):
            async with asyncio.timeout(DONE_WITHIN_S):
                await held.is_done.wait()


def _secret(line: str, settings: TwilioSettings) -> bytes:
    """Return what tokens are made with: the same on every machine that has the account's."""
    if settings.auth_token is None:
        return secrets.token_bytes(32)
    given = settings.auth_token.get_secret_value()
    return hashlib.sha256(f"{line}:{given}".encode()).digest()
