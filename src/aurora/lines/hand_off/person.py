"""What Twilio asks about the person who is rung: keys, how far their call is, that it is over."""

import structlog

from aurora.conversation.call import Call
from aurora.conversation.hand_off import Stage, Way
from aurora.conversation.operators import Operators
from aurora.errors import ChannelFault, HandOffTaken
from aurora.escalation.channels.alert_call import spoken_number
from aurora.escalation.delivery import is_machine
from aurora.lines.hand_off import twiml
from aurora.lines.hand_off.addresses import Asked, Step, room_of
from aurora.lines.hand_off.transfers import Transfers, language_of
from aurora.lines.hand_off.words import HandOffWords, words_in
from aurora.lines.twilio_webhooks import Fields
from aurora.lines.twiml import HANG_UP
from aurora.site.model import Contact, Voice

log = structlog.get_logger()

AGAIN, JOIN, DECLINE = "1", "2", "3"
MOST_ROUNDS = 2
"""Readings without a key before somebody else is asked."""
NOT_COMING = {"busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "canceled"}


class PersonsCall:
    """Answers with what the person hears next."""

    def __init__(self, transfers: Transfers, operators: Operators) -> None:
        self._transfers = transfers
        self._operators = operators

    async def key(self, fields: Fields, asked: Asked) -> str:
        """1 again, 2 join, 3 cannot; anything else is explained, and silence is not an answer."""
        call = await self._operators.call(asked.call_id)
        voice, words = self._speech(call)
        if not _is_asked(call, asked):
            return twiml.closing(voice, words.taken)
        digits = fields.get("Digits", "")[:1]
        if digits == JOIN:
            return await self._join(call, asked, fields.get("CallSid"))
        if digits == DECLINE:
            await self._operators.pass_on(call.id, "declined", attempt=asked.attempt)
            return twiml.closing(voice, words.declined)
        if digits == AGAIN or (not digits and asked.round_ < MOST_ROUNDS):
            return self._brief(call, 1 if digits else asked.round_ + 1)
        if not digits:
            await self._operators.pass_on(call.id, "no_key", attempt=asked.attempt)
            return twiml.closing(voice, words.unanswered)
        again = self._transfers.addresses.of(Step.KEY, call, asked.round_)
        return twiml.ask_again(voice, words, again)

    def _brief(self, call: Call, round_: int) -> str:
        return self._transfers.brief(call, self._person(call), round_)

    async def _join(self, call: Call, asked: Asked, leg: str | None) -> str:
        """Bring the caller first: who presses 2 must not wait in a conference for nobody."""
        voice, words = self._speech(call)
        hand_off = call.hand_off
        try:
            call = await self._operators.join(
                call.id,
                (hand_off and hand_off.person) or "",
                Way.PHONE,
                contact_id=hand_off.contact_id if hand_off else None,
                attempt=asked.attempt,
                leg=leg,
            )
        except HandOffTaken:
            return twiml.closing(voice, words.taken)
        addresses = self._transfers.addresses
        enter = addresses.of(Step.ENTER, call)
        try:
            is_there = await self._transfers.calls.move(call.connection_id, enter)
        except ChannelFault as fault:
            log.error("caller_not_moved", call_id=call.id, reason=fault.reason)
            await self._operators.slip_back(call.id, fault.reason)
            number = spoken_number(
                self._transfers.site.contact(self._transfers.site.control_room).number
            )
            return twiml.closing(voice, words.not_connected.format(number=number))
        if not is_there:
            await self._operators.slip_back(call.id, "caller_gone")
            return twiml.closing(voice, words.taken)
        return twiml.person_enters(
            voice,
            [words.connecting],
            room_of(call),
            over=addresses.of(Step.OVER, call),
            events=addresses.of(Step.CONFERENCE, call),
        )

    async def status(self, fields: Fields, asked: Asked) -> None:
        """How far the call to the person is; only that it is over changes anything."""
        status = fields.get("CallStatus", "").lower()
        if status in NOT_COMING:
            await self._operators.pass_on(asked.call_id, NOT_COMING[status], attempt=asked.attempt)
        elif status == "completed":
            await self._operators.pass_on(asked.call_id, "hung_up", attempt=asked.attempt)
            await self._transfers.left(asked.call_id, fields.get("CallSid", ""))

    async def answered_by(self, fields: Fields, asked: Asked) -> None:
        """A voicemail never joins, whatever tones it plays: the next person is asked."""
        if is_machine(fields.get("AnsweredBy", "")):
            await self._operators.pass_on(asked.call_id, "machine", attempt=asked.attempt)

    async def over(self, fields: Fields, asked: Asked) -> str:
        """The person's conference is over: the caller hung up, or was taken back."""
        await self._transfers.left(asked.call_id, fields.get("CallSid", ""))
        return HANG_UP

    def _person(self, call: Call) -> Contact:
        site = self._transfers.site
        contact_id = call.hand_off.contact_id if call.hand_off else None
        return site.contact(contact_id or site.control_room)

    def _speech(self, call: Call) -> tuple[Voice, HandOffWords]:
        language = language_of(self._transfers.site, self._person(call))
        return self._transfers.site.voices[language], words_in(language)


def _is_asked(call: Call, asked: Asked) -> bool:
    hand_off = call.hand_off
    is_briefed = hand_off is not None and hand_off.stage is Stage.BRIEFING
    return is_briefed and hand_off is not None and hand_off.attempt == asked.attempt
