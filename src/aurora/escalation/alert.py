"""What those who are alerted read and hear, in their language, of what is known; sends nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aurora.escalation.answer_words import ASK_FOR_AN_ANSWER, meaning_of_yes, words_in
from aurora.escalation.brief import AlertKind, Brief
from aurora.escalation.gsm import in_gsm, is_gsm, units
from aurora.escalation.incident import Incident
from aurora.escalation.news import News
from aurora.escalation.plan import ChannelKind, Page, Route
from aurora.levels import Hazard, Urgency
from aurora.site.model import Site, spoken

TRIED_FOR_S = 20.0
"""How long a channel may try when nothing else says."""
SMS_UNITS = 306
"""Two parts: the more parts, the likelier one is late or lost."""
SMS_UNITS_IN_ANOTHER_SCRIPT = 268
"""Four."""
SITE_NAME_LIMIT = 40
"""In an SMS: a long name must not push out what follows it."""


@dataclass(frozen=True, slots=True)
class Links:
    """The signed address that answers for one contact; made by `acknowledgement`."""

    accept: str
    """Of the page where they accept or decline."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One alert in the lengths that channels take."""

    short: str
    """A whole SMS, in two parts where its script allows; with the code, and how to answer."""
    voice: str
    """To be read out; says neither links, nor the code, nor the keys."""
    subject: str
    """One line."""
    long: str
    """Several lines, for e-mail, chat and boards; public ones may not have the link."""
    asks: str = ""
    """The part of `short` that asks for an answer, before the link: the same however much is known
    by then. "" where none is asked for."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one contact over one channel; everything a channel needs to send it."""

    id: str
    """The idempotency key, made by `alert_id`."""
    kind: AlertKind
    incident_id: str
    code: str
    contact_id: str
    name: str
    role: str
    channel: ChannelKind
    address: str
    language: str
    urgency: Urgency
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
    incident_id: str, occasion: str, contact_id: str, channel: ChannelKind, attempt: int = 1
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
    titles: Mapping[str, str] | None = None,
) -> Alert:
    """Return one message to one person over one channel, from what is known and nothing else.

    news: what an update tells. titles: of procedures, in the page's language; a hazard's plain
    name stands in for a procedure without one.
    """
    brief = Brief(site, incident, page.language, kind, news, titles or {})
    zone = site.zone(incident.zone_id)
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
        urgency=incident.urgency,
        hazard=incident.hazard,
        zone=spoken(zone.name, page.language) if zone else None,
        is_drill=incident.is_drill,
        is_desk=page.is_desk,
        opened_at=incident.opened_at,
        made_at=now,
        expires_at=now + timedelta(seconds=within_s),
        texts=_texts(brief, page, links),
        links=links,
    )


def _texts(brief: Brief, page: Page, links: Links | None) -> Texts:
    return Texts(
        short=_short(brief, page, links),
        voice=" ".join([brief.this_is(), *brief.body(is_spoken=True)]),
        subject=" ".join(brief.head().split()),
        long=_long(brief),
        asks=_asks(brief, page),
    )


def _short(brief: Brief, page: Page, links: Links | None) -> str:
    if asks := _asks(brief, page):
        ends = [asks, links.accept] if links else [asks]
    else:
        ends = [brief.words.code.format(code=brief.incident.code)]
    head, *rest = brief.body()
    return fitted(f"Aurora {brief.site.name[:SITE_NAME_LIMIT]}: {head}", rest, ends)


def _asks(brief: Brief, page: Page) -> str:
    if brief.kind not in ASK_FOR_AN_ANSWER:
        return ""
    words, code = words_in(page.language), brief.incident.code
    asks = words.reply[meaning_of_yes(brief.kind, is_desk=page.is_desk)].format(code=code)
    if brief.kind is AlertKind.REMINDER and not page.is_desk:
        asks += " " + words.arrived_reply.format(code=code)
    return in_gsm(asks)


def _long(brief: Brief) -> str:
    words, code = brief.words, brief.incident.code
    lines = [brief.this_is(), *brief.body(), *brief.background(), words.code.format(code=code)]
    return "\n".join([*lines, words.drill] if brief.incident.is_drill else lines)


def fitted(head: str, middle: Sequence[str], ends: Sequence[str]) -> str:
    """Return head, as much of the middle as fits in whole sentences, and the ends.

    In the GSM alphabet wherever there is a near character. The first end always stays; the others
    (links) go before the head is cut.
    """
    head, middle, kept_ends = in_gsm(head), [in_gsm(one) for one in middle], list(map(in_gsm, ends))
    is_plain = is_gsm(" ".join([head, *middle, *kept_ends]))
    limit = SMS_UNITS if is_plain else SMS_UNITS_IN_ANOTHER_SCRIPT
    while len(kept_ends) > 1 and units(" ".join([head, *kept_ends])) > limit:
        kept_ends.pop()
    while len(head) > len("...") and units(" ".join([head, *kept_ends])) > limit:
        head = head.removesuffix("...")[:-1].rstrip() + "..."
    kept: list[str] = []
    for sentence in middle:
        if units(" ".join([head, *kept, sentence, *kept_ends])) <= limit:
            kept.append(sentence)
    return " ".join([head, *kept, *kept_ends])
