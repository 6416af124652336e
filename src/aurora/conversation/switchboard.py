"""Every live call of this machine: who is calling, which call it is, what happens to it."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from aurora.conditions.keeper import Keeper
from aurora.conversation import silence
from aurora.conversation.answering import Answering
from aurora.conversation.call import Call, EndReason
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.exchange import (
    DEFAULT_WITHIN_S,
    Act,
    Clock,
    Exchange,
    Render,
)
from aurora.conversation.foresight import Foreseen, opening_of
from aurora.conversation.idle import close_idle, is_idle
from aurora.conversation.informing import Informer, untell
from aurora.conversation.live import LiveCall, LiveCalls
from aurora.conversation.lost import end_hand_off, missing
from aurora.conversation.notes import Notes
from aurora.conversation.observer import Observer
from aurora.conversation.panic import panic
from aurora.conversation.record import Entry, Event, Records
from aurora.conversation.rejoin import answer_call_back, lose_ears, rejoin
from aurora.conversation.ring import Ring
from aurora.conversation.ringing import Ringing
from aurora.conversation.speaker import UNSPOKEN, Speaker
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Turn
from aurora.conversation.unconfirmed import Unconfirmed
from aurora.conversation.voiced import TYPED, Voiced
from aurora.conversation.voiced import hear as hear_voiced
from aurora.errors import NotConfirmed, RecordsError, StaleCall
from aurora.escalation.incident import Lost
from aurora.guidance.spoken import Spoken

log = structlog.get_logger()

Amend = Callable[[Call, datetime], list[Event]]
"""Changes a call and returns what to put on its record; nothing when there is nothing to change."""


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
        answering: Answering | None = None,
    ) -> None:
        self.dialogue = dialogue
        self._records = records
        self._clock = clock
        self._live = LiveCalls(records)
        self._ringing = Ringing(self._live, dialogue, clock)
        self._notes = Notes(self._live, records, self.amend, clock)
        self._exchange = Exchange(
            dialogue,
            records,
            self._live,
            consultation,
            observers,
            clock,
            conditions,
            informer,
            answering,
        )
        self._unconfirmed = Unconfirmed(self._live, self._exchange.changed)

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
        self._exchange.heard(live.call, words, is_final=True)

        def act(call: Call, now: datetime) -> Turn:
            return hear_voiced(self.dialogue, call, words, voiced, now)

        return await self._exchange.take(live, act, render, key, within_s, words, speaker)

    def hear_so_far(self, name: str, words: str) -> None:
        """Let those who look on see words that may still change; nothing is recorded."""
        live = self._live.here(name)
        if live is not None:
            self._exchange.heard(live.call, words, is_final=False)

    def foresee(self, name: str, words: str, *, is_likely_all: bool = False) -> Foreseen | None:
        """Return the first line that these unfinished words would be answered with, if any.

        Nothing is changed, recorded or told to anybody. is_likely_all: the caller seems to have
        finished, so that the whole turn is played: what reads the words has read them when the
        turn comes, and a model may begin to think about those which need one.
        """
        live = self._live.here(name)
        if live is None:
            return None
        turn = self.dialogue.foresee(live.call, words, self._clock(), in_any_case=is_likely_all)
        if turn is None:
            return None
        if is_likely_all:
            self._exchange.think_ahead(live, turn)
        return opening_of(turn, words)

    async def wait(
        self, name: str, render: Render, key: str | None = None, speaker: Speaker = UNSPOKEN
    ) -> str:
        """Take a silent turn."""
        live = await self._live.find(name)
        act = partial(silence.wait, self.dialogue)
        return await self._exchange.take(live, act, render, key, speaker=speaker, is_silent=True)

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
        act = partial(panic, self.dialogue)
        return await self.take(name, act, render, key, speaker)

    async def say(
        self, name: str, phrase: str, event: str, render: Render, key: str | None = None
    ) -> str:
        """Take a turn that the line itself begins, such as after an unanswered hand-off."""

        def act(call: Call, now: datetime) -> Turn:
            turn = self.dialogue.open_turn(call, now)
            call.is_hand_off_due = False
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

    async def answer_call_back(self, name: str, provider_id: str, render: Render) -> str:
        """Go on with a call on the connection by which its caller was called back.

        From here on the call goes by the connection's id as well as by its own.
        """
        live = await self._live.find(name)
        await self._records.name_call(live.call.id, provider_id)
        self._live.name(live.call, provider_id)

        def act(call: Call, now: datetime) -> Turn:
            call.newest_provider_id = provider_id
            return answer_call_back(self.dialogue, call, now)

        return await self._exchange.take(live, act, render, f"{provider_id}:called-back")

    async def amend(self, name: str, act: Amend) -> Call:
        """Note what has happened to a call apart from any turn, now or with its next one.

        What the record cannot take yet has happened all the same; `change` is for what may be
        refused. `act` may be called twice, on a newer state.
        """
        live = await self._live.find(name)
        async with live.lock:
            for _ in range(2):
                events = act(live.call, self._clock())
                if not events or await self._exchange.keep(live, Entry(live.call, events=events)):
                    break
                await self._live.refresh(live)  # another machine has the call by now
        if events:
            self._exchange.changed(live.call)
        return live.call

    async def lose(self, name: str, how: Lost) -> Call:
        """Note that a caller may be missing, and have people told when they are."""
        return await self.amend(name, partial(missing, self.dialogue, how))

    async def end_hand_off(self, name: str, *, is_with_person: bool) -> None:
        """The caller is off the telephone; missing, unless a person has spoken with them."""
        await self.amend(name, partial(end_hand_off, is_with_person))
        if not is_with_person:
            await self.lose(name, Lost.HUNG_UP)

    async def renew(self, name: str) -> Call:
        """Return a call as it is on the record, which another machine may have changed."""
        live = await self._live.find(name)
        async with live.lock:
            stored = await self._records.find(live.call.id)
            if stored is not None and stored.revision > live.call.revision:
                await self._live.refresh(live)
        return live.call

    async def note(self, name: str, kind: str, details: Mapping[str, Any]) -> None:
        """Put on the record what a line noticed besides words: what was heard, a fault."""
        await self.amend(name, lambda call, now: [Event(kind, now, dict(details))])

    def note_later(self, name: str, kind: str, details: Mapping[str, Any]) -> None:
        """The same beside everything else; what cannot be recorded is logged."""
        self._notes.later(name, kind, self.note(name, kind, details))

    def note_timing_later(self, name: str, timing: TurnTiming) -> None:
        """Put on the record when the stages of a turn were reached; no turn waits for it."""
        self._notes.add_later(name, self._notes.timed(timing))
        self._exchange.timed(timing)

    def untell(self, name: str, sentences: Sequence[Spoken]) -> None:
        """Let the next answer tell a caller again what they spoke over."""
        if (live := self._live.here(name)) is not None:
            untell(live.call, sentences)

    def note_unheard_later(self, name: str, sentences: Sequence[Spoken]) -> None:
        """Put on the record what the caller spoke over, so that they cannot have understood it.

        Beside everything else: the answer to the caller goes out meanwhile.
        """
        self._notes.add_later(name, self._notes.spoken_over(sentences))

    async def choose_language(self, name: str, language: str) -> None:
        """Answer a call in the language its caller chose by hand; raises UnknownCall."""

        def act(call: Call, now: datetime) -> list[Event]:
            if language == call.language or language not in self.dialogue.site.languages:
                return []
            call.language = language
            return [Event("language_chosen", now, {"language": language})]

        await self.amend(name, act)

    async def open(self, ring: Ring) -> LiveCall:
        """Return the call this ring belongs to, begun if it is new."""
        return await self._ringing.call_of(ring)

    async def call(self, name: str) -> Call:
        """Return a call by id or provider id; raises UnknownCall."""
        return (await self._live.find(name)).call

    def here(self, name: str) -> Call | None:
        """Return a call that this machine has in memory; it may be newer elsewhere."""
        live = self._live.here(name)
        return live.call if live is not None else None

    def is_on_record(self, name: str) -> bool:
        """Whether the records have everything of a call that this machine has in memory."""
        live = self._live.here(name)
        return live is not None and live.is_stored

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
        now = self._clock()
        events = self.dialogue.end(live.call, reason, now)
        if events and reason is EndReason.HUNG_UP:
            events += missing(self.dialogue, Lost.HUNG_UP, live.call, now)
        return not events or await self._exchange.keep(live, Entry(live.call, events=events))

    async def change(self, name: str, change: Amend) -> Call:
        """Change a call outside its turns, on the record before this returns, or not at all.

        Raises UnknownCall, RecordsError, NotConfirmed (it may be there yet), what `change` raises.
        """
        live = await self._live.find(name)
        try:
            async with live.lock:
                try:
                    await self._change(live, change)
                except StaleCall:
                    await self._live.refresh(live)
                    await self._change(live, change)
        except NotConfirmed as waiting:
            await self._unconfirmed.learn(live, waiting)
        self._exchange.changed(live.call)
        return live.call

    async def _change(self, live: LiveCall, change: Amend) -> None:
        """On a copy: who is told that it failed must find the call as it was."""
        changed = deepcopy(live.call)
        if events := change(changed, self._clock()):
            await self._exchange.store(live, Entry(changed, events=events))
            live.call = changed

    async def close_idle(self) -> int:
        """Close calls that nobody has spoken in for long; return how many."""
        closed = 0
        for call in await self._records.open_calls():
            if is_idle(call, self._clock()):
                ended = await self.amend(call.id, partial(close_idle, self.dialogue))
                closed += ended.end_reason is EndReason.IDLE
        return closed

    async def keep_unsaved(self) -> None:
        """Put on the record what it could not take, turns or none; raises RecordsError."""
        for live in self._live.unsaved():
            await self._exchange.catch_up(live)

    async def close(self) -> None:
        """Wait for what is still being rated and noted, and for what is not on the record yet."""
        await self._notes.close()
        await self._unconfirmed.close()
        await self._exchange.close()
        try:
            await self.keep_unsaved()
        except RecordsError as error:
            log.error("unsaved_not_kept", error=str(error))
