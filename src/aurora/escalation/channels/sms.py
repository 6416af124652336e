"""Alerts as text messages: the brief, how to answer, the link, in as few parts as can be."""

from typing import TYPE_CHECKING

from aurora.escalation.alert import Alert, AlertKind
from aurora.escalation.answer_words import ASK_FOR_AN_ANSWER, meaning_of_yes, words_in
from aurora.escalation.channels.base import Clock, Sent, left_s, marked
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.channels.gsm import in_gsm, is_gsm, segments, units
from aurora.escalation.plan import ChannelKind

if TYPE_CHECKING:
    from aurora.escalation.channels.twilio_rest import TwilioRest

MOST_UNITS = 306
"""Two parts in the GSM alphabet: the more parts, the likelier one is late or lost."""
MOST_UNITS_ELSE = 268
"""Four parts in another script."""


class SmsChannel:
    """Through Twilio, from its one number."""

    kind = ChannelKind.SMS

    def __init__(self, twilio: "TwilioRest", callbacks: Callbacks | None, clock: Clock) -> None:
        """callbacks: None on a line that Twilio cannot reach; then nobody can reply either."""
        self._twilio = twilio
        self._callbacks = callbacks
        self._clock = clock

    async def send(self, alert: Alert) -> Sent:
        body = text_message(alert, is_answerable=self._callbacks is not None)
        placed = await self._twilio.send_message(
            alert.address,
            body,
            status_callback=self._callbacks.message_status(alert) if self._callbacks else None,
            within_s=left_s(alert, self._clock()),
        )
        notes = (*placed.notes, f"segments_{segments(body)}")
        return Sent(placed.sid, self._clock(), notes)

    async def close(self) -> None:
        """The account is closed by who opened it: calls use it too."""


def text_message(alert: Alert, *, is_answerable: bool = True) -> str:
    """Return the whole message; only the brief is ever shortened."""
    words = words_in(alert.language)
    ending = ""
    if is_answerable and alert.kind in ASK_FOR_AN_ANSWER:
        how = words.reply[meaning_of_yes(alert.kind, is_desk=alert.is_desk)]
        ending += f" {how.format(code=alert.code)}"
    ending = in_gsm(ending)
    if alert.links is not None and alert.kind is not AlertKind.STAND_DOWN:
        ending += f" {alert.links.accept}"
    brief = in_gsm(" ".join(marked(alert, alert.texts.short).split()))
    most = MOST_UNITS if is_gsm(brief + ending) else MOST_UNITS_ELSE
    return shortened(brief, most - units(ending)) + ending


def shortened(text: str, most_units: int) -> str:
    """Return the text, or as many whole words of it as fit, with dots for the rest."""
    if units(text) <= most_units:
        return text
    words = text.split(" ")
    while len(words) > 1 and units(" ".join(words) + "...") > most_units:
        words.pop()
    return " ".join(words) + "..."
