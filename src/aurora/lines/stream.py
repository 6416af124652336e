"""The telephone line over Twilio Media Streams: a caller's sound in and out of one WebSocket."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket

from aurora.conversation.handing_off import has_person
from aurora.conversation.rejoin import with_unheard
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.guidance.spoken import Spoken
from aurora.lines import stream_messages as messages
from aurora.lines import twiml
from aurora.lines.audio.call import AudioCall
from aurora.lines.audio.speech import Speech
from aurora.lines.open_lines import OpenLines
from aurora.lines.socket_calls import MOST_MALFORMED, TOKEN, SocketCalls
from aurora.lines.stream_messages import Echo, Sound, Started, Stopped
from aurora.lines.twilio_messages import Key
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lines.unheard import Unheard
from aurora.lines.web_socket import receive, send
from aurora.settings import TwilioSettings
from aurora.speech.codec import LINE_HZ, mulaw_decode

LINE = "stream"
PATH = "/stream"
LONGEST_HOLE_MS = 1_000


class TwilioPort:
    """The caller's ear at the other end of a stream; what cannot be sent is dropped."""

    def __init__(self, websocket: WebSocket, stream_sid: str) -> None:
        self._websocket = websocket
        self._stream_sid = stream_sid

    async def send_audio(self, mulaw: bytes) -> None:
        await self._send(messages.media(self._stream_sid, mulaw))

    async def send_mark(self, name: str) -> None:
        await self._send(messages.mark(self._stream_sid, name))

    async def clear(self) -> None:
        await self._send(messages.clear(self._stream_sid))

    async def show(self, what: dict[str, Any]) -> None:
        """A telephone has no screen."""

    async def _send(self, text: str) -> None:
        await send(self._websocket, text)


@dataclass(eq=False, slots=True)
class _Session:
    """One stream of one call."""

    call: AudioCall
    next_ms: int | None = None
    """When the next sound should begin, by the stream's own time."""


class StreamLine:
    """All streams of this machine."""

    line = LINE

    def __init__(
        self,
        switchboard: Switchboard,
        speech: Speech,
        settings: TwilioSettings,
        signature: WebhookSignature,
        open_lines: OpenLines | None = None,
    ) -> None:
        self._switchboard = switchboard
        self._open_lines = open_lines or OpenLines()
        self._speech = speech
        self._parts = speech.parts(silence_s=float(settings.gather_timeout_s))
        self._signature = signature
        self._calls = SocketCalls(LINE, settings)

    @property
    def is_ready(self) -> bool:
        """Whether a call that rings now can be heard and answered here."""
        return self._speech.state.is_ready

    def connect(self, turn: Turn, then: str) -> str:
        """Return TwiML that connects the caller to a stream of this call only."""
        sid = turn.call.connection_id
        self._calls.unheard.leave(sid, turn.sentences)
        parameters = {TOKEN: self._calls.token(sid)}
        return twiml.connect_stream(self._signature.socket_url(PATH), parameters, then)

    async def left_unheard(self, sid: str) -> list[Spoken]:
        """Return what the call was not told any more, once its stream is done with it."""
        return await self._calls.left_unheard(sid)

    @property
    def unheard(self) -> Unheard:
        return self._calls.unheard

    async def serve(self, websocket: WebSocket) -> None:
        """Hold one stream from its upgrade to its end."""
        started = await self._calls.admit(websocket, self._signature, _started)
        if started is None:
            return
        with structlog.contextvars.bound_contextvars(call_id=started.call_sid):
            await self._hold(websocket, started)

    async def _hold(self, websocket: WebSocket, started: Started) -> None:
        sid = started.call_sid
        await self._calls.let_go(sid)
        live = await self._switchboard.open(Ring(LINE, provider_id=sid))
        call = AudioCall(
            sid,
            TwilioPort(websocket, started.stream_sid),
            self._parts,
            self._switchboard,
            language=live.call.language,
            has_other_ears=True,
            bridge=self._open_lines.bridge(live.call.id),
        )
        if unheard := self._calls.unheard.take(sid):
            call.say(with_unheard(unheard, ()))
        else:
            call.rejoin()
        with self._open_lines.holding(live.call.id, call.nudge):
            await self._calls.hold(websocket, sid, call, self._read(websocket, _Session(call)))

    async def _read(self, websocket: WebSocket, session: _Session) -> None:
        """Give the call what comes in, until nothing does any more.

        Without "stop" the caller is still there: Twilio goes on behind the socket.
        """
        call, malformed = session.call, 0
        while malformed < MOST_MALFORMED:
            match messages.read(await receive(websocket)):
                case Sound() as sound:
                    _hear(session, sound)
                case Key(digit):
                    call.press(digit)
                case Echo(name):
                    call.mark_echoed(name)
                case Stopped():
                    if not await self._is_moved(call.name):
                        call.hang_up()
                    return
                case None:
                    malformed += 1

    async def _is_moved(self, name: str) -> bool:
        """Whether the stream was stopped because its caller is being brought to a person."""
        call = await self._switchboard.call(name)
        return has_person(call) or call.is_hand_off_due


async def _started(websocket: WebSocket) -> Started:
    while True:
        message = messages.read(await receive(websocket))
        if isinstance(message, Started):
            return message


def _hear(session: _Session, sound: Sound) -> None:
    """Let the call hear it, with silence in place of what was lost on the way."""
    if sound.at_ms is not None:
        hole_ms = sound.at_ms - session.next_ms if session.next_ms is not None else 0
        if 0 < hole_ms <= LONGEST_HOLE_MS:
            session.call.hear(np.zeros(hole_ms * LINE_HZ // 1000, np.int16))
        session.next_ms = sound.at_ms + len(sound.mulaw) * 1000 // LINE_HZ
    session.call.hear(mulaw_decode(sound.mulaw))


def stream_routes(line: StreamLine) -> APIRouter:
    """Return the WebSocket that Twilio opens."""
    router = APIRouter()

    @router.websocket(PATH)
    async def stream(websocket: WebSocket) -> None:
        await line.serve(websocket)

    return router
