"""Take one turn of a call: act, let the model try, put it on the record, then answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from aurora.conditions.keeper import Keeper
from aurora.conversation.answering import Answering
from aurora.conversation.call import Call
from aurora.conversation.consult import Consultation, standing
from aurora.conversation.dialogue import LINES_THAT_CONNECT, Dialogue
from aurora.conversation.foresight import FIRST_LINE
from aurora.conversation.informing import Informer, inform
from aurora.conversation.late_rating import LateRatings
from aurora.conversation.live import LiveCall, LiveCalls
from aurora.conversation.observer import Observer
from aurora.conversation.operators_words import put_in
from aurora.conversation.record import Entry, Event, Message, Records, StoredAnswer, as_told
from aurora.conversation.safe_turn import safe_turn
from aurora.conversation.speaker import UNSPOKEN, Speaker
from aurora.conversation.timing import TurnTiming
from aurora.conversation.turn import Action, Turn
from aurora.errors import NotConfirmed, RecordsError, StaleCall
from aurora.guidance.spoken import Spoken

log = structlog.get_logger()

DEFAULT_WITHIN_S = 1.5
"""For the whole turn: a silent telephone feels dead after two seconds."""

Clock = Callable[[], datetime]
Render = Callable[[Turn], str]
"""What the line sends for a turn: TwiML, JSON."""
Act = Callable[[Call, datetime], Turn]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One turn as a line asks for it; fields as of `Exchange.take`."""

    act: Act
    render: Render
    key: str | None
    within_s: float
    words: str
    speaker: Speaker
    is_silent: bool


@dataclass(frozen=True, slots=True)
class _Acted:
    """A turn as the call and the model have made it."""

    turn: Turn
    heard_is_kept: bool
    """The caller's words are on the record already."""


class Exchange:
    """How a turn is taken, whatever happens in it."""

    def __init__(
        self,
        dialogue: Dialogue,
        records: Records,
        live: LiveCalls,
        consultation: Consultation | None,
        observers: Sequence[Observer],
        clock: Clock,
        conditions: Keeper | None = None,
        informer: Informer | None = None,
        answering: Answering | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._informer = informer
        self._records = records
        self._live = live
        self._consultation = consultation
        self._observers = observers
        self._clock = clock
        self._conditions = conditions
        self._answering = answering or Answering()
        self._late_ratings = LateRatings(
            dialogue, consultation, live, self.keep, observers, clock, DEFAULT_WITHIN_S
        )

    async def take(
        self,
        live: LiveCall,
        act: Act,
        render: Render,
        key: str | None,
        within_s: float = DEFAULT_WITHIN_S,
        words: str = "",
        speaker: Speaker = UNSPOKEN,
        *,
        is_silent: bool = False,
    ) -> str:
        """Take one turn of a call and return the line's answer.

        act: what happens in the call, given the time. render: the turn as the line sends it.
        key: what makes the request the same request; a repeat gets the first answer.
        within_s: how long the whole turn may take, in seconds. words: the caller's, if any; they
        are kept even when the turn fails. speaker: is given what can be spoken before the rest.
        is_silent: nobody did anything, so that a call which was ended stays ended.
        """
        asked = _Asked(act, render, key, within_s, words, speaker, is_silent)
        async with self._turn_of(live):
            if key is not None and key in live.answers:
                return live.answers[key]
            with structlog.contextvars.bound_contextvars(call_id=live.call.id):
                try:
                    return await self._answer(live, asked)
                except StaleCall:
                    # Another machine took a turn of this call meanwhile; ours comes after it.
                    await self._live.refresh(live)
                    return await self._answer(live, asked)

    @asynccontextmanager
    async def _turn_of(self, live: LiveCall) -> AsyncIterator[None]:
        with self._answering.turn():
            async with live.lock:
                yield

    async def _answer(self, live: LiveCall, asked: _Asked) -> str:
        started, now = time.perf_counter(), self._clock()
        reopened = [] if asked.is_silent else self._reopened(live.call, now)
        acted = await self._act(live, asked, now)
        if isinstance(acted, StoredAnswer):
            return acted.body
        turn = acted.turn
        turn.events[:0] = reopened
        self._close_turn(live, turn)
        turn.stages_ms["total"] = round(_ms_since(started), 3)
        body, is_repeat = await self._record(live, asked, acted)
        if is_repeat:
            return body
        await self._tell(turn, asked.speaker, _ms_since(started))
        self._late_ratings.begin(live, turn)
        return body

    async def _act(self, live: LiveCall, asked: _Asked, now: datetime) -> _Acted | StoredAnswer:
        """Take the turn in the call and let the model try; or return what was answered before."""
        speaker = asked.speaker
        try:
            turn = asked.act(live.call, now)
            if turn.heard is not None:
                live.history.append((turn.heard.role, turn.heard.content))
            is_open = self._is_for_the_model(turn)
            if is_open and (before := await self._answered(live, asked.key)):
                return before
            # An emergency's first line waits for neither the model nor the disk.
            speaker.say(turn, standing(turn) if is_open else _first_line(turn))
            heard_is_kept = await self._consult(live, turn, asked.key, now, asked.within_s, speaker)
            if not turn.is_overheard:
                self._add_from_others(turn)
        # The edge of a call: whatever broke inside, the caller hears the safe line and a person.
        except Exception as error:
            log.exception("turn_failed")
            turn = safe_turn(self._dialogue, live.call, asked.words, now, error)
            return _Acted(turn, heard_is_kept=False)
        return _Acted(turn, heard_is_kept)

    def _close_turn(self, live: LiveCall, turn: Turn) -> None:
        self._dialogue.close_turn(turn)
        if not turn.is_overheard:
            sources = [sentence.source for sentence in turn.sentences]
            live.history.append(("assistant", as_told(turn.message, sources)))

    async def _record(self, live: LiveCall, asked: _Asked, acted: _Acted) -> tuple[str, bool]:
        """Put the turn on the record; return the answer, and whether it was given before."""
        turn, key = acted.turn, asked.key
        body = asked.render(turn)
        entry = self._entry(turn, key, body, heard_is_kept=acted.heard_is_kept)
        async with self._conditions_kept(turn):
            before = await self._keep_or_hand_off(live, turn, entry)
        if before is not None:
            await self._live.refresh(live)
            return before.body, True
        if turn.action is Action.HAND_OFF:
            body = asked.render(turn)  # to a person, where it could not be recorded
        if key is not None:
            live.keep_answer(key, body)
        return body, False

    async def _tell(self, turn: Turn, speaker: Speaker, total_ms: float) -> None:
        """Answer the caller, and then everybody who looks on."""
        speaker.say(turn, turn.sentences)
        try:
            # The first frame of what was just given to a line that speaks goes out now: what
            # observers begin would be done in front of it.
            if speaker is not UNSPOKEN:
                await asyncio.sleep(0)
        finally:
            for observer in self._observers:
                observer.turn_taken(turn, total_ms)
            self.changed(turn.call)

    def _add_from_others(self, turn: Turn) -> None:
        """Add what is known of those alerted, and what people at the console have to say."""
        if self._informer is not None:
            inform(self._dialogue, self._informer, turn)
        put_in(self._dialogue, turn)

    @asynccontextmanager
    async def _conditions_kept(self, turn: Turn) -> AsyncIterator[None]:
        """Keep what the turn changed for the whole site while the turn itself is recorded."""
        if self._conditions is None or not turn.conditions:
            yield
            return
        kept = asyncio.create_task(self._conditions.hear(turn.conditions))
        try:
            yield
        finally:
            await kept

    def think_ahead(self, live: LiveCall, turn: Turn) -> None:
        """Let the model begin on a turn played on a copy, if it would be asked for its words."""
        if self._consultation is None or turn.heard is None or not self._is_for_the_model(turn):
            return
        history = [*live.history, (turn.heard.role, turn.heard.content)]
        self._consultation.think_ahead(turn, history, within_s=DEFAULT_WITHIN_S)

    def forget(self, call_id: str) -> None:
        """The call is over: nothing that was begun for it is wanted."""
        if self._consultation is not None:
            self._consultation.think_no_more(call_id)

    async def close(self) -> None:
        """Wait for what is still being rated."""
        await self._late_ratings.close()

    def _is_for_the_model(self, turn: Turn) -> bool:
        return self._consultation is not None and turn.heard is not None and not turn.is_settled

    async def _answered(self, live: LiveCall, key: str | None) -> StoredAnswer | None:
        """Return what this request was answered before a restart, or on another machine.

        Asked before the model is: its turns put the words on the record ahead of the answer, where
        a repeat would double them. Other turns find out when they are written.
        """
        try:
            body = await self._records.answer_to(key) if key is not None else None
        except RecordsError as error:
            log.error("answers_not_read", error=str(error))
            return None
        if key is None or not body:
            return None
        await self._live.refresh(live)
        return StoredAnswer(key, body)

    async def _consult(
        self,
        live: LiveCall,
        turn: Turn,
        key: str | None,
        now: datetime,
        within_s: float,
        speaker: Speaker = UNSPOKEN,
    ) -> bool:
        """Ask the model where the turn is open; True when the caller's words are kept already."""
        if self._consultation is None:
            return False
        if turn.heard is None or not self._is_for_the_model(turn):
            self._consultation.think_no_more(live.call.id)
            return False
        # The words go on the record while the model thinks: a crash must not lose them. Their own
        # key keeps a repeat after that crash from doubling them.
        once = StoredAnswer(f"{key}:heard", "") if key is not None else None
        heard = Entry(turn.call, [turn.heard], answer=once)
        async with asyncio.TaskGroup() as tasks:
            kept = tasks.create_task(self.keep(live, heard))
            await self._consultation.ask(
                turn, list(live.history), now, within_s=within_s, speaker=speaker
            )
        return kept.result()

    def _entry(self, turn: Turn, key: str | None, body: str, *, heard_is_kept: bool) -> Entry:
        spoken = Message(
            "assistant", turn.message, self._clock(), turn.call.urgency.value, _as_record(turn)
        )
        heard = [turn.heard] if turn.heard is not None and not heard_is_kept else []
        answer = StoredAnswer(key, body) if key is not None else None
        said = [] if turn.is_overheard else [spoken]
        return Entry(turn.call, [*heard, *said], turn.events, answer)

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
            can_connect = turn.call.line in LINES_THAT_CONNECT
            if is_first and can_connect and turn.call.urgency.is_emergency:
                turn.action, turn.is_failing = Action.HAND_OFF, True
            return None

    async def keep(self, live: LiveCall, entry: Entry) -> bool:
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

    async def store(self, live: LiveCall, entry: Entry) -> None:
        """Put something on the record now; raises RecordsError, StaleCall when it is not there."""
        try:
            await self._catch_up(live)
        except NotConfirmed as error:
            raise RecordsError(f"what is older comes first: {error}") from error
        await self._records.append(entry)

    async def catch_up(self, live: LiveCall) -> None:
        """Write what could not be written before; raises RecordsError."""
        async with live.lock:
            try:
                await self._catch_up(live)
            except StaleCall:
                await self._live.refresh(live)
                await self._catch_up(live)
        self.changed(live.call)

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

    def changed(self, call: Call) -> None:
        """Tell the observers that a call is not as it was."""
        for observer in self._observers:
            observer.call_changed(call)

    def heard(self, call: Call, words: str, *, is_final: bool) -> None:
        """Tell the observers what a caller is saying."""
        for observer in self._observers:
            observer.words_heard(call, words, is_final=is_final)

    def timed(self, timing: TurnTiming) -> None:
        """Tell the observers how long the stages of a turn took."""
        for observer in self._observers:
            observer.turn_timed(timing)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _first_line(turn: Turn) -> list[Spoken]:
    """The opening that an emergency's turn is sure to keep, where it has one."""
    is_due = turn.call.urgency.is_emergency
    return [s for s in turn.sentences[:1] if is_due and s.name == FIRST_LINE]


def _as_record(turn: Turn) -> dict[str, Any]:
    record: dict[str, Any] = {
        "sources": [sentence.source for sentence in turn.sentences],
        "stages_ms": turn.stages_ms,
        "total_ms": turn.stages_ms.get("total"),
        "action": turn.action.value,
    }
    if turn.refusals:
        record["refusals"] = turn.refusals
    if turn.model_rating:
        record["model_rating"] = turn.model_rating
    if turn.model_fault:
        record["model_fault"] = turn.model_fault
    return record
