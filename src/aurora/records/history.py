"""What the console, the mirror and the figures ask of the records, beside the conversation."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from aurora.conversation.call import Call
from aurora.conversation.record import Message, Records
from aurora.conversation.timing import TurnTiming

MOST_ENDED = 200
MOST_TURNS = 10_000

_KINDS = ("urgency", "hazard", "zone_id", "status")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A call and its words so far."""

    call: Call
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class FinishedTurn:
    """One turn that was answered, and how long the answer took."""

    call_id: str
    at: datetime
    urgency: str
    total_ms: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many calls there are of each kind; a zone is counted once it is confirmed."""

    calls: int
    by_urgency: Mapping[str, int]
    by_hazard: Mapping[str, int]
    by_zone: Mapping[str, int]
    by_status: Mapping[str, int]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Self:
        """Add up rows of `calls`, each with its `urgency`, `hazard`, `zone_id` and `status`."""
        kinds: dict[str, Counter[str]] = {kind: Counter() for kind in _KINDS}
        total = 0
        for row in rows:
            total += row["calls"]
            for kind, counts in kinds.items():
                if row[kind] is not None:
                    counts[row[kind]] += row["calls"]
        return cls(total, *(dict(kinds[kind].most_common()) for kind in _KINDS))


class History(Protocol):
    """Bounded looks back, newest first. Every method raises RecordsError when it cannot be done."""

    async def recent(self, *, ended_since: datetime) -> list[Transcript]:
        """Return every open call, and of those ended since then the newest 200."""

    async def recent_revisions(self, *, ended_since: datetime) -> dict[str, int]:
        """Return the same calls' ids, newest first, with their revisions: what to read again."""

    async def transcripts(self, call_ids: Sequence[str]) -> list[Transcript]:
        """Return these calls with their messages; unknown ids are left out."""

    async def calls(self, *, limit: int = MOST_ENDED) -> list[Call]:
        """Return the newest calls, open and ended."""

    async def turns_since(self, at: datetime, *, limit: int = MOST_TURNS) -> list[FinishedTurn]:
        """Return answered turns whose whole time is known."""

    async def timings_since(self, at: datetime, *, limit: int = MOST_TURNS) -> list[TurnTiming]:
        """Return when the stages of turns were reached, on lines that bring sound."""

    async def tally(self, *, since: datetime | None = None) -> Tally:
        """Count the calls started since then, or all."""


class RecordsAndHistory(Records, History, Protocol):
    """Both sides of the records room: the conversation's and the onlookers'."""
