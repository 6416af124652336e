"""Text messages that answer alerts: who wrote, which code, what to write back."""

from collections.abc import Callable
from datetime import datetime
from xml.sax.saxutils import escape

import structlog

from aurora.errors import RecordsError
from aurora.escalation.answer_words import AnswerWords, words_in
from aurora.escalation.answers import AnswerDesk, Asked, Outcome, Reply
from aurora.escalation.attempt_limit import AttemptLimit
from aurora.escalation.gsm import in_gsm
from aurora.escalation.incident import Answer, Source
from aurora.escalation.text_reply import TextReply, read_text_reply
from aurora.lines.twiml import EMPTY, NON_XML
from aurora.site.model import Site

log = structlog.get_logger()

MOST_WRONG_CODES = 100
"""Of one number in ten minutes, of a hundred million codes: a sender can be forged, and a few
messages must not take the word from a contact."""
MOST_CORRECTIONS = 5
"""Messages written back to one number in ten minutes about what is wrong with theirs: whoever
forges it must not have the line ring a contact's telephone without end."""


class TextReplies:
    """Answers only numbers of the site's own contacts: anybody else learns nothing."""

    def __init__(self, desk: AnswerDesk, site: Site, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._site = site
        self._guesses = AttemptLimit(MOST_WRONG_CODES)
        self._corrections = AttemptLimit(MOST_CORRECTIONS)
        self._clock = clock
        self._control_room = site.contact(site.control_room).number

    async def receive(self, sid: str, sender: str, text: str) -> str:
        """Take one message in; return TwiML that writes back, or that does nothing."""
        words = self._words_for(sender)
        reply = read_text_reply(text)
        if reply is None:
            log.info("text_not_understood", message_sid=sid, is_contact=words is not None)
            return self._correct(sender, words, "how_to_reply")
        if not self._guesses.may_try(sender, self._clock()):
            log.warning("code_guesses_exhausted", message_sid=sid, from_number=sender)
            return self._correct(sender, words, "too_many_codes")
        try:
            return await self._answer(sid, sender, reply, words)
        except RecordsError as error:
            log.error("answer_not_recorded", message_sid=sid, error=str(error))
            return self._write_back(words, "not_recorded")

    async def _answer(
        self, sid: str, sender: str, reply: TextReply, words: AnswerWords | None
    ) -> str:
        asked = await self._desk.asked_by_code(reply.code) if reply.is_well_formed else []
        theirs = [one for one in asked if sender in one.numbers]
        if not theirs:
            self._guesses.note(sender, self._clock())
            reason = "not_their_number" if asked else "unknown_code"
            log.warning("code_refused", reason=reason, message_sid=sid, from_number=sender)
            return self._correct(sender, words, "no_such_alert")
        # A telephone that two of those alerted share answers for both.
        told = [await self._record(sid, reply.answer, one) for one in theirs]
        return message(told[0]) if told[0] else EMPTY

    async def _record(self, sid: str, answer: Answer, asked: Asked) -> str | None:
        """Return what to write back; nothing to a message that came before and is not true now."""
        answer = asked.meant(answer)
        if answer is Answer.ARRIVED and not asked.may_arrive:
            answer = Answer.ACCEPT  # who never said that they come is watched like any other
        key = f"sms:{sid}:{asked.contact_id}"
        reply = Reply(key, asked.incident_id, asked.contact_id, answer, Source.SMS, self._clock())
        outcome = await self._desk.answer(reply)
        if outcome is Outcome.REPEATED:
            log.warning("answer_repeated", message_sid=sid, incident_id=asked.incident_id)
            if asked.answer is not answer:
                return None
        return confirmation(asked, answer, outcome)

    def _words_for(self, sender: str) -> AnswerWords | None:
        for contact in self._site.contacts:
            addresses = [address for _, address in contact.ways(ring_first=False)]
            if sender in (contact.phone, *addresses):
                return words_in((contact.languages or self._site.languages)[0])
        return None

    def _correct(self, sender: str, words: AnswerWords | None, name: str) -> str:
        """Write back what is wrong, the last time whom to phone; then nothing for a while."""
        now = self._clock()
        if not self._corrections.may_try(sender, now):
            return EMPTY
        self._corrections.note(sender, now)
        is_last = not self._corrections.may_try(sender, now)
        return self._write_back(words, "too_many_codes" if is_last else name)

    def _write_back(self, words: AnswerWords | None, name: str) -> str:
        if words is None:
            return EMPTY
        text: str = getattr(words, name)
        return message(text.format(number=self._control_room))


def confirmation(asked: Asked, answer: Answer, outcome: Outcome) -> str:
    """Return what became of an answer, in the words of who gave it; a drill is called one."""
    words = words_in(asked.language)
    recorded = _recorded(asked, answer, outcome, words)
    return f"{words.is_drill} {recorded}" if asked.is_drill else recorded


def _recorded(asked: Asked, answer: Answer, outcome: Outcome, words: AnswerWords) -> str:
    if outcome is Outcome.OVER:
        return words.over
    if answer is Answer.ARRIVED:
        return words.arrived
    return words.accepted[asked.yes] if answer is Answer.ACCEPT else words.declined


def message(text: str) -> str:
    """Return TwiML that answers a text message with another."""
    said = escape(in_gsm(text).translate(NON_XML))
    return f'<?xml version="1.0" encoding="UTF-8"?><Response><Message>{said}</Message></Response>'
