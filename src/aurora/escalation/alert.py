"""What those who are alerted read and hear, in their language, of what is known; sends nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurora.escalation.brief import AlertKind, Brief
from aurora.escalation.happening import News
from aurora.escalation.incident import Incident
from aurora.escalation.plan import ChannelKind, Page, Route
from aurora.site.model import Site

SMS_LIMIT = 320
SITE_NAME_LIMIT = 40
"""In an SMS: a long name must not push out what follows it."""
ASKS_FOR_AN_ANSWER = frozenset({AlertKind.PAGE, AlertKind.REMINDER, AlertKind.TEST})


@dataclass(frozen=True, slots=True)
class Links:
    """Signed addresses that answer for one contact; made by `acknowledgement`."""

    accept: str
    decline: str | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """One alert in the lengths that channels take."""

    short: str
    """An SMS, at most 320 characters; with the code when it asks for an answer."""
    voice: str
    """To be read out; says neither links, nor the code, nor the keys."""
    press: str
    """The keys, to be said after it; empty when it asks for no answer."""
    subject: str
    """One line."""
    long: str
    """An e-mail or chat message, several lines."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one contact over one channel; everything a channel needs to send it."""

    id: str
    """The idempotency key, made by `alert_id`."""
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
        texts=_texts(brief, links),
        links=links,
    )


def _texts(brief: Brief, links: Links | None) -> Texts:
    asks = brief.kind in ASKS_FOR_AN_ANSWER
    return Texts(
        short=_short(brief, links, asks=asks),
        voice=" ".join([brief.this_is(), *brief.body(is_spoken=True)]),
        press=brief.words.press if asks else "",
        subject=" ".join(brief.head().split()),
        long=_long(brief, links, asks=asks),
    )


def _short(brief: Brief, links: Links | None, *, asks: bool) -> str:
    words, code = brief.words, brief.incident.code
    ends = [words.reply.format(code=code)] if asks else [words.code.format(code=code)]
    if asks and links is not None:
        ends.append(links.accept)
    head, *rest = brief.body()
    return fitted(f"Aurora {brief.site.name[:SITE_NAME_LIMIT]}: {head}", rest, ends, SMS_LIMIT)


def _long(brief: Brief, links: Links | None, *, asks: bool) -> str:
    words, code = brief.words, brief.incident.code
    lines = [brief.this_is(), *brief.body(), *brief.background(), words.code.format(code=code)]
    if asks:
        lines.append(words.reply.format(code=code))
    if asks and links is not None:
        lines.append(words.accept_here.format(link=links.accept))
        if links.decline:
            lines.append(words.decline_here.format(link=links.decline))
    if brief.incident.is_drill:
        lines.append(words.drill)
    return "\n".join(lines)


def fitted(head: str, middle: Sequence[str], ends: Sequence[str], limit: int) -> str:
    """Return head, as much of the middle as fits in whole sentences, and the ends.

    The first end always stays; the others (links) go before the head is cut.
    """
    kept_ends = list(ends)
    while len(kept_ends) > 1 and len(" ".join([head, *kept_ends])) > limit:
        kept_ends.pop()
    room = limit - len(" ".join(["", *kept_ends]))
    if len(head) > room:
        head = head[: max(0, room - 1)].rstrip() + "…"
    kept: list[str] = []
    for sentence in middle:
        if len(" ".join([head, *kept, sentence, *kept_ends])) <= limit:
            kept.append(sentence)
    return " ".join([head, *kept, *kept_ends])
