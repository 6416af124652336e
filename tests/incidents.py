"""Incidents for tests: calls about them, people who answer, a small plant with enough people."""

from datetime import datetime, timedelta
from typing import Any

from aurora.escalation.happening import absorb, open_incident
from aurora.escalation.incident import Acknowledgement, Answer, CallFacts, Incident, Source, answer
from aurora.escalation.plan import Page
from aurora.levels import Hazard, Urgency
from aurora.site.model import Site
from tests.line import NOON, example_site

CODE = "CDFGHJ"


def call(
    call_id: str = "first",
    urgency: Urgency = Urgency.CRITICAL,
    hazard: Hazard = Hazard.FIRE,
    zone: str | None = "a",
    after_min: float = 0,
    **parts: Any,
) -> CallFacts:
    """What a call says, so many minutes after noon; by default of a fire in Zone A."""
    at = NOON + timedelta(minutes=after_min)
    return CallFacts(call_id, at, urgency, hazard, zone, **parts)


def incident(*calls: CallFacts, number: int = 1) -> Incident:
    """The incident that these calls make, the first of them opening it."""
    first, *rest = calls or (call(),)
    made = open_incident(f"incident_{number}", CODE, first)
    for one in rest:
        absorb(made, one)
    return made


def says(
    made: Incident, contact: str, what: Answer, after_s: float = 0, source: Source = Source.SMS
) -> bool:
    return answer(made, Acknowledgement(contact, what, source, NOON + timedelta(seconds=after_s)))


def accepts(made: Incident, contact: str, after_s: float = 0) -> bool:
    return says(made, contact, Answer.ACCEPT, after_s)


def declines(made: Incident, contact: str, after_s: float = 0) -> bool:
    return says(made, contact, Answer.DECLINE, after_s)


def ids(pages: tuple[Page, ...]) -> list[str]:
    return [page.contact_id for page in pages]


def site_with(**changes: Any) -> Site:
    """The packaged site with some of its parts replaced, checked again."""
    return Site.model_validate({**example_site().model_dump(by_alias=True), **changes})


def person(contact_id: str, *roles: str, **parts: Any) -> dict[str, Any]:
    """A contact as a site.yaml has it."""
    named = {"id": contact_id, "name": contact_id.title(), "roles": list(roles)}
    return {**named, "phone": "+12025550120", **parts}


def at(text: str) -> datetime:
    """An aware time, from ISO 8601 with its offset."""
    return datetime.fromisoformat(text)
