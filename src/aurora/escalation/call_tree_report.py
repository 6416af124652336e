"""What a test of the call tree found: who confirmed, by which way, and which ways failed; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aurora.escalation.delivery import Progress
from aurora.escalation.incident import Answer, Incident, IncidentState, Source
from aurora.escalation.ledger import AlertNote, AlertState
from aurora.escalation.plan import ChannelKind, Page, Plan
from aurora.levels import Urgency
from aurora.site.model import Site

CONFIRMED_BY = {Source.VOICE: ChannelKind.VOICE, Source.SMS: ChannelKind.SMS}
"""A link may have come by any written way."""


@dataclass(frozen=True, slots=True)
class RouteTested:
    """One way to one person."""

    channel: str
    result: str
    """confirmed, or how far it got: delivered, sent, machine, no_answer, failed, not_set_up."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PersonTested:
    """Somebody who was asked to confirm."""

    contact_id: str
    name: str
    roles: tuple[str, ...]
    is_critical: bool
    """A role of theirs is alerted for a critical call."""
    answer: Answer | None
    by: Source | None
    after_s: float | None
    routes: tuple[RouteTested, ...]

    @property
    def is_reached(self) -> bool:
        """Also who is not available has heard of it."""
        return self.answer is not None


@dataclass(frozen=True, slots=True)
class Report:
    """One test."""

    id: str
    by: str
    started_at: datetime
    ended_at: datetime | None
    people: tuple[PersonTested, ...]
    not_tested: tuple[str, ...]
    """Contacts outside the site, whom no test reaches."""

    @property
    def unreachable(self) -> list[PersonTested]:
        return [one for one in self.people if not one.is_reached]

    @property
    def is_passed(self) -> bool:
        """Whether everybody was reached who is needed in a critical call."""
        return not any(one.is_critical for one in self.unreachable)


def report(site: Site, incident: Incident, plan: Plan, notes: Sequence[AlertNote]) -> Report:
    """Return what a test found so far."""
    critical = set(site.escalation[Urgency.CRITICAL])
    is_over = incident.state is IncidentState.RESOLVED
    pages = list(plan.everyone())
    asked = {page.contact_id for page in pages}
    return Report(
        id=incident.id,
        by=incident.test.by if incident.test else "",
        started_at=incident.opened_at,
        ended_at=incident.updated_at if is_over else None,
        people=tuple(_person(incident, page, notes, critical) for page in pages),
        not_tested=tuple(one.id for one in site.contacts if one.is_outside and one.id not in asked),
    )


def _person(
    incident: Incident, page: Page, notes: Sequence[AlertNote], critical: set[str]
) -> PersonTested:
    given = [one for one in incident.acknowledgements if one.contact_id == page.contact_id]
    first = min(given, key=lambda one: one.at, default=None)
    sources = {one.source for one in given}
    own = {note.channel: note for note in notes if note.contact_id == page.contact_id}
    return PersonTested(
        contact_id=page.contact_id,
        name=page.name,
        roles=page.roles,
        is_critical=not critical.isdisjoint(page.roles),
        answer=incident.answer_of(page.contact_id),
        by=first.source if first else None,
        after_s=(first.at - incident.opened_at).total_seconds() if first else None,
        routes=tuple(_route(kind, own.get(kind.value), sources) for kind in page.channels),
    )


def _route(kind: ChannelKind, note: AlertNote | None, sources: set[Source]) -> RouteTested:
    if any(CONFIRMED_BY.get(source) is kind for source in sources):
        return RouteTested(kind.value, "confirmed")
    if note is None:
        return RouteTested(kind.value, "not_set_up")
    if note.state is AlertState.FAILED:
        return RouteTested(kind.value, "failed", note.detail)
    if note.progress in (None, Progress.ENDED):
        return RouteTested(kind.value, note.state.value, note.detail)
    return RouteTested(kind.value, note.progress.value, note.detail)
