"""The telephone line over ConversationRelay: Twilio's words in, sentences out, on one WebSocket."""

from contextlib import suppress
from functools import partial

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from aurora.conversation.rejoin import with_unheard
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.lines.open_lines import OpenLines
from aurora.lines.relay import messages
from aurora.lines.relay.call import RelayCall
from aurora.lines.relay.messages import Setup
from aurora.lines.relay.twiml import connect_relay
from aurora.lines.socket_calls import MOST_MALFORMED, TOKEN, SocketCalls
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lines.unheard import Unheard
from aurora.lines.web_socket import receive, send
from aurora.settings import TwilioSettings
from aurora.site.model import Site

LINE = "relay"
PATH = "/relay"


class RelayLine:
    """All relay sessions of this machine."""

    line = LINE

    def __init__(
        self,
        switchboard: Switchboard,
        site: Site,
        settings: TwilioSettings,
        signature: WebhookSignature,
        open_lines: OpenLines | None = None,
    ) -> None:
        self._switchboard = switchboard
        self._open_lines = open_lines or OpenLines()
        self._site = site
        self._signature = signature
        self._calls = SocketCalls(LINE, settings)
        self._silence_s = float(settings.gather_timeout_s)
        self._locales: dict[str, str] = {code: voice.locale for code, voice in site.voices.items()}

    @property
    def is_ready(self) -> bool:
        """Twilio listens and speaks: nothing here has to be loaded first."""
        return True

    def connect(self, turn: Turn, then: str) -> str:
        """Return TwiML that connects the caller to a session of this call only."""
        sid = turn.call.connection_id
        self._calls.unheard.leave(sid, turn.sentences)
        language = next(code for code in self._site.voices if code == turn.call.language)
        url = self._signature.socket_url(PATH)
        return connect_relay(self._site, language, url, {TOKEN: self._calls.token(sid)}, then)

    async def left_unheard(self, sid: str) -> list[Spoken]:
        """Return what the call was not told any more, once its session is done with it."""
        return await self._calls.left_unheard(sid)

    @property
    def unheard(self) -> Unheard:
        return self._calls.unheard

    async def serve(self, websocket: WebSocket) -> None:
        """Hold one session from its upgrade to its end."""
        setup = await self._calls.admit(websocket, self._signature, _set_up)
        if setup is None:
            return
        with structlog.contextvars.bound_contextvars(call_id=setup.call_sid):
            await self._calls.let_go(setup.call_sid)
            await self._hold(websocket, setup.call_sid)

    async def _hold(self, websocket: WebSocket, sid: str) -> None:
        live = await self._switchboard.open(Ring(LINE, provider_id=sid))

        call = RelayCall(
            sid,
            partial(send, websocket),
            self._switchboard,
            self._locales,
            language=live.call.language,
            silence_s=self._silence_s,
        )
        if unheard := self._calls.unheard.take(sid):
            call.say(with_unheard(unheard, ()))
        else:
            call.rejoin()
        with self._open_lines.holding(live.call.id, call.nudge):
            await self._calls.hold(websocket, sid, call, _read(websocket, call))


async def _set_up(websocket: WebSocket) -> Setup | None:
    message = messages.read(await receive(websocket))
    return message if isinstance(message, Setup) else None


async def _read(websocket: WebSocket, call: RelayCall) -> None:
    """Give the call what comes in, until nothing does any more."""
    malformed = 0
    with suppress(WebSocketDisconnect):
        while malformed < MOST_MALFORMED:
            message = messages.read(await receive(websocket))
            if message is None:
                malformed += 1
            else:
                call.take(message)
    call.drop()


def relay_routes(line: RelayLine) -> APIRouter:
    """Return the WebSocket that Twilio opens."""
    router = APIRouter()

    @router.websocket(PATH)
    async def relay(websocket: WebSocket) -> None:
        await line.serve(websocket)

    return router
