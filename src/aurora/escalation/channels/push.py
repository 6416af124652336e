"""Alerts as notifications on the telephones of those whose accounts are linked to a contact."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from aurora.errors import ChannelFault, RecordsError
from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.alert import Alert
from aurora.escalation.channels.base import Clock, KnownById, Sent, left_s
from aurora.escalation.channels.patience import Patience, TryAgain, Trying
from aurora.escalation.channels.pinned_post import Answered, PinnedPost
from aurora.escalation.channels.push_message import PushSender, seal
from aurora.escalation.channels.push_services import PushServices, origin_of
from aurora.escalation.channels.push_words import notification
from aurora.escalation.phones import Phone, Phones
from aurora.escalation.plan import ChannelKind

log = structlog.get_logger()

KEPT_S = 600
"""How long a push service keeps an alert for a telephone that is in a lift, not away."""
TRY_AGAIN = frozenset({408, 425, 429})
GONE = frozenset({404, 410})


class PushChannel(KnownById):
    """A push service that took an alert says nothing of the telephone: it may lie in a locker.

    The same alert twice is one notification: the second takes the place of the first.
    """

    kind = ChannelKind.PUSH

    def __init__(
        self,
        phones: Phones,
        services: PushServices,
        sender: PushSender,
        tokens: Tokens,
        number: str,
        clock: Clock,
        *,
        patience: Patience = Patience(),
    ) -> None:
        """number: the control room's telephone, shown where an answer could not be recorded."""
        self._phones = phones
        self._services = services
        self._sender = sender
        self._tokens = tokens
        self._number = number
        self._clock = clock
        self._outgoing = PinnedPost()
        self._patience = patience

    async def close(self) -> None:
        await self._outgoing.close()

    async def send(self, alert: Alert) -> Sent:
        """Send to all the telephones at once; one that takes it is enough."""
        within_s = left_s(alert, self._clock())
        phones = await self._phones.of_contact(alert.contact_id)
        if not phones:
            raise ChannelFault("no_phone", "no telephone is registered for them", is_final=True)
        body = notification(alert, self._tokens, self._number)
        topic = _topic(alert)
        tried = [self.send_to(phone, body, topic, within_s) for phone in phones]
        return self._together(await asyncio.gather(*tried, return_exceptions=True), alert)

    async def send_to(
        self, phone: Phone, body: bytes, topic: str, within_s: float, *, is_urgent: bool = True
    ) -> tuple[str, ...]:
        """Send to one telephone; return notes for the record. Raises ChannelFault.

        topic: what a newer message takes the place of, while the push service has it.
        """
        sealed = seal(body, phone.p256dh, phone.auth)

        async def attempt(trying: Trying) -> None:
            try:
                async with asyncio.timeout(trying.left_s):
                    to = await self._services.destination(phone.endpoint)
                    headers = self._headers(phone, topic, is_urgent=is_urgent)
                    answered = await self._outgoing.send(to, headers, sealed)
            except TimeoutError as error:
                raise TryAgain("push_too_slow") from error
            except OSError as error:
                raise TryAgain("push_unreachable", str(error)) from error
            await self._judge(phone, answered)

        _, notes = await self._patience.persist(attempt, within_s)
        return notes

    def _headers(self, phone: Phone, topic: str, *, is_urgent: bool) -> dict[str, str]:
        return {
            "Authorization": self._sender.authorization(origin_of(phone.endpoint), self._clock()),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(KEPT_S),
            "Urgency": "high" if is_urgent else "normal",
            "Topic": topic,
        }

    async def _judge(self, phone: Phone, answered: Answered) -> None:
        status = answered.status
        if 200 <= status < 300:
            return
        if status in GONE:
            await self._drop(phone)
            raise ChannelFault("push_gone", str(status), is_final=True)
        if status >= 500 or status in TRY_AGAIN:
            raise TryAgain(f"push_{status}", after_s=answered.retry_after_s)
        raise ChannelFault(f"push_{status}", is_final=True)

    async def _drop(self, phone: Phone) -> None:
        try:
            await self._phones.drop(phone.id)
        except RecordsError as error:
            log.error("phone_not_dropped", error=str(error))  # the next alert finds it gone again

    def _together(self, done: Sequence[tuple[str, ...] | BaseException], alert: Alert) -> Sent:
        faults = [one for one in done if isinstance(one, BaseException)]
        for fault in faults:
            if not isinstance(fault, ChannelFault):
                raise fault
        notes = [note for one in done if not isinstance(one, BaseException) for note in one]
        notes += [str(fault.reason) for fault in faults if isinstance(fault, ChannelFault)]
        if len(faults) == len(done):
            raise ChannelFault("no_phone_took_it", ", ".join(notes), notes=tuple(notes))
        notes.append(f"phones_{len(done) - len(faults)}_of_{len(done)}")
        return Sent(alert.id, self._clock(), tuple(notes))


@dataclass(frozen=True, slots=True)
class Push:
    """What telephones are registered with and alerted by."""

    channel: PushChannel
    services: PushServices
    public_key: str


def _topic(alert: Alert) -> str:
    """At most 32 characters of URL-safe base 64 (RFC 8030), which tell nothing."""
    named = f"{alert.incident_id}:{alert.contact_id}:{alert.kind.value}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]
