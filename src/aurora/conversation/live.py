"""The calls this machine has in hand, found by id, provider id or number."""

import asyncio
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.merge import carry_over
from aurora.conversation.record import Entry, Records, as_told
from aurora.errors import UnknownCall
from aurora.guidance.prompt import MAX_HISTORY

ANSWERS_KEPT = 8
"""A provider repeats a request within seconds; answers older than this are in the records."""
CALLS_KEPT = 2_000
"""Calls beyond this many are let go; the records have them, and give them back when needed."""
ENDED_KEPT = 64
"""Of them ended ones: what still comes of a call that is over comes within moments."""


@dataclass(slots=True)
class LiveCall:
    """A call in memory, with what only this machine needs of it."""

    call: Call
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    history: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=MAX_HISTORY))
    """(role, words), oldest first."""
    answers: OrderedDict[str, str] = field(default_factory=OrderedDict)
    unsaved: list[Entry] = field(default_factory=list)
    """What could not be written yet; goes first with the next turn."""

    @property
    def is_stored(self) -> bool:
        """Whether the records hold all of it."""
        return not self.unsaved and self.call.revision > 0

    def keep_answer(self, key: str, body: str) -> None:
        self.answers[key] = body
        while len(self.answers) > ANSWERS_KEPT:
            self.answers.popitem(last=False)


class LiveCalls:
    """Calls by every name they go by."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._calls: OrderedDict[str, LiveCall] = OrderedDict()
        self._names: dict[str, str] = {}
        self._open_numbers: dict[tuple[str, str], str] = {}
        self._doors: dict[str, asyncio.Lock] = {}

    def door(self, name: str) -> asyncio.Lock:
        """Return the lock under which the call of this name is found or begun."""
        return self._doors.setdefault(name, asyncio.Lock())

    def close_door(self, name: str) -> None:
        """Forget an unused door lock."""
        door = self._doors.get(name)
        if door is not None and not door.locked():
            del self._doors[name]

    def add(self, call: Call) -> LiveCall:
        """Take a call in; the newest call of a number is the one its next words belong to."""
        live = LiveCall(call)
        self._enter(live)
        self._let_go()
        return live

    def name(self, call: Call, provider_id: str) -> None:
        """Let a call go by one more id."""
        self._names[provider_id] = call.id

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._calls

    async def refresh(self, live: LiveCall) -> None:
        """Take the call as it is on the record in place of the one here, which is out of date.

        What could not be written yet is carried over. When another call of the same number and
        second took this call's id on another machine, this one gets an id of its own.
        """
        ours = live.call
        stored = await self._records.find(ours.provider_id or ours.id)
        if stored is None:
            self._rename(live, f"{ours.id}_{secrets.token_hex(2)}")
            return
        words = await self._words(stored.id)  # whoever gives up waiting leaves all as it was
        if live.unsaved:
            carry_over(ours, stored)
            live.unsaved = [replace(entry, call=stored) for entry in live.unsaved]
        self._forget(ours)
        live.call = stored
        self._enter(live)
        live.history.clear()
        live.history.extend(words)

    def unsaved(self) -> list[LiveCall]:
        """Return the calls of which something is not on the record yet."""
        return [live for live in self._calls.values() if live.unsaved]

    def here(self, name: str) -> LiveCall | None:
        """Return a call that is in memory, by its id or provider id."""
        return self._calls.get(self._names.get(name, name))

    async def find(self, name: str) -> LiveCall:
        """Return a call by its id or provider id, from the records if need be; or UnknownCall."""
        live = self.here(name)
        if live is not None:
            return live
        call = await self._records.find(name)
        if call is None:
            raise UnknownCall(name)
        return await self._resume(call)

    async def find_open(self, line: str, number: str) -> LiveCall | None:
        """Return the open call of a number on a line, or None."""
        live = self._calls.get(self._open_numbers.get((line, number), ""))
        if live is not None:
            return live if live.call.ended_at is None else None
        call = await self._records.find_open(line=line, from_number=number)
        return await self._resume(call) if call is not None else None

    async def _resume(self, call: Call) -> LiveCall:
        """Take a call back from the records, unless another task just did."""
        words = await self._words(call.id)
        if call.id in self._calls:
            return self._calls[call.id]
        live = self.add(call)
        live.history.extend(words)
        return live

    async def _words(self, call_id: str) -> list[tuple[str, str]]:
        return [
            (message.role, as_told(message.content, message.details.get("sources", ())))
            for message in await self._records.messages(call_id)
        ]

    def _enter(self, live: LiveCall) -> None:
        call = live.call
        self._calls[call.id] = live
        if call.provider_id:
            self._names[call.provider_id] = call.id
        if call.from_number and call.ended_at is None:
            self._open_numbers[call.line, call.from_number] = call.id

    def _forget(self, call: Call) -> None:
        self._calls.pop(call.id, None)
        for name in (call.provider_id, call.newest_provider_id):
            self._names.pop(name or "", None)
        if self._open_numbers.get((call.line, call.from_number or "")) == call.id:
            del self._open_numbers[call.line, call.from_number or ""]

    def _rename(self, live: LiveCall, call_id: str) -> None:
        self._forget(live.call)
        live.call.id, live.call.revision = call_id, 0
        self._enter(live)

    def _let_go(self) -> None:
        """Keep so many calls: ended ones go first, then those silent longest; all are stored."""
        ended = [live for live in self._calls.values() if live.call.ended_at is not None]
        for calls, kept in ((ended, ENDED_KEPT), (self._calls.values(), CALLS_KEPT)):
            if (surplus := len(calls) - kept) > 0:
                for live in sorted(filter(_is_idle, calls), key=_is_needed)[:surplus]:
                    self._forget(live.call)


def _is_idle(live: LiveCall) -> bool:
    return not live.lock.locked() and live.is_stored


def _is_needed(live: LiveCall) -> tuple[bool, datetime]:
    """How likely a call is asked for again, the least likely first."""
    call = live.call
    return call.ended_at is None, call.last_message_at or call.started_at
