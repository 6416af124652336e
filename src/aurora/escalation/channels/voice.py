"""Alerts as telephone calls: Twilio rings and reads the brief; what key is pressed comes later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from aurora.escalation.alert import Alert
from aurora.escalation.answer_words import ASK_FOR_AN_ANSWER, meaning_of_yes, words_in
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.alert_call import AlertCall
from aurora.escalation.channels.base import Clock, Sent, left_s, marked
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.plan import ChannelKind
from aurora.site.model import Site, Voice

if TYPE_CHECKING:
    from aurora.escalation.channels.twilio_rest import TwilioRest

RING_S = 25
"""Most voicemails pick up after that; the call then goes to the next person instead."""


class VoiceChannel:
    """Through Twilio, from its one number."""

    kind = ChannelKind.VOICE
    can_be_asked = True

    def __init__(
        self, twilio: "TwilioRest", callbacks: Callbacks | None, site: Site, clock: Clock
    ) -> None:
        """callbacks: None on a line that Twilio cannot reach; then no key can be taken."""
        self._twilio = twilio
        self._callbacks = callbacks
        self._voices: Mapping[str, Voice] = {str(key): v for key, v in site.voices.items()}
        self._first_voice = site.voices[site.languages[0]]
        self._control_room = site.contact(site.control_room).number
        self._clock = clock

    async def send(self, alert: Alert) -> Sent:
        callbacks = self._callbacks
        placed = await self._twilio.place_call(
            alert.address,
            self.twiml(alert),
            ring_s=RING_S,
            status_callback=callbacks.call_status(alert) if callbacks else None,
            machine_callback=callbacks.call_answered_by(alert) if callbacks else None,
            within_s=left_s(alert, self._clock()),
        )
        return Sent(placed.sid, self._clock(), placed.notes)

    def twiml(self, alert: Alert) -> str:
        """Return what is said when somebody picks up; with the request, so that it never waits."""
        call = AlertCall(
            self._voices.get(alert.language, self._first_voice),
            words_in(alert.language),
            meaning_of_yes(alert.kind, is_desk=alert.is_desk),
            marked(alert, alert.texts.voice),
            may_arrive=alert.kind is AlertKind.REMINDER and not alert.is_desk,
        )
        if alert.kind not in ASK_FOR_AN_ANSWER:
            return call.told()
        if self._callbacks is None:
            return call.brief_only(self._control_room)
        return call.opening(self._callbacks.call_key(self._callbacks.token(alert), 1))

    async def taken(self, alert: Alert, since: datetime) -> Sequence[str]:
        return await self._twilio.calls_to(alert.address, since, left_s(alert, self._clock()))

    async def close(self) -> None:
        """The account is closed by who opened it: text messages use it too."""
