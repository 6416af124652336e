"""Carry every call's turns: one at a time a call, on the record before they are answered."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog

from aurora.conversation import silence
from aurora.conversation.call import Call, EndReason
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.ids import call_id_for, worker_id_for
from aurora.conversation.live import LiveCall, LiveCalls
from aurora.conversation.record import Entry, Event, Message, Records, StoredAnswer
from aurora.conversation.turn import Action, Turn
from aurora.errors import RecordsError, StaleCall, UnknownCall
from aurora.levels import Urgency

log = structlog.get_logger()

IDLE_AFTER = timedelta(minutes=30)
"""A call without a word for so long is closed with that reason."""
DEFAULT_WITHIN_S = 1.5

Clock = Callable[[], datetime]
Render = Callable[[Turn], str]
"""What the line sends for a turn: TwiML, JSON."""
Act = Callable[[Call, datetime], Turn]


@dataclass(frozen=True, slots=True)
class Ring:
    """A call coming in."""

    line: str
    from_number: str | None = None
    to_number: str | None = None
    provider_id: str | None = None
    language: str | None = None


class Observer(Protocol):
    """Told of every finished turn: metrics, the mirror."""

    def turn_taken(self, turn: Turn, total_ms: float) -> None: ...

    def call_changed(self, call: Call) -> None: ...


class Switchboard:
    """All calls of one site on one machine."""

    def __init__(
        self,
        dialogue: Dialogue,
        records: Records,
        consultation: Consultation | None = None,
        observers: Sequence[Observer] = (),
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self.dialogue = dialogue
        self._records = records
        self._consultation = consultation
        self._observers = observers
        self._clock = clock
        self._live = LiveCalls(records)
        self._ratings: set[asyncio.Task[None]] = set()

    async def ring(self, ring: Ring, render: Render, key: str | None = None) -> str:
        """Answer a call that comes in, or answer a repeat of it as before."""
        live = await self.open(ring)
        return await self._take(live, self.dialogue.greet, render, key)

    async def hear(
        self,
        name: str,
        words: str,
        render: Render,
        key: str | None = None,
        within_s: float = DEFAULT_WITHIN_S,
    ) -> str:
        """Take the caller's words; `name` is a call's id or provider id; raises UnknownCall."""
        live = await self._live.find(name)

        def act(call: Call, now: datetime) -> Turn:
            return self.dialogue.hear(call, words, now)

        return await self._take(live, act, render, key, within_s)

    async def wait(self, name: str, render: Render, key: str | None = None) -> str:
        """Take a silent turn."""
        live = await self._live.find(name)
        return await self._take(
            live, lambda call, now: silence.wait(self.dialogue, call, now), render, key
        )

    async def press(self, name: str, digit: str, render: Render, key: str | None = None) -> str:
        """Take a key press."""
        live = await self._live.find(name)
        return await self._take(
            live, lambda call, now: silence.press(self.dialogue, call, digit, now), render, key
        )

    async def say(
        self, name: str, phrase: str, event: str, render: Render, key: str | None = None
    ) -> str:
        """Take a turn that the line itself begins, such as after an unanswered hand-off."""
        live = await self._live.find(name)

        def act(call: Call, now: datetime) -> Turn:
            turn = self.dialogue.open_turn(call, now)
            turn.events.append(Event(event, now))
            self.dialogue.say(turn, phrase)
            return turn

        return await self._take(live, act, render, key)

    async def open(self, ring: Ring) -> LiveCall:
        """Return the call this ring belongs to, begun if it is new.

        A provider's id names one call for ever. A number names its open call on a line that has no
        calls of its own (the API). A caller with neither gets a call of their own.
        """
        name = ring.provider_id or (f"{ring.line}:{ring.from_number}" if ring.from_number else "")
        if not name:
            return self._live.add(self._begin(ring))
        async with self._live.door(name):
            live = await self._known(ring)
            live = live or self._live.add(self._begin(ring))
        self._live.close_door(name)
        return live

    async def call(self, name: str) -> Call:
        """Return a call by id or provider id; raises UnknownCall."""
        return (await self._live.find(name)).call

    async def end(self, name: str, reason: EndReason) -> Call:
        """End a call; ending it again changes nothing."""
        live = await self._live.find(name)
        async with live.lock:
            events = self.dialogue.end(live.call, reason, self._clock())
            if events:
                await self._keep(live, Entry(live.call, events=events))
        self._changed(live.call)
        return live.call

    async def close_idle(self) -> int:
        """Close calls that nobody has spoken in for IDLE_AFTER; return how many."""
        now, closed = self._clock(), 0
        for call in await self._records.open_calls():
            if now - (call.last_message_at or call.started_at) >= IDLE_AFTER:
                await self.end(call.id, EndReason.IDLE)
                closed += 1
        return closed

    async def _known(self, ring: Ring) -> LiveCall | None:
        if ring.provider_id is None:
            return await self._live.find_open(ring.line, ring.from_number or "")
        try:
            return await self._live.find(ring.provider_id)
        except UnknownCall:
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

    async def _take(
        self,
        live: LiveCall,
        act: Act,
        render: Render,
        key: str | None,
        within_s: float = DEFAULT_WITHIN_S,
    ) -> str:
        """Take one turn and return the line's answer; a repeated key gets its first answer."""
        async with live.lock:
            if key is not None and key in live.answers:
                return live.answers[key]
            started = time.perf_counter()
            with structlog.contextvars.bound_contextvars(call_id=live.call.id):
                try:
                    return await self._answer(live, act, render, key, within_s, started)
                except StaleCall:
                    # Another machine took a turn of this call meanwhile: take ours after it.
                    await self._live.refresh(live)
                    return await self._answer(live, act, render, key, within_s, started)

    async def _answer(
        self,
        live: LiveCall,
        act: Act,
        render: Render,
        key: str | None,
        within_s: float,
        started: float,
    ) -> str:
        now = self._clock()
        events = self._reopened(live.call, now)
        try:
            turn = act(live.call, now)
            if turn.heard is not None:
                live.history.append((turn.heard.role, turn.heard.content))
            heard_is_kept = await self._consult(live, turn, now, within_s)
        # The edge of a call: whatever broke inside, the caller hears the safe line and a person.
        except Exception as error:
            log.exception("turn_failed")
            turn, heard_is_kept = self._safe_turn(live.call, now, error), False
        turn.events[:0] = events
        self.dialogue.close_turn(turn)
        live.history.append(("assistant", turn.message))
        turn.stages_ms["total"] = round((time.perf_counter() - started) * 1000, 3)
        body = render(turn)
        entry = self._entry(turn, key, body, heard_is_kept=heard_is_kept)
        before = await self._keep_or_hand_off(live, turn, entry)
        if before is not None:
            await self._live.refresh(live)
            return before.body
        if turn.action is Action.HAND_OFF:
            body = render(turn)
        if key is not None:
            live.keep_answer(key, body)
        for observer in self._observers:
            observer.turn_taken(turn, (time.perf_counter() - started) * 1000)
        self._changed(turn.call)
        self._rate_later(live, turn)
        return body

    def _rate_later(self, live: LiveCall, turn: Turn) -> None:
        """Let the model rate what approved words already answered: it may still raise urgency."""
        is_open = turn.action is Action.LISTEN and turn.heard is not None
        if self._consultation is None or not is_open or not turn.is_settled:
            return
        if turn.call.urgency is Urgency.CRITICAL or turn.call.is_drill:
            return
        task = asyncio.create_task(self._rate(self._consultation, live, turn))
        self._ratings.add(task)
        task.add_done_callback(self._ratings.discard)

    async def _rate(self, consultation: Consultation, live: LiveCall, turn: Turn) -> None:
        history = list(live.history)
        header = await consultation.rate(turn, history, within_s=DEFAULT_WITHIN_S)
        if header is None or header.urgency.rank <= live.call.urgency.rank:
            return
        async with live.lock:
            now = self._clock()
            late = Turn(live.call, self.dialogue.situation(live.call, now))
            self.dialogue.raise_urgency(late, header.urgency, "model", now)
            self.dialogue.alert(late, now)
            await self._keep(live, Entry(live.call, events=late.events))
        self._changed(live.call)

    async def close(self) -> None:
        """Wait for what is still being rated."""
        await asyncio.gather(*self._ratings, return_exceptions=True)

    async def _consult(self, live: LiveCall, turn: Turn, now: datetime, within_s: float) -> bool:
        """Ask the model where the turn is open; True when the caller's words are kept already."""
        if turn.is_settled or self._consultation is None or turn.heard is None:
            return False
        # The words go on the record while the model thinks: a crash must not lose them.
        async with asyncio.TaskGroup() as tasks:
            kept = tasks.create_task(self._keep(live, Entry(turn.call, [turn.heard])))
            await self._consultation.ask(turn, list(live.history), now, within_s=within_s)
        return kept.result()

    def _entry(self, turn: Turn, key: str | None, body: str, *, heard_is_kept: bool) -> Entry:
        spoken = Message(
            "assistant", turn.message, self._clock(), turn.call.urgency.value, _as_record(turn)
        )
        heard = [turn.heard] if turn.heard is not None and not heard_is_kept else []
        answer = StoredAnswer(key, body) if key is not None else None
        return Entry(turn.call, [*heard, spoken], turn.events, answer)

    async def _keep_or_hand_off(
        self, live: LiveCall, turn: Turn, entry: Entry
    ) -> StoredAnswer | None:
        """Put a turn on the record; an emergency that cannot be recorded goes to a person."""
        try:
            await self._catch_up(live)
            return await self._records.append(entry)
        except StaleCall:
            raise
        except RecordsError as error:
            log.error("turn_not_recorded", error=str(error))
            is_first = not live.unsaved
            live.unsaved.append(entry)
            if is_first and turn.call.urgency.is_emergency:
                turn.action = Action.HAND_OFF
            return None

    async def _keep(self, live: LiveCall, entry: Entry) -> bool:
        """Put something on the record, now or with the next turn; False when the call is stale."""
        try:
            await self._catch_up(live)
            await self._records.append(entry)
        except StaleCall:
            return False
        except RecordsError as error:
            log.error("entry_not_recorded", error=str(error))
            live.unsaved.append(entry)
        return True

    async def _catch_up(self, live: LiveCall) -> None:
        """Write what could not be written before; it is older, so it goes first."""
        while live.unsaved:
            await self._records.append(live.unsaved[0])
            live.unsaved.pop(0)

    def _reopened(self, call: Call, now: datetime) -> list[Event]:
        """Words after the end are words all the same: the call goes on."""
        if call.ended_at is None:
            return []
        call.ended_at = call.end_reason = None
        return [Event("reopened", now)]

    def _safe_turn(self, call: Call, now: datetime, error: Exception) -> Turn:
        """The recorded line and a person, without any of the code that may have failed."""
        turn = self.dialogue.open_turn(call, now)
        call.urgency = max(call.urgency, Urgency.URGENT, key=lambda level: level.rank)
        turn.events.append(Event("turn_failed", now, {"error": type(error).__name__}))
        self.dialogue.say(turn, "fallback")
        turn.action = Action.HAND_OFF
        return turn

    def _changed(self, call: Call) -> None:
        for observer in self._observers:
            observer.call_changed(call)


def _as_record(turn: Turn) -> dict[str, Any]:
    record: dict[str, Any] = {
        "sources": [sentence.source for sentence in turn.sentences],
        "stages_ms": turn.stages_ms,
        "total_ms": turn.stages_ms.get("total"),
        "action": turn.action.value,
    }
    if turn.refusals:
        record["refusals"] = turn.refusals
    if turn.model_fault:
        record["model_fault"] = turn.model_fault
    return record
