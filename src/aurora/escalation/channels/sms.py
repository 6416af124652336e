"""Alerts as text messages, in the alphabet that takes the fewest parts."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from aurora.escalation.alert import Alert
from aurora.escalation.channels.base import Clock, Sent, left_s, marked
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.gsm import in_gsm, segments
from aurora.escalation.plan import ChannelKind

if TYPE_CHECKING:
    from aurora.escalation.channels.twilio_rest import TwilioRest


class SmsChannel:
    """Through Twilio, from its one number."""

    kind = ChannelKind.SMS
    can_be_asked = True

    def __init__(self, twilio: "TwilioRest", callbacks: Callbacks | None, clock: Clock) -> None:
        """callbacks: None on a line that Twilio cannot reach; then no delivery is told of."""
        self._twilio = twilio
        self._callbacks = callbacks
        self._clock = clock

    async def send(self, alert: Alert) -> Sent:
        body = _body(alert)
        placed = await self._twilio.send_message(
            alert.address,
            body,
            status_callback=self._callbacks.message_status(alert) if self._callbacks else None,
            within_s=left_s(alert, self._clock()),
        )
        notes = (*placed.notes, f"segments_{segments(body)}")
        return Sent(placed.sid, self._clock(), notes)

    async def taken(self, alert: Alert, since: datetime) -> Sequence[str]:
        within_s = left_s(alert, self._clock())
        sent = await self._twilio.messages_to(alert.address, since, within_s)
        return [sid for sid, body in sent if _is_it(alert, body)]

    async def close(self) -> None:
        """The account is closed by who opened it: calls use it too."""


def _body(alert: Alert) -> str:
    return in_gsm(marked(alert, alert.texts.short))


def _is_it(alert: Alert, body: str) -> bool:
    """Whether a text message is this alert as it may have been put together before a crash.

    One that asks for an answer is known by what it asks: more may be known by now, and its link is
    signed anew.
    """
    if not alert.texts.asks:
        return body == _body(alert)
    _, asked, link = body.partition(alert.texts.asks)
    return bool(asked) and len(link.split()) <= 1
