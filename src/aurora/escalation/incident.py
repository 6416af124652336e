"""One happening at a site over all calls about it: what is known, who was asked, who answered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from aurora.accounts.acts import Act
from aurora.escalation.news import News, Untold
from aurora.escalation.plan import Page
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Fact

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
    ARRIVED = "arrived"
    """They are there: they accepted, and are no longer waited for."""
    LAPSED = "lapsed"
    """Given by nobody: they accepted, and were not heard of again."""


HOPEFUL_FIRST = (Answer.ARRIVED, Answer.ACCEPT, Answer.LAPSED, Answer.DECLINE)
YES = frozenset({Answer.ACCEPT, Answer.ARRIVED})
"""Answers of somebody who can be counted on."""


class Source(StrEnum):
    """How an answer came in."""

    VOICE = "voice"
    SMS = "sms"
    LINK = "link"
    CONSOLE = "console"
    SILENCE = "silence"
    """It did not come in at all."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A person's answer; the newest one of each person counts."""

    contact_id: str
    answer: Answer
    source: Source
    at: datetime
    """When it was given, so that answers that arrive out of order are still read in order."""
    by: str | None = None
    """Who entered it at the console, in the person's name."""


class Reach(StrEnum):
    """How far a page got, apart from any answer to it."""

    ASKED = "asked"
    """A channel is being tried."""
    SENT = "sent"
    """A channel took it: the provider's word, not a person's."""
    FAILED = "failed"
    """Every channel failed."""


BEST_FIRST = (Reach.SENT, Reach.ASKED, Reach.FAILED)


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who was paged for an incident."""

    contact_id: str
    name: str
    roles: tuple[str, ...]
    """The first is what a caller hears of."""
    is_desk: bool = False
    reach: Reach = Reach.ASKED


class Lost(StrEnum):
    """How a caller went missing."""

    HUNG_UP = "hung_up"
    """In an emergency, without a word of how they are."""
    CONNECTION = "connection"
    """Their page is no longer there."""
    SILENCE = "silence"
    """The line is open, and nobody answers on it any more."""


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
    lowered_at: datetime | None = None
    """When an operator last lowered its urgency."""
    lost: Lost | None = None
    """The caller is missing now."""
    losses: int = 0
    """How often they were: the number of this time."""
    is_searched: bool = False
    """They could not be reached again: people are to look for them."""
    revision: int = 0
    """Of the call on the record when it said this: clocks of two machines differ."""


@dataclass(frozen=True, slots=True)
class Shelving:
    """An operator set the incident aside for a while (ISA 18.2): shown apart, never hidden."""

    by: str
    reason: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """Who declared the incident over, and why."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallTreeTest:
    """Why an incident is none: somebody tests whether people can be reached."""

    by: str
    roles: tuple[str, ...]
    """Those whose holders are asked; none for everybody of the site."""
    wait_s: float


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
    happenings: list[str] = field(default_factory=list)
    """Procedures, or hazards where there is none; the one that made it most urgent first."""
    risen_at: datetime | None = None
    """When it last became an emergency, having been none, as after an operator lowered it."""
    is_drill: bool = False
    was_drill: bool = False
    """It began as a drill: those paged were told so, and must hear that it is none."""
    calls: dict[str, CallFacts] = field(default_factory=dict)
    """The newest word of each call, by call id, in the order they came."""
    facts: dict[str, Fact] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    """Asked for by the calls, in the order they were."""
    responders: dict[str, Responder] = field(default_factory=dict)
    """By contact id, in the order they were paged."""
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    state: IncidentState = IncidentState.OPEN
    merged_into: str | None = None
    shelved: Shelving | None = None
    closed: Closing | None = None
    acts: list[Act] = field(default_factory=list)
    """What operators did to it, oldest first."""
    reminded: dict[str, datetime] = field(default_factory=dict)
    """When somebody who had accepted was last asked for a sign, by contact id."""
    untold: list[Untold] = field(default_factory=list)
    """News that those who were paged have not been told yet, oldest first."""
    test: CallTreeTest | None = None
    """Set when nothing has happened: no call is of it, and nobody is told of it but by TEST."""

    @property
    def is_test(self) -> bool:
        return self.test is not None

    @property
    def is_live(self) -> bool:
        return self.state in (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)

    @property
    def is_alerted_of(self) -> bool:
        """Whether people are to hear of it: not once it is over, nor of a drill that its calls
        left because it is none."""
        return self.is_live and not (self.is_drill and not self.calls)

    def is_shelved(self, now: datetime) -> bool:
        return self.is_live and self.shelved is not None and now < self.shelved.until

    @property
    def priority(self) -> int:
        """1 (critical) to 4 (assistive), as an operator's queue shows it."""
        return len(Urgency) - self.urgency.rank

    def answer_of(self, contact_id: str) -> Answer | None:
        """Return somebody's newest answer; of those at the same moment the least hopeful counts."""
        own = [one for one in self.acknowledgements if one.contact_id == contact_id]
        if not own:
            return None
        return max(own, key=lambda one: (one.at, HOPEFUL_FIRST.index(one.answer))).answer

    @property
    def accepted_by(self) -> list[str]:
        """Contacts whose newest answer accepts, in the order they first answered."""
        answered = dict.fromkeys(one.contact_id for one in self.acknowledgements)
        return [one for one in answered if self.answer_of(one) in YES]

    def accepted_at(self, contact_id: str) -> datetime | None:
        """Return when somebody gave the answer that accepts, or None."""
        if self.answer_of(contact_id) not in YES:
            return None
        return max(one.at for one in self.acknowledgements if one.contact_id == contact_id)

    def is_asked_for_a_sign(self, contact_id: str) -> bool:
        """Whether somebody accepted, was reminded of it, and has not been heard of since."""
        accepted_at, reminded_at = self.accepted_at(contact_id), self.reminded.get(contact_id)
        is_needed = self.is_live and self.urgency.is_emergency
        is_waited_for = is_needed and self.answer_of(contact_id) is Answer.ACCEPT
        if not is_waited_for or accepted_at is None or reminded_at is None:
            return False
        return reminded_at > accepted_at

    def counts_on(self, contact_id: str) -> bool:
        """Whether somebody was reached and did not say that they cannot come.

        Who answered was reached, whatever became of the alerts after that.
        """
        answer = self.answer_of(contact_id)
        if answer is None:
            return self.responders[contact_id].reach is not Reach.FAILED
        return answer is not Answer.DECLINE

    def taken_by(self, contact_id: str) -> str | None:
        """Return the operator who accepted for a desk at the console; None for anybody else."""
        responder, accepted_at = self.responders.get(contact_id), self.accepted_at(contact_id)
        if responder is None or not responder.is_desk or accepted_at is None:
            return None
        newest = (one for one in self.acknowledgements if one.at == accepted_at)
        return next((one.by for one in newest if one.contact_id == contact_id), None)


def new_code(choose: Callable[[Sequence[str]], str]) -> str:
    """Return a code to say over a telephone; choose: `secrets.choice`, or a test's own."""
    return "".join(choose(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def owe(incident: Incident, key: str, news: Iterable[News], contacts: Iterable[str]) -> None:
    """Note that people have to hear news; what comes under the same key is one message."""
    owed = Untold(key, tuple(news), tuple(contacts))
    if incident.untold and incident.untold[-1].key == key:
        before = incident.untold.pop()
        owed = Untold(
            key,
            tuple(dict.fromkeys([*before.news, *owed.news])),
            tuple(dict.fromkeys([*before.contacts, *owed.contacts])),
        )
    if owed.news and owed.contacts:
        incident.untold.append(owed)


def in_queue_order(incidents: Iterable[Incident]) -> list[Incident]:
    """Return incidents as people see them: worst first, then eldest; drills after all others."""
    return sorted(incidents, key=lambda one: (one.is_drill, one.priority, one.opened_at))


def answer(incident: Incident, given: Acknowledgement) -> bool:
    """Take an answer in; False when it was taken in before or changes nobody's mind."""
    if given in incident.acknowledgements:
        return False
    before = incident.answer_of(given.contact_id)
    incident.acknowledgements.append(given)
    if incident.is_live:
        is_taken = bool(incident.accepted_by)
        incident.state = IncidentState.ACKNOWLEDGED if is_taken else IncidentState.OPEN
    return incident.answer_of(given.contact_id) is not before


def ask(incident: Incident, page: Page) -> None:
    """Note that somebody is about to be paged: they may answer before it is known to be sent."""
    if page.contact_id not in incident.responders:
        reached(incident, page, Reach.ASKED)


def is_quiet_since(incident: Incident, contact_id: str, accepted_at: datetime) -> bool:
    """Whether an acceptance is the last that was heard of somebody, of what is not over."""
    is_last = incident.accepted_at(contact_id) == accepted_at
    return incident.is_alerted_of and is_last and incident.answer_of(contact_id) is Answer.ACCEPT


def reached(incident: Incident, page: Page, reach: Reach) -> None:
    """Note how far a page got; it keeps the roles that the person was paged for before."""
    before = incident.responders.get(page.contact_id)
    roles = (*before.roles, *page.roles) if before else page.roles
    incident.responders[page.contact_id] = Responder(
        page.contact_id, page.name, tuple(dict.fromkeys(roles)), page.is_desk, reach
    )


def resolve(incident: Incident, by: str, reason: str, now: datetime) -> bool:
    """Close an incident that is over; a later call opens another. False when it was closed."""
    if not incident.is_live:
        return False
    incident.state, incident.closed = IncidentState.RESOLVED, Closing(by, reason, now)
    return True


def hand_over(incident: Incident, into: Incident) -> None:
    """Close an incident into another, which takes over its people and their answers.

    Its code was given to people and must go on working: follow `merged_into`.
    """
    for contact_id, responder in incident.responders.items():
        known = into.responders.get(contact_id, responder)
        roles = tuple(dict.fromkeys((*known.roles, *responder.roles)))
        reach = min(known.reach, responder.reach, key=BEST_FIRST.index)
        into.responders[contact_id] = replace(known, roles=roles, reach=reach)
    for given in incident.acknowledgements:
        answer(into, given)
    incident.state, incident.merged_into = IncidentState.MERGED, into.id
