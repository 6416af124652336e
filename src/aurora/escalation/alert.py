"""What those who are alerted read and hear, in their language; sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aurora.escalation.incident import Incident, News
from aurora.escalation.plan import ChannelKind, Page, Route
from aurora.levels import Hazard
from aurora.site.model import Site, spoken

TRIED_FOR_S = 20.0
"""How long a channel may try when nothing else says."""


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
    name: str
    role: str
    channel: ChannelKind
    address: str
    language: str
    urgency: str
    hazard: Hazard
    zone: str | None
    """As spoken, in the alert's language; None while it is unknown."""
    is_drill: bool
    is_desk: bool
    """To accept is to act on it, not to come."""
    opened_at: datetime
    """The incident's beginning."""
    made_at: datetime
    expires_at: datetime
    """A channel tries no longer: the plan goes on without it."""
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
    now: datetime,
    within_s: float = TRIED_FOR_S,
    kind: AlertKind = AlertKind.PAGE,
    news: Sequence[News] = (),
    links: Links | None = None,
    attempt: int = 1,
) -> Alert:
    """Return one message to one person over one channel, from what is known and nothing else."""
    zone = site.zone(incident.zone_id)
    text = f"{'DRILL ' if incident.is_drill else ''}{incident.code} {incident.hazard}"
    return Alert(
        id=alert_id(incident.id, occasion, page.contact_id, route.kind, attempt),
        kind=kind,
        incident_id=incident.id,
        code=incident.code,
        contact_id=page.contact_id,
        name=page.name,
        role=page.role,
        channel=route.kind,
        address=route.address,
        language=page.language,
        urgency=incident.urgency.value,
        hazard=incident.hazard,
        zone=spoken(zone.name, page.language) if zone else None,
        is_drill=incident.is_drill,
        is_desk=page.is_desk,
        opened_at=incident.opened_at,
        made_at=now,
        expires_at=now + timedelta(seconds=within_s),
        texts=Texts(text, text, text, text),
        links=links,
    )
