"""What those who are alerted read and hear, in their language; sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from aurora.escalation.incident import Incident, News
from aurora.escalation.plan import ChannelKind, Page, Route
from aurora.site.model import Site


class AlertKind(StrEnum):
    PAGE = "page"
    UPDATE = "update"
    REMINDER = "reminder"
    STAND_DOWN = "stand_down"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Links:
    """Signed addresses that answer for one contact; made by `acknowledgement`."""

    accept: str
    decline: str | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """One alert in the lengths that channels take."""

    short: str
    """An SMS, at most 320 characters, the code in it."""
    voice: str
    """To be read out; says neither links nor which key does what."""
    long: str
    """An e-mail or chat message, several lines."""
    subject: str
    """Of that, one line."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one contact over one channel; everything a channel needs to send it."""

    id: str
    """The idempotency key: made of plan step, page, channel and attempt by `alert_id`."""
    kind: AlertKind
    incident_id: str
    code: str
    contact_id: str
    role: str
    channel: ChannelKind
    address: str
    language: str
    urgency: str
    is_drill: bool
    texts: Texts
    links: Links | None = None


def alert_id(
    incident_id: str,
    occasion: str,
    contact_id: str,
    channel: ChannelKind,
    attempt: int = 1,
) -> str:
    """Return the same key for the same message, whoever sends it and however often.

    occasion: what it is sent for: "step:1:2" (round 1, step 2), "fallback", "update:3",
    "reminder:1", "stand_down", "test:2026-03-02".
    """
    return ":".join((incident_id, occasion, contact_id, channel.value, str(attempt)))


def compose(
    site: Site,
    incident: Incident,
    page: Page,
    route: Route,
    occasion: str,
    *,
    kind: AlertKind = AlertKind.PAGE,
    news: Sequence[News] = (),
    links: Links | None = None,
    attempt: int = 1,
) -> Alert:
    """Return one message to one person over one channel, from what is known and nothing else."""
    text = f"{'DRILL ' if incident.is_drill else ''}{incident.code} {incident.hazard}"
    return Alert(
        id=alert_id(incident.id, occasion, page.contact_id, route.kind, attempt),
        kind=kind,
        incident_id=incident.id,
        code=incident.code,
        contact_id=page.contact_id,
        role=page.role,
        channel=route.kind,
        address=route.address,
        language=page.language,
        urgency=incident.urgency.value,
        is_drill=incident.is_drill,
        texts=Texts(text, text, text, text),
        links=links,
    )
