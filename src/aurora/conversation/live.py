"""The calls this machine has in hand, found by id, provider id or number."""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace

from aurora.conversation.call import Call
from aurora.conversation.record import Entry, Records
from aurora.errors import UnknownCall
from aurora.guidance.prompt import MAX_HISTORY

ANSWERS_KEPT = 8
"""A provider repeats a request within seconds; answers older than this are in the records."""
CALLS_KEPT = 2_000
"""Ended calls beyond this many are let go, oldest first; the records have them."""


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
        self._calls[call.id] = live
        if call.provider_id:
            self._names[call.provider_id] = call.id
        if call.from_number and call.ended_at is None:
            self._open_numbers[call.line, call.from_number] = call.id
        self._let_go()
        return live

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._calls

    async def refresh(self, live: LiveCall) -> None:
        """Read a call again: its state here is not the one on the record."""
        call = await self._records.find(live.call.id)
        if call is not None:
            live.call = call
            # What could not be written yet belongs to the call as it is now, or it never could be.
            live.unsaved = [replace(entry, call=call) for entry in live.unsaved]
            live.history.clear()
            live.history.extend(await self._words(call.id))

    async def find(self, name: str) -> LiveCall:
        """Return a call by its id or provider id, from the records if need be; or UnknownCall."""
        live = self._calls.get(self._names.get(name, name))
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
            (message.role, message.content) for message in await self._records.messages(call_id)
        ]

    def _let_go(self) -> None:
        surplus = len(self._calls) - CALLS_KEPT
        if surplus <= 0:
            return
        ended = [live for live in self._calls.values() if live.call.ended_at and not live.unsaved]
        for live in ended[:surplus]:
            call = live.call
            del self._calls[call.id]
            self._names.pop(call.provider_id or "", None)
            self._open_numbers.pop((call.line, call.from_number or ""), None)
