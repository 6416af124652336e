"""The telephone line over Twilio Gather: webhooks in, TwiML out; Twilio listens and speaks."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter
from starlette.requests import Request

from aurora.conversation import handing_off
from aurora.conversation.call import Call, EndReason
from aurora.conversation.record import Event
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Action, Turn
from aurora.errors import UnknownCall
from aurora.guidance.spoken import Spoken
from aurora.lines import twiml
from aurora.lines.owed import is_owed
from aurora.lines.problems import not_found, unprocessable
from aurora.lines.twilio_signature import WebhookSignature
from aurora.lines.twilio_webhooks import Answers, Fields, add_noted, add_spoken, signed_fields
from aurora.lines.unheard import Unheard
from aurora.settings import TwilioSettings
from aurora.site.model import Contact, Site, Voice

log = structlog.get_logger()

LINE = "gather"
TERMINAL_STATUSES = ("completed", "busy", "failed", "no-answer", "canceled")
IDEMPOTENCY_HEADER = "I-Twilio-Idempotency-Token"
ANONYMOUS = ("", "anonymous", "restricted", "unavailable", "unknown", "private", "+266696687")
"""What Twilio sends for a withheld number; the last is "anonymous" on a keypad."""


class Socket(Protocol):
    """A line over a WebSocket that takes calls before Gather does; Gather goes on when it ends."""

    line: str

    @property
    def is_ready(self) -> bool:
        """Whether a call that rings now can be taken."""

    def connect(self, turn: Turn, then: str) -> str:
        """Return TwiML that connects the caller, speaks this turn, and goes on to `then`."""

    async def left_unheard(self, sid: str) -> list[Spoken]:
        """Return what the call was not told any more, once its socket is done with it."""

    @property
    def unheard(self) -> Unheard:
        """What calls were not told; of one whose last words took long, after `left_unheard`."""


class GatherLine:
    """Everything the webhooks share."""

    def __init__(
        self,
        switchboard: Switchboard,
        site: Site,
        settings: TwilioSettings,
        signature: WebhookSignature,
        fallback_text: str,
        socket: Socket | None = None,
        contacts: Callable[[], Sequence[Contact]] | None = None,
    ) -> None:
        """socket: the line that a call is put on when it rings; Gather itself when None.

        contacts: those of now; the site's own when None.
        """
        self.switchboard = switchboard
        self._site = site
        self._contacts = contacts or (lambda: site.contacts)
        self._settings = settings
        self._signature = signature
        self._socket = socket
        self._unheard = socket.unheard if socket is not None else Unheard()
        self._desk = site.contact(site.control_room)
        self._hints: dict[str, str] = {
            language: twiml.hints_of(site, language) for language in site.languages
        }
        # Rendered at start, so that nothing can fail when it is needed.
        first = self._voice(site.languages[0])
        self.fallback = twiml.fallback(
            fallback_text, first, self._desk.number, settings.phone_number
        )

    async def incoming_call(self, request: Request, fields: Fields) -> str:
        """A call rings: greet and listen."""
        ring = self._ring(fields)
        key = self._key(request, fields, "ring")
        if self._socket is None or not self._socket.is_ready:
            return await self.switchboard.ring(ring, self.render, key)
        ring = replace(ring, line=self._socket.line)
        return await self.switchboard.ring(ring, self._connect, key)

    async def go_on(self, call_id: str, fields: Fields) -> str:
        """Whoever was called back has picked up: their call goes on, on the line it was on."""
        is_on_socket = self._socket is not None and self._socket.is_ready
        render = self._connect if is_on_socket else self.render
        return await self.switchboard.answer_call_back(call_id, _call_sid(fields), render)

    async def rejoin(self, request: Request, fields: Fields) -> str:
        """A call's socket was closed, by either side: Gather goes on, a person, or nobody."""
        sid = _call_sid(fields)
        key = self._key(request, fields, "rejoin" + request.query_params.get("turn", ""))
        unheard = await self._socket.left_unheard(sid) if self._socket else []
        if _is_over(fields):
            # The record must not look as if whoever is gone had heard what they were owed.
            if owed := [sentence for sentence in unheard if is_owed(sentence)]:
                self.switchboard.note_unheard_later(sid, owed)
            return await self._after_the_end(fields, "", key)
        live = await self.switchboard.open(self._ring(fields))
        if live.call.end_reason not in (None, EndReason.HUNG_UP):
            return twiml.HANG_UP
        return await self.switchboard.rejoin(sid, unheard, self.render, key)

    async def process_speech(self, request: Request, fields: Fields) -> str:
        """Words, a key, or silence; a call that was never announced begins here."""
        sid = _call_sid(fields)
        words = fields.get("SpeechResult", "").strip()
        key = self._key(request, fields, request.query_params.get("turn", ""))
        if _is_over(fields):
            return await self._after_the_end(fields, words, key)
        live = await self.switchboard.open(self._ring(fields))
        if handing_off.has_person(live.call):
            # The caller is here, so whoever had joined is not with them: words are heard all the
            # same, and silence brings Aurora back by what she says. Words do not wait for the
            # record to have taken that.
            await self.switchboard.amend(sid, _joined_no_more)
        with self._unheard.put_into(sid, self._render) as render:
            # Words before a key: a key can be pressed again, words that nobody rated are lost.
            if words:
                return await self.switchboard.hear(sid, words, render, key)
            if digits := fields.get("Digits", "").strip():
                return await self.switchboard.press(sid, digits[0], render, key)
            return await self.switchboard.wait(sid, render, key)

    async def after_hand_off(self, request: Request, fields: Fields) -> str:
        """The control room hung up or did not answer: Aurora is back on the line."""
        sid = _call_sid(fields)
        key = self._key(request, fields, "handoff" + request.query_params.get("turn", ""))
        is_with_person = fields.get("DialCallStatus") in ("completed", "answered")
        if _is_over(fields):
            return await self._after_the_hand_off(fields, key, is_with_person=is_with_person)
        live = await self.switchboard.open(self._ring(fields))
        if not is_with_person:
            return await self.switchboard.say(
                sid, "human_unreachable", "hand_off_failed", self.render, key
            )
        # "Completed" may have been a voice mailbox. An emergency ends when the caller hangs up.
        if live.call.urgency.is_emergency:
            return await self.switchboard.say(
                sid, "still_with_you", "hand_off_over", self.render, key
            )
        await self.switchboard.end(sid, EndReason.HANDED_OFF)
        return twiml.EMPTY

    async def _after_the_hand_off(
        self, fields: Fields, key: str | None, *, is_with_person: bool
    ) -> str:
        """The caller hung up while the control room was rung, or after speaking with it."""
        answer = await self._after_the_end(fields, "", key)
        with suppress(UnknownCall):
            await self.switchboard.end_hand_off(_call_sid(fields), is_with_person=is_with_person)
        return answer

    async def _after_the_end(self, fields: Fields, words: str, key: str | None) -> str:
        """Nobody listens any more: words are rated and put on record, and the call stays ended."""
        sid, reason = _call_sid(fields), EndReason.HUNG_UP
        if words:
            live = await self.switchboard.open(self._ring(fields))
            reason = live.call.end_reason or reason
            await self.switchboard.hear(sid, words, self.render, key)
        with suppress(UnknownCall):
            await self.switchboard.end(sid, reason)
        return twiml.EMPTY

    async def call_status(self, fields: Fields) -> None:
        """A status callback, in whatever order it comes: only an end changes anything."""
        sid = _call_sid(fields)
        if not _is_over(fields):
            return
        try:
            await self.switchboard.end(sid, EndReason.HUNG_UP)
        except UnknownCall as error:
            raise not_found(f"call {sid[:64]}") from error

    async def read(self, request: Request) -> Fields:
        """Return a webhook's fields once it is known to be Twilio's; raises Problem."""
        return await signed_fields(request, self._signature)

    def _ring(self, fields: Fields) -> Ring:
        caller = fields.get("From", "").strip()
        called = fields.get("To", "").strip() or None
        known = next((line for line in self._site.phone_lines if line.number == called), None)
        return Ring(
            line=LINE,
            from_number=None if caller.lower() in ANONYMOUS else caller[:64],
            to_number=called,
            provider_id=_call_sid(fields),
            language=known.language if known else None,
        )

    def _key(self, request: Request, fields: Fields, turn: str) -> str | None:
        """What makes a request the same request: Twilio's token, or the call, turn and words.

        None without either: the static fallback knows no turn, and may be answered many times.
        """
        token = request.headers.get(IDEMPOTENCY_HEADER)
        if not token and not turn:
            return None
        what = token or "\x1f".join(
            (turn, fields.get("SpeechResult", ""), fields.get("Digits", ""))
        )
        digest = hashlib.sha256(what.encode()).hexdigest()[:32]
        return f"{fields['CallSid']}:{request.url.path}:{digest}"

    def _connect(self, turn: Turn) -> str:
        """Return the first turn as TwiML that leads to the socket."""
        if self._socket is None or turn.action is not Action.LISTEN:
            return self.render(turn)
        return self._socket.connect(turn, f"rejoin?{urlencode({'turn': turn.call.turns})}")

    def render(self, turn: Turn) -> str:
        """Return the turn as TwiML."""
        return self._render(turn, turn.sentences)

    def _render(self, turn: Turn, spoken: Sequence[Spoken]) -> str:
        call = turn.call
        sentences = [sentence.text for sentence in spoken]
        speech = twiml.Speech(
            voice=self._voice(call.language),
            rate=self._settings.speech_rate,
            gather_timeout_s=self._settings.gather_timeout_s,
            speech_timeout=self._settings.speech_timeout,
            hints=self._hints[call.language],
        )
        # Relative, so that a public address with a path works too.
        number = f"?{urlencode({'turn': call.turns})}"
        if turn.action is Action.END:
            return twiml.hang_up(sentences, speech)
        if turn.action is Action.HAND_OFF:
            action, shown = f"after-hand-off{number}", self._settings.phone_number
            return twiml.dial(sentences, speech, self._number_of(call), action, shown)
        return twiml.listen(sentences, speech, f"process-speech{number}")

    def _number_of(self, call: Call) -> str:
        """Return whom to put a caller through to: whom an operator chose, or the control room."""
        wanted = call.hand_off.wanted[:1] if call.hand_off else []
        chosen = next((one.phone for one in self._contacts() if one.id in wanted), None)
        return chosen or self._desk.number

    def _voice(self, language: str) -> Voice:
        voices = self._site.voices
        voice = next((v for code, v in voices.items() if code == language), None)
        voice = voice or voices[self._site.languages[0]]
        if self._settings.voice and language == self._site.languages[0]:
            return voice.model_copy(update={"voice": self._settings.voice})
        return voice


Webhook = Callable[[Request, Fields], Awaitable[str]]


def _joined_no_more(call: Call, now: datetime) -> list[Event]:
    return handing_off.drop_back(call, "caller_returned", now)


def _call_sid(fields: Fields) -> str:
    sid = fields.get("CallSid", "")
    if not sid or len(sid) > 64 or not sid.isprintable():
        raise unprocessable("CallSid is missing or not an id; send Twilio's own fields.", "CallSid")
    return sid


def _is_over(fields: Fields) -> bool:
    """Whether Twilio says that the caller is gone; webhooks come late and in any order."""
    return fields.get("CallStatus", "").lower() in TERMINAL_STATUSES


def gather_routes(line: GatherLine) -> APIRouter:
    """Return the webhooks; every answer to Twilio but a refusal is TwiML that goes on."""
    router = APIRouter()
    spoken = {
        "/incoming-call": line.incoming_call,
        "/": line.incoming_call,
        "/process-speech": line.process_speech,
        "/rejoin": line.rejoin,
        "/after-hand-off": line.after_hand_off,
    }

    def reading(webhook: Webhook) -> Answers:
        async def read_and_answer(request: Request) -> str:
            return await webhook(request, await line.read(request))

        return read_and_answer

    async def call_status(request: Request) -> None:
        await line.call_status(await line.read(request))

    for path, webhook in spoken.items():
        add_spoken(router, path, reading(webhook), line.fallback)
    for path in ("/call-status", "/hangup"):
        add_noted(router, path, call_status)
    return router
