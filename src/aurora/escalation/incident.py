"""One happening at a site over all calls about it: what is known, who was asked, who answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aurora.levels import Hazard, Urgency, highest
from aurora.triage.assessment import Fact

JOINS_WITHIN = timedelta(minutes=30)
"""Since the last word on it: the same hazard an hour later is another happening."""
CODE_ALPHABET = "CDFGHJKMNPQRTVWXY34679"
"""No vowels (no words), nothing that is read for another: 0 O, 1 I L, 2 Z, 5 S, 8 B."""
CODE_LENGTH = 6


class IncidentState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    MERGED = "merged"


class Answer(StrEnum):
    """What somebody who was paged said."""

    ACCEPT = "accept"
    DECLINE = "decline"
    """ "I can't, next." """


class Source(StrEnum):
    """How an answer came in."""

    VOICE = "voice"
    SMS = "sms"
    LINK = "link"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A person's answer; the newest one of each person counts."""

    contact_id: str
    answer: Answer
    source: Source
    at: datetime


class Reach(StrEnum):
    """How far a page got, apart from any answer to it."""

    ASKED = "asked"
    SENT = "sent"
    """A channel took it: the provider's word, not a person's."""
    FAILED = "failed"
    """Every channel failed."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who was paged for an incident."""

    contact_id: str
    name: str
    roles: tuple[str, ...]
    is_desk: bool = False
    reach: Reach = Reach.ASKED


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What one call says of an incident, as it stands now."""

    call_id: str
    at: datetime
    urgency: Urgency
    hazard: Hazard = Hazard.NONE
    zone_id: str | None = None
    """Confirmed; None while it is unknown or only sounded like one."""
    place_said: str | None = None
    procedure: str | None = None
    is_drill: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    """Those that the call asked for."""
    language: str = "en"
    caller: str | None = None
    """A name or number to ring back."""


@dataclass(slots=True)
class Incident:
    """The happening, its calls and its people; survives a restart in the records."""

    id: str
    code: str
    urgency: Urgency
    opened_at: datetime
    updated_at: datetime
    hazard: Hazard = Hazard.NONE
    zone_id: str | None = None
    place_said: str | None = None
    procedure: str | None = None
    is_drill: bool = False
    calls: dict[str, CallFacts] = field(default_factory=dict)
    """The newest word of each call, by call id, in the order they came."""
    facts: dict[str, Fact] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    responders: dict[str, Responder] = field(default_factory=dict)
    """By contact id, in the order they were paged."""
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    state: IncidentState = IncidentState.OPEN
    merged_into: str | None = None

    @property
    def is_live(self) -> bool:
        return self.state in (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)

    def answer_of(self, contact_id: str) -> Answer | None:
        """Return somebody's newest answer; of two at the same moment the refusal counts."""
        own = [one for one in self.acknowledgements if one.contact_id == contact_id]
        if not own:
            return None
        return max(own, key=lambda one: (one.at, one.answer is Answer.DECLINE)).answer

    @property
    def accepted_by(self) -> list[str]:
        """Contacts whose newest answer accepts, in the order they first answered."""
        answered = dict.fromkeys(one.contact_id for one in self.acknowledgements)
        return [one for one in answered if self.answer_of(one) is Answer.ACCEPT]


class NewsKind(StrEnum):
    URGENCY = "urgency"
    HAZARD = "hazard"
    ZONE = "zone"
    CASUALTIES = "casualties"
    FACT = "fact"
    ROLES = "roles"
    REAL = "real"
    """Taken for a drill so far."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that those already alerted must be told."""

    kind: NewsKind
    name: str
    """Of the fact, or of the value: a zone's id, a level, a role."""
    value: Fact | None = None


def open_incident(incident_id: str, code: str, call: CallFacts) -> Incident:
    """Return the incident that a call begins."""
    incident = Incident(incident_id, code, call.urgency, call.at, call.at, is_drill=call.is_drill)
    absorb(incident, call)
    return incident


def new_code(choose: Callable[[Sequence[str]], str]) -> str:
    """Return a code to say over a telephone; choose: `secrets.choice`, or a test's own."""
    return "".join(choose(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def joins(incident: Incident, call: CallFacts, now: datetime) -> bool:
    """Whether a call is about this incident."""
    if not incident.is_live or incident.is_drill is not call.is_drill:
        return False
    if now - incident.updated_at > JOINS_WITHIN:
        return False
    if incident.zone_id and call.zone_id:
        return incident.zone_id == call.zone_id and _may_be_one(incident.hazard, call.hazard)
    return _is_alike(incident.hazard, call.hazard)


def absorb(incident: Incident, call: CallFacts) -> list[News]:
    """Take a call's newest word into the incident; return what is new to those alerted."""
    found = news(incident, call)
    incident.calls[call.call_id] = call
    incident.updated_at = max(incident.updated_at, call.at)
    incident.urgency = highest(incident.urgency, call.urgency)
    if incident.hazard in UNKNOWN:
        incident.hazard = call.hazard
    incident.zone_id = incident.zone_id or call.zone_id
    incident.place_said = incident.place_said or call.place_said
    incident.procedure = incident.procedure or call.procedure
    incident.facts.update(call.facts)
    incident.roles += [role for role in call.roles if role not in incident.roles]
    return found


def news(incident: Incident, call: CallFacts) -> list[News]:
    """Return what a call says beyond what the incident knows, worth telling those alerted."""
    found: list[News] = []
    if call.urgency.rank > incident.urgency.rank:
        found.append(News(NewsKind.URGENCY, call.urgency.value))
    if call.zone_id and incident.zone_id is None and incident.calls:
        found.append(News(NewsKind.ZONE, call.zone_id))
    for name, value in call.facts.items():
        if incident.calls and incident.facts.get(name) != value and name in TOLD:
            found.append(News(NewsKind.FACT, name, value))
    return found


UNKNOWN = frozenset({Hazard.NONE, Hazard.OTHER})
TOLD = frozenset({"people", "people_hurt", "others_hurt", "spreading", "trapped", "people_missing"})


def _may_be_one(one: Hazard, other: Hazard) -> bool:
    return one is other or one in UNKNOWN or other in UNKNOWN


def _is_alike(one: Hazard, other: Hazard) -> bool:
    return one is other and one not in UNKNOWN
