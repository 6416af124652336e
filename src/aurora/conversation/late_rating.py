"""Let the model rate what approved words have answered already: it may still raise urgency."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.live import LiveCall, LiveCalls
from aurora.conversation.observer import Observer
from aurora.conversation.pending import is_pending
from aurora.conversation.record import Entry
from aurora.conversation.turn import Action, Turn
from aurora.guidance.by_hazard import procedure_for
from aurora.guidance.header import Header
from aurora.levels import Hazard, Urgency

Keep = Callable[[LiveCall, Entry], Awaitable[bool]]
"""Puts an entry on the record, now or with the next turn; False when the call is stale."""


class LateRatings:
    """Those of all calls of this machine, beside their turns."""

    def __init__(
        self,
        dialogue: Dialogue,
        consultation: Consultation | None,
        live: LiveCalls,
        keep: Keep,
        observers: Sequence[Observer],
        clock: Callable[[], datetime],
        within_s: float,
    ) -> None:
        """within_s: for one rating."""
        self._dialogue = dialogue
        self._consultation = consultation
        self._live = live
        self._keep = keep
        self._observers = observers
        self._clock = clock
        self._within_s = within_s
        self._ratings: set[asyncio.Task[None]] = set()

    def begin(self, live: LiveCall, turn: Turn) -> None:
        """Have the words of a turn rated that is answered, where a rating could change anything."""
        is_open = turn.action is Action.LISTEN and turn.heard is not None
        if self._consultation is None or not is_open or not turn.is_settled:
            return
        if turn.call.urgency is Urgency.CRITICAL:
            return
        task = asyncio.create_task(self._rate(self._consultation, live, turn))
        self._ratings.add(task)
        task.add_done_callback(self._ratings.discard)

    async def close(self) -> None:
        """Wait for what is still being rated."""
        await asyncio.gather(*self._ratings, return_exceptions=True)

    async def _rate(self, consultation: Consultation, live: LiveCall, turn: Turn) -> None:
        history = list(live.history)
        lowered_at = turn.call.urgency_lowered_at
        header = await consultation.rate(turn, history, within_s=self._within_s)
        if header is None:
            return
        async with live.lock:
            if live.call.urgency_lowered_at != lowered_at:
                return  # an operator weighed these words since
            for _ in range(2):
                late = self._rated(live.call, header)
                if not late.events or await self._keep(live, Entry(live.call, events=late.events)):
                    break
                await self._live.refresh(live)  # another machine took a turn; rate that call too
        for observer in self._observers:
            observer.call_changed(live.call)
            if is_pending(live.call):
                observer.words_due(live.call)

    def _rated(self, call: Call, header: Header) -> Turn:
        """Raise a call to a rating that came after the answer; its first line is pending."""
        now = self._clock()
        late = Turn(call, self._dialogue.situation(call, now))
        if header.urgency.rank > call.urgency.rank:
            self._dialogue.raise_urgency(late, header.urgency, "model", now)
            call.guidance.pending = procedure_for(header.urgency, header.hazard)
            call.hazard = header.hazard if call.hazard is Hazard.NONE else call.hazard
            self._dialogue.alert(late, now)
        return late
