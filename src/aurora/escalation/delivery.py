"""How far one alert got on its way, from callbacks in any order; delivery is never an answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aurora.escalation.plan import ChannelKind


class Progress(StrEnum):
    """The stages of a text message and of a call."""

    QUEUED = "queued"
    SENT = "sent"
    RINGING = "ringing"
    ANSWERED = "answered"
    """Somebody or something picked up."""
    MACHINE = "machine"
    """A voicemail or a fax did: nobody heard it."""
    DELIVERED = "delivered"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    ENDED = "ended"
    """The call is over; what was answered was told apart from this."""

    @property
    def rank(self) -> int:
        """A stage of a higher rank replaces one of a lower; the last ones stay."""
        return _RANK[self]

    @property
    def is_lost(self) -> bool:
        """Nobody can have read or heard the alert: the next channel's turn, at once."""
        return self in (Progress.MACHINE, Progress.NO_ANSWER, Progress.FAILED)


_RANK = {
    Progress.QUEUED: 0,
    Progress.SENT: 1,
    Progress.RINGING: 1,
    Progress.ANSWERED: 2,
    Progress.MACHINE: 3,
    Progress.DELIVERED: 4,
    Progress.NO_ANSWER: 4,
    Progress.FAILED: 4,
    Progress.ENDED: 4,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a provider says of one alert."""

    alert_id: str
    incident_id: str
    contact_id: str
    channel: ChannelKind
    provider_id: str
    progress: Progress
    at: datetime
    detail: str = ""
    """The provider's own word or error code."""


def supersedes(new: Progress, old: Progress | None) -> bool:
    """Whether a stage replaces what was known: callbacks come late, twice and out of order."""
    return old is None or new.rank > old.rank


MESSAGE_STATUSES = {
    "accepted": Progress.QUEUED,
    "scheduled": Progress.QUEUED,
    "queued": Progress.QUEUED,
    "sending": Progress.QUEUED,
    "sent": Progress.SENT,
    "delivered": Progress.DELIVERED,
    "read": Progress.DELIVERED,
    "partially_delivered": Progress.DELIVERED,
    "undelivered": Progress.FAILED,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}
CALL_STATUSES = {
    "initiated": Progress.QUEUED,
    "queued": Progress.QUEUED,
    "ringing": Progress.RINGING,
    "answered": Progress.ANSWERED,
    "in-progress": Progress.ANSWERED,
    "completed": Progress.ENDED,
    "busy": Progress.NO_ANSWER,
    "no-answer": Progress.NO_ANSWER,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}
"""Twilio's words."""


def is_machine(answered_by: str) -> bool:
    """Whether Twilio's machine detection heard no person; "unknown" may be one."""
    return answered_by == "fax" or answered_by.startswith("machine")
