"""Keys pressed on calls that alert somebody: what each does, and what is said next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from aurora.errors import RecordsError
from aurora.escalation.acknowledgement import read_key
from aurora.escalation.answer_words import Yes, words_in
from aurora.escalation.answers import AnswerDesk, Asked, Reply
from aurora.escalation.channels.alert_call import MOST_ROUNDS, AlertCall, spoken_number
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.incident import Answer, Source
from aurora.lines.text_replies import confirmation
from aurora.site.model import Site, Voice

log = structlog.get_logger()

REPEAT = "9"


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key, or none, on one call."""

    call_sid: str
    digits: str
    """Empty when the time for a key ran out."""
    token: str
    alert_id: str
    incident_id: str
    contact_id: str
    round_: int
    """How often the brief was read so far."""
    is_confirming: bool
    """Asked to press 1 once more."""


class KeyPresses:
    """Answers Twilio with what the person hears next."""

    def __init__(
        self,
        desk: AnswerDesk,
        callbacks: Callbacks,
        site: Site,
        clock: Callable[[], datetime],
    ) -> None:
        self._desk = desk
        self._callbacks = callbacks
        self._clock = clock
        self._voices: Mapping[str, Voice] = {str(key): v for key, v in site.voices.items()}
        self._first = site.languages[0]
        self._control_room = site.contact(site.control_room).number

    async def receive(self, press: KeyPress) -> str:
        """Return TwiML."""
        try:
            asked = await self._desk.asked(press.incident_id, press.contact_id)
            if asked is None:
                log.warning("key_for_no_alert", call_sid=press.call_sid, alert_id=press.alert_id)
                return self._call(self._first).closing(words_in(self._first).over)
            return await self._act(press, asked)
        except RecordsError as error:
            log.error("answer_not_recorded", call_sid=press.call_sid, error=str(error))
            words = words_in(self._first)
            number = spoken_number(self._control_room)
            return self._call(self._first).closing(words.not_recorded.format(number=number))

    async def _act(self, press: KeyPress, asked: Asked) -> str:
        call = self._call(asked.language, asked)
        answer = read_key(press.digits)
        if answer is Answer.ARRIVED and not asked.may_arrive:
            answer = None
        if answer is not None:
            return await self._answer(press, asked, call, answer)
        is_machine = await self._desk.was_machine(press.alert_id)
        if press.digits == REPEAT:
            return call.opening(self._callbacks.call_key(press.token, 1))
        if press.digits:
            return call.no_such_key(self._callbacks.call_key(press.token, press.round_))
        if press.round_ >= MOST_ROUNDS or is_machine:
            return call.closing(call.words.unanswered)
        return call.opening(self._callbacks.call_key(press.token, press.round_ + 1))

    async def _answer(self, press: KeyPress, asked: Asked, call: AlertCall, answer: Answer) -> str:
        # A recorded greeting may hold tones. A person whom detection took for one presses again.
        is_doubtful = answer is not Answer.DECLINE and not press.is_confirming
        if is_doubtful and await self._desk.was_machine(press.alert_id):
            log.warning("key_on_a_machine", call_sid=press.call_sid, alert_id=press.alert_id)
            again = self._callbacks.call_key(press.token, press.round_, is_confirming=True)
            return call.once_more(again)
        reply = Reply(
            f"call:{press.call_sid}:{press.round_}:{press.digits}",
            asked.incident_id,
            asked.contact_id,
            answer,
            Source.VOICE,
            self._clock(),
        )
        outcome = await self._desk.answer(reply)
        return call.closing(confirmation(asked, answer, outcome))

    def _call(self, language: str, asked: Asked | None = None) -> AlertCall:
        voice = self._voices.get(language, self._voices[self._first])
        words = words_in(language)
        if asked is None:
            return AlertCall(voice, words, Yes.COMING, "")
        return AlertCall(voice, words, asked.yes, asked.brief, asked.may_arrive)
