"""Alerts as signed CAP 1.2 messages to a URL: sirens, boards, public systems."""

from aurora.escalation.alert import Alert
from aurora.escalation.channels.addresses import Addresses
from aurora.escalation.channels.base import Clock, KnownById, Sent, left_s
from aurora.escalation.channels.cap_message import Sender, cap_message
from aurora.escalation.channels.signed_post import SignedPost
from aurora.escalation.plan import ChannelKind

CONTENT_TYPE = "application/cap+xml"


class CapChannel(KnownById):
    """Signed like any webhook; a receiver that only knows CAP need not look."""

    kind = ChannelKind.CAP

    def __init__(
        self, post: SignedPost, addresses: Addresses, sender: Sender, clock: Clock
    ) -> None:
        self._post = post
        self._addresses = addresses
        self._sender = sender
        self._clock = clock

    async def send(self, alert: Alert) -> Sent:
        within_s = left_s(alert, self._clock())
        url = self._addresses.url_of(alert.address)
        body = cap_message(alert, self._sender)
        notes = await self._post.post(url, alert.id, body, CONTENT_TYPE, within_s)
        return Sent(alert.id, self._clock(), notes)

    async def close(self) -> None:
        """The connections are closed by who opened them: webhooks use them too."""
