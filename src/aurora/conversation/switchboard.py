"""Every live call of this machine: who is calling, which call it is, what happens to it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from aurora.conditions.keeper import Keeper
from aurora.conversation import silence
from aurora.conversation.alerts import request
from aurora.conversation.call import Call, EndReason
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.exchange import (
    DEFAULT_WITHIN_S,
    Act,
    Clock,
    Exchange,
    Observer,
    Render,
)
from aurora.conversation.foresight import Foreseen, opening_of
from aurora.conversation.handing_off import has_person
from aurora.conversation.ids import call_id_for, worker_id_for
from aurora.conversation.informing import Informer
from aurora.conversation.live import LiveCall, LiveCalls
from aurora.conversation.operator import set_urgency
from aurora.conversation.panic import panic
from aurora.conversation.record import Entry, Event, Records
from aurora.conversation.rejoin import lose_ears, rejoin
from aurora.conversation.speaker import UNSPOKEN, Speaker
from aurora.conversation.timing import TIMED, TurnTiming
from aurora.conversation.turn import Turn
from aurora.conversation.voiced import TYPED, Voiced
from aurora.conversation.voiced import hear as hear_voiced
from aurora.errors import RecordsError, StaleCall, UnknownCall
from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency

log = structlog.get_logger()

Change = Callable[[Call, datetime], list[Event]]
"""Changes a call and returns what to put on its record; nothing when there is nothing to change."""
IDLE_AFTER = timedelta(minutes=30)
"""A call without a word for so long is closed with that reason."""
IDLE_WITH_PERSON = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Ring:
    """A call coming in."""

    line: str
    from_number: str | None = None
    to_number: str | None = None
    provider_id: str | None = None
    language: str | None = None


class Switchboard:
    """All calls of one site on one machine."""

    def __init__(
        self,
        dialogue: Dialogue,
        records: Records,
        consultation: Consultation | None = None,
        observers: Sequence[Observer] = (),
        clock: Clock = lambda: datetime.now(UTC),
        conditions: Keeper | None = None,
        informer: Informer | None = None,
    ) -> None:
        self.dialogue = dialogue
        self._records = records
        self._clock = clock
        self._live = LiveCalls(records)
        self._notes: set[asyncio.Task[None]] = set()
        self._exchange = Exchange(
            dialogue, records, self._live, consultation, observers, clock, conditions, informer
        )

    async def ring(
        self, ring: Ring, render: Render, key: str | None = None, speaker: Speaker = UNSPOKEN
    ) -> str:
        """Answer a call that comes in, or answer a repeat of it as before."""
        live = await self.open(ring)
        return await self._exchange.take(live, self.dialogue.greet, render, key, speaker=speaker)

    async def hear(
        self,
        name: str,
        words: str,
        render: Render,
        key: str | None = None,
        within_s: float = DEFAULT_WITHIN_S,
        speaker: Speaker = UNSPOKEN,
        voiced: Voiced = TYPED,
    ) -> str:
        """Take the caller's words; `name` is a call's id or provider id; raises UnknownCall.

        speaker: a line that speaks by itself. voiced: how it heard the words.
        """
        live = await self._live.find(name)

        def act(call: Call, now: datetime) -> Turn:
            return hear_voiced(self.dialogue, call, words, voiced, now)

        return await self._exchange.take(live, act, render, key, within_s, words, speaker)

    def foresee(self, name: str, words: str, *, is_likely_all: bool = False) -> Foreseen | None:
        """Return the first line that these unfinished words would be answered with, if any.

        Nothing is changed, recorded or told to anybody. is_likely_all: the caller seems to have
        finished, so that a model may begin to think about words which need one.
        """
        live = self._live.here(name)
        if live is None:
            return None
        may_think = is_likely_all and self._exchange.has_model
        turn = self.dialogue.foresee(live.call, words, self._clock(), in_any_case=may_think)
        if turn is None:
            return None
        if may_think:
            self._exchange.think_ahead(live, turn)
        return opening_of(turn, words)

    async def wait(
        self, name: str, render: Render, key: str | None = None, speaker: Speaker = UNSPOKEN
    ) -> str:
        """Take a silent turn."""

        def act(call: Call, now: datetime) -> Turn:
            return silence.wait(self.dialogue, call, now)

        return await self.take(name, act, render, key, speaker)

    async def press(
        self,
        name: str,
        digit: str,
        render: Render,
        key: str | None = None,
        speaker: Speaker = UNSPOKEN,
    ) -> str:
        """Take a key press."""

        def act(call: Call, now: datetime) -> Turn:
            return silence.press(self.dialogue, call, digit, now)

        return await self.take(name, act, render, key, speaker)

    async def panic(
        self, name: str, render: Render, key: str | None = None, speaker: Speaker = UNSPOKEN
    ) -> str:
        """Take the panic key of a kiosk."""

        def act(call: Call, now: datetime) -> Turn:
            return panic(self.dialogue, call, now)

        return await self.take(name, act, render, key, speaker)

    async def say(
        self, name: str, phrase: str, event: str, render: Render, key: str | None = None
    ) -> str:
        """Take a turn that the line itself begins, such as after an unanswered hand-off."""

        def act(call: Call, now: datetime) -> Turn:
            turn = self.dialogue.open_turn(call, now)
            turn.events.append(Event(event, now))
            self.dialogue.say(turn, phrase)
            return turn

        return await self.take(name, act, render, key)

    async def take(
        self,
        name: str,
        act: Act,
        render: Render,
        key: str | None = None,
        speaker: Speaker = UNSPOKEN,
    ) -> str:
        """Take a turn that somebody besides the caller begins; `act` says what happens in it."""
        live = await self._live.find(name)
        return await self._exchange.take(live, act, render, key, speaker=speaker)

    async def lose_ears(
        self,
        name: str,
        reason: str,
        render: Render,
        *,
        has_other_ears: bool,
        speaker: Speaker = UNSPOKEN,
    ) -> str:
        """Take a turn in which this machine cannot make out what the caller says."""

        def act(call: Call, now: datetime) -> Turn:
            return lose_ears(self.dialogue, call, reason, now, has_other_ears=has_other_ears)

        return await self.take(name, act, render, None, speaker)

    async def rejoin(
        self,
        name: str,
        unheard: Sequence[Spoken],
        render: Render,
        key: str | None = None,
        speaker: Speaker = UNSPOKEN,
    ) -> str:
        """Go on with a call whose connection ended, on another line of the same caller."""

        def act(call: Call, now: datetime) -> Turn:
            return rejoin(self.dialogue, call, unheard, now)

        return await self.take(name, act, render, key, speaker)

    async def note(self, name: str, kind: str, details: Mapping[str, Any]) -> None:
        """Put on the record what a line noticed besides words: what was heard, a fault."""
        live = await self._live.find(name)
        async with live.lock:
            event = Event(kind, self._clock(), dict(details))
            if not await self._exchange.keep(live, Entry(live.call, events=[event])):
                await self._live.refresh(live)  # another machine has the call by now
                await self._exchange.keep(live, Entry(live.call, events=[event]))

    def note_later(self, name: str, kind: str, details: Mapping[str, Any]) -> None:
        """The same beside everything else; what cannot be recorded is logged."""
        note = asyncio.create_task(self._noted(name, kind, details))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _noted(self, name: str, kind: str, details: Mapping[str, Any]) -> None:
        try:
            await self.note(name, kind, details)
        except (RecordsError, UnknownCall) as error:
            log.error("event_not_noted", call_id=name, kind=kind, error=str(error))

    async def note_timing(self, name: str, timing: TurnTiming) -> None:
        """Put on the record when the stages of a turn were reached."""
        await self.note(name, TIMED, timing.as_record())
        self._exchange.timed(timing)

    async def note_unheard(self, name: str, sentences: Sequence[Spoken]) -> None:
        """Put on the record what the caller spoke over, so that they cannot have understood it."""
        await self.note(name, "spoken_over", {"unheard": [s.text for s in sentences]})

    async def choose_language(self, name: str, language: str) -> None:
        """Answer a call in the language its caller chose by hand; raises UnknownCall."""
        live = await self._live.find(name)
        async with live.lock:
            if language == live.call.language or language not in self.dialogue.site.languages:
                return
            live.call.language = language
            chosen = Event("language_chosen", self._clock(), {"language": language})
            await self._exchange.keep(live, Entry(live.call, events=[chosen]))

    async def open(self, ring: Ring) -> LiveCall:
        """Return the call this ring belongs to, begun if it is new.

        A provider's id names one call for ever. A number names its open call on a line that has no
        calls of its own (the API). A caller with neither gets a call of their own.
        """
        name = ring.provider_id or (f"{ring.line}:{ring.from_number}" if ring.from_number else "")
        if not name:
            return self._live.add(self._begin(ring))
        try:
            async with self._live.door(name):
                live = await self._known(ring)
                return live or self._live.add(self._begin(ring))
        finally:
            self._live.close_door(name)

    async def call(self, name: str) -> Call:
        """Return a call by id or provider id; raises UnknownCall."""
        return (await self._live.find(name)).call

    async def end(self, name: str, reason: EndReason) -> Call:
        """End a call; ending it again changes nothing."""
        live = await self._live.find(name)
        async with live.lock:
            if not await self._end(live, reason):
                await self._live.refresh(live)
                await self._end(live, reason)
        self._exchange.changed(live.call)
        return live.call

    async def _end(self, live: LiveCall, reason: EndReason) -> bool:
        """Put the end on the record; False when another machine changed the call meanwhile."""
        self._exchange.forget(live.call.id)
        events = self.dialogue.end(live.call, reason, self._clock())
        return not events or await self._exchange.keep(live, Entry(live.call, events=events))

    async def set_urgency(self, name: str, urgency: Urgency, by: str, reason: str) -> Call:
        """Let a named operator set a call's urgency, the only way that it falls.

        Raises UnknownCall, or RecordsError when it could not be stored; then nothing is changed.
        """

        def change(call: Call, now: datetime) -> list[Event]:
            return set_urgency(self.dialogue, call, urgency, by, reason, now)

        return await self.change(name, change)

    async def change(self, name: str, change: Change) -> Call:
        """Change a call outside its turns, on the record before this returns, or not at all.

        Raises UnknownCall, RecordsError, and what `change` raises.
        """
        live = await self._live.find(name)
        async with live.lock:
            try:
                await self._change(live, change)
            except StaleCall:
                await self._live.refresh(live)
                await self._change(live, change)
        self._exchange.changed(live.call)
        return live.call

    async def _change(self, live: LiveCall, change: Change) -> None:
        changed = deepcopy(live.call)
        if events := change(changed, self._clock()):
            await self._exchange.store(live, Entry(changed, events=events))
            live.call = changed

    async def close_idle(self) -> int:
        """Close calls that nobody has spoken in for IDLE_AFTER; return how many."""
        closed = 0
        for call in await self._records.open_calls():
            if self._is_idle(call):
                closed += await self._close_if_idle(await self._live.find(call.id))
        return closed

    def _is_idle(self, call: Call) -> bool:
        # While a person speaks with the caller, Aurora may hear nothing for long.
        after = IDLE_WITH_PERSON if has_person(call) else IDLE_AFTER
        return self._clock() - (call.last_message_at or call.started_at) >= after

    async def _close_if_idle(self, live: LiveCall) -> bool:
        """Close a call unless words came meanwhile; an emergency is not closed unnoticed."""
        async with live.lock:
            if live.call.ended_at is not None or not self._is_idle(live.call):
                return False
            now = self._clock()
            turn = Turn(live.call, self.dialogue.situation(live.call, now))
            if live.call.urgency.is_emergency:
                request(turn, ["control_room"], now)
            events = [*turn.events, *self.dialogue.end(live.call, EndReason.IDLE, now)]
            if not await self._exchange.keep(live, Entry(live.call, events=events)):
                await self._live.refresh(live)  # another machine has it in hand
                return False
        self._exchange.changed(live.call)
        return True

    async def _known(self, ring: Ring) -> LiveCall | None:
        try:
            if ring.provider_id is None:
                return await self._live.find_open(ring.line, ring.from_number or "")
            return await self._live.find(ring.provider_id)
        except UnknownCall:
            return None
        except RecordsError as error:
            # The caller is answered all the same; what the records know is merged in later.
            log.error("call_not_looked_up", error=str(error))
            return None

    def _begin(self, ring: Ring) -> Call:
        now = self._clock()
        worker = self.dialogue.site.worker(ring.from_number)
        call_id = call_id_for(ring.from_number, now)
        while call_id in self._live:
            call_id += "b"
        return Call(
            id=call_id,
            line=ring.line,
            site=self.dialogue.site.id,
            worker_id=worker_id_for(ring.from_number),
            worker_name=worker.name if worker else None,
            language=ring.language or (worker.language if worker else None) or self._language,
            started_at=now,
            last_message_at=now,
            from_number=ring.from_number,
            to_number=ring.to_number,
            provider_id=ring.provider_id,
        )

    @property
    def _language(self) -> str:
        return self.dialogue.guide.library.primary_language

    async def close(self) -> None:
        """Wait for what is still being rated and noted."""
        await asyncio.gather(*self._notes, return_exceptions=True)
        await self._exchange.close()
