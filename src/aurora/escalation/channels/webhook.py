"""Alerts as signed JSON to a URL: the plant's own systems, a chat, another emergency desk."""

import json
from typing import Any

from aurora.escalation.alert import Alert
from aurora.escalation.channels.addresses import Addresses
from aurora.escalation.channels.base import Clock, KnownById, Sent, left_s, marked
from aurora.escalation.channels.signed_post import SignedPost
from aurora.escalation.plan import ChannelKind


class WebhookChannel(KnownById):
    """The alert's id is the webhook-id: the same alert twice is one to the receiver."""

    kind = ChannelKind.WEBHOOK

    def __init__(self, post: SignedPost, addresses: Addresses, clock: Clock) -> None:
        self._post = post
        self._addresses = addresses
        self._clock = clock

    async def send(self, alert: Alert) -> Sent:
        within_s = left_s(alert, self._clock())
        url = self._addresses.url_of(alert.address)
        body = json.dumps(payload(alert), ensure_ascii=False).encode()
        notes = await self._post.post(url, alert.id, body, "application/json", within_s)
        return Sent(alert.id, self._clock(), notes)

    async def close(self) -> None:
        """The connections are closed by who opened them: CAP messages use them too."""


def payload(alert: Alert) -> dict[str, Any]:
    """Return what a receiver gets; names of persons stay here."""
    return {
        "type": f"alert.{alert.kind.value}",
        "timestamp": alert.made_at.isoformat(),
        "data": {
            "alert_id": alert.id,
            "incident_id": alert.incident_id,
            "code": alert.code,
            "is_drill": alert.is_drill,
            "urgency": alert.urgency,
            "hazard": alert.hazard.value,
            "zone": alert.zone,
            "role": alert.role,
            "contact_id": alert.contact_id,
            "language": alert.language,
            "opened_at": alert.opened_at.isoformat(),
            "subject": marked(alert, alert.texts.subject),
            "text": marked(alert, alert.texts.long),
            "acknowledge_url": alert.links.accept if alert.links else None,
        },
    }
