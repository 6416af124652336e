"""What is shown of an incident and of a call, in the reader's words; what it looks like is left to
templates."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from aurora.console.board.layout import Place
from aurora.console.board.naming import Naming
from aurora.console.board.seen import SeenCall
from aurora.escalation.incident import Answer, Incident, Reach, Responder
from aurora.escalation.operator_acts import can_be_shelved


class Standing(StrEnum):
    """How far one person's page got, as it is shown."""

    ARRIVED = "arrived"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"
    """They accepted and were not heard of again."""
    DECLINED = "declined"
    WAITED_FOR = "waited_for"
    """A channel took the message; nobody has answered."""
    BEING_ASKED = "being_asked"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was alerted."""

    contact_id: str
    name: str
    role: str
    phone: str | None
    """To ring them by hand."""
    standing: Standing
    at: datetime | None = None
    """When they accepted."""
    entered_by: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentCard:
    """An incident as the board shows it."""

    place: Place
    incident: Incident
    title: str
    also: list[str]
    zone: str | None
    people: list[Person]
    facts: list[str]
    open_calls: int
    calls: int
    is_shelved: bool

    @property
    def id(self) -> str:
        return self.incident.id

    @property
    def accepted(self) -> list[Person]:
        return [one for one in self.people if one.standing in COUNTED_ON]

    @property
    def groups(self) -> list[tuple[Standing, list[Person]]]:
        """Everybody by how far they got: those who accepted first."""
        return [
            (how, list(people)) for how, people in groupby(self.people, lambda one: one.standing)
        ]

    @property
    def is_waiting(self) -> bool:
        """Nobody has accepted it yet."""
        return self.incident.is_live and not self.incident.accepted_by

    @property
    def is_asked_for(self) -> bool:
        """An operator took it and has to say that they are still with it."""
        one = self.incident
        return any(one.taken_by(who) and one.is_asked_for_a_sign(who) for who in one.accepted_by)

    @property
    def can_be_shelved(self) -> bool:
        return can_be_shelved(self.incident)

    @property
    def is_alarming(self) -> bool:
        """Worth a sound: critical, nobody has it in hand, no drill and not set aside."""
        is_critical = self.incident.urgency.value == "critical"
        quiet = self.incident.is_drill or self.is_shelved
        return is_critical and (self.is_waiting or self.is_asked_for) and not quiet

    @property
    def classes(self) -> str:
        marks = {
            "waiting": self.is_waiting,
            "asked": self.is_asked_for,
            "drill": self.incident.is_drill,
            "shelved": self.is_shelved,
            "over": not self.incident.is_live,
            "many": self.calls > MANY,
        }
        names = [name for name, is_so in marks.items() if is_so]
        return " ".join(["incident", self.incident.urgency.value, *names])


COUNTED_ON = (Standing.ARRIVED, Standing.ACCEPTED)
ANSWERED = {
    Answer.ARRIVED: Standing.ARRIVED,
    Answer.ACCEPT: Standing.ACCEPTED,
    Answer.LAPSED: Standing.LAPSED,
    Answer.DECLINE: Standing.DECLINED,
}
MANY = 4
"""More calls than these are shown a line each."""

BRIEF_WORDS = 3
"""No more than an answer."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the board shows it."""

    place: Place
    seen: SeenCall
    zone: str | None
    zone_heard: str | None
    """What it sounded like, not confirmed."""
    matter: str | None
    first_line: str | None
    step: tuple[int, int, str] | None
    is_alone: bool

    @property
    def id(self) -> str:
        return self.seen.call.id

    @property
    def heard(self) -> str:
        """The caller's last words; a bare "yes" tells nothing without what they said first."""
        opening, last = self.seen.opening, self.seen.heard
        is_brief = self.seen.is_final and 0 < len(last.split()) <= BRIEF_WORDS
        return f"{opening} … {last}" if is_brief and opening not in ("", last) else last

    @property
    def caller(self) -> str | None:
        return self.seen.call.worker_name or self.seen.call.from_number

    @property
    def is_alarming(self) -> bool:
        """A critical call that no incident has taken in yet."""
        call = self.seen.call
        is_open = call.ended_at is None and not call.is_drill
        return self.is_alone and is_open and call.urgency.value == "critical"

    @property
    def classes(self) -> str:
        call = self.seen.call
        marks = {"over": call.ended_at is not None, "drill": call.is_drill, "alone": self.is_alone}
        return " ".join(["call", call.urgency.value, *(one for one, so in marks.items() if so)])


def incident_card(
    incident: Incident, place: Place, naming: Naming, now: datetime, *, open_calls: int
) -> IncidentCard:
    """Return what is shown of an incident."""
    title, *also = naming.happenings(incident)
    return IncidentCard(
        place=place,
        incident=incident,
        title=title,
        also=also,
        zone=naming.zone(incident.zone_id),
        people=people_of(incident, naming),
        facts=naming.facts(incident.facts, only_bad=True),
        open_calls=open_calls,
        calls=len(incident.calls),
        is_shelved=incident.is_shelved(now),
    )


def people_of(incident: Incident, naming: Naming) -> list[Person]:
    """Return everybody who was alerted: those who accepted first."""
    known = incident.responders
    others = [one for one in incident.accepted_by if one not in known]
    responders = [*known.values(), *(Responder(one, naming.contact(one), ()) for one in others)]
    people = [_person(incident, one, naming) for one in responders]
    order = list(Standing)
    return sorted(people, key=lambda one: order.index(one.standing))


def call_row(seen: SeenCall, place: Place, naming: Naming) -> CallRow:
    """Return what is shown of a call."""
    call = seen.call
    procedure = naming.procedure(call)
    return CallRow(
        place=place,
        seen=seen,
        zone=naming.zone(call.place.zone_id),
        zone_heard=naming.zone(call.place.unconfirmed_zone_id),
        matter=naming.matter(call),
        first_line=procedure.first_line if procedure and seen.first_line_at else None,
        step=naming.step(call),
        is_alone=not place.within.startswith("i-"),
    )


def _person(incident: Incident, responder: Responder, naming: Naming) -> Person:
    contact_id = responder.contact_id
    answer = incident.answer_of(contact_id)
    if answer is not None:
        standing = ANSWERED[answer]
    else:
        standing = {
            Reach.ASKED: Standing.BEING_ASKED,
            Reach.SENT: Standing.WAITED_FOR,
            Reach.FAILED: Standing.NOT_REACHED,
        }[responder.reach]
    entered = [one.by for one in incident.acknowledgements if one.contact_id == contact_id]
    return Person(
        contact_id=contact_id,
        name=responder.name,
        role=", ".join(naming.role(role) for role in responder.roles[:2]),
        phone=naming.phone(contact_id),
        standing=standing,
        at=incident.accepted_at(contact_id),
        entered_by=entered[-1] if entered else None,
    )
