"""The records in memory, for tests and rehearsals: the same promises, none of the durability."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.record import Entry, Event, Message, StoredAnswer
from aurora.conversation.timing import TIMED, TurnTiming
from aurora.records.history import MOST_ENDED, MOST_TURNS, FinishedTurn, Tally, Transcript
from aurora.records.rows import (
    Row,
    call_from,
    event_from,
    message_from,
    prepare,
    prepare_note,
    scrubbed,
    stale,
    unknown,
)


@dataclass(slots=True)
class _Kept:
    row: Row
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)

    @property
    def call(self) -> Call:
        return call_from(self.row["snapshot"], self.row["revision"])


class MemoryRecords:
    """Records and history in dictionaries; nothing survives the process."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._ids: dict[str, str] = {}
        """Provider id to call id."""
        self._answers: dict[str, str] = {}

    async def append(self, entry: Entry) -> StoredAnswer | None:
        item = prepare(entry)
        if item.answer and item.answer["key"] in self._answers:
            before = StoredAnswer(item.answer["key"], self._answers[item.answer["key"]])
            return before if entry.answer is not None else None
        kept = self._kept.get(item.call_id)
        if kept and kept.row["revision"] > item.revision:
            raise stale(item.call_id, item.revision)
        provider_id = item.call["provider_id"]
        if provider_id and self._ids.setdefault(provider_id, item.call_id) != item.call_id:
            raise stale(item.call_id, item.revision)
        kept = self._kept.setdefault(item.call_id, _Kept(item.call))
        kept.row = item.call
        kept.messages.extend(item.messages)
        kept.events.extend(item.events)
        if item.answer:
            self._answers[item.answer["key"]] = item.answer["body"]
        entry.call.revision = item.revision + 1
        return None

    async def note(self, call: Call, events: Sequence[Event]) -> None:
        item = prepare_note(call, events)
        kept = self._kept.get(item.call_id)
        if kept is None:
            raise unknown(item.call_id)
        if item.answer["key"] not in self._answers:
            kept.events.extend(item.events)
            self._answers[item.answer["key"]] = item.answer["body"]

    async def answer_to(self, key: str) -> str | None:
        return self._answers.get(scrubbed(key))

    async def name_call(self, call_id: str, name: str) -> None:
        self._ids.setdefault(scrubbed(name), scrubbed(call_id))

    async def find(self, call_id: str) -> Call | None:
        call_id = scrubbed(call_id)
        kept = self._kept.get(call_id) or self._kept.get(self._ids.get(call_id, ""))
        return kept.call if kept else None

    async def find_open(self, *, line: str, from_number: str) -> Call | None:
        theirs = [
            kept
            for kept in self._newest_first()
            if kept.row["ended_at"] is None
            and (kept.row["line"], kept.row["from_number"]) == (line, scrubbed(from_number))
        ]
        return theirs[0].call if theirs else None

    async def open_calls(self) -> list[Call]:
        newest_first = [kept for kept in self._newest_first() if kept.row["ended_at"] is None]
        return [kept.call for kept in reversed(newest_first)]

    async def messages(self, call_id: str) -> list[Message]:
        kept = self._kept.get(scrubbed(call_id))
        return [message_from(row) for row in kept.messages] if kept else []

    async def events(self, call_id: str) -> list[Event]:
        kept = self._kept.get(scrubbed(call_id))
        return [event_from(row) for row in kept.events] if kept else []

    async def recent(self, *, ended_since: datetime) -> list[Transcript]:
        return await self.transcripts(list(await self.recent_revisions(ended_since=ended_since)))

    async def recent_revisions(self, *, ended_since: datetime) -> dict[str, int]:
        rows = [kept.row for kept in self._newest_first()]
        ended = [row for row in rows if row["ended_at"] and row["ended_at"] >= ended_since]
        ended.sort(key=lambda row: row["ended_at"], reverse=True)
        newest = {row["id"] for row in ended[:MOST_ENDED]}
        return {
            row["id"]: row["revision"]
            for row in rows
            if row["ended_at"] is None or row["id"] in newest
        }

    async def transcripts(self, call_ids: Sequence[str]) -> list[Transcript]:
        return [
            Transcript(self._kept[call_id].call, await self.messages(call_id))
            for call_id in call_ids
            if call_id in self._kept
        ]

    async def calls(self, *, limit: int = MOST_ENDED) -> list[Call]:
        return [kept.call for kept in self._newest_first()[:limit]]

    async def turns_since(self, at: datetime, *, limit: int = MOST_TURNS) -> list[FinishedTurn]:
        turns = [
            FinishedTurn(row["call_id"], row["at"], row["urgency"], row["total_ms"])
            for kept in self._kept.values()
            for row in kept.messages
            if row["at"] >= at and row["total_ms"] is not None
        ]
        return sorted(turns, key=lambda turn: turn.at, reverse=True)[:limit]

    async def timings_since(self, at: datetime, *, limit: int = MOST_TURNS) -> list[TurnTiming]:
        timed = [
            event_from(row)
            for kept in self._kept.values()
            for row in kept.events
            if row["kind"] == TIMED and row["at"] >= at
        ]
        timed.sort(key=lambda event: event.at, reverse=True)
        return [TurnTiming.of(event.details) for event in timed[:limit]]

    async def tally(self, *, since: datetime | None = None) -> Tally:
        rows = [kept.row for kept in self._kept.values()]
        return Tally.of(
            {**row, "calls": 1} for row in rows if since is None or row["started_at"] >= since
        )

    async def close(self) -> None:
        """Nothing to let go of; here because the durable records have it."""

    def _newest_first(self) -> list[_Kept]:
        return sorted(
            self._kept.values(),
            key=lambda kept: (kept.row["started_at"], kept.row["id"]),
            reverse=True,
        )
