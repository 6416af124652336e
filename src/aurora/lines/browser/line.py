"""The browser line: pages call over a WebSocket, and over HTTP with words while that is gone."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from aurora.conversation.call import Call, EndReason
from aurora.conversation.informing import Informer, standing
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.errors import RecordsError, UnknownCall
from aurora.escalation.incident import Lost
from aurora.guidance.spoken import Spoken
from aurora.lines.access import bearer_of, is_same_origin, require_call_code
from aurora.lines.audio.call import AudioCall
from aurora.lines.audio.ports import Ending
from aurora.lines.audio.speech import Speech
from aurora.lines.browser.limits import MAX_TEXT_CHARS, Allowance, Lobby
from aurora.lines.browser.messages import Hello, Typed, as_messages, request_key, situation_of
from aurora.lines.browser.port import BrowserPort
from aurora.lines.browser.session import ALIVE_EVERY_S, Session
from aurora.lines.fields import json_response, read_fields
from aurora.lines.open_lines import OpenLines
from aurora.lines.problems import Problem, forbidden, unprocessable
from aurora.lines.unheard import Unheard
from aurora.settings import AccessSettings
from aurora.site.model import Site

log = structlog.get_logger()

LINE = "browser"
MOST_PAGES = 50
"""Connected at once; what each says is put into words on this machine."""
MOST_STRANGERS = 50
"""Connected beside them that have not said hello; they take no place of a caller's."""
HELLO_WITHIN_S = 5.0
WRONG_CODE_S = 1.0
"""Whoever guesses at the code waits so long for each answer."""
GIVE_WAY_WITHIN_S = 4.0
"""For a lost connection to rate its last words before the page's next one is answered."""
AWAY_S = 6.0
"""A page calls again within two seconds of a lost connection, and tries for longer. One that does
not is a caller who is missing, where there is an emergency."""
BACK_WITHIN_S = 90.0
"""A page that lost its connection is waited for; then an everyday call has ended."""
ENDED, LOCKED, FAR, REPLACED, DEAF = 4000, 4401, 4403, 4409, 4503
BUSY, MALFORMED = 1013, 1008
"""Close codes as the page understands them."""


class BrowserLine:
    """All pages that call this machine."""

    def __init__(
        self,
        switchboard: Switchboard,
        site: Site,
        speech: Speech,
        access: AccessSettings,
        open_lines: OpenLines | None = None,
        *,
        silence_s: float,
        public_url: str | None = None,
        informer: Informer | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """silence_s: without a word, before Aurora speaks again.

        public_url: where pages reach this line when a proxy stands before it. informer: who knows
        how far the alerts of a call got; without one, a page shows whom they are for.
        """
        self._switchboard = switchboard
        self._site = site
        self._speech = speech
        self._parts = speech.parts(silence_s=silence_s)
        self._access = access
        self._open_lines = open_lines or OpenLines()
        self._public_url = public_url
        self._informer = informer
        self._clock = clock
        self._connected = 0
        self._lobby = Lobby(MOST_STRANGERS)
        self._sessions: dict[str, Session] = {}
        self._unheard = Unheard()
        self._departures: dict[str, asyncio.Task[None]] = {}
        self._typed = Allowance(10.0, 60.0, clock)

    async def serve(self, socket: WebSocket) -> None:
        """Hold one page from its upgrade to its end."""
        if not is_same_origin(socket, self._public_url):
            await socket.send_denial_response(
                forbidden("Call from this line's own page.").response()
            )
            return
        await socket.accept()
        port = BrowserPort(socket)
        hello = await self._greeted(socket, port)
        if hello is None:
            return
        ring = _ring(hello)
        if self._connected >= MOST_PAGES and not await self._has_place(ring.provider_id or ""):
            await port.close(BUSY)
            return
        self._connected += 1
        try:
            await self._hold(socket, port, ring)
        finally:
            self._connected -= 1

    async def _greeted(self, socket: WebSocket, port: BrowserPort) -> Hello | None:
        """Return what a page that may call begins with; None once another is hung up on."""
        try:
            async with self._lobby.patience(HELLO_WITHIN_S):
                text = await socket.receive_text()
            hello = Hello.model_validate_json(text[:MAX_TEXT_CHARS])
            require_call_code(self._access, socket, hello.code)
        except Problem as problem:
            with suppress(TimeoutError):
                async with self._lobby.patience(HELLO_WITHIN_S):
                    await asyncio.sleep(WRONG_CODE_S)
            await port.close(LOCKED if problem.status == 401 else FAR)
        except (TimeoutError, WebSocketDisconnect, ValidationError, KeyError):
            await port.close(MALFORMED)
        else:
            return hello
        return None

    async def _has_place(self, name: str) -> bool:
        """Whether a page is let in where every place is taken: into its own, or in an emergency."""
        if name in self._sessions:
            return True
        try:
            call = await self._switchboard.call(name)
        except (UnknownCall, RecordsError):
            return False
        return call.ended_at is None and call.urgency.is_emergency

    async def _hold(self, socket: WebSocket, port: BrowserPort, ring: Ring) -> None:
        name = ring.provider_id or ""
        if (before := self._sessions.get(name)) is not None:
            await before.replace(GIVE_WAY_WITHIN_S)
        if not await self._can_speak(port):
            await port.close(DEAF)
            return
        self._stay(name)
        live = await self._switchboard.open(ring)
        port.describe = partial(self._describe, name)
        call = AudioCall(
            name,
            port,
            self._parts,
            self._switchboard,
            language=live.call.language,
            bridge=self._open_lines.bridge(live.call.id),
            clock=self._clock,
        )
        if live.call.turns:
            call.rejoin(self._unheard.take(name))
        else:
            call.answer(ring)
        session = self._sessions[name] = Session(socket, port, call, self._clock)
        with structlog.contextvars.bound_contextvars(call_id=live.call.id):
            try:
                await port.tell({"type": "call", "id": live.call.id})
                with self._open_lines.holding(live.call.id, call.nudge):
                    ending = await session.hold()
            finally:
                self._part_with(name, session)
            log.info("page_left", ending=ending.value, was_replaced=session.was_replaced)
        await port.close(REPLACED if session.was_replaced else _code_of(ending))

    def _part_with(self, name: str, session: Session) -> None:
        """A connection is over; its last words may have taken so long that another has the call."""
        unheard, holder = session.take_unheard(), self._sessions.get(name)
        if holder is session:
            del self._sessions[name]
            self._leave(name, AWAY_S)
        if holder is None or holder is session:
            self._unheard.leave(name, unheard)
        else:
            holder.go_on(unheard)
        session.is_done.set()

    async def type_in(self, typed: Typed) -> str:
        """Take words or a key from a page without a connection; return what it is to show."""
        ring = _ring(typed)
        name = ring.provider_id or ""
        # Whoever sends words this way hears nothing on the connection that is thought to be there.
        if (before := self._sessions.get(name)) is not None:
            await before.let_go(GIVE_WAY_WITHIN_S)
        await self._switchboard.open(ring)
        self._stay(name)

        try:
            with self._unheard.put_into(name, self._as_shown) as render:
                key = request_key(name, typed.id)
                if typed.words is not None:
                    answer = await self._switchboard.hear(name, typed.words, render, key)
                else:
                    answer = await self._switchboard.press(name, typed.key or "", render, key)
            # What a connection had taken before was answered on it, and nothing is in writing.
            return answer or as_messages(None, await self._describe(name), self._unheard.take(name))
        finally:
            # Whoever types has no connection, and may be reading.
            self._leave(name, BACK_WITHIN_S)

    def _as_shown(self, turn: Turn, spoken: Sequence[Spoken]) -> str:
        heard = turn.heard.content if turn.heard is not None else None
        return as_messages(heard, self._situation(turn.call), spoken)

    async def require(self, request: Request) -> None:
        """Raise Problem unless the request comes from a page of this line that may call."""
        if not is_same_origin(request, self._public_url):
            raise forbidden("Send it from this line's own page.")
        try:
            require_call_code(self._access, request, bearer_of(request))
        except Problem:
            await asyncio.sleep(WRONG_CODE_S)
            raise
        if not self._typed.take():
            raise Problem(429, "Too many at once", "Wait a second and send it again.")

    async def _can_speak(self, port: BrowserPort) -> bool:
        """Whether this machine can hear and speak; loads what that needs for the first page."""
        loading = asyncio.create_task(self._speech.start())
        while not (await asyncio.wait([loading], timeout=ALIVE_EVERY_S))[0] and not port.is_lost:
            await port.tell({"type": "alive"})
        loading.cancel()  # only the waiting for it, where the page has gone
        return self._speech.state.is_ready

    async def _describe(self, name: str) -> dict[str, Any]:
        return self._situation(await self._switchboard.call(name))

    def _situation(self, call: Call) -> dict[str, Any]:
        known = self._informer
        sentences = standing(self._switchboard.dialogue, known, call) if known else []
        return situation_of(call, self._site, sentences)

    def _stay(self, name: str) -> None:
        """The page is back."""
        departure = self._departures.pop(name, None)
        if departure is not None:
            departure.cancel()

    def _leave(self, name: str, away_s: float) -> None:
        """The page's connection is gone; unless it comes back, an everyday call is over.

        away_s: how long it may stay away before its caller counts as missing in an emergency.
        """
        self._stay(name)
        if name not in self._sessions:
            self._departures[name] = asyncio.create_task(self._depart(name, away_s))

    async def _depart(self, name: str, away_s: float) -> None:
        await asyncio.sleep(away_s)
        with suppress(UnknownCall, RecordsError):
            await self._switchboard.lose(name, Lost.CONNECTION)
        await asyncio.sleep(BACK_WITHIN_S - away_s)
        with suppress(UnknownCall, RecordsError):
            call = await self._switchboard.call(name)
            # Whoever vanished from an emergency may be unable to call again: it stays open.
            if not call.urgency.is_emergency:
                self._unheard.take(name)
                await self._switchboard.end(name, EndReason.HUNG_UP)
        self._departures.pop(name, None)


def _ring(page: Hello | Typed) -> Ring:
    return Ring(LINE, provider_id=f"web_{page.call}", language=page.language)


def _code_of(ending: Ending) -> int:
    if ending is Ending.FAILED:
        return DEAF
    return MALFORMED if ending is Ending.DROPPED else ENDED


def browser_routes(line: BrowserLine) -> APIRouter:
    """Return the WebSocket of a call, and the way in for typed words without one."""
    router = APIRouter()

    @router.websocket("/call/audio")
    async def audio(socket: WebSocket) -> None:
        await line.serve(socket)

    @router.post("/call/words")
    async def words(request: Request) -> Response:
        await line.require(request)
        typed = await read_fields(request, Typed)
        if (typed.words is None) == (typed.key is None):
            raise unprocessable("words: send words or a key.", "words")
        return json_response(await line.type_in(typed))

    return router
