"""What a channel is: one way to send an alert. That it was sent is all it can say of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aurora.errors import ChannelFault
from aurora.escalation.alert import Alert
from aurora.escalation.plan import ChannelKind
from aurora.site.model import Site

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sent:
    """A provider took an alert on; delivery, and above all an answer, is another matter."""

    provider_id: str
    at: datetime
    notes: tuple[str, ...] = ()
    """For the record: tries that failed, parts of a text message, what may come twice."""


def kinds_used(site: Site) -> set[ChannelKind]:
    """Return the channels by which the site's contacts are reached."""
    ways = (way for contact in site.contacts for way in contact.ways(ring_first=True))
    return {ChannelKind(kind) for kind, _ in ways}


class Channel(Protocol):
    """Sends alerts one at a time, many at once; the alert's id makes a repeat the same alert."""

    @property
    def kind(self) -> ChannelKind: ...

    async def send(self, alert: Alert) -> Sent:
        """Send within the alert's time; raises ChannelFault."""
        ...

    @property
    def can_be_asked(self) -> bool:
        """Whether a repeat does no harm: the provider says what it took, or whoever receives it
        knows an alert by its id."""
        ...

    async def taken(self, alert: Alert, since: datetime) -> Sequence[str]:
        """Return the provider's ids of what it took that may be this alert; raises ChannelFault.

        since: when the alert was noted, before it was sent. Nothing where it cannot be asked.
        """
        ...

    async def close(self) -> None: ...


class Unasked:
    """A channel whose provider cannot be asked what it took."""

    can_be_asked = False

    async def taken(self, alert: Alert, since: datetime) -> Sequence[str]:
        return ()


class KnownById(Unasked):
    """A channel whose receivers know an alert by its id, so that a repeat is the same alert."""

    can_be_asked = True


def left_s(alert: Alert, now: datetime) -> float:
    """Return for how long an alert may still be tried; raises ChannelFault when it may not."""
    left = (alert.expires_at - now).total_seconds()
    if left <= 0:
        raise ChannelFault("too_late", "its time was over before it was sent")
    return left


def marked(alert: Alert, text: str) -> str:
    """Return a text that says DRILL when the alert is one: nobody may take a drill for real."""
    return f"DRILL. {text}" if alert.is_drill and "DRILL" not in text else text
