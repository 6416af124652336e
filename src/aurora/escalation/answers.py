"""What webhooks and the answer page ask and tell the escalation's desk; the desk keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from aurora.escalation.answer_words import Yes, meaning_of_yes
from aurora.escalation.brief import AlertKind
from aurora.escalation.delivery import Delivery
from aurora.escalation.incident import Answer, Source

WERE_COMING = (Answer.ACCEPT, Answer.ARRIVED, Answer.LAPSED)


def as_meant(answer: Answer, yes: Yes) -> Answer:
    """Return what an answer says of somebody: a desk, or a test, has nowhere to arrive."""
    is_arrived = answer is Answer.ARRIVED and yes is not Yes.COMING
    return Answer.ACCEPT if is_arrived else answer


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was alerted for an incident: what an answer is checked against."""

    incident_id: str
    code: str
    contact_id: str
    role: str
    """As spoken, in their language."""
    language: str
    numbers: tuple[str, ...]
    """The telephones that a text message of theirs can come from."""
    brief: str
    """What they were last told, to be read out or shown."""
    kind: AlertKind
    is_drill: bool
    is_desk: bool
    is_open: bool
    """The incident still takes answers."""
    answer: Answer | None
    """Their newest."""

    @property
    def may_arrive(self) -> bool:
        """Whether they accepted to come, so that "I am there" answers something.

        Whoever was not heard of for long may be on the way all the same.
        """
        return self.answer in WERE_COMING and self.yes is Yes.COMING

    def meant(self, answer: Answer) -> Answer:
        """Return what an answer says of this person."""
        return as_meant(answer, self.yes)

    @property
    def yes(self) -> Yes:
        return meaning_of_yes(self.kind, is_desk=self.is_desk)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of one person."""

    key: str
    """The same for the same press, message or form, however often it comes."""
    incident_id: str
    contact_id: str
    answer: Answer
    source: Source
    at: datetime


class Outcome(StrEnum):
    """What became of a reply."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    """Its key is known: nothing changed."""
    OVER = "over"
    """Recorded, but the incident takes no answers any more."""


class AnswerDesk(Protocol):
    """The escalation as those who answer see it, on whichever machine it runs.

    Every method may raise RecordsError; a reply is on the disk when `answer` returns.
    """

    async def asked_by_code(self, code: str) -> Sequence[Asked]:
        """Return everyone alerted for the incident with this code; nobody for an unknown one."""
        ...

    async def asked(self, incident_id: str, contact_id: str) -> Asked | None:
        """Return somebody alerted for an incident, or for the one it was merged into."""
        ...

    async def answer(self, reply: Reply) -> Outcome: ...

    async def progress(self, delivery: Delivery) -> None:
        """Take in a callback; `delivery.supersedes` says whether it changes anything."""
        ...

    async def was_machine(self, alert_id: str) -> bool:
        """Whether `progress` ever told that a machine picked up, in whatever order."""
        ...
